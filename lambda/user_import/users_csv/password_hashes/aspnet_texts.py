"""Converts hashes of ASP.NET Core Identity: base64 of a version, numbers, a salt and a key.

Source: ASP.NET Core, `src/Identity/Extensions.Core/src/PasswordHasher.cs`. Version 3 has, from its
second byte on, the digest, the iterations and the length of the salt, with four bytes each, the
first byte the highest.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from . import messages
from .cognito_forms import pbkdf2_sha256
from .outcome import UnusableHash
from .parts import BrokenHashError, from_base64

if TYPE_CHECKING:
    from .outcome import Outcome

# The version, 1, and three of the digest's four bytes, which are 0.
_V3 = re.compile(r"AQAAA[A-P][A-Za-z0-9+/]*=*")
_V2 = re.compile(r"A[A-P][A-Za-z0-9+/]{64}==")
_HEADER = struct.Struct(">BIII")
_SHA1, _SHA256, _SHA512 = range(3)
_OTHER_DIGESTS = {_SHA1: "SHA-1", _SHA512: "SHA-512"}


def convert_aspnet(text: str) -> Outcome | None:
    """Convert a hash that begins as one of ASP.NET Core Identity's; None for another.

    Raises:
        BrokenHashError: It is not whole.
    """
    if _V3.fullmatch(text):
        return _version_3(from_base64(text, messages.ASPNET))
    return UnusableHash(messages.ASPNET_V2) if _V2.fullmatch(text) else None


def _version_3(data: bytes) -> Outcome:
    if len(data) < _HEADER.size:
        raise BrokenHashError(messages.ASPNET)
    _, digest, iterations, salt_length = _HEADER.unpack_from(data)
    if digest in _OTHER_DIGESTS:
        return UnusableHash(messages.other_digest("ASP.NET Core Identity", _OTHER_DIGESTS[digest]))
    rest = data[_HEADER.size :]
    if digest != _SHA256 or salt_length > len(rest):
        raise BrokenHashError(messages.ASPNET)
    return pbkdf2_sha256(iterations, salt=rest[:salt_length], key=rest[salt_length:])
