"""Checks before CloudFormation changes a resource. Used: `provisioners._RESOURCE_HANDLERS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """The creation or an update of a resource of a stack."""

    new: Any
    """The properties, with all references resolved."""

    old: Any = None
    """The properties before an update."""

    stack: str
    """The name of the stack."""

    logical_id: str | None
    """None where MiniStack does not say, in some updates."""

    physical_id: str | None = None
    """None for a creation."""


def check_before(provisioners: Any, kind: str, check: Callable[[ResourceChange], None]) -> None:
    """Call `check` before a resource is created or updated; an exception fails the resource.

    Args:
        provisioners: MiniStack's module.
        kind: The type of the resource.
        check: Raises ValueError, with CloudFormation's text, to refuse the change.
    """
    handler = provisioners._RESOURCE_HANDLERS[kind]
    create = handler["create"]

    def create_checked(logical_id: str, properties: Any, stack: str) -> Any:
        check(ResourceChange(new=properties, stack=stack, logical_id=logical_id))
        return create(logical_id, properties, stack)

    handler["create"] = create_checked
    if "update" not in handler:
        return
    update = handler["update"]

    def update_checked(physical_id: str, old: Any, new: Any, stack: str, *rest: Any) -> Any:
        check(
            ResourceChange(
                new=new,
                old=old,
                stack=stack,
                logical_id=rest[0] if rest else None,
                physical_id=physical_id,
            )
        )
        return update(physical_id, old, new, stack, *rest)

    handler["update"] = update_checked
