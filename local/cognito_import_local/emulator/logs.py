"""MiniStack's CloudWatch Logs, written in process (`services.cloudwatch_logs`).

MiniStack's FilterLogEvents gives all events in one answer, at most 10,000. AWS: "This operation can
return empty results while there are more log events available through the token." MiniStack ignores
a pattern in double quotes with characters such as brackets. AWS (CloudWatch Logs User Guide,
"Filter pattern syntax"): it is a phrase that is in the message, exactly. Used:
`cloudwatch_logs._filter_log_events`, `_compile_filter_pattern`.

Setting: `page_size_at_most`; None turns the pages off. Phrases count in any case.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cloudwatch_logs

from .scope import pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..service.scope import Scope


_OK = 200
_PAGE_FROM = "local-"
_PHRASE = re.compile('"([^"]+)"')


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
    """Let FilterLogEvents find phrases, and answer in short pages, the first of them empty.

    Args:
        page_size: The most events of a page, None for all.
    """
    filter_all = cloudwatch_logs._filter_log_events
    compile_other = cloudwatch_logs._compile_filter_pattern

    def compile_pattern(pattern: str) -> Any:
        phrase = _PHRASE.fullmatch(pattern or "")
        if phrase is None:
            return compile_other(pattern)
        return lambda message: phrase[1] in message

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
    cloudwatch_logs._compile_filter_pattern = compile_pattern
