"""The function that the workflow calls: each call has credentials of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import IMPORT_ROLE, POOL, STACK, create, delete
from helpers.fake_world import OTHER_IMPORT_ROLE, OTHER_STACK

from user_import import worker
from user_import.errors import AccessDenied

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws


def of_another_stack() -> dict[str, Any]:
    """A Create of another stack's import, with its own role."""
    event = create(ImportRoleArn=OTHER_IMPORT_ROLE, StagingKey="imports/other/users.csv")
    return {**event, "StackId": OTHER_STACK}


def step(
    event: dict[str, Any], name: str = "stage", **more: dict[str, Any] | str | None
) -> dict[str, Any]:
    """Call the worker for a step, as Step Functions does, and return what it says."""
    now = datetime.now(UTC).isoformat()
    return worker.handler({"step": name, "request": event, "started_at": now, **more}, None)


def test_a_warm_worker_never_reuses_credentials_of_another_import(world: FakeAws) -> None:
    imports = {IMPORT_ROLE: create(), OTHER_IMPORT_ROLE: of_another_stack()}
    states: dict[str, Any] = {}
    for name in ("stage", "advance", "advance"):
        for role, event in imports.items():
            world.calls.clear()
            states[role] = step(event, name, state=states.get(role))
            assert {call.role for call in world.calls} == {None, role}
            assert [call.operation for call in world.calls if call.role is None] == ["AssumeRole"]
            assert [each["RoleArn"] for each in world.called("AssumeRole")] == [role]
    assert len(world.cognito.started) == 1, "the account has one slot"


def test_a_step_assumes_the_role_once_however_many_services_it_uses(world: FakeAws) -> None:
    step(create())
    assert {call.operation for call in world.calls} >= {
        *("DescribeStacks", "DescribeUserPool", "PutObject")
    }
    assert len(world.called("AssumeRole")) == 1


def test_a_step_that_is_refused_for_its_properties_assumes_no_role(world: FakeAws) -> None:
    state = step(create(TimeoutSeconds="soon"))
    assert state["done"]
    assert world.calls == []


@pytest.mark.parametrize("event", [create(Start="maybe"), delete(create(Start="maybe"))])
def test_a_request_with_bad_properties_is_answered_without_a_role(
    world: FakeAws, event: dict[str, Any]
) -> None:
    url = world.web.url("/answer/1")
    output = step(event, "report", state=step(event), response_url=url)
    assert output["status"] == ("SUCCEEDED" if event["RequestType"] == "Delete" else "FAILED")
    assert len(world.web.answers("/answer/1")) == 1
    assert world.calls == []


def test_a_role_that_could_not_be_assumed_is_assumed_when_it_is_asked_for_again(
    world: FakeAws,
) -> None:
    world.fault("AssumeRole", "AccessDenied", times=1)
    one = world.world_of(create())
    with pytest.raises(AccessDenied):
        one.stacks.status(STACK)
    assert one.stacks.status(STACK)
    assert one.import_jobs.user_pool(POOL)
    assert len(world.called("AssumeRole")) == 2


def test_no_role_is_assumed_before_the_first_call(world: FakeAws) -> None:
    one = world.world_of(create())
    assert one.import_jobs
    assert one.staging
    assert one.import_logs
    assert one.stacks
    assert world.calls == []


@pytest.mark.parametrize(
    ("region", "fips"), [("us-gov-west-1", ["cognito-idp"]), ("us-east-1", []), (None, [])]
)
def test_in_govcloud_cognito_has_fips_endpoints_only(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch, region: str | None, fips: list[Any]
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    if region:
        monkeypatch.setenv("AWS_REGION", region)
    step(create())
    made = {service: config.use_fips_endpoint for service, config in world.clients}
    assert {"sts", "s3", "cognito-idp", "cloudformation"} <= set(made)
    assert [service for service, uses_fips in made.items() if uses_fips] == fips


def test_every_client_has_timeouts_and_retries(world: FakeAws) -> None:
    step(create())
    for _, config in world.clients:
        assert config.connect_timeout + config.read_timeout < 60
        assert config.retries == {"mode": "standard", "total_max_attempts": 4}
