"""Messages about `ImportWorkflow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def subnets_without_vpc(workflow: str) -> str:
    """The workflow has subnets or security groups, but no VPC."""
    return (
        f"The import workflow {workflow} has vpc_subnets or security_groups but no vpc; give their "
        "VPC as vpc, or leave them out."
    )


def concurrency_too_low(workflow: str, given: int) -> str:
    """The functions of the workflow could never run."""
    return (
        f"The import workflow {workflow} has reserved_concurrent_executions={given}, and with less "
        "than 1 its functions never run; give at least the number of simultaneous imports, or "
        "leave it out."
    )


def memory_out_of_range(workflow: str, given: int, least: int, most: int) -> str:
    """Lambda does not give a function so much memory, or the library needs more."""
    return (
        f"The import workflow {workflow} has memory_size={given}; give {least:,} to {most:,} MiB, "
        f"or leave it out for {least:,}."
    )


def job_quota_too_low(workflow: str, given: int, least: int) -> str:
    """AWS only raises the quota."""
    return (
        f"The import workflow {workflow} has import_jobs_per_pool={given}, but every user pool "
        f"keeps {least:,} import jobs; give the quota that AWS has raised for the account, or "
        "leave it out."
    )


def export_name_invalid(workflow: str, given: str) -> str:
    """CloudFormation does not accept the export name."""
    return (
        f"The export_name of the workflow {workflow} is {given!r}; give letters, digits, colons "
        "and dashes only, the same for the ImportWorkflow and for the stacks that use it."
    )


def export_name_and_attributes(workflow: str, given: Sequence[str]) -> str:
    """A shared workflow has an export name as well as attributes."""
    return f"The shared workflow {workflow} has export_name and {', '.join(given)}; give only one."


def attributes_missing(workflow: str, missing: Sequence[str], needed: Sequence[str]) -> str:
    """A shared workflow has no export name, and not all attributes."""
    return (
        f"The shared workflow {workflow} has no {', '.join(missing)}; give the export_name of the "
        f"workflow, or all of its attributes: {', '.join(needed)}."
    )


def arn_invalid(attribute: str, given: str, expected: str) -> str:
    """An attribute of a shared workflow is not the ARN of such a resource."""
    return f"The {attribute} of the shared workflow is {given!r}; give an ARN like {expected}."


def arn_of_other_place(attribute: str, kind: str, theirs: str, stack: str, ours: str) -> str:
    """An ARN of a shared workflow is of another Region or account."""
    return (
        f"The {attribute} of the shared workflow is in {kind} {theirs}, and stack {stack} is in "
        f"{ours}. A workflow runs imports of its own account and Region only; deploy one there."
    )


def other_workflow(workflow: str) -> str:
    """Info: the import uses a workflow of another stack."""
    return (
        f"The import uses the workflow {workflow} of another stack. If it used another workflow "
        "before, this deployment imports again, and existing users are counted as skipped."
    )


def token_not_text() -> str:
    """The token in the input of the state machine of runs is not text."""
    return "The token of the input is not text; give a text, or leave token out."


def unknown_import(imports: Sequence[str]) -> str:
    """The input of the state machine of runs names no import that it has."""
    return (
        f"The input names no import of this state machine; give import as {', '.join(imports)}. "
        "grant_run of an import adds it."
    )
