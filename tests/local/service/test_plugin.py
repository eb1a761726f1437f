"""The pytest plugin, found by its entry point: from the checkout, and from the built wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TESTS = """
import pytest
from cognito_import_local import CloudFormationDriver


@pytest.fixture(scope="session")
def pool(local_aws_session):
    client = local_aws_session.client("cognito-idp")
    return client.create_user_pool(PoolName="people")["UserPool"]["Id"]


def test_an_import_service_is_there(local_aws, pool):
    local_aws.configure(jobs_per_pool=7)
    local_aws.faults.take_slot()
    local_aws.clock.advance(hours=24)
    header = local_aws.client("cognito-idp").get_csv_header(UserPoolId=pool)["CSVHeader"]
    assert "cognito:username" in header


def test_what_a_test_has_set_is_set_back(local_aws, cloudformation_driver):
    assert local_aws.settings()["jobs_per_pool"] == 1000
    assert local_aws.faults.pending() == []
    with pytest.raises(Exception, match="does not exist"):
        cloudformation_driver(stack="none")
"""


def passes(python: Path, folder: Path) -> None:
    """Run the tests above with a Python, in a folder of their own."""
    (folder / "test_users.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        capture_output=True,
        check=False,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_anybody_can_use_the_fixtures(tmp_path: Path) -> None:
    passes(Path(sys.executable), tmp_path)


@pytest.mark.slow
def test_the_fixtures_and_the_command_work_from_the_built_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
            *("--outdir", tmp_path / "dist", ROOT),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    # What the extra needs is taken from this environment; the package itself is not.
    venv.create(tmp_path / "venv", symlinks=True)
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (here,) = {Path(entry) for entry in sys.path if entry.endswith("site-packages")}
    for found in here.iterdir():
        if "cognito" not in found.name and found.suffix != ".pth":
            (site / found.name).symlink_to(found)
    uv = Path(sys.executable).parent / "uv"
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel],
        capture_output=True,
        check=True,
        timeout=120,
    )
    tests = tmp_path / "tests"
    tests.mkdir()

    passes(python, tests)

    command = tmp_path / "venv" / "bin" / "cognito-import-local"
    done = subprocess.run([command, "--help"], capture_output=True, check=True, text=True)
    assert "user import jobs" in done.stdout
