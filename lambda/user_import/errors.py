"""The exceptions that this package raises on purpose.

::

    UserImportError          its text may be shown to anyone: no attribute value, no presigned URL
    ├── RequestError         a property of the custom resource is missing or not allowed
    ├── CsvError             the CSV is not one that Cognito would take
    ├── SourceError          the CSV cannot be read from where it should be
    ├── UploadError          the CSV could not be put to the job's presigned URL
    └── AwsError             a service refused a call
        ├── AccessDenied     not allowed, perhaps only not yet: IAM is eventually consistent
        ├── PoolNotFound     the user pool, or a job of it, does not exist
        ├── NotReady         PreconditionNotMetException, whatever the cause
        └── RoleRefused      InvalidParameter or NotAuthorized, which a new logs role may cause
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})


class UserImportError(Exception):
    """Anything that this package raises on purpose; its text is safe to show."""


class RequestError(UserImportError):
    """A property of the custom resource is missing or not allowed."""


class CsvError(UserImportError):
    """The CSV is not one that Cognito would take."""


class SourceError(UserImportError):
    """The CSV cannot be read from where it should be."""


class UploadError(UserImportError):
    """The CSV could not be put to the job's presigned URL."""


class AwsError(UserImportError):
    """A service refused a call.

    Attributes:
        code: the error code as the service gave it, such as ``LimitExceededException``.
    """

    def __init__(self, action: str, code: str, message: str) -> None:
        super().__init__(f"{action}: {code}: {message}")
        self.code = code


class AccessDenied(AwsError):
    """The call is not allowed, perhaps only not yet: IAM is eventually consistent."""


class PoolNotFound(AwsError):
    """The user pool, or a job of it, does not exist."""


class NotReady(AwsError):
    """Cognito's PreconditionNotMetException: slot taken, no upload, or a role it cannot use."""


class RoleRefused(AwsError):
    """InvalidParameterException or NotAuthorizedException, which a new logs role may cause."""


def aws_error(
    error: ClientError, action: str, kinds: dict[str, type[AwsError]] | None = None
) -> AwsError:
    """Return the exception for a service's refusal.

    Args:
        error: what boto3 raised.
        action: the call as IAM names it, such as ``s3:GetObject``.
        kinds: error codes that have an exception of their own.
    """
    details = error.response.get("Error", {})
    code = str(details.get("Code", "Unknown"))
    message = str(details.get("Message", "")).strip() or "no message"
    kind = (kinds or {}).get(code) or (AccessDenied if code in _DENIED else AwsError)
    return kind(action, code, message)
