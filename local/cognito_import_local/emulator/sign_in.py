"""Sign-in with a password whose hash was imported, and without any (facts §1.11, §1.12).

MiniStack compares passwords in clear text, and does not hide a reset from clients that hide
who exists: import users, sign in with PreventUserExistenceErrors=ENABLED, and
PasswordResetRequiredException says that the user exists. Before the first sign-in that sends the
password, SRP fails as it does with a wrong password: nobody knows the password of a hash. Without
any password, SRP cannot succeed at MiniStack, and says nothing of a reset: here it says that one is
required, as people report. Used: `cognito._admin_initiate_auth`, `_initiate_auth`,
`_admin_respond_to_auth_challenge`, `_respond_to_auth_challenge`, `_authenticate_hosted_ui_user`,
`_resolve_user`, `_hidden_user_error`, `_get_challenge_session`, `_password_reset_required`.

Settings: `hash_sign_in` and `pbkdf2_base64`; the rest is always on.
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
    from ..settings import ImportSettings

_HASH = "_imported_hash"
_PASSWORD_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"})
_CHOICE_BASED = frozenset({"USER_AUTH", "SELECT_CHALLENGE", "PASSWORD"})
_ANYWHERE = "any_password"
_RESET_REQUIRED = "PasswordResetRequiredException"
_DENIED = "NotAuthorizedException"
_SRP_PROOF = "PASSWORD_VERIFIER"


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


def patch(settings: Callable[[], ImportSettings]) -> None:
    """Patch the flows that are given a password.

    Args:
        settings: The settings in force.
    """
    cognito._admin_initiate_auth = _patched(cognito._admin_initiate_auth, settings)
    cognito._initiate_auth = _patched(cognito._initiate_auth, settings)
    for name in ("_admin_respond_to_auth_challenge", "_respond_to_auth_challenge"):
        setattr(cognito, name, _patched(getattr(cognito, name), settings))
    hosted = cognito._authenticate_hosted_ui_user

    def authenticate(pool: Any, username: Any, password: Any) -> Any:
        if settings().hash_sign_in == _ANYWHERE:
            _learn_password(pool, username, password, settings())
        return hosted(pool, username, password)

    cognito._authenticate_hosted_ui_user = authenticate


def _patched(
    operation: Callable[[Any], Any], settings: Callable[[], ImportSettings]
) -> Callable[[Any], Any]:
    def call(data: Any) -> Any:
        pool = pool_of_client(data.get("ClientId"))
        flow = data.get("AuthFlow") or data.get("ChallengeName")
        given = data.get("AuthParameters") or data.get("ChallengeResponses") or {}
        if pool is not None and flow == _SRP_PROOF:
            return _reset_instead_of_denial(pool, data["ClientId"], given, operation(data))
        if pool is None or "PASSWORD" not in given or flow not in _PASSWORD_FLOWS | _CHOICE_BASED:
            return operation(data)
        if flow in _PASSWORD_FLOWS or settings().hash_sign_in == _ANYWHERE:
            _learn_password(pool, given.get("USERNAME"), given["PASSWORD"], settings())
        user, _ = cognito._resolve_user(pool, given.get("USERNAME"))
        answer = operation(data)
        if _has_no_password(user) and _is_error(answer, _RESET_REQUIRED):
            return cognito._hidden_user_error(pool, data["ClientId"], answer)
        return answer

    return call


def _reset_instead_of_denial(pool: Any, client_id: Any, given: Any, answer: Any) -> Any:
    """Return the answer to a proof of SRP, which is wrong for a user without a password."""
    session, _ = cognito._get_challenge_session(given.get("PASSWORD_CLAIM_SECRET_BLOCK"))
    if session is None or session["client_id"] != client_id or not _is_error(answer, _DENIED):
        return answer
    user, _ = cognito._resolve_user(pool, session["username"])
    if not _has_no_password(user) or user.get("UserStatus") != "RESET_REQUIRED":
        return answer
    return cognito._hidden_user_error(pool, client_id, cognito._password_reset_required())


def _has_no_password(user: Any) -> bool:
    return user is not None and not user.get("_password")


def _is_error(answer: Any, code: str) -> bool:
    return bool(json.loads(answer[2]).get("__type", "").endswith(code))


def pool_of_client(client_id: Any) -> Any:
    """Return the record of the pool that has an app client, or None."""
    pools = cognito._user_pools.values()
    return next((pool for pool in pools if client_id in pool["_clients"]), None)


def _learn_password(pool: Any, username: Any, password: Any, settings: ImportSettings) -> None:
    """Put the password of a user in the place of its hash when it is the right one.

    As at Cognito, SRP works from then on. A password that was set since the import counts
    alone: the hash is that of a password which is no longer there.
    """
    user, _ = cognito._resolve_user(pool, username)
    if user is None or _HASH not in user or not isinstance(password, str):
        return
    unknown, algorithm, hashed = user[_HASH]
    if user["_password"] != unknown:
        del user[_HASH]
    elif matches(password, hashed, algorithm, settings):
        del user[_HASH]
        user["_password"] = password
