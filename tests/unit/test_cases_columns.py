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
    Attribute,
    ExportFormat,
    Location,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    column_problems,
    describe_left_out,
    header_messages,
)
from user_import.users_csv.column_suggestions import columns_argument

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
        # The attribute that is the username, before other names for it.
        ("Login,E-mail\na,b\n", BY_EMAIL, {"E-mail": "email", "Login": None}),
        # An address is the username only where no other column is.
        ("E-mail,Login\na,b\n", OPEN, {"Login": USERNAME, "E-mail": "email"}),
        (
            "E-mail,Surname\na,b\n",
            OPEN,
            {"E-mail": ("email", USERNAME), "Surname": "family_name"},
        ),
        # One column for each attribute.
        (
            "Login,First Name,Forename\na,b,c\n",
            OPEN,
            {"Login": USERNAME, "First Name": "given_name"},
        ),
        (
            "E-mail,Surname\na,b\n",
            Pool(columns=("family_name", USERNAME), username_attributes=("email",)),
            {"E-mail": USERNAME, "Surname": "family_name"},
        ),
    ],
)
def test_the_printed_mapping_can_be_pasted(file: Any, of: Any, mapping: Any) -> None:
    got = check(file, of)
    assert [each.rule for each in got.found] == [Rule.NO_HEADER]
    pasted = got.reported.partition("columns=")[2].partition("}")[0] + "}"
    assert eval(pasted) == mapping
    assert Rule.NO_HEADER not in {each.rule for each in check(file, of, columns=mapping).found}


@pytest.mark.parametrize(("name", "target"), [("Login", USERNAME), ("E-mail", ("email", USERNAME))])
def test_the_printed_mapping_keeps_that_of_the_import(name: str, target: Any) -> None:
    given = {"username": "custom:old"}
    got = check(f"username,{name}\na,b\n", columns=given)
    columns = columns_argument({**given, name: target})
    text = header_messages.likely_username_column(USERNAME, "", name, columns, "")
    assert texts(got) == [text]


def test_an_address_is_not_the_username_where_it_is_an_alias() -> None:
    got = check("E-mail,Surname\na,b\n", Pool(aliases=("email",)))
    assert texts(got) == [header_messages.no_username_column(USERNAME, "E-mail, Surname", USERNAME)]


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
        (
            BY_EITHER,
            f"{USERNAME},email\n+14325551212,a@x\n",
            [("+14325551212", "a@x", "+14325551212")],
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


@pytest.mark.parametrize(
    ("file", "of", "rule", "column"),
    [
        (f"email\n{'a' * 127}@x\n", BY_EMAIL, Rule.USERNAME_TOO_LONG, "email"),
        (
            f"{USERNAME}\na@example\n",
            BY_EMAIL._replace(attributes=(Attribute("email", maximum=8),)),
            Rule.LENGTH_BOUNDS,
            USERNAME,
        ),
    ],
)
def test_a_value_that_is_wrong_in_the_column_it_fills_only_is_reported_in_its_line(
    file: str, of: Pool, rule: Any, column: Any
) -> None:
    got = check(file, of)
    assert [(each.rule, each.location.line, each.location.column) for each in got.found] == [
        (rule, 2, column)
    ]


def test_case_48b_a_dropped_custom_attribute_of_an_export_is_reported() -> None:
    got = case("48b-custom-lost", "users.json", export=ExportFormat.COGNITO)
    assert [(each.rule, each.location.column) for each in got.found] == [
        (Rule.UNKNOWN_COLUMN, "custom:legacy")
    ]
    assert 'columns={"custom:legacy": None}' in got.reported
    left_out = {"custom:legacy": None}
    got = case("48b-custom-lost", "users.json", export=ExportFormat.COGNITO, columns=left_out)
    assert got.found == []


CUSTOM_POOL = Pool.from_description(
    {
        "UsernameAttributes": [],
        "SchemaAttributes": [
            {"Name": name, "AttributeDataType": "String"}
            for name in ("custom:tier", "dev:custom:x")
        ],
    }
)


def of_keycloak(**attributes: Any) -> str:
    return json.dumps([{"username": "ada", "attributes": attributes}])


CUSTOM_EXPORTS = [
    (
        ExportFormat.COGNITO,
        "Username,dev:custom:legacy\nada,b\n",
        "dev:custom:legacy",
        "dev:custom:legacy",
    ),
    (
        ExportFormat.KEYCLOAK,
        of_keycloak(**{"custom:legacy": ["b"]}),
        "attributes.custom:legacy",
        "custom:legacy",
    ),
    (
        ExportFormat.KEYCLOAK,
        of_keycloak(**{"dev:custom:legacy": "b"}),
        "attributes.dev:custom:legacy",
        "dev:custom:legacy",
    ),
]


def filled(got: Any) -> Any:
    return [{name: value for name, value in row.items() if value} for row in columns(got)]


@pytest.mark.parametrize(("export", "file", "column", "attribute"), CUSTOM_EXPORTS)
def test_a_custom_attribute_of_any_export_is_not_dropped_in_silence(
    export: Any, file: Any, column: Any, attribute: Any
) -> None:
    (finding,) = check(file, CUSTOM_POOL, export=export).found
    assert (finding.rule, finding.location.column) == (Rule.UNKNOWN_COLUMN, column)
    leave_out = f'columns={{"{column}": None}}'
    assert finding.text == header_messages.lost_attribute(attribute, leave_out)
    assert not check(file, CUSTOM_POOL, export=export, columns={column: None}).found
    got = check(file, CUSTOM_POOL, export=export, columns={column: "custom:tier"})
    assert filled(got) == [{USERNAME: "ada", "custom:tier": "b"}]
    got = check(file, export=export)
    assert filled(got) == [{USERNAME: "ada", attribute: "b"}]


def test_a_custom_attribute_of_an_export_that_the_pool_has_is_imported() -> None:
    file = of_keycloak(**{"custom:tier": ["gold"], "mycustom:tier": ["x"], "dev:custom:x": ["y"]})
    got = check(file, CUSTOM_POOL, export=ExportFormat.KEYCLOAK)
    assert filled(got) == [{USERNAME: "ada", "custom:tier": "gold", "dev:custom:x": "y"}]


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


EXPECTED = "user_id or Id or username or email or Email"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            f"{SECRET},a@example.com,c",
            header_messages.unknown_columns_of_export(EXPECTED, 3, USERNAME),
        ),
        ("name,locale", header_messages.no_username_column(EXPECTED, "name, locale", USERNAME)),
        # A column of the pool that the export does not know shows that it is a header.
        (
            "custom:plan,x",
            header_messages.no_username_column(EXPECTED, "custom:plan, x", USERNAME),
        ),
    ],
)
def test_an_export_without_a_username_is_reported_with_the_exact_message(
    line: Any, text: Any
) -> None:
    by_email = Pool(
        columns=("name", "email", "locale", "custom:plan", USERNAME),
        username_attributes=("email",),
    )
    assert texts(check(f"{line}\n", by_email, export=ExportFormat.AUTH0)) == [text]


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


BY_PHONE = Pool(username_attributes=("phone_number",), aliases=())
PHONES = "cognito:username,phone_number,phone_number_verified"


@pytest.mark.parametrize("pool", [BY_PHONE, BY_EITHER])
@pytest.mark.parametrize(
    "row",
    [
        "+49 30 998,+4930998,true",
        "+4930998,+49 30 998,true",
        "+49 (30)/9-98,,true",
        ",+49 30 998,TRUE",
    ],
)
def test_a_phone_number_is_normalized_as_the_username_too(pool: Any, row: str) -> None:
    got = check(f"{PHONES}\n{row}\n", pool)
    assert got.found == []
    (user,) = columns(got)
    assert (user[USERNAME], user["phone_number"]) == ("+4930998", "+4930998")
    assert got.report.normalized[Normalization.PHONE_NUMBER] == 1


def test_two_forms_of_a_phone_number_are_one_username() -> None:
    got = check(f"{PHONES}\n+49 30 998,,true\n+49-30-998,,true\n+4930998,,true\n", BY_PHONE)
    assert [(each.rule, each.location.line) for each in got.found] == [
        (Rule.DUPLICATE_USERNAME, 3),
        (Rule.DUPLICATE_USERNAME, 4),
    ]


@pytest.mark.parametrize(
    ("username", "rule"),
    [
        ("+49 (0)30 998", Rule.PHONE_NUMBER),
        ("+()", Rule.PHONE_NUMBER),
        ("030 998", Rule.USERNAME_CHARACTERS),
        ("+49 30 x", Rule.USERNAME_CHARACTERS),
        ("+49-30-x", Rule.USERNAME_FORM),
        ("+" + "4" * 128, Rule.USERNAME_TOO_LONG),
        ("+4 " + "4" * 128, Rule.USERNAME_TOO_LONG),
    ],
)
def test_a_username_that_is_not_a_phone_number_is_refused(username: str, rule: Rule) -> None:
    got = check(f"{PHONES}\n{username},,false\n", BY_PHONE)
    assert [(each.rule, each.location.column) for each in got.found] == [(rule, USERNAME)]


@pytest.mark.parametrize("pool", [OPEN, BY_EMAIL])
def test_elsewhere_a_username_is_not_read_as_a_phone_number(pool: Any) -> None:
    got = check(f"{PHONES}\n+49 30 998,+4930998,true\n", pool)
    assert got.found[0].rule is Rule.USERNAME_CHARACTERS


@pytest.mark.parametrize("name", ["password", "Password Hash", "login.pwd", "id-token", "Pass"])
@pytest.mark.parametrize("target", ["nickname", USERNAME, ("nickname", "password_hash")])
def test_a_secret_is_not_mapped_to_an_attribute(name: Any, target: Any) -> None:
    file = f"{USERNAME},{name}\nada,{SECRET}\n"
    found = [(each.rule, each.text) for each in check(file, columns={name: target}).found]
    assert (Rule.UNKNOWN_COLUMN, column_problems.secret_in_attribute(name)) in found


def test_a_hash_is_mapped_to_the_column_of_hashes_and_left_out_as_any_column() -> None:
    file = f"{USERNAME},pwd\nada,\n"
    assert columns(check(file, columns={"pwd": None})) == [{USERNAME: "ada"}]
    assert not check(file, columns={"pwd": "password_hash"}).found


def test_a_column_that_is_left_out_is_in_a_plain_csv() -> None:
    got = check(f"{USERNAME}\nada\n", columns={"Nots": None})
    assert [each.rule for each in got.found] == [Rule.COLUMN_NOT_FOUND]
    got = check("Username\nada\n", columns={"Nots": None}, export=ExportFormat.COGNITO)
    assert not got.found


# A header that is not the first line

BELOW = "cognito:username,email,email_verified\na,a@example.com,true\n"


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("# exported by crm\n", 2),
        ("Users of the shop,,,\n,,,\n", 3),
        ("Users\n\n\n\n\n\n\n\n\n\n", 11),
        ("sep=,\nUsers\n", 3),
        ("\ufeffUsers\r\n\r\n", 3),
    ],
)
def test_the_line_of_a_header_below_a_title_is_named(above: Any, line: Any) -> None:
    (finding,) = check(above + BELOW).found
    first = 2 if above.startswith("sep") else 1
    assert (finding.rule, finding.location.line) == (Rule.NO_HEADER, first)
    assert finding.text == header_messages.header_below(line, line - first)
    assert check(above + BELOW.replace(",", ";")).found[0].text in {
        finding.text,
        header_messages.UNKNOWN_SEPARATOR,
    }


@pytest.mark.parametrize(
    ("header", "of", "reading"),
    [
        ('"Cognito:Username","email"', OPEN, {}),
        ("E-mail\tLogin", OPEN, {"columns": {"Login": (USERNAME, "name")}}),
        ("name,email", BY_EMAIL, {}),
        ("name,E-mail", BY_EMAIL, {"columns": {"E-mail": "email"}}),
        ("username,x", OPEN, {}),
        ("Benutzername;Vorname", OPEN, {}),
        ("login,firstName", OPEN, {"export": ExportFormat.OKTA}),
        # One known name in any case, or two words for one.
        ("GIVEN_NAME;x", OPEN, {}),
        ("First name;Last name", OPEN, {}),
        ("mobilePhone,x", OPEN, {"export": ExportFormat.OKTA}),
    ],
)
def test_a_header_below_a_title_is_found_by_the_names_in_it(
    header: Any, of: Any, reading: Any
) -> None:
    got = check(f"Users\n{header}\na,b\n", of, **reading)
    assert texts(got) == [header_messages.header_below(2, 1)]


def test_a_header_is_found_below_a_title_that_is_not_utf_8() -> None:
    got = checked([b"Users\nM\xfcller\n" + BELOW.encode()], OPEN)
    assert texts(got) == [header_messages.header_below(3, 2)]


@pytest.mark.parametrize(
    ("file", "of", "reading"),
    [
        ("Users\n" + "\n" * 10 + BELOW, OPEN, {}),
        ("name,email\na,b\n", OPEN, {}),
        ("Login,name\nA,email\n", BY_EMAIL, {"columns": {"Login": "email"}}),
        ("E-MAIL,Email\nA,email\n", BY_EMAIL, {}),
        ("login,name\ncognito:username,email\n", OPEN, {"export": ExportFormat.OKTA}),
        ('Users\n"cognito:username"a,email\n', OPEN, {}),
        ("Kunde,Typ\nHandy,x\n", OPEN, {}),
    ],
)
def test_no_other_line_is_taken_for_the_header(file: Any, of: Any, reading: Any) -> None:
    found = check(file, of, **reading).found
    assert not any("remove the line" in each.text for each in found)


# Many columns that the pool does not have


@pytest.mark.parametrize("count", [3, 4, 600])
def test_many_columns_that_the_pool_lacks_are_one_finding(count: Any) -> None:
    names = [f"field_{number}" for number in range(count)]
    got = check(f"{USERNAME},{','.join(names)}\na{',' * count}\n")
    if count == 3:
        assert [each.location.column for each in got.found] == names
        return
    (finding,) = got.found
    assert (finding.rule, finding.location) == (Rule.UNKNOWN_COLUMN, Location(1))
    first, _, known = finding.text.partition("; the user pool has ")
    assert first == (
        f"{count} columns are not the user pool's: field_0, field_1, field_2 and {count - 3} more"
    )
    assert known.startswith("name, ")


def test_columns_that_mean_something_keep_a_text_of_their_own() -> None:
    others = ["one", "two", "a@example.com", "four", "five"]
    names = ["emial", "custom:plan", "password", "", *others]
    pool = OPEN._replace(attributes=tuple(Pool().known_attributes.values()))
    got = check(f"{USERNAME},{','.join(names)}\na{',' * len(names)}\n", pool)
    assert [each.location.column for each in got.found] == [
        *(None, "emial", "custom:plan", "password", "number 5")
    ]
    assert "5 columns are not the user pool's: one, two, number 8 and 2 more" in got.reported


def test_many_columns_that_are_mapped_wrongly_have_a_text_each() -> None:
    columns = {name: f"x{name}" for name in "abcde"}
    got = check(f"{USERNAME},a,b,c,d,e\nu,,,,,\n", columns=columns)
    assert [each.location.column for each in got.found] == [*"abcde"]
