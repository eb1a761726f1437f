"""Refusals of AWS and their remedies, and the problems of source, staged CSV, upload and stack.

Sources of the remedies: Amazon S3 API Reference, "Error responses"; Amazon Cognito API Reference,
the errors of the import operations.
"""

from __future__ import annotations

from typing import Final

from ..contract import IMPORT_PRINCIPAL


def aws_refusal(operation: str, target: str, code: str, message: str) -> str:
    """Name a refused call, the service's code and message, and a remedy where one is known.

    Args:
        operation: The call as IAM names it, such as `s3:GetObject`.
        target: The resource; empty where the message names it.
        code: The service's error code.
        message: The service's message, as one line.
    """
    called = f"{operation} of {target}" if target else operation
    refusal = f"{called}: {code}: {message.removesuffix('.')}."
    return " ".join(filter(None, (refusal, remedy(operation, code))))


def remedy(operation: str, code: str) -> str:
    """Return what to do about an error code whose message does not say it, or nothing."""
    return REMEDIES.get(operation, {}).get(code) or REMEDIES_OF_ANY_CALL.get(code, "")


LIST_JOBS: Final = "aws cognito-idp list-user-import-jobs --max-results 60 --user-pool-id"
"""The command that lists the last jobs of one user pool, whose id follows. Both options are
required (Amazon Cognito API Reference, `ListUserImportJobs`)."""

_DENIED_READ: Final = (
    "Check that the object exists: S3 may answer in the same way for a missing object. Then check "
    "that the policies of its bucket and of its KMS key let the role of the import read it. If the "
    "CDK bootstrap bucket has a KMS key of your own, grant it: key.grant_decrypt(seed.role)."
)
_DENIED_WRITE: Final = (
    "Check that the policies of the staging bucket, of its KMS key and of your organisation let "
    "the role of the import write there."
)
_DENIED_ROLE: Final = (
    "The worker of the import workflow cannot assume the role of the import. Deploy the stack that "
    "owns the workflow first, and leave the role as the library makes it. Check that no "
    "permissions boundary denies the worker sts:AssumeRole."
)
_DENIED_LIST: Final = (
    "Check that the bucket's policy lets the role of the import list the prefix (s3:ListBucket)."
)
_OTHER_REGION: Final = (
    "The bucket is in another Region; give the import one in the Region of the stack."
)
_THROTTLED: Final = "AWS throttled the calls for more than a minute; deploy again later."
_DENIED_VALUE: Final = (
    "Check that the policies of the secret and of its KMS key let the role of the import read it. "
    "For a secret that the app imports and that has a key of its own, name the key: "
    "Secret.from_secret_attributes(…, encryption_key=…)."
)
_NO_VALUE: Final = (
    "Create the secret in the Region of the stack, give it a value, or correct the secret of "
    "test_password; then deploy again."
)
_NO_ROUTE: Final = (
    "If the import workflow runs in a VPC, give that an endpoint for Secrets Manager or a NAT."
)
_USABLE: Final = (
    f"it must be of this account, let {IMPORT_PRINCIPAL} assume it, and allow logs:CreateLogGroup, "
    "logs:CreateLogStream, logs:DescribeLogStreams and logs:PutLogEvents on log groups "
    "/aws/cognito/*"
)
_LOGS_ROLE: Final = f"Check the logs role: {_USABLE}."
_SLOT_OR_LOGS_ROLE: Final = (
    "Cognito does not say why. Either another import job runs in this account, perhaps of another "
    f"user pool: look for it in each pool ({LIST_JOBS} …), wait for its end or stop it, and deploy "
    f"again. Or Cognito cannot use the logs role: {_USABLE}."
)
REMEDIES: Final = {
    "sts:AssumeRole": {"AccessDenied": _DENIED_ROLE},
    "s3:GetObject": {
        "AccessDenied": _DENIED_READ,
        "403": _DENIED_READ,
        "InvalidObjectState": "The object is archived: restore it, or copy it to a storage class "
        "that can be read at once, and deploy again.",
        "PermanentRedirect": _OTHER_REGION,
        "301": _OTHER_REGION,
        "AuthorizationHeaderMalformed": _OTHER_REGION,
        "MethodNotAllowed": "This version is a delete marker; name one that has content.",
        "IncompleteReadError": "The connection broke each time while the object was read; deploy "
        "again.",
    },
    "s3:ListBucket": {
        "AccessDenied": _DENIED_LIST,
        "PermanentRedirect": _OTHER_REGION,
        "AuthorizationHeaderMalformed": _OTHER_REGION,
    },
    "s3:PutObject": {
        "AccessDenied": _DENIED_WRITE,
        "403": _DENIED_WRITE,
        "NoSuchBucket": "The staging bucket was deleted: create it again with this name, or give "
        "the import another one.",
        "PermanentRedirect": _OTHER_REGION,
    },
    "secretsmanager:GetSecretValue": {
        "AccessDeniedException": _DENIED_VALUE,
        "ResourceNotFoundException": _NO_VALUE,
        "ConnectTimeoutError": _NO_ROUTE,
        "EndpointConnectionError": _NO_ROUTE,
    },
    "cognito-idp:CreateUserImportJob": {
        "InvalidParameterException": _LOGS_ROLE,
        "NotAuthorizedException": _LOGS_ROLE,
        "PreconditionNotMetException": _LOGS_ROLE,
    },
    "cognito-idp:StartUserImportJob": {
        "InvalidParameterException": _LOGS_ROLE,
        "NotAuthorizedException": _LOGS_ROLE,
        "PreconditionNotMetException": _SLOT_OR_LOGS_ROLE,
        "TooManyRequestsException": _SLOT_OR_LOGS_ROLE,
    },
}
REMEDIES_OF_ANY_CALL: Final = {
    "OperationNotEnabledException": "Cognito does not accept imports into this user pool now: the "
    "Region holds a replica of the pool, or a point-in-time recovery runs. Deploy in the pool's "
    "primary Region, or again when the recovery has ended.",
    "KMS.DisabledException": "Enable the KMS key, and deploy again.",
    "KMS.KMSInvalidStateException": "Cancel the deletion of the KMS key, enable it, and deploy "
    "again.",
    "KMS.NotFoundException": "The KMS key was deleted: objects that it encrypted cannot be read "
    "any more. Give the bucket another key, and put the object there again.",
    "SlowDown": _THROTTLED,
    "503": _THROTTLED,
    "Throttling": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
}


def source_missing(source: str) -> str:
    """Name a source object, version or bucket that does not exist."""
    return (
        f"{source} does not exist. Upload the users there, or correct the import's source, "
        "and deploy again."
    )


def secret_is_binary() -> str:
    """Say that a secret is not text."""
    return "the secret is binary; it must be text"


def staged_changed(address: str) -> str:
    """Say that the size of the staged CSV has changed since it was staged."""
    return f"{address} has changed since it was staged."


def upload_failed(problem: str) -> str:
    """Say why the upload to a job's presigned URL failed; the URL is a secret."""
    return (
        f"The upload to the import job's presigned URL failed: {problem}. Deploy again; if that "
        "does not help, check whether a proxy or the policy of a VPC endpoint keeps the import's "
        "worker from Cognito's own bucket."
    )


def connection_broke(kind: str) -> str:
    """Name the kind of error that broke a connection, for `upload_failed`."""
    return f"the connection broke ({kind})"


def http_status(status: int, code: str) -> str:
    """Name an HTTP status and an error code, which may be empty, for `upload_failed`."""
    return f"HTTP status {status}" + (f", {code}" if code else "")


def stack_operation_ended(status: str) -> str:
    """Say that the stack operation of a Create or Update has ended."""
    return (
        f"The stack is {status}: the stack operation has already ended, and the import was "
        "cancelled."
    )
