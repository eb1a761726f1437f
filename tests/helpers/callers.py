"""Callers with the rights that a test gives them, and stacks of raw templates."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from .import_world import allow, code_of, make_role, message_of, policy, waited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cognito_import_local import LocalAws


def trust(principal: dict[str, Any], **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {**statement, **({"Condition": condition} if condition else {})}


def by_account(aws: LocalAws, **condition: Any) -> dict[str, Any]:
    return trust({"AWS": f"arn:aws:iam::{aws.account}:root"}, **condition)


def session_of(aws: LocalAws, role_arn: str, **parameters: Any) -> Callable[[str], Any]:
    """Assume a role as root, and return a maker of its clients."""
    return clients_of(
        aws,
        aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test", **parameters),
    )


def clients_of(aws: LocalAws, assumed: dict[str, Any]) -> Callable[[str], Any]:
    credentials = assumed["Credentials"]
    session = boto3.Session(
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
        region_name=aws.region,
    )
    return lambda service: session.client(service, endpoint_url=aws.endpoint_url)


def caller(aws: LocalAws, name: str, *grants: dict[str, Any]) -> Callable[[str], Any]:
    """Make a role with these rights, and return a maker of clients that have it."""
    return session_of(aws, make_role(aws, name, list(grants), by_account(aws)))


def make_key(aws: LocalAws, *statements: dict[str, Any]) -> str:
    """Make a key that the account's policies decide about, and these statements beside."""
    root = {"AWS": f"arn:aws:iam::{aws.account}:root"}
    document = policy({**allow("kms:*"), "Principal": root}, *statements)
    return str(aws.client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"])


@contextmanager
def refused(code: str, text: str = "") -> Iterator[None]:
    with pytest.raises(ClientError) as caught:
        yield
    assert code_of(caught) == code
    assert text in message_of(caught)


def deploy(aws: LocalAws, stack: str, resources: dict[str, Any], **sections: Any) -> str:
    """Create or update a stack; return its status, and the reasons of what failed."""
    cloudformation = aws.client("cloudformation")
    arguments = {
        "StackName": stack,
        "TemplateBody": json.dumps({"Resources": resources, **sections}),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    try:
        cloudformation.update_stack(**arguments)
    except ClientError:
        cloudformation.create_stack(**arguments)
    status = waited(
        lambda: cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
        lambda status: not status.endswith("IN_PROGRESS"),
    )
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [
        event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
    ]
    return "\n".join([status, *reasons])
