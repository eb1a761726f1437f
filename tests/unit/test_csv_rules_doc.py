from __future__ import annotations

from pathlib import Path

from user_import.users_csv import Rule

DOC = (Path(__file__).parents[2] / "docs" / "csv-rules.md").read_text(encoding="utf-8")


def test_the_document_has_every_rule_with_the_description_in_the_code() -> None:
    reported = [
        tuple(cell.strip() for cell in line.split("|")[1:3])
        for line in DOC.splitlines()
        if line.startswith("| CSV")
    ]
    assert reported == [(rule.id, rule.requirement) for rule in Rule]


def test_the_ids_of_the_rules_are_unique_and_without_gaps() -> None:
    assert [rule.id for rule in Rule] == [f"CSV{number:03}" for number in range(1, len(Rule) + 1)]
