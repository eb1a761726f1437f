"""The status that DescribeStacks gives for a stack, pretended.

A driver that plays CloudFormation must also look like it: the functions of a custom resource
ask DescribeStacks whether the stack goes back. Nothing else sees what is pretended, least of
all MiniStack's own engine. Used: `cloudformation.handlers._ACTION_HANDLERS`.
"""

from __future__ import annotations

import importlib
import re
from typing import Any, Final

_HANDLERS: Final = "ministack.services.cloudformation.handlers"
_STATUS: Final = re.compile(r"<StackId>(?P<id>[^<]*)</StackId><StackStatus>(?P<status>\w+)")

_pretended: dict[str, str] = {}


def pretend(stack_id: str, status: str | None) -> None:
    """Give a stack a status, or with None its own again."""
    if status is None:
        _pretended.pop(stack_id, None)
    else:
        _pretended[stack_id] = status


def forget() -> None:
    """Give all stacks their own status again."""
    _pretended.clear()


def pretended() -> dict[str, str]:
    """Return what is pretended, by stack id."""
    return dict(_pretended)


def patch() -> None:
    """Patch DescribeStacks, once CloudFormation has been imported."""
    handlers: dict[str, Any] = importlib.import_module(_HANDLERS)._ACTION_HANDLERS
    describe = handlers["DescribeStacks"]

    def described(params: Any) -> Any:
        status, headers, body = describe(params)
        if not _pretended:
            return status, headers, body
        text = body.decode() if isinstance(body, bytes) else body
        return status, headers, _STATUS.sub(_shown, text).encode()

    handlers["DescribeStacks"] = described


def _shown(match: re.Match[str]) -> str:
    status = _pretended.get(match["id"], match["status"])
    return f"<StackId>{match['id']}</StackId><StackStatus>{status}"
