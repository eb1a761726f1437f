"""The state of the import workflow, which Step Functions carries from step to step.

It holds no attribute value of a user, no presigned URL and no response URL, and stays far below
the 256 KiB that Step Functions allows.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..contract import Phase
from ..users_csv import Unit, hashed_header
from .job_slot import JobSlot, read_results, read_slots, write_results, write_slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..aws.cognito import JobResult
    from ..users_csv import HashingAlgorithm, JobRows
    from ..users_csv.password_hashes import HashShape


class Intent(StrEnum):
    """The kind of work that a request needs."""

    IMPORT = "import"
    """Import the staged users."""
    CLEAR = "clear"
    """Stop the jobs of the import, for a Delete or a rollback; import nothing."""
    KEEP = "keep"
    """Nothing to import; answer with the results of the last import."""


class PasswordStep(StrEnum):
    """The steps in which imported users get the test password, after the jobs have ended."""

    LIST = "list"
    """Find the created users; Cognito may list them late."""
    SET = "set"
    """Set the password of each."""
    DONE = "done"
    """All users have it."""


@dataclass(frozen=True, slots=True)
class PasswordPlan:
    """The test password that users get after the import, by `PasswordVia.ADMIN`.

    Attributes:
        version: The version of the secret that every step reads.
        passwordless: Whether the pool imports users as CONFIRMED without a password.
    """

    version: str
    passwordless: bool


@dataclass(frozen=True, slots=True)
class CanaryJob:
    """An import job of synthetic users, one for each shape of the people's password hashes.

    Attributes:
        algorithm: The algorithm of the job.
        shapes: The shapes, none of which is a secret.
    """

    algorithm: HashingAlgorithm
    shapes: tuple[HashShape, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The decisions of Stage, which later steps do not change.

    Attributes:
        pool_name: The user pool's name, a part of the name of Cognito's log group; None where
            Stage ended before it knew the pool.
        header: The first line of the file of every job without an algorithm of its own, its line
            end included.
        unit: Unit in which the users' lines in the source are shown.
        started_at: The start of the execution, in epoch seconds.
        deadline: The time at which an unfinished import is cancelled, in epoch seconds.
        algorithm: The algorithm of the test password's hash, which every row has; None where the
            rows have none.
        password: The password to set after the import; None where there is none.
        canary: The jobs of synthetic users that come first.
        run_id: The request that began the import, where an earlier leg of a relay has; None where
            this request has.
        answer_by: The time at which CloudFormation needs an answer although the import goes on, in
            epoch seconds; None where the deadline is earlier.
    """

    intent: Intent
    started_at: float
    deadline: float
    pool_name: str | None = None
    header: str = ""
    unit: Unit = Unit.LINE
    algorithm: HashingAlgorithm | None = None
    password: PasswordPlan | None = None
    canary: tuple[CanaryJob, ...] = ()
    run_id: str | None = None
    answer_by: float | None = None

    @property
    def request_ends(self) -> float:
        """The time at which the request ends, with the import or before it, in epoch seconds."""
        return self.deadline if self.answer_by is None else min(self.deadline, self.answer_by)

    def header_of(self, rows: JobRows) -> str:
        """Return the first line of a job's file, its line end included."""
        return self.header if rows.algorithm is None else hashed_header(self.header)


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of the workflow, which every turn of Advance replaces.

    Attributes:
        jobs: The jobs of this import, in order. They run one after the other.
        last_results: The results of the last import, where the answer repeats them: an Update that
            imports nothing, or one that rolls back to that import.
        failure: The reason of the failure; empty while there is none.
        stopping: Whether the only thing left to do is to stop the jobs that run.
        note: The last refusal of AWS that the workflow waits out.
        waits: The number of waits in a row.
        look_at: The time before which turns look at the stack only, and not at what the import
            waits for, in epoch seconds; 0 where the next turn looks at both.
        queued_seconds: The time for which jobs have waited to be started, for the slot or the logs
            role.
        retries: The number of jobs that were replaced by new ones because of their upload.
        expired: The number of jobs that were replaced because they had waited for too long.
        denials: The number of times in a row that the search for jobs to stop was denied.
        password_step: The step of setting passwords; None before the jobs have ended.
        canaries: The number of canary jobs whose users have signed in.
        canary_job: The id of the canary job that is tried; None while there is none.
        passes_on: Whether the next leg of the relay goes on with the import.
        answered: Whether CloudFormation has its answer, and the import goes on in the background.
        settled: Whether the operation of the stack that began such an import has succeeded.
        turns: The number of turns of this execution in the background.
        executions: The number of executions that have worked on the import before this one.
    """

    jobs: tuple[JobSlot, ...] = ()
    last_results: tuple[JobResult, ...] = ()
    failure: str = ""
    stopping: bool = False
    note: str = ""
    waits: int = 0
    look_at: float = 0.0
    queued_seconds: float = 0.0
    retries: int = 0
    expired: int = 0
    denials: int = 0
    password_step: PasswordStep | None = None
    canaries: int = 0
    canary_job: str | None = None
    passes_on: bool = False
    answered: bool = False
    settled: bool = False
    turns: int = 0
    executions: int = 0

    @property
    def results(self) -> tuple[JobResult, ...]:
        """The results of the jobs that have ended; the last one is this request's own, if any."""
        jobs = sorted(self.jobs, key=lambda job: not job.resumed)
        return tuple(job.result for job in jobs if job.result)

    @property
    def job_ids(self) -> tuple[str, ...]:
        """The ids of the jobs that exist in Cognito."""
        return tuple(job.id for job in self.jobs if job.id)

    @property
    def users(self) -> int:
        """The number of staged users."""
        return sum(job.rows.users for job in self.jobs)

    @property
    def imported(self) -> int:
        """The number of users whom the jobs that have ended have imported."""
        return sum(result.imported for result in self.results)

    @property
    def current(self) -> int | None:
        """The index of the first job that has not ended; None where all have."""
        return next((index for index, job in enumerate(self.jobs) if not job.result), None)

    def expected_seconds(self, index: int) -> float:
        """Return how long a job probably runs, by the jobs that have ended; 0 without such jobs."""
        handled = sum(each.imported + each.skipped + each.failed for each in self.results)
        seconds = sum(each.seconds for each in self.results)
        return seconds / handled * self.jobs[index].rows.users if handled else 0.0

    @property
    def import_seconds(self) -> float:
        """How long the jobs of this request have run that have ended."""
        return sum(job.result.seconds for job in self.jobs if job.result and not job.resumed)

    def with_job(self, index: int, job: JobSlot) -> Progress:
        """Return the progress with another job in a slot."""
        return replace(self, jobs=(*self.jobs[:index], job, *self.jobs[index + 1 :]))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an import waits for. People read it in the state, whose name is the phase.

    Attributes:
        phase: The phase, which is the name of the state machine's state.
        since: The begin of the phase, in epoch seconds; in JSON as text, in UTC.
        waiting_for: What ends the phase, in words.
    """

    phase: Phase
    since: float
    waiting_for: str

    def queued_seconds(self, now: float) -> float:
        """Return the time for which a job has waited to be started; 0 in another phase."""
        return max(0.0, now - self.since) if self.phase in (Phase.SLOT, Phase.START) else 0.0

    def to_json(self) -> dict[str, str]:
        """Return the JSON that Step Functions carries, beside the rest of the state."""
        since = datetime.fromtimestamp(self.since, UTC).isoformat(timespec="milliseconds")
        return {"phase": self.phase, "since": since, "waiting_for": self.waiting_for}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Waiting | None:
        """Read the JSON that Step Functions carried; None for a state that does not wait."""
        if "phase" not in state:
            return None
        since = datetime.fromisoformat(state["since"]).timestamp()
        return cls(Phase(state["phase"]), since, state["waiting_for"])


@dataclass(frozen=True, slots=True)
class State:
    """The workflow's state between two steps.

    `done`, `wait_seconds`, the phase of `waiting`, `answer` and `next_execution` steer the state
    machine.

    Attributes:
        plan: The decisions of Stage.
        progress: The progress of the workflow.
        done: Whether Report follows.
        wait_seconds: The time before the next turn.
        waiting: What the import waits for; None where it does not wait.
        answer: Whether CloudFormation is to be answered, while the import goes on.
        next_execution: The name of the execution that is to go on with the import; None for this.
    """

    plan: Plan
    progress: Progress
    done: bool
    wait_seconds: int = 0
    waiting: Waiting | None = None
    answer: bool = False
    next_execution: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that Step Functions carries."""
        waiting = self.waiting.to_json() if self.waiting else {}
        return {
            **waiting,
            "plan": asdict(self.plan),
            "progress": self._progress_to_json(),
            "done": self.done,
            "wait_seconds": self.wait_seconds,
            **({"answer": True} if self.answer else {}),
            **({"next_execution": self.next_execution} if self.next_execution else {}),
        }

    def _progress_to_json(self) -> dict[str, Any]:
        progress = self.progress
        results = progress.results
        quoted = results[-1] if results else None
        return {
            **asdict(replace(progress, jobs=(), last_results=())),
            "jobs": write_slots(
                # Only the text of a failed import names lines.
                progress.jobs,
                quoted,
                with_lines=self.plan.intent is Intent.IMPORT,
            ),
            "last_results": write_results(progress.last_results),
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> State:
        """Read the JSON that Step Functions carried."""
        plan, progress = dict(state["plan"]), dict(state["progress"])
        plan["intent"] = Intent(plan["intent"])
        # A state of an earlier version has no unit.
        plan["unit"] = Unit(plan.get("unit", Unit.LINE))
        if password := plan.get("password"):
            plan["password"] = PasswordPlan(**password)
        plan["canary"] = tuple(map(_canary_job, plan.get("canary", ())))
        if step := progress.get("password_step"):
            progress["password_step"] = PasswordStep(step)
        progress["jobs"] = read_slots(progress["jobs"])
        progress["last_results"] = read_results(progress["last_results"])
        return cls(
            Plan(**plan),
            Progress(**progress),
            done=state["done"],
            wait_seconds=state["wait_seconds"],
            waiting=Waiting.from_json(state),
        )


def _canary_job(job: Mapping[str, Any]) -> CanaryJob:
    from ..users_csv.password_hashes import HashShape  # noqa: PLC0415  few imports have hashes

    shapes = tuple(HashShape(*shape) for shape in job["shapes"])
    return CanaryJob(job["algorithm"], shapes)


@dataclass(frozen=True, slots=True)
class StepFailure:
    """The end of a workflow one of whose steps failed every time.

    Attributes:
        cause: The message of the last exception, or Step Functions' name of the error.
        state: The state that the step was given; None where Stage failed.
    """

    cause: str
    state: State | None

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> StepFailure:
        """Read the input of the failed step, with Step Functions' `error` beside it."""
        error = state["error"]
        try:
            cause = json.loads(error["Cause"])["errorMessage"]
        except (KeyError, TypeError, ValueError):
            cause = error.get("Error", "unknown error")
        return cls(cause, State.from_json(state) if "plan" in state else None)


def end_of_workflow(state: Mapping[str, Any]) -> State | StepFailure:
    """Read the input of Report: the last state, or the failure of a step."""
    return StepFailure.from_json(state) if "error" in state else State.from_json(state)
