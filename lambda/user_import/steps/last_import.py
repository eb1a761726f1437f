"""The last import of a request's content, as Cognito remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .job_name import JobName

if TYPE_CHECKING:
    from ..aws.cognito import Job
    from ..aws.services import Services
    from .import_request import ImportRequest


def last_import(request: ImportRequest, services: Services) -> list[Job]:
    """Return the jobs of the last import of this request's content before the request, in order.

    Of several jobs with one number, the newest that ran counts; one that never ran may have been
    replaced by another. The list of jobs may lag: where it has none, it is read a second time.
    """
    return _listed(request, services) or _listed(request, services)


def _listed(request: ImportRequest, services: Services) -> list[Job]:
    chosen: dict[int, Job] = {}
    for job in services.import_jobs.list_jobs(request.user_pool_id):
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
