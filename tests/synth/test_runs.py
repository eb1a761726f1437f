"""The state machine that runs imports on demand: what it has, and what it may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from helpers.imports import import_into, pool_of, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import as_list, identity_statements, references, resolved, text

from cdk_cognito_user_import import ImportWorkflow
from cdk_cognito_user_import.workflow.run_machine import run_definition

if TYPE_CHECKING:
    from aws_cdk import App
    from helpers.synthesis import Synthesised

MACHINE, IMPORT = "AWS::StepFunctions::StateMachine", "Custom::CognitoUserImport"


def runnable(stack: Stack) -> None:
    seed = import_into(stack, run_token="first")
    retained = pool_of(stack, "Other", removal_policy=RemovalPolicy.RETAIN)
    more = import_into(stack, "More", user_pool=retained)
    role = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    seed.on_failed("Bad")
    seed.grant_run(role)
    more.grant_run(role)
    seed.grant_run(iam.Group(stack, "Operators"))
    import_into(stack, "Never", user_pool=pool_of(stack, "Third"))


@pytest.fixture(scope="module")
def stack() -> Synthesised:
    return synthesise(runnable)


def machine(stack: Synthesised, name: str = "Runs") -> tuple[str, dict[str, Any]]:
    (found,) = (
        (id_, each["Properties"]) for id_, each in stack.resources(MACHINE).items() if name in id_
    )
    return found


def definition(stack: Synthesised) -> dict[str, Any]:
    _, properties = machine(stack)
    found: dict[str, Any] = json.loads(text(properties["DefinitionString"]))
    return found


def states(stack: Synthesised) -> dict[str, Any]:
    found: dict[str, Any] = definition(stack)["States"]
    return found


def test_a_stack_has_one_state_machine_for_runs_and_only_with_a_grant(stack: Synthesised) -> None:
    assert len(stack.resources(MACHINE)) == 2
    assert len(synthesise(import_into).resources(MACHINE)) == 1


def test_its_definition_has_the_properties_of_each_import_that_may_be_run(
    stack: Synthesised,
) -> None:
    choices = {
        each["And"][1]["StringEquals"]: states(stack)[each["Next"]]["Result"]
        for each in states(stack)["Which import?"]["Choices"]
    }
    assert set(choices) == {"Seed", "More"}
    for name, result in choices.items():
        resource = stack.resources(IMPORT)[result["LogicalResourceId"]]
        properties = resolved(resource["Properties"])
        del properties["ServiceToken"], properties["ServiceTimeout"]
        assert result["ResourceProperties"] == properties
        assert result["LogicalResourceId"].startswith(name)


def test_a_run_is_a_request_that_nobody_waits_for(stack: Synthesised) -> None:
    parameters = states(stack)["Start the import"]["Parameters"]
    other, _ = machine(stack, "Workflow")
    assert parameters["StateMachineArn"] == f"<{other}.Arn>"
    assert parameters["Input"]["response_url"] == ""
    request = parameters["Input"]["request"]
    assert (request["RequestType"], request["StackId"]) == ("Run", "<AWS::StackId>")


def test_a_repeated_start_of_an_execution_that_has_ended_names_that_execution() -> None:
    workflow = "arn:aws:states:eu-west-1:111122223333:stateMachine:Users"
    found = run_definition(workflow, {})["States"]
    start = found["Start the import"]
    (caught,) = start["Catch"]
    assert caught["ErrorEquals"] == ["StepFunctions.ExecutionAlreadyExistsException"]
    assert start["Retry"][0] == {"ErrorEquals": caught["ErrorEquals"], "MaxAttempts": 0}
    name = start["Parameters"]["Name.$"]
    execution = workflow.replace(":stateMachine:", ":execution:")
    then = Stack().resolve(found[caught["Next"]])
    assert then["Parameters"] == {"ExecutionArn.$": name.replace("'Run-", f"'{execution}:Run-")}
    assert then["End"]


def test_another_import_is_refused_with_the_names_of_those_that_may_be_run(
    stack: Synthesised,
) -> None:
    failure = states(stack)[states(stack)["Which import?"]["Default"]]
    assert failure["Type"] == "Fail"
    assert "Seed, More" in failure["Cause"]


def test_it_is_encrypted_logged_and_traced_as_the_workflow_is(stack: Synthesised) -> None:
    (_, own), (_, other) = machine(stack), machine(stack, "Workflow")
    assert own["EncryptionConfiguration"] == other["EncryptionConfiguration"]
    assert own["TracingConfiguration"] == other["TracingConfiguration"]
    assert own["LoggingConfiguration"]["IncludeExecutionData"] is False
    groups = [
        {**each["Properties"], "LogGroupName": None}
        for each in stack.resources("AWS::Logs::LogGroup").values()
        if "LogGroupName" in each["Properties"]
    ]
    assert groups[0] == groups[1]


def test_it_the_starter_and_the_workflow_itself_may_start_the_workflow_and_nobody_else(
    stack: Synthesised,
) -> None:
    (own, _), (other, properties) = machine(stack), machine(stack, "Workflow")
    by_reference = f"<{other}.Arn>"
    may: dict[str, set[str]] = {}
    for holder, statement in identity_statements(stack):
        if "states:StartExecution" in as_list(statement["Action"]):
            may.setdefault(text(statement["Resource"]), set()).add(holder)
    by_name = next(arn for arn in may if text(properties["StateMachineName"]) in arn)
    assert set(may) - {by_reference, by_name} == {f"<{own}.Arn>"}
    starters = may[by_name] | may[by_reference]
    assert len(starters) == 3
    # An import in the background goes on in another execution.
    assert any("WorkflowStateMachineRole" in each for each in starters)
    assert any("StarterRole" in each for each in starters)
    assert any("RunsStateMachineRole" in each for each in starters)
    assert {each.rstrip("0123456789ABCDEF") for each in may[f"<{own}.Arn>"]} == {
        "OperatorDefaultPolicy",
        "OperatorsDefaultPolicy",
    }


def test_its_role_is_for_it_alone(stack: Synthesised) -> None:
    _, properties = machine(stack)
    (role,) = references(properties["RoleArn"])
    (trust,) = stack.template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    arn = text(trust["Condition"]["ArnEquals"]["aws:SourceArn"])
    assert arn.endswith(f":stateMachine:{text(properties['StateMachineName'])}")


def test_runs_of_a_shared_workflow_are_in_the_stack_of_the_import() -> None:
    def build(app: App) -> None:
        platform = Stack(app, "Platform")
        workflow = workflow_of(platform, export_name="shared")
        for name, shared in (
            ("Customers", lambda _: workflow),
            (
                "Partners",
                lambda stack: ImportWorkflow.from_attributes(stack, "By", export_name="shared"),
            ),
        ):
            stack = Stack(app, name)
            seed = import_into(stack, workflow=shared(stack))
            seed.grant_run(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))

    stacks = synthesise_app(build)
    assert len(stacks["Platform"].resources(MACHINE)) == 1
    for name in ("Customers", "Partners"):
        ((_, found),) = stacks[name].resources(MACHINE).items()
        assert "Run-" in text(found["Properties"]["DefinitionString"])
        assert "import" in text(found["Properties"]["EncryptionConfiguration"]["KmsKeyId"])


def test_a_pool_of_another_stack_can_be_run() -> None:
    def build(app: App) -> None:
        pool = pool_of(Stack(app, "Pools"))
        stack = Stack(app, "Imports")
        target: cognito.IUserPool = pool
        seed = import_into(stack, user_pool=target)
        seed.grant_run(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))

    assert definition(synthesise_app(build)["Imports"])["StartAt"] == "Which import?"
