"""The pytest plugin: for those who ask for it, from the checkout and from the built wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLUGIN = "cognito_import_local.pytest_plugin"
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
STRANGERS_TEST = """
import sys


def test_the_local_aws_is_not_loaded():
    assert not [name for name in sys.modules if name.startswith("cognito_import_local")]
"""


def passes(python: Path, folder: Path, tests: str, *options: str, conftest: str = "") -> None:
    """Run tests with a Python, in a folder of their own."""
    folder.mkdir(exist_ok=True)
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_users.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(folder)],
        capture_output=True,
        check=False,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{tests.count('def test_')} passed" in done.stdout


def test_a_conftest_asks_for_the_fixtures(tmp_path: Path) -> None:
    passes(Path(sys.executable), tmp_path, TESTS, conftest=f"pytest_plugins = [{PLUGIN!r}]\n")


def test_a_test_run_without_the_fixtures_loads_nothing(tmp_path: Path) -> None:
    passes(Path(sys.executable), tmp_path, STRANGERS_TEST)


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
    # The dependencies of the extra come from this environment; the package itself does not.
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

    passes(python, tmp_path / "stranger", STRANGERS_TEST)
    passes(python, tmp_path / "user", TESTS, "-p", PLUGIN)

    command = tmp_path / "venv" / "bin" / "cognito-import-local"
    done = subprocess.run([command, "--help"], capture_output=True, check=True, text=True)
    assert "user import jobs" in done.stdout
