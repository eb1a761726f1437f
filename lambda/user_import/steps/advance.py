"""The workflow's loop: look at AWS, take the next action, say when to look again.

`advance` trusts AWS over its own state: each turn looks at the stack and at the claim, and then at
the canary, the import jobs or the passwords, in this order.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import LEG_SECONDS, Phase
from ..errors import AccessDenied, AwsError, PoolNotFound, Throttled
from ..messages import steps as messages
from ..messages import waiting as waiting_messages
from .guard import ended_by_stack, superseded
from .import_job import judge_ended_job, run_jobs
from .last_import import last_import
from .pace import THROTTLING
from .state import Intent, PasswordStep, State
from .stop import stop
from .turn import Turn

if TYPE_CHECKING:
    from ..aws.services import Services
    from ..aws.stacks import StackStatus
    from .import_request import ImportRequest

_OUTAGE_SECONDS = 300
"""How long a service may fail before the import does, which may have run for hours."""

log = logging.getLogger(__name__)


def advance(request: ImportRequest, state: State, services: Services) -> State:
    """Take one decision, and return the state that follows from it.

    Args:
        request: The request of CloudFormation.
        state: The decisions of Stage, and the progress of earlier turns.
        services: AWS and the clock.
    """
    turn = Turn(request, state.plan, state.progress, services, state.waiting)
    after = _with_queued_time(turn, _decide(turn))
    if not (turn.is_in_background or (request.start and not request.waits)):
        return after
    from .background import continued  # noqa: PLC0415  most deployments wait for the import

    return continued(turn, after)


def _decide(turn: Turn) -> State:
    if turn.progress.stopping:
        return stop(turn)
    if turn.progress.password_step is None:
        return _advance(turn)
    return _with_first_failure(turn, _advance(turn))


def _with_queued_time(turn: Turn, state: State) -> State:
    """Return the state with the time of a wait for the slot or the logs role that is over."""
    waited = turn.waited
    if waited is None or (state.waiting is not None and state.waiting.phase is waited.phase):
        return state
    queued = state.progress.queued_seconds + waited.queued_seconds(turn.services.now())
    return replace(state, progress=replace(state.progress, queued_seconds=queued))


def _with_first_failure(turn: Turn, state: State) -> State:
    """Return the state with the failure of the import before one of its passwords."""
    first, failure = turn.progress.failure, state.progress.failure
    if failure.startswith(first):
        return state
    progress = replace(state.progress, failure=f"{first} {failure}")
    return replace(state, progress=progress)


def _advance(turn: Turn) -> State:
    """Take one decision of an import that is not being stopped."""
    request = turn.request
    if turn.is_past_deadline:
        if (ended := _ended_in_time(turn)) is not None:
            return ended
        seconds = round(turn.plan.deadline - turn.plan.started_at)
        failure = messages.import_timed_out(seconds, turn.progress.note)
        if turn.may_lack_restricted_role:
            failure = f"{failure} {messages.restricted_role(request.logs_role_arn)}"
        return turn.cancelled(failure).go_on()
    if turn.must_answer:
        if request.leg and not request.leg.is_last:
            return turn.pass_on()
        return turn.cancelled(messages.not_begun_in_time(LEG_SECONDS, turn.progress.note)).go_on()
    try:
        return _go_on_if_wanted(turn)
    except AccessDenied as error:
        return turn.wait_for_role(error)
    except PoolNotFound as error:
        return turn.fail(messages.pool_deleted(error))
    except AwsError as error:
        waiting = turn.waiting(Phase.THROTTLING, waiting_messages.throttling(error))
        is_short = turn.services.now() < waiting.since + _OUTAGE_SECONDS
        if not (isinstance(error, Throttled) or (error.may_pass and is_short)):
            raise
        return turn.having(note=str(error)).look_again(THROTTLING, waiting)


def _ended_in_time(turn: Turn) -> State | None:
    """Return the state after the job that has ended since the last look; None where none has.

    The last look may be a minute old. An import with further jobs is cancelled all the same.
    """
    if turn.plan.password is not None or turn.progress.canaries < len(turn.plan.canary):
        return None
    try:
        state = judge_ended_job(turn)
    except AwsError as error:
        log.warning("whether the job has ended in time is not known: %s", error)
        return None
    return state if state is not None and state.done else None


def _go_on_if_wanted(turn: Turn) -> State:
    """Go on, unless the stack or another request of CloudFormation no longer wants the import."""
    status = turn.services.stacks.status(turn.request.stack_id)
    if status.is_rolling_back and not turn.is_in_background:
        return _roll_back(turn, status)
    reason = ended_by_stack(turn.request, status, turn.progress)
    reason = reason or superseded(turn.request, turn.services)
    if reason == messages.STAGED_CSV_GONE and status.is_rolling_back:
        # The request that rolls back has claimed it, and removed it at its end.
        reason = messages.IMPORT_ROLLED_BACK
    if reason:
        return turn.cancelled(reason).go_on()
    if turn.progress.answered and status.too_late:
        turn = turn.having(settled=True)
    return _go_on(turn)


def _with_passwords(turn: Turn, state: State) -> State:
    """Return the state that follows; one that would end has the passwords first.

    They are set after a failure as well: the next import skips the users who were created.
    """
    if not state.done or turn.plan.password is None:
        return state
    progress = replace(state.progress, password_step=PasswordStep.LIST, waits=0)
    return State(state.plan, progress, done=False)


def _go_on(turn: Turn) -> State:
    """Try password hashes, then import, then set passwords."""
    if turn.progress.canaries < len(turn.plan.canary):
        return _try_hashes(turn)
    if turn.progress.password_step is not None:
        return _set_passwords(turn)
    return _with_passwords(turn, run_jobs(turn))


def _try_hashes(turn: Turn) -> State:
    from .canary import try_hashes  # noqa: PLC0415  few imports have password hashes

    return try_hashes(turn)


def _set_passwords(turn: Turn) -> State:
    from .set_passwords import set_passwords  # noqa: PLC0415  most imports set no passwords

    return set_passwords(turn, lambda: _is_wanted(turn))


def _is_wanted(turn: Turn) -> bool:
    """Whether the import is still to go on: in time, of a stack that does not roll back."""
    if turn.is_past_deadline or turn.must_answer:
        return False
    if turn.is_in_background:
        return not superseded(turn.request, turn.services)
    status = turn.services.stacks.status(turn.request.stack_id)
    ended = status.is_rolling_back or status.too_late
    return not (ended or superseded(turn.request, turn.services))


def _roll_back(turn: Turn, status: StackStatus) -> State:
    """Stop, because the stack rolls back or is deleted.

    An Update to content that was imported before may be the one that undoes another: it answers
    with that import's results, because FAILED would fail the rollback.
    """
    last = last_import(turn.request, turn.services) if status.undoes_an_update else []
    if turn.request.type != "Update" or not last:
        return turn.cancelled(messages.IMPORT_ROLLED_BACK).go_on()
    log.warning("the stack rolls back: stopping the import's jobs")
    results = tuple(job.result for job in last)
    clearing = replace(turn, plan=replace(turn.plan, intent=Intent.CLEAR))
    return clearing.having(last_results=results, stopping=True, waits=0).go_on()
