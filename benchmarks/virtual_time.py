"""Imports of days in virtual time: the workflow and its handler, against a scripted AWS.

What runs is the deployed definition of the state machine, and the handler's own code. AWS is that
of the unit tests (`helpers.fake_world`), with the clock that the simulation moves. A row of the
staged CSV stands for `ROW_USERS` users, so that forty million need four thousand rows.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from benchmarks.virtual_counts import Assumptions, Tally
from helpers.fake_world import (
    POOL_NAME,
    FakeAws,
    FakeCloudFormation,
    FakeCognito,
    FakeStates,
    Outcome,
    client_error,
)
from helpers.socketless_web import SocketlessWeb
from helpers.state_machine import Interpreter

from user_import import worker
from user_import.users_csv import validate_users
from user_import.users_csv.limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from user_import.users_csv.limits import Limits

ROW_USERS = 10_000
USERS_PER_JOB = 500_000
_SOURCES = "assets"
"""The bucket of the users' own CSV."""
_MOST_TURNS = 200_000
_EVENTS = {"Task": 5, "Wait": 2, "Choice": 2, "Pass": 2, "Succeed": 2}
"""Events in the history of an execution: a Task is entered, scheduled, started, succeeded, exited
(Step Functions API Reference, `HistoryEvent`); other states are entered and exited."""
_EVENTS_OF_RETRY = 3
_EVENTS_OF_EXECUTION = 2


class SimulationFailed(Exception):
    """An import of the simulation was answered with FAILED, or does not end."""


class _CountingMachine(Interpreter):
    """An execution's interpreter that counts transitions and events."""

    def __init__(self, its_input: dict[str, Any], now: float, name: str, tally: Tally) -> None:
        self._name, self._tally = name, tally
        tally.events[name] += _EVENTS_OF_EXECUTION
        started = datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
        super().__init__(its_input, now, started)

    def _enter(self, name: str, data: dict[str, Any], now: float) -> None:
        from helpers.state_machine import workflow  # noqa: PLC0415  loads the CDK

        self._tally.transitions += 1
        self._tally.events[self._name] += _EVENTS[workflow()["States"][name]["Type"]]
        super()._enter(name, data, now)

    def fail(self, error: str, message: str, now: float) -> None:
        """Count the retry of a step."""
        self._tally.transitions += 1
        self._tally.events[self._name] += _EVENTS_OF_RETRY
        super().fail(error, message, now)


class _Cognito(FakeCognito):
    """Cognito whose jobs take their time, one at a time in the account."""

    _world: SimulatedAws

    def begin(self, job: Any) -> None:
        rows = _rows(self.uploaded(job))
        seconds = rows * ROW_USERS / self._world.assumed.users_per_second
        self.outcomes = [Outcome(seconds=seconds)]
        self._world.slots.append((job.pool, self._world.clock.now(), seconds))
        super().begin(job)

    def _end(self, job: Any) -> None:
        # Without the list of users: no simulation reads it.
        rows = _rows(self.uploaded(job))
        job.status, job.imported = "Succeeded", rows
        job.ended_at = job.started_at + job.outcome.seconds
        group = f"/aws/cognito/userpools/{job.pool}/{POOL_NAME}"
        self._world.logs.write(group, f"{job.id}/{job.name}", ())


class _States(FakeStates):
    """Step Functions, whose executions the simulation runs."""

    _world: SimulatedAws

    def effect_of_start_execution(
        self,
        stateMachineArn: str,  # noqa: N803  boto3's
        name: str,
        input: str,  # noqa: A002  boto3's
    ) -> dict[str, str]:
        answer = super().effect_of_start_execution(stateMachineArn, name, input)
        self._world.execute(name, json.loads(input))
        return answer


class _CloudFormation(FakeCloudFormation):
    """CloudFormation, with a status for each stack."""

    def __init__(self, world: SimulatedAws) -> None:
        super().__init__(world)
        self.statuses: dict[str, str] = {}

    def effect_of_describe_stacks(self, StackName: str) -> dict[str, list[dict[str, Any]]]:  # noqa: N803
        status = self.statuses.get(StackName)
        if status is None:
            raise client_error("DescribeStacks", "ValidationError", f"{StackName} does not exist")
        stack = {"StackId": StackName, "StackStatus": status, "DisableRollback": False}
        return {"Stacks": [stack]}


class SimulatedExecution:
    """An execution of the workflow.

    Attributes:
        name: Its name.
        machine: Its place in the workflow.
    """

    def __init__(self, world: SimulatedAws, name: str, its_input: dict[str, Any]) -> None:
        self.name = name
        self._world = world
        self._request: dict[str, Any] = its_input["request"]
        self.machine = _CountingMachine(its_input, world.clock.now(), name, world.tally)

    @property
    def due(self) -> float:
        """The time of the next call of the worker."""
        return self.machine.due

    def is_of(self, stack: str) -> bool:
        """Whether the execution is of an import of this stack."""
        return bool(self._request["StackId"] == stack)

    def turn(self) -> None:
        """Call the worker, and go on as long after as it takes."""
        world, step = self._world, self.machine.step
        calls, uploads = len(world.calls), len(world.web.puts)
        payload = json.loads(json.dumps(self.machine.payload))
        try:
            result = worker.run(payload, world.world_of(self._request))
        except Exception as error:  # noqa: BLE001  as Step Functions does
            world.errors.append(f"{step}: {error}")
            self.machine.fail(type(error).__name__, str(error), world.clock.now())
            return
        text = json.dumps(result)
        seconds = world.seconds_since(calls, uploads)
        world.tally.worker[step] += 1
        world.tally.worker_seconds += seconds
        world.tally.state_bytes = max(world.tally.state_bytes, len(text))
        known = len(getattr(self.machine, "started", ()))
        self.machine.succeed(json.loads(text), world.clock.now() + seconds)
        for started in getattr(self.machine, "started", ())[known:]:
            world.execute(started["Name"], json.loads(json.dumps(started["Input"])))


class SimulatedAws(FakeAws):
    """The scripted AWS, whose executions and jobs take virtual time.

    Attributes:
        assumed: The assumptions.
        tally: The counts.
        executions: The executions that have not ended.
        slots: The pool, start and duration of each job that was started.
        errors: Errors of steps, which the workflow has retried.
        listeners: What looks for answers after each turn.
    """

    web: SocketlessWeb

    def __init__(self, web: SocketlessWeb, assumed: Assumptions) -> None:
        super().__init__(web)
        self.assumed = assumed
        self.tally = Tally()
        self.cognito = _Cognito(self)
        self.states = _States(self)
        self.cloudformation: _CloudFormation = _CloudFormation(self)
        self.executions: list[SimulatedExecution] = []
        self.slots: list[tuple[str, float, float]] = []
        self.errors: list[str] = []
        self.listeners: list[Callable[[], None]] = []

    def execute(self, name: str, its_input: dict[str, Any]) -> None:
        """Begin an execution."""
        self.executions.append(SimulatedExecution(self, name, its_input))

    def seconds_since(self, calls: int, uploads: int) -> float:
        """Return the seconds of a step, with those of its check or its upload.

        Args:
            calls: The number of calls before the step.
            uploads: The number of uploads and answers before the step.
        """
        assumed = self.assumed
        seconds = assumed.step_seconds
        for call in self.calls[calls:]:
            if call.operation == "GetObject" and call.arguments["Bucket"] == _SOURCES:
                source = self.s3.objects[_SOURCES, call.arguments["Key"]]
                millions = _rows(source) * ROW_USERS / 1e6
                seconds += millions * assumed.stage_seconds_per_million * assumed.stage_factor
        for put in self.web.puts[uploads:]:
            if put.path.startswith("/upload/"):
                sent = _rows(put.body) * ROW_USERS * assumed.user_bytes
                seconds += sent / assumed.upload_bytes_per_second
        return seconds

    def run(self, until: Callable[[], bool]) -> None:
        """Take the turns of all executions, and of what waits for their answers.

        Raises:
            SimulationFailed: Nothing is left to do, or it does not end.
        """
        for _ in range(_MOST_TURNS):
            if until():
                self._count_calls()
                return
            self.executions = [each for each in self.executions if not each.machine.over]
            timers = [at for at, _ in self.clock.events]
            if not self.executions and not timers:
                raise SimulationFailed(f"nothing is left to do: {self.errors}")
            following = min(self.executions, key=lambda each: each.due, default=None)
            if following is None or (timers and min(timers) <= following.due):
                self.clock.sleep(max(0.0, min(timers) - self.clock.now()))
                continue
            self.clock.sleep(max(0.0, following.due - self.clock.now()))
            following.turn()
            for listener in list(self.listeners):
                listener()
        raise SimulationFailed("the simulation does not end")

    def _count_calls(self) -> None:
        self.tally.calls.update(call.operation for call in self.calls)
        self.calls.clear()


def _rows(csv: bytes) -> int:
    """Return the number of rows below the header."""
    return csv.count(b"\n") - 1


@contextmanager
def simulated_aws(assumed: Assumptions) -> Iterator[SimulatedAws]:
    """Return a scripted AWS whose import jobs have fifty rows, for half a million users each."""
    small = LIMITS._replace(job_users=USERS_PER_JOB // ROW_USERS, jobs=80)
    _replace_limits(LIMITS, small)
    try:
        with SocketlessWeb() as web, SimulatedAws(web, assumed) as world:
            yield world
    finally:
        _replace_limits(small, LIMITS)


def _replace_limits(known: Limits, new: Limits) -> None:
    """Replace the limits of the check in every module that has them, and as its default."""
    for name, module in list(sys.modules.items()):
        if name.startswith("user_import.") and getattr(module, "LIMITS", None) is known:
            vars(module)["LIMITS"] = new
    cast("Any", validate_users).__kwdefaults__["limits"] = new
