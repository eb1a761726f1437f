import json
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from fake_world import CANARY, MACHINE, POOL, client_error, create, delete, run_workflow

from user_import import custom_resource
from user_import.custom_resource import answer_for, start

LAMBDA = Path(__file__).parents[2] / "lambda"
WORKER_MODULES = {
    "advance",
    "import_jobs",
    "plan",
    "report",
    "request",
    "results",
    "stacks",
    "stage",
    "staging",
    "users_csv",
    "worker",
    "world",
}


def delivered(event, web):
    return {**event, "ResponseURL": web.url("/answer/1?secret")}


def begin(event, world):
    start(delivered(event, world.web), world.states, sleep=world.clock.sleep)


def told(world):
    return world.web.answers("/answer/1?secret")


def test_the_workflow_gets_the_request_and_beside_it_the_url(world):
    event = create()
    begin(event, world)
    (call,) = world.called("StartExecution")
    assert call["stateMachineArn"] == MACHINE
    assert json.loads(call["input"]) == {
        "request": event,
        "response_url": world.web.url("/answer/1?secret"),
    }
    assert event["RequestId"] in call["name"]
    assert told(world) == []


@pytest.mark.parametrize("event", [create(), delete(create())], ids=["Create", "Delete"])
def test_a_second_delivery_of_the_same_event_starts_no_second_job(world, event):
    begin(event, world)
    begin(event, world)
    assert len(world.states.inputs) == 1
    assert told(world) == []


def test_two_requests_have_two_executions(world):
    begin(create(), world)
    begin(create(), world)
    assert len(world.states.inputs) == 2


def test_the_longest_request_id_gives_a_name_that_step_functions_takes(world):
    begin({**create(), "RequestId": "x" * 200}, world)
    assert len(world.states.inputs) == 1


def test_what_is_denied_at_first_is_tried_again(world):
    world.fault("StartExecution", "AccessDeniedException", seconds=20)
    begin(create(), world)
    assert len(world.states.inputs) == 1
    assert told(world) == []


@pytest.mark.parametrize(
    "error",
    [
        client_error("StartExecution", "AccessDeniedException", "you may not"),
        client_error("StartExecution", "StateMachineDoesNotExist", "it is gone"),
        EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com"),
    ],
    ids=["denied", "gone", "unreachable"],
)
def test_what_cannot_be_started_is_answered_by_itself(world, error):
    began = world.clock.now()
    world.fault("StartExecution", error)
    begin(create(), world)
    (answer,) = told(world)
    assert answer["Status"] == "FAILED"
    assert str(error) in answer["Reason"]
    assert world.clock.now() - began < 60


def test_a_request_without_a_state_machine_is_answered(world):
    begin(create(StateMachineArn=None), world)
    (answer,) = told(world)
    assert answer["Status"] == "FAILED"
    assert "StateMachineArn" in answer["Reason"]


def test_a_refusal_that_quotes_the_input_does_not_tell_the_url(world, caplog):
    caplog.set_level("DEBUG")
    quoted = json.dumps({"response_url": world.web.url("/answer/1?secret")})
    world.fault("StartExecution", "InvalidExecutionInput", f"Invalid input: {quoted}")
    begin(create(), world)
    (answer,) = told(world)
    assert "secret" not in answer["Reason"]
    assert "secret" not in caplog.text


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_execution_that_ended_without_a_report_is_answered(world, status):
    event = create()
    begin(event, world)
    (arn,) = world.states.inputs
    answer_for({"executionArn": arn, "status": status}, world.states, sleep=world.clock.sleep)
    (answer,) = told(world)
    assert answer["Status"] == "FAILED"
    assert answer["RequestId"] == event["RequestId"]
    assert status in answer["Reason"]
    assert arn in answer["Reason"]
    assert POOL in answer["Reason"]
    assert world.called("DescribeExecution") == [{"executionArn": arn}]


def test_the_answer_for_a_broken_execution_has_the_workflows_physical_id(world):
    event = create()
    reported = run_workflow(event, world)
    begin(event, world)
    (arn,) = world.states.inputs
    answer_for({"executionArn": arn, "status": "ABORTED"}, world.states)
    assert told(world)[0]["PhysicalResourceId"] == reported.answer["PhysicalResourceId"]


def test_a_broken_execution_that_may_not_be_read_at_first_is_answered(world):
    begin(create(), world)
    (arn,) = world.states.inputs
    world.fault("DescribeExecution", "AccessDeniedException", seconds=10)
    answer_for({"executionArn": arn, "status": "FAILED"}, world.states, sleep=world.clock.sleep)
    assert told(world)[0]["Status"] == "FAILED"


@pytest.mark.parametrize(
    "execution_input", [{}, {"request": {}}, {"users": CANARY}], ids=["empty", "half", "other"]
)
def test_an_execution_that_cloudformation_did_not_start_is_ignored(world, execution_input):
    world.states.inputs["arn"] = json.dumps(execution_input)
    answer_for({"executionArn": "arn", "status": "FAILED"}, world.states)
    assert world.web.puts == []


class OneClient:
    def __init__(self, states):
        self._states = states

    def client(self, service, **_):
        assert service == "stepfunctions"
        return self._states


def test_the_handler_tells_cloudformation_and_eventbridge_apart(world, monkeypatch):
    monkeypatch.setattr(custom_resource, "boto3", OneClient(world.states))
    custom_resource.handler(delivered(create(), world.web), None)
    (arn,) = world.states.inputs
    event = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"executionArn": arn, "stateMachineArn": MACHINE, "status": "TIMED_OUT"},
    }
    custom_resource.handler(event, None)
    assert "TIMED_OUT" in told(world)[0]["Reason"]


def test_the_function_that_cloudformation_calls_loads_nothing_of_the_worker():
    code = "import sys, user_import.custom_resource; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(LAMBDA), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = {name for name in loaded if name.startswith("user_import")}
    assert ours == {
        "user_import",
        "user_import.custom_resource",
        "user_import.cloudformation",
    }
    assert not ours & {f"user_import.{name}" for name in WORKER_MODULES}
