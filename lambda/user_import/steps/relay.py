"""A relay: several custom resources that wait for one import, each for up to an hour.

CloudFormation waits for a custom resource for an hour at most. Each leg of a relay is a whole
request. The first leg begins the import. A leg whose hour ends passes the import on: it writes the
state of the import to the record, an object in the staging bucket, and answers SUCCESS. The next
leg reads the record and goes on with the import.

A leg with nothing to do is found by the record, not by what CloudFormation asks: after a failure
with `--no-rollback`, a leg that succeeded is not called again, and one that is called with
unchanged content may belong to an import that has failed.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..contract import LEG_SECONDS
from .last_import import last_import
from .state import Intent, Progress, State

if TYPE_CHECKING:
    from ..aws.services import Services
    from .import_request import ImportRequest
    from .state import Plan

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RelayRecord:
    """The record of a relay.

    Attributes:
        import_id: The import.
        user_pool_id: The user pool.
        content_id: The content.
        run_id: The request that began the import.
        legs_after: The number of legs after the one that wrote the record.
        state: The state of the import, which the next leg goes on with; None where the content was
            imported.
    """

    import_id: str
    user_pool_id: str
    content_id: str
    run_id: str
    legs_after: int
    state: State | None

    def to_json(self) -> bytes:
        """Write the record; it holds no attribute value of a user."""
        state = None if self.state is None else self.state.to_json()
        return json.dumps(
            {
                "import_id": self.import_id,
                "user_pool_id": self.user_pool_id,
                "content_id": self.content_id,
                "run_id": self.run_id,
                "legs_after": self.legs_after,
                "state": state,
            }
        ).encode()

    @classmethod
    def from_json(cls, text: bytes) -> RelayRecord | None:
        """Read a record; None for one that another version of the handler wrote."""
        try:
            fields = json.loads(text)
            state = fields["state"]
            return cls(**{**fields, "state": None if state is None else State.from_json(state)})
        except (KeyError, TypeError, ValueError):
            log.warning("the record of the relay cannot be read; the import begins anew")
            return None


def read_record(request: ImportRequest, services: Services) -> RelayRecord | None:
    """Return the record of a request's import; None where there is none."""
    if request.record is None:
        return None
    text = services.staging.load(request.record)
    record = None if text is None else RelayRecord.from_json(text)
    return record if record and record.import_id == request.import_id else None


def join(request: ImportRequest, plan: Plan, services: Services) -> State | None:
    """Return the state of the import that another leg has passed on, or has ended.

    Args:
        request: The request of a leg.
        plan: The plan of an import that the leg would begin.
        services: AWS and the clock.

    Returns:
        The state; None where the leg has to begin the import itself.
    """
    record = read_record(request, services)
    if record is None or record.content_id != request.content_id:
        return None
    if record.state is None:
        log.info("the content was imported already: nothing to do")
        pool = services.import_jobs.user_pool(request.user_pool_id)
        results = tuple(job.result for job in last_import(request, services))
        kept = replace(plan, intent=Intent.KEEP, pool_name=pool.name)
        return State(kept, Progress(last_results=results), done=True)
    claim = services.staging.claim_of(request.staged)
    if claim is None or claim.request_id != record.run_id:
        log.info("the import that was passed on has ended since; it begins anew")
        return None
    assert request.leg is not None
    log.info("going on with the import of the leg before")
    state = record.state
    longest = plan.started_at + LEG_SECONDS * (request.leg.legs_after + 1)
    joined = replace(
        state.plan,
        run_id=record.run_id,
        answer_by=plan.answer_by,
        deadline=min(state.plan.deadline, longest),
    )
    progress = replace(state.progress, passes_on=False, turns=0)
    return State(joined, progress, done=False, waiting=state.waiting)


def pass_on(request: ImportRequest, state: State, services: Services) -> bool:
    """Write the record for the next leg, unless another request has superseded the import.

    A repeated report does not replace the record of a later leg.

    Returns:
        Whether the import still belongs to this relay.
    """
    claim = services.staging.claim_of(request.staged)
    if claim is None or claim.request_id != request.request_id:
        return False
    assert request.leg is not None
    known = read_record(request, services)
    if (
        known is None
        or known.run_id != request.request_id
        or known.legs_after > request.leg.legs_after
    ):
        _write(request, state, services)
    return True


def record_end(request: ImportRequest, services: Services) -> None:
    """Record that the content was imported, so that no other leg imports it."""
    _write(request, None, services)


def clear_record(request: ImportRequest, services: Services) -> None:
    """Change the record for a request that stops the import.

    With a Delete, the record goes, unless it is that of another user pool. An Update that is rolled
    back leads to the content that was imported before.
    """
    assert request.record is not None
    if request.type == "Update":
        if request.leg:
            record_end(request, services)
        return
    record = read_record(request, services)
    if record is not None and record.user_pool_id == request.user_pool_id:
        services.staging.remove(request.record)


def _write(request: ImportRequest, state: State | None, services: Services) -> None:
    assert request.record is not None
    record = RelayRecord(
        import_id=request.import_id,
        user_pool_id=request.user_pool_id,
        content_id=request.content_id,
        run_id=request.request_id,
        legs_after=request.leg.legs_after if request.leg else 0,
        state=state,
    )
    services.staging.save(request.record, record.to_json())
