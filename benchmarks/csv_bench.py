"""Run all benchmarks of the CSV check and print their table: `make bench`.

python -m benchmarks.csv_bench [--quick] [--docs]
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import csv_columns, csv_memory, csv_speed, import_time, synth_time
from benchmarks.csv_files import QUICK_ROWS, ROWS
from benchmarks.csv_runs import Row, machine, peers_python, table
from benchmarks.docs_block import write_block

_PARTS = {
    "speed": csv_speed.measure,
    "columns": csv_columns.measure,
    "memory": csv_memory.measure,
    "imports": import_time.measure,
    "cdk synth": synth_time.measure,
}


def main() -> None:
    """Run all benchmarks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, fewer rounds")
    parser.add_argument(
        "--docs", action="store_true", help="also write it into docs/performance.md"
    )
    given = parser.parse_args()
    quick: bool = given.quick
    lines: list[Row] = []
    for name, measure in _PARTS.items():
        print(f"measuring: {name}", file=sys.stderr)
        found = measure(quick=quick)
        print(table(found), file=sys.stderr)
        lines += found
    measured = (
        f"{QUICK_ROWS if quick else ROWS:,} rows; {machine(peers_python())}\n\n{table(lines)}"
    )
    print(measured)
    if given.docs:
        write_block("measured", "make bench" + (" BENCH=--quick" if quick else ""), measured)


if __name__ == "__main__":
    main()
