from __future__ import annotations

import json

from cdk_cognito_user_import.workflow import definition

STATES = definition("arn:aws:lambda:eu-central-1:111122223333:function:worker")["States"]


def tasks():
    return {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def test_the_workflow_stages_then_advances_until_done_then_reports():
    assert STATES["Stage"]["Next"] == "Finished?"
    assert STATES["Finished?"]["Choices"] == [
        {"Variable": "$.done", "BooleanEquals": True, "Next": "Report"}
    ]
    assert STATES["Finished?"]["Default"] == "Wait"
    assert STATES["Wait"] == {
        "Type": "Wait",
        "SecondsPath": "$.wait_seconds",
        "Next": "Advance",
    }
    assert STATES["Advance"]["Next"] == "Finished?"
    assert STATES["Report"]["End"] is True


def test_what_a_step_cannot_do_is_tried_again_and_then_reported():
    for name, task in tasks().items():
        (retry,) = task["Retry"]
        assert retry["ErrorEquals"] == ["States.ALL"]
        assert retry["MaxAttempts"] == 5
        if name != "Report":
            (catch,) = task["Catch"]
            assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "Report")


def test_only_report_is_given_the_url_that_takes_the_answer():
    for name, task in tasks().items():
        payload = task["Parameters"]["Payload"]
        assert ("response_url.$" in payload) == (name == "Report")
        assert payload["request.$"] == "$$.Execution.Input.request"


def test_an_execution_ends_before_cloudformation_stops_listening():
    whole = definition("arn:aws:lambda:eu-central-1:111122223333:function:worker")
    assert whole["TimeoutSeconds"] <= 3600


def test_the_template_has_this_definition_for_its_own_worker(small):
    (machine,) = small.resources("AWS::StepFunctions::StateMachine").values()
    parts = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    written = "".join(part if isinstance(part, str) else "worker" for part in parts)
    assert set(json.loads(written)["States"]) == set(STATES)
    (worker,) = (name for name in small.resources("AWS::Lambda::Function") if "Worker" in name)
    assert {"Fn::GetAtt": [worker, "Arn"]} in parts


def test_executions_that_break_are_told_to_the_function_that_cloudformation_calls(small):
    (rule,) = small.resources("AWS::Events::Rule").values()
    (machine,) = small.resources("AWS::StepFunctions::StateMachine")
    pattern = rule["Properties"]["EventPattern"]
    assert pattern["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert pattern["detail"]["stateMachineArn"] == [{"Fn::GetAtt": [machine, "Arn"]}]
    (target,) = rule["Properties"]["Targets"]
    (custom,) = small.resources("Custom::CognitoUserImport").values()
    assert target["Arn"] == custom["Properties"]["ServiceToken"]
