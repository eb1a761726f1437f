"""The import workflow: the state machine, its two functions, their grants. One a stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from .acknowledge import acknowledge_wildcard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .staging import StagingBucket

_CODE = Path(__file__).parent / "_lambda"
_RETENTION = logs.RetentionDays.ONE_MONTH
_EXECUTION_SECONDS = 3600
"""The longest an execution may take; CloudFormation listens no longer than that."""

_WORKER_MEMORY = 1024
"""MiB. Staging and uploading stream, in 256; but that no user comes twice takes eight bytes a user
and column: 160 MB for the usernames of the 20 million users that an import can have, and as much
for each alias. It also buys more of a processor, by which starting and checking take less time."""


class ImportWorkflow(Construct):
    """Runs imports: Stage, Advance until done, Report.

    Attributes:
        state_machine_arn: of the workflow.
        starter: the function that CloudFormation calls.
        worker_role: the role to which each import attaches a policy of its own.
        staging: the staging bucket that the worker may use without such a policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        staging: StagingBucket,
        removal_policy: RemovalPolicy,
    ) -> None:
        """Make the workflow.

        Args:
            scope: the construct to make it in.
            id: the name of the construct.
            staging: its key encrypts the state machine and the log groups; the worker may use it.
            removal_policy: of the log groups.
        """
        super().__init__(scope, id)
        self.staging = staging
        self._key = staging.encryption_key
        self._removal_policy = removal_policy
        code = lambda_.Code.from_asset(str(_CODE), exclude=["**/__pycache__"])

        self.worker_role = self._role("WorkerRole", "Imports users into Amazon Cognito")
        worker = self._function(
            "Worker",
            code=code,
            handler="user_import.worker.handler",
            role=self.worker_role,
            description="Stages users, runs Amazon Cognito import jobs, and reports how they ended",
            timeout=Duration.minutes(15),
            memory_size=_WORKER_MEMORY,
        )
        state_machine = self._state_machine(worker)
        self.state_machine_arn: str = state_machine.attr_arn
        self.starter = self._starter(code, state_machine)

    def _role(self, id: str, description: str) -> iam.Role:  # noqa: A002
        return iam.Role(
            self,
            id,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=description,
        )

    def _function(self, id: str, *, role: iam.Role, **properties: Any) -> lambda_.Function:  # noqa: A002
        """Make a function with an encrypted log group, and let it write there."""
        log_group = logs.LogGroup(
            self,
            f"{id}Log",
            encryption_key=self._key,
            retention=_RETENTION,
            removal_policy=self._removal_policy,
        )
        function = lambda_.Function(
            self,
            id,
            runtime=lambda_.Runtime.PYTHON_3_14,
            role=role,
            log_group=log_group,
            **properties,
        )
        statements = [
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log_group.log_group_arn],
            )
        ]
        if role is self.worker_role:
            statements += self._worker_statements()
        _inline(role, "Run", statements)
        return function

    def _worker_statements(self) -> list[iam.PolicyStatement]:
        """What every import needs; what is an import's own is in a policy of its own."""
        log_groups = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name="/aws/cognito/userpools/*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        acknowledge_wildcard(
            self.worker_role,
            log_groups,
            "Cognito names the log group of an import after the pool; the worker only reads it.",
        )
        return [
            iam.PolicyStatement(actions=["logs:FilterLogEvents"], resources=[log_groups]),
            iam.PolicyStatement(
                actions=["cloudformation:DescribeStacks"], resources=[Aws.STACK_ID]
            ),
            *use_of(self.staging),
        ]

    def _state_machine(self, worker: lambda_.Function) -> sfn.CfnStateMachine:
        """Make the state machine: encrypted, traced, and logged without the data it handles."""
        stack = Stack.of(self)
        log_group = logs.LogGroup(
            self,
            "StateMachineLog",
            # Names under this prefix do not fill up the account's log resource policy.
            log_group_name=f"/aws/vendedlogs/states/user-import-{_stack_guid()}",
            encryption_key=self._key,
            retention=_RETENTION,
            removal_policy=self._removal_policy,
        )
        role = iam.Role(
            self,
            "StateMachineRole",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description="Runs the import workflow",
        )
        _inline(
            role,
            "Run",
            [
                iam.PolicyStatement(
                    actions=["lambda:InvokeFunction"], resources=[worker.function_arn]
                ),
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=[self._key.key_arn],
                ),
                iam.PolicyStatement(
                    actions=[
                        # Step Functions Developer Guide, "Logging in CloudWatch Logs".
                        "logs:CreateLogDelivery",
                        "logs:DeleteLogDelivery",
                        "logs:DescribeLogGroups",
                        "logs:DescribeResourcePolicies",
                        "logs:GetLogDelivery",
                        "logs:ListLogDeliveries",
                        "logs:PutResourcePolicy",
                        "logs:UpdateLogDelivery",
                        # The same guide, "Tracing with X-Ray".
                        "xray:GetSamplingRules",
                        "xray:GetSamplingTargets",
                        "xray:PutTelemetryRecords",
                        "xray:PutTraceSegments",
                    ],
                    resources=["*"],
                ),
            ],
        )
        acknowledge_wildcard(
            role,
            "*",
            "Log delivery and X-Ray have no resources that a policy could name.",
        )
        machine = sfn.CfnStateMachine(
            self,
            "StateMachine",
            role_arn=role.role_arn,
            definition_string=stack.to_json_string(definition(worker.function_arn)),
            encryption_configuration=sfn.CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=self._key.key_arn
            ),
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=False,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=(
                            sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                                log_group_arn=log_group.log_group_arn
                            )
                        )
                    )
                ],
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        machine.node.add_dependency(role)
        return machine

    def _starter(self, code: lambda_.Code, state_machine: sfn.CfnStateMachine) -> lambda_.Function:
        """Make the function that CloudFormation calls, and call it for executions that broke."""
        role = self._role("StarterRole", "Starts the import workflow for CloudFormation")
        starter = self._function(
            "Starter",
            code=code,
            handler="user_import.custom_resource.handler",
            role=role,
            description="Starts the import workflow for CloudFormation, or answers by itself",
            timeout=Duration.minutes(2),
            memory_size=128,
        )
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{state_machine.attr_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        # A policy of its own: in the role it would close a circle with the state machine.
        policy = iam.Policy(
            self,
            "StarterPolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["states:StartExecution"], resources=[state_machine.attr_arn]
                ),
                # The event that an encrypted execution has broken tells no more than its name.
                iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[executions]),
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=[self._key.key_arn],
                    conditions={
                        "StringEquals": {
                            "kms:EncryptionContext:aws:states:stateMachineArn": (
                                state_machine.attr_arn
                            )
                        }
                    },
                ),
            ],
        )
        acknowledge_wildcard(
            policy,
            executions,
            "The executions of this one state machine; their names are those of the requests.",
        )
        events.Rule(
            self,
            "Broken",
            description="Executions of the import workflow that ended without answering",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                    "stateMachineArn": [state_machine.attr_arn],
                },
            ),
            targets=[targets.LambdaFunction(starter)],
        )
        return starter


def use_of(staging: StagingBucket) -> list[iam.PolicyStatement]:
    """Return what the worker needs of a staging bucket beside the rights to single objects."""
    return [
        # Without this S3 says 403 of what is not there, as of what is denied.
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[staging.bucket.bucket_arn]),
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[staging.encryption_key.key_arn],
        ),
    ]


def definition(worker_arn: str) -> dict[str, Any]:
    """Return the workflow in the Amazon States Language.

    Stage → Finished? → Wait → Advance → Finished? … → Report. What a state can catch goes to Report
    as well; what it cannot (States.Runtime, States.DataLimitExceeded, a time-out, an abort), the
    EventBridge rule tells the starter.

    The URL that takes the answer is in the execution's input and reaches Report from there; it is
    in no state between.
    """
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Report"}]
    request = {"request.$": "$$.Execution.Input.request"}
    return {
        "Comment": "Imports users into an Amazon Cognito user pool",
        "StartAt": "Stage",
        "TimeoutSeconds": _EXECUTION_SECONDS,
        "States": {
            "Stage": {
                **_task(
                    worker_arn,
                    {"step": "stage", **request, "started_at.$": "$$.Execution.StartTime"},
                ),
                "Catch": catch,
                "Next": "Finished?",
            },
            "Finished?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "Report"}],
                "Default": "Wait",
            },
            "Wait": {"Type": "Wait", "SecondsPath": "$.wait_seconds", "Next": "Advance"},
            "Advance": {
                **_task(worker_arn, {"step": "advance", **request, "state.$": "$"}),
                "Catch": catch,
                "Next": "Finished?",
            },
            "Report": {
                **_task(
                    worker_arn,
                    {
                        "step": "report",
                        **request,
                        "response_url.$": "$$.Execution.Input.response_url",
                        "state.$": "$",
                    },
                ),
                "End": True,
            },
        },
    }


def _task(worker_arn: str, payload: dict[str, str]) -> dict[str, Any]:
    """Return a call of the worker, tried again for about a minute where it fails."""
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::lambda:invoke",
        "Parameters": {"FunctionName": worker_arn, "Payload": payload},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": 900,
        "Retry": [
            {
                "ErrorEquals": ["States.ALL"],
                "IntervalSeconds": 2,
                "MaxAttempts": 5,
                "BackoffRate": 2,
            }
        ],
    }


def _inline(role: iam.Role, name: str, statements: Sequence[iam.PolicyStatement]) -> None:
    """Put statements into the role itself, so that they are in force as soon as it is."""
    resource = role.node.default_child
    assert isinstance(resource, iam.CfnRole)
    resource.policies = [
        iam.CfnRole.PolicyProperty(
            policy_name=name, policy_document=iam.PolicyDocument(statements=list(statements))
        )
    ]


def _stack_guid() -> str:
    """Return the part of the stack's ARN that no other stack has, not even one of its name."""
    return Fn.select(2, Fn.split("/", Aws.STACK_ID))
