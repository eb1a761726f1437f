"""What is made before what: within an import, around it, and in all templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_sns as sns
from helpers import shapes
from helpers.imports import import_into, pool_of, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import as_list, references

if TYPE_CHECKING:
    from aws_cdk import App

IMPORT, ROLE, TOPIC = "Custom::CognitoUserImport", "AWS::IAM::Role", "AWS::SNS::Topic"


def comes_after(resource: dict[str, Any]) -> set[Any]:
    return set(as_list(resource.get("DependsOn", [])))


@pytest.mark.parametrize("shape", list(shapes.SHAPES))
def test_no_resource_depends_on_itself(shape: str) -> None:
    """Synth does not report a circle of references; CloudFormation does."""
    for template in shapes.templates(shape).values():
        resources = template["Resources"]
        needs = {
            name: (references(resource) | comes_after(resource)) & set(resources)
            for name, resource in resources.items()
        }
        while free := {name for name, needed in needs.items() if not needed & set(needs)}:
            needs = {name: needed for name, needed in needs.items() if name not in free}
        assert needs == {}


def test_a_resource_that_depends_on_an_import_waits_for_its_users() -> None:
    def build(stack: Stack) -> None:
        seed = import_into(stack)
        sns.Topic(stack, "Other").node.add_dependency(seed)

    stack = synthesise(build)
    (other,) = stack.resources(TOPIC).values()
    (custom,) = stack.resources(IMPORT)
    assert custom in comes_after(other)


def test_the_role_of_an_import_waits_for_the_imports_dependencies() -> None:
    def build(stack: Stack) -> None:
        seed = import_into(stack)
        seed.node.add_dependency(sns.Topic(stack, "Other"))

    stack = synthesise(build)
    (other,) = stack.resources(TOPIC)
    (custom,) = stack.resources(IMPORT).values()
    (role,) = references(custom["Properties"]["ImportRoleArn"])
    assert other in comes_after(custom)
    assert other in comes_after(stack.template["Resources"][role])


def test_an_import_can_wait_for_another_import() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        first = import_into(stack, "First", user_pool=pool)
        import_into(stack, "Second", user_pool=pool).node.add_dependency(first)

    imports = synthesise(build).resources(IMPORT)
    (first,) = (name for name in imports if name.startswith("First"))
    (second,) = (each for name, each in imports.items() if name.startswith("Second"))
    assert first in comes_after(second)
    assert not comes_after(imports[first]) & set(imports)


def test_a_grant_to_the_role_of_an_import_is_in_force_before_the_import() -> None:
    """`key.grant_decrypt(seed.role)` makes a policy beside the role."""

    def build(stack: Stack) -> None:
        sns.Topic(stack, "Other").grant_publish(import_into(stack).role)

    stack = synthesise(build)
    (policy,) = stack.resources("AWS::IAM::Policy")
    (custom,) = stack.resources(IMPORT).values()
    assert policy in comes_after(custom)


@pytest.mark.parametrize("given", [False, True], ids=["default", "own"])
def test_an_import_comes_after_every_part_of_its_workflow(given: bool) -> None:
    def build(stack: Stack) -> None:
        import_into(stack, workflow=workflow_of(stack) if given else None)

    stack = synthesise(build)
    (custom,) = stack.resources(IMPORT).values()
    needed = {
        name
        for name, resource in stack.template["Resources"].items()
        if resource["Type"] not in (IMPORT, "AWS::Cognito::UserPool")
    }
    assert needed == comes_after(custom)


def test_a_stack_with_a_shared_workflow_is_deployed_after_the_workflows_stack() -> None:
    """The rule and its permission are in no export: only the order of stacks waits for them."""
    stacks = {}

    def build(app: App) -> None:
        for name in ("Platform", "Customers"):
            stacks[name] = Stack(app, name)
        import_into(stacks["Customers"], workflow=workflow_of(stacks["Platform"]))

    synthesise_app(build)
    assert [each.node.id for each in stacks["Customers"].dependencies] == ["Platform"]


def test_outputs_of_an_import_are_known_when_it_has_ended() -> None:
    def build(stack: Stack) -> None:
        CfnOutput(stack, "Imported", value=import_into(stack).imported_users)

    stack = synthesise(build)
    (custom,) = stack.resources(IMPORT)
    assert references(stack.template["Outputs"]["Imported"]["Value"]) == {custom}
