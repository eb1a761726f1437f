"""The fast path matches rows that certainly break no rule; only the others are validated exactly.

A wrong row must not match. A right row must, because the speed for large files comes from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers.csv_cases import (
    BCRYPT,
    BY_ALIAS,
    BY_EITHER,
    BY_EMAIL,
    BY_PHONE,
    HASH,
    MFA,
    PHONE,
    POOL,
    USERNAME,
    VERIFIED_PHONE,
    VERIFIES_BOTH,
    check,
    hashed,
    pool,
)

from user_import.users_csv import Attribute, Pool, ReadOptions, Rule
from user_import.users_csv.column_mapping import ColumnMapping
from user_import.users_csv.fast_path import row_pattern

Row = dict[str, str]
NOBODY_VERIFIED = pool(auto_verified=())
FLAGS = ("email_verified", "phone_number_verified")


@dataclass(frozen=True)
class Users:
    """Users of one file; their other values are matched by the fast path.

    Attributes:
        at_once: valid, and matched by the fast path.
        again: valid, but validated exactly.
        wrong: validated exactly, with findings in their lines and no others.
        lacks: columns that the file does not have.
    """

    pool: Pool
    at_once: tuple[Row, ...] = ()
    again: tuple[Row, ...] = ()
    wrong: tuple[Row, ...] = ()
    reading: ReadOptions = field(default_factory=ReadOptions)
    lacks: tuple[str, ...] = ()

    def lines(self) -> tuple[range, range, range]:
        """Return the lines of each kind in the file."""
        again = 2 + len(self.at_once)
        wrong = again + len(self.again)
        return range(2, again), range(again, wrong), range(wrong, wrong + len(self.wrong))

    def file(self, step: int = 1) -> str:
        """Write the file, with its columns in one order or the other."""
        rows = [
            {
                USERNAME: f"user{number}",
                "email": f"user{number}@example.com",
                "email_verified": "true",
                **row,
            }
            for number, row in enumerate((*self.at_once, *self.again, *self.wrong))
        ]
        absent = {*self.lacks, *self.reading.constants}
        names = [name for row in rows for name in row if name not in absent]
        columns = list(dict.fromkeys(names))[::step]
        lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
        return "".join(",".join(line) + "\n" for line in lines)


def values(
    column: str,
    by: Pool = POOL,
    /,
    *,
    at_once: tuple[str, ...] = (),
    again: tuple[str, ...] = (),
    wrong: tuple[str, ...] = (),
    **more: Any,
) -> Users:
    """Users who differ in one value."""
    first, second, third = (
        tuple({column: each} for each in kind) for kind in (at_once, again, wrong)
    )
    return Users(by, first, second, third, **more)


def bounds(name: str, low: int | None, high: int | None, by: Pool = POOL) -> Pool:
    """A pool with a string of so many characters."""
    others = [each for each in by.attributes or () if each.name != name]
    return by._replace(attributes=(*others, Attribute(name, minimum=low, maximum=high)))


def text(low: int | None, high: int | None, /, **kinds: tuple[str, ...]) -> Users:
    """Users of a pool that has a string of so many characters."""
    return values("custom:text", bounds("custom:text", low, high), **kinds)


def number(low: int | None, high: int | None, /, **kinds: tuple[str, ...]) -> Users:
    """Users of a pool that has a number within bounds."""
    attribute = Attribute("custom:number", "Number", minimum=low, maximum=high)
    return values(
        "custom:number", POOL._replace(attributes=(*(POOL.attributes or ()), attribute)), **kinds
    )


def email(name: str, value: str | None = None) -> Row:
    """A user whose username is an email address."""
    return {USERNAME: name, "email": name if value is None else value, "email_verified": "true"}


def phone(name: str, value: str | None = None) -> Row:
    """A user whose username is a phone number."""
    given = name if value is None else value
    return {USERNAME: name, "phone_number": given, "phone_number_verified": "true"}


def always(**columns: str) -> ReadOptions:
    """A reading with values for all users."""
    return ReadOptions(constants=columns)


NO_EMAIL = {"email": "", "email_verified": ""}
K63 = "k" * 63
K255 = "k" * 255
K1023 = "k" * 1023
PHONE_NOT_VERIFIED = {**PHONE, "phone_number_verified": "false"}

CASES = {
    "username": values(
        USERNAME,
        at_once=("k", "k" * 128, "ann@example.com", "Jürgen", "ü" * 64, "漢字", "“ann”", "[a]~!"),
        again=(r"a\,b", r"a\b", " ann", "ü" * 65),
        wrong=("k" * 129, "two words", "two\u00a0words", "", " "),
    ),
    "username beside an email alias": values(
        USERNAME,
        BY_ALIAS,
        at_once=("ann", "Jürgen"),
        again=("@ann", "a@b@c"),
        wrong=("ann@example.com",),
    ),
    "username beside another alias": values(
        USERNAME, pool(aliases=("phone_number",)), at_once=("ann", "ann@example.com")
    ),
    "email as username": Users(
        BY_EMAIL._replace(auto_verified=()),
        at_once=(
            email("a@b"),
            email(f"{K63}@{K63}"),
            email(f"j{K63}@{K63}"),
            {**email("bob@example.com"), **VERIFIED_PHONE},
        ),
        again=(
            # A blank is filled with the username.
            {**email("ann@example.com"), **NO_EMAIL},
            email("", "cid@example.net"),
            {**email(f"k{K63}@{K63}"), **NO_EMAIL},
            email("jürgen@example.com"),
        ),
        wrong=(
            email(f"kk{K63}@{K63}"),
            email("cid@example.com", "cid@example.co"),
            email("cid@example.co", "cid@example.com"),
            email("cid@example.com", "Cid@example.com"),
            email("cid", "cid@example.com"),
            email("+14325551212", "cid@example.com"),
            email(""),
        ),
    ),
    "email of few characters as username": Users(
        bounds("email", None, 10, BY_EMAIL), wrong=(email("kkkkkkkkk@k"),)
    ),
    "email of just enough characters as username": Users(
        bounds("email", None, 128, BY_EMAIL), at_once=(email("a@b"), email(f"{K63}@{K63}"))
    ),
    "phone number as username": Users(
        BY_PHONE._replace(auto_verified=()),
        at_once=(
            phone("+123"),
            phone("+" + "1" * 127),
        ),
        again=(
            phone("+12"),
            {**phone("+14325551212"), "phone_number": "", "phone_number_verified": ""},
        ),
        wrong=(
            phone("+" + "1" * 128),
            phone("+4930111", "+493011"),
            phone("+493011", "+4930111"),
            phone("ann", "+4930111"),
            phone("ann@example.com", "+4930111"),
        ),
    ),
    "either as username": Users(
        BY_EITHER._replace(auto_verified=()),
        at_once=(
            {**email("ann@example.com"), **VERIFIED_PHONE},
            phone("+4930111"),
            {**phone("+4930222"), "email": "cid@example.com"},
        ),
        again=(
            {**phone("+49"), "email": "dan@example.com"},
            {**email("bob@example.com"), **NO_EMAIL},
            {**phone("+4930333"), "phone_number": "", "phone_number_verified": ""},
        ),
        wrong=(
            email("eve@example.com", "ann@example.co"),
            {**email("eve@example.com", "eve@example.co"), **PHONE},
            phone("+4930444", "+493044"),
            {**phone("+4930444", "+4930445"), "email": "+4930444"},
            {USERNAME: "eve"},
        ),
    ),
    # What is verified.
    "verified": Users(
        VERIFIES_BOTH,
        at_once=(
            {},
            {"email_verified": "TRUE"},
            {"email_verified": "false", **VERIFIED_PHONE},
            {"email_verified": "FALSE", **PHONE, "phone_number_verified": "TRUE"},
            {**NO_EMAIL, **VERIFIED_PHONE},
            VERIFIED_PHONE,
            PHONE_NOT_VERIFIED,
            {"phone_number": "", "phone_number_verified": "FALSE"},
        ),
        again=({"email_verified": "True"}, {"email_verified": "yes"}),
        wrong=(
            {"email_verified": "tr"},
            {"email_verified": "false"},
            {"email_verified": ""},
            {"email_verified": "false", **PHONE_NOT_VERIFIED},
            {"email": ""},
            {"email": "", **VERIFIED_PHONE},
            {"phone_number": "", "phone_number_verified": "true"},
        ),
    ),
    "nobody verified": Users(
        NOBODY_VERIFIED,
        at_once=({}, {"email_verified": "false"}, {"email_verified": ""}, NO_EMAIL, PHONE),
        wrong=({"email": ""},),
    ),
    "no columns of what is verified": Users(NOBODY_VERIFIED, at_once=({},), lacks=FLAGS),
    "verified without the column": Users(
        NOBODY_VERIFIED,
        at_once=({"email_verified": "false"}, {"email_verified": ""}),
        wrong=({"email_verified": "true"},),
        lacks=("email",),
    ),
    "all verified": Users(
        POOL, at_once=({},), wrong=({"email": ""},), reading=always(email_verified="true")
    ),
    "all verified, in capitals": Users(
        POOL, at_once=({},), wrong=({"email": ""},), reading=always(email_verified="TRUE")
    ),
    "all phone numbers verified": Users(
        VERIFIES_BOTH,
        at_once=(PHONE, {**PHONE, "email_verified": "false"}, {**PHONE, **NO_EMAIL}),
        wrong=({"phone_number": ""}, {**PHONE, "email": ""}),
        reading=always(phone_number_verified="true"),
    ),
    "none verified": Users(POOL, wrong=({}, {"email": ""}), reading=always(email_verified="false")),
    "none verified, and none need be": Users(
        NOBODY_VERIFIED, at_once=({}, {"email": ""}), reading=always(email_verified="false")
    ),
    "no phone number verified": Users(
        VERIFIES_BOTH,
        at_once=({}, PHONE),
        wrong=({"email_verified": "false"}, {"email": ""}),
        reading=always(phone_number_verified="false"),
    ),
    "one email address for all": Users(
        POOL,
        at_once=({},),
        wrong=({"email_verified": "false"},),
        reading=always(email="all@example.com"),
    ),
    # Emails and phone numbers.
    "email": values(
        "email",
        at_once=("a@b", "a.b+1@example.com", f"{K255}@b", f"a@{K255}", f"{K255}@{K255}.{K255}"),
        again=(f"k{K255}@b", f"a@k{K255}", "o'neil@example.com", "jürgen@example.com", " a@b"),
        wrong=(f"k{K1023}@k{K1023}", "ann", "a@", "@b", "a@b@c", "a b@c", "a@b c", "false"),
    ),
    "email of 3 characters or more": values("email", bounds("email", 3, None), at_once=("a@b",)),
    "email of 4 characters or more": values(
        "email", bounds("email", 4, None), again=("ab@b",), wrong=("a@b",)
    ),
    "email of 4 characters or less": values(
        "email", bounds("email", None, 4), at_once=("a@b", "ab@b"), wrong=("ab@bc",)
    ),
    "email of 3 characters or less": values(
        "email", bounds("email", None, 3), again=("a@b",), wrong=("ab@b",)
    ),
    "phone number": values(
        "phone_number",
        at_once=("", "+123", "+" + "1" * 2047),
        again=("+12", "+1", "+1 432"),
        wrong=("+" + "1" * 2048, "+", "123", "+12a", "+123 x", "false"),
    ),
    "phone number of 4 characters or less": values(
        "phone_number",
        bounds("phone_number", None, 4),
        at_once=("", "+123"),
        again=("+12",),
        wrong=("+1234",),
    ),
    # Strings.
    "text": text(
        None,
        None,
        at_once=("", "x", " ", " x ", "x" * 2048, "é" * 1024, r"a\, b", "it's", "“x”"),
        again=("é" * 1025, r"C:\x"),
        wrong=("x" * 2049,),
    ),
    "text of more than a value may have": text(
        None, 4096, at_once=("x" * 2048,), wrong=("x" * 2049,)
    ),
    "text of up to 12": text(
        None, 12, at_once=("", "x" * 12, "é" * 6), again=("é" * 12,), wrong=("x" * 13,)
    ),
    "text of 0 to 12": text(0, 12, at_once=("", "x" * 12), again=("é" * 12,), wrong=("x" * 13,)),
    "text of 1 to 12": text(1, 12, at_once=("", "é", "x" * 12), wrong=("x" * 13,)),
    "text of 2 to 12": text(
        2,
        12,
        at_once=("", "xx", "x y", "x" * 12),
        again=("éé", r"x\,y", "xx ", " xx"),
        wrong=("x", "x ", "x" * 13),
    ),
    "text of 2": text(2, 2, at_once=("", "xx"), wrong=("x", "xxx")),
    "text of up to 1": text(None, 1, at_once=("", "x"), wrong=("xx",)),
    "text of nothing": text(None, 0, at_once=("",), wrong=("x",)),
    "text that is required": values(
        "name",
        pool("name"),
        at_once=("x", "é", r"\, x", "漢字", "x" * 2048),
        again=(" x", "“x”"),
        wrong=("", " ", "\x1c", "\x85", "\u00a0", "\u1680", "\u2003", "\u205f", "\u3000"),
    ),
    "text with a default": values(
        "locale", at_once=("fr",), again=("", " "), reading=ReadOptions(defaults={"locale": "de"})
    ),
    "text of a pool that nothing is known of": values(
        "custom:any", Pool(), at_once=("", "x" * 2048), wrong=("x" * 2049,)
    ),
    # Other values.
    "birthdate": values(
        "birthdate",
        at_once=(
            *("", "01/01/1000", "12/31/2999", "02/28/2001", "01/29/1985", "10/30/1985"),
            *("04/30/1985", "09/19/1985", "11/11/1985", "08/31/1985"),
            *("12/30/1985", "10/31/1985", "12/10/1985", "02/01/1985", "02/19/1985"),
        ),
        again=("02/29/2000", "01/01/0999", "01/01/3000", "1985-02-01", "1/1/1985"),
        wrong=(
            *("02/29/1900", "02/30/1985", "04/31/1985", "11/31/1985", "13/01/1985", "00/10/1985"),
            *("10/00/1985", "10/32/1985", "1/32/1985", "01/01/19855"),
            *("02/31/1985", "02/00/1985", "01/00/1985", "12/32/1985", "06/31/1985"),
        ),
    ),
    "birthdate that is required": values(
        "birthdate", pool("birthdate"), at_once=("01/01/1985",), wrong=("",)
    ),
    "boolean": values(
        "custom:vip",
        at_once=("", "true", "false", "TRUE", "FALSE"),
        again=("True", "yes", "0", "t"),
        wrong=("tr", "truefalse"),
    ),
    "MFA off": values(MFA, at_once=("", "false", "FALSE"), again=("no",), wrong=("true", "TRUE")),
    "MFA on": values(
        MFA,
        pool(mfa="ON"),
        at_once=("", "true", "TRUE"),
        again=("yes",),
        wrong=("false", "FALSE"),
    ),
    **{
        f"MFA {mfa}": values(
            MFA,
            pool(mfa=mfa),
            at_once=("", "true", "false", "TRUE", "FALSE"),
            again=("no",),
            wrong=("x",),
        )
        for mfa in ("OPTIONAL", None)
    },
    "password hash": values(HASH, hashed("BCRYPT"), at_once=("",), again=(BCRYPT,), wrong=("x",)),
    "password hash without algorithm": values(
        HASH, hashed(None), at_once=("",), again=(" ",), wrong=(BCRYPT, "x")
    ),
    # Numbers.
    "number": number(
        None,
        None,
        at_once=("", "0", "-1", "007", "9" * 15, "-" + "9" * 15),
        again=("9" * 16, "-" + "9" * 16),
        wrong=("-", "+1", "1.0", "x", "true"),
    ),
    "number from 0": number(
        0, None, at_once=("0", "007", "9" * 15), again=("9" * 16,), wrong=("-1",)
    ),
    "number from 1": number(
        1, None, at_once=("1", "9" * 15), again=("01", "9" * 16), wrong=("0", "-1")
    ),
    "number from 2": number(2, None, at_once=("10", "9" * 15), again=("2",), wrong=("1",)),
    "number from 10": number(10, None, at_once=("10",), again=("010",), wrong=("9",)),
    "number from 11": number(11, None, at_once=("100",), again=("11",), wrong=("10",)),
    "number from 10 to 99": number(
        10, 99, at_once=("10", "99"), again=("010",), wrong=("9", "100")
    ),
    "number from 18 to 130": number(18, 130, again=("18", "99", "130"), wrong=("17", "131")),
    "number from -5 to 10": number(
        -5, 10, at_once=("0", "9"), again=("-5", "10"), wrong=("-6", "11")
    ),
    "number that is required": values(
        "updated_at", pool("updated_at"), at_once=("0", "1700000000"), wrong=("", "x", "-1")
    ),
    "number up to 10^15": number(
        None, 10**15, at_once=("9" * 15,), again=("1" + "0" * 15, "-1"), wrong=("9" * 16,)
    ),
    "number up to 130": number(None, 130, at_once=("0", "99"), again=("100", "-5"), wrong=("131",)),
    "number up to 99": number(None, 99, at_once=("99",), again=("-1",), wrong=("100",)),
    "number up to 98": number(None, 98, at_once=("9",), again=("98",), wrong=("99",)),
    "number up to 9": number(None, 9, at_once=("9",), again=("-1",), wrong=("10",)),
    "number up to 0": number(None, 0, at_once=("",), again=("0", "-1"), wrong=("1",)),
    "number up to -1": number(None, -1, at_once=("",), again=("-1",), wrong=("0",)),
    "number up to -10": number(None, -10, at_once=("",), again=("-10",), wrong=("5", "-9")),
}


def names(cases: dict[str, Users]) -> list[str]:
    """Return the names as plain ids."""
    return [re.sub(r"[^A-Za-z0-9_-]+", "-", name) for name in cases]


@pytest.mark.parametrize("step", [1, -1], ids=["straight", "turned"])
@pytest.mark.parametrize("users", CASES.values(), ids=names(CASES))
def test_only_rows_that_the_fast_path_does_not_match_are_validated_exactly(
    users: Any, step: Any
) -> None:
    got = check(users.file(step), users.pool, users.reading)
    _, again, wrong = users.lines()
    assert got.exact_lines == [*again, *wrong]
    assert list(dict.fromkeys(each.location.line for each in got.found)) == [*wrong]


TWICE = {
    "of two aliases, one column": Users(
        pool(aliases=("email", "phone_number"), auto_verified=()),
        at_once=(VERIFIED_PHONE,),
        wrong=(VERIFIED_PHONE,),
        lacks=("email", "email_verified"),
    ),
    "an alias that nobody verifies": Users(
        pool(aliases=("email", "preferred_username")),
        at_once=({"preferred_username": "Kay"}, {"preferred_username": ""}),
        wrong=({"preferred_username": "Kay"},),
    ),
    "an alias that is verified for all": Users(
        BY_ALIAS,
        at_once=({"email": "k@example.com"}, {"email": "kk@example.com"}),
        wrong=({"email": "k@example.com"},),
        reading=always(email_verified="true"),
    ),
    "an alias that is verified for none": Users(
        BY_ALIAS._replace(auto_verified=()),
        at_once=({"email": "k@example.com"},) * 2,
        reading=always(email_verified="false"),
    ),
    "an alias without its column of verified values": Users(
        BY_ALIAS._replace(auto_verified=()),
        at_once=({"email": "k@example.com"},) * 2,
        lacks=("email_verified",),
    ),
    "an alias of which some are verified": Users(
        BY_ALIAS._replace(auto_verified=()),
        at_once=(
            {"email": "k@example.com", "email_verified": "false"},
            {"email": "k@example.com", "email_verified": "true"},
            {"email": "k@example.com", "email_verified": ""},
        ),
        wrong=({"email": "k@example.com", "email_verified": "TRUE"},),
    ),
    "what may be the username of one and not of the other": Users(
        BY_EITHER._replace(auto_verified=()),
        at_once=(
            {USERNAME: "k@example.com", "email": "k@example.com"},
            {USERNAME: "+4930", "email": ""},
        ),
        wrong=({USERNAME: "+4940", "email": "k@example.com"},),
        lacks=("email_verified",),
    ),
}
"""Users of whom the wrong ones have a duplicate value."""


@pytest.mark.parametrize("users", TWICE.values(), ids=names(TWICE))
@pytest.mark.parametrize("step", [1, -1], ids=["straight", "turned"])
def test_duplicates_are_found_without_exact_validation(users: Any, step: Any) -> None:
    got = check(users.file(step), users.pool, users.reading)
    assert got.exact_lines == []
    assert [(each.rule, each.location.line) for each in got.found] == [
        (Rule.DUPLICATE_ALIAS, line) for line in users.lines()[2]
    ]


def test_an_alias_of_any_name_is_compared() -> None:
    file = f"{USERNAME},custom:x-1\nann,A\nbob,B\ncid,A\n"
    got = check(file, Pool(aliases=("custom:x-1",)))
    assert got.exact_lines == []
    assert [(each.rule, each.location.line) for each in got.found] == [(Rule.DUPLICATE_ALIAS, 4)]


def test_a_row_with_too_few_values_does_not_affect_other_rows() -> None:
    file = f"{USERNAME},name,nickname\nann,Ann\nbob,Bob\ncid,Cid,C\n"
    got = check(file, NOBODY_VERIFIED)
    assert got.exact_lines == [2, 3]
    assert [(each.rule, each.location.line) for each in got.found] == [
        (Rule.NUMBER_OF_VALUES, 2),
        (Rule.NUMBER_OF_VALUES, 3),
    ]


def test_a_block_of_lines_is_matched_at_once() -> None:
    columns = (USERNAME, "email", "email_verified", "name")
    mapping = ColumnMapping(len(columns), columns, tuple(range(len(columns))), columns)
    pattern = row_pattern(mapping, BY_ALIAS._replace(auto_verified=()), frozenset())
    groups = pattern.match(
        b"ann,a@x,true,Ann\ntwo words,b@x,true,\ncid,c@x,false,Cid\n\ndan,,,D\0 X\n"
    )
    value, verified = pattern.unique["email"]
    assert verified is not None
    assert groups[pattern.username] == [b"ann", None, b"cid", None, b"dan"]
    assert groups[value] == [b"a@x", None, b"c@x", None, None]
    assert [bool(each) for each in groups[verified]] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (Pool(), ()),
        (POOL, ()),
        (BY_ALIAS, ("email", "phone_number")),
        (BY_EMAIL, ()),
        (BY_EITHER, ("email", "phone_number")),
        (BY_EMAIL._replace(aliases=("preferred_username",)), ("preferred_username",)),
    ],
)
def test_a_single_attribute_that_is_the_username_needs_no_rule_beside_the_usernames(
    by: Any, names: Any
) -> None:
    assert by.sign_in_names == names
