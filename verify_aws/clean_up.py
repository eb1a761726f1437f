"""Removes everything that runs have made, found by name and tag, without the run itself."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from .import_job import ENDED, code_of
from .names import NEW_ROLE, PREFIX, REGION_TAG, TAG, run_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from .account import Account

_EVERY = 2.0
_WITHIN = 900.0
_GONE_WITHIN = 60.0
"""Seconds for which a list may still show a deleted resource."""

_COGNITO_GROUPS = "/aws/cognito/userpools/"
_GROUPS = ("/aws/lambda/", "/aws/vendedlogs/states/", "")
_POOL, _BUCKET = "AWS::Cognito::UserPool", "AWS::S3::Bucket"
_MISSING = frozenset(
    {"NoSuchBucket", "NoSuchEntity", "ResourceNotFoundException", "ValidationError", "404"}
)
_SETTLES_WITHIN = 120.0
"""Seconds to wait for the end of what a stack is doing; a deletion may end a creation too."""


@dataclass
class CleanUp:
    """Removes what runs have left in this Region.

    Attributes:
        account: Where.
        run: The run whose resources are removed. Default: all runs.
        removed: The removed resources, each with its kind.
        failed: The resources and lists that failed, each with AWS's code.
    """

    account: Account
    run: str | None = None
    removed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    # Physical ids of resources of stacks, whose names CloudFormation may have shortened.
    _members: dict[str, set[str]] = field(default_factory=lambda: {_POOL: set(), _BUCKET: set()})

    def runs(self) -> dict[str, dt.datetime]:
        """Return the runs that have a stack here, with the time when the first one was made."""
        found: dict[str, dt.datetime] = {}
        for stack in self._stacks():
            run = run_of(stack["StackName"])
            assert run is not None
            made = stack["CreationTime"]
            found[run] = min(made, found.get(run, made))
        return found

    def all(self) -> None:
        """Remove everything; what cannot be removed is in `failed`."""
        stacks = self._listed("stack", lambda: [each["StackName"] for each in self._stacks()])
        for stack in stacks:
            for kind, ids in self._members.items():
                ids.update(self._listed(kind, lambda: self._resources(stack, kind)))  # noqa: B023
        self._each("import job", self._listed("import job", self._running_jobs), self._stop_job)
        self._each("objects of", self._listed("bucket", self._buckets), self._empty_bucket)
        # The remaining resources are tried again below: retained ones, and those beside the stacks.
        self.failed.clear()
        self._delete_stacks(stacks)
        for kind, names, delete in (
            ("user pool", self._pools, self._delete_pool),
            ("bucket", self._buckets, self._delete_bucket),
            ("role", self._roles, self._delete_role),
            ("log group", self._log_groups, self._delete_log_group),
        ):
            self._each(kind, self._listed(kind, names), delete)

    def left(self) -> list[str]:
        """Return the names of what is still there, after the lists had time to forget it."""
        end = time.monotonic() + _GONE_WITHIN
        while (found := self._left()) and time.monotonic() < end:
            time.sleep(_EVERY)
        return found

    def _left(self) -> list[str]:
        return [
            *(each["StackName"] for each in self._stacks()),
            *self._pools(),
            *self._buckets(),
            *self._roles(),
            *self._log_groups(),
        ]

    def _is_ours(self, name: str) -> bool:
        run = run_of(name)
        return run is not None and self.run in (None, run)

    @contextmanager
    def _noted(self, what: str) -> Iterator[None]:
        """Note an error of AWS, so that the clean-up goes on; what is missing is none."""
        try:
            yield
        except ClientError as error:
            if code_of(error) not in _MISSING:
                self.failed.append(f"{what}: {code_of(error)}")
        except BotoCoreError as error:
            self.failed.append(f"{what}: {type(error).__name__}")

    def _listed(self, kind: str, names: Callable[[], Iterable[Any]]) -> list[Any]:
        found: list[Any] = []
        with self._noted(f"list of each {kind}"):
            found += names()
        return found

    def _each(self, kind: str, names: list[Any], remove: Callable[[Any], None]) -> None:
        for name in names:
            with self._noted(f"{kind} {name}"):
                remove(name)
                self.removed.append(f"{kind} {name}")

    # Import jobs

    def _running_jobs(self) -> Iterator[tuple[str, str]]:
        cognito = self.account.client("cognito-idp")
        for pool_id in self._pools():
            jobs = cognito.list_user_import_jobs(UserPoolId=pool_id, MaxResults=60)
            for job in jobs["UserImportJobs"]:
                if job["Status"] not in {*ENDED, "Created"}:
                    yield pool_id, job["JobId"]

    def _stop_job(self, job: tuple[str, str]) -> None:
        cognito = self.account.client("cognito-idp")
        ids = dict(zip(("UserPoolId", "JobId"), job, strict=True))
        with self._noted(f"import job {job[1]}"):
            cognito.stop_user_import_job(**ids)
        # A pool cannot be deleted while a job runs.
        _wait(lambda: cognito.describe_user_import_job(**ids)["UserImportJob"]["Status"] in ENDED)

    # Stacks

    def _stacks(self) -> Iterator[dict[str, Any]]:
        pages = self.account.client("cloudformation").get_paginator("describe_stacks").paginate()
        for page in pages:
            for stack in page["Stacks"]:
                tags = {each["Key"]: each["Value"] for each in stack.get("Tags", ())}
                if (
                    self._is_ours(stack["StackName"])
                    and tags.get(TAG) == run_of(stack["StackName"])
                    and stack["StackStatus"] != "DELETE_COMPLETE"
                ):
                    yield stack

    def _resources(self, stack: str, kind: str) -> Iterator[str]:
        pages = self.account.client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=stack):
            for each in page["StackResourceSummaries"]:
                if each["ResourceType"] == kind and each.get("PhysicalResourceId"):
                    yield each["PhysicalResourceId"]

    def _status(self, stack: str) -> str:
        try:
            (found,) = self.account.client("cloudformation").describe_stacks(StackName=stack)[
                "Stacks"
            ]
        except ClientError as error:
            if code_of(error) == "ValidationError":
                return "DELETE_COMPLETE"
            raise
        return str(found["StackStatus"])

    def _is_at_rest(self, stack: str) -> bool:
        status = self._status(stack)
        # A change set that was never executed leaves a stack in review for good.
        return not status.endswith("IN_PROGRESS") or status[:6] in ("REVIEW", "DELETE")

    def _delete_stacks(self, stacks: list[str]) -> None:
        """Delete stacks side by side, since each takes a minute."""
        cloudformation = self.account.client("cloudformation")
        for stack in stacks:
            with self._noted(f"stack {stack}"):
                _wait(lambda: self._is_at_rest(stack), _SETTLES_WITHIN)  # noqa: B023
                # CloudFormation uses the role that the CDK CLI gave to the stack, if any.
                cloudformation.delete_stack(StackName=stack)
        for stack in stacks:
            with self._noted(f"stack {stack}"):
                _wait(lambda: self._is_settled(stack))  # noqa: B023
                if self._status(stack) == "DELETE_FAILED":
                    self._delete_without_stuck(stack)
                if (status := self._status(stack)) == "DELETE_COMPLETE":
                    self.removed.append(f"stack {stack}")
                else:
                    self.failed.append(f"stack {stack}: {status}")

    def _is_settled(self, stack: str) -> bool:
        return self._status(stack) in ("DELETE_COMPLETE", "DELETE_FAILED")

    def _delete_without_stuck(self, stack: str) -> None:
        """Delete a stack but for resources that this class can find and delete itself."""
        cloudformation = self.account.client("cloudformation")
        stuck = [
            each
            for each in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
            if each["ResourceStatus"] == "DELETE_FAILED"
        ]
        if any(each["ResourceType"] not in self._members for each in stuck):
            return
        names = [each["LogicalResourceId"] for each in stuck]
        cloudformation.delete_stack(StackName=stack, RetainResources=names)
        _wait(lambda: self._is_settled(stack))

    # What stacks may leave

    def _pools(self) -> Iterator[str]:
        cognito = self.account.client("cognito-idp")
        for page in cognito.get_paginator("list_user_pools").paginate(MaxResults=60):
            for pool in page["UserPools"]:
                if pool["Id"] in self._members[_POOL] or (
                    self._is_ours(pool["Name"]) and self._is_tagged(pool["Id"])
                ):
                    yield pool["Id"]

    def _is_tagged(self, pool_id: str) -> bool:
        pool = self.account.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
        return bool(pool.get("UserPoolTags", {}).get(TAG) == run_of(pool["Name"]))

    def _delete_pool(self, pool_id: str) -> None:
        self.account.client("cognito-idp").delete_user_pool(UserPoolId=pool_id)

    def _buckets(self) -> Iterator[str]:
        """Yield the buckets of this Region."""
        s3 = self.account.client("s3")
        pages = s3.get_paginator("list_buckets").paginate(
            BucketRegion=self.account.region, Prefix=PREFIX
        )
        for page in pages:
            for bucket in page["Buckets"]:
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
        """Yield the role that a run has made beside its stack; roles have no Region."""
        iam = self.account.client("iam")
        for page in iam.get_paginator("list_roles").paginate():
            for role in page["Roles"]:
                name = role["RoleName"]
                if self._is_ours(name) and name.endswith(NEW_ROLE):
                    tags = iam.list_role_tags(RoleName=name)["Tags"]
                    if {"Key": REGION_TAG, "Value": self.account.region} in tags:
                        yield name

    def _delete_role(self, name: str) -> None:
        iam = self.account.client("iam")
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)

    def _log_groups(self) -> Iterator[str]:
        pages = self.account.client("logs").get_paginator("describe_log_groups")
        for page in pages.paginate(logGroupNamePrefix=_COGNITO_GROUPS):
            for group in page["logGroups"]:
                name = group["logGroupName"]
                pool_id, _, pool = name.removeprefix(_COGNITO_GROUPS).partition("/")
                if self._is_ours(pool) or pool_id in self._members[_POOL]:
                    yield name
        for prefix in _GROUPS:
            for page in pages.paginate(logGroupNamePrefix=prefix + PREFIX):
                for group in page["logGroups"]:
                    if self._is_ours(group["logGroupName"].removeprefix(prefix)):
                        yield group["logGroupName"]

    def _delete_log_group(self, name: str) -> None:
        self.account.client("logs").delete_log_group(logGroupName=name)


def _wait(wanted: Callable[[], bool], within: float = _WITHIN) -> None:
    end = time.monotonic() + within
    while not wanted() and time.monotonic() < end:
        time.sleep(_EVERY)
