"""An import of all objects of a prefix: listed once, read as they were, and reported by object."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import create, delete, update
from helpers.fake_world import Execution, Outcome, etag_of, run_workflow, users

from user_import.messages import source_objects as messages
from user_import.messages.aws import source_missing
from user_import.steps.import_request import ImportRequest
from user_import.steps.state import State

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

HEAD = b"cognito:username,email,email_verified\n"
LIST = ("st", "imports/seed/objects")
PROBLEMS = ("st", "imports/seed/problems.csv")


def of_prefix(prefix: str = "in/", **changes: Any) -> dict[str, Any]:
    """A Create of an import of a prefix."""
    named: dict[str, Any] = {"SourceKey": None, "SourceHash": None, "ContractVersion": "2"}
    named["RecordKey"] = None  # so that the first GetObject is that of an object
    return create(**{**named, "SourcePrefix": prefix, "SourceName": prefix, **changes})


def rows(*numbers: int) -> bytes:
    lines = (f"user{n},user{n}@example.com,true\n".encode() for n in numbers)
    return HEAD + b"".join(lines)


@pytest.fixture
def objects(world: FakeAws) -> dict[str, bytes]:
    """Put three objects of a prefix, and others that are not of it."""
    contents = {
        "in/a.csv": rows(1, 2),
        "in/b.csv.gz": gzip.compress(rows(3)),
        "in/sub/c.csv": rows(4),
    }
    put(world, {**contents, "in": users(3), "other/d.csv": users(3), "in/folder/": b""})
    world.s3.may_list.add("in/")
    return contents


def put(world: FakeAws, contents: dict[str, bytes]) -> None:
    for key, content in contents.items():
        world.s3.objects["assets", key] = content


def listings(world: FakeAws) -> list[Any]:
    return [each for each in world.called("ListObjectsV2") if each["Prefix"] == "in/"]


def test_the_objects_of_a_prefix_are_imported_in_the_order_of_their_keys(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    execution = run_workflow(of_prefix(), world)
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "4"
    names = [line.split(b",")[0] for line in world.cognito.uploaded(world.cognito.job()).split()]
    assert names == [b"cognito:username", b"user1", b"user2", b"user3", b"user4"]
    read = [each for each in world.called("GetObject") if each["Bucket"] == "assets"]
    assert [(each["Key"], each["IfMatch"]) for each in read] == [
        (key, etag_of(content)) for key, content in objects.items()
    ]
    assert len(listings(world)) == 1


def test_keys_are_in_the_order_of_their_bytes_in_utf_8(world: FakeAws) -> None:
    # In UTF-16, U+FB01 comes after the surrogates of U+1F600.
    put(world, {"in/\U0001f600": rows(2), "in/\ufb01": rows(1)})
    listed = world.source_objects
    world.s3.may_list.add("in/")
    assert [each.key for each in listed.list("assets", "in/")] == ["in/\ufb01", "in/\U0001f600"]


def test_all_pages_of_the_listing_are_read(world: FakeAws) -> None:
    world.s3.may_list.add("in/")
    put(world, {f"in/{number:05}": rows(number) for number in range(2_001)})
    assert len(world.source_objects.list("assets", "in/")) == 2_001
    assert len(listings(world)) == 3


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        ({}, messages.no_objects("s3://assets/in/")),
        ({"in/": b"", "in/sub/": b""}, messages.no_objects("s3://assets/in/")),
        (
            {"in/a": rows(1), "in/b": b"", "in/c": b""},
            messages.empty_objects("s3://assets/in/b", 1),
        ),
        (
            {f"in/{number}": b"x" for number in range(10_001)},
            messages.too_many_objects("s3://assets/in/", 10_000),
        ),
    ],
    ids=["none", "folders only", "empty ones", "too many"],
)
def test_a_prefix_that_cannot_be_read_fails_before_anything_is_read(
    world: FakeAws, contents: dict[str, bytes], reason: str
) -> None:
    put(world, contents)
    world.s3.may_list.add("in/")
    execution = run_workflow(of_prefix(), world)
    assert execution.reason == reason
    assert not [each for each in world.called("GetObject") if each["Bucket"] == "assets"]
    assert world.cognito.jobs == []


def test_a_bucket_that_does_not_exist_is_named(world: FakeAws) -> None:
    world.fault("ListObjectsV2", "NoSuchBucket", "gone")
    assert run_workflow(of_prefix(), world).reason == source_missing("bucket assets")


def test_a_prefix_that_may_not_be_listed_is_tried_while_rights_may_be_new(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    assert objects
    world.fault("ListObjectsV2", "AccessDenied", "not yet", seconds=20)
    assert run_workflow(of_prefix(), world).status == "SUCCESS"


@pytest.mark.parametrize("obeyed", [True, False], ids=["If-Match", "the answer's ETag"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda world: put(world, {"in/b.csv.gz": rows(9)}), messages.object_changed),
        (
            lambda world: world.s3.objects.pop(("assets", "in/b.csv.gz")),
            messages.object_deleted,
        ),
    ],
    ids=["changed", "deleted"],
)
def test_an_object_that_changes_after_the_listing_is_an_error(
    world: FakeAws, objects: dict[str, bytes], change: Any, reason: Any, obeyed: bool
) -> None:
    assert objects
    world.s3.obeys_if_match = obeyed

    def before_the_second() -> None:
        world.before("GetObject", lambda: change(world))

    world.before("GetObject", before_the_second)
    execution = run_workflow(of_prefix(), world)
    assert execution.reason == reason("s3://assets/in/b.csv.gz")
    assert world.cognito.jobs == []
    assert [key for bucket, key in world.s3.objects if bucket == "st"] == []


def test_a_stage_that_is_repeated_reads_the_objects_that_were_listed_first(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    assert objects
    execution = Execution(of_prefix(), world)
    # The function dies while it reads the last object; Step Functions repeats the step.
    world.fault("GetObject", RuntimeError("killed"), times=1, key="in/sub/c.csv")

    def add() -> None:
        put(world, {"in/new.csv": rows(9)})

    world.before("GetObject", add)
    execution.run()
    assert execution.status == "SUCCESS"
    assert execution.attributes["ImportedUsers"] == "4"
    assert len(listings(world)) == 1


def test_a_later_request_lists_the_objects_again(world: FakeAws, objects: dict[str, bytes]) -> None:
    assert objects
    event = of_prefix()
    run_workflow(event, world)
    put(world, {"in/new.csv": rows(9)})
    kept = run_workflow(update(event, JobName="other"), world)
    assert (kept.attributes["ImportedUsers"], len(listings(world))) == ("4", 1)
    again = run_workflow(update(event, RunToken="2"), world)
    assert (again.attributes["ImportedUsers"], len(listings(world))) == ("5", 2)


def test_the_state_of_ten_thousand_objects_has_no_key_and_one_entry_of_lines(
    world: FakeAws,
) -> None:
    world.s3.may_list.add("in/")
    put(world, {f"in/{number:05}": rows(number) for number in range(10_000)})
    execution = Execution(of_prefix(), world)
    execution.step()
    (job,) = State.from_json(execution.state).progress.jobs
    assert job.rows.lines == ((0, 2),)
    assert "in/0" not in json.dumps(execution.state)
    kept = json.loads(world.s3.objects[LIST])
    assert kept[9_999] == ["in/09999", etag_of(rows(9_999)), 10_001, 1]


def test_users_that_are_not_imported_are_reported_by_object_and_line(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    assert objects
    lines = tuple(f"[FAILED] Line Number {line} - Reason {line}." for line in range(2, 6))
    world.cognito.outcomes = [Outcome("Failed", failed=4, lines=lines)]
    reason = run_workflow(of_prefix(ToleratedFailed="0"), world).reason
    for number, place in enumerate(
        ("in/a.csv, line 2", "in/a.csv, line 3", "in/b.csv.gz, line 2", "in/sub/c.csv, line 2"), 2
    ):
        assert f"{place}: failed: Reason {number}" in reason
    assert world.s3.objects.get(LIST) is None


def test_a_list_that_is_gone_does_not_prevent_the_answer(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    assert objects
    lines = ("[FAILED] Line Number 2 - Reason.",)
    world.cognito.outcomes = [Outcome("Failed", failed=4, lines=lines)]
    execution = Execution(of_prefix(ToleratedFailed="0"), world)
    execution.run_until(lambda: LIST in world.s3.objects and world.cognito.jobs)
    del world.s3.objects[LIST]
    execution.run()
    assert "could not be read (NoSuchKey)" in execution.reason


def test_findings_name_object_and_line_in_the_reason_and_in_the_report(world: FakeAws) -> None:
    put(world, {"in/a.csv": rows(1), "in/b.csv": rows(2) + b"user3,x,true\n", "in/c.csv": b"x,y\n"})
    world.s3.may_list.add("in/")
    execution = run_workflow(update(of_prefix("before/"), SourcePrefix="in/"), world)
    assert execution.status == "FAILED"
    assert "in/b.csv, line 3, column email: " in execution.reason
    assert "in/c.csv, line 1: the header differs from that of in/a.csv" in execution.reason
    report = [*csv.reader(io.StringIO(world.s3.objects[PROBLEMS].decode()))]
    assert report[0] == ["object", "line", "column", "rule", "severity", "problem"]
    assert sorted(row[:4] for row in report[1:]) == [
        ["in/b.csv", "3", "email", "CSV026"],
        ["in/c.csv", "1", "", "CSV052"],
    ]
    assert world.s3.objects.get(LIST) is None


def test_no_object_of_the_list_stays_after_the_import_is_deleted(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    assert objects
    event = of_prefix(Start="false")
    run_workflow(event, world)
    assert LIST not in world.s3.objects
    run_workflow(delete(event), world)
    assert [key for bucket, key in world.s3.objects if bucket == "st"] == []


def test_an_update_that_imports_nothing_leaves_the_list_to_the_import_that_goes_on(
    world: FakeAws, objects: dict[str, bytes]
) -> None:
    assert objects
    lines = ("[FAILED] Line Number 4 - Reason.",)
    world.cognito.outcomes = [Outcome(failed=1, seconds=900, lines=lines)]
    execution = Execution(of_prefix(Wait="false", TimeoutSeconds="86400"), world)
    execution.run_until(lambda: world.web.answers(execution.path))
    world.cloudformation.status = "UPDATE_IN_PROGRESS"
    kept = update(execution.event, ImportLogRetentionDays="7")
    assert run_workflow(kept, world).status == "SUCCESS"
    world.cloudformation.status = "UPDATE_COMPLETE"
    assert world.cognito.active
    execution.run()
    assert "in/b.csv.gz, line 2: failed: Reason" in execution.output["reason"]
    assert LIST not in world.s3.objects


def test_a_prefix_is_not_pinned_and_is_part_of_the_content() -> None:
    one, other = ImportRequest.from_event(of_prefix()), ImportRequest.from_event(of_prefix("on/"))
    assert not one.source.pinned
    assert one.content_id != other.content_id
    assert one.content_id == ImportRequest.from_event(of_prefix(SourceName="other")).content_id


def test_one_gzip_object_is_imported(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = gzip.compress(rows(1)) + gzip.compress(b"")
    assert run_workflow(create(), world).attributes["ImportedUsers"] == "1"


def test_a_gzip_object_that_is_cut_off_is_refused(world: FakeAws) -> None:
    world.s3.objects["assets", "users.csv"] = gzip.compress(rows(1))[:-1]
    execution = run_workflow(create(), world)
    assert "line 3: the gzip file is cut off before its end" in execution.reason
