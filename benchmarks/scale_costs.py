"""What a simulated import costs at AWS: prices, and what is assumed about the size of logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.virtual_counts import Assumptions, Tally

PRICES = {
    "state transition (Step Functions, Standard)": "0.025 $ for 1,000",
    "both functions (Lambda, x86)": "0.0000166667 $ for a GB-second, 0.20 $ for a million calls",
    "requests (S3 Standard)": "0.005 $ for 1,000 PUT, POST, LIST; 0.0004 $ for 1,000 GET, HEAD",
    "storage (S3 Standard)": "0.023 $ for a GB and a month",
    "logs (CloudWatch Logs, Standard)": "0.50 $ for a GB",
}
"""The prices of US East (N. Virginia), without free tiers: aws.amazon.com/step-functions/pricing,
/lambda/pricing, /s3/pricing and /cloudwatch/pricing, and pages that quote them, in public copies
that were read on 2026-11-26."""

EVENT_BYTES = 800
"""Bytes of an event of an execution in the state machine's log (level ALL); assumed."""
CALL_BYTES = 1_500
"""Bytes that a call of the worker logs, Lambda's own lines included; assumed."""
ROW_BYTES = 150
"""Bytes that Cognito logs for a user, with the time that CloudWatch Logs adds; assumed."""

_PART_BYTES = 8 << 20
_MONTH_HOURS = 730
_GIGABYTE = 1e9
_PUTS = frozenset(
    {
        "PutObject",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
        "ListObjectsV2",
    }
)
_GETS = frozenset({"GetObject", "HeadObject"})


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of an import in dollars, by service.

    Attributes:
        step_functions: State transitions.
        functions: Calls and GB-seconds of both functions.
        storage: Requests to S3, and the staged CSV for as long as the import takes.
        logs: The logs of functions and executions, which are the library's.
        import_log: The log that Cognito writes, with a line for every user. Every import has it,
            whoever starts the job.
    """

    step_functions: float
    functions: float
    storage: float
    logs: float
    import_log: float

    @property
    def own(self) -> float:
        """What the library costs: all but Cognito's log."""
        return self.step_functions + self.functions + self.storage + self.logs


def cost_of(tally: Tally, users: int, hours: float, assumed: Assumptions) -> Cost:
    """Return the cost of a simulation.

    Args:
        tally: What it has counted.
        users: The number of users.
        hours: How long the staged CSV exists.
        assumed: The assumptions.
    """
    calls = sum(tally.worker.values())
    gb_seconds = tally.worker_seconds * assumed.memory / 1024
    gb_seconds += tally.starter * assumed.starter_seconds / 8
    staged = users * assumed.user_bytes
    puts = sum(tally.calls[name] for name in _PUTS) + staged / _PART_BYTES
    gets = sum(tally.calls[name] for name in _GETS)
    logged = sum(tally.events.values()) * EVENT_BYTES + calls * CALL_BYTES
    return Cost(
        step_functions=tally.transitions * 0.025 / 1_000,
        functions=gb_seconds * 0.0000166667 + (calls + tally.starter) * 0.2 / 1e6,
        storage=puts * 0.005 / 1_000
        + gets * 0.0004 / 1_000
        + staged / _GIGABYTE * 0.023 * hours / _MONTH_HOURS,
        logs=logged / _GIGABYTE * 0.5,
        import_log=users * ROW_BYTES / _GIGABYTE * 0.5,
    )
