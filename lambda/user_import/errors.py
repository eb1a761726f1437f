"""The exceptions that this package raises on purpose.

::

    UserImportError          its text may be shown to anyone: no attribute value, no presigned URL
    ├── RequestError         a property of the custom resource is missing or not allowed
    ├── CsvError             the CSV is not one that Cognito would take
    ├── SourceError          the CSV cannot be read from where it should be
    ├── UploadError          the CSV could not be put to the job's presigned URL
    └── AwsError             a service refused a call
        ├── AccessDenied     not allowed, perhaps only not yet: IAM is eventually consistent
        ├── Unusable         what S3 keeps cannot be used, until somebody changes that
        ├── PoolNotFound     the user pool, or a job of it, does not exist
        ├── NotReady         PreconditionNotMetException, whatever the cause
        └── RoleRefused      InvalidParameter or NotAuthorized, which a new logs role may cause
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from .remedies import advice_on
from .text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})
_UNUSABLE = frozenset(
    {
        *("NoSuchBucket", "InvalidObjectState", "InvalidRequest", "MethodNotAllowed"),
        *("PermanentRedirect", "301", "AuthorizationHeaderMalformed"),
    }
)
_KMS = "KMS."
"""What begins the codes that S3 passes on from KMS: a key that is disabled, or gone."""


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
        told = f"{action}: {code}: {message.removesuffix('.')}."
        super().__init__(" ".join(filter(None, (told, advice_on(action, code)))))
        self.code = code


class AccessDenied(AwsError):
    """The call is not allowed, perhaps only not yet: IAM is eventually consistent."""


class Unusable(AwsError):
    """What S3 keeps cannot be used until somebody changes that, such as a key."""


class PoolNotFound(AwsError):
    """The user pool, or a job of it, does not exist."""


class NotReady(AwsError):
    """Cognito's PreconditionNotMetException: slot taken, no upload, or a role it cannot use."""


class RoleRefused(AwsError):
    """InvalidParameterException or NotAuthorizedException, which a new logs role may cause."""


@contextmanager
def calling(action: str, kinds: Mapping[str, type[AwsError]] | None = None) -> Iterator[None]:
    """Turn what boto3 raises in the ``with`` block into an ``AwsError``.

    Args:
        action: the call as IAM names it, such as ``s3:GetObject``, and on what.
        kinds: error codes that have an exception of their own.
    """
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        code = str(details.get("Code", "Unknown"))
        message = printable(str(details.get("Message", ""))) or "no message"
        raise ((kinds or {}).get(code) or _kind(code))(action, code, message) from error
    except BotoCoreError as error:
        raise AwsError(action, type(error).__name__, printable(str(error))) from error


def _kind(code: str) -> type[AwsError]:
    if code in _DENIED:
        return AccessDenied
    return Unusable if code in _UNUSABLE or code.startswith(_KMS) else AwsError
