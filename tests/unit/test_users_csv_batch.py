"""Rows are validated in batches: the same results, and the rows that are validated exactly."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.csv_cases import BY_ALIAS, BY_EITHER, HEAD, POOL, UNVERIFIED, pool
from helpers.fuzz_users_csv import Checked, checked

from user_import.users_csv import Limits, Normalization, Pool, ReadOptions, Rule

NAME = "cognito:username"
WIDE = Limits()
BY_NICKNAME = pool(aliases=("preferred_username",))
VERIFIES_EITHER = BY_EITHER._replace(auto_verified=("email", "phone_number"))
NOTHING_VERIFIED = POOL._replace(auto_verified=())
MINDS_CASE = POOL._replace(case_sensitive=True)


def file_of(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def check(file: bytes, by: Pool = POOL, limits: Limits = WIDE) -> Checked:
    header = tuple(file.partition(b"\n")[0].decode().split(","))
    return checked([file], by._replace(columns=header), ReadOptions(), limits)


def found(got: Checked) -> list[tuple[Rule, int | None, str | None]]:
    return [(each.rule, each.location.line, each.location.column) for each in got.found]


def person(number: int, name: str = "", verified: str = "true") -> str:
    return f"user{number},user{number}@example.com,{verified},{name}"


def many(rows: int) -> list[str]:
    """So many right rows that they come in several blocks."""
    return [person(number, "n" * 200) for number in range(rows)]


def test_a_file_of_several_blocks_is_checked_like_one() -> None:
    rows = many(1000)
    rows[3], rows[900] = person(3, verified="yes"), person(900, verified="no")
    got = check(file_of(*rows, head=f"{HEAD},name"))
    assert got.exact_lines == [5, 902]
    assert found(got) == [(Rule.NOT_VERIFIED, 902, "email_verified")]
    assert got.report.users == 1000


def test_all_users_of_several_blocks_are_counted() -> None:
    rows = many(1000)
    got = check(file_of(*rows, head=f"{HEAD},name"))
    assert got.report.users == got.staged.users == 1000
    assert got.written == file_of(*rows).partition(b"\n")[2]
    assert got.exact_lines == []


def test_users_of_blocks_with_blank_lines_and_odd_rows_are_counted() -> None:
    rows = many(1000)
    rows[10:10], rows[700:700] = ["", person(2000, verified="1")], ["  ", person(2001, "é")]
    got = check(file_of(*rows, head=f"{HEAD},name"))
    assert got.report.users == got.staged.users == 1002
    assert got.report.normalized == {Normalization.BLANK_LINE: 2, Normalization.BOOLEAN: 1}


@pytest.mark.parametrize("header", [f"{HEAD},name,password_hash", f"password_hash,{HEAD},name"])
def test_hashes_that_are_blank_are_left_out_of_all_rows_of_all_blocks(header: Any) -> None:
    rows = many(1000)
    rows[3] = person(3, verified="yes")
    blank = [f",{row}" if header.startswith("password_hash") else f"{row}," for row in rows]
    blank[700:700] = ["", " "]
    by = POOL._replace(columns=(*HEAD.split(","), "name"))
    got = checked([file_of(*blank, head=header)], by)
    rows[3] = person(3)
    assert found(got) == []
    assert got.file == file_of(*rows, head=f"{HEAD},name")
    assert got.exact_lines == [5]


def test_a_row_that_the_pattern_continues_in_the_next_line_is_one_line_for_the_check() -> None:
    rows = [
        "ann,Ann",
        "bob,Bob,bob@example.com,true",
        "cem,Cem Bey,,cem@example.com,true",
        "CEM,Cem Bey,,cem@example.net,true",
    ]
    got = check(file_of(*rows, head="cognito:username,name,nickname,email,email_verified"))
    assert found(got) == [
        (Rule.NUMBER_OF_VALUES, 2, None),
        (Rule.NUMBER_OF_VALUES, 3, None),
        (Rule.DUPLICATE_USERNAME, 5, NAME),
    ]
    assert got.report.users == 4
    assert got.exact_lines == [2, 3]


def test_an_escaped_comma_needs_no_exact_validation() -> None:
    got = check(file_of(person(1, r"Lovelace\, Ada"), person(2), head=f"{HEAD},name"))
    assert got.written == file_of(person(1, r"Lovelace\, Ada"), person(2)).partition(b"\n")[2]
    assert got.exact_lines == []


@pytest.mark.parametrize(
    ("row", "rule", "column"),
    [
        ("a\rb,ann@example.com,true,", Rule.LINE_BREAK, NAME),
        ("ann,ann@example.com,true,A\rnn", Rule.LINE_BREAK, "name"),
        ("ann\\b,ann@example.com,true,", None, None),
        ("ann\\,ann@example.com,true,", Rule.NUMBER_OF_VALUES, None),
        ("a\N{ZERO WIDTH SPACE}b,ann@example.com,true,", Rule.USERNAME_CHARACTERS, NAME),
        ("a\N{NO-BREAK SPACE}b,ann@example.com,true,", Rule.USERNAME_CHARACTERS, NAME),
    ],
)
def test_only_the_odd_row_of_a_batch_is_validated_exactly(row: Any, rule: Any, column: Any) -> None:
    right = ["bob,bob@example.com,true,", "лев,lev@example.com,true,Лев"]
    got = check(file_of(right[0], row, right[1], head=f"{HEAD},name"))
    assert found(got) == ([] if rule is None else [(rule, 3, column)])
    assert got.exact_lines == [3]


def test_a_row_that_is_not_utf_8_is_reported_and_the_others_need_no_exact_validation() -> None:
    rows = file_of("лев,lev@example.com,true", "ann,ann@example.com,true", "bob,b@example.com,true")
    got = check(rows.replace(b"ann,", b"\xff,"))
    assert found(got) == [(Rule.ENCODING, 3, None)]
    assert got.exact_lines == []


def test_two_odd_rows_of_one_block_are_both_reported() -> None:
    rows = [
        "a\N{NO-BREAK SPACE}b,ann@example.com,true",
        "bob,bob,true",
        "c\N{NO-BREAK SPACE}d,c@d,1",
    ]
    got = check(file_of(*rows))
    assert found(got) == [
        (Rule.USERNAME_CHARACTERS, 2, NAME),
        (Rule.EMAIL, 3, "email"),
        (Rule.USERNAME_CHARACTERS, 4, NAME),
    ]


def test_an_address_of_several_parts_needs_no_exact_validation() -> None:
    got = check(file_of("ann,a.b.c.d@e.f.g.example,true"))
    assert (found(got), got.exact_lines) == ([], [])


@pytest.mark.parametrize(("parts", "rules"), [(4, []), (5, [Rule.VALUE_TOO_LONG])])
def test_an_address_of_several_long_parts_has_the_maximum_length(parts: int, rules: Any) -> None:
    side = ".".join(["x" * 255] * parts)
    got = check(file_of(f"ann,{side}@{side},true"))
    assert [rule for rule, _, _ in found(got)] == rules


def test_doubtful_usernames_of_several_kinds_in_one_block_are_all_reported() -> None:
    got = check(file_of("an\u200bn", NAME, "'bob'", "cem", head=NAME), NOTHING_VERIFIED)
    assert found(got) == [
        (Rule.USERNAME_CHARACTERS, 2, NAME),
        (Rule.NO_HEADER, 3, None),
        (Rule.SINGLE_QUOTES, 4, None),
    ]


def test_a_row_of_maximum_length_needs_no_exact_validation() -> None:
    rows = ["ann,ann@example.com,true", r"bo\b,b@example.com,true", "cem,c@example.com,true"]
    limits = Limits(row_characters=len(rows[0]))
    for lines, exact in ((rows[:1], []), (rows, [3])):
        got = check(file_of(*lines), limits=limits)
        assert found(got) == []
        assert got.exact_lines == exact


@pytest.mark.parametrize("place", range(4))
def test_a_row_that_is_one_character_too_long_is_found_at_any_position(place: Any) -> None:
    rows = [f"ann{number},a{number}@example.com,true" for number in range(4)]
    limits = Limits(row_characters=len(rows[place]))
    rows[place] = f"x{rows[place]}"
    got = check(file_of(*rows), limits=limits)
    assert found(got) == [(Rule.ROW_TOO_LONG, place + 2, None)]


def test_the_row_limit_counts_characters_and_not_bytes() -> None:
    row = "\N{LANGUAGE TAG}" * 4
    got = check(file_of(row, head=NAME), NOTHING_VERIFIED, Limits(row_characters=4))
    assert found(got) == [(Rule.USERNAME_CHARACTERS, 2, NAME)]


def test_duplicates_are_reported_with_the_columns_names_of_the_file() -> None:
    file = file_of("a@x,ann,true", "A@x,Ann,true", head="E-mail,Login,email_verified")
    reading = ReadOptions(columns={"E-mail": "email", "Login": NAME})
    got = checked([file], BY_ALIAS, reading)
    assert found(got) == [(Rule.DUPLICATE_USERNAME, 3, "Login")]
    file = file_of("a@x,ann,true", "A@x,bob,true", head="E-mail,Login,email_verified")
    assert found(checked([file], BY_ALIAS, reading)) == [(Rule.DUPLICATE_ALIAS, 3, "E-mail")]


EMAIL_PHONE = "cognito:username,email,email_verified,phone_number,phone_number_verified"


@pytest.mark.parametrize(
    ("by", "head", "rows", "twice"),
    [
        # Names as the pool compares them: lower case, and no more than that.
        (POOL, HEAD, ["Ann,a@x,true", "ann,b@x,true"], [(Rule.DUPLICATE_USERNAME, 3)]),
        (POOL, HEAD, ["ÄNN,a@x,true", "änn,b@x,true"], [(Rule.DUPLICATE_USERNAME, 3)]),
        (POOL, HEAD, ["straße,a@x,true", "STRASSE,b@x,true"], []),
        (MINDS_CASE, HEAD, ["Ann,a@x,true", "ann,b@x,true"], []),
        # A row that needed a second look counts like the others.
        (BY_ALIAS, HEAD, ["ann,a@x,true", "bob,A@x,yes"], [(Rule.DUPLICATE_ALIAS, 3)]),
        (BY_ALIAS, HEAD, ["ann,a@x,yes", "bob,A@x,true"], [(Rule.DUPLICATE_ALIAS, 3)]),
        (
            BY_ALIAS,
            EMAIL_PHONE,
            ["ann,a@x,true,+4930111,no", "bob,b@x,true,+4930111,0", "cem,c@x,true,,no"],
            [],
        ),
        # Blank is nothing that could be there twice, nor is a part of a value.
        (
            BY_NICKNAME,
            f"{HEAD},preferred_username",
            ["ann,a@x,true,", "bob,b@x,true,Big Bob", "cem,c@x,true,", "dee,d@x,true,big bob"],
            [(Rule.DUPLICATE_ALIAS, 5)],
        ),
        (
            BY_NICKNAME,
            f"{HEAD},preferred_username",
            ["ann,a@x,true,é Bob", "bob,b@x,true,é", "cem,c@x,true,", "dee,d@x,true,bob"],
            [],
        ),
        # A comma in a value is the same comma in a row that needed a second look.
        (
            BY_NICKNAME,
            f"{HEAD},preferred_username",
            [r"ann,a@x,true,Bob\, Big", r"bob,b@x,yes,Bob\, Big", "cem,c@x,yes,Bob Big"],
            [(Rule.DUPLICATE_ALIAS, 3)],
        ),
        # Who signs in with either has two names, of which the username is one.
        (
            VERIFIES_EITHER,
            EMAIL_PHONE,
            ["a@x,,,+4930111,true", "+4930222,b@x,true,,", "+4930333,A@x,true,,"],
            [(Rule.DUPLICATE_ALIAS, 4)],
        ),
        (
            VERIFIES_EITHER,
            EMAIL_PHONE,
            ["+4930111,a@x,true,,", "b@x,,,+4930111,true", "c@x,,,+4930222,true"],
            [(Rule.DUPLICATE_ALIAS, 3)],
        ),
        (
            UNVERIFIED,
            f"{NAME},phone_number",
            ["a@x,+4930111", "+4930111,+4930111", "b@x,+4930222"],
            [(Rule.DUPLICATE_ALIAS, 3)],
        ),
    ],
)
def test_a_duplicate_is_reported_for_the_later_row(
    by: Any, head: Any, rows: Any, twice: Any
) -> None:
    got = check(file_of(*rows, head=head), by)
    assert [(each.rule, each.location.line) for each in got.found] == twice
