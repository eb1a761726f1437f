"""The command line: the same rules in a terminal, and no CDK loaded for them."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cdk_cognito_user_import as package
from cdk_cognito_user_import._lambda.user_import.users_csv import (
    ExportFormat,
    Finding,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    validate_users,
)
from cdk_cognito_user_import.cli import main
from cdk_cognito_user_import.messages import command_line as messages
from cdk_cognito_user_import.messages import sources

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests/unit/exports"
CANARY = "Kanarie"
"""Is in every value of the files, and may be in nothing that is printed."""

DESCRIPTION = {
    "UserPool": {
        "Id": "eu-central-1_AbCdEfGhI",
        "SchemaAttributes": [
            {"Name": "sub", "AttributeDataType": "String", "Required": True},
            {"Name": "email", "AttributeDataType": "String", "Required": True},
            {"Name": "email_verified", "AttributeDataType": "Boolean"},
            {"Name": "name", "AttributeDataType": "String"},
            {
                "Name": "custom:plan",
                "AttributeDataType": "String",
                "StringAttributeConstraints": {"MinLength": "0", "MaxLength": "9"},
            },
        ],
        "AutoVerifiedAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
    }
}
STANDARD_HEADER = [
    *("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"),
    *("profile", "picture", "website", "email", "email_verified", "gender", "birthdate"),
    *("zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "updated_at"),
    *("cognito:mfa_enabled", "cognito:username"),
]
UNKNOWN_POOL = (
    "not checked: custom and required attributes, which attributes must be verified, aliases and "
    "sign-in names, multi-factor authentication"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a pool's description and its header."""
    monkeypatch.chdir(tmp_path)
    Path("pool.json").write_text(json.dumps(DESCRIPTION))
    header = ["email", "email_verified", "name", "cognito:username"]
    Path("header.json").write_text(json.dumps({"UserPoolId": "x", "CSVHeader": header}))
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command on a file of this text; returns exit code, output and error output."""

    def run(
        text: str, *arguments: ExportFormat | str, name: str = "users.csv", command: str = "check"
    ) -> tuple[int, list[str], str]:
        Path(name).write_text(text)
        code = main([command, name, *arguments])
        captured = capsys.readouterr()
        assert CANARY not in captured.out + captured.err
        return code, captured.out.splitlines(), captured.err

    return run


def rows(*rows: str, header: str = "cognito:username,email,email_verified") -> str:
    return "\n".join([header, *rows]) + "\n"


GOOD = rows(f"{CANARY}1,{CANARY}1@example.com,true", f"{CANARY}2,{CANARY}2@example.com,true")
BAD_EMAIL = rows(f"{CANARY},no address {CANARY},true")


# What is checked


def test_users_that_can_be_imported_are_counted_and_end_in_0(run: Callable[..., Any]) -> None:
    code, out, err = run(GOOD)
    assert code == 0
    assert out == [f"2 users; 0 errors, 0 warnings; {UNKNOWN_POOL}"]
    assert err == ""


def test_users_that_cannot_be_imported_end_in_1_with_file_line_column_and_rule(
    run: Callable[..., Any],
) -> None:
    code, out, _ = run(BAD_EMAIL)
    assert code == 1
    assert out[0].startswith("users.csv:2: error: column email: ")
    assert out[0].endswith("(CSV026)")


def test_a_duplicate_username_is_a_warning_and_ends_in_0(run: Callable[..., Any]) -> None:
    code, out, _ = run(rows("ada,ada@example.com,true", "ada,a@example.com,true"))
    assert code == 0
    assert out[0].startswith("users.csv:3: warning: column cognito:username: ")


def test_every_finding_is_printed_on_its_own_line(
    run: Callable[..., Any],
) -> None:
    code, out, _ = run(rows(*(f"two words {number},a@example.com,true" for number in range(50))))
    assert code == 1
    assert [line.partition(" ")[0] for line in out[:50]] == [
        f"users.csv:{number}:" for number in range(2, 52)
    ]
    assert out[-1].startswith("50 users; 50 errors, 0 warnings")


def test_normalizations_are_counted_in_the_last_line(run: Callable[..., Any]) -> None:
    code, out, _ = run(rows("ada,ada@example.com,yes", "alan,alan@example.com,1"))
    assert code == 0
    assert f"; normalized: {Normalization.BOOLEAN.value}: 2; " in out[-1]


def test_a_file_without_users_ends_in_1(run: Callable[..., Any]) -> None:
    assert run("")[0] == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00", b"cognito:username\n\xff\n"])
def test_a_file_that_is_not_text_ends_in_1(folder: Path, content: bytes) -> None:
    Path("users.csv").write_bytes(content)
    assert main(["check", "users.csv"]) == 1


# The pool


def test_with_a_schema_the_pools_bounds_are_checked(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,true,twelve chars", header=f"{GOOD.split()[0]},custom:plan")
    code, out, _ = run(text, "--schema", "pool.json")
    assert code == 1
    assert out[0].startswith("users.csv:2: error: column custom:plan: ")
    assert out[0].endswith("(CSV033)")


def test_with_a_schema_the_pools_case_sensitivity_counts(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,true", "ADA,a@example.com,true")
    assert "0 errors, 1 warning" in run(text, "--schema", "pool.json")[1][-1]
    assert "0 warnings" in run(text)[1][-1]


def test_with_a_schema_nothing_is_left_unchecked(run: Callable[..., Any]) -> None:
    code, out, _ = run(GOOD, "--schema", "pool.json")
    assert code == 0
    assert "not checked" not in out[-1]


def test_a_description_without_the_wrapping_userpool_is_a_schema_too(
    run: Callable[..., Any],
) -> None:
    Path("inner.json").write_text(json.dumps(DESCRIPTION["UserPool"]))
    assert "not checked" not in run(GOOD, "--schema", "inner.json")[1][-1]


@pytest.mark.parametrize(
    "header",
    ["header.json", "email,email_verified,name,cognito:username", "email, cognito:username , name"],
)
def test_with_a_header_other_columns_are_errors(run: Callable[..., Any], header: str) -> None:
    text = rows(f"{CANARY},x", header="cognito:username,nmae")
    code, out, _ = run(text, "--user-pool-header", header)
    assert code == 1
    assert "users.csv:1: error: column nmae: " in out[0]
    assert 'columns={"nmae": "name"} (CSV004)' in out[0]


def test_a_header_that_is_longer_than_the_name_of_a_file_can_be_given_as_text(
    run: Callable[..., Any],
) -> None:
    custom = [f"custom:attribute_{number}" for number in range(50)]
    assert run(GOOD, "--user-pool-header", ",".join([*STANDARD_HEADER, *custom]))[0] == 0


def test_with_a_header_the_unchecked_rules_are_reported(run: Callable[..., Any]) -> None:
    assert run(GOOD, "--user-pool-header", "header.json")[1][-1].endswith(f"; {UNKNOWN_POOL}")


# How the file is read


def test_columns_are_renamed_and_left_out_as_the_options_say(run: Callable[..., Any]) -> None:
    text = rows(
        f"{CANARY},{CANARY}@example.com,true,{CANARY}",
        header="Login,E-mail,email_verified,Shoe size",
    )
    renamed = ["--column", "Login=cognito:username", "--column", "E-mail=email"]
    assert run(text, *renamed, "--column", "Shoe size=")[0] == 0
    code, out, _ = run(text, *renamed)
    assert code == 1
    assert "column Shoe size" in out[0]


def test_a_default_is_for_users_who_have_no_value(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,", "alan,alan@example.com,true")
    assert run(text, "--schema", "pool.json")[0] == 1
    assert run(text, "--schema", "pool.json", "--default", "email_verified=true")[0] == 0


def test_a_constant_replaces_the_values_of_all_users(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,false", "alan,alan@example.com,")
    assert run(text, "--schema", "pool.json", "--default", "email_verified=true")[0] == 1
    assert run(text, "--schema", "pool.json", "--constant", "email_verified=true")[0] == 0


def test_only_the_first_equals_sign_separates_name_and_value(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,true")
    assert run(text, "--schema", "pool.json", "--constant", "custom:plan=a=b=c=d=e")[0] == 0
    code, out, _ = run(text, "--schema", "pool.json", "--constant", "custom:plan=a=b=c=d=e=")
    assert code == 1
    assert "constants, custom:plan: " in out[0]


def test_strict_refuses_a_file_that_needs_normalization(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,yes")
    assert run(text)[0] == 0
    code, out, _ = run(text, "--strict")
    assert code == 1
    assert out[0].startswith("users.csv:2: error: column email_verified: ")
    assert out[0].endswith("(CSV039)")


def test_a_file_of_another_encoding_is_read_by_its_name(run: Callable[..., Any]) -> None:
    text = rows("ada,ada@example.com,true").replace("\n", ",name\n", 1).replace("true", "true,Zoë")
    Path("other.csv").write_bytes(text.encode("windows-1252"))
    assert main(["check", "other.csv", "--encoding", "windows-1252"]) == 0
    assert main(["check", "other.csv"]) == 1
    code, _, error = run(text, "--encoding", "klingon")
    assert code == 2
    assert "windows-1252" in error


@pytest.mark.parametrize(
    ("name", "export", "more"),
    [
        ("auth0.csv", ExportFormat.AUTH0, []),
        ("okta.csv", ExportFormat.OKTA, ["--constant", "email_verified=true"]),
        ("firebase.csv", ExportFormat.FIREBASE, []),
        ("firebase.json", ExportFormat.FIREBASE, []),
        ("keycloak.json", ExportFormat.KEYCLOAK, []),
        ("cognito-list-users.json", ExportFormat.COGNITO, []),
        ("cognito-users.csv", ExportFormat.COGNITO, []),
        ("cognito-users.ndjson", ExportFormat.COGNITO, []),
        ("auth0.ndjson", ExportFormat.AUTH0, []),
        ("supabase.csv", ExportFormat.SUPABASE, []),
        ("clerk.csv", ExportFormat.CLERK, []),
    ],
)
def test_an_export_is_read_as_its_provider_writes_it(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    export: ExportFormat,
    more: list[Any],
) -> None:
    # The samples have a user who is disabled, and such users are not imported.
    content = (EXPORTS / name).read_bytes().replace(b'"disabled": true', b'"disabled": false')
    Path(name).write_bytes(content.replace(b"+15550101,true", b"+15550101,false"))
    more = [*more, "--leave-out", "external-provider"]
    assert main(["check", name, "--export", export, *more]) == 0
    summary = capsys.readouterr().out.splitlines()[-1]
    assert summary.startswith(("1 user; 0 errors", "2 users; 0 errors", "3 users; 0 errors"))
    assert main(["check", name]) == 1


def test_in_an_export_that_is_json_records_are_counted(run: Callable[..., Any]) -> None:
    users = [
        {"username": "ada", "email": "ada@example.com"},
        {"username": f"two words {CANARY}", "email": "a@example.com"},
    ]
    code, out, _ = run(json.dumps(users), "--export", "keycloak", name="users.json")
    assert code == 1
    assert out[0].startswith("users.json: error: record 2, column username: ")


def test_every_export_format_can_be_named(run: Callable[..., Any]) -> None:
    for export in ExportFormat:
        assert run(GOOD, "--export", export)[0] in (0, 1)


HASH_ROW = rows(f"ada,ada@example.com,true,{CANARY}", header=f"{GOOD.split()[0]},password_hash")


@pytest.mark.parametrize("pool", [[], ["--user-pool-header", "hashes.json"]])
@pytest.mark.parametrize(
    ("algorithm", "rule"),
    [
        ([], "CSV037"),
        *(
            (["--password-hashing-algorithm", name], "CSV036")
            for name in ("BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256")
        ),
    ],
)
def test_hashes_are_checked_for_the_algorithm_of_the_job(
    run: Callable[..., Any], pool: list[Any], algorithm: list[Any], rule: str
) -> None:
    header = ["email", "email_verified", "password_hash", "cognito:username"]
    Path("hashes.json").write_text(json.dumps({"CSVHeader": header}))
    code, out, _ = run(HASH_ROW, *pool, *algorithm)
    assert code == 1
    assert out[0].startswith("users.csv:2: error: column password_hash: ")
    assert out[0].endswith(f"({rule})")


@pytest.mark.parametrize(
    ("choice", "code", "rules"), [("fail", 1, ["CSV049", "CSV048"]), ("reset", 0, [])]
)
def test_hashes_that_cognito_does_not_take_are_errors_or_left_out(
    run: Callable[..., Any], choice: str, code: int, rules: list[str]
) -> None:
    costly, good = (f"$2b${cost}${'a' * 53}" for cost in (14, 12))
    users = [
        f"{name},{name}@example.com,true,{value}"
        for name, value in (("ada", costly), ("bob", good), ("cem", "secret-of-cem"), ("dee", ""))
    ]
    content = rows(*users, header=f"{GOOD.split()[0]},password_hash")
    ended, out, _ = run(content, "--password-hashes", choice)
    assert ended == code
    assert [rule for rule in rules if not any(f"({rule})" in line for line in out)] == []
    assert not any("secret-of-cem" in line or "aaaa" in line for line in out)


def test_the_findings_are_those_of_the_check_that_synth_and_deployment_make(
    run: Callable[..., Any],
) -> None:
    text = rows(
        "two words,ada@example.com,true",
        "ada,nowhere,true",
        "alan,alan@example.com",
        "grace,grace@example.com,perhaps",
        "grace,grace@example.com,true",
        'jan,"open,true',
    )
    _, out, _ = run(text, "--schema", "pool.json", "--constant", "name=Somebody", "--strict")
    found: list[Finding] = []
    validate_users(
        [text.encode()],
        Pool.from_description(DESCRIPTION["UserPool"]),
        len,
        options=ReadOptions(constants={"name": "Somebody"}, strict=True),
        sink=found.append,
    )
    assert [line for line in out if line.startswith("users.csv:")] == [
        f"users.csv:{each.location.line}: {'warning' if each.rule.is_warning else 'error'}: "
        f"{f'column {each.location.column}: ' if each.location.column else ''}{each.text} "
        f"({each.rule.id})"
        for each in found
    ]
    assert len({each.rule for each in found}) == 5


# The header command


def test_header_prints_the_columns_of_a_described_pool(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["header", "--schema", "pool.json"]) == 0
    assert capsys.readouterr().out == (
        "email,email_verified,name,custom:plan,cognito:mfa_enabled,cognito:username\n"
    )


@pytest.mark.parametrize(
    "header", ["header.json", " email,email_verified , name,cognito:username "]
)
def test_header_prints_the_columns_of_a_header(
    folder: Path, capsys: pytest.CaptureFixture[str], header: str
) -> None:
    assert main(["header", "--user-pool-header", header]) == 0
    assert capsys.readouterr().out == "email,email_verified,name,cognito:username\n"


def test_a_file_that_begins_with_the_printed_header_passes(
    run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["header", "--schema", "pool.json"])
    header = capsys.readouterr().out.strip()
    text = rows("ada@example.com,true,Ada,,,ada", header=header)
    assert run(text, "--schema", "pool.json", "--strict")[0] == 0


# Wrong arguments

LAST_RULE = max(rule.id for rule in Rule)
FOLDER = "Is a directory"
FOLDER_OF_TEST = "<the working directory>"
WRONG = [
    ("check missing.csv", sources.file_missing("missing.csv", FOLDER_OF_TEST)),
    ("check .", sources.file_unreadable(".", FOLDER)),
    ("check users.csv --schema missing.json", sources.file_missing("missing.json", FOLDER_OF_TEST)),
    ("header --schema .", sources.file_unreadable(".", FOLDER)),
    ("header --schema users.csv", messages.not_json("users.csv")),
    ("header --schema bytes.bin", messages.not_json("bytes.bin")),
    ("header --schema list.json", messages.not_a_json_object("list.json")),
    ("header --schema header.json", messages.no_schema("header.json")),
    ("header --user-pool-header pool.json", messages.no_header("pool.json")),
    ("header --user-pool-header missing.json", messages.not_a_header("missing.json")),
    ("check users.csv --user-pool-header email,name", messages.not_a_header("email,name")),
    *(
        (f"check users.csv {option} {shlex.quote(text)}", messages.not_a_pair(text))
        for option in ("--column", "--default", "--constant")
        for text in ("email", "=email", "")
    ),
    *(
        (
            f"check users.csv {option} cognito:username=ada",
            "cognito:username cannot be the same for all users; it must come from a column.",
        )
        for option in ("--default", "--constant")
    ),
    *(
        (
            f"check users.csv {option} email_verified=true {option} email_verified=false",
            messages.given_twice(option, "email_verified"),
        )
        for option in ("--default", "--constant")
    ),
    (
        "check users.csv --default name=a --constant name=b",
        sources.default_and_constant(["name"]),
    ),
    (
        "check users.csv --leave-out disabled",
        sources.leave_out_without_export(),
    ),
    (
        "check users.csv --constant name=\udcff",
        sources.value_not_utf8("--constant", "name"),
    ),
    *(
        (f"check users.csv {options}", messages.mapped_and_left_out("Login"))
        for options in (
            "--column Login=name --column Login=",
            "--column Login= --column Login=name",
        )
    ),
    *(
        (f"check - {option} -", messages.standard_input_twice())
        for option in ("--schema", "--user-pool-header")
    ),
    ("header --schema deep.json", messages.nested_too_deeply("deep.json")),
    ("header --user-pool-header deep.json", messages.nested_too_deeply("deep.json")),
    ("check 'a\nb\x1b[31m.csv'", sources.file_missing(r"a\nb\x1b[31m.csv", FOLDER_OF_TEST)),
    ("header --schema 'a\nb'", sources.file_missing(r"a\nb", FOLDER_OF_TEST)),
    ("header --user-pool-header 'a\nb'", messages.not_a_header(r"a\nb")),
    ("explain CSV999", messages.unknown_rule("CSV999", "CSV001", LAST_RULE)),
    ("explain 0", messages.unknown_rule("0", "CSV001", LAST_RULE)),
    ("explain CSV001 verified", messages.unknown_rule("verified", "CSV001", LAST_RULE)),
]


@pytest.mark.parametrize(
    ("command", "message"),
    WRONG,
    ids=[re.sub(r"[^A-Za-z0-9]+", "-", f"{command}") for command, _ in WRONG],
)
def test_an_invalid_argument_ends_in_2_with_an_error_message(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, message: str
) -> None:
    Path("users.csv").write_text(GOOD)
    Path("bytes.bin").write_bytes(b"\xff\xfe")
    Path("list.json").write_text("[]")
    Path("deep.json").write_text("[" * 100_000)
    arguments = shlex.split(command)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    shown = captured.err.replace(str(folder), FOLDER_OF_TEST)
    assert shown == f"{arguments[0]}: {message}\n"
    assert captured.out == ""


@pytest.mark.parametrize(
    "description",
    [
        {"UserPool": None},
        {"UserPool": 5},
        {"UserPool": []},
        {"UserPool": {"SchemaAttributes": 5}},
        {"UserPool": {"SchemaAttributes": [None]}},
        {"UserPool": {"SchemaAttributes": [{}]}},
        {"UserPool": {"SchemaAttributes": [{"Name": 5}]}},
        {"UserPool": {"SchemaAttributes": [], "AutoVerifiedAttributes": 5}},
        {"UserPool": {"SchemaAttributes": [], "UsernameConfiguration": 5}},
    ],
    ids=json.dumps,
)
def test_a_schema_of_another_shape_ends_in_2_and_not_in_a_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str], description: dict[str, Any]
) -> None:
    Path("odd.json").write_text(json.dumps(description))
    assert main(["header", "--schema", "odd.json"]) == 2
    assert capsys.readouterr().err.startswith("header: odd.json ")


def described(**attribute: Any) -> str:
    named = {"Name": "custom:a\n", **attribute}
    return json.dumps({"UserPool": {"SchemaAttributes": [{"Name": "email"}, named]}})


@pytest.mark.parametrize(
    "attribute",
    [
        {"StringAttributeConstraints": {"MinLength": "short"}},
        {"StringAttributeConstraints": {"MaxLength": []}},
        {"StringAttributeConstraints": [5]},
        {"AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "Infinity"}},
    ],
    ids=json.dumps,
)
def test_a_schema_with_an_unreadable_attribute_names_it(
    folder: Path, capsys: pytest.CaptureFixture[str], attribute: dict[str, Any]
) -> None:
    Path("odd.json").write_text(described(**attribute))
    assert main(["header", "--schema", "odd.json"]) == 2
    message = messages.attribute_unreadable("odd.json", "custom:a?")
    assert capsys.readouterr().err == f"header: {message}\n"


@pytest.mark.parametrize(("bound", "valid", "wrong"), [("1e2", "100", "101"), ("7.9", "7", "8")])
def test_the_bounds_of_a_number_may_have_an_exponent_or_a_fraction(
    run: Callable[..., Any], bound: str, valid: str, wrong: str
) -> None:
    constraints = {"AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": bound}}
    schema = json.loads(described(Name="custom:n", **constraints))
    schema["UserPool"]["SchemaAttributes"].append({"Name": "email_verified"})
    Path("number.json").write_text(json.dumps(schema))
    header = "cognito:username,email,email_verified,custom:n"
    text = rows(*(f"{each},a@example.com,true,{each}" for each in (valid, wrong)), header=header)
    _, out, _ = run(text, "--schema", "number.json")
    assert [line for line in out if "CSV031)" in line] == [out[1]]
    assert out[1].startswith("users.csv:3: error: column custom:n: ")


@pytest.mark.parametrize(
    ("command", "read"),
    [
        ("header --schema -", json.dumps(DESCRIPTION)),
        ("header --user-pool-header -", Path("header.json")),
        ("check users.csv --schema -", json.dumps(DESCRIPTION)),
        ("check - --schema pool.json", GOOD),
    ],
)
def test_a_file_may_be_standard_input(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    read: str | Path,
) -> None:
    text = read if isinstance(read, str) else read.read_text()
    Path("users.csv").write_text(GOOD)
    Path("read").write_text(text)
    arguments = shlex.split(command)
    named = ["read" if each == "-" else each for each in arguments]
    status = main(named)
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert (main(arguments), capsys.readouterr().out) == (status, expected)


def test_errors_of_standard_input_name_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for option in ("--schema", "--user-pool-header"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"no JSON")))
        assert main(["header", option, "-"]) == 2
        assert capsys.readouterr().err == f"header: {messages.not_json('<stdin>')}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: command"),
        (["sweep"], "invalid choice: 'sweep'"),
        (["check"], "the following arguments are required: file"),
        (["header"], "one of the arguments --schema --user-pool-header is required"),
        (
            ["check", "users.csv", "--schema", "a", "--user-pool-header", "b"],
            "argument --user-pool-header: not allowed with argument --schema",
        ),
        (["check", "users.csv", "--export", "nobody"], "invalid choice: 'nobody'"),
        (
            ["check", "users.csv", "--password-hashing-algorithm", "MD5"],
            "invalid choice: 'MD5'",
        ),
    ],
)
def test_arguments_that_cannot_be_parsed_end_in_2_with_the_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[Any], message: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("usage: cognito-user-import")


@pytest.mark.parametrize(
    ("arguments", "rest"),
    [
        (["convert", "a.json", "--export", "okta", "-o", "a.csv"], ["-o", "a.csv"]),
        (["convert", "a.json", "--export", "okta", "--pool", "p"], ["--pool", "p"]),
        (["convert", "a.json", "b.json", "--export", "okta"], ["b.json"]),
        (["check", "a.csv", "b.csv", "--fast"], ["b.csv", "--fast"]),
        (["explain", "--rule"], ["--rule"]),
    ],
)
def test_an_argument_that_a_command_does_not_have_ends_in_2_with_the_usage_of_that_command(
    capsys: pytest.CaptureFixture[str], arguments: list[str], rest: list[str]
) -> None:
    command = arguments[0]
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"usage: cognito-user-import {command} [-h]")
    said = messages.not_an_argument(rest)
    if command == "convert":
        said += f" {messages.conversion_output()}"
    assert error.endswith(f"cognito-user-import {command}: error: {said}\n")


# The package


def test_python_m_checks_the_examples_users() -> None:
    command = [sys.executable, "-m", package.__name__, "check", "examples/users.csv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert " users; 0 errors, 0 warnings" in done.stdout


def test_the_command_line_does_without_the_cdk_and_boto3() -> None:
    code = (
        "import sys; from cdk_cognito_user_import.cli import main; "
        "assert main(['check', 'examples/users.csv']) == 0; "
        "sys.exit(' '.join({'aws_cdk', 'jsii', 'constructs', 'boto3'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr.strip() == b""


def test_a_star_import_gives_all_public_names() -> None:
    names: dict[str, Any] = {}
    exec(f"from {package.__name__} import *", names)  # as users write it
    del names["__builtins__"]
    assert sorted(names) == sorted(package.__all__)
    assert names["ExportFormat"] is ExportFormat


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'UserExport'"):
        _ = package.UserExport
    with pytest.raises(ImportError, match="UserExport"):
        exec(f"from {package.__name__} import UserExport")


def test_every_option_of_check_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    options = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {"--encoding", "--only-columns"} <= options
    page = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    assert {each for each in options if f"`{each}" not in page and f" {each}" not in page} == set()
