"""The exceptions of this package.

::

    UserImportError          its text may be shown to anyone: no attribute value, no presigned URL
    ├── RequestError         a property of the custom resource is missing or not allowed
    ├── CsvError             the CSV has errors
    ├── SourceError          the CSV cannot be read from its location
    ├── UploadError          the CSV could not be uploaded to the job's presigned URL
    └── AwsError             a service refused a call
        ├── AccessDenied     not allowed, perhaps only not yet: IAM is eventually consistent
        ├── Unusable         an object, key or secret cannot be used before it is changed
        ├── PoolNotFound     the user pool, or a job of it, does not exist
        ├── UserNotFound     the user does not exist (any more)
        ├── NotReady         PreconditionNotMetException, whatever the cause
        ├── Throttled        too many calls; the same call may succeed later
        └── Refused          Cognito refuses the parameters or the caller
            └── RoleRefused  likewise, of a call with the logs role, which may be too new
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from .messages.aws import aws_refusal
from .text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "KmsAccessDeniedException", "403"}
)
_UNUSABLE: Final = frozenset(
    {
        *("NoSuchBucket", "InvalidObjectState", "InvalidRequest", "MethodNotAllowed"),
        *("PermanentRedirect", "301", "AuthorizationHeaderMalformed"),
    }
)
_BUSY: Final = frozenset({"Throttling", "ThrottlingException", "SlowDown"})
_SERVER_ERROR: Final = 500
_KMS: Final = "KMS."
"""The prefix of the codes that S3 passes on from KMS, such as for a key that is disabled."""


class UserImportError(Exception):
    """The base class of this package's exceptions; the text of each is safe to show."""


class RequestError(UserImportError):
    """A property of the custom resource is missing or not allowed."""


class CsvError(UserImportError):
    """The CSV has errors."""


class SourceError(UserImportError):
    """The CSV cannot be read from its location."""


class UploadError(UserImportError):
    """The CSV could not be uploaded to the job's presigned URL."""


class AwsError(UserImportError):
    """A service refused a call, or could not be reached.

    Attributes:
        operation: The call as IAM names it, such as `s3:GetObject`.
        target: The resource; empty where the message names it.
        code: The service's error code, such as `LimitExceededException`, or the name of boto3's
            exception.
        message: The service's message, as one line.
        may_pass: Whether the service failed, was busy, or could not be reached: a later call may
            succeed. The HTTP status says so, and for some services the code.
    """

    def __init__(
        self, *, operation: str, target: str, code: str, message: str, may_pass: bool = False
    ) -> None:
        super().__init__(aws_refusal(operation, target, code, message))
        self.may_pass = may_pass
        self.operation = operation
        self.target = target
        self.code = code
        self.message = message

    @property
    def without_advice(self) -> str:
        """The call, the code and the service's message."""
        return f"{self.operation}: {self.code}: {self.message.removesuffix('.')}"


class AccessDenied(AwsError):
    """The call is not allowed, perhaps only not yet: IAM is eventually consistent."""


class Unusable(AwsError):
    """An object, key or secret cannot be used before it is changed, such as a disabled key."""


class PoolNotFound(AwsError):
    """The user pool, or a job of it, does not exist."""


class UserNotFound(AwsError):
    """The user does not exist, or not any more."""


class NotReady(AwsError):
    """PreconditionNotMetException: the slot is taken, no upload, or a role that cannot be used."""


class Throttled(AwsError):
    """The service throttles the calls, beyond the retries of boto3; a later one may succeed."""


class Refused(AwsError):
    """Cognito refuses a call: InvalidParameterException, NotAuthorizedException, a password."""


class RoleRefused(Refused):
    """Cognito refuses a call with the logs role, which it may do while the role is new."""


@contextmanager
def calling(
    operation: str,
    target: str = "",
    *,
    kinds: Mapping[str, type[AwsError]] | None = None,
    secret: str = "",
) -> Iterator[None]:
    """Raise an `AwsError` for an exception that boto3 raises in the `with` block.

    Args:
        operation: The call as IAM names it, such as `s3:GetObject`.
        target: The resource; empty where the service's message names it.
        kinds: The exceptions of error codes that have one of their own.
        secret: A text that the service may quote, to be left out of its message.

    Raises:
        AwsError: boto3 raised a `ClientError` or a `BotoCoreError`.
    """
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        code = str(details.get("Code", "Unknown"))
        message = _told(str(details.get("Message", "")), secret) or "no message"
        kind = (kinds or {}).get(code) or _kind(code)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        raise kind(
            operation=operation,
            target=target,
            code=code,
            message=message,
            may_pass=status >= _SERVER_ERROR or code in _BUSY,
        ) from error
    except BotoCoreError as error:
        raise AwsError(
            operation=operation,
            target=target,
            code=type(error).__name__,
            message=_told(str(error), secret),
            may_pass=isinstance(error, HTTPClientError),
        ) from error


def _kind(code: str) -> type[AwsError]:
    if code in _DENIED:
        return AccessDenied
    return Unusable if code in _UNUSABLE or code.startswith(_KMS) else AwsError


def _told(message: str, secret: str) -> str:
    # Before the message is cut, so that no part of the secret is left at its end.
    return printable(message.replace(secret, "(left out)") if secret else message)
