from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from user_import.users_csv import messages
from user_import.users_csv.dialect import (
    DialectError,
    OpenQuoteError,
    QuoteError,
    join_row,
    read_row,
    split_row,
)

VALUES = st.lists(st.text(max_size=8).map(str.strip), min_size=1, max_size=5)


@given(values=VALUES)
@example(values=["a,b", ",", ""])
@example(values=["back\\slash", "\\,x", 'quo"te'])
@example(values=["ends with \\", "next"])
@example(values=['"', "x"])
def test_a_value_is_written_and_read_back_or_refused(values: Any) -> None:
    try:
        row = join_row(values)
    except DialectError:
        return
    assert "\n" not in row
    assert split_row(row) == values


@given(values=VALUES)
def test_every_value_without_line_break_backslash_and_quote_can_be_written(values: Any) -> None:
    assume(not any(letter in value for value in values for letter in '\n\r\\"'))
    assert split_row(join_row(values)) == values


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\r\nb", " \n b"])
def test_a_line_break_cannot_be_written_and_the_value_is_not_reported(value: Any) -> None:
    with pytest.raises(DialectError, match="line break") as caught:
        join_row(["x", f"Kanarie{value}"])
    assert "Kanarie" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Kanarie\\", "backslash"),
        ("Kanarie\\ ", "backslash"),
        ("Kanarie\\, x", "backslash"),
        ('"Kanarie"', "quote"),
        (' "Kanarie', "quote"),
    ],
)
def test_a_value_that_cognito_may_misread_is_refused_without_the_value(
    value: Any, says: Any
) -> None:
    with pytest.raises(DialectError, match=says) as caught:
        join_row(["x", value])
    assert "Kanarie" not in str(caught.value)


def test_white_space_around_a_value_is_not_written() -> None:
    assert join_row([" Ann ", "b\n", "\t"]) == "Ann,b,"


def test_an_error_of_the_dialect_is_a_value_error() -> None:
    assert issubclass(DialectError, ValueError)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("a,b", ["a", "b"]),
        ("", [""]),
        (",", ["", ""]),
        ("a,,b,", ["a", "", "b", ""]),
        (r"Doe\, Ann,x", ["Doe, Ann", "x"]),
        (r"\,,\,", [",", ","]),
        (" a ,\tb\t", ["a", "b"]),
        ('"a",b', ['"a"', "b"]),
        (r"C:\temp,x", [r"C:\temp", "x"]),
    ],
)
def test_a_row_is_read_as_cognito_reads_it(row: Any, values: Any) -> None:
    assert split_row(row) == values


def test_a_comma_is_written_with_a_backslash_and_nothing_is_quoted() -> None:
    assert join_row(["Doe, Ann", 'say "hi"', "x"]) == r'Doe\, Ann,say "hi",x'


@pytest.mark.parametrize(
    ("row", "separator", "values", "in_quotes"),
    [
        ("", ",", [""], 0),
        ("a, b ,", ",", ["a", "b", ""], 0),
        (r"Doe\, Ann,x", ",", ["Doe, Ann", "x"], 0),
        ('"Doe, Ann",x', ",", ["Doe, Ann", "x"], 1),
        ('a,"b","c"', ",", ["a", "b", "c"], 2),
        ('"a" , " b "', ",", ["a", "b"], 2),
        ('"say ""hi"" Ann",""', ",", ['say "hi" Ann', ""], 2),
        ('say "hi",x', ",", ['say "hi"', "x"], 0),
        (r'"a\,b",c', ",", [r"a\,b", "c"], 1),
        ('"two\nlines",x', ",", ["two\nlines", "x"], 1),
        ("a,b;c", ";", ["a,b", "c"], 0),
        (r"a\,b;c", ";", [r"a\,b", "c"], 0),
        ('"a;b";c', ";", ["a;b", "c"], 1),
        ("a b\tc,d", "\t", ["a b", "c,d"], 0),
    ],
)
def test_a_row_with_quotes_and_another_separator_is_read(
    row: Any, separator: Any, values: Any, in_quotes: Any
) -> None:
    assert read_row(row, separator) == (values, in_quotes)


def test_the_default_separator_of_a_row_is_a_comma() -> None:
    assert read_row('"a;b",c;d') == (["a;b", "c;d"], 1)


@pytest.mark.parametrize(
    ("row", "error", "says", "position"),
    [
        ('"Kanarie', OpenQuoteError, messages.OPEN_QUOTE, 0),
        ('x,"Kanarie', OpenQuoteError, messages.OPEN_QUOTE, 1),
        ('x,y, "Kanarie, ""Kay""', OpenQuoteError, messages.OPEN_QUOTE, 2),
        ('"Kanarie" x,y', QuoteError, messages.TEXT_AFTER_QUOTE, 0),
        ('x, "Kanarie" x', QuoteError, messages.TEXT_AFTER_QUOTE, 1),
        ('x,\t"Kanarie" x', QuoteError, messages.TEXT_AFTER_QUOTE, 1),
        ('"Kanarie,x","y" z', QuoteError, messages.TEXT_AFTER_QUOTE, 1),
    ],
)
def test_a_quote_that_is_wrong_is_reported_with_its_place_and_without_the_value(
    row: Any, error: Any, says: Any, position: Any
) -> None:
    with pytest.raises(QuoteError) as caught:
        read_row(row)
    assert (type(caught.value), str(caught.value), caught.value.position) == (error, says, position)
