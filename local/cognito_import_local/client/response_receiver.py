"""The receiver of a custom resource's answers: the response URL of a played CloudFormation."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_LARGEST = 4096
_LOOK_EVERY = 0.05


class InvalidAnswerError(AssertionError):
    """CloudFormation would not have taken the answer."""


class ResponseReceiver:
    """Takes what is put to its URLs, one for each request, from `with` to the end."""

    def __init__(self) -> None:
        self._answers: defaultdict[str, list[bytes]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._refusals = 0

    def __enter__(self) -> Self:
        """Begin to listen on the loopback interface."""
        threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_EVERY,), daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def url(self, request_id: str) -> str:
        """Return the response URL of a request."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{request_id}"

    def refuse(self, times: int) -> None:
        """Answer the next puts with 503, as S3 does when it is busy."""
        self._refusals = times

    def answers(self, request_id: str) -> list[dict[str, Any]]:
        """Return all answers to a request so far, the oldest first.

        Raises:
            InvalidAnswerError: When one is not JSON, too large or lacks a member.
        """
        return [_checked(body) for body in list(self._answers[request_id])]

    def answer(self, request_id: str, within: float) -> dict[str, Any]:
        """Wait for an answer to a request, and return the first.

        Raises:
            TimeoutError: When none came in so many seconds.
        """
        deadline = time.monotonic() + within
        while not (found := self.answers(request_id)):
            if time.monotonic() >= deadline:
                raise TimeoutError(f"no answer to request {request_id} within {within:g} s")
            time.sleep(_LOOK_EVERY)
        return found[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if receiver._refusals:
                    receiver._refusals -= 1
                    self.send_response(503)
                else:
                    receiver._answers[self.path.removeprefix("/")].append(body)
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _checked(body: bytes) -> dict[str, Any]:
    if len(body) > _LARGEST:
        raise InvalidAnswerError(f"an answer has {len(body)} bytes, at most {_LARGEST} are taken")
    try:
        answer: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise InvalidAnswerError("an answer is not JSON") from error
    members = ["Status", "PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId"]
    missing = [name for name in members if not answer.get(name)]
    if missing:
        raise InvalidAnswerError(f"an answer lacks {', '.join(missing)}")
    if answer["Status"] not in ("SUCCESS", "FAILED"):
        raise InvalidAnswerError(f"an answer's Status is {answer['Status']}")
    if answer["Status"] == "FAILED" and not answer.get("Reason"):
        raise InvalidAnswerError("an answer is FAILED and has no Reason")
    return answer
