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
    header_messages,
    messages,
)
from user_import.users_csv.decoding import EncodingError, LineReader, Transcoder
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
    return [(each.rule, each.location.line, each.location.column) for each in got.found]


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


def test_a_separator_line_with_another_separator_names_those_that_are_read() -> None:
    (finding,) = of(f"sep=|\n{USERNAME}|name\nann|Ann\n").found
    assert (finding.rule, finding.location.line) == (Rule.NO_HEADER, 1)
    assert finding.text == header_messages.UNKNOWN_SEPARATOR


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
        "'{0}',{0}@example.com,true,Ada",
        "'{0}','{0}@example.com',true,'Ada \xfc'",
    ],
)
def test_a_file_in_single_quotes_has_one_warning(row: str) -> None:
    rows = "".join(row.format(f"user{number}") + "\n" for number in range(50))
    assert found(of(f"{HEAD}\n{rows}")) == [(Rule.SINGLE_QUOTES, 2, None)]


def test_an_address_in_single_quotes_is_reported_where_the_username_has_none() -> None:
    got = of(f"{HEAD}\nada,'a@x',true,\nbob,b@x,true,'Bob'\nkim,'k@x',true,\n'lea','l@x',true,\n")
    assert found(got) == [
        (Rule.DOUBTFUL_EMAIL, 2, "email"),
        (Rule.DOUBTFUL_EMAIL, 4, "email"),
        (Rule.SINGLE_QUOTES, 5, None),
    ]


@pytest.mark.parametrize("address", ["a\u200bda@x", "ada@x\u200b", "\u202aada@x\u202c"])
def test_an_address_with_invisible_characters_is_a_warning(address: str) -> None:
    assert found(of(f"{HEAD}\nada,{address},true,\n")) == [(Rule.DOUBTFUL_EMAIL, 2, "email")]


def test_two_single_quotes_are_quotes_around_nothing_and_one_is_a_letter() -> None:
    assert found(of(f"{HEAD}\n'',b@x,true,\n")) == [(Rule.SINGLE_QUOTES, 2, None)]
    assert of(f"{HEAD}\n',b@x,true,\n").found == []


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


def test_a_file_that_is_neither_in_its_encoding_nor_utf_8_is_an_error_only() -> None:
    file = of(f"{HEAD}\nann,a@x,true,".encode() + b"\xff\n", encoding="ascii")
    assert [each.text for each in file.found] == [messages.not_in_encoding("ascii")]
    file = of(f"{HEAD}\nann,a@x,true,\xfc\n", encoding="ascii")
    assert {each.text for each in file.found} == {
        messages.not_in_encoding("ascii"),
        messages.PROBABLY_UTF_8,
    }


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


def test_a_short_line_before_a_letter_that_the_encoding_lacks_is_read() -> None:
    file = LineReader(Transcoder([b"a\n\xff"], "ascii"), 100)
    batches = file.batches()
    assert next(batches) == b"a\n"
    with pytest.raises(EncodingError, match="ascii"):
        next(batches)
    assert file.lines == 1


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


# Rows with another number of values than the header

ONLY = {"only_columns": True}
MORE = HEAD + ",notes,more"


@pytest.mark.parametrize("options", [{}, ONLY])
@pytest.mark.parametrize(
    ("rows", "values", "advice"),
    [
        ("b,b@example.com,true", 3, messages.CUT_OFF),
        ("b", 1, messages.CUT_OFF),
        ("b,b@example.com,true\n", 3, messages.BLANK_HAS_COMMA),
        ("b,b@example.com,true\r\n", 3, messages.BLANK_HAS_COMMA),
        ("b,b@example.com\nc,c@example.com,true,C,,", 2, messages.BLANK_HAS_COMMA),
        ("b,b@example.com,true,Doe, John,,", 7, messages.ESCAPE_COMMAS),
        ("b,b@example.com,true,“Doe, John”,,", 7, messages.TYPOGRAPHIC_QUOTES),
        ("b,b@example.com,true,„Doe, John“,,\n", 7, messages.TYPOGRAPHIC_QUOTES),
        ("b,b@example.com,true,O\u2019Neill, John,,\n", 7, messages.ESCAPE_COMMAS),
        ("b,“b”", 2, messages.CUT_OFF),
    ],
)
def test_another_number_of_values_is_reported_with_its_likeliest_cause(
    rows: str, values: int, advice: str, options: dict[str, Any]
) -> None:
    head = MORE if options else HEAD + ",nickname,gender"
    for above in ("", "sep=,\n"):
        got = of(f"{above}{head}\na,a@example.com,true,A,,\n{rows}", **options)
        (finding,) = got.found
        text = messages.number_of_values(values, 6, advice)
        assert (finding.rule, finding.text) == (Rule.NUMBER_OF_VALUES, text)


def test_a_file_that_ends_in_a_whole_row_without_a_line_end_is_not_cut_off() -> None:
    assert of(f"{HEAD}\na,a@example.com,true,A").found == []


# Duplicates


@pytest.mark.parametrize("above", ["", "sep=;\n"])
def test_a_duplicate_names_the_line_of_the_first_user(above: str) -> None:
    rows = ["a;x@example.com;true;A", "", "A;y@example.com;true;A", "b;x@example.com;true;B"]
    pool = Pool(aliases=("email",), case_sensitive=False)
    got = of(above + "\n".join([HEAD.replace(",", ";"), *rows, rows[0]]) + "\n", pool)
    first = 3 if above else 2
    name, alias = messages.duplicate_username, messages.duplicate_alias
    assert sorted((each.location.line or 0, each.text) for each in got.found) == [
        (first + 2, name(f"line {first}")),
        (first + 3, alias(f"line {first}")),
        (first + 4, name(f"line {first}")),
    ]


def test_a_duplicate_of_an_export_names_the_record_of_the_first_user() -> None:
    users = [{"username": name, "email": "x@example.com"} for name in "bab"]
    got = of(json.dumps(users), export=ExportFormat.KEYCLOAK)
    assert [each.text for each in got.found] == [messages.duplicate_username("record 1")]


# Characters that nobody sees


@pytest.mark.parametrize(
    ("value", "code_points"),
    [
        ("a,a@example.com,true\u200b,A", "U+200B"),
        ("a,a@example.com,tr\0ue,A", "U+0000"),
        ("a\u202ab\u202c,a@example.com,true,A", "U+202A, U+202C"),
        ("\u2060a\u2060,a@example.com,true,A", "U+2060"),
    ],
)
def test_a_value_with_invisible_characters_is_reported_with_their_code_points(
    value: str, code_points: str
) -> None:
    (finding,) = of(f"{HEAD}\n{value}\n").found
    assert finding.text == messages.invisible_characters(code_points)


def test_a_phone_number_of_an_address_book_is_reported_with_its_invisible_characters() -> None:
    got = of(f"{USERNAME},phone_number\na,\u202a+49 30 1234\u202c\n")
    assert [each.text for each in got.found] == [messages.invisible_characters("U+202A, U+202C")]


@pytest.mark.parametrize("value", ["ja\u200b", "\u200b", "t r u e", '"\u200b""a"'])
def test_a_value_that_is_wrong_without_invisible_characters_too_keeps_its_text(value: str) -> None:
    (finding,) = of(f"{USERNAME},email_verified\na,{value}\n").found
    assert finding.text == messages.BOOLEAN


def test_a_username_of_invisible_characters_only_keeps_its_text() -> None:
    (finding,) = of(f"{USERNAME},name\n\u200b,Ann\n").found
    assert finding.text == messages.USERNAME_CHARACTERS


def test_a_value_of_any_text_may_have_invisible_characters() -> None:
    got = of(f"{HEAD}\na,a@example.com,true,A\u200bB\n")
    assert got.found == []
    assert column(got, "name") == ["A\u200bB"]


@pytest.mark.parametrize("name", ["email\u200b", "\ufeff email", "e\xadmail ", "\x01Email"])
def test_a_column_with_invisible_characters_in_its_name_is_found(name: str) -> None:
    got = of(f"{USERNAME},{name},email_verified\na,a@example.com,true\n")
    assert got.found == []
    assert column(got, "email") == ["a@example.com"]
    assert got.report.normalized[Normalization.COLUMN_NAME] == 1


def test_a_name_with_invisible_characters_can_be_mapped_as_it_is() -> None:
    file = f"{USERNAME},E\u200bmail,email_verified\na,a@example.com,true\n"
    for name in ("E\u200bmail", "Email"):
        assert of(file, columns={name: "email"}).found == []


@pytest.mark.parametrize(
    ("export", "file"),
    [
        (ExportFormat.OKTA, "login,status\u200b\na,SUSPENDED\n"),
        (ExportFormat.COGNITO, "\u200bUsername,En\u200dabled\na,false\n"),
    ],
)
def test_disabled_users_are_found_below_a_name_with_invisible_characters(
    export: ExportFormat, file: str
) -> None:
    assert [each.rule for each in of(file, export=export).found] == [Rule.EXCLUDED_USER]


# A header that is repeated


@pytest.mark.parametrize(
    ("header", "repeated", "options"),
    [
        (HEAD, HEAD, {}),
        (HEAD, f" {HEAD.replace(',', ' , ')}", {}),
        (HEAD.replace(",", ";"), HEAD.replace(",", ";"), {}),
        (f"{USERNAME},name", f"{USERNAME},name", {}),
        ("Login,name,notes", "Login,name,notes", {"columns": {"Login": USERNAME, "notes": None}}),
    ],
)
def test_a_repeated_header_is_one_finding(
    header: str, repeated: str, options: dict[str, Any]
) -> None:
    user = "a;a@example.com;true;A" if ";" in header else "a,a@example.com,true,A"
    if "email" not in header:
        user = "a,A" if "notes" not in header else "a,A,"
    other = user.replace("a", "b", 2)
    got = of(f"{header}\n{user}\n{repeated}\n{other}\n", **options)
    assert found(got) == [(Rule.NO_HEADER, 3, None)]
    assert got.found[0].text == header_messages.HEADER_REPEATED


def test_a_user_may_have_the_name_of_a_column() -> None:
    got = of(f"{HEAD}\n{USERNAME},a@example.com,true,name\nuser{USERNAME},b@example.com,true,B\n")
    assert got.found == []
