from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.fake_web import KMS_HEADER
from helpers.fake_world import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TESTS = Path(__file__).parents[1]
HELPERS = TESTS / "helpers"
LAMBDA = TESTS.parent / "lambda"
MEBIBYTE = 1024
LIMIT_KIB = 256 * MEBIBYTE
USERS = 100_000
BYTES = 99_500_000


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """A file of almost 100 MB with 100,000 users."""
    path = tmp_path / "assets-users.csv"
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {"address": "%s", "email": "a@x", "email_verified": "true"}
    row = ",".join({**cells, "cognito:username": "user%06d"}.values()) + "\n"
    head = ",".join(COLUMNS) + "\n"
    address = "x" * ((BYTES - len(head)) // USERS - len(row % ("", 0)))
    with path.open("w") as file:
        file.write(head)
        file.writelines(row % (address, number) for number in range(USERS))
    return path


@pytest.fixture
def port(tmp_path: Path) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(HELPERS / "memory_server.py"), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


def test_a_file_of_100_mb_is_staged_and_uploaded_within_256_mib(
    tmp_path: Path, csv: Path, port: str, record_property: Callable[..., None]
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{LAMBDA}{os.pathsep}{TESTS}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    run = subprocess.run(
        [sys.executable, str(HELPERS / "memory_worker.py"), port],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    reported = json.loads(run.stdout)
    record_property("peak_kib", reported["peak_kib"])
    print(f"peak memory: {reported['peak_kib'] / MEBIBYTE:.0f} MiB")
    assert reported["users"] == [USERS]
    uploaded = json.loads((tmp_path / "uploaded").read_text())
    assert uploaded["length"] == csv.stat().st_size > 90_000_000
    with csv.open("rb") as file:
        assert uploaded["sha256"] == hashlib.file_digest(file, "sha256").hexdigest()
    assert {name.lower(): value for name, value in uploaded["headers"].items()}[
        KMS_HEADER
    ] == "aws:kms"
    assert reported["peak_kib"] < LIMIT_KIB
