from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from helpers.events import IMPORT_ROLE, create, delete, update
from helpers.fake_world import OTHER_IMPORT_ROLE, OTHER_POOL

from user_import.contract import ROLE_PATH, VERSION, Property, needed_version
from user_import.errors import RequestError
from user_import.messages.properties import other_contract_version
from user_import.steps.import_request import ImportRequest
from user_import.steps.job_name import JobName
from user_import.users_csv import Limits

COGNITO_JOB_NAME = re.compile(r"[\w\s+=,.@-]{1,128}")
FROM_BUCKET = {"SourceHash": None, "SourceVersion": "v1"}


def content_of(**changes: Any) -> str:
    return ImportRequest.from_event(create(**changes)).content_id


@pytest.mark.parametrize("prefix", ["x", "A b_c+=,.@-", "n" * 100])
@pytest.mark.parametrize("number", [0, 8, Limits().jobs - 1])
@pytest.mark.parametrize("digest", ["", "abcdefg7"])
def test_a_job_name_is_valid_for_cognito_and_parses_back(
    prefix: str, number: int, digest: str
) -> None:
    request = ImportRequest.from_event(create(JobName=prefix))
    name = request.name_of(number, digest)
    assert COGNITO_JOB_NAME.fullmatch(name)
    assert name.startswith(f"{prefix[:90]}-" if len(prefix) <= 90 else prefix[:90])
    assert JobName.parse(name) == JobName(
        request.import_id, request.content_id, request.request_id, number + 1, digest
    )


EARLIER = re.compile(r"-([a-z2-7]{8})([a-z2-7]{8})([a-z2-7]{8})-(\d{1,2})$")
"""How version 0.1 of the library reads the names of jobs."""


def test_an_earlier_version_recognizes_the_jobs_of_this_one() -> None:
    request = ImportRequest.from_event(create())
    name = EARLIER.search(request.name_of(11, "abcdefg7"))
    assert name is not None
    assert name.groups() == (request.import_id, request.content_id, request.request_id, "12")


def test_a_name_of_an_earlier_version_whose_prefix_looks_like_a_digest_is_read() -> None:
    request = ImportRequest.from_event(create(JobName="seed-username"))
    name = JobName.parse(request.name_of(0))
    assert name is not None
    assert name.slot == JobName(request.import_id, request.content_id, request.request_id, 1)


def test_a_prefix_that_looks_like_a_job_name_suffix_parses_back() -> None:
    prefix = ImportRequest.from_event(create(JobName="x")).name_of(3)
    request = ImportRequest.from_event(create(JobName=prefix))
    name = JobName.parse(request.name_of(0))
    assert name is not None
    assert name.number == 1


@pytest.mark.parametrize(
    "name", ["", "by-hand", "x-1", "x-abc-1", "x-ABCDEFGHABCDEFGHABCDEFGH-1", f"x-{'a' * 24}"]
)
def test_a_foreign_job_name_parses_to_none(name: str) -> None:
    assert JobName.parse(name) is None


def test_every_request_has_job_names_of_its_own() -> None:
    first, second = (ImportRequest.from_event(create()) for _ in range(2))
    assert first.name_of(0) != second.name_of(0)
    assert first.content_id == second.content_id
    assert first.import_id == second.import_id


@pytest.mark.parametrize(
    "change",
    [
        {"SourceBucket": "another-bootstrap-bucket"},
        {"SourceKey": "another-key"},
        {"SourceName": "renamed.csv"},
        {"JobName": "Other"},
        {"Start": "false"},
        {"TimeoutSeconds": "60"},
        {"ToleratedFailed": "5"},
        {"ToleratedSkipped": "5"},
        {"LogsRoleArn": "arn:aws:iam::123456789012:role/other-logs-role"},
        {"ImportRoleArn": OTHER_IMPORT_ROLE},
        {"StagingBucket": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_content_of_an_asset_does_not_depend_on(change: dict[str, Any]) -> None:
    assert content_of(**change) == content_of()


@pytest.mark.parametrize(
    "change",
    [{"SourceHash": "b2"}, {"UserPoolId": OTHER_POOL}, {"RunToken": "2"}],
    ids=lambda change: next(iter(change)),
)
def test_the_content_of_an_asset_depends_on(change: dict[str, Any]) -> None:
    assert content_of(**change) != content_of()


@pytest.mark.parametrize(
    "change",
    [
        {"SourceBucket": "b"},
        {"SourceKey": "k"},
        {"SourceVersion": "v2"},
        {"SourceVersion": None},
        {"UserPoolId": OTHER_POOL},
        {"RunToken": "2"},
    ],
    ids=str,
)
def test_the_content_of_an_object_depends_on(change: dict[str, Any]) -> None:
    assert content_of(**{**FROM_BUCKET, **change}) != content_of(**FROM_BUCKET)


@pytest.mark.parametrize(
    ("change", "changed"),
    [({"SourceHash": "b2"}, True), ({"TimeoutSeconds": "60"}, False), ({"Start": "false"}, False)],
    ids=str,
)
def test_an_update_knows_whether_its_content_has_changed(
    change: dict[str, Any], changed: bool
) -> None:
    request = ImportRequest.from_event(update(create(), **change))
    assert request.content_changed is changed


def test_a_create_has_no_changed_content() -> None:
    assert not ImportRequest.from_event(create()).content_changed


@pytest.mark.parametrize(
    ("before", "change", "waits"),
    [
        ({"Start": "false"}, {"Start": "true"}, True),
        ({"Start": "false"}, {"Start": "true", "SourceHash": "b2"}, False),
        ({"Start": "true"}, {"Start": "true"}, False),
        ({"Start": "true"}, {"Start": "false"}, False),
        ({"Start": "false"}, {"Start": "false"}, False),
    ],
    ids=str,
)
def test_only_start_from_false_to_true_starts_waiting_jobs(
    before: dict[str, Any], change: dict[str, Any], waits: bool
) -> None:
    request = ImportRequest.from_event(update(create(**before), **change))
    assert request.waiting_is_to_start is waits


def test_numbers_and_flags_are_read_from_cloudformations_strings() -> None:
    request = ImportRequest.from_event(create(ToleratedSkipped="7", Start="false"))
    assert request.tolerance.failed == 0
    assert request.tolerance.skipped == 7
    assert request.timeout_seconds == 1800
    assert request.start is False


def test_a_tolerance_that_is_left_out_is_any_number() -> None:
    request = ImportRequest.from_event(create(ToleratedFailed=None))
    assert request.tolerance.failed is None
    assert request.tolerance.skipped is None


@pytest.mark.parametrize(
    "name",
    [
        "UserPoolId",
        "LogsRoleArn",
        "ImportRoleArn",
        "JobName",
        "SourceBucket",
        "SourceKey",
        "SourceName",
        "StagingBucket",
        "StagingKey",
        "Start",
        "TimeoutSeconds",
    ],
)
def test_a_missing_property_is_reported_by_name(name: str) -> None:
    with pytest.raises(RequestError, match=name):
        ImportRequest.from_event(create(**{name: None}))


@pytest.mark.parametrize(
    "bad",
    [
        {"Start": "True"},
        {"Start": "yes"},
        {"TimeoutSeconds": "half an hour"},
        {"TimeoutSeconds": "1.5"},
        {"ToleratedFailed": "few"},
        {"ToleratedSkipped": ""},
    ],
    ids=str,
)
def test_a_property_of_the_wrong_kind_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        ImportRequest.from_event(create(**bad))


# The role of the import


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
@pytest.mark.parametrize("name", ["a", "x" * 64, "Seed+=,.@-Role_7"])
def test_the_role_of_an_import_is_one_of_its_path_in_any_partition(
    partition: str, name: str
) -> None:
    arn = f"arn:{partition}:iam::123456789012:role{ROLE_PATH}{name}"
    assert ImportRequest.from_event(create(ImportRoleArn=arn)).role_arn == arn


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:role/seed",
        "arn:aws:iam::123456789012:role/elsewhere/seed",
        f"arn:aws:iam::123456789012:role{ROLE_PATH}",
        f"arn:aws:iam::123456789012:role{ROLE_PATH}deeper/seed",
        f"arn:aws:iam::123456789012:role/x{ROLE_PATH}seed",
        f"arn:aws:iam::123456789012:user{ROLE_PATH}seed",
        f"arn:aws:iam::12345678901:role{ROLE_PATH}seed",
        f"{IMPORT_ROLE}\n",
        f"{IMPORT_ROLE}é",
        f"{IMPORT_ROLE}{'x' * 61}",
        "*",
    ],
    ids=ascii,
)
def test_a_role_of_another_path_is_refused(arn: Any) -> None:
    with pytest.raises(RequestError, match=rf"ImportRoleArn .* a role with the path {ROLE_PATH}\."):
        ImportRequest.from_event(create(ImportRoleArn=arn))


# The contract with the construct

NEWER, OLDER = str(VERSION + 1), "0"


@pytest.mark.parametrize("kind", [create, lambda **changes: update(create(), **changes)])
@pytest.mark.parametrize(
    ("version", "newer"),
    [
        (NEWER, True),
        ("999", True),
        (OLDER, False),
        ("1.0", False),
        ("", False),
        (None, False),
        (VERSION, False),
        ([NEWER], False),
        ("9" * 40, False),
        ("\u0662", False),
        ("x\ny", False),
    ],
    ids=ascii,
)
def test_another_contract_version_is_reported_with_upgrade_instructions(
    kind: Callable[..., dict[str, Any]], version: Any, newer: bool
) -> None:
    with pytest.raises(RequestError) as caught:
        ImportRequest.from_event(kind(ContractVersion=version))
    assert str(caught.value) == other_contract_version(version, VERSION, newer=newer)


@pytest.mark.parametrize("version", ["\u00b2", "9" * 5000], ids=["superscript", "long"])
def test_an_invalid_contract_version_is_reported_without_a_python_exception(version: Any) -> None:
    with pytest.raises(RequestError, match="contract version"):
        ImportRequest.from_event(create(ContractVersion=version))


def test_the_contract_version_is_checked_before_any_other_property() -> None:
    with pytest.raises(RequestError, match=f"contract version {NEWER}"):
        ImportRequest.from_event(create(ContractVersion=NEWER, ImportRoleArn=None, JobName=None))


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_every_earlier_version_of_the_contract_is_read(version: int) -> None:
    assert ImportRequest.from_event(create(ContractVersion=str(version))).type == "Create"


def test_only_an_import_with_new_properties_needs_a_new_handler() -> None:
    assert needed_version({Property.USER_POOL_ID: "id", Property.TEST_PASSWORD_SECRET: None}) == 1
    assert needed_version({Property.TEST_PASSWORD_SECRET: "arn"}) == VERSION
    assert needed_version({Property.READING: '{"password_hashes": {}}'}) == VERSION
    assert needed_version({Property.READING: '{"strict": true}'}) == 1


@pytest.mark.parametrize("version", [NEWER, OLDER, None, [NEWER]])
def test_a_delete_is_read_whatever_its_version(version: Any) -> None:
    assert ImportRequest.from_event(delete(create(ContractVersion=version))).type == "Delete"
