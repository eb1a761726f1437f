"""The custom resource's properties, read and checked.

The construct checks the values that are known at synth; this module checks the rest, and those that
were overridden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..contract import (
    BACKGROUND_PREFIX,
    FALSE,
    JOB_NAME_PATTERN,
    KEY_BYTES,
    LONGEST_BACKGROUND_SECONDS,
    MOST_LEGS,
    RECORDS_PREFIX,
    ROLE_PATH,
    STAGING_PREFIX,
    TRUE,
    USER_POOL_ID_CHARACTERS,
    LogsRoleKind,
    PasswordVia,
    Property,
    read_flag,
    read_reading,
)
from ..errors import RequestError
from ..messages.properties import property_not_allowed, reading_not_allowed
from ..users_csv import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Form(NamedTuple):
    """The form of a property.

    Attributes:
        argument: The argument of the construct that it comes from.
        pattern: A regular expression, compiled at its first use.
        numbers: The numbers that a number may be.
        most_bytes: The most bytes in UTF-8.
    """

    argument: str
    pattern: str
    numbers: range | None = None
    most_bytes: int | None = None

    def allows(self, value: str) -> bool:
        return (
            re.fullmatch(self.pattern, value) is not None
            and (self.numbers is None or int(value) in self.numbers)
            and (self.most_bytes is None or len(value.encode()) <= self.most_bytes)
        )


_TEXT = "(?s:.+)"
_BUCKET = r"[a-zA-Z0-9._-]{1,255}"
_PATH = r"(?!\.\.?(?:/|$))[^/]+(?:/(?!\.\.?(?:/|$))[^/]+)*"
_USERS = r"\d{1,9}"
_FORMS = {
    Property.USER_POOL_ID: _Form("user_pool", rf"(?a:[\w-]{{1,{USER_POOL_ID_CHARACTERS}}})"),
    Property.LOGS_ROLE_ARN: _Form(
        "logs_role", r"(?a:arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]{1,576})"
    ),
    Property.IMPORT_ROLE_ARN: _Form(
        "workflow", rf"(?a:arn:[a-z-]+:iam::\d{{12}}:role{ROLE_PATH}[\w+=,.@-]{{1,64}})"
    ),
    Property.LOGS_ROLE_KIND: _Form("logs_role", "|".join(LogsRoleKind)),
    Property.JOB_NAME: _Form("job_name", JOB_NAME_PATTERN),
    Property.SOURCE_BUCKET: _Form("source", _BUCKET),
    Property.SOURCE_KEY: _Form("source", _TEXT, most_bytes=KEY_BYTES),
    Property.SOURCE_VERSION: _Form("source", _TEXT),
    Property.SOURCE_HASH: _Form("source", _TEXT),
    Property.SOURCE_NAME: _Form("source", _TEXT),
    Property.STAGING_BUCKET: _Form("staging", _BUCKET),
    Property.STAGING_KEY: _Form("staging", rf"(?:{STAGING_PREFIX}|{BACKGROUND_PREFIX}){_PATH}"),
    Property.RECORD_KEY: _Form("staging", rf"{RECORDS_PREFIX}{_PATH}", most_bytes=KEY_BYTES),
    Property.RELAY_RESOURCE: _Form("timeout", "[A-Za-z0-9]{1,255}"),
    Property.LEGS_AFTER: _Form("timeout", r"[0-9]{1,2}", range(MOST_LEGS)),
    Property.WAIT: _Form("wait", f"{TRUE}|{FALSE}"),
    Property.START: _Form("start", f"{TRUE}|{FALSE}"),
    Property.TIMEOUT_SECONDS: _Form("timeout", _USERS, range(1, LONGEST_BACKGROUND_SECONDS + 1)),
    Property.IMPORT_LOG_RETENTION_DAYS: _Form("import_log_retention", r"[1-9]\d{0,3}"),
    Property.TOLERATED_FAILED: _Form("tolerance", _USERS),
    Property.TOLERATED_SKIPPED: _Form("tolerance", _USERS),
    Property.TEST_PASSWORD_SECRET: _Form(
        "test_password",
        r"(?a:arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,519})",
    ),
    Property.CANARY_POOL_ID: _Form("canary", rf"(?a:[\w-]{{1,{USER_POOL_ID_CHARACTERS}}})"),
    Property.CANARY_CLIENT_ID: _Form("canary", r"(?a:[\w+]{1,128})"),
    Property.TEST_PASSWORD_FIELD: _Form("test_password", _TEXT),
    Property.TEST_PASSWORD_VIA: _Form("test_password", "|".join(PasswordVia)),
}
"""The properties that are plain text or numbers."""


class RequestProperties:
    """Reads the properties of a request, each of which is a string that is not empty.

    Every method raises a `RequestError` where the property is missing or not allowed.
    """

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def text(self, name: Property) -> str:
        """Return a text."""
        value = self._properties.get(name)
        form = _FORMS[name]
        if not isinstance(value, str) or not form.allows(value):
            raise RequestError(property_not_allowed(name, value, form.argument))
        return value

    def number(self, name: Property) -> int:
        """Return a whole number."""
        return int(self.text(name))

    def flag(self, name: Property) -> bool:
        """Return a flag."""
        return read_flag(self.text(name))

    def logs_role_kind(self, name: Property) -> LogsRoleKind | None:
        """Return the kind of the logs role; None where it is left out."""
        return LogsRoleKind(self.text(name)) if name in self._properties else None

    def password_via(self, name: Property) -> PasswordVia | None:
        """Return the way to give users their password; None where it is left out."""
        return PasswordVia(self.text(name)) if name in self._properties else None

    def reading(self, name: Property) -> ReadOptions:
        """Return the read options; those of a plain CSV where they are left out."""
        if name not in self._properties:
            return ReadOptions()
        try:
            return ReadOptions.from_json(read_reading(self._properties[name]))
        except (TypeError, ValueError) as error:
            raise RequestError(reading_not_allowed(name)) from error

    def optional_text(self, name: Property) -> str | None:
        """Return a text; None where it is left out."""
        return self.text(name) if name in self._properties else None

    def optional_number(self, name: Property) -> int | None:
        """Return a whole number; None where it is left out."""
        return self.number(name) if name in self._properties else None
