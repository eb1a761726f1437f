"""The texts that the handler puts into an answer to CloudFormation, one constant or function each.

A text says what is wrong, where, what is allowed and what to do. It never holds an attribute value
of a user, a password hash, a presigned URL or the URL that takes the answer.

Standard library only: the starter imports this module.
"""

from __future__ import annotations

from typing import Final

from .contract import (
    JOB_NAME_CHARACTERS,
    KEY_BYTES,
    LONGEST_TIMEOUT_SECONDS,
    MOST_TOLERATED,
    PROBLEMS_FILE,
    ROLE_PATH,
    STAGING_PREFIX,
    Property,
    log_group_name,
)
from .text import printable

_VALUE_CHARACTERS: Final = 100
_VERSION_CHARACTERS: Final = 10

# The custom resource's properties (steps/import_request, steps/request_properties, aws/credentials)

_BUCKET: Final = "the name of a bucket"
_USERS: Final = f"a number of users, from 0 to {MOST_TOLERATED}; left out it is any number"

ALLOWED: Final = {
    Property.USER_POOL_ID: "the id of a user pool, as in eu-central-1_AbCdEfGhI",
    Property.LOGS_ROLE_ARN: "the ARN of an IAM role",
    Property.IMPORT_ROLE_ARN: f"the ARN of a role with the path {ROLE_PATH}",
    Property.JOB_NAME: f"1 to {JOB_NAME_CHARACTERS} letters, digits, spaces and _+=,.@-",
    Property.SOURCE_BUCKET: _BUCKET,
    Property.SOURCE_KEY: f"an object's key of 1 to {KEY_BYTES:,} bytes",
    Property.SOURCE_VERSION: "the version of an object, or left out",
    Property.SOURCE_HASH: "the hash of an asset, or left out",
    Property.SOURCE_NAME: "the name of the file in errors",
    Property.STAGING_BUCKET: _BUCKET,
    Property.STAGING_KEY: f"a key in a folder of {STAGING_PREFIX}",
    Property.START: "true or false",
    Property.TIMEOUT_SECONDS: f"a whole number of seconds, from 1 to {LONGEST_TIMEOUT_SECONDS}",
    Property.IMPORT_LOG_RETENTION_DAYS: "a number of days, or left out",
    Property.TOLERATED_FAILED: _USERS,
    Property.TOLERATED_SKIPPED: _USERS,
}
"""The allowed values of each property, in words."""


def property_not_allowed(name: Property, value: object, argument: str) -> str:
    """Name a property that is missing or not allowed, and the construct's argument behind it."""
    return (
        f"The custom resource's property {name} {_found(value)}; it must be {ALLOWED[name]}. It "
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
    """Refuse the read options without a word of them: constants and defaults are users' values."""
    return (
        f"The custom resource's property {name} is not one that this library has written, or one "
        "of another version. It comes from the import's source: deploy again without overriding it."
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

# Refusals of AWS (errors)
#
# Sources of the remedies: Amazon S3 API Reference, "Error responses"; Amazon Cognito API Reference,
# the errors of the import operations.


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


_DENIED_READ: Final = (
    "Check that the object exists (S3 gives the same answer for a missing object to callers that "
    "may not list the bucket), and that the policies of its bucket and of its KMS key let the role "
    "of the import read it. Where the CDK bootstrap bucket has a KMS key of your own, grant it: "
    "key.grant_decrypt(seed.role)."
)
_DENIED_WRITE: Final = (
    "Check that the policies of the staging bucket, of its KMS key and of your organisation let "
    "the role of the import write there."
)
_DENIED_ROLE: Final = (
    "The role must trust the worker of the import's workflow for this stack, and no permissions "
    "boundary may deny the worker sts:AssumeRole: deploy the stack that owns the workflow first, "
    "and leave the role as the library makes it."
)
_OTHER_REGION: Final = (
    "The bucket is in another Region; give the import one in the Region of the stack."
)
_THROTTLED: Final = "AWS throttled the calls for more than a minute; deploy again later."
_LOGS_ROLE: Final = (
    "Check the logs role: it must be of this account, and cognito-idp.amazonaws.com must be "
    "allowed to assume it."
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
    "s3:PutObject": {
        "AccessDenied": _DENIED_WRITE,
        "403": _DENIED_WRITE,
        "NoSuchBucket": "The staging bucket was deleted: create it again with this name, or give "
        "the import another one.",
        "PermanentRedirect": _OTHER_REGION,
    },
    "cognito-idp:CreateUserImportJob": {
        "InvalidParameterException": _LOGS_ROLE,
        "NotAuthorizedException": _LOGS_ROLE,
        "PreconditionNotMetException": _LOGS_ROLE,
    },
    "cognito-idp:StartUserImportJob": {
        "InvalidParameterException": _LOGS_ROLE,
        "NotAuthorizedException": _LOGS_ROLE,
        "PreconditionNotMetException": "Either another import runs in this account, or Cognito "
        "cannot use the logs role.",
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


# The source, the staged CSV, the upload, the stack (aws/)


def source_missing(source: str) -> str:
    """Name a source object, version or bucket that does not exist."""
    return (
        f"There is no {source}. Put the users there, or correct the import's source, and deploy "
        "again."
    )


def staged_changed(address: str) -> str:
    """Say that the staged CSV is not as long as it was when it was staged."""
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
    """Say that the operation ended that a Create or Update was part of."""
    return (
        f"The stack is {status}: the stack operation has already ended, and the import was "
        "cancelled."
    )


# Answers of the starter (starter)


def workflow_not_started(problem: str) -> str:
    """Say why no execution of the workflow was started."""
    return f"The import workflow could not be started. {problem}"


def property_missing(name: Property) -> str:
    """Name a property that is missing, for `workflow_not_started`."""
    return f"The custom resource has no property {name}."


def workflow_broke(status: str, cause: str, user_pool: str, execution_arn: str) -> str:
    """Say that an execution ended without an answer.

    Args:
        status: The status of the execution.
        cause: The error's name; may be empty.
        user_pool: The id of the user pool.
        execution_arn: The execution.
    """
    return (
        f"The import workflow ended as {status}{f' ({cause})' if cause else ''} before it could "
        f"report. An import job may still be running in user pool {user_pool}. Execution: "
        f"{execution_arn}"
    )


def not_cleaned_up(user_pool: str, import_id: str, bucket: str, key: str) -> str:
    """Say what a Delete leaves behind that could not run."""
    return (
        "Deleted WITHOUT CLEANING UP: a part of the import workflow was removed or locked. No job "
        f"was stopped: look for jobs of user pool {user_pool} whose names have {import_id} in them "
        "(aws cognito-idp list-user-import-jobs), and stop those that are Pending or InProgress. "
        f"Nothing was deleted: s3://{bucket}/{key} and {PROBLEMS_FILE} beside it, which the "
        "bucket's lifecycle rule deletes after a day; log group "
        f"{log_group_name(user_pool, '<name of the pool>')}."
    )
