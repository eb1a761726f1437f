"""Names that are known before any resource exists.

A rule takes CloudFormation a minute, so the rule and whoever it calls must not wait for each other:
each names the other's ARN before it exists. The names hold the construct's address and the stack's
GUID. No other stack has that GUID, not even a later one of the same name, so that the names of two
stacks never collide.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Fn, Stack

if TYPE_CHECKING:
    from constructs import Construct

_PREFIX = "UserImport"
_SHORT = 8


def address(construct: Construct) -> str:
    """Return 40 hexadecimal digits that stand for a construct's place in its stack.

    Not `node.addr`, which stands for its place in the app: a stack that moves in its app, such as
    into a stage, keeps its resources and must keep their names.
    """
    inside = construct.node.path.removeprefix(Stack.of(construct).node.path)
    return hashlib.sha256(inside.encode()).hexdigest()[:40]


def identity_of(text: str) -> str:
    """Return 8 hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def physical_name(construct: Construct, suffix: str = "") -> str:
    """Return a name of at most 64 characters, of which a function's name may have no more.

    Args:
        construct: what is named.
        suffix: of at most 7 characters, with a dash before it in the name. Default: none.
    """
    name = f"{_PREFIX}-{address(construct)[:_SHORT]}-{stack_guid(construct)}"
    return f"{name}-{suffix}" if suffix else name


def stack_guid(construct: Construct) -> str:
    """Return the part of the stack's id that no other stack has, not even one of its name."""
    return Fn.select(2, Fn.split("/", Stack.of(construct).stack_id))


def arn_of(construct: Construct, service: str, resource: str, name: str) -> str:
    """Return the ARN of a resource of the construct's stack by its name."""
    return Stack.of(construct).format_arn(
        service=service,
        resource=resource,
        resource_name=name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
