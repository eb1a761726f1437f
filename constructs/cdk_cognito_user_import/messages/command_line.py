"""Messages of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
