"""What the workflow hands from state to state: what is to be done, and how far it has come.

It holds no attribute value of a user, no presigned URL and no URL that takes an answer, and stays
far below the 256 KiB that Step Functions allows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..aws.cognito import JobResult
from ..users_csv import JobRows

if TYPE_CHECKING:
    from collections.abc import Mapping


class Intent(StrEnum):
    """What a request comes to."""

    IMPORT = "import"
    """Import the staged users."""
    CLEAR = "clear"
    """Stop what is running, for a Delete or a rollback; import nothing."""
    KEEP = "keep"
    """Nothing to import; answer as the last import did."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done; made once, by Stage.

    Attributes:
        pool_name: the user pool's name, a part of the name of Cognito's log group.
        header: the line that every job's file begins with, its end included.
        started_at: when the execution started, in epoch seconds.
        deadline: when an import that has not finished is given up, in epoch seconds.
    """

    intent: Intent
    pool_name: str = ""
    header: str = ""
    jobs: tuple[JobRows, ...] = ()
    started_at: float = 0.0
    deadline: float = 0.0

    @property
    def users(self) -> int:
        """How many users are staged."""
        return sum(job.users for job in self.jobs)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come; remade by every turn of Advance.

    Attributes:
        job_ids: the jobs that were created and uploaded, in order.
        results: the jobs that have finished, in order; or those of the last import.
        failure: why the import has failed; empty while it has not.
        stopping: whether all that is left to do is to stop what still runs.
        note: what Cognito said when it last made us wait.
        waits: how often it has waited for the same thing, which sets the next wait.
        retries: how many jobs were given up for a new one.
        denials: how often in a row the look at the jobs to stop was denied.
        unverified: jobs that an earlier request uploaded, from a source that may have changed
            since, so that how many users they have is not known.
    """

    job_ids: tuple[str, ...] = ()
    results: tuple[JobResult, ...] = ()
    failure: str = ""
    stopping: bool = False
    note: str = ""
    waits: int = 0
    retries: int = 0
    denials: int = 0
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """The workflow's state between two steps."""

    plan: Plan
    progress: Progress
    done: bool
    wait_seconds: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return what Step Functions carries."""
        return asdict(self)

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> State:
        """Read what Step Functions carried."""
        plan, progress = dict(state["plan"]), dict(state["progress"])
        plan["intent"] = Intent(plan["intent"])
        plan["jobs"] = tuple(_job_rows(job) for job in plan["jobs"])
        progress["job_ids"] = tuple(progress["job_ids"])
        progress["unverified"] = tuple(progress["unverified"])
        progress["results"] = tuple(JobResult(**result) for result in progress["results"])
        return cls(Plan(**plan), Progress(**progress), state["done"], state["wait_seconds"])


def _job_rows(job: Mapping[str, Any]) -> JobRows:
    lines = tuple((row, line) for row, line in job["lines"])
    return JobRows(job["offset"], job["length"], job["users"], lines)
