"""An import that goes on after the deployment: when to answer, and when to change the execution."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import Phase

if TYPE_CHECKING:
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
    if state.done or state.progress.stopping:
        return state
    if not state.progress.answered:
        return replace(state, answer=_has_begun(turn, state))
    state = replace(state, progress=replace(state.progress, turns=state.progress.turns + 1))
    return _handed_over(turn, state) if state.progress.turns >= _TURNS else state


def _has_begun(turn: Turn, state: State) -> bool:
    """Whether Cognito has accepted the first job: it was started, or waits for its turn."""
    if not state.progress.job_ids:
        return False
    waiting = state.waiting
    if waiting is None:
        return bool(state.progress.results)
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
