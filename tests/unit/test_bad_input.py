"""Bad input in deployments: the exact reason, and nothing partial left behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from helpers.bad_input import ARN_OF_POOL, DEPLOYED, source
from helpers.events import MACHINE, POOL, create, delete
from helpers.fake_world import CANARY, POOL_NAME, run_workflow, users

from user_import.contract import Property
from user_import.messages import aws as aws_messages
from user_import.messages import starter as starter_messages
from user_import.messages import steps as messages
from user_import.steps import memory
from user_import.users_csv import Limits

if TYPE_CHECKING:
    from helpers.bad_input import Case
    from helpers.fake_world import FakeAws

LONGEST_PHYSICAL_ID = 1024


def expected(case: Case, world: FakeAws) -> str:
    if not re.search(r"\{(?:log|job)\}", case.reason):
        return case.reason
    job = world.cognito.job()
    log = f"/aws/cognito/userpools/{POOL}/{POOL_NAME} stream {job.id}/{job.name}"
    return case.reason.replace("{log}", log).replace("{job}", job.id)


@pytest.mark.parametrize("case", DEPLOYED, ids=lambda case: case.name)
def test_a_deployment_with_bad_input_fails_with_the_expected_reason_and_removes_its_data(
    world: FakeAws, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    caplog.set_level("DEBUG", logger="user_import")
    case.arrange(world)
    event = create(**case.properties)
    execution = run_workflow(event, world)
    assert execution.status == "FAILED"
    assert execution.reason == expected(case, world)
    assert not execution.failed, "only the EventBridge rule answered"
    assert len(execution.answer["PhysicalResourceId"]) <= LONGEST_PHYSICAL_ID
    assert world.staged == []
    assert world.cognito.active == []
    assert CANARY not in caplog.text
    assert "secret" not in caplog.text
    world.faults.clear()
    assert run_workflow(delete(event), world).status == "SUCCESS"


def test_the_names_of_the_cases_are_unique() -> None:
    names = [case.name for case in DEPLOYED]
    assert sorted(set(names)) == sorted(names)


def test_users_for_more_jobs_than_allowed_are_all_refused(
    world: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LIMITS", Limits(jobs=0))
    execution = run_workflow(create(), world)
    assert execution.reason == (
        "people.csv has 1 problem, and nothing was imported: line 1: these are 3 users in 1 import "
        "jobs, and one import has 0 jobs at most; split the file (CSV014)"
    )
    assert world.staged == []
    assert world.cognito.jobs == []


def test_a_file_with_more_problems_than_are_reported_has_the_first_and_the_count(
    world: FakeAws,
) -> None:
    rows = users(30).decode().replace("@", " ").splitlines()
    source("\n".join(rows).encode())(world)
    execution = run_workflow(create(), world)
    reported = "; ".join(
        f"line {line}, column email: this is not the form of an email address; give one @ and no "
        "spaces (CSV026)"
        for line in range(2, 22)
    )
    assert execution.reason == (
        f"people.csv has 30 problems, and nothing was imported. {messages.PROBLEMS_NOT_KEPT} "
        f"By rule: CSV026: 30. The first 20: {reported}"
    )
    assert world.staged == []


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        (None, starter_messages.property_missing(Property.STATE_MACHINE_ARN)),
        (
            ARN_OF_POOL,
            aws_messages.aws_refusal("states:StartExecution", "", "InvalidArn", "Invalid Arn"),
        ),
        (
            MACHINE,
            aws_messages.aws_refusal(
                "states:StartExecution", "", "StateMachineDoesNotExist", "It does not exist"
            ),
        ),
    ],
    ids=["missing", "of something else", "of a workflow that is gone"],
)
def test_a_workflow_that_cannot_be_started_is_reported_at_once(
    world: FakeAws, arn: str | None, reason: str
) -> None:
    if arn == ARN_OF_POOL:
        world.fault("StartExecution", "InvalidArn", "Invalid Arn")
    if arn == MACHINE:
        world.fault("StartExecution", "StateMachineDoesNotExist", "It does not exist")
    event = {**create(StateMachineArn=arn), "ResponseURL": world.web.url("/answer/1?secret")}
    world.start(event)
    (answer,) = world.web.answers("/answer/1?secret")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == starter_messages.workflow_not_started(reason)
    assert world.states.inputs == {}
