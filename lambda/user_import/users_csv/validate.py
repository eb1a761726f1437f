"""Reads a CSV of users once, validates it, and writes it as import jobs accept it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import header_messages, messages
from .batch import BatchValidator
from .column_mapping import map_columns
from .context import ValidationContext
from .decoding import EncodingError, LineReader, raising
from .diagnostics import HEADER, Findings, Location, Normalizations
from .dialect import SEPARATORS, DialectError, join_row, named_separator, read_row
from .exports import ExportError
from .file_reader import FileReader
from .file_type import other_file_type
from .limits import LIMITS, Limits
from .pool import PASSWORD_HASH, USERNAME
from .read_options import ReadOptions
from .row_validator import RowValidator
from .rules import Normalization, Rule
from .staged_rows import HashedRows, StagedRows
from .validation_report import NO_HASHES, StagedUsers, ValidationReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from .column_mapping import ColumnMapping
    from .diagnostics import Finding, Unit
    from .file_places import SourceFile
    from .file_reader import Reader
    from .hash_column import HashColumn
    from .pool import HashingAlgorithm, Pool
    from .staged_rows import WriteHashed

_PLAIN = ReadOptions()
_LONGEST_HEADER = 65_536
_CHUNK = 1 << 18


def validate_users(
    chunks: Iterable[bytes],
    pool: Pool,
    write: Callable[[bytes], object],
    *,
    options: ReadOptions = _PLAIN,
    limits: Limits = LIMITS,
    sink: Callable[[Finding], object] | None = None,
    write_hashed: WriteHashed | None = None,
) -> ValidationReport:
    """Validate a CSV, and write it as import jobs accept it.

    At most one batch of lines is in memory, and 8 bytes per row and unique column to detect
    duplicates.

    Args:
        chunks: The file's bytes, in pieces of any size.
        pool: The known settings of the user pool.
        write: Receives the rows of jobs without hashes, without a header, in order.
        options: How the file is read.
        limits: Limits of rows, jobs and the import.
        sink: Receives every finding; the report keeps the first ones of each rule.
        write_hashed: Receives the rows of each algorithm of password hashes, likewise. Needed
            where `options.password_hashes` is given.

    Returns:
        The report. No file of any content makes this raise.

    Raises:
        ValueError: `options` has `password_hashes`, and there is no `write_hashed`.
    """
    context = _context(pool, options, limits, sink)
    reader = FileReader(chunks, options, _longest_line(limits))
    return _FileValidation(context, write, _checked(options, write_hashed)).run(reader)


def validate_files(
    files: Iterable[SourceFile],
    pool: Pool,
    write: Callable[[bytes], object],
    *,
    options: ReadOptions = _PLAIN,
    limits: Limits = LIMITS,
    sink: Callable[[Finding], object] | None = None,
    write_hashed: WriteHashed | None = None,
) -> ValidationReport:
    """Validate several files with one header as one CSV; otherwise like `validate_users`.

    Args:
        files: The files, each read once and after the one before it.
        pool: As for `validate_users`.
        write: As for `validate_users`.
        options: How each file is read.
        limits: As for `validate_users`.
        sink: As for `validate_users`.
        write_hashed: As for `validate_users`.

    Returns:
        The report; `places` maps the lines of its jobs to those of the files.

    Raises:
        ValueError: As for `validate_users`.
    """
    from .files_reader import FilesReader  # noqa: PLC0415  most imports have one file

    context = _context(pool, options, limits, sink)
    reader = FilesReader(files, options, _longest_line(limits))
    context.findings.places = reader.places
    return _FileValidation(context, write, _checked(options, write_hashed)).run(reader)


def _longest_line(limits: Limits) -> int:
    return max(_LONGEST_HEADER, limits.row_bytes)


def _checked(options: ReadOptions, write_hashed: WriteHashed | None) -> WriteHashed:
    if options.password_hashes is not None and write_hashed is None:
        raise ValueError("password_hashes needs write_hashed")
    return write_hashed or _discard_hashed


def check_users(
    chunks: Iterable[bytes],
    pool: Pool,
    *,
    options: ReadOptions = _PLAIN,
    sink: Callable[[Finding], object] | None = None,
) -> ValidationReport:
    """Validate a CSV, and write nothing; otherwise like `validate_users`."""
    return validate_users(
        chunks, pool, _discard, options=options, sink=sink, write_hashed=_discard_hashed
    )


def validate_file(
    path: Path,
    pool: Pool,
    *,
    options: ReadOptions = _PLAIN,
    sink: Callable[[Finding], object] | None = None,
) -> ValidationReport:
    """Validate a file on this machine, and write nothing; otherwise like `validate_users`.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        return check_users(chunks, pool, options=options, sink=sink)


def header_findings(chunks: Iterable[bytes], pool: Pool, options: ReadOptions) -> list[Finding]:
    """Return why no row of a CSV can be read; empty where its header can be.

    Args:
        chunks: The file, or a CSV that was made of an export; read up to the header.
        pool: The known settings of the user pool.
        options: How the file is read.
    """
    context = _context(pool, options, LIMITS, None)
    return _FileValidation(context, _discard, _discard_hashed).read_header(chunks)


def _discard(_rows: bytes) -> None:
    """Discard rows."""


def _discard_hashed(_algorithm: HashingAlgorithm, _rows: bytes) -> None:
    """Discard rows with hashes."""


def _context(
    pool: Pool,
    options: ReadOptions,
    limits: Limits,
    sink: Callable[[Finding], object] | None,
) -> ValidationContext:
    findings = Findings(sink)
    normalizations = Normalizations(findings, strict=options.strict)
    return ValidationContext(pool, options, limits, findings, normalizations)


class _FileValidation:
    def __init__(
        self,
        context: ValidationContext,
        write: Callable[[bytes], object],
        write_hashed: WriteHashed,
    ) -> None:
        self._context = context
        self._write = write
        self._write_hashed = write_hashed
        self._hashes: HashColumn | None = None
        self._findings = context.findings
        self._normalizations = context.normalizations
        self._limits = context.limits
        self._reader: Reader | None = None
        self._users = 0
        self._left_out: tuple[str, ...] = ()
        self._readable_lines: float = 1

    def run(self, reader: Reader) -> ValidationReport:
        self._reader = reader
        staged = self._read(reader)
        for rule, place, text in reader.problems:
            self._findings.add(rule, self._counted(place), text)
        for user_kind, users in reader.notes.left_out.items():
            self._normalizations.counts[user_kind.normalization] += users
        for kind, place in reader.normalized:
            if (place.line or 0) <= self._readable_lines:
                self._normalizations.add(kind, self._counted(place))
        self._findings.settle()
        return ValidationReport(
            self._findings,
            None if self._findings.errors else staged,
            self._normalizations.counts,
            self._users,
            self._left_out,
            _unchecked(self._context.pool, with_hashes=self._hashes is not None),
            NO_HASHES if self._hashes is None else self._hashes.shapes,
            self._findings.places,
        )

    def _counted(self, place: Location) -> Location:
        """Return a place of the file, its line counted as all findings are."""
        if place.line is None or place.file is not None:
            return place
        return self._location(place.line)

    def _location(self, line: int) -> Location:
        """Return the location of a line of the file, counted as all findings are."""
        return Location(line - self._findings.lines_above)

    def read_header(self, chunks: Iterable[bytes]) -> list[Finding]:
        """Return why no row can be read."""
        reader = LineReader(chunks, _LONGEST_HEADER)
        try:
            if self._columns(reader, reader.batches()) is not None:
                return []
        except EncodingError as error:
            self._findings.add(Rule.ENCODING, HEADER, str(error))
        self._findings.settle()
        return self._findings.first

    def _columns(
        self, reader: LineReader | Reader, batches: Iterator[bytes]
    ) -> tuple[ColumnMapping, str, Iterator[bytes]] | None:
        """Return the columns, the separator, and the batches of lines after the header.

        They are None where no row can be read.
        """
        try:
            head, rest = _first_line(batches)
        finally:
            # The reader of an export knows by now what it counts.
            self._findings.unit = self._unit
        separator = named_separator(head.decode(errors="replace"))
        if separator is not None:
            self._findings.lines_above = 1
            self._normalizations.add(Normalization.SEPARATOR_LINE, self._location(1))
            head, rest = _first_line(_then(rest, batches))
        if not head and not rest and reader.lines <= self._findings.lines_above:
            self._report_no_users(messages.EMPTY_FILE)
            return None
        if separator is not None and separator not in SEPARATORS:
            self._findings.add(Rule.NO_HEADER, self._location(1), header_messages.UNKNOWN_SEPARATOR)
            return None
        columns = self._header(head, separator)
        if columns is None:
            return None
        names, separator = columns
        below, lines = self._lines_above_header(names, _then(rest, batches))
        if below is not None:
            text = header_messages.header_below(1 + self._findings.lines_above + below, below)
            self._findings.add(Rule.NO_HEADER, HEADER, text)
            return None
        mapping = map_columns(names, self._context)
        return None if mapping is None else (mapping, separator, lines)

    @property
    def _unit(self) -> Unit:
        """Return the unit of locations; known when the header has been read."""
        return self._context.options.unit if self._reader is None else self._reader.notes.unit

    def _read(self, reader: Reader) -> StagedUsers | None:
        try:
            return self._read_lines(reader)
        except (EncodingError, ExportError) as error:
            rule, place, text = reader.problem_of(error)
            self._findings.add(rule, self._counted(place), text)
        return None

    def _read_lines(self, reader: Reader) -> StagedUsers | None:
        batches = reader.batches()
        columns = self._columns(reader, batches)
        if columns is None:
            return None
        mapping, separator, lines = columns
        # Where the header cannot be read, the lines after it are not looked at.
        self._readable_lines = math.inf
        self._left_out = mapping.left_out
        header = join_row(mapping.header) + "\n"
        self._hashes = self._hash_column(mapping)
        staged = self._staged_rows(len(header.encode()))
        rows = BatchValidator(
            mapping,
            separator,
            self._context,
            row_validator=RowValidator(mapping, self._context, self._hashes),
            staged=staged,
            hashes=self._hashes,
        )
        counted = 1 + self._findings.lines_above
        for batch in lines:
            self._findings.unended_line = reader.unended_line
            rows.validate(batch, reader.lines - counted)
            counted = reader.lines
        rows.finish()
        self._users = rows.users
        jobs = staged.finish()
        self._validate_sizes(staged, len(jobs))
        return StagedUsers(header, jobs, self._findings.unit, staged.line_map)

    def _hash_column(self, mapping: ColumnMapping) -> HashColumn | None:
        """Return the column of hashes that the import converts; None for an import of none."""
        if self._context.options.password_hashes is None or PASSWORD_HASH not in mapping.columns:
            return None
        from .hash_column import hash_column  # noqa: PLC0415  few files have one

        return hash_column(mapping.name_of(PASSWORD_HASH), self._context)

    def _staged_rows(self, header_bytes: int) -> StagedRows | HashedRows:
        if self._hashes is None:
            return StagedRows(header_bytes, self._limits, self._write)
        return HashedRows(header_bytes, self._limits, self._write, self._write_hashed)

    def _header(self, head: bytes, named: str | None) -> tuple[list[str], str] | None:
        """Return the columns and the separator; None where they cannot be read.

        Args:
            head: The line.
            named: The separator that the line above it names; None where the header shows it.
        """
        if problem := other_file_type(head):
            self._findings.add(Rule.ENCODING, HEADER, problem)
            return None
        if not head.strip():
            self._findings.add(Rule.NO_HEADER, HEADER, header_messages.BLANK_HEADER)
            return None
        if len(head) > _LONGEST_HEADER:
            text = header_messages.header_too_long(_LONGEST_HEADER)
            self._findings.add(Rule.ROW_TOO_LONG, HEADER, text)
            return None
        try:
            line = head.decode()
        except UnicodeDecodeError:
            self._findings.add(Rule.ENCODING, HEADER, messages.NOT_UTF_8)
            return None
        readings: dict[str, tuple[list[str], int]] = {}
        for each in SEPARATORS if named is None else (named,):
            try:
                readings[each] = read_row(line, each)
            except DialectError as error:
                problem = str(error)
        if not readings:
            self._findings.add(Rule.QUOTES, HEADER, problem)
            return None
        separator = max(readings, key=lambda each: len(readings[each][0]))
        names, in_quotes = readings[separator]
        if in_quotes and self._context.options.export is None:
            self._normalizations.add(Normalization.QUOTES, HEADER, in_quotes)
        if separator != ",":
            self._normalizations.add(Normalization.SEPARATOR, HEADER)
        is_plain = not in_quotes and "\\" not in line
        return line.split(separator) if is_plain else names, separator

    def _lines_above_header(
        self, names: Sequence[str], batches: Iterator[bytes]
    ) -> tuple[int | None, Iterator[bytes]]:
        """Return how many lines are above a header that is not the first line; None for none.

        The second value has all lines again.
        """
        if USERNAME in names:
            return None, batches
        from .header_below import MOST_LINES, header_below  # noqa: PLC0415  most files start sooner

        # As many lines for chunks of any size.
        first, batches = _lines_of(batches, MOST_LINES)
        return header_below(names, first, self._context), _then(first, batches)

    def _report_no_users(self, text: str) -> None:
        # The reader of an export may have refused all of them.
        problems = () if self._reader is None else self._reader.problems
        if all(problem.rule.is_warning for problem in problems):
            self._findings.add(Rule.NO_USERS, HEADER, text)

    def _validate_sizes(self, staged: StagedRows | HashedRows, count: int) -> None:
        limits = self._limits
        if not self._users:
            self._report_no_users(messages.NO_ROWS)
        if self._findings.errors:
            return
        if staged.has_too_many_gaps:
            text = messages.too_many_line_gaps(limits.line_gaps)
            self._findings.add(Rule.BLANK_LINES, HEADER, text)
        if count > limits.jobs:
            text = messages.too_many_jobs(staged.users, count, limits.jobs)
            self._findings.add(Rule.TOO_MANY_USERS, HEADER, text)


def _first_line(batches: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Return the next line, and what is left of its batch."""
    head, _, rest = next(batches, b"").partition(b"\n")
    return head, rest


def _lines_of(batches: Iterator[bytes], count: int) -> tuple[bytes, Iterator[bytes]]:
    """Return so many lines or more in one batch, and the other batches.

    An error of the file is raised where the other batches are read.
    """
    first = b""
    try:
        while first.count(b"\n") < count and (batch := next(batches, b"")):
            first += batch
    except (EncodingError, ExportError) as error:
        return first, raising(error)
    return first, batches


def _then(first: bytes, batches: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from batches


def _unchecked(pool: Pool, *, with_hashes: bool) -> tuple[str, ...]:
    """Return the checks that need settings which are not known."""
    settings = {
        "custom and required attributes": pool.attributes,
        "which attributes must be verified": pool.auto_verified,
        "aliases and sign-in names": pool.aliases,
        "multi-factor authentication": pool.mfa,
    }
    if with_hashes:
        settings["whether the user pool takes password hashes"] = pool.columns
    return tuple(check for check, setting in settings.items() if setting is None)
