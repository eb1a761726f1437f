"""Requests of CloudFormation, made from the recorded ones in tests/events.

The fields are those of the CloudFormation User Guide, "Custom resource request objects", and the
`ServiceToken` that recorded events have beside them.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "events"


def recorded(kind: str) -> dict[str, Any]:
    """Return the recorded request of a type: `Create`, `Update` or `Delete`."""
    event: dict[str, Any] = json.loads((FOLDER / f"{kind.lower()}.json").read_text())
    return event


_CREATE = recorded("Create")
PROPERTIES: dict[str, Any] = _CREATE["ResourceProperties"]
STACK: str = _CREATE["StackId"]
POOL: str = PROPERTIES["UserPoolId"]
ROLE: str = PROPERTIES["LogsRoleArn"]
IMPORT_ROLE: str = PROPERTIES["ImportRoleArn"]
MACHINE: str = PROPERTIES["StateMachineArn"]
RECORD_KEY: str = PROPERTIES["RecordKey"]

_numbers = itertools.count(1)


def properties(**changes: Any) -> dict[str, Any]:
    """Return the custom resource's properties; None leaves one out."""
    changed = {**PROPERTIES, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def create(**changes: Any) -> dict[str, Any]:
    """Return a Create with some other properties, without the response URL."""
    return _event("Create", properties(**changes))


def update(old: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an Update of the resource that the event `old` made."""
    event = _event("Update", {**old["ResourceProperties"], **changes}, old)
    return {**event, "OldResourceProperties": old["ResourceProperties"]}


def reverse(failed: dict[str, Any]) -> dict[str, Any]:
    """Return the Update that undoes a failed one."""
    event = _event("Update", failed["OldResourceProperties"], failed)
    return {**event, "OldResourceProperties": failed["ResourceProperties"]}


def delete(old: dict[str, Any], physical_id: str = "as answered before") -> dict[str, Any]:
    """Return the Delete of the resource that the event `old` made."""
    event = _event("Delete", old["ResourceProperties"], old)
    return {**event, "PhysicalResourceId": physical_id}


def run(of: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """Return a run of the import that the event `of` made, as the state machine of runs asks."""
    token_given = {} if token is None else {"RunToken": token}
    event = _event("Run", {**of["ResourceProperties"], **token_given}, of)
    return {
        name: event[name]
        for name in (
            *("RequestType", "RequestId", "StackId", "LogicalResourceId"),
            "ResourceProperties",
        )
    }


def delivered(event: dict[str, Any], response_url: str) -> dict[str, Any]:
    """Return a request as CloudFormation delivers it, with the response URL."""
    return {**event, "ResponseURL": response_url}


def _event(
    kind: str, its_properties: dict[str, Any], resource: dict[str, Any] | None = None
) -> dict[str, Any]:
    event = {
        **recorded("Create" if kind == "Run" else kind),
        "RequestType": kind,
        "RequestId": f"00000000-0000-4000-8000-{next(_numbers):012}",
        "ResourceProperties": its_properties,
    }
    if kind != "Create":
        event["PhysicalResourceId"] = "as answered before"
    if resource is not None:
        event["LogicalResourceId"] = resource["LogicalResourceId"]
    del event["ResponseURL"]
    return event
