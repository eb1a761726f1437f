"""Passwords after a failure in the middle: nobody is left without one, nobody loses one."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from helpers.fake_world import (
    Execution,
    Fault,
    Killed,
    Outcome,
    client_error,
    users,
)
from helpers.passwords import (
    PASSWORD,
    add_user,
    event,
    passwords,
    run,
    with_secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from helpers.fake_users import FakeUser
    from helpers.fake_world import FakeAws


NEVER = float("inf")
ALL = ("DescribeStacks", "DescribeUserImportJob", "ListUserImportJobs", "HeadObject")
OF_PASSWORDS = ("GetSecretValue", "ListUsers", "AdminSetUserPassword")


@pytest.fixture
def world(world: FakeAws) -> FakeAws:
    return with_secret(world)


@contextmanager
def failing_after(
    world: FakeAws, calls: int, operations: Collection[str], make: Callable[[], Fault]
) -> Iterator[None]:
    """Let some operations fail after so many calls of them."""
    numbers = itertools.count()

    def fault_for(operation: str, _arguments: Any) -> Fault | None:
        return make() if operation in operations and next(numbers) >= calls else None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "fault_for", fault_for)
        yield


def import_with_ended_job(world: FakeAws) -> Execution:
    execution = Execution(event(), world)
    execution.run_until(lambda: execution.state and execution.state["progress"]["password_step"])
    return execution


@pytest.mark.parametrize("seed", range(20))
def test_a_worker_that_is_killed_anywhere_leaves_no_user_without_the_password(
    world: FakeAws, seed: int
) -> None:
    random = Random(seed)
    world.s3.objects["assets", "users.csv"] = users(40)
    known = add_user(world, status="CONFIRMED", password="own")
    reset = add_user(world, username="reset", created_at=world.clock.now() - 1)
    world.cognito.outcomes = [Outcome(skipped=2)]
    execution = import_with_ended_job(world)

    def kill() -> Fault:
        return Fault("", Killed(), 1, NEVER, random.random() < 0.5, None)

    killed = failing_after(world, random.randrange(45), (*ALL, *OF_PASSWORDS), kill)
    with killed, pytest.raises(Killed):
        execution.run()
    # Step Functions repeats the step.
    world.killed = False
    execution.machine.fail("Lambda.Unknown", "killed", world.clock.now())
    assert execution.run().status == "SUCCESS"
    assert passwords(world)[2:] == [PASSWORD] * 38
    assert (known.password, reset.password) == ("own", None)


@pytest.mark.parametrize("seed", range(20))
def test_an_import_that_fails_anywhere_is_completed_by_the_next(world: FakeAws, seed: int) -> None:
    random = Random(seed)
    world.s3.objects["assets", "users.csv"] = users(40)
    known = add_user(world, status="CONFIRMED", password="own")
    world.cognito.outcomes = [Outcome(skipped=1), Outcome(skipped=40)]
    execution = import_with_ended_job(world)

    def fail() -> Fault:
        error = client_error("", "InternalErrorException")
        return Fault("", error, 1, NEVER, random.random() < 0.5, None)

    with failing_after(world, random.randrange(41), OF_PASSWORDS, fail):
        assert execution.run().status == "FAILED"
    assert run(world).status == "SUCCESS"
    assert passwords(world)[1:] == [PASSWORD] * 39
    assert known.password == "own"


def import_with_stranger(world: FakeAws, **changes: Any) -> FakeUser:
    """Fail an import, because somebody else creates a user while its job runs."""
    execution = Execution(event(), world)
    execution.run_until(lambda: bool(world.cognito.started))
    stranger = add_user(world, created_at=world.clock.now() + 1, **changes)
    assert execution.run().status == "FAILED"
    assert "No password was set. Set their passwords" in execution.reason
    return stranger


@pytest.mark.parametrize("passwordless", [False, True])
def test_a_stranger_who_stopped_the_passwords_does_not_get_one_from_the_next_import(
    world: FakeAws, caplog: pytest.LogCaptureFixture, *, passwordless: bool
) -> None:
    changes: dict[str, Any] = {}
    if passwordless:
        factors = {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}
        world.cognito.description["Policies"]["SignInPolicy"] = factors
        world.cognito.people.passwordless = True
        now = world.clock.now() + 1
        changes = {"status": "CONFIRMED", "password": "own", "modified_at": now}
    stranger = import_with_stranger(world, **changes)
    world.s3.objects["assets", "users.csv"] = users(5)
    world.cognito.outcomes = [Outcome(skipped=3)]
    assert run(world).status == "SUCCESS"
    assert stranger.password == ("own" if passwordless else None)
    assert world.called("AdminSetUserPassword")
    assert "an earlier job imported 3 users, and Cognito lists 4" in caplog.text


def test_a_stranger_who_is_listed_late_does_not_get_a_password(world: FakeAws) -> None:
    execution = Execution(event(), world)
    execution.run_until(lambda: execution.state and execution.state["progress"]["password_step"])
    execution.step()
    assert execution.state["progress"]["password_step"] not in (None, "list")
    add_user(world, created_at=world.cognito.people.everybody[0].created_at)
    assert execution.run().status == "FAILED"
    assert passwords(world) == [None] * 4


@pytest.mark.parametrize(
    ("changes", "second"),
    [
        ({"TimeoutSeconds": "60"}, "The import did not finish within 1 minute."),
        ({}, "cognito-idp:AdminSetUserPassword: AccessDeniedException"),
    ],
)
def test_the_failure_of_the_import_is_told_before_that_of_its_passwords(
    world: FakeAws, changes: dict[str, str], second: str
) -> None:
    world.s3.objects["assets", "users.csv"] = users(1000)
    world.cognito.outcomes = [Outcome(failed=1)]
    if not changes:
        world.fault("AdminSetUserPassword", "AccessDeniedException")
    execution = run(world, ToleratedFailed="0", **changes)
    assert execution.status == "FAILED"
    assert execution.reason.startswith("More users failed than are tolerated: 1")
    assert execution.reason.count("More users failed") == 1
    assert second in execution.reason


def test_a_step_that_fails_every_time_says_that_passwords_are_missing(world: FakeAws) -> None:
    world.fault("AdminSetUserPassword", "InternalErrorException")
    execution = run(world)
    assert execution.reason.startswith("The import workflow failed")
    assert "Not all of 3 users have the test password" in execution.reason
