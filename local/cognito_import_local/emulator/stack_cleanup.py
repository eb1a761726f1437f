"""The status of a stack while an update deletes removed and replaced resources.

AWS: a replaced resource is deleted after the new one is there (CloudFormation User Guide, "Monitor
the progress of a stack update"), and a removed one in the same last pass, in a status of the stack
of its own, UPDATE_COMPLETE_CLEANUP_IN_PROGRESS (API Reference, "Stack"; architect/deploy#398).

MiniStack sends them in UPDATE_IN_PROGRESS. After a failed update it sends the Deletes of what the
update created in UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS, as AWS does. Used:
`stacks._resolve_stack_outputs`, which it calls after the last resource and before the first Delete;
`stacks._add_event`, `cloudformation._stacks`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import Any

_CLOUDFORMATION = "ministack.services.cloudformation"
_CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def patch() -> None:
    """Set the status, once CloudFormation has been imported and its outputs are checked."""
    module: Any = importlib.import_module(_CLOUDFORMATION)
    stacks: Any = importlib.import_module(f"{_CLOUDFORMATION}.stacks")
    resolve = stacks._resolve_stack_outputs

    def resolve_and_turn(*arguments: Any) -> Any:
        resolved = resolve(*arguments)
        name, stack_id = arguments[-2:]
        stack = module._stacks.get(name) or {}
        if stack.get("StackId") == stack_id and stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
            stack["StackStatus"] = _CLEANUP
            kind = "AWS::CloudFormation::Stack"
            stacks._add_event(stack_id, name, name, kind, _CLEANUP, physical_id=stack_id)
        return resolved

    stacks._resolve_stack_outputs = resolve_and_turn
