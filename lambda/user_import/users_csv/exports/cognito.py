"""Cognito: the JSON of ListUsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..diagnostics import Unit
from . import messages
from .export import ExportError
from .json_to_csv import users_to_csv
from .text_reader import TextReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NO_COLUMNS = frozenset({"sub", "identities"})
_TOKENS = frozenset({"PaginationToken", "NextToken"})


def to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make attributes columns with their own names."""
    return users_to_csv(
        TextReader(chunks, Unit.RECORD),
        "Users",
        "Username",
        _row,
        disabled=("Enabled", "false"),
        beside=_refuse_token,
    )


def _refuse_token(name: str, value: Any) -> None:
    """Refuse a page: a token of ListUsers and of the AWS CLI means that more users follow."""
    if name in _TOKENS and value:
        raise ExportError(messages.cognito_token(name))


def _row(user: dict[str, Any], record: int) -> dict[str, str]:
    row = {"Username": user["Username"]}
    attributes = user.get("Attributes", [])
    for each in attributes if isinstance(attributes, list) else [None]:
        match each:
            case {"Name": str(name), "Value": str(value)}:
                row[name] = value
            case _:
                location = f"record {record}"
                raise ExportError(messages.at(location, messages.COGNITO_ATTRIBUTES))
    return {name: value for name, value in row.items() if name not in _NO_COLUMNS}
