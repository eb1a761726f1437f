"""Runs on demand, and the events of imports: from the deployment to the queue of a rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from helpers.event_queue import next_event, send_events_to_queue
from helpers.imports import import_into, pool_of, users
from helpers.synthesis import Synthesised, synthesise
from helpers.waiting import eventually

from cdk_cognito_user_import import UserSource

if TYPE_CHECKING:
    from helpers.deployment import Cloud

MACHINE = "AWS::StepFunctions::StateMachine"
COUNTS = ("ImportedUsers", "SkippedUsers", "FailedUsers")


def with_runs(name: str, *usernames: str) -> Synthesised:
    def build(stack: Stack) -> None:
        source = UserSource.from_records(users(*usernames))
        pool = pool_of(stack)
        seed = import_into(stack, user_pool=pool, source=source)
        send_events_to_queue(stack, seed)
        seed.grant_run(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)

    return synthesise(build, name)


def run_machine(cloud: Cloud, name: str) -> str:
    (arn,) = (each for each in cloud.resources(name, MACHINE) if is_for_runs(cloud, each))
    return str(arn)


def is_for_runs(cloud: Cloud, arn: str) -> bool:
    found = cloud.stepfunctions.describe_state_machine(stateMachineArn=arn)
    return "Which import?" in found["definition"]


def ended(cloud: Cloud, machine: str, **given: Any) -> dict[str, Any]:
    """Start a run, and return the end of the execution that starts the import."""
    started = cloud.stepfunctions.start_execution(stateMachineArn=machine, input=json.dumps(given))

    def end() -> dict[str, Any] | None:
        found: dict[str, Any] = cloud.stepfunctions.describe_execution(
            executionArn=started["executionArn"]
        )
        return None if found["status"] == "RUNNING" else found

    return dict(eventually(end, "the run has started the import", within=60, every=0.2))


@pytest.fixture
def deployed(cloud: Cloud, name: str) -> dict[str, str]:
    return cloud.deploy(with_runs(name, "ada", "bob"))


def test_a_deployment_and_a_run_send_an_event_each(
    cloud: Cloud, name: str, deployed: dict[str, str]
) -> None:
    first = next_event(cloud, deployed["Queue"])
    assert (first["requestType"], first["status"], first["import"]) == (
        "Create",
        "SUCCEEDED",
        "Seed",
    )
    assert [first["attributes"][each] for each in COUNTS] == ["2", "0", "0"]
    cloud.cognito_idp.admin_delete_user(UserPoolId=deployed["PoolId"], Username="bob")
    assert ended(cloud, run_machine(cloud, name), **{"import": "Seed", "token": "monday"})[
        "status"
    ] == ("SUCCEEDED")
    second = next_event(cloud, deployed["Queue"])
    assert (second["requestType"], second["status"]) == ("Run", "SUCCEEDED")
    assert [second["attributes"][each] for each in COUNTS] == ["1", "1", "0"]
    assert set(cloud.users(deployed["PoolId"])) == {"ada", "bob"}
    assert first["id"] != second["id"]


def test_a_run_of_an_unknown_import_or_with_a_token_that_is_not_text_starts_nothing(
    cloud: Cloud, name: str, deployed: dict[str, str]
) -> None:
    machine = run_machine(cloud, name)
    unknown = ended(cloud, machine, **{"import": "Other"})
    assert (unknown["status"], unknown["error"]) == ("FAILED", "UnknownImport")
    assert "Seed" in unknown["cause"]
    wrong = ended(cloud, machine, **{"import": "Seed", "token": 1})
    assert (wrong["status"], wrong["error"]) == ("FAILED", "TokenNotAllowed")
    assert len(cloud.jobs(deployed["PoolId"])) == 1


@pytest.mark.parametrize("action", ["states:StartExecution", "events:PutEvents"])
def test_a_run_needs_each_right_of_its_state_machine_and_its_import(
    cloud: Cloud, name: str, deployed: dict[str, str], action: str
) -> None:
    next_event(cloud, deployed["Queue"])
    cloud.aws.configure(iam_propagation_seconds=0)
    (role,) = (
        each
        for each in cloud.resources(name, "AWS::IAM::Role")
        if allows(cloud, each, action)
        and "Starter" not in each
        and "Operator" not in each
        # The import workflow may start executions of itself.
        and (action != "states:StartExecution" or "Runs" in each)
    )
    for policy in cloud.iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = cloud.iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        kept = [each for each in document["Statement"] if each["Action"] != action]
        cloud.iam.put_role_policy(
            RoleName=role,
            PolicyName=policy,
            PolicyDocument=json.dumps({**document, "Statement": kept}),
        )
    end = ended(cloud, run_machine(cloud, name), **{"import": "Seed", "token": "monday"})
    if action == "states:StartExecution":
        assert end["status"] == "FAILED"
        return
    # The worker may not send the event; the starter does when the execution has failed.
    detail = next_event(cloud, deployed["Queue"])
    assert (detail["requestType"], detail["status"]) == ("Run", "SUCCEEDED"), json.dumps(detail)
    started = json.loads(end["output"])["ExecutionArn"]
    found = cloud.stepfunctions.describe_execution(executionArn=started)
    assert found["status"] == "FAILED"
    assert "its event could not be sent" in found["cause"]


def allows(cloud: Cloud, role: str, action: str) -> bool:
    return any(
        action in json.dumps(cloud.iam.get_role_policy(RoleName=role, PolicyName=each))
        for each in cloud.iam.list_role_policies(RoleName=role)["PolicyNames"]
    )
