"""Files of the kinds that people have, with columns of other names than the pool's.

The inputs of the named cases are in `tests/cases`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.csv_cases import SECRET, USERNAME
from helpers.fuzz_users_csv import checked, rows_of

from user_import.users_csv import (
    ExportFormat,
    Pool,
    ReadOptions,
    Rule,
    describe_left_out,
    header_messages,
)

CASES = Path(__file__).parents[1] / "cases"
OPEN = Pool(username_attributes=(), aliases=())
BY_EMAIL = Pool(username_attributes=("email",), aliases=())
BY_EITHER = Pool(username_attributes=("email", "phone_number"), aliases=())


def case(folder: str, file: str, **reading: Any) -> Any:
    path = CASES / folder
    description = json.loads((path / "pool.json").read_text(encoding="utf-8"))["UserPool"]
    pool = Pool.from_description(description)
    return checked([(path / file).read_bytes()], pool, ReadOptions(**reading))


def check(file: str, of: Any = OPEN, **reading: Any) -> Any:
    return checked([file.encode()], of, ReadOptions(**reading))


def texts(got: Any) -> Any:
    return [each.text for each in got.found]


def columns(got: Any) -> Any:
    header, *rows = rows_of(got.file)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_case_09_a_missing_username_column_is_reported_with_the_likeliest_column() -> None:
    got = case("09-username-header", "users.csv")
    assert [each.rule for each in got.found] == [Rule.NO_HEADER]
    assert 'columns={"username": "cognito:username"}' in got.reported


@pytest.mark.parametrize(
    ("file", "of", "mapping"),
    [
        ("Login,First Name\na,b\n", OPEN, {"Login": USERNAME, "First Name": "given_name"}),
        ("user_id,password\na,b\n", OPEN, {"user_id": USERNAME, "password": None}),
        ("E-mail,Surname\na,b\n", BY_EMAIL, {"E-mail": "email", "Surname": "family_name"}),
        ("Mobile,emial\na,b\n", BY_EITHER, {"Mobile": "phone_number", "emial": "email"}),
    ],
)
def test_the_printed_mapping_can_be_pasted(file: Any, of: Any, mapping: Any) -> None:
    got = check(file, of)
    assert [each.rule for each in got.found] == [Rule.NO_HEADER]
    pasted = got.reported.partition("columns=")[2].partition("}")[0] + "}"
    assert eval(pasted) == mapping
    assert Rule.NO_HEADER not in {each.rule for each in check(file, of, columns=mapping).found}


@pytest.mark.parametrize(
    "line", [f"{SECRET},a@example.com", f"{SECRET},+4930", f"{SECRET},true", f"{SECRET},{SECRET}"]
)
@pytest.mark.parametrize("export", [None, ExportFormat.OKTA])
def test_a_line_that_may_be_a_user_is_not_shown(line: Any, export: Any) -> None:
    got = check(f"{line}\n", export=export, columns={"Login": USERNAME})
    assert [each.rule for each in got.found] == [Rule.COLUMN_NOT_FOUND, Rule.NO_HEADER]
    assert SECRET not in got.reported


def test_case_29c_a_column_mapped_to_the_username_fills_the_sign_in_attribute() -> None:
    got = case(
        "29c-human-header-mapped",
        "users.csv",
        columns={"Email": USERNAME, "First name": "given_name", "Last name": "family_name"},
        constants={"email_verified": "true"},
    )
    assert got.found == []
    assert [(row[USERNAME], row["email"]) for row in columns(got)] == [("a@example.com",) * 2]


def test_case_66_a_sign_in_attribute_fills_the_username() -> None:
    got = case(
        "66-email-name-group",
        "users.csv",
        columns={"group": None},
        constants={"email_verified": "true"},
    )
    assert got.found == []
    assert [(row[USERNAME], row["email"]) for row in columns(got)] == [("ada@example.com",) * 2]


@pytest.mark.parametrize(
    ("of", "file", "filled"),
    [
        (BY_EMAIL, f"{USERNAME},name\na@x,\\,\n", [("a@x", "a@x", "")]),
        (BY_EMAIL, f"name,{USERNAME},email\nA,a@x,\nB,,b@x\n", [("a@x",) * 2, ("b@x",) * 2]),
        (
            Pool(username_attributes=("phone_number",)),
            "phone_number\n+1 (432) 555-1212\n",
            [("+14325551212", None, "+14325551212")],
        ),
        (
            BY_EITHER,
            f"{USERNAME},name\na@x,A\n+14325551212,B\n",
            [("a@x", "a@x", ""), ("+14325551212", "", "+14325551212")],
        ),
        (
            BY_EITHER,
            "phone_number,email\n,a@x\n+14325551212,\n+14325551213,b@x\n",
            [
                ("a@x", "a@x", ""),
                ("+14325551212", "", "+14325551212"),
                ("b@x", "b@x", "+14325551213"),
            ],
        ),
        # An alias is not the username.
        (Pool(aliases=("email",)), f"{USERNAME},email\na,\n", [("a", "")]),
    ],
)
def test_the_username_and_the_sign_in_attributes_fill_each_other(
    of: Any, file: Any, filled: Any
) -> None:
    got = check(file, of)
    assert got.found == []
    for row, wanted in zip(columns(got), filled, strict=True):
        names = (USERNAME, "email", "phone_number")[: len(wanted)]
        assert tuple(row.get(name) or "" for name in names) == tuple(v or "" for v in wanted)


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        (f"{USERNAME},email\na@x,b@x\n", Rule.USERNAME_DIFFERS),
        ("email\na@x\na@x\n", Rule.DUPLICATE_USERNAME),
        (f"{USERNAME},email\n,a@x\na@x,\n", Rule.DUPLICATE_USERNAME),
        ("email\nax\n", Rule.EMAIL),
        ("email\na x@x\n", Rule.EMAIL),
        (f"{USERNAME}\nax\n", Rule.USERNAME_FORM),
        (f"{USERNAME}\na x@x\n", Rule.USERNAME_CHARACTERS),
    ],
)
@pytest.mark.parametrize("of", [BY_EMAIL, BY_EITHER])
def test_a_problem_of_a_value_in_two_columns_is_one_finding(file: Any, rule: Any, of: Any) -> None:
    got = check(file, of, constants={"email_verified": "true"})
    assert [each.rule for each in got.found] == [rule]


def test_case_48b_a_dropped_custom_attribute_of_an_export_is_reported() -> None:
    got = case("48b-custom-lost", "users.json", export=ExportFormat.COGNITO)
    assert [(each.rule, each.location.column) for each in got.found] == [
        (Rule.UNKNOWN_COLUMN, "custom:legacy")
    ]
    assert 'columns={"custom:legacy": None}' in got.reported
    left_out = {"custom:legacy": None}
    got = case("48b-custom-lost", "users.json", export=ExportFormat.COGNITO, columns=left_out)
    assert got.found == []


def test_case_63_an_export_with_other_columns_names_the_expected_and_the_found_ones() -> None:
    got = case(
        "63-okta-human-header",
        "okta.csv",
        export=ExportFormat.OKTA,
        constants={"email_verified": "true"},
    )
    (text,) = texts(got)
    assert "login or email" in text
    assert "ID, Status, Login, First Name, Last Name, Primary Email" in text
    assert '"Primary Email": "email"' in text


@pytest.mark.parametrize(
    ("export", "file", "expected"),
    [
        (ExportFormat.AUTH0, "Username,Mail\na,b\n", "user_id or Id or username"),
        (ExportFormat.OKTA, "Cost Center,Surname\na,b\n", "login"),
        (ExportFormat.COGNITO, '{"Users": [{"Username": "a"}]}', "Username"),
    ],
)
def test_an_export_without_a_username_is_reported_with_the_expected_columns(
    export: Any, file: Any, expected: Any
) -> None:
    leave_out = {"Username": None} if export is ExportFormat.COGNITO else {}
    (text,) = texts(check(file, export=export, columns=leave_out))
    assert expected in text


def test_case_d0_columns_that_no_import_can_take_are_left_out() -> None:
    got = case("d0-not-importable-columns", "users.csv")
    names = [
        *("sub", "password", "groups", "cognito:groups", "enabled", "UserStatus", "identities"),
        "cognito:user_status",
    ]
    assert [each.location.column for each in got.found] == names
    for name, text in zip(names, texts(got), strict=True):
        assert f'columns={{"{name}": None}}' in text
        assert "did you mean" not in text
    left_out = dict.fromkeys(names)
    assert case("d0-not-importable-columns", "users.csv", columns=left_out).found == []


@pytest.mark.parametrize("name", ["Password", "passwd", "email2", "created_at", "Roles", "zip"])
def test_a_name_of_another_meaning_is_not_corrected(name: Any) -> None:
    (text,) = texts(check(f"{USERNAME},{name}\nann,x\n"))
    assert "did you mean" not in text


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("emial", "email"),
        ("phone", "phone_number"),
        ("First Name", "given_name"),
        ("prefered_usernme", "preferred_username"),
    ],
)
def test_a_misspelling_or_another_word_is_corrected(name: Any, meant: Any) -> None:
    (text,) = texts(check(f"{USERNAME},{name}\nann,x\n"))
    assert f'columns={{"{name}": "{meant}"}}' in text


def test_case_e3_a_column_that_is_the_username_may_be_an_attribute_too() -> None:
    got = case(
        "e3-username-both-username-pool",
        "users.json",
        export=ExportFormat.COGNITO,
        columns={"Username": "custom:old_username"},
    )
    assert got.found == []
    assert [(row[USERNAME], row["custom:old_username"]) for row in columns(got)] == [("ada",) * 2]


@pytest.mark.parametrize(
    ("file", "of", "reading", "row"),
    [
        (
            "id,name\nann,Ann\n",
            OPEN,
            {"columns": {"id": (USERNAME, "nickname")}},
            {USERNAME: "ann", "nickname": "ann", "name": "Ann"},
        ),
        (
            "login,email,firstName\nann,a@x,Ann\n",
            BY_EMAIL,
            {"export": ExportFormat.OKTA, "columns": {"email": "custom:old"}},
            {USERNAME: "a@x", "email": "a@x", "custom:old": "a@x", "given_name": "Ann"},
        ),
        (
            "login,x,firstName\nann,Anna,Ann\n",
            OPEN,
            {"export": ExportFormat.OKTA, "columns": {"x": "given_name"}},
            {USERNAME: "ann", "given_name": "Anna"},
        ),
    ],
)
def test_an_explicit_mapping_replaces_that_of_the_export_but_not_its_username(
    file: Any, of: Any, reading: Any, row: Any
) -> None:
    got = check(file, of, **reading)
    assert got.found == []
    assert columns(got) == [row]


def test_only_columns_takes_mapped_and_known_columns_and_names_the_others() -> None:
    file = "id,email,raw meta,aud,,phone\n1,a@x,{},x,,+4930\n"
    got = check(file, only_columns=True, columns={"id": USERNAME, "phone": None})
    assert got.found == []
    assert columns(got) == [{USERNAME: "1", "email": "a@x"}]
    assert got.report.left_out == ("raw meta", "aud", "number 5")
    assert describe_left_out(got.report.left_out) == "columns left out: 3 (raw meta, aud, number 5)"
    many = describe_left_out(["x"] * 101)
    assert many.endswith(" and 1 more)")
    assert describe_left_out(()) == ""


def test_a_misspelt_name_of_a_constant_names_the_argument() -> None:
    got = check(f"{USERNAME}\nann\n", constants={"emial_verified": "true", "password": "x"})
    assert [each.location.line for each in got.found] == [None, None]
    first, second = texts(got)
    assert first.startswith("constants: ")
    assert "did you mean email_verified?" in first
    assert header_messages.SET_AT_FIRST_SIGN_IN in second


def test_a_missing_flag_names_the_flags_and_the_constant() -> None:
    file = f"{USERNAME},email\nann,a@x\n"
    got = check(file, Pool(auto_verified=("email", "phone_number")))
    (text,) = texts(got)
    assert "one of email_verified, phone_number_verified" in text
    assert 'constants={"email_verified": True}' in text


@pytest.mark.parametrize("targets", [1, ["name", 1], {"name": None}])
def test_targets_of_another_type_are_refused(targets: Any) -> None:
    with pytest.raises(ValueError, match="columns"):
        ReadOptions.from_json({"columns": {"id": targets}})
