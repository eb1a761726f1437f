"""The status that DescribeStacks gives for a stack: pretended, or late.

A driver that plays CloudFormation must also look like it: the functions of a custom resource
ask DescribeStacks whether the stack rolls back. And what DescribeStacks says may be late: after a
stack has begun to roll back, it goes on for a while as if it had not. Nothing else sees what is
pretended or late, least of all MiniStack's own engine. Used:
`cloudformation.handlers._ACTION_HANDLERS`, and the `_add_event` of `cloudformation.stacks` and
`cloudformation.handlers`, which is called when a stack gets a status.

Setting: `stack_status_delay_seconds`; 0 turns the delay off.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGE = "ministack.services.cloudformation"
_STACK = "AWS::CloudFormation::Stack"
_STATUS = re.compile(r"<StackId>(?P<id>[^<]*)</StackId><StackStatus>(?P<status>\w+)")
_BEFORE = {
    "ROLLBACK_IN_PROGRESS": "CREATE_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_IN_PROGRESS",
}
"""The statuses that are shown late, and what is shown before them."""


@dataclass(frozen=True, slots=True)
class _Turn:
    status: str
    at: float


class StackStatuses:
    """What DescribeStacks is to say.

    Args:
        elapsed: The monotonic time in AWS seconds.
        delay: How many AWS seconds a rollback is shown late.
    """

    def __init__(self, elapsed: Callable[[], float], delay: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._delay = delay
        self._pretended: dict[str, _Turn] = {}
        self._turned: dict[str, _Turn] = {}

    def pretend(self, stack_id: str, status: str | None) -> None:
        """Give a stack a status, or with None its own again."""
        if status is None:
            self._pretended.pop(stack_id, None)
        elif status != self._status_pretended(stack_id):
            self._pretended[stack_id] = _Turn(status, self._elapsed())

    def forget(self) -> None:
        """Give all stacks their own status again."""
        self._pretended.clear()

    def pretended(self) -> dict[str, str]:
        """Return what is pretended, by stack id."""
        return {stack_id: turn.status for stack_id, turn in self._pretended.items()}

    def turn(self, stack_id: str, status: str) -> None:
        """Note that a stack has got a status."""
        self._turned[stack_id] = _Turn(status, self._elapsed())

    def shown(self, stack_id: str, status: str) -> str:
        """Return the response of DescribeStacks for a stack that has a status."""
        turn = self._pretended.get(stack_id) or self._turned.get(stack_id)
        if stack_id in self._pretended:
            status = self._pretended[stack_id].status
        if status not in _BEFORE or not self._delay():
            return status
        # MiniStack sets the status some steps before the event that is noted.
        is_noted = turn is not None and turn.status == status
        age = self._elapsed() - turn.at if turn is not None and is_noted else 0.0
        return _BEFORE[status] if age < self._delay() else status

    def _status_pretended(self, stack_id: str) -> str | None:
        turn = self._pretended.get(stack_id)
        return None if turn is None else turn.status


_statuses = StackStatuses(lambda: 0.0, lambda: 0.0)


def statuses() -> StackStatuses:
    """Return what this process's DescribeStacks is to say."""
    return _statuses


def configure(elapsed: Callable[[], float], delay: Callable[[], float]) -> None:
    """Set the clock and the delay."""
    global _statuses  # noqa: PLW0603 - one a process, as there is one CloudFormation
    _statuses = StackStatuses(elapsed, delay)


def patch() -> None:
    """Patch DescribeStacks, once CloudFormation has been imported."""
    handlers: Any = importlib.import_module(f"{_PACKAGE}.handlers")
    stacks: Any = importlib.import_module(f"{_PACKAGE}.stacks")
    describe = handlers._ACTION_HANDLERS["DescribeStacks"]
    add_event = stacks._add_event

    def described(params: Any) -> Any:
        status, headers, body = describe(params)
        text = body.decode() if isinstance(body, bytes) else body
        return status, headers, _STATUS.sub(_shown, text).encode()

    def add_noted(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        kind: str,
        status: str,
        *rest: Any,
        **more: Any,
    ) -> None:
        add_event(stack_id, stack_name, logical_id, kind, status, *rest, **more)
        if kind == _STACK and logical_id == stack_name:
            _statuses.turn(stack_id, status)

    handlers._ACTION_HANDLERS["DescribeStacks"] = described
    for module in (stacks, handlers):
        if hasattr(module, "_add_event"):
            module._add_event = add_noted


def _shown(match: re.Match[str]) -> str:
    status = _statuses.shown(match["id"], match["status"])
    return f"<StackId>{match['id']}</StackId><StackStatus>{status}"
