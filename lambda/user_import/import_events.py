"""The event that an import has ended: the only module that calls EventBridge.

Status events of encrypted executions have no result (Step Functions Developer Guide, "Data at rest
encryption"), so that the worker sends an event of its own to the default event bus of the account
and Region. `docs/events.md` has its schema.

The event is sent at least once: a repeated one has the same id. It names no user: the reason of a
failure leaves out the lines of Cognito's log, which may quote a user.

Standard library and boto3 only: the starter imports this module.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .contract import (
    EVENT_DETAIL_TYPE,
    EVENT_SOURCE,
    USER_POOL_ID_CHARACTERS,
    EventStatus,
    Property,
)
from .errors import AwsError, UserImportError, calling
from .messages.events import EVENT, event_not_sent
from .text import digest, one_line, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .cloudformation import Request

_PUT_EVENTS = "events:PutEvents"
_TRIES = 4
_REASON_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of a request to the workflow.

    Attributes:
        succeeded: Whether the request succeeded.
        reason: The reason of a failure, with the first users who were not imported. Default: empty.
        cause: The reason without anything about a single user. Default: empty.
        attributes: The attributes of the custom resource. Default: none, where they are not known.
        imports: Whether the request was to import users: a Delete, a rollback, and an Update
            without other content are not. Default: True.
    """

    succeeded: bool
    reason: str = ""
    cause: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    imports: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the output of the execution, which `status` of the command line prints."""
        return {
            "status": _status(self),
            "reason": self.reason,
            "attributes": dict(self.attributes),
        }


def _status(ending: Ending) -> EventStatus:
    return EventStatus.SUCCEEDED if ending.succeeded else EventStatus.FAILED


def event_of(request: Request, ending: Ending) -> dict[str, Any] | None:
    """Return the detail of the event; None where the request sends none.

    Args:
        request: The request, whose properties may not be allowed.
        ending: Its end.
    """
    name = request.properties.get(Property.EVENTS)
    if not isinstance(name, str) or request.type == "Delete" or not ending.imports:
        return None
    detail: dict[str, Any] = {
        "id": f"{request.import_id}{digest(request.request_id)}",
        "status": _status(ending),
        "import": one_line(name),
        "stackId": request.stack_id,
        "requestType": request.type,
        "userPoolId": printable(
            str(request.properties.get(Property.USER_POOL_ID, "")), USER_POOL_ID_CHARACTERS
        ),
    }
    if not ending.succeeded:
        detail["reason"] = printable(ending.cause, _REASON_CHARACTERS)
    if ending.attributes:
        detail["attributes"] = dict(ending.attributes)
    return detail


class EventNotSent(UserImportError):
    """EventBridge did not take the event.

    The text ends in the event, so that the starter can send it when every try of the worker has
    failed: it is the cause of the execution's failure.
    """

    def __init__(self, problem: str, detail: Mapping[str, Any]) -> None:
        super().__init__(event_not_sent(problem, json.dumps(detail)))

    @staticmethod
    def event_in(cause: str) -> dict[str, Any] | None:
        """Return the event in the cause of a failed execution; None without one."""
        try:
            text = str(json.loads(cause)["errorMessage"])
            found = json.loads(text.partition(EVENT)[2])
        except (KeyError, TypeError, ValueError):
            return None
        return found if isinstance(found, dict) and "stackId" in found else None


class EventBus:
    """The default event bus."""

    def __init__(self, events: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._events = events
        self._sleep = sleep

    def put(self, detail: Mapping[str, Any]) -> None:
        """Send an event (PutEvents).

        Raises:
            EventNotSent: EventBridge refused the call or the entry each time. A call that succeeds
                may have a failed entry (EventBridge API Reference, "PutEvents").
        """
        problem = ""
        for attempt in range(_TRIES):
            if attempt:
                self._sleep(2.0**attempt)
            try:
                problem = self._put(detail)
            except AwsError as error:
                problem = str(error)
            if not problem:
                return
        raise EventNotSent(problem, detail)

    def _put(self, detail: Mapping[str, Any]) -> str:
        """Send an event once; return why the entry failed, or nothing."""
        entry = {
            "Source": EVENT_SOURCE,
            "DetailType": EVENT_DETAIL_TYPE,
            "Resources": [detail["stackId"]],
            "Detail": json.dumps(detail),
        }
        with calling(_PUT_EVENTS):
            answer = self._events.put_events(Entries=[entry])
        if not answer["FailedEntryCount"]:
            return ""
        failed = answer["Entries"][0]
        message = printable(str(failed.get("ErrorMessage")))
        return f"{_PUT_EVENTS}: {failed.get('ErrorCode')}: {message}"
