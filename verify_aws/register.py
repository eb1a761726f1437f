"""The register of assumptions: the rows of docs/unproven.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "unproven.md"
_ROW = re.compile(r"\| ([A-Z0-9]+-\d+) \| (.+?) \| .* \| (.+?) \|$")
_PROBE = re.compile(r"`(\w+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """An assumption.

    Attributes:
        id: Its id.
        assumption: The sentence.
        probe: Name of the probe that answers it; None where there is none.
        reason: Why there is none; empty where there is one.
    """

    id: str
    assumption: str
    probe: str | None
    reason: str


def rows(text: str | None = None) -> list[Row]:
    """Return the rows of the page, in its order."""
    found = []
    for line in (text or PAGE.read_text(encoding="utf-8")).splitlines():
        if match := _ROW.fullmatch(line):
            name, assumption, observed_by = match.groups()
            probe = _PROBE.fullmatch(observed_by)
            found.append(Row(name, assumption, probe and probe[1], "" if probe else observed_by))
    return found
