"""The files that the CSV benchmarks read: made-up users, the same every time.

    python -m benchmarks.csv_files [--rows N] [KIND ...]

Email addresses end in example.com, phone numbers lie in +1 555 0100 to 0199 of made-up area codes.
A file is written once, into build/bench/.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from user_import.users_csv import STANDARD_ATTRIBUTES, Attribute, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench"
ROWS = 500_000
QUICK_ROWS = 50_000
ROW_BYTES = 196
"""Bytes of a row with its end, on average: 98 MB are 500,000 rows."""

KINDS = ("uniform", "varied", "wrong", "quoted")
COLUMNS = [
    "cognito:username",
    "name",
    "given_name",
    "family_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "custom:plan",
    "custom:points",
    "cognito:mfa_enabled",
]
WRONG_EVERY = 100

_REQUIRED = Attribute("name", required=True, maximum=2048)
_CUSTOM = (
    Attribute("custom:plan", minimum=1, maximum=20),
    Attribute("custom:points", "Number", minimum=1, maximum=9_999_999),
)
_SEED = 2026
_SOME = 5_000
"""Rows that are written at a time."""

_ZONES = ["Europe/London", "Europe/Berlin", "America/Denver", "Asia/Tokyo", "Africa/Cairo"]
_NAMES = [
    ("en-GB", ["Amelia", "Oliver", "Zoë", "Seán"], ["O'Hara", "Whitlock", "Smith-Jones"]),
    ("en-US", ["Olivia", "Liam", "Emma", "Noah"], ["Sample", "Example", "Placeholder"]),
    ("de-DE", ["Jürgen", "Käthe", "Götz"], ["Müller", "Groß", "von der Heide"]),
    ("fr-FR", ["Chloé", "Lucas"], ["Lefèvre", "Dupont, fils"]),
    ("pl-PL", ["Łukasz", "Świętosława"], ["Wójcik", "Żółć"]),
    ("el-GR", ["Ελένη", "Γιώργος"], ["Παπαδόπουλος", "Νικολάου"]),
    ("ru-RU", ["Юлия", "Фёдор"], ["Щербакова", "Ёлкин"]),
    ("ar-EG", ["ليلى", "يوسف"], ["الخطيب", "منصور"]),
    ("hi-IN", ["अनन्या", "रोहन"], ["शर्मा", "पटेल"]),
    ("ja-JP", ["陽葵", "蓮"], ["佐藤", "髙橋"]),
    ("ko-KR", ["서연", "민준"], ["김", "황보"]),
    ("zh-CN", ["子涵", "梓轩"], ["欧阳", "李"]),
]
_STREETS = ["High Street", "Rue de l'Église", "Königsallee", "Calle Mayor", "桜通り"]
_CITIES = ["Leeds", "Besançon", "Düsseldorf", "Cádiz", "名古屋市"]
_PROFILE = "https://example.com/~"
_FILLER = "abcdefghijklmnopqrstuvwxyz" * 8


def pool(*aliases: str) -> Pool:
    """Return the user pool of the made-up users, with every rule that a pool can have.

    Cognito's header has one column more, ``middle_name``; it is left out for there to be 22.
    """
    attributes = [each for each in STANDARD_ATTRIBUTES if each.name not in ("name", "middle_name")]
    return Pool(
        columns=tuple(COLUMNS),
        attributes=(_REQUIRED, *attributes, *_CUSTOM),
        auto_verified=("email", "phone_number"),
        aliases=aliases,
        username_attributes=(),
        mfa="OPTIONAL",
        case_sensitive=False,
    )


def file_of(kind: str, rows: int = ROWS) -> Path:
    """Return a file; write it if it does not exist."""
    path = FOLDER / f"{kind}-{rows}.csv"
    if path.is_file():
        return path
    need = 3 * rows * ROW_BYTES
    path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(path.parent).free < need:
        raise SystemExit(f"{path.parent} has no room for {need:,} bytes.")
    unfinished = path.with_suffix(".new")
    with unfinished.open("wb") as file:
        lines = _lines(kind, rows)
        while some := "".join(itertools.islice(lines, _SOME)):
            file.write(some.encode())
    unfinished.replace(path)
    return path


def wrong_rows(rows: int) -> int:
    """Return how many rows of the file ``wrong`` are wrong."""
    return rows // WRONG_EVERY


def _lines(kind: str, rows: int) -> Iterator[str]:
    chance = random.Random(_SEED)  # noqa: S311  not for secrets
    if kind in ("uniform", "quoted"):
        quote = '"' if kind == "quoted" else ""
        yield _joined(COLUMNS, quote)
        for number in range(rows):
            yield _joined(_uniform(number, chance, 2 * len(quote) * len(COLUMNS)), quote)
        return
    yield _joined(COLUMNS)
    written = 0
    for number in range(rows):
        values = _varied(number, chance)
        if kind == "wrong" and number % WRONG_EVERY == WRONG_EVERY - 1:
            values = _MISTAKES[number // WRONG_EVERY % len(_MISTAKES)](values)
        row = _cognito_row(values)
        # Users with room for it get a profile, so that the file has its size.
        room = ROW_BYTES * (number + 1) - written - len(row.encode())
        if room > len(_PROFILE):
            values["profile"] = _PROFILE + _FILLER[: min(room - len(_PROFILE), 60)]
            row = _cognito_row(values)
        written += len(row.encode())
        yield row


def _joined(values: list[str], quote: str = "") -> str:
    return quote + f"{quote},{quote}".join(values) + quote + "\n"


def _cognito_row(values: dict[str, str]) -> str:
    return _joined([value.replace(",", r"\,") for value in values.values()])


def _phone(number: int) -> str:
    return f"+1{200 + number // 100 % 800}5550{100 + number % 100}"


def _uniform(number: int, chance: random.Random, less: int) -> list[str]:
    """Make a user with the same number of bytes as any other."""
    row = [
        f"user{number:07}",
        f"User No {number:07}",
        "User",
        f"No {number:07}",
        "",
        "",
        "",
        "",
        "",
        f"user{number:07}@example.com",
        "true",
        "",
        f"{chance.randint(1, 12):02}/{chance.randint(1, 28):02}/{chance.randint(1940, 2007)}",
        "UTC",
        "en-GB",
        _phone(number),
        "true",
        "",
        str(1_700_000_000 + number),
        "plus",
        str(1_000_000 + number),
        "true",
    ]
    fill = ROW_BYTES - less - sum(map(len, row)) - len(row)
    row[COLUMNS.index("address")] = _FILLER[:fill]
    return row


def _varied(number: int, chance: random.Random) -> dict[str, str]:
    """Make a user; some have an email address only, some a phone number only."""
    locale, given_names, family_names = chance.choice(_NAMES)
    given, family = chance.choice(given_names), chance.choice(family_names)
    values = dict.fromkeys(COLUMNS, "")
    values |= {
        "cognito:username": f"{chance.choice(['Customer', 'customer'])}-{number:07}",
        "name": f"{given} {family}",
        "given_name": given,
        "family_name": family,
        "zoneinfo": chance.choice(_ZONES),
        "locale": locale,
        "updated_at": str(1_700_000_000 + number * 61),
        "custom:plan": chance.choice(["free", "plus", "pro, yearly", "プロ"]),
        "custom:points": str(chance.randint(1, 9_999_999)),
        "cognito:mfa_enabled": chance.choice(["", "false", "true"]),
    }
    if chance.random() < 0.5:  # noqa: PLR2004
        values["birthdate"] = (
            f"{chance.randint(1, 12):02}/{chance.randint(1, 28):02}/{chance.randint(1940, 2007)}"
        )
    if chance.random() < 0.5:  # noqa: PLR2004
        house = chance.randint(1, 250)
        values["address"] = f"{house} {chance.choice(_STREETS)}, {chance.choice(_CITIES)}"
    if chance.random() < 0.2:  # noqa: PLR2004
        values["nickname"] = given + chance.choice(["", " 🚲", ", the first"])
    if number % 5 or number % 3 == 0:
        values["email"] = f"customer.{number}@example.com"
        values["email_verified"] = chance.choice(["true", "TRUE"])
    if number % 3 or number % 5 == 0:
        values["phone_number"] = _phone(number)
        values["phone_number_verified"] = "true"
    return values


def _with(**wrong: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda values: values | {name.replace("__", ":"): wrong[name] for name in wrong}


def _one_value_less(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name != "nickname"}


# One finding each.
_MISTAKES: list[Callable[[dict[str, str]], dict[str, str]]] = [
    _one_value_less,
    _with(cognito__username="two words"),
    _with(cognito__username="customer-0000000"),
    _with(name=""),
    _with(email="customer.example.com", email_verified="true"),
    _with(phone_number="555 0100", phone_number_verified="true"),
    _with(birthdate="13/45/1990"),
    _with(email_verified="false", phone_number_verified="false"),
    _with(custom__points="10000000"),
    _with(custom__plan="more characters than twenty"),
]


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("kinds", nargs="*", default=KINDS, metavar="KIND")
    given = parser.parse_args()
    for kind in given.kinds:
        path = file_of(kind, given.rows)
        print(f"{path.stat().st_size:>13,} bytes  {path}")


if __name__ == "__main__":
    main()
