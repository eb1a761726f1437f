"""Messages of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AWS_CLI = "give the file as the AWS CLI writes it with --output json"

# Arguments


def not_an_argument(given: Sequence[str]) -> str:
    """A command does not have these arguments."""
    return f"unrecognized arguments: {' '.join(given)}."


def conversion_output() -> str:
    """How to write the CSV of `convert` into a file."""
    return "The CSV is written to standard output: convert … > users.csv."


def no_schema(file: str) -> str:
    """The file of `--schema` has no attributes."""
    return (
        f"{file} has no SchemaAttributes; give the output of `aws cognito-idp describe-user-pool "
        "--user-pool-id …`."
    )


def not_a_description(file: str) -> str:
    """The file of `--schema` is not a description of a user pool."""
    return f"{file} is not the output of `aws cognito-idp describe-user-pool`."


def attribute_unreadable(file: str, attribute: str) -> str:
    """The file of `--schema` describes an attribute in a way that AWS does not."""
    return (
        f"{file} has an attribute {attribute} whose constraints cannot be read; MinLength, "
        "MaxLength, MinValue and MaxValue are numbers, as aws cognito-idp describe-user-pool "
        "writes them."
    )


def no_header(file: str) -> str:
    """The file of `--user-pool-header` has no columns."""
    return (
        f"{file} has no CSVHeader; give the output of `aws cognito-idp get-csv-header "
        "--user-pool-id …`."
    )


def not_a_header(given: str) -> str:
    """The value of `--user-pool-header` is neither a file nor a header."""
    return (
        f"--user-pool-header has no cognito:username: {given} is neither a file nor a list of "
        "columns."
    )


def not_json(file: str) -> str:
    """A file is not JSON."""
    return f"{file} is not JSON; {_AWS_CLI}."


def not_a_json_object(file: str) -> str:
    """A file has JSON, but not an object."""
    return f"{file} is not a JSON object; {_AWS_CLI}."


def nested_too_deeply(file: str) -> str:
    """A file has JSON with more levels than can be read."""
    return f"{file} has too many levels of lists and objects; {_AWS_CLI}."


def standard_input_twice() -> str:
    """The users and the user pool are both to be read from standard input."""
    return "Standard input (-) is one file; give the file of users or that of the pool by its name."


def not_a_pair(given: str) -> str:
    """An argument is not of the form name=value."""
    return f"{given} is not of the form name=value; give one such as E-mail=email or locale=en-GB."


def given_twice(option: str, column: str) -> str:
    """A column has two values for all users."""
    return f"{option} has two values for {column}; give one."


def mapped_and_left_out(column: str) -> str:
    """A column is mapped and left out."""
    return (
        f"--column maps {column} and leaves it out; give {column}=… for a column of the user pool, "
        f"or {column}= to leave it out."
    )


def unknown_rule(given: str, first: str, last: str) -> str:
    """The rule to explain does not exist."""
    return (
        f"{given} is not a rule; the rules are {first} to {last}. `cognito-user-import explain` "
        "lists them."
    )


# Output


def more_findings(shown: int, total: int) -> str:
    """Not all findings are shown."""
    return f"The first {shown:,} of {total:,} problems; --all shows all of them."


def broken_rules() -> str:
    """The heading of the list of broken rules, which says what each of them asks."""
    return "These rules are broken."


def arguments_here(options: str) -> str:
    """The options of this command for the arguments of `UserSource` in the findings."""
    return f"The arguments in these texts, as options of this command: {options}"


def explain_rule(rule: str) -> str:
    """How to get the explanation of a rule."""
    return f"What to do about a rule, with an example: `cognito-user-import explain {rule}`."


def output_failed(reason: str) -> str:
    """Standard output cannot be written."""
    return f"The output cannot be written: {reason}."


def conversion_incomplete() -> str:
    """The export that is converted has problems."""
    return "The CSV is not complete: correct the export, and convert it again."


# Runs on demand


def boto3_missing() -> str:
    """The commands `run` and `status` need boto3, which is not installed."""
    return (
        "This command calls AWS and needs boto3, which is not installed; install it with "
        "pip install 'cdk-cognito-user-import[aws]'."
    )


def refused_by_aws(call: str, text: str) -> str:
    """AWS refuses a call, or cannot be reached."""
    return (
        f"{call}: {text.removesuffix('.')}. Check credentials, --profile and --region; "
        "docs/runs.md lists the rights that this command needs."
    )


def no_such_stack(stack: str) -> str:
    """The stack does not exist."""
    return (
        f"The stack {stack} does not exist in this account and Region; give its name or ARN as "
        "--stack, and its Region as --region."
    )


def no_runs_in_stack(stack: str) -> str:
    """The stack has no state machine of runs."""
    return (
        f"Stack {stack} has no import that may be run on demand; call grant_run of the import in "
        "the app, and deploy."
    )


def no_such_import(stack: str, name: str, imports: Sequence[str]) -> str:
    """The stack has no import of this name that may be run."""
    return (
        f"Stack {stack} has no import {name} that may be run on demand; give --import as one of: "
        f"{', '.join(imports)}. grant_run of an import in the app adds it."
    )


def run_started(name: str, execution: str) -> str:
    """A run was started."""
    return f"The run of import {name} was started: execution {execution}."


def run_not_started(cause: str) -> str:
    """The state machine of runs could not start the import workflow."""
    return f"The import was not started: {(cause or 'no reason is known').removesuffix('.')}."


def execution_broke(cause: str) -> str:
    """An execution of the import workflow has ended without a result."""
    return (
        f"The execution of the import has ended without a result: {cause}. See its events in the "
        "console of Step Functions, and run the import again."
    )


def no_outcome() -> str:
    """An execution of an older version of the library does not say how the import has ended."""
    return "The last execution does not say how the import has ended."


def import_passed_on() -> str:
    """Say that the next custom resource of a relay goes on with the import."""
    return "The import goes on: the next custom resource of the stack's deployment waits for it."


def import_ended(status: str, attributes: Mapping[str, str], reason: str) -> str:
    """An import has ended.

    Args:
        status: SUCCEEDED or FAILED.
        attributes: The attributes of the custom resource; may be empty.
        reason: The reason of a failure; may be empty.
    """
    counters = ", ".join(
        f"{attributes[f'{name}Users']} {name.lower()}"
        for name in ("Imported", "Skipped", "Failed")
        if f"{name}Users" in attributes
    )
    parts = (f"The import {status}", counters, reason.removesuffix("."))
    return f"{': '.join(filter(None, parts))}."


def job_status(name: str, status: str, imported: int, skipped: int, failed: int) -> str:
    """The status and the counters of an import job."""
    return f"Job {name} is {status}: {imported} imported, {skipped} skipped, {failed} failed."


def no_jobs(name: str, user_pool_id: str) -> str:
    """An import has no jobs."""
    return f"Import {name} has no jobs in user pool {user_pool_id}."


def no_execution(most: int) -> str:
    """The last execution of an import is not among the newest of its workflow."""
    return f"None of the last {most} executions of the workflow is one of this import."


def import_runs(waiting_for: str) -> str:
    """An import has not ended.

    Args:
        waiting_for: What it waits for; may be empty.
    """
    return f"The import waits for {waiting_for}." if waiting_for else "The import runs."
