"""Closes a connection without a response, for which ASGI has no message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypercorn.protocol.events import StreamClosed
from hypercorn.protocol.http_stream import HTTPStream

if TYPE_CHECKING:
    from collections.abc import Callable


async def close_without_response(send: Callable[..., Any]) -> None:
    """Close the connection of a request to which nothing was sent yet.

    Hypercorn's `send` is a bound method of the request's HTTPStream. A stream that is told that it
    is closed before it has sent a response closes the connection.

    Args:
        send: The `send` that hypercorn gave to the application, not wrapped.

    Raises:
        TypeError: When `send` is not hypercorn's.
    """
    stream = getattr(send, "__self__", None)
    if not isinstance(stream, HTTPStream):
        raise TypeError(f"expected a method of hypercorn's HTTPStream, not {send!r}")
    stream.closed = True
    await stream.send(StreamClosed(stream_id=stream.stream_id))
