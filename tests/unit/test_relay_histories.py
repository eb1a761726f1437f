"""Random histories of a stack with one import, as one custom resource and as a relay.

A history is a number of deployments with failures of calls, functions that are killed, and
operations of the stack that fail while a leg runs; then the stack is deleted. The seed of a history
is the test's parameter. What holds in all of them:

- at most one job of the import is active;
- after a rollback and after the deletion none is;
- a deployment that succeeds has imported every user of its content;
- after the deletion, nothing is left in the staging bucket.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.fake_world import Execution, Killed, Outcome, client_error, users
from helpers.relays import Relay

from user_import.steps.import_request import ImportRequest
from user_import.steps.job_name import JobName

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.fake_world import FakeAws, FakeJob

NEVER = float("inf")
SOURCES = {"a.csv": users(3), "b.csv": users(2, first=4)}
OPERATIONS = [
    "CreateUserImportJob",
    "StartUserImportJob",
    "DescribeUserImportJob",
    "ListUserImportJobs",
    "DescribeStacks",
    "GetObject",
    "HeadObject",
    "PutObject",
    "DescribeUserPool",
]
TROUBLES: list[Callable[[], BaseException]] = [
    lambda: client_error("Some", "TooManyRequestsException"),
    lambda: client_error("Some", "InternalErrorException"),
    lambda: EndpointConnectionError(endpoint_url="https://example.com/"),
    Killed,
]


class HistoryOfARelay(Relay):
    """A relay whose stack may roll back while a leg runs.

    Attributes:
        cut: The leg and the number of its steps after which another resource fails; None for never.
        running: The execution that runs then.
    """

    def __init__(self, world: FakeAws, legs: int) -> None:
        super().__init__(world, legs)
        self.cut: tuple[int, int] | None = None
        self.running: Execution | None = None

    def run(self, leg: int, execution: Execution) -> None:
        steps = self.cut[1] if self.cut and self.cut[0] == leg else None
        while not execution.over:
            if steps == 0 and not self.running:
                self.running = execution
                going_back = "UPDATE_ROLLBACK" if any(self.legs) else "ROLLBACK"
                self.world.cloudformation.status = f"{going_back}_IN_PROGRESS"
            execution.step()
            steps = None if steps is None else steps - 1
            assert len(self.world.cognito.active) <= 1


def deploy(relay: HistoryOfARelay, world: FakeAws, chance: random.Random) -> dict[str, Any]:
    """Deploy once; return the properties."""
    properties = {
        "SourceKey": (key := chance.choice(sorted(SOURCES))),
        "SourceHash": f"hash of {key}",
        "ToleratedFailed": chance.choice(["0", "1"]),
    }
    seconds = chance.choice([3, 3, 5000, 12_000, NEVER])
    world.cognito.outcomes = [Outcome(seconds=seconds)]
    for _ in range(chance.randint(0, 3)):
        world.fault(
            chance.choice(OPERATIONS),
            chance.choice(TROUBLES)(),
            times=chance.randint(1, 3),
            after=chance.random() < 0.3,
        )
    relay.calls_a_step = chance.choice([1, 1, 2])
    legs = len(relay.legs)
    relay.cut = (chance.randrange(legs), chance.randint(1, 6)) if chance.random() < 0.3 else None
    relay.running = None
    return properties


def last_of_content(world: FakeAws, event: dict[str, Any]) -> FakeJob:
    """Return the last job that has imported the content of a request.

    Another content may have been imported since, and the stack have been rolled back.
    """
    content = ImportRequest.from_event(event).content_id
    named = [(JobName.parse(job.name), job) for job in world.cognito.jobs]
    return [
        job
        for name, job in named
        if name and name.content_id == content and job.status == "Succeeded"
    ][-1]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("legs", [1, 2, 5])
def test_every_history_leaves_a_consistent_state(world: FakeAws, legs: int, seed: int) -> None:
    play(world, legs, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 56))
@pytest.mark.parametrize("legs", [1, 2, 5])
def test_every_long_history_leaves_a_consistent_state(world: FakeAws, legs: int, seed: int) -> None:
    play(world, legs, seed, deployments=12)


def play(world: FakeAws, legs: int, seed: int, *, deployments: int = 4) -> None:
    """Play a history of so many deployments, and then delete the stack."""
    chance = random.Random(f"{legs} {seed}")
    for name, content in SOURCES.items():
        world.s3.objects["assets", name] = content
    relay = HistoryOfARelay(world, legs)
    exists = False
    for _ in range(deployments):
        properties = deploy(relay, world, chance)
        succeeded = relay.deploy(**properties)
        world.faults.clear()
        touched = list(relay.executions)
        if succeeded and relay.running is None:
            exists = True
            if touched and relay.executions[touched[-1]]:
                number = len(SOURCES[properties["SourceKey"]].splitlines()) - 1
                assert last_of_content(world, relay.event(0, **properties)).imported == number
        elif exists:
            chance.shuffle(touched)
            assert set(relay.roll_back_update(touched)) <= {"SUCCESS"}
            relay.settle()
            assert not world.cognito.active
        else:
            asked = [relay.event(leg, **properties) for leg in touched]
            order = list(zip(touched, asked, strict=True))
            chance.shuffle(order)
            for leg, event in order:
                assert relay.delete(leg, event, "ROLLBACK_IN_PROGRESS")
            assert not world.cognito.active
            assert world.left == []
            relay = HistoryOfARelay(world, legs)
    relay.calls_a_step, relay.cut = 1, None
    for leg in reversed(range(legs)):
        made = relay.legs[leg]
        if made is not None:
            assert relay.delete(leg, made, "DELETE_IN_PROGRESS")
    assert not world.cognito.active
    assert world.left == []
