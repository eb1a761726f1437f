"""Waiting for what a deployment brings about."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_WITHIN = 90.0


def eventually(
    look: Callable[[], Any], what: str, *, within: float = _WITHIN, every: float = 0.2
) -> Any:
    """Look until something is found.

    Args:
        look: returns what was found, or nothing.
        what: is awaited, for the error.
        within: how many seconds to wait.
        every: how many seconds lie between two looks; a look takes the processor's time from what
            it waits for.
    """
    end = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {within:g} s")
        time.sleep(every)
    return found
