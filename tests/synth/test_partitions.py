"""The partitions that have user pools, and those that have none."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack
from helpers.imports import import_into
from helpers.synthesis import Synthesised, synthesise_app
from helpers.templates import identity_statements, text

from cdk_cognito_user_import.messages import arguments

if TYPE_CHECKING:
    from aws_cdk import App

ACCOUNT = "111122223333"
PARTITIONS = {
    "eu-central-1": "aws",
    "us-gov-west-1": "aws-us-gov",
    "eusc-de-east-1": "aws-eusc",
}
WITHOUT_USER_POOLS = [
    "cn-north-1",
    "cn-northwest-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "us-isof-south-1",
    "eu-isoe-west-1",
]
LITERALS = {"@aws-cdk/core:enablePartitionLiterals": True}


def stack_in(region: str | None, *, literals: bool) -> Synthesised:
    def build(app: App) -> None:
        for name, value in LITERALS.items() if literals else ():
            app.node.set_context(name, value)
        env = {"account": ACCOUNT, "region": region} if region else None
        import_into(Stack(app, "Test", env=env))

    return synthesise_app(build)["Test"]


@pytest.fixture(scope="module", params=["written out", "left to CloudFormation"])
def literals(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "written out")


@pytest.fixture(scope="module", params=[*PARTITIONS, None])
def region(request: pytest.FixtureRequest) -> str | None:
    region: str | None = request.param
    return region


@pytest.fixture(scope="module")
def stack(region: str | None, literals: bool) -> Synthesised:
    return stack_in(region, literals=literals)


@pytest.mark.parametrize("without", WITHOUT_USER_POOLS)
def test_an_import_is_refused_where_there_are_no_user_pools(without: str) -> None:
    with pytest.raises(ValueError, match=arguments.region_without_user_pools("Test", without)):
        stack_in(without, literals=False)


def strings(value: Any) -> list[Any]:
    """Return all strings of a template, references written in angle brackets."""
    written = text(value)
    match written:
        case str():
            return [written]
        case dict():
            return [each for part in written.values() for each in strings(part)]
        case list():
            return [each for part in written for each in strings(part)]
        case _:
            return []


def test_every_arn_has_the_partition_of_the_stack(stack: Synthesised, region: str) -> None:
    known = PARTITIONS[region] if region else "<AWS::Partition>"
    found = {
        partition
        for each in strings(stack.template["Resources"])
        for partition in re.findall(r"arn:(<[^>]+>|[^:<]*):", each)
    }
    assert found <= {known, "<AWS::Partition>"}
    assert found


def test_the_template_has_no_literal_of_the_standard_partition(
    stack: Synthesised, region: str
) -> None:
    body = json.dumps(stack.template)
    if region != "eu-central-1":
        assert "arn:aws:" not in body
    assert "console.aws.amazon.com" not in body


def test_the_key_policy_names_the_cloudwatch_logs_principal_of_the_partition(
    stack: Synthesised, region: str
) -> None:
    (key,) = stack.resources("AWS::KMS::Key").values()
    services = {
        text(statement["Principal"]["Service"])
        for statement in key["Properties"]["KeyPolicy"]["Statement"]
        if "Service" in statement["Principal"]
    }
    assert services == {
        f"logs.{region or '<AWS::Region>'}.<AWS::URLSuffix>",
        "delivery.logs.amazonaws.com",
    }


def test_the_other_services_have_the_same_names_in_all_partitions(
    stack: Synthesised, region: str
) -> None:
    trusted = {
        principal["Service"]
        for role in stack.resources("AWS::IAM::Role").values()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if "Service" in (principal := statement["Principal"])
    }
    assert trusted == {
        "cognito-idp.amazonaws.com",
        "lambda.amazonaws.com",
        "states.amazonaws.com",
    }
    through = {
        text(statement["Condition"]["StringEquals"]["kms:ViaService"])
        for _, statement in identity_statements(stack)
        if "kms:ViaService" in statement.get("Condition", {}).get("StringEquals", {})
    }
    assert through == {f"logs.{region or '<AWS::Region>'}.amazonaws.com"}
    (permission,) = stack.resources("AWS::Lambda::Permission").values()
    assert permission["Properties"]["Principal"] == "events.amazonaws.com"


def test_the_workflow_calls_lambda_in_its_own_partition(stack: Synthesised, region: str) -> None:
    (machine,) = stack.resources("AWS::StepFunctions::StateMachine").values()
    states = json.loads(text(machine["Properties"]["DefinitionString"]))["States"]
    called = {
        state["Resource"].replace("<AWS::Partition>", "referred")
        for state in states.values()
        if "Resource" in state
    }
    partitions = {"referred", *([PARTITIONS[region]] if region else [])}
    assert {each.split(":")[1] for each in called} <= partitions
    assert len({each.split(":")[1] for each in called}) == 1
    assert {each.split(":", 2)[2] for each in called} == {
        "states:::lambda:invoke",
        "states:::states:startExecution",
    }
