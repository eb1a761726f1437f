"""The workflow's state, as Step Functions carries it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from user_import.aws.cognito import JobResult
from user_import.contract import Phase
from user_import.steps.job_slot import JobSlot
from user_import.steps.state import Intent, Plan, Progress, State, Waiting
from user_import.users_csv import JobRows, Limits, Unit

if TYPE_CHECKING:
    from user_import.users_csv import HashingAlgorithm


def test_the_state_survives_json() -> None:
    rows = JobRows(0, 9, 2, ((0, 2), (1, 5)))
    ended = JobResult("import-1", "name", "Failed", 1, 2, 3, "message", 12.5)
    state = State(
        Plan(Intent.IMPORT, 1.5, 2.5, "pool", "head\n", Unit.RECORD),
        Progress(
            jobs=(
                JobSlot(rows, "import-1", unverified=True, result=ended),
                JobSlot(rows, replaced=True),
            ),
            last_results=(replace(ended, seconds=0.0),),
            failure="failure",
            stopping=True,
            note="note",
            waits=4,
            retries=5,
            denials=6,
        ),
        done=False,
        wait_seconds=6,
        waiting=Waiting(Phase.SLOT, 1_790_000_000.25, "a job"),
    )
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_the_state_has_the_readable_reason_for_waiting() -> None:
    waiting = Waiting(Phase.SLOT, 1_790_000_000.25, "a job")
    state = State(Plan(Intent.IMPORT, 1.5, 2.5), Progress(), done=False, waiting=waiting).to_json()
    assert state["phase"] == "Wait for the import slot"
    assert state["since"] == "2026-09-21T14:13:20.250+00:00"
    assert state["waiting_for"] == "a job"


def test_a_state_of_an_earlier_version_has_no_reason_for_waiting() -> None:
    """An execution may have begun before the functions were updated."""
    state = State(Plan(Intent.IMPORT, 1.5, 2.5), Progress(), done=False)
    assert "phase" not in state.to_json()
    assert State.from_json(state.to_json()) == state


def test_a_state_of_an_earlier_version_counts_lines() -> None:
    state = State(Plan(Intent.IMPORT, 1.5, 2.5), Progress(), done=False)
    earlier = state.to_json()
    del earlier["plan"]["unit"]
    assert State.from_json(earlier) == state


def test_a_state_that_an_earlier_version_wrote_is_read() -> None:
    """Lists of names and values took more bytes."""
    result = {
        "id": "import-1",
        "name": "seed-a-1",
        "status": "Failed",
        "imported": 1,
        "skipped": 2,
        "failed": 3,
        "message": "message",
    }
    rows = {
        "offset": 5,
        "length": 9,
        "users": 6,
        "lines": [[0, 2], [1, 5]],
        "algorithm": None,
        "map_offset": 0,
        "map_length": 0,
    }
    job = {"rows": rows, "id": "import-1", "unverified": True, "replaced": False, "result": result}
    state = State(Plan(Intent.IMPORT, 1.5, 2.5), Progress(), done=False).to_json()
    del state["progress"]["expired"]
    state["progress"] |= {
        "jobs": [job, {**job, "id": None, "result": None}],
        "last_results": [result],
    }
    progress = State.from_json(state).progress
    ended = JobResult("import-1", "seed-a-1", "Failed", 1, 2, 3, "message")
    slot = JobSlot(JobRows(5, 9, 6, ((0, 2), (1, 5))), "import-1", unverified=True, result=ended)
    assert progress.jobs == (slot, replace(slot, id=None, result=None))
    assert progress.last_results == (ended,)
    assert progress.expired == 0


def largest(intent: Intent = Intent.IMPORT, algorithm: HashingAlgorithm | None = None) -> State:
    """Return the state of an import of as many jobs as possible, with everything at its longest."""
    gaps = tuple((row * 400, row * 401 + 39_000_000) for row in range(1_000))
    jobs = []
    for job in range(Limits().jobs):
        digest = f"{job:08}".translate(str.maketrans("0123456789", "abcdefghij"))
        result = JobResult(
            f"import-{job:048}",
            f"{'n' * 91}-{digest}-{'x' * 24}-{job + 1}",
            "Succeeded",
            499_999,
            100_000,
            400_000,
            "m" * 200 if job == Limits().jobs - 1 else "",
            seconds=12_345.5,
        )
        rows = JobRows(
            offset=job * 10**8,
            length=10**8,
            users=500_000,
            lines=gaps if job == 0 and not algorithm else ((0, job * 500_000 + 2),),
            algorithm=algorithm,
            map_offset=job * 10**6 if algorithm else 0,
            map_length=10**6 if algorithm else 0,
            digest=digest,
        )
        jobs.append(JobSlot(rows, result.id, replaced=True, result=result))
    results = tuple(job.result for job in jobs if job.result)
    # The header of 17 standard and 50 custom attributes, as many as a pool may have.
    plan = Plan(intent, 1.5e9, 1.5e9, "p" * 128, "h" * 2_000)
    last = () if intent is Intent.IMPORT else results
    progress = Progress(tuple(jobs), last_results=last, failure="f" * 2_000)
    return State(plan, progress, done=True)


@pytest.mark.parametrize("algorithm", [None, "PBKDF2_SHA256"])
def test_the_state_of_the_largest_import_survives_json(algorithm: HashingAlgorithm | None) -> None:
    state = largest(algorithm=algorithm)
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


@pytest.mark.parametrize("algorithm", [None, "PBKDF2_SHA256"])
@pytest.mark.parametrize("intent", [Intent.IMPORT, Intent.CLEAR])
def test_the_state_of_the_largest_import_stays_under_32_kb(
    intent: Intent, algorithm: HashingAlgorithm | None
) -> None:
    assert len(json.dumps(largest(intent, algorithm).to_json())) < 32_000


def test_the_results_of_the_last_import_keep_all_that_the_answer_has() -> None:
    state = largest(Intent.CLEAR)
    read = State.from_json(json.loads(json.dumps(state.to_json()))).progress.last_results
    written = state.progress.last_results
    assert read[-1] == replace(written[-1], seconds=0.0)
    rest = [replace(each, name="", seconds=0.0) for each in written]
    assert [replace(each, name="") for each in read] == rest
