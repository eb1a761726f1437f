"""The rights that the logs role and the callers of the import service need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.import_world import (
    LOG_ACTIONS,
    TRUST,
    World,
    allow,
    code_of,
    log_groups,
    make_role,
    message_of,
    policy,
    user,
)

from cognito_import_local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
    ids=["another-service", "an-account", "condition-key-not-sent"],
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


def test_a_setting_delays_the_effect_of_a_new_logs_role(world: World, aws: LocalAws) -> None:
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


def test_a_permission_applies_only_to_its_pool(
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
def test_a_setting_decides_whether_passing_the_logs_role_sends_the_passed_service(  # noqa: PLR0917
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
