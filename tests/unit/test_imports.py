from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import boto3
import pytest

LAMBDA = Path(__file__).parents[2] / "lambda"
SITE = Path(boto3.__file__).parents[1]
RUNTIME = ["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3"]
MODULES = sorted(
    ".".join(path.relative_to(LAMBDA).with_suffix("").parts).removesuffix(".__init__")
    for path in LAMBDA.rglob("*.py")
)
CODE = """
import sys
folders, modules = sys.argv[1].split(":"), sys.argv[2].split(":")
sys.path += folders
for module in modules:
    try:
        __import__(module)
    except ImportError as error:
        print("BROKEN", module, error)
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with boto3 and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME:
        (folder / name).symlink_to(SITE / name)
    return folder


def imported(modules: Collection[str], *folders: Path) -> tuple[list[str], set[str]]:
    """What is broken, and what was loaded."""
    # -S leaves site-packages out, -I whatever the environment would add.
    lines = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CODE, ":".join(map(str, folders)), ":".join(modules)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return lines[:-1], {name.partition(".")[0] for name in lines[-1].split()}


def test_the_list_of_modules_is_not_empty() -> None:
    assert "user_import.worker" in MODULES
    assert "user_import.users_csv.validate" in MODULES


def test_the_environment_has_no_other_packages(runtime: Path) -> None:
    others = ["aws_cdk", "constructs", "pytest", "hypothesis"]
    broken, _ = imported(others, LAMBDA, runtime)
    assert len(broken) == len(others)


def test_every_module_imports_with_boto3_and_nothing_else(runtime: Path) -> None:
    broken, loaded = imported(MODULES, LAMBDA, runtime)
    assert broken == []
    assert "boto3" in loaded


@pytest.mark.parametrize(
    "module",
    [
        *("user_import.users_csv", "user_import.contract"),
        *("user_import.cloudformation", "user_import.propagation", "user_import.text"),
        *("user_import.messages.aws", "user_import.messages.starter"),
    ],
)
def test_modules_used_by_synth_or_the_starter_need_only_the_standard_library(module: str) -> None:
    broken, loaded = imported([module], LAMBDA)
    assert broken == []
    assert loaded <= {*sys.stdlib_module_names, "__main__", "user_import"}
