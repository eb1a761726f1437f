"""Read what a template says of rights, of trust and of names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .synthesis import Synthesised

STACK_GUID = "<<AWS::StackId> split at /, 2>"
"""The stack's GUID, as `text` writes it."""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any) -> Any:
    """Write a value of a template with its references in angle brackets."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return separator.join(map(text, parts))
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Sub": template}:
            return re.sub(r"\$\{([^}]+)\}", r"<\1>", template)
        case {"Fn::Select": [number, {"Fn::Split": [separator, of]}]}:
            return f"<{text(of)} split at {separator}, {number}>"
        case {"Fn::ImportValue": name}:
            return f"<import {text(name)}>"
        case _:
            return value


def resolved(value: Any) -> Any:
    """Write all references in a part of a template in angle brackets."""
    match text(value):
        case dict() as parts:
            return {name: resolved(part) for name, part in parts.items()}
        case list() as parts:
            return [resolved(part) for part in parts]
        case other:
            return other


def condition(statement: dict[str, Any]) -> str:
    """Write the condition of a statement in one line; nothing where it has none."""
    return " and ".join(
        f"{operator} {key} {value}"
        for operator, keys in sorted(resolved(statement.get("Condition", {})).items())
        for key, value in sorted(keys.items())
    )


def without_hashes(value: str) -> str:
    """Take the hashes off the logical ids in a text."""
    return re.sub(r"(?<=[A-Za-z])[0-9A-F]{8}(?=$|[.>])", "", value)


def identity_statements(stack: Synthesised) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of a role or policy and each of its statements."""
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for name, policy in stack.resources(kind).items():
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                yield name, statement
    for name, role in stack.resources("AWS::IAM::Role").items():
        for policy in role["Properties"].get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def policy_statements(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each statement in a part of a template: of identities, of resources and of trust."""
    match value:
        case {"Effect": "Allow" | "Deny"}:
            yield value
        case dict():
            for part in value.values():
                yield from policy_statements(part)
        case list():
            for part in value:
                yield from policy_statements(part)


def references(value: Any) -> set[str]:
    """Return the logical ids that a part of a template refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            return {name}
        case {"Fn::Sub": str(template)}:
            return set(re.findall(r"\$\{(\w+)", template))
        case dict():
            return set().union(*map(references, value.values()))
        case list():
            return set().union(*map(references, value))
        case _:
            return set()
