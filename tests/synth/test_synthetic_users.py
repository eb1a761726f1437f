"""Synthetic users: the same everywhere, each one of its kind, and nobody's."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest

from cdk_cognito_user_import._lambda.user_import.users_csv import STANDARD_ATTRIBUTES, join_row
from cdk_cognito_user_import._lambda.user_import.users_csv.limits import LONGEST_USERNAME
from cdk_cognito_user_import.synthetic import domains
from cdk_cognito_user_import.synthetic.draws import Between, Weighted
from cdk_cognito_user_import.synthetic.people import LANGUAGES, Person
from cdk_cognito_user_import.synthetic.phone_numbers import AVAILABLE, BLOCKS, PhoneNumbers
from cdk_cognito_user_import.synthetic.seeded_numbers import SeededNumbers
from cdk_cognito_user_import.synthetic.standard_attributes import MAKERS
from cdk_cognito_user_import.synthetic.users import OWN, Settings, SyntheticUsers

CONSTRUCTS = Path(__file__).parents[2] / "constructs"

EVERY_ATTRIBUTE = tuple(each.name for each in STANDARD_ATTRIBUTES)
DRAWS = {"custom:plan": Weighted([("gold", 1), ("free", 9)]), "custom:points": Between(1, 100)}

SHA_256 = Path(__file__).parent / "snapshots" / "synthetic-users.sha256"
"""The SHA-256 of the CSV of `held()`. Another one changes the users of every app that has synthetic
users: a breaking change. `python -m benchmarks.synthetic_users 1000` prints it in any Python."""

NAMES = [name for language in LANGUAGES for name in (*language.given, *language.family)]


def users(count: int, seed: str = "tests", **settings: Any) -> SyntheticUsers:
    return SyntheticUsers(Settings(count, seed, **{"domain": "example.com", **settings}))


def rows(made: SyntheticUsers) -> list[dict[str, str]]:
    header, *lines = (line.removesuffix("\n").split(",") for line in made.lines())
    return [dict(zip(header, line, strict=True)) for line in lines]


def held() -> SyntheticUsers:
    """The users that a SHA-256 holds: with every attribute, and both kinds of draws."""
    return users(1_000, required=EVERY_ATTRIBUTE, attributes=DRAWS)


# The same everywhere


def test_the_users_of_a_seed_never_change() -> None:
    digest = hashlib.sha256()
    for line in held().lines():
        digest.update(line.encode())
    assert digest.hexdigest() == SHA_256.read_text(encoding="ascii").strip()


def test_a_number_is_the_sha_256_of_the_documented_text() -> None:
    expected = int(hashlib.sha256("7:größe:17:gender".encode()).hexdigest(), 16)
    assert SeededNumbers("größe").number("gender", 17) == expected
    shared = int(hashlib.sha256(b"2:42::mark").hexdigest(), 16)
    assert SeededNumbers("42").number("mark") == shared


def test_fewer_users_are_the_first_of_more() -> None:
    assert list(users(300).lines()) == list(islice(users(400).lines(), 301))


def test_a_username_needs_no_other_user() -> None:
    made = users(50)
    assert [made.username(number) for number in range(50)] == [
        row["cognito:username"] for row in rows(made)
    ]


def test_another_attribute_leaves_the_others_as_they_are() -> None:
    alone, before = rows(users(50)), rows(users(50, attributes=DRAWS, required=("gender",)))
    assert [{name: row[name] for name in alone[0]} for row in before] == alone


def test_the_users_of_two_seeds_have_nothing_in_common() -> None:
    first, second = ({user["email"] for user in rows(users(2_000, seed))} for seed in ("a", "b"))
    assert first.isdisjoint(second)


def test_no_cdk_is_loaded() -> None:
    code = (
        "import sys; from cdk_cognito_user_import.synthetic.users import SyntheticUsers; "
        "print({'aws_cdk', 'constructs', 'jsii'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(CONSTRUCTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


# Each one of its kind


@pytest.mark.parametrize("name", ["cognito:username", "email", "phone_number"])
def test_no_two_users_share_a_name_to_sign_in_with(name: str) -> None:
    values = [row[name].lower() for row in rows(users(5_000))]
    assert len(set(values)) == len(values)


def test_every_phone_number_is_used_once_and_then_none() -> None:
    numbers = PhoneNumbers(SeededNumbers("tests"))
    assert len({numbers.of(user) for user in range(AVAILABLE)}) == AVAILABLE
    assert numbers.of(AVAILABLE - 1)
    assert numbers.of(AVAILABLE) == ""


def test_a_user_without_a_phone_number_has_none_that_is_verified() -> None:
    made = users(AVAILABLE + 1)
    assert made.row(AVAILABLE - 1)["phone_number_verified"] == "true"
    last = made.row(AVAILABLE)
    assert (last["phone_number"], last["phone_number_verified"]) == ("", "false")


@pytest.mark.parametrize("name", ["email", "phone_number"])
def test_an_attribute_can_be_the_username(name: str) -> None:
    for row in rows(users(20, username=name)):
        assert row["cognito:username"] == row[name]


def test_names_have_many_alphabets_and_usernames_ascii_only() -> None:
    made = rows(users(500))
    letters = {letter for row in made for letter in row["name"] if letter.isalpha()}
    alphabets = {unicodedata.name(letter).split()[0] for letter in letters}
    assert alphabets >= {
        *("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI"),
        *("CJK", "HIRAGANA", "KATAKANA", "HANGUL"),
    }
    for row in made:
        assert re.fullmatch(r"[a-z]+\.[a-z]+\.[a-z]{4}[0-9]+", row["cognito:username"])
        assert row["email"] == f"{row['cognito:username']}@example.com"
        assert row["email_verified"] == "true"


def test_a_name_is_written_as_its_language_does() -> None:
    by_locale = {language.locale: language for language in LANGUAGES}
    names = {
        locale: Person(language, language.given[0], language.family[0]).full_name
        for locale, language in by_locale.items()
    }
    assert names["de-DE"] == "Jürgen Müller"
    assert names["ja-JP"] == "佐藤 陽菜"
    assert names["zh-CN"] == "王秀英"
    assert names["vi-VN"] == "Nguyễn Hương"


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.ascii)
def test_a_name_of_the_tables_is_normalized_and_has_ascii_letters(name: Any) -> None:
    assert re.fullmatch(r"[a-z]+", name.ascii)
    assert unicodedata.is_normalized("NFC", name.text)
    assert name.text.replace(" ", "").isprintable()


def test_no_value_has_a_character_that_the_csv_escapes() -> None:
    for line in held().lines():
        values = line.removesuffix("\n").split(",")
        assert len(values) == len(held().columns)
        assert join_row(values) == ",".join(values)


def test_the_longest_address_can_be_a_username() -> None:
    longest = max(
        len(f"{given.ascii}.{family.ascii}")
        for language in LANGUAGES
        for given, family in product(language.given, language.family)
    )
    mark_number_and_at = len(".abcd499999@")
    assert longest + mark_number_and_at + domains.LONGEST <= LONGEST_USERNAME


def test_every_standard_attribute_can_be_made() -> None:
    assert {*OWN[1:], *MAKERS} == set(EVERY_ATTRIBUTE)


def test_a_draw_follows_its_weights_and_its_bounds() -> None:
    made = rows(users(3_000, attributes=DRAWS))
    plans = Counter(row["custom:plan"] for row in made)
    assert set(plans) == {"gold", "free"}
    assert 200 < plans["gold"] < 400
    assert {int(row["custom:points"]) for row in made} == set(range(1, 101))


def test_a_draw_replaces_a_standard_attribute() -> None:
    made = users(5, attributes={"locale": Weighted([("de-DE", 1)])})
    assert {row["locale"] for row in rows(made)} == {"de-DE"}
    assert Counter(made.columns)["locale"] == 1


# Nobody's

FICTION = (
    r"\+1[2-4][0-9]{2}55501[0-9]{2}",
    r"\+44(1(13|14|16|17|18|21|31|41|51|61)4960|2079460|1914980|2920180|7700900)[0-9]{3}",
    r"\+49(3023125|6990009|4066969|2214710|8999998)[0-9]{3}",
    r"\+33(19900|26191|35301|46571|53649|63998)[0-9]{4}",
    r"\+61[2378](5550|7010)[0-9]{4}",
)
"""The ranges, written apart from the product's: sources in `phone_numbers`."""


def test_every_phone_number_is_reserved_for_fiction() -> None:
    for block in BLOCKS:
        first, last = (f"{block.prefix}{digit * block.digits}" for digit in "09")
        for number in (first, last):
            assert any(re.fullmatch(each, number) for each in FICTION), number
    assert sum(10**block.digits for block in BLOCKS) == AVAILABLE
    assert len({block.prefix for block in BLOCKS}) == len(BLOCKS)


@pytest.mark.parametrize(
    "domain",
    [
        *("example.com", "example.net", "example.org", "Example.COM", "mail.example.com"),
        *("customers.test", "customers.example", "customers.invalid", "a.localhost"),
    ],
)
def test_a_reserved_domain_is_known(domain: str) -> None:
    assert domains.is_domain_name(domain)
    assert domains.is_reserved(domain)


@pytest.mark.parametrize(
    "domain", ["example.de", "myexample.com", "example.com.customers.net", "test.com", "a.testing"]
)
def test_another_domain_is_not_reserved(domain: str) -> None:
    assert domains.is_domain_name(domain)
    assert not domains.is_reserved(domain)


@pytest.mark.parametrize(
    "text",
    [
        *("", "com", "example", "example.com.", ".example.com", "a..com", "-a.com", "a-.com"),
        *("a b.com", "ann@example.com", "münchen.de", "a_b.com", "192.0.2.1", "https://a.com"),
        *("a.com\n", "a,b.com", f"{'a' * 60}.com"),
    ],
)
def test_what_is_not_a_domain_name_is_refused(text: str) -> None:
    assert not domains.is_domain_name(text)
