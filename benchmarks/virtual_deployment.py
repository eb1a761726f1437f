"""A deployment in virtual time: the requests of CloudFormation that follow one another."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.virtual_time import ROW_USERS, SimulationFailed
from helpers.events import properties
from helpers.fake_world import users

from user_import.contract import ROLE_PATH

if TYPE_CHECKING:
    from benchmarks.virtual_time import SimulatedAws

_STACK_ARN = "arn:aws:cloudformation:eu-central-1:123456789012:stack"


@dataclass
class Deployment:
    """A deployment of a stack with one import, whose custom resources follow one another.

    Attributes:
        world: AWS.
        name: The stack's name, which is also in the names of its pool and its role.
        users: The number of users.
        legs: The number of custom resources.
        changes: Properties of the custom resources.
        answers: The answers, in order.
        answered_at: The time of the last answer; None while there is none.
    """

    world: SimulatedAws
    name: str
    users: int
    legs: int = 1
    changes: dict[str, str] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    answered_at: float | None = None

    def begin(self) -> None:
        """Send the request of the first custom resource."""
        world = self.world
        self.began_at = world.clock.now()
        world.cognito.pools[self.pool] = ["email"]
        world.sts.roles[self._role] = self._stack
        world.cloudformation.statuses[self._stack] = "CREATE_IN_PROGRESS"
        world.s3.objects["assets", f"{self.name}.csv"] = users(self.users // ROW_USERS)
        self._send()

    @property
    def pool(self) -> str:
        """The id of the user pool."""
        return f"eu-central-1_{self.name}"

    @property
    def jobs(self) -> list[Any]:
        """The import jobs in the pool."""
        return [job for job in self.world.cognito.jobs if job.pool == self.pool]

    def imported(self) -> bool:
        """Whether all users are in the pool."""
        self.world.cognito.active  # noqa: B018  ends the jobs that are over
        imported: int = sum(job.imported for job in self.jobs)
        return imported * ROW_USERS >= self.users

    @property
    def is_over(self) -> bool:
        """Whether no execution of the import is left."""
        return self.answered_at is not None and not any(
            not execution.machine.over and execution.is_of(self._stack)
            for execution in self.world.executions
        )

    @property
    def _stack(self) -> str:
        return f"{_STACK_ARN}/{self.name}/6b1f0f3e-0000-4000-8000-1"

    @property
    def _role(self) -> str:
        return f"arn:aws:iam::123456789012:role{ROLE_PATH}{self.name}"

    def _send(self) -> None:
        number = len(self.answers) + 1
        last = number == self.legs
        event = {
            "RequestType": "Create",
            "RequestId": f"00000000-0000-4000-8000-{self.name}-{number}",
            "StackId": self._stack,
            "ResourceType": "Custom::CognitoUserImport",
            "LogicalResourceId": "SeedResource" if last else f"SeedLeg{number}",
            "ResourceProperties": properties(
                UserPoolId=self.pool,
                ImportRoleArn=self._role,
                SourceKey=f"{self.name}.csv",
                StagingKey=f"imports/{self.name}/users.csv",
                **self._relay(number),
                **self.changes,
            ),
        }
        self._path = f"/answer/{event['RequestId']}"
        delivered = {**event, "ResponseURL": self.world.web.url(self._path)}
        self.world.tally.starter += 1
        self.world.listeners.append(self._look)
        self.world.start(delivered)
        self._look()

    def _relay(self, number: int) -> dict[str, str]:
        if self.legs == 1:
            return {}
        before = self.answers[-1].get("Data", {}).get("Relay") if self.answers else None
        return {
            "ContractVersion": "2",
            "RecordKey": f"records/{self.name}/import.json",
            "RelayResource": "SeedResource",
            "LegsAfter": str(self.legs - number),
            **({"LegBefore": before} if before is not None else {}),
        }

    def _look(self) -> None:
        """Take the answer if it is there, and go on with the next custom resource."""
        found = self.world.web.taken(self._path)
        if not found:
            return
        self.world.listeners.remove(self._look)
        answer = json.loads(found[0])
        if answer["Status"] != "SUCCESS":
            raise SimulationFailed(answer["Reason"])
        tally = self.world.tally
        tally.answer_bytes = max(tally.answer_bytes, len(found[0]))
        self.answers.append(answer)
        if len(self.answers) < self.legs:
            self.world.clock.after(self.world.assumed.leg_gap_seconds, self._send)
        else:
            self.answered_at = self.world.clock.now()
            self.world.cloudformation.statuses[self._stack] = "CREATE_COMPLETE"
