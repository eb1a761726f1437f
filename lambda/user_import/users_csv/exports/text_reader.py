"""Reads the text of an export, as far as it is needed."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from ..decoding import DecodedText, EncodingError, head_of
from ..diagnostics import Unit
from ..file_type import other_file_type
from ..messages import NOT_UTF_8
from ..rules import Rule
from . import messages
from .export import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..rules import Normalization

LONGEST = 32 * 1024 * 1024
"""Characters of one JSON value or one line; about twice as many are in memory at most."""

_BEGINNING = 64
"""Bytes that show the type of a file."""

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""The marks of encodings in which text has NULs; that of UTF-32-LE begins as that of UTF-16-LE."""

_SPACE = re.compile(r"[ \t\r\n]*")
_Utf8Decoder = codecs.getincrementaldecoder("utf-8")


def _of_text(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a file, unless it is evidently of a type that no provider exports.

    Raises:
        ExportError: It is of such a type.
    """
    head, chunks = head_of(chunks, _BEGINNING)
    if not head.startswith(_WIDE):
        first_line = head.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0]
        if problem := other_file_type(first_line, takes_json=True):
            raise ExportError(problem, Rule.ENCODING)
    yield head
    yield from chunks


class TextReader:
    """Reads UTF-8 or, after a byte order mark, UTF-16.

    Attributes:
        unit: What `number` counts. Default: records.
        held: The part of the text that is in memory.
        at: The position of the next character in it.
        ended: Whether it is the end of the text.
        number: Number of the last line or record begun, from 1.
    """

    unit = Unit.RECORD
    held = ""
    at = 0
    ended = False
    number = 0

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._text = DecodedText(_of_text(iter(chunks)))
        self._chunks = iter(self._text)
        self._decoder = _Utf8Decoder()
        self._read = 0
        self._lines_above = 0
        self._line_start = 0

    @property
    def here(self) -> str:
        """Return the location of the next character."""
        return f"{self.unit} {self.number}" if self.number else "the beginning"

    @property
    def normalized(self) -> dict[Normalization, int]:
        """Return the changes to the file's encoding, with line 1 each."""
        return self._text.normalized

    @property
    def position(self) -> int:
        """Return the number of characters before the next one."""
        return self._read - len(self.held) + self.at

    def place(self, at: int) -> str:
        """Return the location of the character at a position in `held`, with its line."""
        before = self.held[:at]
        line = self._lines_above + before.count("\n") + 1
        if "\n" in before:
            character = at - before.rfind("\n")
        else:
            character = self._read - len(self.held) + at - self._line_start + 1
        return messages.in_line(self.here, line, character)

    def lines(self) -> Iterator[str]:
        """Yield the lines that are left, with their ends."""
        return iter(self.line, "")

    def line(self) -> str:
        """Return the next line, with its end; empty at the end of the file."""
        self.number += 1
        start = 0
        while (end := self.held.find("\n", self.at + start)) < 0 and not self.ended:
            start = len(self.held) - self.at
            self.read_more("a line")
        end = len(self.held) if end < 0 else end + 1
        line = self.held[self.at : end]
        self.at = end
        return line

    def starts_with(self, beginning: str) -> bool:
        """Return whether the text that is left begins so, after white space; take none of it."""
        while True:
            found = self.held[self.at :].lstrip()
            if len(found) >= len(beginning) or self.ended:
                return found.startswith(beginning)
            self.read_more("the beginning")

    @property
    def is_json(self) -> bool:
        """Return whether the text that is left begins as JSON of users; take none of it."""
        return self.starts_with("{") or self.starts_with("[")

    def peek(self) -> str:
        """Return the next character that is not white space; empty at the end of the file."""
        while True:
            space = _SPACE.match(self.held, self.at)
            assert space is not None
            self.at = space.end()
            if self.at < len(self.held):
                return self.held[self.at]
            if self.ended:
                return ""
            self.read_more()

    def take(self) -> str:
        """Take the next character that is not white space."""
        character = self.peek()
        self.at += len(character)
        return character

    def read_more(self, what: str = "text") -> None:  # pragma: no mutate - then nothing is left
        """Read at least as much as is left, so that a long value is not tried often.

        Args:
            what: The value that is read, for the error.

        Raises:
            ExportError: The text that is left is too long already, or is not UTF-8.
        """
        done = self.held[: self.at]
        if "\n" in done:
            self._lines_above += done.count("\n")
            self._line_start = self._read - len(self.held) + done.rfind("\n") + 1
        pieces = [self.held[self.at :]]
        left = len(pieces[0])
        if left > LONGEST:
            raise ExportError(messages.at(self.here, messages.too_long(what, LONGEST)))
        read = 0
        try:
            while not self.ended and read <= left:
                chunk = next(self._chunks, None)
                self.ended = chunk is None
                pieces.append(self._decoder.decode(chunk or b"", final=self.ended))
                read += len(pieces[-1])
        except EncodingError as error:
            raise ExportError(str(error), Rule.ENCODING) from error
        except UnicodeDecodeError:
            # Not from the error: it holds the file's bytes.
            where = f"{self.here} or later"
            raise ExportError(messages.at(where, NOT_UTF_8), Rule.ENCODING) from None
        if self.ended and self._text.broken:
            where = f"{self.here} or later"
            raise ExportError(messages.at(where, self._text.broken), Rule.ENCODING)
        self._read += read
        self.held = "".join(pieces)
        self.at = 0
