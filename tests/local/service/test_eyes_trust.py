"""Who is named by a trust policy must be there, and what they may do then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from helpers.callers import by_account, caller, clients_of, deploy, refused, trust
from helpers.import_world import allow, make_role, policy

if TYPE_CHECKING:
    from cognito_import_local import LocalAws


def test_a_role_that_a_trust_policy_names_must_exist(aws: LocalAws, name: str) -> None:
    missing = f"arn:aws:iam::{aws.account}:role/{name}-missing"
    statement = trust({"AWS": [missing]})
    role = {"AssumeRolePolicyDocument": json.loads(policy(statement))}
    expected = f'Invalid principal in policy: "AWS":"{missing}"'

    with refused("MalformedPolicyDocument", expected):
        make_role(aws, name, [], statement)
    assert expected in deploy(aws, name, {"Role": {"Type": "AWS::IAM::Role", "Properties": role}})
    make_role(aws, f"{name}-missing", [], by_account(aws))
    make_role(aws, name, [], statement)


def test_a_session_needs_the_external_id(aws: LocalAws, name: str) -> None:
    external = {"StringEquals": {"sts:ExternalId": "stack-1"}}
    role = make_role(aws, name, [allow("s3:ListAllMyBuckets")], by_account(aws, **external))
    sts = caller(aws, f"{name}-caller", allow("sts:AssumeRole", role))("sts")
    who = {"RoleArn": role, "RoleSessionName": "test"}

    for given in ({}, {"ExternalId": "stack-2"}):
        with refused("AccessDenied"):
            sts.assume_role(**who, **given)
    clients_of(aws, sts.assume_role(**who, ExternalId="stack-1"))("s3").list_buckets()


def test_a_session_has_the_rights_of_its_role_and_no_others(aws: LocalAws, name: str) -> None:
    role = make_role(aws, name, [allow("s3:ListAllMyBuckets")], by_account(aws))
    grants = [allow(["sts:AssumeRole", "sqs:*"])]
    sts = caller(aws, f"{name}-caller", *grants)("sts")
    session = clients_of(aws, sts.assume_role(RoleArn=role, RoleSessionName="test"))

    session("s3").list_buckets()
    with refused("AccessDenied"):
        session("sqs").list_queues()


def test_a_caller_without_the_right_assumes_nothing(aws: LocalAws, name: str) -> None:
    role = make_role(aws, name, [], by_account(aws))

    with refused("AccessDenied"):
        caller(aws, f"{name}-caller")("sts").assume_role(RoleArn=role, RoleSessionName="test")
