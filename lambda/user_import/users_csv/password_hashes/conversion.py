"""Recognizes the form of a stored password hash by how it begins, and converts it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import messages
from .aspnet_texts import convert_aspnet
from .braced_texts import convert_braced
from .cognito_forms import scrypt
from .crypt_texts import convert_crypt
from .django_texts import convert_django
from .exported import clerk_fields, convert_clerk, convert_exported
from .outcome import CostlyHash, MalformedHash, UnusableHash
from .parts import BrokenHashError, from_hex, number
from .werkzeug_texts import convert_werkzeug

if TYPE_CHECKING:
    from .outcome import Outcome

_COGNITO_SCRYPT = re.compile(r"[0-9]+\$[0-9]+\$[0-9]+\$[^$]*\$[^$]*")
_BETTER_AUTH = re.compile(r"[0-9a-f]{32}:[0-9a-f]{128}")
_DIGEST = re.compile(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})")


def convert(text: str) -> Outcome:
    """Convert a stored password hash to Cognito's form, and compare its costs with the caps.

    Args:
        text: The hash as another system stores it, or a text of `exported`; without white space
            around it, and not blank.

    Returns:
        The converted hash, or the reason why there is none. No text makes this raise.
    """
    try:
        return _convert(text)
    except BrokenHashError as error:
        return MalformedHash(str(error))


def _convert(text: str) -> Outcome:
    if text.startswith("$"):
        return convert_crypt(text)
    if text.startswith("{"):
        return convert_braced(text)
    if text.startswith(("!", "*")):
        return UnusableHash(messages.LOCKED)
    if fields := clerk_fields(text):
        hasher, digest = fields
        return convert_clerk(hasher, digest, _convert)
    for convert_family in (convert_exported, convert_django, convert_werkzeug, convert_aspnet):
        if outcome := convert_family(text):
            return outcome
    if _COGNITO_SCRYPT.fullmatch(text):
        return _cognito_scrypt(text)
    if _BETTER_AUTH.fullmatch(text):
        return CostlyHash(messages.BETTER_AUTH)
    if _DIGEST.fullmatch(text):
        return UnusableHash(messages.no_algorithm("a bare digest in hex, such as MD5 or SHA-256"))
    return UnusableHash(messages.UNKNOWN)


def _cognito_scrypt(text: str) -> Outcome:
    problem = messages.SCRYPT_COGNITO
    n, r, p, salt, key = text.split("$")
    return scrypt(
        number(n, problem),
        number(r, problem),
        number(p, problem),
        salt=from_hex(salt, problem),
        key=from_hex(key, problem),
    )
