"""An import that goes on after the deployment: its early answer, and the change of execution."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from ..aws.import_logs import log_stream_name
from ..cloudformation import Answer
from ..contract import Attribute, Phase, log_group_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..aws.services import Services
    from .import_request import ImportRequest
    from .state import State
    from .turn import Turn

_START_SECONDS = 300
"""How long the deployment waits for a job to be started; the slot may be taken for days."""

_TURNS = 1500
"""The turns of an execution. Each is ten events, and a retry five more, of the 25,000 that Step
Functions allows (Step Functions Developer Guide, "Quotas")."""

_NAME_CHARACTERS = 80

log = logging.getLogger(__name__)


def continued(turn: Turn, state: State) -> State:
    """Return the state that follows, with an early answer or another execution where one is due.

    Args:
        turn: The turn.
        state: The state that follows from it.
    """
    if state.done:
        return state
    if not turn.is_in_background:
        return replace(state, answer=not state.progress.stopping and _has_begun(turn, state))
    state = replace(state, progress=replace(state.progress, turns=state.progress.turns + 1))
    return _handed_over(turn, state) if state.progress.turns >= _TURNS else state


def _has_begun(turn: Turn, state: State) -> bool:
    """Whether Cognito has accepted the first job: it was started, or waits for its turn."""
    jobs, current = state.progress.jobs, state.progress.current
    if any(job.result and not job.resumed for job in jobs):
        return True
    waiting = state.waiting
    if waiting is None or current is None or jobs[current].id is None:
        return False
    if waiting.phase in (Phase.SLOT, Phase.START):
        return turn.services.now() >= waiting.since + _START_SECONDS
    return waiting.phase is Phase.RUN


def _handed_over(turn: Turn, state: State) -> State:
    """Go on in a new execution, before the history of this one is full."""
    number = state.progress.executions + 1
    progress = replace(state.progress, executions=number, turns=0)
    request = turn.request
    base = f"{request.type}-{request.import_id}-{request.request_id}"
    name = f"{base[: _NAME_CHARACTERS - 8]}-{number + 1}"
    log.info("the import goes on in the execution %s", name)
    return replace(state, progress=progress, next_execution=name)


def answer_begin(
    request: ImportRequest, state: State, respond: Callable[[Answer], None], services: Services
) -> State:
    """Answer CloudFormation for an import that goes on in the background.

    The counters are empty, because no job has ended yet.

    Args:
        request: The request of CloudFormation.
        state: The state of the import.
        respond: Sends the answer.
        services: AWS and the clock.

    Returns:
        The state of the import that goes on.
    """
    job_id = next(job.id for job in state.progress.jobs if job.id and not job.resumed)
    job = services.import_jobs.describe(request.user_pool_id, job_id)
    empty = (
        Attribute.IMPORTED_USERS,
        Attribute.SKIPPED_USERS,
        Attribute.FAILED_USERS,
        Attribute.COMPLETION_MESSAGE,
    )
    group = log_group_name(request.user_pool_id, state.plan.pool_name or "")
    attributes: dict[str, str] = {
        **dict.fromkeys(empty, ""),
        Attribute.STATUS: job.status_name,
        Attribute.JOB_IDS: job.id,
        Attribute.LOG_GROUP_NAME: group,
        Attribute.LOG_STREAM_NAME: log_stream_name(job.result),
    }
    respond(Answer(succeeded=True, attributes=attributes))
    return replace(state, progress=replace(state.progress, answered=True), answer=False)
