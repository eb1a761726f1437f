"""The parameters of the six operations, checked against the service model (facts §2.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .password_hash import ALGORITHMS
from .service_error import ErrorCode, ServiceError, validation_error

if TYPE_CHECKING:
    from collections.abc import Mapping

_POOL_ID = (r"[\w-]+_[0-9a-zA-Z]+", 1, 55)
_JOB_ID = (r"import-[0-9a-zA-Z-]+", 1, 55)
_JOB_NAME = (r"[\w\s+=,.@-]+", 1, 128)
_ROLE_ARN = (
    (
        r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+"
        r"(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?"
    ),
    20,
    2048,
)
_TOKEN = (r"[\S]+", 1, 131_072)

_LARGEST_PAGE = 60


class Parameters:
    """The JSON object of a request; each method checks and returns one member."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def pool_id(self) -> str:
        """Return UserPoolId."""
        return self._text("UserPoolId", *_POOL_ID)

    def job_id(self) -> str:
        """Return JobId."""
        return self._text("JobId", *_JOB_ID)

    def job_name(self) -> str:
        """Return JobName."""
        return self._text("JobName", *_JOB_NAME)

    def role_arn(self) -> str:
        """Return CloudWatchLogsRoleArn."""
        return self._text("CloudWatchLogsRoleArn", *_ROLE_ARN)

    def token(self) -> str | None:
        """Return PaginationToken, if there is one."""
        if self._given.get("PaginationToken") is None:
            return None
        return self._text("PaginationToken", *_TOKEN)

    def algorithm(self) -> str | None:
        """Return PasswordHashingAlgorithm, if there is one."""
        value = self._given.get("PasswordHashingAlgorithm")
        if value is None or value in ALGORITHMS:
            return value
        names = ", ".join(sorted(ALGORITHMS))
        constraint = f"Member must satisfy enum value set: [{names}]"
        raise validation_error(value, "passwordHashingAlgorithm", constraint)

    def max_results(self) -> int:
        """Return MaxResults, 1 to 60."""
        value = self._given.get("MaxResults")
        if value is None:
            raise validation_error(value, "maxResults", "Member must not be null")
        if not isinstance(value, int) or isinstance(value, bool):
            raise ServiceError(ErrorCode.SERIALIZATION, "MaxResults is not an integer")
        if value < 1:
            constraint = "Member must have value greater than or equal to 1"
            raise validation_error(value, "maxResults", constraint)
        if value > _LARGEST_PAGE:
            constraint = f"Member must have value less than or equal to {_LARGEST_PAGE}"
            raise validation_error(value, "maxResults", constraint)
        return value

    def _text(self, name: str, pattern: str, shortest: int, longest: int) -> str:
        value = self._given.get(name)
        member = name[0].lower() + name[1:]
        if value is None:
            raise validation_error(value, member, "Member must not be null")
        if not isinstance(value, str):
            raise ServiceError(ErrorCode.SERIALIZATION, f"{name} is not a string")
        if len(value) < shortest:
            constraint = f"Member must have length greater than or equal to {shortest}"
            raise validation_error(value, member, constraint)
        if len(value) > longest:
            constraint = f"Member must have length less than or equal to {longest}"
            raise validation_error(value, member, constraint)
        if not re.fullmatch(pattern, value):
            constraint = f"Member must satisfy regular expression pattern: {pattern}"
            raise validation_error(value, member, constraint)
        return value
