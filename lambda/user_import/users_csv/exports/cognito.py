"""Cognito: the JSON of ListUsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .export import ExportError
from .records import users_to_csv
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NO_COLUMNS = frozenset({"sub", "identities"})
_TOKENS = frozenset({"PaginationToken", "NextToken"})


def to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make attributes columns of their own names."""
    return users_to_csv(
        Text(chunks, "record"),
        "Users",
        "Username",
        _row,
        inactive=("Enabled", "false"),
        beside=_refuse_token,
    )


def _refuse_token(name: str, value: Any) -> None:
    """Refuse a page: with a token, ListUsers and the AWS CLI say that more users follow."""
    if name in _TOKENS and value:
        raise ExportError(
            f'"{name}" tells that the pool has more users than this file. Export all of them: '
            "aws cognito-idp list-users without --max-items, --limit and --no-paginate."
        )


def _row(user: dict[str, Any], record: int) -> dict[str, str]:
    row = {"Username": user["Username"]}
    attributes = user.get("Attributes", [])
    for each in attributes if isinstance(attributes, list) else [None]:
        match each:
            case {"Name": str(name), "Value": str(value)}:
                row[name] = value
            case _:
                raise ExportError(
                    f'record {record}: expected Attributes to be a list of {{"Name": "…", '
                    '"Value": "…"}'
                )
    return {name: value for name, value in row.items() if name not in _NO_COLUMNS}
