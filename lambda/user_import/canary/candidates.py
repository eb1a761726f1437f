"""Derives passwords and salts whose encoded texts have the characters that tell alphabets apart."""

from __future__ import annotations

import base64
import hashlib
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from ..text import digest

if TYPE_CHECKING:
    from collections.abc import Callable

_BITS_OF_CHARACTER = 6
_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPT = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TO_BCRYPT = bytes.maketrans(_STANDARD, _BCRYPT)


class Encoding(NamedTuple):
    """How a form of hashes writes bytes.

    Attributes:
        encode: Writes bytes.
        telling: The characters that stand for other bits in another alphabet, or are not in it;
            the one that most alphabets write differently comes first.
    """

    encode: Callable[[bytes], str]
    telling: str

    def wanted(self, length: int) -> str:
        """Return the telling characters that a text of a number of bytes has room for."""
        # Six bits for each: the last character, whose bits are not all free, does not count.
        return self.telling[: length * 8 // _BITS_OF_CHARACTER]


def _standard(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bcrypt(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").translate(_TO_BCRYPT).decode()


STANDARD_BASE64 = Encoding(_standard, "+/")
"""Base64 of RFC 4648, section 4: passlib's has `.` for `+`, and that for URLs `-` and `_`."""

BCRYPT_BASE64 = Encoding(_bcrypt, "./")
"""Base64 of bcrypt, whose alphabet begins with `.` and `/` where others end with them."""

HEX = Encoding(bytes.hex, "")
"""Hex has one alphabet."""


class Candidate(NamedTuple):
    """A password and a salt to hash it with.

    Attributes:
        password: Letters, digits and `-`: ASCII, so that every version of bcrypt and every
            encoding of text reads it alike.
        salt: The salt.
    """

    password: str
    salt: bytes


def candidate(label: str, attempt: int, salt_bytes: int, encoding: Encoding) -> Candidate:
    """Return the candidate of an attempt; equal arguments give an equal candidate.

    Args:
        label: What the hash is for; another label has other passwords and salts.
        attempt: Number of the attempt, from 0.
        salt_bytes: Length of the salt.
        encoding: How the salt is written; its text has all telling characters that it has room for.
    """
    wanted = set(encoding.wanted(salt_bytes))
    for number in count():
        salt = hashlib.shake_256(f"{label} {attempt} {number}".encode()).digest(salt_bytes)
        if wanted <= set(encoding.encode(salt)):
            return Candidate(f"Correct-Horse-{attempt}-{digest(label)}", salt)
    raise AssertionError
