"""The rule that calls the starter for executions that ended without a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_cognito_user_import.nag import acknowledge

from .dead_letters import let_events_send

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs

    from .functions import Starter


class BrokenExecutions(Construct):
    """Calls the starter for each execution that FAILED, TIMED_OUT or was ABORTED.

    CloudFormation takes a minute to create the rule (docs/performance.md). The rule names the state
    machine and the starter before they exist, so that it waits for neither.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        state_machine_arn: str,
        starter: Starter,
        dead_letter_queue: sqs.IQueue | None,
    ) -> None:
        """Make the rule.

        Args:
            scope: Scope of the construct.
            state_machine_arn: ARN by name, not by reference.
            starter: The function to call.
            dead_letter_queue: Queue for the events that EventBridge could not deliver; None for
                none.
        """
        super().__init__(scope, "Broken")
        dead_letters = None
        if dead_letter_queue is not None:
            dead_letters = events.CfnRule.DeadLetterConfigProperty(arn=dead_letter_queue.queue_arn)
        rule = events.CfnRule(
            self,
            "Rule",
            description="Executions of the import workflow that ended without answering",
            event_pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                    "stateMachineArn": [state_machine_arn],
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Starter", arn=starter.arn_by_name, dead_letter_config=dead_letters
                )
            ],
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=starter.function.function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
        if dead_letter_queue is not None:
            let_events_send(self, dead_letter_queue, rule.attr_arn)
        else:
            acknowledge(
                rule,
                "EventBusDLQ",
                "CloudFormation's ServiceTimeout covers an event that could not be delivered; pass "
                "dead_letter_queue where a rule asks for one.",
                pack="Serverless",
            )
