"""What CloudFormation asks: again, while an import runs, going back, and of what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from user_import.messages import steps as messages

if TYPE_CHECKING:
    from helpers.deployed_histories import History

    from cognito_import_local import LocalAws


@pytest.fixture
def aws(history: History) -> LocalAws:
    """The local AWS of the history."""
    return history.cloud.aws


@pytest.fixture
def endless(aws: LocalAws) -> None:
    """Jobs that run until they are stopped."""
    aws.configure(seconds_pending=600)


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_a_request_that_is_delivered_three_times_is_executed_and_answered_once(
    history: History, kind: str
) -> None:
    if kind == "Delete":
        history.asked("Create")
    event = history.ask(kind, old={"RunToken": "before"})
    history.driver.send(event)
    answer = history.answer(event)
    history.driver.send(event)

    assert answer["Status"] == "SUCCESS"
    assert len(history.jobs()) == 1
    assert history.imported() == set(history.names)
    history.ends_well(started=1)
    assert len(history.executions()) == len(history.requests)


def test_a_failure_of_another_resource_stops_the_job_and_the_pool_can_be_deleted(
    play: Any,
) -> None:
    history = play("Doomed")
    history.cloud.aws.configure(seconds_pending=600)
    create = history.ask("Create")
    history.until_a_job_is("Pending")
    cognito = history.cloud.cognito_idp
    with pytest.raises(cognito.exceptions.ClientError, match="UserImportInProgressException"):
        cognito.delete_user_pool(UserPoolId=history.pool_id)
    history.driver.set_stack_status("ROLLBACK_IN_PROGRESS")
    deleted = history.asked("Delete")

    assert deleted["Status"] == "SUCCESS"
    assert deleted["PhysicalResourceId"] == history.requests[-1]["PhysicalResourceId"]
    assert history.answer(create)["Status"] == "FAILED"
    assert history.statuses() == ["Stopped"]
    assert history.imported() == set()
    history.ends_well(started=1)
    cognito.delete_user_pool(UserPoolId=history.pool_id)


def test_a_rollback_before_the_delete_stops_the_job_and_reports_the_reason(
    history: History, endless: Any
) -> None:
    create = history.ask("Create")
    history.until_a_job_is("Pending")
    history.driver.set_stack_status("ROLLBACK_IN_PROGRESS")
    answer = history.answer(create)

    assert answer["Status"] == "FAILED"
    assert messages.IMPORT_ROLLED_BACK in answer["Reason"]
    assert "Status Stopped: 0 imported, 0 skipped, 0 failed of 3 users" in answer["Reason"]
    history.ends_well(started=1)


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_FAILED"])
def test_an_update_delivered_after_its_stack_operation_has_ended_imports_nothing(
    history: History, status: str
) -> None:
    history.driver.set_stack_status(status)
    answer = history.asked("Update", old={"RunToken": "before"})

    assert answer["Status"] == "FAILED"
    assert f"The stack is {status}" in answer["Reason"]
    assert history.jobs() == []
    history.ends_well(started=0)


def test_a_create_delivered_during_a_rollback_imports_nothing(history: History) -> None:
    history.stack_is("ROLLBACK_IN_PROGRESS")
    answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "The stack is rolling back or being deleted." in answer["Reason"]
    assert history.jobs() == []
    history.ends_well(started=0)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_stack_that_is_destroyed_during_an_import_stops_the_job(
    history: History, endless: Any, kind: str
) -> None:
    event = history.ask(kind, old={"RunToken": "before"})
    history.until_a_job_is("Pending")
    history.driver.set_stack_status("DELETE_IN_PROGRESS")
    deleted = history.asked("Delete")

    assert deleted["Status"] == "SUCCESS"
    assert history.answer(event)["Status"] == "FAILED"
    assert history.statuses() == ["Stopped"]
    assert history.imported() == set()
    history.ends_well(started=1)


def test_an_import_that_takes_too_long_is_stopped_with_a_clear_reason(
    history: History, endless: Any
) -> None:
    answer = history.asked("Create", TimeoutSeconds="30")

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The import did not finish within 30 seconds.")
    assert "Status Stopped: 0 imported, 0 skipped, 0 failed of 3 users" in answer["Reason"]
    assert history.statuses() == ["Stopped"]
    history.ends_well(started=1)


def test_a_failed_update_and_its_rollback_answer_with_the_attributes_of_the_first_import(
    history: History,
) -> None:
    first = history.asked("Create")
    history.give_a_failing_user()
    failed = history.asked("Update", RunToken=f"{history.token}-new")
    history.driver.set_stack_status("UPDATE_ROLLBACK_IN_PROGRESS")
    back = history.asked("Update", old={"RunToken": f"{history.token}-new"})

    assert (first["Status"], failed["Status"], back["Status"]) == ("SUCCESS", "FAILED", "SUCCESS")
    assert "of 3 users" in failed["Reason"]
    assert back["PhysicalResourceId"] == first["PhysicalResourceId"]
    assert back["Data"] == first["Data"]
    history.ends_well(started=2)


def test_a_running_update_is_stopped_when_the_stack_rolls_back(
    history: History, aws: LocalAws
) -> None:
    first = history.asked("Create")
    aws.configure(seconds_pending=600)
    update = history.ask("Update", RunToken=f"{history.token}-new")
    history.until_a_job_is("Pending")
    history.driver.set_stack_status("UPDATE_ROLLBACK_IN_PROGRESS")
    back = history.asked("Update", old={"RunToken": f"{history.token}-new"})

    assert history.answer(update)["Status"] == "FAILED"
    assert (back["Status"], back["Data"]) == ("SUCCESS", first["Data"])
    assert history.statuses() == ["Succeeded", "Stopped"]
    history.ends_well(started=2)


@pytest.mark.parametrize("stop", ["refuse", "stop"])
def test_a_waiting_job_does_not_block_the_deletion_of_its_stack(
    history: History, aws: LocalAws, stop: str
) -> None:
    aws.configure(stop_created_job=stop)
    waiting = history.asked("Create", Start="false")
    assert (waiting["Status"], waiting["Data"]["Status"]) == ("SUCCESS", "Created")
    history.driver.set_stack_status("DELETE_IN_PROGRESS")
    deleted = history.asked("Delete", Start="false", physical_id=waiting["PhysicalResourceId"])

    assert deleted["Status"] == "SUCCESS"
    assert history.statuses() == [{"refuse": "Created", "stop": "Stopped"}[stop]]
    assert history.imported() == set()
    history.ends_well(started=0)


def test_a_manually_started_job_is_stopped_when_its_stack_is_deleted(
    history: History, aws: LocalAws
) -> None:
    waiting = history.asked("Create", Start="false")
    aws.configure(seconds_pending=600)
    history.cloud.cognito_idp.start_user_import_job(
        UserPoolId=history.pool_id, JobId=waiting["Data"]["JobIds"]
    )
    history.driver.set_stack_status("DELETE_IN_PROGRESS")
    deleted = history.asked("Delete", Start="false", physical_id=waiting["PhysicalResourceId"])

    assert deleted["Status"] == "SUCCESS"
    assert history.statuses() == ["Stopped"]
    history.ends_well(started=1)


def test_an_answer_that_is_not_delivered_is_sent_again(history: History) -> None:
    history.driver.refuse_answers(2)
    assert history.asked("Create")["Status"] == "SUCCESS"
    history.ends_well(started=1)
