"""Import more than a million users into the local AWS in one deployment, with killed workers.

    python -m benchmarks.scale_run [--users N] [--per-job N] [--objects N]

The users are in gzipped objects of a bucket below a prefix. The worker is killed while it stages
them, and while the second job runs. The deployment must succeed all the same, with every user
counted once. In each job the first and the last user fail, as somebody in the pool has their
address: what Cognito's log says of their lines is checked against the rows that were written.

Cognito's limit of users a job is lowered by `--per-job`, in the code of the functions too.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3
from benchmarks.function_memory import FunctionMemory
from benchmarks.scale_users import ScaleUsers
from helpers.deployment import Cloud
from helpers.imports import tell
from helpers.synthesis import Synthesised, synthesise
from helpers.waiting import eventually

from cdk_cognito_user_import import Tolerance, UserImport, UserSource
from cognito_import_local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTED_PER_JOB = 500_000
_LIMIT = "job_users: int = 500_000"
_LIMITS = "asset.*/user_import/users_csv/limits.py"
_PREFIX = "users/"
_PART = 8 << 20
_WITHIN = 1700.0


@dataclass
class ScaleRun:
    """One deployment of many users.

    Attributes:
        cloud: The local AWS, bootstrapped for the CDK.
        users: The users, and which of them fail.
        name: Of the stack, the bucket and the user pool.
        tolerated: How many users may fail. Default: as many as will.
        say: Takes the lines about how far it is.
        pool_id: Id of the user pool, once it was made.
        seconds: What has happened how many seconds after the deployment began.
    """

    cloud: Cloud
    users: ScaleUsers
    name: str
    tolerated: int | None = None
    say: Callable[[str], None] = print
    pool_id: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def bucket(self) -> str:
        """The name of the bucket of the users."""
        return f"{self.name.lower()}-users"

    def prepare(self) -> None:
        """Make the pool with the addresses that are taken, and the objects."""
        pool = self.cloud.cognito_idp.create_user_pool(
            PoolName=self.name, AutoVerifiedAttributes=["email"], AliasAttributes=["email"]
        )
        self.pool_id = pool["UserPool"]["Id"]
        for number, address in enumerate(self.users.taken):
            self.cloud.cognito_idp.admin_create_user(
                UserPoolId=self.pool_id,
                Username=f"holder{number}",
                UserAttributes=[
                    {"Name": "email", "Value": address},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        self.cloud.s3.create_bucket(Bucket=self.bucket)
        for key, body in self.users.objects(_PREFIX):
            self.cloud.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def synthesised(self) -> Synthesised:
        """Synthesise the stack, and lower the limit of users a job in its functions' code."""
        stack = synthesise(self._build, self.name)
        if self.users.per_job != DOCUMENTED_PER_JOB:
            (limits,) = stack.folder.glob(_LIMITS)
            code = limits.read_text(encoding="utf-8")
            assert _LIMIT in code
            lowered = code.replace(_LIMIT, f"job_users: int = {self.users.per_job}")
            limits.write_text(lowered, encoding="utf-8")
        return stack

    def deploy(self) -> dict[str, str]:
        """Deploy with two killed workers, and return the outputs.

        Raises:
            DeploymentFailed: The stack was rolled back.
        """
        stack = self.synthesised()
        self.cloud.begin(stack)
        began = time.monotonic()
        # The claim, and then half of the parts.
        parts = self.users.bytes_written // _PART
        self.cloud.aws.faults.kill_function("PUT /", after_calls=1 + parts // 2)
        eventually(self.jobs, "the first job is made", within=_WITHIN, every=0.5)
        assert self.cloud.aws.faults.pending() == [], "no worker was killed while it staged"
        self._note("staged, with a killed worker", began)
        eventually(self._second_job_runs, "the second job runs", within=_WITHIN, every=0.2)
        self.cloud.aws.faults.kill_function("DescribeUserImportJob")
        self._note("second job runs", began)
        try:
            return self.cloud.finish(self.name, within=_WITHIN)
        finally:
            self._note("deployment ended", began)
            assert self.cloud.aws.faults.pending() == [], "no worker was killed during a job"

    def jobs(self) -> list[dict[str, Any]]:
        """Return the jobs of the pool, the oldest first."""
        return self.cloud.jobs(self.pool_id)

    def failed_rows(self) -> list[int]:
        """Return the rows of the users that Cognito's log says failed, counted from 0."""
        group = f"/aws/cognito/userpools/{self.pool_id}/{self.name}"
        rows, before = [], 0
        for job in self.jobs():
            stream = f"{job['JobId']}/{job['JobName']}"
            pages = self.cloud.logs.get_paginator("filter_log_events").paginate(
                logGroupName=group, logStreamNames=[stream], filterPattern='"FAILED"'
            )
            for page in pages:
                for event in page["events"]:
                    line = int(event["message"].partition("Line Number ")[2].split()[0])
                    rows.append(before + line - 2)
            before += sum(job[f"{each}Users"] for each in ("Imported", "Skipped", "Failed"))
        return rows

    def _second_job_runs(self) -> bool:
        jobs = self.jobs()
        return len(jobs) > 1 and jobs[1]["Status"] == "InProgress"

    def _build(self, stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Users", self.bucket)
        seed = UserImport(
            stack,
            "Seed",
            user_pool=cognito.UserPool.from_user_pool_id(stack, "Pool", self.pool_id),
            source=UserSource.from_bucket(bucket, prefix=_PREFIX),
            tolerance=Tolerance(failed=self.tolerated),
            timeout=Duration.minutes(55),
        )
        tell(stack, seed)

    def _note(self, what: str, began: float) -> None:
        self.seconds[what] = time.monotonic() - began
        self.say(f"{self.seconds[what]:7.1f} s  {what}")


def main() -> None:
    """Run it, check what came of it, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--users", type=int, default=1_200_000)
    parser.add_argument("--per-job", type=int, default=DOCUMENTED_PER_JOB)
    parser.add_argument("--objects", type=int, default=12)
    given = parser.parse_args()
    users = ScaleUsers(given.users, per_job=given.per_job, in_objects=given.objects)
    settings = {
        "rows_per_second": 0,
        "create_users_at_most": 1_000,
        "users_per_file": given.per_job,
    }
    with LocalAws(profile="documented", settings=settings) as aws:
        cloud = Cloud(aws)
        cloud.bootstrap()
        run = ScaleRun(cloud, users, "Scale")
        began = time.monotonic()
        run.prepare()
        print(f"{time.monotonic() - began:7.1f} s  {given.users:,} users written")
        with FunctionMemory() as memory:
            outputs = run.deploy()
        problems = list(_problems(run, outputs))
        sizes = [job["ImportedUsers"] + job["FailedUsers"] for job in run.jobs()]
    print(f"{given.users:,} users in {given.objects} objects, {users.bytes_written:,} bytes of CSV")
    print(f"jobs: {', '.join(f'{size:,}' for size in sizes)}; failed: {outputs['Failed']}")
    print(f"peak memory of a function's process: {memory.peak_mebibytes:.0f} MiB")
    print("\n".join(problems) or "every count and every line is right")
    sys.exit(1 if problems else 0)


def _problems(run: ScaleRun, outputs: dict[str, str]) -> list[str]:
    failing = sorted(run.users.failing)
    expected = {
        "Imported": str(run.users.count - len(failing)),
        "Skipped": "0",
        "Failed": str(len(failing)),
    }
    found = {name: outputs[name] for name in expected}
    rows = run.failed_rows()
    problems = [] if found == expected else [f"counters {found}, expected {expected}"]
    if rows != failing:
        problems.append(f"rows that failed: {rows}, expected {failing}")
    return problems


if __name__ == "__main__":
    main()
