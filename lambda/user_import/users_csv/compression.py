"""A file's bytes without the compression of gzip, which its first two bytes show.

Source: RFC 1952, "GZIP file format specification"; a file may have several members.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from . import messages
from .decoding import EncodingError, head_of, raising

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GZIP = b"\x1f\x8b"
"""The first bytes of a file that gzip has compressed, and of each of its members."""

_MOST = 1 << 18
"""Bytes that are decompressed at once: some kilobytes may expand to a thousand times as many."""

_FORMAT_OF_GZIP = 31
"""The `wbits` of zlib for gzip's header and trailer, whose checksum and length zlib compares."""


class Uncompressed:
    """The bytes of a file, decompressed where it is compressed by gzip.

    Attributes:
        broken: The problem with the compression that ends the file early; empty where there is
            none.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Read from chunks of any size."""
        self.broken = ""
        self._bytes = self._read(iter(chunks))

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece.

        Raises:
            EncodingError: The compressed file is damaged or cut off. The bytes before have been
                returned. It is raised again each time, as the reader of an export may leave it to a
                later reader.
        """
        try:
            return next(self._bytes)
        except EncodingError as error:
            self._bytes = raising(error)
            raise

    def _read(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head, chunks = head_of(chunks, len(GZIP))
        if not head.startswith(GZIP):
            yield head
            yield from chunks
            return
        try:
            yield from _decompressed(chain([head], chunks))
        except EncodingError as error:
            self.broken = str(error)
            raise


def _decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of all members of a gzip file.

    Raises:
        EncodingError: The file is damaged, cut off, or goes on after its end.
    """
    import zlib  # noqa: PLC0415  few files are compressed

    member = zlib.decompressobj(_FORMAT_OF_GZIP)
    beginning = b""
    members = 0
    for chunk in chunks:
        rest = chunk
        while rest:
            beginning += rest[: len(GZIP) - len(beginning)]
            if not GZIP.startswith(beginning):
                raise EncodingError(messages.GZIP_GOES_ON)
            try:
                piece = member.decompress(rest, _MOST)
            except zlib.error:
                raise EncodingError(messages.GZIP_DAMAGED) from None
            if piece:
                yield piece
            if member.eof:
                rest = member.unused_data
                member = zlib.decompressobj(_FORMAT_OF_GZIP)
                beginning = b""
                members += 1
            else:
                rest = member.unconsumed_tail
    # What is left of the last member, of which the end is missing.
    while piece := member.decompress(b"", _MOST):
        yield piece
    if beginning or not members:
        raise EncodingError(messages.GZIP_CUT_OFF)
