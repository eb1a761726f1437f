"""The import request: the custom resource's properties, read and checked once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .cloudformation import Request, digest
from .errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

_JOB_NAME = re.compile(
    r"-(?P<import_id>[a-z2-7]{8})(?P<content_id>[a-z2-7]{8})(?P<request_id>[a-z2-7]{8})"
    r"-(?P<number>\d{1,2})$"
)
MOST_JOBS = 99
"""The most jobs of one import: two digits of a job's name, which Cognito ends at 128 characters."""


@dataclass(frozen=True, slots=True)
class Source:
    """The CSV as the user has it: an S3 object, and how to call it in an error."""

    bucket: str
    key: str
    version: str | None
    name: str


@dataclass(frozen=True, slots=True)
class StagedObject:
    """Where the checked CSV waits until it is uploaded."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many users may fail or be skipped in a success; None is any number."""

    failed: int | None
    skipped: int | None


@dataclass(frozen=True, slots=True)
class JobName:
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


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What one request of CloudFormation asks of the workflow.

    Attributes:
        import_id: eight characters that name the construct.
        content_id: eight characters that name what is imported: pool, CSV and run token.
        request_id: eight characters that name the request.
        content_changed: whether an Update asks for another content than before.
        was_started: whether the import before an Update was to be started.
        timeout_seconds: how long an import may take, the wait for the account's slot included.
    """

    type: Literal["Create", "Update", "Delete"]
    stack_id: str
    import_id: str
    content_id: str
    request_id: str
    content_changed: bool
    was_started: bool
    user_pool_id: str
    logs_role_arn: str
    job_name: str
    source: Source
    staged: StagedObject
    start: bool
    tolerance: Tolerance
    timeout_seconds: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> ImportRequest:
        """Read a request of CloudFormation, all of whose properties are strings.

        Raises:
            RequestError: a property is missing or not allowed.
        """
        request = Request.from_event(event)
        properties = request.properties
        try:
            content_id = _content_id(properties)
            return cls(
                type=request.type,
                stack_id=request.stack_id,
                import_id=request.import_id,
                content_id=content_id,
                request_id=digest(request.request_id),
                content_changed=(
                    request.type == "Update" and content_id != _content_id(request.old_properties)
                ),
                was_started=_flag(request.old_properties.get("Start", "true")),
                user_pool_id=properties["UserPoolId"],
                logs_role_arn=properties["LogsRoleArn"],
                job_name=properties["JobName"],
                source=Source(
                    properties["SourceBucket"],
                    properties["SourceKey"],
                    properties.get("SourceVersion"),
                    properties["SourceName"],
                ),
                staged=StagedObject(properties["StagingBucket"], properties["StagingKey"]),
                start=_flag(properties["Start"]),
                tolerance=Tolerance(
                    _number(properties.get("ToleratedFailed")),
                    _number(properties.get("ToleratedSkipped")),
                ),
                timeout_seconds=int(properties["TimeoutSeconds"]),
            )
        except (KeyError, ValueError) as error:
            raise RequestError(f"The custom resource has no usable property {error}.") from error

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


def _content_id(properties: Mapping[str, Any]) -> str:
    """Name what is imported; where an asset lies does not count, only what it holds."""
    where = ("SourceBucket", "SourceKey", "SourceVersion")
    source = (
        (properties["SourceHash"],)
        if "SourceHash" in properties
        else tuple(str(properties.get(name, "")) for name in where)
    )
    return digest(str(properties.get("UserPoolId")), properties.get("RunToken", ""), *source)


def _flag(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError("that is true or false")
    return value == "true"


def _number(value: str | None) -> int | None:
    return None if value is None else int(value)
