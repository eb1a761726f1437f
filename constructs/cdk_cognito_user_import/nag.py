"""What cdk-nag would report of this library's own resources, and why each is as it should be."""

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
        construct: the resource, or the construct whose only child it is.
        rule: the rule and, in brackets, what it found, as cdk-nag names it.
        reason: why it is right here.
        pack: the pack of rules that it is one of.
    """
    acknowledgment = Acknowledgment(id=f"{pack}::{pack}-{rule}", reason=reason)
    Validations.of(construct).acknowledge(acknowledgment)


def acknowledge_wildcard(construct: IConstruct, resource: str, reason: str) -> None:
    """Acknowledge a wildcard in the resource of a policy statement.

    Args:
        construct: the role or policy.
        resource: the resource as it stands in the statement, tokens and all.
        reason: why no policy could name it.
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
