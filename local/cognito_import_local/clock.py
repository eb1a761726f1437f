"""The time as the import service sees it: the machine's, and as much more as was asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import threading

# How soon a wait notices that the clock was advanced.
_LOOK_EVERY: Final = 0.05


class Clock:
    """A clock that can be advanced.

    What waits here waits for it, so that a day passes at once. Only the import service has
    this clock; the rest of the local AWS, and the functions in it, have the machine's.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._advanced = 0.0

    @property
    def ahead(self) -> float:
        """Return by how many seconds it is ahead of the machine's."""
        return self._ahead

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return time.time() + self._ahead

    def elapsed(self) -> float:
        """Return a time in seconds that never goes back, for measuring."""
        return time.monotonic() + self._advanced

    def advance(self, seconds: float) -> None:
        """Let seconds pass."""
        self._ahead += seconds
        self._advanced += seconds

    def reset(self) -> None:
        """Show the machine's time again; what has passed for those who wait has passed."""
        self._ahead = 0.0

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the event is set or the seconds have passed; return whether it is set."""
        until = self.elapsed() + seconds
        while not event.is_set() and (left := until - self.elapsed()) > 0:
            event.wait(min(left, _LOOK_EVERY))
        return event.is_set()
