"""The log group that Cognito makes for the imports of a user pool: how long it stays.

Cognito makes it without retention and leaves it behind. Nothing that goes wrong here fails an
import or a Delete: it is told in the function's log.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..aws.import_logs import log_group_name
from ..cloudformation import one_line
from ..errors import AwsError, PoolNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..aws.services import Services
    from .import_request import ImportRequest

_LATE_SECONDS = 16
_STEP_SECONDS = 2

log = logging.getLogger(__name__)


def care_for(request: ImportRequest, state: Mapping[str, Any], world: Services) -> None:
    """Set the retention after an import, or remove the log group with the whole stack.

    Only a stack that is deleted takes the log with it. A rollback does not, for the log is what
    explains the failure; nor does the Delete of one import, for the pool may have others, and it
    is theirs as well.

    Args:
        request: what CloudFormation asks.
        state: the workflow's state at its end, which may lack a plan where a step failed.
        world: everything outside.
    """
    try:
        if request.type == "Delete":
            if not request.log_goes_with_stack:
                return
            if world.stacks.status(request.stack_id).is_being_deleted:
                _remove(request.user_pool_id, world)
        elif request.log_retention_days is not None and _has_jobs(state):
            group = log_group_name(request.user_pool_id, state["plan"]["pool_name"])
            _keep_for(
                group, request.log_retention_days, world, late=_LATE_SECONDS if request.start else 0
            )
            log.info("%s is kept for %d days", one_line(group), request.log_retention_days)
    except AwsError as error:
        log.warning("Cognito's log group of the user pool stays as it is: %s", error)


def _keep_for(group: str, days: int, world: Services, *, late: float) -> None:
    """Set the retention; Cognito may create the log group some seconds after the job has ended."""
    left = late
    while True:
        try:
            world.import_logs.keep_for(group, days)
        except AwsError as error:
            if error.code != "ResourceNotFoundException" or left <= 0:
                raise
        else:
            return
        world.sleep(_STEP_SECONDS)
        left -= _STEP_SECONDS


def _has_jobs(state: Mapping[str, Any]) -> bool:
    progress = state.get("progress", {})
    named = bool(state.get("plan", {}).get("pool_name"))
    return named and bool(progress.get("job_ids") or progress.get("results"))


def _remove(pool_id: str, world: Services) -> None:
    try:
        name = world.import_jobs.user_pool(pool_id).name
    except PoolNotFound:
        log.warning(
            "user pool %s is gone, and its name with it: a log group %s may be left",
            pool_id,
            log_group_name(pool_id, "<name of the pool>"),
        )
        return
    group = log_group_name(pool_id, name)
    world.import_logs.remove(group)
    log.info("%s is removed", one_line(group))
