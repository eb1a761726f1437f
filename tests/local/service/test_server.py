"""The server and its command: start, stop, and independence of other servers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from helpers.import_world import (
    TRUST,
    make_role,
)

from cognito_import_local import LocalAws

if TYPE_CHECKING:
    pass


def test_two_local_clouds_run_side_by_side_and_share_nothing(aws: LocalAws) -> None:
    with LocalAws(account="111122223333", region="eu-west-1") as other:
        assert other.endpoint_url != aws.endpoint_url
        identity = other.client("sts").get_caller_identity()
        assert identity["Account"] == "111122223333"
        pool = other.client("cognito-idp").create_user_pool(PoolName="there")["UserPool"]["Id"]
        assert pool.startswith("eu-west-1_")
        assert other.environment["AWS_REGION"] == "eu-west-1"


def test_the_functions_of_a_local_cloud_end_with_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as code:
        code.writestr("index.py", "import os\ndef handler(event, context): return os.getpid()\n")
    with LocalAws() as cloud:
        functions = cloud.client("lambda")
        functions.create_function(
            FunctionName="pid",
            Runtime="python3.13",
            Handler="index.handler",
            Role=make_role(cloud, "function", [], TRUST),
            Code={"ZipFile": (tmp_path / "code.zip").read_bytes()},
        )
        process = int(functions.invoke(FunctionName="pid")["Payload"].read())
        os.kill(process, 0)

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.fixture
def command() -> list[str]:
    return [sys.executable, "-m", "cognito_import_local"]


@pytest.fixture
def shell() -> dict[str, str]:
    package = str(Path(sys.modules["cognito_import_local"].__file__ or "").parent.parent)
    return {**os.environ, "PYTHONPATH": package}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_stops_without_output_and_removes_its_files(
    command: list[str], shell: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=shell | {"TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("export AWS_DEFAULT_REGION="):
            break
    assert any(line.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:") for line in lines)
    assert "MiniStack" in "".join(lines)
    assert list(tmp_path.iterdir())

    process.send_signal(number)
    _, errors = process.communicate(timeout=10)

    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_command_reports_that_its_port_is_in_use(
    command: list[str], shell: dict[str, str], aws: LocalAws
) -> None:
    port = str(urlsplit(aws.endpoint_url).port)

    done = subprocess.run(
        [*command, "--port", port],
        capture_output=True,
        check=False,
        text=True,
        env=shell,
        timeout=30,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"cognito-import-local: port {port}: Address already in use; ")


def test_the_local_cloud_listens_on_the_loopback_interface_only(aws: LocalAws) -> None:
    port = urlsplit(aws.endpoint_url).port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        address = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has the loopback interface only")

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, port), timeout=2)
