"""Deploy synthesised stacks to the local AWS through CloudFormation's API, as the CDK CLI does."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import ClientError

from .waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from cognito_import_local import LocalAws

    from .synthesis import Synthesised

_FINISHED_WITHIN = 120


def is_record(key: str) -> bool:
    """Whether an object of the staging bucket is the record of an import, which stays."""
    return key.startswith("records/")


class DeploymentFailed(Exception):
    """A stack ended where it should not; holds the reasons that CloudFormation gives."""


@dataclass
class Cloud:
    """A local AWS that is bootstrapped for the CDK."""

    aws: LocalAws
    stack_arguments: dict[str, Any] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)
    _published: dict[str, bytes] = field(default_factory=dict)

    time_factor: ClassVar[float] = 1
    """The factor of all time limits."""

    @property
    def asset_store(self) -> Any:
        """A client of S3 that may write to the bucket of `cdk bootstrap`."""
        return self.s3

    def __getattr__(self, service: str) -> Any:
        name = service.replace("_", "-")
        if name not in self._clients:
            self._clients[name] = self.aws.client(name)
        return self._clients[name]

    def bootstrap(self) -> None:
        """Make what a stack needs of the CDK's bootstrap stack: the bucket and the version."""
        self.s3.create_bucket(Bucket=self._asset_bucket)
        self.ssm.put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True
        )

    @property
    def _asset_bucket(self) -> str:
        return f"cdk-hnb659fds-assets-{self.aws.account}-{self.aws.region}"

    def deploy(self, stack: Synthesised, *, within: float = _FINISHED_WITHIN) -> dict[str, str]:
        """Create or update the stack, and return its outputs.

        Args:
            stack: the stack.
            within: how many seconds it may take.

        Raises:
            DeploymentFailed: it was rolled back.
        """
        self.begin(stack)
        return self.finish(stack.name, within=within)

    def begin(self, stack: Synthesised) -> None:
        """Begin to create or update the stack."""
        self._publish(stack)
        key = f"{stack.name}.template.json"
        body = stack.template_body.encode()
        self.asset_store.put_object(Bucket=self._asset_bucket, Key=key, Body=body)
        arguments = {
            **self.stack_arguments,
            "StackName": stack.name,
            "TemplateURL": f"{self.aws.endpoint_url}/{self._asset_bucket}/{key}",
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        }
        if self.status(stack.name) is None:
            self.cloudformation.create_stack(**arguments)
        else:
            self.cloudformation.update_stack(**arguments)

    def finish(self, name: str, *, within: float = _FINISHED_WITHIN) -> dict[str, str]:
        """Wait for the stack, and return its outputs."""
        status = self._settled(name, within)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeploymentFailed(f"{status}: {self.reasons(name)}")
        return self.outputs(name)

    def outputs(self, name: str) -> dict[str, str]:
        found = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def destroy(self, name: str, *, within: float = _FINISHED_WITHIN) -> None:
        """Delete the stack, and wait until it is gone."""
        self.cloudformation.delete_stack(StackName=name)
        status = self._settled(name, within)
        if status not in (None, "DELETE_COMPLETE"):
            raise DeploymentFailed(f"{status}: {self.reasons(name)}")

    def status(self, name: str) -> str | None:
        try:
            stack = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack["StackStatus"]

    def reasons(self, name: str) -> list[str]:
        """Return the reasons of all failures, the oldest first."""
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return [
            event["ResourceStatusReason"]
            for event in reversed(events)
            if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
        ]

    def resources(self, name: str, kind: str) -> list[str]:
        """Return the physical ids of a stack's resources of one type."""
        summaries = self.cloudformation.list_stack_resources(StackName=name)
        return [
            resource["PhysicalResourceId"]
            for resource in summaries["StackResourceSummaries"]
            if resource["ResourceType"] == kind
        ]

    def staged(self, name: str) -> dict[str, bytes]:
        """Return what lies in the staging bucket of a stack by key, but the records of imports."""
        return {key: text for key, text in self.kept(name).items() if not is_record(key)}

    def kept(self, name: str) -> dict[str, bytes]:
        """Return all that lies in the staging bucket of a stack, by key."""
        (bucket,) = self.resources(name, "AWS::S3::Bucket")
        listed = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            each["Key"]: self.s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            for each in listed
        }

    def users(self, pool_id: str) -> dict[str, dict[str, str]]:
        """Return all users of a pool: their attributes by username."""
        pages = self.cognito_idp.get_paginator("list_users").paginate(UserPoolId=pool_id)
        return {
            user["Username"]: {each["Name"]: each["Value"] for each in user["Attributes"]}
            for page in pages
            for user in page["Users"]
        }

    def jobs(self, pool_id: str) -> list[dict[str, Any]]:
        """Return a pool's import jobs, the oldest first."""
        return self.aws.import_jobs(pool_id)[::-1]

    def finish_jobs(self) -> None:
        """Let all jobs that still run come to their end, so that the next test has the slot."""
        self.aws.clock.advance(hours=2)

    def logged(self, group: str) -> list[str]:
        """Return the messages of a log group."""
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    def _settled(self, name: str, within: float) -> str | None:
        """Wait until the stack has come to rest, and return its status; None where it is gone."""

        def at_rest() -> tuple[str | None] | None:
            status = self.status(name)
            return None if status is not None and status.endswith("IN_PROGRESS") else (status,)

        what = f"stack {name} comes to rest"
        status: str | None
        (status,) = eventually(at_rest, what, within=within * self.time_factor, every=0.8)
        return status

    def _publish(self, stack: Synthesised) -> None:
        for asset in stack.file_assets.values():
            (destination,) = asset["destinations"].values()
            key = destination["objectKey"]
            source = stack.folder / asset["source"]["path"]
            if key.endswith(".template.json"):
                continue
            body = zipped(source) if asset["source"]["packaging"] == "zip" else source.read_bytes()
            # A test may have changed the code of the functions after synth, which names the key.
            if self._published.get(key) != (content := hashlib.sha256(body).digest()):
                self.asset_store.put_object(Bucket=self._asset_bucket, Key=key, Body=body)
                self._published[key] = content


def zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
