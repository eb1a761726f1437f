"""Names that are known before their resources exist.

CloudFormation takes a minute to create a rule, so the rule and the resources around it must not
wait for each other: each names the other's ARN before it exists. A name has the construct's address
and the stack's GUID. No other stack has that GUID, not even a later one of the same name, so the
names of two stacks never collide.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Fn, Stack

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

_PREFIX = "UserImport"
_SHORT = 8


def address(construct: Construct) -> str:
    """Return 40 hexadecimal digits that identify a construct in its stack.

    `node.addr` identifies it in the app: a stack that moves in its app, such as into a stage, keeps
    its resources and must keep their names.
    """
    inside = _inside(construct, Stack.of(construct))
    return hashlib.sha256(inside.encode()).hexdigest()[:40]


def path_in_stack(construct: Construct, stack: Stack | None = None) -> str:
    """Return the path of a construct in a stack, such as `Auth/SeedUsers`.

    Args:
        construct: The construct.
        stack: The stack. Default: the construct's own, which may be nested.
    """
    return _inside(construct, stack or Stack.of(construct)).strip("/")


def _inside(construct: Construct, stack: Stack) -> str:
    return construct.node.path.removeprefix(stack.node.path)


def identity_of(text: str) -> str:
    """Return 8 hexadecimal digits that identify a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def physical_name(construct: Construct, suffix: str = "") -> str:
    """Return a name of at most 64 characters, which is the limit for a function.

    Args:
        construct: The construct to name.
        suffix: Suffix of at most 7 characters, which follows a dash. Default: none.
    """
    name = f"{_PREFIX}-{address(construct)[:_SHORT]}-{stack_guid(construct)}"
    return f"{name}-{suffix}" if suffix else name


def stack_guid(construct: Construct) -> str:
    """Return the GUID in the stack's id, which no other stack has, not even one of its name."""
    return Fn.select(2, Fn.split("/", Stack.of(construct).stack_id))


def arn_of(construct: IConstruct, service: str, resource: str, name: str) -> str:
    """Return the ARN of a resource of the construct's stack by its name."""
    return Stack.of(construct).format_arn(
        service=service,
        resource=resource,
        resource_name=name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
