"""The ways in which the values of an attribute are drawn."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Draw(Protocol):
    """Draws the value of a user."""

    def text(self, number: int) -> str:
        """Return the value, escaped as the CSV needs it.

        Args:
            number: A number below 2^256, of the user and the attribute.
        """


class Weighted:
    """Draws one of several texts, each as often as its weight says."""

    def __init__(self, weights: Iterable[tuple[str, int]]) -> None:
        """Begin with escaped texts and their weights, of 1 or more."""
        pairs = list(weights)
        self._texts = [text for text, _ in pairs]
        self._ends = list(accumulate(weight for _, weight in pairs))

    def text(self, number: int) -> str:
        """Return one of the texts."""
        return self._texts[bisect_right(self._ends, number % self._ends[-1])]


class Between:
    """Draws a whole number between two bounds, both included."""

    def __init__(self, minimum: int, maximum: int) -> None:
        """Begin with the bounds."""
        self._minimum, self._numbers = minimum, maximum - minimum + 1

    def text(self, number: int) -> str:
        """Return a whole number."""
        return str(self._minimum + number % self._numbers)
