"""A canary in every attribute of deployed imports: nobody but the pool may have heard it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3
from helpers.canaries import CANARIES, HASH, USER
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imports import import_into, tell
from helpers.synthesis import synthesise
from helpers.waiting import eventually

from cdk_cognito_user_import import UserSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UPLOAD = ["X-Amz-Signature", "X-Amz-Credential"]


def pool_of(stack: Stack) -> Any:
    return cognito.UserPool(
        stack,
        "Pool",
        sign_in_aliases=cognito.SignInAliases(username=True, email=True),
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        custom_attributes={
            "plan": cognito.StringAttribute(mutable=True),
            "number": cognito.NumberAttribute(mutable=True),
        },
    )


def csv(*rows: Any) -> Any:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(row.get(name, "") for name in columns) for row in rows]
    return ("\n".join([",".join(columns), *lines]) + "\n").encode()


@pytest.fixture
def deploy(cloud: Cloud, name: str) -> Any:
    """Deploy an import of an object that holds these users."""
    bucket_name = f"{name.lower()}-source"
    cloud.s3.create_bucket(Bucket=bucket_name)

    def deploy(*rows: Any, key: str = "users.csv", abort: bool = False) -> Any:
        cloud.s3.put_object(Bucket=bucket_name, Key=key, Body=csv(*rows))

        def build(stack: Stack) -> None:
            bucket = s3.Bucket.from_bucket_name(stack, "Source", bucket_name)
            pool = pool_of(stack)
            tell(
                stack,
                import_into(stack, user_pool=pool, source=UserSource.from_bucket(bucket, key)),
            )

        cloud.begin(synthesise(build, name))
        if abort:
            abort_the_execution_that_waits(cloud, name)
        return cloud.finish(name)

    return deploy


def abort_the_execution_that_waits(cloud: Cloud, name: str) -> None:
    (machine,) = cloud.resources(name, "AWS::StepFunctions::StateMachine")

    def waiting() -> Any:
        running = cloud.stepfunctions.list_executions(
            stateMachineArn=machine, statusFilter="RUNNING"
        )["executions"]
        histories = {
            each["executionArn"]: cloud.stepfunctions.get_execution_history(
                executionArn=each["executionArn"]
            )["events"]
            for each in running
        }
        return [
            arn for arn, events in histories.items() if "Advance" in json.dumps(events, default=str)
        ]

    (arn,) = eventually(waiting, "an execution that waits")
    cloud.stepfunctions.stop_execution(executionArn=arn)


class Exposed:
    """All that anybody can read of a stack's imports, but for the pool and the buckets."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        self.name = name
        (self.machine,) = cloud.resources(name, "AWS::StepFunctions::StateMachine")
        groups = cloud.logs.get_paginator("describe_log_groups").paginate()
        self.groups = [group["logGroupName"] for page in groups for group in page["logGroups"]]

    def everything(self) -> Iterator[Any]:
        yield from self.logs()
        for arn, history in self.histories():
            yield arn, json.dumps(history, default=str)
        events = self.cloud.cloudformation.describe_stack_events(StackName=self.name)
        yield "stack events", json.dumps(events["StackEvents"], default=str)
        stacks = self.cloud.cloudformation.describe_stacks(StackName=self.name)
        yield "stack", json.dumps(stacks["Stacks"], default=str)
        template = self.cloud.cloudformation.get_template(StackName=self.name)
        yield "template", json.dumps(template["TemplateBody"])
        yield "the local AWS's own log", self.cloud.aws.log_path.read_text()

    def logs(self) -> Iterator[Any]:
        """The events of all log groups, those of the functions among them."""
        for group in self.groups:
            pages = self.cloud.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            messages = [event["message"] for page in pages for event in page["events"]]
            yield group, "\n".join(messages)

    def histories(self) -> Iterator[Any]:
        pages = self.cloud.stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self.machine
        )
        for page in pages:
            for execution in page["executions"]:
                arn = execution["executionArn"]
                events = self.cloud.stepfunctions.get_paginator("get_execution_history").paginate(
                    executionArn=arn
                )
                yield arn, [event for each in events for event in each["events"]]


def assert_silence(cloud: Cloud, name: str, *, executions: Any, logged: Any) -> None:
    """No canary and no upload URL is anywhere; the response URL only where it must be."""
    reported = Exposed(cloud, name)
    for where, text in reported.everything():
        assert [canary for canary in CANARIES if canary in text] == [], where
        if where != "the local AWS's own log":
            assert [part for part in UPLOAD if part in text] == [], where
    (functions,) = (
        text for group, text in reported.logs() if f"{name}-" not in group and name in group
    )
    assert logged in functions
    histories = dict(reported.histories())
    assert len(histories) == executions
    for history in histories.values():
        assert {paths_of_the_response_url(event) for event in history} - {None} <= {
            "ExecutionStarted",
            "Begun? entered",
            "ChoiceStateExited",
            "Stage entered",
            "Report scheduled",
        }
    for where, text in (*reported.logs(), ("events", json.dumps(reasons(cloud, name)))):
        assert "cfn-response" not in text, where


def paths_of_the_response_url(event: Any) -> Any:
    if "cfn-response" not in json.dumps(event, default=str):
        return None
    if event["type"].endswith("StateEntered"):
        return f"{event['stateEnteredEventDetails']['name']} entered"
    if event["type"].endswith("Scheduled"):
        return (
            "Report scheduled"
            if '"report"' in json.dumps(event, default=str).replace("\\", "")
            else f"{event} scheduled"
        )
    return event["type"]


def reasons(cloud: Cloud, name: str) -> Any:
    events = cloud.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events]


def test_an_import_and_later_failures_expose_no_data_of_the_users(
    cloud: Cloud, name: str, deploy: Any
) -> None:
    outputs = deploy(USER)
    assert (outputs["Imported"], outputs["Failed"]) == ("1", "0")
    (pool_id,) = cloud.resources(name, "AWS::Cognito::UserPool")
    (attributes,) = cloud.users(pool_id).values()
    assert attributes["custom:plan"] == "siskin-plan"
    assert_silence(cloud, name, executions=1, logged="START RequestId")

    second = {**USER, "cognito:username": "siskin-second"}
    with pytest.raises(DeploymentFailed, match="More users failed than are tolerated") as failed:
        deploy(second, key="failed-row.csv")
    with pytest.raises(DeploymentFailed, match="and nothing was imported") as refused:
        deploy({**USER, "email": "siskin email", "password_hash": HASH}, key="refused.csv")
    (key,) = cloud.staged(name)
    assert key.endswith("/problems.csv")
    for text in cloud.kept(name).values():
        assert [canary for canary in CANARIES if canary in text.decode()] == []
    third = {**USER, "cognito:username": "siskin-third", "email": "siskin-third@example.com"}
    cloud.aws.faults.take_slot(times=1000)
    with pytest.raises(DeploymentFailed, match="ended with status ABORTED") as broken:
        deploy(third, key="broken.csv", abort=True)
    cloud.aws.faults.clear()

    for caught in (failed, refused, broken):
        assert [canary for canary in CANARIES if canary in str(caught.value)] == []
    assert_silence(cloud, name, executions=7, logged="refused.csv: line 2, column email")


def test_the_cloud_assembly_has_data_of_the_users_only_in_the_asset(tmp_path: Path) -> None:
    good, bad = tmp_path / "people.csv", tmp_path / "wrong.csv"
    good.write_bytes(csv(USER))
    wrong = {**USER, "email": "siskin email", "birthdate": "siskin-date", "password_hash": HASH}
    bad.write_bytes(csv({**wrong, "phone_number": "siskin-phone"}))

    def build(path: Any) -> Any:
        def build(stack: Stack) -> None:
            source = UserSource.from_records([USER]) if path is None else UserSource.from_file(path)
            import_into(stack, user_pool=pool_of(stack), source=source)

        return build

    folders = [synthesise(build(path)).folder for path in (good, None)]
    with pytest.raises(RuntimeError) as refused:
        synthesise(build(bad))
    assert [canary for canary in CANARIES if canary in str(refused.value)] == []
    for folder in folders:
        files = [path for path in folder.rglob("*") if path.is_file()]
        assets = {
            path for path in files if path.name.startswith("asset.") and path.suffix == ".csv"
        }
        assert assets
        assert any(path.parent.name == "user-import-checks" for path in files)
        for path in set(files) - assets:
            text = path.read_text(errors="replace")
            assert [canary for canary in CANARIES if canary in text] == [], path
