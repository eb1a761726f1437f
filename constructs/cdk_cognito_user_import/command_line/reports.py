"""The two forms of a report: lines for people and editors, and JSON objects for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from .._lambda.user_import.users_csv import (
    Unit,
    describe_left_out,
    describe_normalizations,
    printable_name,
)
from ..messages import command_line as messages
from .corrections import options_of
from .output import one_line, write_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._lambda.user_import.users_csv import Finding, Rule, ValidationReport

MOST_SHOWN = 100
"""Findings that people are shown unless they ask for all."""


class Report(Protocol):
    """Receives what a check finds, and writes it."""

    def pool_problem(self, file: str, text: str) -> None:
        """Receive a problem of the user pool that `file` describes."""

    def finding(self, finding: Finding) -> None:
        """Receive a finding of the file of users."""

    def finish(self, report: ValidationReport) -> None:
        """Receive the result of the check."""


class TextReport:
    """Lines as compilers write them, which editors understand, and a summary.

    Args:
        file: The file of users.
        most_shown: Findings that are shown; None for all. Errors come before warnings where there
            are more.
        columns: The values of `--column`.
    """

    def __init__(self, file: str, most_shown: int | None, columns: Sequence[str]) -> None:
        self._file = one_line(file)
        self._columns = columns
        self._most_shown = most_shown
        self._pool_problems = 0
        self._errors: list[Finding] = []
        self._warnings: list[Finding] = []
        self._of_header: list[str] = []

    def pool_problem(self, file: str, text: str) -> None:
        """Write a problem of the user pool."""
        self._pool_problems += 1
        write_line(f"{one_line(file)}: error: {text}")

    def finding(self, finding: Finding) -> None:
        """Write a finding, or keep it until it is known which are shown."""
        if _line(finding) <= 1:
            self._of_header.append(finding.text)
        if self._most_shown is None:
            write_line(self._line(finding))
            return
        kept = self._warnings if finding.rule.is_warning else self._errors
        if len(kept) < self._most_shown:
            kept.append(finding)

    def finish(self, report: ValidationReport) -> None:
        """Write the findings that were kept, the number of findings by rule, and the totals."""
        counts = report.findings.counts
        texts = [*self._of_header, *(each.text for each in report.findings.kept)]
        if self._most_shown is not None:
            shown = [*self._errors, *self._warnings][: self._most_shown]
            for finding in sorted(shown, key=_line):
                write_line(self._line(finding))
            if len(shown) < (total := sum(counts.values())):
                write_line(messages.more_findings(len(shown), total))
        if counts:
            write_line("")
            write_line(messages.broken_rules())
            for line in _by_rule(counts):
                write_line(line)
            if options := options_of(texts, self._columns):
                write_line(messages.arguments_here(options))
            write_line(messages.explain_rule(min(rule.id for rule in counts)))
        write_line(self._totals(report))

    def _line(self, finding: Finding) -> str:
        kind, place = _kind(finding), finding.location
        if place.unit is Unit.RECORD or place.line is None:
            return f"{self._file}: {kind}: {finding.describe()}"
        column = f"column {printable_name(place.column)}: " if place.column else ""
        return f"{self._file}:{place.line}: {kind}: {column}{finding.text} ({finding.rule.id})"

    def _totals(self, report: ValidationReport) -> str:
        errors = report.findings.errors + self._pool_problems
        parts = [
            _count(report.users, "user"),
            f"{_count(errors, 'error')}, {_count(report.findings.warnings, 'warning')}",
        ]
        if report.normalized:
            parts.append(f"normalized: {describe_normalizations(report.normalized)}")
        if report.left_out:
            parts.append(describe_left_out(report.left_out))
        if report.unchecked:
            parts.append(f"not checked: {', '.join(report.unchecked)}")
        return "; ".join(parts)


class JsonReport:
    """A JSON object a line: each problem, then a summary. `docs/command-line.md` has the keys.

    Args:
        file: The file of users.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._pool_problems = 0

    def pool_problem(self, file: str, text: str) -> None:
        """Write a problem of the user pool."""
        self._pool_problems += 1
        _write_object(_problem("error", file, text))

    def finding(self, finding: Finding) -> None:
        """Write a finding."""
        place = finding.location
        number = place.number or None
        _write_object(
            _problem(
                _kind(finding),
                self._file,
                finding.text,
                rule=finding.rule.id,
                line=number if place.unit is Unit.LINE else None,
                record=number if place.unit is Unit.RECORD else None,
                column=None if place.column is None else printable_name(place.column),
            )
        )

    def finish(self, report: ValidationReport) -> None:
        """Write the summary."""
        findings = report.findings
        errors = findings.errors + self._pool_problems
        _write_object(
            {
                "type": "summary",
                "file": self._file,
                "importable": not errors,
                "users": report.users,
                "errors": errors,
                "warnings": findings.warnings,
                "rules": {rule.id: count for rule, count in _sorted(findings.counts)},
                "normalized": {
                    kind.name.lower(): count for kind, count in report.normalized.items()
                },
                "left_out": list(report.left_out),
                "unchecked": list(report.unchecked),
            }
        )


def _problem(
    severity: str,
    file: str,
    message: str,
    *,
    rule: str | None = None,
    line: int | None = None,
    record: int | None = None,
    column: str | None = None,
) -> dict[str, Any]:
    """Return the object of a problem: every key is in every object."""
    return {
        "type": "problem",
        "severity": severity,
        "rule": rule,
        "file": file,
        "line": line,
        "record": record,
        "column": column,
        "message": message,
    }


def _write_object(value: dict[str, Any]) -> None:
    write_line(json.dumps(value))


def _line(finding: Finding) -> int:
    return finding.location.line or 0


def _kind(finding: Finding) -> str:
    return "warning" if finding.rule.is_warning else "error"


def _by_rule(counts: Mapping[Rule, int]) -> list[str]:
    """Return a line for each rule: its id, how often it is broken, what it asks."""
    rows = [
        (rule, _count(count, "warning" if rule.is_warning else "error"))
        for rule, count in _sorted(counts)
    ]
    width = max(len(count) for _, count in rows)
    return [f"{rule.id}  {count:>{width}}  {rule.requirement}" for rule, count in rows]


def _sorted(counts: Mapping[Rule, int]) -> list[tuple[Rule, int]]:
    return sorted(counts.items(), key=lambda item: item[0].id)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
