"""Cognito: the users of ListUsers, as JSON or as a CSV."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from ..rules import Rule
from . import messages
from .csv_users import CsvUsers
from .export import ExportError, UserKind
from .fields import texts
from .json_list import UserList, json_users, read_json
from .recognition import with_hint
from .spooled_csv import users_to_csv
from .text_reader import TextReader
from .user_tally import Reason, disabled, linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading

_NO_COLUMNS = frozenset({"sub", "identities"})
_NOT_ATTRIBUTES = frozenset(
    {"Enabled", "UserStatus", "UserCreateDate", "UserLastModifiedDate", "MFAOptions"}
)
_TOKENS = frozenset({"PaginationToken", "NextToken"})
_EXTERNAL = Reason(messages.EXTERNAL_PROVIDER_USERS, UserKind.EXTERNAL_PROVIDER, Rule.EXCLUDED_USER)


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Make attributes columns with their own names."""
    text = TextReader(chunks)
    users: Iterable[Any]
    if text.is_json:
        key: str | None = "Username"
        listed = json_users(text, UserList("Users", "Username", _refuse_token))
        users = map(_with_attributes, listed, count(1))
    else:
        users = rows = CsvUsers(text)
        if not {"Username", "sub", *reading.columns} & {*rows.names}:
            raise ExportError(with_hint(messages.not_users("Users", "Username"), rows.names))
        key = rows.key("Username")
    yield from users_to_csv(text, users, key, row=_row, reasons=_reasons, reading=reading)


def _refuse_token(name: str, value: Any) -> None:
    """Refuse a page: a token of ListUsers and of the AWS CLI means that more users follow."""
    if name in _TOKENS and value:
        raise ExportError(messages.cognito_token(name))


def _with_attributes(user: Any, record: int) -> Any:
    """Return a user whose attributes are members, as in a CSV; anything else as it is."""
    if not isinstance(user, dict):
        return user
    attributes = user.pop("Attributes", [])
    for each in attributes if isinstance(attributes, list) else [None]:
        match each:
            case {"Name": str(name), "Value": str(value)}:
                user[name] = value
            case _:
                raise ExportError(messages.at(f"record {record}", messages.COGNITO_ATTRIBUTES))
    return user


def _row(user: dict[str, Any], _: int) -> dict[str, str]:
    return {
        name: value
        for name, value in texts(user).items()
        if name not in _NO_COLUMNS and name not in _NOT_ATTRIBUTES
    }


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if str(user.get("Enabled")).strip().casefold() == "false":
        yield disabled("Enabled is false")
    identities = _identities(user.get("identities"))
    if str(user.get("UserStatus")).strip().upper() == "EXTERNAL_PROVIDER" or any(
        _is_name_of(each, user.get("Username")) for each in identities
    ):
        yield _EXTERNAL
    elif identities:
        yield linked("identities")


def _identities(value: Any) -> list[Any]:
    """Return the entries of `identities`; one of nothing where they cannot be read."""
    if not isinstance(value, str) or not value.strip():
        return []
    entries = read_json(value)
    return entries if isinstance(entries, list) else [None]


def _is_name_of(identity: Any, username: Any) -> bool:
    """Return whether a username is the one that Cognito gives to a provider's user.

    The case is not compared: of the provider Google, the name begins with `google_`.
    """
    if not isinstance(identity, dict) or not isinstance(username, str):
        return False
    name = f"{identity.get('providerName')}_{identity.get('userId')}"
    return username.casefold() == name.casefold()
