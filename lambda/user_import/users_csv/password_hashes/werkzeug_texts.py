"""Converts hashes of Werkzeug (Flask): the method, and between `$` the salt and the hash.

Source: Werkzeug, `src/werkzeug/security.py`. The salt is text, and the hash hex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import messages
from .cognito_forms import pbkdf2_sha256, scrypt
from .outcome import UnusableHash
from .parts import BrokenHashError, from_hex, number

if TYPE_CHECKING:
    from .outcome import Outcome

_PREFIXES = ("scrypt:", "pbkdf2:")
_OTHER_DIGESTS = {"sha1": "SHA-1", "sha224": "SHA-224", "sha384": "SHA-384", "sha512": "SHA-512"}


def convert_werkzeug(text: str) -> Outcome | None:
    """Convert a hash that begins with a method of Werkzeug's; None for another.

    Raises:
        BrokenHashError: It is not whole.
    """
    if not text.startswith(_PREFIXES):
        return None
    match text.split("$"):
        case [method, salt, key]:
            return _convert(method.split(":"), salt.encode(), key)
        case _:
            raise BrokenHashError(messages.WERKZEUG)


def _convert(method: list[str], salt: bytes, key: str) -> Outcome:
    problem = messages.WERKZEUG
    match method:
        case ["scrypt", n, r, p]:
            return scrypt(
                number(n, problem),
                number(r, problem),
                number(p, problem),
                salt=salt,
                key=from_hex(key, problem),
            )
        case ["pbkdf2", digest, *_] if digest in _OTHER_DIGESTS:
            return UnusableHash(messages.other_digest("Werkzeug", _OTHER_DIGESTS[digest]))
        case ["pbkdf2", "sha256", iterations]:
            return pbkdf2_sha256(number(iterations, problem), salt=salt, key=from_hex(key, problem))
        case ["pbkdf2", "sha256"]:
            return UnusableHash(messages.WERKZEUG_NO_ITERATIONS)
        case _:
            raise BrokenHashError(problem)
