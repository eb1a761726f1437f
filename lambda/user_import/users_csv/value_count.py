"""The problem with a row that has too few or too many values."""

from __future__ import annotations

from . import messages

_TYPOGRAPHIC_QUOTES = frozenset("“”„")


def value_count_problem(values: int, columns: int, row: str, *, has_end: bool) -> str:
    """Return the text for a row, with the likeliest cause.

    Args:
        values: Number of the row's values.
        columns: Number of the columns.
        row: The row.
        has_end: Whether a line end follows.
    """
    if values < columns:
        advice = messages.BLANK_HAS_COMMA if has_end else messages.CUT_OFF
    elif _TYPOGRAPHIC_QUOTES.isdisjoint(row):
        advice = messages.ESCAPE_COMMAS
    else:
        advice = messages.TYPOGRAPHIC_QUOTES
    return messages.number_of_values(values, columns, advice)
