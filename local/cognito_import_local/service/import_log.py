"""The log of a job: a line for each row, without user data (facts §1.13, §1.14)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .. import messages
from .scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Clock
    from .cloud import LogGroups
    from .import_job import ImportJob
    from .user_pool import UserPool

_FLUSH_AT = 1000


def group_name(pool: UserPool) -> str:
    """Return the log group of a pool."""
    return f"/aws/cognito/userpools/{pool.pool_id}/{pool.name}"


class ImportLog:
    """Writes the log stream of one job."""

    def __init__(
        self,
        logs: LogGroups,
        job: ImportJob,
        pool: UserPool,
        clock: Clock,
        delay_seconds: float,
    ) -> None:
        self._logs = logs
        self._scope = Scope(job.account, job.region)
        self._group = group_name(pool)
        self._stream = f"{job.job_id}/{job.name}"
        self._clock = clock
        self._delay = delay_seconds
        self._lines: list[tuple[float, str]] = []
        self._lost = False
        self._last_write: threading.Thread | None = None

    def lose(self) -> None:
        """Write nothing more, nor what was noted and not yet written."""
        self._lost = True

    def test(self) -> None:
        """Write the line by which Cognito tries whether it may write."""
        lines = [(self._clock.now(), messages.TEST_LOG)]

        def write() -> None:
            self._logs.create_stream(self._scope, self._group, self._stream)
            self._logs.put(self._scope, self._group, self._stream, lines)

        self._write(write)

    def succeeded(self, line: int) -> None:
        """Note a row that became a user."""
        self._row("SUCCEEDED", line, messages.ROW_SUCCEEDED)

    def skipped(self, line: int, reason: str = messages.ROW_EXISTS) -> None:
        """Note a row whose user was there before."""
        self._row("SKIPPED", line, reason)

    def failed(self, line: int, reason: str) -> None:
        """Note a row that is against a rule."""
        self._row("FAILED", line, reason)

    def _row(self, outcome: str, line: int, reason: str) -> None:
        message = f"[{outcome}] Line Number {line} - {reason}"
        self._lines.append((self._clock.now(), message))
        if len(self._lines) >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Send what was noted, at once or after the delay of the settings."""
        lines, self._lines = self._lines, []
        if self._lost or not lines:
            return
        self._write(lambda: self._logs.put(self._scope, self._group, self._stream, lines))

    def _write(self, write: Callable[[], None]) -> None:
        """Write at once, or after the delay of the settings and what was to be written before."""
        if not self._delay:
            write()
            return
        before = self._last_write

        def write_later() -> None:
            self._clock.wait(threading.Event(), self._delay)
            if before is not None:
                before.join()
            write()

        self._last_write = threading.Thread(target=write_later, daemon=True)
        self._last_write.start()
