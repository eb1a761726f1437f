"""The settings of a user pool as AWS returns them, and read options as JSON."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from helpers.csv_cases import shared

from user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    ExportFormat,
    Pool,
    ReadOptions,
    Unit,
    UserKind,
)

NUMBER = {
    "Name": "custom:age",
    "AttributeDataType": "Number",
    "DeveloperOnlyAttribute": False,
    "Mutable": True,
    "Required": False,
    "NumberAttributeConstraints": {"MinValue": "18", "MaxValue": "130"},
}
STRING = {
    "Name": "given_name",
    "AttributeDataType": "String",
    "Required": True,
    "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2048"},
}
SUB = {"Name": "sub", "AttributeDataType": "String", "Required": True}
IDENTITIES = {"Name": "identities", "AttributeDataType": "String"}


def bounded(low: Any, high: Any) -> Any:
    """A number of a schema with bounds that are written in some way."""
    return {**NUMBER, "NumberAttributeConstraints": {"MinValue": low, "MaxValue": high}}


@pytest.mark.parametrize(
    ("schema", "attribute"),
    [
        (NUMBER, Attribute("custom:age", "Number", minimum=18, maximum=130)),
        (STRING, Attribute("given_name", required=True, minimum=1, maximum=2048)),
        (
            {**NUMBER, "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2"}},
            Attribute("custom:age", "Number", minimum=18, maximum=130),
        ),
        (
            {**STRING, "NumberAttributeConstraints": {"MinValue": "5", "MaxValue": "6"}},
            Attribute("given_name", required=True, minimum=1, maximum=2048),
        ),
        ({"Name": "custom:note"}, Attribute("custom:note", "String")),
        (
            {"Name": "custom:vip", "AttributeDataType": "Boolean", "Mutable": True},
            Attribute("custom:vip", "Boolean"),
        ),
        (
            {**STRING, "StringAttributeConstraints": None},
            Attribute("given_name", required=True),
        ),
        ({**NUMBER, "NumberAttributeConstraints": {}}, Attribute("custom:age", "Number")),
    ],
)
def test_an_attribute_is_read_as_describe_user_pool_returns_it(schema: Any, attribute: Any) -> None:
    assert Attribute.from_schema(schema) == attribute


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("18", 18),
        (18, 18),
        ("-1", -1),
        ("18.0", 18),
        (18.0, 18),
        ("9007199254740993", 9007199254740993),
        ("", None),
        (None, None),
    ],
)
def test_a_bound_may_be_text_or_a_number_or_missing(given: Any, read: Any) -> None:
    attribute = Attribute("custom:age", "Number", minimum=read, maximum=130)
    assert Attribute.from_schema(bounded(given, "130")) == attribute
    attribute = Attribute("custom:age", "Number", minimum=18, maximum=read)
    assert Attribute.from_schema(bounded("18", given)) == attribute


def test_a_pool_is_read_as_describe_user_pool_and_get_csv_header_return_it() -> None:
    description = {
        "Id": "eu-central-1_x",
        "SchemaAttributes": [SUB, STRING, IDENTITIES, NUMBER],
        "AutoVerifiedAttributes": ["email"],
        "AliasAttributes": ["phone_number", "preferred_username"],
        "UsernameAttributes": ["email", "phone_number"],
        "MfaConfiguration": "OPTIONAL",
        "UsernameConfiguration": {"CaseSensitive": False},
    }
    columns = ["given_name", "custom:age", "cognito:mfa_enabled", "cognito:username"]
    assert Pool.from_description(description, iter(columns), "BCRYPT") == Pool(
        columns=tuple(columns),
        attributes=(Attribute.from_schema(STRING), Attribute.from_schema(NUMBER)),
        auto_verified=("email",),
        aliases=("phone_number", "preferred_username"),
        username_attributes=("email", "phone_number"),
        mfa="OPTIONAL",
        case_sensitive=False,
        hashing_algorithm="BCRYPT",
    )


@pytest.mark.parametrize(
    "description", [{}, {"UsernameConfiguration": {}}, {"Name": "users", "Policies": {}}]
)
def test_missing_fields_of_a_description_have_the_defaults_of_a_pool(description: Any) -> None:
    assert Pool.from_description(description) == Pool(
        columns=None,
        attributes=None,
        auto_verified=(),
        aliases=(),
        username_attributes=(),
        mfa="OFF",
        case_sensitive=True,
        hashing_algorithm=None,
    )


def test_the_header_is_the_given_one_or_follows_from_the_schema() -> None:
    of_schema = Pool.from_description({"SchemaAttributes": [SUB, STRING, NUMBER]})
    assert of_schema.header == (
        "given_name",
        "custom:age",
        "cognito:mfa_enabled",
        "cognito:username",
    )
    assert of_schema._replace(columns=("cognito:username",)).header == ("cognito:username",)
    assert Pool().header is None


def test_an_unknown_schema_has_the_standard_attributes() -> None:
    assert tuple(Pool().known_attributes.values()) == STANDARD_ATTRIBUTES
    assert Pool(attributes=(Attribute("name"),)).known_attributes == {"name": Attribute("name")}


READINGS = [
    (ReadOptions(), {}),
    (ReadOptions(columns={"Login": "name", "x": None}), {"columns": {"Login": "name", "x": None}}),
    (ReadOptions(defaults={"locale": "de"}), {"defaults": {"locale": "de"}}),
    (ReadOptions(constants={"locale": ""}), {"constants": {"locale": ""}}),
    (ReadOptions(export=ExportFormat.AUTH0), {"export": "auth0"}),
    (ReadOptions(strict=True), {"strict": True}),
    (
        ReadOptions(leave_out=frozenset(UserKind)),
        {"leave_out": ["disabled", "external-provider"]},
    ),
    (ReadOptions(only_columns=True), {"only_columns": True}),
    (ReadOptions(columns={"id": ("name", "email")}), {"columns": {"id": ["name", "email"]}}),
    (ReadOptions(unit=Unit.RECORD), {"unit": "record"}),
    (
        ReadOptions(
            {"a": "b"},
            {"c": "d"},
            {"e": "f"},
            ExportFormat.OKTA,
            strict=True,
            unit=Unit.RECORD,
        ),
        {
            "columns": {"a": "b"},
            "defaults": {"c": "d"},
            "constants": {"e": "f"},
            "export": "okta",
            "strict": True,
            "unit": "record",
        },
    ),
]


@pytest.mark.parametrize(("reading", "carried"), READINGS)
def test_read_options_are_serialized_without_the_defaults(reading: Any, carried: Any) -> None:
    assert reading.to_json() == carried
    assert ReadOptions.from_json(json.loads(json.dumps(carried))) == reading


@pytest.mark.parametrize("name", ["columns", "defaults", "constants"])
def test_any_mapping_can_be_serialized_as_json(name: Any) -> None:
    options: dict[str, Any] = {name: MappingProxyType({"nickname": "name"})}
    reading = ReadOptions(**options)
    assert json.loads(json.dumps(reading.to_json())) == {name: {"nickname": "name"}}


NOT_AN_OBJECT = "expected a JSON object"


@pytest.mark.parametrize(
    ("carried", "says"),
    [
        (None, NOT_AN_OBJECT),
        ([], NOT_AN_OBJECT),
        ("strict", NOT_AN_OBJECT),
        ({"column": {}}, "unknown option column"),
        # An attribute, but not an option.
        ({"export_reader": None}, "unknown option export_reader"),
        ({"columns": []}, "invalid columns"),
        ({"defaults": None}, "invalid defaults"),
        ({"export": 1}, "invalid export"),
        ({"strict": "true"}, "invalid strict"),
        ({"leave_out": "disabled"}, "invalid leave_out"),
        ({"leave_out": ["some"]}, "invalid leave_out"),
        ({"unit": None}, "invalid unit"),
        ({"columns": {"Login": 1}}, "invalid columns"),
        ({"defaults": {"name": "x", "locale": None}}, "invalid defaults"),
        ({"constants": {"name": True}}, "invalid constants"),
        ({"export": "paper"}, "invalid export"),
    ],
)
def test_json_that_is_not_read_options_is_refused(carried: Any, says: Any) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the text is compared whole
        ReadOptions.from_json(carried)
    assert str(caught.value) == f"invalid read options: {says}"


@pytest.mark.parametrize("how", ["defaults", "constants"])
def test_the_username_cannot_be_given_for_all_users(how: Any) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the text is compared whole
        shared(how, locale="de", cognito__username="Kanarie")
    assert str(caught.value) == (
        "cognito:username cannot be the same for all users; it must come from a column."
    )
