"""Imports that are a relay of custom resources, or go on after the deployment.

That a stack can be deleted proves more: a user pool cannot be deleted while a job runs, and a
bucket cannot while it has an object.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aws_cdk import Duration
from helpers.imports import counts, stack_of, users
from helpers.waiting import eventually

if TYPE_CHECKING:
    from helpers.deployment import Cloud
    from helpers.synthesis import Synthesised

KIND = "Custom::CognitoUserImport"
MACHINE = "AWS::StepFunctions::StateMachine"


@pytest.fixture
def slow_jobs(cloud: Cloud) -> None:
    """Jobs that take tens of seconds for two users."""
    cloud.aws.configure(rows_per_second=0.05)


def with_constant(stack: Synthesised, module: str, name: str, value: int) -> Synthesised:
    """Deploy functions in one of whose modules a constant has another value.

    Args:
        stack: A stack of the app that has the functions.
        module: The path of the module in the package `user_import`, without its ending.
        name: The name of the constant.
        value: Its value.
    """
    (path,) = stack.folder.glob(f"asset.*/user_import/{module}.py")
    assignment = re.compile(rf"^({name}(?:: Final)?) = .+$", re.MULTILINE)
    text, replaced = assignment.subn(rf"\1 = {value}", path.read_text(encoding="utf-8"))
    assert replaced == 1, f"{module}.py assigns {name} {replaced} times"
    path.write_text(text, encoding="utf-8")
    return stack


def short_legs(stack: Synthesised, seconds: int = 15) -> Synthesised:
    """Deploy functions whose custom resources pass the import on after some seconds."""
    return with_constant(stack, "contract", "LEG_SECONDS", seconds)


def executions(cloud: Cloud, name: str) -> list[str]:
    """Return the names of the executions of a stack's workflow."""
    (arn,) = cloud.resources(name, MACHINE)
    listed = cloud.stepfunctions.list_executions(stateMachineArn=arn)["executions"]
    return [each["name"] for each in listed]


def legs(stack: Synthesised) -> list[str]:
    return sorted(stack.resources(KIND))


def test_a_relay_is_begun_and_ended_by_two_executions_whatever_its_timeout_is(
    cloud: Cloud, name: str
) -> None:
    people = users("ada", "bob")
    short = stack_of(name, people)
    assert counts(cloud.deploy(short)) == (2, 0, 0)
    long = stack_of(name, people, timeout=Duration.hours(3))
    assert set(legs(short)) < set(legs(long))
    assert len(legs(long)) == 4
    outputs = cloud.deploy(long)
    assert counts(outputs) == (2, 0, 0)
    assert len(cloud.jobs(outputs["PoolId"])) == 1

    before = len(executions(cloud, name))
    changed = stack_of(name, users("ada", "bob", "cem"), timeout=Duration.hours(3))
    assert counts(cloud.deploy(changed)) == (1, 2, 0)
    assert len(executions(cloud, name)) == before + 2
    assert [key.partition("/")[0] for key in cloud.kept(name)] == ["records"]

    assert counts(cloud.deploy(stack_of(name, users("ada", "bob", "cem")))) == (1, 2, 0)
    assert len(cloud.jobs(outputs["PoolId"])) == 2
    cloud.destroy(name)
    assert cloud.status(name) is None


@pytest.mark.usefixtures("slow_jobs")
def test_the_legs_of_a_relay_pass_a_long_import_on(cloud: Cloud, name: str) -> None:
    stack = short_legs(stack_of(name, users("ada", "bob"), timeout=Duration.hours(8)))
    outputs = cloud.deploy(stack)
    assert counts(outputs) == (2, 0, 0)
    (job,) = cloud.jobs(outputs["PoolId"])
    assert outputs["JobIds"] == job["JobId"]
    assert len(executions(cloud, name)) > 2, "at least two legs worked on the import"
    cloud.destroy(name)
    assert cloud.status(name) is None


@pytest.mark.usefixtures("slow_jobs")
def test_an_import_in_the_background_goes_on_after_the_deployment(cloud: Cloud, name: str) -> None:
    outputs = cloud.deploy(stack_of(name, users("ada", "bob"), wait=False))
    assert outputs["Status"] in ("Pending", "InProgress")
    assert outputs["Imported"] == ""
    (job,) = cloud.jobs(outputs["PoolId"])
    assert job["Status"] != "Succeeded"
    eventually(lambda: len(cloud.users(outputs["PoolId"])) == 2, "the users are imported")
    eventually(lambda: not cloud.staged(name), "nothing is staged")
    cloud.destroy(name)
    assert cloud.status(name) is None


@pytest.mark.usefixtures("slow_jobs")
def test_deleting_the_stack_stops_an_import_in_the_background(cloud: Cloud, name: str) -> None:
    cloud.deploy(stack_of(name, users("ada", "bob"), wait=False))
    cloud.destroy(name)
    assert cloud.status(name) is None
