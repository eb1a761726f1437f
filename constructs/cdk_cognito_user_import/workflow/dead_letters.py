"""The rights to a dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct


def may_send(scope: Construct, queue: sqs.IQueue | None) -> list[iam.PolicyStatement]:
    """Return the rights of a function's role to send its undelivered requests to the queue.

    Lambda checks `sqs:SendMessage` when it creates the function, so the role must have it by then.

    Args:
        scope: Scope of the function.
        queue: Dead-letter queue, or None for no rights.
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
    """Let EventBridge send undelivered events of a rule to the queue.

    The CDK cannot change the policy of a queue or key that is not made in this app.

    Source: EventBridge User Guide, "Using dead-letter queues".

    Args:
        scope: Scope of the rule.
        queue: Dead-letter queue.
        rule_arn: ARN of the rule.
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
