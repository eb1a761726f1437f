"""The wheel, as somebody has it who installs it: nothing of the checkout is near."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def lambda_asset(folder):
    """The hash of the functions' code in a cloud assembly."""
    files = json.loads((folder / "Test.assets.json").read_text())["files"]
    (found,) = (key for key, file in files.items() if file["source"]["packaging"] == "zip")
    return found


def test_the_wheel_has_the_functions_and_their_types_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "cdk_cognito_user_import/_lambda/user_import/worker.py" in names
    assert "cdk_cognito_user_import/py.typed" in names
    assert "cognito_import_local/cli.py" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "cdk_cognito_user_import",
        "cognito_import_local",
    }
    assert not [name for name in names if "__pycache__" in name or "/test" in name]


@pytest.mark.slow
@pytest.mark.timeout(900)  # It downloads the CDK where that is not at hand.
def test_an_app_in_another_folder_gets_the_same_functions_from_the_wheel(wheel, small, tmp_path):
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
