"""Every arrow that the layers forbid is noticed, by import-linter or by a test here."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CONSTRUCTS = ROOT / "constructs" / "cdk_cognito_user_import"
AWS_OF_RUNS = CONSTRUCTS / "command_line" / "aws.py"
RUNNABLE = CONSTRUCTS / "command_line" / "runnable.py"
OF_RUNS = {AWS_OF_RUNS, RUNNABLE}
PACKAGES = (
    ROOT / "lambda" / "user_import",
    CONSTRUCTS,
    ROOT / "local" / "cognito_import_local",
    ROOT / "verify_aws",
)

LAYERS = "The handler has layers, and each imports only those below it"
STARTER = "The starter imports nothing of the worker"
BOTO3 = "What synth and the CSV check import needs no boto3"
CSV = "The CSV check has layers, and each imports only those below it"
EXPORTS = "The readers of exports have layers, and each imports only those below it"
CANARY_LAYERS = "The canary has layers, and each imports only those below it"
CANARY = "The canary knows nothing of AWS"
LOCAL_LAYERS = "The local AWS has layers, and each imports only those below it"
MINISTACK = "MiniStack is behind emulator, and emulator behind server.app"
LOCAL = "The local AWS imports neither the handler nor the construct"
HANDLER = "The handler imports neither the construct nor the local AWS"
VERIFY = "What checks a real account imports neither the product nor the local AWS"
VERIFY_LAYERS = "What checks a real account has layers, and each imports only those below it"
SYNTHETIC = "Synthetic users are made without the CDK"
CONSTRUCT = "The construct does not import the local AWS"


class Wrong(NamedTuple):
    """A wrong import.

    Attributes:
        contract: The contract that forbids it.
        module: The module that it is written into.
        line: The import.
        arrow: The arrow in the report.
    """

    contract: str
    module: str
    line: str
    arrow: str


WRONG = [
    Wrong(LAYERS, "user_import.contract", "from .text import digest", "user_import.text"),
    Wrong(LAYERS, "user_import.text", "from .contract import VERSION", "user_import.contract"),
    Wrong(LAYERS, "user_import.messages.aws", "from .. import errors", "user_import.errors"),
    Wrong(LAYERS, "user_import.errors", "from . import propagation", "user_import.propagation"),
    Wrong(LAYERS, "user_import.propagation", "from . import errors", "user_import.errors"),
    Wrong(LAYERS, "user_import.cloudformation", "from . import errors", "user_import.errors"),
    Wrong(LAYERS, "user_import.errors", "from .aws import s3", "user_import.aws.s3"),
    Wrong(LAYERS, "user_import.aws.s3", "from ..steps import state", "user_import.steps.state"),
    Wrong(LAYERS, "user_import.aws.s3", "from .. import users_csv", "user_import.users_csv"),
    Wrong(LAYERS, "user_import.users_csv.pool", "from ..aws import s3", "user_import.aws.s3"),
    Wrong(
        LAYERS,
        "user_import.users_csv.pool",
        "from ..canary import canary_csv",
        "user_import.canary",
    ),
    Wrong(LAYERS, "user_import.steps.state", "from .. import worker", "user_import.worker"),
    Wrong(LAYERS, "user_import.worker", "from . import starter", "user_import.starter"),
    Wrong(
        CSV,
        "user_import.users_csv.row_validator",
        "from . import fast_path",
        "user_import.users_csv.fast_path",
    ),
    Wrong(
        EXPORTS,
        "user_import.users_csv.exports.export",
        "from . import okta",
        "user_import.users_csv.exports.okta",
    ),
    Wrong(
        CANARY_LAYERS,
        "user_import.canary.candidates",
        "from . import hash_forms",
        "user_import.canary.hash_forms",
    ),
    Wrong(CANARY, "user_import.canary.users", "from ..aws import s3", "user_import.aws.s3"),
    Wrong(CANARY, "user_import.canary.users", "import boto3", "boto3"),
    Wrong(
        LOCAL_LAYERS,
        "cognito_import_local.service.jobs",
        "from ..server import asgi",
        "cognito_import_local.server.asgi",
    ),
    Wrong(STARTER, "user_import.starter", "from .aws import s3", "user_import.aws.s3"),
    Wrong(STARTER, "user_import.starter", "from .steps import state", "user_import.steps.state"),
    Wrong(STARTER, "user_import.starter", "from . import users_csv", "user_import.users_csv"),
    Wrong(BOTO3, "user_import.contract", "import boto3", "boto3"),
    Wrong(BOTO3, "user_import.text", "import botocore", "botocore"),
    Wrong(BOTO3, "user_import.users_csv.pool", "from .. import errors", "user_import.errors"),
    Wrong(LOCAL, "cognito_import_local.cli", "from user_import import text", "user_import.text"),
    Wrong(
        MINISTACK,
        "cognito_import_local.client.local_aws",
        "import ministack",
        "ministack",
    ),
    Wrong(MINISTACK, "cognito_import_local.__main__", "import ministack", "ministack"),
    Wrong(
        HANDLER,
        "user_import.worker",
        "import cdk_cognito_user_import.names",
        "cdk_cognito_user_import.names",
    ),
    Wrong(
        HANDLER,
        "user_import.text",
        "import cognito_import_local.settings",
        "cognito_import_local.settings",
    ),
    Wrong(
        CONSTRUCT,
        "cdk_cognito_user_import.nag",
        "import cognito_import_local.settings",
        "cognito_import_local.settings",
    ),
    Wrong(SYNTHETIC, "cdk_cognito_user_import.synthetic.people", "import aws_cdk", "aws_cdk"),
    Wrong(
        LOCAL,
        "cognito_import_local.cli",
        "from cdk_cognito_user_import._lambda.user_import import contract",
        "cdk_cognito_user_import",
    ),
    Wrong(
        VERIFY,
        "verify_aws.probes.jobs",
        "from user_import import contract",
        "user_import.contract",
    ),
    Wrong(
        VERIFY,
        "verify_aws.run",
        "import cognito_import_local.settings",
        "cognito_import_local.settings",
    ),
    Wrong(VERIFY_LAYERS, "verify_aws.names", "from . import account", "verify_aws.account"),
]


def linted(folder: Path) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report of each contract for a copy with all wrong imports in it."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("_lambda", "__pycache__")
    for package in PACKAGES:
        shutil.copytree(package, folder / package.name, ignore=ignored)
    for wrong in WRONG:
        path = folder / wrong.module.replace(".", "/")
        with path.with_suffix(".py").open("a", encoding="utf-8") as file:
            file.write(f"{wrong.line}\n")
    (folder / "user_import" / "elsewhere.py").touch()
    broken = linted(folder).partition("Broken contracts")[2]
    parts = re.split(r"^(.+)\n-+\n", broken, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.module} {wrong.line}")
def test_a_wrong_import_breaks_its_contract(reports: dict[str, str], wrong: Wrong) -> None:
    assert re.search(
        rf"{re.escape(wrong.module)} -> {re.escape(wrong.arrow)}\s+\(", reports[wrong.contract]
    )


def test_a_new_module_needs_a_layer(reports: dict[str, str]) -> None:
    assert "user_import.elsewhere" in reports[LAYERS]


# The construct reaches the handler through a symbolic link; import-linter sees nothing behind it.


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a module imports, or names as a text as `__init__` does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"^\.*_lambda\.[\w.]+$", node.value)


def handler_modules(path: Path) -> set[str]:
    """Return the modules of the handler that a module imports, and AWS's SDK as `boto3`."""
    found = set()
    for name in imported(path):
        if behind := re.search(r"(?:\b_lambda\.|^)user_import\b\.?(\w*)", name):
            found.add(behind[1])
        elif re.match(r"(boto3|botocore)\b", name):
            found.add("boto3")
    return found


def modules_of_the_construct() -> list[Path]:
    return sorted(
        path for path in CONSTRUCTS.rglob("*.py") if "_lambda" not in path.relative_to(ROOT).parts
    )


def test_the_construct_imports_the_contract_and_the_csv_of_the_handler_only() -> None:
    modules = {path for path in modules_of_the_construct() if path not in OF_RUNS}
    found = {name for path in modules for name in handler_modules(path)}
    assert found == {"contract", "users_csv"}


def test_only_the_commands_about_runs_call_aws() -> None:
    found = {path: handler_modules(path) for path in OF_RUNS}
    assert found == {AWS_OF_RUNS: {"boto3"}, RUNNABLE: {"contract", "text"}}


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("from ._lambda.user_import.errors import AwsError", "errors"),
        ("from ._lambda.user_import import text", "text"),
        ("from .._lambda.user_import.aws import s3", "aws"),
        ("from cdk_cognito_user_import._lambda.user_import import starter", "starter"),
        ("import cdk_cognito_user_import._lambda.user_import.worker", "worker"),
        ("from user_import import worker", "worker"),
        ("import user_import", ""),
        ("LAZY = {'State': '._lambda.user_import.steps.state'}", "steps"),
        ("import boto3", "boto3"),
        ("from botocore.config import Config", "boto3"),
    ],
)
def test_another_import_of_the_construct_is_detected(
    tmp_path: Path, line: str, module: str
) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(f"{line}\n", encoding="utf-8")
    assert handler_modules(wrong) == {module}


# A function has the standard library, its own package, and the boto3 of its runtime.


def packages_a_function_lacks(path: Path) -> set[str]:
    """Return the packages that a module of the handler imports, and that its runtime lacks."""
    roots = {name.partition(".")[0] for name in imported(path) if not name.startswith(".")}
    return roots - sys.stdlib_module_names - {"boto3", "botocore"}


def test_the_handler_imports_only_packages_of_its_runtime() -> None:
    modules = (ROOT / "lambda" / "user_import").rglob("*.py")
    assert set().union(*map(packages_a_function_lacks, modules)) == set()


@pytest.mark.parametrize("package", ["attrs", "awscli", "aws_cdk", "s3transfer"])
def test_another_package_in_the_handler_is_detected(tmp_path: Path, package: str) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(f"import json\nfrom {package}.part import name\n", encoding="utf-8")
    assert packages_a_function_lacks(wrong) == {package}
