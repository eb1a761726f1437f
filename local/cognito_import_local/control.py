"""The control API: read and change the settings of a running server, from this machine.

    GET     /_local/import-settings     all settings
    PATCH   /_local/import-settings     change some: a JSON object
    DELETE  /_local/import-settings     back to the defaults

It needs no signature: the server listens on the loopback interface only.
"""

from __future__ import annotations

import json
from typing import Final

from .http import Answer, Request
from .settings import ImportSettings, InvalidSettingError

PATH: Final = "/_local/import-settings"


class Control:
    """Keeps the settings in force."""

    def __init__(self) -> None:
        self._settings = ImportSettings()

    def settings(self) -> ImportSettings:
        """Return the settings in force; a running job keeps those it was started with."""
        return self._settings

    def answer(self, request: Request) -> Answer:
        """Answer a request to the control API."""
        try:
            if request.method == "DELETE":
                self._settings = ImportSettings()
            elif request.method == "PATCH":
                self._settings = self._settings.changed(_parsed(request.body))
            elif request.method != "GET":
                return _json({"message": "GET, PATCH or DELETE"}, 405)
        except InvalidSettingError as error:
            return _json({"message": str(error)}, 400)
        return _json(self._settings.as_json())


def _parsed(body: bytes) -> dict[str, object]:
    try:
        changes = json.loads(body)
    except ValueError as error:
        raise InvalidSettingError("the body is not JSON") from error
    if not isinstance(changes, dict):
        raise InvalidSettingError("the body is not a JSON object")
    return changes


def _json(data: object, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(data).encode())
