"""The corrections of a file, as options to paste into the command line."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cdk_cognito_user_import.cli import main
from cdk_cognito_user_import.command_line.corrections import options_of
from cdk_cognito_user_import.messages import command_line as messages

if TYPE_CHECKING:
    from collections.abc import Callable

ROW = "cognito:username,email,email_verified"
PREFIX = messages.arguments_here("")


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Check a file of one user with these columns; returns the printed options."""

    def check(header: str, *arguments: str) -> str:
        file = tmp_path / "users.csv"
        file.write_text(f"{header}\na,a@example.com,true{',' * (header.count(',') - 2)}\n")
        main(["check", str(file), *arguments])
        lines = capsys.readouterr().out.splitlines()
        printed = [line.removeprefix(PREFIX) for line in lines if line.startswith(PREFIX)]
        assert len(printed) <= 1
        return printed[0] if printed else ""

    return check


@pytest.mark.parametrize(
    ("header", "options"),
    [
        (f"{ROW},Shoe size", "--column 'Shoe size='"),
        (f"{ROW},nmae,Notes,notes 2", "--column nmae=name --column Notes= --column 'notes 2='"),
        (f"{ROW},{','.join(f'f{n}' for n in range(9))}", "--only-columns"),
        (f"{ROW},{','.join(f'custom_er{n}x' for n in range(3))},f", "--only-columns"),
        ("Login,email,email_verified", "--column Login=cognito:username"),
        (ROW, ""),
    ],
)
@pytest.mark.parametrize("all_of_them", [[], ["--all"]])
def test_the_printed_options_correct_the_file(
    check: Callable[..., str], header: str, options: str, all_of_them: list[str]
) -> None:
    assert check(header, *all_of_them) == options
    assert check(header, *all_of_them, *shlex.split(options)) == ""


def test_more_columns_than_findings_that_are_kept_have_their_options(
    check: Callable[..., str],
) -> None:
    names = [f"custom:a{number}" for number in range(40)]
    header = f"{ROW},{','.join(names)}"
    pool = ["--user-pool-header", ROW]
    expected = " ".join(f"--column {name}=" for name in names)
    assert check(header, *pool) == check(header, "--all", *pool) == expected


def test_an_option_that_is_given_is_not_printed_again(check: Callable[..., str]) -> None:
    given = ["--column", "E-mail=email"]
    assert check("Login,E-mail,email_verified", *given) == "--column Login=cognito:username"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('give columns={"a}": ("x", "y"), "it\'s": None}', "--column 'a}=x' --column 'a}=y' "),
        ('columns={"a=b": "x", "c\\\\d": "y"}', "--column 'c\\d=y'"),
        ('columns={"…": "cognito:username"}', ""),
        ("give export=ExportFormat.OKTA", "--export okta"),
        ('constants={"email_verified": True}, leave_out=[UserKind.DISABLED]', ""),
        ("map them with columns={…}, or only_columns=True", "--only-columns"),
    ],
)
def test_the_arguments_of_a_text_become_options(text: str, options: str) -> None:
    got = options_of([text, text], ())
    if "it's" in text:
        options += "--column " + shlex.quote("it's=")
    assert got == options


def test_convert_prints_the_export_that_the_file_is_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.json"
    file.write_text('[{"user_id": "auth0|1", "email_verified": true}]')
    assert main(["convert", str(file), "--export", "firebase"]) == 1
    _, printed, last = capsys.readouterr().err.splitlines()
    assert printed == messages.arguments_here("--export auth0")
    assert last == messages.conversion_incomplete()
