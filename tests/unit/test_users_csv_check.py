from dataclasses import dataclass
from itertools import pairwise

import pytest
from fake_world import COLUMNS
from hypothesis import example, given
from hypothesis import strategies as st

from user_import.users_csv import JobRows, Limits, Problems, StagedUsers, check_users

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


@dataclass
class Checked:
    result: StagedUsers | Problems
    written: bytes

    @property
    def problems(self):
        assert isinstance(self.result, Problems)
        return str(self.result)

    @property
    def lines(self):
        """For each job the lines of its users in the file they came from."""
        return [
            [job.source_line(line) for line in range(2, job.users + 2)] for job in self.result.jobs
        ]


def check(csv, columns=None, limits=None, chunk=None):
    csv = csv.encode() if isinstance(csv, str) else csv
    size = chunk or len(csv) or 1
    chunks = [csv[begin : begin + size] for begin in range(0, len(csv), size)]
    return checked(chunks, columns, limits)


def checked(chunks, columns=None, limits=None):
    written = bytearray()
    return Checked(
        check_users(chunks, columns, written.extend, limits or Limits()),
        bytes(written),
    )


def job_files(check):
    """What each job uploads."""
    return [
        check.result.header.encode() + check.written[job.offset : job.offset + job.length]
        for job in check.result.jobs
    ]


def test_the_sample_of_aws_guide_is_taken_as_it_stands():
    assert job_files(check(GUIDE)) == [GUIDE]


def test_columns_may_come_in_any_order():
    csv = "cognito:username,custom:plan,email_verified,name,email\nann,free,true,Ann,a@x\n"
    assert job_files(check(csv, POOL_COLUMNS)) == [csv.encode()]


def test_columns_that_the_file_lacks_are_added_blank():
    staged = check("email,cognito:username\na@x,ann\nb@x,bob", POOL_COLUMNS)
    assert staged.result.header == "email,cognito:username,name,email_verified,custom:plan\n"
    assert staged.written == b"a@x,ann,,,\nb@x,bob,,,\n"
    assert staged.result.columns_added == ("name", "email_verified", "custom:plan")


def test_without_a_known_pool_any_column_is_taken_and_none_added():
    staged = check("custom:any,cognito:username\nx,ann\n")
    assert staged.result.header == "custom:any,cognito:username\n"
    assert staged.result.columns_added == ()


def test_every_column_but_the_username_may_be_blank():
    row = "," * (len(COLUMNS) - 1) + "ann"
    assert check(",".join(COLUMNS) + f"\n{row}\n", COLUMNS).result.users == 1


def test_a_byte_order_mark_does_not_count():
    staged = check(b"\xef\xbb\xbfcognito:username,email\nann,a@x\n")
    assert job_files(staged) == [b"cognito:username,email\nann,a@x\n"]


def test_white_space_around_column_names_does_not_count():
    assert check(" cognito:username , email\nann,a@x").result.header == "cognito:username,email\n"


def test_windows_line_ends_become_line_feeds():
    staged = check("cognito:username,email\r\nann,a@x\r\n\r\nbob,b@x")
    assert job_files(staged) == [b"cognito:username,email\nann,a@x\nbob,b@x\n"]
    assert staged.lines == [[2, 4]]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n", "\n  \n"])
def test_the_last_row_counts_whatever_ends_the_file(end):
    staged = check(f"cognito:username\nann\nbob{end}")
    assert staged.written == b"ann\nbob\n"


def test_blank_lines_are_left_out_and_lines_stay_those_of_the_users_file():
    staged = check("cognito:username\n\n \nann\n\nbob\ncid\n\t\n\ndan\n")
    assert staged.written == b"ann\nbob\ncid\ndan\n"
    assert staged.lines == [[4, 6, 7, 10]]


def test_jobs_are_cut_by_users():
    csv = "cognito:username\n" + "".join(f"user{number}\n" for number in range(7))
    staged = check(csv, limits=Limits(job_users=3))
    assert [job.users for job in staged.result.jobs] == [3, 3, 1]
    assert staged.lines == [[2, 3, 4], [5, 6, 7], [8]]
    assert b"".join(file.split(b"\n", 1)[1] for file in job_files(staged)) == staged.written


def test_jobs_are_cut_by_bytes_header_included():
    head, row = "cognito:username\n", "user0\n"
    room = len(head) + 2 * len(row)
    csv = head + row * 5
    staged = check(csv, limits=Limits(job_bytes=room))
    assert [len(file) for file in job_files(staged)] == [room, room, len(head) + len(row)]
    fewer = check(csv, limits=Limits(job_bytes=room - 1))
    assert [job.users for job in fewer.result.jobs] == [1] * 5


def test_blank_lines_between_two_jobs_keep_the_lines_right():
    csv = "cognito:username\na\n\nb\n\n\nc\nd\n"
    staged = check(csv, limits=Limits(job_users=2))
    assert staged.lines == [[2, 4], [7, 8]]


def test_bytes_are_counted_and_not_characters():
    csv = "cognito:username\n" + "é\n" * 4
    staged = check(csv, limits=Limits(job_bytes=len("cognito:username\n") + 6))
    assert [job.users for job in staged.result.jobs] == [2, 2]


@given(
    blanks=st.lists(st.integers(0, 3), min_size=1, max_size=30),
    job_users=st.integers(1, 7),
    job_bytes=st.integers(25, 60),
)
def test_every_user_is_in_one_job_and_knows_its_line(blanks, job_users, job_bytes):
    text, lines = "cognito:username\n", []
    for number, blank in enumerate(blanks):
        text += "\n" * blank
        lines.append(text.count("\n") + 1)
        text += f"u{number}\n"
    limits = Limits(job_users=job_users, job_bytes=job_bytes)
    staged = check(text, limits=limits)
    assert [line for job in staged.lines for line in job] == lines
    files = job_files(staged)
    assert all(len(file) <= job_bytes for file in files)
    users = [row for file in files for row in file.decode().splitlines()[1:]]
    assert users == [f"u{number}" for number in range(len(blanks))]
    assert staged.result.users == len(blanks)


def test_the_header_of_a_job_is_the_users_first_line_minus_one():
    assert JobRows(0, 10, 2, ((0, 2),)).source_line(1) == 1


PROBLEMS = {
    "empty": ("", "line 1"),
    "only a header": ("cognito:username\n", "no users"),
    "only blank lines": ("cognito:username\n\n \n", "no users"),
    "no username column": (
        "email\na@x\n",
        "line 1: this is no header, for it has no column cognito:username",
    ),
    "column twice": ("cognito:username,email,email\nann,a@x,b@x\n", "line 1, column email"),
    "unknown column": ("cognito:username,emial\nann,a@x\n", "line 1, column emial"),
    "near miss": ("cognito:username,emial\nann,a@x\n", "did you mean email?"),
    "blank column": ("cognito:username,\nann,\n", "line 1, column number 2"),
    "header is not UTF-8": (b"cognito:username,\xff\nann,x\n", "line 1: this is not UTF-8"),
    "UTF-16": ("cognito:username\nann\n".encode("utf-16"), "line 1: this is not UTF-8"),
    "row is not UTF-8": (b"cognito:username,email\nKanarie,\xff\n", "line 2: this is not UTF-8"),
    "too few values": ("cognito:username,email\nKanarie\n", "line 2: 1 values"),
    "too many values": ("cognito:username,email\n\nann,Kanarie,x\n", "line 3: 3 values"),
    "no username": ("cognito:username,email\n,Kanarie\n", "line 2, column cognito:username"),
    "space in username": (
        "cognito:username,email\nKanarie one,a@x\n",
        "line 2, column cognito:username",
    ),
    "tab in username": (
        "cognito:username,email\nKanarie\tone,a@x\n",
        "line 2, column cognito:username",
    ),
    "quoted": ('cognito:username,email\nann,"Kanarie"\n', "line 2, column email"),
    "quoted comma": (
        'cognito:username,name,email\nann,"Kanarie, Ann",a@x\n',
        "line 2, column name: values are not quoted",
    ),
    "carriage return": ("cognito:username,email\nKanarie,a\rb\n", "line 2: a carriage return"),
    "too long": (
        "cognito:username,email\nann," + "K" * 16_000,
        "line 2: longer than the 16,000 characters",
    ),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_a_problem_is_told_with_its_place_and_without_the_value(case):
    csv, says = PROBLEMS[case]
    problems = check(csv, POOL_COLUMNS).problems
    assert says in problems
    assert "Kanarie" not in problems


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_file_without_a_header_does_not_get_its_first_user_told(ends):
    csv = ends.join(["Kanarie,kanarie@example.com,true,free,Kanarie"] * 3)
    problems = check(csv, POOL_COLUMNS).problems
    assert "cognito:username" in problems
    assert "anarie" not in problems


def test_the_line_ends_of_an_old_mac_do_not_get_the_first_user_told():
    problems = check("email,cognito:username\rk@x,Kanarie\rl@x,bob\r", POOL_COLUMNS).problems
    assert "line 1" in problems
    assert "Kanarie" not in problems


def test_a_semicolon_file_does_not_get_its_values_told():
    csv = "cognito:username;email\nKanarie;k@x\n"
    assert "Kanarie" not in check(csv, POOL_COLUMNS).problems


def test_a_column_without_a_name_that_is_there_twice_is_told_by_its_number():
    problems = check("cognito:username,,\nann,,\n").problems
    assert "column :" not in problems


def test_a_row_of_exactly_the_most_characters_is_taken():
    row = "é" * Limits().row_characters
    assert check(f"cognito:username\n{row}\n").result.users == 1
    assert "longer than the 16,000 characters" in check(f"cognito:username\n{row}é\n").problems


def test_twenty_problems_are_told_and_the_rest_counted():
    problems = check("cognito:username,email\n" + "x\n" * 25)
    assert problems.result.count == 25
    assert problems.problems.count("line ") == 20
    assert problems.problems.endswith("and 5 more")


def test_a_value_that_ends_with_a_backslash_does_not_swallow_an_added_column():
    staged = check("cognito:username,name\nann,C:\\\n", POOL_COLUMNS)
    if isinstance(staged.result, StagedUsers):
        assert b"\\," not in staged.written
    else:
        assert "line 2" in staged.problems


def test_more_gaps_than_can_be_remembered_are_a_problem_and_not_a_wrong_line():
    csv = "cognito:username\n" + "a\n\n" * 6
    assert check(csv, limits=Limits(line_gaps=5)).lines == [[2, 4, 6, 8, 10, 12]]
    assert "4 blank lines" in check(csv, limits=Limits(line_gaps=4)).problems


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
def test_any_chunking_gives_the_same_result(rows, end, last, cuts):
    csv = (end.join(["cognito:username", *rows]) + (end if last else "")).encode()
    edges = [0, *sorted(min(cut, len(csv)) for cut in cuts), len(csv)]
    pieces = [csv[begin:stop] for begin, stop in pairwise(edges)]
    whole, cut = checked([csv], limits=SMALL), checked(pieces, limits=SMALL)
    assert str(whole.result) == str(cut.result)
    if isinstance(whole.result, StagedUsers):
        assert whole == cut


@given(csv=st.binary(max_size=200), chunk=st.integers(1, 50))
def test_arbitrary_bytes_never_raise(csv, chunk):
    for known in (None, POOL_COLUMNS):
        assert isinstance(check(csv, known, SMALL, chunk).result, (StagedUsers, Problems))


@given(rows=st.binary(max_size=200), chunk=st.integers(1, 50))
def test_arbitrary_rows_never_raise_and_give_files_with_the_headers_columns(rows, chunk):
    staged = check(b"cognito:username,email\n" + rows, POOL_COLUMNS, Limits(), chunk)
    if isinstance(staged.result, StagedUsers):
        for file in job_files(staged):
            written = file.decode().split("\n")
            assert written.pop() == ""
            columns = {row.replace("\\,", "").count(",") for row in written}
            assert columns == {len(POOL_COLUMNS) - 1}


def test_a_file_without_line_ends_does_not_fill_the_memory():
    kept = []

    def chunks():
        yield b"cognito:username\n"
        for _ in range(300):
            yield b"x" * 10_000
            kept.append(True)

    result = check_users(chunks(), None, lambda _: None, Limits(row_characters=100))
    assert isinstance(result, Problems)
    assert len(kept) == 300


@pytest.mark.parametrize(
    "header",
    [
        "name,address,updated_at,custom:id,cognito:mfa_enabled,cognito:username",
        "email,phone_number,custom:userId,custom:role,cognito:mfa_enabled,cognito:username",
        "profile,custom:custId,custom:contactId,locale,cognito:mfa_enabled,cognito:username",
    ],
)
def test_the_headers_seen_in_the_wild_are_taken(header):
    row = "," * header.count(",") + "ann"
    assert check(f"{header}\n{row}\n", header.split(",")).result.users == 1


def test_a_custom_column_with_a_comma_in_its_name_stays_one_column():
    staged = check(
        r"custom:a\,b,cognito:username" + "\nx,ann\n", ["custom:a,b", "cognito:username"]
    )
    assert staged.result.header == "custom:a\\,b,cognito:username\n"
