"""Users who wait on disk, because a CSV's header has the columns of all of them."""

from __future__ import annotations

import contextlib
import json
import tempfile
from typing import TYPE_CHECKING, Self

from .csv_text import csv_line
from .export import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Spool:
    """A file without a name, which is gone when it is closed."""

    def __init__(self, first: str) -> None:
        """Begin with the name of the first column."""
        self._columns: dict[str, None] = {first: None}
        self._left_out: set[str] = set()

    def __enter__(self) -> Self:
        with _room():
            self._file = tempfile.TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing writes what a full disk did not take before; that has been told.
        with contextlib.suppress(OSError):
            self._file.close()

    def add(self, row: Mapping[str, str | None]) -> None:
        """Keep a user.

        Args:
            row: the columns and values. None as a value takes the column out of the CSV: not found
                is better than there for some users only.

        Raises:
            ExportError: there is no room.
            UnicodeEncodeError: half of a surrogate pair.
        """
        self._columns.update(dict.fromkeys(row))
        self._left_out.update(column for column, value in row.items() if value is None)
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        with _room():
            self._file.write(line)

    def csv(self) -> Iterator[str]:
        """Yield the header, and a line for every user.

        Raises:
            ExportError: there is no room.
        """
        names = [column for column in self._columns if column not in self._left_out]
        yield csv_line(names)
        with _room():
            self._file.seek(0)
            for line in self._file:
                row = json.loads(line)
                yield csv_line([row.get(name) or "" for name in names])


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(
            "The users wait in a temporary file until the columns of all of them are known, and "
            f"that failed: {error.strerror}. Make room for them, or split the file."
        ) from error
