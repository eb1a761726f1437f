"""Writes the CSV that an export is converted to: one line for every user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE = 64 * 1024
_PLAIN = re.compile(r"[\w.@:/+-]*", re.ASCII)


def csv_line(values: Iterable[str]) -> str:
    """Write a row, with the line end."""
    # A row of one blank value would be a blank line.
    return (",".join(map(_csv_value, values)) or '""') + "\n"


def _csv_value(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # A lone CR stands for a line break: the row stays one line, so that records can be counted by
    # lines, and is refused, because Cognito's dialect cannot express a line break (CSV010).
    one_line = value.replace("\r\n", "\r").replace("\n", "\r").replace('"', '""')
    return f'"{one_line}"'


def pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Join lines to pieces: the validation takes many lines at once."""
    held: list[str] = []
    characters = 0
    for line in lines:
        held.append(line)
        characters += len(line)
        if characters >= PIECE:
            yield "".join(held).encode()
            held.clear()
            characters = 0
    yield "".join(held).encode()
