"""The public names of the package."""

from __future__ import annotations

import ast
import inspect
import pydoc
import tomllib
from pathlib import Path

import cdk_cognito_user_import as package
from cdk_cognito_user_import.cli import main

ROOT = Path(__file__).parents[2]
PUBLIC = [
    *("Choices", "ExportFormat", "ImportWorkflow", "LocalUsers", "LogsRole", "NumberRange"),
    *("OnBadHash", "PasswordHashes", "PasswordVia", "SourceConfig", "StagingBucket"),
    *("TestPassword", "Tolerance", "UserImport", "UserKind", "UserSource"),
]


def imported_for_type_checkers() -> list[str]:
    """Return the names that type checkers and editors see."""
    tree = ast.parse(Path(inspect.getfile(package)).read_text(encoding="utf-8"))
    (block,) = (each for each in tree.body if isinstance(each, ast.If))
    return [
        alias.asname or alias.name
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    ]


def test_all_public_names_are_exported() -> None:
    assert package.__all__ == PUBLIC
    assert sorted(imported_for_type_checkers()) == PUBLIC


def test_dir_shows_the_public_names_and_no_other() -> None:
    assert dir(package) == PUBLIC


def test_every_public_name_is_a_class_with_help() -> None:
    for name in package.__all__:
        public = getattr(package, name)
        assert inspect.isclass(public)
        assert inspect.getdoc(public)
        assert name in pydoc.render_doc(package)


def test_the_command_line_is_a_console_script() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"]["cognito-user-import"] == f"{main.__module__}:{main.__name__}"
