"""The secret scan of `make check` finds secrets."""

import subprocess
from pathlib import Path

import pytest

SCAN = Path(__file__).resolve().parents[2] / ".ci" / "secrets"


def scan(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCAN, *files], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "secret",
    [
        "key = '" + "AKIA" + "Q3EGRZJ5WVTYU4XM" + "'",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "password = '" + "h4rd-to-guess" + "'",
        "url = 'https://someone:" + "h4rdtoguess" + "@example.com'",
    ],
)
def test_a_secret_is_found(tmp_path: Path, secret: str) -> None:
    file = tmp_path / "settings.py"
    file.write_text(secret + "\n")
    found = scan(file)
    assert found.returncode == 1
    assert "settings.py:1" in found.stdout


def test_a_file_without_secrets_passes(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text("timeout = 30\n")
    assert scan(file).returncode == 0
