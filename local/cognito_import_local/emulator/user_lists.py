r"""ListUsers: its filter, its pages, and users that are not listed yet.

AWS (API Reference, "ListUsers"): the filter is one of ten attributes, `=` or `^=`, and a value in
quotation marks; at most 60 users a page; "This operation is eventually consistent". An attribute of
`AttributesToGet` that a user lacks is an error.

MiniStack takes no filter by `cognito:user_status`, lists all users where it does not understand a
filter, and ignores `AttributesToGet`. The error texts are ours. Used: `cognito._list_users`,
`_resolve_pool`, `_apply_user_filter`, `_user_out`, `_now_epoch`.

Setting: `users_listed_after_seconds`; 0 turns the delay off, the rest is always on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

from .root_calls import is_root_call

if TYPE_CHECKING:
    from collections.abc import Callable

_INVALID = "InvalidParameterException"
_LIMIT = 60
_STATUS = "cognito:user_status"
_FILTER = re.compile(r'\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*')
_SEARCHABLE = frozenset(
    {
        *("username", "email", "phone_number", "name", "given_name", "family_name"),
        *("preferred_username", _STATUS, "status", "sub"),
    }
)


class _InvalidListError(ValueError):
    """A parameter of ListUsers is not valid; the message says which."""


def patch(listed_after: Callable[[], float]) -> None:
    """Answer ListUsers as AWS does from now on.

    Args:
        listed_after: Age in seconds below which a user is not listed.
    """

    def list_users(data: dict[str, Any]) -> Any:
        pool, error = cognito._resolve_pool(data.get("UserPoolId"))
        if error:
            return error
        latest = cognito._now_epoch() - (0 if is_root_call() else listed_after())
        users = [user for user in list(pool["_users"].values()) if user["UserCreateDate"] <= latest]
        try:
            return responses.json_response(_page(_filtered(users, data.get("Filter") or ""), data))
        except _InvalidListError as invalid:
            return responses.error_response_json(_INVALID, f"{invalid} (local text)", 400)

    cognito._list_users = list_users


def _filtered(users: list[Any], text: str) -> list[Any]:
    if not text.strip():
        return users
    match = _FILTER.fullmatch(text)
    if match is None or match[1] not in _SEARCHABLE:
        raise _InvalidListError("Filter has another form than AWS documents")
    name, operator, quoted = match.groups()
    value = re.sub(r"\\(.)", r"\1", quoted)
    if name != _STATUS:
        found: list[Any] = cognito._apply_user_filter(users, f'{name} {operator} "{value}"')
        return found
    wanted = value.casefold()
    return [
        user
        for user in users
        if user["UserStatus"].casefold() == wanted
        or (operator == "^=" and user["UserStatus"].casefold().startswith(wanted))
    ]


def _page(users: list[Any], data: dict[str, Any]) -> dict[str, Any]:
    limit, token = data.get("Limit", _LIMIT), data.get("PaginationToken", "0")
    if not isinstance(limit, int) or not 0 <= limit <= _LIMIT:
        raise _InvalidListError(f"Limit is a number from 0 to {_LIMIT}")
    if not isinstance(token, str) or not token.isdecimal():
        raise _InvalidListError("PaginationToken is not one of this user pool")
    start, size = int(token), limit or _LIMIT
    wanted = data.get("AttributesToGet")
    answer: dict[str, Any] = {
        "Users": [_shown(user, wanted) for user in users[start : start + size]]
    }
    if start + size < len(users):
        answer["PaginationToken"] = str(start + size)
    return answer


def _shown(user: Any, wanted: list[str] | None) -> dict[str, Any]:
    shown: dict[str, Any] = cognito._user_out(user)
    if wanted:
        found = {each["Name"]: each for each in shown["Attributes"]}
        if not found.keys() >= set(wanted):
            raise _InvalidListError("A user lacks an attribute of AttributesToGet")
        shown["Attributes"] = [found[name] for name in wanted]
    return shown
