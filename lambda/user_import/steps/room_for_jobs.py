"""The room for further import jobs in a user pool, which keeps its jobs for ever."""

from __future__ import annotations

import logging

from ..errors import RequestError
from ..messages import steps as messages
from .worker_settings import WorkerSettings

log = logging.getLogger(__name__)


def check_room_for_jobs(pool_id: str, needed: int, existing: int) -> None:
    """Refuse an import whose jobs do not fit into the pool, before the first one is created.

    AWS raises the quota on request. The import has no right to read the quota, so that the owner of
    the workflow states it (`ImportWorkflow.import_jobs_per_pool`). A pool with more jobs than that
    proves that the quota was raised further; Cognito then decides.

    Args:
        pool_id: The user pool.
        needed: The number of jobs to create.
        existing: The number of jobs that the pool has, of whatever status.

    Raises:
        RequestError: The jobs do not fit.
    """
    quota = WorkerSettings.from_environment().jobs_per_pool
    if existing > quota:
        log.warning("the pool has %d import jobs, more than the quota of %d", existing, quota)
        return
    if existing + needed > quota:
        raise RequestError(messages.no_room_for_jobs(pool_id, needed, existing, quota))
    log.info("the pool has %d import jobs of %d", existing, quota)
