"""The custom resource's properties: missing, not allowed, or of another version."""

from __future__ import annotations

from typing import Final

from ..contract import (
    JOB_NAME_CHARACTERS,
    KEY_BYTES,
    LONGEST_BACKGROUND_SECONDS,
    MOST_TOLERATED,
    ROLE_PATH,
    STAGING_PREFIX,
    LogsRoleKind,
    Property,
)
from ..text import printable

_VALUE_CHARACTERS: Final = 100
_VERSION_CHARACTERS: Final = 10

_BUCKET: Final = "the name of a bucket"
_USERS: Final = f"a number of users, from 0 to {MOST_TOLERATED}; or omitted for any number"

ALLOWED: Final = {
    Property.USER_POOL_ID: "the id of a user pool, as in eu-central-1_AbCdEfGhI",
    Property.LOGS_ROLE_ARN: "the ARN of an IAM role",
    Property.LOGS_ROLE_KIND: f"{' or '.join(LogsRoleKind)}, or omitted",
    Property.IMPORT_ROLE_ARN: f"the ARN of a role with the path {ROLE_PATH}",
    Property.JOB_NAME: f"1 to {JOB_NAME_CHARACTERS} letters, digits, spaces and _+=,.@-",
    Property.SOURCE_BUCKET: _BUCKET,
    Property.SOURCE_KEY: f"an object's key of 1 to {KEY_BYTES:,} bytes",
    Property.SOURCE_VERSION: "the version of an object, or omitted",
    Property.SOURCE_HASH: "the hash of an asset, or omitted",
    Property.SOURCE_NAME: "the name of the file in errors",
    Property.STAGING_BUCKET: _BUCKET,
    Property.STAGING_KEY: f"a key in a folder of {STAGING_PREFIX}",
    Property.START: "true or false",
    Property.TIMEOUT_SECONDS: f"a whole number of seconds, from 1 to {LONGEST_BACKGROUND_SECONDS}",
    Property.IMPORT_LOG_RETENTION_DAYS: "a number of days, or omitted",
    Property.TOLERATED_FAILED: _USERS,
    Property.TOLERATED_SKIPPED: _USERS,
    Property.TEST_PASSWORD_SECRET: "the ARN of a Secrets Manager secret, or omitted",
    Property.CANARY_POOL_ID: "the id of a user pool, or omitted",
    Property.CANARY_CLIENT_ID: "the id of an app client",
    Property.TEST_PASSWORD_FIELD: "the name of a field, or omitted",
    Property.TEST_PASSWORD_VIA: "ADMIN, HASH, or omitted",
}
"""The allowed values of each property, in words."""


def property_not_allowed(name: Property, value: object, argument: str) -> str:
    """Name a property that is missing or not allowed, and the construct's argument behind it."""
    found = _found(value)
    if name is Property.TEST_PASSWORD_SECRET and value is not None:
        # An override may have put the password itself in the place of the secret's ARN.
        found = "is not allowed"
    return (
        f"The custom resource's property {name} {found}; it must be {ALLOWED[name]}. It "
        f"comes from the import's {argument}: correct that, and deploy again."
    )


def _found(value: object) -> str:
    """Describe the value of a property."""
    if value is None:
        return "is missing"
    if not isinstance(value, str):
        return "is not text"
    if not value:
        return "is empty"
    shown = printable(value, _VALUE_CHARACTERS)
    return f"is {shown!r}" + (f" ({len(value):,} characters)" if len(value) > len(shown) else "")


def reading_not_allowed(name: Property) -> str:
    """Refuse the read options without quoting them: constants and defaults are users' values."""
    return (
        f"The custom resource's property {name} was not written by this library, or was written by "
        "another version of it. It comes from the import's source: remove any override of the "
        "property, and deploy again."
    )


def other_contract_version(version: object, own: int, *, newer: bool) -> str:
    """Say which of two stacks needs another version of this library."""
    found = printable(version, _VERSION_CHARACTERS) if isinstance(version, str) else "unknown"
    where = "the stack that owns the import workflow" if newer else "the stack of the import"
    return (
        f"The import is of contract version {found}, and its workflow of version {own}: upgrade "
        f"cdk-cognito-user-import in {where}, and deploy that stack first."
    )


NO_IMPORT_ROLE: Final = "The custom resource names no role for the import; deploy again."
