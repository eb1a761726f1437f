"""The header and the rows of import jobs: which become users, and the log of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.import_world import (
    NOT_VERIFIED,
    TOO_MANY,
    World,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_header_follows_the_schema_with_custom_columns_before_the_cognito_columns(
    make_world: Callable[..., World],
) -> None:
    custom = {"Name": "team", "AttributeDataType": "String"}
    header = make_world(Schema=[custom]).header()

    assert header[:3] == ["name", "given_name", "family_name"]
    assert header[-4:] == [
        "custom:team",
        "cognito:mfa_enabled",
        "cognito:username",
        "password_hash",
    ]
    assert "sub" not in header


def test_columns_may_come_in_any_order(world: World) -> None:
    header = sorted(world.header())

    assert world.run(world.csv(user("ann"), header=header))["ImportedUsers"] == 1


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda body: b"\xef\xbb\xbf" + body, id="byte-order-mark"),
        pytest.param(lambda body: body.replace(b"nickname", b"pet_name"), id="unknown-column"),
        pytest.param(lambda body: body.replace(b"nickname,", b"", 1), id="missing-column"),
        pytest.param(lambda body: body + b"\xff\xfe", id="not-utf-8"),
        pytest.param(lambda _: b"", id="empty"),
    ],
)
def test_an_unreadable_file_fails_the_job_and_imports_no_user(
    world: World, broken: Callable[[bytes], bytes]
) -> None:
    job = world.run(broken(world.csv(user("ann"))))

    assert job["Status"] == "Failed"
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (0, 0, 0)
    assert world.users() == []


def test_a_setting_accepts_missing_columns(world: World) -> None:
    world.aws.configure(missing_columns="accept")
    header = ["cognito:username", "email", "email_verified"]

    assert world.run(world.csv(user("ann"), header=header))["Status"] == "Succeeded"


def test_each_row_is_validated_by_the_rules_of_the_pool(make_world: Callable[..., World]) -> None:
    world = make_world(
        Schema=[
            {"Name": "family_name", "Required": True, "AttributeDataType": "String"},
            {
                "Name": "level",
                "AttributeDataType": "Number",
                "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
            },
            {
                "Name": "team",
                "AttributeDataType": "String",
                "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "4"},
            },
        ]
    )
    good = {"family_name": "Doe"}
    rows: list[tuple[dict[str, str], bool]] = [
        (user("fine", **good), True),
        (user("phone", **good, phone_number="+14325551212"), True),
        (user("no-plus", **good, phone_number="14325551212"), False),
        (user("dashes", **good, phone_number="+1432-555"), False),
        (user("two words", **good), False),
        (user("", **good), False),
        (user("x" * 129, **good), False),
        (user("unverified", **good, email_verified="false"), False),
        (user("yes", **good, email_verified="yes"), False),
        (user("no-mail", **good, email=""), False),
        (user("no-family"), False),
        (user("iso", **good, birthdate="1985-02-01"), False),
        (user("february", **good, birthdate="02/30/1985"), False),
        (user("epoch", **good, updated_at="1471453471"), True),
        (user("text-epoch", **good, updated_at="yesterday"), False),
        (user("mfa-off", **good) | {"cognito:mfa_enabled": "true"}, False),
        (user("level-9", **good) | {"custom:level": "9"}, True),
        (user("level-10", **good) | {"custom:level": "10"}, False),
        (user("team-ok", **good) | {"custom:team": "abcd"}, True),
        (user("team-long", **good) | {"custom:team": "abcde"}, False),
        (user("long", **good, nickname="n" * 2049), False),
        (user("comma", **good, nickname="one,two"), False),
        (user("quoted", **good, nickname='"one"'), True),
        (user("wide", **good) | dict.fromkeys(WIDE, "n" * 2048), False),
        (user("fine", **good), False),
    ]

    job = world.run(world.csv(*(row for row, _ in rows)))

    outcomes = [line.split(" - ")[0] for line in world.log(job)[2:]]
    assert [line.split("]")[0] == "[SUCCEEDED" for line in outcomes] == [ok for _, ok in rows]
    assert outcomes[0] == "[SUCCEEDED] Line Number 2"
    assert outcomes[-1] == f"[SKIPPED] Line Number {len(rows) + 1}"
    nickname = world.cognito.admin_get_user(UserPoolId=world.pool, Username="quoted")
    assert {"Name": "nickname", "Value": '"one"'} in nickname["UserAttributes"]


WIDE = (
    "name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
)


def test_the_log_begins_with_two_test_lines_and_counts_lines_of_the_file(world: World) -> None:
    body = world.csv(user("ann"), user("bob", email_verified="")).replace(b"\n", b"\r\n")

    job = world.run(body.replace(b"\r\nbob", b"\r\n\r\nbob"))

    assert world.log(job) == [
        "Cognito User Pools Import - Test Log",
        "Cognito User Pools Import - Test Log",
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        f"[FAILED] Line Number 3 - {NOT_VERIFIED}",
    ]


def test_users_who_exist_are_skipped_and_a_second_run_ends_failed(world: World) -> None:
    body = world.csv(user("ann", nickname="first"))
    world.run(body)

    job = world.run(body.replace(b"first", b"second"))

    assert (job["Status"], job["CompletionMessage"]) == ("Failed", TOO_MANY)
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (0, 1, 0)
    assert world.log(job)[-1] == "[SKIPPED] Line Number 2 - The user already exists."
    ann = world.cognito.admin_get_user(UserPoolId=world.pool, Username="ann")
    assert {"Name": "nickname", "Value": "first"} in ann["UserAttributes"]


def test_too_many_bad_rows_end_the_job_failed_and_keep_the_imported_users(world: World) -> None:
    good = [user(f"good{number}") for number in range(14)]
    bad = [user(f"bad{number}", email_verified="") for number in range(32)]

    job = world.run(world.csv(*good, *bad))

    assert (job["Status"], job["CompletionMessage"]) == ("Failed", TOO_MANY)
    assert (job["ImportedUsers"], job["FailedUsers"]) == (14, 32)
    assert len(world.users()) == 14


def test_a_verified_alias_of_another_user_fails_the_row(make_world: Callable[..., World]) -> None:
    world = make_world(AliasAttributes=["email"])
    rows = (user("ann"), user("ann2", email="ann@example.com"), user("bob"))

    job = world.run(world.csv(*rows, user("cy@example.com"), user("dan"), user("eve")))

    assert world.usernames() == {"ann", "bob", "dan", "eve"}
    assert (job["Status"], job["FailedUsers"]) == ("Succeeded", 2)


def test_a_pool_that_signs_in_by_email_takes_the_email_as_username(
    make_world: Callable[..., World],
) -> None:
    world = make_world(UsernameAttributes=["email"])
    ann = user("ann") | {"cognito:username": "ann@example.com"}
    other = user("bob") | {"cognito:username": "carl@example.com"}

    job = world.run(world.csv(ann, ann, user("dan"), other))

    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (1, 1, 2)
    found = world.cognito.admin_get_user(UserPoolId=world.pool, Username="ann@example.com")
    sub = next(each["Value"] for each in found["UserAttributes"] if each["Name"] == "sub")
    assert found["Username"] == sub


def test_a_password_hash_confirms_its_user_and_a_bad_one_fails_its_row(world: World) -> None:
    good = user("ann", password_hash="$2b$12$" + "a" * 53)
    argon = "$argon2id$v=19$m=19456\\,t=2\\,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"

    job = world.run(
        world.csv(
            good,
            user("costly", password_hash="$2b$13$" + "a" * 53),
            user("other", password_hash=argon),
            user("none"),
            user("none2"),
        ),
        PasswordHashingAlgorithm="BCRYPT",
    )

    assert job["PasswordHashingAlgorithm"] == "BCRYPT"
    states = {each["Username"]: each["UserStatus"] for each in world.users()}
    assert states == {"ann": "CONFIRMED", "none": "RESET_REQUIRED", "none2": "RESET_REQUIRED"}


def test_an_algorithm_without_the_password_hash_column_fails_the_job(world: World) -> None:
    header = [column for column in world.header() if column != "password_hash"]
    body = world.csv(user("ann"), header=header)

    assert world.run(body, PasswordHashingAlgorithm="SCRYPT")["Status"] == "Failed"
    assert world.run(body)["Status"] == "Succeeded"


def test_a_user_of_a_passwordless_pool_is_confirmed(make_world: Callable[..., World]) -> None:
    factors = {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}
    world = make_world(Policies={"SignInPolicy": factors})

    world.run(world.csv(user("ann")))

    assert world.users()[0]["UserStatus"] == "CONFIRMED"


def test_every_row_is_counted_when_only_the_first_users_are_kept(world: World) -> None:
    world.aws.configure(create_users_at_most=2)

    job = world.run(world.csv(*(user(f"user{number}") for number in range(5)), user("user4")))

    assert (job["ImportedUsers"], job["SkippedUsers"]) == (5, 1)
    assert world.usernames() == {"user0", "user1"}
