"""A stack in CREATE_FAILED or UPDATE_FAILED can be updated.

AWS (CloudFormation User Guide, "Choose how to handle failures when provisioning resources"): a
stack that failed without rollback "leaves the failed ones in a failed state until the next update
operation is performed"; resources without a last stable state "will be deleted upon the next stack
operation", and are created again. Resources that succeeded and whose properties are the same are
left alone, and a template without a change is allowed. The update must be one without rollback
(the text is that of ansible-collections/amazon.aws#1655). RollbackStack goes back to the last
stable state, whatever failed in between; without one it deletes what there is.

When in the update the failed resource is deleted is not documented: here it is before anything is
made, in UPDATE_IN_PROGRESS. Whether the Update of a resource that failed is undone before the next
operation is not documented either: here it is not.

MiniStack refuses the update, and ExecuteChangeSet takes a failed resource for one that is there.
Used: `handlers._ACTION_HANDLERS`, `_stack_has_no_updates`, `_resolve_stack`, `_error`;
`changesets._find_change_set`; `_deploy_stack_async` in `stacks`, `handlers` and `changesets`;
`stacks._add_event`, `_delete_resource`, `run_reentrant`; the `_failed_operation` of a stack.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .failed_creates import CREATE_FAILED, add_failed

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOUDFORMATION = "ministack.services.cloudformation"
_FAILED = ("CREATE_FAILED", "UPDATE_FAILED")
_TEXT = (
    "This stack is currently in a non-terminal [{status}] state. To update the stack from this "
    "state, please use the disable-rollback parameter with update-stack API. To rollback to the "
    "last known good state, use the rollback-stack API"
)
_STABLE = "UPDATE_COMPLETE"
"""A status that MiniStack updates a stack in."""


def patch() -> None:
    """Patch UpdateStack and ExecuteChangeSet, once CloudFormation has been imported."""
    handlers: Any = importlib.import_module(f"{_CLOUDFORMATION}.handlers")
    changesets: Any = importlib.import_module(f"{_CLOUDFORMATION}.changesets")
    _patch_calls(handlers, changesets)
    module: Any = importlib.import_module(_CLOUDFORMATION)
    stacks: Any = importlib.import_module(f"{_CLOUDFORMATION}.stacks")
    deploy = stacks._deploy_stack_async

    async def deploy_after_failure(name: str, *arguments: Any, **options: Any) -> None:
        stack = module._stacks[name]
        before = stack.get("_failed_operation")
        if before and options.get("is_update"):
            await _delete_failed(stacks, stack, options["previous_stack"])
        await deploy(name, *arguments, **options)
        if stack["StackStatus"] in _FAILED and (operation := stack.get("_failed_operation")):
            add_failed(stack, operation)
            if before:
                _join(before, operation)

    for each in (stacks, handlers, changesets):
        each._deploy_stack_async = deploy_after_failure


def _patch_calls(handlers: Any, changesets: Any) -> None:
    update = handlers._ACTION_HANDLERS["UpdateStack"]
    execute = handlers._ACTION_HANDLERS["ExecuteChangeSet"]
    has_no_updates = handlers._stack_has_no_updates

    def has_no_updates_nor_failures(stack: Any, *arguments: Any) -> bool:
        return not stack.get("_failed_operation") and bool(has_no_updates(stack, *arguments))

    def update_failed(params: Any) -> Any:
        stack = handlers._resolve_stack(handlers._p(params, "StackName"))
        status = (stack or {}).get("StackStatus")
        if status not in _FAILED:
            return update(params)
        if refusal := _refusal(handlers, params, status):
            return refusal
        stack["StackStatus"] = _STABLE
        try:
            return update(params)
        finally:
            if stack["StackStatus"] == _STABLE:
                stack["StackStatus"] = status

    def execute_failed(params: Any) -> Any:
        names = (handlers._p(params, name) for name in ("ChangeSetName", "StackName"))
        _, change_set = changesets._find_change_set(*names)
        stack = change_set and handlers._resolve_stack(change_set["StackId"])
        status = (stack or {}).get("StackStatus")
        return (status in _FAILED and _refusal(handlers, params, status)) or execute(params)

    handlers._stack_has_no_updates = has_no_updates_nor_failures
    handlers._ACTION_HANDLERS["UpdateStack"] = update_failed
    handlers._ACTION_HANDLERS["ExecuteChangeSet"] = execute_failed


def _refusal(handlers: Any, params: Any, status: Any) -> Any:
    if str(handlers._p(params, "DisableRollback", "false")).lower() == "true":
        return None
    error: Callable[..., Any] = handlers._error
    return error("ValidationError", _TEXT.format(status=status))


async def _delete_failed(stacks: Any, stack: Any, previous: Any) -> None:
    """Delete what is in CREATE_FAILED, the last one first."""
    resources = stack["_resources"]
    failed = [name for name, each in resources.items() if each["ResourceStatus"] == CREATE_FAILED]
    for logical_id in reversed(failed):
        record = resources.pop(logical_id)
        previous["_resources"].pop(logical_id, None)
        kind, physical_id = record["ResourceType"], record["PhysicalResourceId"]

        def note(
            status: str,
            reason: str = "",
            of: tuple[str, str, str] = (logical_id, kind, physical_id),
        ) -> None:
            stack_id, name = stack["StackId"], stack["StackName"]
            stacks._add_event(stack_id, name, of[0], of[1], status, reason, of[2])

        note("DELETE_IN_PROGRESS")
        try:
            await stacks.run_reentrant(
                stacks._delete_resource,
                kind,
                physical_id,
                record["Properties"],
                stack["StackName"],
                logical_id,
            )
        except Exception as error:  # noqa: BLE001 - a clean-up that fails does not fail the update
            note("DELETE_FAILED", str(error))
        else:
            note("DELETE_COMPLETE")


def _join(before: Any, operation: Any) -> None:
    """Let a failed operation go back to where the failed one before it would have gone."""
    for name in ("is_update", "previous_stack", "previous_tags"):
        operation[name] = before[name]
    operation["created"] = list(dict.fromkeys(before["created"] + operation["created"]))
