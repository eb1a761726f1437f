"""The answers of the starter."""

from __future__ import annotations

from ..contract import PROBLEMS_FILE, Property, log_group_name
from .aws import LIST_JOBS


def workflow_not_started(problem: str) -> str:
    """Say why no execution of the workflow was started."""
    return f"The import workflow could not be started. {problem}"


def property_missing(name: Property) -> str:
    """Name a property that is missing, for `workflow_not_started`."""
    return f"The custom resource has no property {name}."


def workflow_broke(status: str, cause: str, user_pool: str, execution_arn: str) -> str:
    """Say that an execution ended without an answer.

    Args:
        status: The status of the execution.
        cause: The error's name; may be empty.
        user_pool: The id of the user pool.
        execution_arn: The execution.
    """
    return (
        f"The import workflow ended with status {status}{f' ({cause})' if cause else ''} before it "
        f"sent a response. An import job may still be running in user pool {user_pool}. Execution: "
        f"{execution_arn}"
    )


def not_cleaned_up(user_pool: str, import_id: str, bucket: str, key: str, record: str) -> str:
    """List the jobs and objects that a Delete leaves behind when the workflow cannot run."""
    return (
        "Deleted WITHOUT CLEANING UP: a part of the import workflow was removed or locked. No job "
        f"was stopped: look for jobs of user pool {user_pool} whose names have {import_id} in them "
        f"({LIST_JOBS} {user_pool}), and stop those that are Pending or InProgress. "
        f"Nothing was deleted: s3://{bucket}/{key} and {PROBLEMS_FILE} beside it, which the "
        f"bucket's lifecycle rule deletes after a day; {record}, which keeps the bucket from being "
        f"deleted; log group {log_group_name(user_pool, '<name of the pool>')}."
    )
