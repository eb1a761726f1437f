"""Acknowledgments of cdk-nag's findings on this library's resources, with the reasons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import Acknowledgment, Stack, Validations

if TYPE_CHECKING:
    from constructs import IConstruct


def acknowledge(
    construct: IConstruct, rule: str, reason: str, *, pack: str = "AwsSolutions"
) -> None:
    """Acknowledge one finding on one resource.

    Args:
        construct: The resource, or the construct whose only child it is.
        rule: The rule and, in brackets, the finding, as cdk-nag writes them.
        reason: Why the resource is right as it is.
        pack: The pack of rules. Default: AwsSolutions.
    """
    acknowledgment = Acknowledgment(id=f"{pack}::{pack}-{rule}", reason=reason)
    Validations.of(construct).acknowledge(acknowledgment)


def acknowledge_wildcard(construct: IConstruct, resource: str, reason: str) -> None:
    """Acknowledge a wildcard in the resource of a policy statement.

    Args:
        construct: The role or policy.
        resource: The resource in the statement, with its tokens.
        reason: Why a policy cannot name the resource.
    """
    found = _as_cdk_nag_writes(Stack.of(construct).resolve(resource))
    acknowledge(construct, f"IAM5[Resource::{found}]", reason)


def _as_cdk_nag_writes(value: Any) -> str:
    """Write a resolved value as cdk-nag does: references in angle brackets."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_as_cdk_nag_writes, parts))
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return _as_cdk_nag_writes(name)
        case _:
            return json.dumps(value, separators=(",", ":"))
