"""The texts about columns that cannot be mapped, each with its next step.

It is loaded only where a file has such a column. A name that may be a user's value is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import header_messages
from .column_suggestions import (
    columns_argument,
    listed,
    looks_like_header,
    looks_like_row,
    mapping_of,
    reason_against,
    shown,
    suggestion,
    username_candidate,
)
from .column_targets import is_custom
from .pool import USERNAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .column_targets import ColumnTargets
    from .context import ValidationContext

_MOST_ALONE = 3
"""Columns that mean nothing to the user pool and have a text each; more have one together."""


def no_username(header: Sequence[str], targets: ColumnTargets, context: ValidationContext) -> str:
    """Return the text for a first line without a column of the username."""
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
    unknown = [name for name in header if name and not targets.of(name)]
    given = context.options.columns
    taken = {column for name in header for column in targets.of(name)}
    unmapped = [name for name in unknown if name not in given]
    columns = mapping_of(unmapped, targets.known, pool, taken)
    if export is not None:
        columns = {name: column for name, column in columns.items() if column is not None}
    candidate = next((name for name, column in columns.items() if column in (USERNAME, *own)), None)
    if not candidate and (candidate := username_candidate(header, pool)):
        columns[candidate] = (*targets.of(candidate), USERNAME)
    if not candidate:
        return header_messages.no_username_column(" or ".join(expected), listed(header), USERNAME)
    return header_messages.likely_username_column(
        " or ".join(expected),
        "" if export is None else listed(header),
        candidate,
        columns_argument({**given, **columns}),
    )


def unknown_column(name: str, wanted: str, number: int, targets: ColumnTargets) -> tuple[str, str]:
    """Return the name to show, and the text, for a column that the user pool does not have.

    Args:
        name: The file's name of the column.
        wanted: The pool's column that it should be.
        number: The position in the file, from 1.
        targets: The pool's columns.
    """
    name_shown = shown(name, number)
    pasted = name if name_shown == name else "…"
    leave_out = columns_argument({pasted: None})
    what = "such column" if wanted == name else f"column {wanted}"
    if near := suggestion(wanted, targets.known):
        correction = columns_argument({pasted: near})
        return name_shown, header_messages.misspelled_column(what, near, correction=correction)
    if reason := reason_against(wanted):
        return name_shown, header_messages.not_importable(reason, leave_out)
    if name.endswith(wanted) and is_custom(wanted):
        lost = wanted if name_shown == name else "such attribute"
        return name_shown, header_messages.lost_attribute(lost, leave_out)
    known = ", ".join(targets.known)
    return name_shown, header_messages.unknown_column(what, known, correction=leave_out)


def many_unknown(header: Sequence[str], targets: ColumnTargets) -> tuple[frozenset[str], str]:
    """Return the names, and the text, of many columns that mean nothing to the user pool.

    Few columns have a text each, as do those that may mean a column of the pool, or that no import
    can take: these are not among them.
    """
    names = {
        name: shown(name, number)
        for number, name in enumerate(header, start=1)
        if name
        and targets.unknown(name) == (name,)
        and not is_custom(name)
        and not suggestion(name, targets.known)
        and not reason_against(name)
    }
    if len(names) <= _MOST_ALONE:
        return frozenset(), ""
    first = ", ".join([*names.values()][:_MOST_ALONE])
    text = header_messages.unknown_columns(
        len(names), first, len(names) - _MOST_ALONE, ", ".join(targets.known)
    )
    return frozenset(names), text


def unknown_in_argument(argument: str, column: str, targets: ColumnTargets) -> str:
    """Return the text for a name in `constants` or `defaults` that is not a column of the pool."""
    if near := suggestion(column, targets.known):
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


def not_in_file(name: str, header: Sequence[str], targets: ColumnTargets) -> str:
    """Return the text for a name in `columns` that is not a column of the file."""
    is_header = any(map(targets.of, header)) or looks_like_header(header, targets.known)
    text = header_messages.column_not_in_file(name, listed(header) if is_header else "")
    return header_messages.in_argument("columns", text)
