"""Where the user's stack is going: the only module that asks CloudFormation."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import calling


class StackStatus(NamedTuple):
    """A stack's status, and what it means for an import in it.

    CloudFormation does not say so in a request: the Update that undoes a failed one looks like any
    other, a Create is not told that another resource has failed, and a function that was queued or
    hung for long may carry out a request for which nobody waits any more.

    Attributes:
        name: as in ``DescribeStacks``, such as ``UPDATE_IN_PROGRESS``.
    """

    name: str

    @property
    def is_going_back(self) -> bool:
        """Whether the stack is, or was last, rolled back or deleted: nothing new may begin."""
        return self.name.startswith(("ROLLBACK", "UPDATE_ROLLBACK", "IMPORT_ROLLBACK", "DELETE"))

    @property
    def too_late(self) -> str:
        """Say that the operation has ended which a Create or Update was part of; or nothing.

        While CloudFormation cleans up after an update or its rollback, it sends only Deletes.
        """
        if not (self.name.endswith(("_COMPLETE", "_FAILED")) or "_COMPLETE_" in self.name):
            return ""
        return f"The stack is {self.name}: nobody waits for this import, and it was given up."

    @property
    def is_being_deleted(self) -> bool:
        """Whether the whole stack is being deleted, and not only rolled back."""
        return self.name.startswith("DELETE")

    @property
    def undoes_an_update(self) -> bool:
        """Whether the stack goes back to what it was before an update that failed."""
        return self.name.startswith("UPDATE_ROLLBACK")


class Stacks:
    """The stacks that imports belong to."""

    def __init__(self, cloudformation: Any) -> None:
        self._cloudformation = cloudformation

    def status(self, stack_id: str) -> StackStatus:
        """Return where the stack is going."""
        return StackStatus(self._describe(stack_id)["StackStatus"])

    def stays(self, stack_id: str) -> bool:
        """Whether the stack stays as it is where a resource fails (``--no-rollback``)."""
        return bool(self._describe(stack_id).get("DisableRollback", False))

    def _describe(self, stack_id: str) -> Any:
        with calling("cloudformation:DescribeStacks"):
            return self._cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
