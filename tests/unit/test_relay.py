"""Relays of custom resources, for imports that take longer than an hour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, PROPERTIES, RECORD_KEY, create, reverse, run
from helpers.fake_world import OTHER_POOL, Execution, Outcome, users
from helpers.passwords import SECRET, with_secret
from helpers.relays import Relay

from user_import.contract import Phase
from user_import.messages import steps as messages
from user_import.steps import advance
from user_import.steps.import_request import ImportRequest
from user_import.steps.record import read_record
from user_import.steps.state import State
from user_import.steps.turn import Turn

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

HOUR = 3600
NEVER = float("inf")


def record(world: FakeAws) -> Any:
    return json.loads(world.s3.objects["st", RECORD_KEY])


def lasting(world: FakeAws, seconds: float) -> None:
    world.cognito.outcomes = [Outcome(seconds=seconds)]


@pytest.fixture
def other_users(world: FakeAws) -> dict[str, str]:
    """Another content."""
    world.s3.objects["assets", "other.csv"] = users(2, first=4)
    return {"SourceKey": "other.csv", "SourceHash": "other"}


def test_an_import_of_two_hours_takes_three_of_four_legs_and_one_job(world: FakeAws) -> None:
    lasting(world, 2.2 * HOUR)
    relay = Relay(world, 4)
    assert relay.deploy()
    run_id = ImportRequest.from_event(relay.asked[0]).request_id
    assert relay.relay[:2] == [f"passed on {run_id}"] * 2
    assert str(relay.relay[2]).startswith("ended ")
    assert len(world.cognito.jobs) == 1
    assert relay.answers[3]["Data"]["ImportedUsers"] == "3"
    assert relay.answers[3]["Data"]["JobIds"] == world.cognito.job().id
    assert world.left == [world.s3.objects["st", RECORD_KEY]]


def test_legs_that_have_nothing_to_do_are_answered_without_an_execution(world: FakeAws) -> None:
    relay = Relay(world, 25)
    assert relay.deploy()
    executed = [leg for leg, execution in relay.executions.items() if execution]
    assert executed == [0, 24]
    assert relay.answers[24]["Data"]["ImportedUsers"] == "3"
    assert len(world.cognito.jobs) == 1


def test_the_leg_that_ends_the_import_sends_the_only_event_with_all_counters(
    world: FakeAws,
) -> None:
    relay = Relay(world, 5)
    assert relay.deploy(Events="Seed", ContractVersion="2")
    (detail,) = world.events.details
    assert detail["attributes"] == relay.answers[4]["Data"]


def test_no_two_legs_have_the_same_physical_id(world: FakeAws) -> None:
    relay = Relay(world, 5)
    assert relay.deploy()
    ids = [answer["PhysicalResourceId"] for answer in relay.answers.values()]
    assert len(set(ids)) == 5
    assert relay.deploy(ToleratedFailed="3")
    assert [answer["PhysicalResourceId"] for answer in relay.answers.values()] == ids


def test_each_leg_answers_within_cloudformations_hour(world: FakeAws) -> None:
    lasting(world, 2.2 * HOUR)
    relay = Relay(world, 4)
    relay.deploy()
    seconds = [execution.seconds for execution in relay.executions.values() if execution]
    assert max(seconds) < HOUR


def test_the_deadline_is_that_of_the_import_and_not_of_a_leg(world: FakeAws) -> None:
    lasting(world, NEVER)
    begun_at = world.clock.now()
    relay = Relay(world, 3)
    assert not relay.deploy(TimeoutSeconds="9000")
    assert relay.answers[2]["Reason"].startswith("The import did not finish within 2 hours 30 min")
    assert 9000 <= world.clock.now() - begun_at < 9000 + 120
    assert world.cognito.job().status == "Stopped"
    assert world.left == []


def test_the_begin_of_a_wait_is_kept_from_leg_to_leg(world: FakeAws) -> None:
    begun_at = world.clock.now()
    world.cognito.foreign_until = begun_at + 2.5 * HOUR
    relay = Relay(world, 4)
    assert relay.ask(0)
    second = Execution(relay.event(1), world)
    second.run_until(lambda: Phase.START in second.machine.waits)
    waiting = State.from_json(second.state).waiting
    assert waiting is not None
    assert begun_at <= waiting.since < begun_at + 60
    attributes = second.run().attributes
    assert attributes == {"Relay": relay.relay[0]}
    relay.legs[1], relay.relay[1] = second.event, attributes["Relay"]
    assert relay.ask(2)
    last = relay.executions[2]
    assert last is not None
    # All of the wait counts once.
    assert 2.5 * HOUR - 60 <= last.state["progress"]["queued_seconds"] < 2.5 * HOUR + 180


def test_a_leg_that_is_called_twice_passes_on_once(world: FakeAws) -> None:
    lasting(world, 1.5 * HOUR)
    relay = Relay(world, 3)
    event = relay.event(0)
    execution = Execution(event, world, calls_a_step=2)
    while not execution.over:
        execution.step()
    answers = world.web.answers(execution.path)
    run_id = ImportRequest.from_event(event).request_id
    assert [answer["Data"] for answer in answers] == [{"Relay": f"passed on {run_id}"}] * 2
    assert record(world)["begun"]["legs_after"] == 2


def test_a_late_report_of_an_earlier_leg_does_not_set_the_relay_back(world: FakeAws) -> None:
    lasting(world, 2.5 * HOUR)
    relay = Relay(world, 4)
    first = Execution(relay.event(0), world).run_until_done()
    late = json.loads(json.dumps(first.machine.payload))
    first.step()
    relay.legs[0], relay.relay[0] = first.event, "passed on"
    assert relay.ask(1)
    kept = world.s3.objects["st", RECORD_KEY]

    from user_import import worker

    worker.run(late, world.world_of(first.event))
    assert world.s3.objects["st", RECORD_KEY] == kept


def test_a_leg_begins_the_import_anew_where_the_staged_csv_is_gone(world: FakeAws) -> None:
    lasting(world, 1.5 * HOUR)
    relay = Relay(world, 3)
    assert relay.ask(0)
    world.cognito.stop_by_hand(world.cognito.job())
    del world.s3.objects["st", "imports/seed/users.csv"]
    world.clock.sleep(60)
    assert relay.ask(1)
    assert str(relay.relay[1]).startswith("ended ")
    assert len(world.cognito.jobs) == 2


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"state": 1}', b"\xff"])
def test_a_record_that_cannot_be_read_counts_as_none(world: FakeAws, text: bytes) -> None:
    world.s3.objects["st", RECORD_KEY] = text
    request = ImportRequest.from_event(Relay(world, 2).event(0))
    assert read_record(request, world) is None


def test_a_record_of_a_stack_that_was_deleted_counts_as_none(world: FakeAws) -> None:
    relay = Relay(world, 2)
    assert relay.deploy()
    event = {**relay.event(0), "StackId": create()["StackId"][:-1] + "x"}
    assert read_record(ImportRequest.from_event(event), world) is None


def test_the_failure_of_a_leg_removes_the_record(world: FakeAws) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 2)
    assert not relay.deploy(TimeoutSeconds="5000")
    assert ("st", RECORD_KEY) not in world.s3.objects


@pytest.mark.parametrize("first", [0, 1])
def test_the_first_delete_of_a_rollback_stops_the_job(world: FakeAws, first: int) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert relay.ask(0)
    second = Execution(relay.event(1), world)
    second.run_until(lambda: second.machine.waits)
    events = {0: relay.legs[0], 1: second.event}
    for leg in (first, 1 - first):
        event = events[leg]
        assert event is not None
        assert relay.delete(leg, event, "ROLLBACK_IN_PROGRESS")
        assert world.cognito.job().status == "Stopped"
    second.run()
    assert second.status == "FAILED"
    assert world.left == []


@pytest.mark.parametrize("operation", ["CREATE", "UPDATE"])
def test_a_delete_of_a_rollback_that_is_seen_late_stops_the_job(
    world: FakeAws, operation: str
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert relay.ask(0)
    event = relay.legs[0]
    assert event is not None
    rolls_back = {"CREATE": "ROLLBACK", "UPDATE": "UPDATE_ROLLBACK"}[operation]

    def seen() -> None:
        world.cloudformation.status = f"{rolls_back}_IN_PROGRESS"

    world.clock.after(10, seen)
    assert relay.delete(0, event, f"{operation}_IN_PROGRESS")
    assert world.cognito.job().status == "Stopped"
    assert world.left == []


def test_the_delete_of_a_leg_that_an_update_has_removed_changes_nothing(world: FakeAws) -> None:
    lasting(world, 1.5 * HOUR)
    relay = Relay(world, 4)
    assert relay.ask(0)
    first = relay.legs[0]
    assert first is not None
    before = dict(world.s3.objects)
    # After a failure without rollback, it comes when the next update begins.
    assert relay.delete(0, first, "UPDATE_IN_PROGRESS")
    assert world.s3.objects == before
    assert world.cognito.active
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert all(relay.ask(leg) for leg in (1, 2, 3))
    before = dict(world.s3.objects)
    assert relay.delete(0, first, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert world.s3.objects == before


def test_the_delete_of_an_import_that_was_removed_between_two_legs_stops_its_job(
    world: FakeAws,
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert relay.ask(0)
    first = relay.legs[0]
    assert first is not None
    assert relay.delete(0, first, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert world.cognito.job().status == "Stopped"
    assert world.left == []


def test_a_deployment_with_other_users_stops_the_job_that_was_passed_on(
    world: FakeAws, other_users: dict[str, str]
) -> None:
    world.cognito.outcomes = [Outcome(seconds=NEVER), Outcome()]
    relay = Relay(world, 3)
    assert relay.ask(0)
    relay.settle()
    assert relay.deploy(**other_users)
    assert [job.status for job in world.cognito.jobs] == ["Stopped", "Succeeded"]


def test_the_delete_of_a_leg_of_another_user_pool_stops_the_job_that_was_passed_on(
    world: FakeAws,
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert relay.ask(0)
    old = relay.legs[0]
    assert old is not None
    deployed = {**record(world), "deployed": ["aaaaaaaa", OTHER_POOL], "begun": None}
    world.s3.objects["st", RECORD_KEY] = json.dumps(deployed).encode()
    assert relay.delete(0, old, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert world.cognito.job().status == "Stopped"
    assert record(world) == deployed


def test_a_lower_timeout_goes_on_with_the_import_that_was_passed_on(world: FakeAws) -> None:
    lasting(world, 1.5 * HOUR)
    relay = Relay(world, 3)
    assert relay.ask(0)
    relay.settle()
    alone = Relay(world, 1)
    assert alone.deploy()
    assert len(world.cognito.jobs) == 1
    assert alone.answers[0]["Data"]["ImportedUsers"] == "3"


def test_an_import_that_begins_anew_and_is_passed_on_calls_the_next_legs(
    world: FakeAws, other_users: dict[str, str]
) -> None:
    lasting(world, 2.2 * HOUR)
    relay = Relay(world, 4)
    assert relay.deploy()
    world.cognito.outcomes = [Outcome(failed=1), Outcome(seconds=2.2 * HOUR)]
    assert not relay.deploy(**other_users)
    first = relay.executions[0]
    assert first is not None
    relay.legs[0] = first.event
    assert relay.deploy(**{name: PROPERTIES.get(name) for name in other_users})
    # The last leg has nothing new to say: the content that it has answered for is imported.
    assert list(relay.executions) == [0, 1, 2]
    assert not world.cognito.active


@pytest.mark.parametrize("legs", [1, 3])
@pytest.mark.parametrize("seconds", [1, 30])
def test_a_job_that_ends_just_before_the_timeout_has_succeeded(
    world: FakeAws, legs: int, seconds: int
) -> None:
    timeout = 3480 * legs
    lasting(world, timeout - seconds - 5)
    relay = Relay(world, legs)
    assert relay.deploy(TimeoutSeconds=str(timeout))
    assert relay.answers[legs - 1]["Data"]["ImportedUsers"] == "3"


def test_deleting_the_stack_removes_the_record(world: FakeAws) -> None:
    relay = Relay(world, 3)
    assert relay.deploy()
    for leg in (2, 1, 0):
        event = relay.legs[leg]
        assert event is not None
        assert relay.delete(leg, event, "DELETE_IN_PROGRESS")
    assert world.left == []


def test_removing_the_import_removes_the_record(world: FakeAws) -> None:
    relay = Relay(world, 3)
    assert relay.deploy()
    for leg in (0, 1, 2):
        event = relay.legs[leg]
        assert event is not None
        assert relay.delete(leg, event, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert world.left == []


def test_content_a_then_b_then_a_imports_a_again(
    world: FakeAws, other_users: dict[str, str]
) -> None:
    relay = Relay(world, 3)
    assert relay.deploy()
    assert relay.deploy(**other_users)
    assert relay.deploy(**{name: PROPERTIES.get(name) for name in other_users})
    assert len(world.cognito.jobs) == 3
    assert world.cognito.upload(world.cognito.job()) == users(3)


def test_a_change_that_is_not_of_the_content_imports_nothing(world: FakeAws) -> None:
    relay = Relay(world, 3)
    assert relay.deploy()
    assert relay.deploy(ToleratedFailed="5")
    assert len(world.cognito.jobs) == 1
    assert relay.answers[2]["Data"]["ImportedUsers"] == "3"


def test_without_rollback_the_next_deployment_imports_what_a_later_leg_did_not(
    world: FakeAws,
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert not relay.deploy(TimeoutSeconds="5000")
    lasting(world, 3)
    world.cognito.outcomes = [Outcome()]
    # The first leg has succeeded and is not called again.
    assert relay.deploy(TimeoutSeconds="5000")
    assert 0 not in relay.executions
    assert relay.answers[2]["Data"]["ImportedUsers"] == "3"


def test_without_rollback_a_leg_with_unchanged_content_imports_after_a_failure(
    world: FakeAws,
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert not relay.deploy(TimeoutSeconds="5000")
    world.cognito.outcomes = [Outcome()]
    assert relay.deploy(TimeoutSeconds="6000")
    assert str(relay.relay[0]).startswith("ended ")
    assert relay.answers[2]["Data"]["ImportedUsers"] == "3"


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_rollback_of_an_update_imports_nothing_and_succeeds(
    world: FakeAws, other_users: dict[str, str], order: list[int]
) -> None:
    relay = Relay(world, 3)
    assert relay.deploy()
    jobs = len(world.cognito.jobs)
    lasting(world, NEVER)
    assert not relay.deploy(TimeoutSeconds="5000", **other_users)
    assert relay.roll_back_update(order) == ["SUCCESS", "SUCCESS"]
    relay.settle()
    assert len(world.cognito.jobs) == jobs + 1
    assert not world.cognito.active
    # What was imported before counts as imported.
    assert relay.deploy(ToleratedFailed="7")
    assert len(world.cognito.jobs) == jobs + 1


def test_more_legs_for_content_that_was_imported_import_nothing_in_the_last(
    world: FakeAws,
) -> None:
    relay = Relay(world, 2)
    assert relay.deploy()
    longer = Relay(world, 4)
    longer.legs = [relay.legs[0], None, None, relay.legs[1]]
    longer.relay = [relay.relay[0], None, None, None]
    assert longer.deploy()
    assert len(world.cognito.jobs) == 1
    assert longer.answers[3]["Data"]["ImportedUsers"] == "3"


def test_content_that_an_import_without_a_relay_has_replaced_is_imported_again(
    world: FakeAws, other_users: dict[str, str]
) -> None:
    relay = Relay(world, 2)
    assert relay.deploy()
    alone = Relay(world, 1)
    alone.legs = [relay.legs[1]]
    assert alone.deploy(**other_users)
    again = Relay(world, 2)
    again.legs = [None, alone.legs[0]]
    assert again.deploy(**{name: PROPERTIES.get(name) for name in other_users})
    assert world.cognito.upload(world.cognito.job()) == users(3)
    assert len(world.cognito.jobs) == 3


def test_content_that_was_imported_before_a_failure_of_another_is_imported_again(
    world: FakeAws, other_users: dict[str, str]
) -> None:
    relay = Relay(world, 2)
    assert relay.deploy()
    world.cognito.outcomes = [Outcome(failed=1)]
    assert not relay.deploy(**other_users)
    world.cognito.outcomes = [Outcome()]
    # Without rollback, the first leg still has the properties of the first content.
    assert relay.play(0, relay.event(0, ToleratedFailed="1"))
    assert len(world.cognito.jobs) == 3


def test_a_record_that_cannot_be_read_does_not_hide_the_failure_of_the_import(
    world: FakeAws,
) -> None:
    world.cognito.outcomes = [Outcome(failed=1)]
    relay = Relay(world, 2)
    first = Execution(relay.event(0), world).run_until_done()
    world.fault("GetObject", "AccessDenied", key=RECORD_KEY)
    first.step()
    assert not first.failed
    assert first.reason.startswith(messages.too_many_failed(1, 0))


def test_a_leg_that_sets_passwords_passes_on_when_its_time_is_over(world: FakeAws) -> None:
    lasting(world, NEVER)
    execution = Execution(Relay(world, 2).event(0), world)
    execution.run_until(lambda: world.cognito.started)
    request = ImportRequest.from_event(execution.event)
    state = State.from_json(execution.state)
    turn = Turn(request, state.plan, state.progress, world)
    assert advance._is_wanted(turn)  # noqa: SLF001  the step of passwords is given it
    world.clock.sleep(3480)
    assert not advance._is_wanted(turn)  # noqa: SLF001  likewise


def test_another_user_pool_leaves_the_record_to_its_import(world: FakeAws) -> None:
    relay = Relay(world, 2)
    assert relay.deploy()
    old = list(relay.legs)
    assert relay.deploy(UserPoolId=OTHER_POOL)
    for leg in (1, 0):
        event = old[leg]
        assert event is not None
        assert relay.delete(leg, event, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert record(world)["deployed"][1] == OTHER_POOL
    assert {job.pool for job in world.cognito.jobs} == {POOL, OTHER_POOL}


def test_an_import_that_is_superseded_is_not_passed_on(world: FakeAws) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 2)
    first = Execution(relay.event(0), world).run_until_done()
    claim = ImportRequest.from_event(create()).claim_at(world.clock.now())
    world.staging.claim(ImportRequest.from_event(first.event).staged, claim)
    first.step()
    assert first.reason == messages.IMPORT_SUPERSEDED
    assert record(world)["begun"]["state"] is None


def extended(world: FakeAws, deployed: Relay, legs: int) -> Relay:
    """Return the relay that a higher timeout makes of a deployed one."""
    relay = Relay(world, legs)
    more = legs - len(deployed.legs)
    relay.legs = [*deployed.legs[:-1], *[None] * more, deployed.legs[-1]]
    relay.relay = [*deployed.relay[:-1], *[None] * more, None]
    return relay


@pytest.fixture
def deployed(world: FakeAws) -> Relay:
    """A relay of two legs, which is deployed."""
    relay = Relay(world, 2)
    assert relay.deploy()
    return relay


def test_a_higher_timeout_imports_nothing_and_reads_nothing(
    world: FakeAws, deployed: Relay
) -> None:
    del world.s3.objects["assets", "users.csv"]
    relay = extended(world, deployed, 3)
    assert relay.deploy()
    assert len(world.cognito.jobs) == 1
    assert relay.answers[2]["Data"]["ImportedUsers"] == "3"


def test_an_import_without_a_relay_leaves_no_record_and_is_staged_again_by_a_higher_timeout(
    world: FakeAws,
) -> None:
    alone = Relay(world, 1)
    assert alone.deploy()
    assert world.left == []
    assert extended(world, alone, 3).deploy()
    assert len(world.cognito.jobs) == 1


def test_a_higher_timeout_with_a_test_password_imports_nothing(world: FakeAws) -> None:
    password = {"ContractVersion": "2", "TestPasswordSecret": SECRET}
    deployed = Relay(with_secret(world), 2)
    assert deployed.deploy(**password)
    assert extended(world, deployed, 4).deploy(**password)
    assert len(world.cognito.jobs) == 1


def test_a_higher_timeout_after_a_run_with_a_token_imports_nothing(
    world: FakeAws, deployed: Relay
) -> None:
    made = deployed.legs[1]
    assert made is not None
    Execution(run(made, "again"), world).run()
    assert len(world.cognito.jobs) == 2
    assert extended(world, deployed, 4).deploy()
    assert len(world.cognito.jobs) == 2


def test_a_higher_timeout_after_the_rollback_of_an_update_imports_nothing(
    world: FakeAws, deployed: Relay, other_users: dict[str, str]
) -> None:
    assert deployed.deploy(**other_users)
    assert deployed.roll_back_update([0, 1]) == ["SUCCESS", "SUCCESS"]
    deployed.settle()
    assert extended(world, deployed, 4).deploy()
    assert len(world.cognito.jobs) == 2


def test_content_before_a_csv_that_was_refused_is_not_imported_again(
    world: FakeAws, deployed: Relay, other_users: dict[str, str]
) -> None:
    world.s3.objects["assets", "other.csv"] = b"no header\n"
    assert not deployed.deploy(**other_users)
    deployed.settle()
    assert extended(world, deployed, 4).deploy()
    assert len(world.cognito.jobs) == 1


def test_a_rollback_that_is_seen_late_records_the_content_to_which_it_goes_back(
    world: FakeAws, deployed: Relay, other_users: dict[str, str]
) -> None:
    assert deployed.deploy(**other_users)
    asked = deployed.executions[0]
    assert asked is not None
    back = Execution(reverse(asked.event), world).run_until(lambda: world.cognito.started)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert back.run().status == "SUCCESS"
    content_id = ImportRequest.from_event(back.event).content_id
    assert record(world) == {**record(world), "deployed": [content_id, POOL], "begun": None}


def test_a_leg_that_cannot_write_the_record_fails_so_that_no_other_leg_imports_again(
    world: FakeAws,
) -> None:
    relay = Relay(world, 2)
    first = Execution(relay.event(0), world).run_until(lambda: world.cognito.started)
    world.fault("PutObject", "AccessDenied", key=RECORD_KEY)
    assert first.run().status == "FAILED"
    assert "(AccessDenied)" in first.reason


@pytest.mark.parametrize("code", ["AccessDenied", "InternalError"])
def test_a_leg_that_cannot_go_on_stops_the_import_that_was_passed_on(
    world: FakeAws, code: str
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert relay.ask(0)
    world.fault("DescribeStacks", code, seconds=1.5 * HOUR)
    assert not relay.ask(1)
    assert "cloudformation:DescribeStacks" in relay.answers[1]["Reason"]
    assert world.cognito.job().status in ("Stopped", "Stopping")
    assert world.left == []


def test_a_leg_that_cannot_read_the_record_leaves_the_import_to_the_rollback(
    world: FakeAws,
) -> None:
    lasting(world, NEVER)
    relay = Relay(world, 3)
    assert relay.ask(0)
    world.fault("GetObject", "AccessDenied", key=RECORD_KEY, times=99)
    assert not relay.ask(1)
    assert world.cognito.job().status == "InProgress"
    first = relay.legs[0]
    assert first is not None
    world.faults.clear()
    assert relay.delete(0, first, "ROLLBACK_IN_PROGRESS")
    assert world.cognito.job().status == "Stopped"
    assert world.left == []


@pytest.mark.parametrize("days", [0.5, 1, 3])
def test_a_later_deployment_goes_on_with_an_import_that_no_leg_has_gone_on_with(
    world: FakeAws, days: float
) -> None:
    lasting(world, 2 * HOUR)
    relay = Relay(world, 3)
    assert relay.ask(0)
    # Another resource of the stack fails, and nothing is rolled back.
    relay.settle()
    world.clock.sleep(days * 24 * HOUR)
    assert relay.deploy()
    assert 0 not in relay.executions
    assert len(world.cognito.jobs) == 1
    assert relay.answers[2]["Data"]["ImportedUsers"] == "3"


@pytest.mark.parametrize("delay", [5, 10])
def test_the_last_leg_answers_with_the_results_of_the_import_although_the_list_of_jobs_lags(
    world: FakeAws, delay: int
) -> None:
    world.cognito.list_delay = delay
    relay = Relay(world, 2)
    assert relay.deploy()
    assert relay.answers[1]["Data"]["ImportedUsers"] == "3"
    assert relay.answers[1]["Data"]["JobIds"] == world.cognito.job().id
