from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import re
import resource
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.fuzz_users_csv import checked
from hypothesis import example, given, settings
from hypothesis import strategies as st

from user_import.users_csv import (
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    validate_users,
)
from user_import.users_csv import messages as csv_messages
from user_import.users_csv.exports import (
    EXPORTS,
    LEFT_OUT,
    Export,
    ExportError,
    ExportFormat,
    ExportReading,
    UserKind,
    messages,
    text_reader,
)
from user_import.users_csv.exports.csv_text import pieces
from user_import.users_csv.pool import STANDARD_ATTRIBUTES

SAMPLES = Path(__file__).parent / "exports"
ROOT = Path(__file__).parents[2]
AUTH0, OKTA, FIREBASE, KEYCLOAK, COGNITO, SUPABASE, CLERK, FUSIONAUTH = ExportFormat
JSON_FORMATS = [FIREBASE, KEYCLOAK, COGNITO]
LISTS = {FIREBASE: "users", KEYCLOAK: "users", COGNITO: "Users"}
USERS: dict[ExportFormat, dict[str, Any]] = {
    FIREBASE: {"localId": "u1"},
    KEYCLOAK: {"username": "u1"},
    COGNITO: {"Username": "u1", "Attributes": []},
    AUTH0: {"user_id": "u1"},
}
SECRET = "Kanarie"


def sliced(data: Any, size: Any) -> Any:
    return (data[at : at + size] for at in range(0, len(data), size))


def read(
    export_format: Any, chunks: Any, columns: Any = (), leave_out: Any = ()
) -> Iterator[bytes]:
    """The CSV, as the validation reads it: what the reader notes ends it."""
    reading = ExportReading(frozenset(columns), frozenset(leave_out))
    yield from EXPORTS[export_format].to_csv(chunks, reading)
    for rule, text in reading.notes.errors:
        raise ExportError(text, rule)


def converted(export_format: Any, data: Any, size: Any = None, **reading: Any) -> Any:
    chunks = [data] if size is None else sliced(data, size)
    return b"".join(read(export_format, chunks, **reading)).decode()


def sample_of(name: Any) -> Any:
    return (SAMPLES / name).read_bytes()


def rows(text: Any) -> Any:
    lines = text.replace(LEFT_OUT + "\n", "")
    return list(csv.DictReader(io.StringIO(lines, newline="\n")))


def mapped(export_format: Any, text: Any) -> Any:
    """The rows as the user pool would get them, blanks left out."""
    export = EXPORTS[export_format]
    return [
        {"cognito:username": next(row[name] for name in export.username if row.get(name))}
        | {pool: row[name] for name, pool in export.columns.items() if row.get(name)}
        for row in rows(text)
    ]


def of_users(export_format: Any, *users: Any) -> Any:
    return converted(export_format, json.dumps({LISTS[export_format]: users}).encode())


def failure(export_format: Any, data: Any, size: Any = None) -> Any:
    with pytest.raises(ExportError) as caught:
        converted(export_format, data, size)
    error = caught.value
    reported = "".join(map(str, (error, error.__cause__)))
    assert SECRET not in reported
    return str(error)


# What a sample becomes.

ADA = {
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email": "ada@example.com",
    "email_verified": "true",
    "phone_number": "+15550100",
}
EXPECTED = {
    "auth0.csv": [
        ADA
        | {
            "cognito:username": "auth0|65f0c1d2e3a4b5c6d7e8f901",
            "name": "Lovelace, Ada",
            "nickname": "ada",
            "phone_number_verified": "true",
            "picture": "https://example.com/ada.png",
            "updated_at": "2024-02-29T23:59:59.000Z",
        },
        {
            "cognito:username": "auth0|65f0c1d2e3a4b5c6d7e8f902",
            "given_name": "Jan",
            "family_name": "'t Hooft",
            "email": "jan@example.com",
            "email_verified": "false",
            "name": 'Jan "Jip" \'t Hooft',
            "nickname": "jan",
            "picture": "https://example.com/jan.png",
            "updated_at": "2024-03-01T00:00:00.000Z",
        },
    ],
    "firebase.csv": [
        {
            "cognito:username": "Zq3kLm8PxRa1",
            "email": "ada@example.com",
            "email_verified": "true",
            "name": "Lovelace, Ada",
            "phone_number": "+15550100",
            "picture": "https://example.com/ada.png",
        },
        {
            "cognito:username": "Zq3kLm8PxRa2",
            "email_verified": "false",
            "phone_number": "+15550101",
        },
    ],
    "firebase.json": [
        {
            "cognito:username": "Zq3kLm8PxRa1",
            "email": "ada@example.com",
            "email_verified": "true",
            "name": "Lovelace, Ada",
            "phone_number": "+15550100",
            "picture": "https://example.com/ada.png",
        },
        {"cognito:username": "Zq3kLm8PxRa2", "phone_number": "+15550101"},
    ],
    "keycloak.json": [
        ADA | {"cognito:username": "ada", "locale": "en", "phone_number_verified": "true"},
        {
            "cognito:username": "alan",
            "given_name": "Alan",
            "family_name": "Turing",
            "email": "alan@example.com",
            "email_verified": "false",
        },
    ],
    "cognito-list-users.json": [
        {
            "cognito:username": "ada",
            "email": "ada@example.com",
            "email_verified": "true",
            "birthdate": "1815-12-10",
            "name": "Lovelace, Ada",
        },
    ],
    "cognito-users.ndjson": [
        {"cognito:username": "ada", "email": "ada@example.com", "email_verified": "true"},
        {"cognito:username": "alan", "email": "alan@example.com", "name": "Turing, Alan"},
    ],
    "cognito-users.csv": [
        {
            "cognito:username": "ada",
            "email": "ada@example.com",
            "email_verified": "true",
            "name": "Lovelace, Ada",
        },
    ],
    "auth0.ndjson": [
        {
            "cognito:username": "auth0|65f0c1d2e3a4b5c6d7e8f901",
            "email": "ada@example.com",
            "email_verified": "true",
            "name": "Lovelace, Ada",
        },
        {
            "cognito:username": "auth0|65f0c1d2e3a4b5c6d7e8f902",
            "email": "jan@example.com",
            "email_verified": "false",
            "family_name": "'t Hooft",
        },
    ],
    "supabase.csv": [
        {
            "cognito:username": "8f2a1c3e-0000-4000-8000-000000000001",
            "email": "ada@example.com",
            "email_verified": "true",
            "phone_number": "+15550100",
            "phone_number_verified": "true",
            "name": "Lovelace, Ada",
            "picture": "https://example.com/ada.png",
        },
        {
            "cognito:username": "8f2a1c3e-0000-4000-8000-000000000002",
            "email": "alan@example.com",
            "email_verified": "false",
            "phone_number_verified": "false",
        },
    ],
    "clerk.csv": [
        ADA
        | {"cognito:username": "user_2aBcD0000000000000000000001", "phone_number_verified": "true"},
        {
            "cognito:username": "user_2aBcD0000000000000000000002",
            "given_name": "Alan",
            "family_name": "Turing",
            "email": "alan@example.com",
            "email_verified": "false",
            "phone_number_verified": "false",
        },
    ],
}


def format_of(sample: Any) -> Any:
    return ExportFormat(re.split(r"[.-]", sample)[0])


@pytest.mark.parametrize("sample", EXPECTED)
@pytest.mark.parametrize("size", [None, 1, 2, 3, 7])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
def test_a_sample_becomes_the_users_in_it_in_chunks_of_any_size(
    sample: Any, size: Any, bom: Any
) -> None:
    export_format = format_of(sample)
    data = bom + sample_of(sample)
    text = converted(export_format, data, size, leave_out=[UserKind.EXTERNAL_PROVIDER])
    assert mapped(export_format, text) == EXPECTED[sample]


def test_okta_s_export_is_a_csv_already() -> None:
    data = sample_of("okta.csv")
    assert converted(OKTA, data, size=5).encode() == data
    assert mapped(OKTA, data.decode()) == [
        {
            "cognito:username": "ada@example.com",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "nickname": "Ada",
            "name": "Lovelace, Ada",
            "email": "ada@example.com",
            "phone_number": "+15550100",
            "profile": "https://example.com/ada",
            "locale": "en_GB",
            "zoneinfo": "Europe/London",
        },
        {
            "cognito:username": "alan@example.com",
            "given_name": "Alan",
            "middle_name": "Mathison",
            "family_name": "Turing",
            "name": "Alan Turing",
            "email": "alan@example.com",
            "phone_number": "+15550101",
            "locale": "en_GB",
            "zoneinfo": "Europe/London",
        },
    ]


# What every preset promises.


def test_every_format_has_an_export() -> None:
    assert set(EXPORTS) == set(ExportFormat)
    assert all(isinstance(export, Export) for export in EXPORTS.values())


@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_preset_maps_to_standard_attributes_only_and_never_to_the_username(
    export_format: Any,
) -> None:
    names = {each.name for each in STANDARD_ATTRIBUTES}
    assert set(EXPORTS[export_format].columns.values()) <= names


@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_column_for_the_username_is_not_an_attribute_as_well(export_format: Any) -> None:
    assert EXPORTS[export_format].username
    assert not set(EXPORTS[export_format].username) & set(EXPORTS[export_format].columns)


@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_preset_cannot_be_changed(export_format: Any) -> None:
    with pytest.raises(TypeError):
        EXPORTS[export_format].columns["x"] = "y"  # type: ignore[index]
    with pytest.raises(TypeError):
        EXPORTS[export_format] = None  # type: ignore[index]


def test_firebase_and_okta_verify_nothing_that_they_do_not_report() -> None:
    assert "phone_number_verified" not in EXPORTS[FIREBASE].columns.values()
    assert not [to for to in EXPORTS[OKTA].columns.values() if to.endswith("_verified")]


# Auth0

EXTENSION = (
    "Id,Given Name,Family Name,Nickname,Name,Email,Email Verified,Picture,Connection,"
    "Created At,Updated At\n"
)
HEADER = '"user_id","email","email_verified","name"\n'


def auth0(*lines: Any) -> Any:
    return "".join(lines).encode()


def test_the_extension_s_column_names_are_known() -> None:
    data = auth0(
        EXTENSION,
        '"\'auth0|1","\'Ada","\'Lovelace",,"\'Ada Lovelace","\'ada@example.com",true,,"\'Users",'
        "2021-03-04T05:06:07.089Z,2021-03-04T05:06:07.089Z\n",
    )
    assert mapped(AUTH0, converted(AUTH0, data)) == [
        {
            "cognito:username": "auth0|1",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "email_verified": "true",
            "updated_at": "2021-03-04T05:06:07.089Z",
        }
    ]


def test_apostrophes_are_removed_from_a_header() -> None:
    data = auth0('"\'user_id","\'email"\n', '"\'auth0|1","\'ada@example.com"\n')
    assert converted(AUTH0, data) == '"user_id","email"\n"auth0|1","ada@example.com"\n'


@pytest.mark.parametrize(
    "lines",
    [
        "auth0|1,jan@example.com,true,'t Hooft\n",
        '"auth0|1","jan@example.com",true,"\'t Hooft"\n',
        "auth0|1,jan@example.com,true,\n",
        "auth0|1,jan@example.com,true,Иван\r\nauth0|2,jip@example.com,true,'t Hooft\r\n",
        "auth0|1,jan@example.com,true,'t Hooft\n\n1,,true,\n",
        "",
    ],
)
def test_a_file_without_apostrophes_before_its_texts_is_left_as_it_is(lines: Any) -> None:
    assert converted(AUTH0, auth0(HEADER, lines)) == HEADER + lines.replace("\r\n", "\n")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_apostrophes_are_removed_from_values_that_a_spreadsheet_has_unquoted(
    separator: Any,
) -> None:
    lines = [
        ["user_id", "email", "email_verified", "name"],
        ["'auth0|1", "'ada@example.com", "TRUE", "'Ada Lovelace"],
        ["'auth0|2", "'jan@example.com", "FALSE", "''t Hooft"],
    ]
    data = auth0(*(separator.join(line) + "\r\n" for line in lines))
    assert [
        row["name"]
        for row in csv.DictReader(io.StringIO(converted(AUTH0, data)), delimiter=separator)
    ] == ["Ada Lovelace", "'t Hooft"]


def test_a_letter_that_a_header_has_often_does_not_separate() -> None:
    data = auth0("user_id,TAX EX\n", "'auth0|1,'5X'6\n")
    assert converted(AUTH0, data) == "user_id,TAX EX\nauth0|1,5X'6\n"


@pytest.mark.parametrize(
    "value",
    [
        "1",
        "-1.5",
        "true",
        "null",
        "",
        '""',
        "2021-03-04T05:06:07.089Z",
        '"2021-03-04T05:06:07+00:00"',
        '"[""a"",""b""]"',
        '"{""a"":1}"',
    ],
)
def test_a_value_that_is_not_text_needs_no_apostrophe(value: Any) -> None:
    line = f'"\'auth0|1","\'ada@example.com",true,{value}\n'
    expected = f'"auth0|1","ada@example.com",true,{value}\n'
    assert converted(AUTH0, auth0(HEADER, line)) == HEADER + expected


def test_lines_keep_their_number_and_their_ends() -> None:
    data = auth0("\n", HEADER, "\r\n", '"\'a","\'b",true,"\'c"\r\n', '"\'a","\'b",true,"\'c"')
    assert converted(AUTH0, data) == "\n" + HEADER + '\r\n"a","b",true,"c"\r\n"a","b",true,"c"'


def test_a_line_break_inside_a_value_is_left_for_the_reader_to_refuse() -> None:
    data = auth0(
        HEADER,
        '"\'a","\'b",true,"\'two\n',
        'lines"\n',
        '"\'a","\'b",true,"\'c"\n',
    )
    assert converted(AUTH0, data) == HEADER + '"a","b",true,"two\nlines"\n"a","b",true,"c"\n'


def test_apostrophes_are_removed_from_lines_after_a_stray_quote() -> None:
    data = auth0(HEADER, '"\'a","\'b",true,\'5"\n', '"\'a","\'b",true,"\'c"\n' * 2)
    assert converted(AUTH0, data).endswith('"a","b",true,"c"\n' * 2)


def test_a_stray_quote_does_not_hide_that_later_lines_have_no_apostrophes() -> None:
    stray, whole = '"\'a","\'b",true,\'5"\n', '"\'a","\'b",true,"\'c"\n'
    reported = failure(AUTH0, auth0(HEADER, stray, whole, "a,b@example.com,true,c\n"))
    assert reported.startswith("line 4: expected an apostrophe")


def test_an_auth0_file_with_and_without_apostrophes_is_refused_with_the_line() -> None:
    first, second = f'"\'{SECRET}","\'b@example.com",true,"\'c"\n', "a,b@example.com,true,c\n"
    expected = messages.at("line 3", messages.AUTH0_APOSTROPHES)
    assert failure(AUTH0, auth0(HEADER, first, second)) == expected
    assert failure(AUTH0, auth0(HEADER, second, first)) == expected


@pytest.mark.parametrize(
    "start", ["{", "[", "{}x", ' {"user_id": ["Kanarie"]}', '[{"id": "Kanarie"}]']
)
def test_json_that_is_not_auth0_s_is_refused(start: Any) -> None:
    assert failure(AUTH0, start.encode()).startswith(
        ("the beginning (line 1, ", "record 1", "The object has no", "The JSON ends")
    )


@pytest.mark.parametrize("end", [b"\xe9\n", b"\xc3"])
def test_an_auth0_file_that_is_not_utf_8_is_refused_with_the_line(end: Any) -> None:
    data = auth0(HEADER + "'a,'b,true,'c\n" * 9) + b"'a,'b,true,'Kanarie " + end
    assert failure(AUTH0, data, size=4) == messages.at("line 11 or later", csv_messages.NOT_UTF_8)


# Firebase's CSV


@pytest.mark.parametrize(
    ("columns", "version"), [(26, "docs"), (27, "2018"), (29, "2020"), (53, "2026")]
)
def test_the_header_has_a_name_for_every_value_that_a_version_of_firebase_writes(
    columns: Any, version: Any
) -> None:
    line = ",".join(
        ["u1", "ada@example.com", "true", *[""] * 22, "+15550100", *[""] * (columns - 26)]
    )
    header, row = converted(FIREBASE, f"{line}\n".encode()).splitlines()
    names = header.split(",")
    assert row == line
    assert len(names) == len(set(names)) == columns
    assert names[28:] == [f"column{number}" for number in range(29, columns + 1)]
    assert all(names)


def test_firebase_s_rows_are_left_as_they_are() -> None:
    line = 'u1,,true,,,"He said ""hi"", twice",' + "," * 21 + "\r\n"
    assert converted(FIREBASE, (line * 3).encode()).split("\n", 1)[1] == line * 3


def test_blank_lines_before_firebase_s_first_row_do_not_count() -> None:
    line = "u1" + "," * 28 + "\n"
    assert converted(FIREBASE, f"\r\n\n{line}".encode()).split("\n", 1)[1] == line


def test_a_firebase_file_without_users_is_refused() -> None:
    with pytest.raises(ExportError) as caught:
        converted(FIREBASE, b"")
    assert (str(caught.value), caught.value.rule) == (messages.NO_USERS, Rule.NO_USERS)


def test_most_lines_of_a_firebase_file_say_how_many_values_a_line_has() -> None:
    lines = ["u1" + "," * 27 + "\n"] * 3
    reported = failure(FIREBASE, "".join([*lines, "u2" + "," * 28 + "\n"]).encode())
    assert reported == messages.of_users("record 4", 0, messages.firebase_values(28))


@pytest.mark.parametrize("data", ["Kanarie", "Kanarie,b,c\n", '"' * 9])
def test_a_csv_that_is_not_firebase_s_is_refused(data: Any) -> None:
    assert failure(FIREBASE, data.encode()) == messages.at(
        "record 1", messages.firebase_columns(26)
    )


def test_firebase_s_password_hashes_are_dropped() -> None:
    text = converted(FIREBASE, sample_of("firebase.json"))
    assert "aGFzaA" not in text
    assert "c2FsdA" not in text


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_nothing_but_the_hash_of_a_line_of_firebase_is_dropped(end: Any) -> None:
    line = ["u1", "ada@example.com", "true", "aGFzaA==", "c2FsdA==", "Ada Lovelace, Lady"]
    unquoted = ",".join([*line[:5], "Ada Lovelace", *[""] * 21, "PLAN X"])
    quoted = ",".join([*line[:5], f'"{line[5]}"', *[""] * 21, '"PLAN X"'])
    data = f"{unquoted}\n{unquoted} \n{quoted}{end}".encode()
    _, first, with_space, second = converted(FIREBASE, data).split("\n", 3)
    assert first == unquoted.replace("aGFzaA==", "").replace("c2FsdA==", "")
    assert with_space == f"{first} "
    assert next(csv.reader([second])) == [*line[:3], "", "", line[5], *[""] * 21, "PLAN X"]


# Keycloak


def test_keycloak_s_admin_rest_api_is_read_too() -> None:
    users = json.loads(sample_of("keycloak.json"))["users"]
    assert (
        mapped(KEYCLOAK, converted(KEYCLOAK, json.dumps(users).encode()))
        == (EXPECTED["keycloak.json"])
    )


def test_an_attribute_of_keycloak_s_own_name_is_a_column() -> None:
    text = converted(KEYCLOAK, sample_of("keycloak.json"))
    assert [row["attributes.department"] for row in rows(text)] == ["Engines, Analytical", ""]


def test_an_attribute_with_several_values_for_any_user_is_not_a_column() -> None:
    text = converted(KEYCLOAK, sample_of("keycloak.json"))
    assert "attributes.team" not in rows(text)[0]
    assert "research" not in text


def test_several_values_of_an_attribute_that_is_mapped_are_refused_with_the_record() -> None:
    user = {"username": "b", "attributes": {"phoneNumber": ["+15550100", SECRET]}}
    data = json.dumps([USERS[KEYCLOAK], user]).encode()
    assert failure(KEYCLOAK, data) == messages.at(
        "record 2, attribute phoneNumber", messages.several_values(2, "attributes.phoneNumber")
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"locale": []}, ""),
        ({"locale": [None]}, ""),
        ({"locale": None}, ""),
        ({"locale": "en"}, "en"),
        ({"locale": [1]}, "1"),
        ({"locale": [True]}, "true"),
        ({"locale": [["en"]]}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_an_attribute_of_keycloak_is_its_only_value(attributes: Any, expected: Any) -> None:
    text = of_users(KEYCLOAK, {"username": "a", "attributes": attributes})
    assert rows(text)[0].get("attributes.locale", "") == expected


def test_keycloak_s_attributes_that_are_not_an_object_are_refused() -> None:
    data = json.dumps([{"username": "a", "attributes": [SECRET]}]).encode()
    assert failure(KEYCLOAK, data) == "record 1: expected an object as the user's attributes"


def test_keycloak_s_credentials_are_dropped() -> None:
    text = converted(KEYCLOAK, sample_of("keycloak.json"))
    assert "aGFzaA" not in text
    assert "credential" not in text


def test_a_list_of_realms_is_not_taken_for_a_list_of_users() -> None:
    data = json.dumps([{"realm": SECRET, "users": [{"username": "a"}]}]).encode()
    assert failure(KEYCLOAK, data) == 'record 1: expected a user, an object with "username"'


# Cognito


def test_custom_attributes_are_columns_of_their_own_names_without_sub_and_identities() -> None:
    data = sample_of("cognito-list-users.json").replace(b"EXTERNAL_PROVIDER", b"CONFIRMED")
    text = converted(COGNITO, data.replace(b"google_1", b"alan"))
    assert [row["custom:tier"] for row in rows(text)] == ["", "gold"]
    assert set(rows(text)[0]) == {
        "Username",
        "email",
        "email_verified",
        "birthdate",
        "name",
        "custom:tier",
    }


def test_users_of_a_query_for_the_list_are_read_too() -> None:
    assert rows(converted(COGNITO, b'[{"Username": "a", "Attributes": []}]')) == [{"Username": "a"}]


def test_a_user_of_cognito_without_attributes_has_a_username() -> None:
    assert rows(of_users(COGNITO, {"Username": "a"})) == [{"Username": "a"}]


@pytest.mark.parametrize(
    "attributes",
    [
        None,
        SECRET,
        {"Name": "email", "Value": SECRET},
        [SECRET],
        [{"Name": "email"}],
        [{"Name": ["email"], "Value": SECRET}],
        [{"Name": "email", "Value": [SECRET]}],
        [{"Name": "email", "Value": None}],
    ],
)
def test_attributes_that_are_not_pairs_of_names_and_values_are_refused_with_the_record(
    attributes: Any,
) -> None:
    data = json.dumps([USERS[COGNITO], {"Username": "b", "Attributes": attributes}]).encode()
    assert failure(COGNITO, data) == messages.at("record 2", messages.COGNITO_ATTRIBUTES)


# Values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Lovelace, Ada", "Lovelace, Ada"),
        ('say "hi"', 'say "hi"'),
        ('"', '"'),
        (" a ", " a "),
        ("back\\slash\\", "back\\slash\\"),
        ("Ünïcode 🦆", "Ünïcode 🦆"),
        ("'t Hooft", "'t Hooft"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (10**30, "1" + "0" * 30),
        (1682955829.578, "1682955829.578"),
        ([], ""),
        ({"a": 1}, ""),
    ],
)
def test_a_value_is_written_so_that_it_is_read_as_it_was(value: Any, expected: Any) -> None:
    text = of_users(FIREBASE, {"localId": "a", "displayName": value})
    assert rows(text)[0].get("displayName", "") == expected


@pytest.mark.parametrize(
    ("export_format", "name"), [(COGNITO, "Username"), (SUPABASE, "id"), (CLERK, "id")]
)
def test_the_column_of_the_username_is_the_first_one(export_format: Any, name: Any) -> None:
    text = converted(export_format, f"email,{name},custom:x\na@x.org,u1,y\n".encode())
    assert text == f"{name},email,custom:x\nu1,a@x.org,y\n"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_line_break_in_a_value_leaves_one_line_with_a_lone_cr(line_break: Any) -> None:
    user = {"localId": "a", "displayName": f"two{line_break}lines"}
    text = of_users(FIREBASE, user, {"localId": "b"})
    assert text == 'localId,displayName\na,"two\rlines"\nb,\n'


def test_a_user_who_is_blank_is_not_a_blank_line() -> None:
    assert of_users(FIREBASE, {"localId": ""}) == 'localId\n""\n'
    # The column of several values is left out when the line is written again.
    user = {"username": "", "attributes": {"team": ["x", "y"]}}
    assert of_users(KEYCLOAK, user) == 'username\n""\n'


@pytest.mark.parametrize("export_format", JSON_FORMATS)
def test_an_empty_list_is_refused(export_format: Any) -> None:
    data = json.dumps({LISTS[export_format]: []}).encode()
    assert failure(export_format, data) == messages.NO_USERS


@pytest.mark.parametrize("export_format", JSON_FORMATS)
def test_the_list_is_found_among_other_members_of_any_kind(export_format: Any) -> None:
    others = '"a": 12, "b": [{"users": []}], "c": "[{", "d": null, "e": -1.5e3, "f": true'
    users = json.dumps([USERS[export_format]])
    for size in (None, 1, 3):
        data = f'{{{others}, "{LISTS[export_format]}": {users}, "z": 12 }}\n'.encode()
        assert len(rows(converted(export_format, data, size))) == 1


@pytest.mark.parametrize("number", ["12", "0.5", "1e+2", "-12.5E-30"])
def test_a_number_is_read_whole_wherever_a_chunk_ends(number: Any) -> None:
    data = f'{{"a": {number}, "users": [{{"username": "a"}}]}}'.encode()
    for at in range(len(data)):
        assert b"".join(read(KEYCLOAK, [data[:at], data[at:]])) == b"username\na\n"


# Lines


def test_lines_are_the_same_in_chunks_of_any_size() -> None:
    data = b"one\n\ntwo, longer\r\n\r\n\nx\ny\n\nlast"
    for size in range(1, len(data) + 1):
        lines = text_reader.TextReader(sliced(data, size)).lines()
        assert list(lines) == data.decode().splitlines(keepends=True)


def test_a_piece_ends_with_the_line_that_makes_it_64_kib() -> None:
    nearly = "x" * (64 * 1024 - 2) + "\n"
    lines = [nearly, "\n", nearly, "y\n", "z\n"]
    assert list(pieces(lines)) == [f"{nearly}\n".encode(), f"{nearly}y\n".encode(), b"z\n"]


# Errors


@pytest.mark.parametrize("export_format", JSON_FORMATS)
@pytest.mark.parametrize("user", [None, 1, "Kanarie", ["Kanarie"], {"x": "Kanarie"}])
def test_an_element_that_is_not_a_user_is_refused_with_the_record(
    export_format: Any, user: Any
) -> None:
    data = json.dumps([USERS[export_format], user]).encode()
    key = next(iter(USERS[export_format]))
    assert failure(export_format, data) == messages.at("record 2", messages.not_a_user(key))


@pytest.mark.parametrize("export_format", JSON_FORMATS)
@pytest.mark.parametrize("key", [None, [SECRET], {}, True])
def test_a_user_whose_key_is_not_text_is_refused(export_format: Any, key: Any) -> None:
    user = dict.fromkeys(list(USERS[export_format])[:1], key)
    assert failure(export_format, json.dumps([user]).encode()).startswith(
        "record 1: expected a user"
    )


@pytest.mark.parametrize("export_format", JSON_FORMATS)
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('{{"x": "Kanarie"}}', 'The object has no "{member}"; expected a list of users, or an'),
        ("{{}}", 'The object has no "{member}"'),
        ('{{"{member}": {{"a": "Kanarie"}}}}', 'Expected "{member}" to be a list of users.'),
        ("[{user}] Kanarie", "The JSON ends after record 1; remove the text that follows it."),
        ("[] []", "The JSON ends after the beginning, and another one follows"),
        (
            '{{"{member}": [{user}]}}}}',
            "The JSON ends after record 1; remove the text that follows it.",
        ),
        ("[{user}", "record 1: expected , or ], found the end of the file"),
        ("[{user} {user}]", "record 1: expected , or ], found something else"),
        ("[{user},", "record 2: expected a user as JSON, and the file ends inside it"),
        ("[{user},]", "record 1: a comma is the last of the list"),
        ('[{user},{{"a": "Kanarie', "record 2: expected a user as JSON, and the file ends"),
        ('[{user},{{"a": 1,', "record 2: expected a user as JSON, and the file ends inside it"),
        ('[{user},{{"a": 1,}}]', "record 2: expected a user as JSON, found something else"),
        ("[{user},Kanarie]", "record 2: expected a user as JSON, found something else"),
        ("[{{'a': 'Kanarie'}}]", "record 1: expected a user as JSON, found something else"),
        ("[NaN]", "record 1: expected a user as JSON, found something else"),
        ("[", "record 1: expected a user as JSON, and the file ends inside it"),
        ("{{", "the beginning: expected the name of a member of an object"),
        ("{{1: 2}}", "the beginning: expected the name of a member of an object"),
        ('{{"Kanarie', "the beginning: expected a name as JSON, and the file ends inside it"),
        ('{{"a"', "the beginning: expected :, found the end of the file"),
        ('{{"a": Kanarie', 'the beginning: expected a member beside "{member}" as JSON'),
        ('{{"a": 1', "the beginning: expected , or }}, found the end of the file"),
        ('{{"{member}": [{user}]', "record 1: expected , or }}, found the end of the file"),
    ],
)
def test_json_of_another_shape_is_refused_with_the_expected_shape(
    export_format: Any, data: Any, text: Any
) -> None:
    words = {"member": LISTS[export_format], "user": json.dumps(USERS[export_format])}
    data = data.format(**words).encode()
    for size in (None, 1, 5):
        reported = re.sub(r" \(line 1, character \d+\)", "", failure(export_format, data, size))
        assert reported.startswith(text.format(**words))


@pytest.mark.parametrize(
    ("before", "broken"),
    [
        ("[", "Kanarie]"),
        ("[{user},\n ", "Kanarie]"),
        ("[\n{user},\n{user}\n", "{user}\n]"),
        ('{{"a": 1,\n\n"{member}": [{user}, {{"ä": "ö"\n', '"Kanarie": 1}}]}}'),
        ("[\n{user},{user},\n", "]"),
        ("{user}\n{user}\n", "Kanarie\n"),
        ("{user}\n\r\n{{", "1: 2}}\n"),
        ("[{user},\n", "NaN]"),
        ("[\n" + "{user},\n" * 40, "Kanarie]"),
    ],
)
def test_a_problem_of_json_has_its_line_and_character(before: Any, broken: Any) -> None:
    words = {"member": "users", "user": json.dumps(USERS[KEYCLOAK])}
    before, broken = before.format(**words), broken.format(**words)
    line = before.count("\n") + 1
    character = len(before) - before.rfind("\n")
    data = (before + broken).encode()
    for size in (None, 1, 2, 7, 100):
        reported = failure(KEYCLOAK, data, size)
        assert f" (line {line}, character {character}): " in reported


@pytest.mark.parametrize("export_format", [KEYCLOAK, COGNITO])
@pytest.mark.parametrize("data", ["", "\n ", "Kanarie", '"Kanarie', "1", "name\nada\n"])
def test_a_file_that_is_not_json_is_refused(export_format: Any, data: Any) -> None:
    member = LISTS[export_format]
    key = next(iter(USERS[export_format]))
    assert failure(export_format, data.encode()) == messages.not_users(member, key)


@pytest.mark.parametrize("export_format", JSON_FORMATS)
@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80"])
def test_invalid_utf_8_is_refused_near_the_record(export_format: Any, bad: Any) -> None:
    user = json.dumps(USERS[export_format]).encode()
    data = b"[" + b" " * 60 + user + b", " + user.replace(b"u1", b"Kanarie" + bad) + b"]"
    reported = failure(export_format, data, size=1)
    assert re.fullmatch(f"record [12] or later: {csv_messages.NOT_UTF_8}", reported)


@pytest.mark.parametrize("export_format", [*JSON_FORMATS, AUTH0])
def test_half_of_a_surrogate_pair_is_refused_with_the_record(export_format: Any) -> None:
    key = next(iter(USERS[export_format]))
    user = json.dumps(USERS[export_format] | {key: f"{SECRET}\ud800"})
    assert failure(export_format, f"[{user}]".encode()) == (
        messages.at("record 1", messages.HALF_SURROGATE_PAIR)
    )


@pytest.mark.parametrize("export_format", JSON_FORMATS)
def test_json_nested_too_deeply_is_refused(export_format: Any) -> None:
    assert failure(export_format, b"[" * 20_000) == messages.at(
        "record 1 (line 1, character 2)", messages.not_json("a user")
    )


@pytest.mark.parametrize(
    ("export_format", "start", "what"),
    [
        (KEYCLOAK, b'[{"username": "', "record 1: expected a user of 1,000 characters"),
        (KEYCLOAK, b'{"a": "', 'the beginning: expected a member beside "users" of 1,000'),
        (COGNITO, b"[{", "record 1: expected a user of 1,000 characters"),
        (AUTH0, b"user_id", "line 1: expected a line of 1,000 characters"),
        (FIREBASE, b"u1", "record 1: expected a line of 1,000 characters"),
        (OKTA, b"login", "Expected lines of 1,000 bytes at most."),
    ],
)
def test_an_endless_value_is_refused_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch, export_format: Any, start: Any, what: Any
) -> None:
    monkeypatch.setattr(text_reader, "LONGEST", 1000)
    chunks = iter([start, *[b"x" * 100] * 1_000])
    with pytest.raises(ExportError) as caught:
        list(read(export_format, chunks))
    assert str(caught.value).startswith(what)
    assert len(list(chunks)) > 970


@pytest.mark.parametrize(
    ("export_format", "before", "start", "end"),
    [
        (KEYCLOAK, b"[", b'{"username": "', b'"}]'),
        (FIREBASE, b"", b"u1" + b"," * 25, b"\n"),
        (OKTA, b"", b"login,status,", b"\na,ACTIVE,\n"),
    ],
)
def test_a_value_of_maximum_length_is_accepted_and_one_character_more_is_refused(
    monkeypatch: pytest.MonkeyPatch, export_format: Any, before: Any, start: Any, end: Any
) -> None:
    monkeypatch.setattr(text_reader, "LONGEST", 1000)
    longest = start.ljust(1000, b"x")
    text = b"".join(read(export_format, [before + longest, end]))
    assert b"x" * (1000 - len(start)) in text
    with pytest.raises(ExportError, match=r"1,000 (characters|bytes) at most"):
        list(read(export_format, [before + longest + b"x", end]))


@pytest.mark.parametrize("size", [None, 900, 7])
@pytest.mark.parametrize(
    ("export_format", "data"),
    [
        (AUTH0, b"user_id,blocked\n" + b"a,false\n" * 500),
        (OKTA, b"login,status\n" + b"a,ACTIVE\n" * 500),
        (FIREBASE, b"u1,,,,,,,,,,,,,,,,,,,,,,,,,,,false,\n" * 100),
    ],
)
def test_a_file_and_its_chunks_may_be_longer_than_any_line(
    monkeypatch: pytest.MonkeyPatch, export_format: Any, data: Any, size: Any
) -> None:
    monkeypatch.setattr(text_reader, "LONGEST", 1000)
    assert converted(export_format, data, size).endswith(data.decode())


@pytest.mark.parametrize("longer", [False, True])
def test_the_first_of_users_that_come_one_a_line_has_the_maximum_length_of_a_value(
    monkeypatch: pytest.MonkeyPatch, longer: bool
) -> None:
    monkeypatch.setattr(text_reader, "LONGEST", 1000)
    start, end = '{"username": "a", "firstName": "', '"'
    data = start + "x" * (1000 - len(start + end) + longer) + end + "}\n"
    if longer:
        reported = failure(KEYCLOAK, data.encode())
        assert reported == messages.member_missing("users", "username")
    else:
        assert [row["username"] for row in rows(converted(KEYCLOAK, data.encode()))] == ["a"]


@pytest.mark.parametrize("blanks", [1_000, 5_000])
def test_a_file_begins_within_the_maximum_length_of_a_value(
    monkeypatch: pytest.MonkeyPatch, blanks: Any
) -> None:
    monkeypatch.setattr(text_reader, "LONGEST", 1000)
    data = b" " * blanks + b'[{"username": "a"}]'
    if blanks == 1_000:
        assert converted(KEYCLOAK, data, size=100) == "username\na\n"
    else:
        reported = messages.at("the beginning", messages.too_long("the beginning", 1000))
        assert failure(KEYCLOAK, data, size=100) == reported


def test_lines_of_a_csv_without_the_flag_may_be_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_reader, "LONGEST", 1000)
    data = b"login,name\na," + b"x" * 5_000 + b"\n"
    assert converted(OKTA, data, size=100).encode() == data


# Users who cannot sign in


def json_of(export_format: Any, flags: list[Any]) -> bytes:
    """Users with these as their flag; None for a user without it."""
    name = {FIREBASE: "disabled", KEYCLOAK: "enabled", COGNITO: "Enabled"}[export_format]
    user = USERS[export_format]
    users = [user if each is None else user | {name: each} for each in flags]
    return json.dumps({LISTS[export_format]: users}).encode()


def firebase_csv(*flags: Any) -> Any:
    return "".join(f"u1{',' * 25}+15550100,{each},\n" for each in flags).encode()


@pytest.mark.parametrize(
    ("export_format", "data", "flag"),
    [
        (FIREBASE, json_of(FIREBASE, [False, True]), "disabled is true"),
        (FIREBASE, firebase_csv("false", "true"), "disabled is true"),
        (KEYCLOAK, json_of(KEYCLOAK, [True, False]), "enabled is false"),
        (COGNITO, json_of(COGNITO, [True, False]), "Enabled is false"),
        (AUTH0, b"user_id,blocked\n'a,false\n'b,true\n", "blocked is true"),
        (
            OKTA,
            b"login,status\na,ACTIVE\nb,SUSPENDED\n",
            "status is SUSPENDED or DEPROVISIONED",
        ),
        (CLERK, b"id,banned\na,false\nb,true\n", "banned is true"),
        (SUPABASE, b"id,banned_until\na,\nb,2030\n", "banned_until or deleted_at is set"),
    ],
)
def test_a_user_who_cannot_sign_in_is_refused(export_format: Any, data: Any, flag: Any) -> None:
    location = "line 3" if export_format in (AUTH0, OKTA) else "record 2"
    for size in (None, 1, 7):
        assert failure(export_format, data, size) == messages.of_users(
            location, 0, messages.disabled_users(flag)
        )


@pytest.mark.parametrize(
    ("export_format", "data", "reported"),
    [
        (FIREBASE, json_of(FIREBASE, [True] * 1_200), "record 1 and 1,199 more: disabled"),
        (FIREBASE, firebase_csv(*["false", "true"] * 600), "record 2 and 599 more: disabled"),
        (KEYCLOAK, json_of(KEYCLOAK, [None, False, False]), "record 2 and 1 more: enabled"),
        (COGNITO, json_of(COGNITO, [None, True, False, False]), "record 3 and 1 more: Enabled"),
        (AUTH0, b"user_id,blocked\n" + b"'b,true\n" * 9, "line 2 and 8 more: blocked"),
        (OKTA, b"login,status\n" + b"b,DEPROVISIONED\n" * 9, "line 2 and 8 more: status"),
    ],
)
def test_the_first_user_who_cannot_sign_in_is_reported_with_the_total_count(
    export_format: Any, data: Any, reported: Any
) -> None:
    assert failure(export_format, data).startswith(reported)


@pytest.mark.parametrize(
    ("export_format", "data"),
    [
        *((each, json_of(each, [None, None])) for each in JSON_FORMATS),
        (FIREBASE, json_of(FIREBASE, [False])),
        (FIREBASE, json_of(FIREBASE, [None, ""])),
        (FIREBASE, firebase_csv("false", "")),
        (FIREBASE, f"u1{',' * 25}+15550100\n".encode()),
        (KEYCLOAK, json_of(KEYCLOAK, [True])),
        (COGNITO, json_of(COGNITO, [True])),
        (AUTH0, b"user_id,email_verified\n'a,true\n"),
        (AUTH0, b"user_id,blocked,email_verified\n'a,,true\n'b,false,true\n"),
        (OKTA, b"login,division\na,SUSPENDED\n"),
        (OKTA, b"login,division,status\na,SUSPENDED,ACTIVE\nb,,LOCKED_OUT\nc,,\nd\n"),
        (OKTA, b'login,division,status\na,SUSPENDED,ACTIVE\nb,x\n"c","x"\n'),
    ],
)
def test_a_user_without_the_flag_or_with_another_value_is_accepted(
    export_format: Any, data: Any
) -> None:
    assert converted(export_format, data, size=3) == converted(export_format, data)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfLogin,Status\na,suspended\n",
        '"login","status"\r\n"a","SUSPENDED"\r\n'.encode("utf-16"),
        b"login;status\rb;ACTIVE\ra;Deactivated\r",
        b"login\tstatus\na\t SUSPENDED \n",
        b'login,displayName,status\na,"Ann, ""A""",SUSPENDED\n',
        b"login,displayName,status\na,Ann\\, A,SUSPENDED\n",
        b"login,displayName,status\na,M\xfcller,SUSPENDED\n",
        b'login,displayName,status\na,"M\xfcller",SUSPENDED\n',
        b"login,status,created,lastUpdated\na,SUSPENDED,2024,2025\n",
        b"login,status\na,SUSPENDED",
    ],
)
def test_a_flag_is_found_in_every_dialect_that_is_read(data: Any) -> None:
    for size in (None, 1, 5):
        with pytest.raises(ExportError, match=r"line [23]: status is"):
            list(read(OKTA, [data] if size is None else sliced(data, size)))


@pytest.mark.parametrize("name", ["blocked", '"\'blocked"', "Blocked", "'BLOCKED"])
@pytest.mark.parametrize("value", ["true", "TRUE", '"true"', '"\'true"', "'true"])
def test_auth0_s_flag_is_found_with_and_without_apostrophes(name: Any, value: Any) -> None:
    data = f"'user_id,{name}\n\"'auth0|1\",{value}\n".encode()
    assert failure(AUTH0, data).startswith("line 2: blocked is true")


def test_a_row_that_cannot_be_read_hides_no_other_row() -> None:
    data = b'login,status\n"a"b,SUSPENDED\nc,SUSPENDED\n'
    assert failure(OKTA, data).startswith("line 3: status")


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00\x00l", b"\xff\xfel\x00o\x00\x00\xd8a\x00" * 9, b"\xff\xfe\x00"]
)
def test_an_unsupported_encoding_is_passed_on_for_the_check_to_refuse(
    data: Any,
) -> None:
    assert b"".join(read(OKTA, sliced(data, 3))) == data


def test_users_who_cannot_sign_in_keep_the_file_from_being_staged() -> None:
    data = b"login,email,status\n" + b"a,a@example.com,SUSPENDED\n" * 2
    reading = ReadOptions(export=ExportFormat.OKTA, constants={"email_verified": "true"})
    report = validate_users([data], Pool(), lambda _: None, options=reading)
    assert report.staged is None
    assert "line 2 and 1 more: status is" in report.findings.describe_errors()


# A line that names the separator, as Excel reads it, and encodings


@pytest.mark.parametrize("size", [1, 4, 9, 1_000])
@pytest.mark.parametrize("named", [";", "|"])
def test_a_separator_line_hides_no_user_who_cannot_sign_in(size: Any, named: Any) -> None:
    data = f"sep={named}\nlogin;status\na;ACTIVE\nb;SUSPENDED\n".encode()
    assert failure(OKTA, data, size).startswith("line 4: status")
    text = converted(OKTA, data, size, leave_out=[UserKind.DISABLED])
    assert text.split("\n")[2:] == ["a;ACTIVE", LEFT_OUT, ""]


def test_a_separator_that_is_named_separates_although_another_one_is_more_frequent() -> None:
    data = b"sep=;\nlogin;status;a,b,c,d\nb;SUSPENDED;\n"
    assert failure(OKTA, data).startswith("line 3: status")


@pytest.mark.parametrize("data", [b"sep=;\n", b"sep=;", b"sep=;\nlogin;email\n"])
def test_a_separator_line_without_users_is_left_to_the_check(data: Any) -> None:
    report = validate_users([data], Pool(), len, options=ReadOptions(export=ExportFormat.OKTA))
    assert Rule.NO_USERS in report.findings.counts


@pytest.mark.parametrize("named", [";", "|"])
def test_a_separator_line_is_read_in_a_csv_of_list_users(named: Any) -> None:
    data = f"sep={named}\nUsername;email\nada;ada@example.com\n".encode()
    options = ReadOptions(export=ExportFormat.COGNITO)
    report = validate_users([data], Pool(), len, options=options)
    assert not report.findings.counts
    assert report.users == 1
    assert report.normalized == {Normalization.SEPARATOR_LINE: 1}
    strict = ReadOptions(export=ExportFormat.COGNITO, strict=True)
    (finding,) = checked([data], Pool(), strict).found
    assert finding.location.line == 1


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        (ExportFormat.OKTA, b"login,\x81\na,b\n"),
        (ExportFormat.OKTA, b"\x81"),
        (ExportFormat.OKTA, b"login\na\n\x81\n"),
        (ExportFormat.OKTA, b"login,status\na,ACTIVE\n\x81,ACTIVE\n"),
        (ExportFormat.AUTH0, b"user_id,email\na,\x81\n"),
        (ExportFormat.KEYCLOAK, b'[{"username": "\x81"}]'),
        (ExportFormat.FIREBASE, b"a,\x81\n"),
    ],
)
def test_an_export_in_another_encoding_than_the_one_given_is_refused(
    name: Any, data: Any, size: Any
) -> None:
    options = ReadOptions(export=name, encoding="windows-1252")
    report = validate_users(sliced(data, size), Pool(), len, options=options)
    assert Rule.ENCODING in report.findings.counts
    assert report.staged is None


def test_an_okta_file_that_breaks_off_in_another_encoding_is_refused_with_the_line() -> None:
    data = "login,status\na,ACTIVE\nb".encode("utf-16") + b"\x00"
    for size in (None, 5):
        assert failure(OKTA, data, size) == messages.at("line 3", csv_messages.BROKEN_UTF_16)


def test_a_csv_of_users_that_is_not_utf_8_is_refused_with_the_line() -> None:
    data = b"id,email\n" + b"a,\n" * 30 + b"b,\xff\n"
    expected = messages.at("line 32 or later", csv_messages.NOT_UTF_8)
    assert failure(SUPABASE, data, size=4) == expected


# The username of Auth0


def test_an_auth0_user_without_a_username_has_the_user_id() -> None:
    data = b"username,user_id,email\n,'auth0|1,'a@example.com\n'ada,'auth0|2,'b@example.com\n"
    assert [each["cognito:username"] for each in mapped(AUTH0, converted(AUTH0, data))] == [
        "auth0|1",
        "auth0|2",
    ]


def test_the_read_options_can_name_another_column_of_auth0_as_the_username() -> None:
    data = b"username,user_id,email,email_verified\n'ada,'auth0|2,'ada@example.com,true\n"
    written: list[bytes] = []
    columns: dict[str, str]
    for columns in ({}, {"username": "cognito:username"}):
        reading = ReadOptions(export=ExportFormat.AUTH0, columns=columns)
        assert validate_users([data], Pool(), written.append, options=reading).staged
    by_id, by_name = (row.decode().strip().split(",") for row in written)
    assert "auth0|2" in by_id
    assert "ada" in by_name
    assert "auth0|2" not in by_name


# A page of ListUsers


@pytest.mark.parametrize("token", ["PaginationToken", "NextToken"])
def test_a_partial_page_of_list_users_is_refused_with_the_command_for_all_users(token: Any) -> None:
    for members in (
        {"Users": [USERS[COGNITO]], token: SECRET},
        {token: SECRET, "Users": [USERS[COGNITO]]},
    ):
        assert failure(COGNITO, json.dumps(members).encode()) == messages.cognito_token(token)


@pytest.mark.parametrize("value", [None, ""])
def test_the_last_page_of_list_users_has_all_users(value: Any) -> None:
    data = {"Users": [USERS[COGNITO]], "PaginationToken": value, "ResponseMetadata": {}}
    assert len(rows(converted(COGNITO, json.dumps(data).encode()))) == 1


def test_a_token_in_another_provider_s_file_reports_nothing() -> None:
    data = {"users": [USERS[KEYCLOAK]], "NextToken": "x"}
    assert len(rows(converted(KEYCLOAK, json.dumps(data).encode()))) == 1


# The disk


@pytest.fixture
def no_room() -> Iterator[Any]:
    """Files of 100,000 bytes at most, as on a disk that has no more."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [99_000, 200_000])
def test_a_full_disk_is_reported_with_a_remedy(no_room: Any, size: Any) -> None:
    # A little is written when the file is read again only, as it waits in memory.
    users = json.dumps([{"username": SECRET, "firstName": "x" * (size // 10)}] * 11).encode()
    with pytest.raises(ExportError) as caught:
        list(read(KEYCLOAK, [users]))
    assert str(caught.value) == messages.no_room("File too large")
    assert isinstance(caught.value.__cause__, OSError)


def test_a_machine_without_a_temporary_folder_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    reported = failure(COGNITO, b'{"Users": []}')
    assert reported == messages.no_room("No such file or directory")


def test_an_error_of_the_file_itself_is_not_reported_as_a_full_disk() -> None:
    def chunks() -> Iterator[Any]:
        yield b'[{"username": "a"},'
        raise TimeoutError

    with pytest.raises(TimeoutError):
        list(read(KEYCLOAK, chunks()))


# Memory and time


def keycloak_realm(users: Any) -> Iterator[Any]:
    yield b'{"realm": "big", "clients": [{}], "users": ['
    for number in range(users):
        user = {
            "id": f"6b2f2c6e-0000-4000-8000-{number:012}",
            "username": f"user{number}",
            "email": f"user{number}@example.com",
            "emailVerified": True,
            "attributes": {"locale": ["en"], "department": [f"Room, {number % 9}"]},
            "credentials": [{"type": "password", "secretData": "x" * 20_000}],
        }
        yield (b"," if number else b"") + json.dumps(user).encode()
    yield b"]}"


def test_a_big_file_passes_through_in_little_memory() -> None:
    users, lines, longest = 400, 0, 0  # 8 MB
    tracemalloc.start()
    try:
        for piece in read(KEYCLOAK, keycloak_realm(users)):
            lines += piece.count(b"\n")
            longest = max(longest, len(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == users + 1
    assert longest < 2**18
    assert peak < 2 * 2**20


PADDING = b"x" * 2_000


@pytest.mark.parametrize(
    ("export_format", "header", "row"),
    [
        (AUTH0, b"user_id,blocked,name\n", b"'a,true,'%s\n" % PADDING),
        (OKTA, b"login,status,name\n", b"a,SUSPENDED,%s\n" % PADDING),
        (FIREBASE, b"", firebase_csv("true").replace(b"u1", PADDING)),
    ],
)
def test_a_big_csv_passes_through_in_little_memory(
    export_format: Any, header: Any, row: Any
) -> None:
    users = 2_000  # 4 MB
    lines: list[int] = []
    pieces = read(export_format, itertools.chain([header], itertools.repeat(row, users)))
    tracemalloc.start()
    try:
        with pytest.raises(ExportError, match=" and 1,999 more"):
            lines.extend(piece.count(b"\n") for piece in pieces)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(lines) == users + 1
    assert peak < 2**20


def test_a_csv_is_passed_on_in_pieces_of_many_lines() -> None:
    data = auth0(HEADER, '"\'a","\'b",true,"\'c"\n' * 10_000)
    assert len(list(read(AUTH0, [data]))) < 10


def test_no_reader_is_loaded_before_an_export_is_read() -> None:
    code = "import sys, user_import.users_csv; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=ROOT / "lambda",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    package = "user_import.users_csv.exports"
    assert {name for name in loaded if name.startswith(package)} == {
        package,
        f"{package}.export",
        f"{package}.registry",
    }
    assert not {"csv", "json", "tempfile"} & set(loaded)


def test_an_export_is_read_lazily() -> None:
    def chunks() -> Iterator[Any]:
        raise AssertionError
        yield b""

    for export in EXPORTS.values():
        export.to_csv(chunks(), ExportReading())


def test_a_long_value_in_tiny_chunks_is_not_reread_for_every_chunk() -> None:
    user = {"username": "a", "attributes": {"locale": ["x" * 100_000]}}
    text = converted(KEYCLOAK, json.dumps([user]).encode(), size=1)
    assert len(text) > 100_000


# Whatever the bytes are

NONSENSE = st.one_of(
    st.binary(max_size=60),
    st.text(alphabet="{}[]\",:\\'\r\n\t uUsername{localIdNV1truefalse.é😀", max_size=60).map(
        lambda text: text.encode()
    ),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Name", "Value", "Attributes", "attributes", "locale", "x\ny"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("export_format", ExportFormat)
@settings(max_examples=40)
@given(data=NONSENSE, size=st.integers(1, 9))
@example(data=b'{"users":[{"localId":"a\\ud800"}]}', size=1)
def test_any_bytes_end_in_rows_or_in_an_export_error(
    export_format: Any, data: Any, size: Any
) -> None:
    try:
        text = list(read(export_format, sliced(data, size)))
    except ExportError:
        with pytest.raises(ExportError):
            list(read(export_format, [data]))
    else:
        assert b"".join(read(export_format, [data])) == b"".join(text)


@pytest.mark.parametrize("export_format", JSON_FORMATS)
@settings(max_examples=15)
@given(users=st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), max_size=4))
def test_any_users_end_in_as_many_lines_or_in_an_export_error(
    export_format: Any, users: Any
) -> None:
    users = [user | USERS[export_format] for user in users]
    try:
        text = of_users(export_format, *users)
    except ExportError:
        return
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == len(users) + 1
    widths = {len(next(csv.reader([line.replace("\r", " ")]))) for line in lines}
    assert len(widths) == 1


# Files that are neither an export that was named nor a CSV

JSON = csv_messages.not_a_csv(csv_messages.JSON)
MARKUP = csv_messages.not_a_csv(csv_messages.MARKUP)
ZIP = csv_messages.not_a_csv(csv_messages.ZIP)
OFFICE = csv_messages.not_a_csv(csv_messages.OFFICE)
GIT_LFS = csv_messages.not_a_csv(csv_messages.GIT_LFS)
RTF = csv_messages.not_a_csv(csv_messages.RTF)
ARCHIVE = csv_messages.not_a_csv(csv_messages.ARCHIVE)


@pytest.mark.parametrize(
    ("data", "reported"),
    [
        (b'{"Users": [{"Username": "Kanarie"}]}', JSON),
        (b' {"Kanarie": 1}', JSON),
        (b'[{"Kanarie": 1}]', JSON),
        (b' [ {"Kanarie": 1}]', JSON),
        (b'[\n  {"Kanarie": 1}\n]\n', JSON),
        (b"[{'Kanarie': 1}]", JSON),
        (b"{\n", JSON),
        (b"{ }", JSON),
        (b"{\\rtf1\\ansi cognito:username,Kanarie}\n", RTF),
        (b"BZh91AY&SYKanarie", ARCHIVE),
        (b"\xfd7zXZ\x00Kanarie", ARCHIVE),
        (b"7z\xbc\xaf\x27\x1cKanarie", ARCHIVE),
        (b"\x28\xb5\x2f\xfdKanarie", ARCHIVE),
        (b"Rar!\x1a\x07Kanarie", ARCHIVE),
        (b"<!DOCTYPE html>Kanarie", MARKUP),
        (b' <?xml version="1.0"?>\n<Kanarie/>', MARKUP),
        (b"<html><title>Kanarie", MARKUP),
        (b"PK\x03\x04Kanarie", ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1Kanarie", OFFICE),
        (
            gzip.compress(gzip.compress(b"Kanarie", mtime=0), mtime=0),
            csv_messages.not_a_csv(csv_messages.GZIP),
        ),
        (b"%PDF-1.7\nKanarie", csv_messages.not_a_csv(csv_messages.PDF)),
        (b"PAR1\x15\x04\x15\x00Kanarie", csv_messages.not_a_csv(csv_messages.PARQUET)),
        (b"SQLite format 3\x00\x10Kanarie", csv_messages.not_a_csv(csv_messages.SQLITE)),
        (b"Obj\x01\x04\x14avro\x00Kanarie", csv_messages.NUL_BYTES),
        ("cognito:username\nKanarie\n".encode("utf-16-be"), csv_messages.UTF_16_WITHOUT_MARK),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:Kanarie\n", GIT_LFS),
        ("cognito:username\nKanarie\n".encode("utf-16-le"), csv_messages.UTF_16_WITHOUT_MARK),
    ],
)
def test_a_file_of_another_type_is_reported_with_its_type(data: Any, reported: Any) -> None:
    (found,) = checked([data], Pool()).found
    assert (found.rule, found.location.line, found.text) == (Rule.ENCODING, 1, reported)


@pytest.mark.parametrize(
    "name", ["[email]", "[", "<3", "< a", "(PK", "version https", "gzip {}", "{email}"]
)
def test_a_header_that_resembles_another_file_type_is_a_header(name: Any) -> None:
    found = checked([f"{name},cognito:username,email\n".encode()], Pool()).found
    assert Rule.UNKNOWN_COLUMN in {each.rule for each in found}


@pytest.mark.parametrize("export_format", [each for each in ExportFormat if each is not OKTA])
@pytest.mark.parametrize(
    ("data", "reported"),
    [
        (b"<!DOCTYPE html>\n<title>Kanarie", MARKUP),
        (b"\xef\xbb\xbf <html>Kanarie", MARKUP),
        (b"PK\x03\x04Kanarie", ZIP),
        (
            gzip.compress(gzip.compress(b"\xff", mtime=0), mtime=0),
            csv_messages.not_a_csv(csv_messages.GZIP),
        ),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:Kanarie\n", GIT_LFS),
        (b"{\\rtf1 Kanarie", RTF),
        ('[{"id": "Kanarie"}]'.encode("utf-16-le"), csv_messages.UTF_16_WITHOUT_MARK),
    ],
)
def test_a_file_of_a_type_that_no_provider_exports_is_reported_with_its_type(
    export_format: Any, data: Any, reported: Any
) -> None:
    for chunks in ([data], sliced(data, 1)):
        (found,) = checked(list(chunks), Pool(), ReadOptions(export=export_format)).found
        assert (found.rule, found.text) == (Rule.ENCODING, reported)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_the_text_of_another_type_is_not_searched_below_the_first_line(encoding: Any) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    data = f'{mark}[\n<html>, "Kanarie"'.encode(encoding)
    assert failure(KEYCLOAK, data) == messages.at(
        "record 1 (line 2, character 1)", messages.not_json("a user")
    )


HINTS: dict[Any, Any] = {
    AUTH0: {"user_id": "auth0|1", "email_verified": True},
    FIREBASE: {"localId": "u1", "email": SECRET},
    KEYCLOAK: {"username": "u1", "emailVerified": True},
    COGNITO: {"Username": "u1", "UserStatus": "CONFIRMED"},
    SUPABASE: {"id": "u1", "raw_user_meta_data": {}},
    CLERK: {"id": "u1", "primary_email_address": SECRET},
}


@pytest.mark.parametrize("found", HINTS)
@pytest.mark.parametrize("given", JSON_FORMATS)
def test_a_user_of_another_provider_is_reported_with_that_provider(found: Any, given: Any) -> None:
    key = next(iter(USERS[given]))
    data = json.dumps([HINTS[found]])
    if found is given:
        assert key in HINTS[found]
        return
    hint = messages.provider_hint(found.name)
    problem = messages.at("record 1", messages.not_a_user(key))
    assert failure(given, data.encode()) == messages.hinted(problem, hint)
    problem = messages.member_missing(LISTS[given], key)
    assert failure(given, data[1:-1].encode()) == messages.hinted(problem, hint)


@pytest.mark.parametrize(
    "user", [{"user_id": "1"}, {"email_verified": True}, {"localId2": "1", "email": "a"}]
)
def test_one_name_of_a_provider_is_no_hint(user: Any) -> None:
    problem = messages.at("record 1", messages.not_a_user("username"))
    assert failure(KEYCLOAK, json.dumps([user]).encode()) == problem


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (COGNITO, messages.not_users("Users", "Username")),
        (KEYCLOAK, messages.not_users("users", "username")),
        (SUPABASE, messages.not_users("users", "id")),
        (CLERK, messages.no_csv("Clerk", "id")),
        (FIREBASE, messages.at("record 1", messages.firebase_columns(26))),
    ],
)
@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("login,firstName", messages.provider_hint("OKTA")),
        ("name,user_id,email_verified", messages.provider_hint("AUTH0")),
        ("email,cognito:username", messages.plain_csv_hint("cognito:username")),
        ("email,name", ""),
    ],
)
def test_a_csv_of_another_provider_is_reported_with_that_provider(
    given: Any, problem: Any, header: Any, hint: Any
) -> None:
    data = f"{header}\nKanarie,Kanarie,true\n".encode()
    assert failure(given, data) == messages.hinted(problem, hint)


@pytest.mark.parametrize(
    ("given", "header", "found"),
    [
        (AUTH0, "status,username,login,firstName", "OKTA"),
        (AUTH0, "login,firstName", "OKTA"),
        (OKTA, "user_id,email,email_verified", "AUTH0"),
        (KEYCLOAK, "username,login,firstName", "OKTA"),
        (CLERK, "id,login,firstName", "OKTA"),
        (SUPABASE, "id,primary_email_address", "CLERK"),
        (COGNITO, "sub,user_id,email_verified", "AUTH0"),
    ],
)
def test_the_columns_of_another_provider_are_refused(given: Any, header: Any, found: Any) -> None:
    data = [f"{header}\na{',a' * header.count(',')}\n".encode()]
    (finding,) = checked(data, Pool(), ReadOptions(export=given)).found
    assert (finding.rule, finding.location.line) == (Rule.EXPORT, 1)
    assert finding.text == messages.other_provider(found, given.name, "cognito:username")


@pytest.mark.parametrize(
    ("given", "header", "columns"),
    [
        (OKTA, "login,user_id,email_verified", {}),
        (AUTH0, "user_id,login,firstName", {}),
        (AUTH0, "username,login,firstName", {"username": "cognito:username"}),
        (AUTH0, "username,login,firstName", {"login": ("cognito:username", "nickname")}),
        (OKTA, "login,cognito:username,x", {"login": "cognito:username", "x": None}),
        (SUPABASE, "id,email,phone", {"email": "email"}),
    ],
)
def test_the_columns_of_the_named_provider_and_others_are_taken(
    given: Any, header: Any, columns: Any
) -> None:
    data = [f"{header}\na,,\n".encode()]
    rules = {each.rule for each in checked(data, Pool(), ReadOptions(columns, export=given)).found}
    assert not rules & {Rule.EXPORT, Rule.NO_HEADER}


@pytest.mark.parametrize("pool", [Pool(), Pool(username_attributes=("email",))])
def test_a_plain_csv_is_not_read_as_an_export(pool: Any) -> None:
    data = [b"cognito:username,email,email_verified\na,a@example.com,true\n"]
    for provider in (AUTH0, OKTA):
        (finding,) = checked(data, pool, ReadOptions(export=provider)).found
        assert (finding.rule, finding.text) == (Rule.EXPORT, messages.plain_csv("cognito:username"))


# docs/exports.md


def documented() -> Any:
    """What the tables in docs/exports.md say: by format, the columns and the usernames."""
    text = (ROOT / "docs/exports.md").read_text(encoding="utf-8")
    reported = {}
    for section in text.split("\n## ")[1:]:
        found = re.search(r"`ExportFormat\.([A-Z0-9]+)`", section)
        if found is None:
            continue
        columns: dict[str, str] = {}
        username: list[str] = []
        for line in section.splitlines():
            cells = re.fullmatch(r"\| ((?:`[^`|]+`(?:, )?)+) \| `([^`|]+)` \|", line)
            if cells is None:
                continue
            names = re.findall("`([^`]+)`", cells[1])
            if cells[2] == "cognito:username":
                username += names
            else:
                columns |= dict.fromkeys(names, cells[2])
        reported[ExportFormat[found[1]]] = (columns, tuple(username))
    return reported


def test_the_tables_in_the_docs_are_the_presets() -> None:
    assert documented() == {
        each: (dict(export.columns), export.username) for each, export in EXPORTS.items()
    }
