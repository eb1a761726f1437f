"""A file's bytes as batches of whole lines: UTF-8, every line with one line feed at its end."""

from __future__ import annotations

import codecs
from itertools import chain, repeat
from typing import TYPE_CHECKING, NoReturn

from . import messages
from .rules import Normalization

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BATCH_BYTES = 1 << 16
"""Bytes of a batch, as far as lines allow: it stays in the processor's cache."""

PIECE_BYTES = 1 << 15
"""Bytes that are decoded at once: more may need a new mapping of memory each time."""

_END = b""
"""The chunk after the last one."""

_FOUR_NULS = b"\0\0\0\0"
"""They are text in every encoding."""

_Utf8Decoder = codecs.getincrementaldecoder("utf-8")
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


_MARKS = {
    codecs.BOM_UTF8: "UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class EncodingError(ValueError):
    """The file is not in its encoding, or in one that is not read."""


def check_encoding(name: str) -> None:
    """Check that a name is that of an encoding of text.

    Raises:
        ValueError: Python does not know it.
    """
    try:
        # This also refuses what Python has beside encodings of text, such as base64 and undefined.
        # No bytes at all would not be looked at.
        _FOUR_NULS.decode(name)
        codecs.getincrementaldecoder(name)
    except (LookupError, ValueError):
        raise ValueError(messages.unknown_encoding(name)) from None


class Transcoder:
    """Makes the bytes of a file of a given encoding UTF-8, once.

    Attributes:
        is_probably_utf_8: Whether the file has bytes beyond ASCII so far, and is valid UTF-8.
    """

    def __init__(self, chunks: Iterable[bytes], encoding: str) -> None:
        """Read from chunks of any size; the encoding is one that `check_encoding` accepts."""
        self._encoding = encoding
        self._text = self._transcoded(iter(chunks))
        self._is_ascii = True
        self._utf_8: codecs.IncrementalDecoder | None = None
        # UTF-16 is never valid UTF-8 by accident.
        if not _is_utf(encoding):
            self._utf_8 = _Utf8Decoder()

    @property
    def is_probably_utf_8(self) -> bool:
        """Return whether the file has bytes beyond ASCII so far, and is valid UTF-8."""
        return not self._is_ascii and self._utf_8 is not None

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece of the file as UTF-8.

        Raises:
            EncodingError: It is not in its encoding. The valid text before has been returned. It is
                raised again each time, as the reader of an export may leave it to a later reader.
        """
        try:
            return next(self._text)
        except EncodingError as error:
            self._text = raising(error)
            raise

    def _transcoded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head, chunks = _head(chunks)
        if not _is_utf(self._encoding):
            for mark, actual in _MARKS.items():
                if head.startswith(mark):
                    raise EncodingError(messages.other_byte_order_mark(actual, self._encoding))
        text = messages.not_in_encoding(self._encoding)
        yield from transcoded(self._observed(chain([head], chunks)), self._encoding, text)

    def _observed(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._is_ascii = self._is_ascii and chunk.isascii()
            # Before the chunk is decoded: where it is not in the encoding, nothing is read on.
            self._try_utf_8(chunk)
            yield chunk
        self._try_utf_8(_END, final=True)

    def _try_utf_8(self, chunk: bytes, *, final: bool = False) -> None:
        if self._utf_8 is not None:
            try:
                self._utf_8.decode(chunk, final)
            except UnicodeDecodeError:
                self._utf_8 = None


def _is_utf(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the beginning of a file, with any byte order mark, and the chunks after it."""
    return head_of(chunks, len(codecs.BOM_UTF32_LE))


def head_of(chunks: Iterator[bytes], least: int) -> tuple[bytes, Iterator[bytes]]:
    """Return the beginning of a file, of so many bytes if it has them, and the chunks after it.

    Raises:
        EncodingError: Not even the first byte is in its encoding.
    """
    head = b""
    try:
        for chunk in chunks:
            head += chunk
            if len(head) >= least:  # pragma: no mutate - more does no harm
                break
    except EncodingError as error:
        if not head:
            raise
        return head, raising(error)
    return head, chunks


def raising(error: Exception) -> Iterator[bytes]:
    """Return the rest of a file that cannot be read: the error is raised whenever it is read."""
    return map(_raise, repeat(error))


def _raise(error: Exception) -> NoReturn:
    raise error


def transcoded(chunks: Iterable[bytes], encoding: str, text: str) -> Iterator[bytes]:
    """Yield bytes of an encoding as UTF-8.

    Args:
        chunks: The bytes, in pieces of any size.
        encoding: Python's name for the encoding.
        text: The text of the error.

    Raises:
        EncodingError: They are not in the encoding. The valid text before has been yielded.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in chain(filter(None, chunks), [_END]):
        state = decoder.getstate()
        try:
            yield decoder.decode(chunk, final=not chunk).encode()
        except UnicodeDecodeError as error:
            valid = len(chunk) - (len(error.object) - error.start)
            decoder.setstate(state)
            # The error may begin in the chunk before.
            yield decoder.decode(chunk[: max(valid, 0)]).encode()
            raise EncodingError(text) from None
        except UnicodeError:
            # Half of a surrogate pair, which UTF-7 can express, or no place is named.
            raise EncodingError(text) from None


class DecodedText:
    """The bytes of a text file as UTF-8 without a byte order mark; UTF-8 is not checked.

    Attributes:
        normalized: The changes so far, with line 1 each.
        broken: The problem that ends the text early; empty where there is none.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Read from chunks of any size."""
        self.normalized: dict[Normalization, int] = {}
        self.broken = ""
        self._chunks = self._decoded(iter(chunks))

    def __iter__(self) -> Iterator[bytes]:
        """Return the iterator of the text's pieces, which are read once.

        Raises:
            EncodingError: The beginning shows that nothing of the file can be read.
        """
        return self._chunks

    def _decoded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head, chunks = _head(chunks)
        if head.startswith(_UTF_32):
            raise EncodingError(messages.UTF_32)
        try:
            if head.startswith(codecs.BOM_UTF8):
                self.normalized[Normalization.BYTE_ORDER_MARK] = 1
                yield head[len(codecs.BOM_UTF8) :]
                yield from chunks
            elif encoding := _UTF_16.get(head[:2]):
                self.normalized[Normalization.UTF_16] = 1
                yield from transcoded(chain([head[2:]], chunks), encoding, messages.BROKEN_UTF_16)
            else:
                yield head
                yield from chunks
        except EncodingError as error:
            # The valid text before has been yielded. A `Transcoder` of the chunks raises this, too.
            self.broken = str(error)


def decoded_text(data: bytes) -> str:
    """Return the text of a whole file, as all files are decoded here.

    Raises:
        ValueError: The file is neither UTF-8 nor UTF-16 with a byte order mark.
    """
    text = DecodedText([data])
    decoded = b"".join(text).decode()
    if text.broken:
        raise EncodingError(text.broken)
    return decoded


class LineReader:
    """Reads the lines of a file once, in batches.

    Attributes:
        normalized: The normalizations so far, with the line of the first one each.
        lines: Number of lines read so far.
        unended_line: The number of the last line if it has no end and has been read, else 0.
    """

    def __init__(self, chunks: Iterable[bytes], longest: int) -> None:
        """Read from chunks of any size.

        Args:
            chunks: The file's bytes.
            longest: Bytes of the longest line; of a longer one, one more is kept and the rest is
                discarded.
        """
        self._kept = longest + 1
        self.lines = 0
        self.unended_line = 0
        self._text = DecodedText(chunks)
        self.normalized = self._text.normalized

    def batches(self) -> Iterator[bytes]:
        """Yield the lines, in batches.

        Raises:
            EncodingError: The file is UTF-32, broken UTF-16, or not in its encoding.
        """
        end = rest = b""
        for chunk in self._text:
            text = rest + chunk if rest else chunk
            if not end and not (end := _line_end(text)):
                rest = self._cut(text)
                continue
            at = 0
            # The next chunk shows whether a carriage return at the very end is half of a line end.
            last = len(text) - 1
            while (stop := self._stop(text, end, at)) >= 0 and stop < last:
                if end == b"\r" and text[stop + 1 : stop + 2] == b"\n":
                    stop += 1
                yield self._normalize_ends(text[at : stop + 1], end)
                at = stop + 1
            rest = text[at:]
            if len(rest) > BATCH_BYTES:  # then it is one line
                rest = self._cut(rest)
        if self._text.broken:
            # The lines before the broken one count.
            if stop := rest.rfind(end) + 1 if end else 0:
                yield self._normalize_ends(rest[:stop], end)
            raise EncodingError(self._text.broken)
        if rest:
            # A file of one line may end in a carriage return; with the feed it is one end.
            end = end or b"\n"
            batch = self._normalize_ends(rest if rest.endswith(end) else rest + end, end)
            if not rest.endswith((b"\n", b"\r")):
                self.unended_line = self.lines
            yield batch

    def _cut(self, line: bytes) -> bytes:
        """Return the part of a line that is kept, with its end if it has one."""
        if len(line) <= self._kept + 1:
            return line
        return line[: self._kept] + (line[-1:] if line.endswith((b"\r", b"\n")) else b"")

    def _stop(self, text: bytes, end: bytes, at: int) -> int:
        """Return where a batch that begins at `at` ends; -1 where its last line is not whole."""
        stop = text.rfind(end, at, at + BATCH_BYTES)
        return text.find(end, at + BATCH_BYTES) if stop < 0 else stop

    def _normalize_ends(self, batch: bytes, end: bytes) -> bytes:
        if b"\r" in batch:
            before = batch
            if end == b"\r":
                batch = batch.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            else:
                batch = batch.replace(b"\r\n", b"\n")
            if batch != before:
                first = before.find(b"\r" if end == b"\r" else b"\r\n")
                line = self.lines + 1 + before.count(b"\n", 0, first)
                self.normalized.setdefault(Normalization.LINE_ENDS, line)
        self.lines += count_lines(batch)
        return batch


def _line_end(text: bytes) -> bytes:
    """Return the line end of a file by its beginning; empty where that does not show it yet."""
    feed, carriage = text.find(b"\n"), text.find(b"\r")
    if feed >= 0 and (carriage < 0 or carriage >= feed - 1):
        return b"\n"
    # A carriage return at the end may be half of an end.
    return b"\r" if 0 <= carriage < len(text) - 1 else b""


def count_lines(text: bytes) -> int:
    """Return the number of line feeds.

    `count` compares every byte; `replace` searches, and takes a quarter of the time for the lines
    of users. That is a twentieth of the time of the whole validation.
    """
    return len(text) - len(text.replace(b"\n", b""))


def has_long_line(text: bytes, most: int) -> bool:
    """Return whether a line of whole lines has more bytes than that, its line feed not counted."""
    at = 0
    while at < len(text):
        stop = text.rfind(b"\n", at, at + most + 1)
        if stop < 0:
            return True
        at = stop + 1
    return False


def is_utf_8(text: bytes) -> bool:
    """Return whether bytes are UTF-8."""
    if text.isascii():
        return True
    at = 0
    try:
        while at < len(text):
            is_last = at + PIECE_BYTES >= len(text)
            at += codecs.utf_8_decode(text[at : at + PIECE_BYTES], "strict", is_last)[1]
    except UnicodeDecodeError:
        return False
    return True
