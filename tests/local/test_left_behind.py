"""What deployed imports leave behind: logs, staged users, and what goes with the stack."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import CfnWaitCondition, CfnWaitConditionHandle, RemovalPolicy, Stack
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imports import by_id, import_into, pool_of, stack_of, tell, users
from helpers.synthesis import synthesise
from helpers.waiting import eventually


def retentions(cloud: Cloud) -> Any:
    """The log groups of Cognito's imports, and how many days they are kept."""
    pages = cloud.logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix="/aws/cognito/userpools/"
    )
    return {
        group["logGroupName"]: group.get("retentionInDays")
        for page in pages
        for group in page["logGroups"]
    }


@pytest.fixture
def pool_id(cloud: Cloud) -> str:
    """A pool made by hand."""
    pool = cloud.cognito_idp.create_user_pool(PoolName="by-hand", AutoVerifiedAttributes=["email"])
    pool_id: str = pool["UserPool"]["Id"]
    return pool_id


def deleted_pool(stack: Stack) -> Any:
    """A pool that is deleted with its stack."""
    return pool_of(stack, removal_policy=RemovalPolicy.DESTROY)


def test_cognitos_log_group_has_a_retention_of_a_month_and_is_deleted_with_pool_and_stack(
    cloud: Cloud, name: str
) -> None:
    outputs = cloud.deploy(stack_of(name, users("ada"), pool=deleted_pool))
    assert retentions(cloud)[outputs["LogGroup"]] == 30
    cloud.destroy(name)
    assert outputs["LogGroup"] not in retentions(cloud)


def test_cognitos_log_group_stays_with_a_pool_that_is_retained(cloud: Cloud, name: str) -> None:
    outputs = cloud.deploy(stack_of(name, users("ada")))
    cloud.destroy(name)
    assert retentions(cloud)[outputs["LogGroup"]] == 30


def test_the_log_group_of_an_external_pool_is_unchanged(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    outputs = cloud.deploy(stack_of(name, users("ada"), pool=by_id(pool_id)))
    assert retentions(cloud)[outputs["LogGroup"]] is None
    cloud.destroy(name)
    assert retentions(cloud)[outputs["LogGroup"]] is None


def test_removing_one_of_two_imports_keeps_the_log_group_for_the_other(
    cloud: Cloud, name: str
) -> None:
    def build(ids: Any) -> Any:
        def build(stack: Stack) -> None:
            pool = deleted_pool(stack)
            for id_ in ids:
                tell(stack, import_into(stack, id_, user_pool=pool), id_)

        return synthesise(build, name)

    outputs = cloud.deploy(build(["Seed", "More"]))
    cloud.deploy(build(["Seed"]))
    assert retentions(cloud)[outputs["SeedLogGroup"]] == 30
    cloud.destroy(name)
    assert outputs["SeedLogGroup"] not in retentions(cloud)


def test_a_rollback_keeps_the_log_group_that_explains_the_failure(cloud: Cloud, name: str) -> None:
    before = retentions(cloud)

    def build(stack: Stack) -> None:
        seed = import_into(stack)
        handle = CfnWaitConditionHandle(stack, "Handle")
        never = CfnWaitCondition(stack, "Never", handle=handle.ref, timeout="1", count=1)
        never.node.add_dependency(seed)

    with pytest.raises(DeploymentFailed, match="ROLLBACK_COMPLETE"):
        cloud.deploy(synthesise(build, name))
    (group,) = retentions(cloud).keys() - before.keys()
    assert retentions(cloud)[group] == 30


def test_the_rollback_of_an_aborted_update_deletes_its_staged_users(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    pool = by_id(pool_id)
    cloud.deploy(stack_of(name, users("ada"), pool=pool))
    cloud.aws.faults.take_slot(times=1000)
    cloud.begin(stack_of(name, users("ada", "bob"), pool=pool))
    eventually(lambda: len(cloud.jobs(pool_id)) == 2, "a second job")
    assert [key.rpartition("/")[2] for key in cloud.staged(name)] == ["users.csv"]
    (machine,) = cloud.resources(name, "AWS::StepFunctions::StateMachine")
    running = cloud.stepfunctions.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
    (execution,) = running["executions"]
    cloud.stepfunctions.stop_execution(executionArn=execution["executionArn"])
    with pytest.raises(
        DeploymentFailed, match=r"UPDATE_ROLLBACK_COMPLETE.*ended with status ABORTED"
    ):
        cloud.finish(name)
    cloud.aws.faults.clear()
    assert cloud.staged(name) == {}
