"""The authentication flows of an app client, and how many clients a pool has.

AWS (API Reference, "CreateUserPoolClient"): a client without `ExplicitAuthFlows` supports
ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_SRP_AUTH and ALLOW_CUSTOM_AUTH; a flow that is not among the
client's is refused with InvalidParameterException. ALLOW_USER_AUTH lets passwords and SRP pass
through USER_AUTH without the flows of their own. Developer Guide, "Quotas in Amazon Cognito": app
clients per user pool.

MiniStack lets every password flow pass where a client has no `ExplicitAuthFlows`, does not check
refresh tokens, and makes any number of clients. Used: `cognito._auth_flow_error`,
`_create_user_pool_client`, which CloudFormation calls too.

Settings: `clients_per_pool`; the flows are always on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

from .sign_in import pool_of_client

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFAULT_FLOWS = frozenset({"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"})
_ALLOWING = {
    "ADMIN_NO_SRP_AUTH": {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"},
    "ADMIN_USER_PASSWORD_AUTH": {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"},
    "USER_PASSWORD_AUTH": {"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"},
    "USER_AUTH": {"ALLOW_USER_AUTH"},
    "REFRESH_TOKEN": {"ALLOW_REFRESH_TOKEN_AUTH"},
    "REFRESH_TOKEN_AUTH": {"ALLOW_REFRESH_TOKEN_AUTH"},
}
_LEGACY_ALLOWS_REFRESH = frozenset({"REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"})


def patch(clients_per_pool: Callable[[], int]) -> None:
    """Check flows and count clients from now on.

    Args:
        clients_per_pool: The most app clients of a pool.
    """
    check, create = cognito._auth_flow_error, cognito._create_user_pool_client

    def check_flow(action: str, data: dict[str, Any]) -> Any:
        if action in {"InitiateAuth", "AdminInitiateAuth"} and not _allowed(data):
            message = f"{data['AuthFlow']} flow not enabled for this client"
            return responses.error_response_json("InvalidParameterException", message, 400)
        return check(action, data)

    def create_client(data: dict[str, Any]) -> Any:
        pool, _ = cognito._resolve_pool(data.get("UserPoolId"))
        if pool and len(pool["_clients"]) >= clients_per_pool():
            message = "The user pool has too many app clients (local text)"
            return responses.error_response_json("LimitExceededException", message, 400)
        return create(data)

    cognito._auth_flow_error = check_flow
    cognito._create_user_pool_client = create_client


def _allowed(data: dict[str, Any]) -> bool:
    flow, pool = data.get("AuthFlow"), pool_of_client(data.get("ClientId"))
    if pool is None or flow not in _ALLOWING:
        return True
    flows = set(pool["_clients"][data["ClientId"]].get("ExplicitAuthFlows") or _DEFAULT_FLOWS)
    legacy = not any(each.startswith("ALLOW_") for each in flows)
    return bool(flows & _ALLOWING[flow]) or (legacy and flow in _LEGACY_ALLOWS_REFRESH)
