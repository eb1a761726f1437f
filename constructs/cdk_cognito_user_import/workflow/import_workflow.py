"""ImportWorkflow: the state machine, its two functions, and the rule beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk_cognito_user_import.nag import acknowledge_wildcard
from cdk_cognito_user_import.names import address, identity_of
from cdk_cognito_user_import.stack_resources import StackResources
from cdk_cognito_user_import.validation import check_removal_policy, check_staging

from .functions import FunctionSettings, Starter, Worker, code
from .network import network_policy, security_group
from .readable_logs import ReadableLogs
from .shared_workflow import export_attributes, shared_workflow
from .state_machine import StateMachine
from .unanswered import UnansweredExecutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_ec2 as ec2

    from .attributes import Staging
    from .shared_workflow import SharedWorkflow


class ImportWorkflow(Construct):
    """Runs imports: Stage, Advance until done, Report.

    `UserImport` makes one for all imports of a stack. Make one yourself to put its functions into a
    VPC, to share it between stacks, or where other rules ask for more than the defaults. A stack
    has one workflow at most.

    For a permissions boundary, apply it to the stack: `iam.PermissionsBoundary.of(stack).apply`. It
    must allow `sts:AssumeRole`, and what each import does.

    Attributes:
        state_machine_arn: of the workflow.
        starter_arn: the function that CloudFormation calls.
        worker_role_arn: the role that assumes the roles of imports.
        staging: the staging bucket of imports that bring none.
        dead_letter_queue: what Lambda and EventBridge could not deliver to the functions, if given.
        managed_policies: whether rights are in managed policies.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        staging: Staging,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        reserved_concurrent_executions: int | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        managed_policies: bool = False,
        export_name: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        """Make the workflow.

        Args:
            scope: the construct to make it in.
            id: the name of the construct.
            staging: where the users wait for Cognito. Its key encrypts the state machine and the
                log groups as well.
            vpc: where the functions run. From there they must reach Step Functions, Amazon Cognito
                user pools, CloudWatch Logs, CloudFormation, STS (regional) and S3, by endpoints in
                the VPC or otherwise; see docs/security.md. Default: outside your VPCs.
            vpc_subnets: which subnets of the VPC. Default: the private ones.
            security_groups: of the functions. Default: a new one that lets HTTPS out and nothing
                in.
            reserved_concurrent_executions: how many of each of the two functions may run at once;
                at least as many as imports run at once. Default: no limit but the account's.
            dead_letter_queue: takes what Lambda and EventBridge could not deliver to the functions.
                A message may hold the URL that answers CloudFormation, so encrypt it. If the queue
                and its key were not made in this app, their policies must let EventBridge in.
                Default: none; CloudFormation's `ServiceTimeout` ends a request that was not
                delivered.
            log_retention: of the log groups of the functions and of the state machine.
                Default: a month.
            managed_policies: whether rights are in managed policies, as some rules of compliance
                ask, and not in the roles themselves. Default: False.
            export_name: makes five exports, named `<export_name>-StateMachineArn` and so on, by
                which other apps import the workflow: see `from_attributes`. Default: none.
            removal_policy: of the log groups. With another than DESTROY, the key of `staging` must
                stay as well: a log group cannot be read without its key.
                Default: they are deleted with the stack.

        Raises:
            ValueError: an argument is not allowed, or the stack has a workflow already.
        """
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        check_staging(staging)
        self._check(vpc, vpc_subnets, security_groups, reserved_concurrent_executions)
        StackResources.of(self).add_workflow(self)
        self.staging = staging
        self.managed_policies = managed_policies
        self.dead_letter_queue = dead_letter_queue
        self.vpc = vpc
        self.vpc_subnets = vpc_subnets
        log_group = logs.LogGroup(
            self,
            "FunctionsLog",
            encryption_key=staging.encryption_key,
            retention=log_retention,
            removal_policy=removal_policy,
        )
        settings = FunctionSettings(
            code=code(),
            encryption_key=staging.encryption_key,
            log_group=log_group,
            policies=[self._traces(), *([self._network()] if vpc else [])],
            managed_policies=managed_policies,
            dead_letter_queue=dead_letter_queue,
            reserved_concurrent_executions=reserved_concurrent_executions,
            network=self._placement(vpc, vpc_subnets, security_groups),
        )
        worker = Worker(self, settings)
        machine = StateMachine(
            self,
            worker_arn=worker.arn_by_name,
            encryption_key=staging.encryption_key,
            log_retention=log_retention,
            removal_policy=removal_policy,
            managed_policies=managed_policies,
        )
        starter = Starter(
            StackResources.of(self),
            settings,
            state_machine_name=machine.name,
            encryption_key=staging.encryption_key,
        )
        UnansweredExecutions(
            self,
            state_machine_arn=machine.arn_by_name,
            starter=starter,
            dead_letter_queue=dead_letter_queue,
        )
        self.state_machine_arn: str = machine.arn
        self.starter_arn: str = starter.function.function_arn
        self.worker_role_arn: str = worker.role_arn_by_name
        encrypted: list[Construct] = [log_group, machine.log_group]
        if isinstance(dead_letter_queue, sqs.Queue):
            encrypted.append(dead_letter_queue)
        self.node.add_validation(ReadableLogs(staging.encryption_key, encrypted))
        if export_name is not None:
            export_attributes(self, self, export_name)

    @staticmethod
    def from_attributes(
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        export_name: str | None = None,
        state_machine_arn: str | None = None,
        starter_arn: str | None = None,
        worker_role_arn: str | None = None,
        staging_bucket_name: str | None = None,
        encryption_key_arn: str | None = None,
        managed_policies: bool = False,
    ) -> SharedWorkflow:
        """Return a workflow that another app has deployed to the same account and Region.

        Prefer `export_name`: CloudFormation then refuses to delete the workflow's stack while an
        import uses it. With literal ARNs it does not know; an import whose workflow is gone can
        only be removed as docs/security.md says.

        Args:
            scope: the construct to make it in.
            id: the name of the construct.
            export_name: that the owner gave to its `ImportWorkflow`.
            state_machine_arn: of the workflow; with the four below, instead of `export_name`.
            starter_arn: the function that CloudFormation calls.
            worker_role_arn: the role that assumes the roles of imports.
            staging_bucket_name: the workflow's staging bucket.
            encryption_key_arn: the key of that bucket.
            managed_policies: whether the rights of imports and logs role are in managed policies.
                Default: False.

        Raises:
            ValueError: attributes are missing, or of another Region or account.
        """
        return shared_workflow(
            scope,
            id,
            export_name=export_name,
            attributes={
                "state_machine_arn": state_machine_arn,
                "starter_arn": starter_arn,
                "worker_role_arn": worker_role_arn,
                "staging_bucket_name": staging_bucket_name,
                "encryption_key_arn": encryption_key_arn,
            },
            managed_policies=managed_policies,
        )

    @property
    def identity(self) -> str:
        """What tells the workflow from others, for an import of another stack."""
        stack = Stack.of(self)
        name = stack.node.path if Token.is_unresolved(stack.stack_name) else stack.stack_name
        return identity_of(f"{name} {address(self)}")

    def _check(
        self,
        vpc: ec2.IVpc | None,
        vpc_subnets: ec2.SubnetSelection | None,
        security_groups: Sequence[ec2.ISecurityGroup] | None,
        reserved_concurrent_executions: int | None,
    ) -> None:
        if vpc is None and (vpc_subnets is not None or security_groups is not None):
            raise ValueError(
                f"The import workflow {self.node.path} has vpc_subnets or security_groups but no "
                "vpc. Give the VPC that they belong to as vpc, or leave them out."
            )
        if reserved_concurrent_executions is not None and reserved_concurrent_executions < 1:
            raise ValueError(
                f"The import workflow {self.node.path} has reserved_concurrent_executions="
                f"{reserved_concurrent_executions}: with less than 1 its functions never run. Give "
                "at least as many as imports run at once, or leave it out."
            )

    def _placement(
        self,
        vpc: ec2.IVpc | None,
        vpc_subnets: ec2.SubnetSelection | None,
        security_groups: Sequence[ec2.ISecurityGroup] | None,
    ) -> dict[str, object]:
        if vpc is None:
            return {}
        return {
            "vpc": vpc,
            "vpc_subnets": vpc_subnets,
            "security_groups": list(security_groups or [security_group(self, vpc)]),
        }

    def _traces(self) -> iam.ManagedPolicy:
        """Make the policy for traces; Lambda checks it when it makes a traced function."""
        policy = iam.ManagedPolicy(
            self,
            "Traces",
            description="Traces of the functions of the import workflow",
            # Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray".
            statements=[
                iam.PolicyStatement(
                    actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources=["*"]
                )
            ],
        )
        acknowledge_wildcard(policy, "*", "X-Ray has no resources that a policy could name.")
        return policy

    def _network(self) -> iam.ManagedPolicy:
        policy = network_policy(self)
        acknowledge_wildcard(
            policy,
            "*",
            "Lambda asks for network interfaces on all resources before there are any; the "
            "functions' own code is denied them.",
        )
        return policy
