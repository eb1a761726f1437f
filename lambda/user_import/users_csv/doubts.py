"""Values that Cognito may accept and that are probably mistakes: all of them are warnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import messages
from .diagnostics import Location
from .invisible import visible
from .pool import USERNAME
from .rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .column_mapping import ColumnMapping
    from .context import ValidationContext

_WORDS = frozenset(
    {
        *("NULL", "null", "Null", "(null)", "<null>", "[NULL]", r"\N"),
        *("nan", "NaN", "NAN", "<NA>", "NaT", "N/A", "n/a", "None", "undefined"),
        *("[object Object]", "Invalid Date"),
        *("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!"),
    }
)
"""Words that databases, programs and spreadsheets write for a blank value."""

_WORDS_WITHOUT_SPACES = frozenset(word.replace(" ", "").encode() for word in _WORDS)

# Which addresses Cognito refuses is not on record. These are the characters that RFC 5322 allows in
# quotes only, dots where it allows none, and single quotes around an address.
_DOUBTFUL_EMAIL = re.compile(r"""["()<>\[\]:;,\\]|\.\.|^\.|\.@|@\.|\.$|^'.*'$""")


def _is_doubtful(email: str) -> bool:
    return _DOUBTFUL_EMAIL.search(email) is not None or visible(email) != email


SAMPLE_EVERY = 1 << 24
"""Bytes of rows between the beginnings of two samples."""

SAMPLE = 1 << 15
"""Bytes of rows of a sample."""


class WordSampler:
    """Finds lines with a word for a blank, in samples of the rows.

    A search of all rows would take as long as the rest of the validation. A program that writes
    such words writes them in many rows.
    """

    def __init__(self) -> None:
        """Begin with the first row, where the first sample is."""
        self._offset = 0

    def lines(self, rows: bytes) -> list[int]:
        """Return the lines of the next rows that are in a sample and may have such a word."""
        offset = self._offset % SAMPLE_EVERY
        self._offset += len(rows)
        begin, end = (0, SAMPLE) if offset < SAMPLE else (SAMPLE_EVERY, SAMPLE_EVERY + SAMPLE)
        begin, end = max(begin - offset, 0), end - offset
        if begin >= len(rows):
            return []
        # The lines that begin in the sample.
        if begin:
            begin = rows.find(b"\n", begin - 1) + 1
        sample = rows[begin : rows.find(b"\n", end - 1) + 1 if end <= len(rows) else len(rows)]
        if not _may_have_word(sample.replace(b"\n", b",")):
            return []
        before = rows.count(b"\n", 0, begin)
        return [
            before + number
            for number, line in enumerate(sample.split(b"\n"))
            if _may_have_word(line)
        ]


def _may_have_word(values: bytes) -> bool:
    return not _WORDS_WITHOUT_SPACES.isdisjoint(values.replace(b" ", b"").split(b","))


class Doubts:
    """Adds the warnings about the values of rows."""

    def __init__(self, mapping: ColumnMapping, context: ValidationContext) -> None:
        """Begin without warnings."""
        self._names = mapping.names
        self._username = mapping.columns.index(USERNAME)
        self._email = mapping.columns.index("email") if "email" in mapping.columns else None
        self._findings = context.findings
        self._username_is_email = "email" in (context.pool.username_attributes or ())
        self._with_words: set[int] = set()
        self._in_quotes = False

    def check(self, line: int, values: Sequence[str]) -> None:
        """Add the warnings about a row, whose values are those of the mapping's columns."""
        if not _WORDS.isdisjoint(values):
            self._report_words(line, values)
        at = self._email
        if self._username_is_email and (at is None or not values[at]):
            at = self._username
        email = "" if at is None else values[at]
        if is_in_single_quotes(values[self._username]):
            self._report_single_quotes(line)
        elif at is not None and "@" in email and _is_doubtful(email):
            location = Location(line, self._names[at])
            self._findings.add(Rule.DOUBTFUL_EMAIL, location, messages.DOUBTFUL_EMAIL)

    def _report_words(self, line: int, values: Sequence[str]) -> None:
        for position, value in enumerate(values):
            # Once for each column: such a file has them in most rows.
            if value in _WORDS and position not in self._with_words:
                self._with_words.add(position)
                location = Location(line, self._names[position])
                self._findings.add(Rule.WORD_FOR_BLANK, location, messages.WORD_FOR_BLANK)

    def _report_single_quotes(self, line: int) -> None:
        if not self._in_quotes:
            self._in_quotes = True
            self._findings.add(Rule.SINGLE_QUOTES, Location(line), messages.SINGLE_QUOTES)


def is_in_single_quotes(value: str) -> bool:
    """Return whether a value begins and ends with a single quote."""
    return len(value) > 1 and value.startswith("'") and value.endswith("'")
