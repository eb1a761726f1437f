"""The resources that the imports of a stack share: staging bucket, logs role, workflow, starter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct

from .logs_role import LogsRole
from .messages import arguments as messages
from .staging_bucket import StagingBucket

if TYPE_CHECKING:
    from .workflow import ImportWorkflow, WorkflowAttributes

_ID = "CognitoUserImport"


class StackResources(Construct):
    """The shared resources of a stack, each made when the first import needs it."""

    def __init__(self, stack: Stack) -> None:
        """Make the scope for the shared resources of a stack."""
        super().__init__(stack, _ID)
        self._removal_policy: RemovalPolicy | None = None
        self._staging: StagingBucket | None = None
        self._logs_role: LogsRole | None = None
        self._workflow: ImportWorkflow | None = None
        self._used: WorkflowAttributes | None = None

    @classmethod
    def of(cls, scope: Construct) -> StackResources:
        """Return the shared resources of the scope's stack."""
        stack = Stack.of(scope)
        found = stack.node.try_find_child(_ID)
        if found is None:
            return cls(stack)
        assert isinstance(found, cls)
        return found

    @property
    def removal_policy(self) -> RemovalPolicy:
        """The removal policy of the shared resources."""
        return self._removal_policy or RemovalPolicy.DESTROY

    @property
    def staging(self) -> StagingBucket:
        """The staging bucket of imports without one of their own."""
        if self._staging is None:
            self._staging = StagingBucket(self, "Staging", removal_policy=self.removal_policy)
        return self._staging

    @property
    def workflow(self) -> ImportWorkflow | None:
        """The stack's own workflow, if it has one."""
        return self._workflow

    def logs_role(self, *, managed_policy: bool) -> LogsRole:
        """Return the logs role of imports without one of their own."""
        if self._logs_role is None:
            self._logs_role = LogsRole(self, "LogsRole", managed_policy=managed_policy)
        return self._logs_role

    def agree_on_removal_policy(self, removal_policy: RemovalPolicy) -> None:
        """Set the removal policy, or compare that of another import with it.

        Raises:
            ValueError: The imports of the stack have different removal policies.
        """
        if self._removal_policy is None:
            self._removal_policy = removal_policy
        elif self._removal_policy is not removal_policy:
            raise ValueError(
                messages.removal_policies_differ(
                    Stack.of(self).stack_name, self._removal_policy.name, removal_policy.name
                )
            )

    def add_workflow(self, workflow: ImportWorkflow) -> None:
        """Set the stack's own workflow.

        Raises:
            ValueError: The stack has one already.
        """
        if self._workflow is not None:
            raise ValueError(
                messages.second_workflow(Stack.of(self).stack_name, self._workflow.node.path)
            )
        self._workflow = workflow

    def agree_on_workflow(self, workflow: WorkflowAttributes) -> None:
        """Set the workflow of the imports, or compare that of another import with it.

        Raises:
            ValueError: The imports of the stack have different workflows.
        """
        if self._used is None:
            self._used = workflow
        elif self._used is not workflow:
            raise ValueError(
                messages.workflows_differ(
                    Stack.of(self).stack_name, self._used.node.path, workflow.node.path
                )
            )
