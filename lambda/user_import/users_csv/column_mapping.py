"""Maps the columns of a file to those of the user pool, and finds the missing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import header_messages
from .column_targets import ColumnTargets
from .diagnostics import HEADER, WHOLE_FILE, Location
from .dialect import DialectError, escape
from .invisible import visible
from .pool import PASSWORD_HASH, SIGN_IN_ATTRIBUTES, USERNAME
from .read_options import as_tuple
from .rules import Normalization, Rule
from .values import InvalidValueError, value_validator

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .context import ValidationContext
    from .pool import Attribute, Pool

    _Taken = dict[str, tuple[int, str]]
    """The position in a row and the file's name of each of the pool's columns."""


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
        filled: Columns of `columns` that the file lacks: a sign-in attribute that has the value of
            the username, or the username that has the value of a sign-in attribute.
        left_out: The file's columns that are left out because of `only_columns`, for a message.
        lacking: Attributes without a column that have a flag which says that they are verified,
            each with the text for a user of whom it says so.
    """

    width: int
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    names: tuple[str, ...]
    shared_values: tuple[tuple[str, str], ...] = ()
    last_is_blank: bool = False
    filled: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()

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
    pool, options, _findings = context.pool, context.options, context.findings
    names = [_name(name, options.columns) for name in header]
    corrected = [name for name, given in zip(names, header, strict=True) if name != given]
    header = names
    # A mapping of the username says that the file is of the provider.
    is_mapped = any(USERNAME in as_tuple(each) for each in options.columns.values())
    if options.export is not None and not is_mapped:
        from .exports import recognition  # noqa: PLC0415  plain CSVs start sooner

        if text := recognition.other_provider(header, options.export):
            context.findings.add(Rule.EXPORT, HEADER, text)
            return None
    targets = ColumnTargets(pool, options, header)
    targets.corrected.update(dict.fromkeys(corrected))
    taken = _taken(header, targets, context)
    filled = _fill(taken, header, targets, context)
    if USERNAME not in taken:
        _report_no_username(header, targets, context)
        return None
    has_own_name = taken[USERNAME][1].lower() == USERNAME
    if not has_own_name and _report_other_reading(header, targets, context):
        return None
    given = {*taken, *options.constants}
    # Of several sign-in attributes, one that is filled may have a column of its own.
    several = len(pool.username_forms) > 1
    _report_bad_names(header, given - filled if several else given, targets, context)
    lacking = _report_missing(header, given, targets, context)
    for name in targets.corrected:
        context.normalizations.add(Normalization.COLUMN_NAME, Location(1, name))
    taken = dict(sorted(taken.items(), key=_position))
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
        filled=filled,
        left_out=_left_out(header, taken, targets, context),
        lacking=lacking,
    )


def _name(text: str, mapped: Collection[str]) -> str:
    """Return the name of a column without white space around it and invisible characters."""
    name = text.strip()
    return name if name in mapped else visible(name).strip()


def _position(item: tuple[str, tuple[int, str]]) -> int:
    return item[1][0]


def _taken(header: Sequence[str], targets: ColumnTargets, context: ValidationContext) -> _Taken:
    """Return the pool's columns that the file has, but for those that the constants give."""
    taken: _Taken = {}
    for position, name in enumerate(header):
        for column in targets.of(name):
            if column in context.options.constants:
                continue
            if column in taken:
                text = header_messages.duplicate_column(taken[column][1])
                context.findings.add(Rule.DUPLICATE_COLUMN, Location(1, name), text)
                continue
            taken[column] = (position, name)
    return taken


def _fill(
    taken: _Taken, header: Sequence[str], targets: ColumnTargets, context: ValidationContext
) -> frozenset[str]:
    """Add the username, or the sign-in attributes that have its value, where the file lacks them.

    Where `UsernameAttributes` says that an attribute is the username, a file needs one of the two.

    Returns:
        The columns that have the value of another one.
    """
    own = context.pool.username_forms
    if USERNAME not in taken:
        source = next((each for each in own if each in taken), None)
        if source is not None:
            taken[USERNAME] = taken[source]
            return frozenset({USERNAME})
        name = targets.username_in(context.pool)
        if name is None:
            return frozenset()
        taken[USERNAME] = (header.index(name), name)
    absent = [
        each
        for each in own
        if each not in taken and each not in context.options.constants and targets.is_known(each)
    ]
    taken.update(dict.fromkeys(absent, taken[USERNAME]))
    return frozenset(absent)


def _left_out(
    header: Sequence[str], taken: _Taken, targets: ColumnTargets, context: ValidationContext
) -> tuple[str, ...]:
    options = context.options
    if not options.only_columns:
        return ()
    from . import column_problems  # noqa: PLC0415  few files need it

    imported = {position for position, _ in taken.values()}
    return column_problems.left_out(
        [
            None if name in options.columns or targets.of(name) or position in imported else name
            for position, name in enumerate(header)
        ],
        taken,
        targets,
    )


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
    pool, findings = context.pool, context.findings
    argument = "constants" if column in context.options.constants else "defaults"
    value = value.strip()
    if not value:
        return ""
    try:
        value, normalization = value_validator(column, attribute, pool)(value)
        if normalization is None:
            escape(value)
    except (InvalidValueError, DialectError) as error:
        text = header_messages.shared_value(argument, column, str(error))
        findings.add(error.rule, WHOLE_FILE, text)
        return ""
    if column in (*(pool.aliases or ()), *(pool.username_attributes or ())):
        text = header_messages.shared_value(argument, column, header_messages.SHARED_SIGN_IN_NAME)
        findings.add(Rule.DUPLICATE_ALIAS, WHOLE_FILE, text)
    return value


def _needs_no_hashes(pool: Pool) -> bool:
    return pool.hashing_algorithm is None


def _report_no_username(
    header: Sequence[str], targets: ColumnTargets, context: ValidationContext
) -> None:
    from . import column_problems  # noqa: PLC0415  only where something is wrong

    text = column_problems.no_username(header, targets, context)
    context.findings.add(Rule.NO_HEADER, HEADER, text)
    _report_not_found(header, targets, context)


def _report_other_reading(
    header: Sequence[str], targets: ColumnTargets, context: ValidationContext
) -> bool:
    """Report a provider's export that is read as a plain CSV; return whether it is one."""
    if not context.options.only_columns and not any(map(targets.unknown, header)):
        return False
    from . import column_problems  # noqa: PLC0415  only where something is wrong

    if text := column_problems.other_reading(header, targets, context):
        context.findings.add(Rule.NO_HEADER, HEADER, text)
        _report_not_found(header, targets, context)
    return bool(text)


def _report_bad_names(
    header: Sequence[str], given: set[str], targets: ColumnTargets, context: ValidationContext
) -> None:
    options, findings = context.options, context.findings
    if any(map(targets.unknown, header)):
        from . import column_problems  # noqa: PLC0415  only where something is wrong

        for location, text in column_problems.unknown_columns(header, given, targets, context):
            findings.add(Rule.UNKNOWN_COLUMN, location, text)
    for number, name in enumerate(header, start=1):
        if not name and not options.only_columns:
            location = Location(1, f"number {number}")
            findings.add(Rule.COLUMN_WITHOUT_NAME, location, header_messages.COLUMN_WITHOUT_NAME)
    _report_not_found(header, targets, context)
    for argument, columns in (("constants", options.constants), ("defaults", options.defaults)):
        for column in columns:
            is_reported = argument == "defaults" and column in options.constants
            if not targets.is_known(column) and not is_reported:
                from . import column_problems  # noqa: PLC0415  only where something is wrong

                text = column_problems.unknown_in_argument(argument, column, columns, targets)
                findings.add(Rule.UNKNOWN_COLUMN, WHOLE_FILE, text)


def _report_not_found(
    header: Sequence[str], targets: ColumnTargets, context: ValidationContext
) -> None:
    for name in context.options.columns:
        if targets.shows_secret(name):
            from . import column_problems  # noqa: PLC0415  only where something is wrong

            text = column_problems.secret_in_attribute(name)
            context.findings.add(Rule.UNKNOWN_COLUMN, WHOLE_FILE, text)
        # The reader of an export leaves out many fields itself.
        elif name not in header and (targets.wanted(name) or context.options.export is None):
            from . import column_problems  # noqa: PLC0415  only where something is wrong

            text = column_problems.not_in_file(name, header, targets)
            context.findings.add(Rule.COLUMN_NOT_FOUND, WHOLE_FILE, text)


def _report_missing(
    header: Sequence[str], given: set[str], targets: ColumnTargets, context: ValidationContext
) -> tuple[tuple[str, str], ...]:
    """Report the columns that the import lacks and every user needs.

    Returns:
        The attributes that it lacks for users of whom they are verified, each with a text.
    """
    pool, options, findings = context.pool, context.options, context.findings
    provided = given | {column for column, value in options.defaults.items() if value}
    provided -= {column for column, value in options.constants.items() if not value}
    required = [
        each.name for each in pool.attributes or () if each.required and each.name not in provided
    ]
    verified = [name for name in pool.auto_verified or () if f"{name}_verified" in provided]
    without_flag = not verified and pool.auto_verified
    lacking = [
        name
        for name in SIGN_IN_ATTRIBUTES
        if name not in provided and f"{name}_verified" in provided
    ]
    if not (required or without_flag or lacking):
        return ()
    from . import column_problems  # noqa: PLC0415  only where something is wrong

    missing = column_problems.Missing(header, provided, targets, context)
    for name in required:
        findings.add(Rule.COLUMN_MISSING, Location(1, name), missing.required(name))
    if without_flag:
        findings.add(Rule.COLUMN_MISSING, *missing.flag())
    return tuple((name, missing.of_flag(name)) for name in lacking)
