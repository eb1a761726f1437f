"""Converts the values of a file's column of password hashes, and counts what became of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from . import messages
from .diagnostics import Location
from .password_hashes import ConvertedHash, CostlyHash, OnBadHash
from .password_hashes.conversion import convert
from .password_hashes.messages import algorithm_left_out
from .pool import PASSWORD_HASH
from .rules import Normalization, Rule

if TYPE_CHECKING:
    from .context import ValidationContext
    from .password_hashes import HashShape, PasswordHashes

_MOST_SHAPES = 1_000
"""Shapes that are counted; a file of people has a few."""


class HashColumn:
    """The column of password hashes of one file.

    Attributes:
        shapes: Number of the converted hashes by shape.
    """

    def __init__(self, name: str, options: PasswordHashes, context: ValidationContext) -> None:
        """Prepare for a column with a name in the file."""
        columns = context.pool.columns
        self._name = name
        self._options = options
        self._is_eligible = columns is None or PASSWORD_HASH in columns
        self._findings = context.findings
        self._counts = context.normalizations.counts
        self._is_refused = False
        self.shapes: Counter[HashShape] = Counter()

    def convert(self, line: int, text: str) -> ConvertedHash | None:
        """Convert the hash of a row; return None where the user is imported without it.

        A hash that is refused adds a finding.

        Args:
            line: The row's line.
            text: The hash as it is stored; blank for none.
        """
        if not text:
            return None
        if not self._is_eligible:
            self._refuse_all(line)
            return None
        outcome = convert(text)
        if isinstance(outcome, CostlyHash):
            self._refuse(line, Rule.HASH_TOO_COSTLY, outcome.reason)
        elif not isinstance(outcome, ConvertedHash):
            self._refuse(line, Rule.HASH_UNUSABLE, outcome.reason)
        elif outcome.algorithm not in self._options.algorithms:
            taken = ", ".join(sorted(self._options.algorithms))
            reason = algorithm_left_out(outcome.algorithm, taken)
            self._refuse(line, Rule.HASH_UNUSABLE, reason)
        else:
            if outcome.text != text:
                self._counts[Normalization.HASH_CONVERTED] += 1
            if outcome.shape in self.shapes or len(self.shapes) < _MOST_SHAPES:
                self.shapes[outcome.shape] += 1
            return outcome
        return None

    def _refuse(self, line: int, rule: Rule, reason: str) -> None:
        is_costly = rule is Rule.HASH_TOO_COSTLY
        choice = self._options.too_costly if is_costly else self._options.unusable
        if choice is OnBadHash.RESET:
            kind = (
                Normalization.COSTLY_HASH_LEFT_OUT
                if is_costly
                else Normalization.UNUSABLE_HASH_LEFT_OUT
            )
            self._counts[kind] += 1
            return
        argument = "too_costly" if is_costly else "unusable"
        text = messages.refused_hash(reason, argument)
        self._findings.add(rule, Location(line, self._name), text)

    def _refuse_all(self, line: int) -> None:
        """Refuse or leave out a hash because the pool takes none; report the first only."""
        if self._options.not_eligible is OnBadHash.RESET:
            self._counts[Normalization.HASH_NOT_TAKEN_LEFT_OUT] += 1
        elif not self._is_refused:
            self._is_refused = True
            location = Location(line, self._name)
            self._findings.add(Rule.HASHES_NOT_TAKEN, location, messages.HASHES_NOT_TAKEN)


def hash_column(name: str, context: ValidationContext) -> HashColumn | None:
    """Return the column of hashes that an import converts; None for an import of none.

    Args:
        name: The column's name in the file.
        context: The pool and the options.
    """
    options = context.options.password_hashes
    # A job that has an algorithm already takes hashes of its form only.
    if options is None or context.pool.hashing_algorithm is not None:
        return None
    return HashColumn(name, options, context)
