"""Read what a template says of rights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .synthesis import Synthesised


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
        case _:
            return value


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
