"""The history of an execution has a limited number of events.

AWS (Step Functions Developer Guide, "Avoid reaching the history quota"): the history has 25,000
events. After 24,999 "it waits for the next event to happen. If the event number 25,000 is
ExecutionSucceeded, the execution finishes successfully. If the event number 25,000 isn't
ExecutionSucceeded, the ExecutionFailed event is logged and the state machine execution fails". The
cause is as reported ("The execution reached the maximum number of history events (25000)."); the
error is assumed: `States.Runtime`, which no Catch takes (`state_machine_key`). A Task has a
TaskStarted event after TaskScheduled (API Reference, "HistoryEvent").

MiniStack has no limit and no TaskStarted. Used: `stepfunctions._add_event`, `_ExecutionError`.

Setting: `history_events_at_most`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_LAST = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}


def patch(at_most: Callable[[], int]) -> None:
    """Patch Step Functions, once it has been imported.

    Args:
        at_most: How many events a history may have.
    """
    module: Any = importlib.import_module("ministack.services.stepfunctions")
    add = module._add_event

    def add_within_limit(execution: Any, kind: str, details: Any = None) -> Any:
        limit = at_most()
        if kind not in _LAST and len(execution["events"]) >= limit - 1:
            raise module._ExecutionError(
                "States.Runtime",
                f"The execution reached the maximum number of history events ({limit}).",
            )
        event = add(execution, kind, details)
        if kind == "TaskScheduled":
            started = {"taskStartedEventDetails": details["taskScheduledEventDetails"]}
            add_within_limit(execution, "TaskStarted", started)
        return event

    module._add_event = add_within_limit
