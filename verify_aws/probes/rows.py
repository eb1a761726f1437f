"""Probes of what Cognito makes of the rows of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..bench import NotObservedError
from ..import_job import user, users_of
from .probe import probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..bench import Bench
    from ..import_job import ImportJob

_LONGEST_TEXT = 20
"""Characters of `custom:text`, by the pool's schema."""


@dataclass(frozen=True)
class _Case:
    """A row whose outcome is a question.

    Attributes:
        values: Of the row, beside those of an ordinary user.
        stored: What the user's attributes should be.
    """

    values: Mapping[str, str]
    stored: Mapping[str, str] = field(default_factory=dict)


_VALUES = {
    "wide white space": _Case({"name": "\u2003wide\u2003"}, {"name": "wide"}),
    "twenty characters of three bytes": _Case({"custom:text": "\u8a9e" * _LONGEST_TEXT}),
    "twenty characters of four bytes": _Case({"custom:text": "\U0001f600" * _LONGEST_TEXT}),
    "decimal number": _Case({"custom:number": "1.5"}),
    "exponent": _Case({"custom:number": "1e3"}),
    "milliseconds": _Case({"updated_at": "1471453471000"}, {"updated_at": "1471453471000"}),
    "fraction of a second": _Case({"updated_at": "1471453471.5"}, {"updated_at": "1471453471.5"}),
    "mixed case boolean": _Case({"email_verified": "True"}, {"email_verified": "true"}),
    "two dots": _Case({"email": "two..dots@example.com"}, {"email": "two..dots@example.com"}),
    "mailto": _Case({"email": "mailto:m@example.com"}, {"email": "mailto:m@example.com"}),
    "single quotes": _Case({"name": "'quoted'"}, {"name": "'quoted'"}),
    "word for a blank": _Case({"name": "NULL"}, {"name": "NULL"}),
    "birthdate": _Case({"birthdate": "02/01/1985"}, {"birthdate": "1985-02-01"}),
}
_ESCAPES = {
    "backslash": _Case({"name": r"a\b"}, {"name": r"a\b"}),
    "quotation mark": _Case({"name": 'a"b'}, {"name": 'a"b'}),
}
"""In a file of their own, which Cognito may be unable to read as a whole."""

_ORDINARY = 20
"""Other users of a file, before the questions: a job with too many bad rows may end early."""

_IMPORTED = ("imported", "changed")


def _outcomes(
    bench: Bench, cases: Mapping[str, _Case]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Import a row for each case, and return the outcomes, and the pool's users.

    Raises:
        NotObservedError: The job failed as a whole.
    """
    rows = [user(f"ordinary-{number}-{len(cases)}") for number in range(_ORDINARY)]
    rows += [user(_name(case)) | dict(each.values) for case, each in cases.items()]
    job = bench.job()
    ended = job.run(rows)
    if job.counts == (0, 0, 0):
        bench.text("unreadable_file", ended.get("CompletionMessage", ""), job)
        raise NotObservedError(f"the job with {', '.join(cases)} ends {ended['Status']}")
    lines, _ = job.log(len(rows))
    users = users_of(bench.account, bench.outputs["Usernames"])
    outcomes = {}
    for number, (case, each) in enumerate(cases.items(), start=_ORDINARY):
        found = users.get(_name(case))
        if found is None:
            outcomes[case] = lines[number].outcome if number in lines else "no line"
            if number in lines:
                bench.text(f"row_{case.replace(' ', '_')}", lines[number].text, job)
        else:
            is_as_given = all(found.get(name) == value for name, value in each.stored.items())
            outcomes[case] = "imported" if is_as_given else "changed"
    bench.findings.add_to_fact("rows", outcomes)
    return outcomes, users


def _name(case: str) -> str:
    return f"case-{case.replace(' ', '-')}"


def _answer(
    bench: Bench, row: str, outcomes: Mapping[str, str], cases: Sequence[str], wanted: str
) -> None:
    """Answer a row by the outcomes of its cases.

    Args:
        bench: The bench.
        row: The row.
        outcomes: By case.
        cases: The cases of the row.
        wanted: What is as assumed: `as given`, `refused`, or `anything`.
    """
    if any(outcomes[case] == "no line" for case in cases):
        bench.findings.not_observed([row], "the log has no line of the row")
        return
    fits = {
        "as given": all(outcomes[case] == "imported" for case in cases),
        "refused": all(outcomes[case] not in _IMPORTED for case in cases),
        "anything": True,
    }[wanted]
    observed = ", ".join(f"{case}: {outcomes[case]}" for case in cases)
    bench.findings.answer(row, observed, as_assumed=fits)


@probe("COG-13", "COG-40", "COG-41", "COG-42", "COG-43", "COG-44")
def doubtful_values(bench: Bench) -> None:
    """Import one row for each question about values, and look at the users."""
    outcomes, users = _outcomes(bench, _VALUES)
    of_three, of_four = "twenty characters of three bytes", "twenty characters of four bytes"
    for row, cases, wanted in (
        ("COG-13", ("wide white space", of_three, of_four), "as given"),
        ("COG-40", ("decimal number", "exponent"), "refused"),
        ("COG-41", ("milliseconds", "fraction of a second"), "anything"),
        ("COG-42", ("mixed case boolean",), "refused"),
        ("COG-43", ("two dots", "mailto"), "anything"),
        ("COG-44", ("single quotes", "word for a blank"), "as given"),
    ):
        _answer(bench, row, outcomes, cases, wanted)
    stored = users.get(_name("birthdate"), {}).get("birthdate")
    if stored in ("1985-02-01", "02/01/1985"):
        bench.findings.fact("birthdate_stored", "iso" if stored[4] == "-" else "as_given")
    if outcomes[of_three] != "no line":
        fits = outcomes[of_three] in _IMPORTED
        bench.findings.fact("attribute_length_unit", "characters" if fits else "bytes")


@probe("COG-12")
def escapes(bench: Bench) -> None:
    """Import a backslash and a quotation mark inside values."""
    outcomes, _ = _outcomes(bench, _ESCAPES)
    _answer(bench, "COG-12", outcomes, tuple(_ESCAPES), "as given")


@probe("COG-14")
def username_twice(bench: Bench) -> None:
    """Import a file that has a username twice."""
    job = bench.job()
    again = user("twice") | {"email": "again@example.com"}
    job.run([user("twice"), again, user("once"), user("once-more")])
    outcome = _second_outcome(bench, job, "username_twice", 4)
    if outcome in ("skipped", "failed"):
        kind = "skip" if outcome == "skipped" else "fail"
        bench.findings.fact("duplicate_username", kind)
    bench.findings.answer("COG-14", f"the second: {outcome}", as_assumed=outcome == "skipped")


@probe("COG-15", COG_15="alias_clash")
def alias_twice(bench: Bench) -> None:
    """Import a file in which two users have the same verified alias."""
    job = bench.job(pool="Aliases")
    again = user("second") | {"email": "first@example.com"}
    job.run([user("first"), again, user("third"), user("fourth")])
    outcome = _second_outcome(bench, job, "alias_twice", 4)
    if outcome in ("skipped", "failed"):
        bench.findings.fact("alias_clash", "skip" if outcome == "skipped" else "fail")
    bench.findings.answer("COG-15", f"the second: {outcome}", as_assumed=outcome != "imported")


def _second_outcome(bench: Bench, job: ImportJob, name: str, rows: int) -> str:
    lines, _ = job.log(rows)
    if 1 in lines:
        bench.text(f"row_{name}", lines[1].text, job)
        return lines[1].outcome
    imported, skipped, failed = job.counts
    if skipped + failed == 1:
        return "skipped" if skipped else "failed"
    return "imported" if imported == rows else "no line"


@probe()
def pools_of_other_kinds(bench: Bench) -> None:
    """Import into pools with email sign-in, with MFA, and without an auto-verified attribute."""
    findings = bench.findings
    for number, all_columns in enumerate((True, False)):
        address = f"by-email-{number}@example.com"
        row = {"cognito:username": address, "email": address, "email_verified": "true"}
        job = bench.job(pool="Emails")
        ended = job.run([row], all_columns=all_columns)
        if all_columns and job.counts[0] != 1:
            bench.text("email_pool", ended.get("CompletionMessage", ""), job)
            break
        if not all_columns:
            bench.text("missing_columns", ended.get("CompletionMessage", ""), job)
            is_refused = job.counts == (0, 0, 0)
            findings.fact("missing_columns", "fail_job" if is_refused else "accept")

    values = ("", "true", "false")
    rows = [user(f"mfa-{value or 'blank'}", **{"cognito:mfa_enabled": value}) for value in values]
    job = bench.job(pool="Mfa")
    job.run(rows)
    found = users_of(bench.account, bench.outputs["Mfa"])
    outcomes = {
        f"mfa enabled {value or 'blank'}": "imported"
        if f"mfa-{value or 'blank'}" in found
        else "failed"
        for value in values
    }
    findings.add_to_fact("rows", outcomes)

    job = bench.job(pool="Unverified")
    code = bench.refusal("no_auto_verified_attribute", job.create, job)
    if code is None:
        job.upload([user("unverified")])
        code = bench.refusal_of_start("no_auto_verified_attribute", job)
    if code:
        findings.fact("no_auto_verified_attribute", code)
    else:
        job.wait()
