from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.imports import import_into
from helpers.synthesis import errors_of, synthesise

from cdk_cognito_user_import import UserSource


def test_the_job_name_comes_from_the_constructs_id() -> None:
    stack = synthesise(lambda stack: import_into(stack, "Käufer (Test)"))
    (custom,) = stack.resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["JobName"] == "K-ufer -Test-"


def test_records_are_written_in_cognitos_dialect() -> None:
    records: list[dict[str, Any]] = [
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


def test_a_file_with_wrong_rows_fails_the_synth_with_lines_and_without_values(
    tmp_path: Path,
) -> None:
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
    username, values = errors_of(message, "Test/Seed")
    assert username.startswith("users.csv cannot be imported (CSV017): a username has no spaces, ")
    assert username.endswith(f"\n{path}:3: column cognito:username")
    assert values.startswith("users.csv cannot be imported (CSV009): 2 values where the header ")
    assert values.endswith(f"\n{path}:4")
    assert "secret" not in message
    assert "two words" not in message
