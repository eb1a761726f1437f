"""What an import of a wrong CSV does to each command: docs/synth-errors.md."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aws_cdk import NestedStack, Stack, Stage, assertions
from helpers.imports import import_into
from helpers.synthesis import errors_of

from cdk_cognito_user_import import UserSource
from cdk_cognito_user_import.messages import validations as messages

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules/.bin/cdk"
CSV = "cognito:username,email,email_verified\n" + "".join(
    f"{name},{name[0]}@example.com,true\n" for name in ("ada", "two words", "alan", "alan")
)
APP = """
import sys
from aws_cdk import App, NestedStack, Stack, Stage, aws_cognito as cognito
from cdk_cognito_user_import import UserImport, UserSource

app = App()
where = app.node.try_get_context("where")
if where == "stage":
    stack = Stack(Stage(app, "Prod"), "Bad")
elif where == "nested":
    stack = NestedStack(Stack(app, "Bad"), "Inner")
else:
    stack = Stack(app, "Bad")
pool = cognito.UserPool(stack, "Pool", auto_verify=cognito.AutoVerifiedAttrs(email=True))
UserImport(stack, "Seed", user_pool=pool, source=UserSource.from_file("users.csv"))
Stack(app, "Good")
app.synth()
"""


@dataclass(frozen=True)
class Case:
    """A command, and how it ends."""

    where: str
    arguments: tuple[str, ...]
    status: int
    reported: bool = True
    traceback: bool = False


CASES = {
    "synth": Case("app", ("synth", "-q"), 1),
    "strict": Case("app", ("synth", "-q", "--strict"), 1),
    "diff": Case("app", ("diff",), 1),
    "deploy": Case("app", ("deploy", "Bad", "--require-approval", "never"), 1),
    "ignored": Case("app", ("synth", "-q", "--ignore-errors"), 0),
    "other stack": Case("app", ("synth", "Good", "-q"), 0, reported=False),
    "list": Case("app", ("ls",), 0, reported=False),
    "nested": Case("nested", ("synth", "-q"), 1),
    "stage": Case("stage", ("synth", "-q"), 1, traceback=True),
    "stage, ignored": Case("stage", ("synth", "-q", "--ignore-errors"), 1, traceback=True),
}


def run(folder: Path, command: list[str]) -> tuple[int, str]:
    (folder / "users.csv").write_text(CSV)
    (folder / "app.py").write_text(APP)
    found = [str(ROOT / "constructs"), *filter(None, [os.environ.get("PYTHONPATH")])]
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(found), "AWS_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_command_ends_with_the_status_in_the_table(tmp_path: Path, name: str) -> None:
    if not CDK.exists():
        pytest.skip("the CDK CLI is not installed")
    assert shutil.which("node")
    case = CASES[name]
    app = f"{sys.executable} app.py"
    options = ["--app", app, "-c", f"where={case.where}", "--no-version-reporting"]
    status, text = run(tmp_path, [str(CDK), *case.arguments, *options])
    assert status == case.status, text
    assert ("users.csv cannot be imported (CSV017): " in text) is case.reported, text
    assert ("users.csv:3: column cognito:username" in text) is case.reported
    assert ("users.csv:5: column cognito:username" in text) is case.reported  # the warning
    assert ("Traceback" in text) is case.traceback


@pytest.mark.slow
def test_python_alone_fails_with_errors_and_warnings(tmp_path: Path) -> None:
    status, text = run(tmp_path, [sys.executable, "app.py"])
    assert status == 1
    assert "users.csv cannot be imported (CSV017): " in text
    assert "users.csv:5: column cognito:username" in text


@pytest.mark.parametrize(
    "place",
    [
        lambda stack: stack,
        lambda stack: NestedStack(stack, "Inner"),
        lambda stack: Stack(Stage(stack, "Prod"), "Inner"),
    ],
    ids=["stack", "nested stack", "stage"],
)
@pytest.mark.parametrize(
    "read", [assertions.Template.from_stack, assertions.Annotations.from_stack]
)
def test_the_assertions_of_the_cdk_raise(
    tmp_path: Path, read: Callable[[Stack], object], place: Callable[[Stack], Stack]
) -> None:
    (tmp_path / "users.csv").write_text(CSV)
    stack = Stack()
    import_into(place(stack), source=UserSource.from_file(tmp_path / "users.csv"))
    with pytest.raises(RuntimeError, match=r"users\.csv cannot be imported \(CSV017\)"):
        read(stack)


def test_a_stack_without_an_app_of_its_own_reports_all_its_imports(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(CSV)
    stack = Stack()
    import_into(stack, source=UserSource.from_file(tmp_path / "users.csv"))
    inner = Stack(Stage(stack, "Prod"), "Inner")
    import_into(inner, source=UserSource.from_file(tmp_path / "users.csv"))
    with pytest.raises(RuntimeError) as failed:
        assertions.Template.from_stack(stack)
    _, error, *warnings = errors_of(str(failed.value), "Default/Prod/Inner/Seed")
    assert error.startswith(messages.lost_error("Default/Seed", "users.csv cannot be imported"))
    assert [each.partition(" (CSV022)")[0] for each in warnings] == [
        messages.lost_warning("Default/Seed", "users.csv"),
        messages.lost_warning("Default/Prod/Inner/Seed", "users.csv"),
    ]
