"""The output of the command line: encodings, pipes, editors, programs, and long reports."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cdk_cognito_user_import.cli import main
from cdk_cognito_user_import.command_line import reports
from cdk_cognito_user_import.command_line.reports import MOST_SHOWN
from cdk_cognito_user_import.messages import command_line as messages

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = "cognito:username,email,email_verified"
COMMAND = [sys.executable, "-m", "cdk_cognito_user_import"]


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows, ""])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], str]]:
    """Run `check` on users.csv with this text; returns status, output lines and error output."""

    def run(text: str, *options: str) -> tuple[int, list[str], str]:
        Path("users.csv").write_text(text, encoding="utf-8")
        status = main(["check", "users.csv", *options])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err

    return run


def objects(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process, as a terminal does."""
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, check=False, env=environment, **options
    )


# Encodings


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_name_that_the_encoding_lacks_is_escaped(encoding: str) -> None:
    Path("users.csv").write_text(csv("ada,a@example.com,true,x", header=f"{HEADER},名前"))
    done = process("check", "users.csv", env={"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (1, b"")
    name = "名前" if encoding == "utf-8" else r"\u540d\u524d"
    assert f"column {name}: " in done.stdout.decode(encoding)


def test_an_error_that_the_encoding_lacks_is_escaped() -> None:
    done = process("check", "名前.csv", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert done.stderr.startswith(rb"check: The file \u540d\u524d.csv does not exist. ")


def test_json_is_ascii_whatever_the_names(run: Callable[..., Any]) -> None:
    _, lines, _ = run(csv("ada,a@example.com,true,x", header=f"{HEADER},名前"), "--format", "json")
    assert lines[0].isascii()
    assert json.loads(lines[0])["column"] == "名前"


def test_output_that_is_not_a_file_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr("sys.stdout", output)
    assert main(["header", "--user-pool-header", "cognito:username"]) == 0
    assert output.getvalue() == "cognito:username\n"


# Pipes


def test_a_reader_that_stops_reading_ends_the_command_quietly() -> None:
    Path("users.csv").write_text(csv(*(f"a b{n},a@example.com,true" for n in range(50_000))))
    with subprocess.Popen(
        [*COMMAND, "check", "users.csv", "--all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        assert command.stdout.readline().startswith(b"users.csv:2: ")
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 141


@pytest.mark.parametrize("arguments", [["explain"], ["--help"], ["--version"]])
def test_a_reader_that_never_reads_ends_the_command_quietly(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    # Buffered as for users: argparse ignores that it cannot write its help, and ends with 0.
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    with os.fdopen(writing, "wb") as output:
        done = subprocess.run(
            [*COMMAND, *arguments],
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
            env=environment,
        )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_output_that_cannot_be_written_is_an_error() -> None:
    with Path("/dev/full").open("wb") as output:
        done = subprocess.run(
            [*COMMAND, "explain"], stdout=output, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode() == messages.output_failed("No space left on device") + "\n"


def test_a_failure_to_write_is_not_taken_for_one_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    Path("users.csv").write_text(csv("a b,a@example.com,true"))
    error = io.StringIO()
    monkeypatch.setattr("sys.stdout", Full())
    monkeypatch.setattr("sys.stderr", error)
    assert main(["check", "users.csv", "--all"]) == 2
    assert error.getvalue() == messages.output_failed("No space left on device") + "\n"


@pytest.mark.parametrize("method", ["write", "flush"])
def test_a_closed_output_ends_with_the_status_of_shells(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    output, error = io.StringIO(), io.StringIO()
    monkeypatch.setattr(output, method, closed)
    monkeypatch.setattr("sys.stdout", output)
    monkeypatch.setattr("sys.stderr", error)
    assert main(["explain"]) == 141
    assert error.getvalue() == ""


def test_an_interrupted_command_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Interrupted()))
    assert main(["check", "-"]) == 130
    assert capsys.readouterr() == ("", "")


# Standard input


def test_a_dash_reads_standard_input() -> None:
    text = csv("ada,a@example.com,true", "alan turing,b@example.com,true")
    done = process("check", "-", input=text.encode())
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (1, b"")
    assert lines[0].startswith("<stdin>:3: error: column cognito:username: ")
    assert lines[-1].startswith("2 users; 1 error, 0 warnings")


def test_standard_input_may_be_an_export_and_may_be_blank() -> None:
    users = json.dumps([{"username": "ada", "email": "ada@example.com"}])
    assert process("check", "-", "--export", "keycloak", input=users.encode()).returncode == 0
    assert process("check", "-", input=b"").returncode == 1


def test_a_file_named_dash_is_read_by_its_path(run: Callable[..., Any]) -> None:
    Path("-").write_text(csv("ada,a@example.com,true"))
    assert main(["check", "./-"]) == 0


# Places


def test_every_line_begins_with_file_line_and_kind_as_editors_read_them(
    run: Callable[..., Any],
) -> None:
    users = ["ada,ada@example.com,true", "ada,a@example.com,true", "alan,nowhere,true"]
    _, lines, _ = run(csv(*users, "too,few"))
    places = [re.match(r"users\.csv:(\d+): (error|warning): ", line) for line in lines[:3]]
    assert [place and place.groups() for place in places] == [
        ("3", "warning"),
        ("4", "error"),
        ("5", "error"),
    ]


def test_a_record_has_its_number_and_no_false_line(run: Callable[..., Any]) -> None:
    users = json.dumps([{"username": "ada"}, {"username": "a b"}], indent=4)
    _, lines, _ = run(users, "--export", "keycloak")
    assert lines[0].startswith("users.csv: error: record 2, column username: ")
    problem = objects(run(users, "--export", "keycloak", "--format", "json")[1])[0]
    assert (problem["line"], problem["record"]) == (None, 2)


def test_a_problem_of_the_whole_file_has_no_line(run: Callable[..., Any]) -> None:
    _, lines, _ = run("{", "--export", "keycloak")
    assert re.match(r"users\.csv: error: .*\(CSV040\)", lines[0])
    problem = objects(run("{", "--export", "keycloak", "--format", "json")[1])[0]
    assert (problem["line"], problem["record"], problem["column"]) == (None, None, None)


@pytest.mark.parametrize("name", ["a\nb.csv", "a\x1b[31mb.csv", "a\udcffb.csv"])
def test_a_name_with_other_than_printable_characters_is_one_line(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(csv("a b,a@example.com,true"))
    Path(f"{name}.json").write_text(json.dumps({"UserPool": {"SchemaAttributes": []}}))
    shown = name.encode("unicode_escape").decode()
    assert main(["check", name, "--schema", f"{name}.json"]) == 1
    of_pool, of_file, *_ = capsys.readouterr().out.splitlines()
    assert of_pool.startswith(f"{shown}.json: error: ")
    assert of_file.startswith(f"{shown}:1: error: ")
    main(["check", name, "--format", "json"])
    assert {each["file"] for each in objects(capsys.readouterr().out.splitlines())} == {name}


# Summary and length


def test_the_rules_are_counted_at_the_end_with_their_requirements(run: Callable[..., Any]) -> None:
    rows = [f"a b{n},a{n}@example.com,true" for n in range(12)]
    _, lines, _ = run(csv(*rows, "ada,a@example.com,true", "ada,b@example.com,true"))
    start = lines.index("")
    assert lines[start + 1] == messages.broken_rules()
    assert lines[start + 2] == (
        "CSV017  12 errors  A username has no spaces, tabs or control characters."
    )
    assert lines[start + 3].startswith("CSV022  1 warning  No username is a duplicate; ")
    assert lines[start + 4] == messages.explain_rule("CSV017")
    assert lines[start + 5].startswith("14 users; 12 errors, 1 warning")
    assert len(lines) == start + 6


def test_a_hundred_problems_are_shown_and_the_others_counted(run: Callable[..., Any]) -> None:
    rows = [f"a b{n},a{n}@example.com,true" for n in range(MOST_SHOWN + 1)]
    _, lines, _ = run(csv(*rows))
    shown = [line for line in lines if line.startswith("users.csv:")]
    assert [line.split(":")[1] for line in shown] == [str(n + 2) for n in range(MOST_SHOWN)]
    assert messages.more_findings(MOST_SHOWN, MOST_SHOWN + 1) in lines
    assert lines[-1].startswith("101 users; 101 errors")


def test_exactly_a_hundred_problems_are_all_shown(run: Callable[..., Any]) -> None:
    _, lines, _ = run(csv(*(f"a b{n},a{n}@example.com,true" for n in range(MOST_SHOWN))))
    assert len([line for line in lines if line.startswith("users.csv:")]) == MOST_SHOWN
    assert not any("--all" in line for line in lines)


def test_all_shows_all(run: Callable[..., Any]) -> None:
    _, lines, _ = run(csv(*(f"a b{n},a{n}@example.com,true" for n in range(250))), "--all")
    assert len([line for line in lines if line.startswith("users.csv:")]) == 250
    assert not any("--all" in line for line in lines)


def test_warnings_do_not_displace_errors(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.TextReport.__init__, "__defaults__", (4,))
    monkeypatch.setattr("cdk_cognito_user_import.command_line.check.MOST_SHOWN", 4)
    duplicates = [f"ada,a{n}@example.com,true" for n in range(9)]
    errors = ["a b,b@example.com,true", "c d,c@example.com,true", "e f,d@example.com,true"]
    _, lines, _ = run(csv(*duplicates, *errors))
    shown = [line.split()[:2] for line in lines if line.startswith("users.csv:")]
    assert shown == [
        ["users.csv:3:", "warning:"],
        ["users.csv:11:", "error:"],
        ["users.csv:12:", "error:"],
        ["users.csv:13:", "error:"],
    ]
    assert messages.more_findings(4, 11) in lines


# JSON


def test_json_has_an_object_for_each_problem_and_a_summary(run: Callable[..., Any]) -> None:
    users = ["ada,nowhere,yes", "alan,a@example.com,true", "alan,b@example.com,true", "too,few"]
    status, lines, error = run(csv(*users), "--format", "json")
    first, row, duplicate, summary = objects(lines)
    assert (status, error) == (1, "")
    assert list(first) == [
        *("type", "severity", "rule", "file", "line", "record", "column", "message")
    ]
    assert first["message"]
    assert {name: first[name] for name in first if name != "message"} == {
        "type": "problem",
        "severity": "error",
        "rule": "CSV026",
        "file": "users.csv",
        "line": 2,
        "record": None,
        "column": "email",
    }
    assert (row["rule"], row["line"], row["column"]) == ("CSV009", 5, None)
    assert duplicate["severity"] == "warning"
    assert (duplicate["rule"], duplicate["line"]) == ("CSV022", 4)
    unchecked = summary.pop("unchecked")
    assert "multi-factor authentication" in unchecked
    assert summary == {
        "type": "summary",
        "file": "users.csv",
        "importable": False,
        "users": 4,
        "errors": 2,
        "warnings": 1,
        "rules": {"CSV009": 1, "CSV022": 1, "CSV026": 1},
        "normalized": {"boolean": 1},
        "left_out": [],
    }


def test_json_is_never_shortened(run: Callable[..., Any]) -> None:
    _, lines, _ = run(csv(*(f"a b{n},a{n}@example.com,true" for n in range(250))), "--format=json")
    assert len(lines) == 251


def test_json_of_a_good_file_is_the_summary(run: Callable[..., Any]) -> None:
    status, lines, _ = run(csv("ada,ada@example.com,true"), "--format", "json")
    (summary,) = objects(lines)
    assert (status, summary["importable"], summary["rules"]) == (0, True, {})


def test_columns_left_out_are_named_in_text_and_json(run: Callable[..., Any]) -> None:
    text = csv("ada,ada@example.com,true,x", header=f"{HEADER},Notes")
    status, lines, _ = run(text, "--only-columns")
    assert (status, lines[-1].count("columns left out: 1 (Notes)")) == (0, 1)
    _, lines, _ = run(text, "--only-columns", "--format", "json")
    assert objects(lines)[-1]["left_out"] == ["Notes"]


def test_a_repeated_column_goes_to_several_columns(run: Callable[..., Any]) -> None:
    text = csv("ada@example.com,true", header="Mail,email_verified")
    arguments = ("--column", "Mail=cognito:username", "--column", "Mail=email")
    status, lines, _ = run(text, *arguments)
    assert (status, lines[0][:6]) == (0, "1 user")


def test_the_keys_of_the_json_objects_are_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    keys = set(re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE))
    assert keys == {
        *("type", "severity", "rule", "file", "line", "record", "column", "message"),
        *("importable", "users", "errors", "warnings", "rules", "normalized"),
        *("left_out", "unchecked"),
    }


# Version


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == (
        f"cognito-user-import {version('cdk-cognito-user-import')}\n"
    )
