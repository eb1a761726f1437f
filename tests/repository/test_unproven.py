"""docs/unproven.md names what the code assumes about AWS, its evidence, and what makes it wrong."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cognito_import_local import ImportSettings

ROOT = Path(__file__).parents[2]
REGISTER = (ROOT / "docs" / "unproven.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in REGISTER.splitlines()
    if re.match(r"\| [A-Z0-9]+-\d+ \|", line)
]
EVIDENCE = ("documented", "recorded", "reported", "assumed")
HANDLER = sorted((ROOT / "lambda" / "user_import").rglob("*.py"))
SETS_OF_CODES = {
    "_BUSY",
    "_DENIED",
    "_GONE",
    "_KINDS",
    "_KINDS_WITH_ROLE",
    "_MAY_PASS",
    "MISSING",
    "REMEDIES_OF_ANY_CALL",
    "_START_KINDS",
    "_STOP_KINDS",
    "_UNUSABLE",
}


def codes() -> set[str]:
    """Return the error codes on which the handler branches."""
    found: set[str] = set()
    for path in HANDLER:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {each.id for each in targets if isinstance(each, ast.Name)}
                if names & SETS_OF_CODES and node.value is not None:
                    found |= keys_of(node.value)
            if isinstance(node, ast.Compare) and is_code(node.left):
                found |= texts(node)
    return found


def is_code(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "code") or (
        isinstance(node, ast.Name) and node.id == "code"
    )


def keys_of(node: ast.expr) -> set[str]:
    """Return the texts in a set, or the keys of a mapping."""
    if isinstance(node, ast.Dict):
        return {text for each in node.keys if each is not None for text in texts(each)}
    return set().union(
        *(keys_of(each) for each in ast.walk(node) if isinstance(each, ast.Dict))
    ) or (texts(node))


def texts(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def text_of_tests() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))
    )


def test_the_table_has_rows_with_unique_ids() -> None:
    ids = [row[0] for row in ROWS]
    assert len(ids) > 50
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_has_an_assumption_its_evidence_and_its_counterexample(row: list[str]) -> None:
    assert len(row) == 6
    assert all(row)
    assert row[2].startswith(EVIDENCE)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_counterexample_is_an_existing_setting_or_test(row: list[str]) -> None:
    settings = set(ImportSettings().as_json())
    all_tests = text_of_tests()
    names = re.findall(r"`(\w+)`", row[4])
    assert names
    for name in names:
        is_file = any((ROOT / "tests").rglob(f"{name}.py"))
        assert name in settings or is_file or f"def {name}(" in all_tests, name


def test_every_error_code_that_the_handler_branches_on_has_a_row() -> None:
    found = codes()
    assert {"PreconditionNotMetException", "KmsThrottlingException", "NoSuchKey"} <= found
    assert {code for code in found if f"`{code}`" not in REGISTER} == set()
