"""One turn of the workflow's loop: its input, and the states that can follow from it."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..contract import LogsRoleKind, Phase
from ..log_context import PHASE, put
from ..messages import waiting as messages
from ..propagation import PROPAGATION_SECONDS
from .pace import LONGEST_WAIT_SECONDS, RIGHTS
from .state import State, Waiting

if TYPE_CHECKING:
    from ..aws.services import Services
    from .import_request import ImportRequest
    from .pace import Pace
    from .state import Plan, Progress

FIRST_WAIT_SECONDS = 2
"""The wait after the start of a job."""
MOST_EXPIRED = 20
"""The most jobs that may expire while an import waits for the slot, each after a day or more: more
than in the 14 days that the longest import takes."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A call of Advance.

    Attributes:
        request: The request of CloudFormation.
        plan: The decisions of Stage.
        progress: The progress of earlier turns.
        services: AWS and the clock.
        waited: What the last turn has waited for; None where it did not wait.
    """

    request: ImportRequest
    plan: Plan
    progress: Progress
    services: Services
    waited: Waiting | None = None

    def having(self, **changes: Any) -> Turn:
        """Return the turn with these changes of its progress."""
        return replace(self, progress=replace(self.progress, **changes))

    @property
    def is_past_deadline(self) -> bool:
        """Whether the import's timeout is over."""
        return self.services.now() >= self.plan.deadline

    @property
    def is_in_background(self) -> bool:
        """Whether no operation of the stack waits for the import."""
        return self.progress.answered or self.request.is_run

    @property
    def ends(self) -> float:
        """The time at which the request or the import ends, in epoch seconds."""
        return self.plan.deadline if self.is_in_background else self.plan.request_ends

    @property
    def must_answer(self) -> bool:
        """Whether CloudFormation needs an answer now, although the import goes on."""
        return not self.is_in_background and self.services.now() >= self.plan.request_ends

    @property
    def may_precede_propagation(self) -> bool:
        """Whether a role or policy that was made for this request may not be in effect yet."""
        return self.services.now() < self.plan.started_at + PROPAGATION_SECONDS

    @property
    def may_lack_restricted_role(self) -> bool:
        """Whether the last turn waited, as Cognito may not meet the conditions of the logs role."""
        restricted = self.request.logs_role_kind is LogsRoleKind.RESTRICTED
        return restricted and self.waited is not None and self.waited.phase is Phase.START

    def go_on(self, *, wait_seconds: int = 0, waiting: Waiting | None = None) -> State:
        """Return the state after which another turn follows, not later than the request ends.

        Args:
            wait_seconds: The time before that turn.
            waiting: What the import waits for, which is logged.
        """
        if waiting is not None:
            put({PHASE: waiting.phase})
            log.info(
                "%s, since %s UTC (%d s): waiting for %s",
                waiting.phase,
                time.strftime("%H:%M:%S", time.gmtime(waiting.since)),
                self.services.now() - waiting.since,
                waiting.waiting_for,
            )
        left = math.ceil(self.ends - self.services.now())
        if left > 0:
            wait_seconds = min(wait_seconds, left)
        return State(
            self.plan, self.progress, done=False, wait_seconds=wait_seconds, waiting=waiting
        )

    def waiting(self, phase: Phase, waiting_for: str) -> Waiting:
        """Return what the import waits for; a phase begins when the last turn had another one."""
        same = self.waited is not None and self.waited.phase is phase
        since = self.waited.since if self.waited and same else self.services.now()
        return Waiting(phase, since, waiting_for)

    def pass_on(self) -> State:
        """Return the state after which Report follows, and the next leg goes on.

        The wait goes on too: its begin is that of the first leg which waited.
        """
        log.info("the next custom resource goes on with the import")
        return replace(self.having(passes_on=True).finish(), waiting=self.waited)

    def finish(self) -> State:
        """Return the state after which Report follows."""
        return State(self.plan, self.progress, done=True)

    def look_again(self, pace: Pace, waiting: Waiting, *, expected: float = 0.0) -> State:
        """Wait and look again.

        Args:
            pace: The intervals between two looks.
            waiting: What the import waits for.
            expected: How long the wait probably takes, in seconds, so that the intervals begin with
                a tenth of it. Default: not known.
        """
        now, waits = self.services.now(), self.progress.waits
        seed = f"{self.request.import_id} {self.request.request_id} {waits}"
        seconds = pace.seconds(max(now - waiting.since, expected), seed)
        turn = self.having(
            waits=waits + 1, look_at=now + seconds if seconds > LONGEST_WAIT_SECONDS else 0.0
        )
        return turn.pause(seconds, waiting)

    def before_next_look(self) -> State | None:
        """Return the state of a turn between two looks; None where it is time to look.

        A wait of more than a minute has such turns, which notice a rollback of the stack.
        """
        left = self.progress.look_at - self.services.now()
        if left <= 0 or self.waited is None or self.waited.phase is Phase.THROTTLING:
            return None
        return self.pause(left, self.waited)

    def pause(self, seconds: float, waiting: Waiting) -> State:
        """Wait for a part of some seconds, of `LONGEST_WAIT_SECONDS` at most."""
        parts = math.ceil(seconds / LONGEST_WAIT_SECONDS)
        return self.go_on(wait_seconds=math.ceil(seconds / parts), waiting=waiting)

    def wait_for_role(self, error: Exception) -> State:
        """Wait for a new role or policy to take effect; a refusal after that is final."""
        if not self.may_precede_propagation:
            return self.cancelled(str(error)).go_on()
        waiting = self.waiting(Phase.RIGHTS, messages.rights(error))
        return self.having(note=str(error)).look_again(RIGHTS, waiting)

    def cancelled(self, failure: str) -> Turn:
        """Return the turn of an import that has failed, and whose jobs are still to be stopped."""
        log.warning("cancelled: %s", failure)
        return self.having(failure=failure, stopping=True, waits=0)

    def fail(self, failure: str) -> State:
        """Return the state of an import that has failed, and has nothing to stop."""
        log.warning("failed: %s", failure)
        return self.having(failure=failure).finish()
