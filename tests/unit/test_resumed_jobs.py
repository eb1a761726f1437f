"""Jobs of earlier requests whose rows are not imported again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import create, run, update
from helpers.fake_world import Execution, Outcome, run_workflow, users

from user_import.aws.cognito import Job
from user_import.steps import memory
from user_import.steps.import_request import ImportRequest
from user_import.steps.job_slot import JobSlot
from user_import.steps.resumed_jobs import with_resumed_jobs
from user_import.steps.state import Progress
from user_import.users_csv import JobRows, Limits

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

DIGESTS = ("aaaaaaaa", "bbbbbbbb", "cccccccc")


def slots() -> list[JobSlot]:
    """Return three jobs of ten users each."""
    return [JobSlot(JobRows(0, 99, 10, ((0, 2),), digest=digest)) for digest in DIGESTS]


def job(event: dict[str, Any], number: int, status: str = "Succeeded", **counters: int) -> Job:
    """Return a job of a request for one of the three."""
    return Job.from_api(
        {
            "JobId": f"import-{number}",
            "JobName": ImportRequest.from_event(event).name_of(number, DIGESTS[number]),
            "Status": status,
            **(counters or {"ImportedUsers": 10}),
        }
    )


def resumed(event: dict[str, Any], *jobs: Job) -> list[str | None]:
    """Return the id of the job that each of the three has, given the pool's jobs, newest first."""
    planned = with_resumed_jobs(ImportRequest.from_event(event), slots(), jobs)
    assert all(bool(slot.id) == bool(slot.result) == slot.resumed for slot in planned)
    return [slot.id for slot in planned]


def test_another_request_for_the_same_content_imports_nothing_again(world: FakeAws) -> None:
    first = run_workflow(create(), world)
    second = run_workflow(create(), world)
    assert second.status == "SUCCESS"
    assert second.attributes == first.attributes
    assert len(world.cognito.jobs) == 1


def test_rows_are_imported_again_after_other_content_was_imported(world: FakeAws) -> None:
    event = create()
    run_workflow(event, world)
    world.s3.objects["assets", "users.csv"] = users(2)
    other = update(event, SourceHash="b2")
    assert run_workflow(other, world).status == "SUCCESS"
    world.s3.objects["assets", "users.csv"] = users(3)
    back = Execution(update(other, SourceHash="a1"), world).run()
    assert back.status == "SUCCESS"
    assert len(world.cognito.jobs) == 3
    assert back.attributes["JobIds"] == world.cognito.job(2).id


def test_other_rows_of_the_same_source_are_imported(world: FakeAws) -> None:
    run_workflow(create(SourceHash=None), world)
    world.s3.objects["assets", "users.csv"] = users(5)
    assert run_workflow(create(SourceHash=None), world).status == "SUCCESS"
    assert len(world.cognito.jobs) == 2


def test_an_object_that_changes_and_changes_back_is_imported_again(world: FakeAws) -> None:
    event = create(SourceHash=None)
    run_workflow(event, world)
    world.cloudformation.status = "CREATE_COMPLETE"
    for content in (users(2, first=9), users(3)):
        world.s3.objects["assets", "users.csv"] = content
        assert Execution(run(event), world).run().output["status"] == "SUCCEEDED"
    assert len(world.cognito.jobs) == 3


def test_a_new_run_token_imports_again(world: FakeAws) -> None:
    run_workflow(create(RunToken="1"), world)
    run_workflow(create(RunToken="2"), world)
    assert len(world.cognito.jobs) == 2


def test_a_job_that_failed_is_created_again(world: FakeAws) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=3)]
    assert run_workflow(create(), world).status == "FAILED"
    assert run_workflow(create(), world).status == "SUCCESS"
    assert len(world.cognito.jobs) == 2


def test_an_import_that_is_not_to_be_started_creates_its_job(world: FakeAws) -> None:
    run_workflow(create(), world)
    assert run_workflow(create(Start="false"), world).attributes["Status"] == "Created"
    assert len(world.cognito.jobs) == 2


def test_a_retry_runs_only_the_jobs_that_have_not_succeeded(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LIMITS", Limits(job_users=1))
    world.cognito.outcomes = [Outcome(), Outcome("Failed", failed=1)]
    assert run_workflow(create(), world).status == "FAILED"
    first, failed = world.cognito.jobs
    retry = run_workflow(create(), world)
    assert retry.status == "SUCCESS"
    second, third = world.cognito.jobs[2:]
    assert retry.attributes["JobIds"] == f"{first.id},{second.id},{third.id}"
    assert retry.attributes["ImportedUsers"] == "3"
    assert world.cognito.uploaded(second) == world.cognito.uploaded(failed)
    assert world.cognito.started.count(first.id) == 1


def test_an_unchanged_update_after_a_retry_answers_the_results_of_both(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LIMITS", Limits(job_users=1))
    world.cognito.outcomes = [Outcome(), Outcome("Failed", failed=1)]
    run_workflow(create(), world)
    event = create()
    retry = run_workflow(event, world)
    unchanged = run_workflow(update(event, TimeoutSeconds="300"), world)
    assert unchanged.attributes == retry.attributes
    assert len(world.cognito.jobs) == 4


def test_a_retry_creates_only_the_jobs_that_have_not_succeeded() -> None:
    event = create()
    before = [job(event, 2, "Stopped"), job(event, 1, "Failed"), job(event, 0)]
    assert resumed(create(), *before) == ["import-0", None, None]


def test_jobs_of_several_earlier_requests_are_resumed() -> None:
    first, second = create(), create()
    before = [job(second, 2, "Failed"), job(second, 1), job(first, 1, "Failed"), job(first, 0)]
    assert resumed(create(), *before) == ["import-0", "import-1", None]


def test_jobs_before_the_last_change_of_content_are_not_resumed() -> None:
    other = job(create(SourceHash="other"), 0, "Expired")
    assert resumed(create(), job(create(), 2), other, job(create(), 0)) == [None, None, "import-2"]


def test_jobs_of_other_imports_are_not_resumed_and_hide_nothing() -> None:
    foreign = {**create(), "LogicalResourceId": "Other"}
    assert resumed(create(), job(foreign, 0)) == [None, None, None]
    assert resumed(create(), job(foreign, 1), job(create(), 0)) == ["import-0", None, None]


def test_a_job_that_does_not_account_for_all_users_is_not_resumed() -> None:
    assert resumed(create(), job(create(), 0, ImportedUsers=9)) == [None, None, None]


@pytest.mark.parametrize(("kind", "counter"), [("Failed", "Failed"), ("Skipped", "Skipped")])
@pytest.mark.parametrize(
    ("tolerated", "ids"),
    [
        ("0", [None, None, None]),
        ("3", ["import-0", None, None]),
        ("6", ["import-0", "import-1", None]),
    ],
)
def test_jobs_whose_users_would_fail_the_import_are_not_resumed(
    kind: str, counter: str, tolerated: str, ids: list[str | None]
) -> None:
    counters = {f"{counter}Users": 3, "ImportedUsers": 7}
    before = [job(create(), number, "Succeeded", **counters) for number in (1, 0)]
    event = create(**{"ToleratedFailed": "0", f"Tolerated{kind}": tolerated})
    assert resumed(event, *before) == ids


def test_a_failure_is_that_of_the_jobs_which_the_request_itself_has_run() -> None:
    planned = with_resumed_jobs(ImportRequest.from_event(create()), slots(), [job(create(), 2)])
    own = job(create(), 0, "Stopped", ImportedUsers=4).result
    progress = Progress(jobs=planned).with_job(0, JobSlot(planned[0].rows, own.id, result=own))
    assert [result.id for result in progress.results] == ["import-2", "import-0"]
