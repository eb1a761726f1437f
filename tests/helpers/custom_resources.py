"""A custom resource that says what it was asked, and stacks of several of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .functions import ANSWER, make_function, printed
from .import_world import waited

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

# `Fails` names the request types that are answered with FAILED, `Silent` those that are not
# answered. The attribute `Value` is the property of that name.
CODE = (
    ANSWER
    + """
import boto3

def handler(event, context):
    properties, kind = event["ResourceProperties"], event["RequestType"]
    found = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])
    asked = {
        "asked": kind,
        "of": event["LogicalResourceId"],
        "id": event.get("PhysicalResourceId"),
        "value": properties.get("Value"),
        "old": event.get("OldResourceProperties", {}).get("Value"),
        "status": found["Stacks"][0]["StackStatus"],
    }
    print(json.dumps(asked), flush=True)
    if kind in properties.get("Silent", ""):
        return
    body = {
        "Status": "FAILED" if kind in properties.get("Fails", "") else "SUCCESS",
        "Reason": "asked to",
        "PhysicalResourceId": event["PhysicalResourceId"] if kind == "Delete"
        else properties.get("Id", event["LogicalResourceId"]),
        "Data": {"Value": properties.get("Value", "")},
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    put = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(put, timeout=10)
"""
)


@dataclass(frozen=True, slots=True)
class EchoStack:
    """A stack of custom resources of one function."""

    aws: LocalAws
    name: str
    function: str

    @classmethod
    def of(cls, aws: LocalAws, name: str) -> EchoStack:
        """Make the function; the stack is made by `put`."""
        return cls(aws, name, make_function(aws, name, CODE))

    def template(self, **resources: dict[str, Any]) -> str:
        """Return a template of custom resources, by logical id, with these properties.

        `After` is the logical id of a resource that another one depends on.
        """
        made = {}
        for logical_id, properties in resources.items():
            given = {"ServiceToken": self.function, **properties}
            after = given.pop("After", None)
            made[logical_id] = {
                "Type": "Custom::Echo",
                "Properties": given,
                **({"DependsOn": after} if after else {}),
            }
        return json.dumps({"Resources": made})

    def put(self, *, rollback: bool = True, **resources: dict[str, Any]) -> str:
        """Create or update the stack, and return the status it ends in."""
        cloudformation = self.aws.client("cloudformation")
        known = {each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]}
        call = cloudformation.update_stack if self.name in known else cloudformation.create_stack
        call(
            StackName=self.name,
            TemplateBody=self.template(**resources),
            DisableRollback=not rollback,
        )
        return self.ended()

    def ended(self) -> str:
        """Wait for the end of the stack's operation, and return its status."""
        cloudformation = self.aws.client("cloudformation")
        status: str = waited(
            lambda: cloudformation.describe_stacks(StackName=self.stack_id())["Stacks"][0][
                "StackStatus"
            ],
            lambda status: not status.endswith("IN_PROGRESS"),
        )
        return status

    def stack_id(self) -> str:
        """Return the stack's id, under which it is found when it is deleted, too."""
        requests = self.aws.custom_resource_requests()
        ids = [each["StackId"] for each in requests if f":stack/{self.name}/" in each["StackId"]]
        return str(ids[-1]) if ids else self.name

    def asked(self) -> list[dict[str, Any]]:
        """Return what the function was asked, the oldest first."""
        return [json.loads(line) for line in printed(self.aws, self.name)]

    def asked_since(self, before: int) -> list[tuple[str, str, str]]:
        """Return the requests after the first `before`: type, logical id, stack status."""
        return [(each["asked"], each["of"], each["status"]) for each in self.asked()[before:]]
