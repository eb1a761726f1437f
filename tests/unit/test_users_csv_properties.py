"""Properties of any table of users, and of any bytes."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from helpers.batches import batches
from helpers.fuzz_users_csv import (
    CANARY,
    HASH,
    STRICT,
    USERNAME,
    Case,
    Table,
    case,
    checked,
    expressible,
    hold,
    other_dialect,
    own_dialect,
    pools,
    rows_of,
    table,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from user_import.users_csv import (
    Finding,
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    UserKind,
    join_row,
)
from user_import.users_csv.dialect import DialectError, split_row

# What they reach, others reach in a fraction of the time, and are measured.
pytestmark = pytest.mark.no_cover

TABLES_A_TEST = 250
FILES_A_TEST = 5_000
BATCHES = batches(20)


def assert_same(of: Table, file: bytes, got: list[list[str]]) -> None:
    """Assert that a file was read as the table, and nothing but blank columns added."""
    header, *rows = got
    expected, users = of.written
    columns = len(expected)
    assert header[:columns] == expected, file
    assert [row[:columns] for row in rows] == users, file
    assert not any(value for row in rows for value in row[columns:]), file


def some_tables(batch: int) -> list[tuple[random.Random, Table]]:
    randoms = [random.Random(batch * TABLES_A_TEST + number) for number in range(TABLES_A_TEST)]
    tables = [(rnd, table(rnd, rnd.choice(pools()))) for rnd in randoms]
    return [
        (rnd, with_blank_hashes(rnd, of) if not n % 4 else of) for n, (rnd, of) in enumerate(tables)
    ]


def with_blank_hashes(rnd: random.Random, of: Table) -> Table:
    """Add a blank column of hashes somewhere, which any job without algorithm takes."""
    if of.pool.hashing_algorithm or HASH in of.header:
        return of
    place = rnd.randint(0, len(of.header))
    header, *rows = (
        [*row[:place], value, *row[place:]]
        for row, value in zip((of.header, *of.rows), (HASH, *[""] * len(of.rows)), strict=True)
    )
    return Table(of.pool, header, rows)


def test_some_tables_have_hashes_that_are_blank_and_some_have_others() -> None:
    """Or the tests below would say little of either."""
    tables = [of for batch in range(20) for _, of in some_tables(batch)]
    kinds = {bool(of.pool.hashing_algorithm) for of in tables if HASH in of.header}
    assert kinds == {True, False}
    assert any(HASH in of.header and HASH not in (of.pool.header or ()) for of in tables)


@pytest.mark.parametrize("batch", BATCHES)
def test_any_table_written_by_us_and_read_back_is_the_same_table(batch: Any) -> None:
    for _, of in some_tables(batch):
        file = own_dialect(of)
        assert [split_row(line) for line in file.decode().split("\n")[:-1]] == [of.header, *of.rows]
        got = checked([file], of.pool)
        assert got.found == [], file
        assert not got.report.normalized, file
        assert_same(of, file, rows_of(got.file))


@pytest.mark.parametrize("batch", BATCHES)
def test_any_table_in_another_dialect_is_the_same_table(batch: Any) -> None:
    for rnd, of in some_tables(batch):
        file, mended = other_dialect(rnd, of)
        got = checked([file], of.pool)
        assert got.found == [], file
        assert set(got.report.normalized) == mended, file
        assert_same(of, file, rows_of(got.file))


def cut(rnd: random.Random, file: bytes) -> list[bytes]:
    """The file in pieces, between any two bytes, some of them empty."""
    edges = sorted(rnd.choices(range(len(file) + 1), k=rnd.randrange(12)))
    return [file[begin:end] for begin, end in pairwise([0, *edges, len(file)])]


def rules_of(found: list[Finding]) -> list[Rule]:
    """The rules, with one for the form and the encoding of an export.

    Which of two such mistakes is met first may depend on what has come already.
    """
    return [Rule.EXPORT if each.rule is Rule.ENCODING else each.rule for each in found]


@pytest.mark.parametrize("batch", BATCHES)
def test_any_chunking_of_a_file_gives_the_same_result(batch: Any) -> None:
    for seed in range(batch * 150, batch * 150 + 150):
        of = case(seed)
        rnd = random.Random(seed)
        whole = checked([of.file], of.pool, of.reading, of.limits)
        for chunks in (cut(rnd, of.file), [bytes([each]) for each in of.file]):
            pieces = checked(chunks, of.pool, of.reading, of.limits)
            if of.reading.export:
                assert rules_of(pieces.found) == rules_of(whole.found), (seed, chunks)
                continue
            assert pieces.found == whole.found, (seed, chunks)
            assert pieces.report._replace(findings=whole.report.findings) == whole.report
            if whole.report.staged is not None:
                assert pieces.written == whole.written, (seed, chunks)


@pytest.mark.parametrize("batch", BATCHES)
def test_jobs_of_any_size_have_every_user_once_with_the_right_line(batch: Any) -> None:
    for rnd, of in some_tables(batch)[:100]:
        lines = own_dialect(of).decode().split("\n")
        file, expected = [lines[0]], []
        for line in lines[1:-1]:
            file += [rnd.choice(["", " ", "\t"])] * rnd.choice([0, 0, 1, 3])
            file.append(line)
            expected.append(len(file))
        longest = max(len(line.encode()) for line in lines[1:]) + len(of.pool.header or ()) + 1
        header = checked(["\n".join(file).encode()], of.pool).staged.header
        room = len(header.encode()) + longest + rnd.randrange(3 * longest)
        limits = Limits(job_users=rnd.randint(1, 9), job_bytes=room)
        got = checked(cut(rnd, "\n".join(file).encode()), of.pool, limits=limits)
        jobs = got.staged.jobs
        found = [job.source_line(line) for job in jobs for line in range(2, job.users + 2)]
        assert found == expected
        files = [
            header.encode() + got.written[job.offset : job.offset + job.length] for job in jobs
        ]
        assert all(len(each) <= room for each in files)
        rows = [row for each in files for row in rows_of(each)[1:]]
        names, users = of.written
        assert [row[: len(names)] for row in rows] == users


@pytest.mark.parametrize("batch", BATCHES)
def test_any_bytes_end_in_a_report(batch: Any) -> None:
    for seed in range(batch * FILES_A_TEST, (batch + 1) * FILES_A_TEST):
        try:
            hold(case(seed))
        except Exception as error:
            raise AssertionError(f"fuzz_users_csv.py --seed {seed}: {case(seed)}") from error


def test_the_generated_bytes_cover_all_kinds() -> None:
    """Or the test above would say little."""
    held = [hold(case(seed)) for seed in range(4_000)]
    staged = sum(got.report.staged is not None for got in held)
    assert 400 < staged < 3_600
    rules = {rule for got in held for rule in got.report.findings.counts}
    assert len(rules) > 30
    found = {mending for got in held for mending in got.report.normalized}
    # A date would have to fall into a cell that is blank, and headers are seldom changed.
    seldom = {Normalization.DATE, Normalization.COLUMN_NAME}
    by_choice = {kind.normalization for kind in UserKind}
    # Only where an import takes hashes.
    of_hashes = {kind for kind in Normalization if "password hashes" in kind.value}
    assert found >= set(Normalization) - seldom - by_choice - of_hashes


# Hypothesis finds a small example where one of these fails.

ANY_POOL = st.sampled_from(pools())
WORDS = st.text(max_size=12).map(str.strip).filter(expressible)


@given(
    st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=400)
def test_any_values_are_read_back(rows: Any, separator: Any, rnd: Any) -> None:
    header = ["name", USERNAME, "custom:x", "address"]
    rows = [[a, f"user{number}", b, c] for number, (a, b, c) in enumerate(rows)]
    of = Table(Pool(), header, rows)
    for file in (own_dialect(of), other_dialect(rnd, of)[0]):
        got = checked([file], of.pool)
        # Any values may be N/A.
        assert {each.rule for each in got.found} <= {Rule.WORD_FOR_BLANK}
        assert_same(of, file, rows_of(got.file))


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
@settings(max_examples=500)
def test_a_row_is_written_and_read_back_or_refused_without_the_value(values: Any) -> None:
    trimmed = [value.strip() for value in values]
    if all(map(expressible, trimmed)):
        assert split_row(join_row(values)) == trimmed
        return
    with pytest.raises(DialectError) as caught:
        join_row(values)
    assert not any(len(value) > 3 and value in str(caught.value) for value in trimmed)


@given(st.binary(max_size=300), ANY_POOL, st.integers(0, 9), st.booleans())
@settings(max_examples=1_000)
def test_no_bytes_raise_an_exception(file: Any, pool: Any, size: Any, strict: Any) -> None:
    hold(Case(file, pool, STRICT if strict else ReadOptions(), cut=size))


@given(st.binary(max_size=200), ANY_POOL, st.integers(0, 9))
@settings(max_examples=1_000)
def test_no_bytes_after_a_header_raise_an_exception(rows: Any, pool: Any, size: Any) -> None:
    header = b"cognito:username,email,email_verified,name\nann,a@x,true,"
    hold(Case(header + rows, pool, cut=size))


@given(
    st.lists(
        st.sampled_from(['"', '""', ",", ";", "\t", "\\", "\r", "\n", " ", "ann"]),
        max_size=30,
    ).map("".join),
    st.sampled_from([",", ";", "\t"]),
    st.integers(0, 5),
)
@settings(max_examples=1_000)
def test_no_combination_of_quotes_and_separators_raises_an_exception(
    rows: Any, separator: Any, size: Any
) -> None:
    header = separator.join([USERNAME, "name", "address"])
    text = f"{header}\n{rows}\nbob{separator}{separator}\n"
    hold(Case(text.encode(), Pool(), cut=size))


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 400))
@settings(max_examples=300)
def test_a_file_that_goes_wrong_anywhere_reports_no_value_before_or_after(
    seed: Any, length: Any, at: Any
) -> None:
    rnd = random.Random(seed)
    of = table(rnd, rnd.choice(pools()), canary=True)
    file = own_dialect(of)
    after = max(file.find(b"\n") + 1, min(at, len(file)))
    broken = file[:after] + rnd.randbytes(length) + file[after:]
    assert CANARY not in hold(Case(broken, of.pool)).reported


def test_the_same_users_in_every_dialect_are_written_byte_for_byte_the_same() -> None:
    rnd = random.Random(1)
    of = table(rnd, pools()[1]._replace(hashing_algorithm=None), most_users=8)
    written = {checked([other_dialect(rnd, of)[0]], of.pool).file for _ in range(100)}
    got = checked([own_dialect(of)], of.pool)
    assert written == {got.file}
