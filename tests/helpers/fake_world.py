"""A scripted AWS for the worker and the starter, with a clock, and executions of the workflow.

Every call is validated against botocore's model of the service, so that an argument that AWS would
refuse is refused here; and it must be signed with credentials that the scripted STS has issued.
"""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import boto3
import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody
from botocore.validate import ParamValidator

from cognito_import_local.service.password_hash import matches
from cognito_import_local.user_settings import UserSettings
from user_import import starter, worker
from user_import.aws.credentials import ImportRole
from user_import.aws.services import Services
from user_import.contract import EVENT_DETAIL_TYPE, EVENT_SOURCE
from user_import.import_events import EventBus
from user_import.steps.job_slot import JobSlot, write_slots
from user_import.users_csv import JobRows

from .events import IMPORT_ROLE, MACHINE, POOL, RECORD_KEY, ROLE, STACK, create
from .fake_users import FakeUsers
from .state_machine import Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from helpers.fake_web import Web
    from helpers.simulated_histories import ExecutionTask, WatchedAws
    from helpers.socketless_web import SocketlessWeb

OTHER_POOL = "eu-central-1_OtherPool"
CANARY_POOL = "eu-central-1_CanaryPool"
CANARY_CLIENT = "4h57kflc1k8o0s4d5f6g7h8j9k"
POOL_NAME = "customers"
OTHER_STACK = (
    "arn:aws:cloudformation:eu-central-1:123456789012:stack/other/6b1f0f3e-0000-4000-8000-2"
)
OTHER_IMPORT_ROLE = "arn:aws:iam::123456789012:role/cdk-cognito-user-import/other"
WORKER = "arn:aws:sts::123456789012:assumed-role/worker/worker"
ACTIVE = ("Pending", "InProgress", "Stopping")
UNKNOWN = "Validating"
"""A status of an import job that AWS does not document, and might add; such a job runs."""
STATE_BYTES = 256 * 1024
COLUMNS = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "custom:plan",
    "cognito:mfa_enabled",
    "cognito:username",
]
CANARY = "Kanarie"
"""Is in every attribute value of ``users``, and may be in the staged object and the upload only."""


def users(number: int, first: int = 1) -> bytes:
    """A CSV with so many users, with the columns in an order of its own."""
    head = ["cognito:username", *(name for name in COLUMNS if name != "cognito:username")]
    rows = [",".join(head)]
    for user in range(first, first + number):
        values = {
            "cognito:username": f"{CANARY}{user}",
            "name": f"{CANARY} {user}",
            "email": f"{CANARY}{user}@example.com",
            "email_verified": "true",
        }
        rows.append(",".join(values.get(name, "") for name in head))
    return ("\n".join(rows) + "\n").encode()


@dataclass
class Clock:
    time: float = 1_790_000_000.0
    events: list[tuple[float, Callable[..., Any]]] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        end = self.time + seconds
        while self.events and min(self.events, key=lambda event: event[0])[0] <= end:
            event = min(self.events, key=lambda event: event[0])
            self.events.remove(event)
            self.time = max(self.time, event[0])
            event[1]()
        self.time = max(self.time, end)

    def after(self, seconds: float, action: Callable[..., Any]) -> None:
        self.events.append((self.time + seconds, action))


@dataclass
class Fault:
    """A refusal of an operation; with ``after`` the operation has its effect all the same."""

    operation: str
    error: BaseException
    times: float
    until: float
    after: bool
    key: str | None


@dataclass
class Call:
    """A call of the worker or the starter.

    Attributes:
        role: with whose credentials it was signed; None for those of the function itself.
    """

    operation: str
    arguments: dict[str, Any]
    role: str | None


class Killed(BaseException):
    """The function was killed: it does nothing any more, not even tidy up."""


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@functools.cache
def _operations(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in _model(service).operation_names}


def client_error(operation: str, code: str, message: str = "no message") -> Any:
    status = {"503": 503, "SlowDown": 503}.get(code, 500 if code.startswith("Internal") else 400)
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation)


class FakeService:
    """A service, and the client of a function that signs with its own credentials.

    Attributes:
        called_by_functions: whether a function calls it for itself, and not as an import's role;
            None where it does both.
    """

    service = ""
    called_by_functions: bool | None = False

    def __init__(self, world: FakeAws) -> None:
        self._world = world
        self._model = _model(self.service)
        self._operations = _operations(self.service)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return self.signed(method, None)

    def signed(self, method: str, role: str | None) -> Callable[..., Any]:
        """Return a method of boto3's client whose calls are signed with a role's credentials."""
        if method.startswith("_") or method not in self._operations:
            raise AttributeError(method)
        effect = getattr(self, f"effect_of_{method}")
        return functools.partial(self._do, self._operations[method], effect, role)

    def _do(
        self, operation: str, effect: Callable[..., Any], role: str | None, **arguments: Any
    ) -> dict[str, Any]:
        shape = self._model.operation_model(operation).input_shape
        report = ParamValidator().validate(arguments, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        if self._world.killed:
            raise Killed
        self._world.calls.append(Call(operation, arguments, role))
        if self.called_by_functions is not None and (role is None) is not self.called_by_functions:
            raise client_error(operation, "AccessDenied", f"{role or WORKER} has no right to this")
        for action in self._world.hooks.pop(operation, ()):
            action()
        self._world.caller = role
        fault = self._world.fault_for(operation, arguments)
        if fault and not fault.after:
            self._fail(fault)
        result: dict[str, Any] = effect(**arguments)
        if fault:
            self._fail(fault)
        return result

    def _fail(self, fault: Fault) -> None:
        self._world.killed = isinstance(fault.error, Killed)
        raise fault.error


class FakeClient:
    """A client of boto3 that was made with credentials of a role."""

    def __init__(self, service: FakeService, role: str | None) -> None:
        self._service = service
        self._role = role

    @property
    def meta(self) -> SimpleNamespace:
        return SimpleNamespace(service_model=_model(self._service.service))

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return self._service.signed(method, self._role)


class FakeSts(FakeService):
    """STS, and the roles of imports with the stack that each trusts.

    Attributes:
        roles: the stack's id, by the role's ARN; a role that is not here does not exist.
        sessions: what was given out: the role's ARN, by credentials.
    """

    service = "sts"
    called_by_functions = True

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.roles = {IMPORT_ROLE: STACK, OTHER_IMPORT_ROLE: OTHER_STACK}
        self.sessions: dict[tuple[str, ...], str] = {}

    def effect_of_assume_role(
        self, RoleArn: str, RoleSessionName: str, ExternalId: str
    ) -> dict[str, dict[str, str]]:
        for shape, value in (
            ("roleSessionNameType", RoleSessionName),
            ("externalIdType", ExternalId),
        ):
            rule = self._model.shape_for(shape).metadata
            if len(value) > rule["max"] or not re.fullmatch(rule["pattern"], value, re.ASCII):
                raise client_error("AssumeRole", "ValidationError", f"{value} is no {shape}")
        if self.roles.get(RoleArn) != ExternalId:
            raise client_error("AssumeRole", "AccessDenied", not_authorized(RoleArn))
        number = len(self.sessions) + 1
        given = (f"ASIA{number:016}", f"secret-key-{number}", f"secret-token-{number}")
        self.sessions[given] = RoleArn
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return {"Credentials": dict(zip(names, given, strict=True))}


def not_authorized(role: str) -> str:
    """What STS says to the worker of a role that does not exist, or does not trust the request."""
    return f"User: {WORKER} is not authorized to perform: sts:AssumeRole on resource: {role}"


@dataclass
class Outcome:
    """How a job will end; users that are neither skipped nor failed nor lost are imported."""

    status: str = "Succeeded"
    skipped: int = 0
    failed: int = 0
    lost: int = 0
    seconds: float = 3
    message: str = "Import Job Completed Successfully."
    lines: tuple[str, ...] = ()


EMPTY_FAILURE = "A message that nobody has on record."


def failed_empty(users: int) -> Outcome:
    return Outcome("Failed", lost=users, message=EMPTY_FAILURE)


@dataclass
class FakeJob:
    id: str
    name: str
    pool: str
    role: str
    created_at: float
    path: str
    status: str = "Created"
    started_at: float | None = None
    ended_at: float | None = None
    stops_at: float | None = None
    algorithm: str | None = None
    outcome: Outcome | None = None
    imported: int = 0
    skipped: int = 0
    failed: int = 0
    message: str = ""
    new: list[str] = field(default_factory=list)
    started_by: ExecutionTask | None = None
    started_unseen: bool = False


class FakeCognito(FakeService):
    service = "cognito-idp"

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.pools = {pool: ["email"] for pool in (POOL, OTHER_POOL, CANARY_POOL)}
        self.columns = list(COLUMNS)
        self.description: dict[str, Any] = {}
        self.jobs: list[FakeJob] = []
        self.outcomes: list[Outcome] = []
        self.started: list[str] = []
        self.stop_seconds: float = 4
        self.list_delay = 0.0
        self.stops_created_jobs = True
        self.page_size = 60
        self.foreign_until = 0.0
        self.most_active = 0
        self.people = FakeUsers(self._world.clock)
        self.misread: set[str] = set()
        self.signed_in: dict[str, Any] = {"AuthenticationResult": {"IdToken": "secret-id"}}

    @property
    def active(self) -> list[FakeJob]:
        self._tick()
        return [job for job in self.jobs if job.status in (*ACTIVE, UNKNOWN)]

    def job(self, number: int = -1) -> FakeJob:
        self._tick()
        return self.jobs[number]

    def add_job(self, name: str, pool: str = POOL, role: str = ROLE) -> FakeJob:
        """Create a job as somebody may by hand, and return it."""
        FakeCognito.effect_of_create_user_import_job(self, name, pool, role)
        return self.jobs[-1]

    def stop_by_hand(self, job: FakeJob) -> None:
        self.effect_of_stop_user_import_job(job.pool, job.id)

    def upload(self, job: FakeJob) -> bytes | None:
        taken = self._world.web.taken(job.path)
        return taken[-1] if taken else None

    def uploaded(self, job: FakeJob) -> bytes:
        """The upload of a job that has one."""
        upload = self.upload(job)
        assert upload is not None
        return upload

    def _tick(self) -> None:
        now = self._world.clock.now()
        for job in self.jobs:
            if job.status == "Created" and now >= job.created_at + 24 * 3600:
                job.status, job.message = "Expired", "The user import job has expired."
            elif job.status == "Stopping":
                assert job.stops_at is not None
                if now < job.stops_at:
                    continue
                job.status, job.ended_at = "Stopped", job.stops_at
                job.message = "The Import Job was stopped by the developer."
            elif job.status in ("Pending", "InProgress"):
                assert job.started_at is not None
                assert job.outcome is not None
                if now >= job.started_at + job.outcome.seconds:
                    self._end(job)
                elif now >= job.started_at + 1:
                    job.status = "InProgress"

    def _end(self, job: FakeJob) -> None:
        outcome = job.outcome
        assert outcome is not None
        rows = len(self.uploaded(job).decode().splitlines()) - 1
        job.status, job.message = outcome.status, outcome.message
        job.skipped, job.failed = outcome.skipped, outcome.failed
        job.imported = rows - outcome.skipped - outcome.failed - outcome.lost
        assert job.started_at is not None
        job.ended_at = job.started_at + outcome.seconds
        middle = job.started_at + outcome.seconds / 2
        self.people.add(job.pool, self.uploaded(job), job.imported, middle, job.algorithm)
        group = f"/aws/cognito/userpools/{job.pool}/{POOL_NAME}"
        self._world.logs.write(group, f"{job.id}/{job.name}", outcome.lines)

    def _pool(self, operation: str, pool_id: str) -> None:
        self._tick()
        if pool_id not in self.pools:
            raise client_error(
                operation, "ResourceNotFoundException", f"User pool {pool_id} does not exist."
            )

    def _find(self, operation: str, pool_id: str, job_id: str) -> FakeJob:
        self._pool(operation, pool_id)
        for job in self.jobs:
            if job.id == job_id and job.pool == pool_id:
                return job
        raise client_error(operation, "ResourceNotFoundException", "Import job does not exist.")

    @staticmethod
    def described(job: FakeJob) -> dict[str, Any]:
        described = {
            "JobName": job.name,
            "JobId": job.id,
            "UserPoolId": job.pool,
            "CreationDate": datetime.fromtimestamp(job.created_at, UTC),
            "Status": job.status,
            "CloudWatchLogsRoleArn": job.role,
            "ImportedUsers": job.imported,
            "SkippedUsers": job.skipped,
            "FailedUsers": job.failed,
        }
        times = {"StartDate": job.started_at, "CompletionDate": job.ended_at}
        described |= {
            name: datetime.fromtimestamp(time, UTC) for name, time in times.items() if time
        }
        if job.algorithm:
            described["PasswordHashingAlgorithm"] = job.algorithm
        return {**described, **({"CompletionMessage": job.message} if job.message else {})}

    def effect_of_list_users(
        self, UserPoolId: str, PaginationToken: str = "0", **arguments: Any
    ) -> dict[str, Any]:
        self._pool("ListUsers", UserPoolId)
        assert arguments["AttributesToGet"] == ["sub"]
        return self.people.page(UserPoolId, arguments.get("Filter", ""), int(PaginationToken))

    def effect_of_admin_initiate_auth(
        self, UserPoolId: str, ClientId: str, AuthFlow: str, AuthParameters: dict[str, str]
    ) -> dict[str, Any]:
        self._pool("AdminInitiateAuth", UserPoolId)
        assert (ClientId, AuthFlow) == (CANARY_CLIENT, "ADMIN_USER_PASSWORD_AUTH")
        user = self.people.of(UserPoolId, AuthParameters["USERNAME"])
        assert user is not None
        given = (AuthParameters["PASSWORD"], user.password_hash, user.algorithm)
        if user.algorithm in self.misread or not matches(*given, UserSettings()):
            raise client_error("AdminInitiateAuth", "NotAuthorizedException", "Incorrect.")
        return self.signed_in

    def effect_of_admin_delete_user(self, UserPoolId: str, Username: str) -> dict[str, Any]:
        user = self.people.of(UserPoolId, Username)
        assert user is not None
        self.people.everybody.remove(user)
        return {}

    def effect_of_admin_set_user_password(
        self, UserPoolId: str, Username: str, Password: str, Permanent: bool
    ) -> dict[str, Any]:
        self._pool("AdminSetUserPassword", UserPoolId)
        assert Permanent
        if not self.people.set_password(UserPoolId, Username, Password):
            text = "User does not exist."
            raise client_error("AdminSetUserPassword", "UserNotFoundException", text)
        return {}

    def effect_of_describe_user_pool(self, UserPoolId: str) -> dict[str, dict[str, Any]]:
        self._pool("DescribeUserPool", UserPoolId)
        verified = self.pools[UserPoolId]
        pool = {"Id": UserPoolId, "Name": POOL_NAME, **self.description}
        return {"UserPool": {**pool, **({"AutoVerifiedAttributes": verified} if verified else {})}}

    def effect_of_get_csv_header(self, UserPoolId: str) -> dict[str, Any]:
        self._pool("GetCSVHeader", UserPoolId)
        return {"UserPoolId": UserPoolId, "CSVHeader": self.columns}

    def effect_of_create_user_import_job(
        self,
        JobName: str,
        UserPoolId: str,
        CloudWatchLogsRoleArn: str,
        PasswordHashingAlgorithm: str | None = None,
    ) -> dict[str, dict[str, Any]]:
        self._pool("CreateUserImportJob", UserPoolId)
        number = len(self.jobs) + 1
        job = FakeJob(
            id=f"import-{number:010}",
            name=JobName,
            pool=UserPoolId,
            role=CloudWatchLogsRoleArn,
            created_at=self._world.clock.now(),
            path=f"/upload/import-{number:010}?X-Amz-Signature=secret-upload",
            algorithm=PasswordHashingAlgorithm,
        )
        self.jobs.append(job)
        url = self._world.web.url(job.path)
        return {"UserImportJob": {**self.described(job), "PreSignedUrl": url}}

    def effect_of_list_user_import_jobs(
        self, UserPoolId: str, MaxResults: int, PaginationToken: str = "0"
    ) -> dict[str, Any]:
        self._pool("ListUserImportJobs", UserPoolId)
        size = min(MaxResults, self.page_size)
        newest = self._world.clock.now() - self.list_delay
        jobs = [job for job in reversed(self.jobs) if job.pool == UserPoolId]
        jobs = [job for job in jobs if job.created_at <= newest]
        begin = int(PaginationToken)
        page = {"UserImportJobs": [self.described(job) for job in jobs[begin : begin + size]]}
        more = begin + size < len(jobs)
        return {**page, **({"PaginationToken": str(begin + size)} if more else {})}

    def effect_of_describe_user_import_job(
        self, UserPoolId: str, JobId: str
    ) -> dict[str, dict[str, Any]]:
        job = self._find("DescribeUserImportJob", UserPoolId, JobId)
        return {"UserImportJob": self.described(job)}

    def effect_of_start_user_import_job(
        self, UserPoolId: str, JobId: str
    ) -> dict[str, dict[str, Any]]:
        job = self._find("StartUserImportJob", UserPoolId, JobId)
        refused = functools.partial(
            client_error, "StartUserImportJob", "PreconditionNotMetException"
        )
        if job.status != "Created":
            raise refused("A text for a job that is not waiting.")
        if self.upload(job) is None:
            raise refused(f"No csv file was uploaded for {JobId}")
        if self.active or self._world.clock.now() < self.foreign_until:
            raise refused("A text for a slot that is taken.")
        self.begin(job)
        return {"UserImportJob": self.described(job)}

    def begin(self, job: FakeJob) -> None:
        job.status, job.started_at = "Pending", self._world.clock.now()
        job.outcome = self.outcomes.pop(0) if self.outcomes else Outcome()
        self.started.append(job.id)
        self.most_active = max(self.most_active, len(self.active))

    def effect_of_stop_user_import_job(
        self, UserPoolId: str, JobId: str
    ) -> dict[str, dict[str, Any]]:
        job = self._find("StopUserImportJob", UserPoolId, JobId)
        if job.status == "Created" and self.stops_created_jobs:
            job.status = "Stopped"
        elif job.status in ("Pending", "InProgress"):
            job.status = "Stopping"
            job.stops_at = self._world.clock.now() + self.stop_seconds
        else:
            raise client_error("StopUserImportJob", "PreconditionNotMetException")
        return {"UserImportJob": self.described(job)}


class FakeS3(FakeService):
    """S3.

    Attributes:
        says_of_missing: the status that HeadObject has of an object that is not there. It is on no
            record whether a right to list one folder makes S3 say 404, or 403 as without any.
        may_list: the prefixes that the role may list, beside its folder in the staging bucket.
        obeys_if_match: whether GetObject refuses another ETag than that of `If-Match`.
    """

    service = "s3"

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.objects: dict[tuple[str, str], bytes] = {}
        self.versions: dict[tuple[str, str, str], bytes] = {}
        self.uploads: dict[str, tuple[str, str, dict[int, bytes]]] = {}
        self.metadata: dict[tuple[str, str] | str, dict[str, str]] = {}
        self.seconds_per_read = 0.0
        self.says_of_missing = "404"
        self.may_list: set[str] = set()
        self.obeys_if_match = True
        self._ids = itertools.count(1)

    def effect_of_get_object(
        self,
        Bucket: str,
        Key: str,
        Range: str | None = None,
        VersionId: str | None = None,
        IfMatch: str | None = None,
    ) -> dict[str, Any]:
        if VersionId is None:
            content = self.objects.get((Bucket, Key))
        else:
            content = self.versions.get((Bucket, Key, VersionId))
        if content is None:
            code = "NoSuchKey" if VersionId is None else "NoSuchVersion"
            raise client_error("GetObject", code, "The specified key does not exist.")
        etag = etag_of(content)
        if IfMatch not in (None, etag) and self.obeys_if_match:
            text = "At least one of the pre-conditions you specified did not hold"
            raise client_error("GetObject", "PreconditionFailed", text)
        if Range:
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", Range)
            assert asked is not None
            first, last = map(int, asked.groups())
            content = content[first : last + 1]
        body = _SlowBody(content, self._world.clock, self.seconds_per_read)
        return {
            "Body": StreamingBody(body, len(content)),
            "ContentLength": len(content),
            "ETag": etag,
        }

    def effect_of_head_object(self, Bucket: str, Key: str) -> dict[str, dict[str, str]]:
        if (Bucket, Key) not in self.objects:
            reported = {"404": "Not Found", "403": "Forbidden"}[self.says_of_missing]
            raise client_error("HeadObject", self.says_of_missing, reported)
        return {"Metadata": self.metadata.get((Bucket, Key), {})}

    def effect_of_list_objects_v2(
        self, Bucket: str, Prefix: str, MaxKeys: int, ContinuationToken: str = ""
    ) -> dict[str, Any]:
        # The role of an import may list its own folder and its source, and no more.
        if not re.match(r"(imports|records)/[^/]+/", Prefix) and Prefix not in self.may_list:
            raise client_error("ListObjectsV2", "AccessDenied", "Access Denied")
        listed = sorted((key for bucket, key in self.objects if bucket == Bucket), key=str.encode)
        keys = [key for key in listed if key.startswith(Prefix) and key > ContinuationToken]
        found = [
            {
                "Key": key,
                "Size": len(self.objects[Bucket, key]),
                "ETag": etag_of(self.objects[Bucket, key]),
            }
            for key in keys[:MaxKeys]
        ]
        more = {"NextContinuationToken": keys[MaxKeys - 1]} if len(keys) > MaxKeys else {}
        return {
            "KeyCount": len(found),
            "IsTruncated": bool(more),
            **more,
            **({"Contents": found} if found else {}),
        }

    def effect_of_put_object(
        self, Bucket: str, Key: str, Body: bytes, Metadata: dict[str, str] | None = None
    ) -> dict[str, Any]:
        self.objects[Bucket, Key] = bytes(Body)
        self.metadata[Bucket, Key] = Metadata or {}
        return {}

    def effect_of_delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        self.objects.pop((Bucket, Key), None)
        return {}

    def effect_of_create_multipart_upload(
        self, Bucket: str, Key: str, Metadata: dict[str, str] | None = None
    ) -> dict[str, str]:
        upload = f"upload-{next(self._ids)}"
        self.metadata[upload] = Metadata or {}
        self.uploads[upload] = (Bucket, Key, {})
        return {"UploadId": upload}

    def effect_of_upload_part(
        self, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes
    ) -> dict[str, str]:
        bucket, key, parts = self.uploads[UploadId]
        assert (bucket, key) == (Bucket, Key)
        parts[PartNumber] = bytes(Body)
        return {"ETag": f"etag-{PartNumber}"}

    def effect_of_complete_multipart_upload(
        self, Bucket: str, Key: str, UploadId: str, MultipartUpload: dict[str, list[dict[str, Any]]]
    ) -> dict[str, Any]:
        bucket, key, parts = self.uploads.pop(UploadId)
        listed = [(part["PartNumber"], part["ETag"]) for part in MultipartUpload["Parts"]]
        assert (bucket, key) == (Bucket, Key)
        assert listed == [(number, f"etag-{number}") for number in sorted(parts)]
        self.objects[Bucket, Key] = b"".join(parts[number] for number in sorted(parts))
        self.metadata[Bucket, Key] = self.metadata.pop(UploadId)
        return {}

    def effect_of_abort_multipart_upload(
        self, Bucket: str, Key: str, UploadId: str
    ) -> dict[str, Any]:
        assert self.uploads.pop(UploadId)[:2] == (Bucket, Key)
        return {}


def etag_of(content: bytes) -> str:
    """The ETag of an object, which is another for another content."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


class _SlowBody(io.BytesIO):
    def __init__(self, content: bytes, clock: Clock, seconds: float) -> None:
        super().__init__(content)
        self._clock, self._seconds = clock, seconds

    def read(self, size: int | None = -1) -> bytes:
        if self._seconds:
            self._clock.sleep(self._seconds)
        return super().read(size)


class FakeLogs(FakeService):
    service = "logs"

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.streams: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self.retention: dict[str, int] = {}
        self.delay = 0.0
        self.page_size = 10_000

    def write(self, group: str, stream: str, lines: Iterable[str]) -> None:
        probe = "Cognito User Pools Import - Test Log"
        visible_at = self._world.clock.now() + self.delay
        self.streams[group, stream] = [(visible_at, line) for line in (probe, probe, *lines)]

    @property
    def groups(self) -> set[str]:
        return {group for group, _ in self.streams}

    def _known(self, operation: str, group: str) -> None:
        if group not in self.groups:
            raise client_error(operation, "ResourceNotFoundException")

    def effect_of_put_retention_policy(
        self, logGroupName: str, retentionInDays: int
    ) -> dict[str, Any]:
        self._known("PutRetentionPolicy", logGroupName)
        self.retention[logGroupName] = retentionInDays
        return {}

    def effect_of_delete_log_group(self, logGroupName: str) -> dict[str, Any]:
        self._known("DeleteLogGroup", logGroupName)
        self.streams = {key: each for key, each in self.streams.items() if key[0] != logGroupName}
        return {}

    def effect_of_filter_log_events(
        self,
        logGroupName: str,
        logStreamNames: list[str],
        filterPattern: str,
        nextToken: str = "0",
    ) -> dict[str, Any]:
        now = self._world.clock.now()
        events: list[str] = []
        for stream in logStreamNames:
            if (logGroupName, stream) not in self.streams:
                raise client_error("FilterLogEvents", "ResourceNotFoundException")
            lines = self.streams[logGroupName, stream]
            events += [line for at, line in lines if at <= now and _matches(filterPattern, line)]
        begin = int(nextToken)
        end = begin + self.page_size
        page = {"events": [{"message": line} for line in events[begin:end]]}
        return {**page, **({"nextToken": str(end)} if end < len(events) else {})}


def _matches(pattern: str, line: str) -> bool:
    """CloudWatch's filter for text: no ``-term``, one ``?term``, and every other term."""
    terms = re.findall(r'([?-]?)(?:"([^"]*)"|([^\s"]+))', pattern)
    of = {sign: [quoted or bare for mark, quoted, bare in terms if mark == sign] for sign in "?-"}
    needed = [quoted or bare for mark, quoted, bare in terms if not mark]
    return (
        not any(term in line for term in of["-"])
        and (not of["?"] or any(term in line for term in of["?"]))
        and all(term in line for term in needed)
    )


class FakeCloudFormation(FakeService):
    service = "cloudformation"

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.status = "CREATE_IN_PROGRESS"
        self.disable_rollback = False

    def effect_of_describe_stacks(self, StackName: str) -> dict[str, list[dict[str, Any]]]:
        stack = {"StackId": StackName, "StackStatus": self.status}
        return {"Stacks": [{**stack, "DisableRollback": self.disable_rollback}]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cognito-idp.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
"""The trust policy of a logs role, as Cognito's documentation has it."""


class FakeIam(FakeService):
    """IAM, and the roles with their trust policies, as boto3 decodes them."""

    service = "iam"

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.trust: dict[str, Any] = {ROLE.rpartition("/")[2]: TRUST}

    def effect_of_get_role(self, RoleName: str) -> dict[str, Any]:
        if RoleName not in self.trust:
            raise client_error("GetRole", "NoSuchEntity", f"No role {RoleName}")
        return {"Role": {"RoleName": RoleName, "AssumeRolePolicyDocument": self.trust[RoleName]}}


class FakeSecretsManager(FakeService):
    """Secrets Manager.

    Attributes:
        versions: the versions of each secret by their ids, the current one last; None is binary.
    """

    service = "secretsmanager"

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.versions: dict[str, dict[str, str | None]] = {}

    def effect_of_get_secret_value(
        self, SecretId: str, VersionId: str | None = None
    ) -> dict[str, Any]:
        versions = self.versions.get(SecretId, {})
        version = VersionId or next(reversed(versions), "")
        if version not in versions:
            text = "Secrets Manager can't find the specified secret."
            raise client_error("GetSecretValue", "ResourceNotFoundException", text)
        value = versions[version]
        content = {"SecretBinary": b""} if value is None else {"SecretString": value}
        return {"VersionId": version, **content}


class FakeEvents(FakeService):
    """EventBridge, and the events on its default bus.

    Attributes:
        sent: the detail of each event, and the role that sent it; None is the starter.
        refuses: how many entries it refuses in calls that succeed.
    """

    service = "events"
    called_by_functions: bool | None = None

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.sent: list[tuple[dict[str, Any], str | None]] = []
        self.refuses: float = 0

    @property
    def details(self) -> list[dict[str, Any]]:
        return [detail for detail, _ in self.sent]

    def effect_of_put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        (entry,) = Entries
        assert (entry["Source"], entry["DetailType"]) == (EVENT_SOURCE, EVENT_DETAIL_TYPE)
        assert "EventBusName" not in entry
        if self.refuses:
            self.refuses -= 1
            refused = {"ErrorCode": "InternalFailure", "ErrorMessage": "no message"}
            return {"FailedEntryCount": 1, "Entries": [refused]}
        self.sent.append((json.loads(entry["Detail"]), self._world.caller))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": str(len(self.sent))}]}


class FakeStates(FakeService):
    service = "stepfunctions"
    called_by_functions = True

    def __init__(self, world: FakeAws | WatchedAws) -> None:
        super().__init__(world)
        self.inputs: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.causes: dict[str, str] = {}

    def effect_of_start_execution(
        self,
        stateMachineArn: str,
        name: str,
        input: str,  # noqa: A002
    ) -> dict[str, str]:
        assert re.fullmatch(r"[\w-]{1,80}", name)
        arn = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:{name}"
        if arn in self.inputs:
            raise client_error("StartExecution", "ExecutionAlreadyExists")
        self.inputs[arn] = input
        return {"executionArn": arn}

    def effect_of_describe_execution(self, executionArn: str) -> dict[str, str]:
        if executionArn not in self.inputs:
            raise client_error("DescribeExecution", "ExecutionDoesNotExist")
        found = {"executionArn": executionArn, "input": self.inputs[executionArn]}
        ended = {
            "error": self.errors.get(executionArn),
            "cause": self.causes.get(executionArn),
        }
        return {**found, **{name: text for name, text in ended.items() if text}}


class FakeAws(Services):
    """The scripted AWS, with one user pool, one stack and a source of three users.

    It replaces boto3 while it is entered. It also provides the services of a step, for tests of the
    parts of a step; `world_of` returns the services of a whole step.

    Attributes:
        calls: All calls.
        caller: The role of the call that takes effect now.
        clients: The services for which clients were made, with their configuration.
    """

    def __init__(self, web: Web | SocketlessWeb) -> None:
        self.clock = Clock()
        super().__init__(ImportRole.of_request(create()), self.clock.now, self.clock.sleep)
        self.web = web
        self.calls: list[Call] = []
        self.caller: str | None = None
        self.clients: list[tuple[str, Any]] = []
        self.faults: list[Fault] = []
        self.hooks: dict[str, list[Callable[..., Any]]] = {}
        self.killed = False
        self.sts = FakeSts(self)
        self.cognito = FakeCognito(self)
        self.s3 = FakeS3(self)
        self.logs = FakeLogs(self)
        self.cloudformation = FakeCloudFormation(self)
        self.states = FakeStates(self)
        self.events = FakeEvents(self)
        self.iam = FakeIam(self)
        self.secrets_manager = FakeSecretsManager(self)
        self.s3.objects["assets", "users.csv"] = users(3)

    def __enter__(self) -> Self:
        self._boto3_client = boto3.client
        boto3.client = self.client
        return self

    def __exit__(self, *_: object) -> None:
        boto3.client = self._boto3_client

    def client(self, service: str, *, config: Any, **credentials: str) -> FakeClient:
        """Return a client as boto3 makes it, for the services that are there."""
        self.clients.append((service, config))
        services = (
            *(self.sts, self.cognito, self.s3, self.logs, self.cloudformation),
            *(self.states, self.events, self.iam, self.secrets_manager),
        )
        (found,) = (each for each in services if each.service == service)
        if not credentials:
            return FakeClient(found, None)
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        assert set(credentials) == set(names)
        return FakeClient(found, self.sts.sessions[tuple(credentials[name] for name in names)])

    def world_of(self, event: dict[str, Any]) -> Services:
        """Return the world of one step for a request, as the worker makes it but for the clock."""
        return Services(ImportRole.of_request(event), self.now, self.sleep)

    def start(self, event: dict[str, Any]) -> None:
        """Call the starter for a request."""
        starter.start(event, self.states, now=self.clock.now, sleep=self.clock.sleep)

    def answer_for(self, ended: dict[str, str]) -> None:
        """Call the starter for an execution that ended without an answer."""
        bus = EventBus(self.events, self.clock.sleep)
        starter.answer_for(ended, self.states, bus, now=self.clock.now, sleep=self.clock.sleep)

    def fault(
        self,
        operation: str,
        code: Any,
        message: str = "no message",
        *,
        times: float = float("inf"),
        seconds: float = float("inf"),
        after: bool = False,
        key: str | None = None,
    ) -> None:
        """Refuse an operation for a number of times or seconds; ``code`` may be an exception.

        With ``key`` only where it is about that object.
        """
        error = code if isinstance(code, BaseException) else client_error(operation, code, message)
        self.faults.append(Fault(operation, error, times, self.clock.now() + seconds, after, key))

    def before(self, operation: str, action: Callable[..., Any]) -> None:
        """Do something when an operation is called for the next time, before its effect."""
        self.hooks.setdefault(operation, []).append(action)

    def fault_for(self, operation: str, arguments: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            if (
                fault.operation == operation
                and fault.key in (None, arguments.get("Key"))
                and fault.times
                and self.clock.now() < fault.until
            ):
                fault.times -= 1
                return fault
        return None

    def called(self, operation: str) -> list[Any]:
        return [call.arguments for call in self.calls if call.operation == operation]

    @property
    def operations(self) -> list[str]:
        """What was called with the credentials of an import, in order."""
        return [call.operation for call in self.calls if call.role]

    @property
    def staged(self) -> list[Any]:
        """What lies in the staging bucket, finished or not, but the records of imports."""
        kept = [key for bucket, key in self.s3.objects if bucket == "st" and key != RECORD_KEY]
        return [*(self.s3.objects["st", key] for key in kept), *self.s3.uploads.values()]

    @property
    def left(self) -> list[Any]:
        """All that lies in the staging bucket."""
        record = self.s3.objects.get(("st", RECORD_KEY))
        return [*self.staged, *([] if record is None else [record])]


def long_rows(number: int) -> bytes:
    """A CSV with so many users, of ten thousand bytes each."""
    head, row = users(1).decode().splitlines()
    return (head + "\n" + (row + " " * 9_900 + "\n") * number).encode()


class Execution:
    """An execution of the workflow with the scripted AWS and its clock.

    One that fails is answered for by the starter, as the EventBridge rule has it.

    Attributes:
        state: The last result of Stage or Advance; None before there is one.
        states: All of them.
        error: The last exception of the worker.
        retries_killed: Whether a killed function is called again, as Step Functions does.
        failed: Whether the execution failed.
        output: The output of the execution, which Report returns.
    """

    most_turns = 4_000
    retries_killed = False

    def __init__(
        self,
        event: dict[str, Any],
        world: FakeAws,
        *,
        calls_a_step: int = 1,
        its_input: dict[str, Any] | None = None,
    ) -> None:
        self.event = event
        self.calls_a_step = calls_a_step
        self.world = world
        self.path = f"/answer/{event['RequestId']}?X-Amz-Signature=secret-answer"
        url = "" if event["RequestType"] == "Run" else world.web.url(self.path)
        asked = {"request": event, "response_url": url}
        self.input = asked if its_input is None else its_input
        self.started_at = world.clock.now()
        started = datetime.fromtimestamp(self.started_at, UTC).isoformat()
        self.machine = Interpreter(self.input, self.started_at, started.replace("+00:00", "Z"))
        self.state: Any = None
        self.states: list[dict[str, Any]] = []
        self.turns = 0
        self.failed = False
        self.error = ""
        self.output: dict[str, Any] = {}

    @property
    def over(self) -> bool:
        return self.machine.over

    def step(self) -> None:
        """Wait until the next step is due, and take it, with all its retries."""
        self._call()
        while self.machine.attempts and not self.over:
            self._call()
        self.turns += 1
        assert self.turns < self.most_turns, "the workflow does not end"
        if self.over:
            if self.machine.failed:
                self._answer_for_failure()
            self.ended_at = self.world.clock.now()

    def run(self) -> Execution:
        while not self.over:
            self.step()
        return self

    def run_until(self, holds: Callable[..., Any]) -> Execution:
        while not holds():
            assert not self.over
            self.step()
        return self

    def run_until_done(self) -> Execution:
        """Take all steps but the last, Report."""
        return self.run_until(lambda: self.machine.step == "report")

    def split(self, *sizes: int) -> Execution:
        """Stage, and cut what was staged into jobs of these sizes."""
        self.step()
        staged = self.world.s3.objects["st", "imports/seed/users.csv"]
        lengths = [len(row) for row in staged.splitlines(keepends=True)]
        assert sum(sizes) == len(lengths)
        jobs, first = [], 0
        for size in sizes:
            end = first + size
            rows = JobRows(
                offset=sum(lengths[:first]),
                length=sum(lengths[first:end]),
                users=size,
                lines=((0, first + 2),),
            )
            jobs.append(JobSlot(rows))
            first = end
        self.state["progress"]["jobs"] = write_slots(jobs, None, with_lines=True)
        return self

    def has_jobs(self) -> bool:
        """Whether the workflow knows of a job that it has created."""
        return any(job.get("id") for job in (self.state or {}).get("progress", {}).get("jobs", ()))

    def take_jobs(self, job_ids: list[str]) -> Execution:
        """Let the staged jobs be these, which an earlier request has left waiting."""
        for job, job_id in zip(self.state["progress"]["jobs"], job_ids, strict=True):
            job["id"] = job_id
        return self

    def _enter(self, state: dict[str, Any]) -> None:
        self.state = state
        text = json.dumps(state)
        assert len(text) < STATE_BYTES
        assert isinstance(state["wait_seconds"], int)
        assert state["wait_seconds"] >= 0
        assert "secret-" not in text
        assert CANARY not in text
        self.states.append(state)

    def _call(self) -> None:
        clock, machine = self.world.clock, self.machine
        clock.sleep(max(0.0, machine.due - clock.now()))
        try:
            for _ in range(self.calls_a_step):
                services = self.world.world_of(self.event)
                result = worker.run(json.loads(json.dumps(machine.payload)), services)
        except Killed:
            if not self.retries_killed:
                raise
            self.world.killed = False
            machine.fail("Lambda.Unknown", "The function was killed.", clock.now())
        except Exception as error:  # noqa: BLE001  as Step Functions does
            self.error = f"{type(error).__name__}: {error}"
            assert "secret-" not in self.error
            assert CANARY not in self.error
            machine.fail(type(error).__name__, str(error), clock.now())
        else:
            result = json.loads(json.dumps(result))
            if machine.step == "report":
                self.output = result
            else:
                self._enter(result)
            machine.succeed(result, clock.now())

    def _answer_for_failure(self) -> None:
        self.failed = True
        arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{self.event['RequestId']}"
        self.world.states.inputs[arn] = json.dumps(self.input)
        if "error" in self.machine.ended:
            self.world.states.errors[arn] = self.machine.ended["error"]
            self.world.states.causes[arn] = self.machine.ended["cause"]
        self.world.answer_for({"executionArn": arn, "status": "FAILED"})

    @property
    def answer(self) -> dict[str, Any]:
        """The only response sent to CloudFormation."""
        answers = self.world.web.answers(self.path)
        assert len(answers) == 1
        assert CANARY not in json.dumps(answers)
        assert "secret-" not in json.dumps(answers)
        answer: dict[str, Any] = answers[0]
        return answer

    @property
    def status(self) -> str:
        return str(self.answer["Status"])

    @property
    def reason(self) -> str:
        return str(self.answer["Reason"])

    @property
    def attributes(self) -> dict[str, str]:
        attributes: dict[str, str] = self.answer["Data"]
        return attributes

    @property
    def seconds(self) -> float:
        return self.ended_at - self.started_at


def run_workflow(event: dict[str, Any], world: FakeAws) -> Execution:
    """Play a whole execution and return it."""
    return Execution(event, world).run()
