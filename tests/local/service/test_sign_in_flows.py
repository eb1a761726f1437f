"""The flows of app clients, choice-based sign-in, and pools that require a second factor."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.apps import FLOWS, App
from helpers.import_world import code_of, message_of, user
from helpers.srp import SrpClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World

WORD = "Correct-Horse-7"
MFA_POOL = {"MfaConfiguration": "ON"}


def with_password(world: World, *usernames: str, **more: str) -> World:
    """Import users, and give them a password."""
    world.run(world.csv(*(user(each, **more) for each in usernames)))
    for username in usernames:
        world.cognito.admin_set_user_password(
            UserPoolId=world.pool, Username=username, Password=WORD, Permanent=True
        )
    return world


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call()
    return code_of(error), message_of(error)


@pytest.mark.parametrize("flow", [*FLOWS, "USER_SRP_AUTH", "USER_AUTH"])
@pytest.mark.parametrize(
    "allowed",
    [
        [],
        ["ALLOW_USER_PASSWORD_AUTH"],
        ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        ["ALLOW_USER_SRP_AUTH"],
        ["ALLOW_USER_AUTH"],
    ],
    ids=str,
)
def test_an_app_client_allows_its_own_flows_and_no_others(
    world: World, flow: str, allowed: list[str]
) -> None:
    with_password(world, "ann")
    app = App(world, ExplicitAuthFlows=allowed)
    # Without flows a client has these (API Reference, "CreateUserPoolClient").
    effective = allowed or ["ALLOW_USER_SRP_AUTH"]

    def call() -> None:
        app.initiate(flow, "ann", PASSWORD=WORD, SRP_A="aa")

    if f"ALLOW_{flow}" in effective:
        call()
        return
    assert refusal(call)[0] == "InvalidParameterException"


def test_a_client_without_the_flow_refreshes_no_tokens(world: World) -> None:
    with_password(world, "ann")
    allowed = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    app = App(world, ExplicitAuthFlows=allowed)
    token = app.signs_in("USER_PASSWORD_AUTH", "ann", WORD)["RefreshToken"]

    def refresh() -> dict[str, Any]:
        return app.initiate("REFRESH_TOKEN_AUTH", "ann", REFRESH_TOKEN=token)

    assert refresh()["AuthenticationResult"]
    world.cognito.update_user_pool_client(
        UserPoolId=world.pool, ClientId=app.client_id, ExplicitAuthFlows=allowed[:1]
    )
    assert refusal(refresh)[0] == "InvalidParameterException"


@pytest.mark.parametrize("flow", [*FLOWS, "USER_AUTH"])
def test_a_client_with_a_secret_needs_its_hash(world: World, flow: str) -> None:
    with_password(world, "ann")
    app = App(world, GenerateSecret=True)
    given = {"PASSWORD": WORD, "PREFERRED_CHALLENGE": "PASSWORD"}

    assert refusal(lambda: app.initiate(flow, "ann", **given))[0] == "NotAuthorizedException"
    wrong = {**given, "SECRET_HASH": app.secret_hash("bob")}
    assert refusal(lambda: app.initiate(flow, "ann", **wrong))[0] == "NotAuthorizedException"
    right = {**given, "SECRET_HASH": app.secret_hash("ann")}
    assert app.initiate(flow, "ann", **right)["AuthenticationResult"]


def test_choice_based_sign_in_offers_the_password_and_srp(world: World) -> None:
    with_password(world, "ann")
    app = App(world)

    for username in ("ann", "nobody"):
        answer = app.initiate("USER_AUTH", username)
        assert answer["ChallengeName"] == "SELECT_CHALLENGE"
        assert set(answer["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP"}
    preferred = app.initiate("USER_AUTH", "ann", PREFERRED_CHALLENGE="WEB_AUTHN")
    assert preferred["ChallengeName"] == "SELECT_CHALLENGE"


def test_choice_based_sign_in_with_the_password(world: World) -> None:
    with_password(world, "ann")
    app = App(world, ExplicitAuthFlows=["ALLOW_USER_AUTH"])

    answer = app.initiate("USER_AUTH", "ann")
    chosen = app.respond(answer, "ann", ANSWER="PASSWORD", PASSWORD=WORD)
    assert chosen["AuthenticationResult"]

    asked = app.initiate("USER_AUTH", "ann", PREFERRED_CHALLENGE="PASSWORD")
    assert asked["ChallengeName"] == "PASSWORD"
    assert app.respond(asked, "ann", PASSWORD=WORD)["AuthenticationResult"]

    at_once = {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": WORD}
    assert app.initiate("USER_AUTH", "ann", **at_once)["AuthenticationResult"]
    by_admin = world.cognito.admin_initiate_auth(
        UserPoolId=world.pool,
        ClientId=app.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "ann", **at_once},
    )
    assert by_admin["AuthenticationResult"]


def test_choice_based_sign_in_with_srp(world: World) -> None:
    with_password(world, "ann")
    app = App(world, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    srp = SrpClient(world.pool, WORD)

    answer = app.initiate("USER_AUTH", "ann")
    chosen = app.respond(answer, "ann", ANSWER="PASSWORD_SRP", SRP_A=srp.public)
    assert chosen["ChallengeName"] == "PASSWORD_VERIFIER"
    proof = srp.proof(chosen["ChallengeParameters"])
    assert app.respond(chosen, "ann", **proof)["AuthenticationResult"]

    at_once = {"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": srp.public}
    answer = app.initiate("USER_AUTH", "ann", **at_once)
    proof = srp.proof(answer["ChallengeParameters"])
    assert app.respond(answer, "ann", **proof)["AuthenticationResult"]


def test_choice_based_sign_in_refuses_a_wrong_password_and_a_wrong_session(world: World) -> None:
    with_password(world, "ann")
    app, other = App(world), App(world)
    answer = app.initiate("USER_AUTH", "ann")

    def respond(app: App, answer: dict[str, Any], **given: str) -> tuple[str, str]:
        return refusal(lambda: app.respond(answer, "ann", **given))

    wrong = respond(app, answer, ANSWER="PASSWORD", PASSWORD="Another-Horse-8")
    assert wrong == ("NotAuthorizedException", "Incorrect username or password.")
    right = {"ANSWER": "PASSWORD", "PASSWORD": WORD}
    assert respond(other, answer, **right)[0] == "NotAuthorizedException"
    invented = answer | {"Session": "x" * 40}
    assert respond(app, invented, **right)[0] == "NotAuthorizedException"
    assert respond(app, answer, ANSWER="SMS_OTP")[0] == "InvalidParameterException"
    assert refusal(lambda: app.initiate("USER_AUTH", ""))[0] == "InvalidParameterException"


def test_choice_based_sign_in_tells_a_user_to_reset_the_password(world: World) -> None:
    world.run(world.csv(user("ann")))
    given = {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": WORD}

    app = App(world, PreventUserExistenceErrors="LEGACY")
    code, _ = refusal(lambda: app.initiate("USER_AUTH", "ann", **given))

    assert code == "PasswordResetRequiredException"


def totp(secret: str) -> str:
    """Return the code of now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    place = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[place : place + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def mfa_world(make_world: Callable[..., World]) -> World:
    """A pool that requires TOTP."""
    world = make_world()
    world.cognito.set_user_pool_mfa_config(
        UserPoolId=world.pool, SoftwareTokenMfaConfiguration={"Enabled": True}, **MFA_POOL
    )
    return with_password(world, "ann")


@pytest.mark.parametrize("flow", [*FLOWS, "USER_SRP_AUTH", "USER_AUTH"])
def test_a_user_without_a_factor_gets_no_tokens_where_mfa_is_required(
    mfa_world: World, flow: str
) -> None:
    app = App(mfa_world)

    if flow == "USER_SRP_AUTH":
        answer = app.signs_in_by_srp("ann", WORD)
    else:
        answer = app.initiate(flow, "ann", PASSWORD=WORD, PREFERRED_CHALLENGE="PASSWORD")

    assert answer["ChallengeName"] == "MFA_SETUP"
    assert json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    assert "AuthenticationResult" not in answer


def test_a_user_gets_tokens_after_a_factor_was_set_up(mfa_world: World) -> None:
    app, cognito = App(mfa_world), mfa_world.cognito
    answer = app.initiate("USER_PASSWORD_AUTH", "ann", PASSWORD=WORD)

    assert refusal(lambda: app.respond(answer, "ann"))[0] == "NotAuthorizedException"
    answer = app.initiate("USER_PASSWORD_AUTH", "ann", PASSWORD=WORD)
    begun = cognito.associate_software_token(Session=answer["Session"])
    verified = cognito.verify_software_token(
        Session=begun["Session"], UserCode=totp(begun["SecretCode"])
    )
    last = answer | {"Session": verified["Session"]}
    assert app.respond(last, "ann")["AuthenticationResult"]

    again = app.initiate("USER_PASSWORD_AUTH", "ann", PASSWORD=WORD)
    assert again["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = totp(begun["SecretCode"])
    assert app.respond(again, "ann", SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]


def test_a_user_with_a_phone_number_is_asked_for_the_code_of_a_text_message(
    make_world: Callable[..., World],
) -> None:
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}
    world = make_world(SmsConfiguration=sms, **MFA_POOL)
    with_password(world, "ann", phone_number="+12065550100")
    with_password(world, "bob")
    app = App(world)

    of_ann = app.initiate("USER_PASSWORD_AUTH", "ann", PASSWORD=WORD)
    assert of_ann["ChallengeName"] == "SMS_MFA"
    assert of_ann["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "+*******0100"
    of_bob = app.initiate("USER_PASSWORD_AUTH", "bob", PASSWORD=WORD)
    assert of_bob["ChallengeName"] == "MFA_SETUP"
    assert json.loads(of_bob["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SMS_MFA"]


def test_the_first_sign_in_can_give_tokens_though_mfa_is_required(mfa_world: World) -> None:
    mfa_world.aws.configure(mfa_at_first_sign_in="tokens")
    app = App(mfa_world)

    assert app.signs_in("USER_PASSWORD_AUTH", "ann", WORD)
    again = app.initiate("USER_PASSWORD_AUTH", "ann", PASSWORD=WORD)
    assert again["ChallengeName"] == "MFA_SETUP"


def test_mfa_that_is_optional_asks_nobody_to_set_up_a_factor(
    make_world: Callable[..., World],
) -> None:
    world = with_password(make_world(MfaConfiguration="OPTIONAL"), "ann")

    assert App(world).signs_in("USER_PASSWORD_AUTH", "ann", WORD)
