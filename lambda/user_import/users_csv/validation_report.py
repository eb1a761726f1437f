"""The result of the validation of a file, and the import jobs that were written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from .staged_rows import hashed_header

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from .diagnostics import Findings, Unit
    from .file_places import FilePlaces
    from .job_splitter import JobRows
    from .password_hashes import HashShape
    from .rules import Normalization

NO_HASHES: Mapping[HashShape, int] = MappingProxyType({})
"""The hashes of a file without any."""


class StagedUsers(NamedTuple):
    """A valid CSV, written as import jobs.

    Attributes:
        header: The line that the file of every job without hashes begins with, with its end.
            `hashed_header` makes it that of a job with hashes.
        jobs: The rows of each job.
        unit: Unit in which their lines in the user's own file are shown.
        line_map: The lines of jobs that have too many gaps to keep themselves, each job's in a
            range of its own; empty where all jobs have theirs.
    """

    header: str
    jobs: tuple[JobRows, ...]
    unit: Unit
    line_map: bytes = b""

    @property
    def users(self) -> int:
        """Return the number of rows in all jobs."""
        return sum(job.users for job in self.jobs)

    def header_of(self, job: JobRows) -> str:
        """Return the line that a job's file begins with, with its end."""
        return self.header if job.algorithm is None else hashed_header(self.header)


class ValidationReport(NamedTuple):
    """The result of the validation of a file.

    Attributes:
        findings: The broken rules.
        staged: The rows that were written; None where the file has errors, and they are unusable.
        normalized: Normalizations by kind.
        users: Number of rows with users, valid or not.
        left_out: Columns of the file that are left out because of `only_columns`.
        unchecked: Rules that only the deployment can check, because the pool is not fully known.
        hashes: Number of users with a password hash, by the shape of the converted hash.
        places: The files whose lines those of the jobs are, where several were read as one.
    """

    findings: Findings
    staged: StagedUsers | None
    normalized: Counter[Normalization]
    users: int
    left_out: tuple[str, ...]
    unchecked: tuple[str, ...]
    hashes: Mapping[HashShape, int] = NO_HASHES
    places: FilePlaces | None = None
