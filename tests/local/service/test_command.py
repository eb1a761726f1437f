"""The command `cognito-import-local`, and the fixtures, where something is missing or wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.import_world import TRUST, make_role

from cognito_import_local import LocalAws, LocalAwsError, cli
from cognito_import_local.client import environment
from cognito_import_local.control_paths import SETTINGS_VARIABLE
from cognito_import_local.service.time_scale import SCALE_VARIABLE
from cognito_import_local.settings import PROFILE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
INSTALL = 'pip install "cdk-cognito-user-import[local]"'


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command with arguments that it refuses; returns the last line of the error."""

    def refused(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err.splitlines()[-1].removeprefix("cognito-import-local: error: ")

    return refused


# Packages


def without_packages(*command: str) -> subprocess.CompletedProcess[str]:
    """Run Python without any installed package."""
    return subprocess.run(
        [sys.executable, "-S", *command],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "local")},
        text=True,
    )


def test_without_the_extra_the_command_names_the_extra_to_install() -> None:
    done = without_packages("-m", "cognito_import_local")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("cognito-import-local: ")
    assert "argon2-cffi, bcrypt, boto3, hypercorn, ministack" in line
    assert INSTALL in line


def test_without_the_extra_help_is_shown() -> None:
    done = without_packages("-m", "cognito_import_local", "--help")
    assert done.returncode == 0
    assert "user import jobs" in done.stdout


def test_without_the_extra_a_local_aws_names_the_extra_to_install() -> None:
    done = without_packages(
        "-c", "from cognito_import_local import LocalAws; LocalAws().__enter__()"
    )
    assert done.returncode == 1
    assert INSTALL in done.stderr.splitlines()[-1]


def test_one_missing_package_is_the_only_one_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "cognito_import_local.extra.find_spec",
        lambda module: None if module == "hypercorn" else module,
    )
    with pytest.raises(LocalAwsError, match=r"not installed: hypercorn\. Install") as raised:
        LocalAws().__enter__()
    assert INSTALL in str(raised.value)


def test_without_the_extra_a_fixture_fails_with_the_extra_to_install_and_no_traceback(
    tmp_path: Path,
) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        'pytest_plugins = ["cognito_import_local.pytest_plugin"]\n'
        "from cognito_import_local import extra\n"
        'extra.find_spec = lambda module: None if module == "ministack" else module\n'
    )
    (tmp_path / "test_users.py").write_text("def test_users(local_aws): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "local")},
        text=True,
    )
    assert done.returncode == 1
    assert INSTALL in done.stdout
    assert "Traceback" not in done.stdout
    assert "local_aws.py" not in done.stdout


# Arguments and variables


@pytest.mark.parametrize("port", ["web", "65536", "-1", "80.5", ""])
def test_a_port_is_a_number_up_to_65535(refused: Callable[..., str], port: str) -> None:
    assert refused(f"--port={port}").startswith(f"argument --port: {port} is not a port; give ")


@pytest.mark.parametrize("account", ["1234", "12345678901x", "1234567890123", "1111-2222-3333"])
def test_an_account_has_twelve_digits(refused: Callable[..., str], account: str) -> None:
    assert refused("--account", account) == (
        f"argument --account: {account} is not an account id; give twelve digits"
    )


@pytest.mark.parametrize(
    "region", ["frankfurt", "eu-central", "EU-WEST-1", "us-east-1a", "us_east_1"]
)
def test_a_region_has_the_form_of_regions(refused: Callable[..., str], region: str) -> None:
    assert refused("--region", region).startswith(f"argument --region: {region} is not a Region; ")


def test_a_profile_is_one_of_three(refused: Callable[..., str]) -> None:
    assert refused("--profile", "friendly") == (
        "argument --profile: friendly is not a profile; give documented, hostile or observed, here "
        f"or in {PROFILE_VARIABLE}"
    )


@pytest.mark.parametrize("scale", ["fast", "0", "-1", "nan", "inf"])
def test_a_time_scale_is_a_number_above_0(refused: Callable[..., str], scale: str) -> None:
    assert refused(f"--time-scale={scale}").startswith(
        f"argument --time-scale: {scale} is not a time scale; give a number above 0"
    )


def test_a_folder_for_files_cannot_be_a_file(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert refused("--state-dir", str(file)) == (
        f"argument --state-dir: {file} cannot be a folder: File exists"
    )


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            PROFILE_VARIABLE,
            "friendly",
            "friendly is not a profile; give documented, hostile or observed",
        ),
        (SCALE_VARIABLE, "fast", "fast is not a time scale; give a number above 0"),
        (SETTINGS_VARIABLE, "alias_clash=skip", f"{SETTINGS_VARIABLE} is not a JSON object; give "),
        (SETTINGS_VARIABLE, "[]", f"{SETTINGS_VARIABLE} is not a JSON object; give "),
        (
            SETTINGS_VARIABLE,
            '{"alias_clash": "ignore"}',
            f"""{SETTINGS_VARIABLE}: alias_clash cannot be 'ignore'; give "fail" or "skip\"""",
        ),
        (
            SETTINGS_VARIABLE,
            '{"aliasClash": "skip"}',
            f"{SETTINGS_VARIABLE}: aliasClash is not a setting; there are alias_clash, ",
        ),
        (
            SETTINGS_VARIABLE,
            '{"users_per_file": "many"}',
            f"{SETTINGS_VARIABLE}: users_per_file cannot be 'many'; give a whole number, 0 or more",
        ),
        (
            SETTINGS_VARIABLE,
            '{"page_size_at_most": 0.5}',
            "page_size_at_most cannot be 0.5; give a whole number, 0 or more, or null",
        ),
        (SETTINGS_VARIABLE, '{"seconds_pending": -1}', "give a number, 0 or more"),
        (SETTINGS_VARIABLE, '{"sends_source_keys": 1}', "give true or false"),
        (SETTINGS_VARIABLE, '{"unknown_status": 1}', "give text"),
    ],
)
def test_a_variable_is_checked_before_anything_starts(
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    message: str,
) -> None:
    monkeypatch.setenv(variable, value)
    assert message in refused()


def test_an_invalid_account_in_python_is_reported_by_the_server() -> None:
    with pytest.raises(LocalAwsError, match="1234 is not an account id; give twelve digits"):
        LocalAws(account="1234").__enter__()


# Proxies


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "corp.example"}, "corp.example,127.0.0.1,localhost"),
        ({"no_proxy": "corp.example, .example"}, "corp.example,.example,127.0.0.1,localhost"),
        ({"NO_PROXY": "localhost"}, "localhost,127.0.0.1"),
    ],
)
def test_clients_use_no_proxy_for_the_loopback_interface(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    variables = environment.environment_of("http://127.0.0.1:1", "000000000000", "us-east-1")
    assert variables["NO_PROXY"] == variables["no_proxy"] == expected


def test_a_local_aws_does_not_use_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the port that discards
    code = (
        "import boto3, os\n"
        "def handler(event, context):\n"
        "    boto3.client('sts').get_caller_identity()\n"
        "    return os.environ['NO_PROXY']\n"
    )
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("index.py", code)
    with LocalAws() as cloud:
        cloud.configure(jobs_per_pool=7)
        functions = cloud.client("lambda")
        functions.create_function(
            FunctionName="proxy",
            Runtime="python3.13",
            Handler="index.handler",
            Role=make_role(cloud, "function", [], TRUST),
            Code={"ZipFile": (tmp_path / "code.zip").read_bytes()},
            Timeout=60,
        )
        answer = functions.invoke(FunctionName="proxy")
        assert "FunctionError" not in answer, answer["Payload"].read()
        assert b"127.0.0.1,localhost" in answer["Payload"].read()
