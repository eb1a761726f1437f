"""Simulate long and large imports in virtual time, and estimate what they cost.

    PYTHONPATH=lambda:tests python -m benchmarks.scale [--docs] [SCENARIO ...]

`--docs` writes the result into docs/scale.md. How the simulation works: `virtual_time`.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.csv_runs import ROOT
from benchmarks.docs_block import write_block
from benchmarks.scale_report import report
from benchmarks.scale_scenarios import SCENARIOS, simulate

_PAGE = ROOT / "docs" / "scale.md"


def main() -> None:
    """Simulate, and print the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--docs", action="store_true", help="also write it into docs/scale.md")
    given = parser.parse_args()
    outcomes = []
    for name in given.scenarios or SCENARIOS:
        began = time.perf_counter()
        outcomes.append(simulate(SCENARIOS[name]))
        print(f"{name}: simulated in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    text = report(outcomes)
    print(text)
    if given.docs:
        write_block("virtual time", "python -m benchmarks.scale", text, _PAGE)


if __name__ == "__main__":
    main()
