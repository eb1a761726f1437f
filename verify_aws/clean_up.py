"""Removes everything that runs have made, found by name; it needs nothing of the run itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .import_job import ENDED, code_of
from .names import PREFIX, run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .account import Account

_EVERY = 2.0
_WITHIN = 900.0
_COGNITO_GROUPS = "/aws/cognito/userpools/"
_FUNCTION_GROUPS = "/aws/lambda/"
_KEY, _POOL, _BUCKET = "AWS::KMS::Key", "AWS::Cognito::UserPool", "AWS::S3::Bucket"
_MISSING = frozenset(
    {
        "NoSuchBucket",
        "NoSuchEntity",
        "ResourceNotFoundException",
        "ValidationError",
        "404",
    }
)


@dataclass
class CleanUp:
    """Removes what runs have left.

    Attributes:
        account: Where.
        run: The run whose resources are removed. Default: all runs.
        removed: What was removed, by kind.
        failed: What could not be removed, with the code of AWS.
        waiting_keys: KMS keys whose deletion is pending.
    """

    account: Account
    run: str | None = None
    removed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    waiting_keys: int = 0
    # Physical ids of resources of stacks, whose names CloudFormation may have shortened.
    _members: dict[str, set[str]] = field(
        default_factory=lambda: {_KEY: set(), _POOL: set(), _BUCKET: set()}
    )

    def all(self) -> None:
        """Remove everything; what cannot be removed is in `failed`."""
        stacks = list(self._stacks())
        for stack in stacks:
            for kind, ids in self._members.items():
                ids.update(self._resources(stack, kind))
        self._each("import job", self._running_jobs(), self._stop_job)
        self._each("objects of bucket", self._buckets(), self._empty_bucket)
        self._each("stack", stacks, self._delete_stack)
        # What is still there is tried again: what a stack has retained, or what was made beside it.
        self.failed.clear()
        self._each("user pool", self._pools(), self._delete_pool)
        self._each("bucket", self._buckets(), self._delete_bucket)
        self._each("role", self._roles(), self._delete_role)
        self._each("log group", self._log_groups(), self._delete_log_group)
        self.waiting_keys = sum(map(self._is_pending, self._members[_KEY]))

    def left(self) -> list[str]:
        """Return what is still there, as names."""
        return [
            *self._stacks(),
            *self._pools(),
            *self._buckets(),
            *self._roles(),
            *self._log_groups(),
        ]

    def _is_ours(self, name: str) -> bool:
        run = run_of(name)
        return run is not None and self.run in (None, run)

    def _each(self, kind: str, names: Any, remove: Callable[[Any], None]) -> None:
        for name in list(names):
            try:
                remove(name)
            except ClientError as error:
                if code_of(error) not in _MISSING:
                    self.failed.append(f"{kind} {name}: {code_of(error)}")
            else:
                self.removed.append(f"{kind} {name}")

    def _running_jobs(self) -> Iterator[tuple[str, str]]:
        cognito = self.account.client("cognito-idp")
        for pool_id in self._pools():
            pages = cognito.list_user_import_jobs(UserPoolId=pool_id, MaxResults=60)
            for job in pages["UserImportJobs"]:
                if job["Status"] not in {*ENDED, "Created"}:
                    yield pool_id, job["JobId"]

    def _stop_job(self, job: tuple[str, str]) -> None:
        cognito = self.account.client("cognito-idp")
        pool_id, job_id = job
        try:
            cognito.stop_user_import_job(UserPoolId=pool_id, JobId=job_id)
        except ClientError as error:
            if code_of(error) != "PreconditionNotMetException":
                raise
        # A pool cannot be deleted while a job runs.
        self._wait(
            lambda: (
                cognito.describe_user_import_job(UserPoolId=pool_id, JobId=job_id)["UserImportJob"][
                    "Status"
                ]
                in ENDED
            )
        )

    def _stacks(self) -> Iterator[str]:
        pages = self.account.client("cloudformation").get_paginator("describe_stacks").paginate()
        for page in pages:
            for stack in page["Stacks"]:
                if self._is_ours(stack["StackName"]) and stack["StackStatus"] != "DELETE_COMPLETE":
                    yield stack["StackName"]

    def _delete_stack(self, name: str) -> None:
        cloudformation = self.account.client("cloudformation")

        def status() -> str:
            try:
                (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            except ClientError as error:
                if code_of(error) == "ValidationError":
                    return "DELETE_COMPLETE"
                raise
            return str(stack["StackStatus"])

        self._wait(lambda: not status().endswith("IN_PROGRESS") or "DELETE" in status())
        # With the role that the CDK CLI gave it, if any.
        cloudformation.delete_stack(StackName=name)
        self._wait(lambda: status() in ("DELETE_COMPLETE", "DELETE_FAILED"))
        if status() == "DELETE_FAILED":
            # What cannot be deleted by the stack is deleted below.
            resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
            stuck = [
                each["LogicalResourceId"]
                for each in resources
                if each["ResourceStatus"] == "DELETE_FAILED"
            ]
            cloudformation.delete_stack(StackName=name, RetainResources=stuck)
            self._wait(lambda: status() in ("DELETE_COMPLETE", "DELETE_FAILED"))

    def _resources(self, stack: str, kind: str) -> Iterator[str]:
        pages = self.account.client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=stack):
            for each in page["StackResourceSummaries"]:
                if each["ResourceType"] == kind and each.get("PhysicalResourceId"):
                    yield each["PhysicalResourceId"]

    def _is_pending(self, key: str) -> bool:
        """Return whether AWS will delete a key; the stack's deletion has asked for it."""
        try:
            metadata = self.account.client("kms").describe_key(KeyId=key)["KeyMetadata"]
        except ClientError as error:
            if code_of(error) != "NotFoundException":
                self.failed.append(f"KMS key {key}: {code_of(error)}")
            return False
        if metadata["KeyState"] != "PendingDeletion":
            self.failed.append(f"KMS key {key}: its deletion is not pending")
            return False
        return True

    def _pools(self) -> Iterator[str]:
        pages = self.account.client("cognito-idp").get_paginator("list_user_pools")
        for page in pages.paginate(MaxResults=60):
            for pool in page["UserPools"]:
                if self._is_ours(pool["Name"]) or pool["Id"] in self._members[_POOL]:
                    yield pool["Id"]

    def _delete_pool(self, pool_id: str) -> None:
        self.account.client("cognito-idp").delete_user_pool(UserPoolId=pool_id)

    def _buckets(self) -> Iterator[str]:
        for bucket in self.account.client("s3").list_buckets()["Buckets"]:
            if self._is_ours(bucket["Name"]) or bucket["Name"] in self._members[_BUCKET]:
                yield bucket["Name"]

    def _empty_bucket(self, name: str) -> None:
        s3 = self.account.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])

    def _delete_bucket(self, name: str) -> None:
        self._empty_bucket(name)
        self.account.client("s3").delete_bucket(Bucket=name)

    def _roles(self) -> Iterator[str]:
        for page in self.account.client("iam").get_paginator("list_roles").paginate():
            yield from (
                role["RoleName"] for role in page["Roles"] if self._is_ours(role["RoleName"])
            )

    def _delete_role(self, name: str) -> None:
        iam = self.account.client("iam")
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=name)

    def _log_groups(self) -> Iterator[str]:
        pages = self.account.client("logs").get_paginator("describe_log_groups")
        for prefix in (_COGNITO_GROUPS, _FUNCTION_GROUPS + PREFIX, PREFIX):
            for page in pages.paginate(logGroupNamePrefix=prefix):
                for group in page["logGroups"]:
                    name = group["logGroupName"]
                    pool = name.removeprefix(_COGNITO_GROUPS).partition("/")[0]
                    if self._is_ours(name) or pool in self._members[_POOL]:
                        yield name

    def _delete_log_group(self, name: str) -> None:
        self.account.client("logs").delete_log_group(logGroupName=name)

    def _wait(self, wanted: Callable[[], bool]) -> None:
        end = time.monotonic() + _WITHIN
        while not wanted() and time.monotonic() < end:
            time.sleep(_EVERY)
