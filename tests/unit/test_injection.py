"""What users and services can put into names and texts steers no log, no path, no spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
from helpers.events import MACHINE, POOL, RECORD_KEY, create, delete, update
from helpers.fake_world import CANARY, Execution, FakeAws, FakeJob, Outcome, run_workflow, users
from hypothesis import given
from hypothesis import strategies as st

from user_import.cloudformation import Answer, Request, answer_body
from user_import.errors import AwsError
from user_import.steps.import_request import ImportRequest
from user_import.steps.problem_report import spreadsheet_cell
from user_import.text import one_line
from user_import.users_csv import ReadOptions

FORGED = "ERROR forged"
BREAKS = [
    "\n",
    "\r",
    "\r\n",
    "\v",
    "\f",
    "\x1b[2J\x1b[31m",
    "\x85",
    "\u2028",
    "\u2029",
    "\u202e",
    "\0",
]
PROBLEMS = ("st", "imports/seed/problems.csv")


def assert_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    """No record of a log has anything in it that begins another line or steers a terminal."""
    assert caplog.records
    for record in caplog.records:
        if record.name.startswith("user_import"):
            assert record.getMessage().isprintable(), repr(record.getMessage())


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "user_import")
    return caplog


@pytest.fixture(params=BREAKS, ids=repr)
def forged(request: pytest.FixtureRequest) -> str:
    return f"x{request.param}{FORGED}"


# Log lines and reasons


def test_a_source_name_forges_no_line(
    world: FakeAws, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    world.s3.objects["assets", "users.csv"] += b"one,two\n"
    execution = run_workflow(create(SourceName=forged), world)
    assert FORGED in execution.reason
    assert execution.reason.isprintable()
    assert FORGED in logged.text
    assert_one_line_each(logged)


@pytest.mark.parametrize("error", ["NoSuchKey", "AccessDenied"])
def test_a_key_of_the_source_forges_no_line(
    world: FakeAws, forged: str, error: str, logged: pytest.LogCaptureFixture
) -> None:
    world.fault("GetObject", error, key=forged)
    execution = run_workflow(create(SourceKey=forged), world)
    assert execution.reason.isprintable()
    assert_one_line_each(logged)


@pytest.mark.parametrize("place", ["column", "unknown column", "value"])
def test_a_column_or_value_of_the_users_file_forges_no_line(
    world: FakeAws, forged: str, place: str, logged: pytest.LogCaptureFixture
) -> None:
    world.cloudformation.disable_rollback = True
    column, value = {
        "column": (f'"{forged}"', "x"),
        "unknown column": (f'"custom:{forged}"', "x"),
        "value": ("birthdate", f'"{forged}"'),
    }[place]
    head = f"cognito:username,email,email_verified,{column}\n"
    world.s3.objects["assets", "users.csv"] = f"{head}a,a@example.com,true,{value}\n".encode()
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert execution.reason.isprintable()
    assert_one_line_each(logged)
    listed = world.s3.objects.get(PROBLEMS, b"").decode()
    assert all(line.isprintable() for line in listed.split("\r\n"))


def test_cognitos_message_about_a_job_forges_no_line(
    world: FakeAws, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    world.cognito.outcomes = [
        Outcome("Failed", failed=1, message=forged, lines=(f"[FAILED] Line Number 2 - {forged}",))
    ]
    execution = run_workflow(create(), world)
    assert execution.reason.count(FORGED) == 2
    assert execution.reason.isprintable()
    assert_one_line_each(logged)


@pytest.mark.parametrize(
    "operation",
    [
        *("DescribeUserPool", "GetCSVHeader", "CreateUserImportJob", "StartUserImportJob"),
        *("DescribeUserImportJob", "ListUserImportJobs", "PutObject", "GetObject", "DeleteObject"),
        *("HeadObject", "DescribeStacks", "FilterLogEvents", "PutRetentionPolicy", "AssumeRole"),
    ],
)
@pytest.mark.parametrize("code", ["InternalFailure", "AccessDenied", "PreconditionNotMetException"])
def test_a_services_refusal_forges_no_line(
    world: FakeAws, operation: str, code: str, logged: pytest.LogCaptureFixture
) -> None:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    world.fault(operation, code, f"x\n{FORGED}\x1b[2J")
    execution = run_workflow(create(ImportLogRetentionDays="30"), world)
    assert execution.reason.isprintable()
    assert_one_line_each(logged)


def test_an_error_code_forges_no_line(
    world: FakeAws, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    world.fault("GetCSVHeader", forged)
    assert run_workflow(create(), world).reason.isprintable()
    assert_one_line_each(logged)


def test_foreign_jobs_forge_no_line(
    world: FakeAws, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    world.cognito.jobs.append(FakeJob("import-1", forged, POOL, "role", 0.0, "/upload/x"))
    event = create()
    run_workflow(event, world)
    run_workflow(delete(event), world)
    assert_one_line_each(logged)


def test_a_pools_name_forges_no_line(
    world: FakeAws, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    world.cognito.description = {"Name": forged}
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    event = create(ImportLogRetentionDays="30", ImportLogRemovalPolicy="destroy")
    assert run_workflow(event, world).reason.isprintable()
    world.cloudformation.status = "DELETE_IN_PROGRESS"
    run_workflow(delete(event), world)
    assert_one_line_each(logged)


@pytest.mark.parametrize("name", ["UserPoolId", "StagingBucket", "StagingKey", "StateMachineArn"])
@pytest.mark.parametrize("kind", [create, lambda **changes: delete(create(**changes))])
def test_a_property_forges_no_line_of_the_starter(
    world: FakeAws,
    name: str,
    kind: Callable[..., dict[str, Any]],
    forged: str,
    logged: pytest.LogCaptureFixture,
) -> None:
    world.fault("StartExecution", "StateMachineDoesNotExist", forged)
    event = {**kind(**{name: forged}), "ResponseURL": world.web.url("/answer/1")}
    world.start(event)
    (answer,) = world.web.answers("/answer/1")
    assert answer["Reason"].isprintable()
    assert_one_line_each(logged)


@pytest.mark.parametrize("part", ["error", "arn"])
def test_a_failed_execution_forges_no_line(
    world: FakeAws, part: str, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    arn = forged if part == "arn" else MACHINE
    event = create(UserPoolId=forged)
    url = world.web.url("/answer/1")
    world.states.inputs[arn] = json.dumps({"request": event, "response_url": url})
    world.states.errors[arn] = forged
    world.answer_for({"executionArn": arn, "status": "FAILED"})
    world.fault("DescribeExecution", "KmsInvalidStateException", forged)
    with pytest.raises(AwsError):
        world.answer_for({"executionArn": arn, "status": "FAILED"})
    (answer,) = world.web.answers("/answer/1")
    assert answer["Reason"].isprintable()
    assert_one_line_each(logged)


@pytest.mark.parametrize(
    "name",
    [
        *("UserPoolId", "JobName", "TimeoutSeconds", "Start", "StagingKey", "ImportRoleArn"),
        "ContractVersion",
    ],
)
def test_a_property_forges_no_line_of_the_worker(
    world: FakeAws, name: str, forged: str, logged: pytest.LogCaptureFixture
) -> None:
    event = create(**{name: forged})
    assert run_workflow(event, world).reason.isprintable()
    run_workflow(delete(event), world)
    assert_one_line_each(logged)


@given(st.text())
def test_a_reason_is_always_one_line(reason: str) -> None:
    event = create()
    body = answer_body(Request.from_event(event), Answer(succeeded=False, reason=reason))
    assert json.loads(body)["Reason"].isprintable()


@given(st.text())
def test_one_line_keeps_printable_characters(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) == len(text)
    assert all(was == now for was, now in zip(text, line, strict=True) if was.isprintable())


# Spreadsheets


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\uff1d1", "\t=1", " =1"]
SEPARATORS = ["", "x;", "x,", "x\t", "x|", "x; "]


def cells(text: str) -> Iterator[str]:
    """Every cell that a spreadsheet finds, whatever it takes for the separator."""
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield from row
        for line in text.splitlines():
            yield from line.split(separator)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", SEPARATORS)
def test_no_cell_of_the_list_of_problems_is_a_formula(
    world: FakeAws, formula: str, before: str
) -> None:
    world.cloudformation.disable_rollback = True
    name = f"{before}{formula}".strip()
    head = f'cognito:username,"{name}",email_verified\n'
    world.s3.objects["assets", "users.csv"] = f"{head}a,not an address,true\n".encode()
    renamed = json.dumps(ReadOptions(columns={name: "email"}).to_json())
    run_workflow(create(Reading=renamed), world)
    text = world.s3.objects[PROBLEMS].decode()
    assert formula.strip()[0] in text
    for cell in cells(text):
        assert not cell.strip().strip('"').lstrip().startswith(tuple("=+-@\uff1d")), cell


@pytest.mark.parametrize(
    ("text", "reported"), [("=1+1", "'=1+1"), ("x;-1", "x;'-1"), ("a=1", "a=1"), ("plain", "plain")]
)
def test_a_formula_is_reported_as_text(text: str, reported: str) -> None:
    assert spreadsheet_cell(text) == reported


@given(st.text(alphabet="=+-@;, |ab'\"\t", max_size=12))
def test_no_text_becomes_a_formula(text: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow([1, spreadsheet_cell(text)])
    for separator in ",;|\t":
        for cell in spreadsheet_cell(text).split(separator):
            assert not cell.lstrip().startswith(tuple("=+-@")), (text, cell)


# Paths


TRICKS = ["../other/users.csv", "/users.csv", "//users.csv", "imports/../../users.csv", "a//b.csv"]


@pytest.mark.parametrize("key", [*TRICKS, "imports/./users.csv", "imports/..", "s3://x/users.csv"])
def test_a_staging_key_with_a_path_trick_is_refused_and_nothing_is_written(
    world: FakeAws, key: str
) -> None:
    execution = run_workflow(create(StagingKey=key), world)
    assert execution.status == "FAILED"
    assert "StagingKey" in execution.reason
    assert world.called("PutObject") == []


@pytest.mark.parametrize("key", TRICKS)
def test_a_key_of_the_source_is_read_as_it_is_and_nothing_is_written_there(
    world: FakeAws, key: str
) -> None:
    world.s3.objects["assets", key] = users(2)
    execution = run_workflow(create(SourceKey=key), world)
    assert execution.status == "SUCCESS"
    assert key in [call["Key"] for call in world.called("GetObject")]
    written = {call["Key"] for call in world.called("PutObject")}
    assert written == {"imports/seed/users.csv"}


@pytest.mark.parametrize("name", ["../../x", "/x", "x/../y", "//", "..\\x"])
def test_a_job_name_with_a_path_trick_makes_no_job(world: FakeAws, name: str) -> None:
    execution = run_workflow(create(JobName=name), world)
    assert execution.status == "FAILED"
    assert "JobName" in execution.reason
    assert world.cognito.jobs == []


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/passwd", "https://example.com/x"])
def test_the_name_of_the_source_is_not_a_path(world: FakeAws, name: str) -> None:
    execution = run_workflow(create(SourceName=name), world)
    assert execution.status == "SUCCESS"
    keys = {call["Key"] for call in world.called("GetObject") + world.called("PutObject")}
    assert keys == {"users.csv", "imports/seed/users.csv", RECORD_KEY}


def test_the_list_of_problems_is_written_only_beside_the_staged_users() -> None:
    request = ImportRequest.from_event(create(StagingKey="imports/seed/a b/users.csv"))
    staged, problems = PurePosixPath(request.staged.key), PurePosixPath(request.problems.key)
    assert problems.parent == staged.parent
    assert problems.name == "problems.csv"


@given(st.text(min_size=1), st.text(min_size=1))
def test_ids_are_letters_and_digits_for_any_stack_and_logical_id(
    stack_id: str, logical_id: str
) -> None:
    event = {**create(), "StackId": stack_id, "LogicalResourceId": logical_id}
    name = ImportRequest.from_event(event).name_of(0)
    assert re.fullmatch(r"SeedUsers-[a-z2-7]{24}-1", name)


def test_an_update_logs_no_value_of_the_read_options(
    world: FakeAws, logged: pytest.LogCaptureFixture
) -> None:
    event = create()
    run_workflow(event, world)
    broken = json.dumps({"constants": {"name": f"{CANARY}\n{FORGED}"}, "unknown": CANARY})
    execution = Execution(update(event, Reading=broken), world).run()
    assert execution.status == "FAILED"
    assert CANARY not in execution.reason
    assert_one_line_each(logged)
