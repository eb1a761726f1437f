"""Finds a header that is below the first line: a title, a comment or a date is above it.

It is loaded only for a first line without a column of the username.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dialect import POWERSHELL, SEPARATORS, DialectError, read_row
from .invisible import visible
from .pool import USERNAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .context import ValidationContext

_MOST_LINES = 10
"""Lines that are searched."""


def header_below(names: Sequence[str], rest: bytes, context: ValidationContext) -> int | None:
    """Return how many lines below the first one the header is; None where none is found.

    Args:
        names: The first line.
        rest: The lines below it.
        context: The pool and the arguments.
    """
    own = {USERNAME, *context.pool.username_forms}
    wanted = {
        *own,
        *(name.lower() for name in context.options.columns if _targets(name, context) & own),
    }
    # PowerShell's line above a header has a text of its own.
    if names[0].startswith(POWERSHELL) or context.options.export or wanted & _names(names):
        return None
    for number, line in enumerate(rest.split(b"\n")[:_MOST_LINES], start=1):
        if any(wanted & _names(_values(line, separator)) for separator in SEPARATORS):
            return number
    return None


def _targets(name: str, context: ValidationContext) -> set[str]:
    columns = context.options.columns[name]
    return {columns} if isinstance(columns, str) else set(columns or ())


def _names(values: Sequence[str]) -> set[str]:
    return {visible(value).strip().lower() for value in values}


def _values(line: bytes, separator: str) -> Sequence[str]:
    try:
        return read_row(line.decode(errors="replace"), separator)[0]
    except DialectError:
        return ()
