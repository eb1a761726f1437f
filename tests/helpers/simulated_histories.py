"""Random histories of a stack with two imports, and the rules that hold in all of them.

`Stack` plays CloudFormation, `ExecutionTask` an execution of the workflow, `Invocation` a call of
the starter; each is a task that is due at some time, and a history takes their turns in any order.
`WatchedAws` is the scripted AWS of `fake_world` with users in its pools. It records each breach of
a rule in `violations`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from user_import import worker
from user_import.cloudformation import content_id
from user_import.contract import ROLE_PATH
from user_import.steps.job_name import JobName
from user_import.text import digest

from .events import MACHINE, POOL, STACK, create, delete, properties, reverse, update
from .fake_world import (
    ACTIVE,
    CANARY,
    OTHER_POOL,
    STATE_BYTES,
    UNKNOWN,
    FakeAws,
    FakeCognito,
    FakeStates,
    FakeSts,
    Killed,
    Outcome,
    client_error,
    users,
)
from .state_machine import Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpers.fake_world import FakeJob, Fault
    from helpers.socketless_web import SocketlessWeb

NEVER = float("inf")
START = 1_790_000_000.0
SERVICE_GRACE_SECONDS = 120
FUNCTION_SECONDS = 900
URL_SECONDS = 900
INVOCATION_PAUSES = (60, 120)
SOURCES = {
    ("assets", "a.csv"): users(3),
    ("assets", "b.csv"): users(2, first=3),
    ("assets", "c.csv"): users(1, first=6),
    ("assets", "bad.csv"): users(2) + b"one,two\n",
}
"""Sources of three, two and one users, of which the first two share one; and one that is none."""
IMPORTS = ("SeedUsersResource", "OtherUsersResource")
SECRETS = (CANARY, "secret", "/upload/", "/answer/")


class WatchedAws(FakeAws):
    """The scripted AWS, and what it has seen that must not be.

    Attributes:
        one_at_a_time: whether Cognito refuses a second active job, as the guide says it does.
        skew: how many seconds the worker's clock is ahead of the others'.
    """

    cognito: PopulatedCognito
    states: HistoryStates
    sts: HistorySts

    def __init__(
        self, web: SocketlessWeb, *, one_at_a_time: bool = True, skew: float = 0.0
    ) -> None:
        super().__init__(web)
        self.one_at_a_time = one_at_a_time
        self.now = lambda: self.clock.now() + skew
        self.cognito = PopulatedCognito(self)
        self.states = HistoryStates(self)
        self.sts = HistorySts(self)
        self.tasks: list[ExecutionTask | Invocation] = []
        self.inside: list[Any] = []
        self.not_removed: set[str] = set()
        self.violations: list[str] = []
        self.story: list[str] = []
        self.stack = Stack(self)
        self.s3.objects.update(SOURCES)
        web.before_put = self._before_put
        web.after_put = self._after_put

    def tell(self, what: str) -> None:
        inside = "".join(f"{each} " for each in self.inside)
        self.story.append(f"{self.clock.now() - START:8.0f} {inside}{what}")

    def reported(self) -> str:
        """The violations, and the story that led there."""
        return "\n".join([*self.violations, "", *self.story])

    def see(self, what: str) -> None:
        self.tell(f"VIOLATION {what}")
        self.violations.append(what)

    def clean(self, text: str, where: str) -> None:
        """See a secret in a text that others read."""
        for secret in SECRETS:
            if secret in text:
                self.see(f"{secret} is in {where}: {text}")

    @contextlib.contextmanager
    def function(self, task: ExecutionTask | Invocation) -> Iterator[None]:
        """A function of ours that runs, perhaps while another one waits for an answer of AWS."""
        killed, self.killed = self.killed, False
        self.inside.append(task)
        try:
            yield
        finally:
            self.inside.pop()
            self.killed = killed

    def _before_put(self, path: str) -> int | None:
        if self.killed:
            raise Killed
        job = next((job for job in self.cognito.jobs if job.path == path), None)
        if job and self.clock.now() > job.created_at + URL_SECONDS:
            return 403
        return None

    def _after_put(self, path: str) -> None:
        put = self.web.puts[-1]
        if path.startswith("/answer/") and put.status == 200:
            request_id = path.split("/")[2].partition("?")[0]
            self.stack.answered(request_id, json.loads(put.body), self.inside[-1])
            self.clean(put.body.decode(), "an answer")
        fault = self.fault_for("PUT", {})
        if fault:
            self.killed = True
            raise fault.error

    def between(self, operation: str) -> None:
        """Let another task take its turn before the next call of an operation has its effect."""

        def another() -> None:
            others = [task for task in self.alive if task not in self.inside]
            if others:
                self.inside[-1].interrupted = True
                min(others, key=lambda task: task.due).turn()

        self.before(operation, another)

    def execute_again(self, asked: Asked) -> None:
        """Start a second execution of a request beside the first, as somebody may by hand."""
        if not any(each.request_id == asked.id for each in self.states.executions.values()):
            return
        arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:by-hand-{len(self.tasks)}"
        event = {key: value for key, value in asked.event.items() if key != "ResponseURL"}
        its_input = {"request": event, "response_url": asked.event["ResponseURL"]}
        self.states.begin(arn, json.dumps(its_input)).copied = True

    def deliver(self, asked: Asked) -> None:
        """Deliver a request, for the first or another time."""
        self.tasks.append(Invocation(self, asked.event))

    def fault_for(self, operation: str, arguments: dict[str, Any]) -> Fault | None:
        if self.caller and self.caller != role_of(self.inside[-1].event):
            self.see(f"{self.inside[-1]} calls {operation} as {self.caller}")
        fault = super().fault_for(operation, arguments)
        what = f", {fault.error!r} {'after' if fault.after else ''}" if fault else ""
        self.tell(f"{operation}{what}")
        if fault and operation == "DescribeExecution":
            self.inside[-1].blind = True
        if fault and not isinstance(fault.error, Killed):
            if operation == "DeleteObject":
                self.not_removed.add(arguments["Key"])
            if operation == "AssumeRole":
                self.inside[-1].had_no_role |= self.inside[-1].step == "report"
        return fault

    def check_leftovers(self) -> None:
        """See what was staged and is still there.

        The starter may not touch the bucket: what an execution staged that could not report, or not
        with its role, or what S3 did not remove, goes by the bucket's lifecycle. The list of
        problems stays as long as the import.
        """
        broken = {
            digest(each.request_id)
            for each in self.states.executions.values()
            if each.broken or each.had_no_role
        }
        for bucket, key in self.s3.objects:
            if bucket != "st" or key in self.not_removed:
                continue
            if key.startswith("records/"):
                self._check_record(self.stack.resources[key.split("/")[1]], key, broken)
                continue
            folder, _, name = key.rpartition("/")
            if name == "problems.csv" and self.stack.resources[folder.partition("/")[2]].event:
                continue
            if self.s3.metadata[bucket, key]["request-id"] not in broken:
                self.see(f"{key} is still there")

    def _check_record(self, resource: Resource, key: str, broken: set[str]) -> None:
        """See a record that says of another content than the stack has that it was imported."""
        if digest(resource.asked[-1].id) in broken or self.stack.status.endswith("_FAILED"):
            return
        if resource.event is None:
            self.see(f"{key} is still there")
            return
        record = json.loads(self.s3.objects["st", key])
        content = content_id(resource.properties)
        deployed = record["deployed"]
        if deployed and not record["begun"] and deployed[0] != content:
            self.see(f"{key} says {deployed[0]} of content {content}")

    @property
    def alive(self) -> list[Any]:
        return [task for task in self.tasks if not task.over]

    def healed(self) -> None:
        """Nothing is wrong any more."""
        self.faults.clear()
        self.hooks.clear()
        self.web.scripts.clear()
        self.cognito.ends.clear()
        self.cognito.foreign_until = 0.0
        self.cognito.stop_seconds = min(self.cognito.stop_seconds, 40)
        for job in self.cognito.jobs:
            if job.status == UNKNOWN:
                job.status = "InProgress"
            if job.outcome and job.outcome.seconds == NEVER:
                job.outcome.seconds = 10
            if job.status == "Stopping":
                assert job.stops_at is not None
                job.stops_at = min(job.stops_at, self.clock.now() + 5)


@dataclass
class End:
    """How the next job will end, whatever users it has."""

    kind: str = "well"
    seconds: float = 3


class PopulatedCognito(FakeCognito):
    """Cognito whose pools have users: who exists is skipped, and a stopped job imported some."""

    _world: WatchedAws

    def __init__(self, world: WatchedAws) -> None:
        super().__init__(world)
        self.users: dict[str, set[str]] = {POOL: set(), OTHER_POOL: set()}
        self.ends: list[End] = []

    def _pool(self, operation: str, pool_id: str) -> None:
        super()._pool(operation, pool_id)
        caller = self._world.caller
        assert caller is not None
        if pool_id != self._world.stack.allowed(caller):
            raise client_error(operation, "AccessDeniedException", "no policy allows it")

    def ours(self, job: FakeJob) -> JobName | None:
        return JobName.parse(job.name)

    def effect_of_create_user_import_job(
        self,
        JobName: str,
        UserPoolId: str,
        CloudWatchLogsRoleArn: str,
        PasswordHashingAlgorithm: str | None = None,
    ) -> dict[str, dict[str, Any]]:
        answer = super().effect_of_create_user_import_job(
            JobName, UserPoolId, CloudWatchLogsRoleArn, PasswordHashingAlgorithm
        )
        self._check_duplicate_rows(self.jobs[-1], "created")
        return answer

    def effect_of_start_user_import_job(
        self, UserPoolId: str, JobId: str
    ) -> dict[str, dict[str, Any]]:
        if not self._world.one_at_a_time:
            job = self._find("StartUserImportJob", UserPoolId, JobId)
            if job.status == "Created" and self.upload(job) is not None:
                self.begin(job)
                return {"UserImportJob": self.described(job)}
        return super().effect_of_start_user_import_job(UserPoolId, JobId)

    def begin(self, job: FakeJob) -> None:
        self._check_duplicate_rows(job, "started")
        self._world.stack.started(job)
        job.outcome = Outcome()
        end = self.ends.pop(0) if self.ends else End()
        rows = self.uploaded(job).decode().splitlines()[1:]
        named = [row.split(",")[0] for row in rows]
        new = [name for name in named if name not in self.users[job.pool]]
        outcome = Outcome(seconds=end.seconds, skipped=len(named) - len(new))
        if end.kind == "empty":
            outcome.skipped, outcome.lost = 0, len(named)
        elif end.kind == "one failed" and new:
            outcome.failed = 1
            outcome.lines = ("[FAILED] Line Number 2 - A reason of Cognito.",)
        elif end.kind == "one lost" and new:
            outcome.lost = 1
        elif end.kind == "never":
            outcome.seconds = NEVER
        imported = len(named) - outcome.skipped - outcome.failed - outcome.lost
        outcome.status = "Succeeded" if imported else "Failed"
        self.outcomes = [outcome]
        job.new = new[len(new) - imported :] if imported else []
        super().begin(job)

    def _end(self, job: FakeJob) -> None:
        super()._end(job)
        self.users[job.pool].update(job.new)

    def effect_of_stop_user_import_job(
        self, UserPoolId: str, JobId: str
    ) -> dict[str, dict[str, Any]]:
        answer = super().effect_of_stop_user_import_job(UserPoolId, JobId)
        job = self._find("StopUserImportJob", UserPoolId, JobId)
        if job.started_at is not None and job.new and self._world.clock.now() > job.started_at + 2:
            job.imported = 1
            self.users[job.pool].add(job.new[0])
        return answer

    def _check_duplicate_rows(self, job: FakeJob, what: str) -> None:
        name = self.ours(job)
        assert name is not None
        for other in self.jobs:
            its = self.ours(other)
            if (
                other is not job
                and its
                and (its.request_id, its.number) == (name.request_id, name.number)
                and (
                    other.status in (*ACTIVE, UNKNOWN)
                    or other.imported + other.skipped + other.failed
                )
                # Between a look and what follows from it, nobody can know.
                and not self._world.inside[-1].interrupted
            ):
                self._world.see(f"{job.id} was {what} although {other.id} has its rows")

    def check_concurrent_jobs(self) -> None:
        several = not self._world.one_at_a_time
        # Were Cognito to let several run, each request would still have one at most, unless one of
        # two executions came between the other's look and its Start.
        active = [
            name
            for job in self.active
            if (name := self.ours(job)) and not (several and job.started_unseen)
        ]
        one_each = {name.request_id if several else "" for name in active}
        if len(active) != len(one_each):
            self._world.see(f"{active} are active at once")


class HistorySts(FakeSts):
    """STS, which knows a role as long as the stack has the import."""

    _world: WatchedAws

    def __init__(self, world: WatchedAws) -> None:
        super().__init__(world)
        self.roles = {}

    def effect_of_assume_role(
        self, RoleArn: str, RoleSessionName: str, ExternalId: str
    ) -> dict[str, dict[str, str]]:
        task = self._world.inside[-1]
        if RoleArn not in self.roles and task.step == "report":
            task.had_no_role = True
        return super().effect_of_assume_role(RoleArn, RoleSessionName, ExternalId)


class HistoryStates(FakeStates):
    """Step Functions, whose executions are tasks."""

    _world: WatchedAws

    def __init__(self, world: WatchedAws) -> None:
        super().__init__(world)
        self.executions: dict[str, ExecutionTask] = {}

    def effect_of_start_execution(
        self,
        stateMachineArn: str,
        name: str,
        input: str,  # noqa: A002
    ) -> dict[str, str]:
        arn = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:{name}"
        known = self.executions.get(arn)
        if known and not known.over and self.inputs[arn] == input:
            return {"executionArn": arn}
        answer = super().effect_of_start_execution(stateMachineArn, name, input)
        self.begin(arn, input)
        return answer

    def begin(self, arn: str, its_input: str) -> ExecutionTask:
        self.inputs[arn] = its_input
        self.executions[arn] = ExecutionTask(self._world, arn, json.loads(its_input))
        self._world.tasks.append(self.executions[arn])
        return self.executions[arn]


class ExecutionTask:
    """An execution of the workflow, a call of its worker a turn."""

    def __init__(self, world: WatchedAws, arn: str, its_input: dict[str, Any]) -> None:
        self.world = world
        self.arn = arn
        self.event: dict[str, Any] = its_input["request"]
        started_at = world.clock.now()
        started = datetime.fromtimestamp(started_at, UTC).isoformat().replace("+00:00", "Z")
        self.machine = Interpreter(its_input, started_at, started)
        self.over = False
        self.broken = False
        self.had_no_role = False
        self.copied = False
        self.interrupted = False

    def __str__(self) -> str:
        return f"{self.event['RequestType']} {int(self.request_id[-6:])} {self.step}"

    @property
    def request_id(self) -> str:
        return str(self.event["RequestId"])

    @property
    def step(self) -> str:
        return self.machine.step

    @property
    def due(self) -> float:
        return self.machine.due

    @property
    def attempt(self) -> int:
        return self.machine.attempts

    def turn(self, calls: int = 1, *, hangs: bool = False) -> None:
        """Call the worker for the next step, `calls` times where the first results get lost.

        One that `hangs`, Lambda ends after 15 minutes; without calls, before it does anything.
        """
        if not self.attempt:
            self.interrupted = False
        clock = self.world.clock
        clock.sleep(max(0.0, min(self.due, self.machine.ends_at) - clock.now()))
        if clock.now() >= self.machine.ends_at:
            self.end("TIMED_OUT")
            return
        try:
            for _ in range(calls):
                result = self._call()
            if hangs:
                raise Killed
        except Killed:
            self._failed("Lambda.Unknown", "The function was killed.")
        except Exception as error:  # noqa: BLE001  as Step Functions does
            self.world.clean(str(error), "an error")
            if isinstance(error, RuntimeError) and not str(error).startswith("ValueError at fake_"):
                self.world.see(f"an exception that is no one's: {error}")
            self._failed(type(error).__name__, str(error))
        else:
            self._succeeded(result)
        if hangs and not self.over:
            self.machine.due += FUNCTION_SECONDS

    def _call(self) -> dict[str, Any]:
        with self.world.function(self):
            services = self.world.world_of(self.event)
            payload = json.loads(json.dumps(self.machine.payload))
            result: dict[str, Any] = json.loads(json.dumps(worker.run(payload, services)))
            return result

    def _succeeded(self, result: dict[str, Any]) -> None:
        text = json.dumps(result)
        self.world.clean(text, "the state")
        if len(text) > STATE_BYTES:
            self.world.see("the state is too large")
        self.machine.succeed(result, self.world.clock.now())
        self.over = self.machine.over

    def _failed(self, error: str, message: str) -> None:
        if self.over:
            return
        self.machine.fail(error, message, self.world.clock.now())
        if self.machine.failed:
            self.end("FAILED")
            self.world.states.errors[self.arn] = error

    def end(self, status: str) -> None:
        """End without an answer, as the event bus reports it."""
        self.over = self.broken = True
        ended = {"executionArn": self.arn, "status": status}
        self.world.tasks.append(Invocation(self.world, {"detail": ended}, copied=self.copied))


class Invocation:
    """An asynchronous call of the function that CloudFormation calls, tried three times."""

    def __init__(self, world: WatchedAws, event: dict[str, Any], *, copied: bool = False) -> None:
        self.world = world
        self.event = event
        self.copied = copied
        self.due = world.clock.now()
        self.attempt = 0
        self.over = False
        self.interrupted = False
        self.blind = False

    def __str__(self) -> str:
        return f"starter {int(self.request_id[-6:])}"

    @property
    def request_id(self) -> str:
        if "RequestId" in self.event:
            return str(self.event["RequestId"])
        return self.world.states.executions[self.event["detail"]["executionArn"]].request_id

    def turn(self) -> None:
        clock = self.world.clock
        clock.sleep(max(0.0, self.due - clock.now()))
        try:
            with self.world.function(self):
                if "RequestType" in self.event:
                    self.world.start(self.event)
                else:
                    self.world.answer_for(self.event["detail"])
        except (Exception, Killed) as error:  # noqa: BLE001  as Lambda does
            self.world.clean(str(error), "an error of the starter")
            if self.attempt == len(INVOCATION_PAUSES):
                # CloudFormation waits in vain, and gives up after its ServiceTimeout.
                self.world.stack.asked[self.request_id].lost = True
                self.over = True
                return
            self.due = clock.now() + INVOCATION_PAUSES[self.attempt]
            self.attempt += 1
        else:
            self.over = True


@dataclass
class Asked:
    """A request of CloudFormation: what was answered, and by whom."""

    event: dict[str, Any]
    sent_at: float
    answers: list[dict[str, Any]] = field(default_factory=list)
    answered_by: list[ExecutionTask | Invocation] = field(default_factory=list)
    given_up: bool = False
    lost: bool = False

    @property
    def id(self) -> str:
        return str(self.event["RequestId"])

    @property
    def pool(self) -> str:
        return str(self.event["ResourceProperties"]["UserPoolId"])

    @property
    def kind(self) -> str:
        return str(self.event["RequestType"])

    @property
    def done(self) -> bool:
        return bool(self.answers) or self.given_up

    @property
    def succeeded(self) -> bool:
        return bool(self.answers) and self.answers[0]["Status"] == "SUCCESS" and not self.given_up


@dataclass
class Resource:
    """One import as the stack has it: the last event that holds its properties, and its id."""

    name: str
    event: dict[str, Any] | None = None
    physical_id: str = ""
    asked: list[Asked] = field(default_factory=list)

    @property
    def properties(self) -> Any:
        assert self.event is not None
        return self.event["ResourceProperties"]


class Stack:
    """Plays CloudFormation: what it asks when, and what it makes of the answers.

    Attributes:
        policies: the pool that the role of each import allows, as long as the import has one.
        gone: imports that a Delete has ended in a pool, by import and pool.
    """

    def __init__(self, world: WatchedAws) -> None:
        self.world = world
        self.resources = {name: Resource(name) for name in IMPORTS}
        self.policies: dict[str, str] = {}
        self.asked: dict[str, Asked] = {}
        self.now_asked: list[Asked] = []
        self.removed: list[Resource] = []
        self.gone: dict[tuple[str, str], Asked] = {}
        self.then: Callable[[], None] | None = None
        self.status = "NONE"
        self._numbers = itertools.count(1)

    @property
    def status(self) -> str:
        return self.world.cloudformation.status

    @status.setter
    def status(self, status: str) -> None:
        self.world.tell(f"stack {status}")
        self.world.cloudformation.status = status

    def allowed(self, role: str) -> str | None:
        """Return the pool that a role allows."""
        return self.policies.get(role.rpartition("/")[2])

    @property
    def busy(self) -> bool:
        return self.then is not None

    @property
    def forward(self) -> bool:
        return self.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")

    @property
    def may_deploy(self) -> bool:
        return not self.busy and (
            self.status == "NONE"
            or self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
        )

    @property
    def may_destroy(self) -> bool:
        if self.busy:
            return self.status == "CREATE_IN_PROGRESS"
        return self.status not in ("NONE", "DELETE_COMPLETE")

    def deploy(self, wanted: dict[str, Any]) -> None:
        """Create or update the stack; ``wanted`` maps imports to their properties."""
        existing = [each for each in self.resources.values() if each.event]
        self._go("UPDATE" if self.status != "NONE" else "CREATE", self._forward_ended)
        self.removed = [each for each in existing if each.name not in wanted]
        for name, changes in wanted.items():
            resource = self.resources[name]
            of_its_own = {
                "StagingKey": f"imports/{name}/users.csv",
                "RecordKey": f"records/{name}/import.json",
                "ImportRoleArn": role(name),
            }
            wish = properties(**changes, **of_its_own)
            if not resource.event:
                self._ask(resource, {**create(), "ResourceProperties": wish})
            elif wish != resource.properties:
                self._ask(resource, {**update(resource.event), "ResourceProperties": wish})

    def destroy(self) -> None:
        """Delete the stack, also while it is being created."""
        in_flight = self.now_asked
        self._go("DELETE", self._deleted)
        for asked in in_flight:
            resource = self._resource(asked)
            resource.event, resource.physical_id = asked.event, _id_of(asked)
        for resource in self.resources.values():
            if resource.event:
                self._ask(resource, delete(resource.event, resource.physical_id))

    def fail_elsewhere(self) -> None:
        """Another resource fails, or somebody cancels: the stack goes back at once."""
        in_flight, creating = self.now_asked, self.status == "CREATE_IN_PROGRESS"
        if creating:
            self._go("ROLLBACK", self._rolled_back)
        else:
            self._go("UPDATE_ROLLBACK", self._update_rolled_back)
        self.to_remove = []
        for asked in in_flight:
            resource = self._resource(asked)
            if creating:
                resource.event, resource.physical_id = asked.event, _id_of(asked)
                self._ask(resource, delete(asked.event, resource.physical_id))
            elif asked.kind == "Create":
                self.to_remove.append((resource, asked))
            else:
                if asked.answers and asked.answers[0]["PhysicalResourceId"] != resource.physical_id:
                    self.to_remove.append((resource, asked))
                self._ask(resource, reverse(asked.event))

    def _go(self, operation: str, then: Callable[[], None] | None) -> None:
        self.status = f"{operation}_IN_PROGRESS"
        self.then = then
        self.now_asked, self.removed = [], []

    def _resource(self, asked: Asked) -> Resource:
        return self.resources[asked.event["LogicalResourceId"]]

    def _ask(self, resource: Resource, event: dict[str, Any]) -> None:
        request_id = f"00000000-0000-4000-8000-{next(self._numbers):012}"
        path = f"/answer/{request_id}?X-Amz-Signature=secret-answer"
        event = {
            **event,
            "LogicalResourceId": resource.name,
            "RequestId": request_id,
            "ResponseURL": self.world.web.url(path),
        }
        if event["RequestType"] == "Update":
            event["PhysicalResourceId"] = resource.physical_id
        asked = Asked(event, self.world.clock.now())
        if asked.kind != "Delete":
            # CloudFormation makes or changes the role before what depends on it.
            self.policies[resource.name] = asked.pool
            self.world.sts.roles[role(resource.name)] = STACK
            self.gone.pop((resource.name, asked.pool), None)
        self.asked[asked.id] = asked
        self.now_asked.append(asked)
        resource.asked.append(asked)
        self.world.deliver(asked)

    def poll(self) -> None:
        """Look at the answers, and go on where all are there."""
        while self.then:
            now = self.world.clock.now()
            for asked in self.now_asked:
                patience = int(asked.event["ResourceProperties"]["TimeoutSeconds"])
                if not asked.done and now > asked.sent_at + patience + SERVICE_GRACE_SECONDS:
                    asked.given_up = True
            failed = any(asked.done and not asked.succeeded for asked in self.now_asked)
            if self.forward and failed:
                self.fail_elsewhere()
            elif all(asked.done for asked in self.now_asked):
                self.then()
            else:
                return

    def _forward_ended(self) -> None:
        status = f"{self.status.partition('_')[0]}_COMPLETE"
        deletes = []
        for asked in self.now_asked:
            resource = self._resource(asked)
            new_id = asked.answers[0]["PhysicalResourceId"]
            if resource.event and new_id != resource.physical_id:
                deletes.append((resource, delete(resource.event, resource.physical_id)))
            resource.event, resource.physical_id = asked.event, new_id
        for resource in self.removed:
            assert resource.event is not None
            deletes.append((resource, delete(resource.event, resource.physical_id)))
            resource.event = None
        self._clean_up(deletes, status)

    def _clean_up(self, deletes: list[Any], status: str) -> None:
        """Delete what is not needed any more; that this fails changes nothing."""
        self._go("", None)
        self.status = status
        if deletes:
            self._go(f"{status}_CLEANUP", lambda: self._clean_up([], status))
        for resource, event in deletes:
            self._ask(resource, event)
        if not deletes:
            for resource in self.resources.values():
                if not resource.event:
                    self.policies.pop(resource.name, None)
                    self.world.sts.roles.pop(role(resource.name), None)

    def _rolled_back(self) -> None:
        self._clean_up([], "ROLLBACK_COMPLETE" if self._all_deleted() else "ROLLBACK_FAILED")

    def _deleted(self) -> None:
        self._clean_up([], "DELETE_COMPLETE" if self._all_deleted() else "DELETE_FAILED")

    def _all_deleted(self) -> bool:
        for asked in self.now_asked:
            if asked.succeeded:
                self._resource(asked).event = None
        return all(asked.succeeded for asked in self.now_asked)

    def _update_rolled_back(self) -> None:
        if all(asked.succeeded for asked in self.now_asked):
            deletes = [
                (resource, delete(asked.event, _id_of(asked))) for resource, asked in self.to_remove
            ]
            self._clean_up(deletes, "UPDATE_ROLLBACK_COMPLETE")
        else:
            self._clean_up([], "UPDATE_ROLLBACK_FAILED")

    def answered(
        self, request_id: str, answer: dict[str, Any], task: ExecutionTask | Invocation
    ) -> None:
        """Take an answer; a second one must be the same."""
        asked = self.asked[request_id]
        self.world.tell(f"answer {answer['Status']} {answer['Reason'][:150]}")
        asked.answers.append(answer)
        asked.answered_by.append(task)
        first = asked.answers[0]
        if len(asked.answers) == 1:
            if (
                asked.kind == "Delete"
                and answer["Status"] == "SUCCESS"
                and asked.pool == self.policies.get(asked.event["LogicalResourceId"])
                # A Delete that CloudFormation had given up may end in the import's next life.
                and self._resource(asked).asked[-1] is asked
                # The workflow cannot run any more, and the starter may stop nothing.
                and "WITHOUT CLEANING UP" not in answer["Reason"]
            ):
                self.gone[asked.event["LogicalResourceId"], asked.pool] = asked
        elif answer != first and not _may_differ(asked, task):
            self.world.see(f"{first} and then {answer}")

    def started(self, job: FakeJob) -> None:
        """See a job that was started by a request which CloudFormation has given up for another."""
        task = self.world.inside[-1]
        job.started_by, job.started_unseen = task, task.interrupted
        starter = self.asked[task.request_id]
        later = self._resource(starter).asked
        later = later[later.index(starter) + 1 :]
        # Who ends between the look at the claim and Start is not seen: ``_is_stopped_at_once``.
        if task.interrupted:
            return
        if any(asked.answers for asked in later):
            self.world.see(
                f"{starter.kind} {starter.id} started {job.id} after its successor ended"
            )
        if not self.forward:
            self.world.see(f"{starter.kind} {starter.id} started {job.id} in {self.status}")

    def check_after_delete(self) -> None:
        for (name, pool), asked in self.gone.items():
            import_id = digest(STACK, name)
            for job in self.world.cognito.active:
                its = JobName.parse(job.name)
                assert its is not None
                ours = job.pool == pool and its.import_id == import_id
                if ours and not self._is_stopped_at_once(job):
                    self.world.see(f"{job.id} is {job.status} after Delete {asked.id}")

    def _is_stopped_at_once(self, job: FakeJob) -> bool:
        """Whether a job was started while a Delete ended, by one that sees it and stops the job.

        Cognito has no Start under a condition (docs/decisions/0002): the job is stopped in the
        same turn, or in the next where that one was cut short.
        """
        task = job.started_by
        assert task is not None
        return task.interrupted and (
            job.status == "Stopping" or task in self.world.inside or task.attempt > 0
        )


def role(name: str) -> str:
    """The role of an import."""
    return f"arn:aws:iam::123456789012:role{ROLE_PATH}{name}"


def role_of(event: dict[str, Any]) -> str:
    """The role that a request names."""
    return str(event["ResourceProperties"]["ImportRoleArn"])


def _id_of(asked: Asked) -> str:
    """The id to delete: what was answered, or one that CloudFormation makes up."""
    if asked.answers:
        return str(asked.answers[0]["PhysicalResourceId"])
    return f"seed-{asked.event['LogicalResourceId']}-1ABCDEFGHIJK"


def _may_differ(asked: Asked, task: ExecutionTask | Invocation) -> bool:
    """Whether a second answer cannot be known to be a second one.

    Nothing but CloudFormation remembers an answer: a function that was killed, or lost its
    connection, between the answer and its own end leaves no trace. It takes the first answer.
    """
    first = asked.answered_by[0]
    if task.copied or first.copied:
        return True
    if isinstance(first, ExecutionTask) and first is task:
        # Report again: the import's log may have more lines by now. Nothing else may differ.
        before, now = ({**answer, "Reason": ""} for answer in (asked.answers[0], asked.answers[-1]))
        return before == now
    if isinstance(task, Invocation) and task.blind:
        # Neither call to Step Functions worked: nobody knows whether the request has an execution.
        return True
    if isinstance(first, ExecutionTask):
        # It ended, or was ended, before it knew that its answer was taken.
        return first.broken and isinstance(task, Invocation)
    # The starter could not start it, was killed or called again after it had said so, and could.
    return "could not be started" in asked.answers[0]["Reason"]
