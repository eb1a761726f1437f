"""docs/reliability.md names a test for every promise, and the tests are there."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
TEXT = (TESTS.parent / "docs" / "reliability.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| (?!promise|---)([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
NAMED = re.findall(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`( \(slow\))?", TEXT)


def functions(path: str) -> dict[str, bool]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    whole = any(
        isinstance(node, ast.Assign) and ast.unparse(node) == "pytestmark = pytest.mark.slow"
        for node in tree.body
    )
    return {
        node.name: whole or any("mark.slow" in ast.unparse(each) for each in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize(("path", "name", "slow"), NAMED, ids=[name for _, name, _ in NAMED])
def test_a_test_that_holds_a_promise_exists_and_is_as_slow_as_documented(
    path: str, name: str, slow: str
) -> None:
    assert functions(path)[name] is bool(slow)


@pytest.mark.parametrize(("promise", "held_by"), PROMISES, ids=[each[0][:60] for each in PROMISES])
def test_every_promise_has_a_test(promise: str, held_by: str) -> None:
    assert "::test_" in held_by or "*all histories*" in held_by


def test_there_are_promises() -> None:
    assert len(PROMISES) > 30
