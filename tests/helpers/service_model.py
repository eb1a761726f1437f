"""Answers of the import service, held against botocore's model of it, member by member."""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session

OPERATIONS = (
    "CreateUserImportJob",
    "DescribeUserImportJob",
    "GetCSVHeader",
    "ListUserImportJobs",
    "StartUserImportJob",
    "StopUserImportJob",
)
# Real messages have spaces and full stops; the model's pattern has only \w (facts, C11).
UNTRUE_PATTERNS = {"CompletionMessageType"}

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
    "boolean": (bool,),
}
MODEL = botocore.session.get_session().get_service_model("cognito-idp")


def problems(shape: Any, value: Any, path: str = "") -> list[str]:
    """Return what the model does not allow in a value as it came over the wire."""
    if shape.type_name == "structure":
        return _in_structure(shape, value, path)
    if shape.type_name == "list":
        return [
            found
            for index, each in enumerate(value)
            for found in problems(shape.member, each, f"{path}[{index}]")
        ]
    if not isinstance(value, _KINDS[shape.type_name]):
        return [f"{path}: {value!r} is no {shape.type_name}"]
    if isinstance(value, str):
        return _in_text(shape, value, path)
    return []


def _in_structure(shape: Any, value: Any, path: str) -> list[str]:
    found = [f"{path}.{name} is not in the model" for name in value if name not in shape.members]
    found += [f"{path}.{name} is missing" for name in shape.required_members if name not in value]
    for name, member in shape.members.items():
        if name in value:
            found += problems(member, value[name], f"{path}.{name}")
    return found


def _in_text(shape: Any, value: str, path: str) -> list[str]:
    rules = shape.metadata
    found = []
    if not rules.get("min", 0) <= len(value) <= rules.get("max", len(value)):
        found.append(f"{path} has {len(value)} characters, not {rules}")
    if shape.enum and value not in shape.enum:
        found.append(f"{path}: {value!r} is none of {shape.enum}")
    pattern = rules.get("pattern")
    if pattern and shape.name not in UNTRUE_PATTERNS:
        # The model writes classes of letters that Python's `re` does not know.
        pattern = re.sub(r"\\p\{\w+\}", r"\\S", pattern)
        if not re.fullmatch(pattern, value):
            found.append(f"{path}: {value!r} does not match {pattern}")
    return found


def check(client: Any) -> None:
    """Hold every answer that a boto3 client gets against the model from now on."""

    def on_answer(operation_model: Any, response_dict: Any, **_: Any) -> None:
        if operation_model.name not in OPERATIONS:
            return
        body = json.loads(response_dict["body"])
        if response_dict["status_code"] < 300:
            found = problems(operation_model.output_shape, body)
        else:
            code = body["__type"]
            known = {shape.error_code for shape in operation_model.error_shapes}
            # Every service has these two without modelling them.
            known |= {"AccessDeniedException", "SerializationException"}
            found = [] if code in known else [f"{operation_model.name} does not raise {code}"]
        assert not found, found

    client.meta.events.register("before-parse.cognito-idp", on_answer)
