"""The workflow's state, as Step Functions carries it."""

from __future__ import annotations

import json

from user_import.aws.cognito import JobResult
from user_import.contract import Phase
from user_import.steps.state import Intent, JobSlot, Plan, Progress, State, Waiting
from user_import.users_csv import JobRows, Limits, Unit


def test_the_state_survives_json() -> None:
    rows = JobRows(0, 9, 2, ((0, 2), (1, 5)))
    ended = JobResult("import-1", "name", "Failed", 1, 2, 3, "message")
    state = State(
        Plan(Intent.IMPORT, 1.5, 2.5, "pool", "head\n", Unit.RECORD),
        Progress(
            jobs=(
                JobSlot(rows, "import-1", unverified=True, result=ended),
                JobSlot(rows, replaced=True),
            ),
            last_results=(ended,),
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


def test_the_state_of_the_largest_import_is_far_below_the_payload_limit_of_step_functions() -> None:
    gaps = tuple((row * 400, row * 400 + row + 2_000_000) for row in range(1_000))
    result = JobResult("import-" + "x" * 48, "n" * 128, "Succeeded", 500_000, 500_000, 0, "m" * 128)
    jobs = [
        JobSlot(
            JobRows(job * 10**8, 10**8, 500_000, gaps if job == 0 else ((0, job * 500_000),)),
            result.id,
            result=result,
        )
        for job in range(Limits().jobs)
    ]
    progress = Progress(tuple(jobs), failure="f" * 4_000)
    plan = Plan(Intent.IMPORT, 1.5e9, 1.5e9, "p" * 128, "custom:" + "h" * 16_000)
    assert len(json.dumps(State(plan, progress, done=True).to_json())) < 128 * 1024
