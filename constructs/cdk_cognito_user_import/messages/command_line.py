"""Messages of the command line."""

from __future__ import annotations


def no_schema(file: str) -> str:
    """The file of `--schema` has no attributes."""
    return (
        f"{file} has no SchemaAttributes; give the output of `aws cognito-idp describe-user-pool "
        "--user-pool-id …`."
    )


def not_a_description(file: str) -> str:
    """The file of `--schema` is not a description of a user pool."""
    return f"{file} is not the output of `aws cognito-idp describe-user-pool`."


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
    return f"{file} is not JSON."


def not_a_json_object(file: str) -> str:
    """A file has JSON, but not an object."""
    return f"{file} is not a JSON object."


def not_a_pair(given: str) -> str:
    """An argument is not of the form name=value."""
    return f"{given} is not of the form name=value."


def conversion_incomplete() -> str:
    """The export that is converted has problems."""
    return "The CSV is not complete: correct the export, and convert it again."
