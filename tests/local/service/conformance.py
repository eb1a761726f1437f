"""What is on record about user import jobs, what is not, and the tests that hold each.

    python tests/local/service/conformance.py      writes docs/local-aws-conformance.md

Fact ids are the sections of the project's sheet of public facts about Cognito's import.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

from conformance_table import (  # type: ignore[import-not-found]  # beside this script
    FACTS,
    READINGS,
    UNKNOWNS,
)

from cognito_import_local import ImportSettings, settings, user_settings

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
DOCUMENT = ROOT / "docs" / "local-aws-conformance.md"
HEAD = """\
# Conformance of the local import service

Written by `python tests/local/service/conformance.py` from the table in that file; a test
holds this document and the table together. The service was written from a
sheet of public facts about Cognito's CSV import. The ids are its sections: comments in `local/` and
rows of [unproven.md](unproven.md) refer to them, as in "facts §1.12". Nothing here was compared
with a real account: a fact is documented by AWS, or was published by a user of AWS.

## Facts on record

| id | fact | held by |
|---|---|---|
"""
SETTINGS_HEAD = """
## Not on record, or too slow to wait for: settings

Section numbers in the reasons are those of the sheet, as the ids are. The default is the value of
the profile `documented`; where nothing stands below `hostile`, that profile has it too. How to set
them is in [local-aws.md](local-aws.md).

| setting | default | hostile | why, or what it is | id | held by |
|---|---|---|---|---|---|
"""
READINGS_HEAD = """
## Not on record, and no setting: how we read it

| id | reading |
|---|---|
"""
TAIL = """
## Texts

A message that is not on record is a setting (`texts`), marked as ours. The tests of the import
service run with nonsense in the place of every one of them (`tests/local/service/conftest.py`);
with `LOCAL_AWS_TEXTS=ours` they run with the texts that users see.
"""


def document() -> str:
    """Return the document."""
    reasons = setting_reasons()
    return (
        HEAD
        + "".join(f"| {each.id} | {each.says} | {_cell(each.tests)} |\n" for each in FACTS)
        + SETTINGS_HEAD
        + "".join(
            f"| `{name}` | {_default(name)} | {_hostile(name)} "
            f"| {reasons[name]} | {where} | {_cell(tests)} |\n"
            for name, (where, tests) in UNKNOWNS.items()
        )
        + READINGS_HEAD
        + "".join(f"| {where} | {reading} |\n" for where, reading in READINGS)
        + TAIL
    )


def _cell(tests: tuple[str, ...]) -> str:
    files = test_files()
    return "<br>".join(f"{files.get(name, '?')}: {name.replace('_', ' ')}" for name in tests)


def _default(name: str) -> str:
    return "see below" if name == "texts" else f"`{getattr(ImportSettings(), name)!r}`"


def _hostile(name: str) -> str:
    value = settings.PROFILES["hostile"].get(name, getattr(ImportSettings(), name))
    return "" if value == getattr(ImportSettings(), name) else f"`{value!r}`"


def setting_reasons() -> dict[str, str]:
    """Return what stands below each field in the source of the settings."""
    classes = {
        node.name: node.body
        for file in (settings.__file__, user_settings.__file__)
        for node in ast.parse(Path(file).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    return {
        field.target.id: " ".join(text.value.value.split())
        for name in ("ImportSettings", "UserSettings")
        for field, text in pairwise(classes[name])
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def named_tests() -> set[str]:
    """Return the names of all tests in the table."""
    return {name for each in FACTS for name in each.tests} | {
        name for _, tests in UNKNOWNS.values() for name in tests
    }


@cache
def test_files() -> dict[str, str]:
    """Return the tests that there are, and the file of each."""
    return {
        node.name.removeprefix("test_"): file.stem
        for file in sorted(HERE.glob("test_*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")
