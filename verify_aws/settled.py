"""The rows of the register that reports of real accounts settle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import facts
from .register import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

REPORTS = ROOT / "docs" / "reports"
"""The folder of facts files from real accounts."""

_NONE = "No report from a real account yet."


def reports() -> list[Path]:
    """Return the facts files of the folder."""
    return sorted(REPORTS.glob("*.json"))


def section(paths: Sequence[Path]) -> str:
    """Return the table of docs/unproven.md.

    Args:
        paths: Facts files from real accounts.

    Raises:
        FactsError: A file has another format, or is of the local AWS.
    """
    contents = {path.name: _of_aws(path) for path in paths}
    if not contents:
        return _NONE
    lines = ["| row | answer | report, Region, date |", "|---|---|---|"]
    found: dict[str, dict[str, str]] = {}
    for name, content in contents.items():
        for row, verdict in content["answers"].items():
            if verdict != facts.Verdict.NOT_OBSERVED:
                found.setdefault(row, {})[name] = verdict
    for row, verdicts in sorted(found.items()):
        agree = len(set(verdicts.values())) == 1
        answer = next(iter(verdicts.values())) if agree else "**reports disagree**"
        sources = [
            f"{'' if agree else f'{verdict}: '}{_source(name, contents[name])}"
            for name, verdict in verdicts.items()
        ]
        lines.append(f"| {row} | {answer} | {'; '.join(sources)} |")
    return "\n".join(lines)


def _of_aws(path: Path) -> dict[str, Any]:
    content = facts.read(path)
    if content["target"] != "aws":
        raise facts.FactsError(f"{path.name} is of the local AWS, which settles nothing")
    return content


def _source(name: str, content: Mapping[str, Any]) -> str:
    return f"[{name}](reports/{name}), {content['region']}, {content['date']}"
