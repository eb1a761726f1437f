"""Step Functions asks the role of a state machine and its key, as AWS's does."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from helpers.callers import caller, deploy, make_key, refused, trust
from helpers.import_world import allow, make_role, waited

if TYPE_CHECKING:
    from cognito_import_local import LocalAws


@pytest.fixture(scope="session")
def function(aws: LocalAws) -> str:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as code:
        code.writestr("index.py", "def handler(event, context):\n    return {}\n")
    made = aws.client("lambda").create_function(
        FunctionName="called",
        Runtime="python3.13",
        Handler="index.handler",
        Role=make_role(aws, "called", [], trust({"Service": "lambda.amazonaws.com"})),
        Code={"ZipFile": body.getvalue()},
    )
    return str(made["FunctionArn"])


def make_machine(aws: LocalAws, name: str, function: str, role: str, **more: Any) -> str:
    definition = {
        "StartAt": "Wait" if name.endswith("-waits") else "Call",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 2, "Next": "Call"},
            "Call": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": function, "Payload": {}},
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
                "End": True,
            },
            "Caught": {"Type": "Pass", "End": True},
        },
    }
    made = aws.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role, **more
    )
    return str(made["stateMachineArn"])


def run(aws: LocalAws, machine: str) -> str:
    """Run an execution to its end, and return its status and what was caught."""
    states = aws.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    ended = waited(
        lambda: states.describe_execution(executionArn=arn),
        lambda seen: seen["status"] != "RUNNING",
    )
    return f"{ended['status']} {ended.get('error', '')} {ended.get('output', '')}"


def encrypted(key: str) -> dict[str, Any]:
    configuration = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}
    return {"encryptionConfiguration": configuration}


def of_states(aws: LocalAws, machines: str = "*", **keys: str) -> dict[str, Any]:
    arn = f"arn:aws:states:{aws.region}:{aws.account}:stateMachine:{machines}"
    return trust(
        {"Service": "states.amazonaws.com"},
        StringEquals={"aws:SourceAccount": aws.account, **keys},
        ArnLike={"aws:SourceArn": arn},
    )


def test_a_role_that_may_invoke_the_function_runs_the_task(
    aws: LocalAws, name: str, function: str
) -> None:
    grants = [allow("lambda:InvokeFunction", function)]
    role = make_role(aws, name, grants, of_states(aws, name))

    assert "SUCCEEDED" in (ended := run(aws, make_machine(aws, name, function, role)))
    assert "not authorized" not in ended


@pytest.mark.parametrize("resource", [None, ":*", "another"])
def test_a_role_that_may_not_invoke_it_fails_the_task(
    aws: LocalAws, name: str, function: str, resource: str | None
) -> None:
    grants = [] if resource is None else [allow("lambda:InvokeFunction", function + resource)]
    role = make_role(aws, name, grants, of_states(aws))

    ended = run(aws, make_machine(aws, name, function, role))

    assert "Lambda.AWSLambdaException" in ended
    assert f"not authorized to perform: lambda:InvokeFunction on resource: {function}" in ended


def test_a_role_that_trusts_another_principal_fails_the_task(
    aws: LocalAws, name: str, function: str
) -> None:
    grants = [allow("lambda:InvokeFunction", function)]
    for number, statement in enumerate(
        (
            trust({"Service": "lambda.amazonaws.com"}),
            of_states(aws, "another"),
            of_states(aws, **{"aws:SourceOrgID": "o-1"}),
        )
    ):
        each = f"{name}-{number}"
        role = make_role(aws, each, grants, statement)
        ended = run(aws, make_machine(aws, each, function, role))
        assert "to assume the provided role" in ended


def test_an_encrypted_machine_does_not_start_without_its_key(
    aws: LocalAws, name: str, function: str
) -> None:
    key = make_key(aws)
    for number, action in enumerate(("kms:Decrypt", "kms:GenerateDataKey")):
        each = f"{name}-{number}"
        grants = [allow("lambda:InvokeFunction", function), allow(action, key)]
        role = make_role(aws, each, grants, of_states(aws))
        machine = make_machine(aws, each, function, role, **encrypted(key))
        with refused("KmsAccessDeniedException", "not authorized to perform: kms:"):
            run(aws, machine)


def test_an_encrypted_machine_runs_with_its_key_in_its_context(
    aws: LocalAws, name: str, function: str
) -> None:
    key = make_key(aws)
    arn = f"arn:aws:states:{aws.region}:{aws.account}:stateMachine:{name}"
    use = allow(["kms:Decrypt", "kms:GenerateDataKey"], key)
    context = {"kms:EncryptionContext:aws:states:stateMachineArn": arn}
    grants = [
        allow("lambda:InvokeFunction", function),
        {**use, "Condition": {"StringEquals": context}},
    ]
    role = make_role(aws, name, grants, of_states(aws))

    ended = run(aws, make_machine(aws, name, function, role, **encrypted(key)))

    assert ended.startswith("SUCCEEDED")


def test_a_role_does_not_use_the_key_through_step_functions(
    aws: LocalAws, name: str, function: str
) -> None:
    key = make_key(aws)
    via = {"kms:ViaService": f"states.{aws.region}.amazonaws.com"}
    use = allow(["kms:Decrypt", "kms:GenerateDataKey"], key)
    grants = [{**use, "Condition": {"StringEquals": via}}]
    role = make_role(aws, name, grants, of_states(aws))
    machine = make_machine(aws, name, function, role, **encrypted(key))

    with refused("KmsAccessDeniedException"):
        run(aws, machine)


def test_a_running_execution_that_loses_its_key_fails_uncaught(
    aws: LocalAws, name: str, function: str
) -> None:
    key = make_key(aws)
    grants = [allow(["kms:*", "lambda:*"])]
    role = make_role(aws, name, grants, of_states(aws))
    machine = make_machine(aws, f"{name}-waits", function, role, **encrypted(key))
    states = aws.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    aws.client("iam").delete_role_policy(RoleName=name, PolicyName="grants")

    ended = waited(
        lambda: states.describe_execution(executionArn=arn),
        lambda seen: seen["status"] != "RUNNING",
    )

    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_a_caller_reads_an_encrypted_execution_with_the_key_only(
    aws: LocalAws, name: str, function: str
) -> None:
    key = make_key(aws)
    role = make_role(aws, name, [allow(["kms:*", "lambda:*"])], of_states(aws))
    machine = make_machine(aws, name, function, role, **encrypted(key))
    via = {"kms:ViaService": f"states.{aws.region}.amazonaws.com"}
    context = {"kms:EncryptionContext:aws:states:stateMachineArn": machine}
    decrypt = {**allow("kms:Decrypt", key), "Condition": {"StringEquals": via | context}}
    keyless = caller(aws, f"{name}-keyless", allow("states:*"))("stepfunctions")
    reader = caller(aws, f"{name}-reader", allow("states:*"), decrypt)("stepfunctions")

    arn = keyless.start_execution(stateMachineArn=machine)["executionArn"]

    for read in ("describe_execution", "get_execution_history"):
        with refused("KmsAccessDeniedException", "kms:Decrypt"):
            getattr(keyless, read)(executionArn=arn)
        getattr(reader, read)(executionArn=arn)
    with refused("KmsAccessDeniedException", "kms:Decrypt"):
        keyless.describe_state_machine(stateMachineArn=machine)
    keyless.describe_state_machine(stateMachineArn=machine, includedData="METADATA_ONLY")


def test_cloudformation_creates_no_state_machine_whose_role_cannot_be_assumed(
    aws: LocalAws, name: str
) -> None:
    role = make_role(aws, name, [], trust({"Service": "lambda.amazonaws.com"}))
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    properties = {"RoleArn": role, "DefinitionString": json.dumps(definition)}
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}

    assert "to assume the provided role" in deploy(aws, name, {"Machine": machine})
