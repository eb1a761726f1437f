"""A real account in the place of the local AWS, for the tests that are marked `account`."""

from __future__ import annotations

import os
from typing import Any

import boto3

from .deployment import Cloud
from .imports import tags_of_account

_QUALIFIER = "hnb659fds"
_TIMES = 10
"""CloudFormation takes minutes where the local AWS takes seconds."""


class _NoClock:
    """Time cannot be advanced: a job of a test ends by itself."""

    def advance(self, **_: float) -> None:
        """Do nothing."""


class AwsAccount:
    """The account of the environment, with what `Cloud` uses of a local AWS."""

    def __init__(self) -> None:
        self._session = boto3.session.Session()
        self.region = str(self._session.region_name)
        caller = self._session.client("sts").get_caller_identity()
        self.account = caller["Account"]
        self.partition = caller["Arn"].split(":")[1]
        endpoint = self._session.client("s3").meta.endpoint_url
        self.endpoint_url = (
            endpoint
            if "AWS_ENDPOINT_URL" in os.environ
            else f"https://s3.{self.region}.amazonaws.com"
        )
        self.clock = _NoClock()

    def client(self, service: str) -> Any:
        return self._session.client(service)

    def import_jobs(self, pool_id: str) -> list[dict[str, Any]]:
        """Return a pool's jobs, the newest first."""
        jobs: list[dict[str, Any]] = self.client("cognito-idp").list_user_import_jobs(
            UserPoolId=pool_id, MaxResults=60
        )["UserImportJobs"]
        return jobs

    def reset(self) -> None:
        """Do nothing: a test of an account changes no settings."""

    def role(self, name: str) -> str:
        """Return the ARN of a role of `cdk bootstrap`."""
        return (
            f"arn:{self.partition}:iam::{self.account}:role/"
            f"cdk-{_QUALIFIER}-{name}-role-{self.account}-{self.region}"
        )

    def as_role(self, name: str, service: str) -> Any:
        """Return a client with the rights of a role of `cdk bootstrap`."""
        given = self.client("sts").assume_role(RoleArn=self.role(name), RoleSessionName="verify")[
            "Credentials"
        ]
        return self._session.client(
            service,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )


class AccountCloud(Cloud):
    """The account, which the CDK was bootstrapped in by its owner."""

    time_factor = _TIMES

    def __init__(self, aws: AwsAccount) -> None:
        tags = [{"Key": key, "Value": value} for key, value in tags_of_account().items()]
        # It has all that the marked tests use of a local AWS.
        local: Any = aws
        super().__init__(local, {"RoleARN": aws.role("cfn-exec"), "Tags": tags})
        self._clients["cloudformation"] = aws.as_role("deploy", "cloudformation")
        self._asset_store = aws.as_role("file-publishing", "s3")

    @property
    def asset_store(self) -> Any:
        return self._asset_store

    def bootstrap(self) -> None:
        """Do nothing: the owner has bootstrapped the account."""
