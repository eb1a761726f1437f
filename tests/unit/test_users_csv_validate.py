from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.fake_world import COLUMNS
from helpers.fuzz_users_csv import checked
from hypothesis import example, given
from hypothesis import strategies as st

from user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Finding,
    JobRows,
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    header_findings,
    header_messages,
    messages,
    validate_file,
    validate_users,
)

POOL_COLUMNS = ["name", "email", "email_verified", "custom:plan", "cognito:username"]
GUIDE = (
    b"cognito:username,name,given_name,family_name,middle_name,nickname,preferred_username,"
    b"profile,picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,"
    b"phone_number_verified,address,updated_at,cognito:mfa_enabled\n"
    b"John,,John,Doe,,,,,,,johndoe@example.com,TRUE,,02/01/1985,,,+12345550100,TRUE,"
    b"123 Any Street,,FALSE\n"
    b"Jane,,Jane,Roe,,,,,,,janeroe@example.com,TRUE,,01/01/1985,,,+12345550199,TRUE,"
    b"100 Main Street,,FALSE\n"
)


def check(csv: Any, columns: Any = None, limits: Any = None, chunk: Any = None) -> Any:
    csv = csv.encode() if isinstance(csv, str) else csv
    size = chunk or len(csv) or 1
    chunks = [csv[begin : begin + size] for begin in range(0, len(csv), size)]
    pool = Pool(columns=None if columns is None else tuple(columns))
    return checked(chunks, pool, limits=limits or Limits())


def lines_of(check: Any) -> Any:
    """For each job the lines of its users in the file they came from."""
    return [
        [job.source_line(line) for line in range(2, job.users + 2)] for job in check.staged.jobs
    ]


def job_files(check: Any) -> Any:
    """What each job uploads."""
    return [
        check.staged.header.encode() + check.written[job.offset : job.offset + job.length]
        for job in check.staged.jobs
    ]


def test_the_sample_of_aws_guide_is_accepted_unchanged() -> None:
    assert job_files(check(GUIDE)) == [GUIDE]


def test_columns_may_come_in_any_order() -> None:
    csv = "cognito:username,custom:plan,email_verified,name,email\nann,free,true,Ann,a@x\n"
    assert job_files(check(csv, POOL_COLUMNS)) == [csv.encode()]


def test_columns_that_the_file_lacks_are_added_blank() -> None:
    got = check("email,cognito:username\na@x,ann\nb@x,bob", POOL_COLUMNS)
    assert got.staged.header == "email,cognito:username,name,email_verified,custom:plan\n"
    assert got.written == b"a@x,ann,,,\nb@x,bob,,,\n"


def test_without_a_known_pool_any_column_is_accepted_and_none_is_added() -> None:
    got = check("custom:any,cognito:username\nx,ann\n")
    assert got.staged.header == "custom:any,cognito:username\n"


def test_every_column_but_the_username_may_be_blank() -> None:
    row = "," * (len(COLUMNS) - 1) + "ann"
    assert check(",".join(COLUMNS) + f"\n{row}\n", COLUMNS).staged.users == 1


def test_a_byte_order_mark_does_not_count() -> None:
    got = check(b"\xef\xbb\xbfcognito:username,email\nann,a@x\n")
    assert job_files(got) == [b"cognito:username,email\nann,a@x\n"]


def test_white_space_around_column_names_does_not_count() -> None:
    assert check(" cognito:username , email\nann,a@x").staged.header == "cognito:username,email\n"


def test_windows_line_ends_become_line_feeds() -> None:
    got = check("cognito:username,email\r\nann,a@x\r\n\r\nbob,b@x")
    assert job_files(got) == [b"cognito:username,email\nann,a@x\nbob,b@x\n"]
    assert lines_of(got) == [[2, 4]]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n", "\n  \n"])
def test_the_last_row_is_counted_with_and_without_a_line_end(end: Any) -> None:
    got = check(f"cognito:username\nann\nbob{end}")
    assert got.written == b"ann\nbob\n"


def test_blank_lines_are_removed_and_line_numbers_are_those_of_the_users_file() -> None:
    got = check("cognito:username\n\n \nann\n\nbob\ncid\n\t\n\ndan\n")
    assert got.written == b"ann\nbob\ncid\ndan\n"
    assert lines_of(got) == [[4, 6, 7, 10]]


def test_jobs_are_cut_by_users() -> None:
    csv = "cognito:username\n" + "".join(f"user{number}\n" for number in range(7))
    got = check(csv, limits=Limits(job_users=3))
    assert [job.users for job in got.staged.jobs] == [3, 3, 1]
    assert lines_of(got) == [[2, 3, 4], [5, 6, 7], [8]]
    assert b"".join(file.split(b"\n", 1)[1] for file in job_files(got)) == got.written


def test_jobs_are_cut_by_bytes_header_included() -> None:
    head, row = "cognito:username\n", "user0\n"
    room = len(head) + 2 * len(row)
    csv = head + row * 5
    got = check(csv, limits=Limits(job_bytes=room))
    assert [len(file) for file in job_files(got)] == [room, room, len(head) + len(row)]
    fewer = check(csv, limits=Limits(job_bytes=room - 1))
    assert [job.users for job in fewer.staged.jobs] == [1] * 5


def test_blank_lines_between_two_jobs_keep_the_lines_right() -> None:
    csv = "cognito:username\na\n\nb\n\n\nc\nd\n"
    got = check(csv, limits=Limits(job_users=2))
    assert lines_of(got) == [[2, 4], [7, 8]]


def test_bytes_are_counted_and_not_characters() -> None:
    csv = "cognito:username\n" + "é\n" * 4
    got = check(csv, limits=Limits(job_bytes=len("cognito:username\n") + 6))
    assert [job.users for job in got.staged.jobs] == [2, 2]


@given(
    blanks=st.lists(st.integers(0, 3), min_size=1, max_size=30),
    job_users=st.integers(1, 7),
    job_bytes=st.integers(25, 60),
)
def test_every_user_is_in_one_job_with_the_right_line(
    blanks: Any, job_users: Any, job_bytes: Any
) -> None:
    text, lines = "cognito:username\n", []
    for number, blank in enumerate(blanks):
        text += "\n" * blank
        lines.append(text.count("\n") + 1)
        text += f"u{number}\n"
    limits = Limits(job_users=job_users, job_bytes=job_bytes)
    got = check(text, limits=limits)
    assert [line for job in lines_of(got) for line in job] == lines
    files = job_files(got)
    assert all(len(file) <= job_bytes for file in files)
    users = [row for file in files for row in file.decode().splitlines()[1:]]
    assert users == [f"u{number}" for number in range(len(blanks))]
    assert got.staged.users == len(blanks)


def test_the_header_of_a_job_is_the_users_first_line_minus_one() -> None:
    assert JobRows(0, 10, 2, ((0, 2),)).source_line(1) == 1


def test_a_file_whose_header_cannot_be_read_has_no_columns_left_out() -> None:
    report = validate_users(
        [b"one,two\n"], Pool(), lambda _: None, options=ReadOptions(only_columns=True)
    )
    assert (report.staged, report.left_out) == (None, ())


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_file_without_a_header_does_not_expose_its_first_user(ends: Any) -> None:
    csv = ends.join(["Kanarie,kanarie@example.com,true,free,Kanarie"] * 3)
    reported = check(csv, POOL_COLUMNS).reported
    assert "cognito:username" in reported
    assert "anarie" not in reported


def test_columns_without_a_name_are_reported_by_their_number() -> None:
    reported = check("cognito:username,,\nann,,\n").reported
    assert "column number 2" in reported
    assert "column number 3" in reported


def test_the_first_twenty_errors_are_reported_and_all_are_counted_by_rule() -> None:
    rows = ["x", "two words,a@x", "ann,a"] * 9
    findings = check("\n".join(["cognito:username,email", *rows])).report.findings
    assert findings.errors == 27
    reported = findings.describe_errors()
    assert reported.count("line ") == 20
    assert "By rule: CSV009: 9, CSV017: 9, CSV026: 9." in reported
    assert reported.index("line 2: ") < reported.index("line 3, ") < reported.index("line 21, ")


def test_warnings_are_reported_apart_from_errors() -> None:
    findings = check("cognito:username,email\nann,a@x\nann,b@x\nbob,b\n").report.findings
    assert findings.describe_errors().startswith("line 4, column email: ")
    assert findings.describe_warnings().startswith("line 3, column cognito:username: ")
    assert "(CSV022)" not in findings.describe_errors()
    assert "(CSV026)" not in findings.describe_warnings()


def test_the_sink_gets_every_finding_and_the_report_has_the_first() -> None:
    got = check("cognito:username,email\n" + "x\n" * 1_000)
    assert [each.location.line for each in got.found] == list(range(2, 1_002))
    assert got.report.findings.first == got.found[:20]
    assert got.report.users == 1_000


def test_the_report_keeps_the_first_twenty_findings_of_each_rule() -> None:
    rows = ["x"] * 30 + ["two words,a@x"] * 30
    got = check("\n".join(["cognito:username,email", *rows]))
    assert got.report.findings.kept == [*got.found[:20], *got.found[30:50]]


def test_a_value_that_ends_with_a_backslash_does_not_swallow_an_added_column() -> None:
    got = check("cognito:username,name\nann,C:\\\n", POOL_COLUMNS)
    assert [(each.rule, each.location.line, each.location.column) for each in got.found] == [
        (Rule.BACKSLASH, 2, "name")
    ]


def test_more_gaps_than_can_be_remembered_are_a_problem_and_not_a_wrong_line() -> None:
    csv = "cognito:username\n" + "".join(f"{name}\n\n" for name in "abcdef")
    assert lines_of(check(csv, limits=Limits(line_gaps=5))) == [[2, 4, 6, 8, 10, 12]]
    assert messages.too_many_line_gaps(4) in check(csv, limits=Limits(line_gaps=4)).reported


ROWS = st.lists(
    st.sampled_from(
        ["ann", "b,c", "é" * 30, "😀" * 30, "x" * 30, "", " ", 'q"', '"q"', "a\\,b", "\\", "\r"]
    ),
    max_size=8,
)
SMALL = Limits(row_characters=20, job_users=3, job_bytes=64, line_gaps=3)


@given(
    rows=ROWS,
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
@example(rows=["x" * 300], end="\n", last=True, cuts=[20, 120, 220])
@example(rows=["x" + "😀" * 80], end="\n", last=True, cuts=[20, 120, 220])
def test_any_chunking_gives_the_same_result(rows: Any, end: Any, last: Any, cuts: Any) -> None:
    csv = (end.join(["cognito:username", *rows]) + (end if last else "")).encode()
    edges = [0, *sorted(min(cut, len(csv)) for cut in cuts), len(csv)]
    pieces = [csv[begin:stop] for begin, stop in pairwise(edges)]
    whole, cut = (checked(chunks, Pool(), limits=SMALL) for chunks in ([csv], pieces))
    assert whole.found == cut.found
    assert whole.report.staged == cut.report.staged
    assert whole.report.normalized == cut.report.normalized
    if whole.report.staged is not None:
        assert whole.written == cut.written


@given(rows=st.binary(max_size=200), chunk=st.integers(1, 50))
def test_arbitrary_rows_never_raise_and_give_files_with_the_headers_columns(
    rows: Any, chunk: Any
) -> None:
    got = check(b"cognito:username,email\n" + rows, POOL_COLUMNS, Limits(), chunk)
    if got.report.staged is not None:
        for file in job_files(got):
            written = file.decode().split("\n")
            assert written.pop() == ""
            columns = {row.replace("\\,", "").count(",") for row in written}
            assert columns == {len(POOL_COLUMNS) - 1}


def test_a_file_without_line_ends_does_not_fill_the_memory() -> None:
    kept = []

    def chunks() -> Iterator[Any]:
        yield b"cognito:username\n"
        for _ in range(300):
            yield b"x" * 10_000
            kept.append(True)

    tracemalloc.start()
    try:
        got = checked(chunks(), Pool(), limits=Limits(row_characters=100))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(each.rule, each.location.line) for each in got.found] == [(Rule.ROW_TOO_LONG, 2)]
    assert len(kept) == 300
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "header",
    [
        "name,address,updated_at,custom:id,cognito:mfa_enabled,cognito:username",
        "email,phone_number,custom:userId,custom:role,cognito:mfa_enabled,cognito:username",
        "profile,custom:custId,custom:contactId,locale,cognito:mfa_enabled,cognito:username",
    ],
)
def test_headers_of_real_files_are_accepted(header: Any) -> None:
    row = "," * header.count(",") + "ann"
    assert check(f"{header}\n{row}\n", header.split(",")).staged.users == 1


def test_a_custom_column_with_a_comma_in_its_name_stays_one_column() -> None:
    got = check(r"custom:a\,b,cognito:username" + "\nx,ann\n", ["custom:a,b", "cognito:username"])
    assert got.staged.header == "custom:a\\,b,cognito:username\n"


WRONG = b"Login;email\r\nann;a@x\r\nb b;b\r\n"
LOGIN = ReadOptions(columns={"Login": "cognito:username"})


def test_a_file_is_validated_like_its_content(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    for file in (WRONG, WRONG.replace(b"b b;b", b"bob;b@x"), b"", "\ufeffé".encode("utf-16-le")):
        path.write_bytes(file)
        found: list[Finding] = []
        report = validate_file(path, Pool(), options=LOGIN, sink=found.append)
        got = checked([file], Pool(), LOGIN)
        assert found == got.found
        assert report == got.report._replace(findings=report.findings)


def test_without_a_sink_the_report_has_the_findings(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(WRONG.replace(b"Login", b"cognito:username"))
    for report in (validate_file(path, Pool()), validate_users([path.read_bytes()], Pool(), list)):
        assert [each.rule for each in report.findings.first] == [
            Rule.USERNAME_CHARACTERS,
            Rule.EMAIL,
        ]


def test_a_file_that_cannot_be_read_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        validate_file(tmp_path / "users.csv", Pool())


def test_a_file_is_read_in_pieces_and_closed_at_the_end() -> None:
    sizes: list[Any] = []

    class File(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sizes.append(size)
            return super().read(size)

    file = File(b"cognito:username\n" + b"".join(b"user%06d\n" % n for n in range(50_000)))
    modes = []

    def open_(mode: Any) -> Any:
        modes.append(mode)
        return file

    path: Any = SimpleNamespace(open=open_)
    report = validate_file(path, Pool())
    assert report.staged is not None
    assert modes == ["rb"]
    assert (report.users, report.staged.users) == (50_000, 50_000)
    assert len(sizes) > 2
    assert set(map(type, sizes)) == {int}
    assert 0 < max(sizes) < 1_000_000
    assert file.closed


def test_a_problem_far_down_is_reported_with_its_line() -> None:
    before, after = ("".join(f"{name}{n},Ann\n" for n in range(8_000)) for name in "uv")
    for chunk in (None, 100_000):
        got = check(f"cognito:username,name\n{before}b b,\n{after}two words,\n", chunk=chunk)
        assert [each.location.line for each in got.found] == [8_002, 16_003]
        assert got.report.users == 16_002


def test_a_row_may_be_longer_than_a_header_may_be() -> None:
    names = [each.name for each in STANDARD_ATTRIBUTES[:9]]
    row = ",".join(["ann", *["😀" * 1_950] * 9])
    for chunk in (None, 1_000):
        csv = ",".join(["cognito:username", *names]) + f"\n{row}\n"
        got = check(csv, limits=Limits(row_characters=20_000), chunk=chunk)
        assert got.found == []
        assert got.written.decode() == f"{row}\n"


@pytest.mark.parametrize(
    ("csv", "limits", "reported"),
    [
        (
            "cognito:username\n" + "".join(f"u{number}\n" for number in range(1_001)),
            Limits(job_users=400, jobs=2),
            f"line 1: {messages.too_many_jobs(1_001, 3, 2)} (CSV014)",
        ),
        (
            "cognito:username\n" + "".join(f"u{number}\n\n" for number in range(1_002)),
            Limits(),
            f"line 1: {messages.too_many_line_gaps(1_000)} (CSV015)",
        ),
        (
            "cognito:username\n\n\n",
            Limits(jobs=0),
            f"line 1: {messages.NO_ROWS} (CSV002)",
        ),
        (
            "cognito:username,\nann,\n",
            Limits(jobs=0),
            f"line 1, column number 2: {header_messages.COLUMN_WITHOUT_NAME} (CSV006)",
        ),
    ],
)
def test_problems_of_the_whole_file_are_reported_where_nothing_else_is_wrong(
    csv: Any, limits: Any, reported: Any
) -> None:
    assert [each.describe() for each in check(csv, limits=limits).found] == [reported]


def test_as_many_jobs_and_gaps_as_there_may_be_are_no_problem() -> None:
    csv = "cognito:username\n" + "".join(f"u{number}\n\n" for number in range(6))
    got = check(csv, limits=Limits(job_users=3, jobs=2, line_gaps=4))
    assert got.found == []
    assert [job.users for job in got.staged.jobs] == [3, 3]
    assert got.report.normalized == {Normalization.BLANK_LINE: 6}


def test_rules_that_wait_for_the_deployment_are_named() -> None:
    names = (
        "custom and required attributes",
        "which attributes must be verified",
        "aliases and sign-in names",
        "multi-factor authentication",
    )
    known: dict[str, Any] = {
        "attributes": STANDARD_ATTRIBUTES,
        "auto_verified": (),
        "aliases": (),
        "mfa": "OFF",
    }
    users = [b"cognito:username\nann\n"]
    assert checked(users, Pool()).report.unchecked == names
    assert checked(users, Pool(**known)).report.unchecked == ()
    for field, name in zip(known, names, strict=True):
        pool = Pool(**known)._replace(**{field: None})
        assert checked(users, pool).report.unchecked == (name,)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\n",
        b"name\nAda\n",
        b"PK\x03\x04",
        b"\xff\xfen\x00\x00\xd8x\x00\n\x00",
        b"cognito:username,email\nada",
        b"sep=|\ncognito:username|email\nada|a@x\n",
    ],
)
def test_the_findings_about_a_header_are_those_of_the_whole_file(file: bytes) -> None:
    options = ReadOptions()
    report = validate_users([file], Pool(), lambda _: None, options=options)
    about_rows = (Rule.DUPLICATE_USERNAME, Rule.NUMBER_OF_VALUES)
    whole = [each for each in report.findings.first if each.rule not in about_rows]
    assert header_findings([file], Pool(), options) == whole


def test_a_header_is_read_without_the_rows() -> None:
    chunks = iter([b"cognito:username\n" + b"ada\n" * 100_000] * 9)
    assert header_findings(chunks, Pool(), ReadOptions()) == []
    assert len(list(chunks)) == 8


def test_a_header_is_not_searched_in_more_than_the_first_lines() -> None:
    chunks = iter([b"Users\n" + b"ada\n" * 100_000] * 9)
    (finding,) = header_findings(chunks, Pool(), ReadOptions())
    assert finding.rule is Rule.NO_HEADER
    assert len(list(chunks)) == 8
