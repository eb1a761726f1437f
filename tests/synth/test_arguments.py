from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_s3 as s3
from helpers.imports import import_into
from helpers.synthesis import synthesise

from cdk_cognito_user_import import Tolerance, UserSource


@pytest.mark.parametrize("name", ["", "x" * 101, "semi;colon", "umlaut-ü", "line\nbreak"])
def test_a_job_name_that_cognito_would_refuse_is_refused_at_synth(name):
    with pytest.raises(ValueError, match="give 1 to 100 letters, digits, spaces"):
        synthesise(lambda stack: import_into(stack, job_name=name))


def test_the_job_name_comes_from_the_constructs_id():
    stack = synthesise(lambda stack: import_into(stack, "Käufer (Test)"))
    (custom,) = stack.resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["JobName"] == "K-ufer -Test-"


@pytest.mark.parametrize("timeout", [Duration.seconds(59), Duration.minutes(59)])
def test_a_timeout_that_cloudformation_could_not_wait_for_is_refused(timeout):
    with pytest.raises(ValueError, match="give 1 minute to 58 minutes"):
        synthesise(lambda stack: import_into(stack, timeout=timeout))


@pytest.mark.parametrize("numbers", [{"failed": -1}, {"skipped": -1}])
def test_a_negative_tolerance_is_refused(numbers):
    with pytest.raises(ValueError, match="give 0 or more users"):
        Tolerance(**numbers)


def test_a_file_that_is_not_there_is_named_with_the_working_directory():
    with pytest.raises(ValueError, match=r"no file missing\.csv .* working directory, which is /"):
        UserSource.from_file("missing.csv")


def test_an_empty_key_is_refused():
    stack = Stack()
    with pytest.raises(ValueError, match=r"key .* is empty"):
        UserSource.from_bucket(s3.Bucket(stack, "Bucket"), "")


def test_no_records_are_refused():
    with pytest.raises(ValueError, match="give at least one"):
        UserSource.from_records([])


def test_a_record_that_the_dialect_cannot_express_is_named_and_its_value_is_not():
    records = [{"cognito:username": "a"}, {"cognito:username": "b", "name": "two\nlines"}]
    with pytest.raises(ValueError, match="Record 2: a value has a line break") as caught:
        UserSource.from_records(records)
    assert "two" not in str(caught.value)


def test_records_are_written_in_cognitos_dialect():
    records = [
        {
            "cognito:username": "ada",
            "name": "Lovelace, Ada",
            "email": "ada@example.com",
            "email_verified": True,
        },
        {
            "cognito:username": "alan",
            "name": None,
            "email": "alan@example.com",
            "email_verified": True,
            "birthdate": datetime.date(1912, 6, 23),
            "updated_at": 1471453471,
        },
    ]
    stack = synthesise(lambda stack: import_into(stack, source=UserSource.from_records(records)))
    (asset,) = (a for a in stack.file_assets.values() if a["source"]["path"].endswith(".csv"))
    assert (stack.folder / asset["source"]["path"]).read_text() == (
        "cognito:username,name,email,email_verified,birthdate,updated_at\n"
        "ada,Lovelace\\, Ada,ada@example.com,true,,\n"
        "alan,,alan@example.com,true,06/23/1912,1471453471\n"
    )


def test_a_file_with_wrong_rows_fails_the_synth_with_lines_and_without_values(tmp_path: Path):
    path = tmp_path / "users.csv"
    path.write_text(
        "cognito:username,email,email_verified\n"
        "ada,ada@example.com,true\n"
        "two words,secret@example.com,true\n"
        "alan,alan@example.com\n"
    )
    with pytest.raises(RuntimeError) as caught:
        synthesise(lambda stack: import_into(stack, source=UserSource.from_file(path)))
    message = str(caught.value)
    assert (
        "users.csv cannot be imported: line 3, column cognito:username: a username has no spaces, "
        "tabs or control characters (CSV017)" in message
    )
    assert "line 4: 2 values where the header has 3 columns" in message
    assert "secret" not in message
    assert "two words" not in message
