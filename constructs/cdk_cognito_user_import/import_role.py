"""The role of one import, which the worker assumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from ._lambda.user_import.contract import (
    IMPORT_PRINCIPAL,
    LINE_MAP_FILE,
    PROBLEMS_FILE,
    ROLE_PATH,
    STAGED_FILE,
    LogsRoleKind,
    hashed_file,
)
from ._lambda.user_import.users_csv import HashingAlgorithm
from .nag import acknowledge_wildcard
from .policies import make_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

    from .canary_pool import CanaryPool
    from .import_log import ImportLog
    from .passwords import TestPassword
    from .workflow import WorkflowAttributes
    from .workflow.attributes import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRights:
    """The resources that an import uses.

    Attributes:
        user_pool: The user pool.
        logs_role: Role with which Cognito writes the log.
        logs_role_kind: Why Cognito may not be able to use it.
        staging: Staging bucket and its key.
        folder: Folder of the import in the staging bucket.
        record: Key of its record there.
        source: Rights to read the source.
        log: Log group that Cognito creates.
        password: Password of the imported users.
        hashes: Whether password hashes are imported.
        canary: User pool in which they are tried first.
    """

    user_pool: cognito.IUserPool
    logs_role: iam.IRole
    logs_role_kind: LogsRoleKind | None
    staging: Staging
    folder: str
    record: str
    source: Sequence[iam.PolicyStatement]
    log: ImportLog
    password: TestPassword | None
    hashes: bool
    canary: CanaryPool | None

    def statements(self, scope: Construct) -> list[iam.PolicyStatement]:
        """Return the rights of the role.

        Args:
            scope: The import.
        """
        names = [STAGED_FILE, PROBLEMS_FILE]
        if self.hashes:
            names += [LINE_MAP_FILE, *map(hashed_file, get_args(HashingAlgorithm))]
        keys = [*(f"{self.folder}/{name}" for name in names), self.record]
        staged = [self.staging.bucket.arn_for_objects(key) for key in keys]
        look = iam.PolicyStatement(actions=["iam:GetRole"], resources=[self.logs_role.role_arn])
        return [
            iam.PolicyStatement(
                actions=[
                    "cognito-idp:CreateUserImportJob",
                    "cognito-idp:DescribeUserImportJob",
                    "cognito-idp:DescribeUserPool",
                    "cognito-idp:GetCSVHeader",
                    "cognito-idp:ListUserImportJobs",
                    "cognito-idp:StartUserImportJob",
                    "cognito-idp:StopUserImportJob",
                ],
                resources=[self.user_pool.user_pool_arn],
            ),
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.logs_role.role_arn],
                # Cognito does not send this key with CreateGroup (recorded), and it is on no record
                # whether it does with CreateUserImportJob. See docs/unproven.md.
                conditions={"StringEqualsIfExists": {"iam:PassedToService": IMPORT_PRINCIPAL}},
            ),
            *([look] if self.logs_role_kind is LogsRoleKind.IMPORTED else []),
            iam.PolicyStatement(
                actions=[
                    "s3:AbortMultipartUpload",
                    "s3:DeleteObject",
                    "s3:GetObject",
                    "s3:PutObject",
                ],
                resources=staged,
            ),
            # Without it, S3 responds with 403 for a missing object.
            iam.PolicyStatement(
                actions=["s3:ListBucket"],
                resources=[self.staging.bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": [f"{self.folder}/*", self.record]}},
            ),
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self.staging.encryption_key.key_arn],
            ),
            iam.PolicyStatement(
                actions=["cloudformation:DescribeStacks"], resources=[Stack.of(scope).stack_id]
            ),
            self.log.statement,
            *self.source,
            *(self.password.statements(self.user_pool) if self.password else ()),
            *(self.canary.statements if self.canary else ()),
        ]


def make_import_role(
    scope: Construct,
    id: str,  # noqa: A002  as CDK names it
    rights: ImportRights,
    workflow: WorkflowAttributes,
) -> iam.Role:
    """Make the role of an import, for the workflow's worker to assume.

    Its trust policy names the worker and, as external id, the stack. The worker takes that id from
    CloudFormation's request, so that no request of another stack can use the role. The policy
    names the worker by `aws:PrincipalArn` and not as principal: a principal must exist first, and
    IAM does not recognize a role that is deleted and made again.
    """
    granted = make_role(
        scope,
        id,
        assumed_by=iam.AccountRootPrincipal().with_conditions(
            {
                "ArnEquals": {"aws:PrincipalArn": workflow.worker_role_arn},
                "StringEquals": {"sts:ExternalId": Stack.of(scope).stack_id},
            }
        ),
        description="Imports users into one Amazon Cognito user pool",
        statements=rights.statements(scope),
        managed=workflow.managed_policies,
        path=ROLE_PATH,
    )
    if rights.password is not None and rights.password.is_known_by_name:
        acknowledge_wildcard(
            granted.holder,
            rights.password.resource,
            "Secrets Manager ends the ARN of a secret in six characters, which the app does not "
            "know of a secret that it imports by name.",
        )
    if rights.canary is not None:
        acknowledge_wildcard(
            granted.holder,
            rights.canary.log_groups,
            "Cognito names the log group after the id and the name of the canary's pool, which "
            "CloudFormation makes up.",
        )
    acknowledge_wildcard(
        granted.holder,
        rights.log.arn,
        "Cognito names the log group of an import after the pool's id and its name, which is only "
        "known when the pool is made.",
    )
    return granted.role
