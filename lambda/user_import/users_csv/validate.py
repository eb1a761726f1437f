"""Read a CSV of users once, check it, and write it as import jobs take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .batch import BlockCheck
from .column_mapping import lay_out
from .columns import fix_ending
from .context import Inspection
from .decoding import EncodingError, Text
from .dialect import SEPARATORS, DialectError, join_row, read_row
from .exports import ExportError
from .file_type import other_format
from .findings import Findings
from .job_splitter import JobRows, Jobs, Limits
from .mendings import Mendings
from .read_options import Reading
from .rules import Mending, Rule

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .findings import Finding
    from .pool import Pool

_PLAIN = Reading()
_LIMITS = Limits()
_LONGEST_HEADER = 65_536
_CHUNK = 1 << 18


class StagedUsers(NamedTuple):
    """A checked CSV: the header that every job's file begins with, and the jobs.

    Attributes:
        header: one line with its end.
        columns_added: columns of the pool that the file lacked; they are blank, or have a default.
    """

    header: str
    jobs: tuple[JobRows, ...]
    columns_added: tuple[str, ...]

    @property
    def users(self) -> int:
        """How many rows there are in all jobs."""
        return sum(job.users for job in self.jobs)


class Report(NamedTuple):
    """What the check of a file found.

    Attributes:
        findings: what is wrong.
        staged: what was written; None where something is wrong, and then it is worthless.
        mended: how often what was mended.
        users: how many rows with users there are, right or wrong.
        unchecked: rules that wait for the deployment, because not all of the pool is known.
    """

    findings: Findings
    staged: StagedUsers | None
    mended: Counter[Mending]
    users: int
    unchecked: tuple[str, ...]


def check_users(
    chunks: Iterable[bytes],
    pool: Pool,
    write: Callable[[bytes], object],
    *,
    reading: Reading = _PLAIN,
    limits: Limits = _LIMITS,
    sink: Callable[[Finding], object] | None = None,
) -> Report:
    """Read the file once, check every row, and write the rows as Cognito takes them.

    Args:
        chunks: the file's bytes, in pieces of any size.
        pool: what is known of the user pool.
        write: takes the rows, without a header, in order.
        reading: how the file is to be read.
        limits: see there.
        sink: takes every finding; the report keeps the first ones only.

    Returns:
        All that was found. No file of any content makes this raise.
    """
    findings = Findings(unit=reading.counted, sink=sink)
    mendings = Mendings(findings, strict=reading.strict)
    inspection = Inspection(pool, reading, limits, findings, mendings)
    return _Check(inspection, write).run(chunks)


def check_file(
    path: Path,
    pool: Pool,
    *,
    reading: Reading = _PLAIN,
    sink: Callable[[Finding], object] | None = None,
) -> Report:
    """Check a file on this machine, and write nothing; otherwise like ``check_users``.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        return check_users(chunks, pool, _nowhere, reading=reading, sink=sink)


def _nowhere(_rows: bytes) -> None:
    """Take rows that nobody wants."""


class _Check:
    def __init__(self, inspection: Inspection, write: Callable[[bytes], object]) -> None:
        self._inspection = inspection
        self._write = write
        self._findings = inspection.findings
        self._mendings = inspection.mendings
        self._limits = inspection.limits
        self._users = 0
        self._has_header = False

    def run(self, chunks: Iterable[bytes]) -> Report:
        staged = None
        export = self._inspection.reading.preset
        if export is not None:
            chunks = export.to_csv(chunks)
        text = Text(chunks, max(_LONGEST_HEADER, self._limits.row_bytes) + 1)
        try:
            staged = self._read(text)
        except EncodingError as error:
            self._findings.add(Rule.ENCODING, text.lines + 1, None, str(error))
        except ExportError as error:
            self._findings.add(Rule.EXPORT, 0, None, str(error))
        for kind, line in text.mended.items():
            # Where the header cannot be read, nobody looks at what comes after it.
            if self._has_header or line == 1:
                self._mendings.add(kind, line)
        self._findings.settle()
        return Report(
            self._findings,
            None if self._findings.errors else staged,
            self._mendings.counts,
            self._users,
            _unchecked(self._inspection.pool),
        )

    def _read(self, text: Text) -> StagedUsers | None:
        blocks = text.blocks()
        first = next(blocks, b"")
        if not first:
            self._findings.add(Rule.NO_USERS, 1, None, "the file is empty")
            return None
        head, _, rest = first.partition(b"\n")
        read = self._header(head)
        if read is None:
            return None
        names, separator = read
        layout = lay_out(names, self._inspection)
        if layout is None:
            return None
        self._has_header = True
        layout = fix_ending(layout, self._inspection)
        header = join_row(layout.header) + "\n"
        jobs = Jobs(len(header.encode()), self._limits)
        rows = BlockCheck(layout, separator, self._inspection, jobs, self._write)
        counted = 1
        for block in _then(rest, blocks):
            rows.check(block, text.lines - counted)
            counted = text.lines
        rows.finish()
        self._users = rows.users
        cut = jobs.finish()
        self._check_sizes(jobs, len(cut))
        constants = self._inspection.reading.constants
        added = tuple(column for column, _ in layout.ending if column not in constants)
        return StagedUsers(header, cut, added)

    def _header(self, head: bytes) -> tuple[list[str], str] | None:
        """Read the header; without one that can be read, what follows makes no sense."""
        if other := other_format(head):
            self._findings.add(Rule.ENCODING, 1, None, other)
            return None
        if not head.strip():
            text = "the first line is blank, and must be the header; take blank lines out above it"
            self._findings.add(Rule.NO_HEADER, 1, None, text)
            return None
        if len(head) > _LONGEST_HEADER:
            text = f"longer than {_LONGEST_HEADER:,} bytes; this is no header"
            self._findings.add(Rule.ROW_TOO_LONG, 1, None, text)
            return None
        try:
            line = head.decode()
        except UnicodeDecodeError:
            self._findings.add(Rule.ENCODING, 1, None, "this is not UTF-8; save the file as UTF-8")
            return None
        ways: dict[str, tuple[list[str], int]] = {}
        for each in SEPARATORS:
            try:
                ways[each] = read_row(line, each)
            except DialectError as error:
                problem = str(error)
        if not ways:
            self._findings.add(Rule.QUOTES, 1, None, problem)
            return None
        separator = max(ways, key=lambda each: len(ways[each][0]))
        names, in_quotes = ways[separator]
        if in_quotes:
            self._mendings.add(Mending.QUOTES, 1, None, in_quotes)
        if separator != ",":
            self._mendings.add(Mending.SEPARATOR, 1)
        plain = not in_quotes and "\\" not in line
        return line.split(separator) if plain else names, separator

    def _check_sizes(self, jobs: Jobs, count: int) -> None:
        limits = self._limits
        if not self._users:
            self._findings.add(Rule.NO_USERS, 1, None, "the file has a header but no users")
        if self._findings.errors:
            return
        if jobs.gaps > limits.line_gaps:
            self._findings.add(
                Rule.BLANK_LINES,
                1,
                None,
                f"there are more than {limits.line_gaps:,} blank lines between users; remove them",
            )
        if count > limits.jobs:
            self._findings.add(
                Rule.TOO_MANY_USERS,
                1,
                None,
                f"these are {jobs.users:,} users in {count} import jobs, and one "
                f"import has {limits.jobs} jobs at most; split the file",
            )


def _then(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from blocks


def _unchecked(pool: Pool) -> tuple[str, ...]:
    """Say what could not be checked because it is not known."""
    unknown = {
        "custom and required attributes": pool.attributes,
        "which attributes must be verified": pool.auto_verified,
        "aliases and sign-in names": pool.aliases,
        "multi-factor authentication": pool.mfa,
    }
    return tuple(what for what, known in unknown.items() if known is None)
