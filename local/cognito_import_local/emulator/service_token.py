"""The ServiceToken of a custom resource cannot change.

AWS (CloudFormation User Guide, "AWS::CloudFormation::CustomResource": updates of the ServiceToken
are not supported): the update of the resource fails with "Modifying service token is not allowed."
before any function is called, also when the update is the way back.

MiniStack sends the Update to the new function. An update that failed so is sent back to the old
properties by MiniStack, and not by AWS: such a way back is no change. Used:
`provisioners._custom_resource_update`.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any


class ServiceTokenChangedError(ValueError):
    """An update names another function for a custom resource."""


def patch_cloudformation(provisioners: Any) -> None:
    """Refuse updates that change the ServiceToken."""
    update = provisioners._custom_resource_update
    refused: set[tuple[str, str, str]] = set()

    def update_checked(
        physical_id: str, old: Any, new: Any, stack: str, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        before, after = str(old.get("ServiceToken")), str(new.get("ServiceToken"))
        if before != after:
            if (physical_id, after, before) in refused:
                refused.discard((physical_id, after, before))
                return physical_id, {}
            refused.add((physical_id, before, after))
            raise ServiceTokenChangedError("Modifying service token is not allowed.")
        result: tuple[str, dict[str, Any]] = update(physical_id, old, new, stack, **options)
        return result

    provisioners._custom_resource_update = update_checked
