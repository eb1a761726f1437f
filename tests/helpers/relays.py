"""A relay as CloudFormation plays it: one leg after another, each with the answer of the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .events import create, delete, delivered, reverse, update
from .fake_world import Execution

if TYPE_CHECKING:
    from .fake_world import FakeAws

LAST = "SeedUsersResource"
RELAY = {"RelayResource": LAST}


class Relay:
    """The custom resources of one import, and what CloudFormation has asked them.

    Attributes:
        legs: The last request that each leg answered with success, the last leg's at the end; None
            before.
        relay: The attribute of each leg, which the next one gets.
        executions: The executions of the last deployment, by leg; None where the starter answered.
        answers: The answers of the last deployment, by leg.
        asked: The last request of each leg.
        calls_a_step: How often each step is called.
    """

    def __init__(self, world: FakeAws, legs: int) -> None:
        self.world = world
        self.calls_a_step = 1
        self.legs: list[dict[str, Any] | None] = [None] * legs
        self.relay: list[str | None] = [None] * legs
        self.executions: dict[int, Execution | None] = {}
        self.answers: dict[int, dict[str, Any]] = {}
        self.asked: dict[int, dict[str, Any]] = {}

    def deploy(self, **properties: Any) -> bool:
        """Create or update every leg in order; return whether all succeeded."""
        self.executions, self.answers = {}, {}
        self.world.cloudformation.status = (
            "UPDATE_IN_PROGRESS" if any(self.legs) else "CREATE_IN_PROGRESS"
        )
        succeeded = all(self.ask(leg, **properties) for leg in range(len(self.legs)))
        if succeeded:
            self.settle()
        return succeeded

    def settle(self) -> None:
        """End the operation of the stack."""
        self.world.cloudformation.status = "UPDATE_COMPLETE"

    def ask(self, leg: int, **properties: Any) -> bool:
        """Create or update one leg, unless its properties are the same."""
        event = self.event(leg, **properties)
        known = self.legs[leg]
        if known and known["ResourceProperties"] == event["ResourceProperties"]:
            return True
        if not self.play(leg, event):
            return False
        self.legs[leg] = event
        self.relay[leg] = self.answers[leg].get("Data", {}).get("Relay")
        return True

    def event(self, leg: int, **properties: Any) -> dict[str, Any]:
        """Return the request that CloudFormation sends to a leg."""
        place: dict[str, Any] = dict.fromkeys([*RELAY, "LegsAfter", "LegBefore"])
        if len(self.legs) > 1:
            place |= {**RELAY, "LegsAfter": str(len(self.legs) - 1 - leg)}
        if leg:
            place["LegBefore"] = self.relay[leg - 1]
        known = self.legs[leg]
        whole = {"TimeoutSeconds": str(3480 * len(self.legs)), **properties, **place}
        event = update(known, **whole) if known else create(**whole)
        given = {name: value for name, value in event["ResourceProperties"].items() if value}
        return {**event, "ResourceProperties": given, "LogicalResourceId": self.name(leg)}

    def name(self, leg: int) -> str:
        """Return the logical id of a leg."""
        return LAST if leg == len(self.legs) - 1 else f"SeedUsersLeg{leg + 1}"

    def play(self, leg: int, event: dict[str, Any]) -> bool:
        """Send a request to the starter, and play the execution that it starts."""
        self.asked[leg] = event
        execution = Execution(event, self.world, calls_a_step=self.calls_a_step)
        execution.retries_killed = True
        before = set(self.world.states.inputs)
        self.world.start(delivered(event, self.world.web.url(execution.path)))
        started = set(self.world.states.inputs) - before
        self.executions[leg] = execution if started else None
        if started:
            self.run(leg, execution)
        # CloudFormation takes the first answer.
        self.answers[leg] = self.world.web.answers(execution.path)[0]
        return bool(self.answers[leg]["Status"] == "SUCCESS")

    def run(self, leg: int, execution: Execution) -> None:
        """Play an execution of a leg to its end; a test may let something happen meanwhile."""
        del leg
        execution.run()

    def roll_back_update(self, order: list[int]) -> list[str]:
        """Undo the last deployment of these legs in this order; return the answers' statuses."""
        self.world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        statuses = []
        for leg in order:
            asked = self.executions[leg]
            event = asked.event if asked else self.legs[leg]
            assert event is not None
            back = {**reverse(event), "LogicalResourceId": self.name(leg)}
            statuses.append("SUCCESS" if self.play(leg, back) else "FAILED")
            self.legs[leg] = back
            self.relay[leg] = self.answers[leg].get("Data", {}).get("Relay")
        return statuses

    def delete(self, leg: int, event: dict[str, Any], status: str) -> bool:
        """Delete a leg that this event made, while the stack has this status."""
        self.world.cloudformation.status = status
        return self.play(leg, {**delete(event), "LogicalResourceId": self.name(leg)})
