"""Several files that are read as one, and the place of each line in its own file."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class SourceFile(NamedTuple):
    """One of several files.

    Attributes:
        name: Its name in messages.
        chunks: Its bytes, in pieces of any size; read once, after those of the files before it.
    """

    name: str
    chunks: Iterable[bytes]


class FileLine(NamedTuple):
    """A line of one of the files.

    Attributes:
        file: The file's name; None where no file has begun.
        line: The line in that file, from 1.
    """

    file: str | None
    line: int


class FilePlaces:
    """The files in the order in which they are read, and where the rows of each begin.

    Attributes:
        first_lines: For each file, the number of its first row among the lines of all, where only
            the first file has a header.
        headers: For each file, the number of its lines up to the first row.
        names: The files' names.
    """

    def __init__(self) -> None:
        """Begin without a file."""
        self.first_lines: list[int] = []
        self.headers: list[int] = []
        self.names: list[str] = []

    def add(self, name: str, first_line: int, header: int) -> None:
        """Add the next file."""
        self.first_lines.append(first_line)
        self.headers.append(header)
        self.names.append(name)

    def locate(self, line: int) -> FileLine:
        """Return the file of a line among the lines of all, and the line in that file."""
        if not self.names:
            return FileLine(None, line)
        at = max(bisect_right(self.first_lines, line) - 1, 0)
        return FileLine(self.names[at], line - self.first_lines[at] + self.headers[at] + 1)
