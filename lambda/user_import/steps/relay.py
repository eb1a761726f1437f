"""A relay: several custom resources that wait for one import, each for up to an hour.

CloudFormation waits for a custom resource for an hour at most. Each leg of a relay is a whole
request. The first leg begins the import. A leg whose hour ends passes the import on: it writes the
state of the import to the import's record, and answers SUCCESS. The next leg reads the record and
goes on with the import.

A leg with nothing to do is found by the record, not by what CloudFormation asks: after a failure
with `--no-rollback`, a leg that succeeded is not called again, and one that is called with
unchanged content may belong to an import that has failed.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import LEG_SECONDS
from ..errors import AwsError, NotReady, Refused
from .guard import superseded
from .last_import import last_import
from .record import read_record, record_begin
from .state import Intent, Progress, State

if TYPE_CHECKING:
    from ..aws.cognito import JobResult
    from ..aws.services import Services
    from .import_request import ImportRequest
    from .record import ImportRecord
    from .state import Plan

_LATE_SECONDS = LEG_SECONDS
"""After this time a record is of an earlier deployment: the next leg comes at once."""

log = logging.getLogger(__name__)


def join(request: ImportRequest, plan: Plan, services: Services) -> State | None:
    """Return the state of the import that another leg has passed on, or that has ended.

    A request without a leg may follow a relay, after a lower timeout.

    Args:
        request: The request of CloudFormation.
        plan: The plan of an import that the request would begin.
        services: AWS and the clock.

    Returns:
        The state; None where the request has to begin the import itself.
    """
    record = read_record(request, services)
    if record is None:
        return None
    may_keep = request.leg is not None or request.type == "Update"
    if record.has_imported(request.content_id) and may_keep:
        return kept(request, plan, services, record.results)
    state = _passed_on(request, record, services)
    if state is None:
        return None
    log.info("going on with the import of the leg before")
    known = state.plan
    if request.leg is None or plan.started_at >= known.deadline + _LATE_SECONDS:
        # Not the leg before, but an earlier deployment has passed it on.
        known = replace(known, started_at=plan.started_at, deadline=plan.deadline)
        state = replace(state, waiting=None)
    legs_after = request.leg.legs_after if request.leg else 0
    longest = plan.started_at + LEG_SECONDS * (legs_after + 1)
    deadline = min(known.deadline, longest) if request.waits else known.deadline
    return replace(state, plan=replace(known, answer_by=plan.answer_by, deadline=deadline))


def kept(
    request: ImportRequest, plan: Plan, services: Services, results: tuple[JobResult, ...] = ()
) -> State:
    """Return the state of a request whose content was imported before: its results are the same.

    Args:
        request: The request.
        plan: The plan.
        services: AWS and the clock.
        results: The results of the import. Default: those of Cognito's list of jobs.
    """
    log.info("the content was imported already: nothing to do")
    if request.test_password is not None:
        log.info("nothing is imported: no password is set, and the secret is not read")
    pool = services.import_jobs.user_pool(request.user_pool_id)
    results = results or tuple(job.result for job in last_import(request, services))
    keeping = replace(plan, intent=Intent.KEEP, pool_name=pool.name)
    return State(keeping, Progress(last_results=results), done=True)


def stop_passed_on(request: ImportRequest, record: ImportRecord, services: Services) -> None:
    """Ask Cognito to stop the job of an import that was passed on, for a request that begins anew.

    No execution works on it, so that none can notice that it is superseded. A job in another user
    pool is stopped by the Delete that follows.

    Args:
        request: The request, which has claimed what is staged.
        record: The record.
        services: AWS and the clock.
    """
    begun = record.begun
    if begun is None or begun.state is None or begun.content.user_pool_id != request.user_pool_id:
        return
    slots = begun.state.progress.jobs
    for job_id in [slot.id for slot in slots if slot.id and not slot.result]:
        try:
            services.import_jobs.stop(request.user_pool_id, job_id)
        except (NotReady, Refused) as error:
            log.info("job %s was not stopped: %s", job_id, error)


def passed_on(request: ImportRequest, services: Services) -> State | None:
    """Return the state of the import that a leg has to stop, because it cannot go on with it.

    Args:
        request: The request of a leg.
        services: AWS and the clock.

    Returns:
        The state; None where no leg has passed on an import that is not over, or where that cannot
        be found out.
    """
    try:
        record = read_record(request, services)
        return None if record is None else _passed_on(request, record, services)
    except AwsError as error:
        log.warning("whether a leg before has passed on an import is not known: %s", error)
        return None


def _passed_on(request: ImportRequest, record: ImportRecord, services: Services) -> State | None:
    """Return the state of the import that a record has passed on, unless it has ended since."""
    begun = record.begun
    if begun is None or begun.state is None or begun.content.content_id != request.content_id:
        return None
    claim = services.staging.claim_of(request.staged)
    if claim is None or claim.request_id != begun.run_id:
        log.info("the import that was passed on has ended since")
        return None
    state = begun.state
    return State(
        replace(state.plan, run_id=begun.run_id),
        replace(state.progress, passes_on=False, turns=0),
        done=False,
        waiting=state.waiting,
    )


def pass_on(request: ImportRequest, state: State, services: Services) -> bool:
    """Write the record for the next leg, unless another request has superseded the import.

    A repeated report does not replace the record of a later leg.

    Returns:
        Whether the import still belongs to this relay.
    """
    if superseded(request, services):
        return False
    assert request.leg is not None
    known = read_record(request, services)
    begun = None if known is None else known.begun
    if (
        begun is None
        or begun.run_id != request.request_id
        or begun.state is None
        or begun.legs_after > request.leg.legs_after
    ):
        record_begin(request, services, state)
    return True
