"""User pools and their import jobs.

Source: Amazon Cognito User Pools API Reference, and the Developer Guide's "Importing users into
user pools from a CSV file" for what the reference leaves out (the upload and its header).
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.parse
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import xform_name

from ..errors import (
    AwsError,
    NotReady,
    PoolNotFound,
    Refused,
    RoleRefused,
    Throttled,
    UploadError,
    calling,
)
from ..messages.aws import connection_broke, http_status, upload_failed
from ..text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

_KINDS: dict[str, type[AwsError]] = {
    "ResourceNotFoundException": PoolNotFound,
    "InvalidParameterException": Refused,
    "NotAuthorizedException": Refused,
    "TooManyRequestsException": Throttled,
}
_KINDS_WITH_ROLE: dict[str, type[AwsError]] = {
    **_KINDS,
    "PreconditionNotMetException": NotReady,
    "InvalidParameterException": RoleRefused,
    "NotAuthorizedException": RoleRefused,
}
_START_KINDS: dict[str, type[AwsError]] = {
    **_KINDS_WITH_ROLE,
    # It is not documented which exception says that the account's slot is taken (docs/unproven.md).
    "TooManyRequestsException": NotReady,
}
_STOP_KINDS: dict[str, type[AwsError]] = {**_KINDS, "PreconditionNotMetException": NotReady}
_KINDS_OF = {
    "CreateUserImportJob": _KINDS_WITH_ROLE,
    "StartUserImportJob": _START_KINDS,
    "StopUserImportJob": _STOP_KINDS,
}
"""The exceptions of an operation's error codes, where they are not `_KINDS`."""
_PAGE = 60
_ONE_TIME = frozenset({"EMAIL_OTP", "SMS_OTP"})
"""The first factors of sign-in that need no password (API Reference, `SignInPolicyType`)."""
_STATUS_CHARACTERS = 40
_MESSAGE_CHARACTERS = 200
_ALGORITHM = "PasswordHashingAlgorithm"
_UPLOAD_TRIES = 3
_UPLOAD_TIMEOUT_SECONDS = 60
_ERROR_CODE = re.compile(rb"<Code>(\w{1,60})</Code>")


class JobStatus(StrEnum):
    """The eight statuses of an import job, and one for what AWS may add."""

    CREATED = "Created"
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    EXPIRED = "Expired"
    OTHER = "(other)"
    """A status that is not documented. It counts as active: that errs on the side of waiting."""

    @classmethod
    def _missing_(cls, value: object) -> JobStatus:
        del value
        return cls.OTHER

    @property
    def ran(self) -> bool:
        """Whether a job of this status was ever started."""
        return self not in (JobStatus.CREATED, JobStatus.EXPIRED)

    @property
    def is_active(self) -> bool:
        """Whether the job holds the account's slot and blocks changes of its pool."""
        return self in (
            JobStatus.PENDING,
            JobStatus.IN_PROGRESS,
            JobStatus.STOPPING,
            JobStatus.OTHER,
        )


@dataclass(frozen=True, slots=True)
class JobResult:
    """The status and the counters of an import job, as the workflow's state keeps them.

    Attributes:
        seconds: How long the job ran; 0 for one that did not.
    """

    id: str
    name: str
    status: str
    imported: int
    skipped: int
    failed: int
    message: str
    seconds: float = 0.0


class Job(NamedTuple):
    """An import job as Cognito describes it.

    Attributes:
        id: The job's id.
        name: The job's name.
        status: The status.
        imported: The number of imported users.
        skipped: The number of users that existed already.
        failed: The number of users that Cognito refused.
        message: The completion message; empty before the job has ended.
        status_name: The status in Cognito's own word.
        started_at: The begin of the import, in epoch seconds; None for a job that was not started.
        ended_at: The end of the job, in epoch seconds; None while it has not ended.
    """

    id: str
    name: str
    status: JobStatus
    imported: int
    skipped: int
    failed: int
    message: str
    status_name: str
    started_at: float | None = None
    ended_at: float | None = None

    @classmethod
    def from_api(cls, job: Mapping[str, Any]) -> Job:
        """Read a UserImportJobType."""
        return cls(
            id=job["JobId"],
            name=job["JobName"],
            status=JobStatus(job["Status"]),
            imported=job.get("ImportedUsers", 0),
            skipped=job.get("SkippedUsers", 0),
            failed=job.get("FailedUsers", 0),
            message=_shortened(printable(job.get("CompletionMessage", ""))),
            status_name=printable(job["Status"], _STATUS_CHARACTERS),
            started_at=_epoch(job.get("StartDate")),
            ended_at=_epoch(job.get("CompletionDate")),
        )

    @property
    def ran(self) -> bool:
        """Whether the job was ever started."""
        return self.status.ran

    @property
    def handled(self) -> int:
        """The number of users that the job accounts for."""
        return self.imported + self.skipped + self.failed

    @property
    def seconds(self) -> float:
        """How long the job ran; 0 for one that was not started or has not ended."""
        if self.started_at is None or self.ended_at is None:
            return 0.0
        return round(max(0.0, self.ended_at - self.started_at), 3)

    @property
    def result(self) -> JobResult:
        """The job as the workflow's state keeps it."""
        return JobResult(
            id=self.id,
            name=self.name,
            status=self.status_name,
            imported=self.imported,
            skipped=self.skipped,
            failed=self.failed,
            message=self.message,
            seconds=self.seconds,
        )


def _shortened(message: str) -> str:
    """Return a completion message, so that state and answer have room for it.

    The API Reference has 128 characters, and a pattern to which real ones do not keep.
    """
    short = message[:_MESSAGE_CHARACTERS]
    return message if short == message else f"{short} …"


def _epoch(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()


class UserPool(NamedTuple):
    """A user pool as Cognito describes it.

    Attributes:
        name: The pool's name.
        description: The UserPoolType of the API.
    """

    name: str
    description: Mapping[str, Any]

    @property
    def auto_verified_attributes(self) -> tuple[str, ...]:
        """The attributes that Cognito verifies automatically; without any it starts no import."""
        return tuple(self.description.get("AutoVerifiedAttributes", ()))

    @property
    def password_policy(self) -> Mapping[str, Any]:
        """The rules for passwords (PasswordPolicyType)."""
        policy: Mapping[str, Any] = self._policies.get("PasswordPolicy", {})
        return policy

    @property
    def is_passwordless(self) -> bool:
        """Whether users may sign in by a one-time password, and so may be imported as CONFIRMED.

        Source: Developer Guide, "Importing users into user pools from a CSV file", about the status
        of imported users.
        """
        factors = self._policies.get("SignInPolicy", {}).get("AllowedFirstAuthFactors", ())
        return not _ONE_TIME.isdisjoint(factors)

    @property
    def _policies(self) -> Mapping[str, Any]:
        policies: Mapping[str, Any] = self.description.get("Policies", {})
        return policies


class ImportJobs:
    """The import jobs of user pools.

    Every method raises an `AwsError` where Cognito refuses: `PoolNotFound`, `AccessDenied`,
    `NotReady`, `Refused`, `RoleRefused` or the plain one. boto3 retries throttled and broken calls.
    """

    def __init__(self, cognito: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._cognito = cognito
        self._sleep = sleep

    def user_pool(self, pool_id: str) -> UserPool:
        """Return the user pool (DescribeUserPool)."""
        pool = self._call("DescribeUserPool", UserPoolId=pool_id)["UserPool"]
        return UserPool(pool["Name"], pool)

    def csv_header(self, pool_id: str) -> list[str]:
        """Return the pool's columns, in Cognito's order (GetCSVHeader)."""
        header: list[str] = self._call("GetCSVHeader", UserPoolId=pool_id)["CSVHeader"]
        return header

    def list_jobs(self, pool_id: str) -> Iterator[Job]:
        """Yield all jobs of the pool, the newest first (ListUserImportJobs)."""
        arguments: dict[str, Any] = {"UserPoolId": pool_id, "MaxResults": _PAGE}
        while True:
            page = self._call("ListUserImportJobs", **arguments)
            yield from map(Job.from_api, page.get("UserImportJobs", ()))
            if not page.get("PaginationToken"):
                return
            arguments["PaginationToken"] = page["PaginationToken"]

    def describe(self, pool_id: str, job_id: str) -> Job:
        """Return one job (DescribeUserImportJob)."""
        return self._job("DescribeUserImportJob", UserPoolId=pool_id, JobId=job_id)

    def create(
        self,
        pool_id: str,
        name: str,
        logs_role_arn: str,
        content: Callable[[], Iterable[bytes]],
        length: int,
        *,
        algorithm: str | None = None,
    ) -> Job:
        """Create a job and upload its CSV, in one call (CreateUserImportJob and a PUT).

        The presigned URL lives 15 minutes and never leaves this method.

        Args:
            pool_id: The user pool.
            name: The job's name.
            logs_role_arn: The role with which Cognito writes the log.
            content: Opens the CSV, header included; called again for each attempt to upload.
            length: The CSV's length in bytes.
            algorithm: The algorithm of the CSV's password hashes. Default: it has none.

        Raises:
            NotReady: Cognito cannot use the logs role yet.
            RoleRefused: Cognito refuses the logs role.
            UploadError: The upload failed; the job stays Created and expires by itself.
        """
        with self._hashes_by(algorithm) as arguments:
            answer = self._call(
                "CreateUserImportJob",
                UserPoolId=pool_id,
                JobName=name,
                CloudWatchLogsRoleArn=logs_role_arn,
                **arguments,
            )["UserImportJob"]
        self._upload(answer["PreSignedUrl"], content, length)
        return Job.from_api(answer)

    @contextmanager
    def _hashes_by(self, algorithm: str | None) -> Iterator[dict[str, str]]:
        """Give the arguments of a job with password hashes.

        botocore knows the parameter since 1.43.51, of July 2026. For an older one of the Lambda
        runtime, a handler adds it to the request before that is signed.
        """
        if algorithm is None:
            yield {}
            return
        model = self._cognito.meta.service_model.operation_model("CreateUserImportJob")
        if _ALGORITHM in model.input_shape.members:
            yield {_ALGORITHM: algorithm}
            return

        def add_to(params: dict[str, Any], **_: object) -> None:
            body = json.loads(params["body"])
            params["body"] = json.dumps({**body, _ALGORITHM: algorithm}).encode()

        event = "before-call.cognito-idp.CreateUserImportJob"
        self._cognito.meta.events.register(event, add_to)
        try:
            yield {}
        finally:
            self._cognito.meta.events.unregister(event, add_to)

    def start(self, pool_id: str, job_id: str) -> Job:
        """Start a job (StartUserImportJob).

        Raises:
            NotReady: The account's slot is taken, or Cognito cannot use the logs role yet.
            RoleRefused: Cognito refuses the logs role.
        """
        return self._job("StartUserImportJob", UserPoolId=pool_id, JobId=job_id)

    def stop(self, pool_id: str, job_id: str) -> Job:
        """Stop a job (StopUserImportJob).

        Raises:
            NotReady: The job has ended, or was never started.
        """
        return self._job("StopUserImportJob", UserPoolId=pool_id, JobId=job_id)

    def _job(self, operation: str, **arguments: object) -> Job:
        return Job.from_api(self._call(operation, **arguments)["UserImportJob"])

    def _call(self, operation: str, **arguments: object) -> Any:
        kinds = _KINDS_OF.get(operation, _KINDS)
        with calling(f"cognito-idp:{operation}", kinds=kinds):
            return getattr(self._cognito, xform_name(operation))(**arguments)

    def _upload(self, url: str, content: Callable[[], Iterable[bytes]], length: int) -> None:
        problem = ""
        for attempt in range(_UPLOAD_TRIES):
            if attempt:
                self._sleep(2.0**attempt)
            try:
                status, body = _put(url, content(), length)
            except (OSError, http.client.HTTPException) as error:
                problem = connection_broke(type(error).__name__)
                continue
            if status < 300:  # noqa: PLR2004  taken
                return
            code = _ERROR_CODE.search(body)
            problem = http_status(status, code[1].decode() if code else "")
            if status < 500:  # noqa: PLR2004  refused
                break
        raise UploadError(upload_failed(problem))


def _put(url: str, content: Iterable[bytes], length: int) -> tuple[int, bytes]:
    """Upload the CSV as Cognito takes it: exact length, not chunked, with the signed header."""
    parts = urllib.parse.urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=_UPLOAD_TIMEOUT_SECONDS)
    try:
        connection.connect()
        headers = {"Content-Length": str(length), "x-amz-server-side-encryption": "aws:kms"}
        # The server may respond and close before the whole body is sent.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("PUT", f"{parts.path}?{parts.query}", body=content, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(10_000)
    finally:
        connection.close()
