"""The custom resource's request and its answer, as CloudFormation defines them.

Standard library only: the starter imports this module, and must be able to answer whatever else is
broken.

Source: AWS CloudFormation User Guide, "Custom resource request and response reference".
"""

from __future__ import annotations

import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .contract import USER_POOL_ID_CHARACTERS, Attribute, Property
from .text import digest, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANSWER_BYTES = 4096
"""The most bytes of an answer."""

PUT_SECONDS = 10
"""The time limit of one request to the response URL."""

_PUT_TRIES = 5
_HEADERS = {"Content-Type": ""}  # CloudFormation signs the URL for an empty content type.

log = logging.getLogger(__name__)


class Request(NamedTuple):
    """A request of CloudFormation, without the response URL; or a run, which has none.

    Attributes:
        type: The type of the request; `Run` for an import that is started on demand.
        request_id: The id of the request.
        stack_id: The ARN of the stack.
        logical_id: The logical id of the custom resource.
        physical_id: The physical id of an Update or Delete; None for a Create.
        properties: The custom resource's properties.
        old_properties: The properties before an Update; empty otherwise.
    """

    type: Literal["Create", "Update", "Delete", "Run"]
    request_id: str
    stack_id: str
    logical_id: str
    physical_id: str | None
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Read the event that CloudFormation sends, or the state machine of runs."""
        return cls(
            type=event["RequestType"],
            request_id=event["RequestId"],
            stack_id=event["StackId"],
            logical_id=event["LogicalResourceId"],
            physical_id=event.get("PhysicalResourceId"),
            properties=event.get("ResourceProperties") or {},
            old_properties=event.get("OldResourceProperties") or {},
        )

    @property
    def import_id(self) -> str:
        """Eight characters that identify the import among all of an account.

        The legs of a relay are one import.
        """
        return digest(
            self.stack_id, str(self.properties.get(Property.RELAY_RESOURCE, self.logical_id))
        )

    @property
    def content_id(self) -> str:
        """Eight characters that identify the content to import: pool, source and run token."""
        return content_id(self.properties)

    @property
    def resource_id(self) -> str:
        """The PhysicalResourceId of the answer.

        It depends on the pool and the construct only: a retry has the same one, and only another
        pool has another one. A Delete keeps its own. The legs of a relay but the last have their
        own: the User Guide asks for an id that is unique. A text that cannot be a pool's id is left
        out, because CloudFormation refuses an answer that is too long.
        """
        if self.type == "Delete" and self.physical_id:
            return self.physical_id
        pool_id = self.properties.get(Property.USER_POOL_ID)
        known = isinstance(pool_id, str) and 0 < len(pool_id) <= USER_POOL_ID_CHARACTERS
        leg = "" if self.properties.get(Property.LEGS_AFTER, "0") == "0" else f"/{self.logical_id}"
        return f"{pool_id if known else 'no-user-pool'}/{self.import_id}{leg}"


def content_id(properties: Mapping[str, Any]) -> str:
    """Return the digest of the imported content; the location of an asset does not count."""
    names = [Property.USER_POOL_ID, Property.RUN_TOKEN, Property.SOURCE_HASH]
    # A new test password is for the users of the import that sets it.
    names += [
        name for name in (Property.READING, Property.TEST_PASSWORD_SECRET) if name in properties
    ]
    if Property.SOURCE_HASH not in properties:
        names += [Property.SOURCE_BUCKET, Property.SOURCE_KEY, Property.SOURCE_VERSION]
        names += [name for name in (Property.SOURCE_PREFIX,) if name in properties]
    return digest(*(str(properties.get(name)) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a request: success with attributes, or failure with a reason.

    Attributes:
        succeeded: Whether the request succeeded.
        reason: The reason of a failure, or a remark on a success. Default: empty.
        attributes: The resource's attributes by their names. Default: none.
    """

    succeeded: bool
    reason: str = ""
    attributes: Mapping[str, str] | None = None


def answer_body(request: Request, answer: Answer) -> bytes:
    """Return the answer as JSON, cut to fit into `ANSWER_BYTES`.

    The end of the reason is cut, and where that is not enough, the end of the list of job ids.
    """
    reason = one_line(answer.reason)
    body: dict[str, Any] = {
        "Status": "SUCCESS" if answer.succeeded else "FAILED",
        "PhysicalResourceId": request.resource_id,
        "StackId": request.stack_id,
        "RequestId": request.request_id,
        "LogicalResourceId": request.logical_id,
    }
    if answer.attributes:
        body["Data"] = dict(answer.attributes)

    excess = len(json.dumps({**body, "Reason": " …" if reason else ""})) - ANSWER_BYTES
    if excess > 0 and Attribute.JOB_IDS in body.get("Data", ()):
        from .job_ids import cut_job_ids  # noqa: PLC0415  few answers have so many ids

        job_ids = body["Data"][Attribute.JOB_IDS]
        body["Data"][Attribute.JOB_IDS] = cut_job_ids(job_ids, len(job_ids) - excess)

    def with_reason(text: str) -> bytes:
        return json.dumps({**body, "Reason": text}).encode()

    def cut(length: int) -> bytes:
        return with_reason(reason[:length] + " …")

    encoded = with_reason(reason)
    if len(encoded) <= ANSWER_BYTES:
        return encoded
    # Every character takes at least one byte of the JSON, an escaped one up to twelve. Of the
    # lengths from 1, as many fit as the longest one has characters.
    lengths = range(1, len(reason))
    return cut(bisect_right(lengths, ANSWER_BYTES, key=lambda length: len(cut(length))))


def send(
    request: Request,
    answer: Answer,
    response_url: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Put the answer to the response URL, the presigned URL that came with the request.

    A repeated send puts the same bytes and does no harm. Server errors and broken connections are
    tried again; a refusal is final: the URL lives about two hours, and the stack operation has
    ended then.

    Args:
        request: The request.
        answer: The answer.
        response_url: The URL.
        sleep: Waits for some seconds.

    Raises:
        ConnectionError: The URL could not be reached, or answered with server errors only. The
            text does not name the URL: its holder can answer for the stack.
    """
    body = answer_body(request, answer)
    for attempt in range(_PUT_TRIES):
        if attempt:
            sleep(2.0**attempt)
        problem = _put(body, response_url)
        if problem is None:
            return
    raise ConnectionError(f"CloudFormation could not be answered: {problem}")


def _put(body: bytes, response_url: str) -> str | None:
    """Put an answer once; return the problem if another try may help."""
    put = urllib.request.Request(  # noqa: S310  CloudFormation chose the URL
        response_url, data=body, method="PUT", headers=_HEADERS
    )
    try:
        with urllib.request.urlopen(put, timeout=PUT_SECONDS):  # noqa: S310  likewise
            return None
    except urllib.error.HTTPError as error:
        error.close()
        problem = f"HTTP status {error.code}"
        if error.code < 500:  # noqa: PLR2004  a refusal
            log.warning("CloudFormation no longer accepts the answer: %s", problem)
            return None
        return problem
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
