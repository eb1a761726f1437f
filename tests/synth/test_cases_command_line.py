"""Cases of the command line: a file and a user pool, and what `check` says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from helpers.imports import import_into

from cdk_cognito_user_import import UserSource
from cdk_cognito_user_import.cli import main
from cdk_cognito_user_import.messages import sources, validations

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = Path(__file__).parents[1] / "cases"
NO_VERIFY = CASES / "93-no-verify"
USERS = str(NO_VERIFY / "users.csv")
POOL = json.loads((NO_VERIFY / "pool.json").read_text(encoding="utf-8"))


@pytest.fixture
def check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str]]]:
    """Check the users of the case against a pool with these settings."""

    def check(*arguments: str, users: str = USERS, **settings: object) -> tuple[int, list[str]]:
        schema = tmp_path / "pool.json"
        schema.write_text(json.dumps({"UserPool": {**POOL["UserPool"], **settings}}))
        status = main(["check", users, "--schema", str(schema), *arguments])
        return status, capsys.readouterr().out.replace(str(schema), "pool.json").splitlines()

    return check


def test_93_no_verify_is_refused_with_the_message_of_synth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    schema = str(NO_VERIFY / "pool.json")
    assert main(["check", USERS, "--schema", schema]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{schema}: error: {validations.no_auto_verify()}"
    assert lines[1].startswith("1 user; 1 error, 0 warnings")


def test_synth_refuses_the_same_pool_with_the_same_message(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    stack = Stack(app, "Test")
    import_into(
        stack, "Seed", user_pool=cognito.UserPool(stack, "Pool"), source=UserSource.from_file(USERS)
    )
    with pytest.raises(RuntimeError) as refused:
        app.synth()
    assert validations.no_auto_verify() in str(refused.value)


@pytest.mark.parametrize("verified", [[], ()])
def test_a_pool_whose_list_of_verified_attributes_is_empty_is_refused(
    check: Callable[..., Any], verified: object
) -> None:
    status, lines = check(AutoVerifiedAttributes=verified)
    assert status == 1
    assert lines[0] == f"pool.json: error: {validations.no_auto_verify()}"


def test_a_pool_that_verifies_nothing_and_a_wrong_file_are_both_named(
    check: Callable[..., Any], tmp_path: Path
) -> None:
    users = tmp_path / "users.csv"
    users.write_text("cognito:username,email,email_verified\nada lovelace,a@example.com,true\n")
    status, lines = check(users=str(users))
    assert status == 1
    assert lines[0].startswith("pool.json: error: ")
    assert lines[1].startswith(f"{users}:2: error: column cognito:username: ")
    assert lines[-1].startswith("1 user; 2 errors, 0 warnings")


def test_a_pool_that_verifies_nothing_is_a_problem_without_a_rule_in_json(
    check: Callable[..., Any],
) -> None:
    status, lines = check("--format", "json")
    problem, summary = (json.loads(line.replace("pool.json", "")) for line in lines)
    assert status == 1
    assert (problem["severity"], problem["rule"], problem["line"]) == ("error", None, None)
    assert problem["message"] == validations.no_auto_verify()
    assert (summary["importable"], summary["errors"], summary["rules"]) == (False, 1, {})


@pytest.mark.parametrize("verified", [["email"], ["email", "phone_number"]])
def test_a_pool_that_verifies_email_addresses_accepts_the_users(
    check: Callable[..., Any], verified: list[str]
) -> None:
    status, lines = check(AutoVerifiedAttributes=verified)
    assert status == 0
    assert lines[0].startswith("1 user; 0 errors, 0 warnings")


def test_auto_verified_attributes_are_unknown_without_the_pools_description(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", USERS]) == 0
    assert "which attributes must be verified" in capsys.readouterr().out


def test_a_column_with_a_default_and_a_constant_is_refused_as_at_synth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = sources.default_and_constant(["name"])
    assert main(["check", USERS, "--default", "name=A", "--constant", "name=B"]) == 2
    assert words in capsys.readouterr().err
    with pytest.raises(ValueError, match="in defaults and in constants") as refused:
        UserSource.from_file(USERS, defaults={"name": "A"}, constants={"name": "B"})
    assert str(refused.value) == words


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_the_description_of_a_pool_may_be_written_by_powershell(
    tmp_path: Path, encoding: str
) -> None:
    schema = tmp_path / "pool.json"
    description = {"UserPool": {**POOL["UserPool"], "AutoVerifiedAttributes": ["email"]}}
    schema.write_bytes(json.dumps(description).encode(encoding))
    assert main(["check", USERS, "--schema", str(schema)]) == 0
