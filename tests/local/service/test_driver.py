"""The driver that plays CloudFormation, and the plugin's fixtures, against functions of our own."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from helpers.import_world import allow, make_role, waited

from cognito_import_local import CloudFormationDriver
from cognito_import_local.client.response_receiver import InvalidAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cognito_import_local import LocalAws

# A custom resource that answers with what it was asked, and with its stack's status.
CODE = """
import json, time, urllib.request, urllib.error
import boto3

def handler(event, context):
    stacks = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])
    body = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId", "made"),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {
            "Colour": event["ResourceProperties"].get("Colour", "none"),
            "Old": event.get("OldResourceProperties", {}).get("Colour", "none"),
            "Stack": stacks["Stacks"][0]["StackStatus"],
        },
    }
    body.update(json.loads(event["ResourceProperties"].get("Override", "{}")))
    for _ in range(3):
        put = urllib.request.Request(
            event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
        )
        try:
            return urllib.request.urlopen(put, timeout=10).read().decode()
        except urllib.error.HTTPError:
            time.sleep(0.1)
"""


@pytest.fixture(scope="session")
def stack(aws: LocalAws) -> str:
    """Return the name of a stack of one custom resource."""
    role = make_role(
        aws,
        "echo",
        [allow("*")],
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "*"},
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("index.py", textwrap.dedent(CODE))
    function = aws.client("lambda").create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Timeout=60,
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]
    resource = {
        "Type": "Custom::Echo",
        "Properties": {"ServiceToken": function, "Colour": "red"},
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName="driven", TemplateBody=json.dumps({"Resources": {"Echo": resource}})
    )
    waited(
        lambda: cloudformation.describe_stacks(StackName="driven")["Stacks"][0]["StackStatus"],
        lambda status: status == "CREATE_COMPLETE",
    )
    return "driven"


@pytest.fixture
def driver(aws: LocalAws, stack: str) -> Iterator[CloudFormationDriver]:
    with CloudFormationDriver(aws, stack=stack) as made:
        yield made


def answered(driver: CloudFormationDriver, event: dict[str, Any]) -> dict[str, Any]:
    driver.send(event)
    return driver.answer(event)


def test_the_requests_of_the_real_deployment_are_recorded(driver: CloudFormationDriver) -> None:
    (create,) = driver.recorded()

    assert (create["RequestType"], create["LogicalResourceId"]) == ("Create", "Echo")
    assert create["ResourceProperties"]["Colour"] == "red"


def test_a_request_is_answered_at_the_drivers_own_url(driver: CloudFormationDriver) -> None:
    answer = answered(driver, driver.request("Create", properties={"Colour": "blue"}))

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "made")
    assert answer["Data"]["Colour"] == "blue"


def test_an_update_has_old_properties_and_a_delete_may_have_an_unknown_id(
    driver: CloudFormationDriver,
) -> None:
    update = driver.request("Update", properties={"Colour": None}, old_properties={"Colour": "x"})
    delete = driver.request("Delete")

    assert answered(driver, update)["Data"] | {"Stack": ""} == {
        "Colour": "none",
        "Old": "x",
        "Stack": "",
    }
    assert answered(driver, delete)["PhysicalResourceId"].startswith("driven-Echo-")
    assert (
        answered(driver, driver.request("Delete", physical_id="mine"))["PhysicalResourceId"]
        == "mine"
    )


def test_requests_are_repeated_and_reordered(driver: CloudFormationDriver) -> None:
    first, second = driver.request("Create"), driver.request("Delete")

    for event in (second, first, second):
        driver.send(event)

    waited(lambda: len(driver.answers(second)), lambda count: count == 2)
    waited(lambda: len(driver.answers(first)), lambda count: count == 1)


def test_the_stack_status_is_an_update_in_progress_during_requests(
    aws: LocalAws, driver: CloudFormationDriver
) -> None:
    def status() -> str:
        (found,) = aws.client("cloudformation").describe_stacks(StackName="driven")["Stacks"]
        return str(found["StackStatus"])

    assert status() == "CREATE_COMPLETE"
    assert answered(driver, driver.request("Create"))["Data"]["Stack"] == "UPDATE_IN_PROGRESS"
    assert status() == "UPDATE_IN_PROGRESS"

    driver.set_stack_status(None)
    assert status() == "CREATE_COMPLETE"


def test_the_stack_has_the_status_that_the_test_gives_it(driver: CloudFormationDriver) -> None:
    driver.set_stack_status("ROLLBACK_IN_PROGRESS")
    assert answered(driver, driver.request("Create"))["Data"]["Stack"] == "ROLLBACK_IN_PROGRESS"

    driver.set_stack_status(None)
    assert answered(driver, driver.request("Create"))["Data"]["Stack"] == "CREATE_COMPLETE"


def test_a_function_that_is_killed_during_a_call_is_invoked_again(
    aws: LocalAws, driver: CloudFormationDriver
) -> None:
    aws.faults.kill_function("DescribeStacks", times=2)
    create = driver.request("Create")

    assert answered(driver, create)["Status"] == "SUCCESS"
    assert aws.faults.pending() == []
    assert len(driver.answers(create)) == 1


def test_a_refused_answer_is_sent_again(driver: CloudFormationDriver) -> None:
    driver.refuse_answers(2)

    assert answered(driver, driver.request("Create"))["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "wrong",
    [{"PhysicalResourceId": ""}, {"Status": "DONE"}, {"Status": "FAILED"}, {"Reason": "x" * 4096}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_that_cloudformation_would_reject_fails_the_test(
    driver: CloudFormationDriver, wrong: dict[str, str]
) -> None:
    event = driver.request("Create", properties={"Override": json.dumps(wrong)})

    with pytest.raises(InvalidAnswerError):
        answered(driver, event)


def test_waiting_for_an_answer_times_out(
    driver: CloudFormationDriver,
) -> None:
    with pytest.raises(TimeoutError):
        driver.answer(driver.request("Create"), within=0.1)


def test_the_service_token_of_a_custom_resource_cannot_change(aws: LocalAws, stack: str) -> None:
    cloudformation, functions = aws.client("cloudformation"), aws.client("lambda")
    template = cloudformation.get_template(StackName=stack)["TemplateBody"]
    properties = template["Resources"]["Echo"]["Properties"]
    echo = functions.get_function(FunctionName="echo")["Configuration"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("index.py", textwrap.dedent(CODE))
    other = functions.create_function(
        FunctionName="echo-2",
        Runtime="python3.13",
        Handler="index.handler",
        Role=echo["Role"],
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]
    before = len(aws.custom_resource_requests())
    properties["ServiceToken"] = other

    cloudformation.update_stack(StackName=stack, TemplateBody=json.dumps(template))

    status = waited(
        lambda: cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
        lambda status: not status.endswith("IN_PROGRESS"),
    )
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Modifying service token is not allowed." in [
        event.get("ResourceStatusReason") for event in events
    ]
    assert len(aws.custom_resource_requests()) == before
