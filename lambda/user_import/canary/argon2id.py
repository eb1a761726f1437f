"""Argon2id in Python, because `hashlib` lacks it and the functions have no other library.

The costliest hash that Cognito takes needs 14 to 22 s of a processor and 21 MiB
(`benchmarks/canary_time.py`). BLAKE2b is that of `hashlib`.

Source: RFC 9106, "Argon2 Memory-Hard Function for Password Hashing and Proof-of-Work Applications";
section 3.2 unless another is named. Names of the RFC in the code: B is the memory, G the
compression function, P its permutation, GB the mixing function, H' the hash of any length.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION_10 = 0x10
VERSION_13 = 0x13
VERSIONS = (VERSION_10, VERSION_13)

LEAST_KIB_OF_LANE = 8
"""The least memory of a lane (section 3.1)."""

_TYPE = 2  # y of Argon2id
_SLICES = 4
_BLOCK_BYTES = 1024
_WORDS = struct.Struct("<128Q")
_HALF = 0xFFFF_FFFF
_WORD = 0xFFFF_FFFF_FFFF_FFFF
_LONGEST_BLAKE2B = 64


def argon2id(
    password: bytes,
    salt: bytes,
    *,
    kib: int,
    times: int,
    lanes: int,
    length: int,
    version: int = VERSION_13,
    secret: bytes = b"",
    associated_data: bytes = b"",
) -> bytes:
    """Return the tag, which is the hash of a password.

    Args:
        password: The message P.
        salt: The nonce S.
        kib: Memory m, in KiB; 8 for each lane at least.
        times: Passes t.
        lanes: Parallelism p. The lanes are computed one after the other.
        length: Bytes of the tag, T.
        version: 19 is that of the RFC. 16 is the one before it, whose later passes overwrite a
            block instead of adding to it.
        secret: The secret value K; Cognito has none, and the RFC's test vector has one.
        associated_data: X; likewise.

    Raises:
        ValueError: The version is another, or there is too little memory.
    """
    if version not in VERSIONS or kib < LEAST_KIB_OF_LANE * lanes:
        raise ValueError("Argon2 has the versions 16 and 19, and 8 KiB of memory a lane at least")
    numbers = struct.pack("<6I", lanes, length, kib, times, version, _TYPE)
    texts = (struct.pack("<I", len(each)) + each for each in (password, salt, secret))
    first = hashlib.blake2b(
        b"".join((numbers, *texts, struct.pack("<I", len(associated_data)), associated_data))
    ).digest()
    memory = _Memory(first, kib, times, lanes, version)
    for number in range(times):
        for part in range(_SLICES):
            for lane in range(lanes):
                memory.fill(number, part, lane)
    return _long_hash(memory.last_column().to_bytes(_BLOCK_BYTES, "little"), length)


class _Memory:
    """The blocks B of all lanes; a block is the number of its 1,024 bytes, little-endian."""

    def __init__(self, first: bytes, kib: int, times: int, lanes: int, version: int) -> None:
        """Compute the first two blocks of each lane.

        Args:
            first: The pre-hashing digest, H0.
            kib: Memory in KiB.
            times: Passes.
            lanes: Lanes.
            version: Version.
        """
        self._segment = kib // (_SLICES * lanes)
        self._columns = self._segment * _SLICES
        self._times = times
        self._adds = version == VERSION_13
        self._lanes = [[0] * self._columns for _ in range(lanes)]
        for lane, blocks in enumerate(self._lanes):
            for column in range(2):
                data = _long_hash(first + struct.pack("<2I", column, lane), _BLOCK_BYTES)
                blocks[column] = int.from_bytes(data, "little")

    def fill(self, number: int, part: int, lane: int) -> None:
        """Compute the blocks of one segment.

        Args:
            number: The pass, from 0.
            part: The slice, from 0.
            lane: The lane, from 0.
        """
        blocks = self._lanes[lane]
        start = part * self._segment
        # Section 3.4.1.3: the first half of the first pass does not depend on the password.
        independent = number == 0 and part < _SLICES // 2
        addresses = self._addresses(number, part, lane) if independent else iter(())
        for index in range(self._segment):
            pair = next(addresses) if independent else blocks[start + index - 1] & _WORD
            if number == 0 and start + index < 2:  # noqa: PLR2004  the first two have no other
                continue
            column = start + index
            other, reference = self._reference(pair, number, part, lane, index)
            block = _compress(blocks[column - 1], self._lanes[other][reference])
            if number and self._adds:
                block ^= blocks[column]
            blocks[column] = block

    def _addresses(self, number: int, part: int, lane: int) -> Iterator[int]:
        """Yield J1 and J2 as one word for each block of a segment (section 3.4.1.2)."""
        numbers = (number, lane, part, len(self._lanes) * self._columns, self._times, _TYPE)
        counter = 0
        while True:
            counter += 1
            data = struct.pack("<7Q", *numbers, counter)
            yield from _words(_compress(0, _compress(0, int.from_bytes(data, "little"))))

    def _reference(
        self, pair: int, number: int, part: int, lane: int, index: int
    ) -> tuple[int, int]:
        """Return lane and column of the block that is mixed in (section 3.4.2)."""
        first_segment = number == 0 and part == 0
        other = lane if first_segment else (pair >> 32) % len(self._lanes)
        finished = (part if number == 0 else _SLICES - 1) * self._segment
        area = finished + index - 1 if other == lane else finished - (index == 0)
        position = (pair & _HALF) ** 2 >> 32
        relative = area - 1 - (area * position >> 32)
        start = 0 if number == 0 else (part + 1) * self._segment
        return other, (start + relative) % self._columns

    def last_column(self) -> int:
        """Return the last blocks of all lanes, added."""
        block = 0
        for blocks in self._lanes:
            block ^= blocks[-1]
        return block


def _long_hash(data: bytes, length: int) -> bytes:
    """Return H', a hash of any length (section 3.3)."""
    data = struct.pack("<I", length) + data
    if length <= _LONGEST_BLAKE2B:
        return hashlib.blake2b(data, digest_size=length).digest()
    result = b""
    while length - len(result) > _LONGEST_BLAKE2B:
        data = hashlib.blake2b(data).digest()
        result += data[: _LONGEST_BLAKE2B // 2]
    return result + hashlib.blake2b(data, digest_size=length - len(result)).digest()


def _words(block: int) -> list[int]:
    return list(_WORDS.unpack(block.to_bytes(_BLOCK_BYTES, "little")))


def _compress(x: int, y: int) -> int:
    """Return G of two blocks (section 3.5)."""
    block = x ^ y
    words = _words(block)
    for row in range(0, 128, 16):
        words[row : row + 16] = _permute(words[row : row + 16])
    for column in range(0, 16, 2):
        evens, odds = words[column::16], words[column + 1 :: 16]
        mixed = [each for pair in zip(evens, odds, strict=True) for each in pair]
        mixed = _permute(mixed)
        words[column::16], words[column + 1 :: 16] = mixed[::2], mixed[1::2]
    return block ^ int.from_bytes(_WORDS.pack(*words), "little")


def _permute(words: Sequence[int]) -> list[int]:
    """Return P of 16 words (section 3.6)."""
    a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3 = words
    a0, b0, c0, d0 = _mix(a0, b0, c0, d0)
    a1, b1, c1, d1 = _mix(a1, b1, c1, d1)
    a2, b2, c2, d2 = _mix(a2, b2, c2, d2)
    a3, b3, c3, d3 = _mix(a3, b3, c3, d3)
    a0, b1, c2, d3 = _mix(a0, b1, c2, d3)
    a1, b2, c3, d0 = _mix(a1, b2, c3, d0)
    a2, b3, c0, d1 = _mix(a2, b3, c0, d1)
    a3, b0, c1, d2 = _mix(a3, b0, c1, d2)
    return [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3]


def _mix(a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
    """Return GB of four words (section 3.6)."""
    a = (a + b + 2 * (a & _HALF) * (b & _HALF)) & _WORD
    d ^= a
    d = d >> 32 | (d & _HALF) << 32
    c = (c + d + 2 * (c & _HALF) * (d & _HALF)) & _WORD
    b ^= c
    b = b >> 24 | (b & 0xFF_FFFF) << 40
    a = (a + b + 2 * (a & _HALF) * (b & _HALF)) & _WORD
    d ^= a
    d = d >> 16 | (d & 0xFFFF) << 48
    c = (c + d + 2 * (c & _HALF) * (d & _HALF)) & _WORD
    b ^= c
    b = b >> 63 | (b << 1 & _WORD)
    return a, b, c, d
