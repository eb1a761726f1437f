"""A CSV on its way to who checks it, searched for users who cannot sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..decoding import EncodingError
from ..decoding import Text as CheckedText
from ..dialect import SEPARATORS, DialectError, read_row
from . import text
from .export import ExportError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from .inactive import InactiveUsers


def without_inactive(
    chunks: Iterable[bytes],
    inactive: InactiveUsers,
    column: str,
    value: re.Pattern[bytes],
    *,
    header_lines: int,
) -> Iterator[bytes]:
    """Pass a CSV on as it is, and refuse it at its end if a user is inactive.

    Args:
        chunks: the CSV.
        inactive: counts the users.
        column: where the flag is, in any case; a CSV without it is only passed on.
        value: what an inactive user has there.
        header_lines: what to take off a line's number for the user's own.

    Raises:
        ExportError: there are such users, or a line is too long to be searched.
    """
    chunks = iter(chunks)
    passing: list[bytes] = []
    search = _Search(inactive, column.casefold(), value, header_lines)
    try:
        # Read as who checks the CSV reads it, so that both see the same lines.
        for block in CheckedText(_noted(chunks, passing), text.LONGEST).blocks():
            found = search.block(block)
            yield from passing
            passing.clear()
            if not found:
                break
    except EncodingError:
        pass  # who checks the CSV meets the same
    yield from passing
    yield from chunks
    inactive.refuse()


def _noted(chunks: Iterator[bytes], passing: list[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        # What waits belongs to a line whose end was not seen yet; a chunk of lines may be longer.
        size = size if passing else 0
        if size > text.LONGEST:
            raise ExportError(f"Expected lines of {text.LONGEST:,} bytes at most.")
        size += len(chunk)
        passing.append(chunk)
        yield chunk


class _Search:
    def __init__(
        self, inactive: InactiveUsers, column: str, value: re.Pattern[bytes], header_lines: int
    ) -> None:
        self._inactive = inactive
        self._column = column
        self._value = value
        self._line = -header_lines
        self._place: int | None = None
        self._separator = ""

    def block(self, block: bytes) -> bool:
        """Search whole lines; return whether the file has the column."""
        if not self._separator:
            self._header(block.partition(b"\n")[0])
        if self._place is None:
            return False
        if self._value.search(block):
            for number, line in enumerate(block.split(b"\n")[:-1], self._line + 1):
                if self._value.fullmatch(self._in(line, self._place)):
                    self._inactive.add(number)
        self._line += block.count(b"\n")
        return True

    def _header(self, line: bytes) -> None:
        ways = {each: self._read(line, each) for each in SEPARATORS}
        self._separator = max(ways, key=lambda each: len(ways[each]))
        names = [name.casefold() for name in ways[self._separator]]
        if self._column in names:
            self._place = names.index(self._column)

    def _in(self, line: bytes, place: int) -> bytes:
        if b'"' in line or b"\\" in line:
            values = self._read(line, self._separator)
            return values[place].encode() if place < len(values) else b""
        fields = line.split(self._separator.encode(), place + 1)
        return fields[place].strip() if place < len(fields) else b""

    def _read(self, line: bytes, separator: str) -> list[str]:
        try:
            return read_row(line.decode(errors="replace"), separator)[0]
        except DialectError:
            return []  # who checks the CSV refuses the row
