"""Calls on users: their rates, lists of users, and passwords that are set."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from helpers.apps import App
from helpers.import_world import allow, code_of, make_role, message_of, user

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.import_world import World

    from cognito_import_local import LocalAws

WORD = "Correct-Horse-7"


@pytest.fixture(scope="session")
def caller(aws: LocalAws) -> Any:
    """Return a client with the rights of a role, which does not repeat what is throttled."""
    return client_of(aws, "calls-on-users", allow("cognito-idp:*"))


def client_of(aws: LocalAws, name: str, *statements: dict[str, Any]) -> Any:
    principal = {"AWS": f"arn:aws:iam::{aws.account}:root"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    role = make_role(aws, name, list(statements), trust)
    keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return aws.client(
        "cognito-idp",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def set_password(client: Any, world: World, username: str = "ann", password: str = WORD) -> None:
    client.admin_set_user_password(
        UserPoolId=world.pool, Username=username, Password=password, Permanent=True
    )


def calls_of(client: Any, world: World) -> dict[str, Callable[[], Any]]:
    app = App(world)

    def sign_in() -> None:
        client.admin_initiate_auth(
            UserPoolId=world.pool,
            ClientId=app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": WORD},
        )

    return {
        "set_passwords_per_second": lambda: set_password(client, world),
        "list_users_per_second": lambda: client.list_users(UserPoolId=world.pool),
        "sign_ins_per_second": sign_in,
    }


def calls_until_throttled(call: Callable[[], Any]) -> int:
    for number in range(100):
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] == "TooManyRequestsException":
                return number
            raise
    return 100


@pytest.mark.parametrize(
    "setting", ["set_passwords_per_second", "list_users_per_second", "sign_ins_per_second"]
)
def test_calls_on_users_above_their_rate_are_throttled(
    world: World, caller: Any, setting: str
) -> None:
    world.run(world.csv(user("ann")))
    set_password(world.cognito, world)
    call = calls_of(caller, world)[setting]
    settings: dict[str, Any] = {setting: 2}
    world.aws.configure(**settings)

    # A slow machine may need more than a second for the first calls.
    assert 2 <= calls_until_throttled(call) < 100

    world.aws.clock.advance(seconds=1)
    call()
    settings[setting] = None
    world.aws.configure(**settings)
    for _ in range(4):
        call()


def test_the_calls_of_the_accounts_root_are_not_throttled(world: World) -> None:
    world.run(world.csv(user("ann")))
    world.aws.configure(set_passwords_per_second=0, list_users_per_second=0)

    set_password(world.cognito, world)

    assert world.usernames() == {"ann"}


def test_the_answers_to_challenges_have_three_times_the_rate_of_sign_ins(world: World) -> None:
    world.run(world.csv(user("ann")))
    set_password(world.cognito, world)
    app = App(world)
    answer = app.initiate("USER_AUTH", "ann")
    world.aws.configure(sign_ins_per_second=0)

    with pytest.raises(ClientError) as error:
        app.respond(answer, "ann", ANSWER="PASSWORD", PASSWORD=WORD)
    assert code_of(error) == "TooManyRequestsException"

    world.aws.configure(sign_ins_per_second=1)
    for _ in range(3):
        app.respond(answer, "ann", ANSWER="PASSWORD", PASSWORD=WORD)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('cognito:user_status = "RESET_REQUIRED"', {"ann", "bob"}),
        ('cognito:user_status="reset_required"', {"ann", "bob"}),
        ('"cognito:user_status" = "CONFIRMED"', {"cy"}),
        ('cognito:user_status ^= "RESET"', {"ann", "bob"}),
        ('cognito:user_status = "RESET"', set()),
        ('email = "ann@example.com"', {"ann"}),
        ('username ^= "b"', {"bob"}),
        ("", {"ann", "bob", "cy"}),
    ],
)
def test_users_are_listed_by_one_attribute(world: World, text: str, found: set[str]) -> None:
    world.run(world.csv(user("ann"), user("bob"), user("cy")))
    set_password(world.cognito, world, "cy")

    users = world.cognito.list_users(UserPoolId=world.pool, Filter=text)["Users"]

    assert {each["Username"] for each in users} == found


@pytest.mark.parametrize(
    "parameters",
    [
        {"Filter": 'custom:team = "red"'},
        {"Filter": 'cognito:user_status != "CONFIRMED"'},
        {"Filter": "cognito:user_status = CONFIRMED"},
        {"Filter": 'email = "a" and name = "b"'},
        {"Limit": 61},
        {"PaginationToken": "x"},
        {"AttributesToGet": ["name"]},
    ],
    ids=str,
)
def test_a_list_of_users_with_an_invalid_parameter_is_refused(
    world: World, parameters: dict[str, Any]
) -> None:
    world.run(world.csv(user("ann")))
    client = world.aws.client("cognito-idp", config=Config(parameter_validation=False))

    with pytest.raises(ClientError) as error:
        client.list_users(UserPoolId=world.pool, **parameters)

    assert code_of(error) == "InvalidParameterException"


def test_a_list_of_users_has_pages_of_60_and_the_attributes_asked_for(world: World) -> None:
    world.run(world.csv(*(user(f"u{number}") for number in range(130))))
    asked = {
        "UserPoolId": world.pool,
        "Filter": 'cognito:user_status = "RESET_REQUIRED"',
        "Limit": 60,
        "AttributesToGet": ["email"],
    }

    pages = [world.cognito.list_users(**asked)]
    while token := pages[-1].get("PaginationToken"):
        pages.append(world.cognito.list_users(**asked, PaginationToken=token))

    assert [len(page["Users"]) for page in pages] == [60, 60, 10]
    users = [each for page in pages for each in page["Users"]]
    assert len({each["Username"] for each in users}) == 130
    assert users[0]["Attributes"] == [{"Name": "email", "Value": "u0@example.com"}]


def test_a_new_user_is_listed_after_a_delay_but_at_once_for_the_root(
    world: World, caller: Any
) -> None:
    world.aws.configure(users_listed_after_seconds=20)
    world.run(world.csv(user("ann")))

    assert caller.list_users(UserPoolId=world.pool)["Users"] == []
    assert world.usernames() == {"ann"}
    caller.admin_get_user(UserPoolId=world.pool, Username="ann")
    world.aws.clock.advance(seconds=20)
    assert len(caller.list_users(UserPoolId=world.pool)["Users"]) == 1


def test_users_have_dates_within_those_of_their_job(world: World) -> None:
    world.aws.clock.advance(hours=100)
    job = world.run(world.csv(user("ann")))

    (ann,) = world.users()
    assert job["StartDate"] <= ann["UserCreateDate"] <= job["CompletionDate"]
    assert ann["UserLastModifiedDate"] == ann["UserCreateDate"]

    set_password(world.cognito, world)
    (changed,) = world.users()
    assert changed["UserCreateDate"] == ann["UserCreateDate"]
    assert changed["UserLastModifiedDate"] > job["CompletionDate"]


def test_signing_out_everywhere_ends_earlier_sign_ins_only_while_the_clock_is_ahead(
    world: World,
) -> None:
    world.run(world.csv(user("ann")))
    set_password(world.cognito, world)
    app = App(world, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    world.aws.clock.advance(hours=1)
    world.cognito.admin_user_global_sign_out(UserPoolId=world.pool, Username="ann")
    # Tokens have whole seconds.
    time.sleep(1)

    token = app.signs_in("USER_PASSWORD_AUTH", "ann", WORD)["RefreshToken"]

    assert app.initiate("REFRESH_TOKEN_AUTH", "ann", REFRESH_TOKEN=token)["AuthenticationResult"]


def test_a_permanent_password_confirms_its_user(world: World) -> None:
    world.run(world.csv(user("ann")))
    assert world.users()[0]["UserStatus"] == "RESET_REQUIRED"

    set_password(world.cognito, world)

    assert world.users()[0]["UserStatus"] == "CONFIRMED"
    app = App(world)
    assert app.signs_in("USER_PASSWORD_AUTH", "ann", WORD)
    assert app.signs_in_by_srp("ann", WORD)["AuthenticationResult"]


@pytest.mark.parametrize(
    "password",
    ["Sh0rt-1", "no-capital-1", "NO-SMALL-1", "No-Number", "NoSymbol1", "ÄÖ-small-1", "äö-ÄÖ-1234"],
)
def test_a_password_that_does_not_meet_the_policy_is_refused(world: World, password: str) -> None:
    world.run(world.csv(user("ann")))

    with pytest.raises(ClientError) as error:
        set_password(world.cognito, world, password=password)

    assert code_of(error) == "InvalidPasswordException"
    assert world.users()[0]["UserStatus"] == "RESET_REQUIRED"


@pytest.mark.parametrize("password", [f" {WORD}", f"{WORD} ", f"{WORD}\t", f"{WORD}\n", ""])
def test_a_password_with_white_space_at_an_end_is_refused(world: World, password: str) -> None:
    world.run(world.csv(user("ann")))

    with pytest.raises(ClientError) as error:
        set_password(world.cognito, world, password=password)

    assert code_of(error) == "InvalidParameterException"
    assert r"pattern: ^[\S]+.*[\S]+$" in message_of(error)


def test_a_space_within_a_password_is_a_symbol(world: World) -> None:
    world.run(world.csv(user("ann")))
    words = WORD.replace("-", " ")
    set_password(world.cognito, world, password=words)

    assert App(world).signs_in("USER_PASSWORD_AUTH", "ann", words)


@pytest.mark.parametrize("length", [256, 257])
def test_a_password_has_at_most_256_characters(world: World, length: int) -> None:
    world.run(world.csv(user("ann")))
    word = WORD.ljust(length, "x")

    if length == 256:
        set_password(world.cognito, world, password=word)
        return
    client = world.aws.client("cognito-idp", config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as error:
        set_password(client, world, password=word)
    assert code_of(error) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("AdminSetUserPassword", set_password),
        ("ListUsers", lambda client, world: client.list_users(UserPoolId=world.pool)),
        (
            "DescribeUserPool",
            lambda client, world: client.describe_user_pool(UserPoolId=world.pool),
        ),
    ],
    ids=["AdminSetUserPassword", "ListUsers", "DescribeUserPool"],
)
def test_a_right_to_a_call_on_users_applies_only_to_its_pool(
    make_world: Callable[..., World], name: str, action: str, call: Callable[[Any, World], Any]
) -> None:
    world, other = make_world(), make_world()
    for each in (world, other):
        each.run(each.csv(user("ann")))
    pool = f"arn:aws:cognito-idp:us-east-1:{world.aws.account}:userpool/{world.pool}"
    client = client_of(world.aws, name, allow(f"cognito-idp:{action}", pool))

    call(client, world)
    with pytest.raises(ClientError) as error:
        call(client, other)

    assert code_of(error) == "AccessDeniedException"


def test_calls_on_users_can_be_made_to_fail(world: World) -> None:
    world.run(world.csv(user("ann")))
    client = world.aws.client("cognito-idp", config=Config(retries={"total_max_attempts": 1}))
    world.aws.faults.throttle("AdminSetUserPassword")
    world.aws.faults.fail("AdminSetUserPassword", carried_out=True)

    with pytest.raises(ClientError) as error:
        set_password(client, world)
    assert code_of(error) == "TooManyRequestsException"
    assert world.users()[0]["UserStatus"] == "RESET_REQUIRED"

    with pytest.raises(ClientError) as error:
        set_password(client, world)
    assert code_of(error) == "InternalErrorException"
    assert world.users()[0]["UserStatus"] == "CONFIRMED"


def test_a_fault_can_let_some_calls_pass_first(world: World) -> None:
    world.run(world.csv(user("ann")))
    client = world.aws.client("cognito-idp", config=Config(retries={"total_max_attempts": 1}))
    world.aws.faults.throttle("AdminSetUserPassword", times=2, after_calls=2)

    outcomes = []
    for _ in range(5):
        client.list_users(UserPoolId=world.pool)
        try:
            set_password(client, world)
            outcomes.append("answered")
        except client.exceptions.TooManyRequestsException:
            outcomes.append("throttled")

    assert outcomes == ["answered", "answered", "throttled", "throttled", "answered"]
    assert world.aws.faults.pending() == []


def test_a_pool_has_a_limited_number_of_app_clients(world: World) -> None:
    world.aws.configure(clients_per_pool=2)
    App(world)
    App(world)

    with pytest.raises(ClientError) as error:
        App(world)

    assert code_of(error) == "LimitExceededException"
