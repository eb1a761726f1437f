"""`cognito-user-import status`: the last import, by Cognito's jobs and the last execution."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ..messages import command_line as messages
from .aws import add_aws_arguments, aws_of, refusals
from .output import one_line, write_line
from .run import RUNNING, describe, next_execution, report_end
from .runnable import add_import_arguments, find_import

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from .aws import Aws
    from .runnable import RunnableImport

_PAGE = 60
_MOST_EXECUTIONS = 50
"""The executions of a workflow, of all its imports, among which the last one is looked for."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_import_arguments(command)
    add_aws_arguments(command)


def run(given: argparse.Namespace) -> int:
    """Print the counters of the last import's jobs, and the text of the last execution.

    Returns:
        0 if the last execution runs, has succeeded or is not known; 1 if it has failed.

    Raises:
        WrongArgumentError: The import does not exist, or AWS refuses a call.
    """
    aws = aws_of(given)
    found = find_import(aws, given.stack, given.import_name)
    jobs = _last_jobs(aws, found)
    for job in jobs:
        counters = [job.get(f"{name}Users", 0) for name in ("Imported", "Skipped", "Failed")]
        write_line(messages.job_status(one_line(job["JobName"]), job["Status"], *counters))
    if not jobs:
        write_line(messages.no_jobs(found.name, found.user_pool_id))
    execution = _last_execution(aws, found)
    if execution is None:
        write_line(messages.no_execution(_MOST_EXECUTIONS))
        return 0
    if execution["status"] == RUNNING:
        write_line(messages.import_runs(_waits_for(aws, execution["executionArn"])))
        return 0
    return report_end(execution)


def _last_jobs(aws: Aws, found: RunnableImport) -> list[dict[str, Any]]:
    """Return the jobs of the newest request that has any, in the order of their creation.

    A job's name has the digests of its import, content and request.
    """
    name = re.compile(rf"-{found.import_id}[a-z2-7]{{8}}(?P<request>[a-z2-7]{{8}})")
    newest = None
    jobs: list[dict[str, Any]] = []
    for job in _jobs(aws, found.user_pool_id):
        match = name.search(job["JobName"])
        if match is None:
            continue
        newest = newest or match["request"]
        if match["request"] == newest:
            jobs.insert(0, job)
    return jobs


def _jobs(aws: Aws, user_pool_id: str) -> Iterator[dict[str, Any]]:
    """Yield the jobs of a user pool, the newest first."""
    token: dict[str, str] = {}
    while True:
        with refusals("cognito-idp:ListUserImportJobs"):
            page = aws.client("cognito-idp").list_user_import_jobs(
                UserPoolId=user_pool_id, MaxResults=_PAGE, **token
            )
        yield from page.get("UserImportJobs", ())
        if not page.get("PaginationToken"):
            return
        token = {"PaginationToken": page["PaginationToken"]}


def _last_execution(aws: Aws, found: RunnableImport) -> dict[str, Any] | None:
    """Return the newest execution of the workflow for this import; None where it is not known."""
    states = aws.client("stepfunctions")
    with refusals("states:ListExecutions"):
        listed = states.list_executions(
            stateMachineArn=found.workflow_arn, maxResults=_MOST_EXECUTIONS
        )["executions"]
    for each in listed:
        execution = describe(aws, each["executionArn"])
        request = json.loads(execution.get("input") or "{}").get("request") or {}
        if found.is_asked_by(request):
            # The list may not have the execution yet that goes on with the import.
            while following := next_execution(execution):
                execution = describe(aws, following)
            return execution
    return None


def _waits_for(aws: Aws, arn: str) -> str:
    """Return what an import waits for, from the last state that an execution has entered."""
    with refusals("states:GetExecutionHistory"):
        events = aws.client("stepfunctions").get_execution_history(
            executionArn=arn, reverseOrder=True, maxResults=20
        )["events"]
    for event in events:
        given = event.get("stateEnteredEventDetails", {}).get("input")
        if given:
            return one_line(str(json.loads(given).get("waiting_for") or ""))
    return ""
