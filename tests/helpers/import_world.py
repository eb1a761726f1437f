"""A pool, a logs role, and the moves of an import, for tests of the local import service."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from botocore.exceptions import ClientError

    from cognito_import_local import LocalAws

TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "cognito-idp.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
LOG_ACTIONS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
NOT_VERIFIED = (
    "The User Record does not set any of the auto verified attributes to true. "
    "(Example: email_verified to true)."
)
TOO_MANY = "Too many users have failed or been skipped during the import."


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Any, resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


@dataclass
class World:
    """A local AWS with a pool, a logs role and the moves of an import."""

    aws: LocalAws
    cognito: Any
    pool: str
    role: str

    def header(self) -> list[str]:
        return list(self.cognito.get_csv_header(UserPoolId=self.pool)["CSVHeader"])

    def csv(self, *rows: dict[str, str], header: list[str] | None = None) -> bytes:
        header = header or self.header()
        lines = [",".join(header)]
        lines += [",".join(row.get(column, "") for column in header) for row in rows]
        return ("\n".join(lines) + "\n").encode()

    def create(self, **more: Any) -> dict[str, Any]:
        answer = self.cognito.create_user_import_job(
            **{
                "JobName": "job",
                "UserPoolId": self.pool,
                "CloudWatchLogsRoleArn": self.role,
                **more,
            }
        )
        return dict(answer["UserImportJob"])

    def uploaded(self, body: bytes, **more: Any) -> str:
        job = self.create(**more)
        assert put(job["PreSignedUrl"], body)[0] == 200
        return str(job["JobId"])

    def start(self, job_id: str) -> dict[str, Any]:
        answer = self.cognito.start_user_import_job(UserPoolId=self.pool, JobId=job_id)
        return dict(answer["UserImportJob"])

    def describe(self, job_id: str) -> dict[str, Any]:
        answer = self.cognito.describe_user_import_job(UserPoolId=self.pool, JobId=job_id)
        return dict(answer["UserImportJob"])

    def stop(self, job_id: str) -> dict[str, Any]:
        answer = self.cognito.stop_user_import_job(UserPoolId=self.pool, JobId=job_id)
        return dict(answer["UserImportJob"])

    def ended(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = waited(
            lambda: self.describe(job_id),
            lambda job: job["Status"] not in ("Pending", "InProgress", "Stopping"),
        )
        return job

    def run(self, body: bytes, **more: Any) -> dict[str, Any]:
        job_id = self.uploaded(body, **more)
        self.start(job_id)
        return self.ended(job_id)

    def log(self, job: dict[str, Any]) -> list[str]:
        """Return the messages of a job's log; none where there is no log yet."""
        name = self.cognito.describe_user_pool(UserPoolId=self.pool)["UserPool"]["Name"]
        logs = self.aws.client("logs")
        try:
            answer = logs.get_log_events(
                logGroupName=f"/aws/cognito/userpools/{self.pool}/{name}",
                logStreamName=f"{job['JobId']}/{job['JobName']}",
                startFromHead=True,
            )
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in answer["events"]]

    def usernames(self) -> set[str]:
        return {user["Username"] for user in self.users()}

    def users(self) -> list[dict[str, Any]]:
        return list(self.cognito.list_users(UserPoolId=self.pool)["Users"])


def waited(look: Callable[[], Any], until: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + 20
    while not until(seen := look()):
        assert time.monotonic() < deadline, f"still {seen}"
        time.sleep(0.02)
    return seen


def put(
    url: str, body: bytes, *, method: str = "PUT", encryption: str | None = "aws:kms"
) -> tuple[int, str]:
    parts = urlsplit(url)
    headers = {} if encryption is None else {"x-amz-server-side-encryption": encryption}
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request(method, f"{parts.path}?{parts.query}", body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def user(username: str, **more: str) -> dict[str, str]:
    return {
        "cognito:username": username,
        "email": f"{username}@example.com",
        "email_verified": "true",
        **more,
    }


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def message_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Message"])


def log_groups(aws: LocalAws) -> str:
    return f"arn:aws:logs:{aws.region}:{aws.account}:log-group:/aws/cognito/*"


def make_role(
    aws: LocalAws, name: str, grants: list[dict[str, Any]], trust: dict[str, Any] = TRUST
) -> str:
    iam = aws.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]
    if grants:
        iam.put_role_policy(RoleName=name, PolicyName="grants", PolicyDocument=policy(*grants))
    return str(role["Arn"])
