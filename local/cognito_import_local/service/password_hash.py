"""The four password hash formats: their caps (facts §1.12), and whose hash a value is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..user_settings import UserSettings

_BCRYPT = re.compile(r"\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}")
_SCRYPT = re.compile(r"([0-9]+)\$([0-9]+)\$([0-9]+)\$(?:[0-9a-fA-F]{2})+\$(?:[0-9a-fA-F]{2})+")
_ARGON2ID = re.compile(
    r"\$argon2id\$v=[0-9]+\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\$[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]+=*"
)
# N of 65,536 and r of 8 take 64 MiB, which is above what OpenSSL allows unasked.
_SCRYPT_MEMORY = 1 << 27
_PBKDF2 = re.compile(r"\$pbkdf2-sha256\$([0-9]+)\$[A-Za-z0-9+/.]+=*\$[A-Za-z0-9+/.]+=*")


def _within(pattern: re.Pattern[str], *caps: int) -> Callable[[str], bool]:
    """Return a check: the pattern matches and its numbers are between 1 and the caps."""

    def check(value: str) -> bool:
        match = pattern.fullmatch(value)
        return match is not None and all(
            1 <= int(number) <= cap for number, cap in zip(match.groups(), caps, strict=True)
        )

    return check


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "BCRYPT": _within(_BCRYPT, 12),
    "SCRYPT": _within(_SCRYPT, 65536, 8, 1),
    "ARGON2ID": _within(_ARGON2ID, 19456, 2, 1),
    "PBKDF2_SHA256": _within(_PBKDF2, 600_000),
}

ALGORITHMS = tuple(_CHECKS)


def well_formed(value: str, algorithm: str, settings: UserSettings) -> bool:
    """Return whether the value is a hash of the algorithm, within its caps and the settings'."""
    if not _CHECKS[algorithm](value):
        return False
    if algorithm == "BCRYPT":
        return True
    *_, salt, hashed = value.split("$")
    size = _bytes_of_hex if algorithm == "SCRYPT" else _bytes_of_base64
    most = settings.hash_bytes_at_most
    return size(salt) >= settings.salt_bytes_at_least and (most is None or size(hashed) <= most)


def _bytes_of_hex(text: str) -> int:
    return len(text) // 2


def _bytes_of_base64(text: str) -> int:
    return len(text.rstrip("=")) * 3 // 4


def matches(password: str, value: str, algorithm: str, settings: UserSettings) -> bool:
    """Return whether the hash, which is well formed, is that of the password."""
    if algorithm == "PBKDF2_SHA256" and _misread(value, settings):
        return False
    return _VERIFIERS[algorithm](password.encode(), value)


def _misread(value: str, settings: UserSettings) -> bool:
    """Return whether a PBKDF2 hash has a character that the alphabet in force does not have."""
    foreign = {"both": "", "standard": ".", "passlib": "+"}[settings.pbkdf2_base64]
    return bool(foreign) and foreign in value


def _bcrypt(password: bytes, value: str) -> bool:
    import bcrypt  # noqa: PLC0415 - a server that nobody signs in to starts without it

    # The four variants differ in how old implementations erred; `bcrypt` knows $2y$ as $2b$,
    # and not $2x$. It takes 72 bytes, which is all that the algorithm ever looked at.
    return bcrypt.checkpw(password[:72], f"$2b${value[4:]}".encode())


def _scrypt(password: bytes, value: str) -> bool:
    n, r, p, salt, expected = value.split("$")
    hashed = bytes.fromhex(expected)
    try:
        found = hashlib.scrypt(
            password,
            salt=bytes.fromhex(salt),
            n=int(n),
            r=int(r),
            p=int(p),
            maxmem=_SCRYPT_MEMORY,
            dklen=len(hashed),
        )
    except ValueError:
        return False  # an N that is no power of two
    return hmac.compare_digest(found, hashed)


def _argon2id(password: bytes, value: str) -> bool:
    import argon2  # noqa: PLC0415 - likewise

    try:
        return argon2.PasswordHasher().verify(value, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _pbkdf2(password: bytes, value: str) -> bool:
    iterations, salt, expected = value.split("$")[2:]
    hashed = _base64(expected)
    found = hashlib.pbkdf2_hmac(
        "sha256", password, _base64(salt), int(iterations), dklen=len(hashed)
    )
    return hmac.compare_digest(found, hashed)


def _base64(text: str) -> bytes:
    """Decode Base64 as passlib writes it (`.` for `+`, no padding), or as everybody does."""
    text = text.rstrip("=").replace(".", "+")
    return base64.b64decode(text + "=" * (-len(text) % 4))


_VERIFIERS: Mapping[str, Callable[[bytes, str], bool]] = {
    "BCRYPT": _bcrypt,
    "SCRYPT": _scrypt,
    "ARGON2ID": _argon2id,
    "PBKDF2_SHA256": _pbkdf2,
}
