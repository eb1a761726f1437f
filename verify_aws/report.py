"""The report of a run, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .facts import Verdict
from .register import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .answers import Findings

_ORDER = (Verdict.OTHERWISE, Verdict.AS_ASSUMED, Verdict.NOT_OBSERVED)
_LOCAL = (
    "**This was no AWS account** but the local AWS of this project. It says nothing about AWS.\n"
)


def report(content: Mapping[str, Any], findings: Findings) -> str:
    """Return the report in Markdown. It has nothing of the account that the facts file may not.

    Args:
        content: Of the facts file.
        findings: Of the run.
    """
    counts = {
        verdict: sum(each.verdict is verdict for each in findings.answers.values())
        for verdict in _ORDER
    }
    versions = ", ".join(f"{name} {number}" for name, number in content["versions"].items())
    lines = [
        f"# Report of {content['date']}, {content['region']}",
        "",
        *([_LOCAL] if content["target"] == "local" else []),
        f"Versions: {versions}.",
        "",
        "; ".join(f"{count} {verdict}" for verdict, count in counts.items()) + ".",
        "",
    ]
    assumptions = {row.id: row.assumption for row in rows()}
    for verdict in _ORDER:
        answers = [each for each in findings.answers.values() if each.verdict is verdict]
        if not answers:
            continue
        lines += [
            f"## {str(verdict).capitalize()}",
            "",
            "| row | assumption | observed |",
            "|---|---|---|",
        ]
        lines += [
            f"| {each.row} | {assumptions.get(each.row, '')} | {each.observed} |"
            for each in sorted(answers, key=lambda answer: answer.row)
        ]
        lines.append("")
    lines += ["## Facts", "", "| fact | value |", "|---|---|"]
    lines += [f"| {name} | {_shown(value)} |" for name, value in content["facts"].items()]
    lines += ["", "## Texts of AWS", "", "| about | template |", "|---|---|"]
    # In backticks, because Markdown drops `<job id>` elsewhere.
    lines += [f"| {name} | `{text}` |" for name, text in content["texts"].items()]
    if findings.left_out:
        lines += [
            "",
            f"Left out, because they fit no template: {', '.join(sorted(findings.left_out))}.",
        ]
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
