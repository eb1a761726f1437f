"""The import request: what CloudFormation asks, read and checked once a step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ..aws.s3 import Claim, Source, StagedObject
from ..cloudformation import Request
from ..cloudformation import content_id as content_id_of
from ..contract import (
    FALSE,
    LEG_SECONDS,
    LINE_MAP_FILE,
    PROBLEMS_FILE,
    REMOVE_LOG,
    VERSION,
    Property,
    hashed_file,
)
from ..errors import RequestError
from ..messages.properties import other_contract_version
from ..text import digest, one_line
from ..users_csv import HashingAlgorithm
from .job_name import JobName
from .request_properties import RequestProperties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..contract import LogsRoleKind, PasswordVia
    from ..users_csv import ReadOptions


_VERSIONS = frozenset(str(version) for version in range(1, VERSION + 1))
"""The versions of the contract that this handler knows."""


class Tolerance(NamedTuple):
    """How many users may fail or be skipped in a success; None is any number."""

    failed: int | None
    skipped: int | None


class PasswordSource(NamedTuple):
    """Where the test password is, and how users get it.

    Attributes:
        secret: The ARN of the secret.
        field: The field of the secret's JSON object; None where the secret's text is the password.
        via: The way to give users the password; None where it depends on their number.
    """

    secret: str
    field: str | None
    via: PasswordVia | None


class CanaryPool(NamedTuple):
    """The user pool of the canary.

    Attributes:
        id: The user pool, which holds nobody but canary users of this import.
        client_id: The app client with which they sign in.
    """

    id: str
    client_id: str


class Leg(NamedTuple):
    """A leg of a relay: one of several custom resources that wait for the same import.

    Attributes:
        legs_after: The number of legs that follow; 0 for the last.
    """

    legs_after: int

    @property
    def is_last(self) -> bool:
        """Whether no leg follows: it has the import's attributes."""
        return self.legs_after == 0


class ImportRequest(NamedTuple):
    """One request of CloudFormation to the import workflow.

    Attributes:
        type: The type of the request.
        stack_id: The ARN of the import's stack.
        import_id: Eight characters that identify the construct.
        content_id: Eight characters that identify the imported content: pool, CSV and run token.
        request_id: Eight characters that identify the request; in a relay, the one whose leg began
            the import.
        content_changed: Whether an Update asks for another content than before.
        pool_stays: Whether the user pool stays if CloudFormation rolls back: an Update had it
            before. The stack may have created another one.
        was_started: Whether the import before an Update was to be started.
        role_arn: The role of the import, which the worker assumes.
        user_pool_id: The user pool.
        logs_role_arn: The role with which Cognito writes the import's log.
        logs_role_kind: Why Cognito may not be able to use the logs role; None where the app
            ensures that it can, and for requests of a construct that does not say.
        job_name: The prefix of the jobs' names.
        source: The user's CSV.
        reading: The read options of the CSV.
        staged: The validated CSV in the staging bucket.
        record: The record of a relay; None for requests of a construct that does not name it.
        leg: The leg of a relay; None for an import without one.
        start: Whether to start the jobs.
        waits: Whether the deployment waits for the end of the import.
        tolerance: The numbers of users that may fail or be skipped.
        timeout_seconds: The time limit of the import, the wait for the account's slot included.
        log_retention_days: The retention of Cognito's log group; None leaves it unchanged.
        log_goes_with_stack: Whether Cognito's log group is deleted with the stack.
        test_password: The password of all imported users; None where they get none.
        canary: Where password hashes are tried first; None where they are not.
    """

    type: Literal["Create", "Update", "Delete"]
    stack_id: str
    import_id: str
    content_id: str
    request_id: str
    content_changed: bool
    pool_stays: bool
    was_started: bool
    role_arn: str
    user_pool_id: str
    logs_role_arn: str
    logs_role_kind: LogsRoleKind | None
    job_name: str
    source: Source
    reading: ReadOptions
    staged: StagedObject
    record: StagedObject | None
    leg: Leg | None
    start: bool
    waits: bool
    tolerance: Tolerance
    timeout_seconds: int
    log_retention_days: int | None
    log_goes_with_stack: bool
    test_password: PasswordSource | None
    canary: CanaryPool | None

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> ImportRequest:
        """Read a request of CloudFormation, all of whose properties are strings.

        Raises:
            RequestError: A property is missing or not allowed.
        """
        request = Request.from_event(event)
        _check_version(request)
        given = RequestProperties(request.properties)
        content_id = request.content_id
        return cls(
            type=request.type,
            stack_id=request.stack_id,
            import_id=request.import_id,
            content_id=content_id,
            request_id=digest(request.request_id),
            content_changed=(
                request.type == "Update" and content_id != content_id_of(request.old_properties)
            ),
            pool_stays=(
                request.type == "Update"
                and request.old_properties.get(Property.USER_POOL_ID)
                == request.properties.get(Property.USER_POOL_ID)
            ),
            was_started=request.old_properties.get(Property.START) != FALSE,
            role_arn=given.text(Property.IMPORT_ROLE_ARN),
            user_pool_id=given.text(Property.USER_POOL_ID),
            logs_role_arn=given.text(Property.LOGS_ROLE_ARN),
            logs_role_kind=given.logs_role_kind(Property.LOGS_ROLE_KIND),
            job_name=given.text(Property.JOB_NAME),
            source=Source(
                bucket=given.text(Property.SOURCE_BUCKET),
                key=given.text(Property.SOURCE_KEY),
                version=given.optional_text(Property.SOURCE_VERSION),
                name=one_line(given.text(Property.SOURCE_NAME)),
                content_hash=given.optional_text(Property.SOURCE_HASH),
            ),
            reading=given.reading(Property.READING),
            staged=StagedObject(
                bucket=given.text(Property.STAGING_BUCKET), key=given.text(Property.STAGING_KEY)
            ),
            record=_record(given),
            leg=_leg(given),
            start=given.flag(Property.START),
            waits=given.optional_text(Property.WAIT) != FALSE,
            tolerance=Tolerance(
                failed=given.optional_number(Property.TOLERATED_FAILED),
                skipped=given.optional_number(Property.TOLERATED_SKIPPED),
            ),
            timeout_seconds=given.number(Property.TIMEOUT_SECONDS),
            log_retention_days=given.optional_number(Property.IMPORT_LOG_RETENTION_DAYS),
            log_goes_with_stack=(
                request.properties.get(Property.IMPORT_LOG_REMOVAL_POLICY) == REMOVE_LOG
            ),
            test_password=_password_source(given),
            canary=_canary_pool(given),
        )

    def claim_at(self, started_at: float) -> Claim:
        """Return the claim of this request.

        Args:
            started_at: The start of the execution, in epoch seconds.
        """
        return Claim(self.request_id, started_at, self.user_pool_id)

    @property
    def longest_seconds(self) -> int:
        """The time for the import, that of the legs which follow included."""
        if not self.waits:
            return self.timeout_seconds
        legs_after = self.leg.legs_after if self.leg else 0
        return min(self.timeout_seconds, LEG_SECONDS * (legs_after + 1))

    @property
    def problems(self) -> StagedObject:
        """The list of all problems of the CSV, beside the staged CSV."""
        return self._beside_staged(PROBLEMS_FILE)

    @property
    def line_map(self) -> StagedObject:
        """The lines of the staged rows in the user's own file, for an import of hashes."""
        return self._beside_staged(LINE_MAP_FILE)

    def staged_of(self, algorithm: HashingAlgorithm | None) -> StagedObject:
        """Return the staged CSV of an algorithm of password hashes; of None without hashes."""
        return self.staged if algorithm is None else self._beside_staged(hashed_file(algorithm))

    @property
    def all_staged(self) -> tuple[StagedObject, ...]:
        """Every staged CSV that the request may have."""
        if self.reading.password_hashes is None:
            return (self.staged,)
        return (self.staged, *map(self.staged_of, get_args(HashingAlgorithm)))

    def _beside_staged(self, name: str) -> StagedObject:
        folder = self.staged.key.rpartition("/")[0]
        return StagedObject(self.staged.bucket, f"{folder}/{name}")

    @property
    def waiting_is_to_start(self) -> bool:
        """Whether an Update only asks to start jobs that an earlier request left unstarted."""
        return (
            self.type == "Update"
            and not self.content_changed
            and self.start
            and not self.was_started
        )

    def canary_name_of(self, number: int) -> str:
        """Return the name of a job of the canary, counted from 0."""
        name = JobName(self.import_id, self.content_id, self.request_id, number + 1)
        return name.with_prefix("canary")

    def name_of(self, job: int) -> str:
        """Return the name of a job of this request, counted from 0."""
        name = JobName(self.import_id, self.content_id, self.request_id, job + 1)
        return name.with_prefix(self.job_name)


def _record(given: RequestProperties) -> StagedObject | None:
    key = given.optional_text(Property.RECORD_KEY)
    return None if key is None else StagedObject(given.text(Property.STAGING_BUCKET), key)


def _leg(given: RequestProperties) -> Leg | None:
    if given.optional_text(Property.RELAY_RESOURCE) is None:
        return None
    return Leg(given.number(Property.LEGS_AFTER))


def _password_source(given: RequestProperties) -> PasswordSource | None:
    secret = given.optional_text(Property.TEST_PASSWORD_SECRET)
    if secret is None:
        return None
    return PasswordSource(
        secret=secret,
        field=given.optional_text(Property.TEST_PASSWORD_FIELD),
        via=given.password_via(Property.TEST_PASSWORD_VIA),
    )


def _canary_pool(given: RequestProperties) -> CanaryPool | None:
    pool_id = given.optional_text(Property.CANARY_POOL_ID)
    if pool_id is None:
        return None
    return CanaryPool(pool_id, given.text(Property.CANARY_CLIENT_ID))


def _check_version(request: Request) -> None:
    """Refuse a request of a version of the contract that this handler does not know.

    A Delete is tried in any case.

    Raises:
        RequestError: The version is newer than that of this handler, or is not a version.
    """
    version = request.properties.get(Property.CONTRACT_VERSION)
    if request.type == "Delete" or (isinstance(version, str) and version in _VERSIONS):
        return
    number = re.fullmatch(r"[0-9]{1,9}", version) if isinstance(version, str) else None
    newer = number is not None and int(number[0]) > VERSION
    raise RequestError(other_contract_version(version, VERSION, newer=newer))
