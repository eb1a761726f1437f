"""The temporary resources of a run: one CloudFormation stack of user pools, roles and a bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .names import TAG
from .statements import COGNITO, LOG_ACTIONS, allow, document, trust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .names import Names

POOLS: Mapping[str, Mapping[str, Any]] = {
    "Usernames": {"AutoVerifiedAttributes": ["email"]},
    "Emails": {"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]},
    "Aliases": {"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]},
    "Mfa": {
        "AutoVerifiedAttributes": ["email"],
        "MfaConfiguration": "ON",
        "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
    },
    "Unverified": {},
}
"""The kinds of user pools, with the properties in which they differ."""

_SCHEMA = [
    {
        "Name": "text",
        "AttributeDataType": "String",
        "Mutable": True,
        "StringAttributeConstraints": {"MinLength": "0", "MaxLength": "20"},
    },
    {"Name": "number", "AttributeDataType": "Number", "Mutable": True},
]
_IMPORT_ACTIONS = [
    "cognito-idp:CreateUserImportJob",
    "cognito-idp:DescribeUserImportJob",
    "cognito-idp:GetCSVHeader",
    "cognito-idp:ListUserImportJobs",
    "cognito-idp:StartUserImportJob",
    "cognito-idp:StopUserImportJob",
]
PATH = "/verify/"
"""The path of the role whose ARN has one."""


def template(names: Names) -> str:
    """Return the stack's template, as JSON."""
    pools = {f"{kind}Pool": _pool(names, kind) for kind in POOLS}
    resources = {
        **pools,
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                }
            },
        },
        **_logs_roles(),
        **_callers(),
    }
    outputs = {
        **{kind: {"Value": {"Ref": f"{kind}Pool"}} for kind in POOLS},
        "Bucket": {"Value": {"Ref": "Bucket"}},
        "StackId": {"Value": {"Ref": "AWS::StackId"}},
        **{
            name: {"Value": {"Fn::GetAtt": [name, "Arn"]}}
            for name, resource in resources.items()
            if resource["Type"] == "AWS::IAM::Role"
        },
    }
    return json.dumps(
        {
            "Description": "Temporary: `make verify-aws CLEAN_UP=1` of cdk-cognito-user-import "
            "removes it.",
            "Resources": resources,
            "Outputs": outputs,
        }
    )


def summary(names: Names) -> str:
    """Return how many resources of which types the stack has."""
    types = [each["Type"] for each in json.loads(template(names))["Resources"].values()]
    words = {"AWS::Cognito::UserPool": "user pools", "AWS::IAM::Role": "roles"}
    counts = [f"{types.count(kind)} {word}" for kind, word in words.items()]
    return f"{', '.join(counts)} and a bucket"


def _pool(names: Names, kind: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Cognito::UserPool",
        "Properties": {
            "UserPoolName": names.pool(kind),
            "UserPoolTags": {TAG: names.run},
            "Schema": _SCHEMA,
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
            **POOLS[kind],
        },
    }


def _logs_roles() -> dict[str, Any]:
    """Return the logs roles: a right one, and each of the others with one difference."""
    rights = [allow(LOG_ACTIONS, _log_groups("*"))]
    by_cognito = trust({"Service": COGNITO})
    # As LogsRole(only_for=…) has it.
    for_one_pool = {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["UsernamesPool", "Arn"]}},
    }
    return {
        "LogsRole": _role(by_cognito, rights),
        # The right of a pool's own groups only.
        "LogsRoleOfOnePool": _role(
            by_cognito, [allow(LOG_ACTIONS, _log_groups("userpools/${UsernamesPool}/*"))]
        ),
        "LogsRoleWithoutTrust": _role(trust({"Service": "lambda.amazonaws.com"}), rights),
        "LogsRoleWithoutRights": _role(by_cognito, []),
        "LogsRoleForOnePool": _role(trust({"Service": COGNITO}, for_one_pool), rights),
    }


def _callers() -> dict[str, Any]:
    """Return roles that the run assumes, each with the rights that one question needs."""
    root = trust({"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}})
    of_stack = trust(
        root["Principal"], {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::StackId"}}}
    )
    pool = {"Fn::GetAtt": ["UsernamesPool", "Arn"]}
    logs_role = {"Fn::GetAtt": ["LogsRole", "Arn"]}
    objects = {"Fn::Sub": "${Bucket.Arn}/folder/*"}
    bucket = {"Fn::GetAtt": ["Bucket", "Arn"]}
    has_service = {"StringEquals": {"iam:PassedToService": COGNITO}}
    return {
        "CallerThatNeedsPassedToService": _role(
            root,
            [
                allow(_IMPORT_ACTIONS, pool),
                allow(["iam:PassRole"], logs_role, has_service),
            ],
        ),
        "CallerWithoutRights": _role(root, []),
        "CallerOfTheStack": _role(of_stack, []),
        "CallerThatLists": _role(
            root,
            [
                allow(["s3:GetObject"], objects),
                allow(["s3:ListBucket"], bucket, {"StringLike": {"s3:prefix": "folder/*"}}),
            ],
        ),
        "CallerThatReads": _role(root, [allow(["s3:GetObject"], objects)]),
        "CallerWithPath": {
            **_role(
                root,
                [
                    allow(
                        _IMPORT_ACTIONS,
                        pool,
                        {
                            "StringLike": {
                                "aws:PrincipalArn": {
                                    "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}"
                                    f":role{PATH}*"
                                }
                            }
                        },
                    )
                ],
                Path=PATH,
            ),
        },
        "CallerOfRoles": _role(
            root,
            [
                allow(
                    ["iam:GetRole"],
                    {
                        "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}"
                        f":role{PATH}${{AWS::StackName}}-*"
                    },
                )
            ],
        ),
    }


def _log_groups(pattern: str) -> dict[str, str]:
    return {
        "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
        f":log-group:/aws/cognito/{pattern}"
    }


def _role(
    trusting: Mapping[str, Any], statements: Sequence[Mapping[str, Any]], **properties: Any
) -> dict[str, Any]:
    policies = [{"PolicyName": "rights", "PolicyDocument": document(*statements)}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": document(trusting),
            **({"Policies": policies} if statements else {}),
            **properties,
        },
    }
