"""The permissions boundary of roles that CloudFormation makes.

AWS (IAM User Guide, "Permissions boundaries for IAM entities") limits a role's rights by its
boundary. MiniStack does that too, but its CloudFormation drops `PermissionsBoundary` of
AWS::IAM::Role. Used: `provisioners._RESOURCE_HANDLERS`, `iam._roles`.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any

from ministack.services import iam


def patch_cloudformation(provisioners: Any) -> None:
    """Keep the boundary of roles that are made or updated from now on."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    create, update = handler["create"], handler["update"]

    def create_bounded(logical_id: str, properties: Any, stack_name: str) -> Any:
        made = create(logical_id, properties, stack_name)
        iam._roles[made[0]]["PermissionsBoundary"] = properties.get("PermissionsBoundary")
        return made

    def update_bounded(physical_id: str, old: Any, new: Any, *rest: Any, **options: Any) -> Any:
        made = update(physical_id, old, new, *rest, **options)
        name = made[0] if isinstance(made, tuple) else physical_id
        iam._roles[name]["PermissionsBoundary"] = new.get("PermissionsBoundary")
        return made

    handler["create"], handler["update"] = create_bounded, update_bounded
