"""Writes the fields of an export's password as one text, and converts such texts.

Keycloak, FusionAuth and Clerk have what belongs to a hash in several fields. The text is
`<provider>:<field>:…`, so that a row of a CSV has it in one value, like any other hash.

Sources: Keycloak, `PasswordCredentialModel.java`, `PasswordSecretData.java`,
`Argon2Parameters.java` and, for exports before version 8, `CredentialRepresentation.java`;
FusionAuth Docs, "Password hashes"; Clerk, Backend API, CreateUser, `password_hasher`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import messages
from .cognito_forms import argon2id, bcrypt, pbkdf2_sha256
from .outcome import UnusableHash
from .parts import BrokenHashError, from_base64, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .outcome import Outcome

FIREBASE = "firebase:"
"""The text for a hash of Firebase, of which nothing is kept: it cannot be converted."""

_KEYCLOAK, _FUSIONAUTH, _CLERK, _PLAIN = "keycloak:", "fusionauth:", "clerk:", "plain:"
_KEYCLOAK_FIELDS = 8
_FUSIONAUTH_FIELDS = 4
_CLERK_FIELDS = 2
_ARGON2_VERSIONS = {"1.3": 19, "1.0": 16}


def keycloak_text(credentials: Any) -> str:
    """Return the text for the password among a user's `credentials`; empty where there is none.

    Args:
        credentials: The member of a user in Keycloak's JSON.
    """
    listed = credentials if isinstance(credentials, list) else []
    for each in listed:
        if isinstance(each, dict) and each.get("type") == "password":
            return _keycloak_text(each)
    return ""


def _keycloak_text(credential: dict[str, Any]) -> str:
    secret, data = _object(credential.get("secretData")), _object(credential.get("credentialData"))
    if not secret and "hashedSaltedValue" not in credential:
        return _PLAIN if credential.get("value") else _KEYCLOAK
    more = _object(data.get("additionalParameters"))
    return _KEYCLOAK + _joined(
        [
            data.get("algorithm") or credential.get("algorithm"),
            data.get("hashIterations") or credential.get("hashIterations"),
            secret.get("salt") or credential.get("salt"),
            secret.get("value") or credential.get("hashedSaltedValue"),
            *(_first(more.get(name)) for name in ("type", "version", "memory", "parallelism")),
        ]
    )


def _object(value: Any) -> dict[str, Any]:
    """Return an object of JSON, which Keycloak also writes as a text of JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    return value if isinstance(value, dict) else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def fusionauth_text(user: Mapping[str, Any]) -> str:
    """Return the text for the password of a user of FusionAuth; empty where there is none."""
    password, scheme = user.get("password"), user.get("encryptionScheme")
    if not password:
        return ""
    if not scheme:
        return _PLAIN
    return _FUSIONAUTH + _joined([scheme, user.get("factor"), user.get("salt"), password])


def clerk_text(digest: str, hasher: str) -> str:
    """Return the text for a `password_digest` and its `password_hasher`; empty for none."""
    return f"{_CLERK}{hasher.strip()}:{digest.strip()}" if digest.strip() else ""


def _joined(fields: Iterable[Any]) -> str:
    return ":".join("" if field is None else f"{field}" for field in fields)


def convert_exported(text: str) -> Outcome | None:
    """Convert a text of this module's functions; None for another.

    Raises:
        BrokenHashError: A field is missing or broken.
    """
    if text.startswith(FIREBASE):
        return UnusableHash(messages.FIREBASE)
    if text.startswith(_PLAIN):
        return UnusableHash(messages.PLAIN_TEXT)
    if text.startswith(_KEYCLOAK):
        fields = text.removeprefix(_KEYCLOAK).split(":")
        return _keycloak(*_all(fields, _KEYCLOAK_FIELDS, messages.KEYCLOAK))
    if text.startswith(_FUSIONAUTH):
        fields = text.removeprefix(_FUSIONAUTH).split(":")
        return _fusionauth(*_all(fields, _FUSIONAUTH_FIELDS, messages.FUSIONAUTH))
    return None


def clerk_fields(text: str) -> tuple[str, str] | None:
    """Return the hasher and the digest of a text of `clerk_text`; None for another."""
    if not text.startswith(_CLERK):
        return None
    fields = text.removeprefix(_CLERK).split(":", 1)
    hasher, digest = _all(fields, _CLERK_FIELDS, messages.CLERK)
    return hasher, digest


def _all(fields: list[str], count: int, problem: str) -> list[str]:
    if len(fields) != count:
        raise BrokenHashError(problem)
    return fields


def _keycloak(  # noqa: PLR0917  the fields of the text
    algorithm: str,
    iterations: str,
    salt: str,
    value: str,
    variant: str,
    version: str,
    memory: str,
    parallelism: str,
) -> Outcome:
    problem = messages.KEYCLOAK
    match algorithm:
        case "pbkdf2-sha256":
            return pbkdf2_sha256(
                number(iterations, problem),
                salt=from_base64(salt, problem),
                key=from_base64(value, problem),
            )
        case "pbkdf2":
            return UnusableHash(messages.other_digest("Keycloak", "SHA-1"))
        case "pbkdf2-sha512":
            return UnusableHash(messages.other_digest("Keycloak", "SHA-512"))
        case "argon2" if variant in ("i", "d"):
            return UnusableHash(messages.ARGON2_OTHER)
        case "argon2" if variant == "id" and version in _ARGON2_VERSIONS:
            return argon2id(
                _ARGON2_VERSIONS[version],
                number(memory, problem),
                number(iterations, problem),
                number(parallelism, problem),
                salt=from_base64(salt, problem),
                key=from_base64(value, problem),
            )
        case "bcrypt":
            # Of extensions only, which keep the whole text.
            return bcrypt(value)
        case "" | "argon2":
            raise BrokenHashError(problem)
        case _:
            return UnusableHash(messages.no_algorithm("a hash of an extension of Keycloak"))


def _fusionauth(scheme: str, factor: str, salt: str, password: str) -> Outcome:
    problem = messages.FUSIONAUTH
    match scheme:
        case "salted-pbkdf2-hmac-sha256" | "salted-pbkdf2-hmac-sha256-512":
            return pbkdf2_sha256(
                number(factor, problem),
                salt=from_base64(salt, problem),
                key=from_base64(password, problem),
            )
        case "salted-pbkdf2-hmac-sha512-512":
            return UnusableHash(messages.other_digest("FusionAuth", "SHA-512"))
        case "bcrypt":
            return bcrypt(f"$2a${number(factor, problem):02d}${salt}{password}")
        case "phpass-md5" | "phpass-sha512":
            return UnusableHash(messages.no_algorithm("phpass of FusionAuth"))
        case "salted-md5" | "salted-sha256" | "salted-hmac-sha256":
            return UnusableHash(messages.no_algorithm(f"{scheme} of FusionAuth"))
        case _:
            return UnusableHash(messages.no_algorithm("a hash of a plugin of FusionAuth"))


def convert_clerk(hasher: str, digest: str, convert: Callable[[str], Outcome]) -> Outcome:
    """Convert a digest of Clerk, whose hasher says what the digest does not.

    Args:
        hasher: The `password_hasher`.
        digest: The `password_digest`.
        convert: Converts a digest that says all itself.

    Raises:
        BrokenHashError: The digest does not have the hasher's form.
    """
    if hasher == "scrypt_firebase":
        return UnusableHash(messages.FIREBASE)
    if hasher == "pbkdf2_sha256":
        # As Django's, but for the salt, which is base64.
        match digest.split("$"):
            case ["pbkdf2_sha256", iterations, salt, key]:
                return pbkdf2_sha256(
                    number(iterations, messages.CLERK),
                    salt=from_base64(salt, messages.CLERK),
                    key=from_base64(key, messages.CLERK),
                )
            case _:
                raise BrokenHashError(messages.CLERK)
    if hasher in _CLERK_IMPOSSIBLE:
        return UnusableHash(messages.no_algorithm(f"{hasher} of Clerk"))
    begins = _CLERK_BEGINS.get(hasher)
    if begins is None:
        return UnusableHash(messages.no_algorithm("a hash of a hasher of Clerk"))
    if not digest.startswith(begins):
        raise BrokenHashError(messages.CLERK)
    return convert(digest)


_CLERK_IMPOSSIBLE = frozenset({"md5", "sha256", "pbkdf2_sha1"})
_CLERK_BEGINS: Mapping[str, str | tuple[str, ...]] = {
    "bcrypt": "$2",
    "bcrypt_sha256_django": "bcrypt_sha256$",
    "pbkdf2_sha256_django": "pbkdf2_sha256$",
    "scrypt_werkzeug": "scrypt:",
    "phpass": ("$P$", "$H$"),
    "argon2i": "$argon2i$",
    "argon2id": "$argon2id$",
}
