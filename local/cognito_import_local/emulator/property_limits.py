r"""What the properties of a resource may look like, and how large they may be.

AWS: the schemas of the resource types and the API references of the services give patterns and
lengths; "Lambda quotas" has the size of environment variables, "Step Functions service quotas" that
of a definition. A property outside of its schema fails the resource: "Properties validation failed
for resource … with message: …".

MiniStack's handlers take any value. Its CloudFormation itself has the quotas of templates and
stacks. Used: `provisioners._RESOURCE_HANDLERS`.

Setting: none; always on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .resource_changes import ResourceChange, check_before

if TYPE_CHECKING:
    from collections.abc import Iterator

_IAM_NAME = r"[\w+=,.@-]+"
_IAM_TEXT = r"[\t\n\r -~¡-ÿ]*"
_ANYTHING = r"(?s).*"


@dataclass(frozen=True, slots=True)
class _Text:
    """What a string may be."""

    longest: int
    pattern: str = _ANYTHING
    shortest: int = 0


@dataclass(frozen=True, slots=True)
class _Number:
    """What a number may be."""

    least: int
    most: int


_RULES: dict[str, dict[str, _Text | _Number]] = {
    "AWS::EC2::SecurityGroup": {
        "GroupDescription": _Text(255, r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*"),
    },
    "AWS::Events::Rule": {
        "Name": _Text(64, r"[.\-_A-Za-z0-9]+"),
        "Description": _Text(512),
    },
    "AWS::IAM::ManagedPolicy": {
        "ManagedPolicyName": _Text(128, _IAM_NAME),
        "Description": _Text(1000, _IAM_TEXT),
    },
    "AWS::IAM::Policy": {"PolicyName": _Text(128, _IAM_NAME)},
    "AWS::IAM::Role": {
        "RoleName": _Text(64, _IAM_NAME),
        "Path": _Text(512, r"/|/[!-~]+/"),
        "Description": _Text(1000, _IAM_TEXT),
        "MaxSessionDuration": _Number(3600, 43200),
    },
    "AWS::KMS::Key": {"Description": _Text(8192)},
    "AWS::Lambda::Function": {
        "FunctionName": _Text(64, r"[a-zA-Z0-9-_]+"),
        "Description": _Text(256),
        "Handler": _Text(128, r"[^\s]+"),
        "Timeout": _Number(1, 900),
        "MemorySize": _Number(128, 10240),
    },
    "AWS::Logs::LogGroup": {"LogGroupName": _Text(512, r"[.\-_/#A-Za-z0-9]+")},
    "AWS::S3::Bucket": {
        "BucketName": _Text(63, r"(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]", shortest=3)
    },
    "AWS::SQS::Queue": {"QueueName": _Text(80, r"[a-zA-Z0-9_-]+(\.fifo)?")},
    "AWS::StepFunctions::StateMachine": {
        "StateMachineName": _Text(80, r"[0-9A-Za-z_-]+"),
        "DefinitionString": _Text(1_048_576),
    },
}
_ENVIRONMENT_BYTES = 4096


class InvalidPropertyError(ValueError):
    """A property is not as its type's schema wants it."""


def patch_cloudformation(provisioners: Any) -> None:
    """Check properties when resources are created and updated."""
    for kind, rules in _RULES.items():
        check_before(provisioners, kind, partial(_check, rules))
    check_before(provisioners, "AWS::Lambda::Function", _check_environment)


def _check(rules: dict[str, _Text | _Number], change: ResourceChange) -> None:
    problems = ", ".join(_problems(change.new, rules))
    if problems:
        raise InvalidPropertyError(
            f"Properties validation failed for resource {change.logical_id or change.physical_id} "
            f"with message: [{problems}]"
        )


def _problems(properties: Any, rules: dict[str, _Text | _Number]) -> Iterator[str]:
    for name, rule in rules.items():
        value = properties.get(name)
        if value is not None:
            problem = (
                _text_problem(str(value), rule)
                if isinstance(rule, _Text)
                else _number_problem(value, rule)
            )
            if problem:
                yield f"#/{name}: {problem}"


def _text_problem(value: str, rule: _Text) -> str | None:
    if len(value) > rule.longest:
        return f"expected maxLength: {rule.longest}, actual: {len(value)}"
    if len(value) < rule.shortest:
        return f"expected minLength: {rule.shortest}, actual: {len(value)}"
    if not re.fullmatch(rule.pattern, value, re.ASCII):
        return "failed validation constraint for keyword [pattern]"
    return None


def _number_problem(value: Any, rule: _Number) -> str | None:
    if int(value) < rule.least:
        return f"{value} is not greater or equal to {rule.least}"
    if int(value) > rule.most:
        return f"{value} is not less or equal to {rule.most}"
    return None


def _check_environment(change: ResourceChange) -> None:
    variables = (change.new.get("Environment") or {}).get("Variables") or {}
    if len(json.dumps(variables, separators=(",", ":")).encode()) > _ENVIRONMENT_BYTES:
        raise InvalidPropertyError(
            'Resource handler returned message: "Lambda was unable to configure your environment '
            "variables because the environment variables you have provided exceeded the 4KB limit. "
            '(Service: Lambda, Status Code: 400)" (HandlerErrorCode: InvalidRequest)'
        )
