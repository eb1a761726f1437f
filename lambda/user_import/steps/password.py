"""The test password: read from its secret, checked by the pool's policy, and hashed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING, Any

from ..aws.secrets import Secret
from ..errors import RequestError
from ..messages import passwords as messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..aws.services import Services
    from .import_request import PasswordSource

_MOST_CHARACTERS = 256
"""API Reference, `PasswordType`."""

_SYMBOL = re.compile(r"""[\^$*.\[\]{}()?"!@#%&/\\,><':;|_~`=+ -]""")
"""Amazon Cognito Developer Guide, "Adding user pool password requirements"; a space counts too."""

_REQUIRED = (
    ("RequireLowercase", re.compile("[a-z]"), messages.LOWERCASE),
    ("RequireUppercase", re.compile("[A-Z]"), messages.UPPERCASE),
    ("RequireNumbers", re.compile("[0-9]"), messages.NUMBER),
    ("RequireSymbols", _SYMBOL, messages.SYMBOL),
)

# The caps of Cognito's imports (Developer Guide, "Importing users with password hashes").
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 65_536, 8, 1
_SCRYPT_BYTES = 128 * _SCRYPT_N * _SCRYPT_R
_SALT_BYTES = 16
_HASH_BYTES = 32


def read_password(source: PasswordSource, services: Services, version: str | None = None) -> Secret:
    """Return the password, and the version of the secret that it is from.

    Args:
        source: The secret, and its field.
        services: AWS.
        version: The version to read. Default: the current one.

    Raises:
        RequestError: The secret does not have the field, or the field is not text.
        AccessDenied: The import's role may not read the secret, or not yet.
        Unusable: The secret does not exist, or cannot be read.
    """
    secret = services.secrets.read(source.secret, version)
    return Secret(_password_in(secret.value, source), secret.version)


def _password_in(value: str, source: PasswordSource) -> str:
    try:
        found: Any = json.loads(value)
    except ValueError:
        found = None
    fields = found if isinstance(found, dict) else None
    if source.field is None:
        if fields is not None:
            raise RequestError(messages.secret_is_json(source.secret))
        return value
    if fields is None:
        raise RequestError(messages.secret_is_not_json(source.secret, source.field))
    password = fields.get(source.field)
    if not isinstance(password, str):
        raise RequestError(
            messages.no_such_field(source.secret, source.field, known=source.field in fields)
        )
    return password


def check_password(password: str, policy: Mapping[str, Any], source: PasswordSource) -> None:
    """Check the password by the pool's policy, which imports of hashes do not enforce.

    Args:
        password: The password.
        policy: The PasswordPolicyType of the pool.
        source: Where the password is from.

    Raises:
        RequestError: The password breaks rules; the text names them, and not the password.
    """
    if broken := list(_broken_rules(password, policy)):
        raise RequestError(
            messages.password_refused(source.secret, source.field or "", "; ".join(broken))
        )


def _broken_rules(password: str, policy: Mapping[str, Any]) -> Iterator[str]:
    least = policy.get("MinimumLength", 1)
    if len(password) < least:
        yield messages.too_short(least)
    if len(password) > _MOST_CHARACTERS:
        yield messages.too_long(_MOST_CHARACTERS)
    for name, pattern, rule in _REQUIRED:
        if policy.get(name) and not pattern.search(password):
            yield rule
    if password != password.strip():
        yield messages.SPACE_AT_END
    if not password.isprintable():
        yield messages.CONTROL_CHARACTER


def hash_password(password: str) -> str:
    """Return a hash of the password with a random salt, as an import job takes it (SCRYPT).

    It has the highest cost that Cognito takes: 64 MiB of memory and about 0.2 s.
    """
    salt = os.urandom(_SALT_BYTES)
    hashed = hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=_SCRYPT_N,
        r=_SCRYPT_R,
        p=_SCRYPT_P,
        # OpenSSL takes 32 MiB if it is not told more; beside the large array it needs small ones.
        maxmem=2 * _SCRYPT_BYTES,
        dklen=_HASH_BYTES,
    )
    return f"{_SCRYPT_N}${_SCRYPT_R}${_SCRYPT_P}${salt.hex()}${hashed.hex()}"
