"""The profiles, and the switches that only `hostile` has set."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.functions import ANSWER, make_function, printed
from helpers.import_world import (
    LOG_ACTIONS,
    TRUST,
    allow,
    code_of,
    make_role,
    policy,
    user,
    waited,
)

from cognito_import_local import CloudFormationDriver, ImportSettings
from cognito_import_local.settings import PROFILES, InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpers.import_world import World

    from cognito_import_local import LocalAws

numbers = itertools.count(1)


@pytest.fixture
def role_name() -> str:
    """Return the name of a role that no other test has."""
    return f"late-{next(numbers)}"


@pytest.fixture
def trusting(aws: LocalAws) -> dict[str, Any]:
    """Return a trust policy's statement for the account."""
    principal = {"AWS": f"arn:aws:iam::{aws.account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}


def session(aws: LocalAws, sts: Any, role_arn: str, service: str) -> Any:
    """Assume a role, and return a client of its session."""
    keys = sts.assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
    return aws.client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def denied(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"):
            return True
        raise
    return False


def test_the_documented_profile_equals_the_defaults() -> None:
    assert ImportSettings.profile("documented") == ImportSettings()


def test_single_settings_are_changed_on_top_of_a_profile(world: World) -> None:
    world.aws.configure(profile="hostile", rows_per_second=5)
    assert world.aws.settings()["rows_per_second"] == 5
    assert {name: world.aws.settings()[name] for name in PROFILES["hostile"]} == PROFILES["hostile"]

    world.aws.configure(profile="documented")
    assert world.aws.settings()["rows_per_second"] == ImportSettings().rows_per_second


def test_a_profile_keeps_what_the_server_began_with(world: World) -> None:
    before = world.aws.settings()["texts"]
    world.aws.configure(profile="hostile")
    assert world.aws.settings()["texts"] == before


def test_a_profile_that_does_not_exist_is_refused(aws: LocalAws) -> None:
    with pytest.raises(InvalidSettingError, match="documented, hostile"):
        aws.configure(profile="friendly")


def test_an_added_right_and_a_removed_right_are_effective_after_a_delay(
    world: World, aws: LocalAws, role_name: str, trusting: dict[str, Any]
) -> None:
    aws.configure(iam_propagation_seconds=20)
    grants = [allow("cognito-idp:*")]
    role = make_role(aws, role_name, grants, trusting)
    client = session(aws, aws.client("sts"), role, "cognito-idp")

    def call() -> Any:
        return client.get_csv_header(UserPoolId=world.pool)

    assert denied(call)
    aws.clock.advance(seconds=20)
    assert not denied(call)
    aws.client("iam").delete_role_policy(RoleName=role_name, PolicyName="grants")
    assert not denied(call)
    aws.clock.advance(seconds=20)
    assert denied(call)


def test_a_managed_policy_is_effective_after_a_while(
    world: World, aws: LocalAws, role_name: str, trusting: dict[str, Any]
) -> None:
    iam = aws.client("iam")
    managed = iam.create_policy(
        PolicyName=role_name, PolicyDocument=policy(allow("cognito-idp:DescribeUserPool"))
    )["Policy"]["Arn"]
    role = make_role(aws, role_name, [], trusting)
    iam.attach_role_policy(RoleName=role_name, PolicyArn=managed)
    client = session(aws, aws.client("sts"), role, "cognito-idp")
    aws.configure(iam_propagation_seconds=20)
    aws.clock.advance(seconds=20)
    iam.create_policy_version(
        PolicyArn=managed, PolicyDocument=policy(allow("cognito-idp:*")), SetAsDefault=True
    )

    def call() -> Any:
        return client.get_csv_header(UserPoolId=world.pool)

    assert denied(call)
    aws.clock.advance(seconds=20)
    assert not denied(call)


def test_a_role_that_is_deleted_keeps_its_rights_for_a_while_and_a_new_one_has_none(
    world: World, aws: LocalAws, role_name: str, trusting: dict[str, Any]
) -> None:
    iam = aws.client("iam")
    grants = [allow("cognito-idp:*")]
    role = make_role(aws, role_name, grants, trusting)
    client = session(aws, aws.client("sts"), role, "cognito-idp")
    aws.configure(iam_propagation_seconds=20)
    aws.clock.advance(seconds=20)

    def call() -> Any:
        return client.get_csv_header(UserPoolId=world.pool)

    iam.delete_role_policy(RoleName=role_name, PolicyName="grants")
    iam.delete_role(RoleName=role_name)
    assert not denied(call)
    make_role(aws, role_name, grants, trusting)
    assert denied(call)
    aws.clock.advance(seconds=20)
    assert not denied(call)


def test_a_trust_policy_is_effective_after_a_while_but_not_for_the_root(
    aws: LocalAws, role_name: str, trusting: dict[str, Any]
) -> None:
    root = aws.client("sts")
    caller = make_role(aws, f"{role_name}-caller", [allow("sts:AssumeRole")], trusting)
    sts = session(aws, root, caller, "sts")
    aws.configure(iam_propagation_seconds=20)
    aws.clock.advance(seconds=20)
    role = make_role(aws, role_name, [], trusting)

    def call() -> Any:
        return sts.assume_role(RoleArn=role, RoleSessionName="test")

    assert not denied(lambda: root.assume_role(RoleArn=role, RoleSessionName="test"))
    assert denied(call)
    aws.clock.advance(seconds=20)
    assert not denied(call)
    aws.client("iam").update_assume_role_policy(RoleName=role_name, PolicyDocument=policy(TRUST))
    assert not denied(call)
    aws.clock.advance(seconds=20)
    assert denied(call)


def test_a_change_of_the_logs_role_is_effective_after_a_while(
    world: World, aws: LocalAws, role_name: str
) -> None:
    aws.configure(iam_propagation_seconds=20)
    world.role = make_role(aws, role_name, [allow(LOG_ACTIONS)])
    job_id = world.uploaded(world.csv(user("ann")))
    with pytest.raises(ClientError) as error:
        world.start(job_id)
    assert code_of(error) == "PreconditionNotMetException"

    aws.clock.advance(seconds=20)
    world.start(job_id)
    assert world.ended(job_id)["Status"] == "Succeeded"


def test_a_list_omits_jobs_created_since_the_previous_list(world: World) -> None:
    def listed() -> list[str]:
        answer = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=60)
        return [job["JobId"] for job in answer["UserImportJobs"]]

    world.aws.configure(list_lags=1)
    first = world.create()["JobId"]
    assert listed() == []
    assert listed() == [first]
    second = world.create()["JobId"]
    assert listed() == [first]
    assert listed() == [second, first]
    assert [job["JobId"] for job in world.aws.import_jobs(world.pool)] == [second, first]


def test_a_page_of_jobs_is_shorter_than_asked_for(world: World) -> None:
    world.aws.configure(page_size_at_most=2)
    made = [world.create()["JobId"] for _ in range(5)]
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while not pages or token:
        answer = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=60, **token)
        pages.append([job["JobId"] for job in answer["UserImportJobs"]])
        token = {name: answer[name] for name in ("PaginationToken",) if name in answer}
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [job for page in pages for job in page] == made[::-1]


def test_an_empty_page_of_log_events_can_have_a_next_page(world: World) -> None:
    job = world.run(world.csv(*(user(f"user{number}") for number in range(3))))
    world.aws.configure(page_size_at_most=2)
    logs = world.aws.client("logs")
    group = f"/aws/cognito/userpools/{world.pool}/people"
    pages = [
        [event["message"] for event in page["events"]]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    ]
    assert [len(page) for page in pages] == [0, 2, 2, 1]
    assert [message for page in pages for message in page] == world.log(job)


def test_a_phrase_in_double_quotes_filters_log_events(world: World) -> None:
    world.run(world.csv(user("ann"), user("bob", email_verified="no"), user("cem")))
    pages = world.aws.client("logs").filter_log_events(
        logGroupName=f"/aws/cognito/userpools/{world.pool}/people", filterPattern='"[FAILED]"'
    )
    (event,) = pages["events"]
    assert event["message"].startswith("[FAILED] Line Number 3 - ")


def test_the_first_description_of_a_running_job_has_an_undocumented_status(
    world: World,
) -> None:
    world.aws.configure(unknown_status="Preparing", seconds_pending=0, seconds_in_progress=600)
    job_id = world.uploaded(world.csv(user("ann")))
    assert world.start(job_id)["Status"] == "Pending"
    waited(
        lambda: world.aws.import_jobs(world.pool)[0]["Status"],
        lambda status: status == "InProgress",
    )
    # Not by `world.cognito`, which holds every answer against the service model.
    cognito = world.aws.client("cognito-idp")

    def status() -> str:
        job = cognito.describe_user_import_job(UserPoolId=world.pool, JobId=job_id)["UserImportJob"]
        return str(job["Status"])

    assert [status(), status()] == ["Preparing", "InProgress"]
    world.stop(job_id)


def test_an_occupied_slot_can_be_reported_as_too_many_requests(
    make_world: Callable[..., World],
) -> None:
    first, second = make_world(), make_world()
    first.aws.configure(seconds_pending=600, slot_taken="too_many_requests")
    running = first.uploaded(first.csv(user("ann")))
    waiting = second.uploaded(second.csv(user("ann")))
    first.start(running)
    with pytest.raises(ClientError) as error:
        second.start(waiting)
    assert code_of(error) == "TooManyRequestsException"
    first.stop(running)


TELLING = f"""
{ANSWER}
import boto3
def handler(event, context):
    found = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])
    print(event["RequestType"], found["Stacks"][0]["StackStatus"])
    succeeds = event["RequestType"] == "Delete"
    answer(event, "SUCCESS" if succeeds else event["ResourceProperties"].get("Answer", "SUCCESS"))
"""


@pytest.fixture
def rolled_back(world: World, role_name: str) -> Iterator[Callable[[], list[str]]]:
    """Return what lets a stack roll back, and returns what its resource's function has printed.

    A resource is made, and another fails to be made; both are asked to go.
    """
    aws = world.aws
    function = make_function(aws, role_name, TELLING)
    stacks = aws.client("cloudformation")

    def roll_back() -> list[str]:
        good = {"Type": "Custom::Good", "Properties": {"ServiceToken": function}}
        bad = {
            "Type": "Custom::Bad",
            "Properties": {"ServiceToken": function, "Answer": "FAILED"},
            "DependsOn": "Good",
        }
        template = {"Resources": {"Good": good, "Bad": bad}}
        stacks.create_stack(StackName=role_name, TemplateBody=json.dumps(template))
        waited(
            lambda: stacks.describe_stacks(StackName=role_name)["Stacks"][0]["StackStatus"],
            lambda status: status == "ROLLBACK_COMPLETE",
        )
        return printed(aws, role_name)

    yield roll_back
    aws.reset()


def test_the_status_of_a_stack_that_rolls_back_is_delayed(
    world: World, rolled_back: Callable[[], list[str]]
) -> None:
    world.aws.configure(stack_status_delay_seconds=3600)
    assert "Delete CREATE_IN_PROGRESS" in rolled_back()


def test_the_status_of_a_stack_that_rolls_back_is_immediate_without_delays(
    rolled_back: Callable[[], list[str]],
) -> None:
    assert "Delete ROLLBACK_IN_PROGRESS" in rolled_back()


def test_a_setting_gives_the_number_of_deliveries_of_a_custom_resource_request(
    world: World, role_name: str, rolled_back: Callable[[], list[str]]
) -> None:
    world.aws.configure(deliveries=2)
    rolled_back()

    lines = waited(lambda: printed(world.aws, role_name), lambda lines: len(lines) == 8)
    assert sorted(line.split(" ")[0] for line in lines) == ["Create"] * 4 + ["Delete"] * 4


@pytest.fixture
def driver(world: World, role_name: str) -> Iterator[CloudFormationDriver]:
    """Return a driver of a stack whose function answers all it is asked."""
    aws = world.aws
    properties = {"ServiceToken": make_function(aws, role_name, TELLING)}
    template = {"Resources": {"Told": {"Type": "Custom::Told", "Properties": properties}}}
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName=role_name, TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName=role_name, WaiterConfig={"Delay": 1})
    with CloudFormationDriver(aws, stack=role_name) as made:
        yield made
    aws.reset()


def test_the_number_of_deliveries_applies_to_a_drivers_requests_too(
    world: World, driver: CloudFormationDriver
) -> None:
    world.aws.configure(deliveries=2)
    update = driver.request("Update")
    driver.send(update)
    waited(lambda: driver.answers(update), lambda answers: len(answers) == 2)


def test_the_status_of_a_simulated_rollback_is_delayed(
    world: World, driver: CloudFormationDriver
) -> None:
    world.aws.configure(stack_status_delay_seconds=10)
    stacks = world.aws.client("cloudformation")

    def status() -> str:
        return str(stacks.describe_stacks(StackName=driver.stack_id)["Stacks"][0]["StackStatus"])

    driver.set_stack_status("UPDATE_ROLLBACK_IN_PROGRESS")
    assert status() == "UPDATE_IN_PROGRESS"
    world.aws.clock.advance(seconds=10)
    assert status() == "UPDATE_ROLLBACK_IN_PROGRESS"
    driver.set_stack_status("DELETE_IN_PROGRESS")
    assert status() == "DELETE_IN_PROGRESS", "only a rollback is reported late"
