"""The workflow's loop: look at the world, do the next thing, say when to look again.

``advance`` trusts the world over its memory. Before it creates a job it looks for one of the same
name, so that a repeated delivery, a retried function or a crash between "created" and "remembered"
cannot lead to two jobs that run. It never decides by the text of a message: the four causes of a
PreconditionNotMetException have texts that nobody has on record.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from ..errors import AccessDenied, AwsError, NotReady, PoolNotFound, RoleRefused, UploadError
from ..propagation import LATE_RIGHTS_SECONDS
from .import_request import JobName
from .last_import import last_import
from .state import Intent, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..aws.cognito import Job
    from ..aws.services import Services
    from ..aws.stacks import StackStatus
    from .import_request import ImportRequest
    from .state import JobResult, Plan, Progress

STOP_SECONDS = 90
"""How long to wait for jobs to stop after the deadline; CloudFormation waits 120 seconds."""

_DENIED_LOOKS = 5
_MOST_RETRIES = 5
_FIRST_WAIT_SECONDS = 2
_WATCH_SECONDS = 15
_SLOT_SECONDS = 30
_STOP_LOOK_SECONDS = 10

_GOING_BACK = "The stack is rolling back or being deleted; the import was given up."
_OVERTAKEN = "CloudFormation has sent another request for this import; this one was given up."
_GONE = (
    "Somebody has removed or replaced what was staged for the import, which was given up. Deploy "
    "again, and leave the folder imports/ of the staging bucket alone."
)

log = logging.getLogger(__name__)


def advance(request: ImportRequest, state: State, world: Services) -> State:
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
    try:
        status = world.stacks.status(request.stack_id)
        if status.is_going_back:
            return _go_back(request, status, plan, progress, world)
        if unwanted := status.too_late or _overtaken(request, world):
            return _give_up(plan, progress, unwanted)
        return _import(request, plan, progress, world)
    except AccessDenied as error:
        return _wait_for_role(plan, progress, error, world)
    except PoolNotFound as error:
        return _failed(plan, progress, f"The user pool is gone. {error}")


def _go_back(
    request: ImportRequest, status: StackStatus, plan: Plan, progress: Progress, world: Services
) -> State:
    """Stop, because the stack rolls back or is deleted.

    An Update to content that was imported before may be the one that undoes another: it answers as
    that import did, for FAILED would fail the rollback.
    """
    before = last_import(request, world) if status.undoes_an_update else []
    if request.type != "Update" or not before:
        return _give_up(plan, progress, _GOING_BACK)
    log.warning("the stack rolls back: stopping the import's jobs")
    results = tuple(job.result for job in before)
    progress = replace(progress, results=results, stopping=True, waits=0)
    return State(replace(plan, intent=Intent.CLEAR), progress, done=False)


def _overtaken(request: ImportRequest, world: Services) -> str:
    """Say why the import is no longer this request's; nothing while it is.

    CloudFormation may have sent another request for it, such as a Delete.
    """
    claim = world.staging.claim_of(request.staged)
    if claim is None:
        return _GONE
    return "" if claim.request_id == request.request_id else _OVERTAKEN


def _import(request: ImportRequest, plan: Plan, progress: Progress, world: Services) -> State:
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
        case JobStatus.PENDING | JobStatus.IN_PROGRESS | JobStatus.STOPPING | JobStatus.OTHER:
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


def _create(request: ImportRequest, plan: Plan, progress: Progress, world: Services) -> State:
    number = len(progress.results)
    name = request.name_of(number)
    if known := _that_ran(request, name, world):
        return _with_job(plan, progress, known.id)
    rows = plan.jobs[number]
    header = plan.header.encode()

    def staged_rows() -> Iterator[bytes]:
        return world.staging.read(request.staged, rows.offset, rows.length)

    def content() -> Iterator[bytes]:
        yield header
        for chunk in opened.pop() if opened else staged_rows():
            if world.now() >= plan.deadline:
                raise UploadError("The upload took longer than the import's timeout.")
            yield chunk

    try:
        opened = [staged_rows()]  # before the job is made: what cannot be read needs none
        job = world.import_jobs.create(
            request.user_pool_id,
            name,
            request.logs_role_arn,
            content,
            len(header) + rows.length,
        )
    except (RoleRefused, NotReady) as error:
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


def _that_ran(request: ImportRequest, name: str, world: Services) -> Job | None:
    """Return the job of this name that runs or ran already, to be taken over."""
    for job in world.import_jobs.list_jobs(request.user_pool_id):
        if job.name == name and (job.status.is_active or job.handled):
            log.info("job %s runs or ran already; it is taken over", job.id)
            return job
    return None


def _start(
    request: ImportRequest, plan: Plan, progress: Progress, job: Job, world: Services
) -> State:
    # A second execution of the same request may have made a job of its own and started that.
    if known := _that_ran(request, job.name, world):
        return _with_job(plan, progress, known.id)
    try:
        world.import_jobs.start(request.user_pool_id, job.id)
    except NotReady as error:
        # The slot is taken, or the logs role cannot be used (yet). The upload is ours and was
        # taken, and the pool has an auto-verified attribute: waiting may help, until the deadline.
        log.info("job %s cannot start yet: %s", job.id, error)
        return _again(plan, replace(progress, note=str(error)), _SLOT_SECONDS)
    except RoleRefused as error:
        return _wait_for_role(plan, progress, error, world)
    log.info("job %s was started", job.id)
    progress = replace(progress, waits=0, note="")
    if overtaken := _overtaken(request, world):  # Who overtook us may have looked for jobs before.
        return _stop(request, plan, _given_up(progress, overtaken), world)
    return State(plan, progress, done=False, wait_seconds=_FIRST_WAIT_SECONDS)


def _judge(
    request: ImportRequest, plan: Plan, progress: Progress, job: Job, world: Services
) -> State:
    """Judge a job that has ended by its counters: ``Failed`` alone may mean that all existed."""
    rows = plan.jobs[len(progress.results)].users
    if not job.handled and world.now() < plan.started_at + LATE_RIGHTS_SECONDS:
        # Cognito could perhaps not assume a role that has only just been made.
        note = f"Import job {job.id} ended without a user: {job.message}"
        log.info("trying again with a new job: %s", note)
        progress = _with_job_id(replace(progress, note=note, waits=0), "")
        return State(plan, progress, done=False, wait_seconds=_WATCH_SECONDS)
    ended = replace(progress, results=(*progress.results, job.result))
    if job.handled != rows and (job.id not in progress.unverified or not job.handled):
        return _failed(
            plan,
            ended,
            f"Import job {job.id} accounts for {job.handled:,} of its {rows:,} users; what became "
            "of the others is not known.",
        )
    failed = sum(result.failed for result in ended.results)
    skipped = sum(result.skipped for result in ended.results)
    tolerance = request.tolerance
    for what, count, most in (
        ("failed", failed, tolerance.failed),
        ("were skipped because they exist", skipped, tolerance.skipped),
    ):
        if most is not None and count > most:
            return _failed(
                plan,
                ended,
                f"More users {what} than are tolerated: {count:,}, at most {most:,}.",
            )
    return _next_job(plan, progress, job.result)


def _stop(request: ImportRequest, plan: Plan, progress: Progress, world: Services) -> State:
    """Stop what is ours and active, and wait until it has stopped."""
    try:
        active = _stop_jobs(request, plan, progress, world)
    except PoolNotFound as error:
        log.info("nothing to stop: %s", error)
        return State(plan, progress, done=True)
    except (AccessDenied, RoleRefused) as error:
        # The policy of a replaced pool is gone before its Delete comes: there is nothing to do.
        if progress.denials < _DENIED_LOOKS or world.now() < plan.started_at + LATE_RIGHTS_SECONDS:
            progress = replace(progress, denials=progress.denials + 1)
            return _again(plan, progress, _WATCH_SECONDS)
        log.warning("no right to stop jobs, as after a pool was replaced: %s", error)
        return State(plan, progress, done=True)
    if progress.denials:
        progress = replace(progress, denials=0, waits=0)
    if active and world.now() >= plan.deadline + STOP_SECONDS:
        failure = f"{progress.failure} Import job {active[0].id} is still stopping."
        return _failed(plan, _with_last_word(request, plan, progress, world), failure.strip())
    # Another execution may have created or started a job that is not listed yet, and will then see
    # that it is superseded. One more look tells.
    clearing = plan.intent is Intent.CLEAR
    if active or (clearing and not progress.waits):
        return _again(plan, progress, _STOP_LOOK_SECONDS)
    return State(plan, _with_last_word(request, plan, progress, world), done=True)


def _stop_jobs(
    request: ImportRequest, plan: Plan, progress: Progress, world: Services
) -> list[Job]:
    """Ask Cognito to stop jobs; return those that are active.

    CLEAR stops every job of the import, except unstarted ones on the rollback of an update;
    otherwise only this request's jobs are stopped.
    """
    clearing = plan.intent is Intent.CLEAR
    active: list[Job] = []
    for job in _jobs(request, progress, world):
        name = JobName.parse(job.name)
        if name is None or name.import_id != request.import_id:
            continue
        if (
            not clearing
            and name.request_id != request.request_id
            and job.id not in progress.job_ids
        ):
            continue
        if job.status.is_active:
            active.append(job)
        elif job.status is not JobStatus.CREATED or (
            clearing and request.type == "Update" and name.content_id == request.content_id
        ):
            continue
        if job.status is not JobStatus.STOPPING:
            try:
                world.import_jobs.stop(request.user_pool_id, job.id)
            except (NotReady, RoleRefused) as error:
                # It has just ended, or Cognito does not stop jobs that were never started.
                log.info("job %s was not stopped: %s", job.id, error)
    return active


def _jobs(request: ImportRequest, progress: Progress, world: Services) -> list[Job]:
    """Return the jobs of the pool, and those of this request that are not listed (yet)."""
    jobs = list(world.import_jobs.list_jobs(request.user_pool_id))
    listed = {job.id for job in jobs}
    for job_id in filter(None, progress.job_ids):
        if job_id not in listed:
            with suppress(PoolNotFound):
                jobs.append(world.import_jobs.describe(request.user_pool_id, job_id))
    return jobs


def _with_last_word(
    request: ImportRequest, plan: Plan, progress: Progress, world: Services
) -> Progress:
    """Add how the job stands that was given up, so that the report can tell."""
    number = len(progress.results)
    job_id = progress.job_ids[number] if number < len(progress.job_ids) else ""
    if plan.intent is Intent.CLEAR or not job_id:
        return progress
    try:
        job = world.import_jobs.describe(request.user_pool_id, job_id)
    except AwsError as error:
        log.warning("job %s cannot be told: %s", job_id, error)
        return progress
    return replace(progress, results=(*progress.results, job.result))


def _wait_for_role(plan: Plan, progress: Progress, error: AwsError, world: Services) -> State:
    """Wait for a role or policy that was only just made; a refusal after that is final."""
    if world.now() < plan.started_at + LATE_RIGHTS_SECONDS:
        log.info("perhaps not yet: %s", error)
        return _again(plan, replace(progress, note=str(error)), _WATCH_SECONDS)
    return _give_up(plan, progress, str(error))


def _retry(plan: Plan, progress: Progress, reason: str) -> State:
    """Give up the current job for a new one."""
    if progress.retries >= _MOST_RETRIES:
        return _failed(plan, progress, reason)
    log.info("trying again with a new job: %s", reason)
    progress = replace(progress, retries=progress.retries + 1, note=reason, waits=0)
    return State(plan, _with_job_id(progress, ""), False, 2 * _FIRST_WAIT_SECONDS)


def _with_job(plan: Plan, progress: Progress, job_id: str) -> State:
    return State(plan, _with_job_id(replace(progress, waits=0), job_id), done=False)


def _with_job_id(progress: Progress, job_id: str) -> Progress:
    """Set the id of the current job; an empty one asks for a new job."""
    number = len(progress.results)
    job_ids = list(progress.job_ids)
    job_ids[number : number + 1] = [job_id]
    return replace(progress, job_ids=tuple(job_ids))


def _next_job(plan: Plan, progress: Progress, result: JobResult) -> State:
    results = (*progress.results, result)
    progress = replace(progress, results=results, waits=0, note="")
    return State(plan, progress, done=len(results) == len(plan.jobs))


def _again(plan: Plan, progress: Progress, longest: int) -> State:
    """Look again after a while, which grows by half every time up to ``longest`` seconds."""
    seconds = min(longest, round(_FIRST_WAIT_SECONDS * 1.5 ** min(progress.waits, 10)))
    return State(plan, replace(progress, waits=progress.waits + 1), False, seconds)


def _give_up(plan: Plan, progress: Progress, failure: str) -> State:
    return State(plan, _given_up(progress, failure), done=False)


def _given_up(progress: Progress, failure: str) -> Progress:
    log.warning("giving up: %s", failure)
    return replace(progress, failure=failure, stopping=True, waits=0)


def _failed(plan: Plan, progress: Progress, failure: str) -> State:
    log.warning("failed: %s", failure)
    return State(plan, replace(progress, failure=failure), done=True)
