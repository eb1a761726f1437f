"""Jobs of earlier requests whose rows need no other import, because they have succeeded.

A request may import the content of an earlier one again: after a failure of the stack that was not
rolled back, in the next execution of a long import, or on demand. Its jobs have the digest of their
bytes in their names, so that those that succeeded can be found in Cognito's list.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from ..aws.cognito import JobStatus
from .job_name import JobName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..aws.cognito import Job
    from .import_request import ImportRequest
    from .job_slot import JobSlot

log = logging.getLogger(__name__)


def with_resumed_jobs(
    request: ImportRequest, slots: Iterable[JobSlot], jobs: Iterable[Job]
) -> tuple[JobSlot, ...]:
    """Return the slots, and in those whose bytes were imported before the job that did it.

    A job is not resumed where its failed or skipped users would fail the import: the users may have
    been corrected in the pool, or the tolerance be another one now. Nothing is resumed by an
    import that is not to be started, or that sets passwords after its jobs: it has to find the
    users of its own jobs.

    Args:
        request: The request.
        slots: The jobs of the plan, in order.
        jobs: The jobs of the user pool, the newest first.
    """
    slots = tuple(slots)
    succeeded = _succeeded(request, jobs)
    if not succeeded:
        return slots
    tolerance = request.tolerance
    failed = skipped = 0
    resumed = []
    for number, slot in enumerate(slots, start=1):
        digest, job = (None, None) if slot.id else succeeded.get(number, (None, None))
        if (
            job is None
            or digest != slot.rows.digest
            or job.handled != slot.rows.users
            or (tolerance.failed is not None and failed + job.failed > tolerance.failed)
            or (tolerance.skipped is not None and skipped + job.skipped > tolerance.skipped)
        ):
            resumed.append(slot)
            continue
        log.info("job %s has imported these %d users before", job.id, slot.rows.users)
        failed += job.failed
        skipped += job.skipped
        resumed.append(replace(slot, id=job.id, resumed=True, result=job.result))
    return tuple(resumed)


def _succeeded(request: ImportRequest, jobs: Iterable[Job]) -> dict[int, tuple[str, Job]]:
    """Return the last job of each number that succeeded since the content last changed.

    An object without a version may have changed although the content's id is the same. Where it
    changed and changed back, the last job of a number has other bytes.
    """
    found: dict[int, tuple[str, Job]] = {}
    for job in jobs:
        name = JobName.parse(job.name)
        if name is None or name.import_id != request.import_id:
            continue
        if name.content_id != request.content_id:
            break
        if name.digest and job.status is JobStatus.SUCCEEDED:
            found.setdefault(name.number, (name.digest, job))
    return found
