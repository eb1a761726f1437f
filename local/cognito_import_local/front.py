"""The one ASGI application: the import service in front of MiniStack.

It answers the six operations, the upload URL and the control API itself and hands on the
rest, unchanged but for the scheme: AWS is always HTTPS, and bucket policies ask for it.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import upload
from .control import PATH as CONTROL_PATH
from .http import Answer, Request, s3_error
from .receiver import ClientGoneError, body_of, discard, store

if TYPE_CHECKING:
    from .control import Control
    from .job_register import JobRegister
    from .operations import Operations

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Front:
    """The application that the server serves."""

    def __init__(
        self,
        *,
        emulator: App,
        operations: Operations,
        register: JobRegister,
        urls: upload.UploadUrls,
        control: Control,
        on_ready: Callable[[], None],
    ) -> None:
        self._emulator = emulator
        self._operations = operations
        self._register = register
        self._urls = urls
        self._control = control
        self._on_ready = on_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, request or lifespan."""
        if scope["type"] == "lifespan":
            await self._emulator(scope, receive, self._announcing(send))
        elif scope["type"] != "http":
            await self._emulator(scope, receive, send)
        else:
            try:
                answer = await self._answer(scope, receive)
            except ClientGoneError:
                return
            if answer is not None:
                await _send(answer, send)
                return
            if scope["path"] == "/_ministack/reset" and scope["method"] == "POST":
                self._register.reset()
            await self._emulator({**scope, "scheme": "https"}, receive, send)

    def _announcing(self, send: Send) -> Send:
        async def announce(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        return announce

    async def _answer(self, scope: Scope, receive: Receive) -> Answer | None:
        request = _request(scope)
        if request.raw_path.startswith(f"/{upload.BUCKET}/"):
            return await self._upload(request, receive)
        if request.raw_path == CONTROL_PATH:
            return self._control.answer(await _whole(request, receive))
        if self._operations.serves(request.headers.get("x-amz-target", "")):
            whole = await _whole(request, receive)
            # In a thread: it may wait for a job to stop. The context goes along.
            return await asyncio.to_thread(self._operations.answer, whole)
        return None

    async def _upload(self, request: Request, receive: Receive) -> Answer:
        settings = self._control.settings()
        refusal = self._urls.refusal(request)
        if refusal is not None:
            await discard(receive)
            return refusal
        too_large = int(request.headers["content-length"]) > settings.bytes_per_file
        if too_large and settings.oversized_upload == "refuse":
            await discard(receive)
            message = "Your proposed upload exceeds the maximum allowed size"
            return s3_error(400, "EntityTooLarge", message)
        file = self._register.upload_file(request.raw_path.rsplit("/", 1)[-1])
        if file is None:
            await discard(receive)
        else:
            await store(receive, file)
        return Answer(
            200,
            {
                "ETag": f'"{uuid.uuid4().hex}"',
                "x-amz-server-side-encryption": "aws:kms",
                "x-amz-request-id": uuid.uuid4().hex[:16].upper(),
            },
        )


def _request(scope: Scope) -> Request:
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return Request(
        method=scope["method"],
        raw_path=raw_path.decode("latin-1"),
        query_string=scope.get("query_string", b"").decode("latin-1"),
        raw_headers=tuple((bytes(name), bytes(value)) for name, value in scope["headers"]),
        client=(scope.get("client") or ("127.0.0.1", 0))[0],
    )


async def _whole(request: Request, receive: Receive) -> Request:
    return replace(request, body=await body_of(receive))


async def _send(answer: Answer, send: Send) -> None:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
