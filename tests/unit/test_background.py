"""Imports that the deployment does not wait for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import MACHINE, POOL, create, delete, reverse, update
from helpers.fake_world import OTHER_POOL, Execution, Outcome, run_workflow, users

from user_import.contract import Phase
from user_import.messages import steps as messages

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

NEVER = float("inf")
DAY = 86_400
WAITS_NOT = {"Wait": "false", "TimeoutSeconds": str(14 * DAY)}
STAGED = ("st", "imports/seed/users.csv")


def background(**changes: Any) -> dict[str, Any]:
    return create(**{**WAITS_NOT, **changes})


def answered(event: dict[str, Any], world: FakeAws) -> Execution:
    """An execution that has answered, and the stack operation that has ended by that."""
    execution = Execution(event, world)
    execution.run_until(lambda: world.web.answers(execution.path))
    world.cloudformation.status = f"{event['RequestType'].upper()}_COMPLETE"
    return execution


def lasting(world: FakeAws, seconds: float) -> None:
    world.cognito.outcomes = [Outcome(seconds=seconds)]


def test_the_deployment_ends_when_the_first_job_was_started(world: FakeAws) -> None:
    lasting(world, 30 * 3600)
    execution = answered(background(), world)
    assert world.clock.now() - execution.started_at < 30
    job = world.cognito.job()
    assert execution.attributes == {
        "Status": "Pending",
        "JobIds": job.id,
        "ImportedUsers": "",
        "SkippedUsers": "",
        "FailedUsers": "",
        "CompletionMessage": "",
        "LogGroupName": f"/aws/cognito/userpools/{POOL}/customers",
        "LogStreamName": f"{job.id}/{job.name}",
    }


def test_the_import_goes_on_and_removes_what_it_staged(world: FakeAws) -> None:
    lasting(world, 20 * 3600)
    execution = answered(background(), world)
    whole = followed(execution, world)
    assert world.cognito.job().status == "Succeeded"
    assert world.staged == []
    assert len(world.web.answers(execution.path)) == 1
    assert not whole[-1].failed


def test_an_execution_that_is_aborted_after_its_answer_sends_the_event_and_a_second_answer(
    world: FakeAws,
) -> None:
    lasting(world, NEVER)
    execution = answered(background(Events="Seed", ContractVersion="2"), world)
    arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{execution.event['RequestId']}"
    world.states.inputs[arn] = json.dumps(execution.input)
    world.answer_for({"executionArn": arn, "status": "ABORTED"})
    (detail,) = world.events.details
    assert detail["status"] == "FAILED"
    answers = [each["Status"] for each in world.web.answers(execution.path)]
    assert answers == ["SUCCESS", "FAILED"]


def followed(execution: Execution, world: FakeAws) -> list[Execution]:
    """Play an execution and those that go on with its import; return all."""
    executions = [execution.run()]
    while started := executions[-1].machine.started:
        (next_one,) = started
        assert len(next_one["Name"]) <= 80
        executions.append(Execution(execution.event, world, its_input=next_one["Input"]).run())
    return executions


def test_before_its_history_is_full_another_execution_goes_on(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("user_import.steps.background._TURNS", 10)
    lasting(world, 1800)
    executions = followed(answered(background(), world), world)
    assert len(executions) > 2
    assert max(each.turns for each in executions[1:]) == 10
    assert world.cognito.job().status == "Succeeded"
    assert len(world.cognito.jobs) == 1
    names = [each.machine.started[0]["Name"] for each in executions[:-1]]
    assert len(set(names)) == len(names)
    assert all(each.input["response_url"] == "" for each in executions[1:])


def test_users_with_a_mistake_fail_the_deployment(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(2) + b"one,two\n"
    execution = run_workflow(background(), world)
    assert execution.status == "FAILED"
    assert world.cognito.jobs == []


def test_while_the_slot_is_taken_the_deployment_waits_five_minutes(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + 2 * DAY
    execution = answered(background(), world)
    assert 300 <= world.clock.now() - execution.started_at < 400
    assert execution.attributes["Status"] == "Created"
    assert execution.attributes["JobIds"] == world.cognito.job().id


def test_an_import_that_cannot_begin_fails_the_deployment_within_its_hour(world: FakeAws) -> None:
    world.fault("CreateUserImportJob", "TooManyRequestsException")
    execution = run_workflow(background(), world)
    assert execution.status == "FAILED"
    assert "accepted no import job within 58 minutes" in execution.reason
    assert execution.seconds < 3600


def test_the_timeout_counts_after_the_deployment_as_well(world: FakeAws) -> None:
    lasting(world, NEVER)
    execution = answered(background(TimeoutSeconds="7200"), world)
    execution.run()
    assert 7200 <= execution.seconds < 7200 + 120
    assert world.cognito.job().status == "Stopped"
    assert world.staged == []


def test_a_job_that_does_not_stop_is_waited_for_as_long_as_by_a_deployment(world: FakeAws) -> None:
    lasting(world, NEVER)
    world.cognito.stop_seconds = NEVER
    execution = answered(background(), world)
    del world.s3.objects[STAGED]
    cancelled_at = world.clock.now()
    execution.run()
    assert 3480 <= world.clock.now() - cancelled_at < 3480 + 200
    assert execution.output["reason"].startswith(messages.STAGED_CSV_GONE)
    assert messages.job_still_stopping(world.cognito.job().id) in execution.output["reason"]


def test_a_wait_for_the_slot_leaves_a_job_its_time_to_stop(world: FakeAws) -> None:
    lasting(world, NEVER)
    world.cognito.stop_seconds = 300
    world.cognito.foreign_until = NEVER
    execution = answered(background(), world)
    execution.run_until(lambda: world.clock.now() > execution.started_at + 5 * 3600)

    def free_slot_and_remove_claim() -> None:
        world.cognito.foreign_until = 0.0
        del world.s3.objects[STAGED]

    world.before("StartUserImportJob", free_slot_and_remove_claim)
    execution.run()
    assert world.cognito.started == [world.cognito.job().id]
    assert world.cognito.job().status == "Stopped"
    assert "still stopping" not in execution.output["reason"]


def test_an_import_that_is_being_stopped_goes_on_in_another_execution(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("user_import.steps.background._TURNS", 10)
    lasting(world, NEVER)
    world.cognito.stop_seconds = 300
    execution = answered(background(), world)
    del world.s3.objects[STAGED]
    executions = followed(execution, world)
    assert len(executions) > 2
    assert max(each.turns for each in executions[1:]) <= 11  # and Report
    assert world.cognito.job().status == "Stopped"
    assert executions[-1].output["status"] == "FAILED"
    assert executions[-1].output["reason"].startswith(messages.STAGED_CSV_GONE)
    assert len(world.web.answers(execution.path)) == 1


def test_the_deletion_of_the_stack_stops_the_import(world: FakeAws) -> None:
    lasting(world, NEVER)
    execution = answered(background(), world)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(execution.event), world).status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"
    execution.run()
    assert world.staged == []


def test_the_rollback_of_its_own_deployment_stops_the_import(world: FakeAws) -> None:
    lasting(world, NEVER)
    execution = Execution(background(), world)
    execution.run_until(lambda: world.web.answers(execution.path))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    execution.run()
    assert world.cognito.job().status == "Stopped"


def test_the_rollback_of_a_later_update_of_other_resources_leaves_the_import(
    world: FakeAws,
) -> None:
    lasting(world, 3600)
    execution = answered(background(), world)
    execution.step()
    for status in ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"):
        world.cloudformation.status = status
        execution.step()
    world.cloudformation.status = "UPDATE_ROLLBACK_COMPLETE"
    execution.run()
    assert world.cognito.job().status == "Succeeded"


def test_an_update_of_the_import_stops_it_and_begins_the_next(world: FakeAws) -> None:
    lasting(world, NEVER)
    first = answered(background(), world)
    world.s3.objects["assets", "other.csv"] = users(2, first=4)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    changed = update(first.event, SourceKey="other.csv", SourceHash="other")
    second = Execution(changed, world)
    second.step()
    first.run()
    assert world.cognito.job(0).status == "Stopped"
    world.cognito.outcomes = [Outcome()]
    second.run_until(lambda: world.web.answers(second.path))
    world.cloudformation.status = "UPDATE_COMPLETE"
    second.run()
    assert world.cognito.job().status == "Succeeded"
    assert world.staged == []


def test_the_delete_of_a_replaced_pool_leaves_the_import_into_the_new_one(world: FakeAws) -> None:
    old = background()
    answered(old, world).run()
    lasting(world, NEVER)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    changed = update(old, UserPoolId=OTHER_POOL)
    new = Execution(changed, world)
    new.run_until(lambda: world.web.answers(new.path))
    staged = world.s3.objects[STAGED]
    world.cloudformation.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    assert run_workflow(delete(old), world).status == "SUCCESS"
    assert world.s3.objects[STAGED] == staged
    assert [job.pool for job in world.cognito.active] == [OTHER_POOL]


def test_a_failure_after_the_answer_is_logged_and_not_answered(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1, seconds=600)]
    execution = answered(background(), world)
    execution.run()
    assert len(world.web.answers(execution.path)) == 1
    assert messages.too_many_failed(1, 0) in caplog.text


def test_an_answer_that_is_sent_twice_is_the_same(world: FakeAws) -> None:
    lasting(world, 600)
    execution = Execution(background(), world, calls_a_step=2)
    execution.run()
    first, second = world.web.answers(execution.path)
    assert first == second


def test_an_import_that_ends_at_once_has_its_counters(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(3)
    execution = run_workflow(background(), world)
    assert execution.attributes["JobIds"] == world.cognito.job().id


def test_the_state_says_that_it_waits_for_the_job(world: FakeAws) -> None:
    lasting(world, 600)
    execution = answered(background(), world)
    execution.step()
    assert execution.state["phase"] == Phase.RUN


def test_an_update_after_a_failure_imports_although_the_content_is_the_same(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(failed=1, seconds=600), Outcome()]
    execution = answered(background(), world)
    assert execution.run().output["status"] == "FAILED"
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    event = update(execution.event, Wait="true", TimeoutSeconds="600")
    again = run_workflow(event, world)
    assert again.attributes["ImportedUsers"] == "3"
    assert len(world.cognito.jobs) == 2


def test_an_update_with_the_same_content_stops_the_import_and_begins_anew(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER), Outcome()]
    first = answered(background(), world)
    first.step()
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    event = update(first.event, Wait="true", TimeoutSeconds="600")
    second = Execution(event, world).run_until(lambda: len(world.cognito.jobs) == 2)
    first.run()
    assert second.run().attributes["ImportedUsers"] == "3"
    assert [job.status for job in world.cognito.jobs] == ["Stopped", "Succeeded"]


def test_the_rollback_of_an_update_does_not_count_an_import_that_it_has_stopped(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER), Outcome()]
    first = answered(background(), world)
    first.step()
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    changed = Execution(update(first.event, ToleratedFailed="5"), world)
    changed.run_until(lambda: world.web.answers(changed.path))
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed.event), world).status == "SUCCESS"
    for stopped in (first, changed):
        assert stopped.run().output["status"] == "FAILED"
    assert first.output["reason"].startswith(messages.IMPORT_ROLLED_BACK)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    event = update(first.event, Wait="true", TimeoutSeconds="600")
    assert run_workflow(event, world).attributes["ImportedUsers"] == "3"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("DescribeStacks", "Throttling"),
        ("HeadObject", "503"),
        ("DescribeUserImportJob", "InternalErrorException"),
    ],
)
def test_an_import_outlives_the_failure_of_a_service_for_some_minutes(
    world: FakeAws, operation: str, code: str
) -> None:
    lasting(world, 5 * 3600)
    execution = answered(background(), world)
    execution.run_until(lambda: world.clock.now() > execution.started_at + 2 * 3600)
    world.clock.sleep(max(0.0, execution.machine.due - world.clock.now()))
    world.fault(operation, code, seconds=240)
    assert execution.run().output["status"] == "SUCCEEDED"
