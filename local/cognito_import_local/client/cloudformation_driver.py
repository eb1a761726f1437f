"""A driver that plays CloudFormation to a deployed custom resource.

The emulator's CloudFormation sends each request once and in order. The real one repeats
them, sends the Delete of a rollback with an id that was never issued, and undoes a failed
update with an Update that looks like any other. This plays all of that.
"""

from __future__ import annotations

import copy
import json
import uuid
from typing import TYPE_CHECKING, Any, Literal, Self

from .response_receiver import ResponseReceiver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .local_aws import LocalAws

Event = dict[str, Any]


class CloudFormationDriver:
    """Plays CloudFormation to one custom resource of a deployed stack.

        with CloudFormationDriver(aws, stack="Seeded") as cloudformation:
            create = cloudformation.request("Create")
            cloudformation.send(create)
            cloudformation.send(create)
            assert cloudformation.answer(create)["Status"] == "SUCCESS"

    Args:
        aws: The local AWS that the stack was deployed to.
        stack: The stack's name or id.
        logical_id: Logical id of the custom resource; needed where the stack has several.
    """

    def __init__(self, aws: LocalAws, *, stack: str, logical_id: str | None = None) -> None:
        self._aws = aws
        self._lambda = aws.client("lambda")
        found = aws.client("cloudformation").describe_stacks(StackName=stack)
        self.stack_id: str = found["Stacks"][0]["StackId"]
        self._logical_id = logical_id
        self._receiver = ResponseReceiver()
        self._has_status = False

    def __enter__(self) -> Self:
        """Begin to receive answers."""
        self._receiver.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop receiving, and give the stack its own status again."""
        self._receiver.__exit__(*error)
        self._aws.set_stack_status(self.stack_id, None)

    def recorded(self) -> list[Event]:
        """Return what the emulator's CloudFormation sent to the resource, the oldest first."""
        return [
            event
            for event in self._aws.custom_resource_requests()
            if event["StackId"] == self.stack_id
            and self._logical_id in (None, event["LogicalResourceId"])
        ]

    def request(
        self,
        kind: Literal["Create", "Update", "Delete"],
        *,
        properties: Mapping[str, Any] | None = None,
        old_properties: Mapping[str, Any] | None = None,
        physical_id: str | None = None,
    ) -> Event:
        """Return a new request, not yet sent, made after the latest one recorded.

        Args:
            kind: What it asks for.
            properties: What is other than in the recorded request; None removes a property.
            old_properties: How an Update's old properties differ from the recorded ones.
            physical_id: Id for an Update or Delete, issued or invented. Default: the recorded one,
                or one as CloudFormation invents for a resource whose Create never answered.

        Raises:
            LookupError: When the resource was never sent anything, or there are several.
        """
        recorded = self.recorded()
        names = {event["LogicalResourceId"] for event in recorded}
        if len(names) != 1:
            raise LookupError(f"requests were sent to {sorted(names)}; give one as logical_id")
        last = recorded[-1]
        request_id = str(uuid.uuid4())
        event = {
            "RequestType": kind,
            "RequestId": request_id,
            "StackId": self.stack_id,
            "ResponseURL": self._receiver.url(request_id),
            "ResourceType": last["ResourceType"],
            "LogicalResourceId": last["LogicalResourceId"],
            "ResourceProperties": _changed(last["ResourceProperties"], properties),
        }
        if kind != "Create":
            known = [
                each["PhysicalResourceId"] for each in recorded if "PhysicalResourceId" in each
            ]
            invented = self.invented_id(last["LogicalResourceId"])
            event["PhysicalResourceId"] = physical_id or (known[-1] if known else invented)
        if kind == "Update":
            event["OldResourceProperties"] = _changed(last["ResourceProperties"], old_properties)
        return event

    def invented_id(self, logical_id: str) -> str:
        """Return an id such as CloudFormation invents when a Create was never answered."""
        name = self.stack_id.split("/")[1]
        return f"{name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"

    def send(self, event: Event) -> None:
        """Send a request, as CloudFormation does: asynchronously, and as often as you call.

        From the first one until the driver ends, DescribeStacks says UPDATE_IN_PROGRESS of the
        stack, unless `set_stack_status` was called.
        """
        if not self._has_status:
            self.set_stack_status("UPDATE_IN_PROGRESS")
        self._lambda.invoke(
            FunctionName=event["ResourceProperties"]["ServiceToken"],
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )

    def answer(self, event: Event, *, within: float = 60.0) -> Event:
        """Wait for the answer to a request.

        Raises:
            TimeoutError: When none came in so many seconds.
            InvalidAnswerError: When CloudFormation would not have taken it.
        """
        return self._receiver.answer(event["RequestId"], within)

    def answers(self, event: Event) -> list[Event]:
        """Return all answers to a request so far, the oldest first."""
        return self._receiver.answers(event["RequestId"])

    def refuse_answers(self, times: int = 1) -> None:
        """Answer the next answers with 503."""
        self._receiver.refuse(times)

    def set_stack_status(self, status: str | None) -> None:
        """Let DescribeStacks give a status for the stack, such as `ROLLBACK_IN_PROGRESS`.

        With None it gives the stack's own again, as the CDK CLI needs it to deploy.
        """
        self._has_status = True
        self._aws.set_stack_status(self.stack_id, status)


def _changed(properties: Mapping[str, Any], changes: Mapping[str, Any] | None) -> Event:
    merged = {**copy.deepcopy(dict(properties)), **(changes or {})}
    return {name: value for name, value in merged.items() if value is not None}
