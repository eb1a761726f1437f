"""The locks hold what pyproject.toml allows, and nothing of the machine that wrote them."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(lock: Path, package: str) -> str:
    version: str
    (version,) = re.findall(rf"^{package}==(\S+)", lock.read_text(), re.MULTILINE)
    return version


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [each for each in packages if "--hash=sha256:" not in each] == []


def test_the_lowest_allowed_version_of_the_cdk_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (lowest,) = re.findall(r"aws-cdk-lib>=([\d.]+)", " ".join(project["dependencies"]))
    tested = pinned(ROOT / "requirements" / "min.txt", "aws-cdk-lib")
    assert f"{tested}.".startswith(f"{lowest}.")
