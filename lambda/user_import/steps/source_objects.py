"""A source that is all objects of a prefix, as Stage reads it and as Report looks places up.

The objects are listed once. The list is kept beside the staged CSV: a Stage that is
repeated reads the same objects, and Report finds the object and the line of a staged row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..aws.source_objects import SourceObject
from ..text import one_line
from ..users_csv import validate_files
from ..users_csv.file_places import FilePlaces, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..aws.s3 import Claim
    from ..aws.services import Services
    from ..users_csv import ValidationReport
    from .import_request import ImportRequest

    InTime = Callable[[Iterator[bytes]], Iterator[bytes]]
    """Passes pieces on while there is time."""


class ObjectsOfPrefix:
    """Lists the objects of a prefix, or reads the list that is kept, and validates them."""

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


def kept_places(request: ImportRequest, services: Services) -> FilePlaces:
    """Return where the rows of each object begin, as Stage has kept it.

    Raises:
        AwsError: The list does not exist, or cannot be read.
    """
    places = FilePlaces()
    for key, _etag, *first in json.loads(services.staging.read_whole(request.objects)):
        if first:
            places.add(one_line(key), *first)
    return places
