r"""What the properties of a resource may look like, and how large they may be.

AWS: the schemas of the resource types and the API references of the services give patterns and
lengths; "Lambda quotas" has the size of environment variables, "Step Functions service quotas" that
of a definition. A property outside of its schema fails the resource: "Properties validation failed
for resource … with message: …".

MiniStack's handlers take any value. Its CloudFormation itself has the quotas of templates and
stacks. Used: `provisioners._RESOURCE_HANDLERS`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_IAM_NAME: Final = r"[\w+=,.@-]+"
_IAM_TEXT: Final = r"[\t\n\r -~¡-ÿ]*"
_ANYTHING: Final = r"(?s).*"


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


_RULES: Final[dict[str, dict[str, _Text | _Number]]] = {
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
_ENVIRONMENT_BYTES: Final = 4096


class InvalidPropertyError(ValueError):
    """A property is not as its type's schema wants it."""


def patch_cloudformation(provisioners: Any) -> None:
    """Check properties when resources are created and updated."""
    for kind, rules in _RULES.items():
        handler = provisioners._RESOURCE_HANDLERS[kind]
        _check_before(handler, rules)
    function = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    function["create"] = _before_create(function["create"], _check_environment)
    function["update"] = _before_update(function["update"], _check_environment)


def _check_before(handler: dict[str, Any], rules: dict[str, _Text | _Number]) -> None:
    def check(logical_id: str, properties: Any) -> None:
        problems = ", ".join(_problems(properties, rules))
        if problems:
            raise InvalidPropertyError(
                f"Properties validation failed for resource {logical_id} with message: [{problems}]"
            )

    handler["create"] = _before_create(handler["create"], check)
    if "update" in handler:
        handler["update"] = _before_update(handler["update"], check)


def _before_create(
    create: Callable[..., Any], check: Callable[[str, Any], None]
) -> Callable[..., Any]:
    def create_checked(logical_id: str, properties: Any, stack: str) -> Any:
        check(logical_id, properties)
        return create(logical_id, properties, stack)

    return create_checked


def _before_update(
    update: Callable[..., Any], check: Callable[[str, Any], None]
) -> Callable[..., Any]:
    def update_checked(physical_id: str, old: Any, new: Any, stack: str, *rest: Any) -> Any:
        check(rest[0] if rest else physical_id, new)
        return update(physical_id, old, new, stack, *rest)

    return update_checked


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


def _check_environment(_logical_id: str, properties: Any) -> None:
    variables = (properties.get("Environment") or {}).get("Variables") or {}
    if len(json.dumps(variables, separators=(",", ":")).encode()) > _ENVIRONMENT_BYTES:
        raise InvalidPropertyError(
            'Resource handler returned message: "Lambda was unable to configure your environment '
            "variables because the environment variables you have provided exceeded the 4KB limit. "
            '(Service: Lambda, Status Code: 400)" (HandlerErrorCode: InvalidRequest)'
        )
