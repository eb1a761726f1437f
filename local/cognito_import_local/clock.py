"""The time as the import service sees it."""

from __future__ import annotations

import time


class Clock:
    """The wall clock."""

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return time.time()
