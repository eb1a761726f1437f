"""The command line reads files that gzip has compressed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from cdk_cognito_user_import.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

USERS = b'[{"Username": "ada", "Enabled": true, "Attributes": []}]'


def test_check_gives_the_lines_of_the_decompressed_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.csv.gz"
    file.write_bytes(gzip.compress(b"cognito:username,email\n") + gzip.compress(b"ada,x\n"))
    assert main(["check", str(file)]) == 1
    assert "users.csv.gz:2: error: column email: " in capsys.readouterr().out


def test_convert_writes_the_users_of_a_compressed_export(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "users.json.gz"
    file.write_bytes(gzip.compress(USERS))
    assert main(["convert", str(file), "--export", "cognito"]) == 0
    assert capfdbinary.readouterr().out.splitlines() == [b"Username", b"ada"]


def test_convert_reports_a_compressed_export_that_is_cut_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.json.gz"
    file.write_bytes(gzip.compress(USERS)[:-2])
    assert main(["convert", str(file), "--export", "cognito"]) == 1
    assert "(CSV051)" in capsys.readouterr().err
