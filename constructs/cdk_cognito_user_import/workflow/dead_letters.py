"""What a dead-letter queue needs, where one is given: nothing is made without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct


def may_send(scope: Construct, queue: sqs.IQueue | None) -> list[iam.PolicyStatement]:
    """Return the right to put into the queue what a function could not take.

    Lambda checks `sqs:SendMessage` when it makes the function, so it must be in the role.

    Args:
        scope: of the function.
        queue: the dead-letter queue, or None for no rights.
    """
    if queue is None:
        return []
    statements = [iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])]
    if queue.encryption_master_key is not None:
        statements.append(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[queue.encryption_master_key.key_arn],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": f"sqs.{Stack.of(scope).region}.amazonaws.com"
                    }
                },
            )
        )
    return statements


def let_events_send(scope: Construct, queue: sqs.IQueue, rule_arn: str) -> None:
    """Let EventBridge put events of a rule into the queue.

    A queue or a key that was not made in this app keeps its policy: the CDK cannot change it.

    Source: EventBridge User Guide, "Using dead-letter queues".

    Args:
        scope: of the rule.
        queue: the dead-letter queue.
        rule_arn: the rule.
    """
    service = iam.ServicePrincipal("events.amazonaws.com")
    account = {"StringEquals": {"aws:SourceAccount": Stack.of(queue).account}}
    # The rule refers to the queue: the policy of a queue of another stack cannot refer to the rule.
    is_own = Stack.of(queue) is Stack.of(scope)
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[service],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule_arn}} if is_own else account,
        )
    )
    if queue.encryption_master_key is not None:
        queue.encryption_master_key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions=account,
            )
        )
