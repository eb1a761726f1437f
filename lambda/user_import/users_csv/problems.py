"""What is wrong with a CSV: where and why, never the value."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOWN = 20
"""How many problems are told one by one; the rest are counted."""


@dataclass(slots=True)
class Problems:
    """The problems of one file, all counted, the first ones told."""

    count: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, line: int, text: str, column: str | None = None) -> None:
        """Add a problem at a line of the user's own file (the header is line 1)."""
        self.count += 1
        if len(self.told) < SHOWN:
            where = f"line {line}" if column is None else f"line {line}, column {column}"
            self.told.append(f"{where}: {text}")

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        rest = self.count - len(self.told)
        return "; ".join(self.told) + (f"; and {rest} more" if rest else "")
