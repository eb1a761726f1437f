"""Read a CSV of users once, check it, and write it as import jobs take it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dialect import ENDS_WITH_BACKSLASH, join_row, split_row
from .problems import Problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

USERNAME = "cognito:username"
_BOM = b"\xef\xbb\xbf"
_BYTES_OF_CHARACTER = 4
"""The most bytes that a character takes in UTF-8."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Cognito's limits (Developer Guide, "Quotas", user import job resource quotas).

    Attributes:
        row_characters: of one row.
        job_users: users of one job, the header not counted.
        job_bytes: of one job's file. MB is read as 10^6 bytes, the stricter of the two readings.
        line_gaps: blank lines inside the file; ours, so that line numbers can be told exactly.
    """

    row_characters: int = 16_000
    job_users: int = 500_000
    job_bytes: int = 100_000_000
    line_gaps: int = 1_000


@dataclass(frozen=True, slots=True)
class JobRows:
    """The rows of one import job, as a range of bytes of what was written.

    Attributes:
        offset: of the first row, in bytes.
        length: of all rows, in bytes; the job's file is the header and these.
        users: how many rows.
        lines: pairs of a row's number in the job (from 0) and its line in the user's own file, one
            for the first row and one wherever the user's file has a gap.
    """

    offset: int
    length: int
    users: int
    lines: tuple[tuple[int, int], ...]

    def source_line(self, job_line: int) -> int:
        """Return the line in the user's own file for a line of the job's file (header: 1)."""
        row = job_line - 2
        first_row, first_line = max(pair for pair in self.lines if pair[0] <= max(row, 0))
        return first_line + row - first_row


@dataclass(frozen=True, slots=True)
class StagedUsers:
    """A checked CSV: the header that every job's file begins with, and the jobs.

    Attributes:
        header: one line with its end.
        columns_added: columns of the pool that the file lacked; they are blank.
    """

    header: str
    jobs: tuple[JobRows, ...]
    columns_added: tuple[str, ...]

    @property
    def users(self) -> int:
        """How many rows there are in all jobs."""
        return sum(job.users for job in self.jobs)


def check_users(
    chunks: Iterable[bytes],
    columns: Sequence[str] | None,
    write: Callable[[bytes], object],
    limits: Limits = Limits(),
) -> StagedUsers | Problems:
    """Read the file once, check every row, and write the rows as Cognito takes them.

    Args:
        chunks: the file's bytes, in pieces of any size.
        columns: the user pool's columns as GetCSVHeader gives them; None where the pool is not
            known yet, and then any column is taken.
        write: takes the rows, without a header, in order.
        limits: see there.

    Returns:
        What was written, or all problems of the file, in which case what was written is worthless.
    """
    problems = Problems()
    lines = _lines(chunks, longest=_BYTES_OF_CHARACTER * limits.row_characters + 1)
    first = next(lines, (1, b""))[1].removeprefix(_BOM)
    header = _header(first, columns, problems, limits.row_characters)
    if not header:
        return problems
    added = tuple(column for column in columns or () if column not in header)
    head = join_row([*header, *added]) + "\n"
    rows = _Rows(header, problems, limits.row_characters)
    jobs = _Jobs(len(head.encode()), limits)
    ending = b"," * len(added) + b"\n"
    for line, raw in lines:
        if not raw or raw.isspace():
            continue
        rows.check(line, raw)
        if not problems:
            row = raw + ending
            jobs.add(line, len(row))
            write(row)
    if not problems and not jobs.users:
        problems.add(1, "the file has a header but no users")
    if jobs.gaps > limits.line_gaps:
        problems.add(1, f"there are more than {limits.line_gaps:,} blank lines between users")
    return problems or StagedUsers(head, jobs.finish(), added)


def _lines(chunks: Iterable[bytes], longest: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of every line; LF and CRLF end one.

    Of a line that spans pieces no more than ``longest`` bytes of the earlier ones are kept: it is
    too long either way, and a file without line ends must not fill the memory.
    """
    number, rest = 0, b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            number += 1
            yield number, line.removesuffix(b"\r")
        rest = rest[:longest]
    if rest:
        yield number + 1, rest.removesuffix(b"\r")


def _header(
    raw: bytes, columns: Sequence[str] | None, problems: Problems, row_characters: int
) -> list[str]:
    """Read the header; without one that can be used, what follows makes no sense."""
    row = _decoded(1, raw, problems, row_characters)
    if row is None:
        return []
    names = split_row(row)
    if USERNAME not in names:
        # This may be a user's row; nothing of it is told.
        problems.add(
            1, f"this is no header, for it has no column {USERNAME}, which every user needs"
        )
        return []
    for number, name in enumerate(names, start=1):
        column = name or f"number {number}"
        if name in names[: number - 1]:
            problems.add(1, "this column is there twice", column)
        elif not name or name.endswith("\\"):
            problems.add(1, "this is no name of a column", f"number {number}")
        elif columns is not None and name not in columns:
            near = difflib.get_close_matches(name, columns, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            problems.add(1, f"the user pool has no such column{hint}", column)
    return [] if problems else names


def _decoded(line: int, raw: bytes, problems: Problems, row_characters: int) -> str | None:
    """Return the text of a line that is not too long."""
    row = None
    if len(raw) <= _BYTES_OF_CHARACTER * row_characters:
        try:
            row = raw.decode()
        except UnicodeDecodeError:
            problems.add(line, "this is not UTF-8; save the file as UTF-8")
            return None
    if row is None or len(row) > row_characters:
        problems.add(line, f"longer than the {row_characters:,} characters that Cognito takes")
        return None
    return row


class _Rows:
    """Checks rows against the rules that need neither Cognito nor other rows."""

    def __init__(self, header: list[str], problems: Problems, row_characters: int) -> None:
        self._header = header
        self._username = header.index(USERNAME)
        self._problems = problems
        self._row_characters = row_characters

    def check(self, line: int, raw: bytes) -> None:
        row = _decoded(line, raw, self._problems, self._row_characters)
        if row is None:
            return
        values = split_row(row)
        if '"' in row:
            self._refuse_quotes(line, values)
        if "\r" in row:
            self._problems.add(line, "a carriage return inside the row")
        elif len(values) != len(self._header):
            self._problems.add(
                line,
                f"{len(values)} values where the header has {len(self._header)} columns; a comma "
                r"inside a value is written \,",
            )
        elif row.endswith("\\"):
            self._problems.add(line, f"the last value {ENDS_WITH_BACKSLASH}")
        elif not values[self._username]:
            self._problems.add(line, "every user needs a username", USERNAME)
        elif any(map(str.isspace, values[self._username])):
            self._problems.add(line, "a username has no spaces or tabs", USERNAME)

    def _refuse_quotes(self, line: int, values: list[str]) -> None:
        for column, value in zip(self._header, values, strict=False):
            if value.startswith('"'):
                self._problems.add(
                    line,
                    r"values are not quoted in Cognito's CSV; write a comma inside a value as \,",
                    column,
                )
                return


class _Jobs:
    """Cuts rows into jobs that Cognito takes, and remembers where each row came from."""

    def __init__(self, header_bytes: int, limits: Limits) -> None:
        self._limits = limits
        self._room = limits.job_bytes - header_bytes
        self._done: list[JobRows] = []
        self._offset = self._length = self._users = 0
        self._lines: list[tuple[int, int]] = []
        self._next_line = 0
        self.users = 0
        self.gaps = 0

    def add(self, line: int, length: int) -> None:
        if self._users == self._limits.job_users or self._length + length > self._room:
            self._close()
        if self._users == 0:
            self._lines = [(0, line)]
        elif line != self._next_line:
            self.gaps += 1
            if self.gaps <= self._limits.line_gaps:
                self._lines.append((self._users, line))
        self._next_line = line + 1
        self._users += 1
        self._length += length
        self.users += 1

    def _close(self) -> None:
        if self._users:
            self._done.append(JobRows(self._offset, self._length, self._users, tuple(self._lines)))
        self._offset += self._length
        self._length = self._users = 0

    def finish(self) -> tuple[JobRows, ...]:
        self._close()
        return tuple(self._done)
