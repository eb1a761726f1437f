"""Stopping: ask Cognito to stop jobs of the import, and wait until they have stopped."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from ..contract import LEG_SECONDS, Phase
from ..errors import AccessDenied, AwsError, NotReady, PoolNotFound, Refused, Throttled
from ..messages import steps as messages
from ..messages import waiting as waiting_messages
from .job_name import JobName
from .pace import RIGHTS, SOON
from .state import Intent

if TYPE_CHECKING:
    from ..aws.cognito import Job
    from .state import State
    from .turn import Turn

STOP_SECONDS = 90
"""The longest wait for jobs to stop after the deadline; CloudFormation waits 120 seconds."""

_DENIED_LOOKS = 5

log = logging.getLogger(__name__)


def stop(turn: Turn) -> State:
    """Stop the jobs of the import that are active, and wait until they have stopped."""
    progress = turn.progress
    try:
        active = [*_stop_canary(turn), *_stop_jobs(turn, turn.request.user_pool_id)]
    except PoolNotFound as error:
        log.info("nothing to stop: %s", error)
        return turn.finish()
    except (AccessDenied, Refused) as error:
        # The policy of a replaced pool is gone before its Delete comes: there is nothing to do.
        if progress.denials < _DENIED_LOOKS or turn.may_precede_propagation:
            waiting = turn.waiting(Phase.RIGHTS, waiting_messages.rights(error))
            return turn.having(denials=progress.denials + 1).look_again(RIGHTS, waiting)
        log.warning("no right to stop jobs, as after a pool was replaced: %s", error)
        return turn.finish()
    except Throttled as error:
        if _is_out_of_time(turn):
            return turn.fail(f"{progress.failure} {error}".strip())
        waiting = turn.waiting(Phase.THROTTLING, waiting_messages.throttling(error))
        return turn.look_again(SOON, waiting)
    if progress.denials:
        turn = turn.having(denials=0, waits=0)
    if active and _is_out_of_time(turn):
        failure = messages.job_still_stopping(active[0].id)
        return _with_last_result(turn).fail(f"{progress.failure} {failure}".strip())
    # Another execution may have created or started a job that is not listed yet, and will then see
    # that it is superseded. A second look finds it.
    looked_once = turn.plan.intent is Intent.CLEAR and not turn.progress.waits
    if active or looked_once:
        ids = ", ".join(job.id for job in active)
        what = waiting_messages.jobs_to_stop(ids) if ids else waiting_messages.JOBS_TO_BE_LISTED
        return turn.look_again(SOON, turn.waiting(Phase.STOP, what))
    return _with_last_result(turn).finish()


def _is_out_of_time(turn: Turn) -> bool:
    """Whether no more time is left for jobs to stop.

    The deadline of an import in the background may be days away: it waits as long as a custom
    resource would.
    """
    ends = turn.ends
    # Without a look before, the last turn has waited for something else, such as the slot.
    if turn.is_in_background and turn.waited is not None and turn.progress.waits:
        ends = min(ends, turn.waited.since + LEG_SECONDS)
    return turn.services.now() >= ends + STOP_SECONDS


def _stop_canary(turn: Turn) -> list[Job]:
    """Ask Cognito to stop jobs of the canary's user pool; return those that are active."""
    if turn.request.canary is None:
        return []
    with suppress(PoolNotFound):
        return _stop_jobs(turn, turn.request.canary.id)
    return []


def _stop_jobs(turn: Turn, pool_id: str) -> list[Job]:
    """Ask Cognito to stop jobs of a user pool; return those that are active.

    CLEAR stops every job of the import, except unstarted ones on the rollback of an update;
    otherwise only this request's jobs are stopped.
    """
    active: list[Job] = []
    for job in _jobs(turn, pool_id):
        if not _may_stop(turn, job):
            continue
        if job.status.is_active:
            active.append(job)
        if job.status is not JobStatus.STOPPING:
            try:
                turn.services.import_jobs.stop(pool_id, job.id)
            except (NotReady, Refused) as error:
                # It has just ended, or Cognito does not stop jobs that were never started.
                log.info("job %s was not stopped: %s", job.id, error)
    return active


def _may_stop(turn: Turn, job: Job) -> bool:
    """Whether a job is one to stop: of this import, unfinished, and not to be kept."""
    request, clearing = turn.request, turn.plan.intent is Intent.CLEAR
    name = JobName.parse(job.name)
    if name is None or name.import_id != request.import_id:
        return False
    known = (*turn.progress.job_ids, turn.progress.canary_job)
    own = name.request_id == request.request_id or job.id in known
    if not clearing and not own:
        return False
    rolls_back_to_it = (
        clearing and request.type == "Update" and name.content_id == request.content_id
    )
    return job.status.is_active or (job.status is JobStatus.CREATED and not rolls_back_to_it)


def _jobs(turn: Turn, pool_id: str) -> list[Job]:
    """Return the jobs of a pool, and those of this request that are not listed (yet)."""
    is_canary = pool_id != turn.request.user_pool_id
    canary_job = turn.progress.canary_job
    own = ((canary_job,) if canary_job else ()) if is_canary else turn.progress.job_ids
    jobs = list(turn.services.import_jobs.list_jobs(pool_id))
    listed = {job.id for job in jobs}
    for job_id in own:
        if job_id not in listed:
            with suppress(PoolNotFound):
                jobs.append(turn.services.import_jobs.describe(pool_id, job_id))
    return jobs


def _with_last_result(turn: Turn) -> Turn:
    """Record the status of the job that was cancelled, for the report."""
    index = turn.progress.current
    if index is None:
        return turn
    slot = turn.progress.jobs[index]
    if slot.id is None:
        return turn
    try:
        job = turn.services.import_jobs.describe(turn.request.user_pool_id, slot.id)
    except AwsError as error:
        log.warning("the status of job %s is unknown: %s", slot.id, error)
        return turn
    slot = replace(slot, result=job.result)
    return replace(turn, progress=turn.progress.with_job(index, slot))
