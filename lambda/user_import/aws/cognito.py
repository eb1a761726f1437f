"""User import jobs: the only module that talks to Cognito.

Source: Amazon Cognito User Pools API Reference, and the Developer Guide's "Importing users into
user pools from a CSV file" for what the reference leaves out (the upload and its header).
"""

from __future__ import annotations

import http.client
import re
import time
import urllib.parse
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import xform_name

from ..errors import AwsError, NotReady, PoolNotFound, RoleRefused, UploadError, calling
from ..text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_KINDS: dict[str, type[AwsError]] = {
    "ResourceNotFoundException": PoolNotFound,
    "PreconditionNotMetException": NotReady,
    "InvalidParameterException": RoleRefused,
    "NotAuthorizedException": RoleRefused,
}
_START_KINDS = _KINDS | {"TooManyRequestsException": NotReady}
"""Which exception says that the account's slot is taken is on no record; this one might."""
_PAGE = 60
_STATUS_CHARACTERS = 40
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
    """The status and the counters of an import job, as the workflow's state keeps them."""

    id: str
    name: str
    status: str
    imported: int
    skipped: int
    failed: int
    message: str


class Job(NamedTuple):
    """An import job as Cognito describes it.

    Attributes:
        status_name: the status in Cognito's own word.
    """

    id: str
    name: str
    status: JobStatus
    imported: int
    skipped: int
    failed: int
    message: str
    status_name: str

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
            message=printable(job.get("CompletionMessage", "")),
            status_name=printable(job["Status"], _STATUS_CHARACTERS),
        )

    @property
    def ran(self) -> bool:
        """Whether the job was ever started."""
        return self.status not in (JobStatus.CREATED, JobStatus.EXPIRED)

    @property
    def handled(self) -> int:
        """How many users the job accounts for."""
        return self.imported + self.skipped + self.failed

    @property
    def result(self) -> JobResult:
        """The job as the workflow remembers it."""
        return JobResult(
            self.id,
            self.name,
            self.status_name,
            self.imported,
            self.skipped,
            self.failed,
            self.message,
        )


class UserPool(NamedTuple):
    """A user pool as Cognito describes it.

    Attributes:
        description: a UserPoolType.
    """

    name: str
    description: Mapping[str, Any]

    @property
    def auto_verified_attributes(self) -> tuple[str, ...]:
        """What Cognito verifies automatically; without any it starts no import."""
        return tuple(self.description.get("AutoVerifiedAttributes", ()))


class ImportJobs:
    """The import jobs of user pools.

    Every method raises an ``AwsError`` where Cognito refuses: ``PoolNotFound``, ``AccessDenied``,
    ``NotReady``, ``RoleRefused`` or the plain one. boto3 tries again what was throttled or broken.
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
    ) -> Job:
        """Create a job and upload its CSV, in one go (CreateUserImportJob and the PUT).

        The presigned URL lives 15 minutes and never leaves this method.

        Args:
            pool_id: the user pool.
            name: of the job.
            logs_role_arn: the role with which Cognito writes the log.
            content: opens the CSV, header included; called again where an upload is tried again.
            length: of the CSV, in bytes.

        Raises:
            UploadError: the upload failed; the job stays Created and expires by itself.
        """
        answer = self._call(
            "CreateUserImportJob",
            UserPoolId=pool_id,
            JobName=name,
            CloudWatchLogsRoleArn=logs_role_arn,
        )["UserImportJob"]
        self._upload(answer["PreSignedUrl"], content, length)
        return Job.from_api(answer)

    def start(self, pool_id: str, job_id: str) -> Job:
        """Start a job (StartUserImportJob).

        Raises:
            NotReady: the account's slot is taken, or Cognito cannot use the logs role yet.
        """
        with calling("cognito-idp:StartUserImportJob", _START_KINDS):
            answer = self._cognito.start_user_import_job(UserPoolId=pool_id, JobId=job_id)
        return Job.from_api(answer["UserImportJob"])

    def stop(self, pool_id: str, job_id: str) -> Job:
        """Stop a job (StopUserImportJob)."""
        return self._job("StopUserImportJob", UserPoolId=pool_id, JobId=job_id)

    def _job(self, operation: str, **arguments: object) -> Job:
        return Job.from_api(self._call(operation, **arguments)["UserImportJob"])

    def _call(self, operation: str, **arguments: object) -> Any:
        with calling(f"cognito-idp:{operation}", _KINDS):
            return getattr(self._cognito, xform_name(operation))(**arguments)

    def _upload(self, url: str, content: Callable[[], Iterable[bytes]], length: int) -> None:
        problem = ""
        for attempt in range(_UPLOAD_TRIES):
            if attempt:
                self._sleep(2.0**attempt)
            try:
                status, body = _put(url, content(), length)
            except (OSError, http.client.HTTPException) as error:
                problem = f"the connection broke ({type(error).__name__})"
                continue
            if status < 300:  # noqa: PLR2004  taken
                return
            code = _ERROR_CODE.search(body)
            problem = f"HTTP status {status}" + (f", {code[1].decode()}" if code else "")
            if status < 500:  # noqa: PLR2004  refused
                break
        raise UploadError(
            f"The upload to the import job's presigned URL failed: {problem}. Deploy again; if "
            "that does not help, look whether a proxy or the policy of a VPC endpoint keeps the "
            "import's worker from Cognito's own bucket."
        )


def _put(url: str, content: Iterable[bytes], length: int) -> tuple[int, bytes]:
    """Put the CSV as Cognito wants it: exact length, in one piece, with the header it signed."""
    parts = urllib.parse.urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=_UPLOAD_TIMEOUT_SECONDS)
    try:
        connection.connect()
        headers = {"Content-Length": str(length), "x-amz-server-side-encryption": "aws:kms"}
        # Who refuses may answer, and hang up, before all is sent.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("PUT", f"{parts.path}?{parts.query}", body=content, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(10_000)
    finally:
        connection.close()
