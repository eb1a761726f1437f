"""Passes a provider's CSV through, without secrets and the users who are not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..decoding import EncodingError, LineReader
from ..dialect import SEPARATORS, DialectError, named_separator, read_row
from ..invisible import visible
from ..rules import Rule
from ..secret_fields import is_secret
from . import messages, text_reader
from .export import LEFT_OUT, ExportError

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from .export import ExportReading
    from .user_tally import Reason, UserTally


class Flag(NamedTuple):
    """A column that says something about a user.

    Attributes:
        column: Its name, in small letters.
        value: The value of such a user. The pattern is searched in many lines, too.
        reason: What that means.
    """

    column: str
    value: re.Pattern[bytes]
    reason: Reason


def without_users(
    chunks: Iterable[bytes], flags: Sequence[Flag], tally: UserTally, reading: ExportReading
) -> Iterator[bytes]:
    """Pass a CSV through, with a mark in place of each user who is not imported.

    Args:
        chunks: The CSV.
        flags: The columns to look at; a CSV without any of them, and without a column of secrets,
            is passed through as it is.
        tally: Counts the users.
        reading: Receives the normalizations of the file's text, and says which hashes to keep.

    Raises:
        ExportError: A line is too long to be searched, the encoding is broken, or a line of a CSV
            with secrets cannot be read.
    """
    chunks = iter(chunks)
    passing: list[bytes] = []
    search: _Search | None = None
    above = b""
    # The same reader as in the validation, so that both see the same lines.
    reader = LineReader(_noted(chunks, passing), text_reader.LONGEST)
    try:
        for batch in reader.batches():
            if search is None:
                header, _, rest = (above + batch).partition(b"\n")
                separator = named_separator(header.decode(errors="replace"))
                if separator is not None:
                    header, end, _ = rest.partition(b"\n")
                    if not end:
                        above = batch
                        continue
                search = _Search(header, separator, flags, tally, reading.hashes)
                if not search.has_columns:
                    break
            yield search.without_users(above + batch)
            above = b""
            passing.clear()
        else:
            reading.notes.normalized.update(reader.normalized)
            tally.report()
            return
    except EncodingError as error:
        if search is not None:
            place = f"line {reader.lines + 1}"
            raise ExportError(messages.at(place, str(error)), Rule.ENCODING) from error
    # The validation reads all of it, or finds the same problem.
    yield from passing
    yield from chunks


def _noted(chunks: Iterator[bytes], passing: list[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        # The chunks that wait are of a line without its end; a chunk of lines may be longer.
        if sum(map(len, passing)) > text_reader.LONGEST:
            raise ExportError(messages.line_too_long(text_reader.LONGEST))
        passing.append(chunk)
        yield chunk


class _Search:
    def __init__(
        self,
        header: bytes,
        separator: str | None,
        flags: Sequence[Flag],
        tally: UserTally,
        hashes: Collection[str],
    ) -> None:
        separators = (separator,) if separator in SEPARATORS else SEPARATORS
        readings = {each: _read(header, each) for each in separators}
        self._separator = max(readings, key=lambda each: len(readings[each]))
        names = [visible(name).strip().casefold() for name in readings[self._separator]]
        self._flags = [(names.index(flag.column), flag) for flag in flags if flag.column in names]
        kept = {name.casefold() for name in hashes}
        self._secrets = [
            at for at, name in enumerate(names) if is_secret(name) and name not in kept
        ]
        self._tally = tally
        self._line = 0
        self._header = 1 if separator is None else 2

    @property
    def has_columns(self) -> bool:
        """Return whether the file has any of the columns."""
        return bool(self._flags or self._secrets)

    def without_users(self, batch: bytes) -> bytes:
        """Return whole lines without secrets, and with a mark in place of users not imported."""
        flags = [(at, flag) for at, flag in self._flags if flag.value.search(batch)]
        if flags or self._secrets:
            lines = batch.split(b"\n")
            for number, line in enumerate(lines[:-1]):
                values = self._values(line)
                reasons = [
                    flag.reason
                    for at, flag in flags
                    if at < len(values) and flag.value.fullmatch(values[at].strip())
                ]
                if self._tally.excludes(reasons, self._line + number + 1):
                    lines[number] = LEFT_OUT.encode()
                elif self._secrets:
                    lines[number] = self._without_secrets(line, self._line + number + 1)
            batch = b"\n".join(lines)
        self._line += batch.count(b"\n")
        return batch

    def _without_secrets(self, line: bytes, number: int) -> bytes:
        """Return a line with blanks in place of secrets; the columns stay, for the messages."""
        if number <= self._header:
            return line
        separator = self._separator.encode()
        values = line.split(separator)
        if b'"' in line or b"\\" in line:
            try:
                # Bytes that are not UTF-8 stay as they are; the validation refuses them.
                texts = read_row(line.decode(errors="surrogateescape"), self._separator)[0]
            except DialectError as error:
                raise ExportError(messages.at(f"line {number}", str(error)), error.rule) from error
            quoted = ('"' + text.replace('"', '""') + '"' for text in texts)
            values = [text.encode(errors="surrogateescape") for text in quoted]
        return separator.join(
            b"" if at in self._secrets else value for at, value in enumerate(values)
        )

    def _values(self, line: bytes) -> list[bytes]:
        if b'"' in line or b"\\" in line:
            return [value.encode() for value in _read(line, self._separator)]
        return line.split(self._separator.encode())


def _read(line: bytes, separator: str) -> list[str]:
    try:
        return read_row(line.decode(errors="replace"), separator)[0]
    except DialectError:
        return []  # the validation refuses the row
