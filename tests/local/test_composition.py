"""Imports among other things: several in a stack, across stacks, in somebody else's hands."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from typing import Any

import pytest
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imports import by_id, counts, import_into, pool_of, stack_of, tell, user, users
from helpers.synthesis import synthesise, synthesise_app
from helpers.waiting import eventually

from cdk_cognito_user_import import LogsRole, UserImport, UserSource

SLOWLY = 0.8
"""Rows an AWS second at which a job of a dozen users is still active when somebody looks."""


def many(prefix: Any, count: Any) -> Any:
    return [user(f"{prefix}-{number}") for number in range(count)]


@pytest.fixture
def pool_id(cloud: Cloud) -> str:
    """A pool made by hand."""
    pool_id: str = cloud.cognito_idp.create_user_pool(
        PoolName="by-hand", AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    return pool_id


@pytest.fixture
def foreign_job(cloud: Cloud) -> Any:
    """A job in another pool, which holds the account's slot for some seconds."""
    pool_id = cloud.cognito_idp.create_user_pool(
        PoolName="foreign", AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    role = cloud.iam.create_role(
        RoleName=f"foreign-{time.monotonic_ns()}",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"Service": "cognito-idp.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                },
            }
        ),
    )["Role"]
    cloud.iam.put_role_policy(
        RoleName=role["RoleName"],
        PolicyName="logs",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
            }
        ),
    )
    job = cloud.cognito_idp.create_user_import_job(
        UserPoolId=pool_id, JobName="foreign", CloudWatchLogsRoleArn=role["Arn"]
    )["UserImportJob"]
    columns = cloud.cognito_idp.get_csv_header(UserPoolId=pool_id)["CSVHeader"]
    rows = [",".join(columns)]
    for record in many("foreign", 12):
        values = {name: str(value).lower() for name, value in record.items()}
        rows.append(",".join(values.get(column, "") for column in columns))
    put = urllib.request.Request(
        job["PreSignedUrl"],
        data="\n".join(rows).encode(),
        method="PUT",
        headers={"x-amz-server-side-encryption": "aws:kms"},
    )
    urllib.request.urlopen(put).close()
    cloud.aws.configure(rows_per_second=SLOWLY)

    def start() -> Any:
        with contextlib.suppress(cloud.cognito_idp.exceptions.PreconditionNotMetException):
            return cloud.cognito_idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])

    eventually(start, "Cognito can assume the new role")
    return lambda: cloud.jobs(pool_id)[0]


def test_two_imports_into_one_pool_share_workflow_and_bucket_and_one_can_be_removed(
    cloud: Cloud, name: str
) -> None:
    def build(stack: Stack, imports: Any) -> None:
        pool = pool_of(stack)
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)
        for id_ in imports:
            source = UserSource.from_records(users(id_.lower()))
            tell(stack, import_into(stack, id_, user_pool=pool, source=source), id_)

    both = cloud.deploy(synthesise(lambda stack: build(stack, ["Ada", "Bob"]), name))
    assert counts(both, "Ada") == counts(both, "Bob") == (1, 0, 0)
    assert sorted(cloud.users(both["PoolId"])) == ["ada", "bob"]
    assert len(cloud.resources(name, "AWS::StepFunctions::StateMachine")) == 1
    assert len(cloud.resources(name, "AWS::S3::Bucket")) == 1

    one = cloud.deploy(synthesise(lambda stack: build(stack, ["Bob"]), name))
    assert counts(one, "Bob") == (1, 0, 0)
    assert len(cloud.resources(name, "Custom::CognitoUserImport")) == 1
    cloud.destroy(name)
    assert cloud.status(name) is None


def test_six_imports_in_one_stack(cloud: Cloud, name: str) -> None:
    cloud.aws.configure(seconds_pending=0.01, seconds_in_progress=0.01)

    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)
        for number in range(6):
            source = UserSource.from_records(users(f"user-{number}"))
            import_into(stack, f"Seed{number}", user_pool=pool, source=source)

    outputs = cloud.deploy(synthesise(build, name))
    assert len(cloud.users(outputs["PoolId"])) == 6


def test_pool_and_import_can_be_in_different_stacks(cloud: Cloud, name: str) -> None:
    def build(app: App) -> None:
        pools = Stack(app, f"{name}Pools")
        pool = pool_of(pools)
        seeds = Stack(app, name)
        tell(seeds, import_into(seeds, user_pool=pool))

    stacks = synthesise_app(build)
    cloud.deploy(stacks[f"{name}Pools"])
    assert counts(cloud.deploy(stacks[name])) == (1, 0, 0)
    cloud.destroy(name)
    cloud.destroy(f"{name}Pools")


def test_an_existing_role_and_a_pool_imported_by_its_id(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    cloud.deploy(synthesise(lambda stack: LogsRole(stack, "LogsRole"), f"{name}Role"))
    (role_name,) = cloud.resources(f"{name}Role", "AWS::IAM::Role")
    arn = cloud.iam.get_role(RoleName=role_name)["Role"]["Arn"]

    def build(stack: Stack) -> None:
        role = iam.Role.from_role_arn(stack, "LogsRole", arn)
        tell(stack, import_into(stack, user_pool=by_id(pool_id)(stack), logs_role=role))

    assert counts(cloud.deploy(synthesise(build, name))) == (1, 0, 0)
    assert cloud.jobs(pool_id)[0]["CloudWatchLogsRoleArn"] == arn


def test_a_foreign_job_that_holds_the_slot_is_waited_for(
    cloud: Cloud, name: str, pool_id: str, foreign_job: Any
) -> None:
    outputs = cloud.deploy(stack_of(name, users("ada"), pool=by_id(pool_id)))
    assert counts(outputs) == (1, 0, 0)
    (ours,) = cloud.jobs(pool_id)
    assert ours["StartDate"] >= foreign_job()["CompletionDate"]


def test_two_stacks_at_once_take_turns(cloud: Cloud, name: str) -> None:
    cloud.aws.configure(rows_per_second=SLOWLY)
    names = [f"{name}A", f"{name}B"]
    stacks = [stack_of(each, many(each, 6)) for each in names]
    for stack in stacks:
        cloud.begin(stack)
    outputs = [cloud.finish(each) for each in names]
    assert [counts(each) for each in outputs] == [(6, 0, 0), (6, 0, 0)]
    jobs = sorted(
        (cloud.jobs(each["PoolId"])[0] for each in outputs), key=lambda job: job["StartDate"]
    )
    assert jobs[1]["StartDate"] >= jobs[0]["CompletionDate"]


def test_a_pool_that_is_replaced_gets_the_users_and_the_old_one_keeps_them(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    cloud.deploy(stack_of(name, users("ada"), pool=by_id(pool_id)))
    other = cloud.cognito_idp.create_user_pool(PoolName="other", AutoVerifiedAttributes=["email"])[
        "UserPool"
    ]["Id"]
    outputs = cloud.deploy(stack_of(name, users("ada"), pool=by_id(other)))
    assert counts(outputs) == (1, 0, 0)
    assert list(cloud.users(other)) == list(cloud.users(pool_id)) == ["ada"]
    cloud.destroy(name)
    assert cloud.status(name) is None


def test_destroying_a_stack_stops_a_manually_started_job(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    cloud.deploy(stack_of(name, many("user", 40), pool=by_id(pool_id), start=False))
    cloud.aws.configure(rows_per_second=SLOWLY)
    (job,) = cloud.jobs(pool_id)
    cloud.cognito_idp.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    cloud.destroy(name)
    (job,) = cloud.jobs(pool_id)
    assert job["Status"] == "Stopped"
    assert len(cloud.users(pool_id)) < 40


def test_a_job_that_is_stopped_by_hand_fails_the_deployment(
    cloud: Cloud, name: str, pool_id: str
) -> None:
    cloud.aws.configure(rows_per_second=SLOWLY)
    cloud.begin(stack_of(name, many("user", 40), pool=by_id(pool_id)))
    job = eventually(
        lambda: [each for each in cloud.jobs(pool_id) if each["Status"] == "InProgress"],
        "the job runs",
    )[0]
    cloud.cognito_idp.stop_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    with pytest.raises(DeploymentFailed) as caught:
        cloud.finish(name)
    assert f"Import job {job['JobId']} was stopped outside of this import." in str(caught.value)
    assert "The Import Job was stopped by the developer." in str(caught.value)


def test_an_aborted_execution_is_answered(cloud: Cloud, name: str, pool_id: str) -> None:
    cloud.aws.configure(rows_per_second=SLOWLY)
    cloud.begin(stack_of(name, many("user", 40), pool=by_id(pool_id)))
    eventually(lambda: cloud.jobs(pool_id), "a job")
    (machine,) = cloud.resources(name, "AWS::StepFunctions::StateMachine")
    (execution,) = cloud.stepfunctions.list_executions(stateMachineArn=machine)["executions"]
    cloud.stepfunctions.stop_execution(executionArn=execution["executionArn"])
    with pytest.raises(DeploymentFailed) as caught:
        cloud.finish(name)
    assert "The import workflow ended with status ABORTED before" in str(caught.value)


def test_changing_the_logs_role_imports_nothing(cloud: Cloud, name: str, pool_id: str) -> None:
    pool = by_id(pool_id)
    first = cloud.deploy(stack_of(name, users("ada"), pool=pool))

    def build(stack: Stack) -> None:
        CfnOutput(stack, "PoolId", value=pool_id)
        source = UserSource.from_records(users("ada"))
        seed = UserImport(
            stack,
            "Seed",
            user_pool=pool(stack),
            source=source,
            logs_role=LogsRole(stack, "Own"),
        )
        tell(stack, seed)

    assert cloud.deploy(synthesise(build, name)) == first
    assert len(cloud.jobs(pool_id)) == 1


def test_an_email_pool_takes_addresses_as_usernames(cloud: Cloud, name: str) -> None:
    def pool(stack: Stack) -> Any:
        return cognito.UserPool(
            stack, "Pool", sign_in_aliases=cognito.SignInAliases(email=True, username=False)
        )

    records = [user("ada@example.com", email="ada@example.com")]
    outputs = cloud.deploy(stack_of(name, records, pool=pool))
    assert counts(outputs) == (1, 0, 0)
    (attributes,) = cloud.users(outputs["PoolId"]).values()
    assert attributes["email"] == "ada@example.com"
