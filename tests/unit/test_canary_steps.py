"""The canary in the workflow: nobody is imported before synthetic users have signed in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, create, delete
from helpers.fake_users import FakeUser
from helpers.fake_world import (
    CANARY_CLIENT,
    CANARY_POOL,
    COLUMNS,
    Execution,
    Outcome,
    failed_empty,
    run_workflow,
)

from user_import.contract import Phase
from user_import.users_csv.password_hashes import PasswordHashes
from user_import.users_csv.read_options import ReadOptions

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

NEVER = float("inf")
HASHES = {
    "BCRYPT": f"$2b$10${'a' * 53}",
    "SCRYPT": f"16384$8$1${'ab' * 16}${'cd' * 32}",
    "ARGON2ID": f"$argon2id$v=19$m=19456\\,t=2\\,p=1${'A' * 22}${'B' * 43}",
    "PBKDF2_SHA256": f"$pbkdf2-sha256$1000${'C' * 22}${'D' * 43}",
}


def csv(hashes: list[str]) -> bytes:
    lines = ["cognito:username,email,email_verified,password_hash"]
    lines += [f"user{n},user{n}@example.com,true,{text}" for n, text in enumerate(hashes)]
    return ("\n".join(lines) + "\n").encode()


def event(**changes: Any) -> dict[str, Any]:
    reading = ReadOptions(password_hashes=PasswordHashes()).to_json()
    canary = {"CanaryPoolId": CANARY_POOL, "CanaryClientId": CANARY_CLIENT}
    return create(**{"ContractVersion": "2", "Reading": json.dumps(reading), **canary, **changes})


@pytest.fixture
def world(world: FakeAws) -> FakeAws:
    world.cognito.columns = [*COLUMNS, "password_hash"]
    world.s3.objects["assets", "users.csv"] = csv([*HASHES.values(), ""])
    return world


def people(world: FakeAws, pool: str = POOL) -> list[str]:
    return sorted(user.username for user in world.cognito.people.everybody if user.pool == pool)


def jobs(world: FakeAws, pool: str) -> list[str | None]:
    return [job.algorithm for job in world.cognito.jobs if job.pool == pool]


def test_one_synthetic_user_signs_in_for_each_algorithm_before_people_are_imported(
    world: FakeAws,
) -> None:
    execution = run_workflow(event(), world)
    assert execution.status == "SUCCESS"
    assert jobs(world, CANARY_POOL) == list(HASHES)
    first = next(job for job in world.cognito.jobs if job.pool == POOL)
    assert all(
        job.created_at < first.created_at for job in world.cognito.jobs if job.pool == CANARY_POOL
    )
    assert len(world.called("AdminInitiateAuth")) == 4
    assert people(world) == [f"user{number}" for number in range(5)]
    assert execution.attributes["ImportedUsers"] == "5"


def test_no_synthetic_user_stays(world: FakeAws) -> None:
    run_workflow(event(), world)
    assert people(world, CANARY_POOL) == []


def test_leftovers_of_a_killed_execution_are_removed(world: FakeAws) -> None:
    world.cognito.people.add_user(FakeUser(CANARY_POOL, "canary-left", 0, 0))
    run_workflow(event(), world)
    assert people(world, CANARY_POOL) == []


@pytest.mark.parametrize("algorithm", list(HASHES))
def test_a_misread_shape_imports_nobody_and_is_named(world: FakeAws, algorithm: str) -> None:
    world.cognito.misread = {algorithm}
    execution = run_workflow(event(), world)
    assert execution.status == "FAILED"
    assert f"misreads password hashes of this shape: {algorithm}" in execution.reason
    assert people(world) == []
    assert jobs(world, POOL) == []
    assert people(world, CANARY_POOL) == []


def test_a_challenge_is_undecided_and_imports_nobody(world: FakeAws) -> None:
    world.cognito.signed_in = {"ChallengeName": "SMS_MFA"}
    execution = run_workflow(event(), world)
    assert execution.status == "FAILED"
    assert "undecided" in execution.reason
    assert "canary=False" in execution.reason
    assert people(world) == []


def test_a_canary_pool_without_hashes_is_undecided(world: FakeAws) -> None:
    execution = Execution(event(), world)
    execution.step()
    world.cognito.columns.remove("password_hash")
    assert execution.run().status == "FAILED"
    assert "undecided" in execution.reason
    assert people(world) == []


def test_a_job_that_does_not_import_the_synthetic_users_is_undecided(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    execution = run_workflow(event(), world)
    assert execution.status == "FAILED"
    assert "0 of 1 synthetic users imported" in execution.reason
    assert people(world) == []


def test_a_file_without_hashes_needs_no_canary(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = csv(["", ""])
    assert run_workflow(event(), world).status == "SUCCESS"
    assert jobs(world, CANARY_POOL) == []


def test_without_a_canary_pool_the_hashes_are_imported_at_once(world: FakeAws) -> None:
    untried = event(CanaryPoolId=None, CanaryClientId=None)
    assert run_workflow(untried, world).status == "SUCCESS"
    assert jobs(world, CANARY_POOL) == []
    assert jobs(world, POOL) == list(HASHES)


def test_the_canary_waits_for_the_slot(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + 200
    execution = run_workflow(event(), world)
    assert execution.status == "SUCCESS"
    assert Phase.CANARY in {state.get("phase") for state in execution.states}


def test_a_job_of_the_peoples_pool_that_has_the_slot_is_named(world: FakeAws) -> None:
    holder = world.cognito.add_job("by hand")
    holder.status, holder.started_at = "InProgress", world.clock.now()
    holder.outcome = Outcome(seconds=float("inf"))
    execution = Execution(event(), world)
    execution.run_until(lambda: (execution.state or {}).get("phase") == Phase.CANARY)
    assert f"import job {holder.id} of the import's own user pool" in execution.state["waiting_for"]


@pytest.mark.parametrize("operation", ["CreateUserImportJob", "StartUserImportJob"])
def test_a_logs_role_that_cognito_cannot_use_yet_is_waited_for(
    world: FakeAws, operation: str
) -> None:
    world.fault(operation, "InvalidParameterException", seconds=20)
    assert run_workflow(event(), world).status == "SUCCESS"
    assert people(world) == [f"user{number}" for number in range(5)]


def test_a_job_that_processes_nobody_while_the_role_is_new_is_made_again(world: FakeAws) -> None:
    world.cognito.outcomes = [failed_empty(1)]
    assert run_workflow(event(), world).status == "SUCCESS"
    assert jobs(world, CANARY_POOL) == ["BCRYPT", *HASHES]


def test_users_who_cannot_be_removed_do_not_fail_the_import(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault("ListUsers", "AccessDeniedException")
    assert run_workflow(event(), world).status == "SUCCESS"
    assert "users of the canary stay" in caplog.text


def test_a_second_execution_of_the_request_takes_over_the_job_that_runs(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=100)]
    created = event()
    Execution(created, world).run_until(lambda: bool(world.cognito.started))
    assert run_workflow(created, world).status == "SUCCESS"
    assert jobs(world, CANARY_POOL) == list(HASHES)


def test_a_rollback_stops_the_canary(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    created = event()
    execution = Execution(created, world)
    execution.run_until(lambda: bool(world.cognito.started))
    world.cloudformation.status = "ROLLBACK_IN_PROGRESS"
    assert execution.run().status == "FAILED"
    assert world.cognito.job().status == "Stopped"
    assert run_workflow(delete(created), world).status == "SUCCESS"


def test_a_delete_stops_a_canary_that_a_killed_execution_has_left(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    created = event()
    Execution(created, world).run_until(lambda: bool(world.cognito.started))
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(created), world).status == "SUCCESS"
    assert world.cognito.job().status == "Stopped"


def test_a_delete_removes_the_log_of_the_canarys_pool(world: FakeAws) -> None:
    created = event()
    run_workflow(created, world)
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    assert run_workflow(delete(created), world).status == "SUCCESS"
    removed = [call["logGroupName"] for call in world.called("DeleteLogGroup")]
    assert f"/aws/cognito/userpools/{CANARY_POOL}/customers" in removed


def test_the_timeout_stops_the_canary(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = run_workflow(event(TimeoutSeconds="120"), world)
    assert execution.status == "FAILED"
    assert world.cognito.job().status == "Stopped"


def test_each_step_may_be_repeated(world: FakeAws) -> None:
    execution = Execution(event(), world, calls_a_step=2).run()
    first, second = world.web.answers(execution.path)
    assert first == second
    assert first["Status"] == "SUCCESS"
    assert people(world) == [f"user{number}" for number in range(5)]
    assert people(world, CANARY_POOL) == []


def test_state_log_and_answer_hold_no_hash_and_no_password(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    execution = run_workflow(event(), world)
    everything = f"{execution.states} {execution.answer} {caplog.text}"
    passwords = [call["AuthParameters"]["PASSWORD"] for call in world.called("AdminInitiateAuth")]
    secret = [*passwords, *(value.rpartition("$")[2] for value in HASHES.values())]
    assert len(secret) == 8
    assert [each for each in secret if each in everything] == []
