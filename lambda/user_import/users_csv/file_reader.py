"""Reads one file of users as the lines of a CSV: decompressed, decoded, and of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from . import messages
from .compression import Uncompressed
from .decoding import EncodingError, LineReader, Transcoder
from .diagnostics import WHOLE_FILE, Location
from .exports import ExportError, ExportNotes
from .rules import Normalization, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .read_options import ReadOptions


class FileProblem(NamedTuple):
    """A problem with a file, which only its reader sees.

    Attributes:
        rule: The rule that the file breaks.
        place: The line in the file, counted from its beginning.
        text: What is wrong.
    """

    rule: Rule
    place: Location
    text: str


class Reader(Protocol):
    """Reads the lines of a CSV once, in batches: of one file, or of several as one."""

    notes: ExportNotes

    @property
    def lines(self) -> int:
        """Return the number of lines read so far."""

    @property
    def unended_line(self) -> int:
        """Return the number of the last line read if it has no line end, else 0."""

    @property
    def normalized(self) -> Iterable[tuple[Normalization, Location]]:
        """Return the normalizations, each with its first place."""

    @property
    def problems(self) -> Sequence[FileProblem]:
        """Return the problems of whole files."""

    def batches(self) -> Iterator[bytes]:
        """Yield the lines, in batches."""

    def problem_of(self, error: EncodingError | ExportError) -> FileProblem:
        """Return the problem of an error that `batches` has raised."""


class FileReader:
    """Reads the lines of a file once, in batches.

    Attributes:
        notes: What the reader of an export notes.
    """

    def __init__(self, chunks: Iterable[bytes], options: ReadOptions, longest: int) -> None:
        """Read from chunks of any size.

        Args:
            chunks: The file's bytes.
            options: How the file is read.
            longest: Bytes of the longest line, as for `LineReader`.
        """
        self.notes = ExportNotes(unit=options.unit)
        self._bytes = Uncompressed(chunks)
        self._transcoder: Transcoder | None = None
        if options.encoding is not None:
            self._transcoder = Transcoder(self._bytes, options.encoding)
        converted = options.to_csv(self._transcoder or self._bytes, self.notes)
        self._lines = LineReader(converted, longest)

    @property
    def lines(self) -> int:
        """Return the number of lines read so far."""
        return self._lines.lines

    @property
    def unended_line(self) -> int:
        """Return the number of the last line if it has no end and has been read, else 0."""
        return self._lines.unended_line

    def batches(self) -> Iterator[bytes]:
        """Yield the lines, in batches.

        Raises:
            EncodingError: The file is damaged, or not in its encoding.
            ExportError: The file is not such an export.
        """
        return self._lines.batches()

    @property
    def normalized(self) -> Iterable[tuple[Normalization, Location]]:
        """Return the normalizations of the whole file, each with the line of the first one."""
        noted = self.notes.normalized | self._lines.normalized
        return [(kind, Location(line)) for kind, line in noted.items()]

    @property
    def problems(self) -> Sequence[FileProblem]:
        """Return the problems of the whole file; complete when the file has been read."""
        problems = [FileProblem(rule, WHOLE_FILE, text) for rule, text in self.notes.findings]
        if self._transcoder is not None and self._transcoder.is_probably_utf_8:
            text = messages.PROBABLY_UTF_8
            problems.append(FileProblem(Rule.OTHER_ENCODING, WHOLE_FILE, text))
        return problems

    def problem_of(self, error: EncodingError | ExportError) -> FileProblem:
        """Return the problem of an error that `batches` has raised."""
        if isinstance(error, ExportError):
            rule = Rule.GZIP if self._bytes.broken else error.rule
            return FileProblem(rule, WHOLE_FILE, str(error))
        rule = Rule.GZIP if self._bytes.broken else Rule.ENCODING
        return FileProblem(rule, Location(self._lines.lines + 1), str(error))
