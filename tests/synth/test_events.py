"""The rules for the events of an import: what they match, and what the import gets for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from helpers.imports import import_into, pool_of, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import as_list, identity_statements, references, resolved, text

if TYPE_CHECKING:
    from aws_cdk import App
    from helpers.synthesis import Synthesised

IMPORT, RULE = "Custom::CognitoUserImport", "AWS::Events::Rule"
BUS = "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"


def with_rules(stack: Stack) -> None:
    seed = import_into(stack)
    queue = sqs.Queue(stack, "Queue")
    seed.on_finished("Ended", target=targets.SqsQueue(queue))
    seed.on_succeeded("Good", description="all is well", rule_name="good")
    pattern = events.EventPattern(detail={"requestType": ["Run"]})
    seed.on_failed("Bad", event_pattern=pattern)
    import_into(stack, "More", user_pool=pool_of(stack, "Other"))


@pytest.fixture(scope="module")
def stack() -> Synthesised:
    return synthesise(with_rules)


def rule(stack: Synthesised, name: str) -> dict[str, Any]:
    (found,) = (
        each["Properties"] for id_, each in stack.resources(RULE).items() if f"Seed{name}" in id_
    )
    properties: dict[str, Any] = found
    return properties


def custom(stack: Synthesised, name: str) -> dict[str, Any]:
    (found,) = (each for id_, each in stack.resources(IMPORT).items() if id_.startswith(name))
    resource: dict[str, Any] = found
    return resource


def rights_to_send(stack: Synthesised) -> dict[str, Any]:
    return {
        name: statement
        for name, statement in identity_statements(stack)
        if "events:PutEvents" in as_list(statement["Action"])
    }


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Ended", {}),
        ("Good", {"status": ["SUCCEEDED"]}),
        ("Bad", {"status": ["FAILED"], "requestType": ["Run"]}),
    ],
)
def test_a_rule_matches_the_events_of_its_import_only(
    stack: Synthesised, name: str, more: dict[str, Any]
) -> None:
    assert resolved(rule(stack, name)["EventPattern"]) == {
        "source": ["cdk-cognito-user-import"],
        "detail-type": ["User Import Finished"],
        "detail": {"stackId": ["<AWS::StackId>"], "import": ["Seed"], **more},
    }


def test_a_rule_has_the_options_of_the_cdk(stack: Synthesised) -> None:
    (target,) = rule(stack, "Ended")["Targets"]
    assert references(target["Arn"]) <= set(stack.resources("AWS::SQS::Queue"))
    assert (rule(stack, "Good")["Description"], rule(stack, "Good")["Name"]) == (
        "all is well",
        "good",
    )


def test_only_an_import_with_a_rule_sends_events(stack: Synthesised) -> None:
    asked, other = (custom(stack, name)["Properties"] for name in ("Seed", "More"))
    assert (asked["Events"], asked["ContractVersion"]) == ("Seed", "2")
    assert "Events" not in other
    assert other["ContractVersion"] == "1"


def test_the_role_of_an_import_with_a_rule_may_send_its_events_and_no_others(
    stack: Synthesised,
) -> None:
    found = rights_to_send(stack)
    (role,) = references(custom(stack, "Seed")["Properties"]["ImportRoleArn"])
    (starter,) = (name for name in stack.resources("AWS::IAM::Role") if "StarterRole" in name)
    assert set(found) == {role, starter}
    for statement in found.values():
        assert statement["Action"] == "events:PutEvents"
        assert text(statement["Resource"]) == BUS
        assert statement["Condition"] == {
            "StringEquals": {"events:source": "cdk-cognito-user-import"}
        }


def test_the_right_is_in_the_managed_policy_where_rights_are_there() -> None:
    def build(stack: Stack) -> None:
        import_into(stack, workflow=workflow_of(stack, managed_policies=True)).on_finished("Ended")

    stack = synthesise(build)
    (name,) = (name for name in rights_to_send(stack) if name.startswith("Seed"))
    assert stack.template["Resources"][name]["Type"] == "AWS::IAM::ManagedPolicy"


def test_the_first_import_finds_its_rules(stack: Synthesised) -> None:
    rules = {name for name in stack.resources(RULE) if name.startswith("Seed")}
    assert len(rules) == 3
    assert rules <= set(custom(stack, "Seed")["DependsOn"])
    assert not rules & set(custom(stack, "More")["DependsOn"])


def test_a_rule_may_be_in_another_stack() -> None:
    def build(app: App) -> None:
        seed = import_into(Stack(app, "Users"))
        seed.on_finished("Ended", cross_stack_scope=Stack(app, "Alarms"))

    stacks = synthesise_app(build)
    (found,) = stacks["Alarms"].resources(RULE).values()
    (stack_id,) = found["Properties"]["EventPattern"]["detail"]["stackId"]
    assert "Fn::ImportValue" in json.dumps(stack_id)
    assert custom(stacks["Users"], "Seed")["Properties"]["Events"] == "Seed"


def test_an_import_in_a_construct_is_named_by_its_path_in_the_stack() -> None:
    from constructs import Construct

    def build(stack: Stack) -> None:
        import_into(Construct(stack, "Auth"), user_pool=pool_of(stack)).on_finished("Ended")  # type: ignore[arg-type]

    (found,) = synthesise(build).resources(IMPORT).values()
    assert found["Properties"]["Events"] == "Auth/Seed"
