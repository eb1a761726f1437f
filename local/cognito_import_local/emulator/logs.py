"""MiniStack's CloudWatch Logs, written in process (`services.cloudwatch_logs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.services import cloudwatch_logs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .scope import Scope


def create_stream(scope: Scope, group: str, stream: str) -> None:
    """Make the log group and the log stream, where they are not there yet."""
    with scope.pinned():
        cloudwatch_logs._create_log_group({"logGroupName": group})
        cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})


def put(scope: Scope, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
    """Append events, each with its time in epoch seconds."""
    with scope.pinned():
        cloudwatch_logs._put_log_events(
            {
                "logGroupName": group,
                "logStreamName": stream,
                "logEvents": [
                    {"timestamp": int(moment * 1000), "message": message}
                    for moment, message in events
                ],
            }
        )
