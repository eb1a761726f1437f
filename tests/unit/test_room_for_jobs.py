"""The room for further import jobs in a user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.events import POOL, create, update
from helpers.fake_world import run_workflow

from user_import.contract import JOBS_PER_POOL, JOBS_PER_POOL_VARIABLE
from user_import.messages import steps as messages

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws


def fill(world: FakeAws, jobs: int) -> None:
    """Put jobs of others into the pool."""
    for number in range(jobs):
        world.cognito.add_job(f"by-hand-{number}").status = "Succeeded"


def test_an_import_that_does_not_fit_into_the_pool_is_refused_before_its_first_job(
    world: FakeAws,
) -> None:
    fill(world, JOBS_PER_POOL)
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert execution.reason == messages.no_room_for_jobs(POOL, 1, JOBS_PER_POOL, JOBS_PER_POOL)
    assert not world.called("CreateUserImportJob")


def test_the_last_job_of_a_pool_is_not_refused(world: FakeAws) -> None:
    fill(world, JOBS_PER_POOL - 1)
    assert run_workflow(create(), world).status == "SUCCESS"


def test_an_import_whose_jobs_exist_needs_no_room(world: FakeAws) -> None:
    event = create(Start="false")
    run_workflow(event, world)
    fill(world, JOBS_PER_POOL - 1)
    assert run_workflow(update(event, Start="true"), world).status == "SUCCESS"


def test_a_pool_above_the_quota_shows_that_it_was_raised(world: FakeAws) -> None:
    fill(world, JOBS_PER_POOL + 1)
    assert run_workflow(create(), world).status == "SUCCESS"


@pytest.mark.parametrize(("quota", "status"), [("2000", "SUCCESS"), ("1000", "FAILED")])
def test_the_owner_of_the_workflow_names_a_raised_quota(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch, quota: str, status: str
) -> None:
    monkeypatch.setenv(JOBS_PER_POOL_VARIABLE, quota)
    fill(world, JOBS_PER_POOL)
    assert run_workflow(create(), world).status == status


def test_without_an_answer_about_jobs_cognito_decides(world: FakeAws) -> None:
    world.fault("ListUserImportJobs", "TooManyRequestsException", seconds=200)
    fill(world, JOBS_PER_POOL)
    assert run_workflow(create(), world).status == "SUCCESS"
