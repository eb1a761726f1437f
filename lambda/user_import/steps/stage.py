"""The workflow's first step: decide what the request needs, and stage the users to import."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from ..contract import LEG_SECONDS, LogsRoleKind
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
from .guard import ended_by_stack, is_over, run_refused
from .job_slot import JobSlot
from .last_import import last_import
from .logs_role import check_logs_role
from .record import content_of, read_record, record_begin
from .relay import join, kept, passed_on, stop_passed_on
from .retries import retried
from .state import Intent, Plan, Progress, State

if TYPE_CHECKING:
    from ..aws.services import Services
    from ..users_csv import StagedUsers
    from .import_request import ImportRequest
    from .record import ImportRecord

_LATE_STATUS_SECONDS = 30
"""How late DescribeStacks may be in saying that a stack rolls back; assumed."""

_LATE_STATUS_STEP_SECONDS = 5
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
        status = retried(lambda: services.stacks.status(request.stack_id), plan, services)
        refused = retried(lambda: run_refused(request, status, services), plan, services)
        if reason := refused or ended_by_stack(request, status):
            return _failed(request, plan, reason, services)
        if status.is_rolling_back and not request.is_run:
            return _clear(request, plan, services)
        if not (request.is_run or request.waiting_is_to_start):
            joined = retried(lambda: join(request, plan, services), plan, services)
            if joined is not None:
                return joined
        if _undoes_an_update(request, plan, services):
            return _clear(request, plan, services)
        return retried(lambda: _stage(request, plan, services), plan, services)
    except PoolNotFound as error:
        failure = _pool_not_found(request, error)
    except _FINAL as error:
        failure = str(error)
    return _failed(request, plan, failure, services)


def _failed(request: ImportRequest, plan: Plan, failure: str, services: Services) -> State:
    """Return the state of a request that has failed.

    Where a leg of a relay fails, the import that was passed on to it is to be stopped.
    """
    if request.leg and (state := passed_on(request, services)):
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


def _undoes_an_update(request: ImportRequest, plan: Plan, services: Services) -> bool:
    """Whether an Update to content that was imported before rolls back another one.

    DescribeStacks may report the rollback late. Another import of existing users would then fail
    the rollback, so that such an Update looks at the stack several times.
    """
    if request.type != "Update" or not request.content_changed:
        return False
    if not retried(lambda: last_import(request, services), plan, services):
        return False
    return _rolls_back_late(request, plan, services)


def _rolls_back_late(request: ImportRequest, plan: Plan, services: Services) -> bool:
    """Wait as long as DescribeStacks may be late; return whether the stack rolls back."""
    until = services.now() + _LATE_STATUS_SECONDS
    while services.now() < until:
        services.sleep(_LATE_STATUS_STEP_SECONDS)
        status = retried(lambda: services.stacks.status(request.stack_id), plan, services)
        if status.is_rolling_back:
            return True
    return False


def _delete(request: ImportRequest, plan: Plan, services: Services) -> State:
    """Stop the import, for a Delete; but not where an update has removed a leg of its relay."""
    may_keep = request.leg is not None and not request.leg.is_last
    if may_keep and _goes_on(request, plan, services) and not _is_left(request, services):
        log.info("the import goes on without this leg of its relay")
        return State(replace(plan, intent=Intent.KEEP), Progress(), done=True)
    return _clear(request, plan, services)


def _is_left(request: ImportRequest, services: Services) -> bool:
    """Whether no other leg goes on with the import: it is in another user pool, or was removed.

    Before CloudFormation cleans up after an update, the last leg has ended every import of it.
    """
    try:
        record = read_record(request, services)
        if record is None or record.last is None:
            return False
        if record.last.user_pool_id != request.user_pool_id:
            return True
        waits = record.begun is not None and record.begun.state is not None
        return waits and services.stacks.status(request.stack_id).is_being_cleaned_up
    except AwsError as error:
        log.warning("whether the import goes on is not known: %s", error)
        return False


def _goes_on(request: ImportRequest, plan: Plan, services: Services) -> bool:
    """Whether a Delete cleans up after an update, and the stack stays.

    CloudFormation sends such a Delete when the update has ended; after a failure without rollback,
    when the next update begins. DescribeStacks may report a rollback late, and with this Delete
    nobody else may stop the import.
    """
    try:
        status = retried(lambda: services.stacks.status(request.stack_id), plan, services)
        if status.is_being_created:
            return False
        if status.is_being_updated:
            return not _rolls_back_late(request, plan, services)
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
        retried(lambda: _take(request, plan, services), plan, services)
    except AwsError as error:
        log.warning("the staged CSV was not claimed: %s", error)
    if request.type == "Update":
        try:
            pool = retried(
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
    record = None if request.is_run else read_record(request, services)
    if request.waiting_is_to_start:
        last = last_import(request, services)
        if all(job.status is JobStatus.CREATED or job.status.is_active for job in last):
            waiting = tuple(job.id for job in last)
    elif request.type == "Update" and not (request.content_changed or request.leg or record):
        # Most imports without a leg have no record: their old properties say what is deployed.
        return kept(request, plan, services)
    if not pool.auto_verified_attributes:
        raise RequestError(messages.pool_verifies_nothing(request.user_pool_id))
    if request.logs_role_kind is LogsRoleKind.IMPORTED:
        check_logs_role(request, services)
    _claim(request, plan, record, services)
    from .staged_users import stage_users  # noqa: PLC0415  one step of an import needs it

    plan, users = stage_users(request, plan, pool, services)
    log.info("staged %d users in %d jobs", users.users, len(users.jobs))
    plan = replace(plan, header=users.header, unit=users.unit)
    # Content A, then B, then A imports A again.
    anew = record is not None and record.last != content_of(request)
    jobs = _planned_jobs(request, plan, users, waiting, services, anew=anew)
    if all(job.result for job in jobs):
        return State(replace(plan, canary=()), Progress(jobs=jobs), done=True)
    return State(plan, Progress(jobs=jobs), done=False)


def _planned_jobs(
    request: ImportRequest,
    plan: Plan,
    users: StagedUsers,
    waiting: tuple[str, ...],
    services: Services,
    *,
    anew: bool,
) -> tuple[JobSlot, ...]:
    """Return the jobs of the staged users: new ones, and those that earlier requests created.

    Args:
        request: The request.
        plan: The plan.
        users: The staged users.
        waiting: The ids of the jobs that an earlier request has left unstarted.
        services: AWS and the clock.
        anew: Whether another content has been imported since.

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
        in_pool = retried(lambda: list(services.import_jobs.list_jobs(pool_id)), plan, services)
    except Throttled as error:
        log.warning("the jobs of the pool are not known, and all rows are imported: %s", error)
        return jobs
    if request.start and plan.password is None and not anew:
        jobs = with_resumed_jobs(request, jobs, in_pool)
    needed = sum(job.id is None for job in jobs)
    check_room_for_jobs(pool_id, needed, len(in_pool))
    return jobs


def _claim(
    request: ImportRequest, plan: Plan, record: ImportRecord | None, services: Services
) -> None:
    """Claim the staged CSV, and stop the import that nobody goes on with any more.

    Raises:
        RequestError: A newer request has claimed it.
    """
    claim = request.claim_at(plan.started_at)
    last = services.staging.claim_of(request.staged)
    # The claim of a broken execution, or of an import that was passed on, does not refuse a run.
    is_left = request.is_run and last is not None and is_over(last, request, services)
    if last is not None and last.supersedes(claim) and not is_left:
        raise RequestError(messages.REQUEST_SUPERSEDED)
    services.staging.claim(request.staged, claim)
    services.staging.remove(request.problems)
    if record is not None:
        stop_passed_on(request, record, services)
    record_begin(request, services)
    if request.reading.password_hashes is not None:
        services.staging.remove(request.line_map)
