"""The stack of a run's temporary resources."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .names import TAG
from .resources import template

if TYPE_CHECKING:
    from .account import Account
    from .names import Names

_EVERY = 2.0
_WITHIN = 600.0


class StackError(Exception):
    """A stack did not become complete; the message has the reasons."""


def create(account: Account, names: Names) -> dict[str, str]:
    """Create the stack, and return its outputs.

    Raises:
        StackError: CloudFormation could not create it.
    """
    cloudformation = account.client("cloudformation")
    # A stack that was deleted is found by its id only.
    stack_id = cloudformation.create_stack(
        StackName=names.stack,
        TemplateBody=template(names),
        Capabilities=["CAPABILITY_IAM"],
        OnFailure="DELETE",
        # A repeated call whose first answer was lost makes no second stack.
        ClientRequestToken=names.run,
        Tags=[{"Key": TAG, "Value": names.run}],
    )["StackId"]
    end = time.monotonic() + _WITHIN
    while time.monotonic() < end:
        (stack,) = cloudformation.describe_stacks(StackName=stack_id)["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        if stack["StackStatus"] not in ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
            raise StackError("; ".join(reasons(account, stack_id)) or stack["StackStatus"])
        time.sleep(_EVERY)
    raise StackError(f"{names.stack} was not complete within {_WITHIN:g} s")


def reasons(account: Account, stack: str) -> list[str]:
    """Return the reasons of the failures of a stack, the oldest first."""
    events = account.client("cloudformation").describe_stack_events(StackName=stack)
    return [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in reversed(events["StackEvents"])
        if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
    ]
