"""A real HTTP server for what is put to presigned URLs: uploads and answers."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KMS_HEADER = "x-amz-server-side-encryption"


@dataclass
class Put:
    path: str
    headers: dict[str, str]
    body: bytes
    status: int | str


@dataclass
class Script:
    """What to do with the next requests under a path; then they are taken as usual.

    ``status`` is an HTTP status, or ``close`` (the connection, after reading), ``reset`` (before
    reading), ``early 403`` (answer and close before reading) or ``garbage`` (instead of HTTP).
    """

    prefix: str
    status: int | str
    times: float
    body: bytes = b""


@dataclass
class Web:
    puts: list[Put] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    received: int = 0

    def __enter__(self) -> Web:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        self.puts.clear()
        self.scripts.clear()
        self.received = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def answer(
        self, prefix: str, status: int | str, *, times: float = 1, body: bytes = b""
    ) -> None:
        self.scripts.append(Script(prefix, status, times, body))

    def taken(self, path: str) -> list[bytes]:
        """The bodies that were put to a path and taken."""
        return [put.body for put in self.puts if put.path == path and put.status == 200]

    def tried(self, prefix: str) -> list[Any]:
        return [put for put in self.puts if put.path.startswith(prefix)]

    def answers(self, path: str) -> list[Any]:
        """The responses sent to CloudFormation at a response URL."""
        return [json.loads(body) for body in self.taken(path)]

    def script_for(self, path: str) -> Script | None:
        for script in self.scripts:
            if path.startswith(script.prefix) and script.times > 0:
                script.times -= 1
                return script
        return None

    def _handler(self) -> type[Any]:
        return type("Handler", (_Handler,), {"web": self})


class _Handler(BaseHTTPRequestHandler):
    web: Web

    def do_PUT(self) -> None:
        script = self.web.script_for(self.path)
        trouble = script.status if script else None
        if trouble == "reset":
            self._note(b"", trouble)
            self.close_connection = True
            self.connection.close()
        elif trouble == "early 403":
            self._note(b"", 403)
            self.close_connection = True
            self.rfile.read(1)
            self._answer(403, b"")
        else:
            self._take(self._body(), script)

    def _take(self, body: bytes, script: Script | None) -> None:
        status = script.status if script else self._judge()
        self._note(body, status)
        if status == "close":
            self.close_connection = True
        elif status == "garbage":
            self.wfile.write(b"not HTTP\r\n\r\n")
            self.close_connection = True
        else:
            assert isinstance(status, int)
            self._answer(status, script.body if script else b"")

    def _note(self, body: bytes, status: int | str) -> None:
        self.web.puts.append(Put(self.path, dict(self.headers), body, status))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        pieces, rest = [], int(self.headers.get("Content-Length", 0))
        while rest:
            pieces.append(self.rfile.read(min(rest, 65_536)))
            rest -= len(pieces[-1])
            self.web.received += len(pieces[-1])
            if not pieces[-1]:
                raise ConnectionError("the body is shorter than its Content-Length")
        return b"".join(pieces)

    def _judge(self) -> int:
        upload = self.path.startswith("/upload/")
        return 403 if upload and self.headers.get(KMS_HEADER) != "aws:kms" else 200

    def log_message(self, *_: str) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ValueError):
            self.close_connection = True
