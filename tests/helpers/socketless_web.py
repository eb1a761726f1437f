"""``fake_web`` without sockets and threads: fast, and the same every time it is played."""

from __future__ import annotations

import io
import socket
from typing import TYPE_CHECKING, Any

from .fake_web import KMS_HEADER, Put, Web

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS = ("127.0.0.1", 1)


class SocketlessWeb(Web):
    """Takes the place of the network for one address as long as it is entered.

    Beside the troubles of ``Web`` a script may have ``lost``: the request has its effect, and the
    connection breaks before the answer to it.

    Attributes:
        before_put: called with a path before a request is taken; may refuse it by a status.
        after_put: called with a path after a request was taken; may raise.
    """

    def __init__(self) -> None:
        super().__init__()
        self.before_put: Callable[[str], int | None] = lambda _path: None
        self.after_put: Callable[[str], None] = lambda _path: None

    def __enter__(self) -> SocketlessWeb:
        self._connect: Any = socket.create_connection
        connected: Any = self._connected
        socket.create_connection = connected
        return self

    def __exit__(self, *_: object) -> None:
        socket.create_connection = self._connect

    def url(self, path: str) -> str:
        return "http://{}:{}{}".format(*ADDRESS, path)

    def _connected(self, address: tuple[str, int], *arguments: int | None, **options: Any) -> Any:
        if address != ADDRESS:
            return self._connect(address, *arguments, **options)
        return _Connection(self)


class _Connection:
    """What ``http.client`` uses of a socket."""

    def __init__(self, web: SocketlessWeb) -> None:
        self._web = web
        self._sent = bytearray()

    def setsockopt(self, *_: int) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def close(self) -> None:
        pass

    def makefile(self, _mode: str) -> Any:
        return io.BytesIO(self._answer())

    def _answer(self) -> bytes:
        head, _, body = bytes(self._sent).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        path = first.split(" ")[1]
        headers = dict(line.split(": ", 1) for line in lines)
        if len(body) != int(headers["Content-Length"]):
            return b""
        script = self._web.script_for(path)
        trouble = script.status if script else None
        refused = self._web.before_put(path)
        if trouble == "reset":
            return b""
        if refused is None and path.startswith("/upload/"):
            refused = None if headers.get(KMS_HEADER) == "aws:kms" else 403
        status = refused or (trouble if isinstance(trouble, int) else 200)
        if trouble == "close":
            return b""
        self._web.puts.append(Put(path, headers, body, status))
        self._web.after_put(path)
        if trouble == "lost":
            return b""
        content = script.body if script else b""
        return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)
