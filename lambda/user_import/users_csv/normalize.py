"""Rows of other dialects and columns, turned into Cognito's dialect and the layout's columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .decoding import is_utf_8
from .dialect import DialectError, OpenQuoteError, escape, read_row
from .row_validator import rule_of
from .rules import Mending, Rule

if TYPE_CHECKING:
    from .column_mapping import Layout
    from .context import Inspection

_COMMA = re.compile(rb"(?<!\\),")
_MARK = b"\x1f"
_MOST_LINES = 100
"""How many lines a quoted value may span before its quote counts as never closed."""


class Translation:
    """Translates blocks; every line stays one line, so that line numbers stay right."""

    def __init__(self, layout: Layout, separator: str, inspection: Inspection) -> None:
        """Prepare for rows of a layout with a separator."""
        self._layout = layout
        self._separator = separator
        self._mark = separator.encode()
        self._findings = inspection.findings
        self._mendings = inspection.mendings
        self._longest = inspection.limits.row_bytes
        self._picks = None if layout.is_straight else layout.places
        self._held = b""
        self._told: set[int] = set()

    def is_told(self, line: int) -> bool:
        """Return whether what is wrong with a line has been told already."""
        return line in self._told

    def told_lines(self, line: int) -> list[int]:
        """Return those lines, counted from a line."""
        return [told - line for told in self._told]

    def translate(self, block: bytes, line: int) -> bytes:
        """Translate a block; the end of it may be held back for what comes next.

        Args:
            block: whole lines.
            line: the number of the first line that was not returned yet.
        """
        if self._held:
            block, self._held = self._held + block, b""
        self._told.clear()
        if b'"' in block:
            quick = None if self._picks else self._unquoted(block, line)
            return self._by_line(block, line, last=False) if quick is None else quick
        if self._picks:
            return self._by_line(block, line, last=False)
        if self._separator != ",":
            if b"," in block or b"\\" in block:
                return self._by_line(block, line, last=False)
            return block.replace(self._mark, b",")
        return block

    def finish(self, line: int) -> bytes:
        """Translate what was held back."""
        self._told.clear()
        block, self._held = self._held, b""
        return self._by_line(block, line, last=True) if block else b""

    def _unquoted(self, block: bytes, line: int) -> bytes | None:
        """Return a block whose values are all in quotes without them; None if it is not such."""
        if not block.startswith(b'"') or not block[1:].endswith(b'"\n'):
            return None
        if b"\\" in block or b"\r" in block or _MARK in block or not is_utf_8(block):
            return None
        lines = block.count(b"\n")
        # A quote before every line feed and after it, and those before and after the separators:
        # if that leaves none, each value has its two and no other.
        text = block[1:-2]
        if text.count(b'"\n"') != lines - 1:
            return None
        text = text.replace(b'"\n"', b"\n").replace(b'"' + self._mark + b'"', _MARK)
        if b'"' in text:
            return None
        values = text.count(_MARK) + lines
        self._mendings.add_lines(Mending.QUOTES, line, lines, values)
        return text.replace(b",", b"\\,").replace(_MARK, b",") + b"\n"

    def _by_line(self, block: bytes, line: int, *, last: bool) -> bytes:
        lines = block.split(b"\n")[:-1]
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
                    self._tell(Rule.QUOTES, line + number, error)
                    end = number
                else:
                    self._tell(
                        Rule.LINE_BREAK,
                        line + number,
                        error,
                        "a value has a line break, which Cognito's CSV dialect cannot express",
                    )
                # All of them are one row: the first line stands for it.
                self._told.update(range(line + number, line + end + 1))
                lines[number + 1 : end + 1] = [b""] * (end - number)
                number = end
            number += 1
        return b"".join(each + b"\n" for each in lines)

    def _may_go_on(self, lines: list[bytes], number: int) -> bool:
        rest = lines[number:]
        return len(rest) <= _MOST_LINES and sum(map(len, rest)) <= self._longest

    def _end_of_row(self, lines: list[bytes], number: int) -> int | None:
        """Return the line in which the values of a row end that has an open quote."""
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
        """Translate a row; where that cannot be done, tell why.

        Raises:
            OpenQuoteError: a quote is not closed in this line.
        """
        if not raw or len(raw) > self._longest or (raw.isspace() and self._mark not in raw):
            return raw  # told when it is checked, where it is too long
        if b'"' in raw or self._separator != ",":
            values = self._read(line, raw)
            if values is None:
                return raw
        elif self._picks is None:
            return raw
        else:
            values = _COMMA.split(raw) if b"\\" in raw else raw.split(b",")
        if self._picks is None:
            return b",".join(values)
        if len(values) != self._layout.width:
            self._told.add(line)
            self._findings.add(
                Rule.NUMBER_OF_VALUES,
                line,
                None,
                f"{len(values)} values where the header has {self._layout.width} columns",
            )
            return raw
        return b",".join([values[place] for place in self._picks])

    def _read(self, line: int, raw: bytes) -> list[bytes] | None:
        """Return the values of a row in Cognito's dialect; None where that is told or will be."""
        try:
            texts, in_quotes = read_row(raw.decode(), self._separator)
        except UnicodeDecodeError:
            return None
        except OpenQuoteError:
            raise
        except DialectError as error:
            self._tell(Rule.QUOTES, line, error)
            return None
        values: list[bytes] = []
        try:
            values.extend(escape(text).encode() for text in texts)
        except DialectError as error:
            error.place = len(values)
            self._tell(rule_of(error), line, error)
            return None
        if in_quotes:
            self._mendings.add(Mending.QUOTES, line, None, in_quotes)
        return values

    def _tell(self, rule: Rule, line: int, error: DialectError, text: str = "") -> None:
        self._told.add(line)
        column = None
        if error.place is not None and error.place in self._layout.places:
            column = self._layout.names[self._layout.places.index(error.place)]
        self._findings.add(rule, line, column, text or str(error))
