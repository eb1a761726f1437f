"""Sign-in with a password whose hash was imported, and without any (facts §1.11, §1.12).

MiniStack compares passwords in clear text, and does not hide a reset from clients that hide
who exists: import users, sign in with PreventUserExistenceErrors=ENABLED, and
PasswordResetRequiredException says that the user exists. Used: `cognito._admin_initiate_auth`,
`_initiate_auth`, `_authenticate_hosted_ui_user`, `_resolve_user`, `_hidden_user_error`.

Setting: none; always on.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from ministack.services import cognito

from ..service.password_hash import matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..service.row_rules import NewUser

_HASH = "_imported_hash"
_PASSWORD_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"})
_RESET_REQUIRED = "PasswordResetRequiredException"


def credentials(user: NewUser) -> dict[str, Any]:
    """Return the fields of a user's record that decide about sign-in.

    MiniStack lets any password pass where there is none, and only then looks at
    RESET_REQUIRED: right for a user who must reset it, wrong for one who is confirmed and has
    a password unknown to the emulator, or signs in without one.
    """
    if not user.confirmed:
        return {"_password": ""}
    unknown = str(uuid.uuid4())
    if user.password_hash is None:
        return {"_password": unknown}
    return {"_password": unknown, _HASH: [unknown, user.algorithm, user.password_hash]}


def patch() -> None:
    """Patch the flows that are given a password."""
    cognito._admin_initiate_auth = _patched(cognito._admin_initiate_auth)
    cognito._initiate_auth = _patched(cognito._initiate_auth)
    hosted = cognito._authenticate_hosted_ui_user

    def authenticate(pool: Any, username: Any, password: Any) -> Any:
        _learn_password(pool, username, password)
        return hosted(pool, username, password)

    cognito._authenticate_hosted_ui_user = authenticate


def _patched(initiate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def initiate_patched(data: Any) -> Any:
        pool = _pool_of_client(data.get("ClientId"))
        given = data.get("AuthParameters") or {}
        if pool is None or data.get("AuthFlow") not in _PASSWORD_FLOWS:
            return initiate(data)
        user = _learn_password(pool, given.get("USERNAME"), given.get("PASSWORD"))
        answer = initiate(data)
        has_none = user is not None and not user.get("_password")
        if has_none and json.loads(answer[2]).get("__type", "").endswith(_RESET_REQUIRED):
            return cognito._hidden_user_error(pool, data["ClientId"], answer)
        return answer

    return initiate_patched


def _pool_of_client(client_id: Any) -> Any:
    pools = cognito._user_pools.values()
    return next((pool for pool in pools if client_id in pool["_clients"]), None)


def _learn_password(pool: Any, username: Any, password: Any) -> Any:
    """Put the password of a user in the place of its hash when it is the right one.

    As at Cognito, SRP works from then on. A password that was set since the import counts
    alone: the hash is that of a password which is no longer there.
    """
    user, _ = cognito._resolve_user(pool, username)
    if user is None or _HASH not in user or not isinstance(password, str):
        return user
    unknown, algorithm, hashed = user[_HASH]
    if user["_password"] != unknown:
        del user[_HASH]
    elif matches(password, hashed, algorithm):
        del user[_HASH]
        user["_password"] = password
    return user
