"""An export that another stack imports can be neither changed nor removed.

AWS (CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack"): "You
can't delete a stack if another stack references one of its outputs" nor "modify or remove an output
value that is referenced by another stack".

MiniStack refuses DeleteStack, and lets an update change and remove what is imported. Used:
`stacks._resolve_stack_outputs`, `handlers._imported_export_names`, `cloudformation._stacks`,
`_exports`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import Any

_CLOUDFORMATION = "ministack.services.cloudformation"


class ExportInUseError(ValueError):
    """An update would take an export from a stack that imports it."""


def patch_cloudformation() -> None:
    """Check the outputs of a stack when it is updated."""
    module: Any = importlib.import_module(_CLOUDFORMATION)
    stacks: Any = importlib.import_module(f"{_CLOUDFORMATION}.stacks")
    handlers: Any = importlib.import_module(f"{_CLOUDFORMATION}.handlers")
    resolve = stacks._resolve_stack_outputs

    def resolve_checked(*arguments: Any) -> Any:
        outputs, exports = resolve(*arguments)
        stack_id = arguments[-1]
        for name, export in module._exports.items():
            now = exports.get(name)
            if export["StackId"] != stack_id or (now and now["Value"] == export["Value"]):
                continue
            if user := _user(module, handlers, name, stack_id):
                done = "updated" if now else "deleted"
                raise ExportInUseError(f"Export {name} cannot be {done} as it is in use by {user}")
        return outputs, exports

    stacks._resolve_stack_outputs = resolve_checked


def _user(module: Any, handlers: Any, name: str, exporter: str) -> str | None:
    """Return the name of another stack that imports an export."""
    for stack_name, stack in module._stacks.items():
        if (
            stack["StackId"] != exporter
            and stack["StackStatus"] != "DELETE_COMPLETE"
            and name in handlers._imported_export_names(stack, stack_name)
        ):
            return str(stack_name)
    return None
