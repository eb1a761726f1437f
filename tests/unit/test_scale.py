"""Short forms of the simulations of docs/scale.md: relays, imports in the background, one slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.scale_report import report
from benchmarks.scale_scenarios import Scenario, simulate
from benchmarks.virtual_counts import Assumptions
from benchmarks.virtual_deployment import Deployment
from benchmarks.virtual_time import SimulationFailed, simulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.virtual_time import SimulatedAws

HOUR = 3600
LEG = 3480
MOST_EVENTS = 25_000
BACKGROUND = {"ContractVersion": "2", "Wait": "false", "TimeoutSeconds": str(14 * 24 * HOUR)}


@pytest.fixture
def world() -> Iterator[SimulatedAws]:
    with simulated_aws(Assumptions()) as world:
        yield world


def relay(world: SimulatedAws, users: int, legs: int, timeout: int) -> Deployment:
    changes = {"TimeoutSeconds": str(timeout)}
    deployment = Deployment(world, "Relay", users, legs, changes)
    deployment.begin()
    return deployment


def test_three_legs_wait_for_one_job_of_two_hours(world: SimulatedAws) -> None:
    stack = relay(world, 350_000, 3, 3 * LEG)
    world.run(lambda: stack.is_over)
    assert stack.imported()
    first, second, last = (answer["Data"].get("Relay") for answer in stack.answers)
    assert first == second
    assert first.startswith("passed on ")
    assert last is None
    assert len(stack.jobs) == 1
    assert world.tally.worker["stage"] == world.tally.worker["report"] == 3


def test_no_leg_imports_again_what_one_before_has_imported(world: SimulatedAws) -> None:
    stack = relay(world, 10_000, 3, 3 * LEG)
    world.run(lambda: stack.is_over)
    assert stack.imported()
    assert len(stack.jobs) == 1
    # The second leg is answered without an execution.
    assert len(world.tally.events) == 2
    assert world.tally.starter == 3


def test_a_relay_ends_at_its_timeout(world: SimulatedAws) -> None:
    stack = relay(world, 500_000, 2, 2 * LEG)
    with pytest.raises(SimulationFailed, match="did not finish within 116 minutes"):
        world.run(lambda: stack.is_over)
    assert not stack.imported()


def test_an_import_in_the_background_goes_on_before_a_history_is_full(world: SimulatedAws) -> None:
    stack = Deployment(world, "Background", 5_000_000, changes=BACKGROUND)
    stack.begin()
    world.run(lambda: stack.is_over)
    assert stack.imported()
    assert stack.answered_at is not None
    assert stack.answered_at - stack.began_at < HOUR
    assert len(world.tally.events) > 1
    assert max(world.tally.events.values()) < MOST_EVENTS
    assert [job.status for job in stack.jobs] == ["Succeeded"] * 10


def test_three_stacks_share_the_slot_and_all_end(world: SimulatedAws) -> None:
    stacks = [Deployment(world, f"S{number}", 200_000, changes=BACKGROUND) for number in range(3)]
    for stack in stacks:
        stack.begin()
    world.run(lambda: all(stack.is_over for stack in stacks))
    assert all(stack.imported() for stack in stacks)
    assert world.cognito.most_active == 1


def test_forty_million_users_are_eighty_jobs_with_a_small_state_and_answer() -> None:
    with simulated_aws(Assumptions(users_per_second=50_000)) as world:
        stack = Deployment(world, "Large", 40_000_000, changes={"TimeoutSeconds": str(LEG)})
        stack.begin()
        world.run(lambda: stack.is_over)
        assert stack.imported()
        assert len(stack.jobs) == 80
        assert world.tally.state_bytes < 32 * 1024
        assert world.tally.answer_bytes <= 4096


def test_the_report_has_the_figures_of_a_simulation() -> None:
    outcome = simulate(Scenario("small", 10_000, properties={"TimeoutSeconds": str(LEG)}))
    text = report([outcome])
    assert "| users | 10,000 |" in text
    assert f"| state transitions | {outcome.tally.transitions:,} |" in text
    assert f"**{outcome.cost.own * 100:.3f} $**" in text
