"""Many users as the rows of gzipped CSV objects, some of which fail in Cognito."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = "cognito:username,email,email_verified,name,given_name,family_name,phone_number"


class ScaleUsers:
    """Users, of whom the first and the last one of each job have an address that is taken.

    In the middle of each object is a blank line, so that lines and rows differ.

    Args:
        count: How many there are.
        per_job: How many a job has.
        in_objects: In how many objects they are.

    Attributes:
        failing: Where the rows are that fail, by the number of the row from 0: the object's key and
            its line. Complete once all objects were made.
        bytes_written: The size of all objects that were made, before compression.
    """

    def __init__(self, count: int, *, per_job: int, in_objects: int) -> None:
        self.count = count
        self.per_job = per_job
        self.in_objects = in_objects
        self.failing: dict[int, tuple[str, int]] = {}
        self.bytes_written = 0
        firsts = range(0, count, per_job)
        lasts = [min(first + per_job, count) - 1 for first in firsts]
        self._failing = {*firsts, *lasts}

    @property
    def taken(self) -> list[str]:
        """The addresses that somebody else must have."""
        return [_address(row) for row in sorted(self._failing)]

    def objects(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Yield the key and the content of each object, in the order of the keys."""
        each = -(-self.count // self.in_objects)
        for number in range(self.in_objects):
            key = f"{prefix}part-{number:04}.csv.gz"
            rows = range(number * each, min((number + 1) * each, self.count))
            yield key, gzip.compress(self._object(key, rows), 1)

    def _object(self, key: str, rows: range) -> bytes:
        lines = [_HEADER]
        for row in rows:
            if row == rows.start + len(rows) // 2:
                lines.append("")
            lines.append(_row(row))
            if row in self._failing:
                self.failing[row] = key, len(lines)
        body = "\n".join([*lines, ""]).encode()
        self.bytes_written += len(body)
        return body


def _address(row: int) -> str:
    return f"user{row:08}@example.com"


def _row(row: int) -> str:
    name = f"user{row:08}"
    return f"{name},{_address(row)},true,User {row},User,Number {row},+1432{row:08}"
