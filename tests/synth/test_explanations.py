"""`explain`: every rule has an explanation, and its example is refused and accepted as it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from cdk_cognito_user_import._lambda.user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    Pool,
    ReadOptions,
    Rule,
    validate_users,
)
from cdk_cognito_user_import.cli import main
from cdk_cognito_user_import.messages.explanations import EXPLANATIONS

ATTRIBUTES = (
    *STANDARD_ATTRIBUTES,
    Attribute("custom:age", "Number", minimum=18),
    Attribute("custom:plan", maximum=12),
)
POOL = Pool(
    attributes=ATTRIBUTES,
    auto_verified=(),
    aliases=(),
    username_attributes=(),
    mfa="OFF",
    case_sensitive=False,
)
POOLS = {
    Rule.COLUMN_MISSING: POOL._replace(auto_verified=("email",)),
    Rule.NOT_VERIFIED: POOL._replace(auto_verified=("email",)),
    Rule.USERNAME_IS_EMAIL: POOL._replace(aliases=("email",)),
    Rule.DUPLICATE_ALIAS: POOL._replace(aliases=("email",)),
    Rule.USERNAME_FORM: POOL._replace(username_attributes=("email",)),
    Rule.USERNAME_DIFFERS: POOL._replace(username_attributes=("email",)),
    Rule.REQUIRED: POOL._replace(
        attributes=tuple(each._replace(required=each.name == "name") for each in ATTRIBUTES)
    ),
}
"""The user pools that the examples are for, where it matters."""

OPTIONS = {
    Rule.COLUMN_NOT_FOUND: ReadOptions(columns={"E-mail": "email"}),
    Rule.NOT_STRICT: ReadOptions(strict=True),
}
WITHOUT_A_FILE = {
    *(Rule.ENCODING, Rule.ROW_TOO_LONG, Rule.TOO_MANY_USERS, Rule.BLANK_LINES),
    *(Rule.USERNAME_TOO_LONG, Rule.VALUE_TOO_LONG, Rule.HASH_FORMAT, Rule.EXPORT),
    *(Rule.PROVIDER_LINK, Rule.PROVIDER_SIGN_IN, Rule.EXCLUDED_USER, Rule.OTHER_ENCODING),
    *(Rule.HASH_UNUSABLE, Rule.HASH_TOO_COSTLY, Rule.HASHES_NOT_TAKEN),
    *(Rule.GZIP, Rule.OTHER_HEADER),
}
"""Rules about sizes, encodings, hashes, exports and objects, which no few lines of a CSV break."""


def broken_by(rule: Rule, text: str) -> set[Rule]:
    """The rules that an example breaks."""
    options = OPTIONS.get(rule, ReadOptions())
    # Only the example of this rule is about columns that are left as they are.
    pool = POOLS.get(rule, POOL)
    if rule is Rule.NOT_STRICT:
        pool = pool._replace(columns=("cognito:username", "email", "email_verified"))
    report = validate_users([(text + "\n").encode()], pool, len, options=options)
    return {*report.findings.counts}


def test_every_rule_has_an_explanation() -> None:
    assert {*EXPLANATIONS} == {*Rule}


@pytest.mark.parametrize("rule", EXPLANATIONS)
def test_an_example_breaks_its_rule_and_no_other_and_its_correction_breaks_none(rule: Rule) -> None:
    explanation = EXPLANATIONS[rule]
    assert (explanation.wrong == "") == (rule in WITHOUT_A_FILE)
    if explanation.wrong:
        assert broken_by(rule, explanation.wrong) == {rule}
        assert broken_by(rule, explanation.right) == set()


@pytest.mark.parametrize("rule", EXPLANATIONS)
def test_an_explanation_has_the_requirement_the_advice_and_the_source(
    rule: Rule, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", rule.id]) == 0
    out = re.sub(r"\s+", " ", capsys.readouterr().out)
    explanation = EXPLANATIONS[rule]
    assert out.startswith(
        f"{rule.id}: {rule.requirement} What to do: {explanation.advice} Source: "
    )
    for line in (*explanation.wrong.splitlines(), *explanation.right.splitlines()):
        assert re.sub(r"\s+", " ", line) in out
    assert explanation.where in out


@pytest.mark.parametrize("rule", EXPLANATIONS)
def test_an_explanation_is_of_whole_sentences(rule: Rule) -> None:
    explanation = EXPLANATIONS[rule]
    assert explanation.advice.endswith(".")
    assert explanation.source.endswith((".", ".html"))


def test_without_a_rule_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{rule.id}  {rule.requirement}" for rule in Rule]


@pytest.mark.parametrize("given", ["csv017", "(CSV017)", "CSV017,", "(CSV017).", "17", "csv17"])
def test_a_rule_may_be_written_as_a_message_has_it(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", given]) == 0
    assert capsys.readouterr().out.startswith("CSV017: ")


def test_several_rules_are_explained_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "CSV017", "CSV018", "csv017"]) == 0
    assert re.findall(r"^CSV\d+", capsys.readouterr().out, re.MULTILINE) == ["CSV017", "CSV018"]


def test_an_explanation_is_written_in_ascii_too() -> None:
    command = [sys.executable, "-m", "cdk_cognito_user_import", "explain", "CSV037"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"$2b$12$\\u2026" in done.stdout
