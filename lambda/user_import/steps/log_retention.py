"""The retention of the log group that Cognito creates for a user pool's imports.

Cognito creates the log group without retention and does not delete it. An error here fails neither
an import nor a Delete: it is logged.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..contract import log_group_name
from ..errors import AwsError, PoolNotFound
from ..text import one_line

if TYPE_CHECKING:
    from ..aws.services import Services
    from .import_request import ImportRequest
    from .state import State

_LATE_SECONDS = 16
_STEP_SECONDS = 2

log = logging.getLogger(__name__)


def manage_log_group(request: ImportRequest, state: State | None, services: Services) -> None:
    """Set the log group's retention after an import, or delete it with the whole stack.

    Only the deletion of the stack deletes the log. A rollback does not, because the log explains
    the failure; nor does the Delete of one import, because the pool may have other imports, which
    share the log group. The log of the canary's user pool is deleted with that pool.

    Args:
        request: The request of CloudFormation.
        state: The last state of the workflow; None where Stage failed.
        services: AWS and the clock.
    """
    try:
        if request.type == "Delete":
            if request.canary is not None:
                _remove(request.canary.id, services)
            if not request.log_goes_with_stack:
                return
            if services.stacks.status(request.stack_id).is_being_deleted:
                _remove(request.user_pool_id, services)
        elif request.log_retention_days is not None and state and (name := _name_of_logged(state)):
            group = log_group_name(request.user_pool_id, name)
            late = _LATE_SECONDS if request.start else 0
            _set_retention(group, request.log_retention_days, services, late=late)
            log.info("retention of %s: %d days", one_line(group), request.log_retention_days)
    except AwsError as error:
        log.warning("Cognito's log group of the user pool is unchanged: %s", error)


def _set_retention(group: str, days: int, services: Services, *, late: float) -> None:
    """Set the retention; Cognito may create the log group some seconds after the job has ended."""
    left = late
    while True:
        try:
            services.import_logs.keep_for(group, days)
        except AwsError as error:
            if error.code != "ResourceNotFoundException" or left <= 0:
                raise
        else:
            return
        services.sleep(_STEP_SECONDS)
        left -= _STEP_SECONDS


def _name_of_logged(state: State) -> str | None:
    """Return the name of the user pool, if it has a job whose log Cognito may have written."""
    progress = state.progress
    has_jobs = progress.last_results or any(job.id or job.replaced for job in progress.jobs)
    return state.plan.pool_name if has_jobs else None


def _remove(pool_id: str, services: Services) -> None:
    try:
        name = services.import_jobs.user_pool(pool_id).name
    except PoolNotFound:
        log.warning(
            "user pool %s no longer exists, and its name is unknown: a log group %s may remain",
            pool_id,
            log_group_name(pool_id, "<name of the pool>"),
        )
        return
    group = log_group_name(pool_id, name)
    services.import_logs.remove(group)
    log.info("%s was deleted", one_line(group))
