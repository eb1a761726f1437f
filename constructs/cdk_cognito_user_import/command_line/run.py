"""`cognito-user-import run`: run an import on demand."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from .._lambda.user_import.contract import PASSED_ON, Attribute, EventStatus
from ..messages import command_line as messages
from .aws import add_aws_arguments, aws_of, refusals
from .output import one_line, write_line
from .runnable import add_import_arguments, find_import

if TYPE_CHECKING:
    import argparse

    from .aws import Aws

RUNNING = "RUNNING"
"""The status of an execution that has not ended."""
_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 15.0


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_import_arguments(command)
    command.add_argument(
        "--token",
        help="text; another one than before imports everything again. Default: that of the "
        "deployment, which imports what has not been imported",
    )
    command.add_argument(
        "--wait", action="store_true", help="wait until the import has ended, and say how"
    )
    add_aws_arguments(command)


def run(given: argparse.Namespace) -> int:
    """Start a run, and wait for its end where that is asked for.

    Returns:
        0 if the run was started or, with `--wait`, has succeeded; 1 if it has failed.

    Raises:
        WrongArgumentError: The import does not exist, or AWS refuses a call.
    """
    aws = aws_of(given)
    found = find_import(aws, given.stack, given.import_name)
    token = {} if given.token is None else {"token": given.token}
    with refusals("states:StartExecution"):
        started = aws.client("stepfunctions").start_execution(
            stateMachineArn=found.machine, input=json.dumps({"import": found.name, **token})
        )["executionArn"]
    write_line(messages.run_started(found.name, started))
    if not given.wait:
        return 0
    starting = _ended(aws, started)
    if "output" not in starting:
        write_line(messages.run_not_started(one_line(str(starting.get("cause", "")))))
        return 1
    execution = starting
    while following := next_execution(execution):
        execution = _ended(aws, following)
    return report_end(execution)


def next_execution(execution: dict[str, Any]) -> str | None:
    """Return the ARN of the execution that goes on with an import; None where none does.

    Its output is then the answer of `StartExecution`: of a run's state machine, and of an import
    that goes on before the history of the execution is full.

    Args:
        execution: An execution as `DescribeExecution` returns it, which may still run.
    """
    output = json.loads(execution.get("output") or "{}")
    following: str | None = output.get("ExecutionArn")
    return following


def report_end(execution: dict[str, Any]) -> int:
    """Print how an execution of the import workflow has ended.

    Returns:
        0 if the import has succeeded, 1 if it has failed.
    """
    if "output" not in execution:
        cause = execution.get("error") or execution["status"]
        write_line(messages.execution_broke(str(cause)))
        return 1
    output = json.loads(execution["output"])
    if "status" not in output:
        # An execution of an older version of the library.
        write_line(messages.no_outcome())
        return 0
    attributes = output.get("attributes") or {}
    if str(attributes.get(Attribute.RELAY, "")).startswith(PASSED_ON):
        write_line(messages.import_passed_on())
        return 0
    write_line(messages.import_ended(output["status"], attributes, one_line(output["reason"])))
    return 0 if output["status"] == EventStatus.SUCCEEDED else 1


def describe(aws: Aws, arn: str) -> dict[str, Any]:
    """Return an execution, as `DescribeExecution` does."""
    with refusals("states:DescribeExecution"):
        found: dict[str, Any] = aws.client("stepfunctions").describe_execution(executionArn=arn)
    return found


def _ended(aws: Aws, arn: str) -> dict[str, Any]:
    """Wait until an execution has ended, and return it."""
    seconds = _FIRST_SECONDS
    while True:
        found = describe(aws, arn)
        if found["status"] != RUNNING:
            return found
        time.sleep(seconds)
        seconds = min(_LONGEST_SECONDS, seconds * 1.5)
