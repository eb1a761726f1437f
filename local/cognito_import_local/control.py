"""The control API: what a running server can be told, from this machine.

    GET, PATCH, DELETE   /_local/import-settings   read, change, set back: a JSON object
    GET, POST, DELETE    /_local/import-faults     read those to come, add one, forget all
    GET, POST, DELETE    /_local/import-clock      read, {"advance": seconds}, the machine's time
    GET, POST, DELETE    /_local/stack-status      read, {"stack": …, "status": …}, forget all
    GET                  /_local/custom-resources  requests that were sent to custom resources

It needs no signature: the server listens on the loopback interface only.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from .control_paths import PREFIX, SETTINGS_VARIABLE
from .emulator import custom_resources, stack_status
from .faults import InvalidFaultError
from .http import Answer, Request
from .settings import ImportSettings, InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock
    from .faults import Faults


class InvalidCommandError(ValueError):
    """The body of a command is not what it should be; the message says what it should be."""


class Control:
    """Keeps the settings in force, and hands on what concerns faults, clock and stacks."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        given = _parsed(os.environ.get(SETTINGS_VARIABLE, "{}").encode())
        self._defaults = ImportSettings().changed(given)
        self._settings = self._defaults
        self._parts = {
            "import-settings": self._on_settings,
            "import-faults": self._on_faults,
            "import-clock": self._on_clock,
            "stack-status": self._on_stack_status,
            "custom-resources": self._on_custom_resources,
        }

    def settings(self) -> ImportSettings:
        """Return the settings in force; a running job keeps those it was started with."""
        return self._settings

    def answer(self, request: Request) -> Answer:
        """Answer a request to the control API."""
        part = self._parts.get(request.raw_path.removeprefix(PREFIX))
        if part is None:
            return _json(
                {"message": f"there are {', '.join(PREFIX + name for name in self._parts)}"}, 404
            )
        try:
            return _json(part(request.method, _parsed(request.body or b"{}")))
        except (InvalidSettingError, InvalidFaultError, InvalidCommandError) as error:
            return _json({"message": str(error)}, 400)

    def _on_settings(self, method: str, given: Mapping[str, Any]) -> Any:
        match method:
            case "PATCH":
                self._settings = self._settings.changed(dict(given))
            case "DELETE":
                self._settings = self._defaults
        return self._settings.as_json()

    def _on_faults(self, method: str, given: Mapping[str, Any]) -> Any:
        match method:
            case "POST":
                self._faults.add(given)
            case "DELETE":
                self._faults.clear()
        return {"faults": self._faults.pending()}

    def _on_clock(self, method: str, given: Mapping[str, Any]) -> Any:
        match method:
            case "POST":
                seconds = given.get("advance")
                if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
                    raise InvalidCommandError('give {"advance": seconds}, not less than 0')
                self._clock.advance(seconds)
            case "DELETE":
                self._clock.reset()
        return {"now": self._clock.now(), "ahead": self._clock.ahead}

    @staticmethod
    def _on_stack_status(method: str, given: Mapping[str, Any]) -> Any:
        match method:
            case "POST":
                stack, status = given.get("stack"), given.get("status")
                if not isinstance(stack, str) or not (status is None or isinstance(status, str)):
                    raise InvalidCommandError('give {"stack": its id, "status": one, or null}')
                stack_status.pretend(stack, status)
            case "DELETE":
                stack_status.forget()
        return {"stacks": stack_status.pretended()}

    @staticmethod
    def _on_custom_resources(_method: str, _given: Mapping[str, Any]) -> Any:
        return {"requests": custom_resources.recorded()}


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except ValueError as error:
        raise InvalidCommandError("the body is not JSON") from error
    if not isinstance(given, dict):
        raise InvalidCommandError("the body is not a JSON object")
    return given


def _json(data: object, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(data).encode())
