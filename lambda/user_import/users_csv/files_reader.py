"""Reads several files with one header as the lines of one CSV, such as the objects of a prefix."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from . import files_messages, messages
from .decoding import EncodingError
from .diagnostics import Location
from .dialect import SEPARATORS, DialectError, named_separator, read_row
from .exports import ExportError, ExportNotes
from .file_places import FilePlaces
from .file_reader import FileProblem, FileReader
from .file_type import other_file_type
from .invisible import visible
from .rules import Normalization, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .file_places import SourceFile
    from .read_options import ReadOptions


class _Header(NamedTuple):
    """The first lines of a file.

    Attributes:
        line: The header.
        above: The line that names the separator, with its end; empty for none.
        rest: What is left of the header's batch.
    """

    line: bytes
    above: bytes
    rest: bytes

    @property
    def lines(self) -> int:
        """Return the number of lines up to the first row."""
        return 2 if self.above else 1


class FilesReader:
    """Reads the lines of several files once: the header of the first one, and the rows of all.

    A file that cannot be read is reported, and the next one is read.

    Attributes:
        notes: What the readers of exports count.
        lines: Number of lines read so far, of which only the first file has a header.
        unended_line: The number of the last line read if its file ends in it without a line end,
            else 0.
        normalized: The normalizations so far, each with its first place in each file.
        problems: The problems of whole files so far.
        places: Where each file begins.
    """

    def __init__(self, files: Iterable[SourceFile], options: ReadOptions, longest: int) -> None:
        """Read from files in their order.

        Args:
            files: The files.
            options: How each of them is read.
            longest: Bytes of the longest line, as for `LineReader`.
        """
        self.notes = ExportNotes(unit=options.unit)
        self.lines = 0
        self.unended_line = 0
        self.normalized: list[tuple[Normalization, Location]] = []
        self.problems: list[FileProblem] = []
        self.places = FilePlaces()
        self._files = files
        self._options = options
        self._longest = longest
        self._first: tuple[str, _Header] | None = None
        self._without_users: list[FileProblem] = []

    def batches(self) -> Iterator[bytes]:
        """Yield the lines, in batches, none of which has lines of two files."""
        for file in self._files:
            reader = FileReader(file.chunks, self._options, self._longest)
            try:
                yield from self._lines_of(file.name, reader)
            except (EncodingError, ExportError) as error:
                self._add(file.name, reader.problem_of(error))
            for problem in reader.problems:
                self._add(file.name, problem)
            for kind, place in reader.normalized:
                self.normalized.append((kind, place._replace(file=file.name)))
            self.notes.left_out += reader.notes.left_out
        if self._first is None:
            self.problems += self._without_users

    def problem_of(self, error: EncodingError | ExportError) -> FileProblem:
        """Raise an error that `batches` cannot have raised: it reports those of files."""
        raise error

    def _add(self, name: str, problem: FileProblem) -> None:
        problem = problem._replace(place=problem.place._replace(file=name))
        # One of an export, all of whose users are left out; others may have users.
        is_without_users = problem.rule is Rule.NO_USERS and problem.place.line is None
        (self._without_users if is_without_users else self.problems).append(problem)

    def _lines_of(self, name: str, reader: FileReader) -> Iterator[bytes]:
        batches = reader.batches()
        header = _read_header(batches)
        if header is None:
            empty = FileProblem(Rule.NO_USERS, Location(1), messages.EMPTY_FILE)
            self._add(name, empty)
            return
        before = self.lines
        if self._first is None:
            self._first = name, header
            self.notes.unit = reader.notes.unit
            self.places.add(name, header.lines + 1, header.lines)
            # Whether it can be read is found out where it is mapped.
            above = header.above + header.line + b"\n"
        else:
            if problem := self._difference(header, reader):
                self._add(name, problem)
                return
            self.places.add(name, before + 1, header.lines)
            if header.above:
                place = Location(1, file=name)
                self.normalized.append((Normalization.SEPARATOR_LINE, place))
            above = b""
            before -= header.lines
        for batch in chain([above + header.rest], batches):
            self.lines = before + reader.lines
            self.unended_line = before + reader.unended_line if reader.unended_line else 0
            if batch:
                yield batch

    def _difference(self, header: _Header, reader: FileReader) -> FileProblem | None:
        """Return how the header of a file differs from that of the first one; None for equal."""
        assert self._first is not None
        name, first = self._first
        place = Location(header.lines)
        if reader.notes.unit is not self.notes.unit:
            return FileProblem(Rule.OTHER_HEADER, place, files_messages.other_format(name))
        if header == first._replace(rest=header.rest):
            return None
        if problem := other_file_type(header.line):
            return FileProblem(Rule.ENCODING, place, problem)
        names, separator = _names(header)
        first_names, first_separator = _names(first)
        if not names:
            return FileProblem(Rule.NO_HEADER, place, files_messages.no_header(name))
        if separator != first_separator:
            text = files_messages.other_separator(name, separator, first_separator)
        elif names != first_names:
            text = files_messages.other_columns(name, names, first_names)
        else:
            return None
        return FileProblem(Rule.OTHER_HEADER, place, text)


def _read_header(batches: Iterator[bytes]) -> _Header | None:
    """Read the first lines of a file; None where it has none."""
    batch = next(batches, b"")
    above = b""
    line, _, rest = batch.partition(b"\n")
    if named_separator(line.decode(errors="replace")) is not None:
        above = line + b"\n"
        batch = rest or next(batches, b"")
        line, _, rest = batch.partition(b"\n")
    return _Header(line, above, rest) if batch else None


def _names(header: _Header) -> tuple[list[str], str]:
    """Return the names in a header and their separator; no names where it cannot be read."""
    named = named_separator(header.above.decode(errors="replace"))
    readings: list[tuple[list[str], str]] = []
    for separator in SEPARATORS if named not in SEPARATORS else (named,):
        try:
            names, _ = read_row(header.line.decode(), separator)
        except (DialectError, UnicodeDecodeError):
            continue
        readings.append(([visible(each).strip() for each in names], separator))
    return max(readings, key=lambda each: len(each[0]), default=([], ","))
