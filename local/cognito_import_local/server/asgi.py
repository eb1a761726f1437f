"""The one ASGI application: the import service in front of MiniStack.

It answers the six operations, the upload URL and the control API itself and hands on the
rest, unchanged but for the scheme: AWS is always HTTPS, and bucket policies ask for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..control_paths import PREFIX as CONTROL
from ..http_messages import HttpRequest, HttpResponse
from . import call_faults, upload_endpoint
from .connection import close_without_response
from .receiver import ClientGoneError, body_of, until_gone
from .upload_endpoint import ConnectionCutError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..faults import Faults
    from ..service.job_store import JobStore
    from ..service.operations import Operations
    from .control import Control

ConnectionScope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[ConnectionScope, Receive, Send], Awaitable[None]]


class LocalAwsApp:
    """The application that the server serves."""

    def __init__(
        self,
        *,
        emulator: App,
        operations: Operations,
        jobs: JobStore,
        uploads: upload_endpoint.UploadEndpoint,
        control: Control,
        faults: Faults,
        kill_caller: Callable[[Mapping[str, str]], bool],
        on_ready: Callable[[], None],
    ) -> None:
        self._emulator = emulator
        self._operations = operations
        self._jobs = jobs
        self._uploads = uploads
        self._control = control
        self._faults = faults
        self._kill_caller = kill_caller
        self._on_ready = on_ready

    async def __call__(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        """Serve one connection, request or lifespan."""
        if scope["type"] == "lifespan":
            await self._emulator(scope, receive, self._announcing(send))
        elif scope["type"] != "http":
            await self._emulator(scope, receive, send)
        else:
            try:
                await self._serve(scope, receive, send)
            except ClientGoneError:
                return
            except ConnectionCutError:
                await close_without_response(send)

    async def _serve(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        request = _request(scope)
        if request.raw_path.startswith(CONTROL):
            await _send(self._control.answer(await _whole(request, receive)), send)
            return
        if self._faults.in_calls:
            if call_faults.is_query(request):
                request = await _whole(request, receive)
                receive = _replayed(request.body, receive)
            fault = self._faults.call(call_faults.names(request))
            if fault is not None:
                if fault.carried_out:
                    await self._answer(request, scope, receive, _into_nothing)
                else:
                    request = await _whole(request, receive)
                if fault.hangs:
                    await until_gone(receive)
                    return
                if fault.kills:
                    self._kill_caller(request.headers)
                    raise ConnectionCutError
                await _send(call_faults.error(fault, request), send)
                return
        await self._answer(request, scope, receive, send)

    async def _answer(
        self, request: HttpRequest, scope: ConnectionScope, receive: Receive, send: Send
    ) -> None:
        if request.raw_path.startswith(upload_endpoint.PREFIX):
            await _send(await self._uploads.answer(request, receive), send)
        elif self._operations.serves(request.headers.get("x-amz-target", "")):
            whole = await _whole(request, receive)
            # In a thread: it may wait for a job to stop. The context goes along.
            await _send(await asyncio.to_thread(self._operations.answer, whole), send)
        else:
            if scope["path"] == "/_ministack/reset" and scope["method"] == "POST":
                self._jobs.reset()
            await self._emulator({**scope, "scheme": "https"}, receive, send)

    def _announcing(self, send: Send) -> Send:
        async def announce(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        return announce


def _request(scope: ConnectionScope) -> HttpRequest:
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return HttpRequest(
        method=scope["method"],
        raw_path=raw_path.decode("latin-1"),
        query_string=scope.get("query_string", b"").decode("latin-1"),
        raw_headers=tuple((bytes(name), bytes(value)) for name, value in scope["headers"]),
        client=(scope.get("client") or ("127.0.0.1", 0))[0],
    )


async def _whole(request: HttpRequest, receive: Receive) -> HttpRequest:
    return replace(request, body=await body_of(receive))


async def _send(answer: HttpResponse, send: Send) -> None:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})


def _replayed(body: bytes, rest: Receive) -> Receive:
    """Return what gives a body once more that has been read, and then the end of the client."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop(0) if messages else await rest()

    return receive


async def _into_nothing(_message: Message) -> None:
    """Send nothing."""
