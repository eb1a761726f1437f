from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.fake_world import FakeAws

from user_import.aws.s3 import Claim, Source, StagedObject, Staging
from user_import.errors import AccessDenied, AwsError, SourceError
from user_import.messages.aws import source_missing, staged_changed

WHERE = StagedObject("st", "imports/seed/users.csv")
CLAIM = Claim("request1", 1790000000.25)
PART = 5 << 20


@pytest.fixture
def staging(world: FakeAws) -> Staging:
    found: Staging = world.staging
    return found


def written(world: FakeAws) -> bytes | None:
    found: bytes | None = world.s3.objects.get(("st", "imports/seed/users.csv"))
    return found


def write_and_fail(staging: Staging, size: int) -> None:
    with staging.write(WHERE, CLAIM) as staged:
        staged.write(b"x" * size)
        raise KeyError


def test_a_small_object_is_put_in_one_call(world: FakeAws, staging: Staging) -> None:
    with staging.write(WHERE, CLAIM) as staged:
        staged.write(b"one\n")
        staged.write(b"two\n")
        assert world.calls == []
    assert written(world) == b"one\ntwo\n"
    assert world.operations == ["PutObject"]


def test_an_empty_object_is_put(world: FakeAws, staging: Staging) -> None:
    with staging.write(WHERE, CLAIM):
        pass
    assert written(world) == b""


def test_a_big_object_is_put_in_parts_of_a_valid_size(world: FakeAws, staging: Staging) -> None:
    pieces = [bytes([number]) * 700_001 for number in range(40)]
    with staging.write(WHERE, CLAIM) as staged:
        for piece in pieces:
            staged.write(piece)
    assert written(world) == b"".join(pieces), "the parts do not make the object"
    parts = world.called("UploadPart")
    assert [part["PartNumber"] for part in parts] == list(range(1, len(parts) + 1))
    assert all(len(part["Body"]) >= PART for part in parts[:-1])
    assert len(parts) > 2
    assert not world.s3.uploads
    assert world.called("PutObject") == []
    assert staging.claim_of(WHERE) == CLAIM


def test_an_object_that_ends_with_a_part_has_no_empty_part(
    world: FakeAws, staging: Staging
) -> None:
    with staging.write(WHERE, CLAIM) as staged:
        staged.write(b"x" * (8 << 20))
    assert [len(part["Body"]) for part in world.called("UploadPart")] == [8 << 20]
    assert written(world) == b"x" * (8 << 20), "the parts do not make the object"


@pytest.mark.parametrize("size", [10, 20 << 20])
def test_an_error_while_writing_leaves_nothing(world: FakeAws, staging: Staging, size: int) -> None:
    with pytest.raises(KeyError):
        write_and_fail(staging, size)
    assert written(world) is None
    assert not world.s3.uploads


@pytest.mark.parametrize("operation", ["UploadPart", "CompleteMultipartUpload"])
def test_an_upload_that_cannot_be_completed_leaves_nothing(
    world: FakeAws, staging: Staging, operation: str
) -> None:
    staged = staging.write(WHERE, CLAIM)
    for _ in range(3):
        staged.write(b"x" * (7 << 20))
    world.fault(operation, "InternalError")
    with pytest.raises(AwsError), staged:
        pass
    assert written(world) is None
    assert not world.s3.uploads


def test_a_refused_abort_does_not_hide_the_original_error(world: FakeAws, staging: Staging) -> None:
    world.fault("AbortMultipartUpload", "AccessDenied")
    with pytest.raises(KeyError):
        write_and_fail(staging, 20 << 20)


@pytest.mark.parametrize(("offset", "length"), [(0, 4), (4, 4), (0, 8), (7, 1)])
def test_a_range_of_the_staged_object_is_read(
    world: FakeAws, staging: Staging, offset: int, length: int
) -> None:
    world.s3.objects["st", "imports/seed/users.csv"] = b"one\ntwo\n"
    chunks = staging.read(WHERE, offset, length)
    assert b"".join(chunks) == b"one\ntwo\n"[offset : offset + length]


def test_a_staged_object_that_has_become_shorter_is_not_read(
    world: FakeAws, staging: Staging
) -> None:
    world.s3.objects["st", "imports/seed/users.csv"] = b"one\n"
    with pytest.raises(SourceError) as caught:
        staging.read(WHERE, 2, 4)
    assert str(caught.value) == staged_changed("s3://st/imports/seed/users.csv")


def test_a_source_is_read_in_pieces(world: FakeAws, staging: Staging) -> None:
    world.s3.objects["b", "k"] = b"x" * 3_000_000
    pieces = list(staging.read_source(Source("b", "k", None, "name")))
    assert len(pieces) > 1
    assert b"".join(pieces) == b"x" * 3_000_000
    assert world.called("GetObject") == [{"Bucket": "b", "Key": "k"}]


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (Source("b", "k", None, "name"), "s3://b/k"),
        (Source("b", "k", "v7", "name"), "s3://b/k version v7"),
    ],
)
def test_the_error_for_a_missing_source_has_its_address(
    staging: Staging, source: Source, address: str
) -> None:
    with pytest.raises(SourceError) as caught:
        staging.read_source(source)
    assert str(caught.value) == source_missing(address)


@pytest.mark.parametrize("code", ["AccessDenied", "403"])
def test_the_error_for_a_forbidden_source_has_its_address(
    world: FakeAws, staging: Staging, code: str
) -> None:
    world.fault("GetObject", code)
    with pytest.raises(AccessDenied, match="s3://b/k"):
        staging.read_source(Source("b", "k", None, "name"))


# Who works on an object, whichever way S3 says that it is not there


def test_the_claim_of_an_object_is_read_without_its_content_or_its_folder(
    world: FakeAws, staging: Staging
) -> None:
    with staging.write(WHERE, CLAIM):
        pass
    world.calls.clear()
    assert staging.claim_of(WHERE) == CLAIM
    assert world.operations == ["HeadObject"]


@pytest.mark.parametrize("says", ["404", "403"])
def test_a_missing_object_has_no_claim_and_no_notes(
    world: FakeAws, staging: Staging, says: str
) -> None:
    world.s3.says_of_missing = says
    assert staging.claim_of(WHERE) is None
    assert staging.notes_on(WHERE) == {}


def test_a_denied_object_is_looked_up_in_its_folder_only(world: FakeAws, staging: Staging) -> None:
    world.s3.says_of_missing = "403"
    staging.claim_of(WHERE)
    assert world.called("ListObjectsV2") == [
        {"Bucket": "st", "Prefix": "imports/seed/users.csv", "MaxKeys": 1}
    ]


def test_an_object_whose_key_only_begins_like_it_is_another_one(
    world: FakeAws, staging: Staging
) -> None:
    world.s3.says_of_missing = "403"
    world.s3.objects["st", "imports/seed/users.csv.bak"] = b""
    assert staging.claim_of(WHERE) is None


@pytest.mark.parametrize("code", ["403", "AccessDenied"])
def test_an_existing_object_that_may_not_be_read_is_denied(
    world: FakeAws, staging: Staging, code: str
) -> None:
    with staging.write(WHERE, CLAIM):
        pass
    world.fault("HeadObject", code)
    with pytest.raises(AccessDenied, match=r"^s3:GetObject of s3://st/imports/seed/users\.csv: "):
        staging.claim_of(WHERE)


def test_an_object_that_may_be_neither_read_nor_listed_is_denied(
    world: FakeAws, staging: Staging
) -> None:
    world.s3.says_of_missing = "403"
    world.fault("ListObjectsV2", "AccessDenied", "not you")
    with pytest.raises(AccessDenied, match=r"^s3:ListBucket of s3://st/imports/seed/users\.csv: "):
        staging.claim_of(WHERE)


def test_removing_a_removed_object_is_not_an_error(world: FakeAws, staging: Staging) -> None:
    with staging.write(WHERE, CLAIM) as staged:
        staged.write(b"x")
    staging.remove(WHERE)
    staging.remove(WHERE)
    assert world.s3.objects.get(("st", "imports/seed/users.csv")) is None


@pytest.mark.parametrize("code", ["NoSuchBucket", "NoSuchKey"])
def test_removing_from_a_deleted_bucket_is_not_an_error(
    world: FakeAws, staging: Staging, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault("DeleteObject", code)
    staging.remove(WHERE)
    assert caplog.text == ""


def test_an_object_that_cannot_be_removed_is_logged_and_left_to_the_buckets_lifecycle(
    world: FakeAws, staging: Staging, caplog: pytest.LogCaptureFixture
) -> None:
    world.fault("DeleteObject", "AccessDenied", "not you")
    staging.remove(WHERE)
    assert "s3:DeleteObject of s3://st/imports/seed/users.csv: AccessDenied" in caplog.text


@pytest.mark.parametrize(
    "call",
    [
        lambda staging: staging.read(WHERE, 0, 1),
        lambda staging: staging.write(WHERE, CLAIM).__exit__(None, None, None),
        lambda staging: staging.write(WHERE, CLAIM).write(b"x" * (8 << 20)),
    ],
)
def test_a_refusal_names_the_action_and_the_object(
    world: FakeAws, staging: Staging, call: Callable[[Staging], object]
) -> None:
    for operation in ("GetObject", "PutObject", "CreateMultipartUpload"):
        world.fault(operation, "AccessDenied", "not you")
    with pytest.raises(AccessDenied, match=r"s3:\w+Object of s3://st/imports/seed/users\.csv"):
        call(staging)
