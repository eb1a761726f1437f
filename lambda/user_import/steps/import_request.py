"""The import request: what CloudFormation asks, read and checked once a step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ..aws.s3 import Source, StagedObject
from ..cloudformation import Request
from ..contract import (
    FALSE,
    LINE_MAP_FILE,
    PROBLEMS_FILE,
    REMOVE_LOG,
    SOURCE_OBJECTS_FILE,
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


class ImportRequest(NamedTuple):
    """One request of CloudFormation to the import workflow.

    Attributes:
        type: The type of the request.
        stack_id: The ARN of the import's stack.
        import_id: Eight characters that identify the construct.
        content_id: Eight characters that identify the imported content: pool, CSV and run token.
        request_id: Eight characters that identify the request.
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
        start: Whether to start the jobs.
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
    start: bool
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
        content_id = _content_id(request.properties)
        prefix = given.optional_text(Property.SOURCE_PREFIX)
        return cls(
            type=request.type,
            stack_id=request.stack_id,
            import_id=request.import_id,
            content_id=content_id,
            request_id=digest(request.request_id),
            content_changed=(
                request.type == "Update" and content_id != _content_id(request.old_properties)
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
                key=given.text(Property.SOURCE_KEY) if prefix is None else prefix,
                version=given.optional_text(Property.SOURCE_VERSION),
                name=one_line(given.text(Property.SOURCE_NAME)),
                content_hash=given.optional_text(Property.SOURCE_HASH),
                is_prefix=prefix is not None,
            ),
            reading=given.reading(Property.READING),
            staged=StagedObject(
                bucket=given.text(Property.STAGING_BUCKET), key=given.text(Property.STAGING_KEY)
            ),
            start=given.flag(Property.START),
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

    @property
    def problems(self) -> StagedObject:
        """The list of all problems of the CSV, beside the staged CSV."""
        return self._beside_staged(PROBLEMS_FILE)

    @property
    def line_map(self) -> StagedObject:
        """The lines of the staged rows in the user's own file, for an import of hashes."""
        return self._beside_staged(LINE_MAP_FILE)

    @property
    def objects(self) -> StagedObject:
        """The list of the source's objects, for an import of a prefix."""
        return self._beside_staged(SOURCE_OBJECTS_FILE)

    @property
    def line_records(self) -> tuple[StagedObject, ...]:
        """The objects with which a staged row's line in the user's own file is found, if any."""
        hashes = () if self.reading.password_hashes is None else (self.line_map,)
        return (*hashes, self.objects) if self.source.is_prefix else hashes

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


def _content_id(properties: Mapping[str, Any]) -> str:
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
