"""Where the user's stack is going: the only module that asks CloudFormation."""

from __future__ import annotations

from typing import Any

from .errors import calling

_BACKWARDS = ("ROLLBACK", "UPDATE_ROLLBACK", "IMPORT_ROLLBACK", "DELETE")


class Stacks:
    """The stacks that imports belong to."""

    def __init__(self, cloudformation: Any) -> None:
        self._cloudformation = cloudformation

    def is_going_back(self, stack_id: str) -> bool:
        """Whether the stack is rolling back or being deleted, so that nothing new may begin.

        CloudFormation does not say so in a request: the Update that undoes a failed one looks like
        any other, and a Create is not told that another resource has failed.
        """
        return self._status(stack_id).startswith(_BACKWARDS)

    def is_being_deleted(self, stack_id: str) -> bool:
        """Whether the whole stack is being deleted, and not only rolled back."""
        return self._status(stack_id).startswith("DELETE")

    def undoes_an_update(self, stack_id: str) -> bool:
        """Whether the stack goes back to what it was before an update that failed."""
        return self._status(stack_id).startswith("UPDATE_ROLLBACK")

    def stays(self, stack_id: str) -> bool:
        """Whether the stack stays as it is where a resource fails (``--no-rollback``)."""
        return bool(self._describe(stack_id).get("DisableRollback", False))

    def _status(self, stack_id: str) -> str:
        status: str = self._describe(stack_id)["StackStatus"]
        return status

    def _describe(self, stack_id: str) -> Any:
        with calling("cloudformation:DescribeStacks"):
            return self._cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
