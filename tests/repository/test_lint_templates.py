"""A template that CloudFormation would refuse must not pass."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
JsonObject = dict[str, Any]
WriteTemplate = Callable[..., Path]

KEY: JsonObject = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}}
PARAMETER = {"Type": "String"}


@pytest.fixture(scope="module")
def lint() -> ModuleType:
    path = ROOT / ".ci" / "lint_templates.py"
    spec = importlib.util.spec_from_file_location("lint_templates", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def file(tmp_path: Path) -> WriteTemplate:
    def write(resource: JsonObject, name: str = "test", **sections: JsonObject) -> Path:
        path = tmp_path / f"{name}.template.json"
        path.write_text(json.dumps({**sections, "Resources": {"Key": resource}}, indent=1))
        return path

    return write


def test_an_error_in_any_template_fails_with_its_line_and_rule(
    lint: ModuleType, file: WriteTemplate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {**KEY, "Properties": {"Colour": "red"}}
    files = [file(bad, "first"), file(KEY, "second"), file(bad, "third")]
    with pytest.raises(SystemExit, match="cfn-lint: 2 errors in 3 templates"):
        lint.check(files, tmp_path)
    printed = capsys.readouterr().out
    assert [f"{path}:6: E3002 " in printed for path in files] == [True, False, True]


def test_a_file_that_is_not_a_template_fails(
    lint: ModuleType, file: WriteTemplate, tmp_path: Path
) -> None:
    path = file(KEY)
    path.write_text("{")
    with pytest.raises(SystemExit):
        lint.check([path], tmp_path)


def test_a_warning_is_printed_and_passes(
    lint: ModuleType, file: WriteTemplate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lint.check([file(KEY, Parameters={"Unused": PARAMETER})], tmp_path)
    warning, verdict = capsys.readouterr().out.splitlines()
    assert ": W2001 " in warning
    assert verdict == "cfn-lint: no errors in 1 templates"


def test_the_findings_of_an_unchanged_template_are_kept(
    lint: ModuleType,
    file: WriteTemplate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = file({**KEY, "Properties": {"Colour": "red"}})
    printed = []
    for _ in range(2):
        with pytest.raises(SystemExit, match="1 errors in 1 templates"):
            lint.check([bad], tmp_path)
        printed.append(capsys.readouterr().out)
        monkeypatch.setenv("PATH", "")  # the second run finds no cfn-lint
    assert printed[0] == printed[1]


def test_a_changed_template_is_linted_again(
    lint: ModuleType, file: WriteTemplate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lint.check([file(KEY)], tmp_path)
    with pytest.raises(SystemExit, match="1 errors in 1 templates"):
        lint.check([file({**KEY, "Properties": {"Colour": "red"}})], tmp_path)


def test_no_templates_are_a_failure(lint: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no templates"):
        lint.check([], tmp_path)
