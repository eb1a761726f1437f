"""The staging bucket: holds the encrypted CSV until Amazon Cognito has it."""

from __future__ import annotations

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ._lambda.user_import.contract import (
    BACKGROUND_PREFIX,
    LONGEST_BACKGROUND_SECONDS,
    RECORDS_PREFIX,
    STAGING_PREFIX,
)
from .argument_types import check_arguments
from .messages import arguments as messages
from .nag import acknowledge
from .validation import check_removal_policy

_BACKGROUND_DAYS = LONGEST_BACKGROUND_SECONDS // 86_400 + 1
"""Days after which the lifecycle deletes what an import in the background has left."""


class StagingBucket(Construct):
    """A bucket for CSV files of users on their way to Amazon Cognito, and the key that encrypts it.

    Customer-managed key with yearly rotation, bucket key, TLS only, no public access, no ACLs.
    An import deletes its staged CSV when it ends; the lifecycle deletes anything else after a day,
    and after 15 days that of an import which goes on after the deployment.

    `UserImport` makes one for all imports of a stack. Make your own to share it between stacks, or
    for your own key or access logs.

    Attributes:
        bucket: The bucket.
        encryption_key: The key of the bucket, the workflow and the log groups.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        encryption_key: kms.IKey | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        versioned: bool = False,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        """Make the bucket.

        Args:
            scope: Scope of the construct.
            id: Construct id.
            encryption_key: Key of the bucket, the workflow and the log groups. The policy of a key
                that this app does not make cannot be changed here: it must let CloudWatch Logs and
                EventBridge use the key (`logs.<Region>`, `delivery.logs` and `events`).
                Default: a new key.
            access_logs_bucket: Bucket for the server access logs. Default: no access logs; the
                objects exist for minutes.
            versioned: Whether the bucket keeps deleted and overwritten objects; its lifecycle
                deletes them after a day. CloudFormation cannot delete a bucket that is not empty,
                so this needs another `removal_policy` than DESTROY. Default: False.
            removal_policy: Removal policy of the bucket and a new key. Default: DESTROY; the key is
                deleted after a waiting period of 30 days.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: The removal policy is SNAPSHOT, or is DESTROY and the bucket is versioned.
        """
        check_arguments(StagingBucket.__init__, locals())
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        if versioned and removal_policy is RemovalPolicy.DESTROY:
            raise ValueError(messages.versioned_bucket_destroyed())
        self.encryption_key: kms.IKey = encryption_key or kms.Key(
            self,
            "Key",
            description="Encrypts users on their way to Amazon Cognito, the import workflow and "
            "its logs",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        self._let_logs_use_key()
        self.bucket: s3.IBucket = self._bucket(
            access_logs_bucket, versioned=versioned, removal_policy=removal_policy
        )

    def _bucket(
        self,
        access_logs_bucket: s3.IBucket | None,
        *,
        versioned: bool,
        removal_policy: RemovalPolicy,
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.encryption_key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=versioned or None,
            server_access_logs_bucket=access_logs_bucket,
            server_access_logs_prefix="user-import-staging/" if access_logs_bucket else None,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                s3.LifecycleRule(prefix=STAGING_PREFIX, expiration=Duration.days(1)),
                *(
                    # The markers of deleted records, whose prefix has no expiration otherwise.
                    [s3.LifecycleRule(prefix=RECORDS_PREFIX, expired_object_delete_marker=True)]
                    if versioned
                    else []
                ),
                s3.LifecycleRule(
                    prefix=BACKGROUND_PREFIX, expiration=Duration.days(_BACKGROUND_DAYS)
                ),
            ],
            removal_policy=removal_policy,
        )
        if access_logs_bucket is None:
            acknowledge(
                bucket,
                "S1",
                "Objects live for minutes and only the roles of imports may touch them; pass "
                "access_logs_bucket where a policy asks for access logs.",
            )
        return bucket

    def _let_logs_use_key(self) -> None:
        """Let CloudWatch Logs encrypt log groups, and deliver the logs of the state machine.

        Sources: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS";
        Step Functions Developer Guide, "Data at rest encryption".
        """
        stack = Stack.of(self)
        self.encryption_key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.{stack.url_suffix}")],
                actions=[
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey*",
                    "kms:ReEncrypt*",
                ],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": stack.format_arn(
                            service="logs",
                            resource="log-group",
                            resource_name="*",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                    }
                },
            )
        )
        self.encryption_key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
                actions=["kms:Decrypt"],
                resources=["*"],
                # From recorded calls; the guide has no condition.
                conditions={"StringEquals": {"kms:EncryptionContext:SourceAccount": stack.account}},
            )
        )
