"""The fields of the lines of a function's log."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import create, delivered
from helpers.fake_world import Execution

from user_import import log_context, starter, worker
from user_import.contract import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpers.fake_world import FakeAws


class Handler(logging.Handler):
    """The handler that Lambda adds to the root logger, as far as fields are concerned."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def fields(self) -> list[dict[str, Any]]:
        names = ("request", "import", "job", "phase")
        return [
            {name: getattr(each, name) for name in names if hasattr(each, name)}
            for each in self.records
        ]


@pytest.fixture
def handler() -> Iterator[Handler]:
    handler = Handler()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    log_context.begin({})


def call(execution: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker's entry point take the next step, in the time of the scripted AWS."""
    world, machine = execution.world, execution.machine
    monkeypatch.setattr(worker, "Services", lambda _role: world.world_of(execution.event))
    world.clock.sleep(max(0.0, machine.due - world.clock.now()))
    result = worker.handler(json.loads(json.dumps(machine.payload)), None)
    machine.succeed(result, world.clock.now())


def test_each_line_of_the_worker_names_request_import_job_and_phase(
    world: FakeAws, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = create(ImportName="Shop/Seed")
    execution = Execution(event, world)
    while not execution.over:
        call(execution, monkeypatch)
    common = {"request": event["RequestId"], "import": "Shop/Seed"}
    assert all(common.items() <= each.items() for each in handler.fields)
    job = world.cognito.job().id
    lines = {
        record.getMessage().split(",")[0].split(":")[0]: each
        for record, each in zip(handler.records, handler.fields, strict=True)
    }
    assert lines["people.csv"] == {**common, "phase": "Stage"}
    assert lines[f"job {job} was created and uploaded"]["job"] == job
    assert lines[Phase.RUN] == {**common, "job": job, "phase": Phase.RUN}
    assert lines["answering"] == {**common, "job": job, "phase": "Report"}


def test_the_lines_of_the_next_request_have_no_fields_of_the_last_one(
    world: FakeAws, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = create(ImportName="Shop/Seed"), create()
    execution = Execution(first, world)
    while not execution.over:
        call(execution, monkeypatch)
    handler.records.clear()
    call(Execution(second, world), monkeypatch)
    assert {each["request"] for each in handler.fields} == {second["RequestId"]}
    assert {each["import"] for each in handler.fields} == {second["LogicalResourceId"]}
    assert not any("job" in each for each in handler.fields)


def test_each_line_of_the_starter_names_the_request(world: FakeAws, handler: Handler) -> None:
    event = create(ImportName="Shop/Seed")
    starter.start(delivered(event, world.web.url("/answer/1")), world.states)
    assert handler.fields == [
        {"request": event["RequestId"], "import": "Shop/Seed", "phase": "Starter"}
    ]


def test_no_line_of_boto3_below_a_warning_is_logged(handler: Handler) -> None:
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)  # as Lambda does for JSON
    try:
        log_context.begin({})
        logging.getLogger("botocore.credentials").info("Found credentials")
    finally:
        root.setLevel(level)
    assert handler.records == []
