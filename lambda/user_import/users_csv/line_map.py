"""Maps the rows of an import job to the lines of the user's own file, in few bytes.

Rows with hashes of several algorithms go to several jobs, so that a job has gaps anywhere: too many
for the workflow's state. The map of a job is a sequence of runs of consecutive lines. Each run is
two whole numbers: the rows since the run before it began, and the lines between the two runs that
are not in the job; of the first run, 0 and its line. A number is written with seven bits a byte,
the lowest first, and the highest bit of a byte says that another byte follows (LEB128).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BITS = 7
_MORE = 1 << _BITS
_LOW = _MORE - 1


class LineMap:
    """Writes the map of one job.

    Attributes:
        data: The map.
    """

    def __init__(self) -> None:
        """Begin without a run."""
        self.data = bytearray()
        self._row = 0
        self._line = 0

    def add(self, row: int, line: int) -> None:
        """Add a run.

        Args:
            row: Number of its first row in the job, from 0, and above that of the run before.
            line: The line of that row.
        """
        rows = row - self._row
        for number in (rows, line - self._line - rows):
            self._write(number)
        self._row, self._line = row, line

    def _write(self, number: int) -> None:
        while number >= _MORE:
            self.data.append(number & _LOW | _MORE)
            number >>= _BITS
        self.data.append(number)


def source_line(data: bytes, row: int) -> int:
    """Return the line of a job's row, counted from 0.

    Raises:
        ValueError: The map has no run.
    """
    found: tuple[int, int] | None = None
    for first_row, first_line in _runs(data):
        if found is not None and first_row > row:
            break
        found = first_row, first_line
    if found is None:
        raise ValueError("the line map is empty")
    return found[1] + row - found[0]


def _runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the first row and line of each run."""
    row = line = 0
    numbers = _numbers(data)
    for rows, skipped in zip(numbers, numbers, strict=True):
        row += rows
        line += rows + skipped
        yield row, line


def _numbers(data: Iterable[int]) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & _LOW) << shift
        shift += _BITS
        if byte < _MORE:
            yield number
            number = shift = 0
