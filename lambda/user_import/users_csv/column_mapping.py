"""Maps the columns of a file to those of the user pool, and finds the missing ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from . import messages
from .diagnostics import HEADER, Location
from .dialect import DialectError, escape
from .pool import MFA_ENABLED, PASSWORD_HASH, USERNAME
from .rules import Normalization, Rule
from .values import InvalidValueError, value_validator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .context import ValidationContext
    from .diagnostics import Findings
    from .pool import Attribute, Pool
    from .read_options import ReadOptions

_CUSTOM = "custom:"
_NAME = re.compile(r"[^\W\d][\w .:;,/()#\\-]{0,63}")


class ColumnMapping(NamedTuple):
    """The columns that are written for a file.

    Attributes:
        width: Number of columns that the file has.
        columns: The pool's columns that are taken from the file, in the order they are written.
        positions: Position of each column in a row of the file, from 0.
        names: Name of each column in the file.
        shared_values: Columns with the same value for all users, written after the others; blank
            where the file merely lacks them.
        last_is_blank: Whether the last of `columns` is blank for every user, and not written: the
            password hashes of a job that has no algorithm. AWS documents that such a job needs no
            such column, and not every pool accepts it.
    """

    width: int
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    names: tuple[str, ...]
    shared_values: tuple[tuple[str, str], ...] = ()
    last_is_blank: bool = False

    @property
    def is_identity(self) -> bool:
        """Return whether all of the file's columns are written, each once, in their order."""
        return self.positions == tuple(range(self.width))

    @property
    def header(self) -> tuple[str, ...]:
        """Return the columns that are written."""
        written = self.columns[:-1] if self.last_is_blank else self.columns
        return (*written, *(column for column, _ in self.shared_values))

    @property
    def row_ending(self) -> str:
        """Return the shared values as the end of every written row."""
        return "".join("," + escape(value) for _, value in self.shared_values)

    def name_of(self, column: str) -> str:
        """Return the file's name of one of the pool's columns; the pool's if it has none."""
        return dict(zip(self.columns, self.names, strict=True)).get(column, column)

    def required(self, pool: Pool) -> tuple[str, ...]:
        """Return the columns of the file that must not be blank by the pool's schema."""
        return tuple(
            each.name
            for each in pool.attributes or ()
            if each.required and each.name in self.columns
        )


def map_columns(header: Sequence[str], context: ValidationContext) -> ColumnMapping | None:
    """Map the columns of a file to those of the user pool.

    Args:
        header: The file's first line; values not trimmed.
        context: Collects findings and normalizations.

    Returns:
        The mapping; None where no column has the username, and rows cannot be read.
    """
    pool, options, findings = context.pool, context.options, context.findings
    spaced = [name.strip() for name in header if name != name.strip()]
    header = [name.strip() for name in header]
    renaming = _Renaming(pool, options, header)
    renaming.corrected.update(dict.fromkeys(spaced))
    taken = _taken(header, renaming, context)
    if USERNAME not in taken:
        # The line may be a user's row: its values are not reported.
        findings.add(Rule.NO_HEADER, HEADER, messages.no_username_column(USERNAME))
        return None
    _report_bad_names(header, renaming, findings)
    for name in renaming.not_found:
        findings.add(Rule.COLUMN_NOT_FOUND, Location(1, name), messages.COLUMN_NOT_IN_FILE)
    for column in dict.fromkeys((*options.constants, *options.defaults)):
        if not renaming.is_known(column):
            text = _unknown_column(column, renaming.known)
            findings.add(Rule.UNKNOWN_COLUMN, Location(1, column), text)
    given = {*taken, *options.constants}
    _report_missing(given, pool, options, findings)
    for name in renaming.corrected:
        context.normalizations.add(Normalization.COLUMN_NAME, Location(1, name))
    if blank_hashes := _needs_no_hashes(pool) and PASSWORD_HASH in taken:
        taken[PASSWORD_HASH] = taken.pop(PASSWORD_HASH)
    attributes = pool.known_attributes
    return ColumnMapping(
        width=len(header),
        columns=tuple(taken),
        positions=tuple(position for position, _ in taken.values()),
        names=tuple(name for _, name in taken.values()),
        shared_values=tuple(
            (column, _shared_value(column, value, attributes.get(column), context))
            for column, value in _shared_values(given, context).items()
        ),
        last_is_blank=blank_hashes,
    )


def _taken(
    header: Sequence[str], renaming: _Renaming, context: ValidationContext
) -> dict[str, tuple[int, str]]:
    """Return the position in a row and the file's name of each of the pool's columns."""
    taken: dict[str, tuple[int, str]] = {}
    for position, name in enumerate(header):
        for column in renaming.targets(name):
            if column in context.options.constants:
                continue
            if column in taken:
                text = messages.duplicate_column(taken[column][1])
                context.findings.add(Rule.DUPLICATE_COLUMN, Location(1, name), text)
                continue
            taken[column] = (position, name)
    return taken


def _shared_values(given: set[str], context: ValidationContext) -> dict[str, str]:
    """Return the columns that the file lacks, with the value for all users."""
    options, header = context.options, context.pool.header or ()
    shared = dict(options.constants)
    for column in header:
        if column == PASSWORD_HASH and _needs_no_hashes(context.pool):
            continue
        if column not in given:
            shared[column] = options.defaults.get(column, "")
    for column, value in options.defaults.items():
        if column not in given:
            shared.setdefault(column, value)
    if _needs_no_hashes(context.pool) and not shared.get(PASSWORD_HASH, "").strip():
        shared.pop(PASSWORD_HASH, None)
    return shared


def _shared_value(
    column: str, value: str, attribute: Attribute | None, context: ValidationContext
) -> str:
    """Return a value for all users as Cognito accepts it; blank where it breaks a rule."""
    pool, findings, location = context.pool, context.findings, Location(1, column)
    value = value.strip()
    if not value:
        return ""
    try:
        value, normalization = value_validator(column, attribute, pool)(value)
        if normalization is None:
            escape(value)
    except (InvalidValueError, DialectError) as error:
        findings.add(error.rule, location, messages.shared_value(str(error)))
        return ""
    if column in (*(pool.aliases or ()), *(pool.username_attributes or ())):
        findings.add(Rule.DUPLICATE_ALIAS, location, messages.SHARED_SIGN_IN_NAME)
    return value


def _needs_no_hashes(pool: Pool) -> bool:
    return pool.hashing_algorithm is None


class _Renaming:
    """Finds the user pool's name of a column of the file."""

    def __init__(self, pool: Pool, options: ReadOptions, header: Sequence[str]) -> None:
        self.known = _known_columns(pool)
        self._any_custom = pool.attributes is None and pool.columns is None
        self._takes_blank_hashes = _needs_no_hashes(pool)
        taken = (*self.known, PASSWORD_HASH) if _needs_no_hashes(pool) else self.known
        self._folded = {column.lower(): column for column in taken}
        self._export = options.export_reader
        self._columns = dict(options.columns)
        self.not_found = [name for name in options.columns if name not in header]
        self.corrected: dict[str, None] = {}
        if self._export is not None:
            self._username = self._username_column(pool, header)

    def _username_column(self, pool: Pool, header: Sequence[str]) -> str | None:
        """Return the column of an export that holds the username in this pool."""
        assert self._export is not None
        if USERNAME in self._columns.values():
            return None
        # The import's own `columns` take precedence over the provider's.
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
            self.corrected[name] = None
            return (folded,)
        return ()

    def wanted(self, name: str) -> str:
        """Return the name that the user wants a column to have in the user pool."""
        return self._columns.get(name) or name

    def is_known(self, column: str) -> bool:
        """Return whether the user pool has the column, as far as it is known."""
        if column == PASSWORD_HASH and self._takes_blank_hashes:
            return True
        return column in self.known or (self._any_custom and _is_custom(column))

    def leaves_out(self, name: str) -> bool:
        """Return whether a column is left out intentionally."""
        return (name in self._columns and self._columns[name] is None) or (
            self._export is not None and name not in self._columns
        )


def _known_columns(pool: Pool) -> tuple[str, ...]:
    if pool.columns is not None:
        return pool.columns
    # Only GetCSVHeader shows whether the pool takes hashes.
    return (*pool.known_attributes, MFA_ENABLED, USERNAME, PASSWORD_HASH)


def _unknown_column(column: str, known: Sequence[str], what: str = "such column") -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only where something is wrong

    # Compared without the prefix, which is most of a short name; of two such names, the one of the
    # same kind counts.
    alike = sorted(known, key=lambda each: _is_custom(each) is _is_custom(column))
    names = {each.removeprefix(_CUSTOM): each for each in alike}
    near = get_close_matches(column.removeprefix(_CUSTOM), names, n=1)
    return messages.unknown_column(what, names[near[0]] if near else "", ", ".join(known))


def _is_custom(column: str) -> bool:
    return column.startswith(_CUSTOM)


def _report_bad_names(header: Sequence[str], renaming: _Renaming, findings: Findings) -> None:
    for number, name in enumerate(header, start=1):
        if not name:
            location = Location(1, f"number {number}")
            findings.add(Rule.COLUMN_WITHOUT_NAME, location, messages.COLUMN_WITHOUT_NAME)
        elif not renaming.targets(name) and not renaming.leaves_out(name):
            wanted = renaming.wanted(name)
            what = "such column" if wanted == name else f"column {wanted}"
            # In a broken header, text that does not look like a name may be a user's value.
            shown = name if _NAME.fullmatch(name) else f"number {number}"
            text = _unknown_column(wanted, renaming.known, what)
            findings.add(Rule.UNKNOWN_COLUMN, Location(1, shown), text)


def _report_missing(given: set[str], pool: Pool, options: ReadOptions, findings: Findings) -> None:
    provided = given | {column for column, value in options.defaults.items() if value}
    provided -= {column for column, value in options.constants.items() if not value}
    for attribute in pool.attributes or ():
        if attribute.required and attribute.name not in provided:
            findings.add(
                Rule.COLUMN_MISSING,
                Location(1, attribute.name),
                messages.REQUIRED_COLUMN_MISSING,
            )
    verified = [f"{name}_verified" for name in pool.auto_verified or ()]
    if verified and not provided.intersection(verified):
        findings.add(
            Rule.COLUMN_MISSING,
            Location(1, " or ".join(verified)),
            messages.VERIFIED_COLUMN_MISSING,
        )
