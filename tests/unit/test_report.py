from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, create, delete, reverse, update
from helpers.fake_world import OTHER_POOL, UNKNOWN, Execution, Outcome, run_workflow, users

from user_import import worker
from user_import.messages import steps as messages
from user_import.messages.aws import LIST_JOBS

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

NEVER = float("inf")


def failed(number: int | str, line: int) -> str:
    return f"[FAILED] Line Number {line} - Reason {number}."


def send_report(world: FakeAws, event: dict[str, Any], state: dict[str, Any], path: str) -> None:
    worker.run(
        {"step": "report", "request": event, "state": state, "response_url": world.web.url(path)},
        world,
    )


def reported(world: FakeAws, event: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    path = f"/answer/{event['RequestId']}"
    send_report(world, event, state, path)
    answer: dict[str, str]
    (answer,) = world.web.answers(path)
    return answer


def test_ten_lines_are_reported_and_the_counters_include_the_rest(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(30)
    lines = tuple(failed(number, number + 2) for number in range(30))
    world.cognito.outcomes = [Outcome("Failed", failed=30, lines=lines)]
    reason = run_workflow(create(), world).reason
    assert reason.count("people.csv line") == 10
    assert "Reason 9." in reason
    assert "30 failed of 30 users" in reason


def test_ten_lines_are_reported_of_all_jobs_together(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(12)
    first = tuple(failed(number, number + 2) for number in range(6))
    second = tuple(failed(number, number + 2) for number in range(6))
    world.cognito.outcomes = [
        Outcome(failed=6, lines=first),
        Outcome(failed=6, lines=second),
    ]
    execution = Execution(create(ToleratedFailed="6"), world).split(6, 6).run()
    lines = [part.split(":")[0] for part in execution.reason.split("people.csv line ")[1:]]
    assert lines == [str(line) for line in range(2, 12)]


def test_lines_are_reported_in_the_order_of_the_file(world: FakeAws) -> None:
    lines = (failed("b", 4), failed("a", 2))
    world.cognito.outcomes = [Outcome("Failed", failed=2, lines=lines)]
    reason = run_workflow(create(), world).reason
    assert reason.index("line 2") < reason.index("line 4")


def test_the_longest_reason_fits_and_still_has_the_cause(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(30)
    lines = tuple(f"[FAILED] Line Number {line} - {'ß' * 900}" for line in range(2, 32))
    world.cognito.outcomes = [Outcome("Failed", failed=30, message="é" * 128, lines=lines)]
    execution = run_workflow(create(SourceName="ü" * 200), world)
    assert len(world.web.taken(execution.path)[0]) <= 4096
    assert messages.counters("Failed", 0, 0, 30, 30) in execution.reason


@pytest.mark.parametrize("tolerated", [None, "0"])
def test_skipped_lines_are_reported_when_skipped_users_are_not_tolerated(
    world: FakeAws, tolerated: str | None
) -> None:
    lines = (failed("a", 2), "[SKIPPED] Line Number 4 - The user already exists.")
    world.cognito.outcomes = [Outcome(failed=1, skipped=1, lines=lines)]
    reason = run_workflow(create(ToleratedSkipped=tolerated), world).reason
    assert "people.csv line 2: failed: Reason a" in reason
    assert ("people.csv line 4: skipped: The user already exists" in reason) == (tolerated == "0")


def test_waiting_for_the_log_ends_when_no_more_lines_can_arrive(world: FakeAws) -> None:
    lines = tuple(failed(number, number + 2) for number in range(2))
    skipped = ("[SKIPPED] Line Number 4 - The user already exists.",)
    world.cognito.outcomes = [Outcome(failed=2, skipped=1, lines=lines + skipped)]
    execution = Execution(create(), world).run_until_done()
    ended_at = world.clock.now()
    execution.run()
    assert world.clock.now() == ended_at
    assert len(world.called("FilterLogEvents")) == 1


def test_a_job_that_never_started_has_no_log_to_look_at(world: FakeAws) -> None:
    for operation in ("StartUserImportJob", "StopUserImportJob"):
        world.fault(operation, "PreconditionNotMetException", "another job runs")
    execution = run_workflow(create(TimeoutSeconds="60"), world)
    assert messages.counters("Created", 0, 0, 0, 3) in execution.reason
    assert LIST_JOBS in execution.reason
    assert "Log: " not in execution.reason


def test_a_failed_update_reports_that_its_imported_users_are_kept(world: FakeAws) -> None:
    event = create()
    run_workflow(event, world)
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    reason = run_workflow(update(event, SourceHash="b2"), world).reason
    assert messages.imported_users_stay(2, pool_stays=True) in reason


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_imported_users_can_be_deleted_with_a_pool_created_by_the_deployment(
    world: FakeAws, kind: str
) -> None:
    event = create()
    if kind == "Update":
        run_workflow(event, world)
        event = update(event, UserPoolId=OTHER_POOL)
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    reason = run_workflow(event, world).reason
    assert messages.imported_users_stay(2, pool_stays=False) in reason


def test_a_failed_import_without_imported_users_reports_no_kept_users(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=3)]
    assert "stay" not in run_workflow(create(), world).reason


def test_a_workflow_that_fails_after_a_job_reports_that_its_users_are_kept(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(4)
    execution = Execution(create(), world).split(3, 1)
    execution.run_until(lambda: execution.state["progress"]["jobs"][0].get("result"))
    world.fault("CreateUserImportJob", "InternalErrorException")
    reason = execution.run().reason
    assert messages.imported_users_stay(3, pool_stays=False) in reason


def test_a_failed_reverse_update_does_not_report_the_counters_of_the_previous_import(
    world: FakeAws,
) -> None:
    event = create()
    run_workflow(event, world)
    changed = update(event, SourceHash="b2")
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    Execution(changed, world).run_until(lambda: len(world.cognito.started) == 2)
    world.cognito.stop_seconds = NEVER
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = run_workflow(reverse(changed), world)
    assert back.status == "FAILED"
    assert back.reason == messages.job_still_stopping(world.cognito.job().id)


def test_a_delete_answers_without_attributes(world: FakeAws) -> None:
    event = create()
    run_workflow(event, world)
    assert "Data" not in run_workflow(delete(event), world).answer


def test_an_update_without_an_earlier_import_answers_with_blank_attributes(world: FakeAws) -> None:
    event = create()
    attributes = run_workflow(update(event, TimeoutSeconds="60"), world).attributes
    assert attributes == {
        "Status": "Unknown",
        "JobIds": "",
        "ImportedUsers": "0",
        "SkippedUsers": "0",
        "FailedUsers": "0",
        "CompletionMessage": "",
        "LogGroupName": f"/aws/cognito/userpools/{POOL}/customers",
        "LogStreamName": "",
    }


def test_every_answer_has_all_attributes(world: FakeAws) -> None:
    names = set(run_workflow(create(), world).attributes)
    assert names == set(run_workflow(create(Start="false"), world).attributes)
    assert names == {
        "Status",
        "JobIds",
        "ImportedUsers",
        "SkippedUsers",
        "FailedUsers",
        "CompletionMessage",
        "LogGroupName",
        "LogStreamName",
    }


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            {"Error": "AwsError", "Cause": json.dumps({"errorMessage": "no more"})},
            "no more",
        ),
        ({"Error": "States.Timeout"}, "States.Timeout"),
        ({}, messages.workflow_failed("unknown error")),
        ({"Error": "States.Timeout", "Cause": ""}, "States.Timeout"),
        ({"Error": "Lambda.Unknown", "Cause": "it was killed"}, "Lambda.Unknown"),
        ({"Error": "Lambda.Unknown", "Cause": '"text"'}, "Lambda.Unknown"),
        ({"Error": "Lambda.Unknown", "Cause": "[1]"}, "Lambda.Unknown"),
        ({"Error": "Lambda.Unknown", "Cause": "null"}, "Lambda.Unknown"),
    ],
    ids=str,
)
def test_a_failed_step_is_reported_for_every_error_format_of_step_functions(
    world: FakeAws, error: dict[str, Any], says: str
) -> None:
    event = create()
    answer = reported(world, event, {"request": event, "response_url": "x", "error": error})
    assert answer["Status"] == "FAILED"
    assert says in answer["Reason"]


def test_a_reported_error_stops_jobs_that_are_active_and_no_others(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(), Outcome(seconds=NEVER)]
    execution = Execution(create(), world).split(1, 2)
    execution.run_until(lambda: len(world.cognito.started) == 2)
    reported(world, execution.event, {**execution.state, "error": {"Error": "States.Timeout"}})
    stopped = [call["JobId"] for call in world.called("StopUserImportJob")]
    assert stopped == [world.cognito.job(1).id]


@pytest.mark.parametrize(
    ("status", "stopped"),
    [
        *(("Pending", True), ("InProgress", True), (UNKNOWN, True)),
        *(("Stopping", False), ("Stopped", False), ("Succeeded", False)),
    ],
)
def test_a_reported_error_stops_a_job_that_may_run_and_no_other(
    world: FakeAws, status: str, stopped: bool
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(lambda: world.cognito.started)
    job = world.cognito.job()
    job.status, job.stops_at = status, NEVER
    reported(world, execution.event, {**execution.state, "error": {"Error": "States.Timeout"}})
    assert bool(world.called("StopUserImportJob")) is stopped


def test_a_job_that_cannot_be_described_is_stopped(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = Execution(create(), world).run_until(lambda: world.cognito.started)
    world.fault("DescribeUserImportJob", "InternalErrorException")
    reported(world, execution.event, {**execution.state, "error": {"Error": "States.Timeout"}})
    assert world.cognito.job().status == "Stopping"


def test_a_reported_error_is_answered_although_the_pool_was_deleted(world: FakeAws) -> None:
    execution = Execution(create(), world).run_until(lambda: world.cognito.started)
    del world.cognito.pools[POOL]
    answer = reported(
        world, execution.event, {**execution.state, "error": {"Error": "States.Timeout"}}
    )
    assert answer["Status"] == "FAILED"


def test_a_repeated_report_sends_the_same_answer(world: FakeAws) -> None:
    lines = (failed("a", 2),)
    world.cognito.outcomes = [Outcome("Failed", failed=1, lines=lines)]
    execution = run_workflow(create(), world)
    send_report(world, execution.event, execution.state, execution.path)
    first, second = world.web.taken(execution.path)
    assert first == second


def test_the_staged_csv_is_deleted_before_cloudformation_is_answered(world: FakeAws) -> None:
    execution = Execution(create(), world).run_until_done()
    answered = []
    world.before("DeleteObject", lambda: answered.extend(world.web.tried("/answer/")))
    execution.run()
    assert answered == []
    assert world.called("DeleteObject")


def test_a_line_break_in_cognitos_message_adds_no_line_to_the_log(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    line = "[FAILED] Line Number 2 - bad\nINFO forged line\r\x1b[2J"
    world.cognito.outcomes = [Outcome("Failed", failed=1, lines=(line,))]
    execution = run_workflow(create(), world)
    assert "forged" in execution.reason
    assert all("\n" not in record.getMessage() for record in caplog.records)
    assert execution.reason.isprintable()


def test_cognitos_completion_message_adds_no_line_to_the_log(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    world.cognito.outcomes = [Outcome(failed=1, message="bad\nINFO forged line")]
    run_workflow(create(), world)
    assert all("\n" not in record.getMessage() for record in caplog.records)
