"""The pre and post authentication triggers of a user pool.

AWS (Cognito Developer Guide, "Pre authentication Lambda trigger" and "Post authentication Lambda
trigger"; API Reference, "InitiateAuth"): InitiateAuth invokes the first before the password is
checked, with ClientMetadata as `validationData`; not for a user who does not exist, unless the
client has PreventUserExistenceErrors, and not when tokens are refreshed. The second is invoked
after the last challenge, before there are tokens, with the ClientMetadata of the challenge's
answer. What a function raises is UserLambdaValidationException, as published with the text
"PreAuthentication failed with error <message>.".

MiniStack invokes neither. Whether the function's policy lets Cognito invoke it is not checked, and
sign-in in managed login invokes neither. Used: `cognito._initiate_auth`, `_admin_initiate_auth`,
`_respond_to_auth_challenge`, `_admin_respond_to_auth_challenge`, `_resolve_user`,
`_user_from_token`, `_hides_user_existence`, `_attr_list_to_dict`;
`lambda_svc._get_func_record_for_ref`, `_execution_record_for_config`,
`_execute_function_with_config_scope`.

Setting: none; always on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito, lambda_svc

from .scope import current_scope
from .sign_in import pool_of_client

if TYPE_CHECKING:
    from collections.abc import Callable

_REFRESH = frozenset({"REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"})
_PRE, _POST = "PreAuthentication", "PostAuthentication"


class _TriggerError(Exception):
    """A trigger failed.

    Attributes:
        code: The code of the error response.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def patch() -> None:
    """Invoke the triggers from now on."""
    for name in ("_initiate_auth", "_admin_initiate_auth"):
        setattr(cognito, name, _with_triggers(getattr(cognito, name), before=True))
    for name in ("_respond_to_auth_challenge", "_admin_respond_to_auth_challenge"):
        setattr(cognito, name, _with_triggers(getattr(cognito, name), before=False))


def _with_triggers(operation: Callable[[Any], Any], *, before: bool) -> Callable[[Any], Any]:
    def call(data: dict[str, Any]) -> Any:
        pool = pool_of_client(data.get("ClientId"))
        if pool is None or data.get("AuthFlow") in _REFRESH or not pool.get("LambdaConfig"):
            return operation(data)
        try:
            if before:
                _invoke_pre(pool, data)
            answer = operation(data)
            result = json.loads(answer[2]).get("AuthenticationResult")
            if result:
                user = cognito._user_from_token(result["AccessToken"], pool)
                metadata = {} if before else data.get("ClientMetadata") or {}
                more = {"newDeviceUsed": False, "clientMetadata": metadata}
                _invoke(pool, data["ClientId"], _POST, user, more)
        except _TriggerError as error:
            return responses.error_response_json(error.code, str(error), 400)
        return answer

    return call


def _invoke_pre(pool: Any, data: dict[str, Any]) -> None:
    username = (data.get("AuthParameters") or {}).get("USERNAME")
    user, _ = cognito._resolve_user(pool, username)
    more: dict[str, Any] = {"validationData": data.get("ClientMetadata") or {}}
    if user is None:
        if not cognito._hides_user_existence(pool, data["ClientId"]):
            return
        user = {"Username": username}
        more["userNotFound"] = True
    _invoke(pool, data["ClientId"], _PRE, user, more)


def _invoke(pool: Any, client_id: str, trigger: str, user: Any, more: dict[str, Any]) -> None:
    arn = pool["LambdaConfig"].get(trigger)
    if not arn:
        return
    record, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if record is None or config is None:
        raise _TriggerError("UnexpectedLambdaException", f"{trigger} invocation failed.")
    event = {
        "version": "1",
        "triggerSource": f"{trigger}_Authentication",
        "region": current_scope().region,
        "userPoolId": pool["Id"],
        "userName": user["Username"],
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id},
        "request": {
            "userAttributes": cognito._attr_list_to_dict(user.get("Attributes") or []),
            **more,
        },
        "response": {},
    }
    function = lambda_svc._execution_record_for_config(record, config)
    result = lambda_svc._execute_function_with_config_scope(function, event)
    if result.get("error"):
        message = f"{trigger} failed with error {_message(result.get('body'))}."
        raise _TriggerError("UserLambdaValidationException", message)


def _message(body: Any) -> str:
    """Return the message of a function's error."""
    try:
        given = json.loads(body) if isinstance(body, str | bytes) else body
    except ValueError:
        given = None
    return str(given.get("errorMessage")) if isinstance(given, dict) else str(body)
