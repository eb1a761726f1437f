"""The command `convert`, and files in UTF-16 as arguments of the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cdk_cognito_user_import.cli import main
from cdk_cognito_user_import.messages import command_line as messages
from cdk_cognito_user_import.messages import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

CASES = Path(__file__).parents[1] / "cases"


def user(name: str, **more: Any) -> dict[str, Any]:
    attributes = [
        {"Name": "email", "Value": f"{name}@example.com"},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "sub", "Value": f"id-{name}"},
    ]
    return {"Username": name, "Attributes": attributes, "Enabled": True} | more


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users.json"
    users = [user("off", Enabled=False), user("ada"), user("bob")]
    path.write_text(json.dumps({"Users": users}), encoding="utf-8")
    return path


def convert(file: Path, *arguments: str) -> int:
    return main(["convert", str(file), "--export", "cognito", *arguments])


def test_an_export_is_converted_to_a_csv_that_is_imported_as_the_export_is(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert convert(file, "--leave-out", "disabled", "--column", "sub=custom:old") == 0
    out, err = capfdbinary.readouterr()
    assert out.decode().split("\n") == [
        "Username,email,email_verified,sub",
        "ada,ada@example.com,true,id-ada",
        "bob,bob@example.com,true,id-bob",
        "",
    ]
    assert err.decode() == f"{file}: disabled users left out: 1\n"
    file.with_name("users.csv").write_bytes(out)
    assert main(["check", str(file.with_name("users.csv")), "--export", "cognito"]) == 0


def test_an_export_may_be_standard_input(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert convert(file, "--leave-out", "disabled") == 0
    expected = capfdbinary.readouterr().out
    with file.open() as opened:
        monkeypatch.setattr("sys.stdin", opened)
        assert main(["convert", "-", "--export", "cognito", "--leave-out", "disabled"]) == 0
    out, err = capfdbinary.readouterr()
    assert out == expected
    assert err.decode() == "<stdin>: disabled users left out: 1\n"


def test_a_name_of_several_lines_is_reported_in_one(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    odd = file.rename(file.with_name("a\nb.json"))
    assert convert(odd, "--leave-out", "disabled") == 0
    assert capfdbinary.readouterr().err.decode().splitlines() == [
        f"{odd}: disabled users left out: 1".replace("\n", r"\n")
    ]


def test_an_export_with_problems_is_reported_and_ends_with_1(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert convert(file) == 1
    _, err = capfdbinary.readouterr()
    problem, last = err.decode().splitlines()
    assert problem.startswith(f"{file}: error: record 1: Enabled is false")
    assert problem.endswith("(CSV043)")
    assert "not complete" in last


def test_columns_are_given_as_to_check(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "users.json"
    path.write_text(json.dumps([{"username": "a", "attributes": {"locale": ["de", "en"]}}]))
    arguments = ["convert", str(path), "--export", "keycloak", "--column"]
    assert main([*arguments, "attributes.locale="]) == 0
    assert capfdbinary.readouterr().out == b"username\na\n"
    assert main([*arguments, "attributes.locale[1]=locale"]) == 0
    assert capfdbinary.readouterr().out == b'username,"attributes.locale[1]"\na,en\n'
    assert main([*arguments, "attributes.locale=nickname"]) == 1
    assert b"record 1, " in capfdbinary.readouterr().err
    assert main([*arguments, "locale"]) == 2


@pytest.mark.parametrize("export", ["okta", "keycloak"])
def test_a_file_of_a_named_encoding_is_converted_to_utf_8(
    export: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    texts = {
        "okta": "login,firstName\nada,Zoë\n",
        "keycloak": json.dumps([{"username": "ada", "firstName": "Zoë"}], ensure_ascii=False),
    }
    path = tmp_path / "users"
    path.write_text(texts[export], encoding="windows-1252")
    arguments = ["convert", str(path), "--export", export]
    assert main([*arguments, "--encoding", "windows-1252"]) == 0
    assert "Zoë" in capfdbinary.readouterr().out.decode()
    assert main([*arguments, "--encoding", "nothing"]) == 2


@pytest.mark.parametrize("export", ["okta", "supabase", "keycloak"])
def test_a_file_that_breaks_its_encoding_is_reported(
    export: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = {
        "keycloak": b'[{"username": "a',
        "supabase": b"id,email\n1,",
        "okta": b"login,firstName\na,",
    }
    path = tmp_path / "users"
    path.write_bytes(text[export] + b"\x81")
    assert main(["convert", str(path), "--export", export, "--encoding", "windows-1252"]) == 1
    err = capfdbinary.readouterr().err.decode()
    assert err.splitlines()[-1] == messages.conversion_incomplete()
    assert "(CSV001)" in err


def test_a_warning_does_not_stop_the_conversion(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    identities = {"Name": "identities", "Value": '[{"userId": "1", "providerName": "Google"}]'}
    file.write_text(json.dumps([user("ada", Attributes=[identities])]), encoding="utf-8")
    assert convert(file) == 0
    out, err = capfdbinary.readouterr()
    assert out == b"Username\nada\n"
    assert err.startswith(f"{file}: warning: record 1: ".encode())


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"Users": []}'])
def test_a_file_that_is_not_the_export_is_reported(
    file: Path, text: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file.write_text(text, encoding="utf-8")
    assert convert(file) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert f"{file}: error: ".encode() in err


CSV = "login,firstName,email\nada,Ada,ada@example.com\n"


@pytest.mark.parametrize(
    ("text", "columns", "rule"),
    [
        ("<html>\n<title>Sign in</title>\n", [], "CSV001"),
        ("PK\x03\x04\n", [], "CSV001"),
        ("", [], "CSV002"),
        ("\n", [], "CSV003"),
        ("cognito:username,email,email_verified\nada,ada@example.com,true\n", [], "CSV040"),
        ("given,family\nAda,Lovelace\n", [], "CSV003"),
        ("given,family\nAda,Lovelace\n", ["--column", "number=cognito:username"], "CSV003"),
    ],
)
def test_a_csv_without_the_columns_of_the_export_is_not_passed_through(
    file: Path,
    text: str,
    columns: list[str],
    rule: str,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    file.write_text(text, encoding="utf-8")
    assert main(["convert", str(file), "--export", "okta", *columns]) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    *problems, last = err.decode().splitlines()
    assert last == messages.conversion_incomplete()
    assert all(each.startswith(f"{file}: error: ") for each in problems)
    assert problems[-1].startswith(f"{file}: error: line 1: ")
    assert problems[-1].endswith(f"({rule})")
    assert [each for each in problems if "CSV008" in each] == problems[: len(columns) // 2]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("<html>\n", "this is not a CSV but HTML"),
        ("cognito:username,email\n", "line 1: "),
        ("", "line 1: the file is empty"),
    ],
)
def test_another_file_than_auth0_s_is_not_passed_through(
    file: Path, text: str, reported: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file.write_text(text, encoding="utf-8")
    assert main(["convert", str(file), "--export", "auth0"]) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert err.startswith(f"{file}: error: {reported}".encode())


def test_json_is_not_passed_through_as_the_csv_of_okta(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["convert", str(file), "--export", "okta"]) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert err.startswith(f"{file}: error: line 1: this is not a CSV but JSON".encode())


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (CSV, []),
        (CSV.replace("login", "status"), []),
        (CSV.replace("login", "number").replace("email\n", "title\n"), ["number=cognito:username"]),
        ("sep=,\n" + CSV, []),
        (CSV.partition("\n")[0] + "\n" + "ada,Ada,ada@example.com\n" * 40_000, []),
    ],
    ids=["login", "email", "mapped", "separator", "long"],
)
def test_a_csv_with_the_columns_of_the_export_is_passed_through(
    file: Path, text: str, columns: list[str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file.write_text(text, encoding="utf-8")
    mapping = [part for each in columns for part in ("--column", each)]
    assert main(["convert", str(file), "--export", "okta", *mapping]) == 0
    assert capfdbinary.readouterr() == (text.encode(), b"")


def test_a_file_whose_users_are_all_refused_has_no_other_problem(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file.write_text(json.dumps([user("off", Enabled=False)]), encoding="utf-8")
    assert convert(file) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert "(CSV043)" in err.decode()
    assert len(err.splitlines()) == 2


def test_a_column_without_a_target_ends_in_2(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert convert(file, "--column", "sub") == 2
    assert capfd.readouterr().err == f"convert: {messages.not_a_pair('sub')}\n"


def test_a_file_that_does_not_exist_is_reported(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert convert(file.with_name("other.json")) == 2
    assert sources.file_missing(str(file.with_name("other.json")), str(Path.cwd())) in (
        capfd.readouterr().err
    )


@pytest.mark.parametrize(("error", "status"), [(BrokenPipeError(), 141), (OSError(28, "full"), 2)])
def test_a_failed_output_is_no_error_of_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, status: int
) -> None:
    class Closed:
        def write(self, _: bytes) -> None:
            raise error

    class Output:
        buffer = Closed()

        def flush(self) -> None:
            pass

        def fileno(self) -> int:
            raise OSError

    monkeypatch.setattr("sys.stdout", Output())
    assert convert(file, "--leave-out", "disabled") == status


def test_a_large_csv_is_written_whole(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    users = [user(f"u{n}", Enabled=n % 7 > 0) for n in range(3_000)]
    file.write_text(json.dumps(users), encoding="utf-8")
    assert convert(file, "--leave-out", "disabled") == 0
    lines = capfdbinary.readouterr().out.decode().split("\n")
    assert lines[1:-1] == [f"u{n},u{n}@example.com,true" for n in range(3_000) if n % 7]


@pytest.mark.parametrize("leave_out", [[], ["--leave-out", "external-provider"]])
def test_check_leaves_users_out_by_choice(
    leave_out: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = CASES / "71-external-verified"
    code = main(
        [
            *("check", str(folder / "users.json"), "--export", "cognito"),
            *("--schema", str(folder / "pool.json"), *leave_out),
        ]
    )
    assert code == (0 if leave_out else 1)
    assert ("left out: 1" in capsys.readouterr().out) is bool(leave_out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_header_and_a_pool_are_read_in_utf_16_and_with_a_byte_order_mark(
    tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    pool = (CASES / "73-powershell-pool" / "pool.json").read_bytes().decode("utf-16")
    header = json.dumps({"CSVHeader": ["name", "cognito:username"]})
    for name, text in (("pool.json", pool), ("header.json", header)):
        (tmp_path / name).write_bytes((mark + text).encode(encoding))
    assert main(["header", "--schema", str(tmp_path / "pool.json")]) == 0
    assert main(["header", "--user-pool-header", str(tmp_path / "header.json")]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "cognito:username" in first
    assert second == "name,cognito:username"


@pytest.mark.parametrize("data", [b"\xff\xfe{\x00\x00", b"\xff\xfe\x00\x00{\x00\x00\x00", b"\xff"])
def test_a_pool_in_an_unsupported_encoding_is_reported(
    tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pool.json").write_bytes(data)
    assert main(["header", "--schema", str(tmp_path / "pool.json")]) == 2
    assert "is not JSON" in capsys.readouterr().err
