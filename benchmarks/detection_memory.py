"""Measure the memory that duplicate detection needs for files of millions of rows.

``python -m benchmarks.detection_memory [--rows 5000000]``: makes a file of that many users, and
validates it in a process for each number of unique columns, with the modules and clients that the
worker has. Prints the peak memory of each process and the bytes per row and unique column above
that of a tenth of the rows.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_ALIASES = ("email", "phone_number", "preferred_username")
_HEAD = (
    "cognito:username,email,email_verified,phone_number,phone_number_verified,preferred_username\n"
)
_CHUNK = 1 << 18


def write_users(path: Path, rows: int) -> None:
    """Write a file of users, all of whose unique columns are filled."""
    with path.open("w") as file:
        file.write(_HEAD)
        for number in range(rows):
            file.write(
                f"user{number:09},user{number:09}@example.com,true,+1555{number:09},true,p{number}\n"
            )


def measure(path: Path, aliases: int) -> dict[str, int]:
    """Validate a file as the worker's Stage does, and return users and peak memory (KiB)."""
    import boto3  # noqa: PLC0415  in the measured process only

    from user_import import worker  # noqa: PLC0415  likewise
    from user_import.users_csv import Pool, validate_users  # noqa: PLC0415  likewise

    names = ("sts", "cognito-idp", "s3", "logs", "cloudformation")
    clients = [boto3.client(name, region_name="eu-central-1") for name in names]
    pool = Pool.from_description(
        {
            "AliasAttributes": list(_ALIASES[:aliases]),
            "AutoVerifiedAttributes": ["email"],
            "UsernameConfiguration": {"CaseSensitive": False},
        },
        _HEAD.strip().split(","),
    )
    part = bytearray()

    def write(data: bytes) -> None:
        part.extend(data)
        if len(part) >= 8 << 20:
            bytes(part)
            part.clear()

    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        report = validate_users(chunks, pool, write, digests=True)
    assert report.staged is not None, report.findings.first
    assert worker
    assert clients
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak is not None
    return {"users": report.users, "peak_kib": int(peak[1])}


def _run(path: Path, aliases: int) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.detection_memory", "--of", str(path)]
    done = subprocess.run(  # noqa: S603  this module
        [*command, "--aliases", str(aliases)], capture_output=True, text=True, check=True
    )
    measured: dict[str, int] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Memory of duplicate detection")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--of", type=Path, help="a file to validate in this process")
    parser.add_argument("--aliases", type=int, default=0)
    given = parser.parse_args()
    if given.of is not None:
        print(json.dumps(measure(given.of, given.aliases)))
        return
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few.csv"), Path(folder, "many.csv")
        write_users(few, given.rows // 10)
        write_users(many, given.rows)
        for aliases in range(len(_ALIASES) + 1):
            small, large = _run(few, aliases), _run(many, aliases)
            added = (large["peak_kib"] - small["peak_kib"]) * 1024
            per_key = added / (large["users"] - small["users"]) / (aliases + 1)
            print(
                f"{aliases + 1} unique columns: {small['users']:,} rows "
                f"{small['peak_kib'] / 1024:.0f} MiB, {large['users']:,} rows "
                f"{large['peak_kib'] / 1024:.0f} MiB, {per_key:.1f} bytes per row and column",
                flush=True,
            )


if __name__ == "__main__":
    main()
