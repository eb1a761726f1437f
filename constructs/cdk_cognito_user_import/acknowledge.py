"""What cdk-nag would report of this library's own resources, and why each is as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from constructs import IConstruct


def acknowledge(construct: IConstruct, finding: str, reason: str) -> None:
    """Acknowledge one finding on one resource.

    Args:
        construct: the resource, or the construct whose only child it is.
        finding: the rule and, in brackets, what it found, as cdk-nag names it.
        reason: why it is right here.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))
