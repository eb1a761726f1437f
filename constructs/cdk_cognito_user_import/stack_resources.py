"""What the imports of a stack share: staging bucket, logs role, workflow, starter, one of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct

from .logs_role import LogsRole
from .staging_bucket import StagingBucket

if TYPE_CHECKING:
    from .workflow import ImportWorkflow, WorkflowAttributes

_ID = "CognitoUserImport"


class StackResources(Construct):
    """Makes the resources that imports of a stack share, when one of them asks for it."""

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
        """The staging bucket of imports that bring none."""
        if self._staging is None:
            self._staging = StagingBucket(self, "Staging", removal_policy=self.removal_policy)
        return self._staging

    @property
    def workflow(self) -> ImportWorkflow | None:
        """The stack's own workflow, if it has one."""
        return self._workflow

    def logs_role(self, *, managed_policy: bool) -> LogsRole:
        """Return the logs role of imports that bring none."""
        if self._logs_role is None:
            self._logs_role = LogsRole(self, "LogsRole", managed_policy=managed_policy)
        return self._logs_role

    def agree_on_removal_policy(self, removal_policy: RemovalPolicy) -> None:
        """Take the removal policy of an import.

        Raises:
            ValueError: imports of one stack ask for different removal policies.
        """
        if self._removal_policy is None:
            self._removal_policy = removal_policy
        elif self._removal_policy is not removal_policy:
            raise ValueError(
                f"The imports of stack {Stack.of(self).stack_name} share their staging bucket and "
                "log groups, but ask for different removal policies: "
                f"{self._removal_policy.name} and {removal_policy.name}. Give all of them the same "
                "removal_policy."
            )

    def add_workflow(self, workflow: ImportWorkflow) -> None:
        """Take the stack's own workflow.

        Raises:
            ValueError: the stack has one already.
        """
        if self._workflow is not None:
            raise ValueError(
                f"Stack {Stack.of(self).stack_name} has an import workflow already: "
                f"{self._workflow.node.path}. One is enough for any number of imports: give it to "
                "them as workflow."
            )
        self._workflow = workflow

    def agree_on_workflow(self, workflow: WorkflowAttributes) -> None:
        """Take the workflow of an import.

        Raises:
            ValueError: imports of one stack have different workflows.
        """
        if self._used is None:
            self._used = workflow
        elif self._used is not workflow:
            raise ValueError(
                f"The imports of stack {Stack.of(self).stack_name} share one workflow, but are "
                f"given different ones: {self._used.node.path} and {workflow.node.path}. Give all "
                "of them the same workflow, or none of them any."
            )
