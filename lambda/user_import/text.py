"""Text for names, logs and answers.

Standard library only: the starter and `users_csv` may import this module.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

_PRINTABLE_CHARACTERS: Final = 500


def digest(*parts: str) -> str:
    """Return eight lower-case letters and digits (40 bits of SHA-256) that identify the parts."""
    import json  # noqa: PLC0415  the check of a CSV does not need it

    return short_digest(hashlib.sha256(json.dumps(parts).encode()).digest())


def short_digest(sha: bytes) -> str:
    """Return the first 40 bits of a hash as eight lower-case letters and digits."""
    return base64.b32encode(sha[:5]).decode().lower()


def one_line(text: str) -> str:
    """Replace each non-printable character with a space, which prevents log injection."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def printable(text: str, most: int = _PRINTABLE_CHARACTERS) -> str:
    """Return text from outside as a part of a line: no control characters, limited length.

    Args:
        text: The text.
        most: The number of characters to keep.
    """
    return one_line(text.strip())[:most]
