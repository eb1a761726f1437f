"""Compare the duration of the check with csv.reader and other CSV readers.

    python -m benchmarks.csv_speed [--quick]

Every run is a process of its own, which reads the file once to have it in memory, and then measures
what it does with it and nothing else.

Against csv.reader the check runs by turns in one process: it takes 1 MiB, csv.reader takes as many
rows, and so on through the whole file. The time of each is that of its median turn, as many
times as there were turns, and for the check with what came before the first and after the last, of
the run where that was least. A machine that others share stands still for tenths of a second at a
time; that spoils a few turns, and no median. What the check writes goes to a file that is in memory
as the one is that it reads, for it is not the disk that is measured.
"""

from __future__ import annotations

import collections
import contextlib
import csv
import functools
import importlib
import itertools
import operator
import statistics
import time
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
    peers_python,
    run,
)

from user_import.users_csv import ValidationReport, validate_users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


ROUNDS = 7
QUICK_ROUNDS = 3
_PEER_ROUNDS = {"csvkit": 3}
"""The number of rounds of slow readers."""

_CHUNK = 1 << 18
_TURN = 4
"""Chunks."""
_SLOWEST, _SLOWEST_ROWS = "frictionless", 20_000
"""The slowest reader reads these rows only; its time is scaled to the whole file."""
_MOST = {"uniform": 1.0, "varied": 1.0, "wrong": 1.4, "quoted": 2.3}
_FASTER = 10
OURS = {"check": (), "check, email alias": ("email",)}
_BASE = "csv.reader"
_TURNS = "turns: "


def measure(*, quick: bool) -> list[Row]:
    """Measure everything, and return the lines of the table."""
    rows, rounds = (QUICK_ROWS, QUICK_ROUNDS) if quick else (ROWS, ROUNDS)
    lines = [
        _by_turns(kind, name, [_run(f"{_TURNS}{name}", kind, rows) for _ in range(rounds)])
        for kind in KINDS
        for name in OURS
    ]
    times: dict[str, Times] = {}
    for number in range(rounds):
        for name in (_BASE, *OURS, *_PEERS):
            if number < _PEER_ROUNDS.get(name, rounds):
                add(times, name, _run(name, KINDS[0], rows))
    return lines + _whole_runs(KINDS[0], times)


def _run(name: str, kind: str, rows: int) -> dict[str, Any]:
    rows = min(rows, _SLOWEST_ROWS) if name == _SLOWEST else rows
    path = file_of(kind, rows)
    python = peers_python()
    measured = run(python, "csv_speed", "--run", name, str(path), path=[ROOT / "lambda"])
    if "users" in measured:
        findings = wrong_rows(rows) if kind == "wrong" else 0
        if (measured["users"], measured["findings"]) != (rows, findings):
            raise SystemExit(f"{path} has another result than expected: {measured}")
    return measured


def _by_turns(kind: str, name: str, runs: list[dict[str, Any]]) -> Row:
    ends = min(each["ends"] for each in runs)
    seconds = [each["turns"] + ends for each in runs]
    reader = [each["reader"] for each in runs]
    ratios = list(map(operator.truediv, seconds, reader))
    ratio, most = statistics.median(ratios), _MOST[kind]
    medians = f"{statistics.median(seconds):.2f} s / {statistics.median(reader):.2f} s"
    return Row(
        f"{kind}: {name} / {_BASE}, by turns",
        medians,
        f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        target=f"≤ {most:g}",
        met=ratio <= most,
    )


def _whole_runs(kind: str, times: dict[str, Times]) -> list[Row]:
    base = times[_BASE]
    lines = [Row(f"{kind}, whole runs: {_BASE}", str(base), "1", "1")]
    for name in (*OURS, *_PEERS):
        scale = base.measured["bytes"] / times[name].measured["bytes"]
        ratio, processor = (f"{each:.2f}" for each in times[name].over(base, scale))
        value = str(times[name])
        if name == _SLOWEST:
            value = f"{times[name].median * scale:.1f} s, from {_SLOWEST_ROWS:,} rows"
        lines.append(Row(f"{kind}, whole runs: {name}", value, ratio, processor))
    scale = base.measured["bytes"] / times[_SLOWEST].measured["bytes"]
    each = [times[_SLOWEST].over(times[own], scale) for own in OURS]
    ratio, processor = map(min, zip(*each, strict=True))
    lines.append(
        Row(
            f"{kind}, whole runs: {_SLOWEST} / check",
            "",
            f"{ratio:.0f}",
            f"{processor:.0f}",
            f"≥ {_FASTER}",
            met=ratio >= _FASTER,
        )
    )
    return lines


def _read(path: Path) -> object:
    with path.open(newline="", encoding="utf-8") as file:
        return collections.deque(csv.reader(file), maxlen=0)


def check(path: Path, aliases: tuple[str, ...]) -> ValidationReport:
    """Check a file, and write the result beside it."""
    with path.open("rb") as file:
        return _checked(iter(lambda: file.read(_CHUNK), b""), path, aliases)


def target_of(path: Path) -> Path:
    """Return the path of the check's output."""
    return FOLDER / f"{path.stem}-out.csv"


def _checked(chunks: Iterable[bytes], path: Path, aliases: tuple[str, ...]) -> ValidationReport:
    target = target_of(path)
    target.touch()
    with target.open("r+b") as out:  # what is there is written over, as memory is
        return validate_users(chunks, pool(*aliases), out.write)


def _turns(path: Path, aliases: tuple[str, ...]) -> dict[str, Any]:
    """Run the check and csv.reader through a file by turns, and return the time of each."""
    own: list[float] = []
    other: list[float] = []
    with path.open("rb") as lines:
        rows = sum(1 for _ in lines)
    turn = -(-rows * _TURN * _CHUNK // path.stat().st_size)
    with path.open("rb") as file, path.open(newline="", encoding="utf-8") as text:
        reader = csv.reader(text)
        began = time.perf_counter()

        def chunks() -> Iterator[bytes]:
            nonlocal began
            for number in itertools.count():
                if not (chunk := file.read(_CHUNK)):
                    return
                if number % _TURN == 0:
                    own.append(time.perf_counter() - began)
                    began = time.perf_counter()
                    collections.deque(itertools.islice(reader, turn), maxlen=0)
                    other.append(time.perf_counter() - began)
                    began = time.perf_counter()
                yield chunk

        report = _checked(chunks(), path, aliases)
        own.append(time.perf_counter() - began)
        if next(reader, None) is not None:
            raise SystemExit("csv.reader has not read all of the file")
    first, *turns, last = own
    return {
        "turns": statistics.median(turns) * len(turns),
        "ends": first + last,
        "reader": statistics.median(other) * rows / turn,  # the last turn is a shorter one
        **_judged(report),
    }


def _judged(report: ValidationReport) -> dict[str, Any]:
    return {"users": report.users, "findings": sum(report.findings.counts.values())}


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
        with target_of(path).open("w", encoding="utf-8") as out:
            return csvclean.CSVClean(["--length-mismatch", str(path)], out).run()

    return clean


_PEERS: dict[str, Callable[[], Callable[[Path], object]]] = {
    "polars": _polars,
    "pandas": _pandas,
    "csvkit": _csvkit,
    "frictionless": _frictionless,
}


def warm(path: Path) -> None:
    """Read the file into the system's cache."""
    with path.open("rb") as file:
        while file.read(MEBIBYTE):
            pass


def _child(name: str, path: Path) -> dict[str, Any]:
    """Do one run with a file and return its duration."""
    warm(path)
    with target_of(path).open("wb") as target:
        for _ in range(-(-path.stat().st_size // MEBIBYTE) + 1):
            target.write(bytes(MEBIBYTE))
    if name.startswith(_TURNS):
        return _turns(path, OURS[name.removeprefix(_TURNS)])
    work: Callable[[Path], object]
    if name in OURS:
        work = functools.partial(check, aliases=OURS[name])
    else:
        work = _read if name == _BASE else _PEERS[name]()
    clock = Clock()
    done = work(path)
    measured = clock.measured() | {"bytes": path.stat().st_size}
    return measured | _judged(done) if isinstance(done, ValidationReport) else measured


if __name__ == "__main__":
    alone(__doc__, "50,000 rows, 3 rounds", measure, _child)
