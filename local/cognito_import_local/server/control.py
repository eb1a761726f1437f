"""The control API: reads and changes a running server, from this machine.

    GET, PATCH, DELETE   /_local/import-settings   read, change, set back: a JSON object; with
                                                   "profile" all become those of a profile first
    GET, POST, DELETE    /_local/import-faults     read those to come, add one, forget all
    GET, POST, DELETE    /_local/import-clock      read, {"advance": seconds}, AWS time again
    GET, POST, DELETE    /_local/stack-status      read, {"stack": …, "status": …}, forget all
    GET                  /_local/custom-resources  requests that were sent to custom resources
    POST                 /_local/import-jobs       {"account": …, "pool": …}: the pool's jobs

It needs no signature: the server listens on the loopback interface only.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Protocol

from ..control_paths import PREFIX, SETTINGS_VARIABLE
from ..faults import InvalidFaultError
from ..http_messages import HttpRequest, HttpResponse
from ..settings import (
    PROFILE_VARIABLE,
    ImportSettings,
    InvalidSettingError,
    settings_of_variable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..faults import Faults
    from ..service.clock import Clock
    from ..service.import_job import ImportJob

_PROFILE = "profile"


class InvalidCommandError(ValueError):
    """The body of a command is not what it should be; the message says what it should be."""


class StackStatuses(Protocol):
    """The statuses that DescribeStacks must return, by stack id."""

    def pretend(self, stack_id: str, status: str | None) -> None:
        """Give a stack a status, or with None its own again."""

    def forget(self) -> None:
        """Give all stacks their own status again."""

    def pretended(self) -> dict[str, str]:
        """Return the given statuses by stack id."""


class Control:
    """Keeps the settings in force, and hands on what concerns faults, clock and stacks."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        stacks: Callable[[], StackStatuses],
        custom_resource_requests: Callable[[], list[dict[str, Any]]],
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._stacks = stacks
        self._custom_resource_requests = custom_resource_requests
        self._given = settings_of_variable(os.environ.get(SETTINGS_VARIABLE, ""))
        self._defaults = self._profile(os.environ.get(PROFILE_VARIABLE) or "documented")
        self._settings = self._defaults
        self._jobs: Callable[[str, str], list[ImportJob]] = lambda _account, _pool: []
        self._parts = {
            "import-settings": self._on_settings,
            "import-faults": self._on_faults,
            "import-clock": self._on_clock,
            "stack-status": self._on_stack_status,
            "custom-resources": self._on_custom_resources,
            "import-jobs": self._on_jobs,
        }

    def settings(self) -> ImportSettings:
        """Return the settings in force; a running job keeps those it was started with."""
        return self._settings

    def show_jobs(self, of_pool: Callable[[str, str], list[ImportJob]]) -> None:
        """Show the jobs of a pool, which `of_pool` gives for an account and the pool's id."""
        self._jobs = of_pool

    def _profile(self, name: Any) -> ImportSettings:
        """Return a profile's settings, changed by those that the server began with."""
        return ImportSettings.profile(name).changed(self._given)

    def answer(self, request: HttpRequest) -> HttpResponse:
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
                changes = dict(given)
                base = self._settings
                if _PROFILE in changes:
                    base = self._profile(changes.pop(_PROFILE))
                self._settings = base.changed(changes)
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
        return {
            "now": self._clock.now(),
            "ahead": self._clock.ahead,
            "scale": self._clock.time_scale.scale,
        }

    def _on_jobs(self, _method: str, given: Mapping[str, Any]) -> Any:
        account, pool = given.get("account"), given.get("pool")
        if not isinstance(account, str) or not isinstance(pool, str):
            raise InvalidCommandError('give {"account": its id, "pool": its id}')
        return {"jobs": [job.as_answer() for job in self._jobs(account, pool)]}

    def _on_stack_status(self, method: str, given: Mapping[str, Any]) -> Any:
        match method:
            case "POST":
                stack, status = given.get("stack"), given.get("status")
                if not isinstance(stack, str) or not (status is None or isinstance(status, str)):
                    raise InvalidCommandError('give {"stack": its id, "status": one, or null}')
                self._stacks().pretend(stack, status)
            case "DELETE":
                self._stacks().forget()
        return {"stacks": self._stacks().pretended()}

    def _on_custom_resources(self, _method: str, _given: Mapping[str, Any]) -> Any:
        return {"requests": self._custom_resource_requests()}


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except ValueError as error:
        raise InvalidCommandError("the body is not JSON") from error
    if not isinstance(given, dict):
        raise InvalidCommandError("the body is not a JSON object")
    return given


def _json(data: object, status: int = 200) -> HttpResponse:
    return HttpResponse(status, {"Content-Type": "application/json"}, json.dumps(data).encode())
