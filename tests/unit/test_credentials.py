"""The role of an import: trusted principals, the stack, and the error without access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from helpers.bad_input import denied_role
from helpers.events import IMPORT_ROLE, STACK, create, delete, update
from helpers.fake_world import (
    OTHER_IMPORT_ROLE,
    OTHER_STACK,
    FakeAws,
    not_authorized,
    run_workflow,
)

from user_import.aws.credentials import ImportRole
from user_import.errors import AccessDenied, RequestError
from user_import.messages.properties import NO_IMPORT_ROLE
from user_import.propagation import PROPAGATION_SECONDS


def refused(role: str) -> str:
    reason: str = denied_role(role, not_authorized(role))
    return reason


@pytest.mark.parametrize("event", [create(), update(create()), delete(create())])
def test_a_role_is_assumed_for_the_stack_and_in_the_name_of_the_request(
    world: FakeAws, event: dict[str, Any]
) -> None:
    ImportRole.of_request(event).assume(world.sts)
    assert world.called("AssumeRole") == [
        {
            "RoleArn": IMPORT_ROLE,
            "ExternalId": STACK,
            "RoleSessionName": f"{event['RequestType']}-{event['RequestId']}",
        }
    ]


def test_the_credentials_are_arguments_of_a_client_of_boto3(world: FakeAws) -> None:
    credentials = ImportRole.of_request(create()).assume(world.sts)
    assert list(credentials) == [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ]
    assert world.sts.sessions == {tuple(credentials.values()): IMPORT_ROLE}


@pytest.mark.parametrize("request_id", ["x" * 200, "a/b c:é\n", ""], ids=ascii)
def test_any_request_id_gives_a_valid_session_name(world: FakeAws, request_id: str) -> None:
    assert ImportRole.of_request({**create(), "RequestId": request_id}).assume(world.sts)


@pytest.mark.parametrize("arn", [None, 7, ["a role"]], ids=str)
def test_a_request_without_a_role_is_refused_without_a_call_of_sts(
    world: FakeAws, arn: Any
) -> None:
    role = ImportRole.of_request(create(ImportRoleArn=arn))
    with pytest.raises(RequestError, match=NO_IMPORT_ROLE):
        role.assume(world.sts)
    assert world.calls == []


@pytest.mark.parametrize("properties", [None, {}])
def test_a_request_without_properties_names_no_role(properties: dict[str, Any] | None) -> None:
    assert ImportRole.of_request({**create(), "ResourceProperties": properties}).arn is None


@pytest.mark.parametrize(
    ("role", "stack"),
    [
        (OTHER_IMPORT_ROLE, STACK),
        (IMPORT_ROLE, OTHER_STACK),
        ("arn:aws:iam::123456789012:role/cdk-cognito-user-import/none", STACK),
    ],
    ids=["another stack's role", "of another stack", "no role"],
)
def test_a_role_that_does_not_trust_the_stack_is_denied_with_a_remedy(
    world: FakeAws, role: str, stack: str
) -> None:
    event = {**create(ImportRoleArn=role), "StackId": stack}
    with pytest.raises(AccessDenied) as caught:
        ImportRole.of_request(event).assume(world.sts)
    assert str(caught.value) == refused(role)
    assert world.sts.sessions == {}


# In a whole execution


def of_another_stack() -> dict[str, Any]:
    """A request that names the role of another stack's import."""
    event: dict[str, Any] = create(ImportRoleArn=OTHER_IMPORT_ROLE)
    return event


@pytest.mark.parametrize("kind", [create, lambda **changes: delete(create(**changes))])
def test_with_the_role_of_another_stack_no_service_is_called(
    world: FakeAws, kind: Callable[..., dict[str, Any]]
) -> None:
    run_workflow(kind(ImportRoleArn=OTHER_IMPORT_ROLE), world)
    assert {call.operation for call in world.calls if call.role} == set()
    assert world.sts.sessions == {}
    assert world.cognito.jobs == []


def test_a_request_that_names_the_role_of_another_stack_is_refused_after_two_minutes(
    world: FakeAws,
) -> None:
    execution = run_workflow(of_another_stack(), world)
    assert execution.status == "FAILED"
    assert execution.reason == refused(OTHER_IMPORT_ROLE)
    assert not execution.failed, "only the EventBridge rule answered"
    assert PROPAGATION_SECONDS <= execution.seconds < PROPAGATION_SECONDS + 30


def test_the_delete_of_an_import_whose_role_was_deleted_is_answered_by_the_workflow(
    world: FakeAws,
) -> None:
    event = create()
    run_workflow(event, world)
    world.sts.roles.clear()
    deleting = run_workflow(delete(event), world)
    assert deleting.status == "SUCCESS"
    assert not deleting.failed, "only the EventBridge rule answered"
    assert deleting.seconds < PROPAGATION_SECONDS + 60


@pytest.mark.parametrize("kind", [create, lambda: update(create()), lambda: delete(create())])
def test_a_role_that_cannot_be_assumed_at_first_is_waited_for(
    world: FakeAws, kind: Callable[..., dict[str, Any]]
) -> None:
    event = kind()
    world.fault("AssumeRole", "AccessDenied", seconds=PROPAGATION_SECONDS - 1)
    execution = run_workflow(event, world)
    assert execution.status == "SUCCESS"
    assert execution.seconds >= PROPAGATION_SECONDS - 1
    assert world.staged == []


def test_the_longest_wait_for_the_role_is_that_of_the_import(world: FakeAws) -> None:
    execution = run_workflow(create(ImportRoleArn=OTHER_IMPORT_ROLE, TimeoutSeconds="60"), world)
    first, *_ = execution.states
    assert first["done"]
    assert first["progress"]["failure"] == refused(OTHER_IMPORT_ROLE)
    assert len(world.called("AssumeRole")) < 30


def test_a_role_that_is_deleted_during_the_import_cancels_it(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + 300
    world.clock.after(200, world.sts.roles.clear)
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert world.cognito.started == []
    assert refused(IMPORT_ROLE) in execution.states[-1]["progress"]["failure"]
