"""The CloudWatch metrics of an import, which Report writes to the functions' log.

CloudWatch takes them from a log event in the embedded metric format, so the function needs no right
to put metrics. Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format". The
event is a line of its own on the standard output, because Lambda's format puts the message of a
logger into another object (docs/unproven.md, LAM-42).
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..contract import METRIC_NAMESPACE, Dimension, Metric
from ..log_context import fields
from .state import Intent, Progress

if TYPE_CHECKING:
    from .import_request import ImportRequest
    from .state import State

_UNITS = {
    Metric.IMPORTED_USERS: "Count",
    Metric.SKIPPED_USERS: "Count",
    Metric.FAILED_USERS: "Count",
    Metric.QUEUED_SECONDS: "Seconds",
    Metric.IMPORT_SECONDS: "Seconds",
}


def write_metrics(
    request: ImportRequest, state: State | None, now: float, *, succeeded: bool
) -> None:
    """Write the metrics of an import that has ended.

    Nothing is written for a request that imports nothing, or that passes the import on.

    Args:
        request: The request of CloudFormation.
        state: The last state of the workflow; None where Stage failed.
        now: The time, in epoch seconds.
        succeeded: Whether the import has succeeded.
    """
    imports = request.type != "Delete" and (state is None or state.plan.intent is Intent.IMPORT)
    if request.name is None or not imports or (state is not None and state.progress.passes_on):
        return
    event = metrics_event(request.name, request.user_pool_id, state, now, succeeded=succeeded)
    # One write, so that the line is one log event.
    sys.stdout.write(json.dumps({**event, **fields()}) + "\n")
    sys.stdout.flush()


def metrics_event(
    name: str, user_pool_id: str, state: State | None, now: float, *, succeeded: bool
) -> dict[str, Any]:
    """Return the log event of the metrics of an import.

    Args:
        name: The import's name.
        user_pool_id: The user pool.
        state: The last state of the workflow; None where Stage failed.
        now: The time, in epoch seconds.
        succeeded: Whether the import has succeeded.
    """
    progress = state.progress if state else Progress()
    waiting = state.waiting if state else None
    # Users whom an earlier request has imported are in its metrics.
    results = [job.result for job in progress.jobs if job.result and not job.resumed]
    values = {
        Metric.IMPORTED_USERS: sum(result.imported for result in results),
        Metric.SKIPPED_USERS: sum(result.skipped for result in results),
        Metric.FAILED_USERS: sum(result.failed for result in results),
        Metric.QUEUED_SECONDS: round(
            progress.queued_seconds + (waiting.queued_seconds(now) if waiting else 0), 3
        ),
        Metric.IMPORT_SECONDS: round(progress.import_seconds, 3),
    }
    directive = {
        "Namespace": METRIC_NAMESPACE,
        "Dimensions": [[str(each) for each in Dimension]],
        "Metrics": [{"Name": str(name), "Unit": unit} for name, unit in _UNITS.items()],
    }
    timestamp = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
    return {
        "_aws": {"Timestamp": round(now * 1000), "CloudWatchMetrics": [directive]},
        # As in the lines of Lambda's loggers.
        "timestamp": timestamp.replace("+00:00", "Z"),
        "level": "INFO",
        "message": f"the import has {'succeeded' if succeeded else 'failed'}",
        str(Dimension.USER_POOL): user_pool_id,
        str(Dimension.IMPORT): name,
        **{str(name): value for name, value in values.items()},
    }
