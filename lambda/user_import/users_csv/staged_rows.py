"""Writes the valid rows of a file to their sinks, and splits them into import jobs.

Cognito takes one hashing algorithm a job, so that rows with password hashes have a sink for each
algorithm. A row without a hash goes where the row before it went.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .job_splitter import JobSplitter
from .pool import PASSWORD_HASH

if TYPE_CHECKING:
    from collections.abc import Callable

    from .job_splitter import JobRows
    from .limits import Limits
    from .pool import HashingAlgorithm

    WriteHashed = Callable[[HashingAlgorithm, bytes], object]
    """Receives the rows of an algorithm, without a header, in order."""

_COLUMN = f",{PASSWORD_HASH}"
_MOST_HELD = 1 << 20
"""Bytes of rows that wait for the first hash, so that they need no job of their own."""
_MOST_OF_RUN = 1_000
"""Rows with hashes that are written at once."""


def hashed_header(header: str) -> str:
    """Return the first line of a job with password hashes; `header` is that of one without."""
    return header.removesuffix("\n") + _COLUMN + "\n"


class StagedRows:
    """Writes rows without hashes to one sink.

    Attributes:
        line_map: The lines of all jobs; empty, because the jobs have theirs.
    """

    line_map = b""

    def __init__(
        self,
        header: str,
        limits: Limits,
        write: Callable[[bytes], object],
        *,
        digests: bool = False,
    ) -> None:
        """Begin.

        Args:
            header: The header, its line end included, which every job's file repeats.
            limits: Limits of jobs and gaps.
            write: Receives the rows, without a header, in order.
            digests: Whether to compute `JobRows.digest`.
        """
        self._jobs = JobSplitter(header.encode(), limits, digests=digests)
        self._limits = limits
        self._write = write

    @property
    def users(self) -> int:
        """Return the number of rows."""
        return self._jobs.users

    @property
    def has_too_many_gaps(self) -> bool:
        """Return whether the jobs lack lines, because there are more gaps than they may keep."""
        return self._jobs.gaps > self._limits.line_gaps

    def add(self, line: int, rows: bytes, users: int) -> None:
        """Write rows of consecutive lines of the user's file, each with its line feed."""
        self._jobs.add_rows(line, rows, users)
        self._write(rows)

    def finish(self) -> tuple[JobRows, ...]:
        """Return the jobs."""
        return self._jobs.finish()


class HashedRows:
    """Writes rows to the sinks of the algorithms of their hashes.

    The rows before the first hash are held for a while; where none comes soon, they go to the sink
    of rows without hashes, whose jobs have no algorithm. So do all rows of a file without a hash.

    Attributes:
        line_map: The lines of all jobs; empty where the jobs have theirs. Complete after `finish`.
        has_too_many_gaps: Whether the jobs lack lines: never, because the line map has them.
    """

    has_too_many_gaps = False

    def __init__(
        self,
        header: str,
        limits: Limits,
        write: Callable[[bytes], object],
        write_hashed: WriteHashed,
        *,
        digests: bool = False,
    ) -> None:
        """Begin.

        Args:
            header: The header of a job without hashes, its line end included.
            limits: Limits of jobs and gaps.
            write: Receives rows without a hash, for jobs without an algorithm.
            write_hashed: Receives the rows of an algorithm.
            digests: Whether to compute `JobRows.digest`.
        """
        self._header = header
        self._digests = digests
        self._limits = limits
        self._write = write
        self._write_hashed = write_hashed
        self._splitters: dict[HashingAlgorithm | None, JobSplitter] = {}
        self._current: HashingAlgorithm | None = None
        self._held: list[tuple[int, bytes, int]] | None = []
        self._held_bytes = 0
        # Rows of consecutive lines for the current sink.
        self._run: list[bytes] = []
        self._run_line = 0
        self.line_map = b""

    @property
    def users(self) -> int:
        """Return the number of rows; complete after `finish`."""
        return sum(each.users for each in self._splitters.values())

    def add(self, line: int, rows: bytes, users: int) -> None:
        """Write rows of consecutive lines without hashes, each with its line feed."""
        self._end_run()
        if self._held is None:
            self._put(line, rows, users)
            return
        self._held.append((line, rows, users))
        self._held_bytes += len(rows)
        if self._held_bytes > _MOST_HELD:
            self._release()

    def add_hashed(self, line: int, row: bytes, algorithm: HashingAlgorithm, text: bytes) -> None:
        """Write a row with a hash.

        Args:
            line: Its line in the user's file.
            row: The row without the hash and the line feed.
            algorithm: The algorithm.
            text: The hash, commas escaped.
        """
        is_next = algorithm == self._current and line == self._run_line + len(self._run)
        if not is_next or len(self._run) == _MOST_OF_RUN:
            self._end_run()
            self._current = algorithm
            self._run_line = line
        self._release()
        self._run.append(row + b"," + text + b"\n")

    def _end_run(self) -> None:
        if self._run:
            rows = b"".join(self._run)
            self._splitter().add_rows(self._run_line, rows, len(self._run))
            assert self._current is not None
            self._write_hashed(self._current, rows)
            self._run.clear()

    def _release(self) -> None:
        """Write the rows that are held."""
        held, self._held = self._held, None
        for line, rows, users in held or ():
            self._put(line, rows, users)

    def _put(self, line: int, rows: bytes, users: int) -> None:
        """Write rows without hashes to the current sink."""
        if self._current is None:
            self._splitter().add_rows(line, rows, users)
            self._write(rows)
            return
        rows = rows.replace(b"\n", b",\n")
        self._splitter().add_rows(line, rows, users)
        self._write_hashed(self._current, rows)

    def _splitter(self) -> JobSplitter:
        algorithm = self._current
        if algorithm not in self._splitters:
            header = hashed_header(self._header) if algorithm else self._header
            self._splitters[algorithm] = JobSplitter(
                header.encode(), self._limits, algorithm, keeps_maps=True, digests=self._digests
            )
        return self._splitters[algorithm]

    def finish(self) -> tuple[JobRows, ...]:
        """Return the jobs, those of each algorithm together."""
        self._end_run()
        self._release()
        splitters = self._splitters.values()
        jobs = [job for each in splitters for job in each.finish()]
        if sum(each.gaps for each in splitters) <= self._limits.line_gaps:
            return tuple(jobs)
        maps = [data for each in splitters for data in each.maps]
        offset = 0
        for number, data in enumerate(maps):
            jobs[number] = replace(jobs[number], lines=(), map_offset=offset, map_length=len(data))
            offset += len(data)
        self.line_map = b"".join(maps)
        return tuple(jobs)
