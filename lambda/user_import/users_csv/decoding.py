"""A file's bytes as blocks of whole lines: UTF-8, every line with one line feed at its end."""

from __future__ import annotations

import codecs
from itertools import chain
from typing import TYPE_CHECKING

from .rules import Mending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = 1 << 16
"""Bytes of a block, as far as lines allow: it stays in the processor's cache."""

_PIECE = 1 << 15
"""Bytes that are decoded at once: for the text of more, memory may have to be mapped each time."""

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class EncodingError(ValueError):
    """The file is not text in an encoding that is read."""


class Text:
    """The text of a file, read once.

    Attributes:
        mended: what had to be mended so far, with the line where it was first seen.
        lines: how many lines were read.
    """

    def __init__(self, chunks: Iterable[bytes], longest: int) -> None:
        """Read from chunks of any size.

        Args:
            chunks: the file's bytes.
            longest: bytes that are kept of a line; a line that reaches this is cut.
        """
        self._longest = longest
        self._broken = ""
        self.mended: dict[Mending, int] = {}
        self.lines = 0
        self._chunks = self._decoded(iter(chunks))

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines, in blocks.

        Raises:
            EncodingError: the file is UTF-32, or broken UTF-16.
        """
        end = rest = b""
        for chunk in self._chunks:
            text = rest + chunk if rest else chunk
            if not end and not (end := _line_end(text)):
                rest = self._cut(text)
                continue
            at = 0
            # What a carriage return at the very end means, the next chunk shows.
            last = len(text) - 1
            while (stop := self._stop(text, end, at)) >= 0 and stop < last:
                if end == b"\r" and text[stop + 1 : stop + 2] == b"\n":
                    stop += 1
                yield self._block(text[at : stop + 1], end)
                at = stop + 1
            rest = text[at:]
            if len(rest) > _BLOCK:  # then it is one line
                rest = self._cut(rest)
        if self._broken:
            # What comes before the break counts, but for the line that it is in.
            if stop := rest.rfind(end) + 1 if end else 0:
                yield self._block(rest[:stop], end)
            raise EncodingError(self._broken)
        if rest:
            # A file of one line may end in a carriage return; with the feed it is one end.
            end = end or b"\n"
            yield self._block(rest if rest.endswith(end) else rest + end, end)

    def _cut(self, line: bytes) -> bytes:
        """Return as much as is kept of a line that is too long, with the end that it may have."""
        if len(line) <= self._longest + 1:
            return line
        return line[: self._longest] + (line[-1:] if line.endswith((b"\r", b"\n")) else b"")

    def _stop(self, text: bytes, end: bytes, at: int) -> int:
        """Return where a block that begins at ``at`` ends; -1 where its last line is not whole."""
        stop = text.rfind(end, at, at + _BLOCK)
        return text.find(end, at + _BLOCK) if stop < 0 else stop

    def _block(self, block: bytes, end: bytes) -> bytes:
        if b"\r" in block:
            before = block
            if end == b"\r":
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            else:
                block = block.replace(b"\r\n", b"\n")
            if block != before:
                first = before.find(b"\r" if end == b"\r" else b"\r\n")
                line = self.lines + 1 + before.count(b"\n", 0, first)
                self.mended.setdefault(Mending.LINE_ENDS, line)
        self.lines += block.count(b"\n")
        return block

    def _decoded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the file as UTF-8 without a byte order mark; UTF-8 itself is not checked here."""
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= len(codecs.BOM_UTF32_LE):
                break
        if head.startswith(_UTF_32):
            raise EncodingError("this is UTF-32; save the file as UTF-8")
        if head.startswith(codecs.BOM_UTF8):
            self.mended[Mending.BYTE_ORDER_MARK] = 1
            yield head[len(codecs.BOM_UTF8) :]
            yield from chunks
        elif encoding := _UTF_16.get(head[:2]):
            self.mended[Mending.UTF_16] = 1
            yield from self._from_utf_16(chain([head[2:]], chunks), encoding)
        else:
            yield head
            yield from chunks

    def _from_utf_16(self, chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for chunk in chunks:
                yield decoder.decode(chunk).encode()
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            self._broken = (
                "this begins as UTF-16 and is no UTF-16 further on; save the file as UTF-8"
            )
            yield error.object[: error.start].decode(encoding).encode()


def _line_end(text: bytes) -> bytes:
    """Return what ends a line; nothing where that cannot be seen yet."""
    feed, carriage = text.find(b"\n"), text.find(b"\r")
    if feed >= 0 and (carriage < 0 or carriage >= feed - 1):
        return b"\n"
    # A carriage return at the end may be half of an end.
    return b"\r" if 0 <= carriage < len(text) - 1 else b""


def is_utf_8(text: bytes) -> bool:
    """Return whether bytes are UTF-8."""
    if text.isascii():
        return True
    at = 0
    try:
        while at < len(text):
            is_last = at + _PIECE >= len(text)
            at += codecs.utf_8_decode(text[at : at + _PIECE], "strict", is_last)[1]
    except UnicodeDecodeError:
        return False
    return True
