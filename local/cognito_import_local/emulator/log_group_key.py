"""The key of a log group: its policy must let CloudWatch Logs use it.

AWS (CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management
Service"): the service principal `logs.<Region>.amazonaws.com` needs `kms:Encrypt`, `Decrypt`,
`ReEncrypt*`, `GenerateDataKey*` and `Describe*` in the key's policy, with the encryption context
`aws:logs:arn`, the group's ARN without `:*`. Otherwise the group is not created: "The specified KMS
key does not exist or is not allowed to be used with Arn …". Which of the actions are tried then is
not said: here all are.

MiniStack stores any string. Used: `cloudwatch_logs._create_log_group`;
`provisioners._RESOURCE_HANDLERS`.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs

from . import rights
from .resource_changes import ResourceChange, check_before
from .scope import current_scope

_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
)


class KeyNotAllowedError(ValueError):
    """A log group is to have a key that CloudWatch Logs may not use."""


def patch() -> None:
    """Patch CreateLogGroup."""
    create = cloudwatch_logs._create_log_group

    def create_checked(data: Any) -> Any:
        refusal = _refusal(data.get("logGroupName"), data.get("kmsKeyId"))
        if refusal is not None:
            return responses.error_response_json("AccessDeniedException", refusal, 400)
        return create(data)

    cloudwatch_logs._create_log_group = create_checked


def patch_cloudformation(provisioners: Any) -> None:
    """Patch CloudFormation's log groups."""
    check_before(provisioners, "AWS::Logs::LogGroup", _check)


def _check(change: ResourceChange) -> None:
    key_id = change.new.get("KmsKeyId")
    if change.physical_id is None:
        default = f"/aws/cloudformation/{change.stack}/{change.logical_id}"
        refusal = _refusal(change.new.get("LogGroupName") or default, key_id)
    elif key_id != change.old.get("KmsKeyId"):
        refusal = _refusal(change.physical_id, key_id)
    else:
        return
    if refusal is not None:
        raise KeyNotAllowedError(
            f'Resource handler returned message: "{refusal} '
            '(Service: CloudWatchLogs, Status Code: 400)" (HandlerErrorCode: AccessDenied)'
        )


def _refusal(name: Any, key_id: str | None) -> str | None:
    if not key_id or not isinstance(name, str):
        return None
    scope = current_scope()
    arn = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{name}"
    record = rights.key_of(key_id)
    if record is not None and all(
        rights.service_may(
            scope,
            record.get("Policy"),
            f"logs.{scope.region}.amazonaws.com",
            action=action,
            resource=record["Arn"],
            keys={"kms:encryptioncontext:aws:logs:arn": arn},
        )
        for action in _ACTIONS
    ):
        return None
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
