"""What the imports of a stack share: staging bucket, logs role and workflow, one of each."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct

from .logs_role import LogsRole
from .staging import StagingBucket
from .workflow import ImportWorkflow

_ID = "CognitoUserImport"

_alive: list[SharedResources] = []
"""jsii forgets Python objects that nobody holds, and with them what is not jsii's of them."""


class SharedResources(Construct):
    """Makes what imports share when the first of them asks for it."""

    def __init__(self, stack: Stack, removal_policy: RemovalPolicy) -> None:
        """Make the scope for the shared resources of a stack."""
        super().__init__(stack, _ID)
        self._removal_policy = removal_policy
        self._staging: StagingBucket | None = None
        self._logs_role: LogsRole | None = None
        self._workflow: ImportWorkflow | None = None
        self._given: ImportWorkflow | None = None

    @classmethod
    def of(cls, scope: Construct, removal_policy: RemovalPolicy) -> SharedResources:
        """Return the shared resources of the scope's stack.

        Raises:
            ValueError: imports of one stack ask for different removal policies.
        """
        stack = Stack.of(scope)
        found = stack.node.try_find_child(_ID)
        if found is None:
            shared = cls(stack, removal_policy)
            _alive.append(shared)
            return shared
        assert isinstance(found, cls)
        if found._removal_policy is not removal_policy:  # noqa: SLF001  the same class
            raise ValueError(
                f"The imports of stack {stack.stack_name} share their staging bucket and log "
                f"groups, but ask for different removal policies: {found._removal_policy.name} "  # noqa: SLF001
                f"and {removal_policy.name}. Give all of them the same removal_policy."
            )
        return found

    @property
    def staging(self) -> StagingBucket:
        """The staging bucket of imports that bring none."""
        if self._staging is None:
            self._staging = StagingBucket(self, "Staging", removal_policy=self._removal_policy)
        return self._staging

    def logs_role(self, *, managed_policy: bool) -> LogsRole:
        """Return the logs role of imports that bring none."""
        if self._logs_role is None:
            self._logs_role = LogsRole(self, "LogsRole", managed_policy=managed_policy)
        return self._logs_role

    def workflow(
        self, given: ImportWorkflow | None, staging: StagingBucket | None
    ) -> ImportWorkflow:
        """Return the workflow: the given one, or one that uses the first import's staging bucket.

        Raises:
            ValueError: imports of one stack have different workflows, or that of another stack.
        """
        stack = Stack.of(self)
        if given is not None and Stack.of(given) is not stack:
            raise ValueError(
                f"The import workflow {given.node.path} is in another stack than an import of "
                f"stack {stack.stack_name}. Make an ImportWorkflow in each stack with imports."
            )
        if self._workflow is None:
            self._given = given
            self._workflow = given or ImportWorkflow(
                self,
                "Workflow",
                staging=staging or self.staging,
                removal_policy=self._removal_policy,
            )
        elif given is not self._given:
            first, other = (
                "none" if each is None else each.node.path for each in (self._given, given)
            )
            raise ValueError(
                f"The imports of stack {stack.stack_name} share one workflow, but are given "
                f"different ones: {first} and {other}. Give all of them the same workflow, or none "
                "of them any."
            )
        return self._workflow
