"""Files that break one rule each, and files that need one normalization each."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from helpers.fuzz_users_csv import Checked, checked, rows_of
from user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    ExportFormat,
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
)
from user_import.users_csv.password_hashes import PasswordHashes

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


def shared(how: str, **values: str) -> ReadOptions:
    """Read options with values for all users, as `constants` or `defaults`; `__` is a colon."""
    named = {name.replace("__", ":"): value for name, value in values.items()}
    return ReadOptions(constants=named) if how == "constants" else ReadOptions(defaults=named)


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
    """Three users, of whom the second, on line 3, is changed; `__` stands for a colon."""
    first: dict[str, str] = {}
    third: dict[str, str] = {}
    own = by.username_attributes or ()
    if "email" in own:
        first, third = ({USERNAME: f"{n}@example.com", "email": f"{n}@example.com"} for n in "az")
    elif own:
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
    line: int | None = 3
    column: str | None = None
    pool: Pool = POOL
    options: ReadOptions = field(default_factory=ReadOptions)
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
            Rule.DUPLICATE_COLUMN,
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
        TWO.replace("\n", ",x\n").replace(",x\n", ",E-mail\n", 1),
        line=None,
        options=ReadOptions(columns={"E-mail": "nickname"}),
    ),
    Broken(
        Rule.EXPORT,
        f'{{"somebody": ["{SECRET}"]}}',
        f'{{"Users": [{{"Username": "{SECRET}", "Attributes": []}}]}}',
        line=None,
        pool=Pool(),
        options=ReadOptions(export=ExportFormat.COGNITO),
    ),
    *(
        Broken(
            rule,
            json.dumps([{"Username": SECRET, "Attributes": []} | wrong]),
            json.dumps([{"Username": SECRET, "Attributes": []} | right]),
            line=None,
            pool=Pool(),
            options=ReadOptions(export=ExportFormat.COGNITO),
        )
        for rule, wrong, right in (
            (Rule.EXCLUDED_USER, {"Enabled": False}, {"Enabled": True}),
            (
                Rule.EXCLUDED_USER,
                {"UserStatus": "EXTERNAL_PROVIDER"},
                {"UserStatus": "CONFIRMED", "EXTERNAL_PROVIDER": 1},
            ),
            (
                Rule.PROVIDER_LINK,
                {"Attributes": [{"Name": "identities", "Value": json.dumps([SECRET])}]},
                {"Attributes": [{"Name": "identities", "Value": "[]"}]},
            ),
        )
    ),
    Broken(
        Rule.PROVIDER_SIGN_IN,
        json.dumps([{"user_id": f"google-oauth2|{SECRET}"}]),
        json.dumps([{"user_id": f"auth0|{SECRET}"}]),
        line=None,
        pool=Pool(),
        options=ReadOptions(export=ExportFormat.AUTH0),
    ),
    # The row.
    Broken(Rule.NUMBER_OF_VALUES, TWO.replace("bob,", ""), TWO),
    Broken(Rule.NUMBER_OF_VALUES, TWO.replace("bob,", f"bob,{SECRET},"), TWO),
    Broken(
        Rule.NUMBER_OF_VALUES,
        TWO.replace("true\nbob", "true\nbob,b"),
        TWO.replace("true\nbob", r"true\nbob\,b".replace(r"\n", "\n")),
    ),
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
        options=ReadOptions(defaults={"name": SECRET}),
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
        Rule.DUPLICATE_USERNAME,
        users({USERNAME: SECRET}, {}, {USERNAME: SECRET}),
        users({USERNAME: SECRET}, {}, {USERNAME: f"{SECRET}2"}),
        line=4,
        column=USERNAME,
    ),
    Broken(
        Rule.DUPLICATE_USERNAME,
        users({USERNAME: f"Ä{SECRET}"}, {}, {USERNAME: f"ä{SECRET.upper()}"}),
        users({USERNAME: f"Ä{SECRET}"}, {}, {USERNAME: f"ä{SECRET.upper()}2"}),
        line=4,
        column=USERNAME,
    ),
    Broken(
        Rule.DUPLICATE_USERNAME,
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
    # No second finding VERIFIED_BLANK.
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
        options=ReadOptions(constants={"email_verified": "true"}),
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
    *(
        value(Rule.DOUBTFUL_EMAIL, "email", wrong, f"{SECRET}@example.com")
        for wrong in (
            f"mailto:{SECRET}@example.com",
            f'a"{SECRET}"@example.com',
            f"<{SECRET}@example.com>",
            f"{SECRET}..k@example.com",
            f"{SECRET}@example..com",
            f"{SECRET}@example.com.",
            f"{SECRET}.@example.com",
            f".{SECRET}@example.com",
            f"{SECRET}@.example.com",
            f"'{SECRET}@example.com'",
            f"{SECRET};k@example.com",
        )
    ),
    Broken(
        Rule.DOUBTFUL_EMAIL,
        second(UNVERIFIED, cognito__username=f"{SECRET}@example.com.", **NO_EMAIL),
        second(UNVERIFIED, cognito__username=f"{SECRET}@example.com", **NO_EMAIL),
        column=USERNAME,
        pool=UNVERIFIED,
    ),
    *(
        value(Rule.WORD_FOR_BLANK, "name", wrong, right)
        for wrong, right in (
            *(("NULL", "NULLS"), ("null", "nul"), ("nan", "Nan"), ("NaN", ""), ("N/A", "A/N")),
            *(("None", "none"), ("undefined", "undefine"), (r"\N", "N"), ("#N/A", "#1")),
            *((" NULL ", "NULL x"), ("[object Object]", "object"), ("Invalid Date", "Date")),
        )
    ),
    value(Rule.WORD_FOR_BLANK, "custom:note", "None", "Nine"),
    value(Rule.WORD_FOR_BLANK, USERNAME, "null", "nulla"),
    Broken(
        Rule.SINGLE_QUOTES,
        TWO.replace("bob,bob@example.com", f"'{SECRET}','bob@example.com'"),
        TWO.replace("bob,bob@example.com", f"{SECRET}',o'bob@example.com"),
    ),
    Broken(
        Rule.OTHER_ENCODING,
        TWO.replace("bob,", "bób,"),
        TWO.replace("bob,", "bób,").encode("windows-1252"),
        line=None,
        options=ReadOptions(encoding="windows-1252"),
    ),
    *(
        Broken(Rule.GZIP, wrong, gzip.compress(TWO.encode(), mtime=0), line=line, says=says)
        for wrong, line, says in (
            (gzip.compress(TWO.encode(), mtime=0)[:-1], 4, "cut off"),
            (gzip.compress(TWO.encode(), mtime=0)[:-9], 4, "cut off"),
            (gzip.compress(TWO.encode(), mtime=0)[:11], 1, "cut off"),
            (b"\x1f\x8b", 1, "cut off"),
            (b"\x1f\x8b\x08\xffKanarie" + bytes(9), 1, "damaged"),
            (gzip.compress(TWO.encode(), mtime=0)[:-8] + bytes(8), 1, "damaged"),
            (gzip.compress(TWO.encode(), mtime=0) + b"\n", 4, "goes on after its end"),
            (gzip.compress(TWO.encode(), mtime=0) + b"\x1f", 4, "cut off"),
            (gzip.compress(TWO.encode(), mtime=0) + b"\x1f\n", 4, "goes on after its end"),
            (gzip.compress(TWO.encode(), mtime=0) + bytes(8), 4, "goes on after its end"),
        )
    ),
    # No second finding USERNAME_DIFFERS.
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
            f"00{NUMBERS}",
            f"432.{NUMBERS}",
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
            ("2/30/1985", "2/28/1985"),
            ("13/1/1985", "1/13/1985"),
            ("02/01/85", "02/01/1985"),
            ("02-01-1985", "02/01/1985"),
            ("01.02.1985", "02/01/1985"),
            ("1985-02-30", "1985-02-28"),
            ("1985-2-30", "1985-2-28"),
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
            ("10000000000000", "9999999999999"),
            ("1471453471000000", "1471453471"),
            ("1471453471.", "1471453471"),
            ("1.471453471E9", "1471453471"),
            ("-1.5", "1.5"),
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
            ("email_verified", "ja", "yes"),
            ("email_verified", "2", "1"),
            ("phone_number_verified", "nope", "no"),
            ("custom:vip", "on", "TRUE"),
            ("custom:vip", "tr", "True"),
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
    value(Rule.VALUE_TOO_LONG, "updated_at", "0" * 2049, "0" * 2048),
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
                    SCRYPT.replace("16384", "9" * 5_000),
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
                    PBKDF2.replace("600000", "9" * 5_000),
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
    *(
        Broken(
            rule,
            second(password_hash=wrong),
            second(password_hash=BCRYPT),
            column=HASH,
            options=ReadOptions(password_hashes=PasswordHashes()),
        )
        for rule, wrong in (
            (Rule.HASH_UNUSABLE, SECRET),
            (Rule.HASH_UNUSABLE, BCRYPT[:-1]),
            (Rule.HASH_UNUSABLE, f"{{SSHA}}{SECRET}"),
            (Rule.HASH_TOO_COSTLY, BCRYPT.replace("$12$", "$13$")),
        )
    ),
    Broken(
        Rule.HASHES_NOT_TAKEN,
        second(password_hash=BCRYPT),
        second(password_hash=""),
        column=HASH,
        pool=POOL._replace(columns=POOL.header),
        options=ReadOptions(password_hashes=PasswordHashes()),
    ),
    # Sign-in.
    Broken(
        Rule.DUPLICATE_ALIAS,
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET}@x"}),
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET}@y"}),
        line=4,
        column="email",
        pool=BY_ALIAS,
    ),
    Broken(
        Rule.DUPLICATE_ALIAS,
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET.upper()}@X"}),
        users({"email": f"{SECRET}@x"}, {}, {"email": f"{SECRET.upper()}@Y"}),
        line=4,
        column="email",
        pool=BY_ALIAS,
    ),
    Broken(
        Rule.DUPLICATE_ALIAS,
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
        Rule.DUPLICATE_ALIAS,
        users({"preferred_username": SECRET}, {}, {"preferred_username": SECRET}, {}),
        users({"preferred_username": SECRET}, {}, {"preferred_username": f"{SECRET}2"}, {}),
        line=4,
        column="preferred_username",
        pool=pool(aliases=("preferred_username",)),
    ),
    # Of two ways to sign in, the username is one; the other counts, verified or not.
    *(
        Broken(
            Rule.DUPLICATE_ALIAS,
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
class Normalized:
    """A file that Cognito would not take as it stands, and what is written for it."""

    kind: Normalization
    file: str | bytes
    written: str
    times: int = 1
    pool: Pool = POOL


def normalized_value(kind: Normalization, column: str, given: str, written: str) -> Normalized:
    """One value that is normalized."""
    head = f"{HEAD},{column}\n"
    user = "ann,ann@example.com,true,"
    return Normalized(kind, f"{head}{user}{given}\n", f"{head}{user}{written}\n")


NORMALIZED = [
    Normalized(Normalization.BYTE_ORDER_MARK, b"\xef\xbb\xbf" + TWO.encode(), TWO),
    Normalized(Normalization.UTF_16, TWO.encode("utf-16"), TWO),
    Normalized(Normalization.UTF_16, f"\ufeff{TWO}".encode("utf-16-be"), TWO),
    Normalized(
        Normalization.UTF_16,
        f"\ufeff{TWO}".replace("bob", "bób😀").encode("utf-16-le"),
        TWO.replace("bob", "bób😀"),
    ),
    Normalized(Normalization.LINE_ENDS, TWO.replace("\n", "\r\n"), TWO),
    Normalized(Normalization.LINE_ENDS, TWO.replace("\n", "\r"), TWO),
    Normalized(Normalization.SEPARATOR, TWO.replace(",", ";"), TWO),
    Normalized(Normalization.SEPARATOR, TWO.replace(",", "\t"), TWO),
    Normalized(
        Normalization.SEPARATOR,
        f"{HEAD},name\nann,a@x,true,Kay\n".replace(",", ";").replace("Kay", "Doe, Kay"),
        f"{HEAD},name\nann,a@x,true,Doe\\, Kay\n",
    ),
    Normalized(Normalization.BLANK_LINE, TWO.replace("bob,", "\n \t\nbob,") + "\n\n", TWO, times=4),
    Normalized(
        Normalization.BLANK_LINE, TWO.replace("bob,", ",,\nbob,") + ",\n,,,,\n", TWO, times=3
    ),
    Normalized(Normalization.SEPARATOR_LINE, f"sep=,\n{TWO}", TWO),
    Normalized(
        Normalization.QUOTES,
        f'{HEAD},name\n"ann",a@x,true,"Doe, ""Kay"" X"\nbob,b@x,true,\n',
        f'{HEAD},name\nann,a@x,true,Doe\\, "Kay" X\nbob,b@x,true,\n',
        times=2,
    ),
    Normalized(
        Normalization.QUOTES,
        f'{HEAD},name\nann,a@x,true, " Kay " \n',
        f"{HEAD},name\nann,a@x,true,Kay\n",
    ),
    Normalized(
        Normalization.QUOTES,
        "".join('"' + row.replace(",", '","') + '"\n' for row in TWO.splitlines()),
        TWO,
        times=9,
    ),
    Normalized(Normalization.COLUMN_NAME, TWO.replace("email,", "Email,"), TWO),
    Normalized(
        Normalization.COLUMN_NAME,
        TWO.replace(HEAD, "COGNITO:USERNAME,EMAIL,Email_Verified"),
        TWO,
        times=3,
    ),
    Normalized(
        Normalization.COLUMN_NAME,
        TWO.replace("true\n", "true,Kay\n").replace("\n", ",Custom:Note\n", 1),
        TWO.replace("true\n", "true,Kay\n").replace("\n", ",custom:note\n", 1),
    ),
    *(
        normalized_value(Normalization.BOOLEAN, "custom:vip", given, written)
        for given, written in (
            ("yes", "true"),
            ("no", "false"),
            ("1", "true"),
            ("0", "false"),
            ("YES", "true"),
            ("No", "false"),
            ("True", "true"),
            ("fALSE", "false"),
            ("Y", "true"),
            ("n", "false"),
            ("t", "true"),
            ("F", "false"),
        )
    ),
    normalized_value(Normalization.BOOLEAN, MFA, "no", "false"),
    Normalized(
        Normalization.BOOLEAN,
        TWO.replace("true", "Yes"),
        TWO,
        times=2,
    ),
    *(
        normalized_value(Normalization.DATE, "birthdate", given, written)
        for given, written in (
            ("1985-02-01", "02/01/1985"),
            ("2000-02-29", "02/29/2000"),
            ("0001-12-31", "12/31/0001"),
            ("2/1/1985", "02/01/1985"),
            ("12/1/1985", "12/01/1985"),
            ("2/29/2000", "02/29/2000"),
            ("1985-2-1", "02/01/1985"),
        )
    ),
    *(
        normalized_value(Normalization.TIME, "updated_at", given, written)
        for given, written in (
            ("2016-08-17T17:04:31Z", "1471453471"),
            ("2016-08-17T17:04:31+00:00", "1471453471"),
            ("2016-08-17T19:04:31+02:00", "1471453471"),
            ("2016-08-17T17:04:31.000Z", "1471453471"),
            ("2016-08-17T17:04:31.999Z", "1471453471"),
            ("1970-01-01T00:00:00Z", "0"),
            ("1471453471000", "1471453471"),
            ("1471453471999", "1471453471"),
            ("10000000000", "10000000"),
            ("9999999999999", "9999999999"),
            ("1471453471.413", "1471453471"),
            ("1471453471999.9", "1471453471"),
            ("0.9", "0"),
        )
    ),
    *(
        normalized_value(Normalization.PHONE_NUMBER, "phone_number", given, "+14325551212")
        for given in (
            "+1 432 555 1212",
            "+1-432-555-1212",
            "+1 (432) 555-1212",
            "+1(432)5551212",
            "+1\u00a0432\u2010555\u20131212",
            "+1.432.555.1212",
            "+1 432/5551212",
        )
    ),
    # Booleans beside it stay as they are.
    *(
        Normalized(
            Normalization.PHONE_NUMBER,
            f"{HEAD},custom:vip,phone_number\nann,a@x,{true},{false},+1 432\n",
            f"{HEAD},custom:vip,phone_number\nann,a@x,{true},{false},+1432\n",
        )
        for true, false in (("true", "false"), ("TRUE", "FALSE"))
    ),
]


def ids(cases: list[Any]) -> list[str]:
    """Name cases by their rule or normalization, and their number."""
    names = [getattr(case, "rule", None) or case.kind for case in cases]
    return [f"{name.name}-{number}" for number, name in enumerate(names)]


def bytes_of(file: str | bytes) -> bytes:
    return file.encode() if isinstance(file, str) else file


def check(file: str | bytes, *arguments: Any) -> Checked:
    return checked([bytes_of(file)], *(arguments or (POOL,)))


def as_given(case: Normalized) -> Pool:
    """A pool that has the file's columns and no others, so that none is added."""
    if case.pool is not POOL:
        return case.pool
    (header,) = rows_of(case.written.encode())[:1]
    return POOL._replace(columns=tuple(header))
