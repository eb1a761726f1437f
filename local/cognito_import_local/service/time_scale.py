"""The time scale: how many of the machine's seconds an AWS second takes.

    AWS time = origin + (machine's time - origin) / scale

The import service, Step Functions, the time limits of CloudFormation and the processes of
functions use one scale and one origin, so that their clocks agree. The server writes both into
its environment (`COGNITO_IMPORT_LOCAL_TIME`); functions inherit them.

    python -P time_scale.py SCRIPT   runs a script whose module `time` has AWS seconds

Only the standard library is imported here: a function's process runs this file by its path,
with `-P`, so that the modules beside it do not stand in for those of the standard library.
"""

from __future__ import annotations

import math
import os
import runpy
import sys
import time
from dataclasses import dataclass
from pathlib import Path

SCALE_VARIABLE = "COGNITO_IMPORT_LOCAL_TIME_SCALE"
"""The scale that a server begins with, where no option gives one."""

_TIME_VARIABLE = "COGNITO_IMPORT_LOCAL_TIME"
_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A linear relation between the machine's time and AWS time.

    Attributes:
        scale: The machine's seconds that an AWS second takes; 0.2 makes AWS five times as fast.
        origin: The epoch second at which both times are the same.
    """

    scale: float = 1.0
    origin: float = 0.0

    def __post_init__(self) -> None:
        """Check the scale."""
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise ValueError(f"a time scale is a number above 0, not {self.scale!r}")

    @classmethod
    def of_environment(cls) -> TimeScale:
        """Return the time scale that the environment names; without one, the machine's time."""
        scale, _, origin = os.environ.get(_TIME_VARIABLE, "1 0").partition(" ")
        return cls(float(scale), float(origin))

    def as_environment(self) -> dict[str, str]:
        """Return the variables by which other processes know this time scale."""
        return {_TIME_VARIABLE: f"{self.scale!r} {self.origin!r}"}

    def at(self, machine: float) -> float:
        """Return the AWS time, in epoch seconds, at a time of the machine's."""
        if self.scale == 1:
            return machine
        return self.origin + (machine - self.origin) / self.scale

    def machine_seconds(self, seconds: float) -> float:
        """Return how many of the machine's seconds some AWS seconds take."""
        return seconds * self.scale

    def aws_seconds(self, seconds: float) -> float:
        """Return how many AWS seconds pass in some of the machine's seconds."""
        return seconds / self.scale

    def set_process_clock(self) -> None:
        """Let the module `time` of this process have AWS seconds.

        `datetime` and the waits of sockets and locks keep the machine's time: AWS's signatures
        are made with `datetime`, and the server checks them against the machine's clock.
        """
        if self.scale == 1:
            return
        now, sleep = time.time, time.sleep
        monotonic, perf_counter = time.monotonic, time.perf_counter
        time.time = lambda: self.at(now())
        time.time_ns = lambda: int(self.at(now()) * _NANO)
        time.monotonic = lambda: self.aws_seconds(monotonic())
        time.monotonic_ns = lambda: int(self.aws_seconds(monotonic()) * _NANO)
        time.perf_counter = lambda: self.aws_seconds(perf_counter())
        time.perf_counter_ns = lambda: int(self.aws_seconds(perf_counter()) * _NANO)
        time.sleep = lambda seconds, /: sleep(self.machine_seconds(float(seconds)))


def _run_script(script: str) -> None:
    """Run a script in this process as Python runs it, but for the clock."""
    TimeScale.of_environment().set_process_clock()
    sys.argv[:] = [script]
    sys.path.insert(0, str(Path(script).parent))
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    _run_script(sys.argv[1])
