"""The record of an import: an object in the staging bucket, for the requests that follow.

It says which content was imported, or, between two legs of a relay, how far the import is. Cognito
remembers jobs, but not whether all of them were enough for the deployment.

An import that begins removes the record of the content before. One that is done writes its own, so
that a leg which a higher timeout adds to the stack finds that there is nothing to import. Runs on
demand change no record: what a deployment imported stays imported.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import AwsError
from .state import Intent, State

if TYPE_CHECKING:
    from ..aws.services import Services
    from .import_request import ImportRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """The record of an import.

    Attributes:
        import_id: The import.
        user_pool_id: The user pool.
        content_id: The content.
        run_id: The request that began the import.
        legs_after: The number of legs after the one that wrote the record.
        state: The state of the import, which the next leg of a relay goes on with; None where the
            content was imported.
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
    def from_json(cls, text: bytes) -> ImportRecord | None:
        """Read a record; None for one that another version of the handler wrote."""
        try:
            fields = json.loads(text)
            state = fields["state"]
            return cls(**{**fields, "state": None if state is None else State.from_json(state)})
        except (KeyError, TypeError, ValueError):
            log.warning("the record of the import cannot be read; the import begins anew")
            return None


def read_record(request: ImportRequest, services: Services) -> ImportRecord | None:
    """Return the record of a request's import; None where there is none."""
    if request.record is None:
        return None
    text = services.staging.load(request.record)
    record = None if text is None else ImportRecord.from_json(text)
    return record if record and record.import_id == request.import_id else None


def write_record(request: ImportRequest, state: State | None, services: Services) -> None:
    """Write the record of a request's import.

    Args:
        request: The request.
        state: The state of an import that goes on; None where the content was imported.
        services: AWS and the clock.
    """
    assert request.record is not None
    record = ImportRecord(
        import_id=request.import_id,
        user_pool_id=request.user_pool_id,
        content_id=request.content_id,
        run_id=request.request_id,
        legs_after=request.leg.legs_after if request.leg else 0,
        state=state,
    )
    services.staging.save(request.record, record.to_json())


def record_end(
    request: ImportRequest, state: State | None, services: Services, *, succeeded: bool
) -> None:
    """Record how a request has ended, for the requests that follow.

    After an import, or the rollback of an Update to an earlier one, the content is imported. A
    Delete removes the record, unless it is that of another user pool, to which an Update has gone.

    Args:
        request: The request.
        state: The last state of the workflow; None where Stage failed.
        services: AWS and the clock.
        succeeded: Whether the request has succeeded.

    Raises:
        AwsError: The record cannot be written, and the next leg of a relay needs it.
    """
    if request.record is None or request.is_run:
        return
    if succeeded and request.type != "Delete":
        if state is not None and state.plan.intent is not Intent.KEEP:
            _record_success(request, services)
        return
    known = None
    try:
        known = read_record(request, services)
    except AwsError as error:
        # The end of the request is what CloudFormation has to be told.
        log.warning("the record of the import is not known: %s", error)
    if succeeded:
        goes = known is None or known.user_pool_id == request.user_pool_id
    else:
        goes = known is not None and known.run_id == request.request_id
    if goes:
        services.staging.remove(request.record)


def _record_success(request: ImportRequest, services: Services) -> None:
    assert request.record is not None
    if not request.start:
        services.staging.remove(request.record)
        return
    try:
        write_record(request, None, services)
    except AwsError as error:
        if request.leg and not request.leg.is_last:
            raise
        # The users are imported: no reason to fail. A leg that is added later stages them again.
        log.warning("that the content was imported is not recorded: %s", error)
