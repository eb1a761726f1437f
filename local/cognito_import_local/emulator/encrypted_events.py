"""The status events of an encrypted state machine have no data of its executions.

AWS: "Execution Input, Output, Error, and Cause will not be included for execution status change
events for workflows that are encrypted using your customer managed KMS key".

MiniStack includes them: start an execution of a state machine with encryptionConfiguration
CUSTOMER_MANAGED_KMS_KEY, and a rule on its status change gets the input. Patched at the bus, so
that Step Functions, which is slow to import, is not imported. Used: `eventbridge._put_events`,
`stepfunctions._executions`.

Setting: none; always on.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ministack.services import eventbridge

_STEP_FUNCTIONS = "ministack.services.stepfunctions"


def patch() -> None:
    """Remove the data from the events of encrypted executions."""
    put_events = eventbridge._put_events

    def put_redacted(data: Any, **options: Any) -> Any:
        if options.get("allow_aws_source"):
            for entry in data.get("Entries") or ():
                if entry.get("Source") == "aws.states":
                    entry["Detail"] = _redacted(entry.get("Detail") or "{}")
        return put_events(data, **options)

    eventbridge._put_events = put_redacted


def _redacted(text: str) -> str:
    detail = json.loads(text)
    step_functions: Any = sys.modules.get(_STEP_FUNCTIONS)
    execution = step_functions and step_functions._executions.get(detail.get("executionArn"))
    encryption = (execution or {}).get("encryptionConfiguration") or {}
    if encryption.get("type") != "CUSTOMER_MANAGED_KMS_KEY":
        return text
    detail |= {"input": None, "output": None, "error": None, "cause": None}
    detail["inputDetails"] = {"included": False}
    if detail.get("outputDetails") is not None:
        detail["outputDetails"] = {"included": False}
    return json.dumps(detail)
