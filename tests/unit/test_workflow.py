"""Whole histories: CloudFormation asks, the workflow runs, CloudFormation is answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.events import POOL, ROLE, create, delete, reverse, update
from helpers.fake_world import (
    CANARY,
    EMPTY_FAILURE,
    OTHER_POOL,
    UNKNOWN,
    Execution,
    Outcome,
    failed_empty,
    long_rows,
    run_workflow,
    users,
)

from user_import.contract import VERSION, Phase
from user_import.messages import steps as messages
from user_import.propagation import PROPAGATION_SECONDS
from user_import.steps.pace import SLOT
from user_import.worker import run as run_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.fake_world import FakeAws

NEVER = float("inf")
NEWER = str(VERSION + 1)
AFTER_TIMEOUT = 120
BROKEN = EndpointConnectionError(endpoint_url="https://cognito-idp.eu-central-1.amazonaws.com/")
REFUSALS = [
    "PreconditionNotMetException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "AccessDeniedException",
]


def started(world: FakeAws) -> Callable[..., Any]:
    return lambda: bool(world.cognito.started)


def ended(world: FakeAws) -> dict[str, Any]:
    """A finished import whose answer CloudFormation has."""
    event = create()
    assert run_workflow(event, world).status == "SUCCESS"
    world.calls.clear()
    return event


def test_a_create_imports_the_users_and_answers_with_the_attributes(world: FakeAws) -> None:
    execution = run_workflow(create(), world)
    job = world.cognito.job()
    assert execution.status == "SUCCESS"
    assert execution.attributes == {
        "Status": "Succeeded",
        "JobIds": job.id,
        "ImportedUsers": "3",
        "SkippedUsers": "0",
        "FailedUsers": "0",
        "CompletionMessage": "Import Job Completed Successfully.",
        "LogGroupName": f"/aws/cognito/userpools/{POOL}/customers",
        "LogStreamName": f"{job.id}/{job.name}",
    }
    assert world.cognito.upload(job) == users(3)


def test_a_small_import_is_answered_within_seconds_of_its_end(world: FakeAws) -> None:
    assert run_workflow(create(), world).seconds < 15


def test_a_403_for_a_missing_object_delays_nothing(world: FakeAws) -> None:
    world.s3.says_of_missing = "403"
    event = create()
    for execution in (run_workflow(event, world), run_workflow(delete(event), world)):
        assert execution.status == "SUCCESS"
        assert execution.seconds < 15
    assert world.staged == []


def test_every_step_called_twice_starts_one_job(world: FakeAws) -> None:
    execution = Execution(create(), world, calls_a_step=2).run()
    assert execution.error == ""
    assert len(set(world.web.taken(execution.path))) == 1
    assert len(world.cognito.started) == 1


@pytest.mark.parametrize("lost", range(1, 6))
def test_a_turn_whose_result_is_lost_leads_to_no_second_started_job(
    world: FakeAws, lost: int
) -> None:
    execution = Execution(create(), world)
    while not execution.over:
        if execution.turns == lost and execution.state and not execution.state["done"]:
            run_step(
                {"step": "advance", "request": execution.event, "state": execution.state}, world
            )
        execution.step()
    assert execution.status == "SUCCESS"
    assert len(world.cognito.started) == 1
    assert world.cognito.most_active == 1


def test_a_crash_between_create_and_remember_starts_one_job(world: FakeAws) -> None:
    world.fault("CreateUserImportJob", BROKEN, times=1, after=True)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert len(world.cognito.jobs) == 2
    assert len(world.cognito.started) == 1


def test_a_start_whose_response_is_lost_is_not_started_again(world: FakeAws) -> None:
    world.fault("StartUserImportJob", BROKEN, times=1, after=True)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert len(world.cognito.started) == 1
    assert len(world.cognito.jobs) == 1


def test_a_second_execution_of_the_same_request_starts_no_job_for_rows_that_were_imported(
    world: FakeAws,
) -> None:
    event = create()
    first, second = Execution(event, world), Execution(event, world)
    for execution in (first, second):
        execution.run_until(execution.has_jobs)
    assert len(world.cognito.jobs) == 2
    first.run_until(started(world))
    world.clock.sleep(60)
    second.run_until(lambda: second.state["done"])
    assert len(world.cognito.started) == 1
    first.run()
    second.run()
    reported, again = world.web.answers(first.path)
    assert reported["Status"] == "SUCCESS"
    assert reported == again


def test_a_taken_slot_is_waited_for(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + 600
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert 600 <= execution.seconds < 665
    assert len(world.cognito.jobs) == 1


def test_a_slot_reported_as_too_many_requests_is_waited_for(world: FakeAws) -> None:
    world.fault("StartUserImportJob", "TooManyRequestsException", seconds=600)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert 600 <= execution.seconds < 665
    assert len(world.cognito.jobs) == 1


def test_a_slot_occupied_until_the_deadline_fails_with_cognitos_message(world: FakeAws) -> None:
    world.cognito.foreign_until = NEVER
    execution = run_workflow(create(TimeoutSeconds="300"), world)
    assert execution.status == "FAILED"
    assert messages.import_timed_out(300, "") in execution.reason
    assert "A text for a slot that is taken." in execution.reason
    assert execution.seconds <= 300 + AFTER_TIMEOUT
    assert world.cognito.started == []


def test_a_timeout_of_a_running_job_does_not_blame_the_slot_it_once_waited_for(
    world: FakeAws,
) -> None:
    world.cognito.foreign_until = world.clock.now() + 60
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "A text for a slot" not in execution.reason


def test_a_timeout_stops_the_job_and_reports_its_progress(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert messages.import_timed_out(1800, "") in execution.reason
    assert world.cognito.job().status == "Stopped"
    assert execution.seconds <= 1800 + AFTER_TIMEOUT
    assert "Stopped" in execution.reason
    assert "0 imported, 0 skipped, 0 failed" in execution.reason


def test_a_job_that_never_stops_is_reported_before_cloudformation_times_out(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.stop_seconds = NEVER
    execution = run_workflow(create(TimeoutSeconds="60"), world)
    assert execution.status == "FAILED"
    assert messages.job_still_stopping(world.cognito.job().id) in execution.reason
    assert execution.seconds <= 60 + AFTER_TIMEOUT


def test_missing_logs_do_not_use_up_cloudformations_time_budget_after_a_timeout(
    world: FakeAws,
) -> None:
    world.s3.objects["assets", "users.csv"] = users(4)
    world.cognito.outcomes = [
        *(Outcome(failed=1) for _ in range(3)),
        Outcome(seconds=NEVER),
    ]
    world.cognito.stop_seconds = NEVER
    execution = Execution(create(ToleratedFailed="3", TimeoutSeconds="60"), world)
    execution.split(1, 1, 1, 1).run()
    assert execution.status == "FAILED"
    assert execution.seconds <= 60 + AFTER_TIMEOUT


def test_a_source_that_reads_slowly_does_not_outlast_the_timeout(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = long_rows(700)
    world.s3.seconds_per_read = 60
    execution = run_workflow(create(TimeoutSeconds="60"), world)
    assert execution.status == "FAILED"
    assert execution.seconds <= 60 + AFTER_TIMEOUT


@pytest.mark.parametrize("operation", ["CreateUserImportJob", "StartUserImportJob"])
@pytest.mark.parametrize("code", REFUSALS)
def test_a_new_role_that_is_refused_at_first_is_tried_again(
    world: FakeAws, operation: str, code: str
) -> None:
    world.fault(operation, code, seconds=80)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert execution.seconds < 120
    assert len(world.cognito.started) == 1


@pytest.mark.parametrize("operation", ["CreateUserImportJob", "StartUserImportJob"])
@pytest.mark.parametrize("code", REFUSALS[1:])
def test_a_refusal_that_lasts_is_reported_within_minutes(
    world: FakeAws, operation: str, code: str
) -> None:
    world.fault(operation, code, "the role cannot be used")
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert code in execution.reason
    assert "the role cannot be used" in execution.reason
    assert execution.seconds < 180


def test_a_create_refused_as_not_ready_fails_with_the_refusal(world: FakeAws) -> None:
    world.fault("CreateUserImportJob", "PreconditionNotMetException", "a role nobody can use")
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "a role nobody can use" in execution.reason
    assert world.cognito.jobs == []


def test_a_job_that_fails_empty_right_after_the_start_is_tried_again(world: FakeAws) -> None:
    world.cognito.outcomes = [failed_empty(3)]
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["JobIds"] == world.cognito.job().id
    assert len(world.cognito.started) == 2
    assert world.cognito.most_active == 1


def test_a_role_that_works_after_ninety_seconds_makes_no_failed_deployment(world: FakeAws) -> None:
    world.cognito.outcomes = [failed_empty(3)] * 50
    world.clock.after(90, world.cognito.outcomes.clear)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"


def test_a_job_that_always_fails_empty_is_reported_with_status_counters_and_message(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [failed_empty(3)] * 50
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert EMPTY_FAILURE in execution.reason
    assert "Failed" in execution.reason
    assert "0 imported, 0 skipped, 0 failed" in execution.reason
    assert len(world.cognito.jobs) < 10


def test_a_job_that_fails_empty_later_is_reported_with_status_counters_and_message(
    world: FakeAws,
) -> None:
    world.cognito.foreign_until = world.clock.now() + 300
    world.cognito.outcomes = [failed_empty(3)]
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert messages.completion_message(EMPTY_FAILURE) in execution.reason
    assert messages.counters("Failed", 0, 0, 0, 3) in execution.reason


def test_a_failed_job_whose_users_all_existed_is_a_success(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", skipped=3, message="Too many users")]
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["Status"] == "Failed"
    assert execution.attributes["SkippedUsers"] == "3"
    assert execution.attributes["ImportedUsers"] == "0"


@pytest.mark.parametrize("status", ["Succeeded", "Failed"])
def test_users_unaccounted_for_fail_the_deployment(world: FakeAws, status: str) -> None:
    world.cognito.outcomes = [Outcome(status, lost=1)]
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert messages.counters(status, 2, 0, 0, 3) in execution.reason


@pytest.mark.parametrize("status", ["Succeeded", "Failed"])
@pytest.mark.parametrize(
    ("failed", "tolerated", "ends"),
    [
        (1, "0", "FAILED"),
        (1, "1", "SUCCESS"),
        (2, "1", "FAILED"),
        (3, None, "SUCCESS"),
    ],
)
def test_failed_users_are_tolerated_up_to_the_property(
    world: FakeAws, status: str, failed: int, tolerated: str | None, ends: str
) -> None:
    world.cognito.outcomes = [Outcome(status, failed=failed)]
    assert run_workflow(create(ToleratedFailed=tolerated), world).status == ends


@pytest.mark.parametrize(
    ("skipped", "tolerated", "ends"),
    [(3, None, "SUCCESS"), (1, "0", "FAILED"), (1, "1", "SUCCESS"), (2, "1", "FAILED")],
)
def test_skipped_users_are_tolerated_up_to_the_property(
    world: FakeAws, skipped: int, tolerated: str | None, ends: str
) -> None:
    world.cognito.outcomes = [Outcome(skipped=skipped)]
    assert run_workflow(create(ToleratedSkipped=tolerated), world).status == ends


def test_tolerance_counts_the_users_of_all_jobs(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(failed=1), Outcome(failed=1)]
    execution = Execution(create(ToleratedFailed="1"), world).split(1, 1, 1).run()
    assert execution.status == "FAILED"
    assert len(world.cognito.started) == 2


def test_jobs_run_one_after_the_other_and_add_up(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(), Outcome(skipped=1), Outcome()]
    world.s3.objects["assets", "users.csv"] = users(6)
    execution = Execution(create(), world).split(1, 2, 3).run()
    assert execution.status == "SUCCESS"
    assert world.cognito.most_active == 1
    assert execution.attributes["JobIds"] == ",".join(job.id for job in world.cognito.jobs)
    assert execution.attributes["ImportedUsers"] == "5"
    assert execution.attributes["SkippedUsers"] == "1"
    uploads = [world.cognito.uploaded(job).decode().splitlines() for job in world.cognito.jobs]
    assert [len(upload) - 1 for upload in uploads] == [1, 2, 3]
    assert {upload[0] for upload in uploads} == {users(1).decode().splitlines()[0]}
    rows = [row for upload in uploads for row in upload[1:]]
    assert rows == users(6).decode().splitlines()[1:]


def test_a_foreign_job_between_two_jobs_is_waited_for(world: FakeAws) -> None:
    execution = Execution(create(), world).split(1, 2)
    execution.run_until(started(world))
    world.cognito.foreign_until = world.clock.now() + 120
    assert execution.run().status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "3"


def test_an_unchanged_update_after_several_jobs_answers_all_of_them(world: FakeAws) -> None:
    event = create()
    first = Execution(event, world).split(1, 2).run()
    second = run_workflow(update(event, TimeoutSeconds="900"), world)
    assert second.attributes == first.attributes


def test_a_job_stopped_from_outside_fails_with_its_counters(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(started(world))
    world.cognito.stop_by_hand(world.cognito.job())
    assert execution.run().status == "FAILED"
    assert messages.counters("Stopped", 0, 0, 0, 3) in execution.reason
    assert "The Import Job was stopped by the developer." in execution.reason


def test_a_job_of_a_status_that_is_not_documented_is_waited_for(world: FakeAws) -> None:
    execution = Execution(create(), world).run_until(started(world))
    job = world.cognito.job()
    job.status = UNKNOWN
    world.clock.after(300, lambda: setattr(job, "status", "InProgress"))
    assert execution.run().status == "SUCCESS"
    assert 300 <= execution.seconds < 330
    assert len(world.cognito.jobs) == 1


def test_a_job_of_a_status_that_is_not_documented_is_reported_with_that(world: FakeAws) -> None:
    execution = Execution(create(TimeoutSeconds="60"), world).run_until(started(world))
    world.cognito.job().status = UNKNOWN
    assert execution.run().status == "FAILED"
    assert messages.job_still_stopping(world.cognito.job().id) in execution.reason
    assert f"Status {UNKNOWN}: 0 imported" in execution.reason
    assert execution.seconds <= 60 + AFTER_TIMEOUT


def test_a_job_that_expires_before_it_can_start_is_created_and_uploaded_again(
    world: FakeAws,
) -> None:
    world.cognito.foreign_until = NEVER
    execution = Execution(create(), world).run_until(lambda: world.cognito.jobs)
    world.cognito.job().status = "Expired"
    execution.run_until(lambda: len(world.cognito.jobs) > 1)
    world.cognito.foreign_until = 0
    assert execution.run().status == "SUCCESS"
    expired, job = world.cognito.jobs
    assert job.name == expired.name
    assert world.cognito.uploaded(job) == world.cognito.uploaded(expired)
    assert execution.attributes["JobIds"] == job.id


def test_a_job_without_start_that_expires_fails(world: FakeAws) -> None:
    execution = Execution(create(Start="false"), world).run_until(lambda: world.cognito.jobs)
    world.cognito.job().status = "Expired"
    assert execution.run().status == "FAILED"
    assert "Status Expired: 0 imported" in execution.reason


def test_without_start_the_job_is_uploaded_and_waits(world: FakeAws) -> None:
    execution = run_workflow(create(Start="false"), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["Status"] == "Created"
    assert execution.attributes["JobIds"] == world.cognito.job().id
    assert world.cognito.upload(world.cognito.job()) == users(3)
    assert world.cognito.started == []


def test_an_unchanged_update_imports_nothing_and_answers_the_last_import(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", skipped=1, message="Too many users")]
    event = create()
    first = run_workflow(event, world)
    calls = len(world.called("CreateUserImportJob"))
    second = run_workflow(update(event, TimeoutSeconds="600", ToleratedFailed="7"), world)
    assert second.status == "SUCCESS"
    assert second.attributes == first.attributes
    assert len(world.called("CreateUserImportJob")) == calls
    assert second.seconds < 5


def test_an_unchanged_update_succeeds_without_the_source(world: FakeAws) -> None:
    event = ended(world)
    world.s3.objects.clear()
    assert run_workflow(update(event, TimeoutSeconds="600"), world).status == "SUCCESS"


def test_an_unchanged_update_answers_the_job_that_ran_and_not_the_one_cancelled(
    world: FakeAws,
) -> None:
    world.fault("CreateUserImportJob", BROKEN, times=1, after=True)
    world.cognito.outcomes = [failed_empty(3)]
    event = create()
    first = run_workflow(event, world)
    world.clock.sleep(48 * 3600)
    second = run_workflow(update(event, TimeoutSeconds="600"), world)
    assert second.attributes == first.attributes


@pytest.mark.parametrize(
    "change",
    [{"SourceHash": "b2"}, {"RunToken": "again"}, {"UserPoolId": OTHER_POOL}],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_update_imports_again(world: FakeAws, change: dict[str, str]) -> None:
    event = ended(world)
    execution = run_workflow(update(event, **change), world)
    assert execution.status == "SUCCESS"
    assert len(world.cognito.started) == 2
    assert execution.attributes["JobIds"] == world.cognito.job().id


def test_only_another_pool_changes_the_physical_id(world: FakeAws) -> None:
    event = create()
    first = run_workflow(event, world)
    again = run_workflow(update(event, SourceHash="b2", RunToken="x", JobName="Other"), world)
    moved = run_workflow(update(event, UserPoolId=OTHER_POOL), world)
    assert first.answer["PhysicalResourceId"] == again.answer["PhysicalResourceId"]
    assert first.answer["PhysicalResourceId"] != moved.answer["PhysicalResourceId"]


def test_rolling_back_to_an_earlier_content_imports_it_again(world: FakeAws) -> None:
    event = ended(world)
    changed = update(event, SourceHash="b2")
    run_workflow(changed, world)
    run_workflow(update(changed, SourceHash="a1"), world)
    assert len(world.cognito.started) == 3


def test_start_from_false_to_true_starts_the_waiting_job(world: FakeAws) -> None:
    event = create(Start="false")
    run_workflow(event, world)
    waiting = world.cognito.job()
    execution = run_workflow(update(event, Start="true"), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["JobIds"] == waiting.id
    assert execution.attributes["ImportedUsers"] == "3"
    assert len(world.cognito.jobs) == 1


def test_start_from_false_to_true_starts_all_waiting_jobs(world: FakeAws) -> None:
    event = create(Start="false")
    first = Execution(event, world).split(1, 2).run()
    execution = Execution(update(event, Start="true"), world).split(1, 2)
    execution.take_jobs(first.attributes["JobIds"].split(","))
    assert execution.run().attributes["JobIds"] == first.attributes["JobIds"]
    assert execution.attributes["ImportedUsers"] == "3"
    assert len(world.cognito.jobs) == 2


@pytest.mark.parametrize("status", ["Stopped", "Expired", "Succeeded", "Failed"])
def test_start_from_false_to_true_imports_again_when_the_job_no_longer_waits(
    world: FakeAws, status: str
) -> None:
    event = create(Start="false")
    run_workflow(event, world)
    world.cognito.job().status = status
    execution = run_workflow(update(event, Start="true"), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["JobIds"] == world.cognito.job(1).id
    assert execution.attributes["ImportedUsers"] == "3"


def test_start_from_false_to_true_waits_for_a_manually_started_job(
    world: FakeAws,
) -> None:
    event = create(Start="false")
    run_workflow(event, world)
    world.cognito.outcomes = [Outcome(seconds=60)]
    world.cognito.begin(world.cognito.job())
    execution = run_workflow(update(event, Start="true"), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "3"
    assert len(world.cognito.jobs) == 1


def test_a_waiting_job_is_judged_by_the_uploaded_csv_and_not_by_the_current_source(
    world: FakeAws,
) -> None:
    event = create(Start="false", SourceHash=None)
    run_workflow(event, world)
    world.s3.objects["assets", "users.csv"] = users(5)
    execution = run_workflow(update(event, Start="true"), world)
    assert execution.status == "SUCCESS"


def test_a_waiting_job_of_a_pinned_source_accounts_for_all_its_users(world: FakeAws) -> None:
    event = create(Start="false")
    run_workflow(event, world)
    world.cognito.outcomes = [Outcome(lost=1)]
    execution = run_workflow(update(event, Start="true"), world)
    assert execution.status == "FAILED"
    assert messages.users_unaccounted_for(world.cognito.job().id, 2, 3) in execution.reason


def test_start_from_true_to_false_imports_nothing(world: FakeAws) -> None:
    event = ended(world)
    execution = run_workflow(update(event, Start="false"), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "3"
    assert len(world.cognito.jobs) == 1


def test_the_reverse_update_imports_nothing_and_answers_the_last_import(world: FakeAws) -> None:
    event = create()
    first = run_workflow(event, world)
    world.cognito.outcomes = [Outcome(failed=1)]
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert run_workflow(changed, world).status == "FAILED"
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    jobs = len(world.cognito.jobs)
    back = run_workflow(reverse(changed), world)
    assert back.status == "SUCCESS"
    assert back.attributes == first.attributes
    assert back.answer["PhysicalResourceId"] == first.answer["PhysicalResourceId"]
    assert len(world.cognito.jobs) == jobs


def undone(world: FakeAws) -> tuple[Execution, dict[str, Any]]:
    """An import, an update of it to new content, and the Update that undoes that one."""
    event = create()
    first = run_workflow(event, world)
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    run_workflow(changed, world)
    return first, reverse(changed)


def rolls_back_after(world: FakeAws, seconds: int) -> None:
    """Let DescribeStacks be late in saying that the stack rolls back."""
    status = "UPDATE_ROLLBACK_IN_PROGRESS"
    world.clock.after(seconds, lambda: setattr(world.cloudformation, "status", status))


@pytest.mark.parametrize("seconds", [1, 29])
def test_the_reverse_update_imports_nothing_although_the_stack_status_is_delayed(
    world: FakeAws, seconds: int
) -> None:
    first, back = undone(world)
    rolls_back_after(world, seconds)
    execution = run_workflow(back, world)
    assert execution.status == "SUCCESS"
    assert execution.attributes == first.attributes
    assert len(world.cognito.jobs) == 2
    assert seconds <= execution.seconds < seconds + 10


@pytest.mark.parametrize(
    ("operation", "begin"), [("ListUserImportJobs", 0), ("DescribeStacks", 1)], ids=str
)
def test_the_reverse_update_succeeds_when_its_first_list_calls_are_denied(
    world: FakeAws, operation: str, begin: int
) -> None:
    first, back = undone(world)
    rolls_back_after(world, 10)
    execution = Execution(back, world)
    world.clock.after(begin, lambda: world.fault(operation, "AccessDeniedException", seconds=20))
    world.clock.sleep(0)
    assert execution.run().status == "SUCCESS"
    assert execution.attributes == first.attributes
    assert len(world.cognito.jobs) == 2


def test_the_reverse_update_succeeds_although_the_stack_status_changes_during_its_import(
    world: FakeAws,
) -> None:
    first, back = undone(world)
    rolls_back_after(world, 45)
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = run_workflow(back, world)
    assert execution.status == "SUCCESS"
    assert execution.attributes == first.attributes
    assert world.cognito.job().status == "Stopped"
    assert execution.seconds < 90
    assert world.staged == []


def test_an_update_to_new_content_waits_for_no_rollback(world: FakeAws) -> None:
    event = ended(world)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert run_workflow(update(event, SourceHash="b2"), world).seconds < 15


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_an_update_to_new_content_fails_where_the_stack_rolls_back(
    world: FakeAws, status: str
) -> None:
    event = ended(world)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    forward = Execution(update(event, SourceHash="b2"), world)
    forward.run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = status
    assert forward.run().status == "FAILED"
    assert messages.IMPORT_ROLLED_BACK in forward.reason


def test_an_update_to_content_of_before_fails_where_the_stack_is_deleted(world: FakeAws) -> None:
    _, back = undone(world)
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(back, world).run_until(lambda: len(world.cognito.started) == 3)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert execution.run().status == "FAILED"
    assert messages.IMPORT_ROLLED_BACK in execution.reason
    assert world.cognito.job().status == "Stopped"


def test_the_reverse_update_stops_the_job_that_still_runs(world: FakeAws) -> None:
    event = ended(world)
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    forward = Execution(changed, world).run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed), world).status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"
    assert forward.run().status == "FAILED"
    assert len(world.cognito.started) == 2


def test_the_reverse_update_leaves_the_waiting_job_that_it_rolls_back_to(world: FakeAws) -> None:
    event = create(Start="false")
    run_workflow(event, world)
    changed = update(event, TimeoutSeconds="900")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    run_workflow(changed, world)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = run_workflow(reverse(changed), world)
    assert back.attributes["Status"] == "Created"
    assert world.cognito.job().status == "Created"


def test_the_reverse_update_of_a_pool_that_was_deleted_succeeds(world: FakeAws) -> None:
    event = ended(world)
    changed = update(event, SourceHash="b2")
    del world.cognito.pools[POOL]
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert run_workflow(changed, world).status == "FAILED"
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed), world).status == "SUCCESS"


def test_an_import_that_was_cancelled_starts_nothing_once_a_newer_update_runs(
    world: FakeAws,
) -> None:
    world.cognito.stops_created_jobs = False
    event = ended(world)
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.foreign_until = world.clock.now() + 200
    cancelled = Execution(changed, world).run_until(lambda: len(world.cognito.jobs) == 2)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed), world).status == "SUCCESS"
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.foreign_until = 0
    newer = run_workflow(update(event, SourceHash="c3"), world)
    assert newer.status == "SUCCESS"
    cancelled.run()
    assert world.cognito.job(1).id not in world.cognito.started


def test_a_cancelled_import_does_not_stop_the_job_of_a_newer_update(world: FakeAws) -> None:
    event = ended(world)
    changed = update(event, SourceHash="b2", TimeoutSeconds="60")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.foreign_until = world.clock.now() + 50
    cancelled = Execution(changed, world).run_until(lambda: len(world.cognito.jobs) == 2)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed), world).status == "SUCCESS"
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.foreign_until = 0
    world.cognito.outcomes = [Outcome(seconds=300)]
    newer = Execution(update(event, SourceHash="c3"), world)
    newer.run_until(lambda: len(world.cognito.started) == 2)
    world.clock.sleep(60)
    cancelled.run()
    assert newer.run().status == "SUCCESS"


def test_a_cancelled_import_does_not_remove_the_staged_csv_of_a_newer_update(
    world: FakeAws,
) -> None:
    event = ended(world)
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.foreign_until = world.clock.now() + 50
    cancelled = Execution(changed, world).run_until(lambda: len(world.cognito.jobs) == 2)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed), world).status == "SUCCESS"
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    newer = Execution(update(event, SourceHash="c3"), world)
    newer.step()
    cancelled.run()
    assert newer.run().status == "SUCCESS"


def test_a_stack_rolling_back_during_create_stops_the_job(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(started(world))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert execution.run().status == "FAILED"
    assert messages.IMPORT_ROLLED_BACK in execution.reason
    assert world.cognito.job().status == "Stopped"
    assert execution.seconds < 60


@pytest.mark.parametrize(
    "status", ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"]
)
def test_nothing_is_created_in_a_stack_that_rolls_back(world: FakeAws, status: str) -> None:
    world.cloudformation.status = status
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert execution.reason == messages.STACK_ROLLS_BACK
    assert world.cognito.jobs == []


def test_a_reverse_update_that_is_denied_at_first_answers_with_the_previous_import(
    world: FakeAws,
) -> None:
    event = ended(world)
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    world.fault("DescribeUserPool", "AccessDeniedException", seconds=10)
    execution = run_workflow(reverse(changed), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "3"


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_FAILED",
    ],
)
def test_nothing_begins_in_a_stack_whose_operation_has_ended(world: FakeAws, status: str) -> None:
    event = ended(world)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    late = Execution(update(event, SourceHash="b2"), world)
    waiting = run_workflow(update(event, SourceHash="c3", Start="false"), world)
    world.cloudformation.status = status
    assert waiting.status == "SUCCESS"
    assert late.run().status == "FAILED"
    assert f"The stack is {status}" in late.reason
    assert [job.status for job in world.cognito.jobs] == ["Succeeded", "Created"]
    assert world.staged == []


def test_an_import_of_an_operation_that_has_ended_is_cancelled(world: FakeAws) -> None:
    event = ended(world)
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    late = Execution(update(event, SourceHash="b2"), world)
    late.run_until(lambda: len(world.cognito.started) == 2)
    world.cloudformation.status = "UPDATE_FAILED"
    assert late.run().status == "FAILED"
    assert "The stack is UPDATE_FAILED" in late.reason
    assert world.cognito.job().status == "Stopped"
    assert late.seconds < 60
    assert world.staged == []


def test_a_delete_stops_the_job_and_waits_until_it_has_stopped(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.stop_seconds = 40
    event = create()
    importing = Execution(event, world).run_until(started(world))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    deleting = run_workflow(delete(event, "seed-SeedUsersResource-1ABC"), world)
    assert deleting.status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"
    assert deleting.answer["PhysicalResourceId"] == "seed-SeedUsersResource-1ABC"
    assert 40 <= deleting.seconds < 50
    importing.run()
    assert len(world.cognito.started) == 1


@pytest.mark.parametrize("stops_created", [True, False])
def test_a_delete_leaves_no_job_that_a_create_in_flight_will_start(
    world: FakeAws, stops_created: bool
) -> None:
    world.cognito.stops_created_jobs = stops_created
    event = create()
    importing = Execution(event, world).run_until(lambda: world.cognito.jobs)
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "SUCCESS"
    importing.run()
    assert world.cognito.started == []


def test_a_delete_stops_a_job_that_is_listed_a_moment_after_it_was_started(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.list_delay = 2
    event = create()
    Execution(event, world).run_until(started(world))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    deleting = Execution(delete(event), world)
    assert deleting.run().status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"


def test_an_import_that_is_cancelled_stops_its_job_before_that_is_listed(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.list_delay = 300
    execution = Execution(create(), world).run_until(started(world))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert execution.run().status == "FAILED"
    assert world.cognito.job().status == "Stopped"


@pytest.mark.parametrize("stops_created", [True, False])
def test_a_delete_during_a_slow_start_call_leaves_no_active_job(
    world: FakeAws, stops_created: bool
) -> None:
    world.cognito.stops_created_jobs = stops_created
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    event = create()
    deletes = []

    def delete_meanwhile() -> None:
        world.cloudformation.status = "DELETE_IN_PROGRESS"
        deletes.append(run_workflow(delete(event), world))

    world.before("StartUserImportJob", delete_meanwhile)
    importing = Execution(event, world).run_until(lambda: deletes)
    assert deletes[0].status == "SUCCESS"
    assert all(job.status == "Stopping" for job in world.cognito.active), "at once, if not before"
    assert importing.run().status == "FAILED"
    assert world.cognito.active == []


@pytest.mark.parametrize("stops_created", [True, False])
def test_a_delete_of_a_waiting_job_succeeds(world: FakeAws, stops_created: bool) -> None:
    world.cognito.stops_created_jobs = stops_created
    event = create(Start="false")
    run_workflow(event, world)
    deleting = run_workflow(delete(event), world)
    assert deleting.status == "SUCCESS"
    assert deleting.seconds < 30
    assert [job.status for job in world.cognito.jobs] == ["Stopped" if stops_created else "Created"]


def test_a_delete_does_not_stop_foreign_jobs(world: FakeAws) -> None:
    theirs = world.cognito.add_job("by-hand")
    theirs.status, theirs.started_at = "InProgress", world.clock.now()
    theirs.outcome = Outcome(seconds=NEVER)
    assert run_workflow(delete(create()), world).status == "SUCCESS"
    assert world.called("StopUserImportJob") == []
    assert theirs.status == "InProgress"


def test_a_delete_after_success_answers_at_once_and_deletes_no_user(world: FakeAws) -> None:
    event = ended(world)
    deleting = run_workflow(delete(event), world)
    assert deleting.status == "SUCCESS"
    assert deleting.seconds < 5
    assert set(world.operations) <= {
        "ListUserImportJobs",
        "HeadObject",
        "GetObject",
        "PutObject",
        "DeleteObject",
    }


def test_a_delete_of_a_pool_that_was_deleted_succeeds(world: FakeAws) -> None:
    event = ended(world)
    del world.cognito.pools[POOL]
    assert run_workflow(delete(event), world).status == "SUCCESS"


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_delete_without_a_right_to_the_pool_succeeds(world: FakeAws, code: str) -> None:
    event = ended(world)
    world.fault("ListUserImportJobs", code)
    deleting = run_workflow(delete(event), world)
    assert deleting.status == "SUCCESS"
    assert PROPAGATION_SECONDS <= deleting.seconds < PROPAGATION_SECONDS + 20


def test_a_delete_without_a_right_to_the_pool_succeeds_within_the_shortest_timeout(
    world: FakeAws,
) -> None:
    event = create(TimeoutSeconds="60")
    run_workflow(event, world)
    world.fault("ListUserImportJobs", "AccessDenied")
    deleting = run_workflow(delete(event), world)
    assert deleting.status == "SUCCESS"
    assert deleting.seconds <= 60 + AFTER_TIMEOUT


def test_a_delete_that_is_denied_at_first_still_stops_the_job(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    event = create()
    Execution(event, world).run_until(started(world))
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    world.fault("ListUserImportJobs", "AccessDeniedException", seconds=5)
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"


@pytest.mark.parametrize("code", ["InvalidParameterException", "NotAuthorizedException"])
def test_a_delete_of_a_pool_id_that_cognito_refuses_succeeds(world: FakeAws, code: str) -> None:
    event = create(UserPoolId="not-a-pool-id")
    world.fault("DescribeUserPool", code)
    world.fault("ListUserImportJobs", code)
    assert run_workflow(event, world).status == "FAILED"
    assert run_workflow(delete(event), world).status == "SUCCESS"


def test_a_delete_of_an_empty_pool_id_succeeds(world: FakeAws) -> None:
    event = create(UserPoolId="")
    assert run_workflow(event, world).status == "FAILED"
    assert run_workflow(delete(event), world).status == "SUCCESS"


@pytest.mark.parametrize(
    "broken",
    [{"TimeoutSeconds": None}, {"TimeoutSeconds": "soon"}, {"Start": "maybe"}, {"JobName": None}],
    ids=str,
)
def test_a_delete_with_properties_that_no_create_would_take_succeeds(
    world: FakeAws, broken: dict[str, Any]
) -> None:
    event = create(**broken)
    assert run_workflow(event, world).status == "FAILED"
    assert run_workflow(delete(event), world).status == "SUCCESS"


@pytest.mark.parametrize("version", [None, "0", NEWER])
def test_an_import_of_another_contract_fails_at_once_and_can_be_deleted(
    world: FakeAws, version: str | None
) -> None:
    event = create(ContractVersion=version)
    creating = run_workflow(event, world)
    assert creating.status == "FAILED"
    assert "upgrade cdk-cognito-user-import in the stack" in creating.reason
    assert creating.seconds < 5
    assert world.calls == []
    assert run_workflow(delete(event), world).status == "SUCCESS"


@pytest.mark.parametrize("version", [None, "0", NEWER])
def test_a_delete_of_another_contract_stops_the_job_that_runs(
    world: FakeAws, version: str | None
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    event = create()
    Execution(event, world).run_until(started(world))
    event["ResourceProperties"]["ContractVersion"] = version
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"
    assert world.staged == []


def test_a_delete_with_a_list_for_a_number_succeeds(world: FakeAws) -> None:
    event = create(TimeoutSeconds=["1800"])
    assert run_workflow(event, world).status == "FAILED"
    assert run_workflow(delete(event), world).status == "SUCCESS"


def test_the_reverse_of_an_update_with_a_bad_property_succeeds(world: FakeAws) -> None:
    event = ended(world)
    changed = update(event, Start="maybe")
    assert run_workflow(changed, world).status == "FAILED"
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(changed), world).status == "SUCCESS"


def test_a_delete_of_a_job_that_never_stops_fails_before_cloudformation_times_out(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.stop_seconds = NEVER
    event = create(TimeoutSeconds="300")
    Execution(event, world).run_until(started(world))
    deleting = run_workflow(delete(event), world)
    assert deleting.status == "FAILED"
    assert messages.job_still_stopping(world.cognito.job().id) in deleting.reason
    assert deleting.seconds <= 300 + AFTER_TIMEOUT


def test_the_longest_wait_for_a_stop_ends_with_an_answer(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.stop_seconds = NEVER
    event = create(TimeoutSeconds="3480")
    Execution(event, world).run_until(started(world))
    deleting = run_workflow(delete(event), world)
    assert messages.job_still_stopping(world.cognito.job().id) in deleting.reason
    assert deleting.turns * 9 < 25_000


def test_a_delete_removes_the_staged_csv(world: FakeAws) -> None:
    event = create()
    Execution(event, world).step()
    assert world.staged
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.staged == []


def test_an_expired_url_leads_to_a_new_job(world: FakeAws) -> None:
    world.web.answer("/upload/", 403, body=b"<Error><Code>AccessDenied</Code></Error>")
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert world.cognito.started == [world.cognito.job(1).id]
    assert execution.attributes["JobIds"] == world.cognito.job(1).id


def test_an_upload_that_is_always_refused_fails_with_the_status(world: FakeAws) -> None:
    world.web.answer("/upload/", 403, times=99, body=b"<Code>SignatureDoesNotMatch</Code>")
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "403, SignatureDoesNotMatch" in execution.reason
    assert len(world.cognito.jobs) < 10


def test_a_pool_full_of_jobs_is_reported_with_the_quota(world: FakeAws) -> None:
    world.fault("CreateUserImportJob", "LimitExceededException")
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert messages.too_many_jobs_in_pool("") in execution.reason
    assert execution.seconds < 60


@pytest.mark.parametrize("code", ["PreconditionNotMetException", "InvalidParameterException"])
def test_a_job_that_ends_while_it_is_asked_to_stop_has_stopped(world: FakeAws, code: str) -> None:
    execution = Execution(create(), world).run_until(lambda: world.cognito.jobs)
    job = world.cognito.job()
    job.status, job.started_at = "InProgress", world.clock.now()
    job.outcome = Outcome(seconds=3)
    world.fault("StopUserImportJob", code)
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert execution.run().status == "FAILED"
    assert execution.seconds < 20


def test_a_pool_deleted_during_the_import_fails_at_once(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(started(world))
    del world.cognito.pools[POOL]
    assert execution.run().status == "FAILED"
    assert execution.reason.startswith(messages.pool_deleted(""))
    assert execution.seconds < 60


@pytest.mark.parametrize(
    "operation", ["DescribeStacks", "DescribeUserPool", "GetCSVHeader", "GetObject", "PutObject"]
)
def test_a_call_that_is_denied_at_first_is_tried_again(world: FakeAws, operation: str) -> None:
    world.fault(operation, "AccessDenied", seconds=PROPAGATION_SECONDS - 1)
    assert run_workflow(create(), world).status == "SUCCESS"


@pytest.mark.parametrize(
    "operation", ["DescribeStacks", "DescribeUserPool", "GetCSVHeader", "GetObject", "PutObject"]
)
def test_a_call_that_stays_denied_is_reported(world: FakeAws, operation: str) -> None:
    world.fault(operation, "AccessDenied", "who are you")
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert operation in execution.reason
    assert "who are you" in execution.reason
    assert PROPAGATION_SECONDS <= execution.seconds < PROPAGATION_SECONDS + 10


def test_a_missing_source_is_reported_with_its_address(world: FakeAws) -> None:
    world.s3.objects.clear()
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "s3://assets/users.csv" in execution.reason


def test_a_pool_without_auto_verified_attributes_is_reported_before_anything_is_staged(
    world: FakeAws,
) -> None:
    world.cognito.pools[POOL] = []
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert execution.reason == messages.pool_verifies_nothing(POOL)
    assert world.cognito.jobs == []
    assert world.called("PutObject") == []


def test_a_bad_csv_is_reported_with_lines_and_count_and_nothing_is_imported(world: FakeAws) -> None:
    rows = users(4).decode().splitlines()
    rows[2] = f"{CANARY}{rows[2]},,"
    rows[4] = "," + rows[4].partition(",")[2]
    world.s3.objects["assets", "users.csv"] = "\n".join(rows).encode()
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "people.csv has 2 problems" in execution.reason
    assert "line 3" in execution.reason
    assert "line 5" in execution.reason
    assert world.cognito.jobs == []
    assert world.staged == []


def test_a_csv_without_a_header_does_not_expose_its_first_user(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(3).split(b"\n", 1)[1]
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "header" in execution.reason


FAILED_LINES = (
    "[FAILED] Line Number 2 - The User Record does not set any of the auto verified attributes.",
    "[SUCCEEDED] Line Number 3 - The import succeeded.",
    "[FAILED] Line Number 4 - An alias with this value exists.",
)


def test_the_reason_names_status_counters_message_and_the_users_own_lines(world: FakeAws) -> None:
    rows = users(3).decode().splitlines()
    csv = "\r\n".join([rows[0], "", "", rows[1], rows[2], "", rows[3]])
    world.s3.objects["assets", "users.csv"] = csv.encode()
    world.cognito.outcomes = [
        Outcome("Failed", failed=2, message="Too many users have failed.", lines=FAILED_LINES)
    ]
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert messages.counters("Failed", 1, 0, 2, 3) in execution.reason
    assert "Too many users have failed." in execution.reason
    assert "people.csv line 4: failed: The User Record does not set" in execution.reason
    assert "people.csv line 7: failed: An alias with this value exists." in execution.reason
    assert "The import succeeded" not in execution.reason
    job = world.cognito.job()
    assert f"/aws/cognito/userpools/{POOL}/customers" in execution.reason
    assert f"{job.id}/{job.name}" in execution.reason


def test_the_reason_waits_some_seconds_for_a_late_log(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=2, lines=FAILED_LINES)]
    world.logs.delay = 12
    execution = run_workflow(create(), world)
    assert "people.csv line 2: failed" in execution.reason
    assert "people.csv line 4: failed" in execution.reason


def test_the_wait_for_a_missing_log_is_short(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=2, lines=FAILED_LINES)]
    world.logs.delay = NEVER
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "2 failed of 3 users" in execution.reason
    assert execution.seconds < 45


def test_lines_of_a_later_job_are_those_of_the_users_own_file(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(), Outcome(failed=1, lines=FAILED_LINES[:1])]
    execution = Execution(create(), world).split(2, 1).run()
    assert "people.csv line 4: failed" in execution.reason


def test_skipped_lines_are_reported_when_skipped_users_fail_the_import(world: FakeAws) -> None:
    line = "[SKIPPED] Line Number 3 - The user already exists."
    world.cognito.outcomes = [Outcome(skipped=1, lines=(line,))]
    execution = run_workflow(create(ToleratedSkipped="0"), world)
    assert "people.csv line 3: skipped: The user already exists." in execution.reason


@pytest.mark.parametrize("fault", ["AccessDeniedException", BROKEN], ids=["denied", "broken"])
def test_an_unreadable_log_does_not_change_the_rest_of_the_reason(
    world: FakeAws, fault: Any
) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=2, message="Too many users", lines=())]
    world.fault("FilterLogEvents", fault)
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "1 imported, 0 skipped, 2 failed of 3 users" in execution.reason


@pytest.mark.parametrize("fault", ["AccessDenied", BROKEN], ids=["denied", "broken"])
def test_a_staged_csv_that_cannot_be_removed_does_not_undo_a_success(
    world: FakeAws, fault: Any
) -> None:
    world.fault("DeleteObject", fault)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "3"


@pytest.mark.parametrize(
    "operation", ["GetCSVHeader", "PutObject", "ListUserImportJobs", "DescribeUserImportJob"]
)
@pytest.mark.parametrize("fault", ["InternalErrorException", BROKEN], ids=["refused", "broken"])
def test_a_step_that_fails_every_time_is_answered_with_its_error(
    world: FakeAws, operation: str, fault: Any
) -> None:
    world.fault(operation, fault)
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert not execution.failed, "only the EventBridge rule answered"
    expected = "InternalErrorException" if isinstance(fault, str) else "Could not connect"
    assert expected in execution.reason


def test_a_step_that_fails_every_time_stops_the_job_it_left_running(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(started(world))
    world.fault("DescribeStacks", "InternalFailure")
    assert execution.run().status == "FAILED"
    assert world.cognito.job().status == "Stopping"


def test_a_step_that_fails_every_time_after_a_job_was_cancelled_is_answered_by_the_workflow(
    world: FakeAws,
) -> None:
    world.web.answer("/upload/", 403)
    world.clock.after(1, lambda: world.fault("ListUserImportJobs", "InternalErrorException"))
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert not execution.failed, "only the EventBridge rule answered"
    assert "InternalErrorException" in execution.reason


def test_a_step_that_fails_every_time_is_answered_although_cognito_cannot_be_reached(
    world: FakeAws,
) -> None:
    execution = Execution(create(), world).run_until(started(world))
    world.fault("DescribeUserImportJob", BROKEN)
    assert execution.run().status == "FAILED"
    assert not execution.failed, "only the EventBridge rule answered"


def test_an_unexpected_exception_reports_only_its_type_and_place(world: FakeAws) -> None:
    world.fault("GetCSVHeader", ValueError(f"{CANARY} has a bad value"))
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "ValueError at " in execution.reason


@pytest.mark.parametrize(
    "operation",
    ["DescribeUserImportJob", "ListUserImportJobs", "CreateUserImportJob", "DescribeUserPool"],
)
def test_throttling_for_minutes_does_not_fail_the_import(world: FakeAws, operation: str) -> None:
    seconds = 110 if operation == "DescribeUserPool" else 600  # Stage has two minutes, and retries
    world.fault(operation, "TooManyRequestsException", seconds=seconds)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    assert len(world.cognito.jobs) == 1


def test_a_stage_that_begins_late_waits_as_long_for_the_end_of_throttling(world: FakeAws) -> None:
    execution = Execution(create(), world)
    world.clock.sleep(PROPAGATION_SECONDS + 60)
    world.fault("DescribeUserPool", "TooManyRequestsException", seconds=110)
    execution.step()
    assert not execution.state["progress"]["failure"]


def test_throttling_does_not_keep_jobs_from_being_stopped(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=1200)]
    execution = Execution(create(), world).run_until(started(world))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    world.fault("StopUserImportJob", "TooManyRequestsException", seconds=100)
    assert execution.run().status == "FAILED"
    (job,) = world.cognito.jobs
    assert job.status == "Stopped"


def test_throttling_that_lasts_does_not_delay_the_answer_beyond_its_time(world: FakeAws) -> None:
    world.fault("ListUserImportJobs", "TooManyRequestsException")
    execution = run_workflow(create(TimeoutSeconds="300"), world)
    assert execution.status == "FAILED"
    assert "ListUserImportJobs" in execution.reason
    assert "TooManyRequestsException" in execution.reason
    assert execution.seconds < 300 + 120


def test_an_answer_that_is_not_accepted_is_sent_again(world: FakeAws) -> None:
    world.web.answer("/answer/", 503, times=2)
    assert run_workflow(create(), world).status == "SUCCESS"


def test_no_private_value_is_in_states_answers_calls_or_logs(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    world.cognito.outcomes = [Outcome("Failed", failed=1, lines=FAILED_LINES[:1])]
    execution = run_workflow(create(), world)
    assert execution.answer
    written = [f"{record.getMessage()} {record.exc_text}" for record in caplog.records]
    assert written
    for text in (*written, json.dumps(execution.states)):
        assert CANARY not in text
        assert "secret" not in text
        assert "/upload/" not in text
        assert "/answer/" not in text


def test_a_delete_that_is_denied_as_long_as_a_new_policy_may_take_still_stops_the_job(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    event = create()
    Execution(event, world).run_until(started(world))
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    world.fault("ListUserImportJobs", "AccessDeniedException", seconds=PROPAGATION_SECONDS - 1)
    assert run_workflow(delete(event), world).status == "SUCCESS"
    assert world.cognito.active == []


def test_a_delete_with_one_denied_list_call_waits_until_the_job_has_stopped(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    world.cognito.stop_seconds = 60
    event = create()
    Execution(event, world).run_until(started(world))
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    deleting = Execution(delete(event), world)
    world.clock.after(45, lambda: world.fault("ListUserImportJobs", "AccessDenied", times=1))
    assert deleting.run().status == "SUCCESS"
    assert world.cognito.active == []


def test_a_job_that_may_not_be_stopped_is_not_reported_as_stopped(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(started(world))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    world.fault("StopUserImportJob", "AccessDeniedException")
    assert execution.run().status == "FAILED"
    assert "was stopped" not in execution.reason


def test_two_imports_into_one_pool_at_once_take_turns(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=50), Outcome(seconds=50)]
    first, second = create(), {**create(StagingKey="imports/two"), "LogicalResourceId": "Two"}
    executions = [Execution(first, world), Execution(second, world)]
    while not all(execution.over for execution in executions):
        for execution in executions:
            if not execution.over:
                execution.step()
    assert [execution.status for execution in executions] == ["SUCCESS", "SUCCESS"]
    assert world.cognito.most_active == 1
    assert len(world.cognito.jobs) == 2


def test_deleting_one_of_two_imports_leaves_the_job_of_the_other(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=50)]
    first, second = create(), {**create(StagingKey="imports/two"), "LogicalResourceId": "Two"}
    running = Execution(first, world).run_until(started(world))
    assert run_workflow(delete(second), world).status == "SUCCESS"
    assert running.run().status == "SUCCESS"


def test_a_staged_csv_that_cannot_be_read_does_not_fill_the_pool_with_jobs(world: FakeAws) -> None:
    execution = Execution(create(), world)
    execution.step()
    world.fault("GetObject", "AccessDenied", "of the staged object")
    assert execution.run().status == "FAILED"
    assert "of the staged object" in execution.reason
    assert len(world.cognito.jobs) <= 6


def test_a_staged_csv_that_is_denied_at_first_does_not_end_the_import(
    world: FakeAws,
) -> None:
    execution = Execution(create(), world)
    execution.step()
    world.fault("HeadObject", "403", "Forbidden", seconds=20)
    assert execution.run().status == "SUCCESS"


def test_the_reverse_update_that_is_denied_at_first_still_answers_the_last_import(
    world: FakeAws,
) -> None:
    event = create()
    first = run_workflow(event, world)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    world.fault("DescribeUserPool", "AccessDeniedException", seconds=10)
    back = run_workflow(reverse(update(event, UserPoolId=OTHER_POOL)), world)
    assert back.status == "SUCCESS"
    assert back.attributes == first.attributes


@pytest.mark.parametrize("slot_taken", [0, 300])
def test_a_waiting_job_of_an_unversioned_source_that_fails_empty_is_a_failure(
    world: FakeAws, slot_taken: int
) -> None:
    event = create(Start="false", SourceHash=None)
    run_workflow(event, world)
    world.cognito.foreign_until = world.clock.now() + slot_taken
    world.cognito.outcomes = [failed_empty(3)] * 50
    execution = run_workflow(update(event, Start="true"), world)
    assert execution.status == "FAILED"
    assert EMPTY_FAILURE in execution.reason


def test_users_lost_by_a_replacement_of_a_waiting_job_are_a_failure(world: FakeAws) -> None:
    event = create(Start="false", SourceHash=None)
    run_workflow(event, world)
    world.cognito.outcomes = [failed_empty(3), Outcome(lost=1)]
    execution = run_workflow(update(event, Start="true"), world)
    assert len(world.cognito.jobs) == 2
    assert execution.status == "FAILED"


# The phases, which people see in the console of Step Functions


def test_the_state_machine_is_in_a_wait_state_of_its_own_for_each_phase(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + 60
    world.fault("CreateUserImportJob", "InvalidParameterException", seconds=10)
    execution = run_workflow(create(), world)
    assert execution.status == "SUCCESS"
    waits = list(dict.fromkeys(execution.machine.waits))
    assert waits == ["Wait", Phase.RIGHTS, Phase.START, Phase.RUN]
    phases = [state["phase"] for state in execution.states if "phase" in state]
    assert phases == [each for each in execution.machine.waits if each != "Wait"]


def test_a_deleted_import_reports_waiting_for_its_jobs_to_stop(world: FakeAws) -> None:
    event = create()
    Execution(event, world).run_until(started(world))
    deletion = run_workflow(delete(event), world)
    assert Phase.STOP in deletion.machine.waits


def test_an_execution_that_started_with_earlier_functions_continues(world: FakeAws) -> None:
    """Its states have no phase, and its state machine finds none."""
    execution = Execution(create(), world)
    execution.run_until(started(world))
    for name in ("phase", "since", "waiting_for"):
        execution.state.pop(name, None)
        execution.machine.data.pop(name, None)
    assert execution.run().status == "SUCCESS"


def test_a_logs_role_that_cognito_never_uses_ends_after_five_minutes_where_its_trust_is_restricted(
    world: FakeAws,
) -> None:
    world.cognito.foreign_until = NEVER
    execution = run_workflow(create(LogsRoleKind="restricted"), world)
    assert execution.status == "FAILED"
    assert messages.restricted_role(ROLE) in execution.reason
    assert 300 <= execution.seconds < 360


def test_an_import_with_a_restricted_role_waits_on_while_a_job_of_its_pool_runs(
    world: FakeAws,
) -> None:
    other = world.cognito.add_job("of somebody else")
    other.status, other.started_at = "InProgress", world.clock.now()
    other.outcome = Outcome(seconds=NEVER)
    world.clock.after(900, lambda: setattr(other, "status", "Stopped"))
    execution = run_workflow(create(LogsRoleKind="restricted"), world)
    assert execution.status == "SUCCESS"
    assert 900 <= execution.seconds < 900 + SLOT.longest + 20
    assert Phase.SLOT in execution.machine.waits
