"""Recognizes a header in a form that is not read, for a message that says how to write the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import header_messages
from .column_suggestions import looks_like_header
from .dialect import OTHER_SEPARATORS, POWERSHELL, SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Sequence

# A reader of an export may have removed the first one.
_IN_SINGLE_QUOTES = re.compile("^'?(.*)'$")


def other_form(header: Sequence[str], known: Sequence[str], lines_above: int) -> str:
    """Return the text for a header in another form; empty for a header in none of these.

    Args:
        header: The values of the line, as far as they could be separated.
        known: The user pool's columns.
        lines_above: Number of lines above it that name the separator.
    """
    first = header[0]
    if first.startswith(POWERSHELL):
        return header_messages.POWERSHELL_TYPE
    bare = [_IN_SINGLE_QUOTES.sub(r"\1", name) for name in header]
    if bare != [*header] and looks_like_header(bare, known):
        return header_messages.SINGLE_QUOTES
    if len(header) > 1:
        return ""
    for separator in (*SEPARATORS, *OTHER_SEPARATORS):
        names = first.split(separator)
        if len(names) > 1 and looks_like_header(names, known):
            if separator in OTHER_SEPARATORS:
                return header_messages.separator_not_read(separator)
            return (
                header_messages.WRONG_SEPARATOR if lines_above else header_messages.LINE_IN_QUOTES
            )
    return ""
