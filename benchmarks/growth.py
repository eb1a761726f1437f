"""Measure how the time of an import grows with its rows, and draw it.

    PYTHONPATH=lambda:tests python -m benchmarks.growth [--quick] [--docs]

`check` is the CSV check of a file with 22 columns, in a process of its own. `request to answer` is
a request of CloudFormation to a deployed `UserImport`, from its arrival to its answer, without the
seconds that the import service took for the jobs: validation, staging, upload, waits and answer.
More than 500,000 rows are several jobs. The service keeps the first thousand users of a job only.
`--docs` writes the table into docs/performance.md and the plot into docs/growth.svg.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from typing import TYPE_CHECKING

from benchmarks.benchmark_cloud import COLUMNS, benchmark_cloud, users_csv
from benchmarks.csv_files import file_of
from benchmarks.csv_runs import ROOT, machine, run
from benchmarks.docs_block import write_block
from benchmarks.growth_plot import PLOT, Point, svg, table
from benchmarks.import_ways import by_custom_resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = SIZES[:3]
ROUNDS = 3


def measure(*, quick: bool) -> list[Point]:
    """Measure all sizes, and return the points of the plot."""
    sizes, rounds = (QUICK_SIZES, 1) if quick else (SIZES, ROUNDS)
    checks = {size: _check(size, rounds) for size in sizes}
    handlers = dict(_handler(sizes))
    return [Point(size, checks[size], handlers[size]) for size in sizes]


def _check(rows: int, rounds: int) -> float:
    path = str(file_of("uniform", rows))
    runs = [
        run(sys.executable, "csv_speed", "--run", "check", path, path=[ROOT / "lambda"])
        for _ in range(rounds)
    ]
    return float(statistics.median(each["seconds"] for each in runs))


def _handler(sizes: tuple[int, ...]) -> Iterator[tuple[int, float]]:
    with benchmark_cloud(rows_per_second=0, create_users_at_most=1_000) as cloud:
        sources: list[Path] = []
        for size in (sizes[0], *sizes):
            source = cloud.folder / f"users-{len(sources)}.csv"
            source.write_text(users_csv(COLUMNS, size), encoding="utf-8")
            sources.append(source)
        cloud.deploy(sources)
        # The first run starts processes that the others find.
        for number, size in enumerate((sizes[0], *sizes)):
            imported = by_custom_resource(cloud, number, size)
            print(f"{size:,} rows: {imported}", file=sys.stderr)
            yield size, imported.around


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="up to 100,000 rows, once")
    parser.add_argument("--docs", action="store_true", help="also write it into the documentation")
    given = parser.parse_args()
    quick: bool = given.quick
    points = measure(quick=quick)
    measured = f"{machine(sys.executable)}\n\n{table(points)}"
    print(measured)
    if given.docs:
        command = "python -m benchmarks.growth" + (" --quick" if quick else "")
        write_block("growth", command, measured)
        PLOT.write_text(svg(points), encoding="utf-8")


if __name__ == "__main__":
    main()
