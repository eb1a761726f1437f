"""Shared parts of the benchmarks: interpreter, environment of other CSV readers, runs, table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "bench"
LOCK = ROOT / "requirements" / "bench.txt"
MEBIBYTE = 1 << 20

_VENV = FOLDER / "venv"
_NAMES = ("python3.15", "python3.14", "python3.13", "python3", "python")
_VERSION = (
    "import sys; v = sys.version_info; "
    "assert v.releaselevel == 'final' and getattr(sys, '_is_gil_enabled', bool)() is not None; "
    "print(v.major, v.minor, v.micro)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: was measured.
        value: what it came to.
        ratio: to what it is compared with; blank where that makes no sense.
        processor: the same ratio of the processor's time, which a busy machine changes less.
        target: blank where there is none.
        met: whether the target is met; None where there is none.
    """

    what: str
    value: str
    ratio: str = ""
    processor: str = ""
    target: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Times:
    """The durations of runs in seconds, and the other figures of the last run.

    Attributes:
        seconds: by the clock.
        processor: of the processor, all cores together.
    """

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    measured: dict[str, Any] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    def over(self, base: Times, scale: float = 1.0) -> tuple[float, float]:
        """Return the ratio to other runs: by the clock, and of processor time."""
        processor = statistics.median(self.processor) / statistics.median(base.processor)
        return self.median / base.median * scale, processor * scale

    def __str__(self) -> str:
        """Return the median and the range."""
        low, high = min(self.seconds), max(self.seconds)
        return f"{self.median:.2f} s ({low:.2f} to {high:.2f})"


def compared(what: str, times: Times, base: Times, most: float | None = None) -> Row:
    """Return a line that compares runs with a base, and the ratio with a target."""
    ratio, processor = times.over(base)
    return Row(
        what,
        str(times),
        f"{ratio:.2f}",
        f"{processor:.2f}",
        target="" if most is None else f"≤ {most:g}",
        met=None if most is None else ratio <= most,
    )


def newest_python() -> str:
    """Return the newest released Python of this machine."""
    found = [shutil.which(name) for name in _NAMES]
    installed = Path.home().glob(".pyenv/versions/3.*/bin/python")
    candidates = {path for path in (sys.executable, *found, *map(str, installed)) if path}
    versions: dict[tuple[int, ...], str] = {}
    for path in sorted(candidates):
        done = subprocess.run(  # noqa: S603
            [path, "-I", "-c", _VERSION], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            versions[tuple(map(int, done.stdout.split()))] = path
    version = max(versions)
    if version < (3, 13):
        print("no Python 3.13 on this machine", file=sys.stderr)
    return versions[version]


def peers_python() -> str:
    """Return the Python of the environment with the other CSV readers; create it if needed."""
    python = _VENV / "bin" / "python"
    stamp = _VENV / "lock"
    lock = LOCK.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != lock:
        _VENV.parent.mkdir(parents=True, exist_ok=True)
        newest = newest_python()
        options = ["--quiet", "--compile-bytecode", "--require-hashes", "--python", str(python)]
        for command in (
            ["venv", "--quiet", "--clear", "--python", newest, str(_VENV)],
            ["pip", "sync", *options, str(LOCK)],
        ):
            subprocess.run(["uv", *command], check=True)  # noqa: S603, S607
        stamp.write_text(lock, encoding="utf-8")
    return str(python)


class Clock:
    """Measures time from its creation on."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def measured(self) -> dict[str, Any]:
        """Return the elapsed time and processor time of a run."""
        seconds, processor = self._began
        return {
            "seconds": time.perf_counter() - seconds,
            "processor": time.process_time() - processor,
        }


def run(python: str, module: str, *arguments: str, path: Sequence[Path] = ()) -> dict[str, Any]:
    """Run a module of the benchmarks in a fresh interpreter, and return the JSON it prints."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *path)))}
    done = subprocess.run(  # noqa: S603
        [python, "-s", "-m", f"benchmarks.{module}", *arguments],
        cwd=FOLDER,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def add(times: dict[str, Times], name: str, measured: Mapping[str, Any]) -> None:
    """Add a run."""
    each = times.setdefault(name, Times())
    each.seconds.append(measured["seconds"])
    each.processor.append(measured["processor"])
    each.measured = dict(measured)


def machine(python: str) -> str:
    """Return a description of this machine."""
    cpus = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if cpus.is_file() and (match := re.search(r"model name\s*: (.*)", cpus.read_text())):
        model = match[1]
    version = subprocess.run(  # noqa: S603
        [python, "-V"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, {version}"


def table(rows: Iterable[Row]) -> str:
    """Return the table in Markdown."""
    lines = [
        "| what | median (range) | ratio | of the processor | target | met |",
        "|---|---|--:|--:|--:|---|",
    ]
    for row in rows:
        met = {None: "", True: "yes", False: "**no**"}[row.met]
        cells = (row.what, row.value, row.ratio, row.processor, row.target, met)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def alone(
    doc: str,
    quick: str,
    measure: Callable[..., list[Row]],
    child: Callable[[str, Path], dict[str, Any]] | None = None,
) -> None:
    """Run one benchmark from the command line: print its table, or do one run for it.

    Args:
        doc: The docstring of the benchmark; its first line is the description.
        quick: The help text of `--quick`.
        measure: Returns the lines of the table.
        child: Does one run in a process of its own; None if runs are started otherwise.
    """
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=quick)
    if child is not None:
        parser.add_argument("--run", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if child is not None and given.run:
        print(json.dumps(child(given.run[0], Path(given.run[1]))))
        return
    print(table(measure(quick=given.quick)))
