"""The local AWS on which `end_to_end` imports: its stack, its users, and a counter of calls."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.deployment import Cloud
from helpers.import_world import LOG_ACTIONS, allow, log_groups, make_role
from helpers.imports import pool_of
from helpers.synthesis import synthesise

from cdk_cognito_user_import import ImportWorkflow, StagingBucket, UserImport, UserSource
from cognito_import_local import LocalAws
from cognito_import_local.client.cloudformation_driver import CloudFormationDriver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import Stack

STACK = "Benchmark"
COLUMNS = ("cognito:username", "name", "email", "email_verified")
_METHODS = ("GET", "PUT", "POST", "HEAD", "DELETE")
_NEVER = 1_000_000_000
"""A number of calls that no run makes: a fault after so many only counts."""


def users_csv(header: tuple[str, ...], users: int) -> str:
    """Return the CSV of made-up users, in the columns of a header; most of them stay empty."""
    lines = [",".join(header)]
    for number in range(users):
        values = {
            "cognito:username": f"user{number:07}",
            "name": f"User No {number:07}",
            "email": f"user{number:07}@example.com",
            "email_verified": "TRUE",
            "cognito:mfa_enabled": "FALSE",
        }
        lines.append(",".join(values.get(column, "") for column in header))
    return "\n".join(lines) + "\n"


class BenchmarkCloud:
    """A local AWS with a stack that has a user pool and an unstarted import for every run.

    Attributes:
        aws: The local AWS.
        folder: A folder for files, which the end removes.
    """

    def __init__(self, aws: LocalAws, folder: Path) -> None:
        self.aws = aws
        self.folder = folder
        self._cloud = Cloud(aws)

    def deploy(self, sources: list[Path]) -> None:
        """Deploy an import of each file, with a user pool of its own and one workflow for all.

        The deployment creates the jobs and starts none (`start=False`). All roles and functions
        exist after that, so that a run measures an import and no deployment.
        """

        def build(stack: Stack) -> None:
            workflow = ImportWorkflow(stack, "Workflow", staging=StagingBucket(stack, "Staging"))
            for number, source in enumerate(sources):
                UserImport(
                    stack,
                    _name(number),
                    user_pool=pool_of(stack, f"Pool{number}"),
                    source=UserSource.from_file(str(source)),
                    workflow=workflow,
                    start=False,
                )

        self._cloud.bootstrap()
        self._cloud.deploy(synthesise(build, STACK), within=600)

    def driver(self, number: int) -> CloudFormationDriver:
        """Return a player of CloudFormation for one of the imports."""
        names = {event["LogicalResourceId"] for event in self.aws.custom_resource_requests()}
        (name,) = (each for each in names if each.startswith(_name(number)))
        return CloudFormationDriver(self.aws, stack=STACK, logical_id=name)

    def pool(self, name: str) -> str:
        """Create a user pool like those of the stack, and return its id."""
        cognito = self.aws.client("cognito-idp")
        created = cognito.create_user_pool(PoolName=name, AutoVerifiedAttributes=["email"])
        return str(created["UserPool"]["Id"])

    def logs_role(self) -> str:
        """Create the role with which Cognito writes the log of an import, and return its ARN."""
        grants = [allow(list(LOG_ACTIONS), f"{log_groups(self.aws)}:*")]
        return make_role(self.aws, "benchmark-logs", grants)

    def users_in(self, pool: str) -> int:
        """Return how many users Cognito counts in a user pool."""
        found = self.aws.client("cognito-idp").describe_user_pool(UserPoolId=pool)
        return int(found["UserPool"]["EstimatedNumberOfUsers"])

    def service_seconds(self, pool: str) -> float:
        """Return how long the import service took for the jobs of a pool that were started."""
        seconds = 0.0
        for job in self.aws.import_jobs(pool):
            if "CompletionDate" in job:
                seconds += (job["CompletionDate"] - job["StartDate"]).total_seconds()
        return seconds

    @contextmanager
    def counted(self, calls: list[int]) -> Iterator[None]:
        """Add the number of HTTP requests that the local AWS gets meanwhile to a list."""
        for method in _METHODS:
            self.aws.faults.fail(f"{method} /", after_calls=_NEVER)
        try:
            yield
            calls.append(sum(_NEVER - each["after_calls"] for each in self.aws.faults.pending()))
        finally:
            self.aws.faults.clear()


@contextmanager
def benchmark_cloud(**settings: Any) -> Iterator[BenchmarkCloud]:
    """Start a local AWS with settings of its import service, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    try:
        with LocalAws(profile="documented", settings=settings, time_scale=1) as aws:
            yield BenchmarkCloud(aws, folder)
    finally:
        shutil.rmtree(folder)


def _name(number: int) -> str:
    return f"Seed{number}x"
