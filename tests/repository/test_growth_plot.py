"""The plot of docs/performance.md shows the figures of the table beside it."""

from xml.etree import ElementTree as ET

from benchmarks.docs_block import PERFORMANCE
from benchmarks.growth_plot import PLOT, Point, points_of, svg, table

POINTS = [Point(1_000, 0.05, 3.9), Point(10_000, 0.13, 3.8), Point(1_000_000, 10.7, 34.7)]


def test_the_plot_is_that_of_the_table() -> None:
    points = points_of(PERFORMANCE.read_text(encoding="utf-8"))
    assert [point.rows for point in points] == [1_000, 10_000, 100_000, 1_000_000]
    assert PLOT.read_text(encoding="utf-8") == svg(points)


def test_a_table_has_the_points_that_it_was_made_of() -> None:
    assert points_of(table(POINTS)) == POINTS


def test_the_plot_names_each_measured_time() -> None:
    plot = ET.fromstring(svg(POINTS))
    titles = [each.text for each in plot.iter("{http://www.w3.org/2000/svg}title")]
    assert "1,000,000 rows: 34.7 s" in titles
    assert len(titles) == 1 + 2 * len(POINTS)
