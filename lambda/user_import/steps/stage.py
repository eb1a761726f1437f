"""The workflow's first step: decide what the request needs, and stage the users to import."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from ..aws.cognito import JobStatus
from ..contract import (
    IMPORT_PRINCIPAL,
    LEG_SECONDS,
    MOST_ADMIN_PASSWORDS,
    LogsRoleKind,
    PasswordVia,
    may_trust,
)
from ..errors import (
    AccessDenied,
    AwsError,
    CsvError,
    PoolNotFound,
    Refused,
    RequestError,
    SourceError,
    Throttled,
    Unusable,
)
from ..messages import steps as messages
from ..propagation import PROPAGATION_SECONDS, retry_while
from ..users_csv import (
    PASSWORD_HASH,
    Pool,
    describe_left_out,
    describe_normalizations,
    validate_users,
)
from .guard import ended_by_stack, run_refused
from .job_slot import JobSlot
from .last_import import last_import
from .problem_report import ProblemReport
from .state import CanaryJob, Intent, PasswordPlan, Plan, Progress, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ..aws.cognito import UserPool
    from ..aws.s3 import StagedWriter
    from ..aws.services import Services
    from ..users_csv import HashingAlgorithm, StagedUsers, ValidationReport
    from ..users_csv.password_hashes import HashShape
    from .import_request import ImportRequest
    from .source_objects import ObjectsOfPrefix

T = TypeVar("T")

_THROTTLED_SECONDS = 120
"""How long a throttled call is repeated, before the workflow retries the step."""

_LATE_STATUS_SECONDS = 30
"""How late DescribeStacks may be in saying that a stack rolls back; assumed."""

_LATE_STATUS_STEP_SECONDS = 5
_HASHED_BY: HashingAlgorithm = "SCRYPT"
"""The algorithm of the test password's hash, which the standard library has."""
_FINAL = (AccessDenied, CsvError, RequestError, Refused, SourceError, Unusable)

log = logging.getLogger(__name__)


def stage(request: ImportRequest, started_at: float, services: Services) -> State:
    """Decide what the request needs; for an import, validate and stage its CSV.

    An error that the user can correct ends in a state that has failed; any other is raised, and the
    workflow retries.

    Args:
        request: The request of CloudFormation.
        started_at: The start of the execution, in epoch seconds.
        services: AWS and the clock.
    """
    plan = Plan(Intent.IMPORT, started_at=started_at, deadline=started_at + request.longest_seconds)
    if not request.is_run and (request.leg or not request.waits):
        plan = replace(plan, answer_by=started_at + LEG_SECONDS)
    if request.type == "Delete":
        return _delete(request, plan, services)
    try:
        status = _retried(lambda: services.stacks.status(request.stack_id), plan, services)
        refused = _retried(lambda: run_refused(request, status, services), plan, services)
        if reason := refused or ended_by_stack(request, status):
            return _failed(request, plan, reason, services)
        if status.is_rolling_back and not request.is_run:
            return _clear(request, plan, services)
        if request.leg:
            from .relay import join  # noqa: PLC0415  most imports are no relay

            joined = _retried(lambda: join(request, plan, services), plan, services)
            if joined is not None:
                return joined
        if _undoes_an_update(request, plan, services):
            return _clear(request, plan, services)
        return _retried(lambda: _stage(request, plan, services), plan, services)
    except PoolNotFound as error:
        failure = _pool_not_found(request, error)
    except _FINAL as error:
        failure = str(error)
    return _failed(request, plan, failure, services)


def _failed(request: ImportRequest, plan: Plan, failure: str, services: Services) -> State:
    """Return the state of a request that has failed.

    Where a leg of a relay fails, the import that was passed on to it is to be stopped.
    """
    if request.leg:
        from .relay import passed_on  # noqa: PLC0415  most imports are no relay

        if state := passed_on(request, services):
            ends = replace(state.plan, deadline=plan.deadline, answer_by=plan.answer_by)
            stopping = replace(state.progress, failure=failure, stopping=True, waits=0)
            return State(ends, stopping, done=False)
    return State(plan, Progress(failure=failure), done=True)


def _pool_not_found(request: ImportRequest, error: PoolNotFound) -> str:
    """Say where the user pool must be; its id begins with the Region that it is in."""
    region, account = request.stack_id.split(":")[3:5]
    pool_region = request.user_pool_id.partition("_")[0]
    if pool_region != region:
        return messages.pool_elsewhere(error, pool_region, region)
    return messages.pool_not_found(error, account, region)


def _retried(call: Callable[[], T], plan: Plan, services: Services) -> T:
    """Make a call, and repeat it for a while where it is throttled or denied.

    A denial may be that of a policy that is not yet in effect, for some time after the start of the
    execution. Throttling has nothing to do with that: its time begins with the call.
    """
    throttled_until = services.now() + _THROTTLED_SECONDS
    denied_until = plan.started_at + PROPAGATION_SECONDS

    def may_pass(error: Exception) -> bool:
        if isinstance(error, Throttled):
            until = throttled_until
        elif isinstance(error, AccessDenied):
            until = denied_until
        else:
            return False
        if services.now() >= until:
            return False
        log.info("to be repeated, as it may pass: %s", error)
        return True

    return retry_while(may_pass, call, until=plan.deadline, now=services.now, sleep=services.sleep)


def _undoes_an_update(request: ImportRequest, plan: Plan, services: Services) -> bool:
    """Whether an Update to content that was imported before rolls back another one.

    DescribeStacks may report the rollback late. Another import of existing users would then fail
    the rollback, so that such an Update looks at the stack several times.
    """
    if request.type != "Update" or not request.content_changed:
        return False
    if not _retried(lambda: last_import(request, services), plan, services):
        return False
    until = services.now() + _LATE_STATUS_SECONDS
    while services.now() < until:
        services.sleep(_LATE_STATUS_STEP_SECONDS)
        status = _retried(lambda: services.stacks.status(request.stack_id), plan, services)
        if status.is_rolling_back:
            return True
    return False


def _delete(request: ImportRequest, plan: Plan, services: Services) -> State:
    """Stop the import, for a Delete; but not where an update has removed a leg of its relay."""
    if request.leg and not request.leg.is_last and _goes_on(request, plan, services):
        log.info("the import goes on without this leg of its relay")
        return State(replace(plan, intent=Intent.KEEP), Progress(), done=True)
    return _clear(request, plan, services)


def _goes_on(request: ImportRequest, plan: Plan, services: Services) -> bool:
    """Whether a Delete cleans up after an update, and the stack stays."""
    try:
        status = _retried(lambda: services.stacks.status(request.stack_id), plan, services)
    except AwsError as error:
        log.warning("the status of the stack is unknown: %s", error)
        return False
    return not status.is_rolling_back


def _take(request: ImportRequest, plan: Plan, services: Services) -> None:
    """Claim the staged CSV, so that an import of it ends.

    After an update to another user pool, the Delete of the old one comes when an import into the
    new one may go on in the background.
    """
    last = services.staging.claim_of(request.staged)
    other_pool = last is not None and last.user_pool_id not in (None, request.user_pool_id)
    if other_pool and request.type == "Delete" and _goes_on(request, plan, services):
        log.info("an import into another user pool goes on")
        return
    services.staging.claim(request.staged, request.claim_at(plan.started_at))


def _clear(request: ImportRequest, plan: Plan, services: Services) -> State:
    """Import nothing, for a Delete or a rollback; that must work whatever has been deleted.

    An Update that undoes another one answers with the results of the import that it rolls back to.
    A Create fails: its stack rolls back already.
    """
    plan = replace(plan, intent=Intent.CLEAR)
    progress = Progress(stopping=True)
    if request.type == "Create":
        # No request precedes a Create: an existing claim is that of the Delete which followed it.
        progress = replace(progress, failure=messages.STACK_ROLLS_BACK)
        return State(plan, progress, done=False)
    try:
        _retried(lambda: _take(request, plan, services), plan, services)
    except AwsError as error:
        log.warning("the staged CSV was not claimed: %s", error)
    if request.type == "Update":
        try:
            pool = _retried(
                lambda: services.import_jobs.user_pool(request.user_pool_id), plan, services
            )
            results = tuple(job.result for job in last_import(request, services))
            plan = replace(plan, pool_name=pool.name)
            progress = replace(progress, last_results=results)
        except AwsError as error:
            log.warning("the last import is unknown: %s", error)
    return State(plan, progress, done=False)


def _stage(request: ImportRequest, plan: Plan, services: Services) -> State:
    pool = services.import_jobs.user_pool(request.user_pool_id)
    plan = replace(plan, pool_name=pool.name)
    waiting: tuple[str, ...] = ()
    # A leg of a relay knows by the record whether the content was imported, and does not come here.
    if request.type == "Update" and not request.content_changed and request.leg is None:
        last = last_import(request, services)
        if not request.waiting_is_to_start:
            if request.test_password is not None:
                log.info("nothing is imported: no password is set, and the secret is not read")
            results = tuple(job.result for job in last)
            progress = Progress(last_results=results)
            return State(replace(plan, intent=Intent.KEEP), progress, done=True)
        if all(job.status is JobStatus.CREATED or job.status.is_active for job in last):
            waiting = tuple(job.id for job in last)
    if not pool.auto_verified_attributes:
        raise RequestError(messages.pool_verifies_nothing(request.user_pool_id))
    if request.logs_role_kind is LogsRoleKind.IMPORTED:
        _check_logs_role(request, services)
    _claim(request, plan, services)
    columns = services.import_jobs.csv_header(request.user_pool_id)
    known = Pool.from_description(pool.description, columns)
    if request.test_password is None:
        users, shapes = _stage_users(request, plan, known, services)
        if request.canary is not None:
            plan = replace(plan, canary=_canary_jobs(shapes))
    else:
        plan, users = _stage_with_password(request, plan, pool, known, services)
    log.info("staged %d users in %d jobs", users.users, len(users.jobs))
    plan = replace(plan, header=users.header, unit=users.unit)
    jobs = _planned_jobs(request, plan, users, waiting, services)
    if all(job.result for job in jobs):
        return State(replace(plan, canary=()), Progress(jobs=jobs), done=True)
    return State(plan, Progress(jobs=jobs), done=False)


def _planned_jobs(
    request: ImportRequest,
    plan: Plan,
    users: StagedUsers,
    waiting: tuple[str, ...],
    services: Services,
) -> tuple[JobSlot, ...]:
    """Return the jobs of the staged users: new ones, and those that earlier requests created.

    Args:
        request: The request.
        plan: The plan.
        users: The staged users.
        waiting: The ids of the jobs that an earlier request has left unstarted.
        services: AWS and the clock.

    Raises:
        RequestError: The pool has no room for the new ones.
    """
    from .resumed_jobs import with_resumed_jobs  # noqa: PLC0415  no other step needs it
    from .room_for_jobs import check_room_for_jobs  # noqa: PLC0415  likewise

    jobs = tuple(JobSlot(rows) for rows in users.jobs)
    # The jobs of an earlier request have no hashes.
    if len(waiting) == len(jobs) and plan.algorithm is None:
        unverified = not request.source.pinned
        jobs = tuple(
            replace(job, id=job_id, unverified=unverified)
            for job, job_id in zip(jobs, waiting, strict=True)
        )
    pool_id = request.user_pool_id
    try:
        in_pool = _retried(lambda: list(services.import_jobs.list_jobs(pool_id)), plan, services)
    except Throttled as error:
        log.warning("the jobs of the pool are not known, and all rows are imported: %s", error)
        return jobs
    if request.start and plan.password is None:
        jobs = with_resumed_jobs(request, jobs, in_pool)
    needed = sum(job.id is None for job in jobs)
    check_room_for_jobs(pool_id, needed, len(in_pool))
    return jobs


def _stage_with_password(
    request: ImportRequest, plan: Plan, pool: UserPool, known: Pool, services: Services
) -> tuple[Plan, StagedUsers]:
    """Stage the users, and decide how they get the test password; it is checked before.

    By HASH, every staged row has the same hash: one salt and one calculation for all users.

    Raises:
        RequestError: The password breaks the pool's policy, or cannot be given to so many users.
    """
    from ..messages import passwords  # noqa: PLC0415  most imports set no passwords
    from .password import check_password, hash_password, read_password  # noqa: PLC0415  likewise

    source = request.test_password
    assert source is not None
    region = request.stack_id.split(":")[3]
    if source.secret.split(":")[3] != region:
        raise RequestError(passwords.secret_elsewhere(source.secret, region))
    password = read_password(source, services)
    check_password(password.value, pool.password_policy, source)
    log.info(
        "the test password is that of version %s of the secret; existing users keep theirs",
        password.version,
    )
    takes_hashes = PASSWORD_HASH in (known.columns or ())
    if source.via is PasswordVia.HASH and not takes_hashes:
        raise RequestError(passwords.hashes_not_taken(request.user_pool_id, MOST_ADMIN_PASSWORDS))
    if source.via is not PasswordVia.HASH:
        users, _ = _stage_users(request, plan, known, services)
        if users.users <= MOST_ADMIN_PASSWORDS:
            to_set = PasswordPlan(password.version, pool.is_passwordless)
            return replace(plan, password=to_set), users
        if source.via is PasswordVia.ADMIN or not takes_hashes:
            raise RequestError(passwords.too_many_users(users.users, MOST_ADMIN_PASSWORDS))
    log.info("calculating one hash of the test password, which needs 64 MiB and 0.2 s")
    constants = {**request.reading.constants, PASSWORD_HASH: hash_password(password.value)}
    hashed = request._replace(reading=replace(request.reading, constants=constants))
    known = known._replace(hashing_algorithm=_HASHED_BY)
    users, _ = _stage_users(hashed, plan, known, services)
    return replace(plan, algorithm=_HASHED_BY), users


def _canary_jobs(shapes: Mapping[HashShape, int]) -> tuple[CanaryJob, ...]:
    """Return the jobs of synthetic users: one for each algorithm, for the most common shapes."""
    if not shapes:
        return ()
    from ..canary import most_common  # noqa: PLC0415  few imports have password hashes

    by_algorithm: dict[HashingAlgorithm, list[HashShape]] = {}
    for shape in most_common(sorted(shapes, key=lambda each: -shapes[each])):
        by_algorithm.setdefault(shape.algorithm, []).append(shape)
    return tuple(CanaryJob(name, tuple(each)) for name, each in by_algorithm.items())


def _check_logs_role(request: ImportRequest, services: Services) -> None:
    """Look at a logs role that the app does not create, once.

    Cognito does not say that it cannot use the role. Without an answer of IAM, as from a VPC or
    under a permissions boundary, that is found out by the start of the first job.

    Raises:
        RequestError: The role is of another account, does not exist, or does not trust Cognito.
    """
    theirs, ours = request.logs_role_arn.split(":")[4], request.stack_id.split(":")[4]
    if theirs != ours:
        raise RequestError(messages.logs_role_elsewhere(request.logs_role_arn, ours))
    try:
        trust = services.roles.trust_policy(request.logs_role_arn)
    except AwsError as error:
        if error.code == "NoSuchEntity":
            raise RequestError(messages.logs_role_missing(request.logs_role_arn)) from error
        log.info("whether Cognito can use the logs role is not known: %s", error)
        return
    if not may_trust(trust, IMPORT_PRINCIPAL):
        raise RequestError(messages.logs_role_untrusting(request.logs_role_arn))


def _claim(request: ImportRequest, plan: Plan, services: Services) -> None:
    """Claim the staged CSV.

    Raises:
        RequestError: A newer request has claimed it.
    """
    claim = request.claim_at(plan.started_at)
    last = services.staging.claim_of(request.staged)
    if last is not None and last.supersedes(claim):
        raise RequestError(messages.REQUEST_SUPERSEDED)
    services.staging.claim(request.staged, claim)
    services.staging.remove(request.problems)
    if request.record is not None and not request.is_run:
        # No later request may take the content of an earlier import for what is imported now.
        services.staging.remove(request.record)
    if request.reading.password_hashes is not None:
        services.staging.remove(request.line_map)


def _stage_users(
    request: ImportRequest, plan: Plan, known: Pool, services: Services
) -> tuple[StagedUsers, Mapping[HashShape, int]]:
    """Read the source once, validate every row, and write the valid rows to the staging bucket.

    Returns:
        The staged users, and the number of password hashes of each shape.
    """
    from .memory import within_memory  # noqa: PLC0415  no other step needs it

    claim = request.claim_at(plan.started_at)
    in_time = partial(_in_time, request=request, plan=plan, services=services)
    objects: ObjectsOfPrefix | None = None
    if request.source.is_prefix:
        from .source_objects import ObjectsOfPrefix  # noqa: PLC0415  few sources are prefixes

        objects = ObjectsOfPrefix(request, claim, in_time, services)
        validate = objects.validate
    else:
        chunks = in_time(services.staging.read_source(request.source))
        validate = partial(validate_users, chunks)
    problems = ProblemReport(request, claim, services)
    writers: dict[HashingAlgorithm, StagedWriter] = {}
    with problems, ExitStack() as stack:
        staged = stack.enter_context(services.staging.write(request.staged, claim))

        def write_hashed(algorithm: HashingAlgorithm, rows: bytes) -> None:
            if algorithm not in writers:
                writer = services.staging.write(request.staged_of(algorithm), claim)
                writers[algorithm] = stack.enter_context(writer)
            writers[algorithm].write(rows)

        report = within_memory(
            request.source.name,
            lambda limits: validate(
                known,
                staged.write,
                options=request.reading,
                limits=limits,
                sink=problems.add,
                write_hashed=write_hashed,
                digests=True,
            ),
        )
        last = services.staging.claim_of(request.staged)
        # Without a claim, a Delete has ended: no later request would remove the staged CSV.
        if last is None or last.supersedes(claim):
            raise RequestError(messages.REQUEST_SUPERSEDED)
        problems.close()
        _log(request, report)
        if report.staged is None:
            raise CsvError(_refusal(request, report, problems))
        if report.staged.line_map:
            writer = services.staging.write(request.line_map, claim)
            stack.enter_context(writer).write(report.staged.line_map)
        if objects is not None:
            objects.keep_places(report)
    return report.staged, report.hashes


def _log(request: ImportRequest, report: ValidationReport) -> None:
    log.info("%s: %d users", request.source.name, report.users)
    if report.normalized:
        log.info("normalized: %s", describe_normalizations(report.normalized))
    if report.left_out:
        log.info("%s", describe_left_out(report.left_out))
    if report.findings.warnings:
        log.warning(
            "warnings: %d: %s",
            report.findings.warnings,
            report.findings.describe_warnings(),
        )


def _refusal(request: ImportRequest, report: ValidationReport, problems: ProblemReport) -> str:
    findings = report.findings
    more = problems.is_written or findings.errors > len(findings.first)
    return messages.csv_refused(
        request.source.name,
        findings.errors,
        problems.where if more else "",
        findings.describe_errors(),
    )


def _in_time(
    chunks: Iterator[bytes], request: ImportRequest, plan: Plan, services: Services
) -> Iterator[bytes]:
    for chunk in chunks:
        if services.now() >= plan.request_ends:
            seconds = round(plan.request_ends - plan.started_at)
            raise SourceError(messages.source_timed_out(request.source.name, seconds))
        yield chunk
