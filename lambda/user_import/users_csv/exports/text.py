"""The text of an export, read as far as it is needed."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from .export import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import Unit

LONGEST = 32 * 1024 * 1024
"""Characters of one JSON value or one line: what is held in memory at most, about twice."""

_SPACE = re.compile(r"[ \t\r\n]*")


class Text:
    """UTF-8, with or without a byte order mark.

    Attributes:
        held: what is in memory of the text.
        at: where in it the next character is.
        ended: whether nothing follows it.
        number: how many lines or records were begun.
    """

    def __init__(self, chunks: Iterable[bytes], unit: Unit) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._unit = unit
        self.held = ""
        self.at = 0
        self.ended = False
        self.number = 0

    @property
    def here(self) -> str:
        """Where in the file this is, as the user counts."""
        return f"{self._unit} {self.number}" if self.number else "the beginning"

    def lines(self) -> Iterator[str]:
        """Yield the lines that are left, with their ends."""
        return iter(self._line, "")

    def _line(self) -> str:
        self.number += 1
        start = 0
        while (end := self.held.find("\n", self.at + start)) < 0 and not self.ended:
            start = len(self.held) - self.at
            self.read_more("a line")
        end = len(self.held) if end < 0 else end + 1
        line = self.held[self.at : end]
        self.at = end
        return line

    def peek(self) -> str:
        """Return the next character that is no white space; empty at the end of the file."""
        while True:
            space = _SPACE.match(self.held, self.at)
            assert space is not None
            self.at = space.end()
            if self.at < len(self.held):
                return self.held[self.at]
            if self.ended:
                return ""
            self.read_more("white space")

    def read_more(self, what: str) -> None:
        """Read at least as much as is left, so that what is long is not tried often.

        Raises:
            ExportError: what is left is long already, or what follows is no UTF-8.
        """
        pieces = [self.held[self.at :]]
        left = len(pieces[0])
        if left > LONGEST:
            raise ExportError(
                f"{self.here}: expected {what} of {LONGEST:,} characters at most, and its end"
            )
        read = 0
        try:
            while not self.ended and read <= left:
                chunk = next(self._chunks, None)
                self.ended = chunk is None
                pieces.append(self._decoder.decode(chunk or b"", final=self.ended))
                read += len(pieces[-1])
        except UnicodeDecodeError:
            # Not from the error: it holds the file's bytes.
            raise ExportError(f"{self.here} or later: expected text in UTF-8") from None
        self.held = "".join(pieces)
        self.at = 0
