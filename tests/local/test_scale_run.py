"""The shortened form of `make scale`: several jobs in one deployment, and killed workers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from benchmarks.scale_run import ScaleRun
from benchmarks.scale_users import ScaleUsers
from helpers.deployment import DeploymentFailed
from helpers.imports import counts
from helpers.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.deployment import Cloud

PER_JOB = 700


@pytest.fixture
def make_run(cloud: Cloud, name: str) -> Callable[..., ScaleRun]:
    # A job runs long enough to be seen running.
    cloud.aws.configure(rows_per_second=0, users_per_file=PER_JOB, seconds_in_progress=20.0)

    def make(tolerated: int | None) -> ScaleRun:
        users = ScaleUsers(2 * PER_JOB + 100, per_job=PER_JOB, in_objects=3)
        run = ScaleRun(cloud, users, name, tolerated=tolerated, say=lambda _: None)
        run.prepare()
        return run

    return make


def test_users_in_three_jobs_are_each_imported_once_though_workers_are_killed(
    make_run: Callable[..., ScaleRun],
) -> None:
    run = make_run(None)

    outputs = run.deploy()

    assert counts(outputs) == (run.users.count - 6, 0, 6)
    assert [job["ImportedUsers"] for job in run.jobs()] == [PER_JOB - 2, PER_JOB - 2, 98]
    failing = sorted(run.users.failing)
    rows = eventually(lambda: len(rows := run.failed_rows()) == len(failing) and rows, "the log")
    assert rows == failing


def test_the_last_job_that_fails_too_many_users_names_the_lines_of_all_jobs(
    make_run: Callable[..., ScaleRun],
) -> None:
    run = make_run(5)

    with pytest.raises(DeploymentFailed) as failed:
        run.deploy()

    named = re.findall(r"(part-\d+\.csv\.gz), line ([\d,]+): failed", str(failed.value))
    places = [(key, line.replace(",", "")) for key, line in named]
    written = [
        (key.rpartition("/")[2], str(line)) for _, (key, line) in sorted(run.users.failing.items())
    ]
    assert places == written, str(failed.value)
