"""Whether a request may begin and go on: by the status of its stack, and by the claim.

A request of CloudFormation ends with the stack's operation. An import in the background ends with
the stack, or when the operation that began it is rolled back; the rollback of a later operation
does not end it. A run is started on demand, between deployments: it goes on until the stack is
deleted, or a deployment claims the import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract import AFTER_TIMEOUT_SECONDS
from ..messages import steps as messages

if TYPE_CHECKING:
    from ..aws.s3 import Claim
    from ..aws.services import Services
    from ..aws.stacks import StackStatus
    from .import_request import ImportRequest
    from .state import Progress


def run_refused(request: ImportRequest, status: StackStatus, services: Services) -> str:
    """Return why a run may not begin; empty where it may, and for requests of CloudFormation.

    A claim of a request whose time is over is that of an execution which broke.

    Args:
        request: The request.
        status: The status of its stack.
        services: AWS and the clock.
    """
    if not request.is_run:
        return ""
    if status.was_not_created:
        return messages.run_without_stack(status.name)
    if status.is_in_progress:
        return messages.run_during_deployment(status.name)
    claim = services.staging.claim_of(request.staged)
    if claim is None or claim.request_id == request.request_id:
        return ""
    return "" if is_over(claim, request, services) else messages.RUN_DURING_IMPORT


def is_over(claim: Claim, request: ImportRequest, services: Services) -> bool:
    """Whether the time of the request that has a claim is over, as far as a run knows it."""
    most = request.timeout_seconds + AFTER_TIMEOUT_SECONDS
    return services.now() >= claim.started_at + most


def ended_by_stack(
    request: ImportRequest, status: StackStatus, progress: Progress | None = None
) -> str:
    """Return why the status of the stack ends an import; empty while it may go on.

    Args:
        request: The request.
        status: The status of its stack.
        progress: The progress of the import. Default: it begins.
    """
    if request.is_run:
        return messages.run_without_stack(status.name) if status.was_not_created else ""
    if progress is None or not progress.answered:
        return status.too_late
    rolls_back = status.is_rolling_back and not progress.settled
    return messages.IMPORT_ROLLED_BACK if status.is_being_deleted or rolls_back else ""


def superseded(request: ImportRequest, services: Services) -> str:
    """Return the reason why the import no longer belongs to this request; empty while it does.

    CloudFormation may have sent another request for the import, such as a Delete.
    """
    claim = services.staging.claim_of(request.staged)
    if claim is None:
        return messages.STAGED_CSV_GONE
    return "" if claim.request_id == request.request_id else messages.IMPORT_SUPERSEDED
