"""Histories of a stack with two imports, thousands of them, and what must hold at every step.

``make test`` plays 100 histories and ``make test-all`` 10,000, always the same ones.
``HISTORIES=100000 python -m pytest -m slow -s tests/unit/test_histories.py`` plays as many others
as one likes. A history that ends badly is printed as the rules that lead there and, above them,
every call and its answer.

What must hold, and where it is looked for (``histories.py``):

- at most one active job is ours: ``check_concurrent_jobs``
- a job is created and started only for rows that no earlier job of its request has imported:
  ``_check_duplicate_rows``
- every request is answered, a second time with the same answer: ``Stack.answered``, ``_may_differ``
- no job of an import is active once its Delete has been answered: ``check_after_delete``
- a request that another one has replaced starts nothing once that one has ended, and nothing is
  started but while the stack is created or updated: ``Stack.started``
- a call is signed with the role of the import that it is made for: ``WatchedAws.fault_for``
- no attribute value, presigned URL or response URL is in a log, an error, a state or an answer:
  ``WatchedAws.clean``
- what was staged is removed: ``check_leftovers``
- no step ends in an exception that the library does not raise on purpose: `ExecutionTask.turn`
- everything comes to an end: ``Histories._settle``
"""

from __future__ import annotations

import functools
import logging
import os
import random
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from helpers.events import POOL
from helpers.fake_world import CANARY, OTHER_POOL, UNKNOWN, Killed, client_error
from helpers.simulated_histories import (
    IMPORTS,
    NEVER,
    End,
    ExecutionTask,
    WatchedAws,
)
from helpers.socketless_web import SocketlessWeb
from helpers.state_machine import workflow
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from user_import.steps import memory
from user_import.users_csv import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from logging import LogRecord

    from helpers.simulated_histories import Invocation

PHASES = (Phase.generate, Phase.shrink)
QUICK = 100
CHUNK = 200
"""Histories of one slow test, which has a seed of its own; 50 of them make 10,000."""
WANTED = int(os.environ["HISTORIES"]) if "HISTORIES" in os.environ else None
"""How many other histories to play, of seeds that nobody knows before."""
COGNITO = (
    "CreateUserImportJob",
    "StartUserImportJob",
    "StopUserImportJob",
    "DescribeUserImportJob",
    "ListUserImportJobs",
)
OTHERS = (
    "DescribeUserPool",
    "GetCSVHeader",
    "DescribeStacks",
    "GetObject",
    "HeadObject",
    "PutObject",
    "DeleteObject",
    "FilterLogEvents",
    "AssumeRole",
    "ListObjectsV2",
)
STATES = ("StartExecution", "DescribeExecution")
LOG = logging.getLogger("user_import")
URL = "https://cognito-idp.eu-central-1.amazonaws.com/"
TROUBLES: dict[str, tuple[Callable[[], BaseException], bool]] = {
    "throttled": (lambda: client_error("Some", "TooManyRequestsException"), False),
    "broken": (lambda: client_error("Some", "InternalErrorException"), False),
    "broken after": (lambda: client_error("Some", "InternalErrorException"), True),
    "cut": (lambda: EndpointConnectionError(endpoint_url=URL), False),
    "cut after": (lambda: ReadTimeoutError(endpoint_url=URL), True),
    "denied": (lambda: client_error("Some", "AccessDenied"), False),
    "killed": (Killed, False),
    "killed after": (Killed, True),
    "a bug": (lambda: ValueError(f"{CANARY} is no number"), False),
}
ROLE_REFUSALS = (
    "PreconditionNotMetException",
    "InvalidParameterException",
    "NotAuthorizedException",
)

wishes = st.fixed_dictionaries(
    {
        "SourceKey": st.sampled_from(["a.csv", "b.csv", "c.csv", "a.csv", "bad.csv"]),
        "UserPoolId": st.sampled_from([POOL, POOL, OTHER_POOL]),
        "Start": st.sampled_from(["true", "true", "false"]),
        "RunToken": st.sampled_from([None, None, "again"]),
        "TimeoutSeconds": st.sampled_from(["60", "900", "1800"]),
        "ToleratedFailed": st.sampled_from(["0", "1"]),
    }
)


class Histories(RuleBasedStateMachine):
    played = 0
    answered = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).played += 1
        self.web = SocketlessWeb().__enter__()
        self.handler = _Watch(self)
        LOG.addHandler(self.handler)
        LOG.propagate = False

    @initialize(
        service=st.fixed_dictionaries(
            {
                "stops_created_jobs": st.booleans(),
                "stop_seconds": st.sampled_from([0, 4, 40]),
            }
        ),
        says_of_missing=st.sampled_from(["404", "403"]),
        one_at_a_time=st.sampled_from([True, True, False]),
        skew=st.sampled_from([0.0, 0.0, -3.0, 3.0]),
        wanted=st.tuples(wishes, st.none() | wishes),
        pinned=st.booleans(),
    )
    def begin(  # noqa: PLR0917  what is drawn
        self,
        service: dict[str, Any],
        says_of_missing: str,
        one_at_a_time: bool,
        skew: float,
        wanted: Sequence[Any],
        pinned: bool,
    ) -> None:
        self.pinned = pinned
        self.world = WatchedAws(self.web, one_at_a_time=one_at_a_time, skew=skew).__enter__()
        self.world.s3.says_of_missing = says_of_missing
        for name, value in service.items():
            setattr(self.world.cognito, name, value)
        self._deploy(wanted)

    def _deploy(self, wanted: Sequence[Any]) -> None:
        self.world.stack.deploy(
            {
                name: {
                    **wish,
                    "SourceHash": f"hash of {wish['SourceKey']}" if self.pinned else None,
                }
                for name, wish in zip(IMPORTS, wanted, strict=True)
                if wish
            }
        )
        self.world.stack.poll()

    def _turn(self, task: ExecutionTask | Invocation, **options: Any) -> None:
        task.turn(**options)
        self.world.stack.poll()

    def _task(self, which: int) -> ExecutionTask | Invocation | None:
        alive = self.world.alive
        return alive[which % len(alive)] if alive else None

    @rule(turns=st.integers(1, 8))
    def time_goes_by(self, turns: int) -> None:
        for _ in range(turns):
            if self.world.alive:
                self._turn(min(self.world.alive, key=lambda task: task.due))

    @rule(which=st.integers(0, 5), turns=st.integers(1, 4))
    def one_invocation_advances(self, which: int, turns: int) -> None:
        task = self._task(which)
        for _ in range(turns):
            if task and not task.over:
                self._turn(task)

    @rule(which=st.integers(0, 5))
    def a_step_is_called_twice(self, which: int) -> None:
        task = self._task(which)
        if isinstance(task, ExecutionTask):
            self._turn(task, calls=2)

    @rule(which=st.integers(0, 5), happened=st.booleans())
    def a_step_hangs(self, which: int, happened: bool) -> None:
        task = self._task(which)
        if isinstance(task, ExecutionTask):
            self._turn(task, calls=int(happened), hangs=True)

    @precondition(lambda self: self.world.stack.may_deploy)
    @rule(wish=st.none() | wishes, other=st.none() | wishes)
    def an_update(self, wish: Any, other: Any) -> None:
        self._deploy([wish, other])

    @precondition(lambda self: self.world.stack.may_deploy)
    @rule(
        change=st.sampled_from(
            [
                {"Start": "true"},
                {"Start": "false"},
                {"RunToken": "once more"},
                {"SourceKey": "b.csv"},
                {"UserPoolId": OTHER_POOL},
                {"TimeoutSeconds": "600"},
            ]
        )
    )
    def a_small_update(self, change: Any) -> None:
        resources = self.world.stack.resources.values()
        self._deploy(
            [
                resource.event
                and {
                    key: value
                    for key, value in resource.properties.items()
                    if key not in ("StagingKey", "RecordKey", "ImportRoleArn", "SourceHash")
                }
                | change
                for resource in resources
            ]
        )

    @precondition(lambda self: self.world.stack.forward)
    @rule()
    def the_stack_rolls_back(self) -> None:
        self.world.stack.fail_elsewhere()
        self.world.stack.poll()

    @precondition(lambda self: self.world.stack.may_destroy)
    @rule()
    def the_stack_is_deleted(self) -> None:
        self.world.stack.destroy()
        self.world.stack.poll()

    @rule(
        operation=st.sampled_from(COGNITO + OTHERS + STATES),
        trouble=st.sampled_from(sorted(TROUBLES)),
        times=st.integers(1, 7),
        seconds=st.sampled_from([5, 25, 80]),
    )
    def a_call_fails(self, operation: str, trouble: str, times: int, seconds: int) -> None:
        error, after = TROUBLES[trouble]
        if operation in STATES:
            times = min(times, 2)
            if trouble == "a bug":  # The starter never sees a user's value.
                return
        # A refusal that lasts is one for good: see ``policies``.
        seconds = min(seconds, 20) if trouble == "denied" else seconds
        self.world.fault(operation, error(), times=times, seconds=seconds, after=after)

    @rule(
        operation=st.sampled_from(["CreateUserImportJob", "StartUserImportJob"]),
        code=st.sampled_from(ROLE_REFUSALS),
        seconds=st.sampled_from([20, 100, 300]),
    )
    def the_role_is_refused(self, operation: str, code: str, seconds: int) -> None:
        self.world.fault(operation, code, seconds=seconds)

    @rule(
        path=st.sampled_from(["/upload/", "/answer/"]),
        status=st.sampled_from([503, 403, "close", "reset", "lost"]),
        times=st.integers(1, 4),
    )
    def the_web_fails(self, path: str, status: int | str, times: int) -> None:
        if path == "/answer/" and status == 403:
            status = 503
        self.web.answer(path, status, times=times)

    @rule()
    def a_function_is_killed_after_a_put(self) -> None:
        self.world.fault("PUT", Killed(), times=1)

    @rule(
        kind=st.sampled_from(["well", "empty", "one failed", "one lost", "never"]),
        seconds=st.sampled_from([1, 3, 50, 400]),
    )
    def a_job_will_end(self, kind: str, seconds: int) -> None:
        self.world.cognito.ends.append(End(kind, seconds))

    @rule(seconds=st.sampled_from([20, 100, 1000, NEVER]))
    def a_foreign_job_takes_the_slot(self, seconds: float) -> None:
        if not self.world.cognito.active:
            self.world.cognito.foreign_until = self.world.clock.now() + seconds

    @rule(which=st.integers(0, 3))
    def a_job_is_stopped_externally(self, which: int) -> None:
        active = [job for job in self.world.cognito.active if job.status != "Stopping"]
        if active:
            job = active[which % len(active)]
            job.status, job.stops_at = "Stopping", self.world.clock.now() + 4

    @rule(which=st.integers(0, 3), seconds=st.sampled_from([1, 20, 100, NEVER]))
    def a_job_has_an_undocumented_status(self, which: int, seconds: float) -> None:
        active = [job for job in self.world.cognito.active if job.status == "InProgress"]
        if active:
            job = active[which % len(active)]
            job.status = UNKNOWN
            self.world.clock.after(seconds, functools.partial(self._is_known_again, job))

    @staticmethod
    def _is_known_again(job: Any) -> None:
        if job.status == UNKNOWN:
            job.status = "InProgress"

    @rule(seconds=st.sampled_from([1, 10, 60, 600, 2000, 90_000]))
    def the_clock_jumps(self, seconds: int) -> None:
        self.world.clock.sleep(seconds)
        self.world.stack.poll()

    @precondition(lambda self: self.world.stack.asked)
    @rule(which=st.integers(0, 9))
    def a_request_comes_again(self, which: int) -> None:
        asked = list(self.world.stack.asked.values())
        self.world.deliver(asked[which % len(asked)])

    @precondition(lambda self: self.world.stack.now_asked)
    @rule(which=st.integers(0, 1))
    def a_request_is_executed_again_by_hand(self, which: int) -> None:
        asked = self.world.stack.now_asked
        self.world.execute_again(asked[which % len(asked)])

    @rule(operation=st.sampled_from(COGNITO + OTHERS + STATES))
    def another_delivery_interrupts(self, operation: str) -> None:
        self.world.between(operation)

    @rule(which=st.integers(0, 5), status=st.sampled_from(["ABORTED", "TIMED_OUT"]))
    def an_execution_is_ended(self, which: int, status: str) -> None:
        task = self._task(which)
        if isinstance(task, ExecutionTask):
            task.end(status)

    @invariant()
    def the_state_is_consistent(self) -> None:
        self.world.cognito.check_concurrent_jobs()
        self._check()

    def _check(self) -> None:
        self.world.stack.check_after_delete()
        assert not self.world.violations, self.world.reported()

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self._settle()
        finally:
            if hasattr(self, "world"):
                self.world.__exit__()
            LOG.removeHandler(self.handler)
            LOG.propagate = True
            self.web.__exit__()

    def _settle(self) -> None:
        """Nothing goes wrong any more, and everything comes to an end."""
        self.world.healed()
        for _ in range(2_000):
            self.world.stack.poll()
            if not self.world.alive:
                if not self.world.stack.busy:
                    break
                self.world.clock.sleep(workflow()["TimeoutSeconds"])
                continue
            self._turn(min(self.world.alive, key=lambda task: task.due))
            self.the_state_is_consistent()
        assert not self.world.alive, f"it does not end: {self.world.reported()}"
        assert not self.world.stack.busy
        for asked in self.world.stack.asked.values():
            if not asked.answers and not asked.lost:
                self.world.see(f"{asked.kind} {asked.id} has no answer")
        type(self).answered += len(self.world.stack.asked)
        self.world.check_leftovers()
        self._check()


class _Watch(logging.Handler):
    """Looks for secrets in what the package logs."""

    def __init__(self, machine: Histories) -> None:
        super().__init__(logging.DEBUG)
        self.machine = machine
        self.formatter = logging.Formatter("%(message)s")

    def emit(self, record: LogRecord) -> None:
        self.machine.world.clean(self.format(record), "the log")


pytestmark = [
    pytest.mark.timeout(900),  # To shorten a history that ends badly takes minutes.
    pytest.mark.no_cover,  # Measured, it would take three times as long.
]


@pytest.fixture(autouse=True)
def _small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LIMITS", Limits(job_users=2))


def play(number: int, its_seed: int) -> int:
    """Play so many histories, and return how many there were."""
    machine = cast("type[Histories]", type("Histories", (Histories,), {"played": 0, "answered": 0}))
    run_state_machine_as_test(
        seed(its_seed)(machine),
        settings=settings(
            max_examples=number,
            stateful_step_count=25,
            deadline=None,
            phases=PHASES,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{machine.played} histories with {machine.answered} requests, seed {its_seed}")
    return machine.played


def test_every_history_leaves_a_consistent_state() -> None:
    assert play(QUICK, its_seed=0) >= QUICK


@pytest.mark.slow
@pytest.mark.parametrize("number", range(50) if WANTED is None else range(WANTED // CHUNK + 1))
def test_every_random_history_leaves_a_consistent_state(number: Any) -> None:
    its_seed = number if WANTED is None else random.SystemRandom().randrange(10**9)
    assert play(CHUNK, its_seed) >= CHUNK
