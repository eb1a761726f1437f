"""The state machine: encrypted, traced, and logged without the data it handles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cdk_cognito_user_import._lambda.user_import.contract import (
    LONGEST_BACKGROUND_SECONDS,
    LONGEST_REQUEST_SECONDS,
    Phase,
)
from cdk_cognito_user_import.nag import acknowledge_wildcard
from cdk_cognito_user_import.names import arn_of, physical_name, stack_guid
from cdk_cognito_user_import.policies import make_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms

_WITHOUT_RESOURCES = {
    # Step Functions Developer Guide, "Tracing with X-Ray".
    "xray": [
        "GetSamplingRules",
        "GetSamplingTargets",
        "PutTelemetryRecords",
        "PutTraceSegments",
    ],
    # The same guide, "Logging in CloudWatch Logs".
    "logs": [
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "UpdateLogDelivery",
    ],
}
"""Actions of the role that have no resource. Step Functions checks those of log delivery when it
creates the state machine, so they are in the role itself."""


_LONGEST_SECONDS = LONGEST_BACKGROUND_SECONDS + LONGEST_REQUEST_SECONDS
"""The longest that an execution runs, whatever happens."""

STARTED_BEFORE = "StepFunctions.ExecutionAlreadyExistsException"

RETRY = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 5,
    "BackoffRate": 2,
}
"""The retries of a task after any error that it does not handle itself."""


class StateMachine(Construct):
    """The state machine with its role and its log group.

    Attributes:
        arn: ARN of the state machine.
        name: Name, known before the state machine exists.
        arn_by_name: ARN, known before the state machine exists.
        log_group: Log group of the state machine.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        definition: str,
        statements: Sequence[iam.PolicyStatement],
        role_description: str,
        encryption_key: kms.IKey,
        log_retention: logs.RetentionDays,
        removal_policy: RemovalPolicy,
        managed_policies: bool,
        continues: bool = False,
    ) -> None:
        """Make the state machine.

        Args:
            scope: Scope of the construct.
            definition: The definition in the Amazon States Language, as text.
            statements: Rights of its tasks.
            role_description: Purpose of its role.
            encryption_key: Key of executions and log group.
            log_retention: Retention of the log group.
            removal_policy: Removal policy of the log group.
            managed_policies: Whether rights are in managed policies.
            continues: Whether its executions may start the next ones. Default: False.
        """
        super().__init__(scope, "StateMachine")
        self.name = physical_name(self)
        self.arn_by_name = arn_of(self, "states", "stateMachine", self.name)
        if continues:
            # An import in the background goes on in another execution.
            statements = [*statements, may_start(self.arn_by_name)]
        role = self._role(statements, role_description, encryption_key, managed=managed_policies)
        self.log_group = logs.LogGroup(
            self,
            "Log",
            # Log groups with this prefix do not fill up the account's log resource policy. The
            # role's name has a random end: no later log group collides with one that was retained.
            log_group_name=f"/aws/vendedlogs/states/{role.role_name}-{stack_guid(self)}",
            encryption_key=encryption_key,
            retention=log_retention,
            removal_policy=removal_policy,
        )
        machine = self._machine(role, definition, encryption_key)
        self.arn: str = machine.attr_arn

    def _role(
        self,
        statements: Sequence[iam.PolicyStatement],
        description: str,
        encryption_key: kms.IKey,
        *,
        managed: bool,
    ) -> iam.Role:
        stack = Stack.of(self)
        granted = make_role(
            self,
            "Role",
            # Step Functions Developer Guide, "Prevent cross-service confused deputy issue".
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnEquals": {"aws:SourceArn": self.arn_by_name},
                },
            ),
            description=description,
            statements=[
                *statements,
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=[encryption_key.key_arn],
                ),
                iam.PolicyStatement(
                    actions=[
                        f"{service}:{name}"
                        for service, names in _WITHOUT_RESOURCES.items()
                        for name in names
                    ],
                    resources=["*"],
                ),
            ],
            managed=managed,
        )
        acknowledge_wildcard(
            granted.holder,
            "*",
            "Log delivery and X-Ray have no resources that a policy could name.",
        )
        return granted.role

    def _machine(
        self, role: iam.Role, definition: str, encryption_key: kms.IKey
    ) -> sfn.CfnStateMachine:
        machine = sfn.CfnStateMachine(
            self,
            "Resource",
            state_machine_name=self.name,
            role_arn=role.role_arn,
            definition_string=definition,
            encryption_configuration=sfn.CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=encryption_key.key_arn
            ),
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=False,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=(
                            sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                                log_group_arn=self.log_group.log_group_arn
                            )
                        )
                    )
                ],
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        machine.node.add_dependency(role)
        return machine


def may_start(state_machine_arn: str) -> iam.PolicyStatement:
    """Return the right to start executions of a state machine."""
    return iam.PolicyStatement(actions=["states:StartExecution"], resources=[state_machine_arn])


def definition(worker_arn: str) -> dict[str, Any]:
    """Return the workflow in the Amazon States Language.

    Stage → Finished? → Wait → Advance → Finished? … → Report. An import in the background goes
    through Answer, and on in another execution before the history of this one is full. Each phase
    of an import has a Wait state of its own, so that the console shows what the import waits for;
    the state "Wait" is for pauses without a phase. Errors that a state can catch lead to Report as
    well. For the others (States.Runtime, States.DataLimitExceeded, a timeout, an abort), the
    EventBridge rule calls the starter.

    Answer and Report take the response URL from the execution's input; no other state has it. It is
    empty for a run on demand, and for the next execution of an import in the background.
    """
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Report"}]
    request = {"request.$": "$$.Execution.Input.request"}
    answering = {"response_url.$": "$$.Execution.Input.response_url"}
    wait = {"Type": "Wait", "SecondsPath": "$.wait_seconds", "Next": "Advance"}
    return {
        "Comment": "Imports users into an Amazon Cognito user pool",
        "StartAt": "Begun?",
        "TimeoutSeconds": _LONGEST_SECONDS,
        "States": {
            "Begun?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.state", "IsPresent": True, "Next": "Continue"}],
                "Default": "Stage",
            },
            "Continue": {"Type": "Pass", "OutputPath": "$.state", "Next": "Advance"},
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
                "Choices": [
                    {"Variable": "$.done", "BooleanEquals": True, "Next": "Report"},
                    _when_present("answer", "Answer"),
                    _when_present("next_execution", "Start next execution"),
                    *(_when_in(phase) for phase in Phase),
                ],
                "Default": "Wait",
            },
            "Wait": wait,
            **{str(phase): wait for phase in Phase},
            "Advance": {
                **_task(worker_arn, {"step": "advance", **request, "state.$": "$"}),
                "Catch": catch,
                "Next": "Finished?",
            },
            "Answer": {
                **_task(worker_arn, {"step": "answer", **request, **answering, "state.$": "$"}),
                "Catch": catch,
                "Next": "Finished?",
            },
            "Start next execution": {
                "Type": "Task",
                "Resource": f"arn:{Aws.PARTITION}:states:::states:startExecution",
                "Parameters": {
                    "StateMachineArn.$": "$$.StateMachine.Id",
                    "Name.$": "$.next_execution",
                    "Input": {**request, "response_url": "", "state.$": "$"},
                },
                "Retry": [{"ErrorEquals": [STARTED_BEFORE], "MaxAttempts": 0}, RETRY],
                "Catch": [
                    # The start was repeated, and that execution has ended since.
                    {"ErrorEquals": [STARTED_BEFORE], "Next": "Continued"},
                    *catch,
                ],
                "Next": "Continued",
            },
            "Continued": {"Type": "Succeed"},
            "Report": {
                **_task(worker_arn, {"step": "report", **request, **answering, "state.$": "$"}),
                "End": True,
            },
        },
    }


def _when_present(name: str, state: str) -> dict[str, Any]:
    """Return the choice of the state that a field of the workflow's state asks for."""
    return {"Variable": f"$.{name}", "IsPresent": True, "Next": state}


def _when_in(phase: Phase) -> dict[str, Any]:
    """Return the choice of a phase's Wait state."""
    has_phase = {"Variable": "$.phase", "IsPresent": True}
    return {"And": [has_phase, {"Variable": "$.phase", "StringEquals": phase}], "Next": phase}


def _task(worker_arn: str, payload: dict[str, str]) -> dict[str, Any]:
    """Return a call of the worker that is retried for about a minute.

    A new account runs ten functions at a time. If many imports start at once, a throttled call is
    retried for about ten minutes, with jitter.
    """
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::lambda:invoke",
        "Parameters": {"FunctionName": worker_arn, "Payload": payload},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": 900,
        "Retry": [
            {
                "ErrorEquals": ["Lambda.TooManyRequestsException"],
                "IntervalSeconds": 2,
                "MaxAttempts": 30,
                "BackoffRate": 2,
                "MaxDelaySeconds": 40,
                "JitterStrategy": "FULL",
            },
            RETRY,
        ],
    }
