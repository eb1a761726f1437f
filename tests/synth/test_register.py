"""Each condition and each service that the templates rely on is in the register of assumptions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from helpers import shapes
from helpers.templates import as_list, policy_statements, text

REGISTER = Path(__file__).parents[2] / "docs" / "unproven.md"


@pytest.fixture(scope="module")
def registered() -> set[str]:
    """What a row of the register has in backticks; a row begins with an id."""
    rows = re.findall(r"^\| *[A-Z][A-Z0-9]*-\d+ *\|.*$", REGISTER.read_text("utf-8"), re.MULTILINE)
    assert rows
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def statements() -> list[dict[str, Any]]:
    return [
        statement
        for shape in shapes.SHAPES
        for template in shapes.templates(shape).values()
        for statement in policy_statements(template["Resources"])
    ]


def condition_keys() -> set[str]:
    return {
        key
        for statement in statements()
        for keys in statement.get("Condition", {}).values()
        for key in keys
    }


def services() -> set[str]:
    return {
        text(service).replace("<AWS::Region>", "<Region>").replace("<AWS::URLSuffix>", "<suffix>")
        for statement in statements()
        if isinstance(statement.get("Principal"), dict)
        for service in as_list(statement["Principal"].get("Service", []))
    }


def test_every_condition_key_of_a_template_has_a_row(registered: set[str]) -> None:
    assert condition_keys() - registered == set()


def test_every_service_that_a_policy_trusts_has_a_row(registered: set[str]) -> None:
    assert services() - registered == set()


def test_the_shapes_use_every_registered_key_and_service() -> None:
    """Or the register would be held to less than users deploy."""
    assert {
        "aws:PrincipalArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "events:source",
        "iam:PassedToService",
        "kms:EncryptionContext:SourceAccount",
        "kms:EncryptionContext:aws:logs:arn",
        "kms:EncryptionContext:aws:states:stateMachineArn",
        "kms:ViaService",
        "lambda:SourceFunctionArn",
        "s3:prefix",
        "sts:ExternalId",
    } <= condition_keys()
    assert {
        "cognito-idp.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "events.amazonaws.com",
        "lambda.amazonaws.com",
        "states.amazonaws.com",
    } <= services()
