"""Normalization to Cognito's dialect: encodings, line ends, quotes, separators."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.fuzz_users_csv import checked

from user_import.users_csv import (
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    Unit,
    messages,
)
from user_import.users_csv.column_mapping import ColumnMapping
from user_import.users_csv.context import ValidationContext
from user_import.users_csv.decoding import (
    BATCH_BYTES,
    PIECE_BYTES,
    EncodingError,
    LineReader,
    has_long_line,
    is_utf_8,
)
from user_import.users_csv.diagnostics import Findings, Normalizations
from user_import.users_csv.normalize import RowNormalizer

USERNAME = "cognito:username"
SECRET = "Kanarie"
NOT_CLOSED = f"{messages.OPEN_QUOTE} (CSV011)"
FOLLOWS = f"{messages.TEXT_AFTER_QUOTE} (CSV011)"
LINE_BREAK = f"{messages.LINE_BREAK} (CSV010)"
BACKSLASH = f"{messages.BACKSLASH} (CSV012)"
TOO_FEW = f"{messages.number_of_values(2, 3, messages.BLANK_HAS_COMMA)} (CSV009)"
NO_USERNAME = f"column cognito:username: {messages.USERNAME_MISSING} (CSV016)"
MOST_LINES = 100


def cuts(file: Any) -> Iterator[Any]:
    """The file in one piece, in any two pieces, and byte by byte with nothing between them."""
    yield [file]
    for at in range(len(file) + 1):
        yield [file[:at], file[at:]]
    yield [piece for at in range(len(file)) for piece in (b"", file[at : at + 1])]


# Lines.

LINES = [
    (b"", b"", {}),
    (b"a", b"a\n", {}),
    (b"a\n", b"a\n", {}),
    (b"\n", b"\n", {}),
    (b"\na", b"\na\n", {}),
    (b"a\n\n b ", b"a\n\n b \n", {}),
    (b"a\r\nb", b"a\nb\n", {Normalization.LINE_ENDS: 1}),
    (b"\r\n", b"\n", {Normalization.LINE_ENDS: 1}),
    (b"a\rb\rc", b"a\nb\nc\n", {Normalization.LINE_ENDS: 1}),
    (b"a\r\rb\r", b"a\n\nb\n", {Normalization.LINE_ENDS: 1}),
    (b"\ra", b"\na\n", {Normalization.LINE_ENDS: 1}),
    (b"\rab\nc", b"\nab\nc\n", {Normalization.LINE_ENDS: 1}),
    (b"a\r", b"a\n", {Normalization.LINE_ENDS: 1}),
    (b"\r", b"\n", {Normalization.LINE_ENDS: 1}),
    # What ends the first line ends the others; any may end in CR LF.
    (b"a\nb\r\nc\r\n", b"a\nb\nc\n", {Normalization.LINE_ENDS: 2}),
    (b"\n\r\n", b"\n\n", {Normalization.LINE_ENDS: 2}),
    (b"a\rb\r\nc\r", b"a\nb\nc\n", {Normalization.LINE_ENDS: 1}),
    (b"a\rb\nc\rd", b"a\nb\nc\nd\n", {Normalization.LINE_ENDS: 1}),
    # A carriage return that ends no line is one in a value.
    (b"a\nb\rc\n", b"a\nb\rc\n", {}),
    (b"a\n\rb\n", b"a\n\rb\n", {}),
    (b"a\r\nb\rc\r\n", b"a\nb\rc\n", {Normalization.LINE_ENDS: 1}),
    (b"a\nb\r", b"a\nb\n", {Normalization.LINE_ENDS: 2}),
    (b"a\nb\rc\nd\r\n", b"a\nb\rc\nd\n", {Normalization.LINE_ENDS: 3}),
]
ENCODINGS = {
    b"": ("utf-8", {}),
    b"\xef\xbb\xbf": ("utf-8", {Normalization.BYTE_ORDER_MARK: 1}),
    b"\xff\xfe": ("utf-16-le", {Normalization.UTF_16: 1}),
    b"\xfe\xff": ("utf-16-be", {Normalization.UTF_16: 1}),
}


@pytest.mark.parametrize("mark", ENCODINGS)
@pytest.mark.parametrize(("file", "lines", "needed"), LINES)
def test_lines_are_the_same_however_the_file_is_encoded_and_cut(
    file: Any, lines: Any, needed: Any, mark: Any
) -> None:
    encoding, marked = ENCODINGS[mark]
    for chunks in cuts(mark + file.decode().encode(encoding)):
        text = LineReader(chunks, 100)
        blocks = list(text.batches())
        assert b"".join(blocks) == lines
        assert all(each.endswith(b"\n") for each in blocks)
        assert text.normalized == marked | needed
        assert text.lines == lines.count(b"\n")
        has_end = not file or file.endswith((b"\n", b"\r"))
        assert text.unended_line == (0 if has_end else text.lines)


def test_a_chunk_can_end_inside_a_surrogate_pair() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        for chunks in cuts(mark + "é😀\n€\n".encode(encoding)):
            assert b"".join(LineReader(chunks, 100).batches()).decode() == "é😀\n€\n"


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        ("", ""),
        ("a", ""),
        ("a\nb\nc", "a\nb\n"),
        ("a\nb\n", "a\nb\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\rb\r", "a\nb\n"),
        ("a\r\nb\r\nc", "a\nb\n"),
        ("a\rb\rc", "a\nb\n"),
    ],
)
@pytest.mark.parametrize("broken", [b"\x00\xd8a\x00", b"\x00\xdc", b"\x00\xd8", b"a"])
def test_whole_lines_before_the_place_where_utf_16_is_broken_are_read(
    lines: Any, whole: Any, broken: Any
) -> None:
    file = b"\xff\xfe" + lines.encode("utf-16-le") + broken
    for chunks in cuts(file):
        text, got = LineReader(chunks, 100), b""
        with pytest.raises(EncodingError) as caught:  # noqa: PT012  what comes first is wanted
            for block in text.batches():
                got += block
        assert got.decode() == whole
        assert str(caught.value) == messages.BROKEN_UTF_16


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf_32_is_refused(encoding: Any) -> None:
    for chunks in cuts("\ufeffa\n".encode(encoding)):
        with pytest.raises(EncodingError, match=f"^{messages.UTF_32}$"):
            list(LineReader(chunks, 100).batches())


@pytest.mark.parametrize(
    ("lines", "sizes"),
    [
        ([16] * 4096, [BATCH_BYTES]),
        ([16] * 8193, [BATCH_BYTES, BATCH_BYTES, 16]),
        (
            [16, BATCH_BYTES, BATCH_BYTES + 1, BATCH_BYTES + 2, 16],
            [16, BATCH_BYTES, BATCH_BYTES + 1, BATCH_BYTES + 2, 16],
        ),
        ([1, BATCH_BYTES, 16, BATCH_BYTES - 15], [1, BATCH_BYTES, 16, BATCH_BYTES - 15]),
        ([1, 3 * BATCH_BYTES, 1], [1, 3 * BATCH_BYTES, 1]),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_block_has_as_many_whole_lines_as_fit(lines: Any, sizes: Any, end: Any) -> None:
    file = b"".join(b"x" * (size - 1) + end for size in lines)
    blocks = list(LineReader([file], 4 * BATCH_BYTES).batches())
    assert [len(each) for each in blocks] == sizes
    assert b"".join(blocks) == file.replace(b"\r", b"\n")


def test_a_crlf_across_two_blocks_is_one_line_end() -> None:
    for before in range(BATCH_BYTES - 6, BATCH_BYTES + 2):
        file = b"a\r" + b"x" * before + b"\r\nb\r"
        assert (
            b"".join(LineReader([file], 4 * BATCH_BYTES).batches())
            == b"a\n" + b"x" * before + b"\nb\n"
        )


def test_lines_that_are_short_are_never_cut() -> None:
    lines = b"0123456789abcde\n" * (BATCH_BYTES // 16)
    for chunks in ([lines], [lines, lines], [b"x\n", lines, b"\n", lines[:-1]]):
        got = b"".join(LineReader(chunks, 20).batches())
        assert got == b"".join(chunks).removesuffix(b"\n") + b"\n"


LONG = b"x" * (BATCH_BYTES + 1)


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        # The first line, whose end is not known.
        ([b"12345", b"\nb"], b"12345\nb\n"),
        ([b"123456", b"\nb"], b"123456\nb\n"),
        ([b"1234567", b"\nb"], b"12345\nb\n"),
        ([b"1234567", b"1234567", b"1\r\nb"], b"123451\nb\n"),
        ([b"12345\r", b"\nb\r\n"], b"12345\nb\n"),
        ([b"123456\r", b"\nb\r\n"], b"12345\nb\n"),
        ([b"123456\r", b"b\r"], b"12345\nb\n"),
        ([b"1234567"], b"12345\n"),
        ([b"1234567\r"], b"12345\n"),
        # Any other, where it does not end with its piece.
        ([b"a\n", LONG, LONG, b"\nb"], b"a\nxxxxx\nb\n"),
        ([b"a\n", LONG + b"\n", b"b"], b"a\nxxxxx\nb\n"),
        ([b"a\r\n", LONG + b"\r", b"\nb"], b"a\nxxxxx\nb\n"),
        ([b"a\r\n", LONG, b"\r\nb"], b"a\nxxxxx\nb\n"),
        ([b"a\rb", LONG + b"\r", b"b"], b"a\nbxxxx\nb\n"),
        ([b"a\n", LONG], b"a\nxxxxx\n"),
    ],
)
def test_a_long_line_in_pieces_keeps_its_beginning_and_its_end(chunks: Any, lines: Any) -> None:
    text = LineReader(chunks, 4)
    assert b"".join(text.batches()) == lines
    assert text.lines == lines.count(b"\n")


@pytest.mark.parametrize(
    ("lines", "has"),
    [
        (b"", False),
        (b"\n", False),
        (b"abc\n", False),
        (b"abcd\n", True),
        (b"\nabc\n", False),
        (b"abc\n\nabc\n", False),
        (b"a\nb\nc\nd\n", False),
        (b"a\nabcd\n", True),
        (b"abcd\na\n", True),
        ("é\nééé\n".encode(), True),
    ],
)
def test_a_line_is_long_by_its_bytes_without_the_line_end(lines: Any, has: Any) -> None:
    assert has_long_line(lines, 3) is has


@pytest.mark.parametrize(
    "at", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES - 2, 3 * PIECE_BYTES + 5]
)
@pytest.mark.parametrize("after", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1])
def test_bytes_are_utf_8_or_not_wherever_a_piece_of_them_ends(at: Any, after: Any) -> None:
    before, rest = b"x" * at, b"x" * after
    assert is_utf_8(before + rest)
    for good in ("é", "€", "😀"):
        assert is_utf_8(before + good.encode() + rest)
        assert not is_utf_8(before + good.encode()[:-1] + rest)
        assert not is_utf_8(before + good.encode()[1:] + rest)


# Quotes, separators, columns.


def alike(file: Any, pool: Any = Pool(), limits: Any = Limits(), **reading: Any) -> Any:  # noqa: B008  both are immutable
    """Check a file whole and in pieces, which gives the same."""
    data = file.encode() if isinstance(file, str) else file
    way = ReadOptions(**reading)
    whole = checked([data], pool, way, limits)
    for size in (1, 7):
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        got = checked(pieces, pool, way, limits)
        assert got.found == whole.found
        assert got.report == whole.report._replace(findings=got.report.findings)
        assert whole.report.staged is None or got.written == whole.written
    return whole


def reported(file: Any, **how: Any) -> Any:
    return [each.describe() for each in alike(file, **how).found]


HEAD = f"{USERNAME},name,nickname\n"
QUOTED = [
    # All values in quotes, as many programs write them.
    ('"ann","Ann","A"\n"bob","Bob","B"\n', "ann,Ann,A\nbob,Bob,B\n", 6),
    ('"ann","Doe, Ann",""\n"bob","",""\n', "ann,Doe\\, Ann,\nbob,,\n", 6),
    ('"ann","a;b","a\tb"\n', "ann,a;b,a\tb\n", 3),
    ('"ann","C:\\temp","a\\b"\n', "ann,C:\\temp,a\\b\n", 3),
    ('"ann","a\x1fb","c"\n', "ann,a\x1fb,c\n", 3),
    ('"ann","Ann ""A"" Doe","x"\n', 'ann,Ann "A" Doe,x\n', 3),
    ('"ann","a"",""b","x"\n', 'ann,a"\\,"b,x\n', 3),
    ('"änn","Ä","ö"\n', "änn,Ä,ö\n", 3),
    # Some of them.
    ('ann,"Doe, Ann",x\nbob,Bob,"y"\n', "ann,Doe\\, Ann,x\nbob,Bob,y\n", 2),
    ('"ann","Ann",A\nbob,"Bob","B"\n', "ann,Ann,A\nbob,Bob,B\n", 4),
    ('"ann","Ann","A"\nbob,Bob,B\n"cid","Cid","C"\n', "ann,Ann,A\nbob,Bob,B\ncid,Cid,C\n", 6),
    ('"ann" , "Ann" ,"A"\n', "ann,Ann,A\n", 3),
    ('ann","Ann","A"\n', 'ann",Ann,A\n', 2),
    ('ann,say "hi",a"b\n', 'ann,say "hi",a"b\n', 0),
    ('ann,Doe\\, Ann,"x"\n', "ann,Doe\\, Ann,x\n", 1),
    # A row without quotes is written as it stands, whatever stands near it.
    ('ann, Ann ,A\n"bob" , "Bob","B"\n', "ann, Ann ,A\nbob,Bob,B\n", 3),
]


@pytest.mark.parametrize(("rows", "written", "freed"), QUOTED)
def test_quotes_are_removed_from_values_and_each_removal_is_counted(
    rows: Any, written: Any, freed: Any
) -> None:
    got = alike(HEAD + rows)
    assert got.found == []
    assert got.written.decode() == written
    assert got.report.normalized == ({Normalization.QUOTES: freed} if freed else {})


def separated(text: Any, separator: Any) -> Any:
    """The same with another separator; a comma before a blank is one in a value."""
    return text.replace(", ", "\0").replace(",", separator).replace("\0", ", ")


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize(
    ("rows", "written", "freed"),
    [
        each
        for each in QUOTED
        if not any(odd in each[0] for odd in (";", "\t", "\\,", '"",""', " ,"))
    ],
)
def test_quotes_are_removed_with_another_separator_too(
    rows: Any, written: Any, freed: Any, separator: Any
) -> None:
    got = alike(separated(HEAD + rows, separator))
    assert got.found == []
    assert got.written.decode() == written
    assert got.report.normalized[Normalization.QUOTES] == freed
    assert got.report.normalized[Normalization.SEPARATOR] == 1


def test_blank_lines_between_quoted_rows_are_left_out() -> None:
    got = alike(HEAD + '"ann","Ann","A"\n\n  \n"bob","Bob","B"\n\n')
    assert got.found == []
    assert got.written == b"ann,Ann,A\nbob,Bob,B\n"
    assert got.report.normalized == {Normalization.QUOTES: 6, Normalization.BLANK_LINE: 3}


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        ("ann;Ann;A\nbob;;\n", "ann,Ann,A\nbob,,\n"),
        ("ann;a, b;x\n", "ann,a\\, b,x\n"),
        ("ann;C:\\temp;\\x\nbob;;\n", "ann,C:\\temp,\\x\nbob,,\n"),
        ("ann\tAnn\tA\nbob\ta,b\t\n", "ann,Ann,A\nbob,a\\,b,\n"),
        ("ann\tAnn\ta;b\n", "ann,Ann,a;b\n"),
    ],
)
def test_another_separator_becomes_a_comma_and_a_comma_is_escaped(rows: Any, written: Any) -> None:
    separator = "\t" if "\t" in rows else ";"
    got = alike(HEAD.replace(",", separator) + rows)
    assert got.found == []
    assert got.written.decode() == written
    assert got.report.normalized == {Normalization.SEPARATOR: 1}


def test_a_backslash_is_a_letter_where_the_separator_is_no_comma() -> None:
    found = reported(HEAD.replace(",", ";") + "ann;x\\;\\;\nbob;\\,b;\n")
    assert found == [
        f"line 2, column name: {BACKSLASH}",
        f"line 3, column name: {BACKSLASH}",
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("other", ["ann;x\\y;z\n", 'ann;"x";z\n', "ann;x;z\n"])
def test_a_row_of_separators_only_is_a_blank_line_whatever_stands_near_it(
    separator: Any, other: Any
) -> None:
    file = HEAD.replace(",", separator) + (";\n" + other + ";;\n \n").replace(";", separator)
    got = alike(file)
    assert got.found == []
    assert got.report.users == 1
    assert got.report.normalized[Normalization.BLANK_LINE] == 3


@pytest.mark.parametrize("row", [",,x", '"",,x', " , ,x"])
def test_a_row_whose_only_value_is_in_a_column_left_out_is_a_user_without_a_name(row: Any) -> None:
    assert reported(f"{HEAD}{row}\n,,\n", columns={"nickname": None}) == [f"line 2, {NO_USERNAME}"]


def test_a_record_without_a_value_is_a_user_without_a_name() -> None:
    found = checked([f"{HEAD},,\n".encode()], Pool(), ReadOptions(unit=Unit.RECORD)).found
    assert [(each.rule, each.location.line) for each in found] == [(Rule.USERNAME_MISSING, 2)]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_left_out_and_put_in_order(separator: Any, quote: Any) -> None:
    rows = [["note", "cognito:username", "custom:x", "Full", "end"]]
    rows += [["1", "ann", "2", "Ann", "3"], ["", "bob", "", "Doe, Bob", ""]]
    lines = [separator.join(f"{quote}{value}{quote}" for value in row) + "\n" for row in rows]
    if separator == "," and not quote:
        lines[2] = lines[2].replace(", ", "\\, ")
    columns = {"note": None, "custom:x": None, "end": None, "Full": "name"}
    got = alike("".join(lines) + "\n \n", columns=columns)
    assert got.found == []
    assert got.report.normalized[Normalization.BLANK_LINE] == 2
    assert got.staged.header == f"{USERNAME},name\n"
    assert got.written == b"ann,Ann\nbob,Doe\\, Bob\n"
    assert got.report.normalized[Normalization.QUOTES] == (15 if quote else 0)


@pytest.mark.parametrize("quote", ["", '"'])
def test_rows_with_columns_too_few_or_many_are_reported_once_where_columns_are_left_out(
    quote: Any,
) -> None:
    rows = [["ann", "x", "Ann"], ["bob", "x"], ["cid", "x", "Cid", ""], ["", "x", "Dan"]]
    lines = [",".join(f"{quote}{value}{quote}" for value in row) + "\n" for row in rows]
    assert reported(f"{USERNAME},note,name\n" + "".join(lines), columns={"note": None}) == [
        f"line 3: {messages.number_of_values(2, 3, messages.BLANK_HAS_COMMA)} (CSV009)",
        f"line 4: {messages.number_of_values(4, 3, messages.ESCAPE_COMMAS)} (CSV009)",
        f"line 5, {NO_USERNAME}",
    ]


WRONG = [
    ('ann,"Ann" x,\n', [f"line 2, column name: {FOLLOWS}"]),
    ('ann,Ann,"A\n', [f"line 2, column nickname: {NOT_CLOSED}"]),
    ('"ann","Ann","A\n', [f"line 2, column nickname: {NOT_CLOSED}"]),
    ('"ann","Ann","A\n"', [f"line 2, column nickname: {LINE_BREAK}"]),
    ('ann,,\n"\n', [f"line 3, column cognito:username: {NOT_CLOSED}"]),
    ('"ann","a","b\\"\n', [f"line 2, column nickname: {BACKSLASH}"]),
    ('"ann","a\\","b"\n', [f"line 2, column name: {BACKSLASH}"]),
    ('"ann","a\\, b","c"\n', [f"line 2, column name: {BACKSLASH}"]),
    # Each row is reported once, and those after it are checked.
    (
        'ann,"A\nB","C\nD"\nbob,,\n\n"c d",,\n',
        [
            f"line 2, column name: {LINE_BREAK}",
            f"line 7, column cognito:username: {messages.USERNAME_CHARACTERS} (CSV017)",
        ],
    ),
    (
        'ann,"a\n\nb\n",\nbob,"x\n",\n,,\n',
        [
            f"line 2, column name: {LINE_BREAK}",
            f"line 6, column name: {LINE_BREAK}",
        ],
    ),
    # What closes the quote must end the value.
    (
        'ann,"a\nb" x,\n,,\n',
        [
            f"line 2, column name: {NOT_CLOSED}",
            f"line 3: {TOO_FEW}",
        ],
    ),
    # A value in quotes that begins with a quote.
    (
        '"ann","""x""","b"\n',
        [f"line 2, column name: {messages.LEADING_QUOTE} (CSV011)"],
    ),
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(("rows", "found"), WRONG)
def test_problems_of_quotes_are_reported_with_the_exact_message(
    rows: Any, found: Any, separator: Any
) -> None:
    assert reported(separated(HEAD + rows, separator)) == found


def test_a_row_with_line_breaks_is_one_user_and_has_no_blank_lines() -> None:
    got = alike(HEAD + 'ann,"a\n\n\nb",\nbob,"",\ncid,"x\ny\n",\n')
    assert [each.location.line for each in got.found] == [2, 7]
    assert got.report.users == 3
    assert got.report.normalized == {Normalization.QUOTES: 1}


def test_a_quote_that_is_open_at_the_end_of_a_long_piece_is_read_on() -> None:
    rows = "".join(f"user{number},,\n" for number in range(2 * MOST_LINES))
    file = f'{HEAD}{rows}ann,"a\nb",\nc c,,\n'.encode()
    for at in range(len(file) - 20, len(file)):
        found = checked([file[:at], file[at:]], Pool()).found
        assert [each.location.line for each in found] == [2 * MOST_LINES + 2, 2 * MOST_LINES + 4]


def row_normalizer(separator: Any, findings: Any = None, mapping: Any = None) -> Any:
    findings = findings or Findings()
    normalizations = Normalizations(findings, strict=False)
    context = ValidationContext(Pool(), ReadOptions(), Limits(), findings, normalizations)
    columns = (USERNAME, "name")
    identity = ColumnMapping(2, columns, (0, 1), columns)
    return RowNormalizer(mapping or identity, separator, context)


def calls_of(function: Any, *arguments: Any) -> Any:
    """Count the calls of Python functions, apart from those of mutation tests."""
    calls = []

    def count(frame: Any, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and "mutmut" not in f"{code.co_filename} {code.co_name}":
            calls.append(code)

    gc.disable()  # Others may have callbacks for a collection.
    sys.setprofile(count)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
        gc.enable()
    return len(calls)


@pytest.mark.parametrize(
    ("separator", "rows"),
    [
        (",", b"ann,Ann,\nbob,Doe\\, Bob,\n"),
        (";", b"ann;Ann;\nbob;Bob;\n"),
        (",", b'"ann","Doe, Ann",""\n"bob","",""\n'),
        ("\t", b'"ann"\t"Ann"\t""\n"bob"\t"Bob"\t""\n'),
    ],
    ids=["commas", "semicolons", "quotes", "quotes-and-tabs"],
)
def test_rows_of_the_usual_kinds_are_not_normalized_one_by_one(separator: Any, rows: Any) -> None:
    few, many = (
        calls_of(row_normalizer(separator).normalize, rows * times, 2 * times, 2)
        for times in (1, 100)
    )
    assert few == many


@pytest.mark.parametrize("rows", [b"ann,x,Ann\n,x,\n", b"ann,x\\, y,Doe\\, Ann\nbob,,\n"])
def test_columns_are_not_left_out_of_the_usual_rows_one_by_one(rows: Any) -> None:
    columns = (USERNAME, "name")
    mapping = ColumnMapping(3, columns, (0, 2), columns)
    few, many = (
        calls_of(row_normalizer(",", None, mapping).normalize, rows * times, 2 * times, 2)
        for times in (1, 100)
    )
    assert few == many


def test_buffered_rows_are_returned_once_and_by_the_end() -> None:
    findings = Findings()
    normalizer = row_normalizer(",", findings)
    assert normalizer.finish(2) == (b"", 0)
    assert normalizer.normalize(b'ann,x\nbob,"y\ncid,z\n', 3, 2) == (b"ann,x\n", 1)
    assert sum(findings.counts.values()) == 0
    assert normalizer.finish(3) == (b'bob,"y\ncid,z\n', 2)
    assert sum(findings.counts.values()) == 1
    assert (normalizer.is_reported(3), normalizer.is_reported(4)) == (True, False)
    assert normalizer.reported_lines(2) == [1]
    assert normalizer.finish(5) == (b"", 0)
    assert normalizer.reported_lines(5) == []


def test_a_broken_quote_is_reported_with_the_file_s_column_or_none_if_left_out() -> None:
    head = f"Note,Full,{USERNAME}\n"
    columns = {"Note": None, "Full": "name"}
    assert reported(head + 'x,"Ann" A,ann\n', columns=columns) == [
        f"line 2, column Full: {FOLLOWS}"
    ]
    assert reported(head + '"x" y,Ann,ann\n', columns=columns) == [f"line 2: {FOLLOWS}"]
    assert alike(head + '"x" y,Ann,ann\n', columns=columns).found[0].location.column is None
    assert reported(head + '"x\\","A\\",ann\n', columns=columns) == [f"line 2: {BACKSLASH}"]
    assert reported(head + 'x,"A\\","ann"\n', columns=columns) == [
        f"line 2, column Full: {BACKSLASH}"
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b'x,"Ann" A\n', f"column Full: {FOLLOWS}"),
        (b'x,"Ann","ann\n', f"column {USERNAME}: {NOT_CLOSED}"),
        (b'x,"Ann\xff"\n', f"{messages.NOT_UTF_8} (CSV001)"),
        (b'"x\xff","Ann",ann,""\n', f"{messages.NOT_UTF_8} (CSV001)"),
    ],
)
def test_a_row_that_cannot_be_read_has_no_number_of_values(row: Any, says: Any) -> None:
    file = f"Note,Full,{USERNAME}\n".encode() + row
    separator = " " if says.startswith("column") else ": "
    columns = {"Note": None, "Full": "name"}
    (found,) = reported(file, columns=columns)
    assert found == f"line 2{',' if separator == ' ' else ''}{separator}{says}"


def test_columns_are_left_out_of_the_longest_row_too() -> None:
    limits = Limits(row_characters=10)
    wrong = f"line 3: {messages.number_of_values(1, 2, messages.BLANK_HAS_COMMA)} (CSV009)"
    too_long = f"line 2: {messages.row_too_long(10, 0)} (CSV013)"
    for letters, found in ((35, [wrong]), (36, [too_long, wrong])):
        file = f"note,{USERNAME}\n{'x' * letters},anna\nbob\n"
        assert reported(file, columns={"note": None}, limits=limits) == found


@pytest.mark.parametrize(
    ("row", "advice"), [(b"\xff,1", "BLANK_HAS_COMMA"), (b"\xff,1,2,3", "ESCAPE_COMMAS")]
)
def test_a_row_that_is_not_utf_8_has_its_values_counted_where_columns_are_left_out(
    row: Any, advice: Any
) -> None:
    file = f"{USERNAME},note,name\n".encode() + row + b"\n"
    values = row.count(b",") + 1
    text = messages.number_of_values(values, 3, getattr(messages, advice))
    assert reported(file, columns={"note": None}) == [f"line 2: {text} (CSV009)"]


def test_bytes_that_are_not_utf_8_are_reported_in_their_line_only() -> None:
    file = HEAD.encode() + b'"ann","Ann","A"\n"bob","\xff","B"\n"cid","Cid","C"\n'
    got = alike(file)
    assert [each.describe() for each in got.found] == [f"line 3: {messages.NOT_UTF_8} (CSV001)"]
    assert got.report.normalized == {Normalization.QUOTES: 6}
    assert got.report.users == 3
    file = HEAD.encode() + b'ann,"Ann\n\xff",A\nbob,,\n'
    assert reported(file) == [f"line 2, column name: {LINE_BREAK}"]


@pytest.mark.parametrize("all_quoted", [True, False])
def test_strict_reports_every_line_with_quotes(all_quoted: Any) -> None:
    row = '"ann","{0}","{0}"\n' if all_quoted else 'ann,"{0}","{0}"\n'
    found = reported(HEAD + row.format(1) + row.format(2) + "bob,,\n" + row.format(3), strict=True)
    text = f"{messages.not_strict(Normalization.QUOTES.value)} (CSV039)"
    assert [each for each in found if "CSV039" in each] == [f"line {n}: {text}" for n in (2, 3, 5)]


@pytest.mark.parametrize("after", ["", "bob,,\n", "bob,,\n" * 2 * MOST_LINES])
def test_a_value_over_100_lines_is_one_finding_and_over_more_its_quote_is_not_closed(
    after: Any,
) -> None:
    most = 'ann,"' + "\n" * (MOST_LINES - 1) + '",\n'
    assert reported(HEAD + most + after.replace("bob", "b b", 1))[:1] == [
        f"line 2, column name: {LINE_BREAK}"
    ]
    more = alike(HEAD + most.replace("\n", "\n\n", 1) + after)
    assert more.found[0].describe() == f"line 2, column name: {NOT_CLOSED}"


def test_a_value_over_lines_that_is_longer_than_a_row_is_a_quote_that_is_not_closed() -> None:
    limits = Limits(row_characters=10)
    for letters, says in ((29, LINE_BREAK), (30, NOT_CLOSED)):
        file = f'{USERNAME}\n"aaaaaaaa\n{"b" * letters}"\ncid\n'
        assert reported(file, limits=limits)[0] == f"line 2, column {USERNAME}: {says}"


@pytest.mark.parametrize("at", [2, 10, 20, 30, 38])
def test_a_value_over_lines_is_one_finding_wherever_a_chunk_ends_in_it(at: Any) -> None:
    limits = Limits(row_characters=10)
    row = b'"' + b"x\n" * (limits.row_bytes // 2 - 2) + b'"\n'
    chunks = [f"{USERNAME}\n".encode() + row[:at], row[at:] + b"cid\n"]
    (found,) = checked(chunks, Pool(), limits=limits).found
    assert found.describe() == f"line 2, column {USERNAME}: {LINE_BREAK}"


def test_the_length_of_a_quoted_row_counts_its_original_bytes() -> None:
    limits = Limits(row_characters=10)
    name = "😀" * 9
    got = alike(f'{USERNAME}\n"{name}"  \n', limits=limits)
    assert got.found == []
    assert got.written.decode() == f"{name}\n"
    assert reported(f'{USERNAME}\n"{name}"   \n', limits=limits) == [
        f"line 2: {messages.row_too_long(10, 0)} (CSV013)"
    ]


def test_a_quoted_carriage_return_is_reported_identically_for_any_chunking() -> None:
    file = f'"{USERNAME}","name"\n"x\udcff","Ann"\n"a\rb","Bob"\n'.encode(errors="surrogateescape")
    reports = [checked(pieces, Pool(), ReadOptions(strict=True)) for pieces in cuts(file)]
    assert len({str(each.found) for each in reports}) == 1


def test_a_quote_that_is_never_closed_does_not_fill_the_memory() -> None:
    line = b"x" * 60_000 + b"\n"

    def chunks() -> Iterator[Any]:
        yield f'{USERNAME}\n"'.encode()
        for _ in range(60):
            yield line

    tracemalloc.start()
    try:
        got = checked(chunks(), Pool())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert got.found[0].describe() == f"line 2, column {USERNAME}: {NOT_CLOSED}"
    assert peak < 1_500_000
