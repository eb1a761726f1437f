"""The staging bucket: where the checked CSV waits, encrypted, until Cognito has it."""

from __future__ import annotations

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from .nag import acknowledge
from .validation import check_removal_policy


class StagingBucket(Construct):
    """A bucket for CSV files of users on their way to Cognito, and the key that encrypts them.

    Customer-managed key with yearly rotation, bucket key, TLS only, no public access, no ACLs.
    What an import stages is removed when it ends; the lifecycle removes the rest after a day.

    ``UserImport`` makes one for all imports of a stack. Make one yourself to share it between
    stacks, or to bring your own key or access logs.
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
            scope: the construct to make it in.
            id: the name of the construct.
            encryption_key: the key for the bucket, the workflow and the log groups. A key that was
                not made in this app must let CloudWatch Logs and EventBridge use it
                (``logs.<Region>``, ``delivery.logs`` and ``events``), for its policy cannot be
                changed from here. Default: a new key.
            access_logs_bucket: where S3 writes who read and wrote. Default: no access logs; what
                is here lives for minutes.
            versioned: whether the bucket keeps what is removed or overwritten, for a day, after
                which the lifecycle removes it. A bucket that is not empty cannot be removed, so
                this needs another ``removal_policy`` than DESTROY. Default: False.
            removal_policy: what becomes of bucket and key when the stack goes.
                Default: they are removed, the key after its waiting period of 30 days.

        Raises:
            ValueError: the bucket is versioned and is to be removed with the stack.
        """
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        if versioned and removal_policy is RemovalPolicy.DESTROY:
            raise ValueError(
                "A versioned staging bucket keeps for a day or two what an import removes, and "
                "CloudFormation cannot remove a bucket that is not empty: the stack could not be "
                "deleted. Give removal_policy=RemovalPolicy.RETAIN, and remove the bucket yourself "
                "when the stack is gone; or leave versioned out."
            )
        self.encryption_key: kms.IKey = encryption_key or kms.Key(
            self,
            "Key",
            description="Encrypts users on their way to Amazon Cognito, the import workflow and "
            "its logs",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        self._let_logs_use_key()
        self.bucket: s3.IBucket = s3.Bucket(
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
                    expiration=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=removal_policy,
        )
        if access_logs_bucket is None:
            acknowledge(
                self.bucket,
                "S1",
                "Objects live for minutes and only the roles of imports may touch them; pass "
                "access_logs_bucket where a policy asks for access logs.",
            )

    def _let_logs_use_key(self) -> None:
        """Let CloudWatch Logs encrypt log groups, and deliver what the encrypted workflow logs.

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
                # Of the recorded calls; the guide has no condition.
                conditions={"StringEquals": {"kms:EncryptionContext:SourceAccount": stack.account}},
            )
        )
