"""Hashes of one password in all forms that Cognito imports."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import argon2
import bcrypt

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "Correct-Horse-7, Großmutter"
SALT = b"sixteen bytes ok"


def bcrypt_hash(variant: str) -> str:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    return f"$2{variant}${hashed[4:]}"


def scrypt_hash(cost: int = 1024, *, size: int = 64) -> str:
    hashed = hashlib.scrypt(
        PASSWORD.encode(), salt=SALT, n=cost, r=8, p=1, maxmem=1 << 27, dklen=size
    )
    return f"{cost}$8$1${SALT.hex()}${hashed.hex()}"


def argon2id_hash() -> str:
    return argon2.PasswordHasher(2, 19456, 1).hash(PASSWORD)


def pbkdf2_hash(alphabet: bytes = b"+/", *, salt: bytes = SALT) -> str:
    hashed = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 1000)
    first, second = (base64.b64encode(part, alphabet).decode() for part in (salt, hashed))
    if alphabet != b"+/":
        first, second = first.rstrip("="), second.rstrip("=")
    return f"$pbkdf2-sha256$1000${first}${second}"


HASHES: dict[str, tuple[str, Callable[[], str]]] = {
    "bcrypt-a": ("BCRYPT", lambda: bcrypt_hash("a")),
    "bcrypt-b": ("BCRYPT", lambda: bcrypt_hash("b")),
    "bcrypt-x": ("BCRYPT", lambda: bcrypt_hash("x")),
    "bcrypt-y": ("BCRYPT", lambda: bcrypt_hash("y")),
    "scrypt": ("SCRYPT", scrypt_hash),
    "argon2id": ("ARGON2ID", argon2id_hash),
    "pbkdf2": ("PBKDF2_SHA256", pbkdf2_hash),
    "pbkdf2-passlib": ("PBKDF2_SHA256", lambda: pbkdf2_hash(b"./")),
}
