"""The text of findings about one of several files that are read as one.

The names of columns are shown, never a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .diagnostics import printable_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NAMES = 5
"""Names of columns that are listed."""
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def other_format(first: str) -> str:
    """Return the text for a file that is JSON where the first one is a CSV, or the reverse."""
    return (
        f"this object and {first} are not both JSON or both CSV; import them from prefixes of "
        "their own"
    )


def no_header(first: str) -> str:
    """Return the text for a first line that cannot be read as a header."""
    return f"the first line is not a header; write that of {first} there"


def other_separator(first: str, separator: str, first_separator: str) -> str:
    """Return the text for a header with another separator than the first file's."""
    return (
        f"the values are separated by {_SEPARATORS[separator]}, and in {first} by "
        f"{_SEPARATORS[first_separator]}; write all objects in the same way"
    )


def other_columns(first: str, names: Sequence[str], first_names: Sequence[str]) -> str:
    """Return the text for a header with other columns than the first file's, or another order."""
    missing = [name for name in first_names if name not in names]
    added = [name for name in names if name not in first_names]
    parts = []
    if missing:
        parts.append(f"{_listed(missing)} {_is(missing)} missing")
    if added:
        parts.append(f"{_listed(added)} {_is(added)} not in {first}")
    if not parts:
        pairs = enumerate(zip(names, first_names, strict=False), 1)
        number, (name, expected) = next(
            (each for each in pairs if each[1][0] != each[1][1]), (0, ("", ""))
        )
        if not number:
            parts.append(f"there are {len(names):,} columns, and {len(first_names):,} in {first}")
        else:
            parts.append(
                f"column {number} is {printable_name(name)}, and in {first} "
                f"{printable_name(expected)}"
            )
    return (
        f"the header differs from that of {first}: {'; '.join(parts)}. Write all objects with the "
        "same columns in the same order"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(printable_name(name) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
