"""The errors of the import service, as its service model names them (facts §4).

    ServiceError
    ├── AccessDeniedError            the caller's policies
    ├── InvalidParameterError
    ├── LimitExceededError
    ├── PreconditionNotMetError
    ├── ResourceNotFoundError
    ├── SerializationError           the body is not JSON
    └── TooManyRequestsError

Every one of them becomes an answer in `http.error_answer`.
"""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """An answer with an error code; HTTP 400 for all but InternalErrorException."""

    code: ClassVar[str] = "InternalErrorException"
    status: ClassVar[int] = 500


class AccessDeniedError(ServiceError):
    """The caller's policies do not allow the action."""

    code = "AccessDeniedException"
    status = 400


class InvalidParameterError(ServiceError):
    """A parameter breaks a constraint of the service model."""

    code = "InvalidParameterException"
    status = 400


class LimitExceededError(ServiceError):
    """The pool has as many jobs as it may have (§2.5)."""

    code = "LimitExceededException"
    status = 400


class PreconditionNotMetError(ServiceError):
    """Start or Stop came when the job, the role, the pool or the account did not allow it."""

    code = "PreconditionNotMetException"
    status = 400


class ResourceNotFoundError(ServiceError):
    """There is no such user pool or job."""

    code = "ResourceNotFoundException"
    status = 400


class SerializationError(ServiceError):
    """The request's body is not a JSON object."""

    code = "SerializationException"
    status = 400


class TooManyRequestsError(ServiceError):
    """The call is above a request-rate quota (§2.5)."""

    code = "TooManyRequestsException"
    status = 400


def validation_error(value: object, member: str, constraint: str) -> InvalidParameterError:
    """Return a failed constraint, worded as AWS words them."""
    shown = "null" if value is None else f"'{value}'"
    return InvalidParameterError(
        f"1 validation error detected: Value {shown} at '{member}' failed to satisfy "
        f"constraint: {constraint}"
    )
