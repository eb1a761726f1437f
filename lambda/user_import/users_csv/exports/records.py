"""Users of a JSON file, made a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .csv_text import pieces
from .export import ExportError
from .inactive import InactiveUsers
from .json_users import json_users
from .spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .text import Text


def users_to_csv(
    text: Text,
    member: str,
    key: str,
    row: Callable[[dict[str, Any], int], Mapping[str, str | None]],
    *,
    inactive: tuple[str, str],
    beside: Callable[[str, Any], object] | None = None,
) -> Iterator[bytes]:
    """Write users as a CSV.

    Args:
        text: JSON, a list of users or an object that has one.
        member: the name of the object's list.
        key: what every user has; the first column.
        row: a user's columns and values, given the user and its number; see ``Spool.add``.
        inactive: the flag of a user who cannot sign in, and its value there.
        beside: takes the names and values of the object's other members.

    Raises:
        ExportError: the file is not such JSON, or it has users who cannot sign in.
    """
    flag, value = inactive
    refused = InactiveUsers(f"{flag} is {value}", "record")
    with Spool(key) as spool:
        for record, user in enumerate(json_users(text, member, beside), 1):
            if not isinstance(user, dict) or not isinstance(user.get(key), str):
                raise ExportError(f'record {record}: expected a user, an object with "{key}"')
            if text_of(user.get(flag)) == value:
                refused.add(record)
            try:
                spool.add(row(user, record))
            except UnicodeEncodeError:
                # Not from the error: it holds values of the user.
                raise ExportError(
                    f"record {record}: expected text, found half of a surrogate pair"
                ) from None
        refused.refuse()
        yield from pieces(spool.csv())


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the members that have a text."""
    return {name: text for name, each in values.items() if (text := text_of(each)) is not None}


def text_of(value: Any) -> str | None:
    """Return a value's text, which numbers are already; None for null and what is nested."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None
