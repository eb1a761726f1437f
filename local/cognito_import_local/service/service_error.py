"""The errors of the import service, as its service model names them (facts §4)."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """The error codes as the API spells them."""

    ACCESS_DENIED = "AccessDeniedException"
    """The caller's policies do not allow the action."""

    INTERNAL = "InternalErrorException"

    INVALID_PARAMETER = "InvalidParameterException"
    """A parameter breaks a constraint of the service model."""

    LIMIT_EXCEEDED = "LimitExceededException"
    """The pool has the highest allowed number of jobs (§2.5)."""

    PRECONDITION_NOT_MET = "PreconditionNotMetException"
    """The state of the job, role, pool or account does not allow Start or Stop."""

    RESOURCE_NOT_FOUND = "ResourceNotFoundException"
    """The user pool or the job does not exist."""

    SERIALIZATION = "SerializationException"
    """The body of the request is not a JSON object."""

    TOO_MANY_REQUESTS = "TooManyRequestsException"
    """The call is above a request-rate quota (§2.5)."""


class ServiceError(Exception):
    """An error response of the import service.

    Attributes:
        code: The error code.
        status: The HTTP status: 500 for an internal error, else 400.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = 500 if code is ErrorCode.INTERNAL else 400


def validation_error(value: object, member: str, constraint: str) -> ServiceError:
    """Return the error for a constraint that is not met, in AWS's wording."""
    shown = "null" if value is None else f"'{value}'"
    return ServiceError(
        ErrorCode.INVALID_PARAMETER,
        f"1 validation error detected: Value {shown} at '{member}' failed to satisfy "
        f"constraint: {constraint}",
    )
