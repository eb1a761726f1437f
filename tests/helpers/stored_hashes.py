"""Verifies hashes of Cognito's four forms, as a reader of base64 with any alphabet would."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import argon2
import bcrypt

if TYPE_CHECKING:
    from collections.abc import Callable

    Decode = Callable[[str], bytes]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
STANDARD = f"{LETTERS}+/"
BCRYPT = f"./{LETTERS}"


def decoder(alphabet: str, *, skips: bool = False) -> Decode:
    """Return a decoder of unpadded base64.

    Args:
        alphabet: The 64 characters.
        skips: Whether it skips other characters; it raises ValueError otherwise.
    """

    def decode(text: str) -> bytes:
        places = [alphabet.find(each) for each in text]
        if -1 in places and not skips:
            raise ValueError("a character is not in the alphabet")
        standard = "".join(STANDARD[each] for each in places if each >= 0)
        return base64.b64decode(standard + "A" * (-len(standard) % 4))[: len(standard) * 6 // 8]

    return decode


def parts_of(text: str, algorithm: str) -> tuple[str, str]:
    """Return the texts of salt and hash."""
    if algorithm == "BCRYPT":
        return text[7:29], text[29:]
    salt, key = text.split("$")[-2:]
    return salt, key


def signs_in(password: str, text: str, algorithm: str, salt_of: Decode, key_of: Decode) -> bool:
    """Return whether a password has a hash, whose salt and hash are decoded as given.

    Hashes are computed by `hashlib`, argon2-cffi and bcrypt. bcrypt is known as 2b: its other
    versions are the same for a short password in ASCII.
    """
    salt_text, key_text = parts_of(text, algorithm)
    try:
        salt, key = salt_of(salt_text), key_of(key_text)
        return _derived(password.encode(), text, algorithm, salt, len(key)) == key
    except (ValueError, argon2.exceptions.HashingError):
        return False


def right(algorithm: str) -> Decode:
    """Return the decoder of an algorithm's form."""
    match algorithm:
        case "SCRYPT":
            return bytes.fromhex
        case "BCRYPT":
            return decoder(BCRYPT)
        case _:
            return decoder(STANDARD)


def verifies(password: str, text: str, algorithm: str) -> bool:
    """Return whether a password has a hash."""
    decode = right(algorithm)
    return signs_in(password, text, algorithm, decode, decode)


def _derived(password: bytes, text: str, algorithm: str, salt: bytes, length: int) -> bytes:
    match algorithm, text.split("$"):
        case "BCRYPT", [_, _, cost, _]:
            written = "".join(BCRYPT[STANDARD.index(each)] for each in _standard(salt))
            made = bcrypt.hashpw(password, f"$2b${cost}${written}".encode()).decode()
            return decoder(BCRYPT)(made[29:])
        case "SCRYPT", [n, r, p, _, _]:
            return hashlib.scrypt(
                password, salt=salt, n=int(n), r=int(r), p=int(p), dklen=length, maxmem=1 << 27
            )
        case "PBKDF2_SHA256", [_, _, iterations, _, _]:
            return hashlib.pbkdf2_hmac("sha256", password, salt, int(iterations), length)
        case "ARGON2ID", [_, _, version, costs, _, _]:
            kib, times, lanes = (int(each[2:]) for each in costs.split(","))
            kind = argon2.low_level.Type.ID
            return argon2.low_level.hash_secret_raw(
                password, salt, times, kib, lanes, length, kind, int(version[2:])
            )
        case _:
            raise AssertionError(algorithm)


def _standard(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
