"""The texts about columns that cannot be mapped, each with its next step.

It is loaded only where a file has such a column. A name that may be a user's value is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import header_messages
from .column_suggestions import (
    columns_argument,
    is_shown,
    listed,
    looks_like_header,
    looks_like_row,
    mapping_of,
    means_username,
    reason_against,
    shown,
    suggestion,
    suggestions,
    username_candidate,
)
from .column_targets import is_custom
from .diagnostics import HEADER, Location, Unit
from .exports import EXPORTS
from .exports.provider_headers import recognized
from .header_forms import other_form
from .pool import USERNAME
from .read_options import as_tuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from .column_targets import ColumnTargets
    from .context import ValidationContext
    from .pool import Pool

    _Columns = dict[str, str | tuple[str, ...] | None]
    """A `columns` argument."""


def other_reading(header: Sequence[str], targets: ColumnTargets, context: ValidationContext) -> str:
    """Return the text for the columns of a provider's export that is read as a plain CSV.

    It is empty where the file has no such columns, or `columns` names all of them.
    """
    options = context.options
    unnamed = {name for name in header if name not in options.columns}
    mapped = {
        name
        for name in header
        if targets.unknown(name)
        or USERNAME in targets.of(name)
        # Left out by only_columns, which does not say that the user has read the names.
        or (name in unnamed and not targets.of(name))
    }
    export = recognized(unnamed) or recognized(mapped)
    # Records have no `export`.
    if export is None or options.export is not None or options.unit is Unit.RECORD:
        return ""
    reader = EXPORTS[export]
    given = _right(header, targets, context)
    used = {USERNAME, *(reader.columns[name] for name in header if name in reader.columns)}
    used.update(column for columns in given.values() for column in as_tuple(columns))
    columns = dict(given)
    others = [name for name in header if name not in given]
    columns.update(suggestions(others, targets.known, used))
    argument = f"export=ExportFormat.{export.name}"
    if columns:
        argument += f", {columns_argument(columns)}"
    return header_messages.provider_export(export.value.capitalize(), argument)


def _right(header: Sequence[str], targets: ColumnTargets, context: ValidationContext) -> _Columns:
    """Return the entries of `columns` that are right: of the file, to columns of the pool."""
    given = context.options.columns
    right: _Columns = {}
    taken = {column for name in header if name not in given for column in targets.of(name)}
    for name, column in given.items():
        columns = as_tuple(column)
        if name in header and not targets.unknown(name) and taken.isdisjoint(columns):
            right[name] = column
            taken.update(columns)
    return right


_MOST_ALONE = 3
"""Columns that mean nothing to the user pool and have a text each; more have one together."""


def no_username(header: Sequence[str], targets: ColumnTargets, context: ValidationContext) -> str:
    """Return the text for a first line without a column of the username."""
    if text := other_form(header, targets.known, context.findings.lines_above):
        return text
    if text := other_reading(header, targets, context):
        return text
    pool, export = context.pool, context.options.export_reader
    own = pool.username_forms
    expected, known = [USERNAME, *own], list(targets.known)
    if export is not None:
        of_own = [name for name, column in export.columns.items() if column in own]
        expected = [*export.username, *of_own]
        known += [*export.columns, *export.username]
    if not looks_like_header(header, known):
        if export is not None:
            text = header_messages.unknown_columns_of_export(
                " or ".join(expected), len(header), USERNAME
            )
        elif looks_like_row(header):
            text = header_messages.not_a_header(USERNAME)
        else:
            text = header_messages.no_known_column(USERNAME)
        return text
    given = _right(header, targets, context)
    unmapped = [name for name in header if name not in given and not targets.of(name)]
    taken = {column for name in header for column in targets.of(name)}
    columns = mapping_of(unmapped, targets.known, pool, taken)
    if export is not None:
        columns = {name: column for name, column in columns.items() if column is not None}
    candidate = next(
        (
            name
            for name, column in columns.items()
            if not {USERNAME, *own}.isdisjoint(as_tuple(column))
        ),
        None,
    )
    if not candidate and (candidate := username_candidate(header, pool)):
        columns[candidate] = (*targets.of(candidate), USERNAME)
    if not candidate:
        return header_messages.no_username_column(" or ".join(expected), listed(header), USERNAME)
    return header_messages.likely_username_column(
        " or ".join(expected),
        "" if export is None else listed(header),
        candidate,
        columns_argument({**given, **columns}),
        _left_out(columns, pool),
    )


def _left_out(columns: _Columns, pool: Pool) -> str:
    """Return the columns that a mapping leaves out, by the reason; empty for none."""
    names: dict[str | None, list[str]] = {}
    for name, column in columns.items():
        if column is None:
            reason = _reason_against(name, pool)
            names.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(each)} ({reason})" for reason, each in names.items())


def unknown_columns(
    header: Sequence[str], taken: Iterable[str], targets: ColumnTargets, context: ValidationContext
) -> Iterator[tuple[Location, str]]:
    """Yield the place and the text for each column that the user pool does not have.

    Args:
        header: The file's columns.
        taken: The pool's columns that the import has already.
        targets: The pool's columns.
        context: The pool and the arguments.
    """
    found = [*_unknown_columns(header, taken, targets, context)]
    nothing = [location for location, _, means_nothing in found if means_nothing]
    are_many = len(nothing) > _MOST_ALONE
    if are_many:
        first = ", ".join(f"{location.column}" for location in nothing[:_MOST_ALONE])
        more = len(nothing) - _MOST_ALONE
        text = header_messages.unknown_columns(len(nothing), first, more, ", ".join(targets.known))
        yield HEADER, text
    for location, text, means_nothing in found:
        if not (are_many and means_nothing):
            yield location, text


def _unknown_columns(
    header: Sequence[str], taken: Iterable[str], targets: ColumnTargets, context: ValidationContext
) -> Iterator[tuple[Location, str, bool]]:
    """Yield the place, the text, and whether the name means nothing to the pool."""
    options, known = context.options, ", ".join(targets.known)
    used = set(taken)
    # A mapping of the user's replaces that of an export.
    explicit = {column for name in options.columns for column in targets.of(name)}
    explicit.update(options.constants)
    for number, name in enumerate(header, start=1):
        unknown = targets.unknown(name)
        replaces = options.export is not None and name in options.columns
        near: dict[str, str] = {}
        for wanted in unknown:
            if column := suggestion(wanted, targets.known, explicit if replaces else used):
                near[wanted] = column
                used.add(column)
                explicit.add(column)
        corrected = [
            near.get(wanted, wanted)
            for wanted in (targets.wanted(name) if name in options.columns else unknown)
            if wanted in near or wanted not in unknown
        ]
        correction = _argument(name, corrected)
        for wanted in unknown:
            means_nothing = False
            if wanted in near:
                text = header_messages.misspelled_column(
                    _what(name, wanted), near[wanted], correction=correction
                )
            elif reason := _reason_against(wanted, context.pool):
                text = header_messages.not_importable(reason, correction)
            elif name.endswith(wanted) and is_custom(wanted):
                lost = wanted if is_shown(name) else "such attribute"
                text = header_messages.lost_attribute(lost, correction)
            elif meant := suggestion(wanted, targets.known):
                text = header_messages.second_column(_what(name, wanted), meant, correction)
            else:
                means_nothing = wanted == name
                text = header_messages.unknown_column(
                    _what(name, wanted), known, correction=correction
                )
            yield Location(1, shown(name, number)), text, means_nothing


def _what(name: str, wanted: str) -> str:
    return "such column" if wanted == name else f"column {wanted}"


def _reason_against(name: str, pool: Pool) -> str | None:
    """Return why no import into this pool can take a column of this name, where that is known."""
    if pool.username_forms and means_username(name):
        return header_messages.other_username(" or ".join(pool.username_forms))
    return reason_against(name)


def _argument(name: str, columns: Iterable[str]) -> str:
    """Return the argument that maps one column, or leaves it out."""
    column = tuple(columns) or None
    if is_shown(name):
        return columns_argument({name: column})
    return header_messages.with_name_for(columns_argument({"…": column}))


def unknown_in_argument(
    argument: str, column: str, given: Iterable[str], targets: ColumnTargets
) -> str:
    """Return the text for a name in `constants` or `defaults` that is not a column of the pool.

    Args:
        argument: The argument.
        column: The name.
        given: All names of the argument.
        targets: The pool's columns.
    """
    # The username cannot be the same for all users.
    if near := suggestion(column, targets.known, {USERNAME, *given}):
        text = header_messages.misspelled_column(f"column {column}", near)
    elif reason := reason_against(column):
        text = header_messages.value_not_importable(column, reason)
    else:
        text = header_messages.unknown_column(f"column {column}", ", ".join(targets.known))
    return header_messages.in_argument(argument, text)


def secret_in_attribute(name: str) -> str:
    """Return the text for a column of secrets that `columns` maps to an attribute."""
    text = header_messages.secret_in_attribute(name, columns_argument({name: None}))
    return header_messages.in_argument("columns", text)


class Missing:
    """The texts about columns that the import lacks."""

    def __init__(
        self,
        header: Sequence[str],
        provided: Collection[str],
        targets: ColumnTargets,
        context: ValidationContext,
    ) -> None:
        """Prepare for a file.

        Args:
            header: The file's columns.
            provided: The pool's columns that the import has.
            targets: The pool's columns.
            context: The pool and the arguments.
        """
        self._header = header
        self._provided = provided
        self._targets = targets
        self._given = context.options.columns
        self._flags = [f"{name}_verified" for name in context.pool.auto_verified or ()]
        export = context.options.export_reader
        self._own = {} if export is None else export.columns

    def required(self, attribute: str) -> str:
        """Return the text for an attribute that the pool requires."""
        return header_messages.required_column_missing(self._elsewhere(attribute))

    def flag(self) -> tuple[Location, str]:
        """Return the place and the text for flags of which one must be true for every user."""
        place = Location(1, " or ".join(self._flags))
        # An attribute that is verified needs a value.
        usable = [flag for flag in self._flags if _attribute_of(flag) in self._provided]
        first = next(iter(usable), self._flags[0])
        others = [flag for flag in self._flags if flag != first]
        step = next(filter(None, map(self._elsewhere, usable)), "")
        if not step and usable:
            step = header_messages.verified_for_all(first)
        if not step:
            attribute = _attribute_of(first)
            step = self._elsewhere(attribute) or header_messages.add_columns(attribute, first)
        return place, header_messages.verified_column_missing(first, ", ".join(others), step)

    def of_flag(self, attribute: str) -> str:
        """Return the text for an attribute that a flag says is verified."""
        return header_messages.verified_without_column(
            f"{attribute}_verified", attribute, self._elsewhere(attribute)
        )

    def _elsewhere(self, attribute: str) -> str:
        """Return the next step where a column of the file probably has the attribute."""
        for name in self._header:
            meant = self._own.get(name) or suggestion(name, self._targets.known)
            columns = self._targets.of(name)
            if meant == attribute and is_shown(name) and attribute not in columns:
                correction = columns_argument({name: (attribute, *columns)})
                if name in self._given:
                    return header_messages.mapped_elsewhere(attribute, name, correction)
                return header_messages.has_elsewhere(attribute, name, correction)
        return ""


def _attribute_of(flag: str) -> str:
    return flag.removesuffix("_verified")


def left_out(
    names: Iterable[str | None], taken: Iterable[str], targets: ColumnTargets
) -> tuple[str, ...]:
    """Return the columns that `only_columns` leaves out, each with the one that it may be.

    Args:
        names: The file's columns; None for those that are not left out.
        taken: The pool's columns that the file has.
        targets: The pool's columns.
    """
    numbered = [(number, name) for number, name in enumerate(names, start=1) if name is not None]
    near = suggestions([name for _, name in numbered], targets.known, taken)
    return tuple(
        header_messages.left_out(name, near[name]) if name in near else shown(name, number)
        for number, name in numbered
    )


def not_in_file(name: str, header: Sequence[str], targets: ColumnTargets) -> str:
    """Return the text for a name in `columns` that is not a column of the file."""
    is_header = any(map(targets.of, header)) or looks_like_header(header, targets.known)
    text = header_messages.column_not_in_file(name, listed(header) if is_header else "")
    return header_messages.in_argument("columns", text)
