"""How long check, normalise and write take, against csv.reader and others that read CSV.

    python -m benchmarks.csv_speed [--quick]

Every run is a process of its own, which reads the file once to have it in memory, and then measures
what it does with it and nothing else.
"""

from __future__ import annotations

import collections
import contextlib
import csv
import functools
import importlib
from typing import TYPE_CHECKING, Any

from benchmarks.csv_files import KINDS, QUICK_ROWS, ROWS, file_of, pool, wrong_rows
from benchmarks.csv_runs import (
    FOLDER,
    MEBIBYTE,
    ROOT,
    Clock,
    Row,
    Times,
    add,
    alone,
    compared,
    peers_python,
    run,
)

from user_import.users_csv import Report, check_users

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ROUNDS = 7
QUICK_ROUNDS = 3
_PEER_ROUNDS = {"csvkit": 3}
"""Those that take long run less often."""

_CHUNK = 1 << 18
_SLOWEST, _SLOWEST_ROWS = "frictionless", 20_000
"""It is so slow that it gets these rows only; its time is told as if for the whole file."""
_MOST = {"uniform": 1.0, "varied": 1.0, "wrong": 1.4, "quoted": 2.3}
_FASTER = 10
OURS = {"check": (), "check, email alias": ("email",)}
_BASE = "csv.reader"


def measure(*, quick: bool) -> list[Row]:
    """Measure everything, and return the lines of the table."""
    rows, rounds = (QUICK_ROWS, QUICK_ROUNDS) if quick else (ROWS, ROUNDS)
    lines: list[Row] = []
    for kind in KINDS:
        names = [_BASE, *OURS, *(_PEERS if kind == "uniform" else ())]
        times: dict[str, Times] = {}
        for number in range(rounds):
            for name in names:
                if number < _PEER_ROUNDS.get(name, rounds):
                    add(times, name, _run(name, kind, rows))
        lines += _lines(kind, times)
    return lines


def _run(name: str, kind: str, rows: int) -> dict[str, Any]:
    rows = min(rows, _SLOWEST_ROWS) if name == _SLOWEST else rows
    path = file_of(kind, rows)
    python = peers_python()
    told = run(python, "csv_speed", "--run", name, str(path), path=[ROOT / "lambda"])
    if name in OURS:
        findings = wrong_rows(rows) if kind == "wrong" else 0
        if (told["users"], told["findings"]) != (rows, findings):
            raise SystemExit(f"{path} was judged wrongly: {told}")
    return told


def _lines(kind: str, times: dict[str, Times]) -> list[Row]:
    base = times[_BASE]
    lines = [Row(f"{kind}: {_BASE}", str(base), "1", "1")]
    lines += [
        compared(f"{kind}: {name}", times[name], base, most)
        for name, most in dict.fromkeys(OURS, _MOST[kind]).items()
    ]
    for name in _PEERS:
        if name not in times:
            continue
        scale = base.told["bytes"] / times[name].told["bytes"]
        ratio, processor = (f"{each:.2f}" for each in times[name].over(base, scale))
        value = str(times[name])
        what = f"{kind}: {name}"
        if name == _SLOWEST:
            value = f"{times[name].median * scale:.1f} s, from {_SLOWEST_ROWS:,} rows"
        lines.append(Row(what, value, ratio, processor))
    if _SLOWEST in times:
        scale = base.told["bytes"] / times[_SLOWEST].told["bytes"]
        each = [times[_SLOWEST].over(times[own], scale) for own in OURS]
        ratio, of_processor = map(min, zip(*each, strict=True))
        lines.append(
            Row(
                f"{kind}: {_SLOWEST} / check",
                "",
                f"{ratio:.0f}",
                f"{of_processor:.0f}",
                f"≥ {_FASTER}",
                met=ratio >= _FASTER,
            )
        )
    return lines


def _read(path: Path) -> object:
    with path.open(newline="", encoding="utf-8") as file:
        return collections.deque(csv.reader(file), maxlen=0)


def check(path: Path, aliases: tuple[str, ...]) -> Report:
    """Check a file, and write what becomes of it beside it."""
    target = FOLDER / f"{path.stem}-out.csv"
    known = pool(*aliases)
    with path.open("rb") as file, target.open("wb") as out:
        return check_users(iter(lambda: file.read(_CHUNK), b""), known, out.write)


def _polars() -> Callable[[Path], object]:
    polars = importlib.import_module("polars")

    return lambda path: polars.read_csv(path, infer_schema=False)


def _pandas() -> Callable[[Path], object]:
    pandas = importlib.import_module("pandas")

    return lambda path: pandas.read_csv(path, dtype=str)


def _frictionless() -> Callable[[Path], object]:
    frictionless = importlib.import_module("frictionless")

    def validate(path: Path) -> object:
        with contextlib.chdir(path.parent):
            report = frictionless.validate(path.name)
        if not report.valid:
            raise SystemExit(f"frictionless finds {report}")
        return report

    return validate


def _csvkit() -> Callable[[Path], object]:
    csvclean = importlib.import_module("csvkit.utilities.csvclean")

    def clean(path: Path) -> object:
        target = FOLDER / f"{path.stem}-out.csv"
        with target.open("w", encoding="utf-8") as out:
            return csvclean.CSVClean(["--length-mismatch", str(path)], out).run()

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
    work: Callable[[Path], object]
    if name in OURS:
        work = functools.partial(check, aliases=OURS[name])
    else:
        work = _read if name == _BASE else _PEERS[name]()
    warm(path)
    clock = Clock()
    done = work(path)
    told = clock.told() | {"bytes": path.stat().st_size}
    if isinstance(done, Report):
        told |= {"users": done.users, "findings": sum(done.findings.counts.values())}
    return told


if __name__ == "__main__":
    alone(__doc__, "50,000 rows, 3 rounds", measure, _child)
