"""One row of Cognito's dialect: values to text and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDS_WITH_BACKSLASH = (
    "ends with a backslash, which together with the next comma means a comma in Cognito's dialect"
)

_COMMA = re.compile(r"(?<!\\),")


def join_row(values: Iterable[str]) -> str:
    """Write the values of one row, without the line end.

    Raises:
        ValueError: a value holds a line break or ends with a backslash, neither of which the
            dialect can express. The text names no value.
    """
    values = list(values)
    row = ",".join(value.replace(",", "\\,") for value in values)
    if "\n" in row or "\r" in row:
        raise ValueError("a value holds a line break, which Cognito's CSV dialect cannot express")
    if any(value.endswith("\\") for value in values):
        raise ValueError(f"a value {ENDS_WITH_BACKSLASH}")
    return row


def split_row(row: str) -> list[str]:
    """Read the values of one row; white space around a value does not count."""
    if "\\," in row:
        return [value.replace("\\,", ",").strip() for value in _COMMA.split(row)]
    return [value.strip() for value in row.split(",")]
