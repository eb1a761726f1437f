"""Texts of AWS become templates, or are left out."""

from __future__ import annotations

import pytest

from verify_aws.texts import LONGEST, is_template, public, template_of

KNOWN = [
    ("job id", "import-9sHxosU7BP"),
    ("pool id", "eu-central-1_AbCdEf123"),
    ("account", "123456789012"),
]


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("The import succeeded.", "The import succeeded."),
        (
            "No csv file was uploaded for import-9sHxosU7BP",
            "No csv file was uploaded for <job id>",
        ),
        (
            "User pool eu-central-1_AbCdEf123 does not exist.",
            "User pool <pool id> does not exist.",
        ),
        ("Rate exceeded: 15 calls a second", "Rate exceeded: <number> calls a second"),
        (
            "(Example: email_verified to true).",
            "(Example: email_verified to true).",
        ),
        ("two\n  lines", "two lines"),
    ],
)
def test_known_values_become_placeholders(text: str, template: str) -> None:
    assert template_of(text, KNOWN) == template
    assert is_template(template)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User: arn:aws:iam::123456789012:user/ada is not authorized",
        "see https://example.com/help",
        "ada@example.com is taken",
        "request 5f2c7f0e-3b1d-4a44-9a51-0123456789ab failed",
        "account 210987654321 has no access",
        "import-otherJob01 is active",
        "us-east-1_Qwertz123 is busy",
        f"{'AKIA'}IOSFODNN7EXAMPLE is not valid",
        "x" * 41,
        "word " * LONGEST,
        "пул не существует",
        "<script>",
    ],
)
def test_a_text_with_anything_else_is_left_out(text: str) -> None:
    assert template_of(text, KNOWN) is None


@pytest.mark.parametrize(
    "text",
    [
        "job import-9sHxosU7BP",
        "in eu-central-1_AbCdEf123",
        "account 123456789012",
        "arn:aws:iam",
        "see https://example.com",
        "stack verify-import-0123abcd",
    ],
)
def test_an_answer_has_nothing_of_the_account(text: str) -> None:
    assert public(text) == "left out"


@pytest.mark.parametrize("text", ["refused with AccessDenied", "after 150 s", "no: 1,000 jobs"])
def test_other_answers_stay_as_they_are(text: str) -> None:
    assert public(text) == text


def test_the_longest_value_is_replaced_first() -> None:
    known = [("name", "pool"), ("stack", "pool-of-stack")]
    assert template_of("pool-of-stack is there", known) == "<stack> is there"
