"""Every rule is found where it is broken, and nowhere else; every normalization is counted."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from helpers.csv_cases import (
    BROKEN,
    BY_ALIAS,
    HEAD,
    MFA,
    NORMALIZED,
    NUMBERS,
    PHONE,
    POOL,
    SECRET,
    TWO,
    USERNAME,
    VERIFIES_BOTH,
    as_given,
    bytes_of,
    check,
    ids,
    pool,
    second,
    shared,
    users,
)
from helpers.fuzz_users_csv import STRICT, checked, rows_of

from user_import.users_csv import (
    Finding,
    Location,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    Unit,
    UserKind,
    describe_normalizations,
)
from user_import.users_csv.diagnostics import WHOLE_FILE, Findings


@pytest.mark.parametrize("case", BROKEN, ids=ids(BROKEN))
def test_a_violation_of_a_rule_is_reported_at_its_place_and_nowhere_else(case: Any) -> None:
    found = check(case.wrong, case.pool, case.options, case.limits).found
    assert [(each.rule.id, each.location.line, each.location.column) for each in found] == [
        (case.rule.id, case.line, case.column)
    ]
    assert case.says in found[0].text


@pytest.mark.parametrize("case", BROKEN, ids=ids(BROKEN))
def test_no_finding_reports_a_value(case: Any) -> None:
    reported = check(case.wrong, case.pool, case.options, case.limits).reported
    wrong, right = (
        {cell.strip() for cell in re.split(r'[,"\r\n]', bytes_of(file).decode(errors="replace"))}
        for file in (case.wrong, case.right)
    )
    values = {cell for cell in wrong - right if len(cell) > 4 and cell != case.column}
    assert [cell for cell in (*values, SECRET, NUMBERS) if cell in reported] == []


@pytest.mark.parametrize("case", BROKEN, ids=ids(BROKEN))
def test_the_nearest_valid_value_passes(case: Any) -> None:
    got = check(case.right, case.pool, case.options, case.limits)
    assert got.found == []
    assert got.staged.users == got.report.users > 0


def test_every_rule_has_a_case() -> None:
    # OTHER_HEADER needs several files; tests/unit/test_users_csv_files.py has its cases.
    tested = {case.rule for case in BROKEN} | {Rule.NOT_STRICT, Rule.OTHER_HEADER}
    assert tested == set(Rule)


def test_every_normalization_has_a_case() -> None:
    by_choice = {kind.normalization for kind in UserKind}
    # Counted where the import takes hashes; tests/unit/test_hash_imports.py has their cases.
    of_hashes = {kind for kind in Normalization if "password hashes" in kind.value}
    assert {case.kind for case in NORMALIZED} == set(Normalization) - by_choice - of_hashes


def test_ids_of_rules_are_in_order_and_each_rule_has_its_own_description() -> None:
    assert [rule.id for rule in Rule] == [f"CSV{number:03}" for number in range(1, len(Rule) + 1)]
    assert len({rule.requirement for rule in Rule}) == len(Rule)


@pytest.mark.parametrize("case", NORMALIZED, ids=ids(NORMALIZED))
def test_a_value_that_can_be_normalized_is_written_as_cognito_accepts_it_and_counted(
    case: Any,
) -> None:
    got = check(case.file, as_given(case))
    assert got.found == []
    assert got.report.staged is not None
    assert got.file.decode() == case.written
    assert got.report.normalized == {case.kind: case.times}


@pytest.mark.parametrize("case", NORMALIZED, ids=ids(NORMALIZED))
def test_strict_refuses_normalization(case: Any) -> None:
    got = check(case.file, as_given(case), STRICT)
    assert {each.rule for each in got.found} == {Rule.NOT_STRICT}
    assert got.report.staged is None
    assert case.kind.value in got.found[0].text


@pytest.mark.parametrize("case", NORMALIZED, ids=ids(NORMALIZED))
def test_strict_accepts_a_normalized_file(case: Any) -> None:
    got = check(case.written, as_given(case), STRICT)
    assert got.found == []
    assert not got.report.normalized


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email_verified", "TRUE"),
        ("custom:vip", "FALSE"),
        ("birthdate", "02/01/1985"),
        ("updated_at", "1471453471"),
        ("updated_at", "0"),
        ("phone_number", "+14325551212"),
        ("name", r"Doe\, Kay"),
        ("name", 'Kay "K" Doe'),
        ("name", r"C:\temp"),
        ("custom:age", "042"),
        (MFA, "FALSE"),
    ],
)
def test_values_that_cognito_accepts_are_written_unchanged(column: Any, value: Any) -> None:
    file = second(**{column.replace(":", "__"): value})
    (header,) = rows_of(file.encode())[:1]
    got = check(file, POOL._replace(columns=tuple(header)), STRICT)
    assert got.found == []
    assert got.file.decode() == file
    assert not got.report.normalized


def test_white_space_around_values_is_not_a_normalization() -> None:
    got = check(TWO.replace("bob,", " bob\t,"), Pool(), STRICT)
    assert got.found == []
    assert not got.report.normalized
    assert [row[0] for row in rows_of(got.written)] == ["ann", "bob"]


def test_a_quoted_value_over_lines_is_one_finding_and_the_rows_after_it_keep_their_lines() -> None:
    file = (
        f"{HEAD},name,address\n"
        f'ann,a@x,true,"{SECRET}\n{SECRET}, x\n\n{SECRET}","Street 1\r\n{SECRET}"\n'
        "bob,b@x,false,,\n"
        f'cid,c@x,true,"two\n{SECRET}",\n'
        "two words,d@x,true,,\n"
    )
    found = check(file).found
    assert [(each.rule, each.location.line) for each in found] == [
        (Rule.LINE_BREAK, 2),
        (Rule.NOT_VERIFIED, 7),
        (Rule.LINE_BREAK, 8),
        (Rule.USERNAME_CHARACTERS, 10),
    ]


def test_line_numbers_are_those_of_the_file_with_any_line_ending() -> None:
    rows = ["ann,a@x,true", "", "two words,b@x,true", "  ", "", "cid,c@x,false", "dan,d@x,true"]
    for end in ("\n", "\r\n", "\r"):
        found = check(end.join([HEAD, *rows])).found
        assert [(each.rule, each.location.line) for each in found] == [
            (Rule.USERNAME_CHARACTERS, 4),
            (Rule.NOT_VERIFIED, 7),
        ]


def test_an_unclosed_quote_is_reported_where_it_opens() -> None:
    file = f'{HEAD},name\nann,a@x,true,x\nbob,b@x,true,"{SECRET}\n' + "cid,c@x,true,\n"
    got = check(file)
    assert [(each.rule, each.location.line) for each in got.found] == [(Rule.QUOTES, 3)]
    assert SECRET not in "".join(got.reported)


def test_all_findings_of_independent_values_of_one_row_are_reported() -> None:
    file = second(
        cognito__username=f"two {SECRET}",
        email=SECRET,
        phone_number=NUMBERS,
        birthdate=SECRET,
        updated_at=SECRET,
        custom__age=SECRET,
        custom__vip=SECRET,
        custom__plan="k",
        cognito__mfa_enabled="true",
    )
    found = check(file).found
    assert sorted(each.rule.id for each in found) == sorted(
        rule.id
        for rule in (
            Rule.USERNAME_CHARACTERS,
            Rule.EMAIL,
            Rule.PHONE_NUMBER,
            Rule.BIRTHDATE,
            Rule.EPOCH,
            Rule.NUMBER,
            Rule.BOOLEAN,
            Rule.LENGTH_BOUNDS,
            Rule.MFA_ENABLED,
        )
    )
    assert {each.location.line for each in found} == {3}


def test_all_problems_of_a_header_are_reported_and_the_rows_are_still_checked() -> None:
    file = (
        "cognito:username,email,email_verified,,emial,name,name\n"
        f"ann,a@x,true,,,,\n{SECRET} x,b@x,true,,{SECRET},,\n"
    )
    found = check(file, pool("given_name")).found
    assert {(each.rule, each.location.line) for each in found} == {
        (Rule.COLUMN_WITHOUT_NAME, 1),
        (Rule.UNKNOWN_COLUMN, 1),
        (Rule.DUPLICATE_COLUMN, 1),
        (Rule.COLUMN_MISSING, 1),
        (Rule.USERNAME_CHARACTERS, 3),
    }


@pytest.mark.parametrize("column", ["given_name", "email_verified"])
def test_a_blank_constant_does_not_satisfy_a_required_column(column: Any) -> None:
    reading = ReadOptions(constants={column: ""}, defaults={column: "true"})
    file = f"{HEAD},given_name\nann,a@x,true,Ann\n"
    found = check(file, pool("given_name"), reading).found
    assert [(each.rule, each.location.line, each.location.column) for each in found] == [
        (Rule.COLUMN_MISSING, 1, column)
    ]


def test_a_missing_flag_is_not_reported_for_users_whose_values_are_normalized() -> None:
    file = f"{USERNAME},phone_number\nann,+49 30 111\n"
    assert [each.rule for each in check(file, VERIFIES_BOTH).found] == [Rule.COLUMN_MISSING]


def test_a_missing_column_is_reported_once_and_not_for_every_user() -> None:
    file = f"{USERNAME},email\nann,a@x\n{SECRET} x,b@x\n"
    found = check(file, pool("given_name")).found
    assert [(each.rule, each.location.line, each.location.column) for each in found] == [
        (Rule.COLUMN_MISSING, 1, "given_name"),
        (Rule.COLUMN_MISSING, 1, "email_verified"),
        (Rule.USERNAME_CHARACTERS, 3, USERNAME),
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"email_verified": SECRET}, Rule.BOOLEAN),
        ({"cognito__username": ""}, Rule.USERNAME_MISSING),
        ({"email": SECRET}, Rule.EMAIL),
        ({"custom__plan": "k" * 2049}, Rule.VALUE_TOO_LONG),
        ({"phone_number": SECRET, "phone_number_verified": "true"}, Rule.PHONE_NUMBER),
        ({"email_verified": "true\\"}, Rule.BACKSLASH),
    ],
)
def test_consequences_of_one_mistake_are_not_reported_as_another(changes: Any, rule: Any) -> None:
    found = check(second(**changes)).found
    assert [each.rule for each in found] == [rule]


def test_a_duplicate_user_is_a_warning_that_stops_nothing() -> None:
    got = check(users({USERNAME: "ann"}, {USERNAME: "ann"}, {USERNAME: "bob"}))
    assert [each.rule for each in got.found] == [Rule.DUPLICATE_USERNAME]
    assert Rule.DUPLICATE_USERNAME.is_warning
    assert (got.report.findings.errors, got.report.findings.warnings) == (0, 1)
    assert got.report.staged is not None
    assert got.report.staged.users == 3


def test_findings_are_reported_in_order_of_lines() -> None:
    findings = Findings()
    findings.add(Rule.DUPLICATE_USERNAME, Location(7, USERNAME), "an earlier user has it")
    findings.add(Rule.EMAIL, Location(5, "email"), "give one @")
    findings.add(Rule.NUMBER_OF_VALUES, Location(3), "2 values")
    findings.add(Rule.DUPLICATE_USERNAME, Location(4, "Log\tin"), "an earlier user has it")
    findings.add(Rule.EXPORT, WHOLE_FILE, "no list of users")
    findings.settle()
    assert findings.describe_errors() == (
        "no list of users (CSV040); line 3: 2 values (CSV009); "
        "line 5, column email: give one @ (CSV026)"
    )
    assert findings.describe_warnings() == (
        "line 4, column Log?in: an earlier user has it (CSV022); "
        "line 7, column cognito:username: an earlier user has it (CSV022)"
    )
    assert (findings.errors, findings.warnings) == (3, 2)


def test_the_first_of_many_findings_are_reported_and_all_are_counted() -> None:
    taken: list[Finding] = []
    findings = Findings(taken.append)
    findings.unit = Unit.RECORD
    for line in range(1_200, 1, -1):
        findings.add(Rule.DUPLICATE_USERNAME, Location(line), "again")
        findings.add(Rule.EMAIL, Location(line), "no @")
    findings.add(Rule.ENCODING, Location(1), "no UTF-8")
    findings.settle()
    records = range(1, 20)
    assert findings.describe_errors() == (
        "By rule: CSV001: 1, CSV026: 1,199. The first 20: the columns: no UTF-8 (CSV001); "
    ) + "; ".join(f"record {number}: no @ (CSV026)" for number in records)
    assert findings.describe_warnings() == "By rule: CSV022: 1,199. The first 20: " + "; ".join(
        f"record {number}: again (CSV022)" for number in (*records, 20)
    )
    assert len(taken) == 2 * 1_199 + 1


def test_normalizations_are_described_the_most_frequent_first() -> None:
    reported = describe_normalizations(
        Counter({Normalization.DATE: 2, Normalization.BOOLEAN: 1_000})
    )
    assert reported == f"{Normalization.BOOLEAN.value}: 1,000; {Normalization.DATE.value}: 2"
    assert describe_normalizations(Counter()) == ""


def test_every_duplicate_of_a_name_is_reported_except_the_first() -> None:
    found = check(users(*[{USERNAME: "ann"}] * 4)).found
    assert [each.location.line for each in found] == [3, 4, 5]


TWICE = [case for case in BROKEN if case.rule in (Rule.DUPLICATE_USERNAME, Rule.DUPLICATE_ALIAS)]


@pytest.mark.parametrize("case", TWICE, ids=ids(TWICE))
def test_duplicates_are_found_among_rows_that_are_normalized_as_well(case: Any) -> None:
    wrong, right = (
        check(file.replace("true", "Yes"), case.pool) for file in (case.wrong, case.right)
    )
    assert [(each.rule, each.location.line, each.location.column) for each in wrong.found] == [
        (case.rule, case.line, case.column)
    ]
    assert right.found == []
    assert right.report.normalized[Normalization.BOOLEAN] >= right.report.users


def test_aliases_that_are_not_verified_may_be_duplicates() -> None:
    unverified = {"email": "k@example.com", "email_verified": "false"}
    verified = {**PHONE, "phone_number_verified": "true"}
    file = users(
        {**unverified, **verified},
        {**unverified, **verified, "phone_number": "+4930"},
        {"email": "k@example.com"},
    )
    found = check(file, VERIFIES_BOTH._replace(aliases=("email",))).found
    assert found == []


def test_an_unknown_pool_accepts_custom_columns_and_lists_the_deferred_rules() -> None:
    file = f"{HEAD},custom:any,cognito:mfa_enabled\nann,a@x,false,x,true\nb@x,b@x,,y,false\n"
    got = check(file, Pool())
    assert got.found == []
    assert rows_of(got.written)[0] == ["ann", "a@x", "false", "x", "true"]
    assert got.report.unchecked


def test_an_unknown_pool_has_the_standard_attributes() -> None:
    file = second(birthdate="31/12/1985", updated_at="now", phone_number="12", emial=SECRET)
    found = check(file, Pool()).found
    assert {each.rule for each in found} == {
        Rule.BIRTHDATE,
        Rule.EPOCH,
        Rule.PHONE_NUMBER,
        Rule.UNKNOWN_COLUMN,
    }


def test_a_completely_known_pool_has_no_deferred_rules() -> None:
    got = check(TWO, POOL._replace(columns=POOL.header))
    assert got.report.unchecked == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_read_with_a_byte_order_mark_only(encoding: Any) -> None:
    got = check(TWO.encode(encoding))
    assert got.report.staged is None


def test_half_a_character_of_utf_16_is_an_error_and_not_an_exception() -> None:
    for file in (f"\ufeff{TWO}".encode("utf-16-le")[:-1], b"\xff\xfe" + b"\x00\xd8" * 8):
        got = check(file)
        assert got.report.staged is None


def test_columns_may_have_other_names_in_the_file() -> None:
    reading = ReadOptions(
        columns={"Login": USERNAME, "E-Mail": "email", "Remarks": None},
        constants={"email_verified": "true"},
        defaults={"locale": "de"},
    )
    file = f"Login;E-Mail;Remarks;locale\nann;a@x;{SECRET};\nbob;b@x;{SECRET};fr\n"
    got = check(file, POOL, reading)
    assert got.found == []
    header = rows_of(got.staged.header.encode())[0]
    rows = [dict(zip(header, row, strict=True)) for row in rows_of(got.written)]
    assert [{name: text for name, text in row.items() if text} for row in rows] == [
        {USERNAME: "ann", "email": "a@x", "email_verified": "true", "locale": "de"},
        {USERNAME: "bob", "email": "b@x", "email_verified": "true", "locale": "fr"},
    ]
    assert SECRET not in got.written.decode()


def test_a_finding_names_the_column_as_the_file_does() -> None:
    reading = ReadOptions(columns={"Login": USERNAME, "E-Mail": "email"})
    found = check(f"Login,E-Mail,email_verified\ntwo words,{SECRET},true\n", POOL, reading).found
    assert {(each.rule, each.location.column) for each in found} == {
        (Rule.USERNAME_CHARACTERS, "Login"),
        (Rule.EMAIL, "E-Mail"),
    }


def test_records_are_counted_from_one_and_the_header_is_none() -> None:
    lines = [Location(line) for line in (None, 1, 2, 3)]
    records = [each._replace(unit=Unit.RECORD) for each in lines]
    assert [each.describe() for each in records] == ["", "the columns", "record 1", "record 2"]
    assert [each.describe() for each in lines] == ["", "line 1", "line 2", "line 3"]
    assert [each.number for each in records] == [0, 0, 1, 2]
    assert [each.number for each in lines] == [0, 1, 2, 3]
    got = check(second(email=SECRET), POOL, ReadOptions(unit=Unit.RECORD))
    assert [each.location.line for each in got.found] == [3]
    assert got.report.findings.describe_errors().startswith("record 2, column email: ")


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("email_verified", SECRET, Rule.BOOLEAN),
        ("birthdate", "31/12/1985", Rule.BIRTHDATE),
        ("locale", f"{SECRET}\n{SECRET}", Rule.LINE_BREAK),
        ("locale", f'"{SECRET}"', Rule.QUOTES),
        ("locale", f"{SECRET}\\", Rule.BACKSLASH),
        ("custom:plan", SECRET * 2, Rule.LENGTH_BOUNDS),
    ],
)
@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_constants_are_checked_like_the_values_of_a_file(
    how: Any, column: Any, value: Any, rule: Any
) -> None:
    reading = shared(how, **{column: value})
    file = TWO.replace("email_verified", "zoneinfo").replace("true", "UTC")
    got = check(file, pool(auto_verified=None), reading)
    assert [(each.rule, each.location.line, each.location.column) for each in got.found] == [
        (rule, None, None)
    ]
    assert f"{how}, {column}: " in got.reported
    assert SECRET not in got.reported


@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_constants_can_leave_all_users_unverified(how: Any) -> None:
    reading = shared(how, email_verified="false")
    got = check(f"{USERNAME},email\nann,a@x\nbob,b@x\n", POOL, reading)
    assert [(each.rule, each.location.line, each.location.column) for each in got.found] == [
        (Rule.NOT_VERIFIED, 2, "email_verified"),
        (Rule.NOT_VERIFIED, 3, "email_verified"),
    ]


@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_an_alias_for_all_users_is_a_duplicate(how: Any) -> None:
    reading = shared(how, email=f"{SECRET}@example.com")
    got = check("cognito:username,email_verified\nann,true\nbob,true\n", BY_ALIAS, reading)
    assert {(each.rule, each.location.column) for each in got.found} == {
        (Rule.DUPLICATE_ALIAS, None)
    }
    assert f"{how}, email: " in got.reported
    assert SECRET not in got.reported


def test_a_column_renamed_to_an_unknown_name_is_reported_with_both_names() -> None:
    got = check(TWO, POOL, ReadOptions(columns={"email": "emial"}))
    reported = next(each.describe() for each in got.found if each.rule is Rule.UNKNOWN_COLUMN)
    assert "emial" in reported
    assert "did you mean email?" in reported


@pytest.mark.parametrize(
    "rows", ['"\n"\nb\n', '\n"\nb"\n', 'x,"\n\n",\nb\n', '"a\n\nb",x,\nb b,c@x,true\n']
)
def test_a_quote_that_is_open_where_a_piece_ends_is_read_on(rows: Any) -> None:
    file = f"{HEAD}\n{rows}".encode()
    whole = checked([file], Pool())
    assert whole.found[0].rule is Rule.LINE_BREAK
    for at in range(len(file)):
        assert checked([file[:at], file[at:]], Pool()).found == whole.found


def test_utf_16_that_ends_in_the_middle_is_reported_with_its_line() -> None:
    file = f"\ufeff{TWO}".encode("utf-16-le")
    half = file.rindex("bob,".encode("utf-16-le"))
    for broken in (file[:half] + b"\x00\xd8" + file[half:], file[: half + 1]):
        for chunks in ([broken], [bytes([each]) for each in broken]):
            found = checked(chunks, POOL).found
            assert [(each.rule, each.location.line) for each in found] == [(Rule.ENCODING, 3)]
