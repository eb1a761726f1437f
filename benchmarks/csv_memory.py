"""Measure the memory of the CSV check, and how its time grows with the file.

    python -m benchmarks.csv_memory [--quick]

Every run is a process of its own. Its memory is the most it ever had from the moment on when all
is imported, less what it had then. The large file, 1 GB, is removed afterwards.
"""

from __future__ import annotations

import re
import resource
from pathlib import Path
from typing import Any

from benchmarks.csv_files import QUICK_ROWS, ROWS, file_of
from benchmarks.csv_runs import MEBIBYTE, ROOT, Clock, Row, Times, add, alone, peers_python, run
from benchmarks.csv_speed import OURS, check, target_of, warm

ROUNDS = 3
_TIMES = 10
_MOST_MEMORY = 64
_MOST_TIME = 12


def measure(*, quick: bool) -> list[Row]:
    """Measure memory and time, and return the lines of the table."""
    rows, rounds = (QUICK_ROWS, 1) if quick else (ROWS, ROUNDS)
    sizes = (rows, _TIMES * rows)
    times: dict[str, Times] = {}
    large = None
    try:
        large = file_of("uniform", sizes[1])
        for _ in range(rounds):
            for name in OURS:
                for size in sizes:
                    add(times, f"{name} {size}", _run(name, size))
    finally:
        if large is not None:
            large.unlink(missing_ok=True)
            target_of(large).unlink(missing_ok=True)
    lines = [_memory(name, size, times[f"{name} {size}"]) for name in OURS for size in sizes]
    for name in OURS:
        less, more = (times[f"{name} {size}"] for size in sizes)
        ratio, processor = more.over(less)
        lines.append(
            Row(
                f"time of {sizes[1]:,} rows / {sizes[0]:,}: {name}",
                f"{more} / {less}",
                f"{ratio:.1f}",
                f"{processor:.1f}",
                f"≤ {_MOST_TIME}",
                met=ratio <= _MOST_TIME,
            )
        )
    return lines


def _memory(name: str, rows: int, times: Times) -> Row:
    peak = times.measured["peak"] / MEBIBYTE
    return Row(
        f"peak memory, {rows:,} rows: {name}",
        f"{peak:.0f} MiB",
        target=f"≤ {_MOST_MEMORY} MiB",
        met=peak <= _MOST_MEMORY,
    )


def _run(name: str, rows: int) -> dict[str, Any]:
    path = str(file_of("uniform", rows))
    return run(peers_python(), "csv_memory", "--run", name, path, path=[ROOT / "lambda"])


def _child(name: str, path: Path) -> dict[str, Any]:
    warm(path)
    _forget_peak()
    before = _status("VmRSS")
    clock = Clock()
    report = check(path, OURS[name])
    measured = clock.measured()
    if report.findings.counts:
        raise SystemExit(f"{path} was judged wrongly")
    return measured | {"peak": _status("VmHWM") - before}


def _forget_peak() -> None:
    """Reset the peak. If that is not allowed, the imports have set one already."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _status(name: str) -> int:
    """Return a memory figure of the process from Linux, in bytes."""
    status = Path("/proc/self/status")
    if not status.is_file():
        # Elsewhere only the peak is known.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = re.search(rf"{name}:\s+(\d+) kB", status.read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


if __name__ == "__main__":
    alone(__doc__, "50,000 and 500,000 rows, once", measure, _child)
