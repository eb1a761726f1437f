"""The bodies of requests: read whole, stored as they come, or thrown away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_WRITE_AT = 1 << 20


class ClientGoneError(Exception):
    """The client went away before its body was complete."""


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def body_of(receive: Receive) -> bytes:
    """Return the whole body."""
    return b"".join([chunk async for chunk in _chunks(receive)])


async def until_gone(receive: Receive) -> None:
    """Wait until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def discard(receive: Receive) -> None:
    """Read the body away, so that the client gets to read its answer."""
    async for _ in _chunks(receive):
        pass


async def store(receive: Receive, file: Path) -> None:
    """Write the body to a file, which appears only when it is complete."""
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        try:
            block = bytearray()
            async for chunk in _chunks(receive):
                block += chunk
                if len(block) >= _WRITE_AT:
                    await asyncio.to_thread(part.write, bytes(block))
                    block.clear()
            part.write(block)
            part.flush()
            os.replace(part.name, file)  # noqa: PTH105 - Path would need a thread, to no end
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(part.name)  # noqa: PTH108 - likewise
