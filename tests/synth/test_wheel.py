"""The wheel, as somebody has it who installs it: nothing of the checkout is near."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from subprocess import CompletedProcess

ROOT = Path(__file__).parents[2]
APP = """\
from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from cdk_cognito_user_import import UserImport, UserSource

app = App(outdir="cdk.out", analytics_reporting=False)
stack = Stack(app, "Test")
pool = cognito.UserPool(stack, "Pool", auto_verify=cognito.AutoVerifiedAttrs(email=True))
records = [{"cognito:username": "ada", "email": "ada@example.com", "email_verified": True}]
UserImport(stack, "Seed", user_pool=pool, source=UserSource.from_records(records))
app.synth()
"""


LINK = Path("constructs", "cdk_cognito_user_import", "_lambda")
SOURCES = ["pyproject.toml", "README.md", "LICENSE", ".ci", "constructs", "lambda", "local"]


def build(
    checkout: Path, folder: Path, *arguments: str, check: bool = True
) -> CompletedProcess[str]:
    command = [sys.executable, "-m", "build", *arguments, "--no-isolation", "--outdir", str(folder)]
    return subprocess.run([*command, str(checkout)], check=check, capture_output=True, text=True)


def built(folder: Path) -> Path:
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build(ROOT, folder, "--wheel")
    return built(folder)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the package is built from, with the link to the functions."""
    copy = tmp_path / "checkout"
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, symlinks=True)
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, copy)
    return copy


def lambda_asset(folder: Any) -> Any:
    """The hash of the functions' code in a cloud assembly."""
    files = json.loads((folder / "Test.assets.json").read_text())["files"]
    (found,) = (key for key, file in files.items() if file["source"]["packaging"] == "zip")
    return found


def test_the_wheel_has_the_functions_and_their_types_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "cdk_cognito_user_import/_lambda/user_import/worker.py" in names
    assert "cdk_cognito_user_import/py.typed" in names
    assert "cognito_import_local/cli.py" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "cdk_cognito_user_import",
        "cognito_import_local",
    }
    assert not [name for name in names if "__pycache__" in name or "/test" in name]


def test_the_wheel_from_the_sdist_has_the_same_files(wheel: Path, tmp_path: Path) -> None:
    build(ROOT, tmp_path)
    names = zipfile.ZipFile(built(tmp_path)).namelist()
    assert names == zipfile.ZipFile(wheel).namelist()


def test_a_checkout_builds_where_the_functions_are_a_link(checkout: Path, tmp_path: Path) -> None:
    assert (checkout / LINK).is_symlink()
    build(checkout, tmp_path, "--wheel")
    assert built(tmp_path)


@pytest.mark.parametrize("target", ["--wheel", "--sdist"])
def test_a_checkout_without_symbolic_links_is_refused(
    checkout: Path, tmp_path: Path, target: str
) -> None:
    link = checkout / LINK
    link.unlink()
    link.write_text("../../lambda")  # what Git for Windows writes in its place
    refused = build(checkout, tmp_path, target, check=False)
    assert refused.returncode != 0
    told = refused.stdout + refused.stderr
    assert f"{LINK} must be a symbolic link to the folder lambda, and is not" in told
    assert "enable Developer Mode; then run `git config core.symlinks true`" in told
    assert not [*tmp_path.glob("*.whl"), *tmp_path.glob("*.tar.gz")]


@pytest.mark.slow
@pytest.mark.timeout(900)  # It downloads the CDK where that is not at hand.
def test_an_app_in_another_folder_gets_the_same_functions_from_the_wheel(
    wheel: Path, small: Any, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        ["uv", "pip", "install", "--quiet", "--python", python, wheel],
        check=True,
        env={**os.environ, "UV_CONSTRAINT": str(ROOT / "requirements" / "dev.txt")},
    )
    # Compiled, so that what Python leaves beside the code is seen not to change the asset.
    (package,) = (tmp_path / "venv").glob("lib/python*/site-packages/cdk_cognito_user_import")
    subprocess.run([python, "-m", "compileall", "-q", package], check=True)
    assert list((package / "_lambda").rglob("*.pyc"))
    app = tmp_path / "app"
    app.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    }
    subprocess.run([python, "-c", APP], check=True, cwd=app, env=environment)
    assert lambda_asset(app / "cdk.out") == lambda_asset(small.folder)
