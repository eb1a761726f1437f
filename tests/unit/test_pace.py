"""How often the workflow looks at AWS, in the time of the scripted AWS."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from helpers.events import create
from helpers.fake_world import Execution, Outcome, users

from user_import import worker
from user_import.contract import Phase
from user_import.steps.pace import JOB, SLOT, Pace

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

HOUR, DAY = 3600, 24 * 3600
NEVER = float("inf")


def staged(world: FakeAws, *sizes: int, **changes: str) -> Execution:
    """Return an import that has been staged, with time enough."""
    world.s3.objects["assets", "users.csv"] = users(sum(sizes) or 3)
    execution = Execution(create(**changes), world)
    execution.split(*sizes) if sizes else execution.step()
    execution.state["plan"]["deadline"] += 100 * DAY
    return execution


def run_jobs(world: FakeAws, *seconds: float, sizes: tuple[int, ...] = ()) -> Execution:
    """Run an import whose jobs take these times."""
    world.cognito.outcomes = [Outcome(seconds=each) for each in seconds]
    return staged(world, *sizes).run()


def times_of(world: FakeAws, execution: Execution, operation: str) -> list[float]:
    """Run an import to its end, and return the times at which it called an operation."""
    times: list[float] = []
    while not execution.over:
        before = len(world.called(operation))
        execution.step()
        times += [world.clock.now()] * (len(world.called(operation)) - before)
    return times


@pytest.mark.parametrize("seconds", [0.5, 3, 7.3, 12, 15.9, 19.9])
def test_the_end_of_a_job_under_20_s_is_seen_within_2_s(world: FakeAws, seconds: float) -> None:
    execution = run_jobs(world, seconds)
    ended_at = world.cognito.job().ended_at
    assert ended_at is not None
    assert execution.ended_at - ended_at <= 2


@pytest.mark.parametrize("seconds", [100, 777, HOUR])
def test_the_end_of_a_job_is_seen_after_a_tenth_of_its_time_or_a_minute(
    world: FakeAws, seconds: float
) -> None:
    execution = run_jobs(world, seconds)
    ended_at = world.cognito.job().ended_at
    assert ended_at is not None
    assert execution.ended_at - ended_at <= min(60, 0.1 * seconds + 1)


@pytest.mark.parametrize(("seconds", "calls"), [(HOUR, 150), (DAY, 1_500)])
def test_a_long_job_needs_few_calls_of_the_worker(
    world: FakeAws, seconds: float, calls: int
) -> None:
    execution = run_jobs(world, seconds)
    assert execution.status == "SUCCESS"
    assert execution.turns <= calls


def test_between_two_jobs_the_slot_is_free_for_others_for_a_fiftieth_of_the_time(
    world: FakeAws,
) -> None:
    """Who waits for the slot looks every two minutes at most, and has to meet the pause."""
    for seconds, pause in ((10, 0), (600, 12), (HOUR, 72), (DAY, 125)):
        world.cognito.jobs.clear()
        run_jobs(world, seconds, 3, sizes=(1, 1))
        first, second = world.cognito.jobs
        assert first.ended_at is not None
        assert second.started_at is not None
        seen_late = min(60, 0.1 * seconds + 1)
        assert pause <= second.started_at - first.ended_at <= pause + seen_late + 5


def test_each_further_job_is_looked_at_60_times_an_hour(world: FakeAws) -> None:
    one = run_jobs(world, HOUR).turns
    five = run_jobs(world, *[HOUR] * 5, sizes=(1, 1, 1, 1, 1))
    create_and_start, pause = 2, 2
    assert five.status == "SUCCESS"
    assert five.turns - one <= 4 * (60 + create_and_start + pause)
    assert five.turns <= 150 + 4 * 60


def test_the_end_of_a_small_job_after_a_long_one_is_seen_soon(world: FakeAws) -> None:
    execution = run_jobs(world, 2 * HOUR, 3, sizes=(400, 1))
    ended_at = world.cognito.job().ended_at
    assert ended_at is not None
    assert execution.ended_at - ended_at <= 2


def test_throttling_does_not_shorten_the_intervals_of_a_long_job(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome(seconds=5 * HOUR)]
    execution = staged(world)
    execution.run_until(lambda: execution.state["wait_seconds"] == 60)
    world.fault("DescribeUserImportJob", "TooManyRequestsException", times=1)
    execution.step()
    assert execution.state["phase"] == Phase.THROTTLING
    execution.step()
    assert (execution.state["phase"], execution.state["wait_seconds"]) == (Phase.RUN, 60)


def test_the_slot_is_asked_for_every_two_minutes_at_last(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + 5 * HOUR
    execution = staged(world)
    asked = times_of(world, execution, "StartUserImportJob")
    intervals = [later - earlier for earlier, later in pairwise(asked)]
    assert intervals[:3] == [2, 2, 2]
    assert all(90 <= each <= 121 for each in intervals[-100:])
    assert execution.turns <= 2 * len(asked) + 10
    assert asked[-1] - world.cognito.foreign_until <= 121
    assert execution.status == "SUCCESS"


@pytest.mark.parametrize("waits_for", ["slot", "job"])
@pytest.mark.parametrize("seconds", [30, 1_000, 9_999, 10_030, 10_099])
def test_a_rollback_is_noticed_within_a_minute(
    world: FakeAws, waits_for: str, seconds: float
) -> None:
    world.cognito.foreign_until = NEVER if waits_for == "slot" else 0
    world.cognito.outcomes = [Outcome(seconds=NEVER)]
    execution = staged(world)
    rolls_back_at = world.clock.now() + seconds
    world.clock.after(
        seconds, lambda: setattr(world.cloudformation, "status", "ROLLBACK_IN_PROGRESS")
    )
    execution.run_until(lambda: execution.state["progress"]["stopping"])
    assert 0 <= world.clock.now() - rolls_back_at <= 60


def test_a_turn_between_two_tries_does_not_ask_for_the_slot(world: FakeAws) -> None:
    world.cognito.foreign_until = NEVER
    execution = staged(world)
    execution.run_until(lambda: execution.state["progress"]["look_at"])
    waiting_for, asked = execution.state["waiting_for"], world.called("StartUserImportJob")
    looks = len(world.called("DescribeStacks"))
    execution.step()
    assert world.called("StartUserImportJob") == asked
    assert len(world.called("DescribeStacks")) == looks + 1
    assert execution.state["waiting_for"] == waiting_for
    execution.step()
    assert len(world.called("StartUserImportJob")) == len(asked) + 1


def test_an_import_that_waits_for_the_slot_ends_at_its_deadline(world: FakeAws) -> None:
    world.cognito.foreign_until = NEVER
    execution = staged(world)
    execution.state["plan"]["deadline"] = deadline = world.clock.now() + 7_777
    execution.run_until(lambda: execution.state["progress"]["stopping"])
    assert 0 <= world.clock.now() - deadline <= 1


def test_imports_that_begin_together_ask_for_the_slot_at_different_times(world: FakeAws) -> None:
    world.cognito.foreign_until = world.clock.now() + HOUR
    begin, times = world.clock.now(), []
    for name in ("One", "Two", "Three"):
        world.clock.time = begin
        event = {**create(), "LogicalResourceId": name}
        execution = Execution(event, world)
        execution.step()
        execution.state["plan"]["deadline"] += DAY
        times.append(times_of(world, execution, "StartUserImportJob")[-10:])
    assert len({tuple(each) for each in times}) == 3


def test_a_repeated_turn_waits_as_long(world: FakeAws) -> None:
    world.cognito.foreign_until = NEVER
    execution = staged(world)
    execution.run_until(lambda: execution.state["wait_seconds"] > 30)
    world.clock.sleep(execution.machine.due - world.clock.now())
    turns = [worker.run(execution.machine.payload, world.world_of(execution.event)) for _ in "ab"]
    assert turns[0]["wait_seconds"] == turns[1]["wait_seconds"]


def test_intervals_are_a_tenth_of_the_time_between_2_and_60_seconds() -> None:
    waited = (-5, 0, 19, 25, 100, 599, 600, 10_000)
    assert [JOB.seconds(each, "") for each in waited] == [2, 2, 2, 2, 10, 60, 60, 60]


def test_jitter_shortens_an_interval_by_a_quarter_at_most() -> None:
    found = {SLOT.seconds(DAY, str(seed)) for seed in range(1_000)}
    assert (min(found), max(found)) == (90, 120)
    assert min(Pace(2, jitter=True).seconds(0, str(seed)) for seed in range(100)) == 2
