"""Imports that are a relay of custom resources, or go on after the deployment.

That a stack can be deleted proves more: a user pool cannot be deleted while a job runs, and a
bucket cannot while it has an object.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, CfnOutput, CfnWaitCondition, CfnWaitConditionHandle, Duration, Stack
from helpers.deployment import Cloud, DeploymentFailed
from helpers.event_queue import next_event, send_events_to_queue
from helpers.imports import (
    by_id,
    counts,
    import_into,
    pool_of,
    stack_of,
    tell,
    users,
    workflow_of,
)
from helpers.synthesis import synthesise, synthesise_app
from helpers.waiting import eventually

from cdk_cognito_user_import import UserSource
from cognito_import_local import CloudFormationDriver
from user_import.contract import Phase
from user_import.messages import steps as messages
from user_import.steps.record import ImportRecord

if TYPE_CHECKING:
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


@pytest.fixture
def pool_id(cloud: Cloud) -> str:
    """A pool made by hand, whose jobs can be listed after a rollback."""
    pool_id: str = cloud.cognito_idp.create_user_pool(
        PoolName="by-hand", AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    return pool_id


def owner_of(name: str) -> str:
    """Return the name of the stack that has a relay's workflow, and outlives the relay's stack."""
    return f"{name}Owner"


def relay_of(
    name: str, people: Any, pool_id: str, *, fails: bool = False
) -> dict[str, Synthesised]:
    """Synthesise a stack with a relay, and the stack with its workflow; return both by name.

    Args:
        name: The name of the relay's stack.
        people: The users to import.
        pool_id: The user pool.
        fails: Whether a resource that needs the first leg, and not the second, fails.
    """

    def build(app: App) -> None:
        workflow = workflow_of(Stack(app, owner_of(name)))
        stack = Stack(app, name)
        seed = import_into(
            stack,
            user_pool=by_id(pool_id)(stack),
            source=UserSource.from_records(people),
            workflow=workflow,
            timeout=Duration.hours(8),
        )
        tell(stack, seed)
        if fails:
            handle = CfnWaitConditionHandle(stack, "Handle")
            # The emulator makes one resource at a time, and this one before the second leg: of
            # those that may be made, the first in the alphabet.
            never = CfnWaitCondition(stack, "Never", handle=handle.ref, timeout="1", count=1)
            (leg,) = (each for each in seed.node.children if each.node.id.startswith("Leg1"))
            never.node.add_dependency(leg)

    return synthesise_app(build)


def deploy_owner(cloud: Cloud, stacks: dict[str, Synthesised], name: str) -> str:
    """Deploy a relay's workflow, and return the stack's name.

    The legs are long enough for the first one to start the job on a busy machine, and for a test to
    look at the next.
    """
    cloud.aws.configure(iam_propagation_seconds=0, role_propagation_seconds=0)
    owner = owner_of(name)
    cloud.deploy(short_legs(stacks[owner], seconds=90))
    return owner


def begin(cloud: Cloud, stack: Synthesised, pool_id: str) -> None:
    """Begin to deploy an import whose job takes minutes, and wait until the job runs."""
    cloud.aws.configure(rows_per_second=0.005)
    cloud.begin(stack)
    eventually(lambda: statuses(cloud, pool_id)[-1:] == ["InProgress"], "the job runs")


def records(cloud: Cloud, owner: str) -> dict[str, ImportRecord | None]:
    """Return the records of imports in the staging bucket of a stack, by key."""
    kept = cloud.kept(owner).items()
    return {key: ImportRecord.from_json(text) for key, text in kept if key.startswith("records/")}


def requests(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    """Return the requests of CloudFormation to a stack's imports, the oldest first."""
    return [
        each
        for each in cloud.aws.custom_resource_requests()
        if each["StackId"].split("/")[1] == name and each["ResourceType"] == KIND
    ]


def requested(cloud: Cloud, name: str) -> list[str]:
    """Return what CloudFormation asked which leg of a stack's relay, the oldest first."""
    return [
        f"{each['RequestType']} {found[1]}"
        for each in requests(cloud, name)
        if (found := re.match(r"Seed(Leg\d|Resource)", each["LogicalResourceId"]))
    ]


def statuses(cloud: Cloud, pool_id: str) -> list[str]:
    return [job["Status"] for job in cloud.jobs(pool_id)]


def until_it_waits_for_the_job(cloud: Cloud, owner: str, driver: CloudFormationDriver) -> None:
    """Wait until the latest request to a custom resource waits for Cognito's job."""
    (machine,) = cloud.resources(owner, MACHINE)
    executions = machine.replace(":stateMachine:", ":execution:")

    def waits() -> bool:
        # An execution of this request may not exist yet.
        for request in driver.recorded()[-1:]:
            arn = f"{executions}:{request['RequestType']}-{request['RequestId']}"
            with contextlib.suppress(cloud.stepfunctions.exceptions.ExecutionDoesNotExist):
                history = cloud.stepfunctions.get_execution_history(
                    executionArn=arn, maxResults=1000
                )
                entered = (each.get("stateEnteredEventDetails", {}) for each in history["events"])
                return Phase.RUN in [each.get("name") for each in entered]
        return False

    eventually(waits, "the leg waits for the job")


def logical_id_of(stack: Synthesised, leg: str) -> str:
    (logical_id,) = (each for each in legs(stack) if each.startswith(f"Seed{leg}"))
    return logical_id


def test_the_rollback_of_a_create_stops_a_job_between_two_legs(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    stacks = relay_of(name, users("ada", "bob"), pool_id, fails=True)
    owner = deploy_owner(cloud, stacks, name)
    begin(cloud, stacks[name], pool_id)
    with pytest.raises(DeploymentFailed, match=r"^ROLLBACK_COMPLETE"):
        cloud.finish(name)
    assert requested(cloud, name) == ["Create Leg1", "Delete Leg1"]
    assert statuses(cloud, pool_id) == ["Stopped"]
    assert list(cloud.kept(owner)) == []


def test_the_rollback_of_an_update_stops_a_job_between_two_legs(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    first = relay_of(name, users("ada"), pool_id)
    owner = deploy_owner(cloud, first, name)
    assert counts(cloud.deploy(first[name])) == (1, 0, 0)
    ((key, before),) = records(cloud, owner).items()
    assert before is not None
    assert before.deployed is not None
    begin(cloud, relay_of(name, users("ada", "bob"), pool_id, fails=True)[name], pool_id)
    with pytest.raises(DeploymentFailed, match=r"^UPDATE_ROLLBACK_COMPLETE"):
        cloud.finish(name)
    assert requested(cloud, name)[-2:] == ["Update Leg1", "Update Leg1"]
    assert statuses(cloud, pool_id) == ["Succeeded", "Stopped"]
    assert list(cloud.kept(owner)) == [key]
    after = records(cloud, owner)[key]
    assert after is not None
    assert after.has_imported(before.deployed.content_id)


def test_the_rollback_of_a_create_stops_the_job_for_which_the_second_leg_waits(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    stacks = relay_of(name, users("ada", "bob"), pool_id)
    owner = deploy_owner(cloud, stacks, name)
    begin(cloud, stacks[name], pool_id)
    second = logical_id_of(stacks[name], "Leg2")
    with CloudFormationDriver(cloud.aws, stack=name, logical_id=second) as driver:
        until_it_waits_for_the_job(cloud, owner, driver)
        # Another resource fails: CloudFormation does not wait for the answer to the Create.
        driver.set_stack_status("ROLLBACK_IN_PROGRESS")
        delete = driver.request("Delete")
        driver.send(delete)
        assert driver.answer(delete)["Status"] == "SUCCESS"
        assert statuses(cloud, pool_id) == ["Stopped"]
    # The Create fails, and the emulator rolls the stack back.
    with pytest.raises(DeploymentFailed, match=r"^ROLLBACK_COMPLETE"):
        cloud.finish(name)
    assert "Create Leg3" not in requested(cloud, name)
    assert statuses(cloud, pool_id) == ["Stopped"]
    assert list(cloud.kept(owner)) == []


def test_the_rollback_of_an_update_stops_the_job_for_which_the_second_leg_waits(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    first = relay_of(name, users("ada"), pool_id)
    owner = deploy_owner(cloud, first, name)
    assert counts(cloud.deploy(first[name])) == (1, 0, 0)
    ((key, before),) = records(cloud, owner).items()
    assert before is not None
    assert before.deployed is not None
    with contextlib.ExitStack() as drivers:
        both = [
            drivers.enter_context(
                CloudFormationDriver(
                    cloud.aws, stack=name, logical_id=logical_id_of(first[name], leg)
                )
            )
            for leg in ("Leg2", "Leg1")
        ]
        creates = [driver.recorded()[-1] for driver in both]
        begin(cloud, relay_of(name, users("ada", "bob"), pool_id)[name], pool_id)
        eventually(lambda: len(both[0].recorded()) == 2, "the second leg is updated")
        until_it_waits_for_the_job(cloud, owner, both[0])
        # Another resource fails: CloudFormation does not wait for the answer to the Update.
        for driver, create in zip(both, creates, strict=True):
            driver.set_stack_status("UPDATE_ROLLBACK_IN_PROGRESS")
            back = driver.request("Update", properties=create["ResourceProperties"])
            driver.send(back)
            assert driver.answer(back)["Status"] == "SUCCESS"
        assert statuses(cloud, pool_id) == ["Succeeded", "Stopped"]
    with pytest.raises(DeploymentFailed, match=r"^UPDATE_ROLLBACK_COMPLETE"):
        cloud.finish(name)
    assert "Update Leg3" not in requested(cloud, name)
    assert statuses(cloud, pool_id) == ["Succeeded", "Stopped"]
    assert list(cloud.kept(owner)) == [key]
    after = records(cloud, owner)[key]
    assert after is not None
    assert after.has_imported(before.deployed.content_id)


def test_destroying_the_stack_of_a_relay_removes_its_record(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    stacks = relay_of(name, users("ada"), pool_id)
    owner = deploy_owner(cloud, stacks, name)
    assert counts(cloud.deploy(stacks[name])) == (1, 0, 0)
    assert len(records(cloud, owner)) == 1
    cloud.destroy(name)
    assert list(cloud.kept(owner)) == []
    cloud.destroy(owner)
    assert cloud.status(owner) is None


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


def in_background(name: str, *usernames: str) -> Synthesised:
    """Synthesise a stack whose import goes on after the deployment, and sends its events."""

    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        source = UserSource.from_records(users(*usernames))
        seed = import_into(stack, user_pool=pool, source=source, wait=False)
        tell(stack, seed)
        send_events_to_queue(stack, seed)
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)

    return synthesise(build, name)


def test_an_update_stops_an_import_in_the_background_and_begins_another(
    cloud: Cloud, name: str
) -> None:
    cloud.aws.configure(rows_per_second=0.01)
    first = cloud.deploy(in_background(name, "ada", "bob"))
    (job,) = cloud.jobs(first["PoolId"])
    assert first["JobIds"] == job["JobId"]
    assert first["Status"] in ("Pending", "InProgress")
    # The next job is quicker, and takes a minute all the same.
    cloud.aws.configure(rows_per_second=0.05)
    second = cloud.deploy(in_background(name, "ada", "bob", "cem"))
    stopped, runs = cloud.jobs(first["PoolId"])
    assert (stopped["JobId"], stopped["Status"]) == (job["JobId"], "Stopped")
    assert (second["JobIds"], second["Imported"]) == (runs["JobId"], "")
    assert second["Status"] in ("Pending", "InProgress")

    event = next_event(cloud, first["Queue"])
    assert (event["requestType"], event["status"]) == ("Create", "FAILED")
    assert event["reason"].startswith(messages.IMPORT_SUPERSEDED)
    event = next_event(cloud, first["Queue"])
    assert (event["requestType"], event["status"]) == ("Update", "SUCCEEDED")
    assert event["attributes"]["JobIds"] == runs["JobId"]
    # The first job may have imported somebody before it was stopped.
    imported, skipped = (
        int(event["attributes"][f"{each}Users"]) for each in ("Imported", "Skipped")
    )
    assert imported + skipped == 3
    assert sorted(cloud.users(first["PoolId"])) == ["ada", "bob", "cem"]
    assert statuses(cloud, first["PoolId"]) == ["Stopped", "Succeeded"]
    assert cloud.staged(name) == {}
    cloud.destroy(name)
    assert cloud.status(name) is None


def short_executions(stack: Synthesised) -> Synthesised:
    """Deploy functions that go on with an import in another execution after three turns."""
    return with_constant(stack, "steps/background", "_TURNS", 3)


def unfinished(cloud: Cloud, name: str) -> list[Any]:
    """Return the executions of a stack's workflow that have not succeeded."""
    (arn,) = cloud.resources(name, MACHINE)
    listed = cloud.stepfunctions.list_executions(stateMachineArn=arn)["executions"]
    return [each for each in listed if each["status"] != "SUCCEEDED"]


@pytest.mark.usefixtures("slow_jobs")
def test_an_import_in_the_background_goes_on_in_another_execution(cloud: Cloud, name: str) -> None:
    outputs = cloud.deploy(short_executions(in_background(name, "ada", "bob")))
    event = next_event(cloud, outputs["Queue"])
    assert (event["requestType"], event["status"]) == ("Create", "SUCCEEDED")
    assert event["attributes"]["ImportedUsers"] == "2"
    assert sorted(cloud.users(outputs["PoolId"])) == ["ada", "bob"]
    assert len(cloud.jobs(outputs["PoolId"])) == 1
    (create,) = requests(cloud, name)
    names = set(executions(cloud, name))
    later = names - {f"Create-{create['RequestId']}"}
    assert {each.rpartition("-")[2] for each in later} == {
        str(number) for number in range(2, len(names) + 1)
    }
    assert later != set()
    eventually(lambda: not unfinished(cloud, name), "the last execution has ended")
    assert cloud.staged(name) == {}
    cloud.destroy(name)
    assert cloud.status(name) is None


def without_right(stack: Synthesised, role: str, action: str) -> Synthesised:
    """Deploy a role without the statement of one action.

    Args:
        stack: The stack.
        role: A part of the role's logical id.
        action: The action.
    """
    template = stack.template
    (properties,) = (
        resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and role in logical_id
    )
    removed = 0
    for document in (policy["PolicyDocument"] for policy in properties["Policies"]):
        kept = [each for each in document["Statement"] if each["Action"] != action]
        removed += len(document["Statement"]) - len(kept)
        document["Statement"] = kept
    assert removed == 1, f"{removed} statements of {role} allow {action} alone"
    stack.template_path.write_text(json.dumps(template))
    return stack


def test_an_import_that_cannot_go_on_in_another_execution_fails_with_a_reason(
    cloud: Cloud, name: str
) -> None:
    # The start is tried again for a minute.
    cloud.aws.configure(rows_per_second=0.01)
    stack = short_executions(in_background(name, "ada", "bob"))
    outputs = cloud.deploy(without_right(stack, "StateMachineRole", "states:StartExecution"))
    event = next_event(cloud, outputs["Queue"])
    assert (event["requestType"], event["status"]) == ("Create", "FAILED")
    denied = "StepFunctions.AWSStepFunctionsException"
    assert event["reason"].startswith(messages.workflow_failed(denied))
    assert len(executions(cloud, name)) == 1
    eventually(lambda: statuses(cloud, outputs["PoolId"]) == ["Stopped"], "the job is stopped")
    assert cloud.staged(name) == {}
    cloud.destroy(name)
    assert cloud.status(name) is None
