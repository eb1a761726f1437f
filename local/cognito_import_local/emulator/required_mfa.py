"""Sign-in where the pool requires a second factor.

AWS (API Reference, "InitiateAuth"): MFA_SETUP is the challenge for users who must set up a factor
before they can sign in; `MFAS_CAN_SETUP` lists the kinds. AssociateSoftwareToken takes its session,
VerifySoftwareToken the session of that, and the challenge is answered with the session of that. A
user with a phone number, where the pool has SMS, gets the challenge SMS_MFA. A pool has SMS here
where it has an SMS configuration: MiniStack keeps no `EnabledMfas`.

MiniStack gives tokens to a user without a factor, knows TOTP only, and takes any answer to
MFA_SETUP. It sends no text message: here nobody gets past SMS_MFA but with
AdminRespondToAuthChallenge, to which any code is right. Managed login asks for no factor. Used:
`cognito._mfa_challenge_for_user`, `_associate_software_token`, `_verify_software_token`,
`_totp_session_secrets`, `_respond_to_auth_challenge`, `_admin_respond_to_auth_challenge`,
`_attr_list_to_dict`; the members `_origin_jtis`, `_mfa_enabled` and `_totp_secret` of a user.

Setting: `mfa_at_first_sign_in`; the rest is always on.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

if TYPE_CHECKING:
    from collections.abc import Callable

_OK = 200
_SETUP, _SMS, _TOTP = "MFA_SETUP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"
_NO_CHALLENGE = "tokens"


@dataclass(slots=True)
class _Setup:
    """A user who sets up a factor during a sign-in.

    Attributes:
        user: The user's record.
        verified: Whether the code of the new factor was right.
    """

    user: dict[str, Any]
    verified: bool = False


_setups: dict[str, _Setup] = {}


def patch(at_first_sign_in: Callable[[], str]) -> None:
    """Require the second factor from now on.

    Args:
        at_first_sign_in: What a user without a factor gets at the first sign-in.
    """
    challenge = cognito._mfa_challenge_for_user

    def challenge_or_setup(pool: Any, user: Any, pool_id: str, username: str) -> Any:
        found = challenge(pool, user, pool_id, username)
        if found is not None or pool.get("MfaConfiguration") != "ON":
            return found
        if at_first_sign_in() == _NO_CHALLENGE and not user.get("_origin_jtis"):
            return None
        return _challenge(pool, user, username)

    cognito._mfa_challenge_for_user = challenge_or_setup
    cognito._associate_software_token = _associating(cognito._associate_software_token)
    cognito._verify_software_token = _verifying(cognito._verify_software_token)
    for name in ("_respond_to_auth_challenge", "_admin_respond_to_auth_challenge"):
        setattr(cognito, name, _responding(getattr(cognito, name)))


def _challenge(pool: Any, user: Any, username: str) -> dict[str, Any]:
    session = base64.b64encode(secrets.token_bytes(32)).decode()
    attributes = cognito._attr_list_to_dict(user.get("Attributes") or [])
    kinds = _kinds(pool)
    if _SMS in kinds and attributes.get("phone_number"):
        number = attributes["phone_number"]
        parameters = {
            "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
            "CODE_DELIVERY_DESTINATION": f"+{'*' * (len(number) - 5)}{number[-4:]}",
        }
        name = _SMS
    else:
        _setups[session] = _Setup(user)
        parameters = {"MFAS_CAN_SETUP": json.dumps(kinds)}
        name = _SETUP
    parameters["USER_ID_FOR_SRP"] = username
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _kinds(pool: Any) -> list[str]:
    """Return the kinds of factors of a pool; TOTP where it names none."""
    kinds = [_SMS] if pool.get("SmsMfaConfiguration") or pool.get("SmsConfiguration") else []
    if (pool.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled") or not kinds:
        kinds.append(_TOTP)
    return kinds


def _associating(associate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(data: dict[str, Any]) -> Any:
        answer = associate(data)
        setup = _setups.pop(data.get("Session") or "", None)
        if setup is not None:
            _setups[json.loads(answer[2])["Session"]] = setup
        return answer

    return call


def _verifying(verify: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(data: dict[str, Any]) -> Any:
        session = data.get("Session") or ""
        secret = cognito._totp_session_secrets.get(session)
        answer = verify(data)
        if answer[0] == _OK and secret and (setup := _setups.pop(session, None)) is not None:
            setup.verified = True
            setup.user["_totp_secret"] = secret
            setup.user["_mfa_enabled"] = [*(setup.user.get("_mfa_enabled") or ()), _TOTP]
            _setups[json.loads(answer[2])["Session"]] = setup
        return answer

    return call


def _responding(respond: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(data: dict[str, Any]) -> Any:
        if data.get("ChallengeName") == _SETUP:
            setup = _setups.pop(data.get("Session") or "", None)
            if setup is None or not setup.verified:
                message = "Invalid session for the user."
                return responses.error_response_json("NotAuthorizedException", message, 400)
            given = {**(data.get("ChallengeResponses") or {}), "USERNAME": setup.user["Username"]}
            data = {**data, "ChallengeResponses": given}
        return respond(data)

    return call
