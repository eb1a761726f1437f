"""What a CSV with problems comes to when a stack is deployed: the reason, the list, the log."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import POOL, create, delete, properties, reverse, update
from helpers.fake_world import CANARY, COLUMNS, Execution, Outcome, run_workflow, users

from user_import.contract import Property
from user_import.errors import RequestError
from user_import.messages import steps as messages
from user_import.messages.properties import reading_not_allowed
from user_import.steps.import_request import ImportRequest
from user_import.text import digest
from user_import.users_csv import Pool, ReadOptions, validate_users

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.fake_world import FakeAws

EXPORTS = Path(__file__).parent / "exports"
STAGED = ("st", "imports/seed/users.csv")
PROBLEMS = ("st", "imports/seed/problems.csv")
ADDRESS = f"{messages.problem_report_address(*PROBLEMS)} "
NOT_KEPT = f"{messages.PROBLEMS_NOT_KEPT} "
HEADER = ["line", "column", "rule", "severity", "problem"]

TWO_PROBLEMS = (
    "cognito:username,email,email_verified\n"
    f"{CANARY} with spaces,{CANARY}1@example.com,true\n"
    f"{CANARY}2,{CANARY}2@example.com,true\n"
    f"{CANARY}3,{CANARY} has none,true\n"
).encode()


LONG_NAME = "x" * 128
MANY = 45_000
"""So many problems of a column with the long name do not fit into one part of an upload."""


def wrong(number: int, *, column: str = "email") -> bytes:
    """A CSV with so many users whose email address is none."""
    rows = [f"{CANARY}{user},{CANARY} {user},true" for user in range(number)]
    return "\n".join([f"cognito:username,{column},email_verified", *rows, ""]).encode()


@pytest.fixture
def put(world: FakeAws) -> Callable[..., Any]:
    """Put the CSV that the next import reads."""

    def put(content: bytes) -> None:
        world.s3.objects["assets", "users.csv"] = content

    put(TWO_PROBLEMS)
    return put


def problems(world: FakeAws) -> Any:
    """The list as a spreadsheet has it; None where there is none."""
    content = world.s3.objects.get(PROBLEMS)
    return None if content is None else list(csv.reader(io.StringIO(content.decode())))


def imported(world: FakeAws, **changes: str) -> dict[str, Any]:
    """An import that has succeeded, so that there is something to update."""
    world.s3.objects["assets", "good.csv"] = users(3)
    event = create(**{"SourceKey": "good.csv", "SourceHash": "good", **changes})
    assert run_workflow(event, world).status == "SUCCESS"
    return event


def updated(world: FakeAws, event: dict[str, Any] | None = None, **changes: str) -> Execution:
    """Update an import to the CSV that was put."""
    event = event or imported(world)
    return run_workflow(
        update(event, **{"SourceKey": "users.csv", "SourceHash": "bad", **changes}), world
    )


def reading(**settings: bool | dict[str, Any] | list[str] | str) -> str:
    return json.dumps(settings)


# The list


def test_an_update_leaves_every_problem_in_a_list_beside_the_staged_csv(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    assert updated(world).status == "FAILED"
    head, *rows = problems(world)
    assert head == HEADER
    assert [row[:4] for row in rows] == [
        ["2", "cognito:username", "CSV017", "error"],
        ["4", "email", "CSV026", "error"],
    ]
    assert rows[0][4] == "a username has no spaces, tabs or control characters"


def test_the_reason_of_an_update_names_the_list_before_the_problems(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    assert updated(world).reason.startswith(
        f"people.csv has 2 problems, and nothing was imported. {ADDRESS}"
        "line 2, column cognito:username: a username has no spaces"
    )


def test_one_problem_is_reported_in_the_singular(world: FakeAws, put: Callable[..., Any]) -> None:
    put(wrong(1))
    assert run_workflow(create(), world).reason.startswith("people.csv has 1 problem, and")


def test_a_create_whose_stack_is_kept_writes_the_list_like_an_update(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    world.cloudformation.disable_rollback = True
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert len(problems(world)) == 3
    assert ADDRESS in execution.reason


def test_a_create_whose_stack_is_deleted_writes_no_list_and_reports_that(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(wrong(30))
    execution = run_workflow(create(), world)
    assert execution.status == "FAILED"
    assert problems(world) is None
    assert PROBLEMS[1] not in {call["Key"] for call in world.called("PutObject")}
    assert NOT_KEPT in execution.reason
    assert "problems.csv" not in execution.reason


def test_the_stack_is_described_once_for_any_number_of_problems(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(wrong(500))
    run_workflow(create(), world)
    going_back = 1
    assert len(world.called("DescribeStacks")) <= going_back + 1


def test_a_csv_without_problems_leaves_no_list(world: FakeAws, put: Callable[..., Any]) -> None:
    put(users(3))
    assert updated(world).status == "SUCCESS"
    assert problems(world) is None


def test_users_that_cognito_will_skip_are_listed_as_warnings_and_the_import_continues(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(b"cognito:username,email,email_verified\n" + b"ada,ada@example.com,true\n" * 3)
    assert updated(world).status == "SUCCESS"
    assert [row[:4] for row in problems(world)[1:]] == [
        ["3", "cognito:username", "CSV022", "warning"],
        ["4", "cognito:username", "CSV022", "warning"],
    ]


def test_the_list_has_every_problem(world: FakeAws, put: Callable[..., Any]) -> None:
    put(wrong(MANY, column=LONG_NAME))
    updated(world, Reading=reading(columns={LONG_NAME: "email"}))
    assert world.called("UploadPart")
    rows = problems(world)
    assert rows[0] == HEADER
    assert [int(row[0]) for row in rows[1:]] == list(range(2, MANY + 2))


def test_only_the_list_is_staged_for_a_csv_with_problems(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    updated(world)
    assert world.staged == [world.s3.objects[PROBLEMS]]


def test_a_row_without_a_column_has_a_blank_one_in_the_list(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(b"cognito:username,email,email_verified\nada,ada@example.com\n")
    updated(world)
    assert problems(world)[1][:4] == ["2", "", "CSV009", "error"]


def test_in_an_export_that_is_json_the_list_counts_records(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(json.dumps([{"username": "ada"}, {"username": "two words"}]).encode())
    updated(world, Reading=reading(export="keycloak", constants={"email_verified": ""}))
    assert problems(world)[0] == ["record", *HEADER[1:]]
    assert ["2", "username", "CSV017", "error"] in [row[:4] for row in problems(world)[1:]]


def test_the_list_counts_records_where_the_first_one_cannot_be_read(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(b'[{"username": ')
    updated(world, Reading=reading(export="keycloak"))
    assert [row[:3] for row in problems(world)] == [
        ["record", "column", "rule"],
        ["0", "", "CSV040"],
    ]


@pytest.mark.parametrize("first", "=+-@")
def test_a_column_that_looks_like_a_formula_is_text_in_a_spreadsheet(
    world: FakeAws, put: Callable[..., Any], first: str
) -> None:
    column = f'{first}HYPERLINK("https://example.com")'
    quoted = column.replace('"', '""')
    put(f'cognito:username,email,email_verified,"{quoted}"\nada,a@x,true,x\n'.encode())
    updated(world)
    assert problems(world)[1][1] == "number 4", "it does not look like the name of a column"
    assert not any(cell.startswith(tuple("=+-@\t\r")) for row in problems(world) for cell in row)


@pytest.mark.parametrize("control", ["\t", "\r", "\x1b", "\u2028", "\x00"])
def test_a_column_name_cannot_inject_control_characters_into_the_list(
    world: FakeAws, put: Callable[..., Any], control: str
) -> None:
    name = f"e{control}mail"
    put(f'cognito:username,email,email_verified,"{name}"\nada,a@x,true,x\n'.encode())
    execution = updated(world)
    text = world.s3.objects[PROBLEMS].decode().replace("\r\n", "")
    assert control not in text
    assert control not in execution.reason


def test_a_column_name_as_long_as_a_line_is_cut(world: FakeAws, put: Callable[..., Any]) -> None:
    put(f"cognito:username,email,email_verified,{'x' * 9000}\nada,a@x,true,x\n".encode())
    updated(world)
    assert len(problems(world)[1][1]) <= 130


# How long the list stays


def test_the_rollback_of_the_failed_update_leaves_the_list(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    failed = updated(world)
    world.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert run_workflow(reverse(failed.event), world).status == "SUCCESS"
    assert len(problems(world)) == 3


def test_the_next_import_removes_the_list(world: FakeAws, put: Callable[..., Any]) -> None:
    failed = updated(world)
    put(users(3))
    assert run_workflow(update(failed.event, SourceHash="better"), world).status == "SUCCESS"
    assert problems(world) is None


def test_the_list_of_the_next_import_is_a_new_one(world: FakeAws, put: Callable[..., Any]) -> None:
    failed = updated(world)
    put(wrong(1))
    run_workflow(update(failed.event, SourceHash="better"), world)
    assert [row[0] for row in problems(world)] == ["line", "2"]


def test_an_update_that_imports_nothing_leaves_the_list(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    event = imported(world)
    updated(world, event)
    assert run_workflow(update(event, TimeoutSeconds="600"), world).status == "SUCCESS"
    assert len(problems(world)) == 3


def test_a_delete_removes_the_list(world: FakeAws, put: Callable[..., Any]) -> None:
    failed = updated(world)
    assert run_workflow(delete(failed.event), world).status == "SUCCESS"
    assert world.staged == []


def test_a_delete_whose_list_cannot_be_removed_succeeds(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    failed = updated(world)
    world.fault("DeleteObject", "AccessDenied", key=PROBLEMS[1])
    assert run_workflow(delete(failed.event), world).status == "SUCCESS"


# A list that cannot be written


@pytest.fixture
def reported(world: FakeAws, put: Callable[..., Any]) -> str:
    """The problems in the reason where the list can be written."""
    world.cloudformation.disable_rollback = True
    reason = run_workflow(create(), world).reason
    world.cloudformation.disable_rollback = False
    world.s3.objects.pop(PROBLEMS)
    return reason.partition(ADDRESS)[2]


def test_a_list_that_may_not_be_written_does_not_change_the_reported_problems(
    world: FakeAws, put: Callable[..., Any], reported: str
) -> None:
    event = imported(world)
    world.fault("PutObject", "AccessDenied", key=PROBLEMS[1])
    execution = updated(world, event)
    assert execution.status == "FAILED"
    assert execution.error == ""
    assert execution.reason.endswith(reported)
    assert reported.count("(CSV") == 2


def test_a_list_that_may_not_be_written_is_not_named_in_the_reason(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    event = imported(world)
    world.fault("PutObject", "AccessDenied", key=PROBLEMS[1])
    reason = updated(world, event).reason
    assert "problems.csv" not in reason


def test_a_list_that_may_not_be_written_is_logged(
    world: FakeAws, put: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    event = imported(world)
    world.fault("PutObject", "AccessDenied", key=PROBLEMS[1])
    updated(world, event)
    (line,) = (text for text in caplog.messages if "the problem report was not written" in text)
    assert "AccessDenied" in line


@pytest.mark.parametrize("operation", ["CreateMultipartUpload", "UploadPart"])
def test_an_interrupted_list_stops_no_check_and_is_neither_kept_nor_named(
    world: FakeAws, put: Callable[..., Any], operation: str
) -> None:
    event = imported(world)
    put(wrong(MANY, column=LONG_NAME))
    world.fault(operation, "InternalError", key=PROBLEMS[1], times=1)
    execution = updated(world, event, Reading=reading(columns={LONG_NAME: "email"}))
    assert execution.error == ""
    assert execution.reason.startswith("people.csv has 45,000 problems")
    assert "By rule: CSV026: 45,000." in execution.reason
    assert "problems.csv" not in execution.reason
    assert world.staged == []


def test_a_list_that_may_not_be_written_does_not_stop_an_import_with_warnings(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    event = imported(world)
    put(b"cognito:username,email,email_verified\n" + b"ada,ada@example.com,true\n" * 2)
    world.fault("PutObject", "AccessDenied", key=PROBLEMS[1])
    assert updated(world, event).status == "SUCCESS"


def test_a_stack_that_cannot_be_described_has_no_list(
    world: FakeAws, put: Callable[..., Any], reported: str
) -> None:
    # Stage asks once where the stack is going, before it reads the CSV.
    world.before(
        "GetCSVHeader", lambda: world.fault("DescribeStacks", "AccessDenied", "not allowed")
    )
    execution = run_workflow(create(), world)
    assert execution.error == ""
    assert execution.reason == f"people.csv has 2 problems, and nothing was imported: {reported}"
    assert problems(world) is None


# The reason


def test_twenty_problems_are_reported_one_by_one(world: FakeAws, put: Callable[..., Any]) -> None:
    put(wrong(20))
    reason = run_workflow(create(), world).reason
    assert "By rule" not in reason
    assert reason.count("(CSV026)") == 20


def test_more_than_twenty_problems_are_counted_by_rule_before_the_first_twenty(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    rows = [
        f"{CANARY}{number},{CANARY} {number},true\n{CANARY} {number},a@example.com,true"
        for number in range(1234)
    ]
    put("\n".join(["cognito:username,email,email_verified", *rows]).encode())
    reason = run_workflow(create(), world).reason
    assert reason.startswith("people.csv has 2,468 problems, and nothing was imported.")
    counts, reported = reason.split(" The first 20: ")
    assert counts.endswith("By rule: CSV017: 1,234, CSV026: 1,234.")
    assert re.findall(r"line (\d+)", reported) == [str(line) for line in range(2, 22)]


def test_warnings_are_not_counted_among_the_problems_of_the_reason(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(wrong(1) + b"ada,ada@example.com,true\n" * 3)
    reason = run_workflow(create(), world).reason
    assert reason.startswith("people.csv has 1 problem,")
    assert "CSV022" not in reason


def test_nothing_is_created_of_a_csv_with_problems(world: FakeAws, put: Callable[..., Any]) -> None:
    run_workflow(create(), world)
    assert world.cognito.jobs == []
    assert world.staged == []


# The log


def logged(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """The problems in the log, one by one."""
    return [
        each.message for each in caplog.records if each.name == "user_import.steps.problem_report"
    ]


def test_every_problem_is_logged_with_its_line(
    world: FakeAws, put: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    run_workflow(create(), world)
    assert [text.partition(": a ")[0].partition(": this")[0] for text in logged(caplog)] == [
        "people.csv: line 2, column cognito:username",
        "people.csv: line 4, column email",
    ]


@pytest.mark.parametrize("disable_rollback", [True, False])
def test_the_log_has_the_first_twenty_problems_and_the_number_of_the_others(
    world: FakeAws,
    put: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    disable_rollback: bool,
) -> None:
    world.cloudformation.disable_rollback = disable_rollback
    put(wrong(1500))
    run_workflow(create(), world)
    *problems, others = logged(caplog)
    lines = [int(text.split("line ")[1].partition(",")[0]) for text in problems]
    assert lines == list(range(2, 22))
    assert others == "people.csv: and 1480 more"


def test_twenty_problems_are_all_in_the_log(
    world: FakeAws, put: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    put(wrong(20))
    run_workflow(create(), world)
    assert len(logged(caplog)) == 20
    assert all(": line " in text for text in logged(caplog))


@pytest.mark.parametrize("disable_rollback", [True, False])
def test_no_value_of_a_user_is_in_log_list_or_reason(
    world: FakeAws,
    put: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    disable_rollback: bool,
) -> None:
    caplog.set_level(logging.DEBUG, "user_import")
    world.cloudformation.disable_rollback = disable_rollback
    rows = [
        f"{CANARY} 1,{CANARY},{CANARY},{CANARY},{CANARY},{CANARY},{CANARY}",
        f'"{CANARY},{CANARY},{CANARY},{CANARY},{CANARY},{CANARY},{CANARY}',
        f"{CANARY}",
        f'"{CANARY}"{CANARY},,,,,,',
        *[f"{CANARY},{CANARY}@example.com,true,,,,"] * 2,
    ]
    head = "cognito:username,email,email_verified,phone_number,birthdate,updated_at,custom:plan"
    put("\n".join([head, *rows]).encode())
    execution = run_workflow(create(), world)
    assert execution.reason.count("CSV") > 6
    assert CANARY not in execution.reason
    assert CANARY not in caplog.text
    assert CANARY not in world.s3.objects.get(PROBLEMS, b"").decode()


def test_a_file_without_a_header_exposes_nothing_of_its_first_user(
    world: FakeAws, put: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    put(f"{CANARY}1,{CANARY}1@example.com,true\n".encode())
    assert CANARY not in updated(world).reason
    assert CANARY not in caplog.text
    assert CANARY not in world.s3.objects[PROBLEMS].decode()


# How the file is read

BASIC = ["email", "email_verified", "name", "custom:plan", "cognito:username"]


def staged(world: FakeAws, **changes: Any) -> Any:
    """Stage an import; what it has staged as a list of users, or why it failed."""
    world.cognito.columns = changes.pop("columns", BASIC)
    execution = Execution(create(**changes), world)
    execution.step()
    progress = execution.state["progress"]
    if progress["failure"]:
        return progress["failure"]
    header = execution.state["plan"]["header"].rstrip("\n").split(",")
    lines = world.s3.objects[STAGED].decode().splitlines()
    rows = [re.split(r"(?<!\\),", line) for line in lines]
    return [{name: value for name, value in zip(header, row, strict=True) if value} for row in rows]


def test_columns_defaults_and_constants_of_the_reading_reach_the_staged_csv(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(b"Login,E-mail,Plan,Shoe size\nada,ada@example.com,,41\nalan,a@example.com,gold,\n")
    given = reading(
        columns={
            "Login": "cognito:username",
            "E-mail": "email",
            "Plan": "custom:plan",
            "Shoe size": None,
        },
        defaults={"custom:plan": "free"},
        constants={"email_verified": "true"},
    )
    assert staged(world, Reading=given) == [
        {
            "cognito:username": "ada",
            "email": "ada@example.com",
            "email_verified": "true",
            "custom:plan": "free",
        },
        {
            "cognito:username": "alan",
            "email": "a@example.com",
            "email_verified": "true",
            "custom:plan": "gold",
        },
    ]


def test_without_a_reading_the_same_file_has_no_username(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(b"Login,E-mail\nada,ada@example.com\n")
    assert "cognito:username" in staged(world)


def test_a_strict_reading_refuses_values_that_would_be_normalized(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(b"cognito:username,email,email_verified\nada,ada@example.com,yes\n")
    columns = ["email", "email_verified", "cognito:username"]
    assert staged(world, columns=columns)[0]["email_verified"] == "true"
    failure = staged(world, columns=columns, Reading=reading(strict=True))
    assert "line 2, column email_verified" in failure
    assert "(CSV039)" in failure


def test_problems_of_records_are_reported_by_the_number_of_the_record(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    assert "record 1, column cognito:username" in staged(world, Reading=reading(unit="record"))


@pytest.mark.parametrize(
    ("sample", "export", "verified"),
    [
        ("auth0.csv", "auth0", "email"),
        ("okta.csv", "okta", "email"),
        ("firebase.csv", "firebase", "phone_number"),
        ("firebase.json", "firebase", "phone_number"),
        ("keycloak.json", "keycloak", "email"),
        ("cognito-list-users.json", "cognito", "email"),
        ("supabase.csv", "supabase", "email"),
        ("clerk.csv", "clerk", "email"),
    ],
)
def test_an_export_of_a_provider_is_staged_in_cognitos_format(
    world: FakeAws, put: Callable[..., Any], sample: str, export: str, verified: str
) -> None:
    content = (EXPORTS / sample).read_bytes()
    put(content.replace(b'"disabled": true', b'"disabled": false').replace(b"101,true", b"101,"))
    world.cognito.pools[POOL] = [verified]
    # Not all users of the samples are verified, as in life.
    others = {"email_verified": "", "phone_number_verified": ""}
    given = reading(
        export=export,
        constants={**others, f"{verified}_verified": "true"},
        leave_out=["external-provider"],
    )
    people = staged(world, columns=COLUMNS, Reading=given)
    assert not isinstance(people, str), people
    assert len(people) >= (1 if export == "cognito" else 2)
    assert all(person["cognito:username"] for person in people)
    assert people[0]["email"] == "ada@example.com"
    assert people[0]["given_name" if export in ("keycloak", "clerk") else "name"] in (
        r"Lovelace\, Ada",
        "Ada",
    )


@pytest.mark.parametrize("sample", ["firebase.json", "keycloak.json", "cognito-list-users.json"])
def test_a_json_export_is_refused_without_read_options(
    world: FakeAws, put: Callable[..., Any], sample: str
) -> None:
    put((EXPORTS / sample).read_bytes())
    assert "people.csv has" in staged(world)


def test_an_export_of_another_provider_is_refused_with_the_expected_format(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put((EXPORTS / "keycloak.json").read_bytes())
    assert "(CSV040)" in staged(world, Reading=reading(export="cognito"))


# What the property may be


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "[1]",
        "null",
        "5",
        '"strict"',
        '{"unknown": 1}',
        '{"constants": {"cognito:username": "ada"}}',
        '{"defaults": {"cognito:username": "ada"}}',
        '{"export": "nobody"}',
        '{"columns": ["a"]}',
        '{"constants": {"email_verified": true}}',
    ],
)
@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_a_broken_reading_is_answered_with_the_name_of_the_property(
    world: FakeAws, put: Callable[..., Any], broken: str, kind: str
) -> None:
    event = create(Reading=broken)
    refusal = reading_not_allowed(Property.READING)
    with pytest.raises(RequestError, match=re.escape(refusal)):
        ImportRequest.from_event(event)
    execution = run_workflow(event if kind == "Create" else delete(event), world)
    assert execution.status == ("FAILED" if kind == "Create" else "SUCCESS")
    assert execution.error == ""
    assert execution.reason == refusal


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"columns": {"E-mail": "email", "Shoe size": None}},
        {"defaults": {"locale": "en"}, "constants": {"email_verified": "true"}},
        {"export": "okta", "strict": True},
        {"unit": "record"},
    ],
)
def test_a_reading_arrives_as_it_was_sent(settings: dict[str, Any]) -> None:
    request = ImportRequest.from_event(create(Reading=reading(**settings)))
    assert request.reading == ReadOptions(**settings)


def test_a_request_without_a_reading_is_of_a_plain_csv() -> None:
    assert ImportRequest.from_event(create()).reading == ReadOptions()


# What counts as the same content


def content_of(**changes: str | None) -> str:
    return ImportRequest.from_event(create(**changes)).content_id


def test_without_read_options_the_content_id_is_unchanged_from_earlier_releases() -> None:
    known = properties()
    names = ["UserPoolId", "RunToken", "SourceHash"]
    assert content_of() == digest(*(str(known.get(name)) for name in names))
    assert content_of() == "laqwnjek"


def test_without_an_asset_hash_the_content_id_is_unchanged_from_earlier_releases() -> None:
    changes = {"SourceHash": None, "SourceVersion": "v1"}
    known = properties(**changes)
    names = ["UserPoolId", "RunToken", "SourceHash", "SourceBucket", "SourceKey", "SourceVersion"]
    assert content_of(**changes) == digest(*(str(known.get(name)) for name in names))


def test_every_reading_is_a_content_of_its_own() -> None:
    readings = [
        None,
        reading(strict=True),
        reading(export="okta"),
        reading(constants={"email_verified": "true"}),
        reading(defaults={"email_verified": "true"}),
    ]
    assert len({content_of(Reading=each) for each in readings}) == len(readings)
    assert len({content_of(Reading=each, SourceHash=None) for each in readings}) == len(readings)


def test_an_update_of_the_reading_alone_imports_again(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    event = imported(world)
    again = run_workflow(update(event, Reading=reading(constants={"name": "Somebody"})), world)
    assert again.status == "SUCCESS"
    assert len(world.cognito.started) == 2
    assert b"Somebody" in world.cognito.uploaded(world.cognito.job())


def test_an_update_with_the_same_reading_imports_nothing(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    event = imported(world, Reading=reading(strict=True))
    assert run_workflow(update(event, TimeoutSeconds="600"), world).status == "SUCCESS"
    assert len(world.cognito.started) == 1


# Users whom Cognito refuses


def of_three(user: dict[str, str]) -> bytes:
    """The JSON of three users, each with a name of its own."""
    return json.dumps(
        [{name: value % n for name, value in user.items()} for n in range(3)]
    ).encode()


@pytest.mark.parametrize(
    ("content", "settings", "reported"),
    [
        (users(3), {}, ["line 2", "line 4"]),
        (users(3), {"unit": "record"}, ["record 1", "record 3"]),
        (of_three({"username": "u%d"}), {"export": "keycloak"}, ["record 1", "record 3"]),
        (of_three({"localId": "u%d"}), {"export": "firebase"}, ["record 1", "record 3"]),
        (of_three({"Username": "u%d"}), {"export": "cognito"}, ["record 1", "record 3"]),
        (of_three({"user_id": "u%d"}), {"export": "auth0"}, ["record 1", "record 3"]),
        (b"login\nu1\nu2\nu3\n", {"export": "okta"}, ["line 2", "line 4"]),
        (b"user_id\nu1\nu2\nu3\n", {"export": "auth0"}, ["line 2", "line 4"]),
    ],
    ids=["CSV", "records", "Keycloak", "Firebase", "Cognito", "Auth0", "Okta", "Auth0's CSV"],
)
def test_a_refused_user_is_reported_by_line_or_record(
    world: FakeAws,
    put: Callable[..., Any],
    content: bytes,
    settings: dict[str, Any],
    reported: list[str],
) -> None:
    put(content)
    lines = [f"[FAILED] Line Number {line} - Reason." for line in (2, 4)]
    world.cognito.outcomes = [Outcome("Failed", failed=2, lines=tuple(lines))]
    everyone = {"email": "a@example.com", "email_verified": "true"}
    given = reading(**settings, constants=everyone)
    reason = run_workflow(create(Reading=given), world).reason
    assert re.findall(r"people.csv (\w+ \d+): failed", reason) == reported


# The pool


def schema(*attributes: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A pool's description with these attributes beside what the CSVs here have."""
    known: list[dict[str, Any]] = [
        {"Name": "sub", "AttributeDataType": "String", "Required": True},
        {"Name": "email", "AttributeDataType": "String"},
        {"Name": "email_verified", "AttributeDataType": "Boolean"},
    ]
    return {"SchemaAttributes": [*known, *attributes]}


PLAN = {
    "Name": "custom:plan",
    "AttributeDataType": "String",
    "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "4"},
}


def row(world: FakeAws, **values: str) -> None:
    """Put a CSV of one user with these values beside what every user has."""
    values = {
        "cognito:username": "ada",
        "email": "ada@example.com",
        "email_verified": "true",
        **{name.replace("__", ":"): value for name, value in values.items()},
    }
    lines = [",".join(values), ",".join(values.values())]
    world.s3.objects["assets", "users.csv"] = "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("description", "values", "rule"),
    [
        (schema(PLAN), {"custom__plan": "golden"}, "CSV033"),
        (schema({"Name": "name", "Required": True}), {"name": ""}, "CSV023"),
        (schema({"Name": "name", "Required": True}), {}, "CSV007"),
        (
            schema(
                {
                    "Name": "custom:plan",
                    "AttributeDataType": "Number",
                    "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
                }
            ),
            {"custom__plan": "10"},
            "CSV031",
        ),
        (
            schema({"Name": "custom:plan", "AttributeDataType": "Boolean"}),
            {"custom__plan": "gold"},
            "CSV032",
        ),
        ({"AliasAttributes": ["email"]}, {"cognito__username": "ada@example.com"}, "CSV019"),
        ({"UsernameAttributes": ["email"]}, {}, "CSV020"),
        ({"MfaConfiguration": "OFF"}, {"cognito__mfa_enabled": "true"}, "CSV035"),
    ],
)
def test_users_are_checked_by_the_schema_that_cognito_describes(
    world: FakeAws, description: dict[str, Any], values: dict[str, Any], rule: str
) -> None:
    row(world, **values)
    world.cognito.description = description
    assert f"({rule})" in run_workflow(create(), world).reason


@pytest.mark.parametrize(("case_sensitive", "twice"), [(True, 0), (False, 1)])
def test_usernames_are_compared_with_the_pools_case_sensitivity(
    world: FakeAws,
    put: Callable[..., Any],
    case_sensitive: bool,
    twice: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.cognito.description = {"UsernameConfiguration": {"CaseSensitive": case_sensitive}}
    put(b"cognito:username,email,email_verified\nada,a@example.com,true\nADA,b@example.com,true\n")
    assert run_workflow(create(), world).status == "SUCCESS"
    assert len(logged(caplog)) == twice


def test_the_findings_of_a_deployment_are_those_of_the_check(
    world: FakeAws, put: Callable[..., Any]
) -> None:
    put(wrong(5) + b"two words,x,perhaps\nada,ada@example.com\nada,a@example.com,true\n")
    world.cognito.description = schema(PLAN)
    updated(world)
    found: list[Any] = []
    validate_users(
        [world.s3.objects["assets", "users.csv"]],
        Pool.from_description(
            {**world.cognito.description, "AutoVerifiedAttributes": ["email"]}, COLUMNS
        ),
        len,
        sink=found.append,
    )
    assert len(found) > 6
    assert problems(world)[1:] == [
        [
            str(each.location.line),
            each.location.column or "",
            each.rule.id,
            "warning" if each.rule.is_warning else "error",
            each.text,
        ]
        for each in found
    ]
