"""Probes of what Cognito makes of the rows of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..import_job import user, users_of
from .probe import probe

if TYPE_CHECKING:
    from collections.abc import Mapping

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


_CASES = {
    "backslash": _Case({"name": r"a\b"}, {"name": r"a\b"}),
    "quotation mark": _Case({"name": 'a"b'}, {"name": 'a"b'}),
    "wide white space": _Case({"name": "\u2003wide\u2003"}, {"name": "wide"}),
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
_ORDINARY = 20
"""Other users of the file, so that few of all rows fail: a job with too many of them fails."""


@probe("COG-12", "COG-13", "COG-40", "COG-41", "COG-42", "COG-43", "COG-44")
def doubtful_rows(bench: Bench) -> None:
    """Import one row for each question about values, and look at the users."""
    names = {case: f"case-{case.replace(' ', '-')}" for case in _CASES}
    rows = [user(names[case]) | dict(each.values) for case, each in _CASES.items()]
    rows += [user(f"ordinary-{number}") for number in range(_ORDINARY)]
    job = bench.job()
    job.run(rows)
    lines, _ = job.log(len(rows))
    users = users_of(bench.account, bench.outputs["Usernames"])
    outcomes = {}
    for number, (case, each) in enumerate(_CASES.items()):
        found = users.get(names[case])
        if found is None:
            outcomes[case] = lines[number].outcome if number in lines else "no line"
            if number in lines:
                bench.text(f"row_{case.replace(' ', '_')}", lines[number].text, job)
        else:
            is_as_given = all(found.get(name) == value for name, value in each.stored.items())
            outcomes[case] = "imported" if is_as_given else "changed"
    bench.findings.fact("rows", outcomes)
    _answer_rows(bench, outcomes)
    birthdate = users.get(names["birthdate"], {}).get("birthdate")
    if birthdate in ("1985-02-01", "02/01/1985"):
        bench.findings.fact("birthdate_stored", "iso" if birthdate[4] == "-" else "as_given")
    fits = outcomes["twenty characters of four bytes"] in ("imported", "changed")
    bench.findings.fact("attribute_length_unit", "characters" if fits else "bytes")


def _answer_rows(bench: Bench, outcomes: Mapping[str, str]) -> None:
    taken = {case for case, outcome in outcomes.items() if outcome in ("imported", "changed")}
    as_given = {case for case, outcome in outcomes.items() if outcome == "imported"}

    def answer(row: str, *cases: str, as_assumed: bool = True) -> None:
        observed = ", ".join(f"{case}: {outcomes[case]}" for case in cases)
        bench.findings.answer(row, observed, as_assumed=as_assumed)

    escapes = ("backslash", "quotation mark")
    answer("COG-12", *escapes, as_assumed=as_given.issuperset(escapes))
    lengths = ("wide white space", "twenty characters of four bytes")
    answer("COG-13", *lengths, as_assumed=as_given.issuperset(lengths))
    numbers = ("decimal number", "exponent")
    answer("COG-40", *numbers, as_assumed=taken.isdisjoint(numbers))
    answer("COG-41", "milliseconds", "fraction of a second")
    answer("COG-42", "mixed case boolean", as_assumed="mixed case boolean" not in taken)
    answer("COG-43", "two dots", "mailto")
    words = ("single quotes", "word for a blank")
    answer("COG-44", *words, as_assumed=as_given.issuperset(words))


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
    job = bench.job(pool="Emails")
    address = "by-email@example.com"
    # Also: columns of the pool that a file lacks.
    row = {"cognito:username": address, "email": address, "email_verified": "true"}
    ended = job.run([row], all_columns=False)
    findings.fact("missing_columns", "accept" if job.counts[0] == 1 else "fail_job")
    bench.text("missing_columns", ended.get("CompletionMessage", ""), job)

    job = bench.job(pool="Mfa")
    values = ("", "true", "false")
    rows = [user(f"mfa-{value or 'blank'}", **{"cognito:mfa_enabled": value}) for value in values]
    job.run(rows)
    found = users_of(bench.account, bench.outputs["Mfa"])
    outcomes = {
        f"mfa enabled {value or 'blank'}": "imported"
        if f"mfa-{value or 'blank'}" in found
        else "failed"
        for value in values
    }
    rows_fact = findings.facts.get("rows", {})
    assert isinstance(rows_fact, dict)
    findings.fact("rows", {**rows_fact, **outcomes})

    job = bench.job(pool="Unverified")
    job.create()
    job.upload([user("unverified")])
    code = bench.refusal("no_auto_verified_attribute", job.start, job)
    if code:
        findings.fact("no_auto_verified_attribute", code)
    else:
        job.wait()
