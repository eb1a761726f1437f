"""What goes wrong at AWS while an import runs, and how it ends for the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from helpers.import_world import World
from helpers.import_world import user as row

from user_import.messages import steps as messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpers.deployed_histories import History

    from cognito_import_local import LocalAws


@pytest.fixture
def aws(history: History) -> LocalAws:
    """The local AWS of the history."""
    return history.cloud.aws


@pytest.fixture
def foreign_job(history: History) -> Iterator[Any]:
    """A job of somebody else's, which holds the account's only slot until it is stopped."""
    cloud = history.cloud
    pool = cloud.cognito_idp.create_user_pool(PoolName="foreign", AutoVerifiedAttributes=["email"])[
        "UserPool"
    ]["Id"]
    world = World(cloud.aws, cloud.cognito_idp, pool, history.logs_role)
    job_id = world.uploaded(world.csv(row("stranger")))
    cloud.aws.configure(seconds_pending=600)
    world.start(job_id)
    cloud.aws.reset_settings()
    yield lambda: world.stop(job_id)
    if world.describe(job_id)["Status"] == "Pending":
        world.stop(job_id)


def test_throttled_calls_only_delay_an_import(history: History, aws: LocalAws) -> None:
    for operation in (
        "DescribeUserPool",
        "GetCSVHeader",
        "ListUserImportJobs",
        "CreateUserImportJob",
        "StartUserImportJob",
        "DescribeUserImportJob",
    ):
        aws.faults.throttle(operation)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert aws.faults.pending() == []
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_a_503_and_a_cut_connection_during_upload_create_no_second_job(
    history: History, aws: LocalAws
) -> None:
    aws.faults.spoil_upload("refused")
    aws.faults.spoil_upload("cut")
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert aws.faults.pending() == []
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_an_unacknowledged_upload_is_retried(history: History, aws: LocalAws) -> None:
    aws.faults.spoil_upload("unanswered")
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_an_expired_upload_url_creates_a_new_job_and_never_starts_the_old_one(
    history: History, aws: LocalAws
) -> None:
    aws.configure(upload_url_seconds=0)
    create = history.ask("Create")
    first = history.until_a_job_is("Created")
    aws.reset_settings()
    answer = history.answer(create)

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert first["JobId"] not in answer["Data"]["JobIds"]
    history.ends_well(started=1)


@pytest.mark.slow
def test_upload_urls_that_are_always_expired_fail_the_deployment_with_that_reason(
    history: History, aws: LocalAws
) -> None:
    aws.configure(upload_url_seconds=0)
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert (
        "The upload to the import job's presigned URL failed: HTTP status 403" in (answer["Reason"])
    )
    assert "X-Amz" not in answer["Reason"]
    history.ends_well(started=0)


def test_a_role_that_cannot_be_assumed_yet_is_waited_for(history: History, aws: LocalAws) -> None:
    aws.configure(role_propagation_seconds=1e9)
    create = history.ask("Create")
    history.until_a_job_is("Created")
    history.until_it_waits_for("StartUserImportJob")
    aws.reset_settings()

    assert history.answer(create)["Data"]["ImportedUsers"] == "3"
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_a_job_that_failed_because_its_role_was_too_new_is_retried(
    history: History, aws: LocalAws
) -> None:
    aws.configure(role_propagation_seconds=1e9, logs_role_fault="fail_job")
    create = history.ask("Create")
    history.until_a_job_is("Failed")
    aws.reset_settings()
    answer = history.answer(create)

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert history.statuses()[-1] == "Succeeded"
    assert set(history.statuses()[:-1]) == {"Failed"}
    history.ends_well(started=len(history.jobs()))


def test_an_import_waits_until_a_foreign_job_leaves_the_slot(
    history: History, foreign_job: Any
) -> None:
    create = history.ask("Create")
    history.until_it_waits_for("StartUserImportJob")
    assert history.statuses() == ["Created"]
    foreign_job()

    assert history.answer(create)["Data"]["ImportedUsers"] == "3"
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_an_import_that_never_gets_the_slot_fails_and_does_not_stop_the_foreign_job(
    history: History, foreign_job: Any
) -> None:
    answer = history.asked("Create", TimeoutSeconds="30")

    assert answer["Status"] == "FAILED"
    assert messages.import_timed_out(30, "cognito-idp:StartUserImportJob: ") in answer["Reason"]
    assert "Status Created: 0 imported, 0 skipped, 0 failed of 3 users" in answer["Reason"]
    history.ends_well(started=0)
    assert foreign_job()["Status"] in ("Stopping", "Stopped"), "it was still running"


def test_a_job_that_was_stopped_by_hand_fails_the_deployment_with_its_counters(
    history: History, aws: LocalAws
) -> None:
    aws.faults.strike_job("stopped", after_rows=1)
    answer = history.asked("Create")

    (job,) = history.jobs()
    assert answer["Status"] == "FAILED"
    assert f"Import job {job['JobId']} was stopped outside of this import." in answer["Reason"]
    assert "Status Stopped: 1 imported, 0 skipped, 0 failed of 3 users" in answer["Reason"]
    history.ends_well(started=1)


def test_a_job_that_expires_before_it_could_start_is_made_again(
    history: History, aws: LocalAws
) -> None:
    aws.faults.take_slot(times=8)
    create = history.ask("Create")
    history.until_a_job_is("Created")
    aws.clock.advance(hours=25)
    answer = history.answer(create)
    first, second = history.jobs()
    assert (first["Status"], second["Status"]) == ("Expired", "Succeeded")

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["ImportedUsers"] == "3"
    history.ends_well(started=1)


def test_a_job_that_loses_its_role_midway_fails_with_its_counters(
    history: History, aws: LocalAws
) -> None:
    aws.faults.strike_job("role_lost", after_rows=1)
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    (job,) = history.jobs()
    assert messages.users_unaccounted_for(job["JobId"], 1, 3) in answer["Reason"]
    history.ends_well(started=1)


@pytest.mark.slow
def test_an_import_succeeds_when_describe_fails_for_a_minute(
    history: History, aws: LocalAws
) -> None:
    # The function asks four times, and the workflow calls it again after 2, 4, 8 and 16 seconds;
    # its sixth and last call comes after another 32.
    aws.faults.fail("DescribeUserImportJob", times=5 * 4)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert aws.faults.pending() == []
    history.ends_well(started=1)


@pytest.mark.slow
def test_a_describe_that_fails_for_longer_fails_the_deployment_and_stops_the_job(
    history: History, aws: LocalAws
) -> None:
    aws.configure(seconds_pending=600)
    create = history.ask("Create")
    history.until_a_job_is("Pending")
    aws.faults.fail("DescribeUserImportJob", times=10_000)
    answer = history.answer(create)

    assert answer["Status"] == "FAILED"
    assert "cognito-idp:DescribeUserImportJob: InternalErrorException" in answer["Reason"]
    history.ends_well(started=1)


def test_delayed_log_lines_are_in_the_reason(history: History, aws: LocalAws) -> None:
    history.give_a_failing_user()
    aws.configure(log_delay_seconds=4)
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "More users failed than are tolerated: 1, at most 0." in answer["Reason"]
    assert re.search(r"users\.csv line 3: failed: \S", answer["Reason"])
    history.ends_well(started=1)


@pytest.mark.slow
def test_missing_log_lines_do_not_block_the_answer(history: History, aws: LocalAws) -> None:
    history.give_a_failing_user()
    aws.faults.strike_job("log_lost")
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "More users failed than are tolerated: 1, at most 0." in answer["Reason"]
    assert "line 3" not in answer["Reason"]
    assert "Log: /aws/cognito/userpools/" in answer["Reason"]
    history.ends_well(started=1)


def test_an_unreadable_log_is_reported_and_does_not_block_the_answer(
    history: History, aws: LocalAws
) -> None:
    history.give_a_failing_user()
    aws.faults.fail("FilterLogEvents", times=4, code="ServiceUnavailableException", status=503)
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "The import's log could not be read (ServiceUnavailableException)." in answer["Reason"]
    history.ends_well(started=1)
