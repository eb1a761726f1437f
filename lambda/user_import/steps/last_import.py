"""The last import of a request's content, as Cognito remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .import_request import JobName

if TYPE_CHECKING:
    from ..aws.cognito import Job
    from ..aws.services import Services
    from .import_request import ImportRequest


def last_import(request: ImportRequest, world: Services) -> list[Job]:
    """Return the jobs of the last import of this request's content before the request, in order.

    Of the jobs with one number the newest that ran counts; one that never ran may have been
    cancelled for another. The list of jobs may lag: where it has none, a second look tells.
    """
    return _listed(request, world) or _listed(request, world)


def _listed(request: ImportRequest, world: Services) -> list[Job]:
    chosen: dict[int, Job] = {}
    for job in world.import_jobs.list_jobs(request.user_pool_id):
        name = JobName.parse(job.name)
        if (
            name is None
            or (name.import_id, name.content_id) != (request.import_id, request.content_id)
            or name.request_id == request.request_id
        ):
            continue
        known = chosen.get(name.number)
        if known is None or (job.ran and not known.ran):
            chosen[name.number] = job
    return [chosen[number] for number in sorted(chosen)]
