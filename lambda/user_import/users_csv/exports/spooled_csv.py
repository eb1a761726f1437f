"""Writes the users of an export as a CSV, when the columns of all of them are known."""

from __future__ import annotations

import contextlib
import re
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ..diagnostics import Unit
from ..rules import Rule
from ..secret_fields import is_secret
from . import messages
from .csv_text import PIECE, csv_line
from .export import LEFT_OUT, ExportError
from .fields import mapped_texts
from .recognition import with_hint
from .user_tally import UserTally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .export import ExportReading
    from .text_reader import TextReader
    from .user_tally import Reason

_LEFT_OUT = LEFT_OUT.encode()
_VALUE = re.compile(r'(?:^|(?<=,))(?:"(?:[^"]|"")*+"|[^,]*)')
"""A value of a line that `csv_line` wrote."""


class Broken(NamedTuple):
    """A record that cannot be read.

    Attributes:
        reason: Says why; it is the same for all such records.
    """

    reason: Reason


def users_to_csv(
    text: TextReader,
    users: Iterable[Any],
    key: str | None,
    *,
    row: Callable[[dict[str, Any], int], Mapping[str, str | None]],
    reasons: Callable[[dict[str, Any]], Iterable[Reason]],
    reading: ExportReading,
) -> Iterator[bytes]:
    """Write users as a CSV, without the fields that hold secrets.

    Args:
        text: The file.
        users: Its users, or `Broken` records.
        key: The member that every user has, and the first column; None where none has to be.
        row: Returns the columns and values of a user and its number; None as a value leaves the
            column out of the CSV, because a column for some users only would be worse than none.
        reasons: Returns the reasons not to import a user as any other.
        reading: What to know of the import.

    Raises:
        ExportError: The file does not have such users, or none.
    """
    reading.notes.unit = Unit.RECORD
    tally = UserTally(reading)
    with _Spool(key) as spool:
        for record, user in enumerate(users, 1):
            if isinstance(user, Broken):
                tally.excludes([user.reason], record)
                spool.leave_out()
                continue
            if not isinstance(user, dict) or not (key is None or isinstance(user.get(key), str)):
                problem = messages.at(f"record {record}", messages.not_a_user(f"{key}"))
                raise ExportError(with_hint(problem, user if isinstance(user, dict) else ()))
            if tally.excludes(reasons(user), record):
                spool.leave_out()
                continue
            texts = {**row(user, record), **mapped_texts(user, reading.columns, record)}
            try:
                spool.add(
                    {
                        name: text
                        for name, text in texts.items()
                        if name in reading.hashes or not is_secret(name)
                    }
                )
            except UnicodeEncodeError:
                # Not from the error: it holds values of the user.
                problem = messages.at(f"record {record}", messages.HALF_SURROGATE_PAIR)
                raise ExportError(problem) from None
        tally.report()
        reading.notes.normalized.update(text.normalized)
        if tally.has_users:
            yield from spool.csv()
        elif reading.notes.errors:
            return
        elif left_out := reading.notes.left_out.total():
            raise ExportError(messages.all_left_out(left_out), Rule.NO_USERS)
        else:
            raise ExportError(messages.NO_USERS, Rule.NO_USERS)


class _Spool:
    """Keeps users on disk, because the CSV's header has the columns of all of them.

    A line has the columns that are known when it is written; the later ones are added when it is
    read. The file has no name, and is deleted when it is closed.
    """

    def __init__(self, first: str | None) -> None:
        """Begin with the name of the first column, if one has to be the first."""
        self._columns: dict[str, None] = {} if first is None else {first: None}
        self._left_out: set[str] = set()
        self._sections: list[tuple[int, int]] = []
        self._length = 0

    def __enter__(self) -> Self:
        with _room():
            self._file = tempfile.TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing writes what a full disk did not accept before, which was an error already.
        with contextlib.suppress(OSError):
            self._file.close()

    def add(self, row: Mapping[str, str | None]) -> None:
        """Keep a user; None as a value leaves the column out of the CSV.

        Raises:
            ExportError: The temporary storage is full.
            UnicodeEncodeError: A text has half of a surrogate pair.
        """
        if new := row.keys() - self._columns.keys():
            self._sections.append((len(self._columns), self._length))
            self._columns.update((name, None) for name in row if name in new)
        if None in row.values():
            self._left_out.update(column for column, value in row.items() if value is None)
        self._write(csv_line([row.get(name) or "" for name in self._columns]).encode())

    def leave_out(self) -> None:
        """Keep a mark in place of a user."""
        self._write(_LEFT_OUT + b"\n")

    def _write(self, line: bytes) -> None:
        with _room():
            self._file.write(line)
        self._length += len(line)

    def csv(self) -> Iterator[bytes]:
        """Yield the header, and a line for every user.

        Raises:
            ExportError: The temporary storage is full.
        """
        names = [column for column in self._columns if column not in self._left_out]
        header = csv_line(names).encode()
        lines = self._lines()
        if self._left_out:
            lines = self._without_columns(lines)
        with _room():
            yield header
            yield from lines

    def _lines(self) -> Iterator[bytes]:
        """Yield whole lines with all columns."""
        self._file.seek(0)
        at = 0
        # The sections end where a column was added; after the last one, all columns are known.
        for columns, end in (*self._sections, (len(self._columns), self._length)):
            missing = b"," * (len(self._columns) - columns)
            while at < end:
                # `readlines` goes on after a line that ends exactly at the number given.
                piece = b"".join(self._file.readlines(min(PIECE, end - at - 1)))
                at += len(piece)
                if missing:
                    piece = piece.replace(b"\n", missing + b"\n")
                    piece = piece.replace(_LEFT_OUT + missing + b"\n", _LEFT_OUT + b"\n")
                yield piece

    def _without_columns(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        kept = [at for at, name in enumerate(self._columns) if name not in self._left_out]
        for piece in pieces:
            lines = piece.decode().removesuffix("\n").split("\n")
            for number, line in enumerate(lines):
                if line != LEFT_OUT:
                    values = _VALUE.findall(line)
                    lines[number] = ",".join([values[at] for at in kept]) or '""'
            yield ("\n".join(lines) + "\n").encode()


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(messages.no_room(f"{error.strerror}")) from error
