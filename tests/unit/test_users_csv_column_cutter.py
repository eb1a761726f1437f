"""The columns of a mapping are cut from whole batches of rows, with the result of row by row."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from user_import.users_csv.column_cutter import ColumnCutter
from user_import.users_csv.column_mapping import ColumnMapping

USERNAME = "cognito:username"
BOTH_FORMS = ("phone_number", "email")
ROWS = [
    (b"a", b"b", b"c"),
    (b"", b"", b""),
    (b"d\\,", b"\\,e", b"f\\,g"),
    (b"h", b"", b"i\\,"),
]
WIDTH = len(ROWS[0])
ORDERS = [
    order
    for length in (1, 2, 3)
    for order in itertools.product(range(WIDTH), repeat=length)
    if list(order[:-1]) == sorted(order[:-1])
]
"""The last column may move to the end, and a column may be written several times."""


def cutter(positions: Any, width: int = WIDTH, columns: Any = None, **how: Any) -> ColumnCutter:
    columns = columns or tuple(f"custom:{number}" for number in range(len(positions)))
    filled = frozenset(how.get("filled", ()))
    mapping = ColumnMapping(width, columns, positions, columns, filled=filled)
    return ColumnCutter(mapping, how.get("forms", ()))


def text_of(rows: Any) -> bytes:
    return b"".join(b",".join(row) + b"\n" for row in rows)


@pytest.mark.parametrize("positions", ORDERS, ids=str)
def test_a_batch_is_cut_at_once_with_the_result_of_row_by_row(positions: Any) -> None:
    cut = cutter(positions)
    wanted = [[row[position] for position in positions] for row in ROWS]
    assert [cut.cut_row(b",".join(row)) for row in ROWS] == [b",".join(row) for row in wanted]
    for count in range(len(ROWS) + 1):
        assert cut.cut(text_of(ROWS[:count]), count) == text_of(wanted[:count])
    assert cut.cut(text_of(ROWS[:1]), 1) == text_of(wanted[:1])


@pytest.mark.parametrize("positions", ORDERS, ids=str)
@pytest.mark.parametrize(
    "wrong", [(b"a", b"b"), (b"a", b"b", b"c", b"d"), (b"",), (b"a", b"b", b"c\\,d", b"")], ids=len
)
def test_a_batch_with_a_row_of_another_number_of_values_is_not_cut(
    positions: Any, wrong: Any
) -> None:
    cut = cutter(positions)
    assert cut.cut_row(b",".join(wrong)) == len(wrong)
    for at in range(len(ROWS) + 1):
        rows = [*ROWS[:at], wrong, *ROWS[at:]]
        assert cut.cut(text_of(rows), len(rows)) is None


def test_a_nul_in_a_row_is_no_escaped_comma() -> None:
    for positions in ((0, 1), (1, 0), (0, 2)):
        cut = cutter(positions)
        values = (b"a\0", b"b\0", b"c")
        wanted = text_of([[values[position] for position in positions]])
        assert cut.cut(text_of([values]), 1) == wanted
        # A row with both is left to the reading row by row.
        assert cut.cut(text_of([values, (b"\\,", b"", b"")]), 2) is None


@pytest.mark.parametrize(
    ("columns", "filled", "forms", "wanted"),
    [
        # With two kinds of usernames, each attribute has those of its kind.
        (
            (USERNAME, "email", "phone_number"),
            ("email", "phone_number"),
            BOTH_FORMS,
            [(b"a@x", b"a@x", b""), (b"+4930", b"", b"+4930"), (b"", b"", b"")],
        ),
        (
            (USERNAME, "email", "name"),
            ("email",),
            BOTH_FORMS,
            [(b"a@x", b"a@x", b"a@x"), (b"+4930", b"", b"+4930"), (b"", b"", b"")],
        ),
        (
            (USERNAME, "phone_number", "name"),
            ("phone_number",),
            BOTH_FORMS,
            [(b"a@x", b"", b"a@x"), (b"+4930", b"+4930", b"+4930"), (b"", b"", b"")],
        ),
        # With one kind, the values are not looked at.
        (
            (USERNAME, "email"),
            ("email",),
            ("email",),
            [(b"a@x",) * 2, (b"+4930",) * 2, (b"",) * 2],
        ),
        # A column of the file is taken as it is.
        (
            (USERNAME, "email"),
            (USERNAME,),
            BOTH_FORMS,
            [(b"a@x",) * 2, (b"+4930",) * 2, (b"",) * 2],
        ),
    ],
)
@pytest.mark.parametrize("others", [(1,), (2,), (2, 1), (3, 1), (3, 2)])
def test_a_filled_attribute_has_the_usernames_of_its_form(
    columns: Any, filled: Any, forms: Any, wanted: Any, others: Any
) -> None:
    width, *after = others
    positions = (0,) * len(columns)
    rows = [(row[0], b"x@", b"y")[:width] for row in wanted]
    for position in after:
        positions, columns = (*positions, position), (*columns, "nickname")
        wanted = [(*row, (b"", b"x@", b"y")[position]) for row in wanted]
    cut = cutter(positions, width, columns, filled=filled, forms=forms)
    assert [cut.cut_row(b",".join(row)) for row in rows] == [b",".join(row) for row in wanted]
    assert cut.cut(text_of(rows), len(rows)) == text_of(wanted)
