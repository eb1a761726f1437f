"""Converts hashes of Django: the algorithm, and its parts between `$`.

Source: Django, `django/contrib/auth/hashers.py`. The salt of PBKDF2 and scrypt is text there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import messages
from .cognito_forms import bcrypt, pbkdf2_sha256, scrypt
from .crypt_texts import convert_crypt
from .outcome import UnusableHash
from .parts import BrokenHashError, from_base64, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .outcome import Outcome


def convert_django(text: str) -> Outcome | None:
    """Convert a hash that begins with the name of an algorithm of Django's; None for another.

    Raises:
        BrokenHashError: It is not whole.
    """
    name, _, rest = text.partition("$")
    reader = _READERS.get(name)
    return None if reader is None else reader(rest)


def _pbkdf2(rest: str) -> Outcome:
    iterations, salt, key = _parts(rest, 3)
    return pbkdf2_sha256(
        number(iterations, messages.DJANGO),
        salt=salt.encode(),
        key=from_base64(key, messages.DJANGO),
    )


def _scrypt(rest: str) -> Outcome:
    n, salt, r, p, key = _parts(rest, 5)
    return scrypt(
        number(n, messages.DJANGO),
        number(r, messages.DJANGO),
        number(p, messages.DJANGO),
        salt=salt.encode(),
        key=from_base64(key, messages.DJANGO),
    )


def _argon2(rest: str) -> Outcome:
    return convert_crypt("$" + rest)


def _parts(rest: str, count: int) -> list[str]:
    parts = rest.split("$")
    if len(parts) != count:
        raise BrokenHashError(messages.DJANGO)
    return parts


def _always(reason: str) -> Callable[[str], Outcome]:
    """Return a reader of hashes that cannot be converted, whatever follows the name."""
    return lambda _: UnusableHash(reason)


_READERS: Mapping[str, Callable[[str], Outcome]] = {
    "pbkdf2_sha256": _pbkdf2,
    "pbkdf2_sha1": _always(messages.other_digest("Django", "SHA-1")),
    "scrypt": _scrypt,
    "argon2": _argon2,
    "bcrypt": bcrypt,
    "bcrypt_sha256": _always(messages.PREHASHED_DJANGO),
    "md5": _always(messages.no_algorithm("a salted MD5 of Django or Werkzeug")),
    "sha1": _always(messages.no_algorithm("a salted SHA-1 of Django or Werkzeug")),
    "sha256": _always(messages.no_algorithm("a salted SHA-256 of Werkzeug")),
    "crypt": _always(messages.no_algorithm("DES of crypt(3)")),
}
