"""Choice-based sign-in, USER_AUTH, with passwords.

AWS (API Reference, "InitiateAuth" and "RespondToAuthChallenge"): without PREFERRED_CHALLENGE the
answer is SELECT_CHALLENGE with `AvailableChallenges`; the choice is the ANSWER to it, with the
parameters of the chosen challenge. PASSWORD takes PASSWORD; PASSWORD_SRP takes SRP_A and goes on
with PASSWORD_VERIFIER. That PREFERRED_CHALLENGE takes these parameters at once, and that the
choice is offered for a user who does not exist too, is what aws-amplify 6 relies on, and what
MiniStack's managed login does.

MiniStack has the flow in managed login only. One-time passwords and passkeys are not offered here.
Used: `cognito._initiate_auth`, `_admin_initiate_auth`, `_respond_to_auth_challenge`,
`_admin_respond_to_auth_challenge`, `_create_challenge_session`, `_get_challenge_session`,
`_initiate_user_srp_auth`.

Setting: none; always on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

from .sign_in import pool_of_client

if TYPE_CHECKING:
    from collections.abc import Callable

_FLOW = "USER_AUTH"
_SELECT, _PASSWORD, _SRP = "SELECT_CHALLENGE", "PASSWORD", "PASSWORD_SRP"
_AVAILABLE = (_SRP, _PASSWORD)


def patch() -> None:
    """Answer the flow and its challenges from now on."""
    for prefix, flow in (("", "USER_PASSWORD_AUTH"), ("_admin", "ADMIN_USER_PASSWORD_AUTH")):
        name = f"{prefix}_initiate_auth"
        sign_in = _PasswordSignIn(getattr(cognito, name), flow)
        setattr(cognito, name, sign_in.initiate)
        name = f"{prefix}_respond_to_auth_challenge"
        setattr(cognito, name, sign_in.responding(getattr(cognito, name)))


class _PasswordSignIn:
    """The flow of one of the two InitiateAuth operations.

    Args:
        initiate: The operation.
        flow: Its flow that takes a password.
    """

    def __init__(self, initiate: Callable[[Any], Any], flow: str) -> None:
        self._initiate = initiate
        self._flow = flow

    def initiate(self, data: dict[str, Any]) -> Any:
        pool = pool_of_client(data.get("ClientId"))
        if data.get("AuthFlow") != _FLOW or pool is None:
            return self._initiate(data)
        given = data.get("AuthParameters") or {}
        if not given.get("USERNAME"):
            return _invalid("Missing required parameter USERNAME")
        preferred = given.get("PREFERRED_CHALLENGE")
        if preferred in _AVAILABLE:
            return self._challenge(pool, data, given, preferred)
        return _offer(pool, data["ClientId"], given["USERNAME"], _SELECT)

    def responding(self, respond: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(data: dict[str, Any]) -> Any:
            pool = pool_of_client(data.get("ClientId"))
            challenge = data.get("ChallengeName")
            if pool is None or challenge not in {_SELECT, _PASSWORD}:
                return respond(data)
            given = data.get("ChallengeResponses") or {}
            session, _ = cognito._get_challenge_session(data.get("Session"))
            if (
                session is None
                or session.get("auth_flow") != _FLOW
                or session["client_id"] != data["ClientId"]
            ):
                return _error("NotAuthorizedException", "Invalid session for the user.")
            chosen = given.get("ANSWER") if challenge == _SELECT else _PASSWORD
            if chosen not in _AVAILABLE:
                return _invalid("ANSWER is not one of AvailableChallenges (local text)")
            given = {**given, "USERNAME": session["username"]}
            return self._challenge(pool, data, given, chosen)

        return call

    def _challenge(self, pool: Any, data: Any, given: dict[str, str], name: str) -> Any:
        client_id = data["ClientId"]
        if name == _SRP:
            return _srp(pool, client_id, given)
        if "PASSWORD" not in given:
            return _offer(pool, client_id, given["USERNAME"], _PASSWORD)
        return self._initiate(
            {
                **data,
                "UserPoolId": pool["Id"],
                "AuthFlow": self._flow,
                "AuthParameters": given,
            }
        )


def _offer(pool: Any, client_id: str, username: str, challenge: str) -> Any:
    token, session = cognito._create_challenge_session(pool["Id"], client_id, username)
    session["auth_flow"] = _FLOW
    answer: dict[str, Any] = {
        "ChallengeName": challenge,
        "Session": token,
        "ChallengeParameters": {},
    }
    if challenge == _SELECT:
        answer["AvailableChallenges"] = list(_AVAILABLE)
    return responses.json_response(answer)


def _srp(pool: Any, client_id: str, given: dict[str, str]) -> Any:
    # ALLOW_USER_AUTH covers SRP: the client needs no flow of its own for it.
    client = {**pool["_clients"][client_id], "ExplicitAuthFlows": []}
    allowing = {**pool, "_clients": {client_id: client}}
    status, headers, body = cognito._initiate_user_srp_auth(allowing, pool["Id"], client_id, given)
    answer = json.loads(body)
    if "ChallengeParameters" not in answer:
        return status, headers, body
    # Clients send the session of a choice back; MiniStack finds the challenge by its secret block.
    return responses.json_response(
        {**answer, "Session": answer["ChallengeParameters"]["SECRET_BLOCK"]}
    )


def _invalid(message: str) -> Any:
    return _error("InvalidParameterException", message)


def _error(code: str, message: str) -> Any:
    return responses.error_response_json(code, message, 400)
