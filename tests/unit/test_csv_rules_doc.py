from __future__ import annotations

import re
from pathlib import Path

from user_import.users_csv import Rule

DOC = (Path(__file__).parents[2] / "docs" / "csv-rules.md").read_text(encoding="utf-8")


def test_the_document_reports_every_rule_in_the_words_of_the_code() -> None:
    told = [
        tuple(cell.strip() for cell in line.split("|")[1:3])
        for line in DOC.splitlines()
        if line.startswith("| CSV")
    ]
    assert told == [(rule.id, rule.requirement) for rule in Rule]


def test_the_ids_of_the_rules_are_unique_and_in_order() -> None:
    ids = [rule.id for rule in Rule]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch("CSV[0-9]{3}", each) for each in ids)
