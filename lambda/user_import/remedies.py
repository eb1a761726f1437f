"""What to do about a refusal of AWS: for the codes whose message does not say it.

Sources: Amazon S3 API Reference, "Error responses"; Amazon Cognito API Reference, the errors of the
import operations.
"""

from __future__ import annotations

_DENIED_READ = (
    "Check that the object exists (S3 gives the same answer for a missing object to callers that "
    "may not list the bucket), and that the policies of its bucket and of its KMS key let the role "
    "of the import read it. Where the CDK bootstrap bucket has a KMS key of your own, grant it: "
    "key.grant_decrypt(seed.role)."
)
_DENIED_WRITE = (
    "Check that the policies of the staging bucket, of its KMS key and of your organisation let "
    "the role of the import write there."
)
_ASSUME = (
    "The role must trust the worker of the import's workflow for this stack, and no permissions "
    "boundary may deny the worker sts:AssumeRole: deploy the stack that owns the workflow first, "
    "and leave the role as the library makes it."
)
_NOT_ENABLED = (
    "Cognito takes no imports into this user pool now: the Region holds a replica of the pool, or "
    "a point-in-time recovery runs. Deploy in the pool's primary Region, or again when the "
    "recovery has ended."
)
_OTHER_REGION = "The bucket is in another Region; give the import one in the Region of the stack."
_TOO_OFTEN = "AWS was asked too often, and so for more than a minute; deploy again later."
_LOGS_ROLE = (
    "Check the logs role: it must be of this account, and cognito-idp.amazonaws.com must be "
    "allowed to assume it."
)

_ADVICE = {
    "sts:AssumeRole": {"AccessDenied": _ASSUME},
    "s3:GetObject": {
        "AccessDenied": _DENIED_READ,
        "403": _DENIED_READ,
        "InvalidObjectState": "The object is archived: restore it, or copy it to a storage class "
        "that can be read at once, and deploy again.",
        "PermanentRedirect": _OTHER_REGION,
        "301": _OTHER_REGION,
        "AuthorizationHeaderMalformed": _OTHER_REGION,
        "MethodNotAllowed": "This version is a delete marker; name one that has content.",
        "IncompleteReadError": "The object broke off while it was read, again and again; deploy "
        "again.",
    },
    "s3:PutObject": {
        "AccessDenied": _DENIED_WRITE,
        "403": _DENIED_WRITE,
        "NoSuchBucket": "Somebody has deleted the staging bucket: make it again with this name, or "
        "give the import another one.",
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
_EVERYWHERE = {
    "OperationNotEnabledException": _NOT_ENABLED,
    "KMS.DisabledException": "Enable the KMS key, and deploy again.",
    "KMS.KMSInvalidStateException": "Cancel the deletion of the KMS key, enable it, and deploy "
    "again.",
    "KMS.NotFoundException": "The KMS key is gone: what it encrypted cannot be read any more. Give "
    "the bucket another key, and put the object there again.",
    "SlowDown": _TOO_OFTEN,
    "503": _TOO_OFTEN,
    "Throttling": _TOO_OFTEN,
    "TooManyRequestsException": _TOO_OFTEN,
}


def advice_on(action: str, code: str) -> str:
    """Return a sentence on what to do, or nothing.

    Args:
        action: the call as IAM names it, perhaps with what it is about after a space.
        code: the error code as the service gave it.
    """
    operation = action.partition(" ")[0]
    return _ADVICE.get(operation, {}).get(code) or _EVERYWHERE.get(code, "")
