"""CloudFormation deletes, updates and makes custom resources again as AWS's does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.callers import refused
from helpers.custom_resources import EchoStack

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"


@pytest.fixture
def stack(aws: LocalAws, name: str) -> EchoStack:
    return EchoStack.of(aws, name)


def test_removed_and_replaced_resources_are_deleted_in_the_clean_up(stack: EchoStack) -> None:
    stack.put(Replaced={"Id": "old"}, Removed={})

    assert stack.put(Replaced={"Id": "new"}) == "UPDATE_COMPLETE"
    assert stack.asked_since(2) == [
        ("Update", "Replaced", "UPDATE_IN_PROGRESS"),
        ("Delete", "Replaced", CLEANUP),
        ("Delete", "Removed", CLEANUP),
    ]
    assert stack.asked()[3]["id"] == "old"


def test_what_a_failed_update_made_is_deleted_in_the_clean_up_of_the_rollback(
    stack: EchoStack,
) -> None:
    stack.put(Kept={})

    ended = stack.put(Kept={}, Made={"After": "Kept"}, Failing={"Fails": "Create", "After": "Made"})

    assert ended == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.asked_since(1) == [
        ("Create", "Made", "UPDATE_IN_PROGRESS"),
        ("Create", "Failing", "UPDATE_IN_PROGRESS"),
        ("Delete", "Failing", ROLLED_BACK),
        ("Delete", "Made", ROLLED_BACK),
    ]


def test_a_resource_whose_create_failed_is_deleted_with_its_id(stack: EchoStack) -> None:
    assert stack.put(Failing={"Fails": "Create", "Id": "given"}) == "ROLLBACK_COMPLETE"

    assert stack.asked_since(1) == [("Delete", "Failing", "ROLLBACK_IN_PROGRESS")]
    assert stack.asked()[-1]["id"] == "given"


def test_a_create_that_is_not_answered_within_its_service_timeout_is_deleted(
    stack: EchoStack,
) -> None:
    ended = stack.put(Silent={"Silent": "Create", "ServiceTimeout": 2})

    assert ended == "ROLLBACK_COMPLETE"
    assert stack.asked_since(1) == [("Delete", "Silent", "ROLLBACK_IN_PROGRESS")]
    assert stack.asked()[-1]["id"].startswith(f"{stack.name}-Silent-")


def test_a_stack_that_failed_without_rollback_is_updated_from_where_it_failed(
    stack: EchoStack,
) -> None:
    good, failing = {"Value": "1"}, {"After": "Good", "Fails": "Create"}
    assert stack.put(rollback=False, Good=good, Failing=failing) == "CREATE_FAILED"

    with refused("ValidationError", "non-terminal [CREATE_FAILED] state"):
        stack.put(Good=good, Failing={"After": "Good"})

    assert stack.put(rollback=False, Good=good, Failing={"After": "Good"}) == "UPDATE_COMPLETE"
    assert stack.asked_since(2) == [
        ("Delete", "Failing", "UPDATE_IN_PROGRESS"),
        ("Create", "Failing", "UPDATE_IN_PROGRESS"),
    ]


def test_a_failed_stack_is_updated_with_the_same_template_as_often_as_it_fails(
    stack: EchoStack,
) -> None:
    resources = {"Good": {}, "Failing": {"After": "Good", "Fails": "Create"}}
    stack.put(rollback=False, **resources)

    assert stack.put(rollback=False, **resources) == "UPDATE_FAILED"
    assert [each["asked"] for each in stack.asked()[2:]] == ["Delete", "Create"]

    stack.aws.client("cloudformation").rollback_stack(StackName=stack.name)

    assert stack.ended() == "ROLLBACK_COMPLETE"
    assert stack.asked_since(4) == [
        ("Delete", "Failing", "ROLLBACK_IN_PROGRESS"),
        ("Delete", "Good", "ROLLBACK_IN_PROGRESS"),
    ]


def test_the_deletion_of_a_failed_stack_deletes_what_failed(stack: EchoStack) -> None:
    stack.put(rollback=False, Good={}, Failing={"After": "Good", "Fails": "Create"})

    stack.aws.client("cloudformation").delete_stack(StackName=stack.name)

    assert stack.ended() == "DELETE_COMPLETE"
    assert stack.asked_since(2) == [
        ("Delete", "Failing", "DELETE_IN_PROGRESS"),
        ("Delete", "Good", "DELETE_IN_PROGRESS"),
    ]


def test_a_chain_of_resources_is_updated_in_order_with_fresh_attributes_and_goes_back(
    stack: EchoStack,
) -> None:
    chained = {"Value": {"Fn::GetAtt": ["First", "Value"]}}
    stack.put(First={"Value": "1"}, Second=chained)

    stack.put(First={"Value": "2"}, Second=chained)

    seen = [(each["of"], each["value"], each["old"]) for each in stack.asked()[2:]]
    assert seen == [("First", "2", "1"), ("Second", "2", "1")]

    ended = stack.put(
        First={"Value": "3"}, Second=chained, Last={"Fails": "Create", "After": "Second"}
    )

    assert ended == "UPDATE_ROLLBACK_COMPLETE"
    seen = [(each["asked"], each["of"], each["value"]) for each in stack.asked()[4:]]
    assert seen == [
        ("Update", "First", "3"),
        ("Update", "Second", "3"),
        ("Create", "Last", None),
        ("Update", "First", "2"),
        ("Update", "Second", "2"),
        ("Delete", "Last", None),
    ]
