"""MiniStack's ASGI application. Used: `ministack.app.app`, `hypercorn_compat.install`."""

from __future__ import annotations

from typing import Any

from ministack import app as ministack_app
from ministack.core import hypercorn_compat


def application() -> Any:
    """Return the application, with its changes to hypercorn in place."""
    hypercorn_compat.install()
    return ministack_app.app
