"""How long check, normalise and write take, against csv.reader and others that read CSV.

    python -m benchmarks.csv_speed [--quick]

Every run is a process of its own, which reads the file once to have it in memory, and then measures
what it does with it and nothing else.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import csv
import itertools
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.csv_files import KINDS, ROWS, file_of, pool, wrong_rows
from benchmarks.csv_runs import (
    FOLDER,
    MEBIBYTE,
    ROOT,
    Row,
    Times,
    add,
    at_most,
    peers_python,
    run,
    table,
)
from user_import.users_csv import check_users

if TYPE_CHECKING:
    from collections.abc import Callable

    from user_import.users_csv import Report

ROUNDS = 7
QUICK_ROWS, QUICK_ROUNDS = 50_000, 3
_PEER_ROUNDS = {"csvkit": 3}
"""Those that take long run less often."""

_CHUNK = 1 << 18
_FRICTIONLESS_ROWS = 20_000
_MOST = {"uniform": 1.0, "varied": 1.0, "wrong": 1.4, "quoted": 2.3}
_LEAST_FASTER_THAN_FRICTIONLESS = 10
_OURS = {"check": (), "check, email alias": ("email",)}
_BASE = "csv.reader"


def measure(rows: int, rounds: int) -> list[Row]:
    """Measure everything, and return the lines of the table."""
    lines: list[Row] = []
    for kind in KINDS:
        names = [_BASE, *_OURS, *(_PEERS if kind == "uniform" else ())]
        times: dict[str, Times] = {}
        for number in range(rounds):
            for name in names:
                if number < _PEER_ROUNDS.get(name, rounds):
                    add(times, name, _run(name, kind, rows))
        lines += _lines(kind, times)
    return lines


def _run(name: str, kind: str, rows: int) -> dict[str, Any]:
    rows = min(rows, _FRICTIONLESS_ROWS) if name == "frictionless" else rows
    path = file_of(kind, rows)
    python = peers_python()
    told = run(python, "csv_speed", "--run", name, str(path), path=[ROOT / "lambda"])
    if name in _OURS:
        findings = wrong_rows(rows) if kind == "wrong" else 0
        if (told["users"], told["findings"]) != (rows, findings):
            raise SystemExit(f"{path} was judged wrongly: {told}")
    return told


def _lines(kind: str, times: dict[str, Times]) -> list[Row]:
    base = times[_BASE]
    lines = [Row(f"{kind}: {_BASE}", str(base), "1")]
    for name, each in times.items():
        if name in _OURS:
            lines.append(
                at_most(f"{kind}: {name}", str(each), each.median / base.median, _MOST[kind])
            )
    for name in _PEERS:
        if name not in times:
            continue
        scale = base.told["bytes"] / times[name].told["bytes"]
        seconds = times[name].median * scale
        what = f"{kind}: {name}"
        if scale > 1:
            what += f", from {_FRICTIONLESS_ROWS:,} rows"
        lines.append(Row(what, f"{seconds:.2f} s", f"{seconds / base.median:.2f}"))
        if name == "frictionless":
            slowest = max(times[own].median for own in _OURS)
            faster = seconds / slowest
            least = _LEAST_FASTER_THAN_FRICTIONLESS
            lines.append(
                Row(f"{kind}: frictionless / check", "", f"{faster:.0f}", f"≥ {least}", met=faster >= least)
            )
    return lines


def _read(path: Path) -> object:
    with path.open(newline="", encoding="utf-8") as file:
        return collections.deque(csv.reader(file), maxlen=0)


def check(path: Path, *aliases: str) -> Report:
    """Check a file, and write what becomes of it beside it."""
    target = FOLDER / f"{path.stem}-out.csv"
    known = pool(*aliases)
    with path.open("rb") as file, target.open("wb") as out:
        return check_users(iter(lambda: file.read(_CHUNK), b""), known, out.write)


def _polars() -> Callable[[Path], object]:
    import polars  # noqa: PLC0415

    return lambda path: polars.read_csv(path, infer_schema=False)


def _pandas() -> Callable[[Path], object]:
    import pandas  # noqa: PLC0415

    return lambda path: pandas.read_csv(path, dtype=str)


def _frictionless() -> Callable[[Path], object]:
    import frictionless  # noqa: PLC0415

    def validate(path: Path) -> object:
        with contextlib.chdir(path.parent):
            report = frictionless.validate(path.name)
        if not report.valid:
            raise SystemExit(f"frictionless finds {report}")
        return report

    return validate


def _csvkit() -> Callable[[Path], object]:
    from csvkit.utilities.csvclean import CSVClean  # noqa: PLC0415

    def clean(path: Path) -> object:
        target = FOLDER / f"{path.stem}-out.csv"
        with target.open("w", encoding="utf-8") as out:
            return CSVClean(["--length-mismatch", str(path)], out).run()

    return clean


_PEERS: dict[str, Callable[[], Callable[[Path], object]]] = {
    "polars": _polars,
    "pandas": _pandas,
    "csvkit": _csvkit,
    "frictionless": _frictionless,
}


def warm(path: Path) -> None:
    """Have the file in the system's memory."""
    with path.open("rb") as file:
        while file.read(MEBIBYTE):
            pass


def _child(name: str, path: Path) -> dict[str, Any]:
    """Do one thing with a file and say how long it took."""
    if name in _OURS:
        aliases = _OURS[name]

        def work(path: Path) -> object:
            return check(path, *aliases)

    else:
        work = _read if name == _BASE else _PEERS[name]()
    warm(path)
    began = time.perf_counter()
    done: Any = work(path)
    seconds = time.perf_counter() - began
    told = {"seconds": seconds, "bytes": path.stat().st_size}
    if name in _OURS:
        told |= {"users": done.users, "findings": sum(done.findings.counts.values())}
    return told


def main() -> None:
    """Print the table, or do one run for it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="50,000 rows, 3 rounds")
    parser.add_argument("--run", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        print(json.dumps(_child(given.run[0], Path(given.run[1]))))
        return
    rows, rounds = (QUICK_ROWS, QUICK_ROUNDS) if given.quick else (ROWS, ROUNDS)
    print(table(measure(rows, rounds)))


if __name__ == "__main__":
    main()
