"""An import under rules of compliance: HIPAA, NIST 800-53, PCI DSS, as cdk-nag checks them.

Synthesise it with `cdk synth --app "python examples/regulated.py"`. It deploys into a VPC that is
there already and that must reach the AWS services that docs/security.md lists. The bucket with the
users, the one for access logs and the topic for alarms are there already as well; all of them are
parameters of the stack (`cdk deploy --parameters VpcId=… --parameters SourceBucket=… …`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import (
    Acknowledgment,
    App,
    CfnOutput,
    CfnParameter,
    Duration,
    Fn,
    RemovalPolicy,
    Stack,
    Validations,
)
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from cdk_cognito_user_import import ImportWorkflow, StagingBucket, UserImport, UserSource

if TYPE_CHECKING:
    from constructs import Construct

PACKS = ("HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321")
"""The packs of rules that ask for the replication of every bucket."""


class RegulatedUserPool(Stack):
    """A user pool and its users, with nothing left to a default that a rule asks for."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002
        """Make the stack.

        Args:
            scope: the app.
            id: the stack's name.
        """
        super().__init__(scope, id)
        pool = cognito.UserPool(
            self,
            "Members",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=(cognito.StandardThreatProtectionMode.FULL_FUNCTION),
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        key = kms.Key(
            self,
            "Key",
            description="Encrypts users on their way into the user pool, and what tells of them",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        staging = StagingBucket(
            self,
            "Staging",
            encryption_key=key,
            access_logs_bucket=s3.Bucket.from_bucket_name(
                self, "AccessLogs", self._parameter("AccessLogsBucket")
            ),
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        vpc = self._vpc()
        dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            removal_policy=RemovalPolicy.RETAIN,
        )
        workflow = ImportWorkflow(
            self,
            "Workflow",
            staging=staging,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=vpc.isolated_subnets),
            reserved_concurrent_executions=5,
            dead_letter_queue=dead_letters,
            log_retention=logs.RetentionDays.ONE_YEAR,
            managed_policies=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        seed = UserImport(
            self,
            "Seed",
            user_pool=pool,
            source=UserSource.from_bucket(self._source(), "users.csv"),
            workflow=workflow,
            removal_policy=RemovalPolicy.RETAIN,
        )
        waiting = dead_letters.metric_approximate_number_of_messages_visible()
        alarm = waiting.create_alarm(
            self,
            "NotDelivered",
            alarm_description="The import workflow was not told of something; see its dead letters",
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        )
        topic = sns.Topic.from_topic_arn(self, "Alarms", self._parameter("AlarmTopicArn"))
        alarm.add_alarm_action(actions.SnsAction(topic))
        Validations.of(dead_letters).acknowledge(
            Acknowledgment(
                id="Serverless::Serverless-SQSRedrivePolicy",
                reason="It is the dead-letter queue itself: a person receives from it.",
            )
        )
        for pack in PACKS:
            Validations.of(staging.bucket).acknowledge(
                Acknowledgment(
                    id=f"{pack}::{pack}-S3BucketReplicationEnabled",
                    reason="What is staged lives for minutes; the source is what is replicated.",
                )
            )
        CfnOutput(self, "ImportedUsers", value=seed.imported_users)

    def _parameter(self, name: str, kind: str = "String") -> str:
        """Return the value of a CloudFormation parameter."""
        return CfnParameter(self, name, type=kind).value_as_string

    def _source(self) -> s3.IBucket:
        """Return the bucket with the users: in an asset they would stay in the CDK's bucket."""
        return s3.Bucket.from_bucket_attributes(
            self,
            "Source",
            bucket_name=self._parameter("SourceBucket"),
            encryption_key=kms.Key.from_key_arn(self, "SourceKey", self._parameter("SourceKeyArn")),
        )

    def _vpc(self) -> ec2.IVpc:
        subnets = [self._parameter(f"Subnet{each}", "AWS::EC2::Subnet::Id") for each in "AB"]
        return ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self._parameter("VpcId", "AWS::EC2::VPC::Id"),
            availability_zones=[Fn.select(number, Fn.get_azs()) for number in range(len(subnets))],
            isolated_subnet_ids=subnets,
        )


if __name__ == "__main__":
    app = App()
    RegulatedUserPool(app, "RegulatedUserPool")
    app.synth()
