from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.events import MACHINE, POOL, RECORD_KEY, create, delete, delivered, update
from helpers.fake_world import CANARY, FakeAws, client_error, run_workflow

from user_import import starter
from user_import.cloudformation import Request
from user_import.errors import AwsError
from user_import.messages.starter import not_cleaned_up, workflow_broke
from user_import.propagation import PROPAGATION_SECONDS


def begin(event: dict[str, Any], world: FakeAws) -> None:
    world.start(delivered(event, world.web.url("/answer/1?secret")))


def shown(world: FakeAws) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = world.web.answers("/answer/1?secret")
    return answers


def test_the_workflow_gets_the_request_and_beside_it_the_url(world: FakeAws) -> None:
    event = create()
    begin(event, world)
    (call,) = world.called("StartExecution")
    assert call["stateMachineArn"] == MACHINE
    assert json.loads(call["input"]) == {
        "request": event,
        "response_url": world.web.url("/answer/1?secret"),
    }
    assert event["RequestId"] in call["name"]
    assert shown(world) == []


@pytest.mark.parametrize("event", [create(), delete(create())], ids=["Create", "Delete"])
def test_a_second_delivery_of_the_same_event_starts_no_second_job(
    world: FakeAws, event: dict[str, Any]
) -> None:
    begin(event, world)
    begin(event, world)
    assert len(world.states.inputs) == 1
    assert shown(world) == []


@pytest.mark.parametrize("lost", [True, False], ids=["the answer was lost", "delivered before"])
def test_a_request_whose_execution_runs_is_not_reported_as_not_started(
    world: FakeAws, lost: bool
) -> None:
    event = create()
    if not lost:
        begin(event, world)
    error = EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com")
    world.fault("StartExecution", error, after=lost)
    begin(event, world)
    assert len(world.states.inputs) == 1
    assert shown(world) == []


def test_two_requests_have_two_executions(world: FakeAws) -> None:
    begin(create(), world)
    begin(create(), world)
    assert len(world.states.inputs) == 2


def test_the_longest_request_id_gives_a_valid_execution_name(world: FakeAws) -> None:
    begin({**create(), "RequestId": "x" * 200}, world)
    assert len(world.states.inputs) == 1


LATE = ["AccessDeniedException", "KmsAccessDeniedException", "KmsThrottlingException"]


@pytest.mark.parametrize("code", LATE)
@pytest.mark.parametrize("event", [create(), delete(create())], ids=["Create", "Delete"])
def test_a_start_that_is_denied_or_throttled_for_almost_two_minutes_succeeds(
    world: FakeAws, event: dict[str, Any], code: str
) -> None:
    world.fault("StartExecution", code, seconds=PROPAGATION_SECONDS - 1)
    begin(event, world)
    assert len(world.states.inputs) == 1
    assert shown(world) == []


@pytest.mark.parametrize("code", LATE)
def test_a_start_that_remains_denied_or_throttled_is_answered_after_two_minutes(
    world: FakeAws, code: str
) -> None:
    began = world.clock.now()
    world.fault("StartExecution", code, "not today")
    begin(create(), world)
    assert PROPAGATION_SECONDS <= world.clock.now() - began < PROPAGATION_SECONDS + 10
    assert "not today" in shown(world)[0]["Reason"]


@pytest.mark.parametrize("code", ["ExecutionLimitExceeded", "StateMachineDoesNotExist"])
def test_a_permanent_start_error_is_answered_at_once(world: FakeAws, code: str) -> None:
    began = world.clock.now()
    world.fault("StartExecution", code)
    begin(create(), world)
    assert world.clock.now() == began
    assert len(shown(world)) == 1


@pytest.mark.parametrize(
    "error",
    [
        client_error("StartExecution", "AccessDeniedException", "you may not"),
        client_error("StartExecution", "StateMachineDoesNotExist", "it is gone"),
        EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com"),
    ],
    ids=["denied", "gone", "unreachable"],
)
def test_the_starter_answers_a_request_that_cannot_be_started(world: FakeAws, error: Any) -> None:
    world.fault("StartExecution", error)
    begin(create(), world)
    (answer,) = shown(world)
    assert answer["Status"] == "FAILED"
    assert named(error) in answer["Reason"]


def test_a_request_without_a_state_machine_is_answered(world: FakeAws) -> None:
    begin(create(StateMachineArn=None), world)
    (answer,) = shown(world)
    assert answer["Status"] == "FAILED"
    assert "StateMachineArn" in answer["Reason"]


def test_a_refusal_that_quotes_the_input_does_not_expose_the_url(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    quoted = json.dumps({"response_url": world.web.url("/answer/1?secret")})
    world.fault("StartExecution", "InvalidExecutionInput", f"Invalid input: {quoted}")
    begin(create(), world)
    (answer,) = shown(world)
    assert "secret" not in answer["Reason"]
    assert "secret" not in caplog.text


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_execution_that_ended_without_a_report_is_answered(world: FakeAws, status: str) -> None:
    event = create()
    begin(event, world)
    (arn,) = world.states.inputs
    world.web.answer("/answer/", 503, times=1)
    world.answer_for({"executionArn": arn, "status": status})
    (answer,) = shown(world)
    assert answer["Status"] == "FAILED"
    assert answer["RequestId"] == event["RequestId"]
    assert answer["Reason"] == workflow_broke(status, "", POOL, arn)
    assert world.called("DescribeExecution") == [{"executionArn": arn}]


def test_the_answer_for_a_broken_execution_has_the_workflows_physical_id(world: FakeAws) -> None:
    event = create()
    reported = run_workflow(event, world)
    begin(event, world)
    (arn,) = world.states.inputs
    world.answer_for({"executionArn": arn, "status": "ABORTED"})
    assert shown(world)[0]["PhysicalResourceId"] == reported.answer["PhysicalResourceId"]


@pytest.mark.parametrize("code", LATE)
def test_a_broken_execution_that_may_not_be_read_at_first_is_answered(
    world: FakeAws, code: str
) -> None:
    begin(create(), world)
    (arn,) = world.states.inputs
    world.fault("DescribeExecution", code, seconds=PROPAGATION_SECONDS - 1)
    world.answer_for({"executionArn": arn, "status": "FAILED"})
    assert shown(world)[0]["Status"] == "FAILED"


@pytest.mark.parametrize(
    "execution_input", [{}, {"request": {}}, {"users": CANARY}], ids=["empty", "half", "other"]
)
def test_an_execution_that_cloudformation_did_not_start_is_ignored(
    world: FakeAws, execution_input: dict[str, Any]
) -> None:
    world.states.inputs["arn"] = json.dumps(execution_input)
    world.answer_for({"executionArn": "arn", "status": "FAILED"})
    assert world.web.puts == []


# What was removed by hand


GONE = [
    client_error("StartExecution", "StateMachineDoesNotExist", "State Machine Does Not Exist"),
    client_error("StartExecution", "StateMachineDeleting", "it is going"),
    client_error("StartExecution", "InvalidArn", "that is no state machine"),
    client_error("StartExecution", "KmsInvalidStateException", "arn:aws:kms:… is disabled"),
    client_error("StartExecution", "KmsAccessDeniedException", "you may not use the key"),
    client_error("StartExecution", "AccessDeniedException", "you may not"),
]
PASSING = [
    client_error("StartExecution", "ExecutionLimitExceeded", "too many"),
    client_error("StartExecution", "KmsThrottlingException", "slow down"),
    client_error("StartExecution", "InternalFailure", "something broke"),
    EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com"),
]


def named(error: Any) -> str:
    response = getattr(error, "response", None)
    return response["Error"]["Code"] if response else type(error).__name__


@pytest.mark.parametrize("error", GONE, ids=named)
def test_a_delete_whose_workflow_was_deleted_succeeds_and_names_possible_leftovers(
    world: FakeAws, error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault("StartExecution", error)
    event = delete(create(), "what was answered before")
    begin(event, world)
    (answer,) = shown(world)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "what was answered before"
    for text in (caplog.text, answer["Reason"]):
        assert named(error) in text
        import_id = Request.from_event(event).import_id
        left = not_cleaned_up(POOL, import_id, "st", "imports/seed/users.csv", RECORD_KEY)
        assert left in text
        assert "secret" not in text


@pytest.mark.parametrize("error", PASSING, ids=named)
def test_a_delete_that_can_succeed_on_retry_fails(world: FakeAws, error: Any) -> None:
    world.fault("StartExecution", error)
    begin(delete(create()), world)
    (answer,) = shown(world)
    assert answer["Status"] == "FAILED"
    assert named(error) in answer["Reason"]


@pytest.mark.parametrize("error", [*GONE, *PASSING], ids=named)
@pytest.mark.parametrize("event", [create(), update(create())], ids=["Create", "Update"])
def test_a_create_or_update_whose_workflow_was_deleted_fails(
    world: FakeAws, event: dict[str, Any], error: Any
) -> None:
    world.fault("StartExecution", error)
    begin(event, world)
    (answer,) = shown(world)
    assert answer["Status"] == "FAILED"
    assert named(error) in answer["Reason"]


def test_a_delete_without_a_state_machine_succeeds(
    world: FakeAws,
) -> None:
    begin(delete(create(StateMachineArn=None, UserPoolId=None)), world)
    (answer,) = shown(world)
    assert answer["Status"] == "SUCCESS"
    assert "(no UserPoolId)" in answer["Reason"]


@pytest.mark.parametrize(
    ("status", "error", "ends"),
    [
        ("FAILED", "Lambda.AWSLambdaException", "SUCCESS"),
        ("FAILED", "Lambda.ResourceNotFoundException", "SUCCESS"),
        ("FAILED", "Lambda.KMSDisabledException", "SUCCESS"),
        ("FAILED", "States.Permissions", "SUCCESS"),
        ("FAILED", None, "SUCCESS"),
        ("FAILED", "Lambda.ServiceException", "FAILED"),
        ("FAILED", "Lambda.TooManyRequestsException", "FAILED"),
        ("FAILED", "Lambda.Unknown", "FAILED"),
        ("FAILED", "States.Timeout", "FAILED"),
        ("FAILED", "ConnectionError", "FAILED"),
        ("ABORTED", None, "FAILED"),
        ("TIMED_OUT", "States.Timeout", "FAILED"),
    ],
)
def test_a_delete_whose_execution_failed_fails_only_when_a_retry_can_succeed(
    world: FakeAws, status: str, error: Any, ends: str
) -> None:
    begin(delete(create()), world)
    (arn,) = world.states.inputs
    world.states.errors[arn] = error
    world.answer_for({"executionArn": arn, "status": status})
    (answer,) = shown(world)
    assert answer["Status"] == ends
    cause = f" ({error})" if error else ""
    assert f"The import workflow ended with status {status}{cause} before" in answer["Reason"]
    assert arn in answer["Reason"]
    assert ("WITHOUT CLEANING UP" in answer["Reason"]) == (ends == "SUCCESS")


@pytest.mark.parametrize("error", ["Lambda.AWSLambdaException", None])
@pytest.mark.parametrize("event", [create(), update(create())], ids=["Create", "Update"])
def test_a_create_or_update_whose_execution_failed_fails(
    world: FakeAws, event: dict[str, Any], error: Any
) -> None:
    begin(event, world)
    (arn,) = world.states.inputs
    world.states.errors[arn] = error
    world.answer_for({"executionArn": arn, "status": "FAILED"})
    assert shown(world)[0]["Status"] == "FAILED"


@pytest.mark.parametrize(
    "error",
    [
        "ExecutionDoesNotExist",
        "KmsInvalidStateException",
        "AccessDeniedException",
        KeyError("input"),
    ],
    ids=str,
)
def test_an_execution_that_cannot_be_read_is_logged_as_an_error(
    world: FakeAws, error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    begin(delete(create()), world)
    (arn,) = world.states.inputs
    world.fault("DescribeExecution", error)
    with pytest.raises((AwsError, KeyError)):  # Lambda tries again
        world.answer_for({"executionArn": arn, "status": "FAILED"})
    (record,) = (each for each in caplog.records if each.levelname == "ERROR")
    assert "CANNOT BE ANSWERED" in record.getMessage()
    assert arn in record.getMessage()
    assert world.web.puts == []


def test_the_handler_calls_only_step_functions(world: FakeAws) -> None:
    starter.handler(delivered(create(), world.web.url("/answer/1?secret")), None)
    ((service, config),) = world.clients
    assert service == "stepfunctions"
    assert config.retries["mode"] == "standard"


def test_the_handler_distinguishes_cloudformation_and_eventbridge_events(world: FakeAws) -> None:
    starter.handler(delivered(create(), world.web.url("/answer/1?secret")), None)
    (arn,) = world.states.inputs
    event = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"executionArn": arn, "stateMachineArn": MACHINE, "status": "TIMED_OUT"},
    }
    starter.handler(event, None)
    assert "TIMED_OUT" in shown(world)[0]["Reason"]
