"""A run on demand: when it imports, when it is refused, and what ends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import MACHINE, create, delete, run, update
from helpers.fake_world import Execution, Outcome, run_workflow, users

from user_import.contract import AFTER_TIMEOUT_SECONDS
from user_import.messages import steps as messages

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

NEVER = float("inf")
COUNTS = ("ImportedUsers", "SkippedUsers", "FailedUsers")


@pytest.fixture
def deployed(world: FakeAws) -> dict[str, Any]:
    """An import that was deployed, whose stack is complete."""
    event = create(Events="Seed", ContractVersion="2")
    run_workflow(event, world)
    world.cloudformation.status = "CREATE_COMPLETE"
    world.events.sent.clear()
    return event


def refused(world: FakeAws, event: dict[str, Any]) -> str:
    jobs = len(world.cognito.jobs)
    execution = Execution(event, world).run()
    assert execution.output["status"] == "FAILED"
    assert len(world.cognito.jobs) == jobs
    return str(execution.output["reason"])


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED"]
)
def test_a_run_imports_between_deployments(
    world: FakeAws, deployed: dict[str, Any], status: str
) -> None:
    world.cloudformation.status = status
    world.s3.objects["assets", "users.csv"] = users(5)
    execution = Execution(run(deployed, "monday"), world).run()
    assert execution.output["status"] == "SUCCEEDED"
    assert [execution.output["attributes"][name] for name in COUNTS] == ["5", "0", "0"]
    assert world.staged == []


def test_nobody_is_answered_for_a_run(world: FakeAws, deployed: dict[str, Any]) -> None:
    answered = world.web.tried("/answer/")
    Execution(run(deployed), world).run()
    assert world.web.tried("/answer/") == answered


def test_the_event_of_a_run_says_that_it_was_one(world: FakeAws, deployed: dict[str, Any]) -> None:
    execution = Execution(run(deployed, "monday"), world).run()
    (detail,) = world.events.details
    assert (detail["requestType"], detail["status"]) == ("Run", "SUCCEEDED")
    assert detail["attributes"] == execution.output["attributes"]


def test_a_failed_run_sends_an_event_and_says_that_users_stay(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    execution = Execution(run(deployed, "monday"), world).run()
    (detail,) = world.events.details
    assert detail["status"] == "FAILED"
    assert messages.imported_users_stay(2, pool_stays=True) in execution.output["reason"]


@pytest.mark.parametrize(
    "status",
    [
        *("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        *("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
    ],
)
def test_a_run_is_refused_while_a_deployment_is_in_progress(
    world: FakeAws, deployed: dict[str, Any], status: str
) -> None:
    world.cloudformation.status = status
    reason = refused(world, run(deployed))
    assert reason == messages.run_during_deployment(status)
    (detail,) = world.events.details
    assert (detail["status"], detail["reason"]) == ("FAILED", reason)


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_FAILED", "ROLLBACK_COMPLETE"])
def test_a_run_is_refused_where_the_stack_is_not_there(
    world: FakeAws, deployed: dict[str, Any], status: str
) -> None:
    world.cloudformation.status = status
    assert refused(world, run(deployed)) == messages.run_without_stack(status)


def test_a_run_is_refused_while_another_one_goes_on_which_it_leaves_alone(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    world.cognito.outcomes = [Outcome(seconds=120)]
    first = Execution(run(deployed, "one"), world)
    first.run_until(lambda: len(world.cognito.started) == 2)
    assert refused(world, run(deployed, "two")) == messages.RUN_DURING_IMPORT
    assert first.run().output["status"] == "SUCCEEDED"


def test_a_run_is_refused_while_a_deployment_has_claimed_the_import(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    """CloudFormation may report late that the stack's operation has begun."""
    world.cognito.outcomes = [Outcome(seconds=120)]
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    deployment = Execution(update(deployed, SourceHash="b2"), world)
    deployment.run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = "CREATE_COMPLETE"
    assert refused(world, run(deployed)) == messages.RUN_DURING_IMPORT
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert deployment.run().status == "SUCCESS"


def test_the_claim_of_an_execution_that_broke_keeps_no_run_from_starting_for_ever(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    world.cognito.outcomes = [Outcome(seconds=60)]
    broke = Execution(run(deployed, "one"), world)
    broke.run_until(lambda: len(world.cognito.started) == 2)
    timeout = int(deployed["ResourceProperties"]["TimeoutSeconds"])
    world.clock.sleep(timeout + AFTER_TIMEOUT_SECONDS)
    assert Execution(run(deployed, "two"), world).run().output["status"] == "SUCCEEDED"


def test_a_deployment_supersedes_a_run_which_stops_its_job(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    going = Execution(run(deployed, "monday"), world)
    going.run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    deployment = Execution(update(deployed, SourceHash="b2"), world)
    deployment.run_until(lambda: deployment.state)
    assert messages.IMPORT_SUPERSEDED in going.run().output["reason"]
    assert world.cognito.job(1).status == "Stopped"
    assert deployment.run().status == "SUCCESS"


def test_a_deployment_supersedes_a_run_that_has_claimed_the_import_after_it_began(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    deployment = Execution(update(deployed, SourceHash="b2"), world)
    world.clock.sleep(1)
    going = Execution(run(deployed, "monday"), world)
    going.run_until(lambda: going.state)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert deployment.run().status == "SUCCESS"
    assert going.run().output["status"] == "FAILED"


def test_a_run_goes_on_while_the_stack_is_updated_without_the_import(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    world.cognito.outcomes = [Outcome(seconds=60)]
    going = Execution(run(deployed, "monday"), world)
    going.run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert going.run().output["status"] == "SUCCEEDED"


def test_a_run_ends_when_the_stack_is_deleted(world: FakeAws, deployed: dict[str, Any]) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    going = Execution(run(deployed, "monday"), world)
    going.run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    run_workflow(delete(deployed), world)
    assert world.cognito.job(1).status == "Stopped"
    assert going.run().output["status"] == "FAILED"
    assert world.staged == []


def test_the_starter_answers_nobody_for_a_run_that_broke_and_sends_its_event(
    world: FakeAws, deployed: dict[str, Any]
) -> None:
    event = run(deployed)
    arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:run"
    world.states.inputs[arn] = json.dumps({"request": event, "response_url": ""})
    world.answer_for({"executionArn": arn, "status": "TIMED_OUT"})
    (detail,) = world.events.details
    assert (detail["requestType"], detail["status"]) == ("Run", "FAILED")


def test_what_an_import_has_left_whose_time_is_over_does_not_refuse_a_run(world: FakeAws) -> None:
    event = create()
    execution = Execution(event, world).run_until_done()
    world.fault("DeleteObject", "InternalError", times=1, key="imports/seed/users.csv")
    assert execution.run().status == "SUCCESS"
    world.cloudformation.status = "CREATE_COMPLETE"
    world.clock.sleep(20 * 3600)
    assert Execution(run(event, "again"), world).run().output["status"] == "SUCCEEDED"
