"""The line map: the lines of staged rows in the user's own file, for imports of hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..aws.services import Services
    from ..users_csv import JobRows
    from .import_request import ImportRequest


def line_map_of(request: ImportRequest, rows: JobRows, services: Services) -> bytes:
    """Return a job's part of the line map; nothing for a job that has its lines itself.

    Raises:
        AwsError: It cannot be read.
    """
    if not rows.map_length:
        return b""
    return b"".join(services.staging.read(request.line_map, rows.map_offset, rows.map_length))


def remove_line_map(request: ImportRequest, services: Services) -> None:
    """Remove the line map, if the request may have one."""
    if request.reading.password_hashes is not None:
        services.staging.remove(request.line_map)
