from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from helpers.templates import as_list, references, resolved, text

from cdk_cognito_user_import._lambda.user_import.contract import Phase
from cdk_cognito_user_import.workflow import definition

if TYPE_CHECKING:
    from helpers.synthesis import Synthesised

STATES = definition("arn:aws:lambda:eu-central-1:111122223333:function:worker")["States"]


PLACE = "<AWS::Region>:<AWS::AccountId>"
LAMBDA = f"arn:<AWS::Partition>:lambda:{PLACE}:function"
STATES_ARN = f"arn:<AWS::Partition>:states:{PLACE}"


def tasks() -> dict[str, dict[str, Any]]:
    return {
        name: state
        for name, state in STATES.items()
        if state["Type"] == "Task" and state["Resource"].endswith(":lambda:invoke")
    }


def test_the_workflow_stages_then_advances_until_done_then_reports() -> None:
    assert STATES["Stage"]["Next"] == "Finished?"
    assert STATES["Finished?"]["Choices"][0] == {
        "Variable": "$.done",
        "BooleanEquals": True,
        "Next": "Report",
    }
    assert STATES["Finished?"]["Default"] == "Wait"
    assert STATES["Wait"] == {
        "Type": "Wait",
        "SecondsPath": "$.wait_seconds",
        "Next": "Advance",
    }
    assert STATES["Advance"]["Next"] == "Finished?"
    assert STATES["Report"]["End"] is True


def test_each_phase_has_a_wait_state_of_its_name() -> None:
    """An execution of earlier functions has no phase: the choice must not fail it."""
    assert STATES["Finished?"]["Choices"][3:] == [
        {
            "And": [
                {"Variable": "$.phase", "IsPresent": True},
                {"Variable": "$.phase", "StringEquals": name},
            ],
            "Next": name,
        }
        for name in Phase
    ]
    assert all(STATES[name] == STATES["Wait"] for name in Phase)
    assert all(len(name) <= 80 for name in STATES), "Step Functions allows 80 characters"


def test_the_readme_says_what_each_phase_waits_for() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert {name for name in Phase if f"\n| {name} | " not in readme} == set()


def test_a_failed_step_is_retried_and_then_reported() -> None:
    for name, task in tasks().items():
        retry = task["Retry"][-1]
        assert retry["ErrorEquals"] == ["States.ALL"]
        assert retry["MaxAttempts"] == 5
        if name != "Report":
            (catch,) = task["Catch"]
            assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "Report")


def test_a_throttled_invocation_is_retried_for_about_ten_minutes_with_jitter() -> None:
    for task in tasks().values():
        throttled = task["Retry"][0]
        assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
        assert throttled["JitterStrategy"] == "FULL"
        delays = [
            min(
                throttled["IntervalSeconds"] * throttled["BackoffRate"] ** attempt,
                throttled["MaxDelaySeconds"],
            )
            for attempt in range(throttled["MaxAttempts"])
        ]
        on_average = sum(delays) / 2
        assert 8 * 60 <= on_average <= 12 * 60


def test_only_the_steps_that_answer_get_the_response_url() -> None:
    for name, task in tasks().items():
        payload = task["Parameters"]["Payload"]
        assert ("response_url.$" in payload) == (name in ("Answer", "Report"))
        assert payload["request.$"] == "$$.Execution.Input.request"


def test_an_execution_lasts_as_long_as_the_longest_import() -> None:
    whole = definition("arn:aws:lambda:eu-central-1:111122223333:function:worker")
    assert whole["TimeoutSeconds"] == 14 * 86_400 + 3600


def test_an_import_in_the_background_goes_on_in_another_execution() -> None:
    """A repeated call, which finds the execution that the first has started, succeeds."""
    start = STATES["Start next execution"]
    assert start["Resource"].endswith(":states:startExecution")
    assert start["Parameters"] == {
        "StateMachineArn.$": "$$.StateMachine.Id",
        "Name.$": "$.next_execution",
        "Input": {
            "request.$": "$$.Execution.Input.request",
            "response_url": "",
            "state.$": "$",
        },
    }
    begun, *_ = start["Catch"]
    assert STATES[begun["Next"]]["Type"] == STATES[start["Next"]]["Type"] == "Succeed"
    assert STATES[STATES["Begun?"]["Choices"][0]["Next"]]["Next"] == "Advance"


def test_the_response_url_and_the_state_steer_in_this_order() -> None:
    """A state that is done has nothing to answer early."""
    choices = STATES["Finished?"]["Choices"][:3]
    assert [each["Next"] for each in choices] == ["Report", "Answer", "Start next execution"]


def test_the_template_has_this_definition_for_its_own_worker(small: Synthesised) -> None:
    (machine,) = small.resources("AWS::StepFunctions::StateMachine").values()
    (worker,) = (
        text(each["Properties"]["FunctionName"])
        for name, each in small.resources("AWS::Lambda::Function").items()
        if "Worker" in name
    )
    states = json.loads(text(machine["Properties"]["DefinitionString"]))["States"]
    assert set(states) == set(STATES)
    called = (state.get("Parameters", {}).get("FunctionName") for state in states.values())
    assert {each for each in called if each is not None} == {f"{LAMBDA}:{worker}"}


def test_failed_executions_are_delivered_to_the_starter(
    small: Synthesised,
) -> None:
    (rule,) = small.resources("AWS::Events::Rule").values()
    (machine,) = small.resources("AWS::StepFunctions::StateMachine").values()
    pattern = rule["Properties"]["EventPattern"]
    assert pattern["source"] == ["aws.states"]
    assert pattern["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    name = text(machine["Properties"]["StateMachineName"])
    assert resolved(pattern["detail"]["stateMachineArn"]) == [f"{STATES_ARN}:stateMachine:{name}"]
    (target,) = rule["Properties"]["Targets"]
    (custom,) = small.resources("Custom::CognitoUserImport").values()
    (starter,) = references(custom["Properties"]["ServiceToken"])
    starter = text(small.template["Resources"][starter]["Properties"]["FunctionName"])
    assert text(target["Arn"]) == f"{LAMBDA}:{starter}"


@pytest.mark.parametrize("kind", ["AWS::Events::Rule", "AWS::IAM::Role"])
def test_the_rule_and_the_roles_wait_for_no_function_and_no_state_machine(
    small: Synthesised, kind: str
) -> None:
    """A rule takes CloudFormation a minute; the custom resource waits for it."""
    slow = {
        name
        for name, each in small.template["Resources"].items()
        if each["Type"] in ("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine")
    }
    assert slow
    for resource in small.resources(kind).values():
        assert not slow & (references(resource) | set(as_list(resource.get("DependsOn", []))))
