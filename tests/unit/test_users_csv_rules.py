"""Every rule is found where it is broken, and nowhere else; every mending is right and counted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers.fuzz_users_csv import STRICT, Checked, checked, rows_of

from user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    Findings,
    Limits,
    Mending,
    Pool,
    Reading,
    Rule,
    place,
    told_mendings,
)
from user_import.users_csv.values import Mended as MendedValue
from user_import.users_csv.values import Refused, boolean

USERNAME = "cognito:username"
MFA = "cognito:mfa_enabled"
HASH = "password_hash"
SECRET = "Kanarie"
NUMBERS = "8675309"
ATTRIBUTES = (
    *STANDARD_ATTRIBUTES,
    Attribute("custom:plan", minimum=2, maximum=12),
    Attribute("custom:age", "Number", minimum=18, maximum=130),
    Attribute("custom:debt", "Number", maximum=-1),
    Attribute("custom:vip", "Boolean"),
    Attribute("custom:note"),
)
POOL = Pool(
    attributes=ATTRIBUTES,
    auto_verified=("email",),
    aliases=(),
    username_attributes=(),
    mfa="OFF",
    case_sensitive=False,
)


def pool(*required: str, **changes: Any) -> Pool:
    """The pool of most tests, with some attributes required, and changes."""
    attributes = tuple(each._replace(required=each.name in required) for each in ATTRIBUTES)
    return POOL._replace(attributes=attributes, **changes)


def bounded(name: str, minimum: int | None, maximum: int) -> Pool:
    """The pool of most tests, with other bounds of one attribute."""
    return POOL._replace(
        attributes=tuple(
            each._replace(minimum=minimum, maximum=maximum) if each.name == name else each
            for each in ATTRIBUTES
        )
    )


BY_ALIAS = pool(aliases=("email", "phone_number"))
BY_EMAIL = pool(username_attributes=("email",))
BY_PHONE = pool(username_attributes=("phone_number",), auto_verified=("phone_number",))
BY_EITHER = pool(username_attributes=("email", "phone_number"))
UNVERIFIED = BY_EITHER._replace(auto_verified=())
"""Sign-in with email or phone number, and none has to be verified."""
VERIFIES_PHONE = pool(auto_verified=("phone_number",))
VERIFIES_BOTH = pool(auto_verified=("email", "phone_number"))


def hashed(algorithm: Any) -> Pool:
    """A pool that takes password hashes, of one algorithm or of none."""
    return pool(columns=(*(POOL.header or ()), HASH), hashing_algorithm=algorithm)


BCRYPT = "$2b$12$" + (SECRET + ".") * 6 + "abcde"
SCRYPT = f"16384$8$1${NUMBERS}0${NUMBERS}abcdef0"
ARGON2 = r"$argon2id$v=19$m=19456\,t=2\,p=1$Kanarie8$Kanarie867"
PBKDF2 = "$pbkdf2-sha256$600000$Kanarie8$Kanarie867"


def users(*rows: dict[str, str]) -> str:
    """A CSV in Cognito's dialect of users who are all right but for what is said."""
    right = [
        {USERNAME: f"user{number}", "email": f"user{number}@example.com", "email_verified": "true"}
        for number in range(len(rows))
    ]
    names = list(dict.fromkeys(name for row in (*right, *rows) for name in row))
    lines = [
        ",".join({**ok, **row}.get(name, "") for name in names)
        for ok, row in zip(right, rows, strict=True)
    ]
    return "\n".join([",".join(names), *lines, ""])


def second(by: Pool = POOL, /, **changes: str) -> str:
    """Three users, of whom the second, on line 3, is changed; ``__`` stands for a colon."""
    first: dict[str, str] = {}
    third: dict[str, str] = {}
    if "email" in by.username_attributes:
        first, third = ({USERNAME: f"{n}@example.com", "email": f"{n}@example.com"} for n in "az")
    elif by.username_attributes:
        first, third = (
            {USERNAME: number, "phone_number": number, "phone_number_verified": "true"}
            for number in ("+4930111", "+4930999")
        )
    return users(first, {name.replace("__", ":"): text for name, text in changes.items()}, third)


@dataclass(frozen=True)
class Broken:
    """A file that breaks one rule in one place, and its nearest neighbour that breaks none."""

    rule: Rule
    wrong: str | bytes
    right: str | bytes
    line: int = 3
    column: str | None = None
    pool: Pool = POOL
    reading: Reading = field(default_factory=Reading)
    limits: Limits = field(default_factory=Limits)
    says: str = ""


def value(
    rule: Rule, column: str, wrong: str, right: str, pool_: Pool = POOL, /, **others: str
) -> Broken:
    """One value of the user on line 3 that breaks a rule, and one that does not."""
    name = column.replace(":", "__")
    return Broken(
        rule,
        second(pool_, **{**others, name: wrong}),
        second(pool_, **{**others, name: right}),
        column=column,
        pool=pool_,
    )


PHONE = {"phone_number": "+14325551212"}
NO_EMAIL = {"email": "", "email_verified": "", "custom:vip": "true"}
VERIFIED_PHONE = {**PHONE, "phone_number_verified": "true"}
HEAD = "cognito:username,email,email_verified"
TWO = f"{HEAD}\nann,ann@example.com,true\nbob,bob@example.com,true\n"
WIDE = ",".join(each.name for each in STANDARD_ATTRIBUTES[:9])
"""Nine columns of text of up to 2,048 characters each."""


def row_of(characters: int) -> str:
    """Two users, of whom the second's row has so many characters."""
    ends = ",bob,bob@example.com,true"
    values = characters - len(ends) - 8
    nine = ",".join("é" * (values // 9 + (number < values % 9)) for number in range(9))
    return f"{WIDE},{HEAD}\n{',' * 8},ann,ann@example.com,true\n{nine}{ends}\n"


BROKEN = [
    # The file.
    Broken(
        Rule.ENCODING,
        TWO.encode().replace(b"bob,", b"Kanarie\xff,"),
        TWO.encode().replace(b"bob,", "Kanarieÿ,".encode()),
    ),
    Broken(Rule.ENCODING, TWO.encode().replace(b"bob,", b"Kanarie\xc3,"), TWO),
    Broken(Rule.ENCODING, TWO.encode().replace(b"bob,", b"Kanarie\xed\xa0\x80,"), TWO),
    Broken(Rule.NO_USERS, "", TWO, line=1),
    Broken(Rule.NO_USERS, f"{HEAD}\n", f"{HEAD}\nKanarie,k@example.com,true\n", line=1),
    Broken(Rule.NO_USERS, f"{HEAD}\n\n \n", TWO, line=1),
    Broken(Rule.NO_HEADER, "Kanarie,k@example.com,true\n" * 2, TWO, line=1),
    Broken(Rule.NO_HEADER, "email,email_verified\nkanarie@example.com,true\n", TWO, line=1),
    Broken(
        Rule.TOO_MANY_USERS,
        TWO,
        TWO.split("bob", maxsplit=1)[0],
        limits=Limits(job_users=1, jobs=1),
        line=1,
    ),
    Broken(
        Rule.BLANK_LINES,
        TWO.replace("bob,", "\n\nbob,") + "\n\ncid,c@example.com,true\n",
        TWO.replace("bob,", "\n\nbob,") + "cid,c@example.com,true\n",
        limits=Limits(line_gaps=1),
        line=1,
    ),
    # The header.
    *(
        Broken(
            Rule.UNKNOWN_COLUMN,
            TWO.replace("\n", f",{name}\n", 1).replace("true\n", f"true,{SECRET}\n"),
            TWO.replace("\n", f",{near}\n", 1).replace("true\n", f"true,{SECRET}\n"),
            line=1,
            column=name,
            says=f"did you mean {near}?" if near != "custom:note" else "",
        )
        for name, near in (
            ("nickmane", "nickname"),
            ("custom:paln", "custom:plan"),
            ("plan", "custom:plan"),
            ("givenname", "given_name"),
            ("sub", "custom:note"),
        )
    ),
    *(
        Broken(
            Rule.COLUMN_TWICE,
            f"{HEAD},{first},{again}\nann,ann@example.com,true,{SECRET},{SECRET}\n",
            f"{HEAD},{first},nickname\nann,ann@example.com,true,{SECRET},{SECRET}\n",
            line=1,
            column=again,
        )
        for first, again in (("name", "name"), ("name", "Name"), ("custom:plan", "custom:plan"))
    ),
    Broken(
        Rule.COLUMN_WITHOUT_NAME,
        f"{HEAD},\nann,ann@example.com,true,{SECRET}\n",
        f"{HEAD},name\nann,ann@example.com,true,{SECRET}\n",
        line=1,
        column="number 4",
    ),
    Broken(
        Rule.COLUMN_MISSING,
        TWO,
        second(given_name=SECRET).replace("@example.com,true,", "@example.com,true,x"),
        line=1,
        column="given_name",
        pool=pool("given_name"),
    ),
    Broken(
        Rule.COLUMN_MISSING,
        f"cognito:username,email\nann,{SECRET}@example.com\n",
        f"{HEAD}\nann,{SECRET}@example.com,true\n",
        line=1,
        column="email_verified",
    ),
    Broken(
        Rule.COLUMN_NOT_FOUND,
        TWO,
        TWO.replace("email,", "E-mail,"),
        line=1,
        column="E-mail",
        reading=Reading(columns={"E-mail": "email"}),
    ),
    Broken(
        Rule.EXPORT,
        f'{{"somebody": ["{SECRET}"]}}',
        f'{{"Users": [{{"Username": "{SECRET}", "Attributes": []}}]}}',
        line=0,
        pool=Pool(),
        reading=Reading(export="cognito"),
    ),
    # The row.
    Broken(Rule.NUMBER_OF_VALUES, TWO.replace("bob,", ""), TWO),
    Broken(Rule.NUMBER_OF_VALUES, TWO.replace("bob,", f"bob,{SECRET},"), TWO),
    Broken(Rule.NUMBER_OF_VALUES, TWO.replace("bob@", "bob,@"), TWO.replace("bob@", r"bob\,@")),
    Broken(
        Rule.LINE_BREAK,
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"{SECRET}\n{SECRET}"\ncid,c@x,true,\n',
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"{SECRET} {SECRET}"\ncid,c@x,true,\n',
        column="name",
    ),
    Broken(
        Rule.LINE_BREAK,
        f"{HEAD},name\nann,a@x,true,\nbob,b@x,true,{SECRET}\r{SECRET}\ncid,c@x,true,\n",
        f"{HEAD},name\nann,a@x,true,\nbob,b@x,true,{SECRET} {SECRET}\ncid,c@x,true,\n",
        column="name",
    ),
    Broken(
        Rule.QUOTES,
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"{SECRET}\n',
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"{SECRET}"\n',
        column="name",
    ),
    Broken(
        Rule.QUOTES,
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"{SECRET}" x\ncid,c@x,true,\n',
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"{SECRET} x"\ncid,c@x,true,\n',
        column="name",
    ),
    Broken(
        Rule.QUOTES,
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"""{SECRET}"" x"\ncid,c@x,true,\n',
        f'{HEAD},name\nann,a@x,true,\nbob,b@x,true,"x ""{SECRET}"""\ncid,c@x,true,\n',
        column="name",
    ),
    *(
        Broken(
            Rule.BACKSLASH,
            f"{HEAD},name\nann,a@x,true,\nbob,b@x,true,{wrong}\ncid,c@x,true,\n",
            f"{HEAD},name\nann,a@x,true,\nbob,b@x,true,{right}\ncid,c@x,true,\n",
            column="name",
        )
        for wrong, right in (
            (f"{SECRET}\\", f"{SECRET}\\n"),
            (f"{SECRET}\\ ", f"{SECRET}\\."),
            (f'"{SECRET}\\"', f'"\\{SECRET}"'),
            (f'"{SECRET}\\, x"', f'"{SECRET}, x"'),
            (f"{SECRET}\\\\, x", f"{SECRET}\\, x"),
        )
    ),
    Broken(
        Rule.ROW_TOO_LONG,
        row_of(16_001),
        row_of(16_000),
        pool=Pool(columns=(*WIDE.split(","), *HEAD.split(","))),
    ),
    Broken(
        Rule.ROW_TOO_LONG,
        TWO.replace("bob,", "k" * 20 + ","),
        TWO.replace("bob,", "k" * 19 + ","),
        pool=Pool(columns=tuple(HEAD.split(","))),
        limits=Limits(row_characters=19 + len(",bob@example.com,true")),
    ),
    Broken(
        Rule.ROW_TOO_LONG,
        f"{HEAD},name\nann,a@x,true,x\nbobby,b@x,true,\n",
        f"{HEAD},name\nann,a@x,true,x\nbob,b@x,true,\n",
        pool=Pool(columns=(*HEAD.split(","), "name")),
        reading=Reading(defaults={"name": SECRET}),
        limits=Limits(row_characters=len(f"bob,b@x,true,{SECRET}")),
    ),
    # The username.
    value(Rule.USERNAME_MISSING, USERNAME, "", "bob"),
    value(Rule.USERNAME_MISSING, USERNAME, "  ", " bob "),
    *(
        value(Rule.USERNAME_CHARACTERS, USERNAME, f"bob{between}{SECRET}", f"bob-{SECRET}")
        for between in (" ", "\t", "\u00a0", "\u2028", "\x07", "\x00", "\u200b", "\u200d")
    ),
    value(Rule.USERNAME_TOO_LONG, USERNAME, SECRET + "k" * 122, SECRET + "k" * 121),
    value(Rule.USERNAME_TOO_LONG, USERNAME, SECRET + "😀" * 122, SECRET + "😀" * 121),
    value(Rule.USERNAME_IS_EMAIL, USERNAME, f"{SECRET}@x", f"@{SECRET}", BY_ALIAS),
    value(Rule.USERNAME_IS_EMAIL, USERNAME, f"{SECRET}@x", f"{SECRET}@x@y", BY_ALIAS),
    Broken(
        Rule.USERNAME_IS_EMAIL,
        second(cognito__username=f"{SECRET}@x"),
        second(cognito__username=f"{SECRET}@x").replace("@x", ""),
        column=USERNAME,
        pool=pool(aliases=("email", "preferred_username")),
    ),
    *(
        Broken(
            Rule.USERNAME_FORM,
            second(by, cognito__username=wrong, email=f"{SECRET}@x", **PHONE, **verified),
            second(by, cognito__username=right, email=f"{SECRET}@x", **PHONE, **verified),
            column=USERNAME,
            pool=by,
        )
        for by, wrong, right, verified in (
            (BY_EMAIL, SECRET, f"{SECRET}@x", {}),
            (BY_EMAIL, "+14325551212", f"{SECRET}@x", {}),
            (BY_PHONE, f"{SECRET}@x", "+14325551212", {"phone_number_verified": "true"}),
            (BY_EITHER, SECRET, "+14325551212", {}),
        )
    ),
    value(
        Rule.USERNAME_DIFFERS,
        "email",
        f"{SECRET}@x",
        f"{SECRET}@y",
        BY_EMAIL,
        cognito__username=f"{SECRET}@y",
    ),
    value(
        Rule.USERNAME_DIFFERS,
        "phone_number",
        f"+{NUMBERS}1",
        f"+{NUMBERS}2",
        BY_PHONE,
        cognito__username=f"+{NUMBERS}2",
        phone_number_verified="true",
    ),
    Broken(
        Rule.USERNAME_TWICE,
        users({USERNAME: SECRET}, {}, {USERNAME: SECRET}),
        users({USERNAME: SECRET}, {}, {USERNAME: f"{SECRET}2"}),
        line=4,
        column=USERNAME,
    ),
    Broken(
        Rule.USERNAME_TWICE,
        users({USERNAME: f"Ä{SECRET}"}, {}, {USERNAME: f"ä{SECRET.upper()}"}),
        users({USERNAME: f"Ä{SECRET}"}, {}, {USERNAME: f"ä{SECRET.upper()}2"}),
        line=4,
        column=USERNAME,
    ),
    Broken(
        Rule.USERNAME_TWICE,
        users({USERNAME: SECRET}, {}, {USERNAME: SECRET}),
        users({USERNAME: SECRET}, {}, {USERNAME: SECRET.upper()}),
        line=4,
        column=USERNAME,
        pool=pool(case_sensitive=True),
    ),
    # What every user needs.
    Broken(
        Rule.REQUIRED,
        users(*({"given_name": each, "name": SECRET} for each in ("A", " ", "C"))),
        users(*({"given_name": each, "name": SECRET} for each in ("A", "B", "C"))),
        column="given_name",
        pool=pool("given_name", "name"),
    ),
    Broken(
        Rule.REQUIRED,
        users({}, {"email": "", "email_verified": "false", **VERIFIED_PHONE}, {}),
        users({}, {"email_verified": "false", **VERIFIED_PHONE}, {}),
        column="email",
        pool=pool("email")._replace(auto_verified=("email", "phone_number")),
    ),
    # Not told as VERIFIED_BLANK, too.
    value(Rule.REQUIRED, "email", "", f"{SECRET}@x", pool("email")),
    value(Rule.NOT_VERIFIED, "email_verified", "false", "true"),
    value(Rule.NOT_VERIFIED, "email_verified", "", "TRUE"),
    Broken(
        Rule.NOT_VERIFIED,
        users(*[{**PHONE, "phone_number_verified": each} for each in ("true", "false", "true")]),
        users(*[{**PHONE, "phone_number_verified": "true"}] * 3),
        column="phone_number_verified",
        pool=VERIFIES_PHONE,
    ),
    Broken(
        Rule.NOT_VERIFIED,
        users({}, {"email_verified": "false", "phone_number_verified": ""}, {}),
        users({}, {"email_verified": "false", "phone_number_verified": "true", **PHONE}, {}),
        column="email_verified or phone_number_verified",
        pool=VERIFIES_BOTH,
    ),
    value(Rule.VERIFIED_BLANK, "email", "", f"{SECRET}@x"),
    value(Rule.VERIFIED_BLANK, "phone_number", "", "+1432", phone_number_verified="true"),
    Broken(
        Rule.VERIFIED_BLANK,
        f"{USERNAME},email_verified\nann,\nbob,true\n",
        f"{USERNAME},email_verified\nann,\nbob,false\n",
        column="email",
        pool=Pool(),
    ),
    Broken(
        Rule.VERIFIED_BLANK,
        f"{USERNAME},email\nann,a@x\nbob,\n",
        f"{USERNAME},email\nann,a@x\nbob,{SECRET}@x\n",
        column="email",
        reading=Reading(constants={"email_verified": "true"}),
    ),
    # Values.
    *(
        value(Rule.EMAIL, "email", wrong, f"{SECRET}@x")
        for wrong in (
            SECRET,
            f"{SECRET}@",
            f"@{SECRET}",
            f"{SECRET}@x@y",
            f"{SECRET} @x",
            "@",
            f"{SECRET}\u00a0@x",
        )
    ),
    # Not told as USERNAME_DIFFERS, too.
    value(Rule.EMAIL, "email", SECRET, f"{SECRET}@y", BY_EMAIL, cognito__username=f"{SECRET}@y"),
    *(
        value(Rule.PHONE_NUMBER, "phone_number", wrong, f"+{NUMBERS}")
        for wrong in (
            NUMBERS,
            f"00{NUMBERS}",
            "+",
            f"+{NUMBERS}a",
            f"+{NUMBERS}+1",
            f"(+49) {NUMBERS}",
            f"+{NUMBERS}/12",
            f"+{NUMBERS}.12",
            f"+{NUMBERS} ext 5",
            f"+\u0664\u0669{NUMBERS}",
            f"+49 (0) {NUMBERS}",
            f"+49 ( 0 ){NUMBERS}",
            "+ -",
        )
    ),
    *(
        value(Rule.BIRTHDATE, "birthdate", wrong, right)
        for wrong, right in (
            ("13/01/1985", "12/01/1985"),
            ("02/29/1985", "02/29/1984"),
            ("02/29/1900", "02/29/2000"),
            ("04/31/1985", "04/30/1985"),
            ("00/10/1985", "01/10/1985"),
            ("10/00/1985", "10/01/1985"),
            ("10/10/0000", "10/10/0001"),
            ("2/1/1985", "02/01/1985"),
            ("02/01/85", "02/01/1985"),
            ("02-01-1985", "02/01/1985"),
            ("01.02.1985", "02/01/1985"),
            ("1985-02-30", "1985-02-28"),
            ("1985-2-1", "1985-02-01"),
            ("1985/02/01", "1985-02-01"),
            ("19850201", "1985-02-01"),
            ("1985-02-01T00:00:00Z", "1985-02-01"),
            ("1985-W05-5", "1985-02-01"),
            ("\u0660\u0662/\u0660\u0661/1985", "02/01/1985"),
            (f"02/01/1985 {SECRET}", "02/01/1985"),
        )
    ),
    *(
        value(Rule.EPOCH, "updated_at", wrong, right)
        for wrong, right in (
            (SECRET, "1471453471"),
            ("1471453471.5", "1471453471"),
            ("2017-03-04", "2017-03-04T17:04:31Z"),
            ("2017-03-04T17:04:31", "2017-03-04T17:04:31Z"),
            ("2016-08-17T25:04:31Z", "2016-08-17T17:04:31Z"),
            ("2016-13-17T17:04:31Z", "2016-12-17T17:04:31Z"),
            ("08/17/2016", "1471453471"),
            ("20160817T170431Z", "2016-08-17T17:04:31Z"),
            ("2016-W33-3T17:04:31Z", "2016-08-17T17:04:31Z"),
            ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
        )
    ),
    *(
        value(Rule.NUMBER, "custom:age", wrong, "42")
        for wrong in (
            SECRET,
            "4x",
            "4.2",
            "42.0",
            "1e2",
            "+42",
            "--42",
            "-",
            "4 2",
            "4_2",
            "\u0664\u0662",
        )
    ),
    *(
        value(Rule.NUMBER_BOUNDS, column, wrong, right)
        for column, wrong, right in (
            ("custom:age", "17", "18"),
            ("custom:age", "131", "130"),
            ("custom:age", "-42", "42"),
            ("custom:age", NUMBERS, "0130"),
            ("custom:debt", "0", "-1"),
            ("updated_at", "-1", "0"),
        )
    ),
    *(
        value(Rule.BOOLEAN, column, wrong, right)
        for column, wrong, right in (
            ("email_verified", SECRET, "true"),
            ("email_verified", "y", "yes"),
            ("email_verified", "2", "1"),
            ("phone_number_verified", "nope", "no"),
            ("custom:vip", "on", "TRUE"),
            ("custom:vip", "t", "True"),
            ("custom:vip", "00", "0"),
        )
    ),
    value(Rule.LENGTH_BOUNDS, "custom:plan", "k", "ka"),
    value(Rule.LENGTH_BOUNDS, "custom:plan", SECRET + "k" * 6, SECRET + "k" * 5),
    value(Rule.LENGTH_BOUNDS, "custom:plan", "😀" * 13, "😀" * 12),
    value(Rule.LENGTH_BOUNDS, "custom:plan", "k" * 2048, "k" * 12),
    value(Rule.LENGTH_BOUNDS, "nickname", SECRET, SECRET[:-1], bounded("nickname", 6, 6)),
    *(
        value(Rule.LENGTH_BOUNDS, "email", wrong, right, bounded("email", 9, 20))
        for wrong, right in (("k@" + "x" * 6, "k@" + "x" * 7), ("k@" + "x" * 19, "k@" + "x" * 18))
    ),
    *(
        value(Rule.LENGTH_BOUNDS, "phone_number", wrong, right, bounded("phone_number", 8, 12))
        for wrong, right in (
            ("+867530", "+8675309"),
            ("+867530986753", "+86753098675"),
            # What counts is what is written.
            ("+86 753 0", "+86 753 09"),
            ("+86 (753) 098-67 53", "+86 (753) 098-67 5"),
        )
    ),
    Broken(
        Rule.LENGTH_BOUNDS,
        second(nickname=SECRET),
        second(nickname=SECRET[:-1]),
        column="nickname",
        pool=Pool(attributes=(Attribute("nickname", maximum=6), *ATTRIBUTES[5:])),
    ),
    value(Rule.VALUE_TOO_LONG, "name", SECRET + "k" * 2042, SECRET + "k" * 2041),
    value(Rule.VALUE_TOO_LONG, "custom:note", SECRET + "é" * 2042, SECRET + "é" * 2041),
    value(Rule.VALUE_TOO_LONG, "name", "k" * 2049, "k" * 2048, bounded("name", None, 4_000)),
    value(Rule.VALUE_TOO_LONG, "updated_at", "8" * 2049, "8" * 2048),
    value(Rule.MFA_ENABLED, MFA, "true", "false"),
    value(Rule.MFA_ENABLED, MFA, "TRUE", ""),
    value(Rule.MFA_ENABLED, MFA, SECRET, "no"),
    value(Rule.MFA_ENABLED, MFA, "false", "true", pool(mfa="ON")),
    value(Rule.MFA_ENABLED, MFA, "FALSE", "", pool(mfa="ON")),
    *(
        value(Rule.MFA_ENABLED, MFA, SECRET, right, pool(mfa="OPTIONAL"))
        for right in ("true", "false", "")
    ),
    # Password hashes.
    *(
        value(Rule.HASH_FORMAT, HASH, wrong, right, hashed(algorithm))
        for algorithm, right, wrongs in (
            (
                "BCRYPT",
                BCRYPT,
                (
                    SECRET,
                    BCRYPT.replace("$12$", "$13$"),
                    BCRYPT.replace("$2b$", "$2z$"),
                    BCRYPT.replace("$2b$", "$1$"),
                    BCRYPT[:-1],
                    BCRYPT + "a",
                    BCRYPT.replace("abcde", "abc+e"),
                    PBKDF2,
                ),
            ),
            (
                "SCRYPT",
                SCRYPT,
                (
                    SCRYPT.replace("16384", "131072"),
                    SCRYPT.replace("$8$", "$9$"),
                    SCRYPT.replace("$8$", "$0$"),
                    SCRYPT.replace("$1$", "$2$"),
                    SCRYPT + "xy",
                    SCRYPT.rsplit("$", 1)[0],
                    BCRYPT,
                ),
            ),
            (
                "ARGON2ID",
                ARGON2,
                (
                    ARGON2.replace("19456", "19457"),
                    ARGON2.replace("t=2", "t=3"),
                    ARGON2.replace("p=1", "p=2"),
                    ARGON2.replace("argon2id", "argon2i"),
                    ARGON2.rsplit("$", 1)[0],
                    PBKDF2,
                ),
            ),
            (
                "PBKDF2_SHA256",
                PBKDF2,
                (
                    PBKDF2.replace("600000", "600001"),
                    PBKDF2.replace("sha256", "sha512"),
                    PBKDF2.replace("600000", "many"),
                    PBKDF2.rsplit("$", 1)[0],
                    BCRYPT,
                ),
            ),
        )
        for wrong in wrongs
    ),
    *(
        value(Rule.HASH_WITHOUT_ALGORITHM, HASH, BCRYPT, "", by)
        for by in (hashed(None), POOL, POOL._replace(columns=POOL.header))
    ),
    # Sign-in.
    Broken(
        Rule.ALIAS_TWICE,
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET}@x"}),
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET}@y"}),
        line=4,
        column="email",
        pool=BY_ALIAS,
    ),
    Broken(
        Rule.ALIAS_TWICE,
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET.upper()}@X"}),
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET.upper()}@Y"}),
        line=4,
        column="email",
        pool=BY_ALIAS,
    ),
    Broken(
        Rule.ALIAS_TWICE,
        users(*[{"phone_number": f"+{NUMBERS}", "phone_number_verified": "true"}] * 2),
        users(
            *[
                {"phone_number": f"+{NUMBERS}", "phone_number_verified": verified}
                for verified in ("true", "false")
            ]
        ),
        line=3,
        column="phone_number",
        pool=BY_ALIAS,
    ),
    Broken(
        Rule.ALIAS_TWICE,
        users({"preferred_username": SECRET}, {}, {"preferred_username": SECRET}, {}),
        users({"preferred_username": SECRET}, {}, {"preferred_username": f"{SECRET}2"}, {}),
        line=4,
        column="preferred_username",
        pool=pool(aliases=("preferred_username",)),
    ),
    # Of two ways to sign in, the username is one; the other counts, verified or not.
    *(
        Broken(
            Rule.ALIAS_TWICE,
            users(*({**NO_EMAIL, **each} for each in (*before, wrong))),
            users(*({**NO_EMAIL, **each} for each in (*before, right))),
            line=len(before) + 2,
            column=column,
            pool=UNVERIFIED,
        )
        for column, before, wrong, right in (
            (
                "email",
                ({USERNAME: f"{SECRET}@x"}, {USERNAME: "+4930111"}),
                {USERNAME: "+4930222", "email": f"{SECRET}@x"},
                {USERNAME: "+4930222", "email": f"{SECRET}@y"},
            ),
            (
                "phone_number",
                ({USERNAME: f"+{NUMBERS}"}, {USERNAME: "a@x"}),
                {USERNAME: "b@x", "phone_number": f"+{NUMBERS}"},
                {USERNAME: "b@x", "phone_number": f"+{NUMBERS}0"},
            ),
            (
                "email",
                ({USERNAME: "+4930111", "email": f"{SECRET}@x"},),
                {USERNAME: "+4930222", "email": f"{SECRET}@x"},
                {USERNAME: "+4930222", "email": f"{SECRET}@y"},
            ),
        )
    ),
]


@dataclass(frozen=True)
class Mended:
    """A file that Cognito would not take as it stands, and what is written for it."""

    mending: Mending
    file: str | bytes
    written: str
    times: int = 1
    pool: Pool = POOL


def mended_value(mending: Mending, column: str, given: str, written: str) -> Mended:
    """One value that is mended."""
    head = f"{HEAD},{column}\n"
    user = "ann,ann@example.com,true,"
    return Mended(mending, f"{head}{user}{given}\n", f"{head}{user}{written}\n")


MENDED = [
    Mended(Mending.BYTE_ORDER_MARK, b"\xef\xbb\xbf" + TWO.encode(), TWO),
    Mended(Mending.UTF_16, TWO.encode("utf-16"), TWO),
    Mended(Mending.UTF_16, f"\ufeff{TWO}".encode("utf-16-be"), TWO),
    Mended(
        Mending.UTF_16,
        f"\ufeff{TWO}".replace("bob", "bób😀").encode("utf-16-le"),
        TWO.replace("bob", "bób😀"),
    ),
    Mended(Mending.LINE_ENDS, TWO.replace("\n", "\r\n"), TWO),
    Mended(Mending.LINE_ENDS, TWO.replace("\n", "\r"), TWO),
    Mended(Mending.SEPARATOR, TWO.replace(",", ";"), TWO),
    Mended(Mending.SEPARATOR, TWO.replace(",", "\t"), TWO),
    Mended(
        Mending.SEPARATOR,
        f"{HEAD},name\nann,a@x,true,Kay\n".replace(",", ";").replace("Kay", "Doe, Kay"),
        f"{HEAD},name\nann,a@x,true,Doe\\, Kay\n",
    ),
    Mended(Mending.BLANK_LINE, TWO.replace("bob,", "\n \t\nbob,") + "\n\n", TWO, times=4),
    Mended(
        Mending.QUOTES,
        f'{HEAD},name\n"ann",a@x,true,"Doe, ""Kay"" X"\nbob,b@x,true,\n',
        f'{HEAD},name\nann,a@x,true,Doe\\, "Kay" X\nbob,b@x,true,\n',
        times=2,
    ),
    Mended(
        Mending.QUOTES, f'{HEAD},name\nann,a@x,true, " Kay " \n', f"{HEAD},name\nann,a@x,true,Kay\n"
    ),
    Mended(
        Mending.QUOTES,
        "".join('"' + row.replace(",", '","') + '"\n' for row in TWO.splitlines()),
        TWO,
        times=9,
    ),
    Mended(Mending.COLUMN_NAME, TWO.replace("email,", "Email,"), TWO),
    Mended(
        Mending.COLUMN_NAME,
        TWO.replace(HEAD, "COGNITO:USERNAME,EMAIL,Email_Verified"),
        TWO,
        times=3,
    ),
    Mended(
        Mending.COLUMN_NAME,
        TWO.replace("true\n", "true,Kay\n").replace("\n", ",Custom:Note\n", 1),
        TWO.replace("true\n", "true,Kay\n").replace("\n", ",custom:note\n", 1),
    ),
    Mended(
        Mending.COLUMN_ADDED,
        TWO,
        TWO.replace("\n", ",name,custom:x\n", 1).replace("true\n", "true,,\n"),
        times=2,
        pool=Pool(columns=("name", "email", "custom:x", "email_verified", USERNAME)),
    ),
    *(
        mended_value(Mending.BOOLEAN, "custom:vip", given, written)
        for given, written in (
            ("yes", "true"),
            ("no", "false"),
            ("1", "true"),
            ("0", "false"),
            ("YES", "true"),
            ("No", "false"),
            ("True", "true"),
            ("fALSE", "false"),
        )
    ),
    mended_value(Mending.BOOLEAN, MFA, "no", "false"),
    Mended(
        Mending.BOOLEAN,
        TWO.replace("true", "Yes"),
        TWO,
        times=2,
    ),
    *(
        mended_value(Mending.DATE, "birthdate", given, written)
        for given, written in (
            ("1985-02-01", "02/01/1985"),
            ("2000-02-29", "02/29/2000"),
            ("0001-12-31", "12/31/0001"),
        )
    ),
    *(
        mended_value(Mending.TIME, "updated_at", given, written)
        for given, written in (
            ("2016-08-17T17:04:31Z", "1471453471"),
            ("2016-08-17T17:04:31+00:00", "1471453471"),
            ("2016-08-17T19:04:31+02:00", "1471453471"),
            ("2016-08-17T17:04:31.000Z", "1471453471"),
            ("2016-08-17T17:04:31.999Z", "1471453471"),
            ("1970-01-01T00:00:00Z", "0"),
        )
    ),
    *(
        mended_value(Mending.PHONE_NUMBER, "phone_number", given, "+14325551212")
        for given in (
            "+1 432 555 1212",
            "+1-432-555-1212",
            "+1 (432) 555-1212",
            "+1(432)5551212",
            "+1\u00a0432\u2010555\u20131212",
        )
    ),
    # Booleans beside it stay as they are.
    *(
        Mended(
            Mending.PHONE_NUMBER,
            f"{HEAD},custom:vip,phone_number\nann,a@x,{true},{false},+1 432\n",
            f"{HEAD},custom:vip,phone_number\nann,a@x,{true},{false},+1432\n",
        )
        for true, false in (("true", "false"), ("TRUE", "FALSE"))
    ),
]


def ids(cases: list[Any]) -> list[str]:
    """Name cases by their rule or mending, and their number."""
    names = [getattr(case, "rule", None) or case.mending for case in cases]
    return [f"{name.name}-{number}" for number, name in enumerate(names)]


def bytes_of(file: str | bytes) -> bytes:
    return file.encode() if isinstance(file, str) else file


def check(file: str | bytes, *arguments: Any) -> Checked:
    return checked([bytes_of(file)], *(arguments or (POOL,)))


@pytest.mark.parametrize("case", BROKEN, ids=ids(BROKEN))
def test_what_breaks_a_rule_is_found_there_and_nothing_else_is(case):
    found = check(case.wrong, case.pool, case.reading, case.limits).found
    assert [(each.rule.id, each.line, each.column) for each in found] == [
        (case.rule.id, case.line, case.column)
    ]
    assert case.says in found[0].text


@pytest.mark.parametrize("case", BROKEN, ids=ids(BROKEN))
def test_no_finding_tells_a_value(case):
    told = check(case.wrong, case.pool, case.reading, case.limits).told
    wrong, right = (
        {cell.strip() for cell in re.split(r'[,"\r\n]', bytes_of(file).decode(errors="replace"))}
        for file in (case.wrong, case.right)
    )
    values = {cell for cell in wrong - right if len(cell) > 4 and cell != case.column}
    assert [cell for cell in (*values, SECRET, NUMBERS) if cell in told] == []


@pytest.mark.parametrize("case", BROKEN, ids=ids(BROKEN))
def test_the_nearest_right_neighbour_passes(case):
    got = check(case.right, case.pool, case.reading, case.limits)
    assert got.found == []
    assert got.staged.users == got.report.users > 0


def test_no_rule_is_left_out():
    tested = {case.rule for case in BROKEN} | {Rule.NOT_STRICT}
    assert tested == set(Rule)


def test_no_mending_is_left_out():
    assert {case.mending for case in MENDED} == set(Mending)


def test_ids_of_rules_are_in_order_and_each_asks_for_something_of_its_own():
    assert [rule.id for rule in Rule] == [f"CSV{number:03}" for number in range(1, len(Rule) + 1)]
    assert len({rule.asks for rule in Rule}) == len(Rule)


@pytest.mark.parametrize("case", MENDED, ids=ids(MENDED))
def test_what_can_be_mended_is_written_as_cognito_takes_it_and_counted(case):
    got = check(case.file, as_given(case))
    assert got.found == []
    assert got.report.staged is not None
    assert got.file.decode() == case.written
    assert got.report.mended == {case.mending: case.times}


@pytest.mark.parametrize("case", MENDED, ids=ids(MENDED))
def test_strict_refuses_what_would_be_mended(case):
    got = check(case.file, as_given(case), STRICT)
    assert {each.rule for each in got.found} == {Rule.NOT_STRICT}
    assert got.report.staged is None
    assert case.mending.value in got.found[0].text


@pytest.mark.parametrize("case", MENDED, ids=ids(MENDED))
def test_strict_takes_what_was_mended(case):
    got = check(case.written, as_given(case), STRICT)
    assert got.found == []
    assert not got.report.mended


def as_given(case: Mended) -> Pool:
    """A pool that has the file's columns and no others, so that none is added."""
    if case.pool is not POOL:
        return case.pool
    (header,) = rows_of(case.written.encode())[:1]
    return POOL._replace(columns=tuple(header))


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
def test_what_cognito_takes_is_written_as_it_stands(column, value):
    file = second(**{column.replace(":", "__"): value})
    (header,) = rows_of(file.encode())[:1]
    got = check(file, POOL._replace(columns=tuple(header)), STRICT)
    assert got.found == []
    assert got.file.decode() == file
    assert not got.report.mended


def test_white_space_around_values_is_no_mending():
    got = check(TWO.replace("bob,", " bob\t,"), Pool(), STRICT)
    assert got.found == []
    assert not got.report.mended
    assert [row[0] for row in rows_of(got.written)] == ["ann", "bob"]


def test_a_quoted_value_over_lines_is_one_finding_and_the_rows_after_it_keep_their_lines():
    file = (
        f"{HEAD},name,address\n"
        f'ann,a@x,true,"{SECRET}\n{SECRET}, x\n\n{SECRET}","Street 1\r\n{SECRET}"\n'
        "bob,b@x,false,,\n"
        f'cid,c@x,true,"two\n{SECRET}",\n'
        "two words,d@x,true,,\n"
    )
    found = check(file).found
    assert [(each.rule, each.line) for each in found] == [
        (Rule.LINE_BREAK, 2),
        (Rule.NOT_VERIFIED, 7),
        (Rule.LINE_BREAK, 8),
        (Rule.USERNAME_CHARACTERS, 10),
    ]


def test_lines_stay_those_of_the_file_whatever_ends_them():
    rows = ["ann,a@x,true", "", "two words,b@x,true", "  ", "", "cid,c@x,false", "dan,d@x,true"]
    for end in ("\n", "\r\n", "\r"):
        found = check(end.join([HEAD, *rows])).found
        assert [(each.rule, each.line) for each in found] == [
            (Rule.USERNAME_CHARACTERS, 4),
            (Rule.NOT_VERIFIED, 7),
        ]


def test_an_unclosed_quote_is_told_where_it_opens():
    file = f'{HEAD},name\nann,a@x,true,x\nbob,b@x,true,"{SECRET}\n' + "cid,c@x,true,\n"
    got = check(file)
    assert [(each.rule, each.line) for each in got.found] == [(Rule.QUOTES, 3)]
    assert SECRET not in "".join(got.told)


def test_all_findings_of_independent_values_of_one_row_are_told():
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
    assert {each.line for each in found} == {3}


def test_all_problems_of_a_header_are_told_and_the_rows_are_checked_all_the_same():
    file = (
        "cognito:username,email,email_verified,,emial,name,name\n"
        f"ann,a@x,true,,,,\n{SECRET} x,b@x,true,,{SECRET},,\n"
    )
    found = check(file, pool("given_name")).found
    assert {(each.rule, each.line) for each in found} == {
        (Rule.COLUMN_WITHOUT_NAME, 1),
        (Rule.UNKNOWN_COLUMN, 1),
        (Rule.COLUMN_TWICE, 1),
        (Rule.COLUMN_MISSING, 1),
        (Rule.USERNAME_CHARACTERS, 3),
    }


@pytest.mark.parametrize("column", ["given_name", "email_verified"])
def test_a_constant_that_is_blank_gives_nobody_what_everybody_needs(column):
    reading = Reading(constants={column: ""}, defaults={column: "true"})
    file = f"{HEAD},given_name\nann,a@x,true,Ann\n"
    found = check(file, pool("given_name"), reading).found
    assert [(each.rule, each.line, each.column) for each in found] == [
        (Rule.COLUMN_MISSING, 1, column)
    ]


def test_a_column_that_is_missing_is_told_once_and_not_for_every_user():
    file = f"{USERNAME},email\nann,a@x\n{SECRET} x,b@x\n"
    found = check(file, pool("given_name")).found
    assert [(each.rule, each.line, each.column) for each in found] == [
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
def test_what_follows_from_one_mistake_is_not_told_as_another(changes, rule):
    found = check(second(**changes)).found
    assert [each.rule for each in found] == [rule]


def test_a_user_who_is_there_twice_is_a_warning_that_stops_nothing():
    got = check(users({USERNAME: "ann"}, {USERNAME: "ann"}, {USERNAME: "bob"}))
    assert [each.rule for each in got.found] == [Rule.USERNAME_TWICE]
    assert Rule.USERNAME_TWICE.is_warning
    assert (got.report.findings.errors, got.report.findings.warnings) == (0, 1)
    assert got.report.staged is not None
    assert got.report.staged.users == 3


def test_what_a_value_breaks_is_said_by_the_exception_as_well():
    with pytest.raises(Refused, match=r"^give true or false \(or yes, no, 1, 0\)$"):
        boolean(SECRET)
    with pytest.raises(MendedValue, match=f"^{Mending.BOOLEAN.value}$"):
        boolean("yes")


def test_findings_are_told_in_order_of_lines():
    findings = Findings()
    findings.add(Rule.USERNAME_TWICE, 7, USERNAME, "an earlier user has it")
    findings.add(Rule.EMAIL, 5, "email", "give one @")
    findings.add(Rule.NUMBER_OF_VALUES, 3, None, "2 values")
    findings.add(Rule.USERNAME_TWICE, 4, "Log\tin", "an earlier user has it")
    findings.add(Rule.EXPORT, 0, "email", "no list of users")
    findings.settle()
    assert findings.told_errors() == (
        "no list of users (CSV040); line 3: 2 values (CSV009); "
        "line 5, column email: give one @ (CSV026)"
    )
    assert findings.told_warnings() == (
        "line 4, column Log?in: an earlier user has it (CSV022); "
        "line 7, column cognito:username: an earlier user has it (CSV022)"
    )
    assert (findings.errors, findings.warnings) == (3, 2)


def test_of_many_findings_the_first_are_told_and_all_are_counted():
    taken = []
    findings = Findings(unit="record", sink=taken.append)
    for line in range(1_200, 1, -1):
        findings.add(Rule.USERNAME_TWICE, line, None, "again")
        findings.add(Rule.EMAIL, line, None, "no @")
    findings.add(Rule.ENCODING, 1, None, "no UTF-8")
    findings.settle()
    records = range(1, 20)
    assert findings.told_errors() == (
        "By rule: CSV001: 1, CSV026: 1,199. The first 20: the columns: no UTF-8 (CSV001); "
    ) + "; ".join(f"record {number}: no @ (CSV026)" for number in records)
    assert findings.told_warnings() == "By rule: CSV022: 1,199. The first 20: " + "; ".join(
        f"record {number}: again (CSV022)" for number in (*records, 20)
    )
    assert len(taken) == 2 * 1_199 + 1


def test_what_was_mended_is_told_the_most_frequent_first():
    told = told_mendings(Counter({Mending.DATE: 2, Mending.BOOLEAN: 1_000}))
    assert told == "booleans made true or false: 1,000; ISO dates made mm/dd/yyyy: 2"
    assert told_mendings(Counter()) == ""


def test_every_later_one_of_a_name_is_told_and_the_first_is_not():
    found = check(users(*[{USERNAME: "ann"}] * 4)).found
    assert [each.line for each in found] == [3, 4, 5]


TWICE = [case for case in BROKEN if case.rule in (Rule.USERNAME_TWICE, Rule.ALIAS_TWICE)]


@pytest.mark.parametrize("case", TWICE, ids=ids(TWICE))
def test_who_is_there_twice_is_found_among_rows_that_are_mended_as_well(case):
    wrong, right = (
        check(file.replace("true", "Yes"), case.pool) for file in (case.wrong, case.right)
    )
    assert [(each.rule, each.line, each.column) for each in wrong.found] == [
        (case.rule, case.line, case.column)
    ]
    assert right.found == []
    assert right.report.mended[Mending.BOOLEAN] >= right.report.users


def test_aliases_that_are_not_verified_may_be_there_twice():
    unverified = {"email": "k@example.com", "email_verified": "false"}
    verified = {**PHONE, "phone_number_verified": "true"}
    file = users(
        {**unverified, **verified},
        {**unverified, **verified, "phone_number": "+4930"},
        {"email": "k@example.com"},
    )
    found = check(file, VERIFIES_BOTH._replace(aliases=("email",))).found
    assert found == []


def test_a_pool_that_nothing_is_known_of_takes_custom_columns_and_says_what_is_left():
    file = f"{HEAD},custom:any,cognito:mfa_enabled\nann,a@x,false,x,true\nb@x,b@x,,y,false\n"
    got = check(file, Pool())
    assert got.found == []
    assert rows_of(got.written)[0] == ["ann", "a@x", "false", "x", "true"]
    assert got.report.unchecked


def test_a_pool_that_nothing_is_known_of_has_standard_attributes_all_the_same():
    file = second(birthdate="31/12/1985", updated_at="now", phone_number="12", emial=SECRET)
    found = check(file, Pool()).found
    assert {each.rule for each in found} == {
        Rule.BIRTHDATE,
        Rule.EPOCH,
        Rule.PHONE_NUMBER,
        Rule.UNKNOWN_COLUMN,
    }


def test_a_pool_that_all_is_known_of_leaves_nothing_unchecked():
    got = check(TWO, POOL._replace(columns=POOL.header))
    assert got.report.unchecked == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_read_with_a_byte_order_mark_only(encoding):
    got = check(TWO.encode(encoding))
    assert got.report.staged is None


def test_half_a_character_of_utf_16_is_an_error_and_not_an_exception():
    for file in (f"\ufeff{TWO}".encode("utf-16-le")[:-1], b"\xff\xfe" + b"\x00\xd8" * 8):
        got = check(file)
        assert got.report.staged is None


def test_columns_may_have_other_names_in_the_file():
    reading = Reading(
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


def test_a_finding_names_the_column_as_the_file_does():
    reading = Reading(columns={"Login": USERNAME, "E-Mail": "email"})
    found = check(f"Login,E-Mail,email_verified\ntwo words,{SECRET},true\n", POOL, reading).found
    assert {(each.rule, each.column) for each in found} == {
        (Rule.USERNAME_CHARACTERS, "Login"),
        (Rule.EMAIL, "E-Mail"),
    }


def test_records_are_counted_from_one_and_the_header_is_none():
    assert [place(line, "record") for line in (1, 2, 3)] == ["the columns", "record 1", "record 2"]
    assert [place(line, "line") for line in (1, 2, 3)] == ["line 1", "line 2", "line 3"]
    got = check(second(email=SECRET), POOL, Reading(unit="record"))
    assert [each.line for each in got.found] == [3]
    assert got.report.findings.told_errors().startswith("record 2, column email: ")


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
def test_what_is_given_for_all_users_is_checked_like_the_values_of_a_file(how, column, value, rule):
    reading = Reading(**{how: {column: value}})
    file = TWO.replace("email_verified", "zoneinfo").replace("true", "UTC")
    got = check(file, pool(auto_verified=None), reading)
    assert [(each.rule, each.line, each.column) for each in got.found] == [(rule, 1, column)]
    assert SECRET not in got.told


@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_what_is_given_for_all_users_may_leave_all_of_them_unverified(how):
    reading = Reading(**{how: {"email_verified": "false"}})
    got = check(f"{USERNAME},email\nann,a@x\nbob,b@x\n", POOL, reading)
    assert [(each.rule, each.line, each.column) for each in got.found] == [
        (Rule.NOT_VERIFIED, 2, "email_verified"),
        (Rule.NOT_VERIFIED, 3, "email_verified"),
    ]


@pytest.mark.parametrize("how", ["constants", "defaults"])
def test_an_alias_that_is_given_for_all_users_is_there_twice(how):
    reading = Reading(**{how: {"email": f"{SECRET}@example.com"}})
    got = check("cognito:username,email_verified\nann,true\nbob,true\n", BY_ALIAS, reading)
    assert {(each.rule, each.column) for each in got.found} == {(Rule.ALIAS_TWICE, "email")}
    assert SECRET not in got.told


def test_a_column_that_is_called_what_the_pool_has_not_is_told_with_both_names():
    got = check(TWO, POOL, Reading(columns={"email": "emial"}))
    told = next(each.told() for each in got.found if each.rule is Rule.UNKNOWN_COLUMN)
    assert "emial" in told
    assert "did you mean email?" in told


@pytest.mark.parametrize(
    "rows", ['"\n"\nb\n', '\n"\nb"\n', 'x,"\n\n",\nb\n', '"a\n\nb",x,\nb b,c@x,true\n']
)
def test_a_quote_that_is_open_where_a_piece_ends_is_read_on(rows):
    file = f"{HEAD}\n{rows}".encode()
    whole = checked([file], Pool())
    assert whole.found[0].rule is Rule.LINE_BREAK
    for at in range(len(file)):
        assert checked([file[:at], file[at:]], Pool()).found == whole.found


def test_utf_16_that_ends_in_the_middle_is_told_with_its_line():
    file = f"\ufeff{TWO}".encode("utf-16-le")
    half = file.rindex("bob,".encode("utf-16-le"))
    for broken in (file[:half] + b"\x00\xd8" + file[half:], file[: half + 1]):
        for chunks in ([broken], [bytes([each]) for each in broken]):
            found = checked(chunks, POOL).found
            assert [(each.rule, each.line) for each in found] == [(Rule.ENCODING, 3)]
