"""The pace at which the workflow looks at AWS again: a tenth of the time waited so far.

So the end of a wait is seen after a tenth more of it at most, and the number of looks grows with
the logarithm of the wait until the longest interval is reached.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

LONGEST_WAIT_SECONDS: Final = 60
"""The longest pause between two turns, after which a rollback of the stack is noticed."""

_SHARE: Final = 0.1
_JITTER: Final = 0.25
"""The most by which jitter shortens an interval, as a part of it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The intervals between two looks at one thing.

    Attributes:
        longest: The longest interval, in seconds. One of more than `LONGEST_WAIT_SECONDS` has turns
            in between that look at the stack only.
        shortest: The shortest interval, in seconds.
        jitter: Whether the intervals of several imports differ, because they compete.
    """

    longest: int
    shortest: int = 2
    jitter: bool = False

    def seconds(self, waited: float, seed: str) -> int:
        """Return the time until the next look, in seconds.

        Args:
            waited: The time waited so far, in seconds; a negative one counts as none.
            seed: Text that differs between imports and between waits, for jitter. A repeated turn
                has the same one, and so the same interval.
        """
        seconds = max(self.shortest, min(self.longest, waited * _SHARE))
        if self.jitter:
            seconds *= 1 - _JITTER * _share_of(seed)
        return max(1, round(seconds))


def _share_of(seed: str) -> float:
    """Return a number from 0 to 1 that only depends on the text."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") / 0xFFFF_FFFF


JOB: Final = Pace(LONGEST_WAIT_SECONDS)
"""A job that runs."""
SLOT: Final = Pace(120, jitter=True)
"""The account's only import slot, for which imports of several stacks compete."""
THROTTLING: Final = Pace(LONGEST_WAIT_SECONDS, shortest=10, jitter=True)
"""The end of throttling, to which every look adds."""
RIGHTS: Final = Pace(15)
"""A new role or policy, which is in effect within two minutes."""
SOON: Final = Pace(10)
"""Jobs that stop, and users who are not listed yet; both take a minute or so."""
