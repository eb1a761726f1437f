"""Names that are known before their resources: how long they are, and that they never collide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack, Stage
from helpers import shapes
from helpers.imports import import_into, pool_of, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import STACK_GUID, references, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import App
    from helpers.synthesis import Synthesised

GUID = "12345678-1234-1234-1234-123456789012"
NAMES = {
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", 80),
}
"""The property with the name, and how long AWS lets it be."""


def names_of(resources: dict[str, dict[str, Any]]) -> list[Any]:
    """Return the names that a template gives, and the longest that AWS takes."""
    return [
        (text(each["Properties"][name]), longest)
        for each in resources.values()
        for name, longest in [NAMES.get(each["Type"], ("", 0))]
        if name in each.get("Properties", {})
    ]


@pytest.mark.parametrize("shape", list(shapes.SHAPES))
def test_names_are_short_enough_with_the_guid_of_the_stack(shape: str) -> None:
    found = [
        each
        for template in shapes.templates(shape).values()
        for each in names_of(template["Resources"])
        if "UserImport" in each[0]
    ]
    assert found
    for name, longest in found:
        assert name.count(STACK_GUID) == 1
        written = name.replace(STACK_GUID, GUID)
        assert re.fullmatch(r"[A-Za-z0-9-]+", written), written
        assert len(written) <= longest, written


def test_both_functions_the_workers_role_and_the_state_machine_have_names(
    small: Synthesised,
) -> None:
    named = [
        name for name, resource in small.template["Resources"].items() if names_of({name: resource})
    ]
    kinds = ("WorkerFunction", "StarterFunction", "WorkerRole", "StateMachine")
    assert len(named) == len(kinds)
    assert all(any(kind in name for name in named) for kind in kinds)


def test_no_other_resource_has_a_name_that_could_collide(small: Synthesised) -> None:
    """CloudFormation chooses the others, so that a resource that was retained is in no way."""
    other = {
        name
        for name, resource in small.template["Resources"].items()
        if resource["Type"] != "Custom::CognitoUserImport"
        for key, value in resource["Properties"].items()
        if key.endswith("Name") and isinstance(value, str)
    }
    assert other == set()


def test_two_stacks_of_the_same_name_differ_by_their_guids() -> None:
    """The templates are the same; only `AWS::StackId` differs."""
    names = [names_of(synthesise(import_into).template["Resources"]) for _ in range(2)]
    assert names[0] == names[1]
    assert names[0]
    assert all(STACK_GUID in name for name, _ in names[0])


def test_the_guid_is_a_reference_of_the_stack_to_its_own_id(small: Synthesised) -> None:
    for function in small.resources("AWS::Lambda::Function").values():
        parts = function["Properties"]["FunctionName"]["Fn::Join"][1]
        own_id = {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}
        assert {"Fn::Select": [2, own_id]} in parts


def test_a_stack_that_moves_in_its_app_keeps_its_names() -> None:
    """CloudFormation would refuse another function behind a deployed custom resource."""

    def plain(app: App) -> None:
        workflow_of(Stack(app, "Users", stack_name="Users"))

    def in_a_stage(app: App) -> None:
        workflow_of(Stack(Stage(app, "Production"), "Moved", stack_name="Users"))

    before, after = (
        names_of(synthesise_app(build)["Users"].template["Resources"])
        for build in (plain, in_a_stage)
    )
    assert before == after != []


def test_a_stack_that_moves_in_its_app_stages_into_the_same_folder() -> None:
    """Or the Update would not find the list of problems of the import before."""

    def folder(build: Callable[..., Any]) -> str:
        (custom,) = synthesise_app(build)["Users"].resources("Custom::CognitoUserImport").values()
        key: str = text(custom["Properties"]["StagingKey"])
        return key

    def in_a_stage(app: App) -> None:
        import_into(Stack(Stage(app, "Production"), "Moved", stack_name="Users"))

    before = folder(lambda app: import_into(Stack(app, "Users")))
    assert before == folder(in_a_stage)


def test_the_log_group_of_the_state_machine_collides_with_none_that_was_retained(
    small: Synthesised,
) -> None:
    """Its prefix is AWS's own; the name of the role has a random end."""
    (name,) = (
        each["Properties"]["LogGroupName"]
        for each in small.resources("AWS::Logs::LogGroup").values()
        if "LogGroupName" in each["Properties"]
    )
    (machine,) = small.resources("AWS::StepFunctions::StateMachine").values()
    (role,) = references(machine["Properties"]["RoleArn"])
    assert text(name).startswith(f"/aws/vendedlogs/states/<{role}>")
    assert "RoleName" not in small.template["Resources"][role]["Properties"]


def test_the_names_do_not_depend_on_the_imports() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        for number in range(3):
            import_into(stack, f"Import{number}", user_pool=pool)

    few, more = (synthesise(each).template["Resources"] for each in (import_into, build))
    assert set(names_of(few)) == set(names_of(more))
