"""Finds a header that is below the first line: a title, a comment or a date is above it.

It is loaded only for a first line without a column of the username.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .column_suggestions import looks_like_header, means_username
from .dialect import POWERSHELL, SEPARATORS, DialectError, read_row
from .invisible import visible
from .pool import STANDARD_ATTRIBUTES, USERNAME

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .context import ValidationContext

MOST_LINES = 10
"""Lines that are searched."""


def header_below(names: Sequence[str], rest: bytes, context: ValidationContext) -> int | None:
    """Return how many lines below the first one the header is; None where none is found.

    Args:
        names: The first line.
        rest: The lines below it.
        context: The pool and the arguments.
    """
    export = context.options.export_reader
    known = {
        *(USERNAME, *(attribute.name for attribute in STANDARD_ATTRIBUTES)),
        *context.options.columns,
        *((*export.columns, *export.username) if export else ()),
    }
    # PowerShell's line above a header has a text of its own.
    if names[0].startswith(POWERSHELL) or looks_like_header(names, known):
        return None
    for number, line in enumerate(rest.split(b"\n")[:MOST_LINES], start=1):
        if any(_is_header(_values(line, separator), known) for separator in SEPARATORS):
            return number
    return None


def _is_header(values: Sequence[str], known: Collection[str]) -> bool:
    """Return whether a line has a known name of a column, or several words for one."""
    names = [visible(value).strip() for value in values]
    if not looks_like_header(names, known):
        return False
    folded = {name.lower() for name in known}
    words = [name for name in names if looks_like_header([name], known)]
    return len(words) > 1 or any(name.lower() in folded or means_username(name) for name in names)


def _values(line: bytes, separator: str) -> Sequence[str]:
    try:
        return read_row(line.decode(errors="replace"), separator)[0]
    except DialectError:
        return ()
