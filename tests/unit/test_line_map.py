"""Tests of the line map, and of rows that go to several algorithms' jobs."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from helpers.fuzz_users_csv import Checked, checked

from user_import.users_csv import Limits, Pool, ReadOptions, hashed_header
from user_import.users_csv.line_map import LineMap, source_line
from user_import.users_csv.password_hashes import OnBadHash, PasswordHashes
from user_import.users_csv.staged_rows import HashedRows

FILE = Path(__file__).parent / "password_hashes/vectors.json"
VECTORS = {each["system"]: each["stored"] for each in json.loads(FILE.read_text())["vectors"]}
USERNAME, HASH = "cognito:username", "password_hash"
STORED = {
    "BCRYPT": VECTORS["Auth0"],
    "SCRYPT": VECTORS["Werkzeug scrypt"],
    "ARGON2ID": VECTORS["argon2id"],
    "PBKDF2_SHA256": VECTORS["Keycloak 23 pbkdf2-sha256"],
}
PASSWORD_HASHES = PasswordHashes(too_costly=OnBadHash.RESET, unusable=OnBadHash.RESET)


def file_of(algorithms: list[str | None], head: str = "") -> bytes:
    """A file with a user u<line> on each line; blank lines where the algorithm is `blank`."""
    lines = [f"{head}{USERNAME},{HASH}"]
    for line, algorithm in enumerate(algorithms, start=2 + head.count("\n")):
        stored = STORED.get(algorithm or "", "").replace(",", r"\,")
        lines.append("" if algorithm == "blank" else f"u{line},{stored}")
    return ("\n".join(lines) + "\n").encode()


def check(file: bytes, limits: Limits) -> Checked:
    options = ReadOptions(password_hashes=PASSWORD_HASHES)
    return checked([file], Pool(columns=(USERNAME, HASH)), options, limits)


def lines_of_rows(got: Checked) -> dict[str, int]:
    """The line of each user, as the report finds it for the lines of the jobs' files."""
    found: dict[str, int] = {}
    for job in got.staged.jobs:
        sink = got.written if job.algorithm is None else got.hashed[job.algorithm]
        rows = sink[job.offset : job.offset + job.length].decode().splitlines()
        assert len(rows) == job.users
        part = got.staged.line_map[job.map_offset : job.map_offset + job.map_length]
        for number, row in enumerate(rows):
            found[row.split(",")[0]] = job.source_line(number + 2, part)
    return found


# The line map.


def test_a_row_is_found_in_its_run() -> None:
    runs = LineMap()
    for row, line in ((0, 2), (1, 5), (4, 1_000), (5, 20_000_000)):
        runs.add(row, line)
    lines = [source_line(bytes(runs.data), row) for row in range(8)]
    assert lines == [2, 5, 6, 7, 1_000, 20_000_000, 20_000_001, 20_000_002]


def test_a_gap_of_alternating_rows_takes_two_bytes() -> None:
    runs = LineMap()
    for row in range(100):
        runs.add(row, 2 + 2 * row)
    assert len(runs.data) == 200


@pytest.mark.parametrize("number", [0, 1, 127, 128, 16_383, 16_384, 2**40])
def test_numbers_of_any_length_are_read_as_they_were_written(number: int) -> None:
    runs = LineMap()
    runs.add(0, 2)
    runs.add(3, 5 + number)
    assert source_line(bytes(runs.data), 3) == 5 + number
    assert source_line(bytes(runs.data), 2) == 4


def test_an_empty_map_has_no_line() -> None:
    with pytest.raises(ValueError, match="empty"):
        source_line(b"", 0)


# Rows of several algorithms.


@pytest.mark.parametrize("gaps", [0, 5, 10_000])
@pytest.mark.parametrize("users", [3, 1_000])
@pytest.mark.parametrize("head", ["", "sep=,\n"])
def test_every_user_is_in_a_job_of_the_hashs_algorithm_with_the_line_of_the_file(
    gaps: int, users: int, head: str
) -> None:
    rnd = random.Random(f"{gaps}, {users}")
    choices: list[Any] = [*STORED, *STORED, None, None, "blank"]
    algorithms = rnd.choices(choices, k=500)
    got = check(file_of(algorithms, head), Limits(job_users=users, jobs=1_000, line_gaps=gaps))
    assert got.found == []
    expected = {
        f"u{line}": (line, algorithm)
        for line, algorithm in enumerate(algorithms, start=2 + head.count("\n"))
        if algorithm != "blank"
    }
    assert lines_of_rows(got) == {name: line for name, (line, _) in expected.items()}
    assert all(job.users <= users for job in got.staged.jobs)
    for algorithm, rows in got.hashed.items():
        for row in rows.decode().splitlines():
            name, _, text = row.partition(",")
            assert expected[name][1] in (algorithm, None)
            assert bool(text) == (expected[name][1] is not None)
    assert got.written == b""
    assert got.staged.users == len(expected)


def test_jobs_keep_few_gaps_themselves_and_leave_many_to_the_line_map() -> None:
    file = file_of(["BCRYPT", "SCRYPT", "BCRYPT", "SCRYPT"])
    few = check(file, Limits(line_gaps=2)).staged
    assert (few.line_map, [job.map_length for job in few.jobs]) == (b"", [0, 0])
    assert [job.lines for job in few.jobs] == [((0, 2), (1, 4)), ((0, 3), (1, 5))]
    many = check(file, Limits(line_gaps=1)).staged
    assert [job.lines for job in many.jobs] == [(), ()]
    assert [job.map_length for job in many.jobs] == [4, 4]
    assert len(many.line_map) == 8


def test_a_header_that_a_job_refused_is_line_1() -> None:
    many = check(file_of(["BCRYPT", "SCRYPT", "BCRYPT", "SCRYPT"]), Limits(line_gaps=1)).staged
    job = many.jobs[0]
    assert job.source_line(1, many.line_map[: job.map_length]) == 1


def test_rows_without_a_hash_stay_with_the_row_before_and_need_no_job_of_their_own() -> None:
    got = check(file_of([None, None, "SCRYPT", None, "BCRYPT", None]), Limits())
    names = {
        algorithm: [row.split(",")[0] for row in rows.decode().splitlines()]
        for algorithm, rows in got.hashed.items()
    }
    assert names == {"SCRYPT": ["u2", "u3", "u4", "u5"], "BCRYPT": ["u6", "u7"]}
    assert [job.algorithm for job in got.staged.jobs] == ["SCRYPT", "BCRYPT"]


def test_a_file_of_one_algorithm_has_no_gaps() -> None:
    (job,) = check(file_of(["SCRYPT", None, "SCRYPT", None]), Limits(line_gaps=0)).staged.jobs
    assert job.lines == ((0, 2),)


def test_each_job_with_hashes_is_within_the_limit_of_bytes_with_its_header() -> None:
    header = hashed_header(f"{USERNAME}\n")
    row = f"u2,{STORED['BCRYPT']}\n"
    limits = Limits(job_bytes=len(header) + 2 * len(row))
    got = check(file_of(["BCRYPT"] * 5), limits)
    assert [job.users for job in got.staged.jobs] == [2, 2, 1]


def test_all_jobs_together_are_within_the_limit_of_jobs() -> None:
    algorithms: list[str | None] = [*STORED]
    assert check(file_of(algorithms), Limits(jobs=4)).found == []
    (finding,) = check(file_of(algorithms), Limits(jobs=3)).found
    assert "4 users in 4 import jobs" in finding.text


def test_many_rows_before_the_first_hash_are_not_held_in_memory() -> None:
    written: list[bytes] = []
    hashed: list[bytes] = []
    rows = HashedRows("h" * 9 + "\n", Limits(), written.append, lambda _, each: hashed.append(each))
    many = b"u" * 1_000_000 + b"\n"
    rows.add(2, many, 1)
    assert written == []
    rows.add(3, many, 1)
    assert written == [many, many]
    rows.add_hashed(4, b"u", "BCRYPT", b"h")
    rows.add(5, b"v\n", 1)
    jobs = rows.finish()
    assert b"".join(hashed) == b"u,h\nv,\n"
    assert [(job.algorithm, job.users) for job in jobs] == [(None, 2), ("BCRYPT", 2)]
    assert rows.users == 4


def test_many_rows_with_hashes_are_not_held_in_memory() -> None:
    hashed: list[bytes] = []
    rows = HashedRows("h" * 9 + "\n", Limits(), len, lambda _, each: hashed.append(each))
    for line in range(2, 5_002):
        rows.add_hashed(line, b"u", "BCRYPT", b"h")
    assert len(hashed) >= 4
    (job,) = rows.finish()
    assert (job.users, job.lines) == (5_000, ((0, 2),))
