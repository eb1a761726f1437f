"""The state machine that runs imports on demand: it starts the import workflow, and nothing else.

Whoever may start the import workflow can forge a request of any stack that trusts its worker. This
one takes the name of an import and a token; everything else of the request is in its definition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import Aws, Fn, IStableStringProducer, Lazy, Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_cognito_user_import._lambda.user_import.contract import Property
from cdk_cognito_user_import.messages import workflow as messages

from .import_workflow import ImportWorkflow
from .readable_logs import ReadableLogs
from .state_machine import RETRY, STARTED_BEFORE, StateMachine, may_start

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import CustomResource, RemovalPolicy

    from .attributes import WorkflowAttributes

_ID = "Runs"
_CHOICE = "Which import?"
_TIMEOUT_SECONDS = 600
_REQUEST_ID = "States.Format('{}/{}', $$.Execution.Name, $$.Execution.StartTime)"
"""Execution names may be used again after 90 days; a request's id may not."""


class RunMachine(Construct):
    """Runs the imports of a stack on demand: one a stack.

    Attributes:
        arn: ARN of the state machine.
    """

    def __init__(
        self, scope: Construct, workflow: WorkflowAttributes, removal_policy: RemovalPolicy
    ) -> None:
        """Make the state machine.

        Args:
            scope: The shared resources of the stack.
            workflow: Workflow of the stack's imports, which it starts.
            removal_policy: Removal policy of the log group.
        """
        super().__init__(scope, _ID)
        self._workflow = workflow
        self._imports: dict[str, dict[str, Any]] = {}
        key = workflow.staging.encryption_key
        machine = StateMachine(
            self,
            definition=Lazy.string(_Definition(self)),
            statements=[may_start(workflow.state_machine_arn)],
            role_description="Starts the import workflow for runs on demand",
            encryption_key=key,
            log_retention=_log_retention(workflow),
            removal_policy=removal_policy,
            managed_policies=workflow.managed_policies,
        )
        ReadableLogs(self, key, [machine.log_group])
        self.arn: str = machine.arn

    @classmethod
    def of(
        cls, scope: Construct, workflow: WorkflowAttributes, removal_policy: RemovalPolicy
    ) -> RunMachine:
        """Return the state machine of a stack, which is made when the first import needs it."""
        found = scope.node.try_find_child(_ID)
        return found if isinstance(found, cls) else cls(scope, workflow, removal_policy)

    def add(self, name: str, resource: CustomResource, properties: Mapping[str, str]) -> None:
        """Let an import be run.

        Args:
            name: The import's name, which its stack has once.
            resource: The custom resource, whose logical id identifies the import.
            properties: Its properties.
        """
        logical_id = Stack.of(self).get_logical_id(resource.node.default_child)  # type: ignore[arg-type]
        self._imports[name] = {
            "LogicalResourceId": logical_id,
            "ResourceProperties": dict(properties),
        }

    @property
    def definition(self) -> dict[str, Any]:
        """The definition, for the imports that are there now."""
        return run_definition(self._workflow.state_machine_arn, self._imports)


def _log_retention(workflow: WorkflowAttributes) -> logs.RetentionDays:
    """Return the retention of the workflow's logs; that of another app's is not known."""
    if isinstance(workflow, ImportWorkflow):
        return workflow.log_retention
    return logs.RetentionDays.ONE_MONTH


def run_definition(
    state_machine_arn: str, imports: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the state machine in the Amazon States Language.

    Its input has `import`, a name, and may have `token`, a text; everything else in it is ignored.

    Args:
        state_machine_arn: ARN of the import workflow.
        imports: `LogicalResourceId` and `ResourceProperties` of each import, by its name.
    """
    states = {name: f"Import {number}" for number, name in enumerate(imports, start=1)}
    return {
        "Comment": "Runs the imports of a stack on demand",
        "StartAt": _CHOICE,
        "TimeoutSeconds": _TIMEOUT_SECONDS,
        "States": {
            _CHOICE: {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [
                            {"Variable": "$.import", "IsPresent": True},
                            {"Variable": "$.import", "StringEquals": name},
                        ],
                        "Next": state,
                    }
                    for name, state in states.items()
                ],
                "Default": "Unknown import",
            },
            **{
                states[name]: {
                    "Type": "Pass",
                    "Result": dict(each),
                    "ResultPath": "$.request",
                    "Next": "Is there a token?",
                }
                for name, each in imports.items()
            },
            "Is there a token?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.token", "IsPresent": False, "Next": "Without a token"},
                    {"Variable": "$.token", "IsString": True, "Next": "With the token"},
                ],
                "Default": "Token not allowed",
            },
            "Without a token": _pass("Result", {}),
            "With the token": _pass("Parameters", {f"{Property.RUN_TOKEN}.$": "$.token"}),
            "Start the import": _start(state_machine_arn),
            "Started before": _started_before(state_machine_arn),
            "Unknown import": {
                "Type": "Fail",
                "Error": "UnknownImport",
                "Cause": messages.unknown_import(list(imports)),
            },
            "Token not allowed": {
                "Type": "Fail",
                "Error": "TokenNotAllowed",
                "Cause": messages.token_not_text(),
            },
        },
    }


def _pass(kind: str, changed: dict[str, str]) -> dict[str, Any]:
    """Return the state that holds what the run changes in the properties."""
    return {"Type": "Pass", kind: changed, "ResultPath": "$.changed", "Next": "Start the import"}


def _execution_name(prefix: str = "") -> str:
    """Return the expression for the name of the import's execution.

    Args:
        prefix: A text before the name.
    """
    return f"States.Format('{prefix}Run-{{}}', States.Hash({_REQUEST_ID}, 'SHA-256'))"


def _start(state_machine_arn: str) -> dict[str, Any]:
    """Return the state that starts the import workflow.

    The name of its execution depends on the run only, so that a repeated call starts none; the
    starter's names have another form.
    """
    merged = "States.JsonMerge($.request.ResourceProperties, $.changed, false)"
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::states:startExecution",
        "Parameters": {
            "StateMachineArn": state_machine_arn,
            "Name.$": _execution_name(),
            "Input": {
                "request": {
                    "RequestType": "Run",
                    "RequestId.$": _REQUEST_ID,
                    "StackId": Aws.STACK_ID,
                    "LogicalResourceId.$": "$.request.LogicalResourceId",
                    "ResourceProperties.$": merged,
                },
                "response_url": "",
            },
        },
        "Retry": [{"ErrorEquals": [STARTED_BEFORE], "MaxAttempts": 0}, RETRY],
        "Catch": [{"ErrorEquals": [STARTED_BEFORE], "Next": "Started before"}],
        "End": True,
    }


def _started_before(state_machine_arn: str) -> dict[str, Any]:
    """Return the state whose output is that of a start which was repeated.

    Step Functions refuses the repeated start of an execution that has ended since.
    """
    execution = Fn.join(":execution:", Fn.split(":stateMachine:", state_machine_arn, 2))
    return {
        "Type": "Pass",
        "Parameters": {"ExecutionArn.$": _execution_name(f"{execution}:")},
        "End": True,
    }


@jsii.implements(IStableStringProducer)
class _Definition:
    def __init__(self, machine: RunMachine) -> None:
        self._machine = machine

    def produce(self) -> str:
        return Stack.of(self._machine).to_json_string(self._machine.definition)
