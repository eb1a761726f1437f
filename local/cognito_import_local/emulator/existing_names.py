"""A resource with a name of its own cannot be made where one of that name is.

AWS (CloudFormation User Guide, "Name type"): a custom name must be unique, and the creation of a
second resource fails with HandlerErrorCode AlreadyExists.

MiniStack's handlers replace the existing resource; only that of `AWS::S3::Bucket` refuses. Names
that MiniStack generates are not checked: unlike at AWS, they are the same in the next stack of that
name. Used: `provisioners._RESOURCE_HANDLERS`; the stores `lambda_svc._functions`,
`stepfunctions._state_machines`, `cloudwatch_logs._log_groups`, `iam._roles`, `iam._policies`,
`sqs._queue_name_to_url`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch_logs, iam, lambda_svc

from .resource_changes import ResourceChange, check_before
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Callable


class AlreadyExistsError(ValueError):
    """Something has the name that a resource is to have."""


def _machine_arn(name: str) -> str:
    scope = current_scope()
    return f"arn:aws:states:{scope.region}:{scope.account}:stateMachine:{name}"


def _has_machine(name: str) -> bool:
    module: Any = importlib.import_module("ministack.services.stepfunctions")
    return _machine_arn(name) in module._state_machines


def _has_queue(name: str) -> bool:
    module: Any = importlib.import_module("ministack.services.sqs")
    return name in module._queue_name_to_url


def _has_policy(name: str) -> bool:
    return any(policy["PolicyName"] == name for policy in iam._policies.values())


_LOG_GROUP_EXISTS = (
    "Resource of type 'AWS::Logs::LogGroup' with identifier "
    """'{{"/properties/LogGroupName":"{name}"}}' already exists."""
)
_NAMED: dict[str, tuple[str, Callable[[str], bool], str]] = {
    "AWS::IAM::ManagedPolicy": (
        "ManagedPolicyName",
        _has_policy,
        "A policy called {name} already exists. Duplicate names are not allowed.",
    ),
    "AWS::IAM::Role": (
        "RoleName",
        lambda name: name in iam._roles,
        "Role with name {name} already exists.",
    ),
    "AWS::Lambda::Function": (
        "FunctionName",
        lambda name: name in lambda_svc._functions,
        "Function already exist: {name}",
    ),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        lambda name: name in cloudwatch_logs._log_groups,
        _LOG_GROUP_EXISTS,
    ),
    "AWS::SQS::Queue": (
        "QueueName",
        _has_queue,
        "Resource of type 'AWS::SQS::Queue' with identifier '{name}' already exists.",
    ),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        _has_machine,
        "State Machine Already Exists: '{name}'",
    ),
}


def patch_cloudformation(provisioners: Any) -> None:
    """Check names when resources are created."""
    for kind, rule in _NAMED.items():
        check_before(provisioners, kind, partial(_check, *rule))


def _check(
    name_property: str, exists: Callable[[str], bool], text: str, change: ResourceChange
) -> None:
    name = change.new.get(name_property)
    if change.physical_id is None and name and exists(name):
        message = text.format(name=name)
        raise AlreadyExistsError(
            f'Resource handler returned message: "{message}" (HandlerErrorCode: AlreadyExists)'
        )
