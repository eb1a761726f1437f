"""The wheel, as somebody has it who installs it: nothing of the checkout is near."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_string
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from email.message import Message
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


def metadata_of(wheel: Path) -> Message:
    """The metadata of a wheel; its payload is the description."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def relative_links(description: str) -> list[str]:
    """The targets of the links that lead nowhere on a package index."""
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", description, flags=re.MULTILINE | re.DOTALL)
    return [each for each in re.findall(r"\]\(([^)]+)\)", text) if "://" not in each]


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


def test_upload_tools_of_the_last_two_years_take_the_metadata(wheel: Path) -> None:
    # twine 5.1.1 of June 2024 knows versions up to 2.3.
    assert metadata_of(wheel)["Metadata-Version"] == "2.3"
    assert metadata_of(wheel)["License"] == "Apache-2.0"


def test_without_an_address_the_description_names_files_of_the_sdist(
    wheel: Path, tmp_path: Path
) -> None:
    metadata = metadata_of(wheel)
    description = metadata.get_payload()
    assert isinstance(description, str)
    assert metadata.get_all("Project-URL") is None
    assert relative_links(description) == []
    assert relative_links((ROOT / "README.md").read_text(encoding="utf-8")) != []
    build(ROOT, tmp_path, "--sdist")
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        files = {name.partition("/")[2] for name in archive.getnames()}
    named = set(re.findall(r"\b(?:docs/[\w.-]+\.md|[A-Z]+\.md)\b", description))
    assert {"docs/csv-rules.md", "CONTRIBUTING.md"} <= named <= files


def test_with_an_address_links_and_project_urls_are_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECT_URL", "https://git.example.com/team/imports/")
    build(ROOT, tmp_path, "--wheel")
    metadata = metadata_of(built(tmp_path))
    address = "https://git.example.com/team/imports"
    description = metadata.get_payload()
    assert isinstance(description, str)
    assert f"Source, {address}" in metadata.get_all("Project-URL", [])
    assert relative_links(description) == []
    assert f"[docs/csv-rules.md]({address}/blob/HEAD/docs/csv-rules.md)" in description
    assert f"({address}/blob/HEAD/README.md#your-files)" in description


def test_an_address_that_is_not_of_the_web_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECT_URL", "git@git.example.com:team/imports")
    refused = build(ROOT, tmp_path, "--wheel", check=False)
    assert refused.returncode != 0
    assert "PROJECT_URL must begin with https://" in refused.stdout + refused.stderr


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
    reported = refused.stdout + refused.stderr
    assert f"{LINK} must be a symbolic link to the folder lambda, and is not" in reported
    assert "enable Developer Mode; then run `git config core.symlinks true`" in reported
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
