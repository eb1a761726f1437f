"""Step Functions starts executions and limits their history as AWS's does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helpers.callers import make_key, refused, trust
from helpers.import_world import allow, make_role, waited

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

_STATES = trust({"Service": "states.amazonaws.com"})
_WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}


def arn_of(aws: LocalAws, name: str) -> str:
    return f"arn:aws:states:{aws.region}:{aws.account}:stateMachine:{name}"


def make_machine(
    aws: LocalAws, name: str, definition: dict[str, Any], *grants: dict[str, Any], **more: Any
) -> str:
    made = aws.client("stepfunctions").create_state_machine(
        name=name,
        definition=json.dumps(definition),
        roleArn=make_role(aws, name, list(grants), _STATES),
        **more,
    )
    return str(made["stateMachineArn"])


def starting(machine: str, **arguments: Any) -> dict[str, Any]:
    """Return a definition whose only Task starts an execution of a machine, unless told to wait."""
    wait = {"Variable": "$.wait", "IsPresent": True, "Next": "Wait"}
    return {
        "StartAt": "Choose",
        "States": {
            "Choose": {"Type": "Choice", "Choices": [wait], "Default": "Start"},
            "Wait": {"Type": "Wait", "Seconds": 600, "End": True},
            "Start": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution",
                "Parameters": {"StateMachineArn": machine, "Input": {"wait": 1}, **arguments},
                "End": True,
            },
        },
    }


def ended(aws: LocalAws, arn: str) -> dict[str, Any]:
    states = aws.client("stepfunctions")
    found: dict[str, Any] = waited(
        lambda: states.describe_execution(executionArn=arn),
        lambda seen: seen["status"] != "RUNNING",
    )
    return found


def run(aws: LocalAws, machine: str) -> dict[str, Any]:
    states = aws.client("stepfunctions")
    return ended(aws, states.start_execution(stateMachineArn=machine)["executionArn"])


def test_an_execution_is_started_once_by_its_name_and_input(aws: LocalAws, name: str) -> None:
    states = aws.client("stepfunctions")
    again = {"stateMachineArn": make_machine(aws, name, _WAITS), "name": "once", "input": "{}"}
    first = states.start_execution(**again)

    second = states.start_execution(**again)

    assert (second["executionArn"], second["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )
    with refused("ExecutionAlreadyExists"):
        states.start_execution(**{**again, "input": '{"other": 1}'})
    states.stop_execution(executionArn=first["executionArn"])
    with refused("ExecutionAlreadyExists"):
        states.start_execution(**again)


def test_an_encrypted_machine_starts_an_execution_of_itself(aws: LocalAws, name: str) -> None:
    machine, key = arn_of(aws, name), make_key(aws)
    grants = [allow("states:StartExecution", machine), allow(["kms:*"], key)]
    encrypted = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}
    definition = starting(machine, Name="next")
    make_machine(aws, name, definition, *grants, encryptionConfiguration=encrypted)

    first = run(aws, machine)

    assert first["status"] == "SUCCEEDED", first
    started = json.loads(first["output"])["ExecutionArn"]
    states = aws.client("stepfunctions")
    assert states.describe_execution(executionArn=started)["status"] == "RUNNING"
    states.stop_execution(executionArn=started)


def test_a_task_starts_no_execution_without_the_right(aws: LocalAws, name: str) -> None:
    machine = arn_of(aws, name)
    make_machine(aws, name, starting(machine), allow("states:StartExecution", f"{machine}-2"))

    failed = run(aws, machine)

    assert failed["error"] == "StepFunctions.AWSStepFunctionsException"
    assert (
        f"not authorized to perform: states:StartExecution on resource: {machine}"
        in (failed["cause"])
    )


def test_a_task_that_starts_an_execution_of_a_taken_name_fails_by_its_documented_name(
    aws: LocalAws, name: str
) -> None:
    machine = arn_of(aws, name)
    definition = starting(machine, Name="taken", Input={"wait": 2})
    make_machine(aws, name, definition, allow("states:StartExecution", machine))
    states = aws.client("stepfunctions")
    taken = states.start_execution(stateMachineArn=machine, name="taken", input='{"wait": 1}')

    failed = run(aws, machine)

    assert failed["error"] == "StepFunctions.ExecutionAlreadyExistsException"
    states.stop_execution(executionArn=taken["executionArn"])


def test_an_execution_fails_when_its_history_is_full(aws: LocalAws, name: str) -> None:
    end = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    loop = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}
    aws.reset()
    aws.configure(history_events_at_most=4)

    fits = run(aws, make_machine(aws, name, end))
    full = run(aws, make_machine(aws, f"{name}-loop", loop))

    events = aws.client("stepfunctions").get_execution_history(executionArn=full["executionArn"])
    aws.reset()
    assert fits["status"] == "SUCCEEDED"
    assert (full["status"], full["error"]) == ("FAILED", "States.Runtime")
    assert full["cause"] == "The execution reached the maximum number of history events (4)."
    assert [each["type"] for each in events["events"]][-1] == "ExecutionFailed"
    assert len(events["events"]) == 4
