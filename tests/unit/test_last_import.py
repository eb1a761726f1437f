"""The jobs of the import that an Update rolls back to, or leaves unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, create, update
from helpers.fake_world import OTHER_POOL

from user_import.steps.import_request import ImportRequest
from user_import.steps.last_import import last_import

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws, FakeJob


def put_job(
    world: FakeAws,
    event: dict[str, Any],
    status: str = "Succeeded",
    *,
    number: int = 0,
    pool: str = POOL,
    **counters: int,
) -> FakeJob:
    """Put a job of a request into a pool."""
    name = ImportRequest.from_event(event).name_of(number)
    job = world.cognito.add_job(name, pool)
    job.status = status
    for counter, value in counters.items():
        setattr(job, counter, value)
    return job


def last(world: FakeAws, event: dict[str, Any]) -> list[Any]:
    """Return the ids of the jobs of the last import before a request."""
    return [job.id for job in last_import(ImportRequest.from_event(event), world)]


def test_the_last_import_is_the_newest_of_the_same_content(world: FakeAws) -> None:
    event = create()
    put_job(world, event, imported=3)
    newer = put_job(world, create(), skipped=3)
    put_job(world, create(SourceHash="other"), imported=9)
    put_job(world, {**create(), "LogicalResourceId": "Other"}, imported=9)
    put_job(world, create(), pool=OTHER_POOL, imported=9)
    world.cognito.add_job("foreign")
    assert last(world, update(event)) == [newer.id]


def test_the_jobs_of_the_last_import_are_in_order(world: FakeAws) -> None:
    event = create()
    ids = [put_job(world, event, number=number).id for number in range(12)]
    world.cognito.page_size = 5
    assert last(world, update(event)) == ids


@pytest.mark.parametrize("orphan", ["Created", "Expired"])
@pytest.mark.parametrize("orphan_is_newer", [True, False])
def test_a_job_that_never_ran_does_not_hide_an_earlier_one_that_ran(
    world: FakeAws, orphan: str, orphan_is_newer: bool
) -> None:
    event = create()
    statuses = ["Succeeded", orphan] if orphan_is_newer else [orphan, "Succeeded"]
    jobs = {status: put_job(world, event, status) for status in statuses}
    assert last(world, update(event)) == [jobs["Succeeded"].id]


@pytest.mark.parametrize("status", ["Created", "Stopped", "Succeeded"])
def test_the_jobs_of_the_request_itself_are_not_the_last_import(
    world: FakeAws, status: str
) -> None:
    event = create()
    before = put_job(world, event)
    back = update(event)
    put_job(world, back, status)
    assert last(world, back) == [before.id]


def test_without_an_earlier_import_there_is_no_last_import(world: FakeAws) -> None:
    put_job(world, create(SourceHash="other"))
    assert last(world, update(create())) == []


def test_an_outdated_list_is_requested_again(world: FakeAws) -> None:
    event = create()
    job = put_job(world, event)
    world.cognito.list_delay = float("inf")

    def show_jobs_in_the_next_list() -> None:
        world.before("ListUserImportJobs", lambda: setattr(world.cognito, "list_delay", 0))

    world.before("ListUserImportJobs", show_jobs_in_the_next_list)
    assert last(world, update(event)) == [job.id]


def test_a_list_with_the_jobs_is_requested_once(world: FakeAws) -> None:
    event = create()
    put_job(world, event)
    last(world, update(event))
    assert len(world.called("ListUserImportJobs")) == 1
