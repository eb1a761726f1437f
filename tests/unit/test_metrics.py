"""The metrics that the worker writes to the functions' log when an import ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, create, delete, update
from helpers.fake_world import CANARY, Execution, Outcome, run_workflow, users

from user_import.contract import Metric

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

NAME = "Shop/Seed"
UNITS = {
    "ImportedUsers": "Count",
    "SkippedUsers": "Count",
    "FailedUsers": "Count",
    "QueuedSeconds": "Seconds",
    "ImportSeconds": "Seconds",
}


def events(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the log events on the standard output, each of which is a line of JSON."""
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def values(event: dict[str, Any]) -> dict[str, float]:
    return {str(metric): event[metric] for metric in Metric}


def test_an_import_writes_one_line_in_the_embedded_metric_format(
    world: FakeAws, capfd: pytest.CaptureFixture[str]
) -> None:
    run_workflow(create(ImportName=NAME), world)
    (event,) = events(capfd)
    assert event["_aws"] == {
        "Timestamp": pytest.approx(world.clock.now() * 1000, abs=1000),
        "CloudWatchMetrics": [
            {
                "Namespace": "CdkCognitoUserImport",
                "Dimensions": [["UserPool", "Import"]],
                "Metrics": [{"Name": name, "Unit": unit} for name, unit in UNITS.items()],
            }
        ],
    }
    assert (event["UserPool"], event["Import"]) == (POOL, NAME)
    assert (event["level"], event["message"]) == ("INFO", "the import has succeeded")


def test_the_metrics_are_the_counters_and_times_of_all_jobs(
    world: FakeAws, capfd: pytest.CaptureFixture[str]
) -> None:
    world.s3.objects["assets", "users.csv"] = users(10)
    world.cognito.outcomes = [Outcome(skipped=2, failed=1, seconds=30)]
    world.cognito.foreign_until = world.clock.now() + 100
    run_workflow(create(ImportName=NAME, ToleratedFailed="1"), world)
    (event,) = events(capfd)
    queued = event.pop("QueuedSeconds")
    assert 100 <= queued <= 112
    assert {**values({**event, "QueuedSeconds": 0})} == {
        "ImportedUsers": 7,
        "SkippedUsers": 2,
        "FailedUsers": 1,
        "QueuedSeconds": 0,
        "ImportSeconds": 30,
    }


def test_a_report_that_is_repeated_for_its_event_writes_the_metrics_once(
    world: FakeAws, capfd: pytest.CaptureFixture[str]
) -> None:
    world.fault("PutEvents", "InternalException", times=6)
    Execution(create(ImportName=NAME, Events=NAME, ContractVersion="2"), world).run()
    assert len(world.called("PutEvents")) == 7
    assert len(events(capfd)) == 1


def test_a_failed_import_has_metrics_too(world: FakeAws, capfd: pytest.CaptureFixture[str]) -> None:
    world.cognito.outcomes = [Outcome(failed=2)]
    execution = run_workflow(create(ImportName=NAME), world)
    assert execution.status == "FAILED"
    (event,) = events(capfd)
    assert event["message"] == "the import has failed"
    assert (event["ImportedUsers"], event["FailedUsers"]) == (1, 2)


def test_an_import_that_never_gets_the_slot_has_waited_until_its_timeout(
    world: FakeAws, capfd: pytest.CaptureFixture[str]
) -> None:
    world.cognito.foreign_until = float("inf")
    run_workflow(create(ImportName=NAME, TimeoutSeconds="600"), world)
    (event,) = events(capfd)
    assert 590 <= event["QueuedSeconds"] <= 601
    assert event["ImportSeconds"] == 0


def test_a_step_that_fails_every_time_has_the_metrics_of_what_is_known(
    world: FakeAws, capfd: pytest.CaptureFixture[str]
) -> None:
    world.fault("GetObject", MemoryError("of the source"), key="users.csv")
    execution = run_workflow(create(ImportName=NAME), world)
    assert execution.status == "FAILED"
    (event,) = events(capfd)
    assert set(values(event).values()) == {0}


def test_an_import_without_a_name_has_no_metrics(
    world: FakeAws, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_workflow(create(), world).status == "SUCCESS"
    assert events(capfd) == []


@pytest.mark.parametrize("following", [update, delete])
def test_an_update_that_imports_nothing_has_no_metrics(
    world: FakeAws, capfd: pytest.CaptureFixture[str], following: Any
) -> None:
    first = create(ImportName=NAME)
    run_workflow(first, world)
    assert len(events(capfd)) == 1
    world.cloudformation.status = f"{following.__name__.upper()}_IN_PROGRESS"
    assert run_workflow(following(first), world).status == "SUCCESS"
    assert events(capfd) == []


def test_metrics_name_no_user_and_no_url(world: FakeAws, capfd: pytest.CaptureFixture[str]) -> None:
    world.cognito.outcomes = [
        Outcome(failed=2, lines=(f"[FAILED] Line Number 2 - {CANARY} is wrong",))
    ]
    run_workflow(create(ImportName=NAME), world)
    out = capfd.readouterr().out
    assert out
    assert CANARY not in out
    assert "secret-" not in out
    assert "http" not in out
