"""The next steps that findings about a header print: pasted, they work, and no user loses a value.

Each file has one user, whose values are right.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from helpers.csv_cases import USERNAME, pool
from helpers.fuzz_users_csv import checked, rows_of
from helpers.snapshots import held_by

from user_import.users_csv import (
    ExportFormat,
    Pool,
    ReadOptions,
    Rule,
    column_problems,
    header_messages,
)
from user_import.users_csv.column_suggestions import columns_argument
from user_import.users_csv.diagnostics import Unit

OPEN = Pool(username_attributes=(), aliases=())
VERIFIES = OPEN._replace(auto_verified=("email", "phone_number"))
BY_EMAIL = Pool(username_attributes=("email",), aliases=())
BY_EITHER = Pool(username_attributes=("email", "phone_number"), aliases=())
BY_ALIAS = Pool(username_attributes=(), aliases=("email",))
NEEDS_EMAIL = pool("email", auto_verified=())

_ARGUMENT = re.compile(r"(columns|constants)=(\{[^}]*\})")
_EXPORT = re.compile(r"export=ExportFormat\.(\w+)")
_MOST_STEPS = 3


class Advised(NamedTuple):
    """A file, and the user whom the import has after its advice was followed."""

    file: str
    user: dict[str, str]
    of: Pool = OPEN
    reading: Any = MappingProxyType({})
    left_out: tuple[str, ...] = ()


def follow(file: str, of: Pool, reading: Any) -> tuple[Any, dict[str, Any], str]:
    """Paste what the findings print until there is nothing to paste; return also all texts."""
    texts: list[str] = []
    for _ in range(_MOST_STEPS):
        got = checked([file.encode()], of, ReadOptions(**reading))
        found = "\n".join(each.describe() for each in got.found)
        printed = [(name, ast.literal_eval(value)) for name, value in _ARGUMENT.findall(found)]
        exports = [ExportFormat[name] for name in _EXPORT.findall(found)]
        if not printed and not exports:
            break
        texts.append(found)
        # The text of a header prints the whole argument, to put in place of the one given.
        whole = any(each.rule is Rule.NO_HEADER for each in got.found)
        reading = {**reading, **({"columns": {}} if whole else {})}
        for name, value in printed:
            shared = {each: str(given).lower() for each, given in value.items()}
            new = value if name == "columns" else shared
            reading[name] = {**reading.get(name, {}), **new}
        if exports:
            (reading["export"],) = exports
    return got, reading, "\n".join(texts)


ADVISED = {
    "an address is the username": Advised(
        "E-Mail,email_verified,Name\na@x,true,A\n",
        {USERNAME: "a@x", "email": "a@x", "email_verified": "true", "name": "A"},
    ),
    "a known address is the username": Advised(
        "email,email_verified\na@x,true\n",
        {USERNAME: "a@x", "email": "a@x", "email_verified": "true"},
    ),
    "the file has another address": Advised(
        "E-Mail,username,email\nb@x,ann,a@x\n",
        {USERNAME: "ann", "email": "a@x"},
        left_out=("E-Mail",),
    ),
    "an address beside a known one is the username": Advised(
        "mail,email\na@x,b@x\n", {USERNAME: "a@x", "email": "b@x"}
    ),
    "a phone number is the username": Advised(
        "Mobile,Nick\n+4930,A\n",
        {USERNAME: "+4930", "phone_number": "+4930", "nickname": "A"},
        BY_EITHER,
    ),
    "German words": Advised(
        "Benutzername;E-Mail;Vorname;Nachname;Telefon\nann;a@x;A;B;+4930\n",
        {
            USERNAME: "ann",
            "email": "a@x",
            "given_name": "A",
            "family_name": "B",
            "phone_number": "+4930",
        },
    ),
    "French and Spanish words": Advised(
        "Nom d'utilisateur;Adresse e-mail;Prénom;Apellidos;Téléphone\nann;a@x;A;B;+4930\n",
        {
            USERNAME: "ann",
            "email": "a@x",
            "given_name": "A",
            "family_name": "B",
            "phone_number": "+4930",
        },
    ),
    "several words for one column": Advised(
        f"{USERNAME},id,email,email address,phone,mobile,mfa\nann,1,a@x,b@x,+4930,+4931,TOTP\n",
        {USERNAME: "ann", "email": "a@x", "phone_number": "+4930"},
        left_out=("id", "email address", "mobile", "mfa"),
    ),
    "several words for a flag": Advised(
        f"{USERNAME},email,email_verified,verified_email,emailVerified\nann,a@x,true,x,y\n",
        {USERNAME: "ann", "email": "a@x", "email_verified": "true"},
        left_out=("verified_email", "emailVerified"),
    ),
    "columns that no import takes": Advised(
        "username,password,groups,enabled,id,foo\nann,p,g,true,1,x\n",
        {USERNAME: "ann"},
        left_out=("password", "groups", "enabled", "id", "foo"),
    ),
    "a username beside the address that is the username": Advised(
        "username,mail,verified\nann,a@x,1\n",
        {USERNAME: "a@x", "email": "a@x"},
        BY_EMAIL,
        left_out=("username", "verified"),
    ),
    "a username beside a known address that is the username": Advised(
        "login,email\nann,a@x\n",
        {USERNAME: "a@x", "email": "a@x"},
        BY_EMAIL,
        left_out=("login",),
    ),
    "an address beside the username that is one": Advised(
        f"{USERNAME},mail,mobile\na@x,a@x,+4930\n",
        {USERNAME: "a@x", "email": "a@x", "phone_number": "+4930"},
        BY_EITHER,
    ),
    "an alias is not the username": Advised(
        "uid,mail\nann,a@x\n", {USERNAME: "ann", "email": "a@x"}, BY_ALIAS
    ),
    "names that the file lacks": Advised(
        "Login,e-mail\nann,a@x\n",
        {USERNAME: "ann", "email": "a@x"},
        reading={"columns": {"login": USERNAME, "Nope": "email"}},
    ),
    "targets that the pool lacks": Advised(
        "Login,e-mail,x\nann,a@x,X\n",
        {USERNAME: "ann", "email": "a@x", "nickname": "X"},
        reading={"columns": {"Login": "usernam", "e-mail": "emial", "x": "nickname"}},
    ),
    "one target that the pool lacks beside another": Advised(
        f"{USERNAME},x\nann,X\n",
        {USERNAME: "ann", "nickname": "X", "name": "X"},
        reading={"columns": {"x": ("nickname", "nmae")}},
    ),
    "a target twice": Advised(
        "Login,a,b\nann,a@x,b@x\n",
        {USERNAME: "ann", "email": "a@x"},
        reading={"columns": {"a": "email", "b": "email"}},
        left_out=("b",),
    ),
    "a target that a column of the file has": Advised(
        "Login,email,Mail\nann,a@x,b@x\n",
        {USERNAME: "ann", "email": "a@x"},
        reading={"columns": {"Mail": "email"}},
        left_out=("Mail",),
    ),
    "a column that the user leaves out": Advised(
        "Login,Nick\nann,A\n", {USERNAME: "ann"}, reading={"columns": {"Nick": None}}
    ),
    "a target that the export's own column has": Advised(
        "login,firstName,x\nann,Ann,Anna\n",
        {USERNAME: "ann", "given_name": "Anna"},
        reading={"export": ExportFormat.OKTA, "columns": {"x": "givenname"}},
    ),
    "a target that the user's own column has": Advised(
        "login,x,y\nann,Ann,Anna\n",
        {USERNAME: "ann", "given_name": "Ann"},
        reading={
            "export": ExportFormat.OKTA,
            "columns": {"x": "given_name", "y": "givenname"},
        },
        left_out=("y",),
    ),
    "a misspelt target twice": Advised(
        "login,x,y\nann,Ann,Anna\n",
        {USERNAME: "ann", "given_name": "Ann"},
        reading={
            "export": ExportFormat.OKTA,
            "columns": {"x": "givenname", "y": "given_nmae"},
        },
        left_out=("y",),
    ),
    "a target that a value for all users has": Advised(
        "login,x\nann,Anna\n",
        {USERNAME: "ann", "given_name": "Ann"},
        reading={
            "export": ExportFormat.OKTA,
            "columns": {"x": "givenname"},
            "constants": {"given_name": "Ann"},
        },
        left_out=("x",),
    ),
    "a misspelt target that a column of the file has": Advised(
        f"{USERNAME},name,x\nann,Ann,Anna\n",
        {USERNAME: "ann", "name": "Ann"},
        reading={"columns": {"x": "nmae"}},
        left_out=("x",),
    ),
    "a value for all users under a column": Advised(
        f"{USERNAME},Nick\nann,A\n",
        {USERNAME: "ann", "nickname": "B"},
        reading={"constants": {"nickname": "B"}},
        left_out=("Nick",),
    ),
    "a misspelt flag": Advised(
        f"{USERNAME},email,email_verifed\nann,a@x,true\n",
        {USERNAME: "ann", "email": "a@x", "email_verified": "true"},
        VERIFIES,
    ),
    "a misspelt flag of the second attribute": Advised(
        f"{USERNAME},email,phone_number,phoneVerified\nann,a@x,+4930,true\n",
        {
            USERNAME: "ann",
            "email": "a@x",
            "phone_number": "+4930",
            "phone_number_verified": "true",
        },
        VERIFIES,
        {"only_columns": True},
    ),
    "a required attribute of an export's own name": Advised(
        '[{"username": "ann", "attributes": {"phoneNumber": ["+4930"]}}]',
        {USERNAME: "ann", "phone_number": "+4930", "custom:note": "+4930"},
        pool("phone_number", auto_verified=()),
        {"export": ExportFormat.KEYCLOAK, "columns": {"attributes.phoneNumber": "custom:note"}},
    ),
    "a pool without the address that is the username": Advised(
        "mail,name\na@x,A\n", {USERNAME: "a@x", "name": "A"}, Pool(columns=("name", USERNAME))
    ),
    "a misspelt flag that is left out": Advised(
        f"{USERNAME},email,email_verifed,x\nann,a@x,true,X\n",
        {USERNAME: "ann", "email": "a@x", "email_verified": "true"},
        VERIFIES,
        {"only_columns": True},
        ("x",),
    ),
    "no flag, and one of the attributes": Advised(
        f"{USERNAME},phone_number\nann,+4930\n",
        {USERNAME: "ann", "phone_number": "+4930", "phone_number_verified": "true"},
        VERIFIES,
    ),
    "a flag that is false for one of the attributes": Advised(
        f"{USERNAME},phone_number,phone_number_verified\nann,+4930,false\n",
        {USERNAME: "ann", "phone_number": "+4930", "phone_number_verified": "true"},
        VERIFIES,
    ),
    "no flag, and the attribute is left out": Advised(
        f"{USERNAME},Mail\nann,a@x\n",
        {USERNAME: "ann", "email": "a@x", "email_verified": "true"},
        VERIFIES,
        {"only_columns": True},
    ),
    "a required attribute of another name": Advised(
        f"{USERNAME},E-Mail\nann,a@x\n",
        {USERNAME: "ann", "email": "a@x"},
        NEEDS_EMAIL,
        {"only_columns": True},
    ),
    "a required attribute that is mapped to another": Advised(
        "login,email\nann,a@x\n",
        {USERNAME: "ann", "email": "a@x", "custom:note": "a@x"},
        NEEDS_EMAIL,
        {"export": ExportFormat.OKTA, "columns": {"email": "custom:note"}},
    ),
    "a verified attribute that is mapped to the username": Advised(
        "Username,email,email_verified,UserStatus\nann,a@x,true,CONFIRMED\n",
        {USERNAME: "a@x", "email": "a@x", "email_verified": "true"},
        reading={"export": ExportFormat.COGNITO, "columns": {"email": USERNAME}},
    ),
    "a verified attribute that is left out": Advised(
        f"{USERNAME},email,email_verified\nann,a@x,true\n",
        {USERNAME: "ann", "email": "a@x", "email_verified": "true"},
        reading={"columns": {"email": None}},
    ),
    "a verified attribute of another name": Advised(
        "E-Mail,email_verified\na@x,true\n",
        {USERNAME: "a@x", "email": "a@x", "email_verified": "true"},
        reading={"columns": {"E-Mail": USERNAME}},
    ),
    "users of Cognito": Advised(
        "Username,Enabled,UserStatus,Email,email_verified,sub\nann,true,CONFIRMED,a@x,true,1\n",
        {USERNAME: "ann", "email": "a@x", "email_verified": "true"},
    ),
    "users of Cognito with an id": Advised(
        "Username,UserCreateDate,email\n1-2-3,2024,a@x\n",
        {USERNAME: "a@x", "email": "a@x"},
        BY_EMAIL,
    ),
    "users of Cognito, mapped": Advised(
        "Username,UserStatus,x,y,Full Name,Nick\nann,CONFIRMED,Ann,A,B,C\n",
        {USERNAME: "ann", "name": "Ann"},
        reading={"columns": {"Username": USERNAME, "x": "name", "y": None, "Nick": None}},
    ),
    "users of Auth0": Advised(
        "user_id,email,email_verified,First Name,blocked\n'auth0|1,'a@x,true,'Ann,\n",
        {USERNAME: "auth0|1", "email": "a@x", "email_verified": "true", "given_name": "Ann"},
    ),
    "users of Auth0 without fields of its own": Advised(
        "user_id,email,email_verified\n'auth0|1,'a@x,true\n",
        {USERNAME: "auth0|1", "email": "a@x", "email_verified": "true"},
    ),
    "users of Auth0's extension": Advised(
        "Id,Given Name,Email,Nickname\nauth0|1,A,a@x,N\n",
        {USERNAME: "auth0|1", "given_name": "A", "email": "a@x", "nickname": "N"},
    ),
    "users of Okta": Advised(
        "login,firstName,status,birthdate\nann,Ann,ACTIVE,02/01/1985\n",
        {USERNAME: "ann", "given_name": "Ann", "birthdate": "02/01/1985"},
    ),
    "users of Firebase": Advised(
        "localId,email,emailVerified,passwordHash,disabled\n1,a@x,true,h,false\n",
        {USERNAME: "1", "email": "a@x", "email_verified": "true"},
    ),
    "users of Supabase": Advised(
        "id,email,email_confirmed_at,encrypted_password\n1,a@x,2024-01-01 00:00:00+00,h\n",
        {USERNAME: "1", "email": "a@x", "email_verified": "true"},
    ),
    "users of Supabase, mapped": Advised(
        "id,email,email_confirmed_at,banned_until\n1,a@x,2024-01-01 00:00:00+00,\n",
        {USERNAME: "1", "email": "a@x", "email_verified": "true"},
        VERIFIES,
        {"columns": {"id": USERNAME}},
    ),
    "users of Clerk": Advised(
        "id,username,primary_email_address,Locale\n1,ann,a@x,de\n",
        {USERNAME: "1", "email": "a@x", "locale": "de"},
    ),
}


@pytest.mark.parametrize("case", ADVISED.values(), ids=list(ADVISED))
def test_what_is_printed_works_when_it_is_pasted_and_loses_no_value(case: Any) -> None:
    got, reading, texts = follow(case.file, case.of, case.reading)
    assert texts, "nothing was printed"
    assert [each.describe() for each in got.found] == []
    header, row = rows_of(got.file)
    assert {name: value for name, value in zip(header, row, strict=True) if value} == case.user
    left_out = {name for name, column in reading.get("columns", {}).items() if column is None}
    left_out -= {name for name, column in case.reading.get("columns", {}).items() if column is None}
    if not reading.get("only_columns"):
        assert left_out == set(case.left_out)
        # A column is left out with its name, and not only in the argument.
        without_arguments = _ARGUMENT.sub("", texts)
        assert all(name in without_arguments for name in left_out)


WORDED = {
    "two reasons to leave a column out": (
        "Login,groups,enabled,status,Name\nann,a,true,x,A\n",
        OPEN,
        {},
    ),
    "another username, and several attributes to sign in with": (
        f"{USERNAME},Login,groups\na@x,ann,a\n",
        BY_EITHER,
        {},
    ),
    "a second username where nothing else is signed in with": (
        f"{USERNAME},Login\nann,bob\n",
        OPEN,
        {},
    ),
    "a second column of what the file has": (f"{USERNAME},email,E-Mail\nann,a@x,b@x\n", OPEN, {}),
    "a mapped second column": (
        f"{USERNAME},email,Mail\nann,a@x,b@x\n",
        OPEN,
        {"columns": {"Mail": "emailaddress"}},
    ),
    "a column of secrets": (
        f"{USERNAME},pw\nann,x\n",
        OPEN,
        {"columns": {"pw": "nickname"}},
    ),
    "no flag, and two that would do": (f"{USERNAME},email\nann,a@x\n", VERIFIES, {}),
    "no flag, and a column that may be it": (
        f"{USERNAME},email,emailVerified\nann,a@x,true\n",
        VERIFIES,
        {"only_columns": True},
    ),
}
"""Other files, and their pools and arguments."""


def test_the_texts_about_headers_equal_the_reviewed_snapshot() -> None:
    cases = {name: (case.file, case.of, case.reading) for name, case in ADVISED.items()} | WORDED
    texts = [
        f"# {name}\n{text_of(file, of, **reading)}\n" for name, (file, of, reading) in cases.items()
    ]
    text = "\n".join(texts)
    assert text == held_by(Path(__file__).parent / "header_advice.txt", text)


def text_of(file: str, of: Any = OPEN, **reading: Any) -> str:
    got = checked([file.encode()], of, ReadOptions(**reading))
    return "\n".join(each.describe() for each in got.found)


def test_the_printed_mapping_is_complete_at_once() -> None:
    given = {"Login": "usernam", "e-mail": "emial", "x": "nickname", "Nope": "name"}
    text = text_of("Login,e-mail,x\nann,a@x,X\n", columns=given)
    right = {"x": "nickname", "Login": USERNAME, "e-mail": "email"}
    assert f"give {columns_argument(right)} " in text


@pytest.mark.parametrize("export", ["Username,UserStatus", "Id,Connection", "login,firstName"])
def test_only_columns_does_not_hide_that_the_file_is_an_export(export: str) -> None:
    name = export.partition(",")[0]
    given = {"columns": {name: USERNAME}, "only_columns": True}
    assert "export=ExportFormat." in text_of(f"{export},email\nann,x,a@x\n", **given)
    answered = {"columns": {name: USERNAME, export.partition(",")[2]: None}, "only_columns": True}
    assert text_of(f"{export},email\nann,x,a@x\n", **answered) == ""


@pytest.mark.parametrize(
    "name", ["password_hasher", "pw", "hashed_pw", "password2", "apiKey", "recovery_codes"]
)
def test_a_column_of_secrets_is_not_suggested_for_the_column_of_hashes(name: str) -> None:
    text = text_of(f"{USERNAME},{name}\nann,x\n")
    assert '"password_hash"' not in text
    assert f'columns={{"{name}": None}}' in text
    mapped = text_of(f"{USERNAME},{name}\nann,x\n", columns={name: "nickname"})
    assert column_problems.secret_in_attribute(name) in mapped


def test_a_misspelt_flag_is_not_replaced_by_a_value_for_all_users() -> None:
    file = f"{USERNAME},email,email_verifed\nann,a@x,false\n"
    assert "constants" not in text_of(file, VERIFIES)


def test_disabled_users_and_those_of_another_provider_are_found_by_the_printed_export() -> None:
    file = (
        "Username,Enabled,UserStatus,email\nann,false,CONFIRMED,a@x\nbob,true,EXTERNAL_PROVIDER,\n"
    )
    got, reading, _ = follow(file, OPEN, {})
    assert reading["export"] is ExportFormat.COGNITO
    assert [each.rule for each in got.found] == [Rule.EXCLUDED_USER] * 2
    assert got.report.staged is None


def test_the_header_of_an_export_is_the_only_problem() -> None:
    file = "id,email,email_confirmed_at,foo\n1,a@x,,x\n"
    of = NEEDS_EMAIL._replace(auto_verified=("email",))
    got = checked([file.encode()], of, ReadOptions(columns={"id": USERNAME, "bar": "name"}))
    assert [each.rule for each in got.found] == [Rule.COLUMN_NOT_FOUND, Rule.NO_HEADER]
    argument = 'export=ExportFormat.SUPABASE, columns={"id": "cognito:username"}'
    assert got.found[1].text == header_messages.provider_export("Supabase", argument)


def test_an_export_is_named_although_one_of_its_columns_is_mapped_to_none_of_the_pool() -> None:
    given = {"Username": USERNAME, "UserStatus": "status"}
    text = text_of("Username,UserStatus,foo\nann,CONFIRMED,x\n", columns=given)
    assert f"export=ExportFormat.COGNITO, {columns_argument({'Username': USERNAME})}" in text


@pytest.mark.parametrize(
    ("file", "reading"),
    [
        # All of the export's columns have an answer, so that it is read as the user says.
        (
            "Username,UserStatus,foo\nann,x,y\n",
            {"columns": {"Username": USERNAME, "UserStatus": None}},
        ),
        # A file that was prepared for the import.
        (f"{USERNAME},id,encrypted_password\nann,1,h\n", {}),
        (f"{USERNAME.upper()},id,encrypted_password\nann,1,h\n", {}),
        # Columns of no provider.
        ("Username,Enabled\nann,true\n", {}),
        ("id,email,phone\n1,a@x,+4930\n", {}),
        # Records have no `export`.
        ("Username,UserStatus,sub\nann,x,1\n", {"unit": Unit.RECORD}),
    ],
)
def test_no_export_is_named_for_other_files(file: Any, reading: Any) -> None:
    text = text_of(file, **reading)
    assert text
    assert "export=" not in text


@pytest.mark.parametrize("header", ["enabled", "active", "blocked", "Status"])
@pytest.mark.parametrize("first", [USERNAME, "Login"])
def test_a_column_of_the_status_says_that_every_user_is_active(header: Any, first: Any) -> None:
    text = text_of(f"{first},{header}\nann,true\n")
    assert header_messages.NO_STATUS in text
    assert f'"{header}": None' in text


def test_a_name_that_is_not_shown_has_a_place_in_the_argument() -> None:
    text = text_of(f"{USERNAME},a@b.de\nann,x\n")
    assert "column number 2" in text
    assert header_messages.with_name_for('columns={"…": None}') in text
    assert 'columns={"roles[0].name": None}' in text_of(f"{USERNAME},roles[0].name\nann,x\n")


def test_a_name_that_is_not_shown_is_not_in_a_printed_mapping_of_others() -> None:
    text = text_of("Login,=groups\nann,x\n")
    assert columns_argument({"Login": USERNAME}) in text
    assert "=groups" not in text


@pytest.mark.parametrize("argument", ["constants", "defaults"])
def test_the_username_is_not_suggested_for_a_value_for_all_users(argument: Any) -> None:
    assert "did you mean" not in text_of(f"{USERNAME}\nann\n", **{argument: {"login": "x"}})
    given = {"nick": "x", "nickname": "y"}
    assert "did you mean" not in text_of(f"{USERNAME}\nann\n", **{argument: given})


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("#TYPE System.Object\nUsername,x\nann,x\n", header_messages.POWERSHELL_TYPE),
        ('"login,email"\n"ann,a@x"\n', header_messages.LINE_IN_QUOTES),
        ('"login;email"\n"ann;a@x"\n', header_messages.LINE_IN_QUOTES),
        ("login|email\nann|a@x\n", header_messages.separator_not_read("|")),
        ("Vorname^email\nann^a@x\n", header_messages.separator_not_read("^")),
        ("email~name\na@x~A\n", header_messages.separator_not_read("~")),
        ("SEP=,\nlogin;email\nann;a@x\n", header_messages.WRONG_SEPARATOR),
        ("sep=;\nlogin\temail\nann\ta@x\n", header_messages.WRONG_SEPARATOR),
        ("'login','email'\n'ann','a@x'\n", header_messages.SINGLE_QUOTES),
        (f"'{USERNAME}'\n'ann'\n", header_messages.SINGLE_QUOTES),
    ],
)
@pytest.mark.parametrize("of", [OPEN, BY_EMAIL])
@pytest.mark.parametrize("export", [None, ExportFormat.OKTA])
def test_a_header_in_another_form_says_how_to_write_the_file(
    file: Any, text: Any, of: Any, export: Any
) -> None:
    got = checked([file.encode()], of, ReadOptions(export=export))
    assert [(each.rule, each.text) for each in got.found] == [(Rule.NO_HEADER, text)]


@pytest.mark.parametrize("export", [ExportFormat.COGNITO, ExportFormat.CLERK])
def test_the_line_of_powershell_above_an_export_is_named(export: Any) -> None:
    text = text_of("#TYPE System.Object\nUsername,id\nann,1\n", export=export)
    assert text == f"line 1: {header_messages.POWERSHELL_TYPE} (CSV040)"


@pytest.mark.parametrize("line", ["Kanarie|x", "a@x|true", "'Kanarie','x'", "'a@x','email'"])
def test_another_line_is_not_a_header_in_another_form(line: Any) -> None:
    text = text_of(f"{line}\n")
    assert "Kanarie" not in text
    assert "single quotes" not in text
    assert "separator" not in text


def test_a_line_of_which_only_the_first_value_is_in_quotes_is_not_a_line_in_quotes() -> None:
    text = text_of('"login;email",name\n"ann;a@x",Ann\n')
    assert "login;email, name" in text
    assert header_messages.LINE_IN_QUOTES not in text


def test_columns_that_are_left_out_have_the_column_that_they_may_be() -> None:
    file = (
        f"{USERNAME},phone_nubmer,mail,email,identities[0].connection,a@b.de,\nann,1,2,a@x,4,5,6\n"
    )
    got = checked([file.encode()], OPEN, ReadOptions(only_columns=True))
    assert got.found == []
    assert got.report.left_out == (
        header_messages.left_out("phone_nubmer", "phone_number"),
        "mail",
        "identities[0].connection",
        "number 6",
        "number 7",
    )


@pytest.mark.parametrize(
    ("file", "reading", "left_out"),
    [
        ("Username,email,foo\nann,a@x,1\n", {"export": ExportFormat.COGNITO}, ("foo",)),
        ("id,email,foo\n1,a@x,1\n", {"export": ExportFormat.SUPABASE}, ("foo",)),
        (f"foo,{USERNAME}\n1,ann\n", {}, ("foo",)),
        # A value for all users replaces a column that is not left out.
        (f"foo,{USERNAME},name\n1,ann,A\n", {"constants": {"name": "B"}}, ("foo",)),
    ],
)
def test_the_column_of_the_username_is_not_counted_as_left_out(
    file: Any, reading: Any, left_out: Any
) -> None:
    got = checked([file.encode()], OPEN, ReadOptions(only_columns=True, **reading))
    assert got.found == []
    assert got.report.left_out == left_out


@pytest.mark.parametrize("given", [None, USERNAME, "nickname", ("name", "nickname")])
def test_a_mapping_that_takes_an_attribute_away_is_named(given: Any) -> None:
    file = f"{'email' if given == USERNAME else USERNAME + ',email'},email_verified\n"
    file += "a@x,true\n" if given == USERNAME else "ann,a@x,true\n"
    targets = () if given is None else (given,) if isinstance(given, str) else given
    correction = columns_argument({"email": ("email", *targets)})
    step = header_messages.mapped_elsewhere("email", "email", correction)
    text = text_of(file, columns={"email": given})
    says = header_messages.verified_without_column("email_verified", "email", step)
    assert text == f"line 2, column email: {says} (CSV025)"
    text = text_of(file.replace(",true", ",false"), NEEDS_EMAIL, columns={"email": given})
    says = header_messages.required_column_missing(step)
    assert text == f"line 1, column email: {says} (CSV007)"


@pytest.mark.parametrize(
    ("file", "reading"),
    [
        # The name may be a user's value, and the column has the attribute already.
        (f"{USERNAME},e=mail\nann,a@x\n", {"only_columns": True}),
        (f"{USERNAME},email\nann,a@x\n", {"constants": {"email": ""}}),
    ],
)
def test_no_mapping_is_printed_that_cannot_be_pasted(file: Any, reading: Any) -> None:
    text = text_of(file, NEEDS_EMAIL, **reading)
    says = header_messages.required_column_missing("")
    assert text == f"line 1, column email: {says} (CSV007)"


def test_a_verified_attribute_without_any_column_says_so() -> None:
    text = text_of(f"{USERNAME},email_verified\nann,true\nbob,false\n")
    says = header_messages.verified_without_column("email_verified", "email", "")
    assert text == f"line 2, column email: {says} (CSV025)"
    text = text_of(f"{USERNAME}\nann\n", VERIFIES)
    assert header_messages.add_columns("email", "email_verified") in text
