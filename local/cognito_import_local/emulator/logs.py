"""MiniStack's CloudWatch Logs, written in process (`services.cloudwatch_logs`).

MiniStack's FilterLogEvents gives all events in one answer. AWS: "This operation can return empty
results while there are more log events available through the token."

Setting: `page_size_at_most`; None turns it off.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cloudwatch_logs

from .scope import pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..service.scope import Scope


_OK = 200
_PAGE_FROM = "local-"


def create_stream(scope: Scope, group: str, stream: str) -> None:
    """Make the log group and the log stream, where they do not exist yet."""
    with pinned(scope):
        cloudwatch_logs._create_log_group({"logGroupName": group})
        cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})


def put(scope: Scope, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
    """Append events, each with its time in epoch seconds."""
    with pinned(scope):
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


def patch(page_size: Callable[[], int | None]) -> None:
    """Let FilterLogEvents answer in short pages, the first of them empty.

    Args:
        page_size: The most events of a page, None for all.
    """
    filter_all = cloudwatch_logs._filter_log_events

    def filter_in_pages(data: dict[str, Any]) -> Any:
        size = page_size()
        if size is None:
            return filter_all(data)
        whole = {name: value for name, value in data.items() if name != "limit"}
        status, headers, body = filter_all(whole)
        if status != _OK:
            return status, headers, body
        events = json.loads(body)["events"]
        token = data.get("nextToken")
        if token is None:
            start = end = 0
        else:
            start = int(token.removeprefix(_PAGE_FROM))
            end = start + max(1, min(size, data.get("limit", size)))
        page = {"events": events[start:end], "searchedLogStreams": []}
        if end < len(events):
            page["nextToken"] = f"{_PAGE_FROM}{end}"
        return responses.json_response(page)

    cloudwatch_logs._filter_log_events = filter_in_pages
