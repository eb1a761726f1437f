"""The status of the import's stack: the only module that calls CloudFormation."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import calling
from ..messages.aws import stack_operation_ended


class StackStatus(NamedTuple):
    """A stack's status, and its meaning for an import in the stack.

    A request does not say so: the Update of a rollback looks like any other Update, a Create does
    not say that another resource has failed, and a delayed function may work on a request after the
    stack operation has ended.

    Attributes:
        name: The status as in `DescribeStacks`, such as `UPDATE_IN_PROGRESS`.
    """

    name: str

    @property
    def is_rolling_back(self) -> bool:
        """Whether the stack is, or was last, rolled back or deleted: no import may begin."""
        return self.name.startswith(("ROLLBACK", "UPDATE_ROLLBACK", "IMPORT_ROLLBACK", "DELETE"))

    @property
    def too_late(self) -> str:
        """The message for a Create or Update whose stack operation has ended; empty before.

        While CloudFormation cleans up after an update or its rollback, it sends only Deletes.
        """
        if not (self.name.endswith(("_COMPLETE", "_FAILED")) or "_COMPLETE_" in self.name):
            return ""
        return stack_operation_ended(self.name)

    @property
    def is_in_progress(self) -> bool:
        """Whether an operation of the stack is under way."""
        return self.name.endswith("_IN_PROGRESS")

    @property
    def is_being_created(self) -> bool:
        """Whether the stack is being created; CloudFormation sends no Deletes then."""
        return self.name == "CREATE_IN_PROGRESS"

    @property
    def is_being_updated(self) -> bool:
        """Whether the stack is being updated, and not yet cleaned up."""
        return self.name == "UPDATE_IN_PROGRESS"

    @property
    def was_not_created(self) -> bool:
        """Whether the stack is deleted, or its creation was rolled back: it has no resources."""
        return self.name.startswith(("DELETE", "ROLLBACK", "REVIEW"))

    @property
    def is_being_deleted(self) -> bool:
        """Whether the whole stack is being deleted, and not only rolled back."""
        return self.name.startswith("DELETE")

    @property
    def is_being_cleaned_up(self) -> bool:
        """Whether CloudFormation deletes what an update has removed or replaced."""
        return self.name == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"

    @property
    def undoes_an_update(self) -> bool:
        """Whether the stack rolls back an update."""
        return self.name.startswith("UPDATE_ROLLBACK")


class Stacks:
    """The stacks that imports belong to."""

    def __init__(self, cloudformation: Any) -> None:
        self._cloudformation = cloudformation

    def status(self, stack_id: str) -> StackStatus:
        """Return the stack's status."""
        return StackStatus(self._describe(stack_id)["StackStatus"])

    def stays(self, stack_id: str) -> bool:
        """Return whether the stack is not rolled back after a failure (`--no-rollback`)."""
        return bool(self._describe(stack_id).get("DisableRollback", False))

    def _describe(self, stack_id: str) -> Any:
        with calling("cloudformation:DescribeStacks"):
            return self._cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
