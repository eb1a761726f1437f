"""Reads the parts of a stored hash: numbers, hex, and the variants of base64."""

from __future__ import annotations

import base64
import binascii
import re

_NUMBER = re.compile(r"[0-9]{1,10}")


class BrokenHashError(ValueError):
    """A stored hash does not have the form that it begins with.

    The text says what that form is, and has nothing of the hash.
    """


def number(text: str, problem: str) -> int:
    """Read a whole number of at most ten digits.

    Raises:
        BrokenHashError: It is not one; the text is `problem`.
    """
    if not _NUMBER.fullmatch(text):
        raise BrokenHashError(problem)
    return int(text)


def from_hex(text: str, problem: str) -> bytes:
    """Decode hex; raises `BrokenHashError` with `problem`."""
    try:
        # Not `fromhex`, which skips white space.
        return binascii.unhexlify(text)
    except ValueError:
        raise BrokenHashError(problem) from None


def from_base64(text: str, problem: str) -> bytes:
    """Decode standard base64, with padding or without; raises `BrokenHashError`."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        raise BrokenHashError(problem) from None


def from_adapted_base64(text: str, problem: str) -> bytes:
    """Decode passlib's base64, which has `.` for `+`, or the standard one.

    Raises:
        BrokenHashError: The text is neither, or has both characters.
    """
    if "." in text and "+" in text:
        raise BrokenHashError(problem)
    return from_base64(text.replace(".", "+"), problem)


def to_base64(data: bytes) -> str:
    """Encode as standard base64 without padding."""
    return base64.b64encode(data).decode().rstrip("=")
