"""Small functions in the local AWS, of a line or two of code."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from typing import TYPE_CHECKING, Any

from .import_world import allow, make_role

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

LAMBDA_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
ANSWER = """
import json, urllib.request
def answer(event, status="SUCCESS"):
    body = {
        "Status": status,
        "Reason": "asked to",
        "PhysicalResourceId": event.get("PhysicalResourceId", "made"),
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    put = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(put, timeout=10)
"""
"""Code of a function that answers CloudFormation."""


def make_function(aws: LocalAws, name: str, code: str, **files: str) -> str:
    """Make a function of a module with a `handler`, and return its ARN.

    Args:
        aws: The local AWS.
        name: Of the function and its role, which may do everything.
        code: The module.
        files: Other modules, by name.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        for module, text in {"index": code, **files}.items():
            bundle.writestr(f"{module}.py", textwrap.dedent(text))
    made = aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=make_role(aws, name, [allow("*")], LAMBDA_TRUST),
        Timeout=60,
        Code={"ZipFile": archive.getvalue()},
    )
    return str(made["FunctionArn"])


def called(aws: LocalAws, name: str, event: Any = None) -> Any:
    """Call a function, and return its answer."""
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def printed(aws: LocalAws, name: str) -> list[str]:
    """Return what a function has printed, without Lambda's own lines."""
    pages = (
        aws.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=f"/aws/lambda/{name}")
    )
    lines = [event["message"].strip() for page in pages for event in page["events"]]
    return [line for line in lines if line.split(" ")[0] not in ("START", "END", "REPORT")]
