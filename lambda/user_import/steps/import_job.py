"""The import jobs of an import, one after another: create, upload, start, watch, judge.

Before a job is created or started, the pool's jobs are searched for one of the same name, so that a
repeated delivery, a retried function or a crash between "created" and "recorded" cannot lead to two
jobs that run. No decision depends on the text of a message: the texts of the four causes of a
PreconditionNotMetException are not documented.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from ..contract import Phase
from ..errors import AwsError, NotReady, RoleRefused, UploadError
from ..log_context import JOB as JOB_FIELD
from ..messages import steps as messages
from ..messages import waiting as waiting_messages
from .guard import superseded
from .job_name import JobName
from .job_slot import JobSlot
from .pace import JOB, RIGHTS, SLOT
from .stop import stop
from .turn import FIRST_WAIT_SECONDS, MOST_EXPIRED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..aws.cognito import Job
    from .state import State
    from .turn import Turn

_MOST_RETRIES = 5
_PAUSE_PART = 0.02
"""The part of a job's time for which the import leaves the slot to others before its next job."""
_LONGEST_PAUSE_SECONDS = SLOT.longest + 5
_RETRY_SECONDS = 2 * FIRST_WAIT_SECONDS
_RESTRICTED_SECONDS = 300
"""How long Cognito may refuse to start a job with a logs role whose trust policy has conditions,
while no job of the pool runs."""

log = logging.getLogger(__name__)


def run_jobs(turn: Turn) -> State:
    """Take one decision about the first job that has not ended."""
    index = turn.progress.current
    if index is None:  # Jobs of earlier requests have imported all rows.
        return turn.finish()
    job_id = turn.progress.jobs[index].id
    if job_id is None:
        return turn.before_next_look() or _create(turn, index)
    job = turn.services.import_jobs.describe(turn.request.user_pool_id, job_id)
    match job.status:
        case JobStatus.CREATED if not turn.request.start:
            return _next_job(_ended(turn, index, job))
        case JobStatus.CREATED:
            return _start(turn, index, job)
        case JobStatus.PENDING | JobStatus.IN_PROGRESS | JobStatus.STOPPING | JobStatus.OTHER:
            return _watch(turn, index, job)
        case JobStatus.SUCCEEDED | JobStatus.FAILED:
            return _judge(turn, index, job)
        case JobStatus.STOPPED:
            return _ended(turn, index, job).fail(messages.job_stopped(job.id))
        case JobStatus.EXPIRED:
            return _replace_expired(turn, index, job)


def judge_ended_job(turn: Turn) -> State | None:
    """Return the state after the current job; None where it has not ended."""
    index = turn.progress.current
    job_id = None if index is None else turn.progress.jobs[index].id
    if index is None or job_id is None:
        return None
    job = turn.services.import_jobs.describe(turn.request.user_pool_id, job_id)
    if job.status not in (JobStatus.SUCCEEDED, JobStatus.FAILED):
        return None
    return _judge(turn, index, job)


def _create(turn: Turn, index: int) -> State:
    request, rows = turn.request, turn.progress.jobs[index].rows
    name = request.name_of(index, rows.digest)
    jobs = turn.services.import_jobs.list_jobs(request.user_pool_id)
    if job := _that_ran(jobs, name):
        return _with_job(turn, index, job.id)
    header = turn.plan.header_of(rows).encode()
    staged = request.staged_of(rows.algorithm)

    def read_rows() -> Iterator[bytes]:
        return turn.services.staging.read(staged, rows.offset, rows.length)

    def upload(chunks: Iterator[bytes]) -> Iterator[bytes]:
        yield header
        for chunk in chunks:
            if turn.services.now() >= turn.ends:
                raise UploadError(messages.UPLOAD_TIMED_OUT)
            yield chunk

    try:
        # The first range is opened before the job is created: unreadable rows need no job.
        ranges = chain([read_rows()], iter(read_rows, None))
        job = turn.services.import_jobs.create(
            request.user_pool_id,
            name,
            request.logs_role_arn,
            lambda: upload(next(ranges)),
            len(header) + rows.length,
            algorithm=rows.algorithm or turn.plan.algorithm,
        )
    except (RoleRefused, NotReady) as error:
        return turn.wait_for_role(error)
    except UploadError as error:
        return _retry(turn, index, str(error))
    except AwsError as error:
        if error.code == "LimitExceededException":
            return turn.fail(messages.too_many_jobs_in_pool(error))
        raise
    log.info("job %s was created and uploaded", job.id, extra={JOB_FIELD: job.id})
    return _with_job(turn, index, job.id)


def _that_ran(jobs: Iterable[Job], name: str) -> Job | None:
    """Return the job of this name that runs or ran already, to be taken over.

    The digests in the names may differ: another execution may have read other rows.
    """
    slot = JobName.parse(name)
    for job in jobs:
        its = JobName.parse(job.name)
        is_same = job.name == name or (slot and its and its.slot == slot.slot)
        if is_same and (job.status.is_active or job.handled):
            log.info("job %s runs or ran already; it is taken over", job.id)
            return job
    return None


def _start(turn: Turn, index: int, job: Job) -> State:
    if early := turn.before_next_look():
        return early
    # A second execution of the same request may have created and started a job of its own.
    jobs = list(turn.services.import_jobs.list_jobs(turn.request.user_pool_id))
    if known := _that_ran(jobs, job.name):
        return _with_job(turn, index, known.id)
    try:
        turn.services.import_jobs.start(turn.request.user_pool_id, job.id)
    except NotReady as error:
        active = next((each for each in jobs if each.status.is_active), None)
        return _wait_to_start(turn, job, active, error)
    except RoleRefused as error:
        return turn.wait_for_role(error)
    log.info("job %s was started", job.id)
    turn = turn.having(waits=0, note="")
    # The superseding request may have listed jobs before this start.
    if reason := superseded(turn.request, turn.services):
        return stop(turn.cancelled(reason))
    return _watch(turn, index, job)


def _watch(turn: Turn, index: int, job: Job) -> State:
    """Wait for a job to end."""
    users = turn.progress.jobs[index].rows.users
    waiting = turn.waiting(Phase.RUN, waiting_messages.job_to_end(job.id, users))
    # Since the start of the job: another phase or another execution may have interrupted the wait.
    waiting = replace(waiting, since=min(waiting.since, job.started_at or waiting.since))
    return turn.look_again(JOB, waiting, expected=turn.progress.expected_seconds(index))


def _wait_to_start(turn: Turn, job: Job, active: Job | None, error: NotReady) -> State:
    """Wait for the slot, or for a logs role that Cognito cannot use (yet).

    The job has its upload, and the pool an auto-verified attribute: waiting may help, until the
    deadline. Cognito does not say which of the two it lacks. An active job of this pool has the
    slot; those of other pools cannot be listed.

    Args:
        turn: The turn.
        job: The job to start.
        active: A job of the pool that runs.
        error: The refusal.
    """
    if active is not None:
        turn = turn.having(note=messages.slot_taken(error.without_advice, active.id))
        waiting = turn.waiting(Phase.SLOT, waiting_messages.slot(active.id))
        return turn.look_again(SLOT, waiting)
    turn = turn.having(note=str(error))
    waiting = turn.waiting(Phase.START, waiting_messages.slot_or_logs_role(job.id))
    seconds = turn.services.now() - waiting.since
    if turn.may_lack_restricted_role and seconds >= _RESTRICTED_SECONDS:
        failure = messages.start_refused(seconds, turn.progress.note)
        role = messages.restricted_role(turn.request.logs_role_arn)
        return turn.cancelled(f"{failure} {role}").go_on()
    return turn.look_again(SLOT, waiting)


def _judge(turn: Turn, index: int, job: Job) -> State:
    """Judge a job that has ended by its counters: `Failed` alone may mean that all users exist."""
    slot = turn.progress.jobs[index]
    if not job.handled and turn.may_precede_propagation:
        # Cognito could perhaps not assume a new role.
        note = messages.job_without_users(job.id, job.message)
        waiting = turn.waiting(Phase.RIGHTS, waiting_messages.rights(note))
        turn = _without_job(turn.having(note=note), index)
        return turn.go_on(wait_seconds=RIGHTS.longest, waiting=waiting)
    ended = _ended(turn, index, job)
    if not job.handled and slot.rows.users:
        failure = messages.job_processed_nobody(job.id, turn.request.logs_role_arn)
        return ended.fail(failure)
    if job.handled != slot.rows.users and not slot.unverified:
        return ended.fail(messages.users_unaccounted_for(job.id, job.handled, slot.rows.users))
    results, tolerance = ended.progress.results, turn.request.tolerance
    failed = sum(result.failed for result in results)
    if tolerance.failed is not None and failed > tolerance.failed:
        return ended.fail(messages.too_many_failed(failed, tolerance.failed))
    skipped = sum(result.skipped for result in results)
    if tolerance.skipped is not None and skipped > tolerance.skipped:
        return ended.fail(messages.too_many_skipped(skipped, tolerance.skipped))
    return _next_job(ended)


def _next_job(turn: Turn) -> State:
    turn = turn.having(waits=0, note="")
    if turn.progress.current is None:
        return turn.finish()
    # Other imports that wait for the account's slot look for it every two minutes at most: without
    # a pause that they can meet, an import of many jobs would keep it for days.
    pause = min(_LONGEST_PAUSE_SECONDS, turn.progress.results[-1].seconds * _PAUSE_PART)
    if pause < 1:
        return turn.go_on()
    turn = turn.having(look_at=turn.services.now() + pause)
    return turn.pause(pause, turn.waiting(Phase.SLOT, waiting_messages.OTHER_IMPORTS))


def _retry(turn: Turn, index: int, reason: str) -> State:
    """Replace a job by a new one, because its upload failed."""
    if turn.progress.retries >= _MOST_RETRIES:
        return turn.fail(reason)
    log.info("trying again with a new job: %s", reason)
    turn = turn.having(retries=turn.progress.retries + 1, note=reason)
    return _without_job(turn, index).go_on(wait_seconds=_RETRY_SECONDS)


def _replace_expired(turn: Turn, index: int, job: Job) -> State:
    """Replace a job that has waited for the slot longer than Cognito keeps it, with its upload."""
    failure = messages.job_expired(job.id)
    if not turn.request.start or turn.progress.expired >= MOST_EXPIRED:
        return _ended(turn, index, job).fail(failure)
    log.info("creating a new job: %s", failure)
    turn = turn.having(expired=turn.progress.expired + 1, note=failure)
    return _without_job(turn, index).go_on()


def _with_job(turn: Turn, index: int, job_id: str) -> State:
    slot = JobSlot(turn.progress.jobs[index].rows, job_id)
    return replace(turn, progress=turn.progress.with_job(index, slot)).having(waits=0).go_on()


def _without_job(turn: Turn, index: int) -> Turn:
    """Return the turn whose next one creates a new job."""
    slot = JobSlot(turn.progress.jobs[index].rows, replaced=True)
    return replace(turn, progress=turn.progress.with_job(index, slot)).having(waits=0)


def _ended(turn: Turn, index: int, job: Job) -> Turn:
    """Return the turn with the end of a job recorded."""
    slot = replace(turn.progress.jobs[index], result=job.result)
    return replace(turn, progress=turn.progress.with_job(index, slot))
