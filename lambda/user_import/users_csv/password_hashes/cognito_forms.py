"""The four forms of hashes that Cognito takes, and the most that each may cost.

Source: Amazon Cognito Developer Guide, "Importing users with password hashes". The alphabet of
base64 in the form of PBKDF2 is an assumption (docs/unproven.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import messages
from .outcome import ConvertedHash, CostlyHash, HashShape
from .parts import BrokenHashError, to_base64

if TYPE_CHECKING:
    from collections.abc import Iterable

BCRYPT_COST = 12
SCRYPT_N = 65_536
SCRYPT_R = 8
SCRYPT_P = 1
ARGON2_KIB = 19_456
ARGON2_TIMES = 2
ARGON2_LANES = 1
PBKDF2_ITERATIONS = 600_000

PBKDF2_KEY_BYTES = 32
"""Bytes of a key of PBKDF2 that depend on the password alone: a block of SHA-256. A longer key
begins with the key of 32 bytes (RFC 8018, section 5.2), so that it is cut to that."""

# Whether Cognito derives as many bytes as the hash has, or always the same number, is not known;
# 32 is what most systems store. RFC 9106 has salts of 8 bytes at least.
_LEAST_SALT_BYTES = 1
_LEAST_KEY_BYTES = 32
_ARGON2_LEAST_SALT_BYTES = 8
_ARGON2_LEAST_KEY_BYTES = 16
_BCRYPT = re.compile(r"\$(2[abxy])\$([0-9]{2})\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})")
_BCRYPT_COSTS = range(4, 32)
_BCRYPT_SALT_BYTES = 16
_BCRYPT_HASH_BYTES = 23


def bcrypt(text: str) -> ConvertedHash | CostlyHash:
    """Return the outcome of a bcrypt hash as crypt(3) writes it, which is Cognito's form.

    Raises:
        BrokenHashError: It is not whole.
    """
    match = _BCRYPT.fullmatch(text)
    if match is None or (cost := int(match[2])) not in _BCRYPT_COSTS:
        raise BrokenHashError(messages.BCRYPT)
    if costly := _costly("bcrypt", [("cost", cost, BCRYPT_COST)]):
        return costly
    shape = HashShape("BCRYPT", f"{match[1]}${match[2]}", _BCRYPT_SALT_BYTES, _BCRYPT_HASH_BYTES)
    return ConvertedHash("BCRYPT", text, shape)


def scrypt(n: int, r: int, p: int, *, salt: bytes, key: bytes) -> ConvertedHash | CostlyHash:
    """Return the outcome of a scrypt hash (RFC 7914) with salt and key as bytes.

    Raises:
        BrokenHashError: The numbers are not scrypt's, or the salt or key is too short.
    """
    if n <= 1 or n & (n - 1):
        raise BrokenHashError(messages.NO_POWER_OF_TWO)
    _check_lengths(salt, key)
    if costly := _costly("scrypt", [("N", n, SCRYPT_N), ("r", r, SCRYPT_R), ("p", p, SCRYPT_P)]):
        return costly
    parameters = f"{n}${r}${p}"
    shape = HashShape("SCRYPT", parameters, len(salt), len(key))
    return ConvertedHash("SCRYPT", f"{parameters}${salt.hex()}${key.hex()}", shape)


def argon2id(
    version: int, kib: int, times: int, lanes: int, *, salt: bytes, key: bytes
) -> ConvertedHash | CostlyHash:
    """Return the outcome of an argon2id hash (RFC 9106).

    Args:
        version: 19 for version 1.3, 16 for 1.0.
        kib: The memory, m.
        times: The passes, t.
        lanes: The lanes, p.
        salt: The salt.
        key: The hash.

    Raises:
        BrokenHashError: A number is 0, or the salt or key is too short.
    """
    _check_lengths(salt, key, _ARGON2_LEAST_SALT_BYTES, _ARGON2_LEAST_KEY_BYTES)
    caps = [("m", kib, ARGON2_KIB), ("t", times, ARGON2_TIMES), ("p", lanes, ARGON2_LANES)]
    if costly := _costly("argon2id", caps):
        return costly
    parameters = f"v={version}$m={kib},t={times},p={lanes}"
    shape = HashShape("ARGON2ID", parameters, len(salt), len(key))
    text = f"$argon2id${parameters}${to_base64(salt)}${to_base64(key)}"
    return ConvertedHash("ARGON2ID", text, shape)


def pbkdf2_sha256(iterations: int, *, salt: bytes, key: bytes) -> ConvertedHash | CostlyHash:
    """Return the outcome of a hash of PBKDF2 with HMAC-SHA-256.

    Raises:
        BrokenHashError: There are no iterations, or the salt or key is too short.
    """
    _check_lengths(salt, key)
    if costly := _costly("PBKDF2", [("iterations", iterations, PBKDF2_ITERATIONS)]):
        return costly
    key = key[:PBKDF2_KEY_BYTES]
    shape = HashShape("PBKDF2_SHA256", f"{iterations}", len(salt), len(key))
    text = f"$pbkdf2-sha256${iterations}${to_base64(salt)}${to_base64(key)}"
    return ConvertedHash("PBKDF2_SHA256", text, shape)


def _check_lengths(
    salt: bytes,
    key: bytes,
    least_salt: int = _LEAST_SALT_BYTES,
    least_key: int = _LEAST_KEY_BYTES,
) -> None:
    if len(salt) < least_salt:
        raise BrokenHashError(messages.short("salt", least_salt))
    if len(key) < least_key:
        raise BrokenHashError(messages.short("hash", least_key))


def _costly(algorithm: str, numbers: Iterable[tuple[str, int, int]]) -> CostlyHash | None:
    """Return the outcome of a hash above the caps; None for one within them."""
    exceeded = []
    for name, number, most in numbers:
        if number < 1:
            raise BrokenHashError(messages.ZERO)
        if number > most:
            exceeded.append(messages.above_cap(name, number, most))
    return CostlyHash(messages.above_caps(algorithm, "; ".join(exceeded))) if exceeded else None
