"""A log group that stays when its key goes could not be read: synth refuses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aws_cdk import RemovalPolicies, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from helpers.imports import import_into, workflow_of
from helpers.synthesis import synthesise, synthesise_app

from cdk_cognito_user_import import StagingBucket
from cdk_cognito_user_import.messages import arguments, validations

if TYPE_CHECKING:
    from aws_cdk import App

    from cdk_cognito_user_import.workflow.import_workflow import ImportWorkflow

RETAIN, DESTROY = RemovalPolicy.RETAIN, RemovalPolicy.DESTROY
EXCEPT_ON_CREATE = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
REFUSED = re.escape(validations.log_outlives_key("LOG", "KEY")).replace("LOG", r"\S+")
REFUSED = REFUSED.replace("KEY", r"(\S+)")


def workflow_and_key(stack: Stack, of_logs: RemovalPolicy, of_key: RemovalPolicy) -> ImportWorkflow:
    staging = StagingBucket(stack, "Staging", removal_policy=of_key)
    return workflow_of(stack, staging=staging, removal_policy=of_logs)


@pytest.mark.parametrize(
    ("of_logs", "of_key"),
    [(RETAIN, DESTROY), (RETAIN, EXCEPT_ON_CREATE), (EXCEPT_ON_CREATE, DESTROY)],
    ids=str,
)
def test_log_groups_that_outlive_their_key_are_refused(
    of_logs: RemovalPolicy, of_key: RemovalPolicy
) -> None:
    with pytest.raises(RuntimeError, match=REFUSED) as caught:
        synthesise(lambda stack: workflow_and_key(stack, of_logs, of_key))
    reported = str(caught.value)
    for group in ("Test/Workflow/FunctionsLog", "Test/Workflow/StateMachine/Log"):
        assert f"{group} is retained" in reported
    assert "Test/Staging/Key" in reported
    assert "Give both the same removal policy." in reported


@pytest.mark.parametrize(
    ("of_logs", "of_key"),
    [
        (DESTROY, DESTROY),
        (RETAIN, RETAIN),
        (EXCEPT_ON_CREATE, EXCEPT_ON_CREATE),
        (DESTROY, RETAIN),
        (EXCEPT_ON_CREATE, RETAIN),
    ],
    ids=str,
)
def test_a_key_with_the_removal_policy_of_its_log_groups_is_accepted(
    of_logs: RemovalPolicy, of_key: RemovalPolicy
) -> None:
    stack = synthesise(lambda stack: workflow_and_key(stack, of_logs, of_key))
    assert len(stack.resources("AWS::Logs::LogGroup")) == 2


def test_retained_logs_with_a_key_that_is_destroyed_are_refused() -> None:
    def build(stack: Stack) -> None:
        import_into(stack, staging=StagingBucket(stack, "Staging"), removal_policy=RETAIN)

    with pytest.raises(RuntimeError, match=REFUSED):
        synthesise(build)


def test_imports_that_retain_everything_are_accepted() -> None:
    stack = synthesise(lambda stack: import_into(stack, removal_policy=RETAIN))
    kept = [*stack.resources("AWS::Logs::LogGroup").values()]
    kept += stack.resources("AWS::KMS::Key").values()
    assert {each["DeletionPolicy"] for each in kept} == {"Retain"}


def test_a_log_group_that_is_retained_afterwards_is_refused() -> None:
    def build(stack: Stack) -> None:
        workflow = workflow_of(stack)
        RemovalPolicies.of(workflow.node.find_child("FunctionsLog")).retain()

    with pytest.raises(RuntimeError, match=REFUSED) as caught:
        synthesise(build)
    assert "Test/Workflow/FunctionsLog" in str(caught.value)
    assert "StateMachine/Log" not in str(caught.value)


def test_a_key_that_is_destroyed_afterwards_is_refused() -> None:
    def build(stack: Stack) -> None:
        staging = StagingBucket(stack, "Staging", removal_policy=RETAIN)
        workflow_of(stack, staging=staging, removal_policy=RETAIN)
        RemovalPolicies.of(staging.encryption_key).destroy()

    with pytest.raises(RuntimeError, match=REFUSED):
        synthesise(build)


@pytest.mark.parametrize("policy", ["retain", "destroy"])
def test_an_app_that_retains_or_destroys_all_its_resources_is_accepted(policy: str) -> None:
    def build(app: App) -> None:
        import_into(Stack(app, "Test"))
        getattr(RemovalPolicies.of(app), policy)()

    stack = synthesise_app(build)["Test"]
    groups = stack.resources("AWS::Logs::LogGroup").values()
    (key,) = stack.resources("AWS::KMS::Key").values()
    policies = {each["DeletionPolicy"] for each in (*groups, key)}
    assert policies == {"Retain" if policy == "retain" else "Delete"}


def test_an_imported_key_is_assumed_to_be_retained() -> None:
    def build(stack: Stack) -> None:
        arn = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
        key = kms.Key.from_key_arn(stack, "Theirs", arn)
        staging = StagingBucket(stack, "Staging", encryption_key=key)
        workflow_of(stack, staging=staging, removal_policy=RETAIN)

    groups = synthesise(build).resources("AWS::Logs::LogGroup").values()
    assert {each["DeletionPolicy"] for each in groups} == {"Retain"}


def test_a_workflow_whose_log_groups_are_to_leave_a_snapshot_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape(arguments.snapshot_policy())):
        synthesise(lambda stack: workflow_of(stack, removal_policy=RemovalPolicy.SNAPSHOT))


def test_log_groups_outside_the_library_are_not_checked() -> None:
    def build(stack: Stack) -> None:
        import_into(stack)
        logs.LogGroup(stack, "Other", removal_policy=RETAIN)

    assert len(synthesise(build).resources("AWS::Logs::LogGroup")) == 3


def test_a_retained_dead_letter_queue_without_its_key_is_refused() -> None:
    def build(stack: Stack) -> None:
        staging = StagingBucket(stack, "Staging")
        queue = sqs.Queue(
            stack,
            "DeadLetters",
            encryption_master_key=staging.encryption_key,
            removal_policy=RETAIN,
        )
        workflow_of(stack, staging=staging, dead_letter_queue=queue)

    reported = validations.log_outlives_key("Test/DeadLetters", "Test/Staging/Key")
    with pytest.raises(RuntimeError, match=re.escape(reported)):
        synthesise(build)
