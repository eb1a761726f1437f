"""The quotas of IAM and CloudFormation: what fits, and what synth refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_iam as iam
from helpers import shapes
from helpers.imports import import_into
from helpers.synthesis import synthesise
from helpers.templates import as_list, identity_statements, text

from cdk_cognito_user_import.messages import validations
from cdk_cognito_user_import.policies import make_role

if TYPE_CHECKING:
    from aws_cdk import Stack
    from helpers.synthesis import Synthesised

    from cdk_cognito_user_import.policies import GrantedRole

INLINE = 10_240
"""Characters of a role's inline policies (IAM User Guide, "IAM and STS quotas")."""
OBJECT = "arn:aws:s3:::users/"


def role_with(
    stack: Stack,
    *resources: str,
    managed: bool = False,
    managed_policies: list[Any] | tuple[Any, ...] = (),
) -> GrantedRole:
    return make_role(
        stack,
        "Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description="A role of the test",
        statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=list(resources))],
        managed=managed,
        managed_policies=managed_policies,
    )


def inline_characters(stack: Synthesised) -> int:
    """Count as IAM does: no white space."""
    (role,) = stack.resources("AWS::IAM::Role").values()
    (policy,) = role["Properties"]["Policies"]
    return len(re.sub(r"\s", "", json.dumps(policy["PolicyDocument"])))


def padding_to(characters: int) -> str:
    """Return the resource with which a role has this many characters."""
    least = inline_characters(synthesise(lambda stack: role_with(stack, OBJECT)))
    return OBJECT + "x" * (characters - least)


def test_a_role_with_as_many_characters_as_iam_allows_is_taken() -> None:
    stack = synthesise(lambda stack: role_with(stack, padding_to(INLINE)))
    assert inline_characters(stack) == INLINE


def test_a_role_with_one_character_more_is_refused() -> None:
    reported = validations.inline_policies_too_long(10_241, INLINE)
    with pytest.raises(RuntimeError, match=re.escape(f"[Test/Role] {reported}")):
        synthesise(lambda stack: role_with(stack, padding_to(INLINE + 1)))


def test_white_space_does_not_count() -> None:
    synthesise(lambda stack: role_with(stack, padding_to(INLINE) + " " * 100))


def test_names_that_are_only_known_at_deployment_count_as_names_of_usual_length() -> None:
    def build(stack: Stack) -> None:
        role = iam.Role.from_role_arn(stack, "R", f"arn:aws:iam::{stack.account}:role/r")
        role_with(stack, *(f"{OBJECT}{role.role_arn}/{number}" for number in range(100)))

    with pytest.raises(RuntimeError, match=r"have about 1\d,\d{3} characters"):
        synthesise(build)


def managed_policies(stack: Stack, number: int) -> list[Any]:
    return [
        iam.ManagedPolicy.from_managed_policy_name(stack, f"Policy{each}", f"policy-{each}")
        for each in range(number)
    ]


def test_a_role_with_ten_managed_policies_is_taken() -> None:
    def build(stack: Stack) -> None:
        role_with(stack, OBJECT, managed_policies=managed_policies(stack, 10))

    (role,) = synthesise(build).resources("AWS::IAM::Role").values()
    assert len(role["Properties"]["ManagedPolicyArns"]) == 10


@pytest.mark.parametrize(("managed", "others"), [(False, 11), (True, 10)])
def test_a_role_with_more_managed_policies_is_refused(managed: bool, others: int) -> None:
    def build(stack: Stack) -> None:
        given = managed_policies(stack, others)
        role_with(stack, OBJECT, managed=managed, managed_policies=given)

    reported = validations.too_many_managed_policies(11, 10)
    with pytest.raises(RuntimeError, match=re.escape(f"[Test/Role] {reported}")):
        synthesise(build)


def test_policies_that_are_added_to_the_role_of_an_import_count() -> None:
    def build(stack: Stack) -> None:
        seed = import_into(stack)
        for policy in managed_policies(stack, 11):
            seed.role.add_managed_policy(policy)

    with pytest.raises(RuntimeError, match=r"\[Test/Seed/Role\] The role has 11 managed policies"):
        synthesise(build)


def test_rights_that_are_added_to_the_role_of_an_import_count() -> None:
    """IAM adds up all inline policies of a role, those that grants make among them."""

    def build(stack: Stack) -> None:
        role = import_into(stack).role
        for number in range(9):
            resource = f"{OBJECT}{number}{'x' * 1000}"
            role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[resource]))

    with pytest.raises(RuntimeError, match=r"\[Test/Seed/Role\] The inline policies of the role"):
        synthesise(build)


def test_a_managed_policy_with_more_characters_than_iam_allows_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"The managed policy has .* IAM allows 6,144;"):
        synthesise(lambda stack: role_with(stack, padding_to(7_000), managed=True))


def test_the_role_of_an_import_uses_a_third_of_its_quota_with_the_longest_names() -> None:
    """So that a source, and what users add, have room."""

    def build(stack: Stack) -> None:
        import_into(stack)

    stack = synthesise(build, "A-name-as-long-as-people-choose-them-in-production-eu")
    longest = {
        "AWS::Partition": "aws-us-gov",
        "AWS::Region": "us-gov-east-1",
        "AWS::AccountId": "111122223333",
        "AWS::StackName": stack.name,
        "AWS::StackId": "arn:aws-us-gov:cloudformation:us-gov-east-1:111122223333:stack/"
        + stack.name
        + "/12345678-1234-1234-1234-123456789012",
    }

    def written(value: dict[str, Any]) -> str:
        as_json = json.dumps(value, separators=(",", ":"))
        return re.sub(r"<([^>]+)>", lambda match: longest.get(match[1], "x" * 110), as_json)

    total = 0
    for name, statement in identity_statements(stack):
        if name.startswith("SeedRole"):
            resource = [text(each) for each in as_list(statement["Resource"])]
            total += len(written({**statement, "Resource": resource}))
    assert 1_000 < total < INLINE / 3


def test_a_hundred_imports_of_a_stack_add_two_resources_each() -> None:
    (two,) = shapes.templates("two-imports").values()
    (hundred,) = shapes.templates("100-imports").values()
    added = len(hundred["Resources"]) - len(two["Resources"])
    assert added == 2 * (shapes.MANY - 2)


def test_the_workers_rights_are_no_more_for_a_hundred_imports() -> None:
    sizes = set()
    for shape in ("two-imports", "100-imports"):
        (template,) = shapes.templates(shape).values()
        (role,) = (
            each["Properties"]
            for name, each in template["Resources"].items()
            if each["Type"] == "AWS::IAM::Role" and "Worker" in name
        )
        sizes.add((len(json.dumps(role["Policies"])), len(role["ManagedPolicyArns"])))
    assert len(sizes) == 1
