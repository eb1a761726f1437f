"""What was mended: counted, or refused where the user wants nothing mended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .rules import Mending, Rule

if TYPE_CHECKING:
    from .findings import Findings


class Mendings:
    """Counts what was mended in a file.

    Attributes:
        counts: how often each kind was mended.
    """

    def __init__(self, findings: Findings, *, strict: bool) -> None:
        """Count; with ``strict`` tell every mending as a finding instead."""
        self.counts: Counter[Mending] = Counter()
        self._findings = findings
        self._strict = strict

    def add(self, kind: Mending, line: int, column: str | None = None, count: int = 1) -> None:
        """Count a mending, ``count`` times in one line."""
        self.counts[kind] += count
        if self._strict:
            self._findings.add(
                Rule.NOT_STRICT, line, column, f"with strict=True nothing is mended: {kind.value}"
            )

    def add_lines(self, kind: Mending, line: int, lines: int, count: int) -> None:
        """Count a mending of several lines, of which ``line`` is the first."""
        self.counts[kind] += count
        if self._strict:
            for number in range(lines):
                self._findings.add(
                    Rule.NOT_STRICT,
                    line + number,
                    None,
                    f"with strict=True nothing is mended: {kind.value}",
                )


def told(counts: Counter[Mending]) -> str:
    """Say what was mended, the most frequent first; empty where nothing was."""
    return "; ".join(f"{kind.value}: {count:,}" for kind, count in counts.most_common())
