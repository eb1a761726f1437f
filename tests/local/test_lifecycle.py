"""One import through its life, deployed for real to the local AWS."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imports import by_id, counts, stack_of, tags_of_account, user, users
from helpers.synthesis import synthesise
from helpers.waiting import eventually

from cdk_cognito_user_import import Tolerance, UserImport, UserSource


@pytest.fixture
def pool_with_aliases(cloud: Cloud, name: str) -> Any:
    """A pool made by hand in which three e-mail addresses are taken, and its id."""
    pool_id = cloud.cognito_idp.create_user_pool(
        PoolName=f"{name}-by-hand",
        AliasAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UserPoolTags=tags_of_account(),
    )["UserPool"]["Id"]
    for number in (1, 2, 3):
        cloud.cognito_idp.admin_create_user(
            UserPoolId=pool_id,
            Username=f"taken-{number}",
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": f"taken-{number}@example.com"},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    return pool_id


def with_three_clashes() -> Any:
    """Five users of whom the second, third and fifth have an address that is taken."""
    return [
        user("ada"),
        user("bob", email="taken-1@example.com"),
        user("cem", email="taken-2@example.com"),
        user("dee"),
        user("eve", email="taken-3@example.com"),
    ]


@pytest.mark.account
def test_a_deployment_gives_a_pool_and_its_users(cloud: Cloud, name: str) -> None:
    records = [user("ada", name="Lovelace, Ada", birthdate="12/10/1915"), user("лев")]
    outputs = cloud.deploy(stack_of(name, records))

    assert counts(outputs) == (2, 0, 0)
    assert outputs["Status"] == "Succeeded"
    assert outputs["Message"] == "Import Job Completed Successfully."
    found = cloud.users(outputs["PoolId"])
    assert sorted(found) == ["ada", "лев"]
    assert found["ada"]["name"] == "Lovelace, Ada"
    assert found["ada"]["email_verified"] == "true"
    (job,) = cloud.jobs(outputs["PoolId"])
    assert outputs["JobIds"] == job["JobId"]
    assert re.fullmatch(r"Seed-[a-z2-7]{8}-[a-z2-7]{24}-1", job["JobName"])
    expected = [
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        "[SUCCEEDED] Line Number 3 - The import succeeded.",
    ]

    def logged() -> Any:
        events = cloud.logs.get_log_events(
            logGroupName=outputs["LogGroup"], logStreamName=outputs["LogStream"], startFromHead=True
        )["events"]
        return [event["message"] for event in events][-2:] == expected

    eventually(logged, "the log has a line for each user")
    assert cloud.staged(name) == {}
    cloud.destroy(name)
    assert cloud.status(name) is None


@pytest.mark.account
def test_an_update_that_changes_no_users_imports_nothing_and_answers_as_before(
    cloud: Cloud, name: str
) -> None:
    first = cloud.deploy(stack_of(name, users("ada")))
    second = cloud.deploy(
        stack_of(name, users("ada"), timeout=Duration.minutes(7), tolerance=Tolerance(failed=3))
    )
    assert second == first
    assert len(cloud.jobs(first["PoolId"])) == 1


def test_changed_users_are_imported_and_the_others_skipped(cloud: Cloud, name: str) -> None:
    cloud.deploy(stack_of(name, users("ada")))
    outputs = cloud.deploy(stack_of(name, users("ada", "bob")))
    assert counts(outputs) == (1, 1, 0)


@pytest.mark.account
def test_another_run_token_imports_again(cloud: Cloud, name: str) -> None:
    cloud.deploy(stack_of(name, users("ada"), run_token="1"))
    outputs = cloud.deploy(stack_of(name, users("ada"), run_token="2"))
    assert counts(outputs) == (0, 1, 0)
    assert outputs["Status"] == "Failed", "Cognito's word; nobody was imported, and that is fine"


@pytest.mark.account
def test_a_csv_with_three_bad_lines_fails_the_deployment_and_leaves_nothing(
    cloud: Cloud, name: str, pool_with_aliases: Any
) -> None:
    stack = stack_of(name, with_three_clashes(), pool=by_id(pool_with_aliases))
    with pytest.raises(DeploymentFailed) as caught:
        cloud.deploy(stack)

    reason = str(caught.value)
    assert "More users failed than are tolerated: 3, at most 0." in reason
    assert "2 imported, 0 skipped, 3 failed of 5 users" in reason
    assert "Too many users have failed or been skipped during the import." in reason
    for record in (2, 3, 5):
        assert re.search(rf"from_records record {record}: failed: \S", reason)
    assert "taken-" not in reason
    assert cloud.status(name) == "ROLLBACK_COMPLETE"
    assert not [
        bucket
        for bucket in cloud.s3.list_buckets()["Buckets"]
        if bucket["Name"].startswith(name.lower())
    ]
    assert not [
        function
        for function in cloud.__getattr__("lambda").list_functions()["Functions"]
        if function["FunctionName"].startswith(f"{name}-")
    ]


@pytest.mark.account
def test_a_failed_update_and_its_rollback(cloud: Cloud, name: str, pool_with_aliases: Any) -> None:
    pool = by_id(pool_with_aliases)
    first = cloud.deploy(stack_of(name, users("ada"), pool=pool))
    with pytest.raises(DeploymentFailed, match=r"UPDATE_ROLLBACK_COMPLETE.*record 2: failed"):
        cloud.deploy(stack_of(name, with_three_clashes(), pool=pool))

    assert len(cloud.jobs(pool_with_aliases)) == 2, "the update back imports nothing"
    assert cloud.staged(name) == {}
    again = cloud.deploy(stack_of(name, users("ada"), pool=pool, timeout=Duration.minutes(9)))
    assert again == first


def test_failed_users_can_be_tolerated(cloud: Cloud, name: str, pool_with_aliases: Any) -> None:
    outputs = cloud.deploy(
        stack_of(
            name,
            with_three_clashes(),
            pool=by_id(pool_with_aliases),
            tolerance=Tolerance(failed=3),
        )
    )
    assert counts(outputs) == (2, 0, 3)


def test_skipped_users_need_not_be_tolerated(cloud: Cloud, name: str) -> None:
    cloud.deploy(stack_of(name, users("ada")))
    with pytest.raises(DeploymentFailed, match=r"More users were skipped .* 1, at most 0"):
        cloud.deploy(stack_of(name, users("ada", "bob"), tolerance=Tolerance(skipped=0)))


def test_a_job_that_is_not_started_waits_until_an_update_starts_it(cloud: Cloud, name: str) -> None:
    waiting = cloud.deploy(stack_of(name, users("ada"), start=False))
    assert waiting["Status"] == "Created"
    assert cloud.users(waiting["PoolId"]) == {}
    assert cloud.staged(name) == {}

    started = cloud.deploy(stack_of(name, users("ada"), start=True))
    assert counts(started) == (1, 0, 0)
    assert started["JobIds"] == waiting["JobIds"]


def test_a_waiting_job_can_be_started_manually(cloud: Cloud, name: str) -> None:
    waiting = cloud.deploy(stack_of(name, users("ada"), start=False))
    cloud.cognito_idp.start_user_import_job(UserPoolId=waiting["PoolId"], JobId=waiting["JobIds"])
    started = cloud.deploy(stack_of(name, users("ada"), start=True))
    assert sorted(cloud.users(waiting["PoolId"])) == ["ada"]
    assert sum(counts(started)) == 1


def test_users_can_come_from_an_encrypted_bucket(cloud: Cloud, name: str) -> None:
    source = f"{name.lower()}-source"

    def build(stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        bucket = s3.Bucket(stack, "Bucket", bucket_name=source, encryption_key=key)
        assert bucket.encryption_key is not None
        CfnOutput(stack, "KeyArn", value=bucket.encryption_key.key_arn)

    made = cloud.deploy(synthesise(build, f"{name}Source"))
    cloud.s3.put_object(
        Bucket=source,
        Key="in/users.csv",
        Body=b"email_verified,email,cognito:username\ntrue,ada@example.com,ada\n",
    )

    def pool(stack: Stack) -> Any:
        return cognito.UserPool(stack, "Pool", auto_verify=cognito.AutoVerifiedAttrs(email=True))

    def build_import(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_attributes(
            stack,
            "Source",
            bucket_name=source,
            encryption_key=kms.Key.from_key_arn(stack, "SourceKey", made["KeyArn"]),
        )
        target = pool(stack)
        seed = UserImport(
            stack, "Seed", user_pool=target, source=UserSource.from_bucket(bucket, "in/users.csv")
        )
        CfnOutput(stack, "PoolId", value=target.user_pool_id)
        CfnOutput(stack, "Imported", value=seed.imported_users)

    outputs = cloud.deploy(synthesise(build_import, name))
    assert outputs["Imported"] == "1"
    assert list(cloud.users(outputs["PoolId"])) == ["ada"]


def test_a_missing_source_fails_the_deployment_with_its_address(cloud: Cloud, name: str) -> None:
    bucket_name = f"{name.lower()}-empty"
    cloud.s3.create_bucket(Bucket=bucket_name)

    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Source", bucket_name)
        pool = cognito.UserPool(stack, "Pool", auto_verify=cognito.AutoVerifiedAttrs(email=True))
        UserImport(
            stack, "Seed", user_pool=pool, source=UserSource.from_bucket(bucket, "no/users.csv")
        )

    with pytest.raises(DeploymentFailed, match=rf"s3://{bucket_name}/no/users\.csv"):
        cloud.deploy(synthesise(build, name))


def test_an_unknown_column_fails_the_deployment_with_the_nearest_name(
    cloud: Cloud, name: str
) -> None:
    records = [{**user("ada"), "custom:depratment": "x"}]
    pool_id = cloud.cognito_idp.create_user_pool(
        PoolName="departments",
        AutoVerifiedAttributes=["email"],
        Schema=[{"Name": "department", "AttributeDataType": "String"}],
    )["UserPool"]["Id"]
    with pytest.raises(DeploymentFailed) as caught:
        cloud.deploy(stack_of(name, records, pool=by_id(pool_id)))
    assert "column custom:depratment: the user pool has no such column" in str(caught.value)
    assert "did you mean custom:department?" in str(caught.value)


def test_a_pool_that_verifies_nothing_is_refused_before_a_job_is_made(
    cloud: Cloud, name: str
) -> None:
    pool_id = cloud.cognito_idp.create_user_pool(PoolName="plain")["UserPool"]["Id"]
    with pytest.raises(DeploymentFailed, match="Set auto_verify on it"):
        cloud.deploy(stack_of(name, users("ada"), pool=by_id(pool_id)))
    assert cloud.jobs(pool_id) == []


def test_destroying_a_stack_whose_pool_was_deleted_succeeds(
    cloud: Cloud, name: str, pool_with_aliases: Any
) -> None:
    cloud.deploy(stack_of(name, users("ada"), pool=by_id(pool_with_aliases)))
    cloud.cognito_idp.delete_user_pool(UserPoolId=pool_with_aliases)
    cloud.destroy(name)
    assert cloud.status(name) is None


def test_destroying_never_deletes_users(cloud: Cloud, name: str, pool_with_aliases: Any) -> None:
    cloud.deploy(stack_of(name, users("ada"), pool=by_id(pool_with_aliases)))
    cloud.destroy(name)
    assert "ada" in cloud.users(pool_with_aliases)


def test_the_workflows_states_and_logs_have_no_secret(cloud: Cloud, name: str) -> None:
    outputs = cloud.deploy(stack_of(name, [user("siskin-username", name="siskin-name")]))
    assert counts(outputs) == (1, 0, 0)
    (machine,) = cloud.resources(name, "AWS::StepFunctions::StateMachine")
    (execution,) = cloud.stepfunctions.list_executions(stateMachineArn=machine)["executions"]
    history = cloud.stepfunctions.get_execution_history(
        executionArn=execution["executionArn"], maxResults=1000
    )["events"]
    logged = [
        message
        for group in cloud.logs.describe_log_groups()["logGroups"]
        if name in group["logGroupName"]
        for message in cloud.logged(group["logGroupName"])
    ]
    assert logged
    for text in [json.dumps(history, default=str), *logged]:
        assert "siskin" not in text
        assert "X-Amz-Signature" not in text
    states = [event for event in history if "StateEntered" in event["type"]]
    urls = [
        event["stateEnteredEventDetails"]["name"]
        for event in states
        if "cfn-response" in event["stateEnteredEventDetails"]["input"]
    ]
    assert urls == ["Begun?", "Stage"], "the execution's own input, and nowhere after it"
