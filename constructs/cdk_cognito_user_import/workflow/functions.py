"""The two functions: CloudFormation calls the starter, and the state machine the worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_cognito_user_import._lambda.user_import.contract import (
    JOBS_PER_POOL,
    JOBS_PER_POOL_VARIABLE,
    ROLE_PATH,
)
from cdk_cognito_user_import.import_events import may_send_events
from cdk_cognito_user_import.nag import acknowledge, acknowledge_wildcard
from cdk_cognito_user_import.names import arn_of, physical_name
from cdk_cognito_user_import.policies import GrantedRole, make_role

from .dead_letters import may_send
from .network import deny_network_to_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_sqs as sqs

_CODE = Path(__file__).parents[1] / "_lambda"


def code() -> lambda_.Code:
    """Return the code of the functions, as an asset whose hash no byte-compiled file changes."""
    return lambda_.Code.from_asset(str(_CODE), exclude=["**/__pycache__"])


_USE_OF_KEY_BY_LOGS = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]

WORKER_MEMORY = 1024
"""MiB. Staging and uploading stream, in 256; duplicate detection needs up to 10 bytes per row and
unique column: 400 MB for the usernames of the 40 million users that an import can have, and as much
for each alias. It also buys more of a processor, which shortens starting and checking."""

_STARTER_TIMEOUT = Duration.minutes(5)
"""Two minutes to wait for IAM propagation, and two minutes to respond to CloudFormation."""


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """The settings of both functions of a workflow.

    Attributes:
        code: Code of both functions.
        encryption_key: Key of the log group.
        log_group: Shared by both functions, so that one request's log lines stay together.
        policies: Managed policies of both roles.
        managed_policies: Whether rights are in managed policies.
        dead_letter_queue: Queue for requests that Lambda could not deliver; None for none.
        reserved_concurrent_executions: Reserved concurrency of each function; None for none.
        network: Properties that put a function into a VPC.
        worker_memory: Memory of the worker, in MiB.
        jobs_per_pool: Quota of import jobs of a user pool.
    """

    code: lambda_.Code
    encryption_key: kms.IKey
    log_group: logs.ILogGroup
    policies: Sequence[iam.IManagedPolicy]
    managed_policies: bool
    dead_letter_queue: sqs.IQueue | None
    reserved_concurrent_executions: int | None
    network: dict[str, Any] = field(default_factory=dict)
    worker_memory: int = WORKER_MEMORY
    jobs_per_pool: int = JOBS_PER_POOL


class ImportFunction(Construct):
    """A function with a name that is known before it exists, its role and its rights."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        settings: FunctionSettings,
        description: str,
        statements: Sequence[iam.PolicyStatement],
        names_role: bool = False,
        environment: Mapping[str, str] | None = None,
        **properties: Any,
    ) -> None:
        """Make the function.

        Args:
            scope: Scope of the construct.
            id: `Worker` or `Starter`.
            settings: Settings of both functions.
            description: Purpose of the function.
            statements: Rights beside those of both functions.
            names_role: Whether the role has the function's name. Default: False.
            environment: Further environment variables. Default: none.
            properties: Further properties of the function.
        """
        super().__init__(scope, id)
        name = physical_name(self, id.lower())
        self.arn_by_name = arn_of(self, "lambda", "function", name)
        granted = self._role(description, settings, statements, name if names_role else None)
        self.role: iam.Role = granted.role
        self.rights_holder = granted.holder
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_14,
            code=settings.code,
            role=granted.role,
            log_group=settings.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            description=description,
            reserved_concurrent_executions=settings.reserved_concurrent_executions,
            # Without it, older SDKs ask the global endpoint, which a VPC may not reach.
            environment={"AWS_STS_REGIONAL_ENDPOINTS": "regional", **(environment or {})},
            **settings.network,
            **properties,
        )
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        # Asked of the L2 construct, each would add a policy of its own to the role.
        resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        if settings.dead_letter_queue is not None:
            resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
                target_arn=settings.dead_letter_queue.queue_arn
            )
        else:
            acknowledge(
                self.function,
                "LambdaDLQ",
                "CloudFormation's ServiceTimeout covers a request that could not be delivered; "
                "pass dead_letter_queue where a rule asks for one.",
                pack="Serverless",
            )

    def _role(
        self,
        description: str,
        settings: FunctionSettings,
        statements: Sequence[iam.PolicyStatement],
        name: str | None,
    ) -> GrantedRole:
        return make_role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=description,
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[settings.log_group.log_group_arn],
                ),
                # CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS",
                # asks this of a writer to an encrypted log group; Lambda's guide does not.
                iam.PolicyStatement(
                    actions=_USE_OF_KEY_BY_LOGS,
                    resources=[settings.encryption_key.key_arn],
                    conditions={
                        "StringEquals": {
                            "kms:ViaService": f"logs.{Stack.of(self).region}.amazonaws.com"
                        }
                    },
                ),
                *may_send(self, settings.dead_letter_queue),
                *statements,
                *([deny_network_to_code(self.arn_by_name)] if settings.network else []),
            ],
            managed=settings.managed_policies,
            managed_policies=settings.policies,
            name=name,
        )


class Worker(ImportFunction):
    """The function that runs the steps of imports, each with the role of its import."""

    def __init__(self, scope: Construct, settings: FunctionSettings) -> None:
        """Make the function."""
        roles = Stack.of(scope).format_arn(
            service="iam", region="", resource="role", resource_name=f"{ROLE_PATH.strip('/')}/*"
        )
        quota = settings.jobs_per_pool
        super().__init__(
            scope,
            "Worker",
            settings=settings,
            handler="user_import.worker.handler",
            description="Stages users, runs Amazon Cognito import jobs, and reports how they ended",
            timeout=Duration.minutes(15),
            memory_size=settings.worker_memory,
            environment={} if quota == JOBS_PER_POOL else {JOBS_PER_POOL_VARIABLE: str(quota)},
            names_role=True,
            statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[roles])],
        )
        self.role_arn_by_name = Stack.of(self).format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name=physical_name(self, "worker"),
        )
        acknowledge_wildcard(
            self.rights_holder,
            roles,
            "The roles of imports, of other stacks as well; each trusts this worker and one stack.",
        )


class Starter(ImportFunction):
    """The function that CloudFormation calls: one a stack.

    CloudFormation does not let a custom resource change its function, so the starter does not
    change with the stack's workflow.
    """

    def __init__(
        self,
        scope: Construct,
        settings: FunctionSettings,
        *,
        state_machine_name: str,
        encryption_key: kms.IKey,
    ) -> None:
        """Make the function."""
        state_machine_arn = arn_of(scope, "states", "stateMachine", state_machine_name)
        executions = arn_of(scope, "states", "execution", f"{state_machine_name}:*")
        super().__init__(
            scope,
            "Starter",
            settings=settings,
            handler="user_import.starter.handler",
            description="Starts the import workflow for CloudFormation, or answers by itself",
            timeout=_STARTER_TIMEOUT,
            memory_size=128,
            statements=[
                iam.PolicyStatement(
                    actions=["states:StartExecution"], resources=[state_machine_arn]
                ),
                # The event of an encrypted execution has its name only, not its input.
                iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[executions]),
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=[encryption_key.key_arn],
                    conditions={
                        "StringEquals": {
                            "kms:EncryptionContext:aws:states:stateMachineArn": state_machine_arn
                        }
                    },
                ),
                # For executions that broke. Imports of other stacks may use this workflow, so that
                # it is not known whether one asks for events.
                may_send_events(scope),
            ],
        )
        acknowledge_wildcard(
            self.rights_holder,
            executions,
            "The executions of this one state machine; their names are those of the requests.",
        )
