"""The test password: who gets it, and when."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from helpers.events import IMPORT_ROLE, create, update
from helpers.fake_world import (
    Execution,
    Outcome,
    run_workflow,
    users,
)
from helpers.passwords import (
    CURRENT,
    NEW,
    PASSWORD,
    SECRET,
    add_user,
    event,
    passwords,
    run,
    with_secret,
)

from user_import.contract import MOST_ADMIN_PASSWORDS, Phase

if TYPE_CHECKING:
    from helpers.fake_users import FakeUser
    from helpers.fake_world import FakeAws


@pytest.fixture
def world(world: FakeAws) -> FakeAws:
    return with_secret(world)


def passes(password: str, hashed: str) -> bool:
    n, r, p, salt, expected = hashed.split("$")
    found = hashlib.scrypt(
        password.encode(),
        salt=bytes.fromhex(salt),
        n=int(n),
        r=int(r),
        p=int(p),
        maxmem=1 << 27,
        dklen=len(expected) // 2,
    )
    return found.hex() == expected


# ADMIN


def test_every_imported_user_gets_the_password(world: FakeAws) -> None:
    execution = run(world)
    assert execution.status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3
    assert [user.times_set for user in world.cognito.people.everybody] == [1] * 3


def test_passwords_are_set_with_the_role_of_the_import(world: FakeAws) -> None:
    run(world)
    sensitive = ("GetSecretValue", "AdminSetUserPassword", "ListUsers")
    roles = {call.role for call in world.calls if call.operation in sensitive}
    assert roles == {IMPORT_ROLE}


def test_without_a_test_password_no_user_is_listed(world: FakeAws) -> None:
    assert run_workflow(create(), world).status == "SUCCESS"
    assert passwords(world) == [None] * 3
    assert not world.called("ListUsers")
    assert not world.called("GetSecretValue")


def test_the_password_of_a_skipped_user_is_not_changed(world: FakeAws) -> None:
    known = add_user(world, status="CONFIRMED", password="own")
    reset = add_user(world, username="reset", created_at=world.clock.now() - 1)
    world.cognito.outcomes = [Outcome(skipped=1)]
    assert run(world).status == "SUCCESS"
    assert (known.password, reset.password) == ("own", None)
    assert passwords(world)[2:] == [PASSWORD] * 2


def test_a_user_who_is_created_after_the_job_is_not_touched(world: FakeAws) -> None:
    late: list[FakeUser] = []
    execution = Execution(event(), world)
    execution.run_until(lambda: execution.state and execution.state["progress"]["password_step"])
    late.append(add_user(world, username="late", created_at=world.clock.now()))
    assert execution.run().status == "SUCCESS"
    assert late[0].password is None


def test_users_who_are_listed_late_are_waited_for(world: FakeAws) -> None:
    world.cognito.people.list_delay = 45
    execution = run(world)
    assert execution.status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3
    assert Phase.PASSWORDS in {state.get("phase") for state in execution.states}


def test_users_who_are_never_listed_fail_the_import_with_their_number(world: FakeAws) -> None:
    world.cognito.people.list_delay = 10_000
    execution = run(world)
    assert execution.status == "FAILED"
    assert "lists 0 of them without a password. 3 did not get" in execution.reason


def test_other_users_of_the_same_time_stop_the_passwords(world: FakeAws) -> None:
    execution = Execution(event(), world)
    execution.run_until(lambda: bool(world.cognito.started))
    add_user(world, created_at=world.clock.now() + 1)
    assert execution.run().status == "FAILED"
    assert "lists 4 who were created in that time" in execution.reason
    assert passwords(world) == [None] * 4


def test_more_pages_of_users_are_read(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(130)
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 130


def test_passwords_are_set_where_more_users_fail_than_are_tolerated(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(failed=1)]
    execution = run(world, ToleratedFailed="0")
    assert execution.status == "FAILED"
    assert execution.reason.startswith("More users failed than are tolerated: 1")
    assert passwords(world) == [PASSWORD] * 2
    assert "test password" not in execution.reason


def test_the_version_is_read_once_and_stays_the_same_for_the_execution(world: FakeAws) -> None:
    execution = Execution(event(), world)
    execution.run_until(lambda: bool(world.cognito.started))
    world.secrets_manager.versions[SECRET][NEW] = "new-" + PASSWORD
    assert execution.run().status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3
    assert execution.states[-1]["plan"]["password"]["version"] == CURRENT


def test_a_changed_secret_changes_nothing_until_the_next_import(
    world: FakeAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    first = event()
    run_workflow(first, world)
    world.secrets_manager.versions[SECRET][NEW] = "new-" + PASSWORD
    assert f"version {CURRENT} of the secret; existing users keep theirs" in caplog.text
    assert run_workflow(update(first, JobName="other"), world).status == "SUCCESS"
    assert "no password is set, and the secret is not read" in caplog.text
    world.cognito.outcomes = [Outcome(skipped=3)]
    assert run_workflow(update(first, RunToken="again"), world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3


def test_the_next_import_of_the_content_sets_what_a_failed_one_has_not(world: FakeAws) -> None:
    world.fault("AdminSetUserPassword", "InternalErrorException")
    assert run(world).status == "FAILED"
    assert passwords(world) == [None] * 3
    world.faults.clear()
    world.cognito.outcomes = [Outcome(skipped=3)]
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3


def test_users_of_an_import_without_a_test_password_get_it_when_it_is_added(
    world: FakeAws,
) -> None:
    first = create()
    run_workflow(first, world)
    world.cognito.outcomes = [Outcome(skipped=3)]
    added = update(first, ContractVersion="2", TestPasswordSecret=SECRET)
    assert run_workflow(added, world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3


def test_a_password_that_an_administrator_has_reset_since_is_not_set(world: FakeAws) -> None:
    assert run(world).status == "SUCCESS"
    reset = world.cognito.people.everybody[0]
    reset.status, reset.password = "RESET_REQUIRED", None
    reset.modified_at = world.clock.now()
    world.cognito.outcomes = [Outcome(skipped=3)]
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [None, PASSWORD, PASSWORD]


def test_users_of_another_import_of_the_pool_do_not_get_the_password(world: FakeAws) -> None:
    other = {**create(), "LogicalResourceId": "OtherSeed"}
    run_workflow(other, world)
    world.s3.objects["assets", "users.csv"] = users(2, first=11)
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [None] * 3 + [PASSWORD] * 2


def test_no_more_users_of_earlier_imports_get_it_than_admin_takes(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(MOST_ADMIN_PASSWORDS + 500)
    run_workflow(create(), world)
    world.s3.objects["assets", "users.csv"] = users(3, first=5000)
    assert run(world, SourceHash="other").status == "SUCCESS"
    found = passwords(world)
    assert found[-3:] == [PASSWORD] * 3
    assert found.count(PASSWORD) == MOST_ADMIN_PASSWORDS


def test_the_next_import_does_not_change_the_password_of_users_who_have_one(
    world: FakeAws,
) -> None:
    assert run(world).status == "SUCCESS"
    world.cognito.people.everybody[0].password = "own"
    world.cognito.outcomes = [Outcome(skipped=3)]
    assert run(world).status == "SUCCESS"
    assert passwords(world) == ["own", PASSWORD, PASSWORD]


@pytest.mark.parametrize("marks_changes", [True, False])
def test_users_of_a_pool_with_one_time_passwords_get_the_password(
    world: FakeAws, *, marks_changes: bool
) -> None:
    factors = {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}
    world.cognito.description["Policies"]["SignInPolicy"] = factors
    world.cognito.people.passwordless = True
    world.cognito.people.marks_changes = marks_changes
    now = world.clock.now()
    before = add_user(world, status="CONFIRMED", password="own", created_at=now - 1)
    assert run(world).status == "SUCCESS"
    assert before.password == "own"
    assert passwords(world)[1:] == [PASSWORD] * 3


@pytest.mark.parametrize("times", [1, 40])
def test_throttled_calls_are_repeated_more_slowly(world: FakeAws, times: int) -> None:
    world.fault("AdminSetUserPassword", "TooManyRequestsException", times=times)
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3


def test_a_user_who_is_deleted_meanwhile_does_not_fail_the_import(world: FakeAws) -> None:
    world.before("AdminSetUserPassword", lambda: world.cognito.people.everybody.pop(0))
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 2


def test_a_password_that_cognito_refuses_fails_the_import(world: FakeAws) -> None:
    text = f"Password {PASSWORD} did not conform with policy"
    world.fault("AdminSetUserPassword", "InvalidPasswordException", text)
    execution = run(world)
    assert execution.status == "FAILED"
    assert "Cognito does not take the test password" in execution.reason
    assert PASSWORD not in execution.reason


def test_a_secret_that_is_deleted_meanwhile_fails_the_import(world: FakeAws) -> None:
    execution = Execution(event(), world)
    execution.run_until(lambda: bool(world.cognito.started))
    world.secrets_manager.versions.clear()
    assert execution.run().status == "FAILED"
    assert execution.reason.startswith("secretsmanager:GetSecretValue")
    assert "The 3 imported users" in execution.reason
    assert "the next import sets what is missing" in execution.reason


def test_a_rollback_ends_the_passwords_within_seconds(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(1000)
    execution = Execution(event(), world)
    execution.run_until(lambda: execution.state and execution.state["progress"]["password_step"])
    rolls_back = {"status": "ROLLBACK_IN_PROGRESS"}
    world.clock.after(20, lambda: vars(world.cloudformation).update(rolls_back))
    assert execution.run().status == "FAILED"
    assert 50 <= sum(each is not None for each in passwords(world)) <= 400
    assert "the next import sets what is missing" in execution.reason


def test_the_time_for_passwords_is_part_of_the_timeout(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(1000)
    execution = run(world, TimeoutSeconds="60")
    assert execution.status == "FAILED"
    assert "did not finish within 1 minute" in execution.reason
    assert execution.seconds < 60 + 60


def test_a_new_right_that_is_not_in_force_yet_is_waited_for(world: FakeAws) -> None:
    for operation in ("GetSecretValue", "ListUsers", "AdminSetUserPassword"):
        world.fault(operation, "AccessDeniedException", seconds=20)
    assert run(world).status == "SUCCESS"
    assert passwords(world) == [PASSWORD] * 3


# HASH


def test_every_row_has_the_same_hash_of_the_password(world: FakeAws) -> None:
    execution = run(world, TestPasswordVia="HASH")
    assert execution.status == "SUCCESS"
    hashes = {user.password_hash for user in world.cognito.people.everybody}
    assert len(hashes) == 1
    (hashed,) = hashes
    assert hashed.startswith("65536$8$1$")
    assert passes(PASSWORD, hashed)
    assert not passes("another", hashed)
    assert [job.algorithm for job in world.cognito.jobs] == ["SCRYPT"]
    assert not world.called("ListUsers")
    assert not world.called("AdminSetUserPassword")
    assert hashed not in json.dumps(execution.states)


@pytest.mark.parametrize(("via", "same"), [("ADMIN", True), ("HASH", False)])
def test_two_deployments_stage_the_same_bytes_but_for_the_salt(
    world: FakeAws, via: str, *, same: bool
) -> None:
    for _ in range(2):
        run(world, TestPasswordVia=via)
    first, second = map(world.cognito.uploaded, world.cognito.jobs)
    assert (first == second) is same


def test_each_execution_has_its_own_salt(world: FakeAws) -> None:
    for _ in range(2):
        run(world, TestPasswordVia="HASH")
    assert len({user.password_hash for user in world.cognito.people.everybody}) == 2


def test_without_a_choice_the_number_of_users_decides(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = users(MOST_ADMIN_PASSWORDS + 1)
    assert run(world).status == "SUCCESS"
    assert world.cognito.job().algorithm == "SCRYPT"
    assert not world.called("AdminSetUserPassword")


def test_a_pool_that_takes_no_hashes_is_refused_before_a_job_is_created(world: FakeAws) -> None:
    world.cognito.columns.remove("password_hash")
    execution = run(world, TestPasswordVia="HASH")
    assert execution.status == "FAILED"
    assert "takes no password hashes" in execution.reason
    assert not world.cognito.jobs


@pytest.mark.parametrize("via", ["ADMIN", None])
def test_too_many_users_for_admin_are_refused_before_a_job_is_created(
    world: FakeAws, via: str | None
) -> None:
    if via is None:
        world.cognito.columns.remove("password_hash")
    world.s3.objects["assets", "users.csv"] = users(MOST_ADMIN_PASSWORDS + 1)
    execution = run(world, TestPasswordVia=via)
    assert execution.status == "FAILED"
    assert "2,001 users" in execution.reason
    assert "PasswordVia.HASH" in execution.reason
    assert not world.cognito.jobs


def test_unstarted_jobs_of_an_earlier_request_have_no_hashes_and_are_not_used(
    world: FakeAws,
) -> None:
    first = create(Start="false")
    run_workflow(first, world)
    changes = {"ContractVersion": "2", "TestPasswordSecret": SECRET, "TestPasswordVia": "HASH"}
    assert run_workflow(update(first, Start="true", **changes), world).status == "SUCCESS"
    assert [job.status for job in world.cognito.jobs] == ["Created", "Succeeded"]
    assert all(user.password_hash for user in world.cognito.people.everybody)
