"""Compare files whose columns need work with files that are written as they are.

    python -m benchmarks.csv_columns [--quick]

`left out`: one column of the file is left out. `filled`: a pool whose users sign in with an email
address, and a file without the column of the username, which the check fills from the email
address. Both are compared with the same users in a file that needs no such work, by turns in one
process.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.csv_files import COLUMNS, QUICK_ROWS, ROWS, file_of, pool
from benchmarks.csv_runs import Row, alone

from user_import.users_csv import Pool, ReadOptions, validate_users

if TYPE_CHECKING:
    from collections.abc import Iterable

ROUNDS = 7
QUICK_ROUNDS = 3
_CHUNK = 1 << 18
_MOST = 1.5
_LEFT_OUT = "nickname"


def measure(*, quick: bool) -> list[Row]:
    """Measure everything, and return the lines of the table."""
    rows, rounds = (QUICK_ROWS, QUICK_ROUNDS) if quick else (ROWS, ROUNDS)
    data = file_of("uniform", rows).read_bytes()
    email = COLUMNS.index("email")
    lines = [line.split(",") for line in data.decode().splitlines()]
    twice = _joined([line[email] if at else line[0], *line[1:]] for at, line in enumerate(lines))
    once = _joined(line[1:] for line in lines)
    by_email = pool()._replace(username_attributes=("email",))
    left_out = ReadOptions(columns={_LEFT_OUT: None})
    return [
        _ratio(f"uniform: column {_LEFT_OUT} left out", (data, data), pool(), left_out, rounds),
        _ratio(
            "uniform: email pool, filled from one column", (twice, once), by_email, None, rounds
        ),
    ]


def _joined(lines: Iterable[list[str]]) -> bytes:
    return "".join(",".join(line) + "\n" for line in lines).encode()


def _ratio(
    name: str, files: tuple[bytes, bytes], of: Pool, options: ReadOptions | None, rounds: int
) -> Row:
    """Return the ratio of the second file's time, read with options, to the first one's."""
    straight, worked = files
    plain = ReadOptions()
    times = [
        (_seconds(straight, of, plain), _seconds(worked, of, options or plain))
        for _ in range(rounds)
    ]
    ratios = [second / first for first, second in times]
    ratio = statistics.median(ratios)
    first, second = (statistics.median(each) for each in zip(*times, strict=True))
    return Row(
        f"{name} / straight, by turns",
        f"{second:.2f} s / {first:.2f} s",
        f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        target=f"≤ {_MOST:g}",
        met=ratio <= _MOST,
    )


def _seconds(data: bytes, of: Pool, options: ReadOptions) -> float:
    written: list[bytes] = []
    began = time.process_time()
    chunks = (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
    report = validate_users(chunks, of, written.append, options=options)
    seconds = time.process_time() - began
    if report.findings.errors:
        raise SystemExit(report.findings.describe_errors())
    return seconds


if __name__ == "__main__":
    alone(__doc__, "50,000 rows, 3 rounds", measure)
