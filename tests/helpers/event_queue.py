"""The events of an import in a queue, from where a test reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs

from .waiting import eventually

if TYPE_CHECKING:
    from cdk_cognito_user_import import UserImport

    from .deployment import Cloud


def send_events_to_queue(stack: Stack, seed: UserImport) -> None:
    """Send the events of an import to a queue, whose URL is the output `Queue`."""
    queue = sqs.Queue(stack, "Ended")
    seed.on_finished("OnFinished", target=targets.SqsQueue(queue))
    CfnOutput(stack, "Queue", value=queue.queue_url)


def next_event(cloud: Cloud, queue: str) -> dict[str, Any]:
    """Receive one event, and return its detail."""

    def received() -> dict[str, Any] | None:
        messages = cloud.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", [])
        for message in messages:
            cloud.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(messages[0]["Body"])["detail"] if messages else None

    detail: dict[str, Any] = eventually(received, "an event arrives", within=60, every=0.2)
    return detail
