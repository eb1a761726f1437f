"""Numbers that depend on a seed, a user and a purpose alone."""

from __future__ import annotations

import hashlib

NOT_OF_A_USER = ""


class SeededNumbers:
    """Numbers below 2^256 that are the same in every version of Python.

    A number is the SHA-256, as a big-endian integer, of this text in UTF-8:

        <length of the seed in bytes>:<seed>:<number of the user>:<purpose>

    The number of the user is blank for what all users share. `random` gives other numbers in other
    versions of Python, and `hash` in every process.
    """

    def __init__(self, seed: str) -> None:
        """Begin with a seed."""
        encoded = seed.encode()
        self._prefix = hashlib.sha256(b"%d:%b:" % (len(encoded), encoded))

    def number(self, purpose: str, user: int | str = NOT_OF_A_USER) -> int:
        """Return the number for a purpose, such as the name of an attribute.

        Args:
            purpose: What the number is for; each has numbers of its own.
            user: Number of the user, from 0. Default: none.
        """
        digest = self._prefix.copy()
        digest.update(f"{user}:{purpose}".encode())
        return int.from_bytes(digest.digest(), "big")
