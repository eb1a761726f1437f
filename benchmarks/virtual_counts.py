"""What a simulation assumes, and what it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Assumed rates and sizes, which AWS does not publish or which depend on the CSV.

    Attributes:
        users_per_second: Users that an import job creates a second. That the quota of UserCreation
            limits it is assumed: AWS publishes no rate.
        user_bytes: Bytes of a user in the staged CSV.
        upload_bytes_per_second: Bytes that the worker sends to the upload URL a second.
        stage_seconds_per_million: Seconds of one processor that the check of a million users takes.
        memory: Memory of the worker, in MiB. Its share of a processor follows from it.
        step_seconds: Seconds of each step of the worker, beside check and upload.
        starter_seconds: Seconds of the function that CloudFormation calls.
        leg_gap_seconds: Seconds of CloudFormation between the answer of a custom resource and the
            request of the next one.
    """

    users_per_second: float = 50.0
    user_bytes: int = 108
    upload_bytes_per_second: float = 20e6
    stage_seconds_per_million: float = 3.7
    memory: int = 1024
    step_seconds: float = 0.5
    starter_seconds: float = 0.3
    leg_gap_seconds: float = 2.5

    @property
    def stage_factor(self) -> float:
        """How much longer the check takes than on a whole processor.

        A function of 1,769 MB has one (AWS Lambda Developer Guide, "Configure Lambda function
        memory").
        """
        return max(1.0, 1769 / self.memory)


@dataclass
class Tally:
    """What a simulation has counted.

    Attributes:
        worker: Calls of the worker, by step.
        worker_seconds: Seconds of all of them together.
        starter: Calls of the function that CloudFormation calls.
        transitions: State transitions, retries included.
        events: Events of each execution's history, by its name.
        calls: Calls of AWS by the worker and the starter, by operation.
        state_bytes: The largest state.
        answer_bytes: The largest answer.
    """

    worker: Counter[str] = field(default_factory=Counter)
    worker_seconds: float = 0.0
    starter: int = 0
    transitions: int = 0
    events: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    state_bytes: int = 0
    answer_bytes: int = 0
