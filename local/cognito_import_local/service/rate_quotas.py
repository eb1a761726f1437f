"""Request-rate quotas: of the import operations (facts §2.5), and how calls are counted."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock

_READS = frozenset({"DescribeUserImportJob", "GetCSVHeader", "ListUserImportJobs"})
# UserPoolResourceRead and UserPoolResourceUpdate, calls a second in one Region of one account.
_READS_A_SECOND = 20
_UPDATES_A_SECOND = 15
# Any one operation, for one user pool.
_CALLS_OF_A_POOL = 5


class CallCounter:
    """Counts the calls of the last second. Safe to use from several threads.

    That a call is counted in a sliding second, and one that is refused not at all, is our
    choice: how AWS meters is not on record.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def admits(self, quotas: Mapping[tuple[str, ...], int]) -> bool:
        """Return whether a call is within all its quotas, and count it if it is.

        Args:
            quotas: The most calls a second, by what they are counted under.
        """
        now = self._clock.elapsed()
        with self._lock:
            counted = {key: self._recent(key, now) for key in quotas}
            if any(len(calls) >= quotas[key] for key, calls in counted.items()):
                return False
            for calls in counted.values():
                calls.append(now)
        return True

    def _recent(self, key: tuple[str, ...], now: float) -> deque[float]:
        calls = self._calls[key]
        while calls and calls[0] <= now - 1:
            calls.popleft()
        return calls


class RateQuotas:
    """The quotas of the import operations."""

    def __init__(self, clock: Clock) -> None:
        self._counter = CallCounter(clock)

    def admits(self, operation: str, account: str, region: str, pool_id: str) -> bool:
        """Return whether a call is within the quotas, and count it if it is."""
        read = operation in _READS
        of_account = ("read" if read else "update", account, region)
        of_pool = (operation, account, region, pool_id)
        return self._counter.admits(
            {of_account: _READS_A_SECOND if read else _UPDATES_A_SECOND, of_pool: _CALLS_OF_A_POOL}
        )
