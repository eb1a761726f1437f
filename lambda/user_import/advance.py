"""The workflow's loop: look at the world, do the next thing, say when to look again.

``advance`` trusts the world over its memory. Before it creates a job it looks for one of the same
name, so that a repeated delivery, a retried function or a crash between "created" and "remembered"
cannot lead to two jobs that run. It never decides by the text of a message: the four causes of a
PreconditionNotMetException have texts that nobody has on record.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import AccessDenied, AwsError, NotReady, PoolNotFound, RoleRefused, UploadError
from .import_jobs import JobStatus
from .plan import Intent, State
from .request import JobName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .import_jobs import Job
    from .plan import JobResult, Plan, Progress
    from .request import ImportRequest
    from .world import World

NEW_ROLE_SECONDS = 120
"""How long after the start Cognito may refuse a logs role that was only just made."""

STOP_SECONDS = 90
"""How long to wait for jobs to stop after the deadline; CloudFormation waits 120 seconds."""

_DENIED_LOOKS = 3
_MOST_RETRIES = 5
_FIRST_WAIT_SECONDS = 2
_WATCH_SECONDS = 15
_SLOT_SECONDS = 30

log = logging.getLogger(__name__)


def advance(request: ImportRequest, state: State, world: World) -> State:
    """Take one decision, and return the state that follows from it.

    Args:
        request: what CloudFormation asks.
        state: what Stage planned, and how far earlier turns have come.
        world: everything outside; its clock says what time it is.
    """
    plan, progress = state.plan, state.progress
    if progress.stopping:
        return _stop(request, plan, progress, world)
    if world.now() >= plan.deadline:
        minutes = f"{request.timeout_seconds / 60:g} minutes"
        said = f" Cognito's last word was: {progress.note}" if progress.note else ""
        return _give_up(plan, progress, f"The import did not finish within {minutes}.{said}")
    if world.stacks.is_going_back(request.stack_id):
        return _give_up(
            plan, progress, "The stack is rolling back or being deleted; the import was stopped."
        )
    try:
        return _import(request, plan, progress, world)
    except PoolNotFound as error:
        return _failed(plan, progress, f"The user pool is gone. {error}")


def _import(request: ImportRequest, plan: Plan, progress: Progress, world: World) -> State:
    number = len(progress.results)
    job_id = progress.job_ids[number] if number < len(progress.job_ids) else ""
    if not job_id:
        return _create(request, plan, progress, world)
    job = world.import_jobs.describe(request.user_pool_id, job_id)
    match job.status:
        case JobStatus.CREATED if not request.start:
            return _next_job(plan, progress, job.result)
        case JobStatus.CREATED:
            return _start(request, plan, progress, job, world)
        case JobStatus.PENDING | JobStatus.IN_PROGRESS | JobStatus.STOPPING:
            return _again(plan, progress, _WATCH_SECONDS)
        case JobStatus.SUCCEEDED | JobStatus.FAILED:
            return _judge(request, plan, progress, job, world)
        case JobStatus.STOPPED:
            progress = replace(progress, results=(*progress.results, job.result))
            return _failed(plan, progress, f"Import job {job.id} was stopped by someone else.")
        case JobStatus.EXPIRED:
            progress = replace(progress, results=(*progress.results, job.result))
            return _failed(
                plan, progress, f"Import job {job.id} expired before it was started; deploy again."
            )


def _create(request: ImportRequest, plan: Plan, progress: Progress, world: World) -> State:
    number = len(progress.results)
    name = request.name_of(number)
    for job in world.import_jobs.list_jobs(request.user_pool_id):
        handled = job.imported + job.skipped + job.failed
        if job.name == name and (job.status.is_active or handled):
            log.info("job %s runs or ran already; it is taken over", job.id)
            return _with_job(plan, progress, job.id)
    rows = plan.jobs[number]
    header = plan.header.encode()

    def content() -> Iterator[bytes]:
        yield header
        yield from world.staging.read(request.staged, rows.offset, rows.length)

    try:
        job = world.import_jobs.create(
            request.user_pool_id,
            name,
            request.logs_role_arn,
            content,
            len(header) + rows.length,
        )
    except (AccessDenied, RoleRefused, NotReady) as error:
        return _wait_for_role(plan, progress, error, world)
    except UploadError as error:
        return _retry(plan, progress, str(error))
    except AwsError as error:
        if error.code == "LimitExceededException":
            return _failed(
                plan,
                progress,
                f"{error} A user pool keeps 1,000 import jobs, which cannot be deleted; ask AWS "
                "for a higher quota, or import into a new pool.",
            )
        raise
    log.info("job %s was created and uploaded", job.id)
    return _with_job(plan, progress, job.id)


def _start(request: ImportRequest, plan: Plan, progress: Progress, job: Job, world: World) -> State:
    try:
        world.import_jobs.start(request.user_pool_id, job.id)
    except NotReady as error:
        # The slot is taken, or the logs role cannot be used (yet). The upload is ours and was
        # taken, and the pool has an auto-verified attribute: waiting may help, until the deadline.
        log.info("job %s cannot start yet: %s", job.id, error)
        return _again(plan, replace(progress, note=str(error)), _SLOT_SECONDS)
    except (AccessDenied, RoleRefused) as error:
        return _wait_for_role(plan, progress, error, world)
    log.info("job %s was started", job.id)
    return State(plan, replace(progress, waits=0), done=False, wait_seconds=_FIRST_WAIT_SECONDS)


def _judge(request: ImportRequest, plan: Plan, progress: Progress, job: Job, world: World) -> State:
    """Judge a job that has ended by its counters: ``Failed`` alone may mean that all existed."""
    rows = plan.jobs[len(progress.results)].users
    handled = job.imported + job.skipped + job.failed
    if not handled and world.now() < plan.started_at + NEW_ROLE_SECONDS:
        # Cognito could perhaps not assume a role that has only just been made.
        return _retry(plan, progress, f"Import job {job.id} ended without a user: {job.message}")
    progress = replace(progress, results=(*progress.results, job.result))
    if handled != rows:
        return _failed(
            plan,
            progress,
            f"Import job {job.id} accounts for {handled:,} of its {rows:,} users; what became of "
            "the others is not known.",
        )
    failed = sum(result.failed for result in progress.results)
    skipped = sum(result.skipped for result in progress.results)
    tolerance = request.tolerance
    for what, count, most in (
        ("failed", failed, tolerance.failed),
        ("were skipped because they exist", skipped, tolerance.skipped),
    ):
        if most is not None and count > most:
            return _failed(
                plan,
                progress,
                f"More users {what} than are tolerated: {count:,}, at most {most:,}.",
            )
    return _next_job(plan, replace(progress, results=progress.results[:-1]), job.result)


def _stop(request: ImportRequest, plan: Plan, progress: Progress, world: World) -> State:
    """Stop what is ours and active, and wait until it has stopped."""
    clearing = plan.intent is Intent.CLEAR
    try:
        active, waiting = _stop_jobs(request, world)
    except PoolNotFound as error:
        log.info("nothing to stop: %s", error)
        return State(plan, progress, done=True)
    except AccessDenied as error:
        # The policy of a replaced pool is gone before its Delete comes: there is nothing to do.
        if progress.waits < _DENIED_LOOKS:
            return _again(plan, progress, _WATCH_SECONDS)
        log.warning("no right to stop jobs, as after a pool was replaced: %s", error)
        return State(plan, progress, done=True)
    # A job that waits to be started may be another execution's, which is about to start it and
    # will see that the stack goes back. One more look tells.
    if not active and (not clearing or not waiting or progress.waits):
        return State(plan, progress, done=True)
    if world.now() >= plan.deadline + STOP_SECONDS:
        still = f"Import job {active[0].id} is still stopping." if active else ""
        return _failed(plan, progress, f"{progress.failure} {still}".strip())
    return _again(plan, progress, _FIRST_WAIT_SECONDS if active else 2 * _FIRST_WAIT_SECONDS)


def _stop_jobs(request: ImportRequest, world: World) -> tuple[list[Job], list[Job]]:
    """Ask Cognito to stop our jobs; return those that are active and those that wait."""
    active: list[Job] = []
    waiting: list[Job] = []
    for job in list(world.import_jobs.list_jobs(request.user_pool_id)):
        name = JobName.parse(job.name)
        if name is None or name.import_id != request.import_id:
            continue
        if job.status.is_active:
            active.append(job)
        elif job.status is JobStatus.CREATED:
            waiting.append(job)
        else:
            continue
        if job.status is not JobStatus.STOPPING:
            try:
                world.import_jobs.stop(request.user_pool_id, job.id)
            except (NotReady, RoleRefused) as error:
                # It has just ended, or Cognito does not stop jobs that were never started.
                log.info("job %s was not stopped: %s", job.id, error)
    return active, waiting


def _wait_for_role(plan: Plan, progress: Progress, error: AwsError, world: World) -> State:
    """Wait for a role or policy that was only just made; a refusal after that is final."""
    if world.now() < plan.started_at + NEW_ROLE_SECONDS:
        log.info("perhaps not yet: %s", error)
        return _again(plan, replace(progress, note=str(error)), _WATCH_SECONDS)
    return _failed(plan, progress, str(error))


def _retry(plan: Plan, progress: Progress, reason: str) -> State:
    """Give up the current job for a new one."""
    if progress.retries >= _MOST_RETRIES:
        return _failed(plan, progress, reason)
    log.info("trying again with a new job: %s", reason)
    number = len(progress.results)
    job_ids = list(progress.job_ids)
    job_ids[number : number + 1] = [""]
    progress = replace(
        progress, job_ids=tuple(job_ids), retries=progress.retries + 1, note=reason, waits=0
    )
    return State(plan, progress, done=False, wait_seconds=2 * _FIRST_WAIT_SECONDS)


def _with_job(plan: Plan, progress: Progress, job_id: str) -> State:
    number = len(progress.results)
    job_ids = list(progress.job_ids)
    job_ids[number : number + 1] = [job_id]
    return State(plan, replace(progress, job_ids=tuple(job_ids), waits=0), done=False)


def _next_job(plan: Plan, progress: Progress, result: JobResult) -> State:
    results = (*progress.results, result)
    progress = replace(progress, results=results, waits=0, note="")
    return State(plan, progress, done=len(results) == len(plan.jobs))


def _again(plan: Plan, progress: Progress, longest: int) -> State:
    """Look again after a while, which grows by half every time up to ``longest`` seconds."""
    seconds = min(longest, round(_FIRST_WAIT_SECONDS * 1.5**progress.waits))
    return State(plan, replace(progress, waits=progress.waits + 1), False, seconds)


def _give_up(plan: Plan, progress: Progress, failure: str) -> State:
    log.warning("giving up: %s", failure)
    return State(plan, replace(progress, failure=failure, stopping=True, waits=0), done=False)


def _failed(plan: Plan, progress: Progress, failure: str) -> State:
    log.warning("failed: %s", failure)
    return State(plan, replace(progress, failure=failure), done=True)
