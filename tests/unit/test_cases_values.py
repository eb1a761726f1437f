"""Files as users have them: forms of values, dialects and encodings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.fuzz_users_csv import Checked, checked, rows_of

from user_import.users_csv import (
    ExportFormat,
    Limits,
    Location,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    messages,
)
from user_import.users_csv.decoding import EncodingError, Transcoder
from user_import.users_csv.doubts import SAMPLE, SAMPLE_EVERY

CASES = Path(__file__).parents[1] / "cases"
USERNAME = "cognito:username"
HEAD = f"{USERNAME},email,email_verified,name"


def of_case(name: str, file: str = "users.csv", **options: Any) -> Checked:
    """Check the file of a case in its pool."""
    folder = CASES / name
    description = json.loads((folder / "pool.json").read_text(encoding="utf-8"))["UserPool"]
    pool = Pool.from_description(description)
    return checked([(folder / file).read_bytes()], pool, ReadOptions(**options))


def of(file: str | bytes, pool: Pool = Pool(), **options: Any) -> Checked:  # noqa: B008  immutable
    """Check a file."""
    data = file.encode() if isinstance(file, str) else file
    return checked([data], pool, ReadOptions(**options))


def found(got: Checked) -> list[tuple[Rule, int | None, str | None]]:
    return [(each.rule, *each.location) for each in got.found]


def column(got: Checked, name: str) -> list[str]:
    """The values of a column that are written."""
    header, *rows = rows_of(got.file)
    return [row[header.index(name)] for row in rows]


def test_milliseconds_of_updated_at_become_seconds() -> None:
    got = of_case("14-updated-at-ms", "userToCsvHeader.csv")
    assert got.found == []
    assert column(got, "updated_at") == ["1676246400"]
    assert got.report.normalized == {Normalization.TIME: 1}


def test_a_fraction_of_a_second_of_updated_at_is_cut_off() -> None:
    got = of_case("f1-restore-map")
    assert got.found == []
    assert column(got, "updated_at") == ["1519776000"] * 2
    assert got.report.normalized[Normalization.TIME] == 1


def test_the_separator_line_of_excel_is_read() -> None:
    got = of_case("23-excel-sep-line")
    assert got.found == []
    assert column(got, "email") == ["a@example.com"]
    assert got.report.normalized[Normalization.SEPARATOR_LINE] == 1


@pytest.mark.parametrize(
    ("first", "separator"),
    [("sep=;", ";"), ("SEP=,", ","), ('"sep=\t"', "\t"), ("\ufeffsep=;", ";")],
)
def test_lines_are_counted_from_the_line_that_names_the_separator(
    first: str, separator: str
) -> None:
    file = f"{first}\n{HEAD}\nann,a@x,true,x\nb b,b@x,true,x\n".replace(",", separator)
    file = file.replace(f"SEP={separator}", "SEP=,") if separator == "," else file
    got = of(file)
    assert found(got) == [(Rule.USERNAME_CHARACTERS, 4, USERNAME)]
    assert got.report.normalized[Normalization.SEPARATOR_LINE] == 1
    right = of(file.replace("b b", "bob"))
    assert [job.source_line(3) for job in right.staged.jobs] == [4]


def test_a_separator_line_beats_the_header_in_which_another_is_more_frequent() -> None:
    got = of(f"sep=;\n{USERNAME};name,x,y,z\nann;a\n", columns={"name,x,y,z": "name"})
    assert got.found == []
    assert column(got, "name") == ["a"]


@pytest.mark.parametrize(
    ("file", "rule", "line"),
    [
        ("sep=|\ncognito:username|email\nann|a@x\n", Rule.NO_HEADER, 1),
        ("sep=;\n", Rule.NO_USERS, 2),
        ("sep=;", Rule.NO_USERS, 2),
        ("sep=;\n\nann;a@x\n", Rule.NO_HEADER, 2),
        ("sep=;\r\ncognito:username;email\r\n", Rule.NO_USERS, 2),
    ],
)
def test_what_is_wrong_after_a_separator_line_is_reported_there(
    file: str, rule: Rule, line: int
) -> None:
    assert found(of(file)) == [(rule, line, None)]
    pieces = [file[at : at + 1].encode() for at in range(len(file))]
    assert found(checked(pieces, Pool())) == [(rule, line, None)]


def test_with_strict_the_separator_line_is_an_error_of_line_1() -> None:
    got = of(f"sep=,\n{USERNAME}\nann\n", strict=True)
    assert found(got) == [(Rule.NOT_STRICT, 1, None)]


def test_lines_of_separators_at_the_end_are_blank() -> None:
    got = of_case("27c-comma-only-lines")
    assert got.found == []
    assert got.report.users == 1
    assert got.report.normalized[Normalization.BLANK_LINE] == 2


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("blank", [",,,", ",", " , , ,", '"","","",""', ",,,,,,,"])
@pytest.mark.parametrize("columns", [{}, {"name": None}])
def test_lines_without_a_value_are_blank_anywhere(
    separator: str, blank: str, columns: dict[str, None]
) -> None:
    rows = f"{blank}\nann,a@x,true,x\n{blank}\nbob,b@x,true,x\n{blank}\n"
    got = of(f"{HEAD}\n{rows}".replace(",", separator), columns=columns)
    assert got.found == []
    assert got.report.users == 2
    assert got.report.normalized[Normalization.BLANK_LINE] == 3
    assert [job.source_line(line) for job in got.staged.jobs for line in (2, 3)] == [3, 5]


def test_a_json_export_with_commas_needs_no_normalization() -> None:
    got = of_case("70-strict-json-comma", "users.json", strict=True, export=ExportFormat.COGNITO)
    assert got.found == []
    assert got.report.normalized == {}
    assert column(got, "name") == ["Ada, Countess"]


@pytest.mark.parametrize("name", ["Ada, Countess", 'Ada "A"', "Ada; B", " Ada "])
def test_quotes_of_the_inner_form_of_an_export_are_not_counted(name: str) -> None:
    user = {"localId": "u1", "email": "a@x", "emailVerified": True, "displayName": name}
    got = of(json.dumps({"users": [user]}), export=ExportFormat.FIREBASE, strict=True)
    assert got.found == []
    assert column(got, "name") == [name.strip()]


def test_values_in_single_quotes_are_a_warning() -> None:
    got = of_case("d1-single-quotes-nobool", constants={"email_verified": "true"})
    assert found(got) == [(Rule.SINGLE_QUOTES, 2, None)]
    assert got.report.staged is not None


@pytest.mark.parametrize(
    "row",
    [
        "'{0}','{0}@example.com',true,'Ada'",
        "{0},'{0}@example.com',true,'Ada'",
        "'{0}',{0}@example.com,true,Ada",
        "'{0}','{0}@example.com',true,'Ada \xfc'",
    ],
)
def test_a_file_in_single_quotes_has_one_warning(row: str) -> None:
    rows = "".join(row.format(f"user{number}") + "\n" for number in range(50))
    assert found(of(f"{HEAD}\n{rows}")) == [(Rule.SINGLE_QUOTES, 2, None)]


def test_single_quotes_inside_a_value_are_letters() -> None:
    assert of(f"{HEAD}\no'hara,o'hara@x,true,'t Hooft\n'a,b@x,true,d'\n").found == []


@pytest.mark.parametrize("word", ["NULL", "nan", "N/A", "#N/A", r"\N", "undefined", "None"])
def test_a_word_for_a_blank_is_reported_once_for_its_column(word: str) -> None:
    rows = "".join(f"user{number},u{number}@x,true,{word}\n" for number in range(100))
    got = of(f"{HEAD}\n{rows}")
    assert found(got) == [(Rule.WORD_FOR_BLANK, 2, "name")]
    assert column(got, "name") == [word] * 100


@pytest.mark.parametrize("name", ["Null Island", "Nan", "NULLs", "Annan", "none", "nil"])
def test_a_word_is_reported_as_a_whole_value_only(name: str) -> None:
    assert of(f"{HEAD}\nann,a@x,true,{name}\n").found == []


def test_words_are_looked_for_in_samples_wherever_chunks_end() -> None:
    filler = "x" * 2_000
    rows = [f"user{number:05},u{number:05}@x,true,{filler},Kanarie\n" for number in range(8_500)]
    length = len(rows[0])
    seen, unseen = SAMPLE_EVERY // length + 5, SAMPLE // length + 10
    assert len(rows) > seen > SAMPLE_EVERY // length + 1
    for at, lines in ((seen, [seen + 2]), (unseen, [])):
        text = "".join([*rows[:at], rows[at].replace("Kanarie", "NULL   "), *rows[at + 1 :]])
        data = f"{HEAD},nickname\n{text}".encode()
        for size in (1 << 18, 99_991):
            chunks = [data[begin : begin + size] for begin in range(0, len(data), size)]
            assert [line for _, line, _ in found(checked(chunks, Pool()))] == lines


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("windows-1252", "Zo\xeb \u20ac"),
        ("iso-8859-1", "J\xfcrgen"),
        ("shift_jis", "\u9ad8\u6a4b"),
        ("gb18030", "\u5b50\u6db5"),
        ("mac-roman", "Se\xe1n"),
        ("utf-16-le", "\u0141ukasz \U0001f600"),
        ("utf-8", "Zo\xeb"),
    ],
)
def test_a_file_of_another_encoding_is_read_wherever_it_is_cut(encoding: str, name: str) -> None:
    data = f"{HEAD}\nann,a@x,true,{name}\n".encode(encoding)
    for size in (1, 3, 7, len(data)):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        got = checked([b"", *chunks], Pool(), ReadOptions(encoding=encoding, strict=True))
        assert got.found == []
        assert column(got, "name") == [name]


def test_an_export_of_another_encoding_is_read() -> None:
    data = '{"users": [{"username": "ann", "firstName": "Zo\xeb"}]}'.encode("windows-1252")
    got = of(data, export=ExportFormat.KEYCLOAK, encoding="cp1252")
    assert got.found == []
    assert column(got, "given_name") == ["Zo\xeb"]


@pytest.mark.parametrize(
    ("data", "encoding", "line"),
    [
        (f"{HEAD}\nann,a@x,true,\nbob,b@x,true,".encode() + b"\x81\n", "windows-1252", 3),
        (f"{HEAD}\nann,a@x,true,".encode() + b"\x82\xff\n", "shift_jis", 2),
        (f"{HEAD}\nann,a@x,true,x\n".encode("utf-16-le") + b"a", "utf-16-le", 3),
        (f"{HEAD}\nann,a@x,true,\xeb\n".encode("windows-1252"), "utf-8", 2),
        (f"{HEAD}\nann,a@x,true,".encode() + b"+2AA-\n", "utf-7", 1),
        (b"a\x81", "windows-1252", 1),
    ],
)
def test_a_wrong_encoding_is_an_error_in_its_line(data: bytes, encoding: str, line: int) -> None:
    for size in (1, 5, len(data)):
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        got = checked(chunks, Pool(), ReadOptions(encoding=encoding))
        assert got.found[-1].rule is Rule.ENCODING
        assert got.found[-1].text == messages.not_in_encoding(encoding)
        if encoding != "utf-7":
            assert got.found[-1].location == Location(line)


@pytest.mark.parametrize("real", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_of_another_encoding_is_an_error(real: str) -> None:
    got = of(f"{HEAD}\nann,a@x,true,Zo\xeb\n".encode(real), encoding="windows-1252")
    actual = real.removesuffix("-sig").upper()
    assert [each.text for each in got.found] == [
        messages.other_byte_order_mark(actual, "windows-1252")
    ]


def test_utf_8_under_another_name_is_a_warning() -> None:
    file = f"{HEAD}\nann,a@x,true,Zo\xeb\n"
    assert found(of(file, encoding="windows-1252")) == [(Rule.OTHER_ENCODING, None, None)]
    # A letter that is not valid UTF-8, or no letter beyond ASCII, does not show UTF-8.
    assert of(file.encode() + b"bob,b@x,true,\xeb\n", encoding="windows-1252").found == []
    assert of(file.replace("\xeb", "e"), encoding="windows-1252").found == []


def test_a_character_that_the_end_of_the_file_cuts_is_no_utf_8() -> None:
    decoded = Transcoder([b"a\xc3"], "iso-8859-1")
    assert b"".join(decoded) == "a\xc3".encode()
    assert not decoded.is_probably_utf_8


def test_a_character_over_two_chunks_is_utf_8() -> None:
    for chunks in ([b"abcd\xc3", b"\xab"], [b"\xc3", b"\xab", b"a"], [b"\xc3\xab", b"a"]):
        decoded = Transcoder(chunks, "iso-8859-1")
        assert b"".join(decoded).decode() == b"".join(chunks).decode("iso-8859-1")
        assert decoded.is_probably_utf_8


def test_a_broken_file_is_an_error_each_time_it_is_read_on() -> None:
    decoded = Transcoder([b"a", b"\x81b"], "windows-1252")
    assert next(decoded) == b"a"
    for _ in range(3):
        with pytest.raises(EncodingError) as caught:
            next(decoded)
        assert str(caught.value) == messages.not_in_encoding("windows-1252")


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "undefined", "", "utf 99"])
def test_an_unknown_encoding_is_refused_with_examples(name: str) -> None:
    with pytest.raises(ValueError, match="windows-1252") as caught:
        ReadOptions(encoding=name)
    assert str(caught.value) == messages.unknown_encoding(name)


def test_the_encoding_is_part_of_what_the_handler_reads() -> None:
    options = ReadOptions(encoding="cp1252")
    assert ReadOptions.from_json(options.to_json()) == options
    assert ReadOptions().to_json() == {}
    for wrong in (1, None, "klingon"):
        with pytest.raises(ValueError, match="invalid encoding"):
            ReadOptions.from_json({"encoding": wrong})


def test_the_text_about_a_long_row_counts_what_the_import_adds() -> None:
    file = f"{HEAD}\nann,a@x,true,{'x' * 90}\n"
    limits = Limits(row_characters=100)
    (alone,) = checked([file.encode()], Pool(), limits=limits).found
    assert alone.text == messages.row_too_long(100, 0)
    options = ReadOptions(constants={"locale": "de"})
    (shared,) = checked([file.encode()], Pool(), options, limits).found
    assert shared.text == messages.row_too_long(100, len(",de"))
    assert "97" in shared.text
