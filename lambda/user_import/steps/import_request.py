"""The import request: the custom resource's properties, read and checked once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..cloudformation import Request, digest, one_line
from ..contract import ROLE_PATH, VERSION
from ..errors import RequestError, printable
from ..users_csv import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

_JOB_NAME = re.compile(
    r"-(?P<import_id>[a-z2-7]{8})(?P<content_id>[a-z2-7]{8})(?P<request_id>[a-z2-7]{8})"
    r"-(?P<number>\d{1,2})$"
)
_TOLD_CHARACTERS = 100
_VERSION_CHARACTERS = 10

MOST_JOBS = 40
"""The most jobs of one import, so that the answer to CloudFormation has room for their ids."""


class _Form(NamedTuple):
    """What a property of the custom resource looks like.

    Attributes:
        argument: of the construct, from which it comes.
        allowed: what it must be, in words.
        pattern: likewise; compiled when it is first used.
        numbers: which numbers it may be, where it is one.
    """

    argument: str
    allowed: str
    pattern: str
    numbers: range | None = None


def _bucket(argument: str) -> _Form:
    return _Form(argument, "the name of a bucket", r"[a-zA-Z0-9._-]{1,255}")


def _users(argument: str) -> _Form:
    allowed = "a number of users, from 0 to 999999999; left out it is any number"
    return _Form(argument, allowed, r"\d{1,9}")


_TEXT = "(?s:.+)"
_FORMS = {
    "UserPoolId": _Form(
        "user_pool",
        "the id of a user pool, as in eu-central-1_AbCdEfGhI",
        r"(?a:[\w-]{1,55})",
    ),
    "LogsRoleArn": _Form(
        "logs_role",
        "the ARN of an IAM role",
        r"(?a:arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]{1,576})",
    ),
    "ImportRoleArn": _Form(
        "workflow",
        f"the ARN of a role with the path {ROLE_PATH}",
        rf"(?a:arn:[a-z-]+:iam::\d{{12}}:role{ROLE_PATH}[\w+=,.@-]{{1,64}})",
    ),
    "JobName": _Form(
        "job_name",
        "1 to 100 letters, digits, spaces and _+=,.@-",
        r"[\w\s+=,.@-]{1,100}",
    ),
    "SourceBucket": _bucket("source"),
    "SourceKey": _Form("source", "an object's key of 1 to 1,024 bytes", _TEXT),
    "SourceVersion": _Form("source", "the version of an object, or left out", _TEXT),
    "SourceHash": _Form("source", "the hash of an asset, or left out", _TEXT),
    "SourceName": _Form("source", "what the file is called in errors", _TEXT),
    "StagingBucket": _bucket("staging"),
    "StagingKey": _Form(
        "staging",
        "a key in a folder of imports/",
        r"imports(?:/(?!\.\.?(?:/|$))[^/]+)+",
    ),
    "Start": _Form("start", "true or false", "true|false"),
    "TimeoutSeconds": _Form(
        "timeout",
        "a whole number of seconds, from 1 to 3480",
        r"\d{1,9}",
        range(1, 3481),
    ),
    "ImportLogRetentionDays": _Form(
        "import_log_retention", "a number of days, or left out", r"[1-9]\d{0,3}"
    ),
    "ToleratedFailed": _users("tolerance"),
    "ToleratedSkipped": _users("tolerance"),
}
"""The properties that are plain text or numbers. The construct checks what is known at synth; here
come the rest and what was overridden."""

_LONGEST_KEY = 1024


class Source(NamedTuple):
    """The CSV as the user has it: an S3 object, and how to call it in an error."""

    bucket: str
    key: str
    version: str | None
    name: str
    content_hash: str | None = None

    @property
    def pinned(self) -> bool:
        """Whether it cannot have changed since an earlier request that named the same."""
        return self.content_hash is not None or self.version is not None


class StagedObject(NamedTuple):
    """Where the checked CSV waits until it is uploaded."""

    bucket: str
    key: str


class Tolerance(NamedTuple):
    """How many users may fail or be skipped in a success; None is any number."""

    failed: int | None
    skipped: int | None


class JobName(NamedTuple):
    """A job name of ours, taken apart: ``<prefix>-<import, content and request>-<number>``."""

    import_id: str
    content_id: str
    request_id: str
    number: int

    @classmethod
    def parse(cls, name: str) -> JobName | None:
        """Return the parts, or None for a job that is not one of this library's."""
        match = _JOB_NAME.search(name)
        if match is None:
            return None
        return cls(
            match["import_id"], match["content_id"], match["request_id"], int(match["number"])
        )


class ImportRequest(NamedTuple):
    """What one request of CloudFormation asks of the workflow.

    Attributes:
        import_id: eight characters that name the construct.
        content_id: eight characters that name what is imported: pool, CSV and run token.
        request_id: eight characters that name the request.
        content_changed: whether an Update asks for another content than before.
        was_started: whether the import before an Update was to be started.
        role_arn: the role of the import, which the worker assumes.
        timeout_seconds: how long an import may take, the wait for the account's slot included.
        log_retention_days: how long Cognito's log group keeps what is in it; None leaves it as it
            is.
        log_goes_with_stack: whether Cognito's log group is removed when the stack is deleted.
    """

    type: Literal["Create", "Update", "Delete"]
    stack_id: str
    import_id: str
    content_id: str
    request_id: str
    content_changed: bool
    was_started: bool
    role_arn: str
    user_pool_id: str
    logs_role_arn: str
    job_name: str
    source: Source
    reading: ReadOptions
    staged: StagedObject
    start: bool
    tolerance: Tolerance
    timeout_seconds: int
    log_retention_days: int | None
    log_goes_with_stack: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> ImportRequest:
        """Read a request of CloudFormation, all of whose properties are strings.

        Raises:
            RequestError: a property is missing or not allowed.
        """
        request = Request.from_event(event)
        _check_version(request)
        given = _Properties(request.properties)
        content_id = _content_id(request.properties)
        return cls(
            type=request.type,
            stack_id=request.stack_id,
            import_id=request.import_id,
            content_id=content_id,
            request_id=digest(request.request_id),
            content_changed=(
                request.type == "Update" and content_id != _content_id(request.old_properties)
            ),
            was_started=request.old_properties.get("Start") != "false",
            role_arn=given.text("ImportRoleArn"),
            user_pool_id=given.text("UserPoolId"),
            logs_role_arn=given.text("LogsRoleArn"),
            job_name=given.text("JobName"),
            source=Source(
                given.text("SourceBucket"),
                given.text("SourceKey"),
                given.optional_text("SourceVersion"),
                one_line(given.text("SourceName")),
                given.optional_text("SourceHash"),
            ),
            reading=given.reading("Reading"),
            staged=StagedObject(given.text("StagingBucket"), given.text("StagingKey")),
            start=given.text("Start") == "true",
            tolerance=Tolerance(
                given.optional_number("ToleratedFailed"), given.optional_number("ToleratedSkipped")
            ),
            timeout_seconds=given.number("TimeoutSeconds"),
            log_retention_days=given.optional_number("ImportLogRetentionDays"),
            log_goes_with_stack=request.properties.get("ImportLogRemovalPolicy") == "destroy",
        )

    @property
    def problems(self) -> StagedObject:
        """Where the list of all problems of the CSV is kept, beside the staged CSV."""
        folder = self.staged.key.rpartition("/")[0]
        return StagedObject(self.staged.bucket, f"{folder}/problems.csv")

    @property
    def waiting_is_to_start(self) -> bool:
        """Whether an Update only asks to start what it had left waiting."""
        return (
            self.type == "Update"
            and not self.content_changed
            and self.start
            and not self.was_started
        )

    def name_of(self, job: int) -> str:
        """Return the name of a job of this request, counted from 0."""
        return f"{self.job_name}-{self.import_id}{self.content_id}{self.request_id}-{job + 1}"


def _check_version(request: Request) -> None:
    """Refuse a request of another version of the contract; a Delete is tried in any case.

    Raises:
        RequestError: the construct and this handler do not understand each other.
    """
    version = request.properties.get("ContractVersion")
    if request.type == "Delete" or version == str(VERSION):
        return
    number = re.fullmatch(r"[0-9]{1,9}", version) if isinstance(version, str) else None
    newer = number is not None and int(number[0]) > VERSION
    where = "the stack that owns the import workflow" if newer else "the stack of the import"
    told = printable(version, _VERSION_CHARACTERS) if isinstance(version, str) else "unknown"
    raise RequestError(
        f"The import is of contract version {told}, and its workflow of version {VERSION}: "
        f"upgrade cdk-cognito-user-import in {where}, and deploy that stack first."
    )


class _Properties:
    """The custom resource's properties, every one of which is a string that is not empty."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def text(self, name: str) -> str:
        value = self._properties.get(name)
        form = _FORMS[name]
        if (
            not isinstance(value, str)
            or not re.fullmatch(form.pattern, value)
            or (form.numbers is not None and int(value) not in form.numbers)
            or (name == "SourceKey" and len(value.encode()) > _LONGEST_KEY)
        ):
            raise RequestError(
                f"The custom resource's property {name} {_told(value)}; it must be {form.allowed}. "
                f"It comes from the import's {form.argument}: correct that, and deploy again."
            )
        return value

    def number(self, name: str) -> int:
        return int(self.text(name))

    def reading(self, name: str) -> ReadOptions:
        try:
            return ReadOptions.from_json(json.loads(self._properties.get(name, "{}")))
        except (TypeError, ValueError) as error:
            # Constants and defaults are users' values: nothing of it is told.
            raise RequestError(
                f"The custom resource's property {name} is not one that this library has written, "
                "or one of another version. It comes from the import's source: deploy again "
                "without overriding it."
            ) from error

    def optional_text(self, name: str) -> str | None:
        return self.text(name) if name in self._properties else None

    def optional_number(self, name: str) -> int | None:
        return self.number(name) if name in self._properties else None


def _told(value: Any) -> str:
    """Say what a property is instead."""
    if value is None:
        return "is missing"
    if not isinstance(value, str):
        return "is no text"
    if not value:
        return "is empty"
    told = printable(value, _TOLD_CHARACTERS)
    return f"is {told!r}" + (f" ({len(value):,} characters)" if len(value) > len(told) else "")


def _content_id(properties: Mapping[str, Any]) -> str:
    """Name what is imported; where an asset lies does not count, only what it holds."""
    names = ["UserPoolId", "RunToken", "SourceHash"]
    if "Reading" in properties:
        names.append("Reading")
    if "SourceHash" not in properties:
        names += ["SourceBucket", "SourceKey", "SourceVersion"]
    return digest(*(str(properties.get(name)) for name in names))
