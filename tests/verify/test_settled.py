"""docs/unproven.md says which rows are settled, by which report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify_aws import register, settled
from verify_aws.facts import FactsError

EXAMPLE = Path(__file__).parent / "example" / "facts.json"


def report(folder: Path, name: str, region: str, **answers: str) -> Path:
    content = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    content |= {"target": "aws", "region": region, "date": "2026-12-01"}
    content["answers"] = {row.replace("_", "-"): verdict for row, verdict in answers.items()}
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_the_page_has_what_the_reports_say() -> None:
    assert settled.section(settled.reports()) in register.PAGE.read_text(encoding="utf-8")


def test_without_a_report_nothing_is_settled() -> None:
    assert settled.section([]) == "No report from a real account yet."


def test_reports_settle_rows_and_disagreements_are_shown(tmp_path: Path) -> None:
    one = report(tmp_path, "a.json", "eu-west-1", COG_1="as assumed", COG_14="otherwise")
    two = report(
        tmp_path, "b.json", "us-east-1", COG_1="otherwise", COG_14="otherwise", IAM_1="not observed"
    )
    first, second = settled.section([one, two]).splitlines()[2:]
    of_one = "[a.json](reports/a.json), eu-west-1, 2026-12-01"
    of_two = "[b.json](reports/b.json), us-east-1, 2026-12-01"
    assert first == (
        f"| COG-1 | **reports disagree** | as assumed: {of_one}; otherwise: {of_two} |"
    )
    assert second == f"| COG-14 | otherwise | {of_one}; {of_two} |"


def test_a_report_of_the_local_aws_settles_nothing() -> None:
    with pytest.raises(FactsError, match="of the local AWS"):
        settled.section([EXAMPLE])
