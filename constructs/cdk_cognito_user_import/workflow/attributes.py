"""The attributes of a workflow that an import needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from constructs import Node


class Staging(Protocol):
    """A staging bucket and the key that encrypts it."""

    @property
    def bucket(self) -> s3.IBucket:
        """The bucket."""

    @property
    def encryption_key(self) -> kms.IKey:
        """The key."""


class WorkflowAttributes(Protocol):
    """A workflow of this stack, of another stack of the app, or of another app."""

    @property
    def node(self) -> Node:
        """The node of the construct."""

    @property
    def state_machine_arn(self) -> str:
        """The ARN of the state machine."""

    @property
    def starter_arn(self) -> str:
        """The ARN of the function that CloudFormation calls."""

    @property
    def worker_role_arn(self) -> str:
        """The ARN of the role that assumes the roles of imports."""

    @property
    def staging(self) -> Staging:
        """The staging bucket of imports without one of their own."""

    @property
    def managed_policies(self) -> bool:
        """Whether the rights of imports are in managed policies."""

    @property
    def identity(self) -> str:
        """The identity of the workflow, the same at every synth."""
