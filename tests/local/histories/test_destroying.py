"""Stacks that are destroyed although somebody has removed a part of them by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.imports import stack_of, users

from cognito_import_local import CloudFormationDriver

if TYPE_CHECKING:
    from helpers.deployment import Cloud


def _pool(cloud: Cloud, name: str) -> None:
    (pool_id,) = cloud.resources(name, "AWS::Cognito::UserPool")
    cloud.cognito_idp.delete_user_pool(UserPoolId=pool_id)


def _bucket(cloud: Cloud, name: str) -> None:
    (bucket,) = cloud.resources(name, "AWS::S3::Bucket")
    cloud.s3.delete_bucket(Bucket=bucket)


def _key(cloud: Cloud, name: str) -> None:
    (key,) = cloud.resources(name, "AWS::KMS::Key")
    cloud.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


def _logs_role(cloud: Cloud, name: str) -> None:
    (role,) = (each for each in cloud.resources(name, "AWS::IAM::Role") if "LogsRole" in each)
    for policy in cloud.iam.list_role_policies(RoleName=role)["PolicyNames"]:
        cloud.iam.delete_role_policy(RoleName=role, PolicyName=policy)
    cloud.iam.delete_role(RoleName=role)


def _state_machine(cloud: Cloud, name: str) -> None:
    (machine,) = cloud.resources(name, "AWS::StepFunctions::StateMachine")
    cloud.stepfunctions.delete_state_machine(stateMachineArn=machine)


def _worker(cloud: Cloud, name: str) -> None:
    functions = cloud.resources(name, "AWS::Lambda::Function")
    (worker,) = (each for each in functions if each.endswith("-worker"))
    cloud.__getattr__("lambda").delete_function(FunctionName=worker)


def _rights(cloud: Cloud, name: str) -> None:
    (role,) = (each for each in cloud.resources(name, "AWS::IAM::Role") if each.endswith("-worker"))
    for policy in cloud.iam.list_role_policies(RoleName=role)["PolicyNames"]:
        cloud.iam.delete_role_policy(RoleName=role, PolicyName=policy)


@pytest.mark.slow
@pytest.mark.parametrize(
    "removed",
    [_pool, _bucket, _key, _logs_role, _state_machine, _worker, _rights],
    ids=lambda removed: removed.__name__.strip("_").replace("_", " "),
)
def test_a_stack_can_be_destroyed_when_a_part_was_removed_by_hand(
    cloud: Cloud, name: str, removed: Any
) -> None:
    cloud.deploy(stack_of(name, users("ada")))
    removed(cloud, name)
    cloud.destroy(name)
    assert cloud.status(name) is None


def test_a_stack_can_be_destroyed_when_pool_bucket_key_and_role_were_removed_by_hand(
    cloud: Cloud, name: str
) -> None:
    cloud.deploy(stack_of(name, users("ada")))
    for removed in (_pool, _bucket, _key, _logs_role):
        removed(cloud, name)
    cloud.destroy(name)
    assert cloud.status(name) is None


def test_a_delete_without_its_workflow_succeeds_and_names_possible_leftovers(
    cloud: Cloud, name: str
) -> None:
    outputs = cloud.deploy(stack_of(name, users("ada")))
    _state_machine(cloud, name)
    with CloudFormationDriver(cloud.aws, stack=name) as driver:
        delete = driver.request("Delete")
        driver.send(delete)
        answer = driver.answer(delete)
        # Each delivery is answered: without a workflow nothing remembers the first.
        assert {each["Status"] for each in driver.answers(delete)} == {"SUCCESS"}

    assert answer["Status"] == "SUCCESS"
    reported = "Deleted WITHOUT CLEANING UP"
    assert reported in answer["Reason"]
    assert f"user pool {outputs['PoolId']}" in answer["Reason"]
    logged = [
        message
        for group in cloud.resources(name, "AWS::Logs::LogGroup")
        for message in cloud.logged(group)
    ]
    assert any(reported in line for line in logged)
    cloud.destroy(name)
    assert cloud.status(name) is None
