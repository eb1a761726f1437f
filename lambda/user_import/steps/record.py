"""The record of an import: an object in the staging bucket, for the requests that follow.

It says which content the stack has, and which one an import has begun since: how far it is between
two legs of a relay, and whether it has imported everything. Cognito remembers jobs, but not whether
all of them were enough for the deployment.

A relay has a record as long as it exists, and an import in the background until it has succeeded.
Any other import has none: where the Delete of an import cannot run, because a part of the workflow
was removed by hand, a record would keep the staging bucket from being deleted. Runs on demand
change no record: what a deployment imported stays imported.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import AwsError
from .job_slot import read_results, write_results
from .state import Intent, Progress, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..aws.cognito import JobResult
    from ..aws.services import Services
    from .import_request import ImportRequest

log = logging.getLogger(__name__)


class Content(NamedTuple):
    """A content and its user pool."""

    content_id: str
    user_pool_id: str


@dataclass(frozen=True, slots=True)
class BegunImport:
    """An import that has begun since the last leg has answered.

    Attributes:
        content: The content.
        run_id: The request that began the import.
        legs_after: The number of legs after the one that wrote the record.
        imported: Whether the content was imported.
        state: The state of the import, which the next leg of a relay goes on with; None before it
            is passed on, and after it has ended.
    """

    content: Content
    run_id: str
    legs_after: int
    imported: bool = False
    state: State | None = None


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """The record of an import.

    Attributes:
        import_id: The import.
        deployed: The content of the stack, for which its last leg or only custom resource has
            answered last; None before.
        before: The content of the stack before that, to which a rollback may lead.
        begun: The import that has begun since; None where there is none.
        results: The results of the jobs of the content that was imported last; none where they are
            not known. Cognito's list of jobs may lag.
    """

    import_id: str
    deployed: Content | None = None
    before: Content | None = None
    begun: BegunImport | None = None
    results: tuple[JobResult, ...] = ()

    @property
    def last(self) -> Content | None:
        """The content of the last import that has begun."""
        return self.deployed if self.begun is None else self.begun.content

    def without_begun(self) -> ImportRecord:
        """Return the record after the import that has begun is rolled back."""
        replaced = self.begun is not None and self.begun.imported
        return replace(self, begun=None, results=() if replaced else self.results)

    def with_deployed(self, content: Content) -> ImportRecord:
        """Return the record after the last leg, or the only custom resource, has succeeded."""
        before = self.before if content == self.deployed else self.deployed
        return replace(self, deployed=content, before=before, begun=None)

    def has_imported(self, content_id: str) -> bool:
        """Whether a content was imported, and no other import has begun since."""
        if self.begun is not None:
            return self.begun.imported and self.begun.content.content_id == content_id
        return self.deployed is not None and self.deployed.content_id == content_id

    def to_json(self) -> bytes:
        """Write the record; it holds no attribute value of a user."""
        begun = self.begun
        fields: dict[str, Any] = {
            "import_id": self.import_id,
            "deployed": self.deployed,
            "before": self.before,
            "begun": None,
            "results": write_results(self.results),
        }
        if begun is not None:
            state = None if begun.state is None else begun.state.to_json()
            fields["begun"] = {**asdict(replace(begun, state=None)), "state": state}
        return json.dumps(fields).encode()

    @classmethod
    def from_json(cls, text: bytes) -> ImportRecord | None:
        """Read a record; None for one that another version of the handler wrote."""
        try:
            fields = json.loads(text)
            deployed, before, begun = fields["deployed"], fields["before"], fields["begun"]
            return cls(
                import_id=fields["import_id"],
                deployed=None if deployed is None else Content(*deployed),
                before=None if before is None else Content(*before),
                begun=None if begun is None else _begun_import(begun),
                results=read_results(fields["results"]),
            )
        except (KeyError, TypeError, ValueError):
            log.warning("the record of the import cannot be read; the import begins anew")
            return None


def _begun_import(fields: Mapping[str, Any]) -> BegunImport:
    state = fields["state"]
    of_record = {
        "content": Content(*fields["content"]),
        "state": None if state is None else State.from_json(state),
    }
    return BegunImport(**{**fields, **of_record})


def read_record(request: ImportRequest, services: Services) -> ImportRecord | None:
    """Return the record of a request's import; None where there is none."""
    if request.record is None:
        return None
    text = services.staging.load(request.record)
    record = None if text is None else ImportRecord.from_json(text)
    return record if record and record.import_id == request.import_id else None


def record_begin(request: ImportRequest, services: Services, state: State | None = None) -> None:
    """Record that an import has begun; until it ends, no content counts as imported.

    Args:
        request: The request, with the id of the one that began the import.
        services: AWS and the clock.
        state: The state of the import, for the next leg of a relay. Default: it is not passed on.
    """
    if request.record is None or request.is_run:
        return
    if request.leg is None and request.waits:
        # No later leg may take the content of an earlier import for what is imported now.
        services.staging.remove(request.record)
        return
    known = read_record(request, services) or ImportRecord(request.import_id)
    begun = BegunImport(
        content=content_of(request),
        run_id=request.request_id,
        legs_after=request.leg.legs_after if request.leg else 0,
        state=state,
    )
    _write(request, replace(known, begun=begun), services)


def record_end(
    request: ImportRequest, state: State | None, services: Services, *, succeeded: bool
) -> None:
    """Record how a request has ended, for the requests that follow.

    Args:
        request: The request, with the id of the one that began the import.
        state: The last state of the workflow; None where Stage failed.
        services: AWS and the clock.
        succeeded: Whether the request has succeeded.

    Raises:
        AwsError: The record cannot be written, and the next leg of a relay needs it.
    """
    if request.record is None or request.is_run:
        return
    try:
        known = read_record(request, services)
        if request.type == "Delete":
            if succeeded:
                _record_delete(request, known, services)
        elif not succeeded:
            _record_failure(request, known, state, services)
        elif state is not None:
            _record_success(request, known, state, services)
    except AwsError as error:
        if succeeded and request.leg and not request.leg.is_last and request.type != "Delete":
            raise
        # The end of the request is what CloudFormation has to be told.
        log.warning("the record of the import is not up to date: %s", error)
        if request.type == "Delete":
            # It would keep the bucket from being deleted.
            services.staging.remove(request.record)


def _record_success(
    request: ImportRequest, known: ImportRecord | None, state: State, services: Services
) -> None:
    """Record an import, or the Update that rolls back to it.

    What a leg before the last has imported is not the content of the stack yet: in a rollback, the
    last leg may get no Update. A repeated report changes no record of a later request.
    """
    if known is None and request.leg and state.plan.intent is Intent.CLEAR:
        # CloudFormation goes back to what it has deployed before.
        known = ImportRecord(request.import_id, before=content_of(request))
    if known is None:
        return
    content, begun = content_of(request), known.begun
    is_last = request.leg is None or request.leg.is_last
    results = state.progress.results
    match state.plan.intent:
        case Intent.IMPORT if begun and begun.run_id == request.request_id:
            if request.leg is None:
                assert request.record is not None
                services.staging.remove(request.record)
            elif is_last:
                _write(request, replace(known.with_deployed(content), results=results), services)
            else:
                ended = replace(begun, imported=True, state=None)
                _write(request, replace(known, begun=ended, results=results), services)
        case Intent.KEEP if is_last and begun and begun.imported and begun.content == content:
            _write(request, known.with_deployed(content), services)
        case Intent.CLEAR if content in (known.deployed, known.before):
            record = known.without_begun()
            if content != known.deployed:
                record = replace(record, results=())
            _write(request, replace(record, deployed=content, before=None), services)
        case Intent.CLEAR if begun is None or begun.content != content:
            # Nothing says that the content was imported to which the stack goes back.
            assert request.record is not None
            services.staging.remove(request.record)


def _record_failure(
    request: ImportRequest, known: ImportRecord | None, state: State | None, services: Services
) -> None:
    """Record that no leg can go on with an import.

    Where it has created no job, the content before it is still the last that was imported. After an
    import in the background, the custom resource stays, so that its next Update has to import.
    """
    begun = None if known is None else known.begun
    if known is None or begun is None or begun.run_id != request.request_id:
        return
    progress = state.progress if state else Progress()
    if known.deployed is None and not progress.answered:
        assert request.record is not None
        services.staging.remove(request.record)
        return
    begun = replace(begun, state=None) if progress.job_ids else None
    _write(request, replace(known, begun=begun), services)


def _record_delete(request: ImportRequest, known: ImportRecord | None, services: Services) -> None:
    """Remove the record, unless it is about another user pool, to which an Update has gone.

    A leg before the last is deleted alone where the update that made it is rolled back: what has
    begun since is over, and the stack has the content before.
    """
    if known is None:
        return
    if known.last is not None and known.last.user_pool_id != request.user_pool_id:
        return
    if request.leg and not request.leg.is_last and known.deployed:
        if known.begun:
            _write(request, known.without_begun(), services)
        return
    assert request.record is not None
    services.staging.remove(request.record)


def content_of(request: ImportRequest) -> Content:
    """Return the content of a request."""
    return Content(request.content_id, request.user_pool_id)


def _write(request: ImportRequest, record: ImportRecord, services: Services) -> None:
    assert request.record is not None
    services.staging.save(request.record, record.to_json())
