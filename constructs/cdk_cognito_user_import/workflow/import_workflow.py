"""The import workflow: the state machine, its two functions, and the rule beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk_cognito_user_import._lambda.user_import.contract import JOBS_PER_POOL
from cdk_cognito_user_import.argument_types import check_arguments
from cdk_cognito_user_import.messages import workflow as messages
from cdk_cognito_user_import.nag import acknowledge_wildcard
from cdk_cognito_user_import.names import address, identity_of
from cdk_cognito_user_import.stack_resources import StackResources
from cdk_cognito_user_import.validation import check_removal_policy

from .broken_executions import BrokenExecutions
from .functions import WORKER_MEMORY, FunctionSettings, Starter, Worker, code
from .network import network_policy, security_group
from .readable_logs import ReadableLogs
from .shared_workflow import export_attributes, shared_workflow
from .state_machine import StateMachine, definition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_ec2 as ec2
    from constructs import IConstruct

    from .attributes import Staging
    from .shared_workflow import SharedWorkflow

_MOST_MEMORY = 10_240
"""MiB (Lambda Developer Guide, "Lambda quotas")."""


class ImportWorkflow(Construct):
    """Runs imports: Stage, Advance until the jobs have ended, Report.

    `UserImport` makes one for all imports of a stack. Make your own to run its functions in a VPC,
    to share it between stacks, or if your compliance rules ask for more than the defaults. A stack
    has at most one.

    To set a permissions boundary, apply it to the stack: `iam.PermissionsBoundary.of(stack).apply`.
    It must allow `sts:AssumeRole` and everything that the roles of imports allow.

    Attributes:
        state_machine_arn: ARN of the state machine.
        starter_arn: ARN of the function that CloudFormation calls.
        worker_role_arn: ARN of the role that assumes the roles of imports.
        staging: Staging bucket of imports without one of their own.
        dead_letter_queue: Queue for undelivered requests and events, if there is one.
        managed_policies: Whether rights are in managed policies.
        vpc: VPC of the functions, if they are in one.
        vpc_subnets: Selection of the subnets of that VPC, if there is one.
        log_retention: Retention of the log groups.
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
        memory_size: int = WORKER_MEMORY,
        import_jobs_per_pool: int = JOBS_PER_POOL,
        export_name: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        """Make the workflow.

        Args:
            scope: Scope of the construct.
            id: Construct id.
            staging: `StagingBucket` of imports without one of their own. Its key also encrypts the
                state machine and the log groups.
            vpc: VPC of the functions. They must reach Step Functions, Amazon Cognito user pools,
                CloudWatch Logs, CloudFormation, STS (regional) and S3 from it, for `test_password`
                Secrets Manager and for `on_finished` EventBridge too, by endpoints or otherwise;
                see docs/security.md.
                Default: no VPC of yours.
            vpc_subnets: Subnets of the VPC. Default: the private subnets.
            security_groups: Security groups of the functions. Default: a new one that allows
                outgoing HTTPS only.
            reserved_concurrent_executions: Reserved concurrency of each of the two functions; at
                least the number of simultaneous imports. Default: the account's concurrency.
            dead_letter_queue: Queue for requests and events that Lambda and EventBridge could not
                deliver to the functions. A message may hold the URL for the response to
                CloudFormation, so encrypt the queue. If the queue or its key is not made in this
                app, its policy must let EventBridge use it. Default: none; CloudFormation's
                `ServiceTimeout` ends an undelivered request.
            log_retention: Retention of the log groups of the functions and the state machine.
                Default: one month.
            managed_policies: Whether rights are in managed policies, as some compliance rules
                require, and not inline: those of the workflow, its imports and their logs role.
                Default: False.
            memory_size: Memory of the function that stages and imports users, in MiB: 1,024 to
                10,240. To find duplicates, a file needs 10 bytes for each user and unique column
                (the username and each alias) and 256 MiB; 2,048 are enough for 40 million users
                with three aliases. An import that needs more is refused. Default: 1024.
            import_jobs_per_pool: Quota of import jobs that a user pool keeps, if AWS has raised it
                for the account. An import whose jobs do not fit is refused. Default: 1000.
            export_name: Prefix of five exports, `<export_name>-StateMachineArn` and so on, with
                which other apps import the workflow: see `from_attributes`. Default: no exports.
            removal_policy: Removal policy of the log groups. If it is not DESTROY, the key of
                `staging` must be retained as well: without it the log groups are unreadable.
                Default: DESTROY.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: An argument is not allowed, or the stack has a workflow already.
        """
        check_arguments(ImportWorkflow.__init__, locals())
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        self._check(vpc, vpc_subnets, security_groups, reserved_concurrent_executions)
        self._check_sizes(memory_size, import_jobs_per_pool)
        StackResources.of(self).add_workflow(self)
        self.staging = staging
        self.managed_policies = managed_policies
        self.dead_letter_queue = dead_letter_queue
        self.vpc = vpc
        self.vpc_subnets = vpc_subnets
        self.log_retention = log_retention
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
            network=self._placement(security_groups),
            worker_memory=memory_size,
            jobs_per_pool=import_jobs_per_pool,
        )
        worker = Worker(self, settings)
        machine = StateMachine(
            self,
            definition=Stack.of(self).to_json_string(definition(worker.arn_by_name)),
            statements=[
                iam.PolicyStatement(
                    actions=["lambda:InvokeFunction"], resources=[worker.arn_by_name]
                )
            ],
            role_description="Runs the import workflow",
            encryption_key=staging.encryption_key,
            log_retention=log_retention,
            removal_policy=removal_policy,
            managed_policies=managed_policies,
            continues=True,
        )
        starter = self._starter(settings, machine)
        self.state_machine_arn: str = machine.arn
        self.starter_arn: str = starter.function.function_arn
        self.worker_role_arn: str = worker.role_arn_by_name
        self._keep_readable(log_group, machine.log_group)
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
        import uses it. CloudFormation does not notice literal ARNs; docs/security.md says how to
        remove an import whose workflow is gone.

        Args:
            scope: Scope of the construct.
            id: Construct id.
            export_name: The `export_name` of the `ImportWorkflow` in the other app.
                Default: none; the five attributes below are needed.
            state_machine_arn: ARN of the state machine. Default: that of `export_name`.
            starter_arn: ARN of the starter function, without a version or alias. Default: that of
                `export_name`.
            worker_role_arn: ARN of the worker's role. Default: that of `export_name`.
            staging_bucket_name: Name of the staging bucket. Default: that of `export_name`.
            encryption_key_arn: ARN of the key of that bucket; an alias is not enough. Default: that
                of `export_name`.
            managed_policies: Whether the rights of imports and their logs role are in managed
                policies. Default: False.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: Attributes are missing, `export_name` is given as well, or an ARN is of
                another kind of resource, Region or account.
        """
        check_arguments(ImportWorkflow.from_attributes, locals())
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
        """The identity of the workflow in the logical ids of another stack's imports."""
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
            raise ValueError(messages.subnets_without_vpc(self.node.path))
        if reserved_concurrent_executions is not None and reserved_concurrent_executions < 1:
            raise ValueError(
                messages.concurrency_too_low(self.node.path, reserved_concurrent_executions)
            )

    def _check_sizes(self, memory_size: int, import_jobs_per_pool: int) -> None:
        path = self.node.path
        if not WORKER_MEMORY <= memory_size <= _MOST_MEMORY:
            raise ValueError(
                messages.memory_out_of_range(path, memory_size, WORKER_MEMORY, _MOST_MEMORY)
            )
        if import_jobs_per_pool < JOBS_PER_POOL:
            raise ValueError(messages.job_quota_too_low(path, import_jobs_per_pool, JOBS_PER_POOL))

    def _placement(self, security_groups: Sequence[ec2.ISecurityGroup] | None) -> dict[str, object]:
        """Return the properties of a function that put it into the VPC."""
        if self.vpc is None:
            return {}
        return {
            "vpc": self.vpc,
            "vpc_subnets": self.vpc_subnets,
            "security_groups": list(security_groups or [security_group(self, self.vpc)]),
        }

    def _starter(self, settings: FunctionSettings, machine: StateMachine) -> Starter:
        """Make the starter, and the rule that calls it for broken executions."""
        starter = Starter(
            StackResources.of(self),
            settings,
            state_machine_name=machine.name,
            encryption_key=self.staging.encryption_key,
        )
        BrokenExecutions(
            self,
            state_machine_arn=machine.arn_by_name,
            starter=starter,
            dead_letter_queue=self.dead_letter_queue,
        )
        return starter

    def _keep_readable(self, *log_groups: logs.ILogGroup) -> None:
        encrypted: list[IConstruct] = [*log_groups]
        if isinstance(self.dead_letter_queue, sqs.Queue):
            encrypted.append(self.dead_letter_queue)
        ReadableLogs(self, self.staging.encryption_key, encrypted)

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
