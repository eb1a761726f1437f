"""Turns rows of other dialects and columns into Cognito's dialect and the mapping's columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import messages
from .column_cutter import ColumnCutter
from .decoding import count_lines, has_long_line, is_utf_8
from .diagnostics import Location, Unit
from .dialect import DialectError, OpenQuoteError, escape, read_row
from .rules import Normalization, Rule
from .value_count import value_count_problem

if TYPE_CHECKING:
    from .column_mapping import ColumnMapping
    from .context import ValidationContext

_UNIT_SEPARATOR = b"\x1f"
WHITE_SPACE = b" \t\n\r\x0b\x0c"
SEPARATORS = WHITE_SPACE + b","
_IN_QUOTES = re.compile(rb'".*"\n', re.DOTALL)
_MOST_LINES = 100
"""Lines that a quoted value may span before its quote counts as never closed."""


class RowNormalizer:
    """Normalizes batches; every line stays one line, so that line numbers stay exact.

    Attributes:
        blank: The characters of a blank line.
    """

    def __init__(self, mapping: ColumnMapping, separator: str, context: ValidationContext) -> None:
        """Prepare for rows with a separator."""
        self._mapping = mapping
        self._separator = separator
        self._delimiter = separator.encode()
        self._findings = context.findings
        self._normalizations = context.normalizations
        self._longest = context.limits.row_bytes
        self._cutter = (
            None if mapping.is_identity else ColumnCutter(mapping, context.pool.username_forms)
        )
        # In an export, quotes are part of its format.
        self._counts_quotes = context.options.export is None
        # A record without a value is a user.
        self.blank = SEPARATORS if context.findings.unit is Unit.LINE else WHITE_SPACE
        self._held = b""
        self._first = 0
        self._uncut = b""
        self._uncut_lines: list[bytes] = []
        self._reported: set[int] = set()
        self._unread: set[int] = set()

    def is_reported(self, line: int) -> bool:
        """Return whether a finding about a line of the last batch has been added already."""
        return line in self._reported

    def reported_lines(self, first: int) -> list[int]:
        """Return those lines, counted from the line `first`."""
        return [line - first for line in self._reported]

    def was_blank(self, line: int) -> bool:
        """Return whether a row of the last batch that is blank was so before its columns were cut.

        A line that has a value in a column that is left out is a user.
        """
        if self._cutter is None:
            return True
        # Few files have such rows; to search all rows would take a tenth of the time of the cut.
        if not self._uncut_lines:
            self._uncut_lines = self._uncut.split(b"\n")
        return not self._uncut_lines[line - self._first].strip(self.blank)

    def normalize(self, batch: bytes, count: int, line: int) -> tuple[bytes, int]:
        """Normalize a batch; an unfinished row at its end is held back for the next one.

        Args:
            batch: Whole lines.
            count: Number of lines in the batch. To count them again would take a tenth of the
                time of the whole validation.
            line: The number of the first line that was not returned yet.

        Returns:
            The rows, and their number of lines.
        """
        was_held = bool(self._held)
        if was_held:
            batch, self._held = self._held + batch, b""
        self._reported.clear()
        self._unread.clear()
        text = self._in_dialect(batch, line)
        if was_held or self._held:
            count = count_lines(text)
        return self._cut(text, count, line), count

    def _in_dialect(self, batch: bytes, line: int) -> bytes:
        """Return a batch in Cognito's dialect, with all columns of the file."""
        if b'"' in batch:
            quick = self._unquoted(batch, line)
            return self._by_line(batch, line, last=False) if quick is None else quick
        if self._separator != ",":
            if b"," in batch or b"\\" in batch:
                return self._by_line(batch, line, last=False)
            return batch.replace(self._delimiter, b",")
        return batch

    def _cut(self, text: bytes, count: int, line: int) -> bytes:
        """Return so many rows with the mapping's columns."""
        if self._cutter is None:
            return text
        self._first, self._uncut = line, text
        self._uncut_lines.clear()
        if not self._reported and not self._unread and not has_long_line(text, self._longest):
            cut = self._cutter.cut(text, count)
            if cut is not None:
                return cut
        lines = text.split(b"\n")[:-1]
        for number, row in enumerate(lines):
            lines[number] = self._cut_row(self._cutter, line + number, row)
        return b"".join(each + b"\n" for each in lines)

    def _cut_row(self, cutter: ColumnCutter, line: int, row: bytes) -> bytes:
        """Return a row with the mapping's columns, or as it is with a finding about it."""
        # The validator reports a row that is too long.
        if (
            line in self._reported
            or line in self._unread
            or not row.strip(self.blank)
            or len(row) > self._longest
        ):
            return row
        cut = cutter.cut_row(row)
        if isinstance(cut, bytes):
            return cut
        self._reported.add(line)
        text = value_count_problem(
            cut,
            self._mapping.width,
            row.decode(errors="replace"),
            has_end=self._findings.has_end(line),
        )
        self._findings.add(Rule.NUMBER_OF_VALUES, Location(line), text)
        return row

    def finish(self, line: int) -> tuple[bytes, int]:
        """Normalize the row that was held back; return it and its number of lines."""
        self._reported.clear()
        self._unread.clear()
        batch, self._held = self._held, b""
        text = self._by_line(batch, line, last=True)
        count = count_lines(text)
        return self._cut(text, count, line), count

    def _unquoted(self, batch: bytes, line: int) -> bytes | None:
        """Return a batch whose values are all in quotes without them; None for any other batch."""
        if not _IN_QUOTES.fullmatch(batch):
            return None
        if b"\\" in batch or b"\r" in batch or _UNIT_SEPARATOR in batch or not is_utf_8(batch):
            return None
        lines = count_lines(batch)
        # Remove the quotes around line feeds and separators: if none is left, every value had one
        # at its beginning and one at its end.
        text = batch[1:-2]
        if text.count(b'"\n"') != lines - 1:
            return None
        text = text.replace(b'"\n"', b"\n").replace(b'"' + self._delimiter + b'"', _UNIT_SEPARATOR)
        if b'"' in text:
            return None
        if self._counts_quotes:
            values = text.count(_UNIT_SEPARATOR) + lines
            self._normalizations.add_lines(Normalization.QUOTES, line, lines, values)
        return text.replace(b",", b"\\,").replace(_UNIT_SEPARATOR, b",") + b"\n"

    def _by_line(self, batch: bytes, line: int, *, last: bool) -> bytes:
        lines = batch.split(b"\n")[:-1]
        number = 0
        while number < len(lines):
            try:
                lines[number] = self._row(line + number, lines[number])
            except OpenQuoteError as error:
                end = self._end_of_row(lines, number)
                if end is None and not last and self._may_go_on(lines, number):
                    self._held = b"\n".join(lines[number:]) + b"\n"
                    del lines[number:]
                    break
                if end is None:
                    self._report(Rule.QUOTES, line + number, error)
                    end = number
                else:
                    self._report(Rule.LINE_BREAK, line + number, error, messages.LINE_BREAK)
                # All of them are one row: the first line stands for it.
                self._reported.update(range(line + number, line + end + 1))
                lines[number + 1 : end + 1] = [b""] * (end - number)
                number = end
            number += 1
        return b"".join(each + b"\n" for each in lines)

    def _may_go_on(self, lines: list[bytes], number: int) -> bool:
        rest = lines[number:]
        return not rest[_MOST_LINES:] and not b"\n".join(rest)[self._longest :]

    def _end_of_row(self, lines: list[bytes], number: int) -> int | None:
        """Return the last line of a row that has an open quote; None where it is never closed."""
        row = lines[number]
        for end in range(number + 1, min(number + _MOST_LINES, len(lines))):
            row += b"\n" + lines[end]
            if len(row) > self._longest:
                return None
            if b'"' not in lines[end]:
                continue
            try:
                read_row(row.decode(errors="replace"), self._separator)
            except OpenQuoteError:
                continue
            except DialectError:
                return None
            return end
        return None

    def _row(self, line: int, raw: bytes) -> bytes:
        """Normalize a row, or add a finding and return it as it is.

        Raises:
            OpenQuoteError: A quote is not closed in this line.
        """
        if len(raw) > self._longest:
            return raw  # the validator reports it
        if not raw.strip() and self._delimiter not in raw:
            return raw
        if b'"' in raw or self._separator != ",":
            values = self._read(line, raw)
            return raw if values is None else b",".join(values)
        return raw

    def _read(self, line: int, raw: bytes) -> list[bytes] | None:
        """Return the values of a row in Cognito's dialect; None where they break a rule."""
        try:
            texts, in_quotes = read_row(raw.decode(), self._separator)
        except UnicodeDecodeError:
            self._unread.add(line)  # the validator reports it
            return None
        except OpenQuoteError:
            raise
        except DialectError as error:
            self._report(Rule.QUOTES, line, error)
            return None
        values: list[bytes] = []
        try:
            values.extend(escape(text).encode() for text in texts)
        except DialectError as error:
            error.position = len(values)
            self._report(error.rule, line, error)
            return None
        if in_quotes and self._counts_quotes:
            self._normalizations.add(Normalization.QUOTES, Location(line), in_quotes)
        return values

    def _report(self, rule: Rule, line: int, error: DialectError, text: str = "") -> None:
        self._reported.add(line)
        mapping, column = self._mapping, None
        if error.position is not None and error.position in mapping.positions:
            column = mapping.names[mapping.positions.index(error.position)]
        self._findings.add(rule, Location(line, column), text or str(error))
