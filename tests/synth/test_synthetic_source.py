"""`UserSource.synthetic`: its arguments, what its users take from the pool, and their usernames."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, CfnParameter, Stack
from aws_cdk import aws_cognito as cognito
from helpers.imports import by_id, import_into, pool_of
from helpers.synthesis import Synthesised, errors_of, messages_of, synthesise

from cdk_cognito_user_import import Choices, NumberRange, UserSource
from cdk_cognito_user_import.messages import sources, synthetic
from cdk_cognito_user_import.synthetic import domains
from cdk_cognito_user_import.synthetic.phone_numbers import AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

CANARY = "Kanarie"
"""Is in values of users, and may be in no message."""

REQUIRED = cognito.StandardAttribute(required=True, mutable=True)
EMAIL_OR_PHONE = cognito.SignInAliases(email=True, phone=True)
PHONE = cognito.SignInAliases(phone=True)
VERIFY_PHONE = cognito.AutoVerifiedAttrs(phone=True)


def users_of(stack: Synthesised) -> list[dict[str, str]]:
    """Return the users of the only asset of users, as Cognito reads them."""
    (asset,) = (a for a in stack.file_assets.values() if a["source"]["path"].endswith(".csv"))
    text = (stack.folder / asset["source"]["path"]).read_text(encoding="utf-8")
    lines = text.splitlines()
    header, *rows = csv.reader(lines, quoting=csv.QUOTE_NONE, escapechar="\\")
    return [dict(zip(header, row, strict=True)) for row in rows]


def made(
    pool: Callable[[Stack], Any] = pool_of, count: int = 3, **arguments: Any
) -> list[dict[str, str]]:
    """Return the users of an import into a pool, after the check at synth has passed them."""
    source = UserSource.synthetic(count, **{"seed": "tests", **arguments})
    return users_of(
        synthesise(lambda stack: import_into(stack, user_pool=pool(stack), source=source))
    )


def own(**properties: Any) -> Callable[[Stack], Any]:
    return lambda stack: pool_of(stack, **properties)


# The user pool


def test_the_users_of_a_plain_pool_have_names_of_their_own() -> None:
    for user in made(own(sign_in_aliases=cognito.SignInAliases(username=True, email=True))):
        assert user["email"] == f"{user['cognito:username']}@example.com"
        assert user["email_verified"] == user["phone_number_verified"] == "true"


@pytest.mark.parametrize(
    ("pool", "name"),
    [
        (own(sign_in_aliases=cognito.SignInAliases(email=True)), "email"),
        (own(sign_in_aliases=EMAIL_OR_PHONE), "email"),
        (own(sign_in_aliases=PHONE, auto_verify=VERIFY_PHONE), "phone_number"),
    ],
    ids=["email", "email or phone number", "phone number"],
)
def test_the_username_is_the_attribute_that_the_pool_says(
    pool: Callable[[Stack], Any], name: str
) -> None:
    for user in made(pool):
        assert user["cognito:username"] == user[name]


@pytest.mark.parametrize("name", ["email", "phone_number"])
def test_the_username_of_a_pool_that_is_not_of_the_app_is_what_is_asked_for(name: str) -> None:
    pool = by_id("eu-central-1_Example01")
    assert "@" not in made(pool)[0]["cognito:username"]
    for user in made(pool, username=name):
        assert user["cognito:username"] == user[name]


def test_the_users_have_every_standard_attribute_that_the_pool_requires() -> None:
    names = (
        *("address", "birthdate", "email", "family_name", "fullname", "gender", "given_name"),
        *("last_update_time", "locale", "middle_name", "nickname", "phone_number"),
        *("preferred_username", "profile_page", "profile_picture", "timezone", "website"),
    )
    required = cognito.StandardAttributes(**dict.fromkeys(names, REQUIRED))
    without = made()
    for user in made(own(standard_attributes=required)):
        assert len(user) == len(without[0]) + len(names) - 8
        assert all(user.values())


def test_a_pool_that_changes_after_the_import_was_made_is_noticed() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        import_into(stack, user_pool=pool, source=UserSource.synthetic(2, seed=1))
        resource = pool.node.default_child
        assert isinstance(resource, cognito.CfnUserPool)
        resource.username_attributes = ["email"]

    with pytest.raises(RuntimeError) as caught:
        synthesise(build)
    (error,) = errors_of(str(caught.value), "Test/Seed")
    assert error.startswith("synthetic cannot be imported (CSV020, 2 times): ")


# Attributes


def test_attributes_are_constants_choices_and_ranges() -> None:
    attributes = {
        "custom:plan": Choices({"gold, yearly": 1, None: 1, "free": 2}),
        "custom:points": NumberRange(-1, 1),
        "custom:tester": True,
        "custom:since": datetime.date(2020, 1, 31),
        "locale": "de-DE",
        "zoneinfo": None,
    }
    pool = own(
        custom_attributes={
            "plan": cognito.StringAttribute(),
            "points": cognito.NumberAttribute(min=-1, max=1),
            "tester": cognito.BooleanAttribute(),
            "since": cognito.StringAttribute(),
        }
    )
    users = made(pool, 200, attributes=attributes)
    assert set(Counter(user["custom:plan"] for user in users)) == {"gold, yearly", "", "free"}
    assert {user["custom:points"] for user in users} == {"-1", "0", "1"}
    rest = {(u["custom:tester"], u["custom:since"], u["locale"], u["zoneinfo"]) for u in users}
    assert rest == {("true", "01/31/2020", "de-DE", "")}


def test_an_attribute_that_the_pool_lacks_fails_the_synth() -> None:
    with pytest.raises(RuntimeError, match="CSV004"):
        made(attributes={"custom:plan": "gold"})


# The same every time


def test_two_synths_have_the_same_asset() -> None:
    arguments: dict[str, Any] = {"seed": 42, "attributes": {"locale": Choices({"de": 1, "fr": 1})}}

    def build(stack: Stack) -> None:
        import_into(stack, source=UserSource.synthetic(50, **arguments))

    first, second = synthesise(build), synthesise(build)
    assert users_of(first) == users_of(second)
    assert first.template_body == second.template_body


def test_a_number_and_its_text_are_the_same_seed() -> None:
    assert made(seed=42) == made(seed="42")
    assert made(seed=42) != made(seed=43)


def test_the_app_can_ask_for_the_username_of_each_user() -> None:
    imports = []

    def build(stack: Stack) -> None:
        pool = own(sign_in_aliases=cognito.SignInAliases(email=True))(stack)
        source = UserSource.synthetic(20, seed="tests")
        imports.append(import_into(stack, user_pool=pool, source=source))

    users = users_of(synthesise(build))
    (seed,) = imports
    assert [seed.user(i) for i in range(20)] == [user["cognito:username"] for user in users]


@pytest.mark.parametrize("number", [-1, 20])
def test_a_user_that_does_not_exist_has_no_username(number: int) -> None:
    seed = import_into(Stack(), source=UserSource.synthetic(20, seed=1))
    with pytest.raises(ValueError, match="no synthetic user") as caught:
        seed.user(number)
    assert str(caught.value) == synthetic.user_out_of_range(number, 19)


def test_the_users_of_another_source_have_no_numbers() -> None:
    with pytest.raises(ValueError, match="another source") as caught:
        import_into(Stack()).user(0)
    assert str(caught.value) == synthetic.user_of_other_source()


def test_a_number_of_a_user_is_a_whole_number() -> None:
    number: Any = "ada"
    with pytest.raises(TypeError, match=r"^i is a str; give a whole number\.$"):
        import_into(Stack()).user(number)


# Phone numbers and domains


def messages(folder: Path, pool: Callable[[Stack], Any], **arguments: Any) -> list[Any]:
    """Return the messages of an import of synthetic users."""
    app = App(outdir=str(folder), analytics_reporting=False)
    stack = Stack(app, "Test")
    source = UserSource.synthetic(**{"count": 3, "seed": 1, **arguments})
    import_into(stack, user_pool=pool(stack), source=source)
    app.synth()
    return [each for each in messages_of(folder) if each[0] == "Seed"]


MANY = AVAILABLE + 2


def acknowledged(text: str, id_: str) -> str:
    return f"{text} [ack: cdk-cognito-user-import:{id_}]"


def test_users_for_whom_no_phone_number_is_left_are_counted(tmp_path: Path) -> None:
    text = synthetic.phone_numbers_left_out(2, MANY, AVAILABLE)
    (warning,) = messages(tmp_path, pool_of, count=MANY)
    assert warning == ("Seed", "WARNING", acknowledged(text, "synthetic-phone-numbers"))


@pytest.mark.parametrize(
    "pool",
    [
        own(standard_attributes=cognito.StandardAttributes(phone_number=REQUIRED)),
        own(auto_verify=VERIFY_PHONE),
        own(sign_in_aliases=PHONE),
    ],
    ids=["requires it", "verifies it alone", "has it as the username"],
)
def test_a_pool_that_needs_more_phone_numbers_than_there_are_is_refused(
    pool: Callable[[Stack], Any],
) -> None:
    stack = Stack()
    source = UserSource.synthetic(MANY, seed=1)
    with pytest.raises(ValueError, match="phone number") as caught:
        import_into(stack, user_pool=pool(stack), source=source)
    assert str(caught.value) == synthetic.phone_numbers_short(MANY, AVAILABLE)


def test_a_domain_that_is_not_reserved_is_a_warning(tmp_path: Path) -> None:
    text = synthetic.domain_not_reserved("mail.customers.net")
    (warning,) = messages(tmp_path, pool_of, domain="Mail.Customers.net")
    assert warning == ("Seed", "WARNING", acknowledged(text, "synthetic-domain"))


def test_a_reserved_domain_is_no_message(tmp_path: Path) -> None:
    assert messages(tmp_path, pool_of, domain="customers.test") == []


# Wrong arguments


def attributes(name: Any, value: Any) -> dict[str, Any]:
    return {"attributes": {name: value}}


TOKEN = CfnParameter(Stack(), "Parameter").value_as_string
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"count": 0}, synthetic.count_range(0, 500_000)),
    ({"count": 500_001}, synthetic.count_range(500_001, 500_000)),
    ({"seed": TOKEN}, sources.value_unknown("synthetic", "seed")),
    ({"seed": "\ud800"}, sources.value_not_utf8("synthetic", "seed")),
    ({"domain": TOKEN}, synthetic.domain_unknown()),
    ({"domain": "localhost"}, synthetic.domain_invalid("localhost", domains.LONGEST)),
    ({"username": "name"}, synthetic.username_invalid("name")),
    (attributes("email", "ann@example.com"), synthetic.own_attribute("email")),
    (attributes("cognito:username", CANARY), synthetic.own_attribute("cognito:username")),
    (attributes("a,b", "x"), sources.record_key_invalid("attributes")),
    (attributes("locale", TOKEN), sources.value_unknown("attributes", "locale")),
    (attributes("locale", Choices({TOKEN: 1})), sources.value_unknown("attributes", "locale")),
]


@pytest.mark.parametrize(("arguments", "text"), REFUSED)
def test_a_wrong_argument_is_refused_with_what_is_allowed(
    arguments: Mapping[str, Any], text: str
) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        UserSource.synthetic(**{"count": 3, "seed": 1, **arguments})
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "value", [f"{CANARY}\nb", Choices({f"{CANARY}\nb": 1})], ids=["constant", "choice"]
)
def test_a_value_that_no_csv_can_have_is_refused_without_the_value(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^attributes: custom:note: ") as caught:
        UserSource.synthetic(3, seed=1, attributes={"custom:note": value})
    assert CANARY not in str(caught.value)


def test_a_name_or_value_of_a_wrong_type_is_refused() -> None:
    wrong: Any = {5: "x"}
    with pytest.raises(TypeError) as caught:
        UserSource.synthetic(3, seed=1, attributes=wrong)
    assert str(caught.value) == sources.mapping_key_type("attributes", 5)
    for value in (["gold"], 1.5, {"gold": 1}, range(5)):
        with pytest.raises(TypeError) as caught:
            UserSource.synthetic(3, seed=1, **attributes("custom:plan", value))
        assert str(caught.value) == synthetic.attribute_type("custom:plan", value)


@pytest.mark.parametrize(
    ("weights", "error", "text"),
    [
        ({}, ValueError, synthetic.no_choices()),
        ({"gold": 0}, ValueError, synthetic.weight_too_small(0)),
        ({"gold": 0.1}, TypeError, synthetic.weight_type(0.1)),
        ({"gold": True}, TypeError, synthetic.weight_type(True)),  # noqa: FBT003
    ],
)
def test_weights_are_whole_numbers_of_one_or_more(
    weights: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as caught:
        Choices(weights)
    assert str(caught.value) == text


def test_the_bounds_of_a_range_are_in_order() -> None:
    assert NumberRange(5, 5).minimum == 5
    with pytest.raises(ValueError, match=r"^minimum is 5 and maximum is 4; "):
        NumberRange(5, 4)
