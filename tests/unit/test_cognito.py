from __future__ import annotations

import functools
import http.client
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from helpers.events import POOL, ROLE
from helpers.fake_web import KMS_HEADER
from helpers.fake_world import ACTIVE, OTHER_POOL, UNKNOWN, FakeAws

from user_import.aws.cognito import ImportJobs, Job, JobStatus
from user_import.errors import (
    AccessDenied,
    AwsError,
    NotReady,
    PoolNotFound,
    Refused,
    RoleRefused,
    Throttled,
    UploadError,
    UserImportError,
)
from user_import.messages.aws import aws_refusal, connection_broke, remedy, upload_failed

CSV = (b"head\n", b"one\n", b"two\n")
LENGTH = sum(map(len, CSV))


@pytest.fixture
def jobs(world: FakeAws) -> ImportJobs:
    found: ImportJobs = world.import_jobs
    return found


def upload(
    jobs: ImportJobs,
    content: Callable[[], Iterable[bytes]] = lambda: iter(CSV),
    length: int = LENGTH,
) -> Job:
    return jobs.create(POOL, "name-1", ROLE, content, length)


OPERATIONS: dict[str, Callable[[ImportJobs], object]] = {
    "CreateUserImportJob": upload,
    "GetCSVHeader": lambda jobs: jobs.csv_header(POOL),
    "DescribeUserImportJob": lambda jobs: jobs.describe(POOL, "import-1"),
    "ListUserImportJobs": lambda jobs: list(jobs.list_jobs(POOL)),
    "StartUserImportJob": lambda jobs: jobs.start(POOL, "import-1"),
    "StopUserImportJob": lambda jobs: jobs.stop(POOL, "import-1"),
}
WITH_ROLE = ("CreateUserImportJob", "StartUserImportJob")
ABOUT_A_JOB = (*WITH_ROLE, "StopUserImportJob")


def test_create_user_import_job_names_pool_job_and_role(world: FakeAws, jobs: ImportJobs) -> None:
    job = upload(jobs)
    assert world.called("CreateUserImportJob") == [
        {"UserPoolId": POOL, "JobName": "name-1", "CloudWatchLogsRoleArn": ROLE}
    ]
    assert job.status is JobStatus.CREATED
    assert (job.id, job.name) == ("import-0000000001", "name-1")
    assert (job.imported, job.skipped, job.failed, job.message) == (0, 0, 0, "")


def test_get_csv_header_gives_the_columns_in_cognitos_order(
    world: FakeAws, jobs: ImportJobs
) -> None:
    assert jobs.csv_header(POOL) == world.cognito.columns
    assert world.called("GetCSVHeader") == [{"UserPoolId": POOL}]


@pytest.mark.parametrize(
    ("operation", "method"),
    [
        ("DescribeUserImportJob", "describe"),
        ("StartUserImportJob", "start"),
        ("StopUserImportJob", "stop"),
    ],
)
def test_an_operation_on_a_job_names_pool_and_job(
    world: FakeAws, jobs: ImportJobs, operation: str, method: str
) -> None:
    job = upload(jobs)
    assert getattr(jobs, method)(POOL, job.id).id == job.id
    assert world.called(operation) == [{"UserPoolId": POOL, "JobId": job.id}]


@pytest.mark.parametrize("page_size", [1, 2, 7, 60])
def test_list_user_import_jobs_gives_all_pages_newest_first(
    world: FakeAws, jobs: ImportJobs, page_size: int
) -> None:
    for number in range(7):
        world.cognito.effect_of_create_user_import_job(f"job-{number}", POOL, ROLE)
    world.cognito.effect_of_create_user_import_job("elsewhere", OTHER_POOL, ROLE)
    world.cognito.page_size = page_size
    assert [job.name for job in jobs.list_jobs(POOL)] == [f"job-{n}" for n in range(6, -1, -1)]
    assert len(world.called("ListUserImportJobs")) == -(-7 // page_size)


def test_more_than_one_full_page_of_cognitos_is_listed(world: FakeAws, jobs: ImportJobs) -> None:
    for number in range(121):
        world.cognito.effect_of_create_user_import_job(f"job-{number}", POOL, ROLE)
    assert len(list(jobs.list_jobs(POOL))) == 121


def test_a_pool_without_jobs_lists_none(jobs: ImportJobs) -> None:
    assert list(jobs.list_jobs(POOL)) == []


def test_a_pool_is_known_by_name_and_auto_verified_attributes(
    world: FakeAws, jobs: ImportJobs
) -> None:
    world.cognito.pools[POOL] = ["phone_number", "email"]
    pool = jobs.user_pool(POOL)
    assert pool.name == "customers"
    assert pool.auto_verified_attributes == ("phone_number", "email")


def test_a_pool_that_verifies_nothing_has_no_auto_verified_attributes(
    world: FakeAws, jobs: ImportJobs
) -> None:
    world.cognito.pools[POOL] = []
    assert jobs.user_pool(POOL).auto_verified_attributes == ()


@pytest.mark.parametrize("status", list(JobStatus))
def test_every_status_is_read_and_knows_whether_it_is_active(world: FakeAws, status: Any) -> None:
    world.cognito.effect_of_create_user_import_job("name", POOL, ROLE)
    described = world.cognito.described(world.cognito.job())
    job = Job.from_api({**described, "Status": str(status)})
    assert job.status is status
    assert job.status.is_active is (status in ACTIVE or status is JobStatus.OTHER)


def described(status: Any) -> Job:
    return Job.from_api({"JobId": "import-1", "JobName": "name", "Status": status})


def test_a_status_that_is_not_documented_counts_as_active() -> None:
    job = described(UNKNOWN)
    assert job.status is JobStatus.OTHER
    assert job.status.is_active
    assert job.ran


@pytest.mark.parametrize("status", [*JobStatus, UNKNOWN], ids=str)
def test_a_status_is_reported_as_cognito_returns_it(status: Any) -> None:
    assert described(str(status)).result.status == str(status)


def test_an_unprintable_status_becomes_one_line_and_is_cut() -> None:
    assert described(f"{UNKNOWN}\n\x1b{'x' * 99}").result.status == f"{UNKNOWN}  {'x' * 28}"


@pytest.mark.parametrize(
    ("code", "kind", "others"),
    [
        ("ResourceNotFoundException", PoolNotFound, {}),
        ("PreconditionNotMetException", AwsError, dict.fromkeys(ABOUT_A_JOB, NotReady)),
        ("InvalidParameterException", Refused, dict.fromkeys(WITH_ROLE, RoleRefused)),
        ("NotAuthorizedException", Refused, dict.fromkeys(WITH_ROLE, RoleRefused)),
        ("AccessDeniedException", AccessDenied, {}),
        ("AccessDenied", AccessDenied, {}),
        ("LimitExceededException", AwsError, {}),
        ("OperationNotEnabledException", AwsError, {}),
        ("InternalErrorException", AwsError, {}),
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_refusal_has_its_exception(
    world: FakeAws,
    operation: str,
    code: str,
    kind: type[AwsError],
    others: dict[str, type[AwsError]],
) -> None:
    world.fault(operation, code, "what the service says")
    with pytest.raises(AwsError) as caught:
        OPERATIONS[operation](world.import_jobs)
    error = caught.value
    assert type(error) is others.get(operation, kind)
    assert isinstance(error, UserImportError)
    assert (error.operation, error.target) == (f"cognito-idp:{operation}", "")
    assert (error.code, error.message) == (code, "what the service says")
    assert str(error) == aws_refusal(error.operation, "", code, error.message)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_too_many_requests_is_throttling_and_at_start_possibly_an_occupied_slot(
    world: FakeAws, operation: str
) -> None:
    world.fault(operation, "TooManyRequestsException")
    with pytest.raises(AwsError) as caught:
        OPERATIONS[operation](world.import_jobs)
    assert type(caught.value) is (NotReady if operation == "StartUserImportJob" else Throttled)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_feature_not_enabled_error_is_reported_with_a_remedy(
    world: FakeAws, operation: str
) -> None:
    world.fault(operation, "OperationNotEnabledException", "not in this Region")
    with pytest.raises(AwsError) as caught:
        OPERATIONS[operation](world.import_jobs)
    advice = remedy(caught.value.operation, caught.value.code)
    assert advice
    assert str(caught.value).endswith(advice)


def test_the_upload_has_its_exact_length_and_the_key_header_and_is_not_chunked(
    world: FakeAws, jobs: ImportJobs
) -> None:
    upload(jobs)
    (put,) = world.web.puts
    headers = {name.lower(): value for name, value in put.headers.items()}
    assert headers["content-length"] == str(LENGTH)
    assert headers[KMS_HEADER] == "aws:kms"
    assert "transfer-encoding" not in headers
    assert put.body == b"".join(CSV)
    assert put.path == world.cognito.job().path


class Cognito:
    """A client of Cognito with one new job, whose upload goes to a URL, and nothing to list."""

    def __init__(self, url: str = "") -> None:
        self.url = url

    def create_user_import_job(self, **_: object) -> dict[str, Any]:
        job = {"JobId": "import-1", "JobName": "name", "Status": "Created"}
        return {"UserImportJob": {**job, "PreSignedUrl": self.url}}

    def list_user_import_jobs(self, **_: object) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_upload_uses_the_scheme_of_the_url_and_has_a_timeout(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    made = []

    class Connection:
        def __init__(self, kind: str, host: str, timeout: float | None = None) -> None:
            made.append((kind, host))
            assert timeout
            assert timeout >= 30

        def connect(self) -> None:
            raise ConnectionRefusedError

        def close(self) -> None:
            pass

    for kind in ("HTTPSConnection", "HTTPConnection"):
        monkeypatch.setattr(http.client, kind, functools.partial(Connection, kind))
    jobs = ImportJobs(Cognito(f"{scheme}://cognito.example/upload?secret"), lambda _: None)
    with pytest.raises(UploadError) as caught:
        upload(jobs)
    assert str(caught.value) == upload_failed(connection_broke("ConnectionRefusedError"))
    assert set(made) == {(f"{scheme.upper()}Connection", "cognito.example")}


def test_a_redirection_is_not_a_successful_upload(world: FakeAws, jobs: ImportJobs) -> None:
    world.web.answer("/upload/", 300)
    with pytest.raises(UploadError, match="HTTP status 300"):
        upload(jobs)


def test_counters_that_cognito_leaves_out_are_zero() -> None:
    job = Job.from_api({"JobId": "import-1", "JobName": "name", "Status": "Created"})
    assert (job.imported, job.skipped, job.failed, job.message) == (0, 0, 0, "")


def test_a_page_without_jobs_is_an_empty_one() -> None:
    assert list(ImportJobs(Cognito()).list_jobs(POOL)) == []


def test_the_upload_is_streamed_while_it_is_read(world: FakeAws, jobs: ImportJobs) -> None:
    received = []

    def content() -> Iterator[bytes]:
        for _ in range(512):
            yield b"x" * 65_536
        received.append(world.web.received)

    upload(jobs, content, 512 * 65_536)
    assert received[0] > 0
    assert world.web.received == 512 * 65_536


@pytest.mark.parametrize("trouble", [500, 503, "close", "reset", "garbage"])
def test_a_network_error_during_the_upload_is_retried_with_reopened_content(
    world: FakeAws, jobs: ImportJobs, trouble: int | str
) -> None:
    opened = []

    def content() -> Iterator[bytes]:
        opened.append(True)
        return iter(CSV)

    world.web.answer("/upload/", trouble, times=2)
    upload(jobs, content)
    assert len(opened) == 3
    assert world.web.taken(world.cognito.job().path) == [b"".join(CSV)]
    assert len(world.cognito.jobs) == 1


@pytest.mark.parametrize("trouble", [500, "close", "reset", "garbage"])
def test_a_persistent_network_error_is_an_upload_error_without_the_url(
    world: FakeAws, jobs: ImportJobs, trouble: int | str
) -> None:
    began = world.clock.now()
    world.web.answer("/upload/", trouble, times=99)
    with pytest.raises(UploadError) as caught:
        upload(jobs)
    assert "secret" not in f"{caught.value} {caught.value.__context__!r}"
    assert "127.0.0.1" not in str(caught.value)
    assert len(world.web.puts) < 10
    assert world.clock.now() - began < 60


def test_a_refused_upload_is_final_and_reported_with_status_and_code(
    world: FakeAws, jobs: ImportJobs
) -> None:
    body = b"<Error><Code>SignatureDoesNotMatch</Code><Message>?X-Amz=secret</Message></Error>"
    world.web.answer("/upload/", 403, body=body)
    with pytest.raises(UploadError) as caught:
        upload(jobs)
    assert "403, SignatureDoesNotMatch" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(world.web.puts) == 1


def test_a_refusal_before_the_whole_file_was_sent_is_reported_with_its_status(
    world: FakeAws, jobs: ImportJobs
) -> None:
    world.web.answer("/upload/", "early 403", times=99)
    with pytest.raises(UploadError, match="403"):
        upload(jobs, lambda: (b"x" * 65_536 for _ in range(512)), 512 * 65_536)


def test_no_log_and_no_job_holds_the_presigned_url(
    jobs: ImportJobs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    job = upload(jobs)
    assert "secret" not in repr(job)
    assert "secret" not in caplog.text


@pytest.mark.parametrize("length", [0, 128, 200, 201, 499, 5_000])
def test_a_long_completion_message_is_cut_visibly(length: int) -> None:
    job = Job.from_api(
        {"JobId": "i", "JobName": "n", "Status": "Failed", "CompletionMessage": "m" * length}
    )
    assert job.message == ("m" * length if length <= 200 else "m" * 200 + " …")
