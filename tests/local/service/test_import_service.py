"""The local import service, used with boto3 and plain HTTP as a client of AWS would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.exceptions import ClientError
from helpers.import_world import (
    LOG_ACTIONS,
    NOT_VERIFIED,
    TOO_MANY,
    TRUST,
    World,
    allow,
    code_of,
    log_groups,
    make_role,
    message_of,
    policy,
    put,
    user,
    waited,
)

from cognito_import_local import LocalAws
from cognito_import_local.settings import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_imported_users_are_users_of_the_pool(world: World) -> None:
    row = user("ann", name="Ann\\, Dr.", birthdate="02/01/1985", email_verified="TRUE")

    job = world.run(world.csv(row, user("bob", given_name="  Bob ")))

    assert job["Status"] == "Succeeded"
    assert job["CompletionMessage"] == "Import Job Completed Successfully."
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (2, 0, 0)
    assert world.usernames() == {"ann", "bob"}
    ann = world.cognito.admin_get_user(UserPoolId=world.pool, Username="ann")
    attributes = {each["Name"]: each["Value"] for each in ann["UserAttributes"]}
    assert len(attributes.pop("sub")) == 36
    assert attributes == {
        "name": "Ann, Dr.",
        "birthdate": "1985-02-01",
        "email": "ann@example.com",
        "email_verified": "true",
    }
    assert (ann["Enabled"], ann["UserStatus"]) == (True, "RESET_REQUIRED")
    bob = world.cognito.admin_get_user(UserPoolId=world.pool, Username="bob")
    assert {"Name": "given_name", "Value": "Bob"} in bob["UserAttributes"]


def test_a_job_passes_through_pending_and_in_progress_and_rewrites_its_start_date(
    world: World,
) -> None:
    world.aws.configure(seconds_pending=600, seconds_in_progress=600)
    job_id = world.uploaded(world.csv(user("ann")))
    assert world.describe(job_id)["Status"] == "Created"

    started = world.start(job_id)
    assert (started["Status"], world.describe(job_id)["Status"]) == ("Pending", "Pending")
    for status, following in (("Pending", "InProgress"), ("InProgress", "Succeeded")):
        assert world.describe(job_id)["Status"] == status
        world.aws.clock.advance(seconds=600)
        job = waited(
            lambda: world.describe(job_id), lambda job, before=status: job["Status"] != before
        )
        assert job["Status"] == following

    assert job["StartDate"] > started["StartDate"]
    assert job["CompletionDate"] > job["StartDate"]


def test_a_new_job_has_the_members_of_the_service_model_and_no_others(world: World) -> None:
    job = world.create(JobName="first job")

    model = botocore.session.get_session().get_service_model("cognito-idp")
    assert set(job) <= set(model.shape_for("UserImportJobType").members)
    assert set(job) == {
        "JobName",
        "JobId",
        "UserPoolId",
        "PreSignedUrl",
        "CreationDate",
        "Status",
        "CloudWatchLogsRoleArn",
        "ImportedUsers",
        "SkippedUsers",
        "FailedUsers",
    }
    assert job["Status"] == "Created"
    assert "X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption" in job["PreSignedUrl"]


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
        pytest.param(lambda body: b"\xef\xbb\xbf" + body, id="byte order mark"),
        pytest.param(lambda body: body.replace(b"nickname", b"pet_name"), id="unknown column"),
        pytest.param(lambda body: body.replace(b"nickname,", b"", 1), id="missing column"),
        pytest.param(lambda body: body + b"\xff\xfe", id="not UTF-8"),
        pytest.param(lambda _: b"", id="empty"),
    ],
)
def test_a_file_that_cannot_be_read_fails_the_job_and_imports_nobody(
    world: World, broken: Callable[[bytes], bytes]
) -> None:
    job = world.run(broken(world.csv(user("ann"))))

    assert job["Status"] == "Failed"
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (0, 0, 0)
    assert world.users() == []


def test_missing_columns_are_accepted_when_the_settings_say_so(world: World) -> None:
    world.aws.configure(missing_columns="accept")
    header = ["cognito:username", "email", "email_verified"]

    assert world.run(world.csv(user("ann"), header=header))["Status"] == "Succeeded"


def test_each_row_is_judged_by_the_rules_of_the_pool(make_world: Callable[..., World]) -> None:
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


def test_too_many_bad_rows_end_the_job_failed_and_keep_who_was_imported(world: World) -> None:
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


def test_a_job_without_an_upload_does_not_start(world: World) -> None:
    job = world.create()

    with pytest.raises(ClientError) as error:
        world.start(job["JobId"])

    assert code_of(error) == "PreconditionNotMetException"
    assert message_of(error) == f"No csv file was uploaded for {job['JobId']}"


def test_a_pool_without_auto_verified_attribute_does_not_import(
    make_world: Callable[..., World],
) -> None:
    world = make_world(AutoVerifiedAttributes=[])
    job_id = world.uploaded(world.csv(user("ann")))

    with pytest.raises(ClientError) as error:
        world.start(job_id)

    assert code_of(error) == "PreconditionNotMetException"


def test_only_one_job_is_active_in_an_account(make_world: Callable[..., World]) -> None:
    first, second = make_world(), make_world()
    first.aws.configure(seconds_pending=600)
    running = first.uploaded(first.csv(user("ann")))
    waiting = second.uploaded(second.csv(user("ann")))
    first.start(running)

    with pytest.raises(ClientError) as error:
        second.start(waiting)

    assert code_of(error) == "PreconditionNotMetException"
    first.stop(running)
    second.aws.configure(seconds_pending=0)
    second.start(waiting)
    assert second.ended(waiting)["Status"] == "Succeeded"


def test_a_stopped_job_keeps_its_users_and_does_not_start_again(world: World) -> None:
    world.aws.configure(rows_per_second=10)
    job_id = world.uploaded(world.csv(*(user(f"user{number}") for number in range(100))))
    world.start(job_id)
    waited(lambda: world.describe(job_id), lambda job: job["ImportedUsers"] > 0)

    job = world.stop(job_id)

    assert job["Status"] == "Stopped"
    assert job["CompletionMessage"] == "The Import Job was stopped by the developer."
    assert 0 < job["ImportedUsers"] == len(world.users()) < 100
    for call in (world.start, world.stop):
        with pytest.raises(ClientError) as error:
            call(job_id)
        assert code_of(error) == "PreconditionNotMetException"


def test_a_job_that_takes_its_time_to_stop_is_seen_stopping(world: World) -> None:
    world.aws.configure(seconds_pending=600, stop_answers_within=0, seconds_stopping=0.3)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)

    assert world.stop(job_id)["Status"] == "Stopping"
    assert world.ended(job_id)["Status"] == "Stopped"


def test_a_job_nobody_starts_expires(world: World) -> None:
    job_id = world.uploaded(world.csv(user("ann")))
    world.aws.configure(hours_until_expired=0)

    job = world.describe(job_id)

    assert (job["Status"], job["CompletionMessage"]) == (
        "Expired",
        "The user import job has expired.",
    )
    assert "StartDate" not in job
    with pytest.raises(ClientError) as error:
        world.start(job_id)
    assert code_of(error) == "PreconditionNotMetException"


def test_jobs_are_listed_last_created_first_and_in_pages(world: World) -> None:
    created = [world.create()["JobId"] for _ in range(5)]
    found, token = [], {}
    for _ in range(3):
        page = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=2, **token)
        found += [job["JobId"] for job in page["UserImportJobs"]]
        if "PaginationToken" not in page:
            break
        token = {"PaginationToken": page["PaginationToken"]}

    assert found == created[::-1]
    with pytest.raises(ClientError) as error:
        world.cognito.list_user_import_jobs(
            UserPoolId=world.pool, MaxResults=2, PaginationToken="nonsense"
        )
    assert code_of(error) == "InvalidParameterException"


def test_unknown_pools_and_jobs_are_not_found(world: World) -> None:
    with pytest.raises(ClientError) as error:
        world.cognito.get_csv_header(UserPoolId="us-east-1_nobody")
    assert code_of(error) == "ResourceNotFoundException"
    with pytest.raises(ClientError) as error:
        world.describe("import-nobody")
    assert code_of(error) == "ResourceNotFoundException"


def test_a_job_name_outside_the_model_is_refused(world: World) -> None:
    with pytest.raises(ClientError) as error:
        world.create(JobName="not/a/name")

    assert code_of(error) == "InvalidParameterException"


@pytest.mark.parametrize("encryption", [None, "AES256"])
def test_an_upload_without_the_signed_header_is_refused(
    world: World, encryption: str | None
) -> None:
    status, text = put(world.create()["PreSignedUrl"], b"data", encryption=encryption)

    assert status == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in text


def test_an_upload_url_is_for_put_and_for_its_own_job_only(world: World) -> None:
    one, other = world.create(), world.create()
    url = one["PreSignedUrl"]

    assert put(url, b"", method="GET")[0] == 403
    assert put(url.replace(one["JobId"], other["JobId"]), b"data")[0] == 403
    assert put(url, b"data")[0] == 200


def test_an_upload_url_expires(world: World) -> None:
    world.aws.configure(upload_url_seconds=0)
    url = world.create()["PreSignedUrl"]
    world.aws.clock.advance(seconds=2)

    status, text = put(url, b"data")

    assert status == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in text


def test_an_upload_needs_a_content_length_and_no_chunks(world: World) -> None:
    parts = urlsplit(world.create()["PreSignedUrl"])
    head = (
        f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "x-amz-server-side-encryption: aws:kms\r\nConnection: close\r\n"
    )

    def answer(rest: str) -> bytes:
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
            connection.sendall((head + rest).encode())
            return connection.recv(4096).split(b"\r\n")[0]

    assert b" 501 " in answer("Transfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n")
    assert b" 411 " in answer("\r\n")


def test_a_file_above_the_limit_is_refused(world: World) -> None:
    world.aws.configure(bytes_per_file=10)
    job = world.create()

    status, text = put(job["PreSignedUrl"], b"x" * 11)

    assert (status, "<Code>EntityTooLarge</Code>" in text) == (400, True)
    assert put(job["PreSignedUrl"], b"x" * 10)[0] == 200


@pytest.mark.parametrize("missing", LOG_ACTIONS)
def test_a_logs_role_without_a_permission_is_refused(
    world: World, aws: LocalAws, missing: str
) -> None:
    actions = [action for action in LOG_ACTIONS if action != missing]
    name = "lacks-" + missing.rpartition(":")[2]
    world.role = make_role(aws, name, [allow(actions, log_groups(aws))])

    with pytest.raises(ClientError) as error:
        world.run(world.csv(user("ann")))

    assert code_of(error) == "PreconditionNotMetException"


@pytest.mark.parametrize(
    "trust",
    [
        TRUST | {"Principal": {"Service": "lambda.amazonaws.com"}},
        TRUST | {"Principal": {"AWS": "*"}},
        TRUST | {"Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}}},
    ],
    ids=["another service", "an account", "a condition whose key is not sent"],
)
def test_a_logs_role_that_cognito_cannot_assume_is_refused(
    world: World, aws: LocalAws, trust: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    name = f"trust-{abs(hash(request.node.callspec.id))}"
    world.role = make_role(aws, name, [allow(LOG_ACTIONS)], trust)

    with pytest.raises(ClientError) as error:
        world.run(world.csv(user("ann")))

    assert code_of(error) == "PreconditionNotMetException"


def test_a_logs_role_that_vanishes_after_start_fails_the_job(world: World, aws: LocalAws) -> None:
    world.role = make_role(aws, "vanishing", [allow(LOG_ACTIONS)])
    aws.configure(seconds_pending=600)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)
    iam = aws.client("iam")
    iam.delete_role_policy(RoleName="vanishing", PolicyName="grants")
    aws.clock.advance(seconds=600)

    job = world.ended(job_id)

    assert job["Status"] == "Failed"
    assert (job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]) == (0, 0, 0)


def test_a_new_logs_role_works_after_a_while_when_the_settings_say_so(
    world: World, aws: LocalAws
) -> None:
    aws.configure(role_propagation_seconds=3600)
    world.role = make_role(aws, "propagating", [allow(LOG_ACTIONS)])
    job_id = world.uploaded(world.csv(user("ann")))

    with pytest.raises(ClientError):
        world.start(job_id)
    aws.clock.advance(hours=1)

    assert world.start(job_id)["Status"] == "Pending"
    world.ended(job_id)


@dataclass
class Person:
    """An IAM user with a key."""

    name: str
    client: Any


@pytest.fixture
def make_person(aws: LocalAws) -> Iterator[Callable[..., Person]]:
    iam = aws.client("iam")
    made: list[str] = []

    def make(*grants: dict[str, Any], secret: str | None = None) -> Person:
        name = f"person{len(made)}"
        iam.create_user(UserName=name)
        made.append(name)
        if grants:
            iam.put_user_policy(UserName=name, PolicyName="grants", PolicyDocument=policy(*grants))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        client = aws.client(
            "cognito-idp",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=secret or key["SecretAccessKey"],
        )
        return Person(name, client)

    yield make
    for name in made:
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for grant in iam.list_user_policies(UserName=name)["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=grant)
        iam.delete_user(UserName=name)


def test_a_caller_without_permission_is_denied(
    world: World, make_person: Callable[..., Person]
) -> None:
    person = make_person(allow("cognito-idp:DescribeUserImportJob"))

    with pytest.raises(ClientError) as error:
        person.client.get_csv_header(UserPoolId=world.pool)

    assert code_of(error) == "AccessDeniedException"
    arn = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{world.pool}"
    assert message_of(error) == (
        f"User: arn:aws:iam::000000000000:user/{person.name} is not authorized to perform: "
        f"cognito-idp:GetCSVHeader on resource: {arn} because no identity-based policy allows "
        "the cognito-idp:GetCSVHeader action"
    )


def test_a_permission_is_for_its_pool(
    make_world: Callable[..., World], make_person: Callable[..., Person]
) -> None:
    one, other = make_world(), make_world()
    arn = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{one.pool}"
    person = make_person(allow("cognito-idp:GetCSVHeader", arn))

    assert person.client.get_csv_header(UserPoolId=one.pool)["CSVHeader"]
    with pytest.raises(ClientError) as error:
        person.client.get_csv_header(UserPoolId=other.pool)
    assert code_of(error) == "AccessDeniedException"


PASSED_TO_COGNITO = {"iam:PassedToService": "cognito-idp.amazonaws.com"}
PASSED_TO_LAMBDA = {"iam:PassedToService": "lambda.amazonaws.com"}
NOT_SENT = {"Null": {"iam:PassedToService": "true"}}


@pytest.mark.parametrize(
    ("sent", "condition", "outcome"),
    [
        (False, {"StringEquals": PASSED_TO_COGNITO}, "denied"),
        (False, {"StringEqualsIfExists": PASSED_TO_COGNITO}, "allowed"),
        (False, NOT_SENT, "allowed"),
        (True, {"StringEquals": PASSED_TO_COGNITO}, "allowed"),
        (True, {"StringEqualsIfExists": PASSED_TO_COGNITO}, "allowed"),
        (True, {"StringEquals": PASSED_TO_LAMBDA}, "denied"),
        (True, {"StringEqualsIfExists": PASSED_TO_LAMBDA}, "denied"),
        (True, NOT_SENT, "denied"),
    ],
)
def test_passing_the_logs_role_depends_on_whether_the_service_is_named(  # noqa: PLR0917
    world: World,
    aws: LocalAws,
    make_person: Callable[..., Person],
    sent: object,
    condition: dict[str, Any],
    outcome: str,
) -> None:
    aws.configure(sends_passed_to_service=sent)
    create = allow("cognito-idp:CreateUserImportJob")
    passing = allow("iam:PassRole", world.role) | {"Condition": condition}
    person = make_person(create, passing)
    arguments = {"JobName": "job", "UserPoolId": world.pool, "CloudWatchLogsRoleArn": world.role}

    if outcome == "allowed":
        job = person.client.create_user_import_job(**arguments)["UserImportJob"]
        assert job["Status"] == "Created"
        return
    with pytest.raises(ClientError) as error:
        person.client.create_user_import_job(**arguments)
    assert code_of(error) == "AccessDeniedException"
    assert "not authorized to perform: iam:PassRole" in message_of(error)


def test_creating_a_job_needs_the_right_to_pass_the_role(
    world: World, make_person: Callable[..., Person]
) -> None:
    person = make_person(allow("cognito-idp:CreateUserImportJob"))
    with pytest.raises(ClientError) as error:
        person.client.create_user_import_job(
            JobName="job", UserPoolId=world.pool, CloudWatchLogsRoleArn=world.role
        )
    assert "not authorized to perform: iam:PassRole" in message_of(error)


def test_an_assumed_role_has_the_rights_of_the_role_and_no_others(
    world: World, aws: LocalAws
) -> None:
    anyone = TRUST | {"Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"}}
    role = make_role(aws, "reader", [allow("cognito-idp:ListUserImportJobs")], anyone)
    session = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    client = aws.client(
        "cognito-idp",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )

    assert client.list_user_import_jobs(UserPoolId=world.pool, MaxResults=1)
    with pytest.raises(ClientError) as error:
        client.start_user_import_job(UserPoolId=world.pool, JobId="import-any")
    assert code_of(error) == "AccessDeniedException"
    assert f"assumed-role/reader/me is not authorized to perform: {START}" in message_of(error)


START = "cognito-idp:StartUserImportJob"


def test_a_wrong_signature_is_refused(world: World, make_person: Callable[..., Person]) -> None:
    person = make_person(allow("*"), secret="wrong")

    with pytest.raises(ClientError) as error:
        person.client.get_csv_header(UserPoolId=world.pool)

    assert "Signature" in code_of(error)


def test_a_pool_cannot_be_changed_while_it_imports(world: World) -> None:
    world.aws.configure(seconds_pending=600)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)
    attributes = [{"Name": "team", "AttributeDataType": "String"}]

    for change in (
        lambda: world.cognito.update_user_pool(UserPoolId=world.pool),
        lambda: world.cognito.delete_user_pool(UserPoolId=world.pool),
        lambda: world.cognito.add_custom_attributes(
            UserPoolId=world.pool, CustomAttributes=attributes
        ),
    ):
        with pytest.raises(ClientError) as error:
            change()
        assert code_of(error) == "UserImportInProgressException"

    world.stop(job_id)
    world.cognito.delete_user_pool(UserPoolId=world.pool)


def stack_with(aws: LocalAws, name: str, resource: dict[str, Any]) -> str:
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"It": resource}})
    )
    waited(lambda: stack_status(aws, name), lambda status: not status.endswith("IN_PROGRESS"))
    found = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="It")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def stack_status(aws: LocalAws, name: str) -> str:
    stacks = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return str(stacks[0]["StackStatus"])


def delete_stack(aws: LocalAws, name: str) -> str:
    cloudformation = aws.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    return str(
        waited(lambda: stack_status(aws, stack), lambda status: not status.endswith("IN_PROGRESS"))
    )


def test_cloudformation_cannot_delete_a_pool_while_it_imports(aws: LocalAws, world: World) -> None:
    world.pool = stack_with(
        aws,
        "importing",
        {
            "Type": "AWS::Cognito::UserPool",
            "Properties": {"UserPoolName": "stacked", "AutoVerifiedAttributes": ["email"]},
        },
    )
    aws.configure(seconds_pending=600)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)

    assert delete_stack(aws, "importing") == "DELETE_FAILED"
    assert world.header()
    world.stop(job_id)
    assert delete_stack(aws, "importing") == "DELETE_COMPLETE"


def test_cloudformation_does_not_delete_a_bucket_with_objects(aws: LocalAws) -> None:
    bucket = stack_with(aws, "filled", {"Type": "AWS::S3::Bucket"})
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="users.csv", Body=b"data")

    assert delete_stack(aws, "filled") == "DELETE_FAILED"
    s3.delete_object(Bucket=bucket, Key="users.csv")
    assert delete_stack(aws, "filled") == "DELETE_COMPLETE"


@pytest.mark.parametrize("encrypted", [True, False])
def test_status_events_of_an_encrypted_workflow_have_no_data(
    aws: LocalAws, *, encrypted: bool
) -> None:
    name = f"machine-{encrypted}"
    role = make_role(aws, name, [allow("*")])
    queue = aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    events = aws.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.states"]}))
    target = f"arn:aws:sqs:{aws.region}:{aws.account}:{name}"
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": target}])
    machines = aws.client("stepfunctions")
    options: dict[str, Any] = {}
    if encrypted:
        key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        options["encryptionConfiguration"] = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}
    machine = machines.create_state_machine(
        name=name,
        roleArn=role,
        definition=json.dumps(
            {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "E", "Cause": "C"}}}
        ),
        **options,
    )["stateMachineArn"]

    machines.start_execution(stateMachineArn=machine, input='{"secret": 1}')

    details: list[dict[str, Any]] = []

    def received() -> list[dict[str, Any]]:
        answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        details.extend(json.loads(m["Body"])["detail"] for m in answer.get("Messages", ()))
        return details

    waited(received, lambda seen: any(each["status"] == "FAILED" for each in seen))
    events.remove_targets(Rule=name, Ids=["queue"])
    failed = next(each for each in details if each["status"] == "FAILED")
    found = [failed[member] for member in ("input", "output", "error", "cause")]
    assert found == ([None] * 4 if encrypted else ['{"secret": 1}', None, "E", "C"])
    assert failed["inputDetails"] == {"included": not encrypted}


def test_the_log_comes_late_when_the_settings_say_so(world: World) -> None:
    world.aws.configure(log_delay_seconds=3600)

    job = world.run(world.csv(user("ann")))

    assert world.log(job) == []
    world.aws.clock.advance(hours=1)
    waited(lambda: world.log(job), lambda lines: len(lines) == 3)


def test_every_row_counts_also_when_only_the_first_users_are_kept(world: World) -> None:
    world.aws.configure(create_users_at_most=2)

    job = world.run(world.csv(*(user(f"user{number}") for number in range(5)), user("user4")))

    assert (job["ImportedUsers"], job["SkippedUsers"]) == (5, 1)
    assert world.usernames() == {"user0", "user1"}


def test_settings_that_do_not_exist_are_refused(aws: LocalAws) -> None:
    for wrong in ({"speed": 1}, {"alias_clash": "perhaps"}, {"seconds_pending": "soon"}):
        with pytest.raises(InvalidSettingError):
            aws.configure(**wrong)
    aws.configure(texts={"slot_taken": "nonsense"})
    assert aws.settings()["texts"]["slot_taken"] == "nonsense"


def test_two_local_clouds_run_side_by_side_and_share_nothing(aws: LocalAws) -> None:
    with LocalAws(account="111122223333", region="eu-west-1") as other:
        assert other.endpoint_url != aws.endpoint_url
        identity = other.client("sts").get_caller_identity()
        assert identity["Account"] == "111122223333"
        pool = other.client("cognito-idp").create_user_pool(PoolName="there")["UserPool"]["Id"]
        assert pool.startswith("eu-west-1_")
        assert other.environment["AWS_REGION"] == "eu-west-1"


def test_the_functions_of_a_local_cloud_end_with_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as code:
        code.writestr("index.py", "import os\ndef handler(event, context): return os.getpid()\n")
    with LocalAws() as cloud:
        functions = cloud.client("lambda")
        functions.create_function(
            FunctionName="pid",
            Runtime="python3.13",
            Handler="index.handler",
            Role=make_role(cloud, "function", [], TRUST),
            Code={"ZipFile": (tmp_path / "code.zip").read_bytes()},
        )
        process = int(functions.invoke(FunctionName="pid")["Payload"].read())
        os.kill(process, 0)

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.fixture
def command() -> list[str]:
    return [sys.executable, "-m", "cognito_import_local"]


@pytest.fixture
def shell() -> dict[str, str]:
    package = str(Path(sys.modules["cognito_import_local"].__file__ or "").parent.parent)
    return {**os.environ, "PYTHONPATH": package}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_stops_quietly_and_leaves_nothing(
    command: list[str], shell: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=shell | {"TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("export AWS_DEFAULT_REGION="):
            break
    assert any(line.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:") for line in lines)
    assert "MiniStack" in "".join(lines)
    assert list(tmp_path.iterdir())

    process.send_signal(number)
    _, errors = process.communicate(timeout=10)

    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_when_its_port_is_taken(
    command: list[str], shell: dict[str, str], aws: LocalAws
) -> None:
    port = str(urlsplit(aws.endpoint_url).port)

    done = subprocess.run(
        [*command, "--port", port],
        capture_output=True,
        check=False,
        text=True,
        env=shell,
        timeout=30,
    )

    assert done.returncode == 1
    assert done.stderr == f"cognito-import-local: port {port}: Address already in use\n"


def test_the_local_cloud_listens_on_the_loopback_interface_only(aws: LocalAws) -> None:
    port = urlsplit(aws.endpoint_url).port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        address = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has the loopback interface only")

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, port), timeout=2)
