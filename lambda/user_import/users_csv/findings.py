"""What is wrong with a CSV: which rule, where, why; never the value."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rules import Rule

SHOWN = 20
"""How many findings are told one by one; the rest are counted."""

_LONGEST_NAME = 128


class Finding(NamedTuple):
    """One thing that is wrong.

    Attributes:
        line: in the user's own file; the header is line 1, and 0 is none: the text says where.
        column: as the file's header names it; None where it is about the whole line.
        text: what is wrong and what is allowed.
    """

    rule: Rule
    line: int
    column: str | None
    text: str

    def told(self, unit: str = "line") -> str:
        """Return it as a sentence; ``unit`` is what the user counts, lines or records."""
        text = f"{self.text} ({self.rule.id})"
        if not self.line:
            return text
        column = f", column {shown(self.column)}" if self.column else ""
        return f"{place(self.line, unit)}{column}: {text}"


def place(line: int, unit: str) -> str:
    """Say where a line is; of records only the users count, and the header is above them."""
    if unit == "line":
        return f"line {line}"
    return f"{unit} {line - 1}" if line > 1 else "the columns"


@lru_cache(maxsize=1024)
def shown(column: str) -> str:
    """Return the name of a column as it can be shown, whatever the file has there."""
    return "".join(each if each.isprintable() else "?" for each in column)[:_LONGEST_NAME]


class Findings:
    """The findings of one file: all counted by rule, the first ones kept.

    Attributes:
        unit: what the user counts, ``line`` or ``record``.
        counts: of every rule that was broken.
        first: errors, the first ``SHOWN``.
        first_warnings: likewise.
    """

    def __init__(self, unit: str = "line", sink: Callable[[Finding], object] | None = None) -> None:
        """Begin with none; ``sink`` takes every finding.

        Those about rows come in order of lines, then those that only the whole file shows.
        """
        self.unit = unit
        self.counts: Counter[Rule] = Counter()
        self.first: list[Finding] = []
        self.first_warnings: list[Finding] = []
        self._sink = sink
        self._unsettled: list[Finding] = []

    def add(self, rule: Rule, line: int, column: str | None, text: str) -> None:
        """Count a finding; ``settle`` passes it on."""
        self.counts[rule] += 1
        self._unsettled.append(Finding(rule, line, column, text))

    def settle(self) -> None:
        """Put what was found since the last time in order of lines, keep the first, pass on all."""
        for finding in sorted(self._unsettled, key=_by_line):
            kept = self.first_warnings if finding.rule.is_warning else self.first
            if len(kept) < SHOWN:
                kept.append(finding)
            if self._sink is not None:
                self._sink(finding)
        self._unsettled.clear()

    @property
    def errors(self) -> int:
        """How many findings keep the file from being imported."""
        return sum(count for rule, count in self.counts.items() if not rule.is_warning)

    @property
    def warnings(self) -> int:
        """How many users Cognito would skip."""
        return sum(count for rule, count in self.counts.items() if rule.is_warning)

    def told_errors(self) -> str:
        """Return the first errors, and how many there are by rule."""
        return self._told(self.first, warnings=False)

    def told_warnings(self) -> str:
        """Return the first warnings, and how many there are by rule."""
        return self._told(self.first_warnings, warnings=True)

    def _told(self, first: list[Finding], *, warnings: bool) -> str:
        counts = {r: n for r, n in self.counts.items() if r.is_warning is warnings}
        told = "; ".join(finding.told(self.unit) for finding in first)
        if sum(counts.values()) == len(first):
            return told
        by_rule = ", ".join(
            f"{rule.id}: {count:,}" for rule, count in sorted(counts.items(), key=_by_id)
        )
        return f"By rule: {by_rule}. The first {len(first)}: {told}"


def _by_line(finding: Finding) -> int:
    return finding.line


def _by_id(item: tuple[Rule, int]) -> str:
    return item[0].id
