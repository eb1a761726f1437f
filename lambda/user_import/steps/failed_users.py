"""The users that Cognito did not import: found in its log, with their lines in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..aws.import_logs import log_stream_name
from ..messages import steps as messages
from ..users_csv import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..aws.services import Services
    from ..users_csv import JobRows, Unit
    from .import_request import ImportRequest
    from .state import State

_LINES_SHOWN = 10
_LOG_SECONDS = 16
"""The time budget for log lines that arrive late, for all jobs together."""
_LOG_STEP_SECONDS = 2


def failed_users(
    request: ImportRequest, state: State, group: str, services: Services
) -> Iterator[str]:
    """Yield the first users that were not imported, with the lines of the user's own file."""
    outcomes = ["FAILED"] if request.tolerance.skipped is None else ["FAILED", "SKIPPED"]
    room = _LINES_SHOWN
    seconds_left = _LOG_SECONDS
    describe: Callable[[int], str] | None = None
    for job in state.progress.jobs:
        if not (result := job.result):
            return
        counted = result.failed + (result.skipped if "SKIPPED" in outcomes else 0)
        most = min(counted, room)
        if not most:
            continue
        stream = log_stream_name(result)
        users = services.import_logs.results(group, stream, outcomes, most)
        # The lines may arrive some seconds after the job has ended.
        while len(users) < most and seconds_left > 0:
            services.sleep(_LOG_STEP_SECONDS)
            seconds_left -= _LOG_STEP_SECONDS
            users = services.import_logs.results(group, stream, outcomes, most)
        room -= len(users)
        if not users:
            continue
        line_map = _line_map(request, job.rows, services)
        describe = describe or _describer(request, state.plan.unit, services)
        for user in users:
            place = describe(job.rows.source_line(user.line, line_map))
            yield messages.user_not_imported(place, user.outcome, user.reason)


def _describer(request: ImportRequest, unit: Unit, services: Services) -> Callable[[int], str]:
    """Return a function that describes a line of the jobs' rows as a place of the user's own."""
    if not request.source.is_prefix:
        name = request.source.name
        return lambda line: f"{name} {Location(line, unit=unit).describe()}"
    from .source_objects import kept_places  # noqa: PLC0415  few sources are prefixes

    places = kept_places(request, services)

    def describe(line: int) -> str:
        found = places.locate(line)
        return Location(found.line, unit=unit, file=found.file).describe()

    return describe


def _line_map(request: ImportRequest, rows: JobRows, services: Services) -> bytes:
    """Return a job's part of the line map; nothing for a job that has its lines itself."""
    if not rows.map_length:
        return b""
    return b"".join(services.staging.read(request.line_map, rows.map_offset, rows.map_length))
