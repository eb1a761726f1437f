"""Random user pools, and random files of users in Cognito's CSV dialect."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.services import cognito

from cognito_import_local.emulator import pools
from cognito_import_local.emulator.scope import pinned
from cognito_import_local.service.scope import Scope
from user_import.users_csv import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from cognito_import_local.service.user_pool import UserPool
    from user_import.users_csv.pool import HashingAlgorithm

USERNAME = "cognito:username"
MFA = "cognito:mfa_enabled"
HASH = "password_hash"
SCOPE = Scope("123456789012", "eu-central-1")


@dataclass
class Sides:
    """One user pool and job as the library and the service know it."""

    ours: Pool
    theirs: UserPool
    algorithm: HashingAlgorithm | None
    names: list[str]


CUSTOM = [
    {
        "Name": "plan",
        "AttributeDataType": "String",
        "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "6"},
    },
    {"Name": "note", "AttributeDataType": "String", "StringAttributeConstraints": {}},
    {
        "Name": "age",
        "AttributeDataType": "Number",
        "NumberAttributeConstraints": {"MinValue": "-5", "MaxValue": "130"},
    },
    {"Name": "count", "AttributeDataType": "Number", "NumberAttributeConstraints": {}},
    {"Name": "vip", "AttributeDataType": "Boolean"},
    {"Name": "since", "AttributeDataType": "DateTime"},
]
KINDS: list[dict[str, Any]] = [
    {},
    {"AliasAttributes": ["email"]},
    {"AliasAttributes": ["phone_number"]},
    {"AliasAttributes": ["email", "phone_number"]},
    {"AliasAttributes": ["email", "preferred_username"]},
    {"UsernameAttributes": ["email"]},
    {"UsernameAttributes": ["phone_number"]},
    {"UsernameAttributes": ["email", "phone_number"]},
]
ALGORITHMS: list[HashingAlgorithm] = ["BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"]


def some_pool(rnd: random.Random) -> Sides:
    """Make a user pool of any kind."""
    required = rnd.sample(["given_name", "birthdate", "email", "phone_number", "updated_at"], 2)
    schema = [
        {
            "Name": name,
            "AttributeDataType": "Number" if name == "updated_at" else "String",
            "Required": True,
        }
        for name in required
        if rnd.random() < 0.3
    ]
    request = {
        "PoolName": "people",
        "Schema": schema + rnd.sample(CUSTOM, rnd.randrange(len(CUSTOM) + 1)),
        "AutoVerifiedAttributes": rnd.choice(
            [["email"], ["phone_number"], ["email", "phone_number"]]
        ),
        "MfaConfiguration": rnd.choice(["ON", "OFF", "OPTIONAL"]),
        "UsernameConfiguration": {"CaseSensitive": rnd.random() < 0.5},
        **rnd.choice(KINDS),
    }
    with pinned(SCOPE):
        status, _, body = cognito._create_user_pool(request)  # noqa: SLF001  MiniStack has no other call
    assert status == 200, body
    description = json.loads(body)["UserPool"]
    theirs = pools.find(SCOPE, description["Id"])
    assert theirs is not None
    algorithm = rnd.choice([None, *ALGORITHMS])
    names = theirs.header(password_hash=True)
    ours = Pool.from_description(description, names)._replace(hashing_algorithm=algorithm)
    return Sides(ours, theirs, algorithm, names)


# Values, right and wrong, as they stand in Cognito's dialect.

LETTERS = "abcXYZ019äßçИяλ字한ह्😀🏽ﬁİ\u0131\u017fK_-.+'!$ "
STRINGS = [
    *("a", "ab", "Doe\\, Ann", 'say "hi"', "C:\\temp", "a;b", "a\tb", "x" * 6, "x" * 7),
    *("😀" * 6, "😀" * 7, "é" * 2048, "é" * 2049, "x" * 2100, "a\u00a0b", "\u00a0a\u2003", "\\x"),
    *("a\u2028b", "a\x85b", "a\x0bb", "\x1ca\x1d", "a\x00b", "\ufeffa", "\\\\x", "\\,", "\\,\\,"),
]
ODD_STRINGS = ['"a" b', '"a"b', "a\rb", "\ra", "a\r", "a\\\\,b", "C:\\"]
"""What only we refuse."""
BOOLEANS = ["true", "TRUE", "True", "tRUE", "false", "FALSE", "False"]
NO_BOOLEANS = ["tr", "tru", "truetrue", "2", "-1", "on", "нет", "ﬁ", "true.", "null"]
NUMBERS = ["0", "-0", "7", "007", "-5", "-6", "130", "131", "1471453471", "9" * 30, "-" + "9" * 30]
NO_NUMBERS = [
    "x",
    "1.",
    "+1",
    "1e3",
    "--1",
    "-",
    "1_0",
    "1 0",
    "٣",
    "\uff17",
    "²",
    "9" * 2049,
    "0x1",
]
BIRTHDATES = ["02/01/1985", "02/29/2000", "12/31/9999", "01/01/0001"]
NO_BIRTHDATES = [
    *("13/01/1985", "02/29/1900", "04/31/1985", "00/10/1985", "2/30/1985", "02/01/85", "0201/1985"),
    *("01/01/0000", "02.01.1985", "02-01-1985", "02/01/1985x", "x", "1985/02/01", "02/01/19855"),
]
NO_EMAILS = ["x", "@", "a@", "@a", "a@b@c", "a b@c", "a\u00a0@c", "a@b\tc", "a" * 2047 + "@b"]
NO_PHONES = ["12345", "+", "+12a", "0049123", "++12", "+٣٣", "+12+3", "tel:+1", "1.2", "1/2"]
NO_USERNAMES = [
    *("", " ", "a b", "a\tb", "a\u00a0b", "a\u3000b", "a\u2028b", "a\x00b", "a\x7fb", "k" * 129),
    *("a\u00adb", "a\u200db", "a\u200bb", "\ufeffa", "a\ue000b", "a\U000e0001b", "a\u0378b"),
]
HASHES = {
    "BCRYPT": ["$2b$12$" + "a" * 53, "$2a$04$" + "./Az09" * 8 + "abcde", "$2x$10$" + "Z" * 53],
    "SCRYPT": ["16384$8$1$00ff$ABcd", "65536$8$1$aa$bb", "1024$1$1$0011$22"],
    "ARGON2ID": [
        "$argon2id$v=19$m=19456\\,t=2\\,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=8\\,t=1\\,p=1$c2FsdHNhbHQ=$aGFzaGhhc2g=",
    ],
    "PBKDF2_SHA256": ["$pbkdf2-sha256$600000$c2Fs.A$aGFz/A", "$pbkdf2-sha256$1$c2FsdA==$aGFz+A=="],
}
NO_HASHES = [
    *("x", "$2b$13$" + "a" * 53, "$2b$00$" + "a" * 53, "$2b$12$" + "a" * 52, "$2c$12$" + "a" * 53),
    *("$2b$1$" + "a" * 53, "$2b$12$" + "a" * 52 + "+", "$2b$12$" + "a" * 54),
    *("131072$8$1$aa$bb", "16384$9$1$aa$bb", "16384$8$2$aa$bb", "0$8$1$aa$bb", "16384$8$1$aaa$bb"),
    *("16384$8$1$$bb", "16384$8$1$aa$", "16384$8$1$gg$bb", "-16384$8$1$aa$bb", "16384$8$1$aa"),
    "$argon2id$v=19$m=19457\\,t=2\\,p=1$c2Fs$aGFz",
    "$argon2id$v=19$m=19456\\,t=3\\,p=1$c2Fs$aGFz",
    "$argon2id$v=19$m=19456\\,t=2\\,p=2$c2Fs$aGFz",
    "$argon2id$v=19$m=0\\,t=2\\,p=1$c2Fs$aGFz",
    "$argon2i$v=19$m=19456\\,t=2\\,p=1$c2Fs$aGFz",
    "$argon2id$m=19456\\,t=2\\,p=1$c2Fs$aGFz",
    "$argon2id$v=19$m=19456\\,t=2\\,p=1$c2!s$aGFz",
    *("$pbkdf2-sha256$600001$c2Fs$aGFz", "$pbkdf2-sha256$0$c2Fs$aGFz", "$pbkdf2$1$c2Fs$aGFz"),
    *("$pbkdf2-sha256$1$c2Fs", "$pbkdf2-sha256$x$c2Fs$aGFz", "$pbkdf2-sha512$1$c2Fs$aGFz"),
]


def rightly(rnd: random.Random, sides: Sides, number: int) -> dict[str, str]:
    """Make a user up whom the pool takes; nobody else has this number."""
    row: dict[str, str] = {}
    required = {each.name for each in sides.ours.attributes or () if each.required}
    for each in sides.ours.attributes or ():
        if each.name in required or rnd.random() < 0.3:
            row[each.name] = _right(rnd, each.name, each.kind)
    if row.get("preferred_username"):
        row["preferred_username"] = f"preferred-{number}"
    word = "".join(rnd.choices(LETTERS, k=rnd.randint(1, 6))).replace(" ", "").rstrip("\\")
    email, phone = f"{word}.{number}@example.com", f"+1432{number:05}"
    auto = sides.ours.auto_verified or ()
    verified = rnd.sample(auto, rnd.randint(1, len(auto)))
    for name, address in (("email", email), ("phone_number", phone)):
        wanted = name in row or name in verified
        row[name] = address if wanted or rnd.random() < 0.5 else ""
        row[f"{name}_verified"] = "true" if name in verified else rnd.choice(["", "false"])
    row[USERNAME] = f"{word}.{number}"
    assert sides.ours.username_attributes is not None
    for name in rnd.sample(sides.ours.username_attributes, k=len(sides.ours.username_attributes)):
        row[USERNAME] = row[name] = email if name == "email" else phone
    allowed = {"ON": ["", "true", "TRUE"], "OFF": ["", "false"], "OPTIONAL": ["", "true", "FALSE"]}
    row[MFA] = rnd.choice(allowed[sides.theirs.mfa])
    if sides.algorithm and rnd.random() < 0.5:
        row[HASH] = rnd.choice(HASHES[sides.algorithm])
    return row


def _right(rnd: random.Random, name: str, kind: str) -> str:
    if kind == "Boolean":
        return rnd.choice(BOOLEANS)
    if kind == "Number":
        return rnd.choice(["0", "7", "007", "130"])
    if name == "birthdate":
        return rnd.choice(BIRTHDATES)
    return rnd.choice(["ab", "x" * 6, "Ann\\, B", '"'.join("abc"), "\\ab"])


def wrongly(rnd: random.Random, sides: Sides, row: dict[str, str]) -> None:
    """Change one value of a user, mostly to a wrong one."""
    name = rnd.choice([*sides.names, USERNAME, "email", "phone_number"])
    kinds = {each.name: each.kind for each in sides.ours.attributes or ()}
    if name == USERNAME:
        choices = [*NO_USERNAMES, "k" * 128, "ann@example.com", "+14325551212", "a@b@c"]
    elif name == MFA:
        choices = [*BOOLEANS, *NO_BOOLEANS, ""]
    elif name == HASH:
        every = [each for hashes in HASHES.values() for each in hashes]
        choices = [*every, *NO_HASHES]
    elif kinds[name] == "Boolean":
        choices = [*BOOLEANS, *NO_BOOLEANS, ""]
    elif kinds[name] == "Number":
        choices = [*NUMBERS, *NO_NUMBERS, ""]
    else:
        special = {
            "birthdate": [*BIRTHDATES, *NO_BIRTHDATES],
            "email": [*NO_EMAILS, "ann@example.com", "a" * 2046 + "@b", "a\\,b@c"],
            "phone_number": [*NO_PHONES, "+1", "+" + "1" * 2047, "+" + "1" * 2048],
        }
        choices = [*special.get(name, [*STRINGS, *ODD_STRINGS]), "", " "]
    row[name] = rnd.choice(choices)


def again(rnd: random.Random, row: dict[str, str], earlier: dict[str, str]) -> None:
    """Give a user something that an earlier one has, perhaps in another case."""
    changes: list[Callable[[str], str]] = [str, str, str.upper, str.lower, str.swapcase]
    for name in rnd.sample([USERNAME, "email", "phone_number", "preferred_username"], 2):
        if earlier.get(name):
            row[name] = rnd.choice(changes)(earlier[name])


def some_file(rnd: random.Random, sides: Sides) -> bytes:
    """Make a file up in Cognito's dialect, with right and wrong rows."""
    header = rnd.sample(sides.names, k=len(sides.names))
    lines = [",".join(header)]
    rows: list[dict[str, str]] = []
    for number in range(rnd.randint(1, 14)):
        row = rightly(rnd, sides, number)
        for _ in range(rnd.choice([0, 0, 0, 1, 1, 1, 2, 3])):
            wrongly(rnd, sides, row)
        if rows and rnd.random() < 0.25:
            again(rnd, row, rnd.choice(rows))
        rows.append(row)
        lines += [rnd.choice(["", " ", "\t "])] * (rnd.random() < 0.05)
        lines.append(_line(rnd, [row.get(name, "") for name in header]))
    return ("\n".join(lines) + rnd.choice(["", "\n"])).encode()


def _line(rnd: random.Random, cells: list[str]) -> str:
    space = rnd.choice(["", "", "", "", " ", "\t"])
    match rnd.randrange(60):
        case 0:
            cells = cells[:-1]
        case 1:
            cells = [*cells, ""]
        case 2:
            cells = [*cells, "x"]
        case 3:
            cells = [cell or "y" * 1990 for cell in cells]
        case _:
            pass
    return ",".join(f"{space}{cell}{space}" for cell in cells)


def some_spreadsheet(rnd: random.Random, sides: Sides) -> bytes:
    """Make a file up of right rows as spreadsheets write them, columns missing."""
    required = {each.name for each in sides.ours.attributes or () if each.required}
    auto = sides.ours.auto_verified or ()
    needed = {USERNAME, HASH, "email", "phone_number", *(f"{each}_verified" for each in auto)}
    header = [name for name in sides.names if name in needed | required or rnd.random() < 0.5]
    rnd.shuffle(header)
    rows = [
        [_as_people_write(rnd, sides, name, row.get(name, "")) for name in header]
        for row in (rightly(rnd, sides, number) for number in range(rnd.randint(1, 6)))
    ]
    shouted = [rnd.choice([name, name, name.upper(), f" {name} "]) for name in header]
    file = io.StringIO()
    csv.writer(
        file,
        delimiter=rnd.choice(",;\t"),
        quoting=rnd.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        lineterminator=rnd.choice(["\n", "\r\n", "\r"]),
    ).writerows([shouted, *rows])
    return file.getvalue().encode(rnd.choice(["utf-8", "utf-8-sig", "utf-16"]))


def _as_people_write(rnd: random.Random, sides: Sides, name: str, cell: str) -> str:
    value = cell.replace("\\,", ",")
    kinds = {each.name: each.kind for each in sides.ours.attributes or ()}
    if not value or name == USERNAME or rnd.random() < 0.5:
        return value
    if kinds.get(name) == "Boolean" or name == MFA:
        return rnd.choice(
            ["yes", "1", "Yes"] if value.lower() == "true" else ["no", "0", "NO", "False"]
        )
    if name == "birthdate":
        return f"{value[6:]}-{value[:2]}-{value[3:5]}"
    if name == "updated_at":
        return rnd.choice(["2016-08-17T17:04:31Z", "2016-08-17T19:04:31.5+02:00"])
    if name == "phone_number":
        return f"{value[:2]} ({value[2:5]}) {value[5:7]}-{value[7:]}"
    return value
