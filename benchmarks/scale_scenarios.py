"""The imports that `scale` simulates, and their results."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.scale_costs import Cost, cost_of
from benchmarks.virtual_counts import Assumptions, Tally
from benchmarks.virtual_deployment import Deployment
from benchmarks.virtual_time import simulated_aws

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOUR = 3600
_BACKGROUND = {
    "ContractVersion": "2",
    "Wait": "false",
    "TimeoutSeconds": str(14 * 24 * _HOUR),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Deployments that begin at the same time.

    Attributes:
        title: in the tables.
        users: of each deployment.
        stacks: the number of deployments.
        legs: the custom resources of a deployment.
        properties: of the custom resources.
        memory: of the worker, in MiB.
    """

    title: str
    users: int
    stacks: int = 1
    legs: int = 1
    properties: dict[str, str] = field(default_factory=lambda: dict(_BACKGROUND))
    memory: int = 1024


SCENARIOS = {
    "hour": Scenario("a deployment of an hour", 160_000, properties={"TimeoutSeconds": "3480"}),
    "relay": Scenario(
        "a deployment of 12 hours over 13 legs",
        2_100_000,
        legs=13,
        properties={"TimeoutSeconds": str(12 * _HOUR)},
    ),
    "background": Scenario("30 hours with `wait=False`", 5_400_000),
    "slot": Scenario("three stacks, one slot, two days", 2_880_000, stacks=3),
    "forty million": Scenario("40 million users", 40_000_000, memory=2048),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a scenario.

    Attributes:
        scenario: The scenario.
        assumed: The assumptions.
        tally: The counts of the run.
        hours: From the first request to the end of the last execution.
        answered: Seconds until the last answer to CloudFormation.
        jobs: The number of import jobs.
        queued: The longest that a stack waited between two of its jobs, in hours.
        cost: The cost of all deployments together.
    """

    scenario: Scenario
    assumed: Assumptions
    tally: Tally
    hours: float
    answered: float
    jobs: int
    queued: float
    cost: Cost

    @property
    def users(self) -> int:
        """The users of all deployments."""
        return self.scenario.users * self.scenario.stacks


def simulate(scenario: Scenario) -> Outcome:
    """Run a scenario to its end.

    Raises:
        SystemExit: Not all users were imported.
    """
    assumed = Assumptions(memory=scenario.memory)
    with simulated_aws(assumed) as world:
        began = world.clock.now()
        stacks = [
            Deployment(
                world, f"Stack{number}", scenario.users, scenario.legs, dict(scenario.properties)
            )
            for number in range(1, scenario.stacks + 1)
        ]
        for stack in stacks:
            stack.begin()
        world.run(lambda: all(stack.is_over for stack in stacks))
        if not all(stack.imported() for stack in stacks):
            raise SystemExit(f"{scenario.title}: not all users were imported")
        hours = (world.clock.now() - began) / _HOUR
        users = scenario.users * scenario.stacks
        return Outcome(
            scenario,
            assumed,
            world.tally,
            hours,
            max(stack.answered_at or 0.0 for stack in stacks) - began,
            len(world.slots),
            max(_longest_wait(world.slots, stack.pool) for stack in stacks) / _HOUR,
            cost_of(world.tally, users, hours, assumed),
        )


def _longest_wait(slots: Sequence[tuple[str, float, float]], pool: str) -> float:
    """Return the longest time between the end of a job of a pool and the start of its next."""
    own = [(at, at + seconds) for name, at, seconds in slots if name == pool]
    return max((begin - end for (_, end), (begin, _) in itertools.pairwise(own)), default=0)
