"""The request rates of calls on users.

AWS (Cognito Developer Guide, "Quotas in Amazon Cognito"): calls a second of each category in one
Region of an account; the answers to challenges have a quota of their own, three times that of
sign-ins. MiniStack answers any number. Used: `cognito._run_idp_handler`, which every operation of
user pools passes in its Region.

Settings, of which None turns each off: `list_users_per_second`, `sign_ins_per_second` and
`set_passwords_per_second`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

from ..service.rate_quotas import CallCounter
from .root_calls import is_root_call
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..service.clock import Clock
    from ..settings import ImportSettings

_TOO_MANY = "TooManyRequestsException"
_CHALLENGES_A_SIGN_IN = 3
_OPERATIONS = {
    "UserAccountRecovery": ("AdminSetUserPassword",),
    "UserList": ("ListUsers", "ListUsersInGroup"),
    "UserAuthentication": ("InitiateAuth", "AdminInitiateAuth"),
    "challenges": ("RespondToAuthChallenge", "AdminRespondToAuthChallenge"),
}
_CATEGORIES = {name: category for category, names in _OPERATIONS.items() for name in names}


def patch(settings: Callable[[], ImportSettings], clock: Clock) -> None:
    """Throttle calls on users from now on.

    Args:
        settings: The settings in force.
        clock: The clock by whose seconds calls are counted.
    """
    run = cognito._run_idp_handler
    counter = CallCounter(clock)

    def run_metered(handler: Callable[[Any], Any], action: str, data: Any) -> Any:
        def handle(data: Any) -> Any:
            category = _CATEGORIES.get(action, "")
            most = _quotas(settings()).get(category)
            if most is not None and not is_root_call():
                scope = current_scope()
                if not counter.admits({(category, scope.account, scope.region): most}):
                    message = settings().texts.too_many_requests
                    return responses.error_response_json(_TOO_MANY, message, 400)
            return handler(data)

        return run(handle, action, data)

    cognito._run_idp_handler = run_metered


def _quotas(settings: ImportSettings) -> dict[str, int | None]:
    sign_ins = settings.sign_ins_per_second
    return {
        "UserAccountRecovery": settings.set_passwords_per_second,
        "UserList": settings.list_users_per_second,
        "UserAuthentication": sign_ins,
        "challenges": None if sign_ins is None else sign_ins * _CHALLENGES_A_SIGN_IN,
    }
