"""The function that the import workflow calls: one thin entry point for the workflow's steps.

The workflow retries a step that raises an exception, and then reports the failure. The text of the
exception goes into the workflow's history and to CloudFormation. Therefore an exception that this
package does not raise itself, and that might quote a user's value, is reduced to its type and
place.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from .aws.credentials import ImportRole
from .aws.services import Services
from .cloudformation import Answer, Request
from .contract import Property
from .errors import RequestError, UserImportError
from .import_events import Ending, event_of
from .log_context import IMPORT, JOB, PHASE, REQUEST, begin
from .messages import steps as messages
from .steps.advance import advance
from .steps.import_request import ImportRequest
from .steps.relay import passed_on
from .steps.report import report, respond
from .steps.stage import stage
from .steps.state import State, StepFailure, end_of_workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logging.getLogger(__package__).setLevel(logging.INFO)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Run the step that `event` names."""
    begin(_log_fields(event))
    return run(event, Services(ImportRole.of_request(event["request"])))


def run(event: Mapping[str, Any], services: Services) -> dict[str, Any]:
    """Run a step: `stage`, `advance`, `answer` or `report`.

    Args:
        event: `step`, CloudFormation's `request`, and for `stage` the execution's `started_at`,
            otherwise the workflow's `state`, and for `answer` and `report` the `response_url` as
            well.
        services: AWS and the clock.

    Returns:
        The workflow's next state; for `report` the execution's output, which says how the request
        ended.

    Raises:
        RuntimeError: An unexpected exception, reduced to its type and place.
    """
    try:
        return _run(event, services)
    except (UserImportError, BotoCoreError, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001  raised again, without its text
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        raise RuntimeError(f"{type(error).__name__} at {place}") from None


def _log_fields(event: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the fields of the log's lines at the beginning of a step."""
    request, state = event["request"], event.get("state") or {}
    properties = request.get("ResourceProperties") or {}
    jobs = state.get("progress", {}).get("jobs", ())
    current = next((job for job in jobs if not job.get("result")), jobs[-1] if jobs else {})
    return {
        REQUEST: request["RequestId"],
        IMPORT: properties.get(Property.IMPORT_NAME) or request["LogicalResourceId"],
        PHASE: state.get("phase") or event["step"].capitalize(),
        JOB: current.get("id"),
    }


def _run(event: Mapping[str, Any], services: Services) -> dict[str, Any]:
    step = event["step"]
    if step not in ("stage", "advance", "answer", "report"):
        raise RequestError(messages.unknown_step(step))
    try:
        request = ImportRequest.from_event(event["request"])
    except RequestError as error:
        return _refuse(event, str(error), services)
    if step == "stage":
        started_at = datetime.fromisoformat(event["started_at"]).timestamp()
        return stage(request, started_at, services).to_json()
    end = end_of_workflow(event["state"])
    if isinstance(end, StepFailure) and end.state is None and request.leg:
        end = replace(end, state=passed_on(request, services))
    state = end.state if isinstance(end, StepFailure) else end
    if state is not None and state.plan.run_id is not None:
        request = request._replace(request_id=state.plan.run_id)
    if step == "report":
        ending = report(request, end, _responder(event, services), services)
        output = _end(event, ending, services)
        from .steps.metrics import write_metrics  # noqa: PLC0415  one step of an import needs it

        # Last, because a step that fails is repeated, and would write them twice.
        write_metrics(request, state, services.now(), succeeded=ending.succeeded)
        return output
    assert isinstance(end, State)  # only Report follows the failure of a step
    if step == "advance":
        return advance(request, end, services).to_json()
    from .steps.background import answer_begin  # noqa: PLC0415  most deployments wait for the end

    return answer_begin(request, end, _responder(event, services), services).to_json()


def _end(event: Mapping[str, Any], ending: Ending, services: Services) -> dict[str, Any]:
    """Send the event that an import has ended, and return the execution's output.

    CloudFormation has its answer before: an event that cannot be sent fails the step, and another
    answer to a repeated step does no harm.
    """
    if detail := event_of(Request.from_event(event["request"]), ending):
        services.event_bus.put(detail)
    return ending.to_json()


def _responder(event: Mapping[str, Any], services: Services) -> Callable[[Answer], None]:
    """Return the function that sends an answer to the request of an event."""
    asked, url = Request.from_event(event["request"]), event["response_url"]
    return lambda answer: respond(asked, answer, url, services)


def _refuse(event: Mapping[str, Any], reason: str, services: Services) -> dict[str, Any]:
    """Answer a request whose properties are not allowed, once the workflow has come to Report.

    No request with such properties stages or starts anything, so that a Delete has nothing to do.
    """
    if event["step"] != "report":
        return {"done": True, "wait_seconds": 0, "failure": reason}
    succeeded = event["request"]["RequestType"] == "Delete"
    _responder(event, services)(Answer(succeeded=succeeded, reason=reason))
    return _end(event, Ending(succeeded=succeeded, reason=reason, cause=reason), services)
