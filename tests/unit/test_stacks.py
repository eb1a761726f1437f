"""Where a stack is going, for every status that CloudFormation has."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from helpers.events import STACK
from helpers.fake_world import FakeAws

from user_import.aws.stacks import Stacks, StackStatus
from user_import.errors import AccessDenied
from user_import.messages.aws import stack_operation_ended

GOES_FORWARD = {
    "CREATE_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "REVIEW_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
}
WENT_FORWARD = {
    "CREATE_COMPLETE",
    "CREATE_FAILED",
    "IMPORT_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_FAILED",
}
UNDOES_AN_UPDATE = {
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
}
IS_BEING_DELETED = {"DELETE_COMPLETE", "DELETE_FAILED", "DELETE_IN_PROGRESS"}
GOES_BACK = UNDOES_AN_UPDATE | IS_BEING_DELETED
GOES_BACK |= {f"ROLLBACK_{how}" for how in ("COMPLETE", "FAILED", "IN_PROGRESS")}
GOES_BACK |= {f"IMPORT_ROLLBACK_{how}" for how in ("COMPLETE", "FAILED", "IN_PROGRESS")}
UNDER_WAY = GOES_FORWARD | {
    "DELETE_IN_PROGRESS",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
}
PLACED = GOES_FORWARD | WENT_FORWARD | GOES_BACK

ALL = botocore.session.get_session().get_service_model("cloudformation").shape_for("StackStatus")


def test_every_status_that_cloudformation_has_is_placed() -> None:
    assert {*ALL.enum} == PLACED


@pytest.mark.parametrize("name", sorted(PLACED))
def test_the_stack_status_decides_whether_an_import_may_begin(name: str) -> None:
    status = StackStatus(name)
    assert status.is_rolling_back is (name in GOES_BACK)
    assert status.is_being_deleted is (name in IS_BEING_DELETED)
    assert status.undoes_an_update is (name in UNDOES_AN_UPDATE)
    reported = stack_operation_ended(name)
    assert status.too_late == ("" if name in UNDER_WAY else reported)


@pytest.mark.parametrize(("described", "stays"), [({}, False), ({"DisableRollback": True}, True)])
def test_the_stack_description_decides_whether_a_stack_is_kept(
    described: dict[str, Any], stays: bool
) -> None:
    class CloudFormation:
        def describe_stacks(self, **arguments: object) -> dict[str, Any]:
            assert arguments == {"StackName": STACK}
            return {"Stacks": [described]}

    assert Stacks(CloudFormation()).stays(STACK) is stays


def test_a_refusal_names_the_action(world: FakeAws) -> None:
    world.fault("DescribeStacks", "AccessDenied", "not you")
    with pytest.raises(AccessDenied, match="cloudformation:DescribeStacks: AccessDenied: not"):
        world.stacks.status(STACK)
