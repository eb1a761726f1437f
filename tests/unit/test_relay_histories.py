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
    from collections.abc import Callable, Iterable

    from helpers.fake_world import FakeAws, FakeJob

NEVER = float("inf")
Snapshot = tuple[list[dict[str, Any] | None], list[str | None]]
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

    def snapshot(self) -> Snapshot:
        """Return the legs, and what they have answered."""
        return list(self.legs), list(self.relay)

    def restore(self, before: Snapshot) -> None:
        """Have the legs that there were before a deployment."""
        self.legs, self.relay = before

    def resize(self, legs: int) -> None:
        """Have another number of legs, as after a change of the timeout; the last one stays."""
        first, last = self.legs[:-1], self.legs[-1]
        more = legs - 1 - len(first)
        self.legs = [*first[: legs - 1], *[None] * more, last]
        self.relay = [*self.relay[:-1][: legs - 1], *[None] * more, None]

    def removed(self, before: Snapshot) -> list[dict[str, Any]]:
        """Return the requests that made the legs which a deployment has removed."""
        first, _ = before
        return [event for event in first[len(self.legs) - 1 : -1] if event is not None]

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
    imported, is_recorded = "", False
    for _ in range(deployments):
        before, jobs = relay.snapshot(), len(world.cognito.jobs)
        if imported and chance.random() < 0.3:
            relay.resize(chance.choice([1, 2, 5]))
        properties = deploy(relay, world, chance)
        succeeded = relay.deploy(**properties)
        world.faults.clear()
        # An import with one custom resource has no record.
        is_recorded = is_recorded and len(relay.legs) > 1
        if succeeded and relay.running is None:
            if is_recorded and imported == properties["SourceKey"]:
                assert len(world.cognito.jobs) == jobs, "the deployed content is imported again"
            imported, is_recorded = properties["SourceKey"], len(relay.legs) > 1
            end_of_success(relay, properties)
            for made in relay.removed(before):
                assert relay.delete(0, made, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            relay.settle()
        elif imported:
            roll_back(relay, chance)
            relay.restore(before)
            relay.settle()
            assert not world.cognito.active
        else:
            for leg in shuffled(relay.executions, chance):
                assert relay.delete(leg, relay.asked[leg], "ROLLBACK_IN_PROGRESS")
            assert not world.cognito.active
            assert world.left == []
            relay = HistoryOfARelay(world, legs)
    delete_stack(relay)
    assert not world.cognito.active
    assert world.left == []


def delete_stack(relay: HistoryOfARelay) -> None:
    relay.calls_a_step, relay.cut = 1, None
    for leg, made in reversed([*enumerate(relay.legs)]):
        if made is not None:
            assert relay.delete(leg, made, "DELETE_IN_PROGRESS")


def end_of_success(relay: HistoryOfARelay, properties: dict[str, Any]) -> None:
    """See that a deployment has imported every user of its content, now or before."""
    last = max(relay.executions, default=0)
    if relay.executions.get(last):
        number = len(SOURCES[properties["SourceKey"]].splitlines()) - 1
        assert last_of_content(relay.world, relay.event(0, **properties)).imported == number


def roll_back(relay: HistoryOfARelay, chance: random.Random) -> None:
    """Undo an update: the legs that it has updated in any order, then those that it has made."""
    created = [leg for leg in relay.executions if relay.asked[leg]["RequestType"] == "Create"]
    updated = [leg for leg in relay.executions if leg not in created]
    assert set(relay.roll_back_update(shuffled(updated, chance))) <= {"SUCCESS"}
    for leg in reversed(created):
        assert relay.delete(leg, relay.asked[leg], "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")


def shuffled(legs: Iterable[int], chance: random.Random) -> list[int]:
    return chance.sample(order := [*legs], len(order))
