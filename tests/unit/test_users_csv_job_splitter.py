"""The job splitter, the duplicate detector, and values for all users."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.csv_cases import BY_ALIAS, BY_EMAIL, HEAD, MFA, POOL, SECRET, TWO, check, pool, shared

from user_import.users_csv import (
    JobRows,
    Limits,
    Pool,
    ReadOptions,
    Rule,
    header_messages,
    messages,
)
from user_import.users_csv.duplicates import DuplicateDetector
from user_import.users_csv.job_splitter import JobSplitter

HIGH = 2**32
"""The difference between two hashes with the same lower half."""


def seen(*blocks: list[int]) -> DuplicateDetector:
    """What remembers some blocks of keys. The hash of a number is the number."""
    of = DuplicateDetector()
    for block in blocks:
        of.add(block)
    return of


def test_duplicates_are_returned_by_their_numbers_in_order() -> None:
    keys = list(range(-600, 600, 3))
    of = seen(keys, keys[::-1], [601], keys[:2])
    found = of.duplicates()
    assert list(found) == [*range(400, 800), 801, 802]
    assert found == {**{400 + n: 399 - n for n in range(400)}, 801: 0, 802: 1}


def test_keys_that_differ_in_some_bits_are_not_the_same() -> None:
    lowest, highest = -(2**60), 2**60
    assert (
        seen([7, 7 + HIGH, 7 + 256, 7 + 256 + HIGH, 7 - HIGH, lowest, highest]).duplicates() == {}
    )


def test_ignored_keys_are_neither_duplicates_nor_make_others_duplicates() -> None:
    of = seen([5, 5, 5, 9, 9, 5 + HIGH, 5])
    assert of.duplicates(without={0}) == {2: 1, 4: 3, 6: 1}
    assert of.duplicates(without={1, 3}) == {2: 0, 6: 0}
    assert of.duplicates(without={0, 1, 2, 4}) == {}


def test_without_keys_there_are_no_duplicates() -> None:
    assert DuplicateDetector().duplicates() == seen([]).duplicates() == {}


def test_a_line_of_a_job_is_reported_as_the_line_of_the_users_file() -> None:
    job = JobRows(0, 100, 6, ((0, 3), (1, 5), (4, 9)))
    assert [job.source_line(line) for line in range(1, 8)] == [2, 3, 5, 6, 7, 9, 10]


@pytest.mark.parametrize("limits", [Limits(job_users=3), Limits(job_bytes=10 + 12)])
def test_rows_are_cut_into_jobs_that_are_as_full_as_they_may_be(limits: Any) -> None:
    jobs = JobSplitter(b"h" * 9 + b"\n", limits)
    jobs.add_rows(2, b"ann\nbob\n", 2)
    jobs.add_rows(4, b"cid\n", 1)
    jobs.add_rows(7, b"dan\neve\nflo\ngus\n", 4)
    jobs.add_rows(13, b"hal\nida\n", 2)
    assert (jobs.users, jobs.gaps) == (9, 1)
    assert jobs.finish() == (
        JobRows(0, 12, 3, ((0, 2),)),
        JobRows(12, 12, 3, ((0, 7),)),
        JobRows(24, 12, 3, ((0, 10), (1, 13))),
    )


def test_gaps_are_counted_between_the_rows_of_a_job_and_remembered_up_to_a_limit() -> None:
    jobs = JobSplitter(b"", Limits(line_gaps=2))
    for line in (4, 6, 8, 10):
        jobs.add_rows(line, b"ann\n", 1)
    assert jobs.gaps == 3
    assert jobs.finish() == (JobRows(0, 16, 4, ((0, 4), (1, 6), (2, 8))),)


def test_without_rows_there_are_no_jobs() -> None:
    jobs = JobSplitter(b"h" * 9 + b"\n", Limits())
    assert (jobs.users, jobs.gaps, jobs.finish()) == (0, 0, ())


def test_a_row_that_fits_into_no_job_leaves_no_job_empty() -> None:
    jobs = JobSplitter(b"h" * 9 + b"\n", Limits(job_bytes=15))
    jobs.add_rows(2, b"somebody\nann\n", 2)
    assert [job.users for job in jobs.finish()] == [1, 1]


@pytest.mark.parametrize(
    ("column", "given", "written"),
    [
        ("locale", "de", "de"),
        ("locale", " de ", "de"),
        ("address", "Street 1, Zürich", r"Street 1\, Zürich"),
        ("address", " ", ""),
        ("zoneinfo", "", ""),
        ("custom:vip", "TRUE", "TRUE"),
        ("custom:vip", "yes", "true"),
        (MFA, "no", "false"),
        ("birthdate", "1985-02-01", "02/01/1985"),
        ("phone_number", "+1 432 555 1212", "+14325551212"),
    ],
)
@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_a_constant_is_written_in_cognitos_format(
    how: Any, column: Any, given: Any, written: Any
) -> None:
    by = POOL._replace(columns=(*HEAD.split(","), column))
    got = check(TWO, by, shared(how, **{column: given}))
    assert got.found == []
    assert got.staged.header == f"{HEAD},{column}\n"
    assert got.written.decode() == (
        f"ann,ann@example.com,true,{written}\nbob,bob@example.com,true,{written}\n"
    )


SHARED = header_messages.shared_value("constants", "email", header_messages.SHARED_SIGN_IN_NAME)


@pytest.mark.parametrize(
    ("by", "email", "rule", "text"),
    [
        (
            BY_ALIAS,
            SECRET,
            Rule.EMAIL,
            header_messages.shared_value("constants", "email", messages.EMAIL),
        ),
        (
            BY_ALIAS,
            f"{SECRET}@x\\",
            Rule.BACKSLASH,
            header_messages.shared_value("constants", "email", messages.BACKSLASH),
        ),
        (BY_ALIAS, f"{SECRET}@x", Rule.DUPLICATE_ALIAS, SHARED),
        (BY_EMAIL, f"{SECRET}@x", Rule.DUPLICATE_ALIAS, SHARED),
        (
            Pool(aliases=("email",)),
            f"{SECRET}@x",
            Rule.DUPLICATE_ALIAS,
            SHARED,
        ),
    ],
)
def test_a_problem_of_a_value_for_all_users_is_reported_once(
    by: Any, email: Any, rule: Any, text: Any
) -> None:
    name = email if by is BY_EMAIL else "ann"
    file = f"cognito:username,email_verified\n{name},false\n"
    reading = ReadOptions(constants={"email": email})
    found = check(file, by._replace(auto_verified=()), reading).found
    assert [(each.rule, each.location.line, each.location.column, each.text) for each in found] == [
        (rule, None, None, text)
    ]


def test_aliases_that_the_file_lacks_are_not_shared_by_all_users() -> None:
    by = pool(aliases=("email", "phone_number", "preferred_username"))
    assert check(TWO, by).found == []
    assert check(TWO, Pool(), ReadOptions(constants={"phone_number": "+14325551212"})).found == []
