"""Imports of password hashes: a job for each algorithm, and the lines of the user's own file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import create, delete, update
from helpers.fake_world import COLUMNS, Execution, Outcome, run_workflow

from user_import.users_csv.password_hashes import OnBadHash, PasswordHashes
from user_import.users_csv.read_options import ReadOptions

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws, FakeJob

HASHES = {
    "BCRYPT": f"$2b$10${'a' * 53}",
    "SCRYPT": f"16384$8$1${'ab' * 16}${'cd' * 32}",
    "ARGON2ID": f"$argon2id$v=19$m=19456\\,t=2\\,p=1${'A' * 22}${'B' * 43}",
    "PBKDF2_SHA256": f"$pbkdf2-sha256$600000${'C' * 22}${'D' * 43}",
}
LINES = ("st", "imports/seed/lines")
ORDER = ["BCRYPT", "", "SCRYPT", "ARGON2ID", "", "PBKDF2_SHA256", "BCRYPT", "", "SCRYPT", ""] * 2
"""The algorithms of a file's rows, from line 2 on; nothing for a row without a hash."""


def csv(order: list[str]) -> bytes:
    lines = ["cognito:username,email,email_verified,password_hash"]
    for number, algorithm in enumerate(order):
        name = f"user{number}"
        lines.append(f"{name},{name}@example.com,true,{HASHES.get(algorithm, algorithm)}")
    return ("\n".join(lines) + "\n").encode()


def event(hashes: PasswordHashes | None = None, **changes: Any) -> dict[str, Any]:
    reading = ReadOptions(password_hashes=hashes or PasswordHashes())
    return create(**{"Reading": json.dumps(reading.to_json()), **changes})


@pytest.fixture
def world(world: FakeAws) -> FakeAws:
    world.cognito.columns = [*COLUMNS, "password_hash"]
    world.s3.objects["assets", "users.csv"] = csv(ORDER)
    return world


def uploads(world: FakeAws) -> dict[str | None, list[str]]:
    """Return the rows of each job's file by the job's algorithm."""
    return {job.algorithm: rows_of(world, job) for job in world.cognito.jobs}


def rows_of(world: FakeAws, job: FakeJob) -> list[str]:
    header, *rows = world.cognito.uploaded(job).decode().splitlines()
    assert header.endswith(",password_hash") == (job.algorithm is not None)
    return rows


def test_each_algorithm_has_a_job_with_its_rows(world: FakeAws) -> None:
    execution = run_workflow(event(), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "20"
    found = uploads(world)
    assert set(found) == set(HASHES)
    for algorithm, rows in found.items():
        own = [row for row in rows if not row.endswith(",")]
        assert [row.split(",", 1)[0] for row in own] == [
            f"user{number}" for number, each in enumerate(ORDER) if each == algorithm
        ]
    assert sum(map(len, found.values())) == len(ORDER)


def test_state_and_answer_hold_no_hash(world: FakeAws, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    execution = run_workflow(event(), world)
    everything = f"{execution.states} {execution.answer} {caplog.text}"
    for value in HASHES.values():
        assert value.rpartition("$")[2] not in everything


def test_nothing_stays_in_the_staging_bucket(world: FakeAws) -> None:
    run_workflow(event(), world)
    assert world.staged == []


def test_a_failed_row_has_the_line_of_the_users_own_file(world: FakeAws) -> None:
    failed = Outcome(failed=1, lines=("[FAILED] Line Number 3 - A reason.",))
    world.cognito.outcomes = [failed] * 4
    execution = run_workflow(event(ToleratedFailed="3"), world)
    assert execution.status == "FAILED"
    for job in world.cognito.jobs:
        name = rows_of(world, job)[1].split(",", 1)[0]
        line = int(name.removeprefix("user")) + 2
        assert f"line {line}: failed: A reason" in execution.reason


def test_a_file_without_a_hash_has_one_job_without_an_algorithm(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = csv([""] * 5)
    assert run_workflow(event(), world).status == "SUCCESS"
    assert [job.algorithm for job in world.cognito.jobs] == [None]


def test_hashes_without_the_option_are_refused(world: FakeAws) -> None:
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert "password_hash" in execution.reason
    assert not world.cognito.jobs


def test_a_pool_that_takes_no_hashes_is_refused_before_a_job_is_created(world: FakeAws) -> None:
    world.cognito.columns.remove("password_hash")
    execution = run_workflow(event(), world)
    assert execution.status == "FAILED"
    assert not world.cognito.jobs
    assert world.staged == []


def test_by_choice_users_of_such_a_pool_are_imported_without_hashes(world: FakeAws) -> None:
    world.cognito.columns.remove("password_hash")
    execution = run_workflow(event(PasswordHashes(not_eligible=OnBadHash.RESET)), world)
    assert execution.status == "SUCCESS"
    assert [job.algorithm for job in world.cognito.jobs] == [None]


def test_a_bad_hash_is_refused_with_its_line_and_not_with_its_text(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = csv(["BCRYPT", "$2b$14$" + "e" * 53])
    execution = run_workflow(event(), world)
    assert execution.status == "FAILED"
    assert "line 3" in execution.reason
    assert "eeee" not in execution.reason
    assert not world.cognito.jobs
    assert world.staged == []


def test_a_repeated_step_changes_nothing_and_answers_the_same(world: FakeAws) -> None:
    failed = Outcome(failed=1, lines=("[FAILED] Line Number 3 - A reason.",))
    world.cognito.outcomes = [failed] * 4
    execution = Execution(event(ToleratedFailed="3"), world, calls_a_step=2).run()
    first, second = world.web.answers(execution.path)
    assert first == second
    assert len(world.cognito.started) == 4


def test_the_lines_are_gone_with_the_import(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(failed=1)]
    created = event(ToleratedFailed="0")
    assert run_workflow(created, world).status == "FAILED"
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert run_workflow(delete(created), world).status == "SUCCESS"
    assert world.staged == []


def test_the_lines_are_gone_with_an_update_that_fails(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = csv(["BCRYPT", "SCRYPT"] * 1_200)
    world.cognito.outcomes = [Outcome(failed=1, lines=("[FAILED] Line Number 3 - A reason.",))]
    first = create()
    changed = event(ToleratedFailed="0")["ResourceProperties"]
    execution = Execution(update(first, **changed), world).run_until_done()
    assert LINES in world.s3.objects
    execution.run()
    assert "line 4: " in execution.reason
    assert LINES not in world.s3.objects


def test_the_lines_of_a_newer_request_stay(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = csv(["BCRYPT", "SCRYPT"] * 1_200)
    first = event(ToleratedFailed="0")
    world.cognito.outcomes = [Outcome(failed=1)]
    older = Execution(first, world).run_until_done()
    newer = Execution(update(first, RunToken="again"), world)
    newer.step()
    assert older.run().status == "FAILED"
    assert LINES in world.s3.objects
