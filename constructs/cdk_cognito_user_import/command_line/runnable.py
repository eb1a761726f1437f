"""The imports of a stack that may be run on demand, from the stack's state machine of runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._lambda.user_import.contract import Property
from .._lambda.user_import.text import digest
from ..messages import command_line as messages
from .aws import refusals
from .errors import WrongArgumentError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from .aws import Aws

_MACHINE = "AWS::StepFunctions::StateMachine"
_LOGICAL_ID = "CognitoUserImportRuns"
"""How the logical id of the state machine begins, which follows from its construct ids."""

_NOT_THERE = "does not exist"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnableImport:
    """An import that may be run.

    Attributes:
        machine: ARN of the state machine that starts its runs.
        name: Name of the import.
        stack_id: ARN of its stack.
        logical_id: Logical id of its custom resource.
        properties: Properties of the custom resource.
    """

    machine: str
    name: str
    stack_id: str
    logical_id: str
    properties: Mapping[str, str]

    @property
    def user_pool_id(self) -> str:
        """The user pool."""
        return self.properties[Property.USER_POOL_ID]

    @property
    def workflow_arn(self) -> str:
        """The state machine that imports."""
        return self.properties[Property.STATE_MACHINE_ARN]

    @property
    def import_id(self) -> str:
        """Eight characters in the names of its jobs, as `cloudformation.Request` has them."""
        return digest(self.stack_id, self.logical_id)

    def is_asked_by(self, request: Mapping[str, Any]) -> bool:
        """Whether a request to the import workflow is of this import or of a leg of its relay."""
        properties = request.get("ResourceProperties") or {}
        asked = properties.get(Property.RELAY_RESOURCE, request.get("LogicalResourceId"))
        return (request.get("StackId"), asked) == (self.stack_id, self.logical_id)


def add_import_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments that name an import."""
    command.add_argument("--stack", required=True, help="name or ARN of the stack")
    command.add_argument(
        "--import",
        required=True,
        dest="import_name",
        metavar="IMPORT",
        help="path of the import in its stack, such as SeedUsers",
    )


def find_import(aws: Aws, stack: str, name: str) -> RunnableImport:
    """Return an import by the name of its stack and its own.

    Raises:
        WrongArgumentError: The stack, its state machine or the import does not exist, or AWS
            refuses a call.
    """
    machine, stack_id = _machine_of(aws, stack)
    with refusals("states:DescribeStateMachine"):
        found = aws.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    imports = _imports_in(json.loads(found["definition"]))
    if name not in imports:
        raise WrongArgumentError(messages.no_such_import(stack, name, sorted(imports)))
    return RunnableImport(
        machine=machine,
        name=name,
        stack_id=stack_id,
        logical_id=imports[name]["LogicalResourceId"],
        properties=imports[name]["ResourceProperties"],
    )


def _machine_of(aws: Aws, stack: str) -> tuple[str, str]:
    """Return the ARN of the stack's state machine of runs, and of the stack."""
    cloudformation = aws.client("cloudformation")
    try:
        with refusals("cloudformation:DescribeStacks"):
            stack_id = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    except WrongArgumentError as error:
        if _NOT_THERE in str(error):
            raise WrongArgumentError(messages.no_such_stack(stack)) from error
        raise
    token: dict[str, str] = {}
    while True:
        with refusals("cloudformation:ListStackResources"):
            page = cloudformation.list_stack_resources(StackName=stack_id, **token)
        for each in page["StackResourceSummaries"]:
            is_ours = each["LogicalResourceId"].startswith(_LOGICAL_ID)
            if is_ours and each["ResourceType"] == _MACHINE and each.get("PhysicalResourceId"):
                return each["PhysicalResourceId"], stack_id
        if not page.get("NextToken"):
            raise WrongArgumentError(messages.no_runs_in_stack(stack))
        token = {"NextToken": page["NextToken"]}


def _imports_in(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the imports in the definition of a state machine of runs, by their names."""
    states = definition["States"]
    return {
        rule["StringEquals"]: states[choice["Next"]]["Result"]
        for choice in states[definition["StartAt"]]["Choices"]
        for rule in choice["And"]
        if "StringEquals" in rule
    }
