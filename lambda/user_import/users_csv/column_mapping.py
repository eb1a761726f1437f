"""The columns of a file: what each is to the user pool, and what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .pool import MFA_ENABLED, PASSWORD_HASH, USERNAME
from .rules import Mending, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .context import Inspection
    from .findings import Findings
    from .pool import Pool
    from .read_options import Reading

_CUSTOM = "custom:"
_NAME = re.compile(r"[^\W\d][\w .:;,/()#\\-]{0,63}")


class Layout(NamedTuple):
    """What becomes of a file's columns.

    Attributes:
        width: how many columns the file has.
        columns: the pool's columns that are taken from the file, in the order they are written.
        places: where in a row of the file each of them is, from 0.
        names: how the file calls each of them.
        ending: columns that are the same for all users, with their value; blank where the file
            merely lacks them.
        last_is_blank: whether the last of `columns` is blank for every user, and left out when rows
            are written: the password hashes of a job that has no algorithm. AWS documents that such
            a job needs no such column, and not every pool takes it.
    """

    width: int
    columns: tuple[str, ...]
    places: tuple[int, ...]
    names: tuple[str, ...]
    ending: tuple[tuple[str, str], ...]
    last_is_blank: bool = False

    @property
    def is_straight(self) -> bool:
        """Whether the file's columns are written all, each once, as they stand."""
        return self.places == tuple(range(self.width))

    @property
    def header(self) -> tuple[str, ...]:
        """The columns that are written."""
        written = self.columns[:-1] if self.last_is_blank else self.columns
        return (*written, *(column for column, _ in self.ending))


def lay_out(header: Sequence[str], inspection: Inspection) -> Layout | None:
    """Find out what the columns of a file are.

    Args:
        header: the file's first line; values not trimmed.
        inspection: takes what is wrong and what was mended.

    Returns:
        None where there is no column with the username, and rows cannot be read.
    """
    pool, reading, findings = inspection.pool, inspection.reading, inspection.findings
    spaced = [name.strip() for name in header if name != name.strip()]
    header = [name.strip() for name in header]
    renamed = _Renaming(pool, reading, header)
    renamed.mended.update(dict.fromkeys(spaced))
    taken = _taken(header, renamed, inspection)
    if USERNAME not in taken:
        # This may be a user's row; nothing of it is told.
        findings.add(
            Rule.NO_HEADER,
            1,
            None,
            f"this is no header, for it has no column {USERNAME}, which every user needs",
        )
        return None
    _tell_bad_names(header, renamed, findings)
    for name in renamed.not_found:
        findings.add(Rule.COLUMN_NOT_FOUND, 1, name, "the file has no such column")
    for column in dict.fromkeys((*reading.constants, *reading.defaults)):
        if not renamed.is_known(column):
            findings.add(Rule.UNKNOWN_COLUMN, 1, column, _no_such_column(column, renamed.known))
    given = {*taken, *reading.constants}
    _tell_missing(given, pool, reading, findings)
    for name in renamed.mended:
        inspection.mendings.add(Mending.COLUMN_NAME, 1, name)
    if blank_hashes := _needs_no_hashes(pool) and PASSWORD_HASH in taken:
        taken[PASSWORD_HASH] = taken.pop(PASSWORD_HASH)
    return Layout(
        width=len(header),
        columns=tuple(taken),
        places=tuple(place for place, _ in taken.values()),
        names=tuple(name for _, name in taken.values()),
        ending=tuple(_ending(given, inspection).items()),
        last_is_blank=blank_hashes,
    )


def _taken(
    header: Sequence[str], renamed: _Renaming, inspection: Inspection
) -> dict[str, tuple[int, str]]:
    """Return where in a row the pool's columns are, and what the file calls them."""
    taken: dict[str, tuple[int, str]] = {}
    for place, name in enumerate(header):
        for column in renamed.targets(name):
            if column in inspection.reading.constants:
                continue
            if column in taken:
                text = f"the file has this already, as {taken[column][1]}"
                inspection.findings.add(Rule.COLUMN_TWICE, 1, name, text)
                continue
            taken[column] = (place, name)
    return taken


def _ending(given: set[str], inspection: Inspection) -> dict[str, str]:
    """Return the columns that the file lacks, with what all users have there."""
    reading = inspection.reading
    ending = dict(reading.constants)
    for column in inspection.pool.header or ():
        if column == PASSWORD_HASH and _needs_no_hashes(inspection.pool):
            continue
        if column not in given:
            ending[column] = reading.defaults.get(column, "")
            inspection.mendings.add(Mending.COLUMN_ADDED, 1, column)
    for column, value in reading.defaults.items():
        if column not in given:
            ending.setdefault(column, value)
    if _needs_no_hashes(inspection.pool) and not ending.get(PASSWORD_HASH, "").strip():
        ending.pop(PASSWORD_HASH, None)
    return ending


def _needs_no_hashes(pool: Pool) -> bool:
    return pool.hashing_algorithm is None


class _Renaming:
    """What the file's columns are called in the user pool."""

    def __init__(self, pool: Pool, reading: Reading, header: Sequence[str]) -> None:
        self.known = _known_columns(pool)
        self._any_custom = pool.attributes is None and pool.columns is None
        self._takes_blank_hashes = _needs_no_hashes(pool)
        taken = (*self.known, PASSWORD_HASH) if _needs_no_hashes(pool) else self.known
        self._folded = {column.lower(): column for column in taken}
        self._export = reading.preset
        self._columns = dict(reading.columns)
        self.not_found = [name for name in reading.columns if name not in header]
        self.mended: dict[str, None] = {}
        if self._export is not None:
            self._username = self._username_column(pool, header)

    def _username_column(self, pool: Pool, header: Sequence[str]) -> str | None:
        """Return the column of an export that holds the username in this pool."""
        assert self._export is not None
        if USERNAME in self._columns.values():
            return None
        # What the import says of a column goes before what the provider means by it.
        free = [name for name in header if name not in self._columns]
        for attribute in pool.username_attributes or ():
            for name, column in self._export.columns.items():
                if column == attribute and name in free:
                    return name
        return next((name for name in self._export.username if name in free), None)

    def targets(self, name: str) -> tuple[str, ...]:
        """Return the pool's columns for one of the file's: none, one, or with the username two."""
        if self._export is not None and name not in self._columns:
            own = self._export.columns.get(name)
            columns = (own,) if own is not None and self.is_known(own) else ()
            if _is_custom(name) and self.is_known(name):
                columns = (name,)
            return (*columns, USERNAME) if name == self._username else columns
        column = self._columns.get(name, name)
        if not column:
            return ()
        if self.is_known(column):
            return (column,)
        if (folded := self._folded.get(column.lower())) is not None:
            self.mended[name] = None
            return (folded,)
        return ()

    def wanted(self, name: str) -> str:
        """Return what a column is called in the user pool, as the user would have it."""
        return self._columns.get(name) or name

    def is_known(self, column: str) -> bool:
        """Return whether the user pool has the column, as far as is known."""
        if column == PASSWORD_HASH and self._takes_blank_hashes:
            return True
        return column in self.known or (self._any_custom and _is_custom(column))

    def leaves_out(self, name: str) -> bool:
        """Return whether a column is left out on purpose."""
        return (name in self._columns and self._columns[name] is None) or (
            self._export is not None and name not in self._columns
        )


def _known_columns(pool: Pool) -> tuple[str, ...]:
    if pool.columns is not None:
        return pool.columns
    # Whether the pool takes hashes is not known before GetCSVHeader tells.
    return (*pool.known_attributes, MFA_ENABLED, USERNAME, PASSWORD_HASH)


def _no_such_column(column: str, known: Sequence[str], what: str = "such column") -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only where something is wrong

    # Compared without the prefix, which is most of a short name; of two such names, the one of the
    # same kind counts.
    alike = sorted(known, key=lambda each: _is_custom(each) is _is_custom(column))
    names = {each.removeprefix(_CUSTOM): each for each in alike}
    near = get_close_matches(column.removeprefix(_CUSTOM), names, n=1)
    hint = f"; did you mean {names[near[0]]}?" if near else f"; it has {', '.join(known)}"
    return f"the user pool has no {what}{hint}"


def _is_custom(column: str) -> bool:
    return column.startswith(_CUSTOM)


def _tell_bad_names(header: Sequence[str], renamed: _Renaming, findings: Findings) -> None:
    for number, name in enumerate(header, start=1):
        if not name:
            findings.add(Rule.COLUMN_WITHOUT_NAME, 1, f"number {number}", "this column has no name")
        elif not renamed.targets(name) and not renamed.leaves_out(name):
            wanted = renamed.wanted(name)
            what = "such column" if wanted == name else f"column {wanted}"
            # What does not look like a name may be a user's value, in a broken header.
            told = name if _NAME.fullmatch(name) else f"number {number}"
            findings.add(Rule.UNKNOWN_COLUMN, 1, told, _no_such_column(wanted, renamed.known, what))


def _tell_missing(given: set[str], pool: Pool, reading: Reading, findings: Findings) -> None:
    provided = given | {column for column, value in reading.defaults.items() if value}
    provided -= {column for column, value in reading.constants.items() if not value}
    for attribute in pool.attributes or ():
        if attribute.required and attribute.name not in provided:
            findings.add(
                Rule.COLUMN_MISSING,
                1,
                attribute.name,
                "the user pool requires a value for every user, and the file has no such column",
            )
    verified = [f"{name}_verified" for name in pool.auto_verified or ()]
    if verified and not provided.intersection(verified):
        findings.add(
            Rule.COLUMN_MISSING,
            1,
            " or ".join(verified),
            "one must be true for every user, and the file has no such column",
        )
