"""The function that the import workflow calls: one thin entry point, a step of the workflow each.

An exception that leaves a step makes the workflow try it again, and then report the failure. Its
text goes into the workflow's history and to CloudFormation; therefore an exception that is not
this package's own, and might quote a value, is reduced to its type and place.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from .aws.credentials import ImportRole
from .aws.services import Services
from .errors import RequestError, UserImportError
from .steps.advance import advance
from .steps.import_request import ImportRequest
from .steps.report import report
from .steps.stage import stage
from .steps.state import Intent, Plan, Progress, State

if TYPE_CHECKING:
    from collections.abc import Mapping

logging.getLogger(__package__).setLevel(logging.INFO)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Run the step that ``event`` names."""
    return run(event, Services(ImportRole.of_request(event["request"])))


def run(event: Mapping[str, Any], world: Services) -> dict[str, Any]:
    """Run a step: ``stage``, ``advance`` or ``report``.

    Args:
        event: ``step``, CloudFormation's ``request``, and for ``stage`` the execution's
            ``started_at``, otherwise the workflow's ``state``, and for ``report`` the
            ``response_url`` as well.
        world: everything outside.
    """
    try:
        match event["step"]:
            case "stage":
                return _stage(event, world).to_json()
            case "advance":
                state = State.from_json(event["state"])
                request = ImportRequest.from_event(event["request"])
                return advance(request, state, world).to_json()
            case "report":
                report(event["request"], event["response_url"], event["state"], world)
                return {}
            case step:
                raise RequestError(f"The workflow has no step {step}.")
    except (UserImportError, BotoCoreError, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001  raised again, without its text
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        raise RuntimeError(f"{type(error).__name__} at {place}") from None


def _stage(event: Mapping[str, Any], world: Services) -> State:
    started_at = datetime.fromisoformat(event["started_at"]).timestamp()
    try:
        request = ImportRequest.from_event(event["request"])
    except RequestError as error:
        return State(Plan(Intent.KEEP), Progress(failure=str(error)), done=True)
    return stage(request, started_at, world)
