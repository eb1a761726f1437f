"""A canary in every attribute of a user: it sings in the staged object and the upload only."""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from helpers.canaries import CANARIES, HASH, USER
from helpers.events import MACHINE, create, delete, update
from helpers.fake_world import Execution, Outcome, run_workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpers.fake_world import FakeAws

NEVER = float("inf")
SECRETS = [
    *("secret-upload", "secret-answer", "X-Amz-Signature", "/upload/", "/answer/"),
    *("secret-key", "secret-token"),
]
KEPT = {"ImportLogRetentionDays": "30", "ImportLogRemovalPolicy": "destroy"}


def csv(*rows: dict[str, Any], columns: tuple[str, ...] = tuple(USER)) -> bytes:
    lines = [",".join(columns)]
    lines += [",".join({**USER, **row}.get(name, "") for name in columns) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def put(world: FakeAws, content: bytes) -> dict[str, Any]:
    world.s3.objects["assets", "users.csv"] = content
    world.cognito.columns = [*USER, "password_hash"]
    return create(**KEPT)


def _success(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({}))


def _failed_rows(world: FakeAws) -> dict[str, Any]:
    lines = tuple(f"[FAILED] Line Number {line} - Reason {line}." for line in (2, 3))
    world.cognito.outcomes = [Outcome("Failed", failed=2, lines=lines)]
    return put(world, csv({}, {"cognito:username": "siskin-second"}))


def _tolerated_rows(world: FakeAws) -> dict[str, Any]:
    world.cognito.outcomes = [Outcome("Failed", failed=1)]
    return {**put(world, csv({})), **create(ToleratedFailed="1")}


def _wrong_in(column: str, value: str) -> Callable[..., Any]:
    def history(world: FakeAws) -> dict[str, Any]:
        return put(world, csv({column: value}))

    history.__name__ = f"_wrong_{column}"
    return history


WRONG = {
    "cognito:username": "siskin username",
    "email": "siskin email",
    "email_verified": "siskin-flag",
    "phone_number": "siskin-phone",
    "phone_number_verified": "siskin-flag",
    "birthdate": "siskin-birthdate",
    "updated_at": "siskin-time",
    "cognito:mfa_enabled": "siskin-mfa",
    "name": "siskin" * 400,
    "custom:plan": "siskin" * 400,
}


def _password_hash(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({"password_hash": HASH}, columns=(*USER, "password_hash")))


def _unknown_column(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({"custom:other": "siskin-other"}, columns=(*USER, "custom:other")))


def _twice(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({}, {}))


def _without_header(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({}).split(b"\n", 1)[1])


def _too_many_values(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({}).rstrip() + b",siskin-more\n")


def _open_quote(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({"name": '"siskin-name'}))


def _not_utf_8(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({"name": "siskin-ä"}).decode().encode("latin-1"))


def _too_long(world: FakeAws) -> dict[str, Any]:
    return put(world, csv({"address": "siskin " * 3000}))


def _breaks_in(operation: str, error: Any) -> Callable[..., Any]:
    def history(world: FakeAws) -> dict[str, Any]:
        world.fault(operation, error)
        return put(world, csv({}))

    history.__name__ = f"_{type(error).__name__}_in_{operation}"
    return history


SURPRISE = ValueError(" ".join(CANARIES))
"""An exception that quotes what it was given, as many a library's do."""

HISTORIES = [
    _success,
    _failed_rows,
    _tolerated_rows,
    *(_wrong_in(column, value) for column, value in WRONG.items()),
    _password_hash,
    _unknown_column,
    _twice,
    _without_header,
    _too_many_values,
    _open_quote,
    _not_utf_8,
    _too_long,
    *(
        _breaks_in(operation, error)
        for error in (SURPRISE, EndpointConnectionError(endpoint_url="https://example.com"))
        for operation in (
            *("GetObject", "PutObject", "HeadObject", "DeleteObject", "GetCSVHeader"),
            *("DescribeUserPool", "CreateUserImportJob", "StartUserImportJob"),
            *("DescribeUserImportJob", "ListUserImportJobs", "DescribeStacks"),
            *("PutRetentionPolicy", "AssumeRole"),
        )
    ),
]


def sung(text: str) -> list[Any]:
    return [canary for canary in (*CANARIES, *SECRETS) if canary in text]


def all_that_is_reported(
    world: FakeAws,
    execution: Execution,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[tuple[str, ...]]:
    """Logs with their tracebacks, output, states, answers, calls, and what is kept; by where."""
    formatter = logging.Formatter()
    output = capfd.readouterr()
    yield "log", "\n".join(formatter.format(record) for record in caplog.records)
    yield "output", output.out + output.err
    yield "states", json.dumps(execution.states)
    yield "last state", json.dumps(execution.state)
    yield "error", execution.error
    for put_ in world.web.tried("/answer/"):
        yield "answer", put_.body.decode()
    for call in world.calls:
        body = {key: value for key, value in call.arguments.items() if key not in ("Body", "input")}
        yield f"arguments of {call.operation}", repr(body)
    for (bucket, key), content in world.s3.objects.items():
        if key.endswith("problems.csv"):
            yield f"s3://{bucket}/{key}", content.decode()
    for (group, stream), lines in world.logs.streams.items():
        yield "Cognito's log", f"{group} {stream} {lines}"


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
@pytest.mark.parametrize("stays", [True, False], ids=["stays", "goes"])
def test_no_canary_is_in_a_log_state_or_answer(
    world: FakeAws,
    history: Callable[..., Any],
    stays: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    world.cloudformation.disable_rollback = stays
    event = history(world)
    execution = Execution(event, world).run()
    for where, text in all_that_is_reported(world, execution, caplog, capfd):
        assert sung(text) == [], where
    assert caplog.records


def test_the_canaries_are_in_the_upload(world: FakeAws) -> None:
    execution = run_workflow(_success(world), world)
    assert execution.status == "SUCCESS"
    upload = world.cognito.uploaded(world.cognito.job()).decode()
    for canary in CANARIES:
        if canary not in ("1907-11-23", HASH):
            assert canary in upload


@pytest.mark.parametrize("history", [_wrong_in("email", "siskin email"), _password_hash])
def test_a_refused_csv_is_refused_for_the_value_with_the_canary(
    world: FakeAws, history: Callable[..., Any]
) -> None:
    execution = run_workflow(history(world), world)
    assert execution.status == "FAILED"
    assert "CSV0" in execution.reason


def test_no_canary_is_reported_by_a_reverse_update_and_a_delete(
    world: FakeAws, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    event = _success(world)
    run_workflow(event, world)
    put(world, csv({"email": "siskin email"}))
    changed = run_workflow(update(event, SourceHash="b2"), world)
    assert changed.status == "FAILED"
    last = run_workflow(delete(event), world)
    for execution in (changed, last):
        for where, text in all_that_is_reported(world, execution, caplog, capfd):
            assert sung(text) == [], where


@pytest.mark.parametrize("kind", [create, lambda: delete(create()), lambda: update(create())])
@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "InvalidExecutionInput", "StateMachineDoesNotExist"]
)
def test_the_starter_logs_no_response_url(
    world: FakeAws,
    kind: Callable[..., Any],
    code: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    url = world.web.url("/answer/1?X-Amz-Signature=secret-answer")
    world.fault("StartExecution", code, f"cannot take {json.dumps({'response_url': url})}")
    event = {**kind(), "ResponseURL": url}
    world.start(event)
    (answer,) = world.web.tried("/answer/")
    output = capfd.readouterr()
    for text in (caplog.text, answer.body.decode(), output.out, output.err):
        assert sung(text) == []


def test_an_undeliverable_answer_raises_without_its_url(
    world: FakeAws, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    world.web.answer("/answer/", 503, times=NEVER)
    url = world.web.url("/answer/1?X-Amz-Signature=secret-answer")
    world.fault("StartExecution", "AccessDeniedException")
    with pytest.raises(ConnectionError) as caught:
        world.start({**create(), "ResponseURL": url})
    written = "".join(traceback.format_exception(caught.value))
    output = capfd.readouterr()
    for text in (written, caplog.text, output.out, output.err):
        assert sung(text) == []


@pytest.mark.parametrize("error", ["KmsInvalidStateException", "ExecutionDoesNotExist"])
def test_an_unreadable_execution_exposes_nothing_of_its_input(
    world: FakeAws, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.fault("DescribeExecution", error)
    with pytest.raises(Exception, match=error):
        world.answer_for({"executionArn": MACHINE, "status": "FAILED"})
    assert sung(caplog.text) == []
