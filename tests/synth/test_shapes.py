"""What holds for every shape of an app."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import shapes

MOST_RESOURCES = 500
MOST_BYTES = 1_000_000

every_shape = pytest.mark.parametrize("shape", list(shapes.SHAPES))


def resources(shape: str, kind: str) -> list[dict[str, Any]]:
    return [
        resource
        for template in shapes.templates(shape).values()
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]


@every_shape
def test_every_shape_has_an_import_that_the_starter_answers(shape: str) -> None:
    found = resources(shape, "Custom::CognitoUserImport")
    assert found
    for each in found:
        assert "ServiceToken" in each["Properties"]


@every_shape
def test_every_template_is_within_cloudformations_quotas(shape: str) -> None:
    """CloudFormation User Guide, "Understand CloudFormation quotas"."""
    for template in shapes.templates(shape).values():
        assert len(template["Resources"]) <= MOST_RESOURCES
        written = json.dumps(template, indent=1, ensure_ascii=False)  # as the CDK uploads it
        assert len(written.encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    ("shape", "number"), [("default", 1), ("two-imports", 2), ("100-imports", shapes.MANY)]
)
def test_the_imports_of_a_stack_share_one_workflow(shape: str, number: int) -> None:
    assert len(resources(shape, "Custom::CognitoUserImport")) == number
    assert len(resources(shape, "AWS::StepFunctions::StateMachine")) == 1


@pytest.mark.parametrize("shape", ["shared-workflow", "shared-by-exports"])
def test_the_stacks_of_an_app_share_the_workflow_of_the_platforms_stack(shape: str) -> None:
    owners = {
        file
        for file, template in shapes.templates(shape).items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    }
    assert owners == {"Platform.template.json"}


def test_a_nested_stacks_template_is_found() -> None:
    assert any(".nested." in file for file in shapes.templates("nested-stack"))


def test_a_stages_template_is_found() -> None:
    (file,) = shapes.templates("stage")
    assert file.startswith("assembly-Production/")
