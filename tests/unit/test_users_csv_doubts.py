"""Values that are probably mistakes: words that stand for a blank, and doubtful addresses."""

from __future__ import annotations

import itertools

import pytest
from helpers.csv_cases import BY_EMAIL, POOL, UNVERIFIED, USERNAME
from helpers.fuzz_users_csv import checked

from user_import.users_csv import Pool, Rule, doubts
from user_import.users_csv.doubts import WordSampler

EVERY, SAMPLE = 300, 20


@pytest.fixture(autouse=True)
def small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubts, "SAMPLE_EVERY", EVERY)
    monkeypatch.setattr(doubts, "SAMPLE", SAMPLE)


def lines_of(count: int, first: int) -> list[bytes]:
    """Return lines of six to twelve bytes, all with such a word."""
    lengths = itertools.cycle(range(7))
    lines = [b"NULL," + b"x" * next(lengths) + b"\n" for _ in range(count)]
    return [b"x" * first + b"\n", *lines] if first else lines


def sampled(lines: list[bytes], batch: int) -> list[int]:
    """Return the numbers of the lines that are found, with so many lines in a batch."""
    sampler = WordSampler()
    found = []
    for start in range(0, len(lines), batch):
        rows = b"".join(lines[start : start + batch])
        found += [start + number for number in sampler.lines(rows)]
    return found


@pytest.mark.parametrize("first", [0, 3, 18, 19, 20, 21, 77, 78, 79, 80])
@pytest.mark.parametrize("batch", [1, 2, 3, 5, 8])
def test_the_lines_that_begin_in_a_sample_are_searched(batch: int, first: int) -> None:
    lines = lines_of(200, first)
    starts = itertools.accumulate(map(len, lines), initial=0)
    expected = [
        number
        for number, (start, line) in enumerate(zip(starts, lines, strict=False))
        if start % EVERY < SAMPLE and b"NULL" in line
    ]
    assert len(expected) > 8
    assert sampled(lines, batch) == expected


def test_blank_lines_before_a_sample_count() -> None:
    sampler = WordSampler()
    assert sampler.lines(b"x" * (EVERY - 5) + b"\n") == []
    assert sampler.lines(b"\n\nx,y\nNULL\n") == [3]


@pytest.mark.parametrize("value", [b"NULL", b"N/A", b" null", b"[object Object]", b"#REF!"])
def test_a_word_is_a_whole_value_without_its_spaces(value: bytes) -> None:
    assert WordSampler().lines(b"a,b\nc," + value + b"\n") == [1]
    assert WordSampler().lines(b"a,b\nc,x" + value + b"\n") == []


NOTHING_VERIFIED = POOL._replace(auto_verified=())
NAMED_BY_EMAIL = BY_EMAIL._replace(auto_verified=())
DOUBTFUL = "a..b@example.com"


@pytest.mark.parametrize(
    ("of", "row", "column"),
    [
        # Where an address is the username, it is looked at in either column.
        (NAMED_BY_EMAIL, f"{DOUBTFUL},", USERNAME),
        (NAMED_BY_EMAIL, f",{DOUBTFUL}", "email"),
        (NAMED_BY_EMAIL, f"{DOUBTFUL},{DOUBTFUL}", "email"),
        (UNVERIFIED, f"+4930111,{DOUBTFUL}", "email"),
        # In other pools, a username may have the form of such an address.
        (NOTHING_VERIFIED, f"{DOUBTFUL},", None),
        (NOTHING_VERIFIED, f"{DOUBTFUL},a@example.com", None),
        (NOTHING_VERIFIED, f"ann,{DOUBTFUL}", "email"),
    ],
)
def test_a_doubtful_address_is_reported_in_the_column_that_has_it(
    of: Pool, row: str, column: str | None
) -> None:
    got = checked([f"{USERNAME},email\n{row}\n".encode()], of)
    found = [(each.rule, each.location.column) for each in got.found]
    assert found == ([] if column is None else [(Rule.DOUBTFUL_EMAIL, column)])
