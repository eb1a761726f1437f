"""Write examples/users.csv and examples/five-more-users.csv: made-up users, the same every time.

No name, address or number belongs to anybody: e-mail addresses end in example.com, .org or .net
(RFC 2606), phone numbers lie in +1 555 0100 to 0199 of made-up area codes and in the ranges that
Ofcom keeps free for drama.
"""

from __future__ import annotations

import random
from pathlib import Path

COLUMNS = (
    "cognito:username,name,given_name,family_name,nickname,website,email,email_verified,gender,"
    "birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,"
    "custom:customer_id,custom:plan,custom:newsletter,custom:member_since,cognito:mfa_enabled"
).split(",")

# Given names, family names, and how they stand together; several alphabets.
NAMES: list[tuple[str, list[str], list[str], str, str]] = [
    (
        "en-GB",
        ["Amelia", "Oliver", "Zoë", "Seán"],
        ["O'Hara", "Whitlock", "Smith-Jones"],
        " ",
        "lf",
    ),
    ("de-DE", ["Jürgen", "Käthe", "Götz"], ["Müller", "Groß", "von der Heide"], " ", "lf"),
    ("pl-PL", ["Łukasz", "Świętosława"], ["Wójcik", "Żółć"], " ", "lf"),
    ("el-GR", ["Ελένη", "Γιώργος"], ["Παπαδόπουλος", "Νικολάου"], " ", "lf"),
    ("ru-RU", ["Юлия", "Фёдор"], ["Щербакова", "Ёлкин"], " ", "lf"),
    ("ar-EG", ["ليلى", "يوسف"], ["الخطيب", "منصور"], " ", "lf"),
    ("he-IL", ["נועה", "איתן"], ["לוי", "ביטון"], " ", "lf"),
    ("hi-IN", ["अनन्या", "रोहन"], ["शर्मा", "पटेल"], " ", "lf"),
    ("ja-JP", ["陽葵", "蓮"], ["佐藤", "髙橋"], " ", "fl"),
    ("ko-KR", ["서연", "민준"], ["김", "황보"], "", "fl"),
    ("zh-CN", ["子涵", "梓轩"], ["欧阳", "李"], "", "fl"),
    ("vi-VN", ["Hương", "Đức"], ["Nguyễn", "Trần"], " ", "fl"),
]
STREETS = ["High Street", "Rue de l'Église", "Königsallee", "Calle Mayor", "桜通り"]
CITIES = ["Leeds", "Besançon", "Düsseldorf", "Cádiz", "名古屋市"]
ZONES = ["Europe/London", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Africa/Cairo"]


def user(number: int, random: random.Random) -> dict[str, str]:
    """Make one user; every third has an e-mail address only, every fifth a phone number only."""
    locale, given_names, family_names, between, order = random.choice(NAMES)
    given, family = random.choice(given_names), random.choice(family_names)
    name = between.join([given, family] if order == "lf" else [family, given])
    values = dict.fromkeys(COLUMNS, "")
    values |= {
        "cognito:username": f"customer-{number:05}",
        "name": name,
        "given_name": given,
        "family_name": family,
        "locale": locale,
        "zoneinfo": random.choice(ZONES),
        "updated_at": str(1_700_000_000 + number * 61),
        "custom:customer_id": str(10_000 + number),
        "custom:plan": random.choice(["free", "plus", "pro, yearly"]),
        "custom:newsletter": random.choice(["true", "false", ""]),
        "custom:member_since": f"{random.randint(2010, 2025)}-{random.randint(1, 12):02}-01",
    }
    if random.random() < 0.5:
        values["birthdate"] = (
            f"{random.randint(1, 12):02}/{random.randint(1, 28):02}/{random.randint(1940, 2007)}"
        )
    if random.random() < 0.7:
        house, street, city = random.randint(1, 250), random.choice(STREETS), random.choice(CITIES)
        values["address"] = f"{house} {street}, {city}"
    if random.random() < 0.2:
        values["nickname"] = given + random.choice(["", " 🚲", ", the first"])
        values["website"] = f"https://example.org/~{number}"
    if number % 5 or number % 3 == 0:
        domain = random.choice(["example.com", "example.org", "example.net"])
        values["email"] = f"customer.{number}@{domain}"
        values["email_verified"] = random.choice(["true", "TRUE"])
    if number % 3 or number % 5 == 0:
        values["phone_number"] = (
            f"+447700900{number:03}"
            if number % 2 == 0 and number < 1000
            else f"+1{200 + number // 100}5550{100 + number % 100}"
        )
        values["phone_number_verified"] = "true"
    return values


def write(path: Path, numbers: range, seed: int) -> None:
    """Write users to a file in Cognito's dialect."""
    chance = random.Random(seed)
    lines = [",".join(COLUMNS)]
    lines += [
        ",".join(value.replace(",", "\\,") for value in user(number, chance).values())
        for number in numbers
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    here = Path(__file__).parent
    write(here / "users.csv", range(1, 1001), seed=2026)
    write(here / "five-more-users.csv", range(1001, 1006), seed=7)
