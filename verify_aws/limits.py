"""The limits of a run: time and money."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

PRICES = {"KMS key, an hour": 1 / 730, "state transition": 0.025 / 1000}
"""US dollars, us-east-1. A key costs $1 a month by the hour, and nothing while its deletion is
pending (https://aws.amazon.com/kms/pricing/); transitions as in the README, November 2026."""

_TRANSITIONS = 400
"""Of six deployments with an import each, at about ten a minute."""

_KEYS = 6
"""app.py and five tests, each with a key for less than an hour."""

_OTHERS = 0.01
"""Requests, storage, log lines and seconds of functions; far below this sum."""

IMPORTS = 30
"""Import jobs of a run at most, each of a few users. A user who is imported from a CSV is not a
monthly active user (Cognito Developer Guide, "Importing users into user pools from a CSV file")."""


def estimate() -> float:
    """Return what a whole run costs at most, in US dollars."""
    return _KEYS * PRICES["KMS key, an hour"] + _TRANSITIONS * PRICES["state transition"] + _OTHERS


class LimitReached(Exception):
    """A run has used up its time or its imports; the message says which."""


@dataclass
class Limits:
    """What a run may still use.

    Attributes:
        seconds: From the run's beginning to the last probe. Clean-up comes after it.
        imports: Import jobs.
    """

    seconds: float
    imports: int = IMPORTS
    _began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._began + self.seconds - time.monotonic()

    def check(self) -> None:
        """Fail where the time is over.

        Raises:
            LimitReached: It is.
        """
        if self.left <= 0:
            raise LimitReached("the time of the run is over")

    def use_import(self) -> None:
        """Count an import job.

        Raises:
            LimitReached: No more of them are allowed, or the time is over.
        """
        self.check()
        if not self.imports:
            raise LimitReached(f"the run has made its {IMPORTS} import jobs")
        self.imports -= 1
