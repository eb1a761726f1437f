"""PutEvents carries the source of its events as a condition key.

AWS (EventBridge User Guide, "Using IAM policy conditions in Amazon EventBridge"): `events:source`
and `events:detail-type` are those of the event. A call with several events has several values.

MiniStack sends no such keys, so that a policy with one denies every call. Used:
`iam_actions.request_tag_context`, whose answer is in the context of every request.

Setting: none; always on.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions

_PUT = "events:PutEvents"
_KEYS = {"events:source": "Source", "events:detail-type": "DetailType"}


def patch() -> None:
    """Send the keys with every PutEvents."""
    context = iam_actions.request_tag_context

    def context_with_source(service: str, action: str, body: bytes, params: Any) -> Any:
        found = context(service, action, body, params)
        if action != _PUT:
            return found
        entries = json.loads(body or b"{}").get("Entries") or []
        values = {
            key: sorted({str(entry[name]) for entry in entries if name in entry})
            for key, name in _KEYS.items()
        }
        one_each = {
            key: each[0] if len(each) == 1 else each for key, each in values.items() if each
        }
        return {**found, **one_each}

    iam_actions.request_tag_context = context_with_source
