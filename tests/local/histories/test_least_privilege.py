"""No grant is idle: without any one action that a role has, something goes wrong.

The emulator evaluates the policies of the calls that the functions sign, of the state machine's
calls, and of what S3 and Step Functions do with a key. What nothing evaluates is in ``UNPROVEN``,
and held by the template's tests alone.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from helpers.deployed_histories import csv_of, trusting

from user_import.messages import steps as messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpers.deployed_histories import History

pytestmark = pytest.mark.slow

ROLES = {
    "Starter": "StarterRole",
    "StateMachine": "StateMachineRole",
    "Worker": "WorkerRole",
    "Import": "SeedRole",
    "LookedAt": "LookedAtRole",
}
"""What is in the logical id of each kind of role."""

TRACES = dict.fromkeys(
    ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    "Lambda and Step Functions send traces, and the emulator does not.",
)
SAMPLING = dict.fromkeys(
    ("xray:GetSamplingRules", "xray:GetSamplingTargets"),
    "Step Functions samples traces, and the emulator does not.",
)
LOG_DELIVERY = dict.fromkeys(
    (
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ),
    "Step Functions sets up the delivery of its log, and the emulator does not.",
)
KEY_OF_LOG = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
OWN_LOG = dict.fromkeys(
    ("logs:CreateLogStream", "logs:PutLogEvents", *KEY_OF_LOG),
    "The emulator writes a function's log itself.",
)
UNPROVEN: dict[str, dict[str, str]] = {
    "Starter": {
        **TRACES,
        **OWN_LOG,
        "events:PutEvents": "No rule asks for events here; tests/local/test_runs.py uses it.",
    },
    "StateMachine": {
        **TRACES,
        **SAMPLING,
        **LOG_DELIVERY,
        "states:StartExecution": (
            "No import goes on in another execution here; tests/local/test_long_imports.py uses it."
        ),
    },
    "Worker": {**TRACES, **OWN_LOG},
    "Import": {},
    "LookedAt": {},
}


_DENIED = re.compile("AccessDenied|NotAuthorized|not authorized|403")


@dataclass
class Role:
    """A role of the deployed stack, and the policies that are in it or attached to it."""

    iam: Any
    name: str

    def documents(self) -> dict[str, dict[str, Any]]:
        """Return the policies by name, or by ARN where they are managed."""
        found = {
            name: self.iam.get_role_policy(RoleName=self.name, PolicyName=name)["PolicyDocument"]
            for name in self.iam.list_role_policies(RoleName=self.name)["PolicyNames"]
        }
        attached = self.iam.list_attached_role_policies(RoleName=self.name)["AttachedPolicies"]
        for arn in (each["PolicyArn"] for each in attached):
            version = self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = self.iam.get_policy_version(PolicyArn=arn, VersionId=version)
            found[arn] = document["PolicyVersion"]["Document"]
        return {
            name: json.loads(document) if isinstance(document, str) else document
            for name, document in found.items()
        }

    def actions(self) -> set[str]:
        return {
            action
            for document in self.documents().values()
            for statement in document["Statement"]
            for action in _listed(statement["Action"])
        }

    @contextlib.contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Take an action away for a while."""
        before = self.documents()
        for name, document in before.items():
            self._put(name, _without(document, action))
        assert self.actions() == {
            each
            for document in before.values()
            for statement in document["Statement"]
            for each in _listed(statement["Action"])
        } - {action}
        try:
            yield
        finally:
            for name, document in before.items():
                self._put(name, document)

    def _put(self, name: str, document: dict[str, Any]) -> None:
        text = json.dumps(document)
        if not name.startswith("arn:"):
            self.iam.put_role_policy(RoleName=self.name, PolicyName=name, PolicyDocument=text)
            return
        for version in self.iam.list_policy_versions(PolicyArn=name)["Versions"]:
            if not version["IsDefaultVersion"]:
                self.iam.delete_policy_version(PolicyArn=name, VersionId=version["VersionId"])
        self.iam.create_policy_version(PolicyArn=name, PolicyDocument=text, SetAsDefault=True)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _without(document: dict[str, Any], action: str) -> dict[str, Any]:
    statements = []
    for statement in document["Statement"]:
        actions = [each for each in _listed(statement["Action"]) if each != action]
        if actions:
            statements.append({**statement, "Action": actions})
    # A policy of nothing is refused; what this one denies nobody asks for.
    nothing = {"Effect": "Deny", "Action": "sts:GetFederationToken", "Resource": "*"}
    return {**document, "Statement": statements or [nothing]}


@pytest.fixture
def role(history: History) -> Any:
    """Return a finder of the stack's roles, whose changes are effective at once."""
    cloud = history.cloud
    cloud.aws.configure(iam_propagation_seconds=0)
    listed = cloud.cloudformation.list_stack_resources(StackName=history.stack)

    def find(kind: str) -> Role:
        (name,) = (
            each["PhysicalResourceId"]
            for each in listed["StackResourceSummaries"]
            if each["ResourceType"] == "AWS::IAM::Role" and ROLES[kind] in each["LogicalResourceId"]
        )
        return Role(cloud.iam, name)

    return find


# Each of these plays a history, and returns what went otherwise than it should with all rights.
# ``patience`` is the import's timeout in AWS seconds.


def imports(history: History, patience: str) -> str:
    # What an earlier history has left would hide that the worker must see that nothing is there.
    bucket = history.staged.split("/")[1]
    for key in history.staged_keys():
        history.cloud.s3.delete_object(Bucket=bucket, Key=key)
    answer = history.asked("Create", TimeoutSeconds=patience)
    if answer["Status"] == "SUCCESS" and answer["Data"]["ImportedUsers"] == "3":
        return f"staged: {left}" if (left := history.staged_keys()) else ""
    return str(answer)


def reports_the_failed_users(history: History, patience: str) -> str:
    history.give_a_failing_user()
    reason = history.asked("Create", TimeoutSeconds=patience)["Reason"]
    return "" if "users.csv line 3: failed: " in reason else reason


def stops_the_job_of_a_deleted_import(history: History, patience: str) -> str:
    history.cloud.aws.configure(seconds_pending=600)
    create = history.ask("Create")
    job = history.until_a_job_is("Pending")
    history.driver.set_stack_status("ROLLBACK_IN_PROGRESS")
    history.asked("Delete")
    (status,) = history.statuses()
    if status != "Stopped":
        stop(history, job)
    history.answer(create)
    return "" if status == "Stopped" else status


def stop(history: History, job: dict[str, Any]) -> None:
    history.cloud.cognito_idp.stop_user_import_job(UserPoolId=history.pool_id, JobId=job["JobId"])
    history.until_a_job_is("Stopped")


def leaves_no_part_of_a_refused_csv(history: History, patience: str) -> str:
    users = csv_of(*(f"user-{number:06}-{'x' * 90}" for number in range(50_000)))
    history.cloud.s3.put_object(
        Bucket=history.source_bucket, Key="users.csv", Body=users + b"no-mail,,\n"
    )
    history.asked("Create", TimeoutSeconds=patience)
    bucket = history.staged.split("/")[1]
    left = history.cloud.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    for each in left:
        history.cloud.s3.abort_multipart_upload(
            Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"]
        )
    return f"{len(left)} uploads" if left else ""


def answers_for_an_aborted_execution(history: History, patience: str) -> str:
    history.cloud.aws.configure(seconds_pending=600)
    create = history.ask("Create")
    job = history.until_a_job_is("Pending")
    (execution,) = history.executions()
    history.cloud.stepfunctions.stop_execution(executionArn=execution["executionArn"])
    try:
        reason = history.answer(create, within=float(patience))["Reason"]
    except TimeoutError as error:
        return str(error)
    finally:
        stop(history, job)
    return "" if "ended with status ABORTED" in reason else reason


def keeps_the_log_for_a_week(history: History, patience: str) -> str:
    history.asked("Create", ImportLogRetentionDays="7", TimeoutSeconds="600")
    kept = [group.get("retentionInDays") for group in log_groups(history)]
    return "" if kept == [7] else str(kept)


def removes_the_log_with_the_stack(history: History, patience: str) -> str:
    history.asked("Create", TimeoutSeconds="600")
    history.driver.set_stack_status("DELETE_IN_PROGRESS")
    history.asked("Delete")
    return ", ".join(group["logGroupName"] for group in log_groups(history))


def names_the_fault_of_the_logs_role(history: History, patience: str) -> str:
    history.cloud.aws.configure(role_propagation_seconds=0)
    with trusting(history, "lambda.amazonaws.com"):
        reason = history.asked("Create", TimeoutSeconds=patience)["Reason"]
    named = reason == messages.logs_role_untrusting(history.logs_role)
    return "" if named else "the fault of the logs role is not named"


def log_groups(history: History) -> list[dict[str, Any]]:
    prefix = f"/aws/cognito/userpools/{history.pool_id}/"
    found = history.cloud.logs.describe_log_groups(logGroupNamePrefix=prefix)
    groups: list[dict[str, Any]] = found["logGroups"]
    return groups


WITHOUT = {
    "Starter": {
        "kms:Decrypt": answers_for_an_aborted_execution,
        "states:StartExecution": imports,
        "states:DescribeExecution": answers_for_an_aborted_execution,
    },
    "StateMachine": {
        "kms:Decrypt": imports,
        "kms:GenerateDataKey": imports,
        "lambda:InvokeFunction": imports,
    },
    "Worker": {"sts:AssumeRole": imports},
    "Import": {
        "cloudformation:DescribeStacks": imports,
        "cognito-idp:CreateUserImportJob": imports,
        "cognito-idp:DescribeUserImportJob": imports,
        "cognito-idp:DescribeUserPool": imports,
        "cognito-idp:GetCSVHeader": imports,
        "cognito-idp:ListUserImportJobs": imports,
        "cognito-idp:StartUserImportJob": imports,
        "cognito-idp:StopUserImportJob": stops_the_job_of_a_deleted_import,
        "iam:PassRole": imports,
        "kms:Decrypt": imports,
        "kms:GenerateDataKey": imports,
        "logs:DeleteLogGroup": removes_the_log_with_the_stack,
        "logs:FilterLogEvents": reports_the_failed_users,
        "logs:PutRetentionPolicy": keeps_the_log_for_a_week,
        "s3:AbortMultipartUpload": leaves_no_part_of_a_refused_csv,
        "s3:DeleteObject": imports,
        "s3:GetObject": imports,
        "s3:ListBucket": imports,
        "s3:PutObject": imports,
    },
    # The role of an import with an imported logs role, which has the rights of the others too.
    "LookedAt": {"iam:GetRole": names_the_fault_of_the_logs_role},
}


@pytest.mark.parametrize("kind", ROLES)
def test_every_right_is_removed_in_a_case_below_or_listed_as_unproven(role: Any, kind: str) -> None:
    others = WITHOUT["Import"] if kind == "LookedAt" else {}
    assert role(kind).actions() == {*WITHOUT[kind], *UNPROVEN[kind], *others}


@pytest.mark.parametrize(
    ("kind", "action"),
    [(kind, action) for kind, actions in WITHOUT.items() for action in actions],
)
def test_removing_a_right_breaks_a_behaviour(
    play: Callable[..., History], role: Any, kind: str, action: str
) -> None:
    history = play("LookedAt" if kind == "LookedAt" else "Seed")
    with role(kind).without(action):
        problem = WITHOUT[kind][action](history, "30")
    assert problem
    # Six seconds may be too short for an import with all rights.
    assert "did not finish" not in problem or _DENIED.search(problem)


SCENES = {scene.__name__: scene for scenes in WITHOUT.values() for scene in scenes.values()}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_every_behaviour_works_with_all_rights(play: Callable[..., History], scene: Any) -> None:
    history = play("LookedAt" if scene is names_the_fault_of_the_logs_role else "Seed")
    assert scene(history, "600") == ""
