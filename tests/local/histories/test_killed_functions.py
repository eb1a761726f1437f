"""Functions that die in the middle of their work: what they had done is done, and known again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from helpers.deployed_histories import History

    from cognito_import_local.client.control_client import LocalFaults


@pytest.fixture
def faults(history: History) -> LocalFaults:
    """What goes wrong in the history."""
    return history.cloud.aws.faults


@pytest.mark.parametrize(
    ("method", "what", "carried_out"),
    [("GET", "source", False), ("PUT", "staged", False), ("PUT", "staged", True)],
    ids=["while it reads the CSV", "before the CSV is staged", "after the CSV was staged"],
)
def test_a_worker_that_dies_mid_stage_stages_again(
    history: History, faults: LocalFaults, method: str, what: str, carried_out: bool
) -> None:
    faults.kill_function(f"{method} {getattr(history, what)}", carried_out=carried_out)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert faults.pending() == []
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_a_worker_that_dies_between_create_and_upload_makes_a_new_job(
    history: History, faults: LocalFaults
) -> None:
    faults.kill_function("CreateUserImportJob", carried_out=True)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert faults.pending() == []
    assert history.statuses() == ["Created", "Succeeded"], "nothing was uploaded to the first"
    history.ends_well(started=1)


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
def test_a_worker_that_dies_around_a_start_starts_no_second_job(
    history: History, faults: LocalFaults, carried_out: bool
) -> None:
    faults.kill_function("StartUserImportJob", carried_out=carried_out)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert faults.pending() == []
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


def test_a_worker_that_dies_while_it_watches_a_job_resumes_watching(
    history: History, faults: LocalFaults
) -> None:
    faults.kill_function("DescribeUserImportJob", times=2)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert faults.pending() == []
    history.ends_well(started=1)


def test_a_worker_that_dies_while_it_reports_answers_once(
    history: History, faults: LocalFaults
) -> None:
    history.give_a_failing_user()
    faults.kill_function("FilterLogEvents")
    faults.kill_function(f"DELETE {history.staged}", carried_out=True)
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "users.csv line 3: failed: " in answer["Reason"]
    assert faults.pending() == []
    history.ends_well(started=1)


def test_a_worker_that_dies_during_a_delete_still_stops_the_job(
    history: History, faults: LocalFaults
) -> None:
    history.cloud.aws.configure(seconds_pending=600)
    create = history.ask("Create")
    history.until_a_job_is("Pending")
    history.driver.set_stack_status("ROLLBACK_IN_PROGRESS")
    faults.kill_function("StopUserImportJob", carried_out=True)
    deleted = history.asked("Delete")

    assert deleted["Status"] == "SUCCESS"
    assert history.answer(create)["Status"] == "FAILED"
    assert faults.pending() == []
    assert history.statuses() == ["Stopped"]
    history.ends_well(started=1)


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
def test_a_starter_that_dies_starts_one_workflow(
    history: History, faults: LocalFaults, carried_out: bool
) -> None:
    faults.kill_function("StartExecution", carried_out=carried_out)
    answer = history.asked("Create")

    assert (answer["Status"], answer["Data"]["ImportedUsers"]) == ("SUCCESS", "3")
    assert faults.pending() == []
    assert len(history.executions()) == 1
    history.ends_well(started=1)


@pytest.mark.slow
def test_a_worker_that_dies_on_every_try_fails_the_deployment_and_its_job_is_stopped(
    history: History, faults: LocalFaults
) -> None:
    history.cloud.aws.configure(seconds_pending=600)
    create = history.ask("Create")
    history.until_a_job_is("Pending")
    faults.kill_function("DescribeUserImportJob", times=6)
    answer = history.answer(create)

    assert answer["Status"] == "FAILED"
    assert "The import workflow failed: " in answer["Reason"]
    assert faults.pending() == []
    history.until_a_job_is("Stopped")
    assert len(history.jobs()) == 1
    history.ends_well(started=1)


@pytest.mark.slow
def test_the_starter_answers_for_a_worker_that_can_never_report(
    history: History, faults: LocalFaults
) -> None:
    faults.kill_function(f"DELETE {history.staged}", times=6, carried_out=True)
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "ended with status FAILED (Runtime.HandlerError) before" in answer["Reason"]
    assert f"user pool {history.pool_id}" in answer["Reason"]
    assert [each["status"] for each in history.executions()] == ["FAILED"]
    history.ends_well(started=1)
