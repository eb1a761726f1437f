from __future__ import annotations

import json
import re
import socket
from typing import Any

import pytest
from helpers.events import POOL, create, delete, recorded, update
from helpers.fake_web import Web
from helpers.fake_world import OTHER_POOL
from hypothesis import given
from hypothesis import strategies as st

from user_import import cloudformation
from user_import.cloudformation import ANSWER_BYTES, Answer, Request, answer_body, send
from user_import.contract import RESOURCE_TYPE, Property
from user_import.steps.import_request import ImportRequest
from user_import.text import digest
from user_import.users_csv import Limits

ATTRIBUTES = {
    "Status": "Succeeded",
    "JobIds": ",".join(f"import-{number:010}" for number in range(Limits().jobs)),
    "ImportedUsers": "49500000",
    "SkippedUsers": "0",
    "FailedUsers": "0",
    "CompletionMessage": "Import Job Completed Successfully.",
    "LogGroupName": f"/aws/cognito/userpools/{POOL}/{'p' * 128}",
    "LogStreamName": f"import-0000000001/{'n' * 128}",
}


@pytest.fixture
def request_() -> Request:
    return Request.from_event(create())


@pytest.fixture
def sleeps() -> list[float]:
    return []


def test_an_answer_has_the_fields_that_cloudformation_requires(request_: Request) -> None:
    body = json.loads(answer_body(request_, Answer(succeeded=True, attributes={"Status": "x"})))
    assert body["Status"] == "SUCCESS"
    assert body["RequestId"] == request_.request_id
    assert body["StackId"] == request_.stack_id
    assert body["LogicalResourceId"] == request_.logical_id
    assert body["PhysicalResourceId"]
    assert body["Data"] == {"Status": "x"}


@pytest.mark.parametrize("letter", ["x", "ß", "語", "😀", '"', "\\", "\n", "\ud800"])
@pytest.mark.parametrize("length", [0, 1, 300, 340, 3_000, 4_096, 100_000])
def test_a_long_reason_is_cut_to_cloudformations_limit(
    request_: Request, letter: str, length: int
) -> None:
    body = answer_body(request_, Answer(succeeded=False, reason=letter * length))
    assert len(body) <= ANSWER_BYTES
    reason = json.loads(body)["Reason"]
    shown = letter if letter.isprintable() else " "
    assert shown * min(length, 100) in reason


def test_a_reason_that_fits_is_not_cut(request_: Request) -> None:
    room = ANSWER_BYTES - len(answer_body(request_, Answer(succeeded=False)))
    for length in (room, room + 1):
        body = answer_body(request_, Answer(succeeded=False, reason="x" * length))
        assert len(body) <= ANSWER_BYTES
        assert (json.loads(body)["Reason"] == "x" * length) is (length == room)


@pytest.mark.parametrize("length", range(5_000, 5_040))
def test_a_cut_reason_uses_the_available_length(request_: Request, length: int) -> None:
    body = answer_body(request_, Answer(succeeded=False, reason="x" * length))
    assert len(body) == ANSWER_BYTES
    assert json.loads(body)["Reason"].lstrip("x") == " …"


@pytest.mark.parametrize(("succeeded", "status"), [(True, "SUCCESS"), (False, "FAILED")])
def test_the_status_is_one_that_cloudformation_knows(
    request_: Request, succeeded: bool, status: str
) -> None:
    assert json.loads(answer_body(request_, Answer(succeeded=succeeded)))["Status"] == status


@given(reason=st.text(max_size=6_000))
def test_any_reason_fits(reason: str) -> None:
    body = answer_body(Request.from_event(create()), Answer(succeeded=False, reason=reason))
    assert len(body) <= ANSWER_BYTES
    reported = json.loads(body)["Reason"]
    assert reported.isprintable()
    line = "".join(letter if letter.isprintable() else " " for letter in reason)
    assert reported == line or line.startswith(reported.removesuffix(" …"))


def test_all_attributes_are_kept_beside_a_long_reason(request_: Request) -> None:
    answer = Answer(succeeded=True, reason="ß" * 9_000, attributes=ATTRIBUTES)
    body = answer_body(request_, answer)
    assert len(body) <= ANSWER_BYTES
    assert json.loads(body)["Data"] == ATTRIBUTES


@pytest.mark.parametrize("reason", ["", "ß" * 9_000])
@pytest.mark.parametrize("message", ["m" * 128, "\U0001f600" * 200])
def test_job_ids_without_room_are_counted_and_nothing_else_is_cut(
    request_: Request, reason: str, message: str
) -> None:
    ids = [f"import-{number:048}" for number in range(Limits().jobs)]
    longest = {**ATTRIBUTES, "JobIds": ",".join(ids), "CompletionMessage": message}
    answer = Answer(succeeded=True, reason=reason, attributes=longest)
    body = answer_body(request_, answer)
    assert ANSWER_BYTES - 60 < len(body) <= ANSWER_BYTES
    data = json.loads(body)["Data"]
    *kept, more = data["JobIds"].split(",")
    assert kept == ids[: len(kept)]
    assert more == f"and {len(ids) - len(kept)} more"
    assert {**data, "JobIds": ""} == {**longest, "JobIds": ""}


def test_job_ids_with_room_are_all_there(request_: Request) -> None:
    ids = ",".join(f"import-{number:048}" for number in range(40))
    answer = Answer(succeeded=True, attributes={**ATTRIBUTES, "JobIds": ids})
    assert json.loads(answer_body(request_, answer))["Data"]["JobIds"] == ids


def test_the_physical_id_is_the_same_for_every_delivery() -> None:
    event = create()
    assert Request.from_event(event).resource_id == Request.from_event(create()).resource_id


@pytest.mark.parametrize(
    "change",
    [{"SourceHash": "z"}, {"RunToken": "z"}, {"JobName": "z"}, {"Start": "false"}],
    ids=lambda change: next(iter(change)),
)
def test_the_physical_id_does_not_depend_on(change: dict[str, Any]) -> None:
    old = create()
    assert Request.from_event(update(old, **change)).resource_id == (
        Request.from_event(old).resource_id
    )


def test_the_physical_id_depends_on_the_pool() -> None:
    old = create()
    moved = update(old, UserPoolId=OTHER_POOL)
    assert Request.from_event(moved).resource_id != Request.from_event(old).resource_id


@pytest.mark.parametrize("field", ["StackId", "LogicalResourceId"])
def test_the_physical_id_depends_on_the_construct(field: str) -> None:
    event, other = create(), create()
    other[field] += "x"
    assert Request.from_event(event).resource_id != Request.from_event(other).resource_id


@pytest.mark.parametrize("pool", [None, "x" * 55])
def test_the_physical_id_is_valid_for_cloudformation(pool: str | None) -> None:
    assert 0 < len(Request.from_event(create(UserPoolId=pool)).resource_id) <= 1024


@pytest.mark.parametrize("physical_id", ["seed-SeedUsers-1ABC", "x" * 1024])
def test_a_delete_is_answered_with_its_own_physical_id(physical_id: str) -> None:
    assert Request.from_event(delete(create(), physical_id)).resource_id == physical_id


def test_a_digest_is_eight_letters_and_digits_and_depends_on_the_split_into_parts() -> None:
    assert len(digest("a")) == 8
    assert digest("a").isalnum()
    assert digest("a", "bc") != digest("ab", "c")
    assert digest("a", "b") == digest("a", "b")


def test_the_answer_is_put_without_a_content_type_and_with_its_length(
    web: Web, request_: Request
) -> None:
    send(request_, Answer(succeeded=True), web.url("/answer/1?X=y"))
    (put,) = web.puts
    headers = {name.lower(): value for name, value in put.headers.items()}
    assert headers["content-type"] == ""
    assert headers["content-length"] == str(len(put.body))
    assert put.path == "/answer/1?X=y"
    assert put.body == answer_body(request_, Answer(succeeded=True))


@pytest.mark.parametrize("trouble", [500, 503, "close", "reset", "garbage"])
def test_a_transient_network_error_is_retried(
    web: Web, request_: Request, sleeps: list[float], trouble: int | str
) -> None:
    web.answer("/answer/", trouble, times=3)
    send(request_, Answer(succeeded=True), web.url("/answer/1"), sleep=sleeps.append)
    assert len(web.puts) == 4
    assert len({put.body for put in web.puts if put.body}) == 1
    assert len(web.taken("/answer/1")) == 1
    assert sleeps == sorted(sleeps)
    assert all(sleeps)


def test_a_refusal_is_final(web: Web, request_: Request, sleeps: list[float]) -> None:
    web.answer("/answer/", 403, times=9)
    send(request_, Answer(succeeded=True), web.url("/answer/1"), sleep=sleeps.append)
    assert len(web.puts) == 1
    assert sleeps == []


@pytest.mark.parametrize(
    ("trouble", "reported"),
    [
        (500, "HTTP status 500"),
        ("close", "RemoteDisconnected"),
        ("reset", "ConnectionResetError|RemoteDisconnected"),
        ("garbage", "BadStatusLine"),
    ],
)
def test_a_persistent_network_error_is_raised_without_the_url(
    web: Web, request_: Request, sleeps: list[float], trouble: int | str, reported: str
) -> None:
    web.answer("/answer/", trouble, times=99)
    with pytest.raises(ConnectionError) as caught:
        send(request_, Answer(succeeded=True), web.url("/answer/1?secret"), sleep=sleeps.append)
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert re.fullmatch(f"CloudFormation could not be answered: (?:{reported})", str(caught.value))
    assert caught.value.__context__ is None
    assert sleeps == [2, 4, 8, 16]


def test_an_address_that_never_responds_times_out(
    request_: Request, sleeps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudformation, "PUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/answer"
        with pytest.raises(ConnectionError, match="TimeoutError"):
            send(request_, Answer(succeeded=True), url, sleep=sleeps.append)
    assert len(sleeps) == 4


def test_a_refused_connection_is_raised_without_the_url(
    request_: Request, sleeps: list[float]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ConnectionError) as caught:
        send(
            request_,
            Answer(succeeded=True),
            f"http://127.0.0.1:{port}/secret",
            sleep=sleeps.append,
        )
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("trouble", [403, 500, "close"])
def test_no_log_holds_the_url(
    web: Web, request_: Request, caplog: pytest.LogCaptureFixture, trouble: int | str
) -> None:
    caplog.set_level("DEBUG")
    web.answer("/answer/", trouble, times=2)
    send(request_, Answer(succeeded=True), web.url("/answer/1?secret"), sleep=lambda _: None)
    assert "secret" not in caplog.text
    assert "/answer/" not in caplog.text


# The requests, as CloudFormation's documentation shows them (tests/events)

FIELDS = {
    *("RequestType", "ServiceToken", "ResponseURL", "StackId", "RequestId", "LogicalResourceId"),
    *("ResourceType", "ResourceProperties"),
}


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("Create", set()),
        ("Update", {"PhysicalResourceId", "OldResourceProperties"}),
        ("Delete", {"PhysicalResourceId"}),
    ],
)
def test_a_recorded_request_has_the_documented_fields_and_is_read(
    kind: str, more: set[str]
) -> None:
    event = recorded(kind)
    assert set(event) == FIELDS | more
    request = Request.from_event(event)
    assert request.type == kind
    assert request.stack_id == event["StackId"]
    assert request.logical_id == event["LogicalResourceId"]
    assert request.physical_id == event.get("PhysicalResourceId")
    assert request.properties == event["ResourceProperties"]
    assert request.old_properties == event.get("OldResourceProperties", {})


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_a_recorded_request_comes_with_the_physical_id_that_its_create_was_answered_with(
    kind: str,
) -> None:
    created = Request.from_event(recorded("Create")).resource_id
    assert recorded(kind)["PhysicalResourceId"] == created


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_a_recorded_request_has_properties_of_the_contract_only_and_is_one_of_the_worker(
    kind: str,
) -> None:
    event = recorded(kind)
    assert event["ResourceType"] == RESOURCE_TYPE
    assert set(event["ResourceProperties"]) <= {*map(str, Property), "ServiceToken"}
    assert ImportRequest.from_event(event).content_changed is (kind == "Update")
