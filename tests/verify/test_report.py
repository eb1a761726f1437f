"""The report for people, the answers and the limits of a run."""

from __future__ import annotations

import pytest

from verify_aws import limits
from verify_aws.answers import Findings
from verify_aws.facts import Verdict
from verify_aws.limits import LimitReached, Limits
from verify_aws.names import Names, run_of
from verify_aws.report import report


def findings() -> Findings:
    found = Findings()
    found.answer("COG-1", "TooManyRequestsException")
    found.answer("COG-14", "the second: failed", as_assumed=False)
    found.not_observed(["COG-4"], "no: 1,000 jobs are too many")
    found.fact("slot_taken", "TooManyRequestsException")
    found.facts["source_keys_sent"] = False
    found.fact("statuses", ["Pending", "Succeeded"])
    found.fact("rows", {"backslash": "imported"})
    found.text("slot_taken", "import-1 runs", [("job id", "import-1")])
    found.text("denied", "arn:aws:iam::123456789012:user/ada may not", [])
    return found


def content(found: Findings, target: str = "aws") -> dict[str, object]:
    return {
        "date": "2026-11-26",
        "region": "eu-central-1",
        "target": target,
        "versions": {"boto3": "1.43.106"},
        "facts": found.facts,
        "texts": found.texts,
    }


def test_what_is_otherwise_comes_first() -> None:
    found = findings()
    text = report(content(found), found)
    assert "1 otherwise; 1 as assumed; 1 not observed." in text
    places = [text.index(heading) for heading in ("## Otherwise", "## As assumed", "## Not obs")]
    assert places == sorted(places)
    assert "| COG-14 | The second of two rows" in text
    assert "| source_keys_sent | false |" in text
    assert "| statuses | Pending, Succeeded |" in text
    assert "| rows | backslash: imported |" in text
    assert "| slot_taken | `<job id> runs` |" in text
    assert "Left out, because they fit no template: denied." in text
    assert "123456789012" not in text


def test_a_report_of_the_local_aws_says_so() -> None:
    found = findings()
    assert "This was no AWS account" in report(content(found, "local"), found)
    assert "This was no AWS account" not in report(content(found), found)


def test_one_otherwise_decides_a_row_with_several_answers() -> None:
    found = Findings()
    found.not_observed(["IAM-3"], "not yet")
    found.answer("IAM-3", "after 2 s")
    found.answer("IAM-3", "after 300 s", as_assumed=False)
    found.answer("IAM-3", "after 5 s")
    found.not_observed(["IAM-3"], "too late")
    answer = found.answers["IAM-3"]
    assert answer.verdict is Verdict.OTHERWISE
    assert answer.observed == "after 2 s; after 300 s; after 5 s"


def test_a_run_has_a_number_of_imports_and_a_time() -> None:
    left = Limits(seconds=60, imports=1)
    left.use_import()
    with pytest.raises(LimitReached, match="import jobs"):
        left.use_import()
    with pytest.raises(LimitReached, match="time"):
        Limits(seconds=0).use_import()


def test_a_run_costs_cents() -> None:
    assert 0.01 < limits.estimate() < 0.25


def test_the_run_is_found_in_every_name_that_it_gives() -> None:
    names = Names.new()
    for name in (names.stack, names.example, names.new_role, names.pool("Usernames")):
        assert run_of(name) == names.run
    assert run_of("verify-import-of-mine") is None
    assert run_of(f"my-{names.stack}") is None
    assert run_of(f"{names.stack}0") is None
    assert run_of("SeededUserPool") is None
