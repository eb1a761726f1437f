"""Refuses users who cannot sign in at the provider: Cognito's import would make them active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..decoding import EncodingError, LineReader
from ..dialect import SEPARATORS, DialectError, read_row
from . import messages, text_reader
from .export import ExportError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from ..diagnostics import Unit


class DisabledUsers:
    """Counts the users who cannot sign in at the provider, and keeps the first one's location."""

    def __init__(self, flag: str, unit: Unit) -> None:
        """Begin with none; `flag` is how the export marks them, such as `enabled is false`."""
        self._flag = flag
        self._unit = unit
        self._first = 0
        self._count = 0

    def add(self, number: int) -> None:
        """Count the user of a line or record."""
        self._first = self._first or number
        self._count += 1

    def refuse(self) -> None:
        """Refuse the file if there are any.

        Raises:
            ExportError: There are.
        """
        if not self._count:
            return
        location = f"{self._unit} {self._first}"
        raise ExportError(messages.disabled_users(location, self._count - 1, self._flag))


def without_disabled(
    chunks: Iterable[bytes],
    disabled: DisabledUsers,
    column: str,
    value: re.Pattern[bytes],
    *,
    header_lines: int,
) -> Iterator[bytes]:
    """Pass a CSV through as it is, and refuse it at its end if a user is disabled.

    Args:
        chunks: The CSV.
        disabled: Counts the users.
        column: Name of the flag's column, in any case; a CSV without it is only passed through.
        value: Value of the flag for a disabled user.
        header_lines: Lines to subtract from a line's number before it is shown.

    Raises:
        ExportError: There are such users, or a line is too long to be searched.
    """
    chunks = iter(chunks)
    passing: list[bytes] = []
    search = _Search(disabled, column.casefold(), value, header_lines)
    try:
        # The same reader as in the validation, so that both see the same lines.
        for batch in LineReader(_noted(chunks, passing), text_reader.LONGEST).batches():
            found = search.search(batch)
            yield from passing
            passing.clear()
            if not found:
                break
    except EncodingError:
        pass  # the validation finds the same
    yield from passing
    yield from chunks
    disabled.refuse()


def _noted(chunks: Iterator[bytes], passing: list[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        # The chunks that wait are of a line without its end; a chunk of lines may be longer.
        size = size if passing else 0
        if size > text_reader.LONGEST:
            raise ExportError(messages.line_too_long(text_reader.LONGEST))
        size += len(chunk)
        passing.append(chunk)
        yield chunk


class _Search:
    def __init__(
        self, disabled: DisabledUsers, column: str, value: re.Pattern[bytes], header_lines: int
    ) -> None:
        self._disabled = disabled
        self._column = column
        self._value = value
        self._line = -header_lines
        self._position: int | None = None
        self._separator = ""

    def search(self, batch: bytes) -> bool:
        """Search whole lines; return whether the file has the column."""
        if not self._separator:
            self._header(batch.partition(b"\n")[0])
        if self._position is None:
            return False
        if self._value.search(batch):
            for number, line in enumerate(batch.split(b"\n")[:-1], self._line + 1):
                if self._value.fullmatch(self._in(line, self._position)):
                    self._disabled.add(number)
        self._line += batch.count(b"\n")
        return True

    def _header(self, line: bytes) -> None:
        readings = {each: self._read(line, each) for each in SEPARATORS}
        self._separator = max(readings, key=lambda each: len(readings[each]))
        names = [name.casefold() for name in readings[self._separator]]
        if self._column in names:
            self._position = names.index(self._column)

    def _in(self, line: bytes, position: int) -> bytes:
        if b'"' in line or b"\\" in line:
            values = self._read(line, self._separator)
            return values[position].encode() if position < len(values) else b""
        fields = line.split(self._separator.encode(), position + 1)
        return fields[position].strip() if position < len(fields) else b""

    def _read(self, line: bytes, separator: str) -> list[str]:
        try:
            return read_row(line.decode(errors="replace"), separator)[0]
        except DialectError:
            return []  # the validation refuses the row
