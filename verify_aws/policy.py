"""The IAM policy that a run needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .example import BOOTSTRAP
from .names import PREFIX
from .resources import PATH
from .statements import allow, document

if TYPE_CHECKING:
    from .account import Account


def policy(account: Account) -> dict[str, Any]:
    """Return the policy for an account and a Region.

    CloudFormation makes the temporary resources with the caller's rights. What app.py needs
    is in the roles of `cdk bootstrap`, which the caller may assume.
    """

    def arn(service: str, name: str, *, has_region: bool = True) -> str:
        region = account.region if has_region else ""
        return f"arn:{account.partition}:{service}:{region}:{account.id}:{name}"

    roles = [
        arn("iam", f"role/{PREFIX}*", has_region=False),
        arn("iam", f"role{PATH}{PREFIX}*", has_region=False),
    ]
    buckets = f"arn:{account.partition}:s3:::{PREFIX}*"
    pools = arn("cognito-idp", "userpool/*")
    return document(
        # Actions that have no resource, and lists, to find what runs have left and other jobs.
        allow(
            [
                "cloudformation:DescribeStacks",
                "cloudformation:ListStacks",
                "cognito-idp:CreateUserPool",
                "cognito-idp:ListUserPools",
                "iam:ListRoles",
                "lambda:ListFunctions",
                "logs:DescribeLogGroups",
                "s3:ListAllMyBuckets",
            ],
            "*",
        ),
        allow(
            [
                "cloudformation:CreateStack",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeStackEvents",
                "cloudformation:ListStackResources",
                "cloudformation:TagResource",
                "cloudformation:DescribeStackResources",
            ],
            arn("cloudformation", f"stack/{PREFIX}*"),
        ),
        allow(
            [
                "iam:CreateRole",
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                "iam:ListRoleTags",
                "iam:PassRole",
                "iam:PutRolePolicy",
                "iam:TagRole",
            ],
            roles,
        ),
        allow(["sts:AssumeRole"], [*roles, arn("iam", "role/cdk-hnb659fds-*", has_region=False)]),
        # A pool's id is known only when the pool exists.
        allow(
            [
                "cognito-idp:AdminCreateUser",
                "cognito-idp:CreateUserImportJob",
                "cognito-idp:DeleteUserPool",
                "cognito-idp:DescribeUserImportJob",
                "cognito-idp:DescribeUserPool",
                "cognito-idp:GetCSVHeader",
                "cognito-idp:GetUserPoolMfaConfig",
                "cognito-idp:ListTagsForResource",
                "cognito-idp:ListUserImportJobs",
                "cognito-idp:ListUsers",
                "cognito-idp:SetUserPoolMfaConfig",
                "cognito-idp:StartUserImportJob",
                "cognito-idp:StopUserImportJob",
                "cognito-idp:TagResource",
            ],
            pools,
        ),
        allow(
            [
                "s3:CreateBucket",
                "s3:DeleteBucket",
                "s3:GetBucketTagging",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListTagsForResource",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketTagging",
                "s3:TagResource",
            ],
            buckets,
        ),
        allow(["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"], f"{buckets}/*"),
        allow(
            [
                "logs:DeleteLogGroup",
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
            ],
            [
                arn("logs", "log-group:/aws/cognito/userpools/*"),
                arn("logs", f"log-group:{PREFIX}*"),
                arn("logs", f"log-group:/aws/lambda/{PREFIX}*"),
                arn("logs", f"log-group:/aws/vendedlogs/states/{PREFIX}*"),
            ],
        ),
        # The log of the functions is encrypted.
        allow(
            ["kms:Decrypt"],
            arn("kms", "key/*"),
            {"StringLike": {"kms:ViaService": "logs.*"}},
        ),
        allow(["ssm:GetParameter"], arn("ssm", f"parameter{BOOTSTRAP}")),
    )
