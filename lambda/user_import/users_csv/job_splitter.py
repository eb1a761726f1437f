"""Splits rows into import jobs within Cognito's limits, and maps their lines to the source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..text import short_digest

if TYPE_CHECKING:
    from .limits import Limits
    from .line_map import LineMap
    from .pool import HashingAlgorithm


@dataclass(frozen=True, slots=True)
class JobRows:
    """The rows of one import job, as a range of bytes of the staged rows of its algorithm.

    Attributes:
        offset: Offset of the first row, in bytes.
        length: Length of all rows, in bytes; the job's file is the header and these.
        users: Number of rows.
        lines: Pairs of a row's number in the job (from 0) and its line in the user's own file, one
            for the first row and one wherever the user's file has a gap. Empty where there are too
            many of them: they are in the line map then.
        algorithm: The algorithm of the job's password hashes; None for a job without hashes.
        map_offset: Offset of the job's lines in the line map (`StagedUsers.line_map`), in bytes.
        map_length: Length of the job's lines in the line map, in bytes; 0 where `lines` has them.
        digest: Eight characters that identify the bytes of the job's file; empty where they were
            not computed.
    """

    offset: int
    length: int
    users: int
    lines: tuple[tuple[int, int], ...]
    algorithm: HashingAlgorithm | None = None
    map_offset: int = 0
    map_length: int = 0
    digest: str = ""

    def source_line(self, job_line: int, line_map: bytes = b"") -> int:
        """Return the line in the user's own file for a line of the job's file (header: 1).

        Args:
            job_line: The line of the job's file.
            line_map: The job's range of the line map; not read where `map_length` is 0.
        """
        row = job_line - 2
        if self.map_length:
            from .line_map import source_line  # noqa: PLC0415  few imports have a line map

            return source_line(line_map, max(row, 0)) + min(row, 0)
        first_row, first_line = max(pair for pair in self.lines if pair[0] <= max(row, 0))
        return first_line + row - first_row


class JobSplitter:
    """Splits rows into jobs as they are added.

    Attributes:
        users: Number of rows added.
        gaps: Number of gaps between two rows: of blank lines, of users left out, and of rows that
            another splitter has.
        maps: The line map of each finished job; without one for a splitter that keeps none.
    """

    def __init__(
        self,
        header: bytes,
        limits: Limits,
        algorithm: HashingAlgorithm | None = None,
        *,
        keeps_maps: bool = False,
        digests: bool = False,
    ) -> None:
        """Begin.

        Args:
            header: The header, its line end included, which every job's file repeats.
            limits: Limits of jobs and gaps.
            algorithm: The algorithm of the jobs' password hashes.
            keeps_maps: Whether every gap is kept, in `maps`.
            digests: Whether to compute `JobRows.digest`.
        """
        self._limits = limits
        self._algorithm = algorithm
        self._keeps_maps = keeps_maps
        self._header = header
        self._digests = digests
        self._room = limits.job_bytes - len(header)
        self._done: list[JobRows] = []
        self._offset = self._length = self._users = 0
        # The first row of a job sets both.
        self._lines: list[tuple[int, int]]
        self._next_line: int
        self._map: LineMap
        self.users = 0
        self.gaps = 0
        self.maps: list[bytes] = []

    def add_rows(self, line: int, rows: bytes, users: int) -> None:
        """Add rows of consecutive lines of the user's file, each with its line feed."""
        if self._fits(users, len(rows)):
            self._add(line, users, rows)
            return
        for number, row in enumerate(rows.splitlines(keepends=True)):
            if not self._fits(1, len(row)):
                self._close()
            self._add(line + number, 1, row)

    def _fits(self, users: int, length: int) -> bool:
        return self._users + users <= self._limits.job_users and self._length + length <= self._room

    def _add(self, line: int, users: int, rows: bytes) -> None:
        if self._users == 0:
            self._hash = hashlib.sha256(self._header)
            self._lines = [(0, line)]
            if self._keeps_maps:
                from .line_map import LineMap  # noqa: PLC0415  few imports have a line map

                self._map = LineMap()
                self._map.add(0, line)
        elif line != self._next_line:
            self.gaps += 1
            if self.gaps <= self._limits.line_gaps:
                self._lines.append((self._users, line))
            if self._keeps_maps:
                self._map.add(self._users, line)
        self._next_line = line + users
        self._users += users
        self._length += len(rows)
        self.users += users
        if self._digests:
            self._hash.update(rows)

    def _close(self) -> None:
        if self._users:
            digest = short_digest(self._hash.digest()) if self._digests else ""
            self._done.append(
                JobRows(
                    self._offset,
                    self._length,
                    self._users,
                    tuple(self._lines),
                    self._algorithm,
                    digest=digest,
                )
            )
            if self._keeps_maps:
                self.maps.append(bytes(self._map.data))
        self._offset += self._length
        self._length = self._users = 0

    def finish(self) -> tuple[JobRows, ...]:
        """Return the jobs."""
        self._close()
        return tuple(self._done)
