"""The names of fields that hold passwords, hashes, tokens or other secrets of a user."""

from __future__ import annotations

import re
import string
from functools import lru_cache

PASSWORDS = (
    "password passwd passwort pwd pass temporarypassword plainpassword userpassword passwordhash "
    "passwordsalt hash salt hashedpassword encryptedpassword"
)
"""Passwords and their hashes, without case, spaces and punctuation."""

_OTHERS = (
    "initialpassword cleartextpassword passworddigest passwordhasher secret secretdata totpsecret "
    "mfasecret otpsecret recoveryanswer securityanswer recoverycodes backupcodes apikey privatekey "
    "pw pwhash hashedpw pwdhash kennwort motdepasse contraseña"
)
_WORDS = frozenset(f"{PASSWORDS} {_OTHERS}".split())
_TOKEN = re.compile(r"\w*token(?:new|current|hash)?")
_STEP = re.compile(r"[.\[\]]")
_NO_LETTER = re.compile(r"[\W_]+")


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Return whether a column, or the field at a path such as `a.b[0]`, holds a secret by name."""
    return any(_is_secret(_NO_LETTER.sub("", step).lower()) for step in _STEP.split(name))


def _is_secret(word: str) -> bool:
    # A second one has a number: password2.
    return word.rstrip(string.digits) in _WORDS or _TOKEN.fullmatch(word) is not None
