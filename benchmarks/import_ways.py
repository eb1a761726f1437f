"""The ways to bring users into a user pool that `end_to_end` compares."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark_cloud import users_csv

if TYPE_CHECKING:
    from benchmarks.benchmark_cloud import BenchmarkCloud

USER_CREATION_RATE = 50
"""Calls of AdminCreateUser a second (Amazon Cognito Developer Guide, "Quotas in Amazon Cognito",
UserCreation)."""

_POLL_SECONDS = 1.0
_ENDED = ("Succeeded", "Failed", "Stopped", "Expired")
_WITHIN = 3600.0


@dataclass(frozen=True, slots=True)
class Imported:
    """A run of one way.

    Attributes:
        seconds: From the request's arrival to its answer.
        calls: Requests to AWS, and where they are counted at the server, its own looks as well.
        service: The seconds that the import service took for the job; 0 where there is none.
    """

    seconds: float
    calls: int
    service: float = 0.0

    @property
    def around(self) -> float:
        """The seconds around the job of the import service."""
        return self.seconds - self.service


def by_custom_resource(cloud: BenchmarkCloud, number: int, users: int) -> Imported:
    """Send the request of CloudFormation to the function of a deployed import.

    The time is that of the handler: from the request's arrival to the answer at the response URL.
    """
    calls: list[int] = []
    with cloud.driver(number) as cloudformation:
        create = cloudformation.request("Create", properties={"Start": "true"})
        with cloud.counted(calls):
            began = time.perf_counter()
            cloudformation.send(create)
            answer = cloudformation.answer(create, within=_WITHIN)
            seconds = time.perf_counter() - began
    if answer["Status"] != "SUCCESS" or answer["Data"]["ImportedUsers"] != str(users):
        raise SystemExit(f"UserImport has another result than expected: {answer}")
    pool = create["ResourceProperties"]["UserPoolId"]
    # The answer goes to the receiver of the driver, not to the local AWS.
    return Imported(seconds, calls[0] + 1, cloud.service_seconds(pool))


class CommandLine:
    """The steps of the guide, with the AWS CLI and curl.

    The Amazon Cognito Developer Guide, "Importing users into user pools from a CSV file". Whoever
    does that writes the CSV in the columns of the user pool; here that takes no time.

    Args:
        cloud: The local AWS.
        role: The ARN of the role with which Cognito writes the log.
    """

    def __init__(self, cloud: BenchmarkCloud, role: str) -> None:
        self._cloud = cloud
        self._role = role
        self._calls = 0

    def run(self, name: str, users: int) -> Imported:
        """Import users into a new user pool."""
        pool = self._cloud.pool(name)
        header = self._cloud.aws.client("cognito-idp").get_csv_header(UserPoolId=pool)["CSVHeader"]
        file = self._cloud.folder / f"{name}.csv"
        file.write_text(users_csv(tuple(header), users), encoding="utf-8")
        self._calls = 0
        began = time.perf_counter()
        self._aws("get-csv-header", pool)
        role = ["--job-name", name, "--cloud-watch-logs-role-arn", self._role]
        job = self._aws("create-user-import-job", pool, *role)
        self._calls += 1
        encryption = "x-amz-server-side-encryption:aws:kms"
        self._run("curl", "-sS", "--fail", "-T", str(file), "-H", encryption, job["PreSignedUrl"])
        job_id = ["--job-id", job["JobId"]]
        self._aws("start-user-import-job", pool, *job_id)
        while job["Status"] not in _ENDED:
            time.sleep(_POLL_SECONDS)
            job = self._aws("describe-user-import-job", pool, *job_id)
        seconds = time.perf_counter() - began
        if job["ImportedUsers"] != users:
            raise SystemExit(f"the AWS CLI has another result than expected: {job}")
        return Imported(seconds, self._calls, self._cloud.service_seconds(pool))

    def _aws(self, command: str, pool: str, *arguments: str) -> dict[str, Any]:
        self._calls += 1
        given = ["--user-pool-id", pool, "--output", "json", *arguments]
        answer = json.loads(self._run("aws", "cognito-idp", command, *given))
        found: dict[str, Any] = answer.get("UserImportJob", answer)
        return found

    def _run(self, *command: str) -> str:
        environment = os.environ | self._cloud.aws.environment
        done = subprocess.run(  # noqa: S603
            command, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout


def by_admin_create_user(cloud: BenchmarkCloud, name: str, users: int) -> Imported:
    """Call AdminCreateUser for every user, never faster than the documented rate.

    The loop waits for the next moment that the rate allows, so that no call is throttled.
    """
    pool = cloud.pool(name)
    cognito = cloud.aws.client("cognito-idp")
    began = time.perf_counter()
    for number in range(users):
        pause = began + number / USER_CREATION_RATE - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=f"user{number:07}",
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "name", "Value": f"User No {number:07}"},
                {"Name": "email", "Value": f"user{number:07}@example.com"},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    seconds = time.perf_counter() - began
    if cloud.users_in(pool) != users:
        raise SystemExit(f"AdminCreateUser has made {cloud.users_in(pool)} users")
    return Imported(seconds, users)
