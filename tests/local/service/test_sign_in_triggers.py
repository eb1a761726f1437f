"""The functions that a pool invokes before and after a sign-in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.apps import App
from helpers.functions import make_function
from helpers.import_world import code_of, message_of, user

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World

    from cognito_import_local import LocalAws

WORD = "Correct-Horse-7"
TRIGGER = """
import json, boto3

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl="{queue}", MessageBody=json.dumps(event))
    if event["userName"] == "{refused}":
        raise ValueError("not today")
    return event
"""


class Triggers:
    """A function for both triggers that keeps its events, and refuses one user."""

    def __init__(self, aws: LocalAws, name: str, refused: str) -> None:
        self._queues = aws.client("sqs")
        self._queue = self._queues.create_queue(QueueName=name)["QueueUrl"]
        code = TRIGGER.replace("{queue}", self._queue).replace("{refused}", refused)
        self.arn = make_function(aws, name, code)

    def events(self) -> list[dict[str, Any]]:
        found = []
        while received := self._queues.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in received:
                found.append(json.loads(message["Body"]))
                self._queues.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def sources(self) -> list[str]:
        return [event["triggerSource"].partition("_")[0] for event in self.events()]


@pytest.fixture
def triggers(aws: LocalAws, name: str) -> Triggers:
    return Triggers(aws, name, refused="bob")


@pytest.fixture
def triggered(make_world: Callable[..., World], triggers: Triggers) -> World:
    """A pool with both triggers and two users with a password."""
    both = {"PreAuthentication": triggers.arn, "PostAuthentication": triggers.arn}
    world = make_world(LambdaConfig=both)
    world.run(world.csv(user("ann"), user("bob")))
    for username in ("ann", "bob"):
        world.cognito.admin_set_user_password(
            UserPoolId=world.pool, Username=username, Password=WORD, Permanent=True
        )
    return world


@pytest.mark.parametrize(
    "flow", ["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH"]
)
def test_a_sign_in_invokes_the_trigger_before_and_the_one_after(
    triggered: World, triggers: Triggers, flow: str
) -> None:
    app = App(triggered)
    assert triggers.events() == []

    if flow == "USER_SRP_AUTH":
        app.signs_in_by_srp("ann", WORD)
    else:
        app.initiate(flow, "ann", PASSWORD=WORD, PREFERRED_CHALLENGE="PASSWORD")

    before, after = triggers.events()
    assert before["triggerSource"] == "PreAuthentication_Authentication"
    assert after["triggerSource"] == "PostAuthentication_Authentication"
    for event in (before, after):
        assert event["userName"] == "ann"
        assert event["userPoolId"] == triggered.pool
        assert event["callerContext"]["clientId"] == app.client_id
        assert event["request"]["userAttributes"]["email"] == "ann@example.com"
        assert event["response"] == {}


def test_a_failed_sign_in_invokes_only_the_trigger_before(
    triggered: World, triggers: Triggers
) -> None:
    with pytest.raises(ClientError):
        App(triggered).signs_in("USER_PASSWORD_AUTH", "ann", "wrong")

    assert triggers.sources() == ["PreAuthentication"]


@pytest.mark.parametrize("password", [WORD, "wrong"])
def test_a_trigger_before_a_sign_in_can_refuse_it_whatever_the_password(
    triggered: World, triggers: Triggers, password: str
) -> None:
    with pytest.raises(ClientError) as error:
        App(triggered).signs_in("USER_PASSWORD_AUTH", "bob", password)

    assert code_of(error) == "UserLambdaValidationException"
    assert message_of(error) == "PreAuthentication failed with error not today."
    assert triggers.sources() == ["PreAuthentication"]


def test_a_trigger_after_a_sign_in_can_withhold_the_tokens(
    triggered: World, triggers: Triggers
) -> None:
    triggered.cognito.update_user_pool(
        UserPoolId=triggered.pool,
        LambdaConfig={"PostAuthentication": triggers.arn},
        AutoVerifiedAttributes=["email"],
    )

    with pytest.raises(ClientError) as error:
        App(triggered).signs_in("USER_PASSWORD_AUTH", "bob", WORD)

    assert code_of(error) == "UserLambdaValidationException"


def test_the_metadata_of_a_client_reaches_the_trigger_before_only(
    triggered: World, triggers: Triggers
) -> None:
    triggered.cognito.initiate_auth(
        ClientId=App(triggered).client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": WORD},
        ClientMetadata={"door": "left"},
    )

    before, after = triggers.events()
    assert before["request"]["validationData"] == {"door": "left"}
    assert after["request"]["clientMetadata"] == {}


@pytest.mark.parametrize(("existence", "invoked"), [("LEGACY", False), ("ENABLED", True)])
def test_a_user_who_does_not_exist_reaches_the_trigger_of_apps_that_hide_it(
    triggered: World, triggers: Triggers, existence: str, *, invoked: bool
) -> None:
    with pytest.raises(ClientError):
        App(triggered, PreventUserExistenceErrors=existence).signs_in(
            "USER_PASSWORD_AUTH", "nobody", WORD
        )

    assert [event["request"]["userNotFound"] for event in triggers.events()] == [True] * invoked


def test_refreshing_tokens_invokes_no_trigger(triggered: World, triggers: Triggers) -> None:
    app = App(triggered, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    token = app.signs_in("USER_PASSWORD_AUTH", "ann", WORD)["RefreshToken"]
    triggers.events()

    app.initiate("REFRESH_TOKEN_AUTH", "ann", REFRESH_TOKEN=token)

    assert triggers.events() == []
