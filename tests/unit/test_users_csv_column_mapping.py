"""The header of a file, and the mapping of its columns."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.csv_cases import HASH, MFA, SECRET, USERNAME, pool
from helpers.fuzz_users_csv import checked, rows_of

from user_import.users_csv import (
    Attribute,
    ExportFormat,
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    header_messages,
    messages,
)
from user_import.users_csv.column_mapping import ColumnMapping
from user_import.users_csv.column_suggestions import columns_argument
from user_import.users_csv.exports import messages as export_messages

FEW = Pool(columns=("name", "email", "email_verified", "custom:plan", USERNAME))
FEW_NAMES = "name, email, email_verified, custom:plan, cognito:username"


def unknown(name: Any, what: Any, near: Any = None, known: Any = FEW_NAMES) -> Any:
    correction = columns_argument({name: near})
    if name == "…":
        correction = header_messages.with_name_for(correction)
    if near is None:
        return header_messages.unknown_column(what, known, correction=correction)
    return header_messages.misspelled_column(what, near, correction=correction)


def no_username(found: Any) -> Any:
    return header_messages.no_username_column(USERNAME, found, USERNAME)


def likely(candidate: Any) -> Any:
    columns = columns_argument({candidate: (candidate, USERNAME)})
    return header_messages.likely_username_column(USERNAME, "", candidate, columns, "")


LONGEST_HEADER = 65_536
BY_EMAIL = Pool(username_attributes=("email",))
BY_PHONE_OR_EMAIL = Pool(username_attributes=("phone_number", "email"))


def check(file: Any, of: Any = FEW, **reading: Any) -> Any:
    data = file.encode() if isinstance(file, str) else file
    return checked([data], of, ReadOptions(**reading))


def strict(kind: Any) -> Any:
    return messages.not_strict(kind.value)


def reported(file: Any, of: Any = FEW, **reading: Any) -> Any:
    return [each.describe() for each in check(file, of, **reading).found]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("", f"{messages.EMPTY_FILE} (CSV002)"),
        (
            f"\n{USERNAME}\n",
            f"{header_messages.BLANK_HEADER} (CSV003)",
        ),
        (
            " \t\n",
            f"{header_messages.BLANK_HEADER} (CSV003)",
        ),
        ("name,locale\n", f"{no_username('name, locale')} (CSV003)"),
        ("name,email\n", f"{likely('email')} (CSV003)"),
        ("one,two\n", f"{header_messages.no_known_column(USERNAME)} (CSV003)"),
        (f"{SECRET},a@x\n", f"{header_messages.not_a_header(USERNAME)} (CSV003)"),
        ("%PDF-1.7\n", f"{messages.not_a_csv(messages.PDF)} (CSV001)"),
        (
            f"{USERNAME},Stra\u00dfe\n".encode("latin-1"),
            f"{messages.NOT_UTF_8} (CSV001)",
        ),
        (
            f"{USERNAME}\n".encode("utf-32"),
            f"{messages.UTF_32} (CSV001)",
        ),
        (
            b"\x00\x00\xfe\xff" + f"{USERNAME}\n".encode("utf-32-be"),
            f"{messages.UTF_32} (CSV001)",
        ),
        (
            b"\xff\xfe\x00\xd8\x0a\x00",
            f"{messages.BROKEN_UTF_16} (CSV001)",
        ),
        (f'"{USERNAME},name\n', "a quote is not closed (CSV011)"),
        (f'"{USERNAME}" x,name\n', f"{messages.TEXT_AFTER_QUOTE} (CSV011)"),
        (
            f"{USERNAME}{',' * LONGEST_HEADER}\n",
            f"{header_messages.header_too_long(LONGEST_HEADER)} (CSV013)",
        ),
    ],
)
def test_nothing_is_reported_beside_a_header_that_cannot_be_read(file: Any, says: Any) -> None:
    got = check(file, Pool())
    assert [each.describe() for each in got.found] == [f"line 1: {says}"]
    assert got.report.staged is None
    assert got.report.users == 0


@pytest.mark.parametrize("size", [LONGEST_HEADER, 10_000, 1_000])
@pytest.mark.parametrize("limits", [Limits(), Limits(row_characters=20)])
def test_a_header_can_have_65536_bytes(size: Any, limits: Any) -> None:
    name = "custom:" + "x" * (LONGEST_HEADER - len(f"{USERNAME},custom:"))
    for header, found in ((f"{USERNAME},{name}", []), (f"{USERNAME},{name}y", [1])):
        file = f"{header}\nann,1\n".encode()
        pieces = [file[at : at + size] for at in range(0, len(file), size)]
        got = checked(pieces, Pool(), limits=limits)
        assert [each.location.line for each in got.found] == found
        assert {each.rule for each in got.found} <= {Rule.ROW_TOO_LONG}


@pytest.mark.parametrize("size", [70_000, 1_000])
def test_a_header_beyond_the_limit_is_reported_only_as_too_long(size: Any) -> None:
    file = b"x" * 70_000 + b"\nann\n"
    pieces = [file[at : at + size] for at in range(0, len(file), size)]
    assert [each.rule for each in checked(pieces, Pool()).found] == [Rule.ROW_TOO_LONG]


@pytest.mark.parametrize(
    ("file", "written", "needed"),
    [
        (f"{USERNAME}\nann;x\n", f"{USERNAME}\nann;x\n", {}),
        (
            f'"{USERNAME}","name"\nann,Ann\n',
            f"{USERNAME},name\nann,Ann\n",
            {Normalization.QUOTES: 2},
        ),
        # White space in quotes is freed along with the quotes.
        (
            f'" {USERNAME} ",name\nann,Ann\n',
            f"{USERNAME},name\nann,Ann\n",
            {Normalization.QUOTES: 1},
        ),
        (
            f" {USERNAME}\t, NAME\nann,Ann\n",
            f"{USERNAME},name\nann,Ann\n",
            {Normalization.COLUMN_NAME: 2},
        ),
        # Commas of one name do not make the comma the separator.
        (
            f'"{USERNAME}";"custom:a,b,c,d"\nann;1\n',
            f"{USERNAME},custom:a\\,b\\,c\\,d\nann,1\n",
            {Normalization.QUOTES: 2, Normalization.SEPARATOR: 1},
        ),
        (
            f'"custom:a;b;c;d",{USERNAME}\n1,ann\n',
            f"custom:a;b;c;d,{USERNAME}\n1,ann\n",
            {Normalization.QUOTES: 1},
        ),
        (
            f"{USERNAME}\tname\tcustom:a;b\nann\tAnn\t1\n",
            f"{USERNAME},name,custom:a;b\nann,Ann,1\n",
            {Normalization.SEPARATOR: 1},
        ),
        (
            f"{USERNAME};custom:a\\b\nann;1\n",
            f"{USERNAME},custom:a\\b\nann,1\n",
            {Normalization.SEPARATOR: 1},
        ),
    ],
)
def test_a_header_is_normalized(file: Any, written: Any, needed: Any) -> None:
    got = check(file, Pool())
    assert got.found == []
    assert got.file.decode() == written
    assert got.report.normalized == needed


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (f'"{USERNAME}",name\nann,x\n', [f"line 1: {strict(Normalization.QUOTES)}"]),
        (f"{USERNAME};name\nann;x\n", [f"line 1: {strict(Normalization.SEPARATOR)}"]),
        (
            f" {USERNAME},NAME\nann,x\n",
            [
                f"line 1, column {name}: {strict(Normalization.COLUMN_NAME)}"
                for name in (USERNAME, "NAME")
            ],
        ),
        (f"{USERNAME},name\r\nann,x\r\n", [f"line 1: {strict(Normalization.LINE_ENDS)}"]),
        (f"{USERNAME},name\nann,x\r\nbob,x\r\n", [f"line 2: {strict(Normalization.LINE_ENDS)}"]),
        (f"\ufeff{USERNAME},name\nann,x\n", [f"line 1: {strict(Normalization.BYTE_ORDER_MARK)}"]),
        (
            f"{USERNAME},name\nann,x\n".encode("utf-16"),
            [f"line 1: {strict(Normalization.UTF_16)}"],
        ),
    ],
)
def test_strict_reports_every_normalization_of_a_header(file: Any, found: Any) -> None:
    of = Pool(columns=("name", USERNAME))
    assert reported(file, of, strict=True) == [f"{each} (CSV039)" for each in found]


def test_nothing_is_reported_after_a_header_that_cannot_be_read() -> None:
    assert reported("name\nann\r\n", strict=True) == [f"line 1: {no_username('name')} (CSV003)"]
    assert check("name\nann\r\n").report.normalized == {}
    assert check("name\r\nann\r\n").report.normalized == {Normalization.LINE_ENDS: 1}
    assert check("\ufeffname\nann\n").report.normalized == {Normalization.BYTE_ORDER_MARK: 1}


@pytest.mark.parametrize(
    ("header", "reading", "found"),
    [
        # A name that could be the value of a user is replaced by its number.
        (
            f"{SECRET}@x,{USERNAME},+4930",
            {},
            [
                f"line 1, column number {number}: {unknown('…', 'such column')} (CSV004)"
                for number in (1, 3)
            ],
        ),
        (
            f"{USERNAME},Remarks",
            {},
            [f"line 1, column Remarks: {unknown('Remarks', 'such column')} (CSV004)"],
        ),
        (
            f"{USERNAME},Remarks",
            {"columns": {"Remarks": "nmae"}},
            [
                f"line 1, column Remarks: {unknown('Remarks', 'column nmae', 'name')} (CSV004)",
            ],
        ),
        (
            f"{USERNAME},,name,",
            {},
            [
                f"line 1, column number {number}: {header_messages.COLUMN_WITHOUT_NAME} (CSV006)"
                for number in (2, 4)
            ],
        ),
        (
            f"{USERNAME},name,email,NAME,name",
            {"columns": {"email": "name"}},
            [
                f"line 1, column {name}: {header_messages.duplicate_column('name')} (CSV005)"
                for name in ("email", "NAME", "name")
            ],
        ),
        (
            f"{USERNAME},name",
            {"columns": {"Login": "email", "name": "name", "Mail": None}},
            [
                f"columns: {header_messages.column_not_in_file(name, f'{USERNAME}, name')} (CSV008)"
                for name in ("Login", "Mail")
            ],
        ),
        (
            USERNAME,
            {"constants": {"emial": "x", "zip": ""}, "defaults": {"emial": "y", "nmae": "x"}},
            [
                f"{header_messages.in_argument(argument, text)} (CSV004)"
                for argument, text in (
                    ("constants", header_messages.misspelled_column("column emial", "email")),
                    ("constants", header_messages.unknown_column("column zip", FEW_NAMES)),
                    ("defaults", header_messages.misspelled_column("column nmae", "name")),
                )
            ],
        ),
    ],
)
def test_problems_of_columns_are_reported_with_the_exact_message(
    header: Any, reading: Any, found: Any
) -> None:
    row = ",".join("ann" if name == USERNAME else "" for name in header.split(","))
    assert reported(f"{header}\n{row}\n", **reading) == found


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (f"{USERNAME},name", f"{USERNAME}, name"),
        ("Login,First name", "Login, First name"),
        # A value is not shown, and nothing of a line that has no name of a column.
        (f"{USERNAME},+4930", f"{USERNAME}, number 2"),
        (f"{SECRET},a@x", ""),
        (f"{SECRET},{SECRET}", ""),
        *(
            (",".join(names), ", ".join(names[:30]) + more)
            for names, more in (
                ([USERNAME, *(f"c{number}" for number in range(count))], more)
                for count, more in ((29, ""), (30, " and 1 more"), (1030, " and 1,001 more"))
            )
        ),
    ],
    ids=["known", "words", "value", "row", "unknown", "30", "31", "1031"],
)
def test_a_column_that_is_not_in_the_file_is_reported_with_those_that_are(
    header: Any, shown: Any
) -> None:
    text = header_messages.column_not_in_file("Mail", shown)
    assert f"columns: {text} (CSV008)" in reported(f"{header}\n", columns={"Mail": "email"})


def test_a_custom_attribute_whose_name_may_be_a_value_is_not_shown() -> None:
    correction = header_messages.with_name_for(columns_argument({"…": None}))
    text = header_messages.lost_attribute("such attribute", correction)
    assert reported(f"{USERNAME},custom:{SECRET}@x\nann,1\n") == [
        f"line 1, column number 2: {text} (CSV004)"
    ]


@pytest.mark.parametrize("name", ["a", 'a "b"', "a\\b", "\\", '\\"'])
@pytest.mark.parametrize("column", [None, "name", ("name", 'custom:"\\'), ("name", "email", "x")])
def test_the_argument_for_columns_is_python(name: Any, column: Any) -> None:
    text = columns_argument({name: column, "other": None})
    assert eval(text.removeprefix("columns=")) == {name: column, "other": None}


def test_one_column_is_written_without_parentheses() -> None:
    assert columns_argument({"a": ("name",)}) == columns_argument({"a": "name"})


def test_a_constant_that_no_import_can_set_is_reported_with_the_reason() -> None:
    text = header_messages.value_not_importable("password", header_messages.SET_AT_FIRST_SIGN_IN)
    assert reported(f"{USERNAME}\nann\n", constants={"password": "x"}) == [
        f"{header_messages.in_argument('constants', text)} (CSV004)"
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        # The prefix is left out of the comparison, and put back into the hint.
        ("plan", "custom:plan"),
        ("custom:nmae", "name"),
        ("custom:plna", "custom:plan"),
        # Of two names that differ in the prefix only, the one of the same kind.
        ("custom:loale", "custom:locale"),
        ("loale", "locale"),
        ("qqqqqq", None),
        # One letter left out, added, changed, or exchanged with the next one.
        ("local", "locale"),
        ("ocale", "locale"),
        ("locales", "locale"),
        ("xlocale", "locale"),
        ("lokale", "locale"),
        ("xocale", "locale"),
        ("locael", "locale"),
        ("olcale", "locale"),
        # Two such errors in a long name, not in a short one.
        ("lcoael", None),
        ("lokales", None),
        ("loalex", None),
        ("olcalx", None),
        ("phone_mumbre", "phone_number"),
        ("birthdet", "birthdate"),
        ("fone_number", "phone_number"),
        ("fone_numbre", None),
        ("phome_mumbre", None),
        # Letters that are not next to each other are not exchanged.
        ("nmxe", None),
        # Another word, with the prefix of a custom attribute.
        ("custom:Mobile", "phone_number"),
        # Other spaces and punctuation.
        ("P L A N", "custom:plan"),
        ("custom:P-L-A-N", "custom:plan"),
        ("custom:L O C A L E", "custom:locale"),
    ],
)
def test_an_unknown_column_is_reported_with_the_nearest_name(name: Any, near: Any) -> None:
    known = "name,locale,custom:locale,custom:plan,phone_number,birthdate"
    of = Pool(columns=(*known.split(","), USERNAME))
    text = unknown(name, "such column", near, ", ".join(of.columns or ()))
    assert reported(f"{name},{USERNAME}\n,ann\n", of) == [f"line 1, column {name}: {text} (CSV004)"]


@pytest.mark.parametrize(
    ("of", "known"),
    [
        (Pool(), {"custom:any", "name", MFA, "password_hash"}),
        (Pool(attributes=(Attribute("name"),)), {"name", MFA, "password_hash"}),
        (Pool(attributes=(Attribute("custom:any"),)), {"custom:any", MFA, "password_hash"}),
        # A column of hashes that is blank for all users is taken, and left out.
        (Pool(columns=("name", USERNAME)), {"name", HASH}),
        (Pool(columns=("custom:any", MFA, USERNAME)), {"custom:any", MFA, HASH}),
        (Pool(columns=("name", USERNAME), hashing_algorithm="BCRYPT"), {"name"}),
    ],
)
def test_columns_are_checked_only_against_the_known_part_of_the_pool(of: Any, known: Any) -> None:
    for column in ("custom:any", "name", MFA, "password_hash", "any"):
        found = [each.rule for each in check(f"{column},{USERNAME}\n,ann\n", of).found]
        assert found == ([] if column in known else [Rule.UNKNOWN_COLUMN])


REQUIRED = f"{header_messages.required_column_missing('')} (CSV007)"
FOR_ALL = header_messages.verified_for_all("email_verified")
VERIFIED = f"{header_messages.verified_column_missing('email_verified', '', FOR_ALL)} (CSV007)"
FLAGS = "email_verified or phone_number_verified"
EITHER_VERIFIED = header_messages.verified_column_missing(
    "email_verified", "phone_number_verified", FOR_ALL
)


@pytest.mark.parametrize(
    ("of", "reading", "missing"),
    [
        (
            pool("name", "custom:plan"),
            {},
            [f"line 1, column {name}: {REQUIRED}" for name in ("name", "custom:plan")],
        ),
        (pool("name"), {"defaults": {"name": "Ann"}}, []),
        (pool("name"), {"constants": {"name": "Ann"}}, []),
        (pool("name"), {"defaults": {"name": ""}}, [f"line 1, column name: {REQUIRED}"]),
        (Pool(auto_verified=("email",)), {}, [f"line 1, column email_verified: {VERIFIED}"]),
        (
            Pool(auto_verified=("email", "phone_number")),
            {},
            [f"line 1, column {FLAGS}: {EITHER_VERIFIED} (CSV007)"],
        ),
    ],
)
def test_a_required_column_can_come_from_a_default_or_constant(
    of: Any, reading: Any, missing: Any
) -> None:
    of = of if of.attributes is None else of._replace(auto_verified=None)
    found = reported(f"{USERNAME},email\nann,a@x\n", of, **reading)
    assert found[: len(missing)] == missing
    assert [each for each in found if "(CSV007)" in each] == found[: len(missing)]


@pytest.mark.parametrize("given", ["email", "phone_number"])
@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_one_of_the_verified_attributes_is_enough(given: Any, how: Any) -> None:
    of = Pool(auto_verified=("email", "phone_number"))
    file = f"{USERNAME},email,phone_number\nann,a@x,+4930\n"
    assert reported(file, of, **{how: {f"{given}_verified": "true"}}) == []
    file = f"{USERNAME},{given},{given}_verified\nann,{'a@x' if given == 'email' else '+4930'},true"
    assert reported(file, of) == []


@pytest.mark.parametrize(
    ("of", "reading", "written", "added"),
    [
        # As the pool has them, after those of the file; what the constants give is not lacking.
        (
            FEW,
            {"constants": {"custom:plan": "free"}, "defaults": {"email": "a@x"}},
            f"name,{USERNAME},custom:plan,email,email_verified\nAnn,ann,free,a@x,\n",
            ("email", "email_verified"),
        ),
        # Where the pool is not known, none is added but what the import names.
        (
            Pool(),
            {"constants": {"custom:plan": "free"}, "defaults": {"email": "a@x", "name": "X"}},
            f"name,{USERNAME},custom:plan,email\nAnn,ann,free,a@x\n",
            ("email",),
        ),
        # A constant goes before a default and before what the file has; what follows stays.
        (
            Pool(columns=("name", USERNAME)),
            {"constants": {"name": "All"}, "defaults": {"name": "None"}},
            f"{USERNAME},name\nann,All\n",
            (),
        ),
        (
            Pool(attributes=(Attribute("email"), Attribute("name"))),
            {},
            f"name,{USERNAME},email,{MFA}\nAnn,ann,,\n",
            ("email", MFA),
        ),
    ],
)
def test_missing_columns_are_added_after_the_columns_of_the_file(
    of: Any, reading: Any, written: Any, added: Any
) -> None:
    got = check(f"name,{USERNAME}\nAnn,ann\n", of, **reading)
    assert got.found == []
    assert got.file.decode() == written


def test_a_column_is_added_wherever_the_pool_has_its_column_of_hashes() -> None:
    got = check(f"{USERNAME}\nann\n", Pool(columns=("name", HASH, "email", USERNAME)))
    assert got.file == f"{USERNAME},name,email\nann,,\n".encode()


def test_a_column_for_several_gives_those_that_no_constant_gives() -> None:
    columns = {"x": ("name", "email")}
    got = check(f"{USERNAME},x\nann,a@x\n", columns=columns, constants={"name": "Ann"})
    assert got.found == []
    assert rows_of(got.file) == [
        [USERNAME, "email", "name", "email_verified", "custom:plan"],
        ["ann", "a@x", "Ann", "", ""],
    ]


def test_a_column_for_several_gives_those_that_no_other_column_gives() -> None:
    columns = {"x": ("email", "nickname")}
    by = pool("nickname", auto_verified=())
    got = check(f"{USERNAME},email,x\nann,a@x,A\n", by, columns=columns)
    assert [each.rule for each in got.found] == [Rule.DUPLICATE_COLUMN]


def test_a_column_that_the_file_lacks_has_the_pool_s_name() -> None:
    mapping = ColumnMapping(2, (USERNAME, "name"), (0, 1), ("Login", "Full"))
    assert [mapping.name_of(each) for each in ("name", "email")] == ["Full", "email"]


def test_columns_that_are_added_are_no_normalization() -> None:
    reading = {"constants": {"email": "a@x"}, "defaults": {"name": "y"}}
    for strict in (False, True):
        got = check(f"{USERNAME},name\nann,x\n", strict=strict, **reading)
        assert got.found == []
        assert got.report.normalized == {}


def test_a_row_is_written_with_the_columns_that_were_chosen() -> None:
    reading = {"columns": {"a": None, "b": "name", "name": None, "c": "email"}}
    got = check(f"a,b,name,{USERNAME},c\n1,2,3,ann,e@x\n", **reading)
    assert rows_of(got.file) == [
        ["name", USERNAME, "email", "email_verified", "custom:plan"],
        ["2", "ann", "e@x", "", ""],
    ]
    assert reported(f"a,b,name,{USERNAME},c\n1,2,3,ann,e\n", **reading) == [
        f"line 2, column c: {messages.EMAIL} (CSV026)"
    ]


# The password hashes of a job without algorithm: the column is never written.


HASHES = Pool(columns=("name", USERNAME, HASH))
NO_HASHES = Pool(columns=("name", USERNAME))
TAKES_ANY = [HASHES, NO_HASHES, Pool()]
"""Pools with the column, without it, and without any known settings."""


@pytest.mark.parametrize("of", TAKES_ANY, ids=["with", "without", "unknown"])
@pytest.mark.parametrize(
    "file",
    [
        f"{USERNAME},name,{HASH}\nann,Ann,\nbob,,\n",
        f"{USERNAME},{HASH},name\nann,,Ann\nbob,,\n",
        f"{HASH},{USERNAME},name\n,ann,Ann\n,bob,\n",
        f"{USERNAME},name,{HASH}\nann,Ann, \nbob,,\t\n",
        f'{USERNAME},name,{HASH}\nann,Ann,""\n"bob","",""\n',
        f"{USERNAME};name;{HASH}\nann;Ann;\nbob;;\n",
        f"{USERNAME};{HASH};name\nann;;Ann\nbob;;\n",
    ],
)
def test_a_blank_column_of_hashes_is_accepted_by_any_pool_and_left_out(of: Any, file: Any) -> None:
    got = check(file, of)
    assert got.found == []
    assert got.file.decode() == f"{USERNAME},name\nann,Ann\nbob,\n"


@pytest.mark.parametrize("of", TAKES_ANY, ids=["with", "without", "unknown"])
@pytest.mark.parametrize(
    "file",
    [
        f"{USERNAME},name,{HASH}\nann,Ann,\nbob,Bob,{SECRET}\n",
        f"{USERNAME},{HASH},name\nann,,Ann\nbob,{SECRET},Bob\n",
        f"{HASH},{USERNAME},name\n,ann,Ann\n{SECRET},bob,Bob\n",
    ],
)
def test_a_hash_in_a_column_of_blank_hashes_is_reported_at_any_position(of: Any, file: Any) -> None:
    got = check(file, of)
    assert [(each.rule, each.location.line, each.location.column) for each in got.found] == [
        (Rule.HASH_WITHOUT_ALGORITHM, 3, HASH)
    ]
    assert SECRET not in got.reported


def test_a_column_that_the_import_calls_the_hashes_is_left_out_where_it_is_blank() -> None:
    reading = {"columns": {"Hash": HASH}}
    file = f"{USERNAME},Hash,name\nann,{{}},Ann\n"
    assert check(file.format(""), NO_HASHES, **reading).file == b"cognito:username,name\nann,Ann\n"
    (finding,) = check(file.format(SECRET), NO_HASHES, **reading).found
    assert (finding.rule, finding.location.column) == (Rule.HASH_WITHOUT_ALGORITHM, "Hash")


def test_two_blank_columns_of_hashes_are_a_duplicate_column() -> None:
    assert reported(f"{USERNAME},{HASH},{HASH}\nann,,\n", NO_HASHES) == [
        f"line 1, column {HASH}: {header_messages.duplicate_column(HASH)} (CSV005)"
    ]


def test_the_column_of_hashes_is_added_for_a_job_with_an_algorithm_only() -> None:
    file = f"{USERNAME},name\nann,Ann\n"
    without = check(file, HASHES)
    assert without.file.decode() == file
    assert without.report.normalized == {}
    with_it = check(file, HASHES._replace(hashing_algorithm="BCRYPT"))
    assert with_it.file.decode() == f"{USERNAME},name,{HASH}\nann,Ann,\n"


def test_a_blank_hash_is_written_for_a_job_with_an_algorithm() -> None:
    of = HASHES._replace(hashing_algorithm="BCRYPT")
    file = f"{USERNAME},{HASH},name\nann,,Ann\n"
    assert check(file, of).file.decode() == file


@pytest.mark.parametrize(
    ("reading", "ending", "value"),
    [
        ({}, ",email,email_verified,custom:plan", ",,,"),
        ({"constants": {"custom:plan": "free"}}, ",custom:plan,email,email_verified", ",free,,"),
        ({"constants": {"email": "a,b@x"}}, ",email,email_verified,custom:plan", ",a\\,b@x,,"),
    ],
)
@pytest.mark.parametrize("name", ["Ann", "", "Ann\\,", "\\,\\,"])
def test_columns_after_the_left_out_hashes_move_forward(
    reading: Any, ending: Any, value: Any, name: Any
) -> None:
    got = check(f"{USERNAME},{HASH},name\nann,,{name}\nbob,,{name}\n", **reading)
    assert got.found == []
    assert got.file.decode() == (f"{USERNAME},name{ending}\nann,{name}{value}\nbob,{name}{value}\n")


@pytest.mark.parametrize("how", ["constants", "defaults"])
@pytest.mark.parametrize("of", TAKES_ANY, ids=["with", "without", "unknown"])
def test_hashes_that_are_blank_for_all_users_are_left_out(how: Any, of: Any) -> None:
    got = check(f"{USERNAME},name\nann,Ann\n", of, **{how: {HASH: ""}})
    assert got.found == []
    assert got.file.decode() == f"{USERNAME},name\nann,Ann\n"


def test_hashes_that_are_white_space_for_all_users_are_left_out() -> None:
    got = check(f"{USERNAME},name\nann,Ann\n", NO_HASHES, constants={HASH: " "})
    assert got.file.decode() == f"{USERNAME},name\nann,Ann\n"


def test_a_blank_column_of_hashes_in_capitals_is_accepted_by_a_pool_without_it() -> None:
    assert reported(f"{USERNAME},name,Password_Hash\nann,Ann,\n", HASHES) == []
    assert reported(f"{USERNAME},name,Password_Hash\nann,Ann,\n", NO_HASHES) == []


@pytest.mark.parametrize(
    ("file", "how", "line"),
    [
        (f"{USERNAME},name\nann,Ann\n", "constants", None),
        (f"{USERNAME},name\nann,Ann\n", "defaults", None),
        (f"{USERNAME},{HASH},name\nann,,Ann\n", "constants", None),
        (f"{USERNAME},{HASH},name\nann,,Ann\n", "defaults", 2),
    ],
)
@pytest.mark.parametrize("of", TAKES_ANY, ids=["with", "without", "unknown"])
def test_one_hash_for_all_users_is_refused(file: Any, how: Any, line: Any, of: Any) -> None:
    got = check(file, of, **{how: {HASH: SECRET}})
    assert [(each.rule, each.location.line) for each in got.found] == [
        (Rule.HASH_WITHOUT_ALGORITHM, line)
    ]
    assert SECRET not in got.reported


@pytest.mark.parametrize(
    ("width", "places", "straight"),
    [(2, (0, 1), True), (2, (1, 0), False), (3, (0, 1), False), (1, (0, 0), False)],
)
def test_a_mapping_is_the_identity_if_rows_are_unchanged(
    width: Any, places: Any, straight: Any
) -> None:
    columns = ("name", USERNAME)
    mapping = ColumnMapping(width, columns, places, columns, (("email", "a@x"), ("locale", "")))
    assert mapping.is_identity is straight
    assert mapping.header == ("name", USERNAME, "email", "locale")
    assert mapping._replace(last_is_blank=True).header == ("name", "email", "locale")


EMIAL = unknown("organization", "column emial", "email")

# Exports: the provider's columns, as far as the pool has their attributes.

OKTA = "login,firstName,email,mobilePhone,organization\nann,Ann,a@example.com,+4930,Acme\n"


@pytest.mark.parametrize(
    ("of", "reading", "written"),
    [
        (
            Pool(),
            {},
            f"{USERNAME},given_name,email,phone_number\nann,Ann,a@example.com,+4930\n",
        ),
        # What the pool has not is left out.
        (Pool(columns=("email", USERNAME)), {}, f"{USERNAME},email\nann,a@example.com\n"),
        # The first of the pool's own that the file has is the username, and an attribute as well.
        (
            BY_EMAIL,
            {},
            f"given_name,email,{USERNAME},phone_number\nAnn,a@example.com,a@example.com,+4930\n",
        ),
        (
            BY_PHONE_OR_EMAIL,
            {},
            f"given_name,email,phone_number,{USERNAME}\nAnn,a@example.com,+4930,+4930\n",
        ),
        # What the import says goes before what the provider's columns mean.
        (
            Pool(),
            {"columns": {"organization": USERNAME, "firstName": "nickname", "mobilePhone": None}},
            f"nickname,email,{USERNAME}\nAnn,a@example.com,Acme\n",
        ),
    ],
)
def test_an_export_is_mapped_to_the_pools_columns_and_its_kind_of_username(
    of: Any, reading: Any, written: Any
) -> None:
    got = check(OKTA, of, export=ExportFormat.OKTA, **reading)
    assert got.found == []
    assert got.file.decode() == written


def test_without_its_best_column_an_export_s_next_one_is_the_username() -> None:
    without = OKTA.replace("mobilePhone", "x")
    written = check(without, BY_PHONE_OR_EMAIL, export=ExportFormat.OKTA).file.decode()
    assert written == (f"given_name,email,{USERNAME}\nAnn,a@example.com,a@example.com\n")


@pytest.mark.parametrize("becomes", [None, "nickname"])
def test_an_attribute_without_a_column_is_not_the_username(becomes: Any) -> None:
    reading = {"export": ExportFormat.OKTA, "columns": {"mobilePhone": becomes}}
    header, row = check(OKTA, BY_PHONE_OR_EMAIL, **reading).file.decode().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))[USERNAME] == "a@example.com"


def test_a_file_that_is_not_the_export_is_reported_without_a_line() -> None:
    assert reported('{"somebody": []}', Pool(), export=ExportFormat.COGNITO) == [
        f"{export_messages.member_missing('Users', 'Username')} (CSV040)"
    ]


def test_an_export_without_any_column_for_the_username_has_no_header() -> None:
    found = "x, firstName, email, mobilePhone, organization"
    text = header_messages.likely_username_column(
        "login", found, "email", columns_argument({"email": ("email", USERNAME)}), ""
    )
    assert reported(OKTA.replace("login", "x"), Pool(), export=ExportFormat.OKTA) == [
        f"line 1: {text} (CSV003)"
    ]


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        # The column is no attribute then, but the username all the same.
        (
            {"constants": {"email": "all@example.com"}},
            "constants, email: " + header_messages.SHARED_SIGN_IN_NAME + " (CSV038)",
        ),
        (
            {"columns": {"firstName": "name", "organization": "name"}},
            "line 1, column organization: "
            + header_messages.duplicate_column("firstName")
            + " (CSV005)",
        ),
        (
            {"columns": {"organization": "emial"}},
            f"line 1, column organization: {EMIAL} (CSV004)",
        ),
    ],
)
def test_a_problem_of_a_column_of_an_export_is_reported_once(reading: Any, found: Any) -> None:
    file = OKTA.replace("Ann", "a@example.com")
    assert reported(file, BY_EMAIL, export=ExportFormat.OKTA, **reading) == [found]


def test_custom_attributes_of_an_export_are_taken_where_the_pool_has_them() -> None:
    file = """{"Users": [{"Username": "ann", "Attributes": [
        {"Name": "custom:old", "Value": "1"}, {"Name": "custom:plan", "Value": "2"}]}]}"""
    few = Pool(columns=("custom:plan", USERNAME))
    for of, columns in ((few, ["custom:plan"]), (Pool(), ["custom:old", "custom:plan"])):
        left_out = {"custom:old": None} if of is few else {}
        got = check(file, of, export=ExportFormat.COGNITO, columns=left_out)
        assert got.found == []
        assert sorted(rows_of(got.file)[0]) == [USERNAME, *columns]
    (finding,) = check(file, few, export=ExportFormat.COGNITO).found
    correction = columns_argument({"custom:old": None})
    assert finding.text == header_messages.lost_attribute("custom:old", correction)
