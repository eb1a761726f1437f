"""Faults on request, the clock and the quotas, as a test of a stack would use them."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from helpers.import_world import LOG_ACTIONS, allow, code_of, make_role, put, user, waited

from cognito_import_local.faults import InvalidFaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpers.import_world import World

    from cognito_import_local import LocalAws
    from cognito_import_local.client.control_client import LocalFaults


@pytest.fixture
def faults(aws: LocalAws) -> Iterator[LocalFaults]:
    yield aws.faults
    aws.reset()


@pytest.fixture
def once(aws: LocalAws) -> Callable[[str], Any]:
    """Return a maker of clients that try once."""
    config = Config(retries={"total_max_attempts": 1})
    return lambda service: aws.client(service, config=config)


def test_a_throttled_operation_works_again_after_as_many_calls(
    world: World, faults: LocalFaults, once: Callable[[str], Any]
) -> None:
    faults.throttle("GetCSVHeader", times=2)
    client = once("cognito-idp")

    for _ in range(2):
        with pytest.raises(ClientError) as error:
            client.get_csv_header(UserPoolId=world.pool)
        assert code_of(error) == "TooManyRequestsException"
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert client.get_csv_header(UserPoolId=world.pool)
    assert faults.pending() == []


def test_describe_fails_as_often_as_asked_and_no_other_operation_does(
    world: World, faults: LocalFaults, once: Callable[[str], Any]
) -> None:
    job_id = world.create()["JobId"]
    faults.fail("DescribeUserImportJob", times=2)
    client = once("cognito-idp")

    assert client.list_user_import_jobs(UserPoolId=world.pool, MaxResults=1)
    for _ in range(2):
        with pytest.raises(ClientError) as error:
            client.describe_user_import_job(UserPoolId=world.pool, JobId=job_id)
        assert code_of(error) == "InternalErrorException"
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert client.describe_user_import_job(UserPoolId=world.pool, JobId=job_id)


def test_an_operation_can_be_executed_and_its_answer_lost(
    world: World, faults: LocalFaults, once: Callable[[str], Any]
) -> None:
    faults.fail("CreateUserImportJob", carried_out=True)

    with pytest.raises(ClientError):
        once("cognito-idp").create_user_import_job(
            JobName="lost", UserPoolId=world.pool, CloudWatchLogsRoleArn=world.role
        )

    jobs = world.cognito.list_user_import_jobs(UserPoolId=world.pool, MaxResults=9)
    assert [job["JobName"] for job in jobs["UserImportJobs"]] == ["lost"]


@pytest.mark.parametrize(
    ("operation", "service", "call"),
    [
        ("DescribeStacks", "cloudformation", lambda client: client.describe_stacks()),
        ("DescribeLogGroups", "logs", lambda client: client.describe_log_groups()),
        ("GET /no-bucket", "s3", lambda client: client.get_object(Bucket="no-bucket", Key="k")),
    ],
)
def test_operations_of_other_services_fail_too(
    faults: LocalFaults,
    once: Callable[[str], Any],
    operation: str,
    service: str,
    call: Callable[[Any], Any],
) -> None:
    faults.fail(operation, code="Teapot", status=418)

    with pytest.raises(ClientError) as error:
        call(once(service))

    assert code_of(error) == "Teapot"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418


def test_an_upload_is_refused_with_503_and_accepted_on_retry(
    world: World, faults: LocalFaults
) -> None:
    url = world.create()["PreSignedUrl"]
    faults.spoil_upload("refused")

    status, text = put(url, b"data")

    assert (status, "<Code>SlowDown</Code>" in text) == (503, True)
    assert put(url, b"data")[0] == 200


@pytest.mark.parametrize("size", [4, 5_000_000])
def test_an_upload_is_cut_off(world: World, faults: LocalFaults, size: int) -> None:
    url = world.create()["PreSignedUrl"]
    faults.spoil_upload("cut")

    with pytest.raises((OSError, http.client.HTTPException)):
        put(url, b"x" * size)

    assert put(url, b"x" * size)[0] == 200


def test_an_upload_is_accepted_and_not_answered(world: World, faults: LocalFaults) -> None:
    job = world.create()
    faults.spoil_upload("unanswered")

    with pytest.raises((OSError, http.client.HTTPException)):
        put(job["PreSignedUrl"], world.csv(user("ann")))

    world.start(job["JobId"])
    assert world.ended(job["JobId"])["ImportedUsers"] == 1


def test_a_slow_upload_is_accepted(world: World, faults: LocalFaults) -> None:
    faults.spoil_upload("slow", seconds=0.2)

    assert world.run(world.csv(user("ann")))["ImportedUsers"] == 1
    assert faults.pending() == []


def test_the_slot_is_occupied_by_another_job_for_the_given_number_of_starts(
    world: World, faults: LocalFaults
) -> None:
    job_id = world.uploaded(world.csv(user("ann")))
    faults.take_slot(times=2)

    for _ in range(2):
        with pytest.raises(ClientError) as error:
            world.start(job_id)
        assert code_of(error) == "PreconditionNotMetException"
    assert world.start(job_id)["Status"] == "Pending"
    assert world.ended(job_id)["Status"] == "Succeeded"


def rows(count: int) -> list[dict[str, str]]:
    return [user(f"user{number}") for number in range(count)]


def test_a_job_is_stopped_externally_after_some_rows(world: World, faults: LocalFaults) -> None:
    faults.strike_job("stopped", after_rows=3)

    job = world.run(world.csv(*rows(5)))

    assert (job["Status"], job["ImportedUsers"]) == ("Stopped", 3)
    assert job["CompletionMessage"] == "The Import Job was stopped by the developer."
    assert len(world.users()) == 3


def test_a_job_loses_its_logs_role_midway(world: World, faults: LocalFaults) -> None:
    faults.strike_job("role_lost", after_rows=3)

    job = world.run(world.csv(*rows(5)))

    assert (job["Status"], job["ImportedUsers"]) == ("Failed", 3)
    assert len(world.log(job)) == 2


def test_a_logs_role_that_is_deleted_midway_fails_the_job(world: World, aws: LocalAws) -> None:
    world.role = make_role(aws, "short-lived", [allow(LOG_ACTIONS)])
    aws.configure(rows_per_second=20)
    job_id = world.uploaded(world.csv(*rows(200)))
    world.start(job_id)
    waited(lambda: world.describe(job_id), lambda job: job["ImportedUsers"] > 0)

    aws.client("iam").delete_role_policy(RoleName="short-lived", PolicyName="grants")

    job = world.ended(job_id)
    assert job["Status"] == "Failed"
    assert 0 < job["ImportedUsers"] < 200


def test_log_lines_are_missing_after_some_rows(world: World, faults: LocalFaults) -> None:
    faults.strike_job("log_lost", after_rows=1)

    job = world.run(world.csv(*rows(3)))

    assert (job["Status"], job["ImportedUsers"]) == ("Succeeded", 3)
    assert world.log(job)[2:] == ["[SUCCEEDED] Line Number 2 - The import succeeded."]


def test_a_job_breaks_and_the_next_one_does_not(world: World, faults: LocalFaults) -> None:
    faults.strike_job("broken")
    body = world.csv(*rows(2))

    assert world.run(body)["Status"] == "Failed"
    assert world.run(body)["Status"] == "Succeeded"


def test_unknown_faults_are_refused(faults: LocalFaults) -> None:
    mistakes: tuple[Callable[[], object], ...] = (
        lambda: faults.strike_job("bewitched"),  # type: ignore[arg-type]
        lambda: faults.take_slot(times=0),
        lambda: faults.fail("X", status="many"),  # type: ignore[arg-type]
    )
    for wrong in mistakes:
        with pytest.raises(InvalidFaultError):
            wrong()
    assert faults.pending() == []


def test_cleared_faults_have_no_effect(world: World, faults: LocalFaults) -> None:
    faults.take_slot(times=99)
    assert faults.pending() == [{"kind": "slot", "times": 99}]

    faults.clear()

    assert world.run(world.csv(user("ann")))["Status"] == "Succeeded"


def test_an_unstarted_job_expires_when_the_clock_passes_24_hours(
    world: World, faults: LocalFaults
) -> None:
    del faults
    body = world.csv(user("ann"))
    job_id = world.uploaded(body)

    world.aws.clock.advance(hours=23, minutes=59)
    assert world.describe(job_id)["Status"] == "Created"
    world.aws.clock.advance(minutes=1)

    job = world.describe(job_id)
    assert job["Status"] == "Expired"
    assert job["CompletionDate"] - job["CreationDate"] == dt.timedelta(hours=24)


def test_an_upload_url_is_valid_for_its_stated_lifetime(world: World, faults: LocalFaults) -> None:
    del faults
    job = world.create()
    world.aws.clock.advance(seconds=890)
    assert put(job["PreSignedUrl"], world.csv(user("ann")))[0] == 200

    world.aws.clock.advance(seconds=10)

    assert put(job["PreSignedUrl"], b"data")[0] == 403
    # What was uploaded in time can still be started (§2.4).
    world.start(job["JobId"])
    assert world.ended(job["JobId"])["Status"] == "Succeeded"


def test_waits_end_when_the_clock_is_advanced(world: World, faults: LocalFaults) -> None:
    del faults
    world.aws.configure(seconds_pending=3600, log_delay_seconds=7200)
    job_id = world.uploaded(world.csv(user("ann")))
    world.start(job_id)
    assert world.describe(job_id)["Status"] == "Pending"

    world.aws.clock.advance(hours=1)
    job = world.ended(job_id)
    assert job["Status"] == "Succeeded"

    world.aws.clock.advance(hours=2)
    waited(lambda: world.log(job), lambda lines: len(lines) == 3)


def test_the_clock_can_be_set_back_to_the_machines(aws: LocalAws, faults: LocalFaults) -> None:
    del faults
    aws.clock.advance(days=30)
    assert aws.clock.now() - dt.datetime.now(dt.UTC) > dt.timedelta(days=29)

    aws.clock.reset()

    assert abs(aws.clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(days=1)


def calls_until_throttled(call: Callable[[], Any]) -> int:
    for count in range(100):
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] != "TooManyRequestsException":
                raise
            return count
    return 100


def test_a_pool_takes_five_calls_of_an_operation_a_second(
    world: World, faults: LocalFaults, once: Callable[[str], Any]
) -> None:
    del faults
    client = once("cognito-idp")

    def call() -> Any:
        return client.get_csv_header(UserPoolId=world.pool)

    world.aws.configure(rate_quotas=True)
    # A slow machine may need more than a second for the first calls.
    assert 5 <= calls_until_throttled(call) < 100
    world.aws.clock.advance(seconds=1)
    call()
    world.aws.configure(rate_quotas=False)
    for _ in range(6):
        call()


def test_a_server_begins_with_the_settings_it_is_given(aws: LocalAws) -> None:
    environment = {
        **os.environ,
        "COGNITO_IMPORT_LOCAL_SETTINGS": '{"speed": 1}',
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    done = subprocess.run(
        [sys.executable, "-m", "cognito_import_local"],
        capture_output=True,
        check=False,
        text=True,
        env=environment,
        timeout=30,
    )

    assert done.returncode == 2
    assert "speed is not a setting" in done.stderr
    aws.configure(texts={"slot_taken": "changed"})
    aws.reset()
    assert aws.settings()["texts"]["slot_taken"] != "changed"
