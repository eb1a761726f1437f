"""The memory that the validation of a file needs, most of it for duplicate detection."""

from __future__ import annotations

import math

BYTES_OF_KEY = 10
"""The most bytes that one value of a unique column takes: eight of its hash, and the room that the
arrays have for growth, and a fifth of the hashes' bytes while duplicates are looked for. Measured
with benchmarks/detection_memory.py (docs/performance.md)."""

BASE_MIB = 256
"""The memory of a process that validates and stages a file of any size, duplicate detection left
out (tests/unit/test_memory.py)."""

_MIB = 1 << 20


class TooManyKeysError(Exception):
    """A file has more values to compare than the memory takes.

    Attributes:
        users: The number of users that were read.
        columns: The names of the columns whose values must be unique.
    """

    def __init__(self, users: int, columns: tuple[str, ...]) -> None:
        super().__init__(users, columns)
        self.users = users
        self.columns = columns


def most_keys(memory_mib: int) -> int:
    """Return how many values a function of so much memory can compare."""
    return max(memory_mib - BASE_MIB, 0) * _MIB // BYTES_OF_KEY


def needed_mib(users: int, columns: int) -> int:
    """Return the memory of a function that validates a file, in whole multiples of 256 MiB.

    Args:
        users: The number of users.
        columns: The number of columns whose values must be unique.
    """
    mib = BASE_MIB + users * columns * BYTES_OF_KEY / _MIB
    return math.ceil(mib / 256) * 256
