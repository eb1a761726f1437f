"""Compare the import time of the functions' modules with boto3 alone.

    python -m benchmarks.import_time [--quick]

Every run is a process of its own, isolated, with boto3 and what it needs and nothing else: that is
what Lambda has. It runs once with bytecode at hand and once without, as the first start of a
function whose code came without it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from benchmarks.csv_runs import FOLDER, ROOT, Row, Times, add, alone, compared, newest_python

if TYPE_CHECKING:
    from collections.abc import Iterable

ROUNDS = 15
QUICK_ROUNDS = 5
_MOST = 1.15
_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
_WORKER = "user_import.worker"
_STARTER = "user_import.starter"
_CONSTRUCTS = "cdk_cognito_user_import.user_import"
_CODE = """
import json, sys, time
sys.path += sys.argv[2:]
began = time.perf_counter(), time.process_time()
__import__(sys.argv[1])
print(json.dumps({
    "seconds": time.perf_counter() - began[0], "processor": time.process_time() - began[1]
}))
"""


def measure(*, quick: bool) -> list[Row]:
    """Measure all imports, and return the lines of the table."""
    python = newest_python()
    runtime = _runtime(python)
    package = _copy(ROOT / "lambda" / "user_import", FOLDER / "lambda" / "user_import")
    bare = _copy(ROOT / "lambda" / "user_import", FOLDER / "lambda-bare" / "user_import")
    _compile(python, package)
    site = Path(boto3.__file__).parents[1]
    runs = {
        "boto3": (python, "boto3", [runtime]),
        _WORKER: (python, _WORKER, [runtime, package.parent]),
        f"{_WORKER}, without bytecode": (python, _WORKER, [runtime, bare.parent]),
        _STARTER: (python, _STARTER, [runtime, package.parent]),
        _CONSTRUCTS: (sys.executable, _CONSTRUCTS, [site, ROOT / "constructs"]),
    }
    times: dict[str, Times] = {}
    for _ in range(QUICK_ROUNDS if quick else ROUNDS):
        for name, (interpreter, module, folders) in runs.items():
            add(times, name, _run(interpreter, module, folders))
    base = times.pop("boto3")
    lines = [Row("import boto3", _range(base), "1", "1")]
    for name, each in times.items():
        row = compared(f"import {name}", each, base, _MOST if name == _WORKER else None)
        if name == _CONSTRUCTS:
            row = Row(row.what, "")
        lines.append(Row(row.what, _range(each), *_rest(row)))
    return lines


def _rest(row: Row) -> tuple[Any, ...]:
    return row.ratio, row.processor, row.target, row.met


def _range(times: Times) -> str:
    low, high = min(times.seconds) * 1000, max(times.seconds) * 1000
    return f"{times.median * 1000:.0f} ms ({low:.0f} to {high:.0f})"


def _run(python: str, module: str, folders: Iterable[Path]) -> dict[str, Any]:
    # -S leaves site-packages out, -I whatever the environment would add; -B keeps what has no
    # bytecode without it.
    done = subprocess.run(  # noqa: S603
        [python, "-I", "-S", "-B", "-c", _CODE, module, *map(str, folders)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _runtime(python: str) -> Path:
    """Return a folder with boto3 and its dependencies, with bytecode of the given Python."""
    site = Path(boto3.__file__).parents[1]
    folder = FOLDER / f"runtime-{boto3.__version__}-{Path(python).resolve().parts[-3]}"
    if not folder.is_dir():
        unfinished = folder.with_name("runtime-new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for name in _RUNTIME:
            _copy(site / name, unfinished / name)
        _compile(python, unfinished)
        unfinished.rename(folder)
    return folder


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        shutil.copy(source, target)
        return target
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "examples-1.json"))
    return target


def _compile(python: str, folder: Path) -> None:
    subprocess.run([python, "-m", "compileall", "-q", str(folder)], check=True)  # noqa: S603


if __name__ == "__main__":
    alone(__doc__, "5 rounds", measure)
