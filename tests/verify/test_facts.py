"""A facts file has what the allow-list has, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verify_aws import facts
from verify_aws.facts import FactsError

EXAMPLE = Path(__file__).parent / "example" / "facts.json"
CANARIES = (
    "123456789012",
    "arn:aws:iam::123456789012:role/x",
    "https://example.com",
    "eu-central-1_AbCdEf123",
    "import-9sHxosU7BP",
    "ada@example.com",
)


def content(**changes: Any) -> dict[str, Any]:
    """Return the example's content with changes."""
    return {**json.loads(EXAMPLE.read_text(encoding="utf-8")), **changes}


def test_the_example_is_a_facts_file_of_the_local_aws() -> None:
    assert facts.read(EXAMPLE)["target"] == "local"


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("name", sorted(facts.ALLOWED))
def test_no_fact_takes_what_identifies_an_account(name: str, canary: str) -> None:
    for value in (canary, [canary], {canary: "imported"}, {"backslash": canary}):
        with pytest.raises(FactsError):
            facts.checked(name, value)


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "123456789012"},
        {"region": "123456789012"},
        {"date": "yesterday"},
        {"target": "aws-cn"},
        {"versions": {"boto3": "https://example.com"}},
        {"answers": {"COG-1": "ada@example.com"}},
        {"answers": {"anything": "otherwise"}},
        {"texts": {"slot_taken": "job import-9sHxosU7BP runs"}},
        {"facts": {"slot_taken": "ada@example.com"}},
        {"facts": {"anything": True}},
    ],
    ids=str,
)
def test_nothing_else_is_in_a_facts_file(changes: dict[str, Any]) -> None:
    with pytest.raises(FactsError):
        facts.checked_content(content(**changes))


def test_a_facts_file_lacks_nothing() -> None:
    whole = content()
    del whole["region"]
    with pytest.raises(FactsError, match="has format, target, date"):
        facts.checked_content(whole)


@pytest.mark.parametrize(
    ("text", "message"),
    [("not JSON", "JSONDecodeError"), ("[]", "format"), ('{"format": "2"}', "format")],
)
def test_another_file_is_refused_by_its_name(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FactsError, match=rf"other\.json is not a facts file: .*{message}"):
        facts.read(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds_pending", True),
        ("seconds_pending", -1),
        ("seconds_pending", 1e9),
        ("slot_taken", "lower"),
        ("source_keys_sent", 1),
        ("statuses", "Succeeded"),
        ("rows", {"backslash": "lost"}),
        ("describe_url", "sometimes"),
    ],
)
def test_a_fact_has_its_type(name: str, value: Any) -> None:
    with pytest.raises(FactsError, match=f"^{name} has a value"):
        facts.checked(name, value)
