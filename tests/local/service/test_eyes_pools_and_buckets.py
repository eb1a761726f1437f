"""Pools with a running job, buckets with objects, and events of encrypted workflows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.import_world import (
    World,
    allow,
    code_of,
    make_role,
    user,
    waited,
)

from cognito_import_local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_pool_cannot_be_changed_while_it_imports(world: World) -> None:
    world.aws.configure(seconds_pending=600)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)
    attributes = [{"Name": "team", "AttributeDataType": "String"}]

    changes: tuple[Callable[[], object], ...] = (
        lambda: world.cognito.update_user_pool(UserPoolId=world.pool),
        lambda: world.cognito.delete_user_pool(UserPoolId=world.pool),
        lambda: world.cognito.add_custom_attributes(
            UserPoolId=world.pool, CustomAttributes=attributes
        ),
    )
    for change in changes:
        with pytest.raises(ClientError) as error:
            change()
        assert code_of(error) == "UserImportInProgressException"

    world.stop(job_id)
    world.cognito.delete_user_pool(UserPoolId=world.pool)


def stack_with(aws: LocalAws, name: str, resource: dict[str, Any]) -> str:
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"It": resource}})
    )
    waited(lambda: stack_status(aws, name), lambda status: not status.endswith("IN_PROGRESS"))
    found = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="It")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def stack_status(aws: LocalAws, name: str) -> str:
    stacks = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return str(stacks[0]["StackStatus"])


def delete_stack(aws: LocalAws, name: str) -> str:
    cloudformation = aws.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    return str(
        waited(lambda: stack_status(aws, stack), lambda status: not status.endswith("IN_PROGRESS"))
    )


def test_cloudformation_cannot_delete_a_pool_while_it_imports(aws: LocalAws, world: World) -> None:
    world.pool = stack_with(
        aws,
        "importing",
        {
            "Type": "AWS::Cognito::UserPool",
            "Properties": {"UserPoolName": "stacked", "AutoVerifiedAttributes": ["email"]},
        },
    )
    aws.configure(seconds_pending=600)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)

    assert delete_stack(aws, "importing") == "DELETE_FAILED"
    assert world.header()
    world.stop(job_id)
    assert delete_stack(aws, "importing") == "DELETE_COMPLETE"


def test_cloudformation_does_not_delete_a_bucket_with_objects(aws: LocalAws) -> None:
    bucket = stack_with(aws, "filled", {"Type": "AWS::S3::Bucket"})
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="users.csv", Body=b"data")

    assert delete_stack(aws, "filled") == "DELETE_FAILED"
    s3.delete_object(Bucket=bucket, Key="users.csv")
    assert delete_stack(aws, "filled") == "DELETE_COMPLETE"


@pytest.mark.parametrize("encrypted", [True, False])
def test_status_events_of_an_encrypted_workflow_have_no_data(
    aws: LocalAws, *, encrypted: bool
) -> None:
    name = f"machine-{encrypted}"
    role = make_role(aws, name, [allow("*")])
    queue = aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    events = aws.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.states"]}))
    target = f"arn:aws:sqs:{aws.region}:{aws.account}:{name}"
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": target}])
    machines = aws.client("stepfunctions")
    options: dict[str, Any] = {}
    if encrypted:
        key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        options["encryptionConfiguration"] = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}
    machine = machines.create_state_machine(
        name=name,
        roleArn=role,
        definition=json.dumps(
            {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "E", "Cause": "C"}}}
        ),
        **options,
    )["stateMachineArn"]

    machines.start_execution(stateMachineArn=machine, input='{"secret": 1}')

    details: list[dict[str, Any]] = []

    def received() -> list[dict[str, Any]]:
        answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        details.extend(json.loads(m["Body"])["detail"] for m in answer.get("Messages", ()))
        return details

    waited(received, lambda seen: any(each["status"] == "FAILED" for each in seen))
    events.remove_targets(Rule=name, Ids=["queue"])
    failed = next(each for each in details if each["status"] == "FAILED")
    found = [failed[member] for member in ("input", "output", "error", "cause")]
    assert found == ([None] * 4 if encrypted else ['{"secret": 1}', None, "E", "C"])
    assert failed["inputDetails"] == {"included": not encrypted}
