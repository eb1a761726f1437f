"""Histories of a deployed import: a driver plays CloudFormation, and how all of it must end."""

from __future__ import annotations

import itertools
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_cognito_user_import import UserSource

from .deployment import is_record
from .import_world import TRUST, policy
from .imports import import_into
from .synthesis import Synthesised, synthesise
from .waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aws_cdk import Stack

    from cognito_import_local import CloudFormationDriver

    from .deployment import Cloud

ACTIVE = frozenset({"Pending", "InProgress", "Stopping"})
SOURCE_KEY = "users.csv"
TAKEN = "taken@example.com"
"""An address that somebody in the pool has; who comes with it fails."""

_numbers = itertools.count(1)


def stack_with(
    name: str, source_bucket: str, *ids: str, logs_roles: Mapping[str, str] | None = None
) -> Synthesised:
    """Synthesise a stack with imports of these ids, each into a pool of its own.

    Args:
        name: The stack's name.
        source_bucket: The bucket of the CSV.
        ids: The ids of the imports.
        logs_roles: The ARN of an imported logs role, by the import's id.
    """

    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Source", source_bucket)
        for id_ in ids:
            pool = cognito.UserPool(
                stack,
                f"{id_}Pool",
                sign_in_aliases=cognito.SignInAliases(username=True, email=True),
                auto_verify=cognito.AutoVerifiedAttrs(email=True),
                removal_policy=RemovalPolicy.DESTROY,
            )
            source = UserSource.from_bucket(bucket, SOURCE_KEY)
            given: dict[str, Any] = {"user_pool": pool, "source": source}
            if logs_roles and id_ in logs_roles:
                arn = logs_roles[id_]
                given["logs_role"] = iam.Role.from_role_arn(stack, f"{id_}Logs", arn)
            import_into(stack, id_, **given)
            CfnOutput(stack, f"{id_}PoolId", value=pool.user_pool_id)

    return synthesise(build, name)


def csv_of(*names: str, **addresses: str) -> bytes:
    """Return the CSV of users; an address may be given for a name."""
    rows = [f"{name},{addresses.get(name, f'{name}@example.com')},true" for name in names]
    return "\n".join(["cognito:username,email,email_verified", *rows, ""]).encode()


@dataclass
class History:
    """One deployed import, and CloudFormation played to it.

    Attributes:
        requests: what was asked, the oldest first.
    """

    cloud: Cloud
    driver: CloudFormationDriver
    stack: str
    pool_id: str
    source_bucket: str
    requests: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = {job["JobId"] for job in self.cloud.jobs(self.pool_id)}
        (self._staging,) = self.cloud.resources(self.stack, "AWS::S3::Bucket")
        (self._machine,) = self.cloud.resources(self.stack, "AWS::StepFunctions::StateMachine")
        self.token = f"{self.stack}-{next(_numbers)}"
        self.names = tuple(f"{each}-{self.token.lower()}" for each in ("ada", "bob", "cem"))
        self.give(*self.names)

    @property
    def staged(self) -> str:
        """The path under which S3 is asked for the staged users, without a method."""
        key = self.driver.recorded()[-1]["ResourceProperties"]["StagingKey"]
        return f"/{self._staging}/{key}"

    @property
    def logs_role(self) -> str:
        """The ARN of the role with which Cognito writes its log."""
        role: str = self.driver.recorded()[-1]["ResourceProperties"]["LogsRoleArn"]
        return role

    @property
    def source(self) -> str:
        """The path under which S3 is asked for the CSV, without a method."""
        return f"/{self.source_bucket}/{SOURCE_KEY}"

    def give(self, *names: str, **addresses: str) -> None:
        """Let these be the users to import."""
        self.cloud.s3.put_object(
            Bucket=self.source_bucket, Key=SOURCE_KEY, Body=csv_of(*names, **addresses)
        )

    def give_a_failing_user(self) -> None:
        """Let the second of three users be new, with an address that somebody else has."""
        new = f"eve-{self.token.lower()}"
        self.give(self.names[0], new, self.names[2], **{new: TAKEN})

    def ask(self, kind: Any, **given: Any) -> dict[str, Any]:
        """Send a request of CloudFormation, for content of this history's own, and return it.

        Args:
            kind: Create, Update or Delete.
            given: custom resource properties; ``old`` for those of before an Update, and
                ``physical_id``.
        """
        old = {"RunToken": self.token, **given.pop("old", {})}
        physical_id = given.pop("physical_id", None)
        event = self.driver.request(
            kind,
            properties={"RunToken": self.token, **given},
            old_properties=old,
            physical_id=physical_id,
        )
        self.requests.append(event)
        self.driver.send(event)
        return event

    def stack_is(self, status: str) -> None:
        """Let DescribeStacks give a status for the stack, and for so long that it is not late."""
        self.driver.set_stack_status(status)
        delay = self.cloud.aws.settings()["stack_status_delay_seconds"]
        self.cloud.aws.clock.advance(seconds=delay)

    def answer(self, event: dict[str, Any], *, within: float = 240.0) -> dict[str, Any]:
        return self.driver.answer(event, within=within)

    def asked(self, kind: Any, **given: Any) -> dict[str, Any]:
        """Send a request, and return the answer to it."""
        return self.answer(self.ask(kind, **given))

    def jobs(self) -> list[dict[str, Any]]:
        """Return the jobs of this history, the oldest first."""
        return [job for job in self.cloud.jobs(self.pool_id) if job["JobId"] not in self._known]

    def statuses(self) -> list[str]:
        return [job["Status"] for job in self.jobs()]

    def until_a_job_is(self, *statuses: str) -> dict[str, Any]:
        """Wait until a job of this history has one of these statuses, and return it."""
        job: dict[str, Any] = eventually(
            lambda: next((job for job in self.jobs() if job["Status"] in statuses), None),
            f"a job is {' or '.join(statuses)}",
        )
        return job

    def imported(self) -> set[str]:
        """Return which of this history's users are in the pool."""
        return set(self.cloud.users(self.pool_id)) & set(self.names)

    def ends_well(self, *, started: int) -> None:
        """Hold what must be true of the end of every history.

        Every execution has ended, every request has one answer, no job runs on, as many jobs were
        started as expected and none twice, and nothing is staged. A job may still be stopping.
        """
        eventually(lambda: not self._running(), "all executions end")
        for event in self.requests:
            answers = eventually(lambda: self.driver.answers(event), "an answer")  # noqa: B023
            assert len(answers) == 1, f"{event['RequestType']}: {len(answers)} answers"
        assert [job["JobId"] for job in self.jobs() if job["Status"] in ACTIVE - {"Stopping"}] == []
        eventually(lambda: "Stopping" not in self.statuses(), "all jobs have stopped")
        jobs = self.jobs()
        ran = [job["JobName"] for job in jobs if "StartDate" in job]
        assert len(ran) == started, f"{started} jobs expected to have run: {self.statuses()}"
        assert self.staged_keys() == []

    def staged_keys(self) -> list[str]:
        """Return what lies in the staging bucket, but the records of imports."""
        found = self.cloud.s3.list_objects_v2(Bucket=self._staging)
        keys = [each["Key"] for each in found.get("Contents", [])]
        return [key for key in keys if not is_record(key)]

    def executions(self) -> list[dict[str, Any]]:
        """Return the executions for this history's requests."""
        names = {f"{event['RequestType']}-{event['RequestId']}" for event in self.requests}
        found = self.cloud.stepfunctions.list_executions(stateMachineArn=self._machine)
        return [each for each in found["executions"] if each["name"] in names]

    def _running(self) -> list[str]:
        return [each["name"] for each in self.executions() if each["status"] == "RUNNING"]

    def until_it_waits_for(self, operation: str) -> None:
        """Wait until the workflow remembers that Cognito has refused an operation."""
        eventually(
            lambda: f"cognito-idp:{operation}: " in self._remembered(), f"{operation} is refused"
        )

    def states(self) -> list[str]:
        """Return the names of the states that this history's executions have been in."""
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self._events()
            if "stateEnteredEventDetails" in event
        ]

    def logged(self, text: str) -> list[str]:
        """Return what the functions have logged that has a text in it."""
        (group,) = (
            each
            for each in self.cloud.resources(self.stack, "AWS::Logs::LogGroup")
            if "vendedlogs" not in each
        )
        pages = self.cloud.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return [
            event["message"]
            for page in pages
            for event in page["events"]
            if text in event["message"]
        ]

    def _remembered(self) -> str:
        """Return what went into the states of this history's executions."""
        return json.dumps(self._events(), default=str)

    def _events(self) -> list[dict[str, Any]]:
        return [
            event
            for execution in self.executions()
            for event in self.cloud.stepfunctions.get_execution_history(
                executionArn=execution["executionArn"], maxResults=1000
            )["events"]
        ]


@contextmanager
def trusting(history: History, service: str) -> Iterator[None]:
    """Let the history's logs role trust another service for a while."""
    iam, name = history.cloud.iam, history.logs_role.rpartition("/")[2]

    def put(statement: dict[str, Any]) -> None:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy(statement))

    put({**TRUST, "Principal": {"Service": service}})
    try:
        yield
    finally:
        put(TRUST)
