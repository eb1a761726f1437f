"""Measure the time and memory of a canary's hashes, of which argon2id in Python is the slow one.

    PYTHONPATH=lambda python -m benchmarks.canary_time [--quick]

Each line is a process of its own. *half a core* is twice the processor's time: about what a Lambda
function of 1,024 MB has. *memory* is the most that the process had more than after its imports.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

from user_import.canary import canary_users
from user_import.canary.argon2id import argon2id
from user_import.users_csv.password_hashes import HashShape

_KIBIBYTE = 1024
_COSTS = [(1_024, 1), (8_192, 2), (19_456, 1), (19_456, 2)]
_SHAPES = [
    HashShape("BCRYPT", "2b$12", 16, 23),
    HashShape("SCRYPT", "65536$8$1", 16, 32),
    HashShape("PBKDF2_SHA256", "600000", 16, 32),
    HashShape("ARGON2ID", "v=19$m=19456,t=2,p=1", 16, 32),
]
_SEARCHED = [HashShape("ARGON2ID", "v=16$m=19456,t=2,p=1", 16, 16)]
"""A hash that is not known: as many candidates as one canary hashes at most."""


def measure(*, quick: bool) -> None:
    """Print a line for each cost of argon2id, and for each user."""
    print("what | seconds | of the processor | half a core | memory")
    for kib, times in _COSTS[:2] if quick else _COSTS:
        _run(f"argon2id m={kib:,}, t={times}", {"kib": kib, "times": times})
    for shape in _SHAPES if quick else _SHAPES + _SEARCHED:
        _run(f"user {shape.algorithm} {shape.parameters}", {"shape": shape})


def _run(what: str, job: dict[str, object]) -> None:
    command = [sys.executable, "-m", "benchmarks.canary_time", "--run", json.dumps(job)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  ours
    seconds, processor, memory = json.loads(done.stdout)
    print(
        f"{what} | {seconds:.1f} s | {processor:.1f} s | {2 * processor:.0f} s"
        f" | {memory / _KIBIBYTE:.0f} MiB"
    )


def _child(job: dict[str, object]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter(), time.process_time()
    match job:
        case {"shape": [*shape]}:
            canary_users([HashShape._make(shape)], run="benchmark")
        case {"kib": int(kib), "times": int(times)}:
            argon2id(b"password", bytes(16), kib=kib, times=times, lanes=1, length=32)
    seconds, processor = time.perf_counter() - began[0], time.process_time() - began[1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps([seconds, processor, memory]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what takes a minute")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        _child(json.loads(arguments.run))
    else:
        measure(quick=arguments.quick)
