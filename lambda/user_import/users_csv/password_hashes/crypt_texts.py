"""Converts hashes that begin with `$`, as crypt(3), passlib, PHP and the PHC string format write.

Sources: PHC string format (github.com/P-H-C/phc-string-format); passlib, `passlib/handlers`;
Spring Security, `SCryptPasswordEncoder.java`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import messages
from .cognito_forms import argon2id, bcrypt, pbkdf2_sha256, scrypt
from .outcome import UnusableHash
from .parts import BrokenHashError, from_adapted_base64, from_base64, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .outcome import Outcome

_ID = re.compile(r"\$([A-Za-z0-9-]+)[$,]")
_BASE64 = r"([A-Za-z0-9+/]+=*)"
_ARGON2ID = re.compile(
    r"\$argon2id\$v=(16|19)\$m=([0-9]{1,10}),t=([0-9]{1,10}),p=([0-9]{1,10})"
    rf"\${_BASE64}\${_BASE64}"
)
_SCRYPT = re.compile(
    rf"\$scrypt\$ln=([0-9]{{1,2}}),r=([0-9]{{1,10}}),p=([0-9]{{1,10}})\${_BASE64}\${_BASE64}"
)
# PHC writes i=, and may write the length of the hash.
_PBKDF2 = re.compile(
    r"\$pbkdf2-sha256\$(?:i=)?([0-9]{1,10})(?:,l=[0-9]{1,10})?\$([A-Za-z0-9+/.]+=*)\$([A-Za-z0-9+/.]+=*)"
)
# Parameters of Spring Security, which has no name before them: log2 N, r and p.
_SPRING = re.compile(rf"\$([0-9a-f]{{5,8}})\${_BASE64}\${_BASE64}")
_SPRING_BEGINS = re.compile(r"\$[0-9a-f]{5,8}\$")


def convert_crypt(text: str) -> Outcome:
    """Convert a hash that begins with `$`.

    Raises:
        BrokenHashError: It is not whole.
    """
    match = _ID.match(text)
    name = "" if match is None else match[1]
    if reader := _READERS.get(name):
        return reader(text)
    if reason := _IMPOSSIBLE.get(name):
        return UnusableHash(reason)
    if _SPRING_BEGINS.match(text):
        return convert_spring_scrypt(text)
    return UnusableHash(messages.UNKNOWN)


def convert_spring_scrypt(text: str) -> Outcome:
    """Convert a hash of Spring Security's `SCryptPasswordEncoder`.

    Raises:
        BrokenHashError: It is not whole.
    """
    match = _SPRING.fullmatch(text)
    if match is None:
        raise BrokenHashError(messages.SPRING_SCRYPT)
    parameters = int(match[1], 16)
    return _scrypt(
        parameters >> 16,
        parameters >> 8 & 0xFF,
        parameters & 0xFF,
        from_base64(match[2], messages.SPRING_SCRYPT),
        from_base64(match[3], messages.SPRING_SCRYPT),
    )


def _scrypt(log2_n: int, r: int, p: int, salt: bytes, key: bytes) -> Outcome:
    return scrypt(1 << log2_n, r, p, salt=salt, key=key)


def _argon2id(text: str) -> Outcome:
    match = _ARGON2ID.fullmatch(text)
    if match is None:
        raise BrokenHashError(messages.ARGON2)
    version, kib, times, lanes = (number(match[group], messages.ARGON2) for group in range(1, 5))
    return argon2id(
        version,
        kib,
        times,
        lanes,
        salt=from_base64(match[5], messages.ARGON2),
        key=from_base64(match[6], messages.ARGON2),
    )


def _scrypt_phc(text: str) -> Outcome:
    match = _SCRYPT.fullmatch(text)
    if match is None:
        raise BrokenHashError(messages.SCRYPT_PHC)
    return _scrypt(
        int(match[1]),
        int(match[2]),
        int(match[3]),
        from_base64(match[4], messages.SCRYPT_PHC),
        from_base64(match[5], messages.SCRYPT_PHC),
    )


def _pbkdf2(text: str) -> Outcome:
    match = _PBKDF2.fullmatch(text)
    if match is None or (("." in text) and ("+" in text)):
        raise BrokenHashError(messages.PBKDF2)
    return pbkdf2_sha256(
        int(match[1]),
        salt=from_adapted_base64(match[2], messages.PBKDF2),
        key=from_adapted_base64(match[3], messages.PBKDF2),
    )


_READERS: Mapping[str, Callable[[str], Outcome]] = {
    "2a": bcrypt,
    "2b": bcrypt,
    "2x": bcrypt,
    "2y": bcrypt,
    "argon2id": _argon2id,
    "scrypt": _scrypt_phc,
    "pbkdf2-sha256": _pbkdf2,
}
_IMPOSSIBLE: Mapping[str, str] = {
    "2": messages.BCRYPT_OLD,
    "argon2i": messages.ARGON2_OTHER,
    "argon2d": messages.ARGON2_OTHER,
    "bcrypt-sha256": messages.PREHASHED_PASSLIB,
    "wp": messages.PREHASHED_WORDPRESS,
    "P": messages.PHPASS,
    "H": messages.PHPASS,
    "S": messages.DRUPAL,
    "fbscrypt": messages.FIREBASE,
    "pbkdf2": messages.other_digest("passlib", "SHA-1"),
    "pbkdf2-sha1": messages.other_digest("the PHC string format", "SHA-1"),
    "pbkdf2-sha512": messages.other_digest("passlib", "SHA-512"),
    "1": messages.no_algorithm("$1$ of crypt(3), repeated MD5"),
    "apr1": messages.no_algorithm("$apr1$ of Apache, repeated MD5"),
    "md5": messages.no_algorithm("$md5$ of crypt(3), repeated MD5"),
    "sha1": messages.no_algorithm("$sha1$ of crypt(3), repeated HMAC-SHA-1"),
    "3": messages.no_algorithm("$3$ of crypt(3), the hash of Windows NT"),
    "5": messages.no_algorithm("$5$ of crypt(3), sha256crypt"),
    "6": messages.no_algorithm("$6$ of crypt(3), sha512crypt"),
    "y": messages.no_algorithm("$y$ of crypt(3), yescrypt"),
    "gy": messages.no_algorithm("$gy$ of crypt(3), gost-yescrypt"),
    "7": messages.SCRYPT_CRYPT,
}
