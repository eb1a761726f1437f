"""The plot of `growth`: an SVG with logarithmic axes, on which linear growth is a line of slope 1.

    python -m benchmarks.growth_plot

draws docs/growth.svg again, from the table in docs/performance.md.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.csv_runs import ROOT
from benchmarks.docs_block import PERFORMANCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PLOT = ROOT / "docs" / "growth.svg"

_SPACE = 'xmlns="http://www.w3.org/2000/svg"'
_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 50
_SERIES = (("check", "#1f5fa8"), ("request to answer", "#b3541e"))
_LINE = re.compile(r"\| ([\d,]+) \| ([\d.]+) s \| [\d.]+ s \| ([\d.]+) s \| [\d.]+ s \|")


@dataclass(frozen=True, slots=True)
class Point:
    """The times of one size.

    Attributes:
        rows: of the file.
        check: seconds of the CSV check.
        handler: seconds from the request to the answer, without those of the import service.
    """

    rows: int
    check: float
    handler: float

    @property
    def seconds(self) -> tuple[float, float]:
        """The times in the order of the plot's lines."""
        return self.check, self.handler


def table(points: Iterable[Point]) -> str:
    """Return the table in Markdown, with the seconds for a million rows beside each time."""
    lines = [
        "| rows | check | a million | request to answer | a million |",
        "|--:|--:|--:|--:|--:|",
    ]
    for point in points:
        cells = [f"{point.rows:,}"]
        for seconds in point.seconds:
            cells += [f"{seconds:.3f} s", f"{seconds / point.rows * 1_000_000:.2f} s"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def points_of(text: str) -> list[Point]:
    """Return the points of a table that a page has."""
    return [
        Point(int(rows.replace(",", "")), float(check), float(handler))
        for rows, check, handler in _LINE.findall(text)
    ]


def svg(points: Sequence[Point]) -> str:
    """Return the plot."""
    seconds = [each for point in points for each in point.seconds]
    return "\n".join(
        [
            f'<svg {_SPACE} viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
            "<title>Seconds by rows; the dashed lines are linear growth</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
            *_Axes(_decades(point.rows for point in points), _decades(seconds)).drawn(points),
            "</svg>\n",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Axes:
    """Logarithmic axes.

    Attributes:
        rows: the first and last power of ten.
        seconds: likewise.
    """

    rows: tuple[int, int]
    seconds: tuple[int, int]

    def drawn(self, points: Sequence[Point]) -> Iterator[str]:
        """Return the grid, the lines and their names."""
        for power in range(self.rows[0], self.rows[1] + 1):
            x = self._x(10**power)
            yield _line((x, _TOP, x, _HEIGHT - _BOTTOM), "#dddddd")
            yield _text(x, _HEIGHT - _BOTTOM + 20, f"{10**power:,}", "middle")
        for power in range(self.seconds[0], self.seconds[1] + 1):
            y = self._y(10**power)
            yield _line((_LEFT, y, _WIDTH - _RIGHT, y), "#dddddd")
            yield _text(_LEFT - 8, y + 4, f"{10**power:g} s", "end")
        yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8, "rows", "middle")
        for number, (name, colour) in enumerate(_SERIES):
            measured = [(point.rows, point.seconds[number]) for point in points]
            yield from self._series(measured, colour)
            x = _LEFT + 10 + 170 * number
            yield _line((x, _TOP - 18, x + 24, _TOP - 18), colour, 'stroke-width="2"')
            yield _text(x + 30, _TOP - 14, name, "start")
        yield _line((_LEFT + 350, _TOP - 18, _LEFT + 374, _TOP - 18), "#777777", _DASHED)
        yield _text(_LEFT + 380, _TOP - 14, "linear growth", "start")

    def _series(self, measured: list[tuple[int, float]], colour: str) -> Iterator[str]:
        path = " ".join(f"{self._x(rows):.1f},{self._y(each):.1f}" for rows, each in measured)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for rows, seconds in measured:
            yield (
                f'<circle cx="{self._x(rows):.1f}" cy="{self._y(seconds):.1f}" r="3.5"'
                f' fill="{colour}"><title>{rows:,} rows: {seconds:g} s</title></circle>'
            )
        # Linear growth through the last point, as far down as the plot goes.
        last, seconds = measured[-1]
        first = max(measured[0][0], last * 10 ** self.seconds[0] / seconds)
        start = self._x(first), self._y(seconds * first / last)
        yield _line((*start, self._x(last), self._y(seconds)), "#777777", _DASHED)

    def _x(self, rows: float) -> float:
        return _scaled(rows, self.rows, _LEFT, _WIDTH - _RIGHT)

    def _y(self, seconds: float) -> float:
        return _scaled(seconds, self.seconds, _HEIGHT - _BOTTOM, _TOP)


_DASHED = 'stroke-dasharray="5 4"'


def _decades(values: Iterable[float]) -> tuple[int, int]:
    """Return the powers of ten around values."""
    logarithms = [math.log10(value) for value in values]
    return math.floor(min(logarithms)), math.ceil(max(logarithms))


def _scaled(value: float, powers: tuple[int, int], at_first: float, at_last: float) -> float:
    share = (math.log10(value) - powers[0]) / (powers[1] - powers[0])
    return at_first + share * (at_last - at_first)


def _line(ends: tuple[float, float, float, float], colour: str, more: str = "") -> str:
    names = ("x1", "y1", "x2", "y2")
    at = " ".join(f'{name}="{end:.1f}"' for name, end in zip(names, ends, strict=True))
    return f'<line {at} stroke="{colour}"{" " if more else ""}{more}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="13">{text}</text>'


if __name__ == "__main__":
    PLOT.write_text(svg(points_of(PERFORMANCE.read_text(encoding="utf-8"))), encoding="utf-8")
