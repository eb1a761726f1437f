"""The time as the import service sees it: AWS time, and as much more as was asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .time_scale import TimeScale

if TYPE_CHECKING:
    import threading

# How soon a wait notices that the clock was advanced, in the machine's seconds.
_LOOK_EVERY = 0.05


class Clock:
    """A clock in AWS seconds that can be advanced.

    What waits here waits for it, so that a day passes at once. All of the local AWS has the time
    scale; only the import service and the propagation of IAM also have what was advanced.

    Args:
        time_scale: How many of the machine's seconds an AWS second takes. Default: one.
    """

    def __init__(self, time_scale: TimeScale | None = None) -> None:
        self.time_scale = time_scale or TimeScale()
        self._ahead = 0.0
        self._advanced = 0.0

    @property
    def ahead(self) -> float:
        """Return by how many seconds it is ahead of AWS time."""
        return self._ahead

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return self.time_scale.at(time.time()) + self._ahead

    def elapsed(self) -> float:
        """Return a monotonic time in seconds, for measuring."""
        return self.time_scale.aws_seconds(time.monotonic()) + self._advanced

    def advance(self, seconds: float) -> None:
        """Let seconds pass."""
        self._ahead += seconds
        self._advanced += seconds

    def reset(self) -> None:
        """Show AWS time again; what has passed for those who wait has passed."""
        self._ahead = 0.0

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the event is set or the seconds have passed; return whether it is set."""
        until = self.elapsed() + seconds
        while not event.is_set() and (left := until - self.elapsed()) > 0:
            event.wait(min(self.time_scale.machine_seconds(left), _LOOK_EVERY))
        return event.is_set()
