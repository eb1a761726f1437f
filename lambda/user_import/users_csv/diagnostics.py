"""Findings about a CSV and counts of its normalizations; no value of a user is among them."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .messages import not_strict
from .rules import Normalization, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .file_places import FilePlaces

MOST_SHOWN = 20
"""Number of findings of a rule that are kept with their text; the others are counted."""

_LONGEST_NAME = 128
_MOST_LEFT_OUT = 100
"""Names of columns that are listed."""


class Unit(StrEnum):
    """Unit in which locations are shown to the user: lines of a file, or records without header."""

    LINE = "line"
    RECORD = "record"


class Location(NamedTuple):
    """A place in the user's own file.

    Attributes:
        line: Number of the line, from 1, the header. None where the finding's text gives the place.
        column: Name in the file's header; None for the whole line.
        unit: Unit in which it is shown; a record is one less than the line.
        file: The file's name, where several files are read as one; None otherwise.
    """

    line: int | None
    column: str | None = None
    unit: Unit = Unit.LINE
    file: str | None = None

    @property
    def number(self) -> int:
        """Return the line, or the record from 1; 0 where there is none."""
        if self.line is None:
            return 0
        return self.line if self.unit is Unit.LINE else self.line - 1

    def describe(self) -> str:
        """Return the location as text; empty where the finding's text gives the place."""
        if self.line is None:
            return self.file or ""
        # The header of records is the library's own, and has no number.
        place = f"{self.unit} {self.number}" if self.number else "the columns"
        if self.column:
            place = f"{place}, column {printable_name(self.column)}"
        return place if self.file is None else f"{self.file}, {place}"


WHOLE_FILE = Location(None)
HEADER = Location(1)


@lru_cache(maxsize=1024)
def printable_name(column: str) -> str:
    """Return a column's name without control characters, of 128 characters at most."""
    return "".join(each if each.isprintable() else "?" for each in column)[:_LONGEST_NAME]


class Finding(NamedTuple):
    """One broken rule.

    Attributes:
        text: What is wrong and what is allowed.
    """

    rule: Rule
    location: Location
    text: str

    def describe(self) -> str:
        """Return location, text and rule id in one line."""
        place = self.location.describe()
        return (
            f"{place}: {self.text} ({self.rule.id})" if place else f"{self.text} ({self.rule.id})"
        )


class Findings:
    """The findings of one file: all counted by rule, the first ones of each rule kept.

    Attributes:
        unit: Unit in which the locations of later findings are shown.
        lines_above: Lines above the header; the locations that are added do not count them.
        unended_line: The line of the file that has no line end, its last one; 0 for none.
        places: The files whose lines the locations count, where several are read as one.
        counts: Findings by rule.
        errors: Number of findings that prevent the import.
        warnings: Number of findings that the import continues with.
        kept: The first `MOST_SHOWN` findings of each rule, in the order in which they were settled.
    """

    def __init__(self, sink: Callable[[Finding], object] | None = None) -> None:
        """Begin without findings, and with lines as the unit.

        Args:
            sink: Receives every finding: those about rows in order of lines, then those that
                only the whole file shows.
        """
        self.unit = Unit.LINE
        self.lines_above = 0
        self.unended_line = 0
        self.places: FilePlaces | None = None
        self.counts: Counter[Rule] = Counter()
        # Counted with each finding, because they are asked for with each row.
        self.errors = 0
        self.warnings = 0
        self.kept: list[Finding] = []
        self._kept_of: Counter[Rule] = Counter()
        self._sink = sink
        self._unsettled: list[tuple[int, Finding]] = []

    def add(self, rule: Rule, location: Location, text: str) -> None:
        """Count a finding; `settle` passes it on."""
        self.counts[rule] += 1
        if rule.is_warning:
            self.warnings += 1
        else:
            self.errors += 1
        self._unsettled.append((location.line or 0, Finding(rule, self._shown(location), text)))

    def _shown(self, location: Location) -> Location:
        """Return a location, counted as in `add`, as it is in the user's own file."""
        if location.line is None or location.file is not None:
            return location._replace(unit=self.unit)
        line = location.line + self.lines_above
        if self.places is None:
            return Location(line, location.column, self.unit)
        found = self.places.locate(line)
        return Location(found.line, location.column, self.unit, found.file)

    def describe_line(self, line: int) -> str:
        """Return a line, counted as in `add`, as text."""
        return self._shown(Location(line)).describe()

    def has_end(self, line: int) -> bool:
        """Return whether a line, counted as in `add`, has a line end in the file."""
        return line + self.lines_above != self.unended_line

    def settle(self) -> None:
        """Sort the findings added since the last call by line, keep the first, pass on all."""
        for _, finding in sorted(self._unsettled, key=_line):
            if self._kept_of[finding.rule] < MOST_SHOWN:
                self._kept_of[finding.rule] += 1
                self.kept.append(finding)
            if self._sink is not None:
                self._sink(finding)
        self._unsettled.clear()

    @property
    def first(self) -> list[Finding]:
        """Return the first `MOST_SHOWN` errors."""
        return self._first(warnings=False)

    def describe_errors(self) -> str:
        """Return the first errors, and the number of errors by rule where there are more."""
        return self._describe(warnings=False)

    def describe_warnings(self) -> str:
        """Return the first warnings, and the number of warnings by rule where there are more."""
        return self._describe(warnings=True)

    def _first(self, *, warnings: bool) -> list[Finding]:
        # None of the first ones has `MOST_SHOWN` findings of its rule before it: all are kept.
        return [each for each in self.kept if each.rule.is_warning is warnings][:MOST_SHOWN]

    def _describe(self, *, warnings: bool) -> str:
        first = self._first(warnings=warnings)
        counts = {r: n for r, n in self.counts.items() if r.is_warning is warnings}
        text = "; ".join(finding.describe() for finding in first)
        if sum(counts.values()) == len(first):
            return text
        by_rule = ", ".join(
            f"{rule.id}: {count:,}" for rule, count in sorted(counts.items(), key=_rule_id)
        )
        return f"By rule: {by_rule}. The first {len(first)}: {text}"


def _line(unsettled: tuple[int, Finding]) -> int:
    return unsettled[0]


def _rule_id(item: tuple[Rule, int]) -> str:
    return item[0].id


class Normalizations:
    """Counts the normalizations of a file, or reports each as an error.

    Attributes:
        counts: Values, lines or columns changed, by kind.
    """

    def __init__(self, findings: Findings, *, strict: bool) -> None:
        """Begin without normalizations; `strict` also adds each to the findings."""
        self.counts: Counter[Normalization] = Counter()
        self._findings = findings
        self._strict = strict

    def add(self, kind: Normalization, location: Location, count: int = 1) -> None:
        """Count a normalization, `count` times in one place."""
        self.counts[kind] += count
        if self._strict:
            self._findings.add(Rule.NOT_STRICT, location, not_strict(kind.value))

    def add_lines(self, kind: Normalization, line: int, lines: int, count: int) -> None:
        """Count a normalization of consecutive lines, `count` times in all of them together."""
        self.counts[kind] += count
        if self._strict:
            for number in range(line, line + lines):
                self._findings.add(Rule.NOT_STRICT, Location(number), not_strict(kind.value))


def describe_normalizations(counts: Counter[Normalization]) -> str:
    """Return each kind with its count, the most frequent first; empty where there is none."""
    return "; ".join(f"{kind.value}: {count:,}" for kind, count in counts.most_common())


def describe_left_out(columns: Sequence[str]) -> str:
    """Return the number and the names of the columns that are left out; empty where none is."""
    if not columns:
        return ""
    first = list(map(printable_name, columns[:_MOST_LEFT_OUT]))
    more = len(columns) - len(first)
    names = ", ".join(first) + (f" and {more:,} more" if more else "")
    return f"columns left out: {len(columns):,} ({names})"
