"""The source of an import as Stage reads it: one object, or all objects of a prefix.

The objects of a prefix are listed once. The list is kept beside the staged CSV: a Stage that is
repeated reads the same objects, and Report finds the object and the line of a staged row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..text import one_line
from ..users_csv import FilePlaces, Location, SourceFile, validate_files, validate_users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..aws.s3 import Claim
    from ..aws.services import Services
    from ..aws.source_objects import SourceObject
    from ..users_csv import Unit, ValidationReport
    from .import_request import ImportRequest

    InTime = Callable[[Iterator[bytes]], Iterator[bytes]]
    """Passes pieces on while there is time."""


def open_source(
    request: ImportRequest, claim: Claim, in_time: InTime, services: Services
) -> SingleObject | ObjectsOfPrefix:
    """Open the source.

    Args:
        request: The request, which has claimed the staged CSV.
        claim: The claim.
        in_time: Ends the reading where it takes too long.
        services: AWS and the clock.

    Raises:
        SourceError: The object, or its bucket, does not exist, or the prefix has no objects that
            can be read.
    """
    if request.source.is_prefix:
        return ObjectsOfPrefix(request, claim, in_time, services)
    return SingleObject(in_time(services.staging.read_source(request.source)))


class SingleObject:
    """A source that is one object."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def validate(self, *settings: Any, **options: Any) -> ValidationReport:
        """Validate the object; the arguments are those of `validate_users` after the first."""
        return validate_users(self._chunks, *settings, **options)

    def keep_places(self, report: ValidationReport) -> None:
        """Keep nothing: the lines of the jobs are those of the object."""


class ObjectsOfPrefix:
    """A source that is all objects of a prefix."""

    def __init__(
        self, request: ImportRequest, claim: Claim, in_time: InTime, services: Services
    ) -> None:
        self._request = request
        self._claim = claim
        self._in_time = in_time
        self._services = services
        listed = self._kept_list()
        if listed is None:
            listed = services.source_objects.list(request.source.bucket, request.source.key)
            self._keep([[each.key, each.etag] for each in listed])
        self._objects = listed

    def _kept_list(self) -> list[SourceObject] | None:
        """Return the list that this execution has kept; None where it has kept none."""
        from ..aws.source_objects import SourceObject  # noqa: PLC0415  few sources are prefixes

        staging, kept = self._services.staging, self._request.objects
        if staging.claim_of(kept) != self._claim:
            return None
        return [SourceObject(entry[0], entry[1]) for entry in json.loads(staging.read_whole(kept))]

    def _keep(self, entries: list[list[Any]]) -> None:
        with self._services.staging.write(self._request.objects, self._claim) as writer:
            writer.write(json.dumps(entries, separators=(",", ":")).encode())

    def validate(self, *settings: Any, **options: Any) -> ValidationReport:
        """Validate all objects as one CSV; the arguments are those of `validate_users`."""
        return validate_files(self._files(), *settings, **options)

    def _files(self) -> Iterator[SourceFile]:
        bucket, objects = self._request.source.bucket, self._services.source_objects
        for each in self._objects:
            chunks = self._in_time(objects.read(bucket, each))
            yield SourceFile(one_line(each.key), chunks)

    def keep_places(self, report: ValidationReport) -> None:
        """Keep where the rows of each object begin."""
        places = report.places
        assert places is not None
        begins = zip(places.first_lines, places.headers, strict=True)
        first = dict(zip(places.names, begins, strict=True))
        self._keep(
            [[each.key, each.etag, *first.get(one_line(each.key), ())] for each in self._objects]
        )


def describe_row(request: ImportRequest, services: Services) -> Callable[[int, Unit], str]:
    """Return a function that describes the place of a line of the staged rows.

    Args:
        request: The request.
        services: AWS and the clock.

    Returns:
        A function of the line, as the jobs count it, and its unit. It returns the name of the file
        or object, and the line or record in it.
    """
    if not request.source.is_prefix:
        name = request.source.name
        return lambda line, unit: f"{name} {Location(line, unit=unit).describe()}"
    places = _kept_places(request, services)

    def describe(line: int, unit: Unit) -> str:
        found = places.locate(line)
        return Location(found.line, unit=unit, file=found.file).describe()

    return describe


def _kept_places(request: ImportRequest, services: Services) -> FilePlaces:
    places = FilePlaces()
    for key, _etag, *first in json.loads(services.staging.read_whole(request.objects)):
        if first:
            places.add(one_line(key), *first)
    return places
