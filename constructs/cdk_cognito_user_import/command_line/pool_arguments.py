"""The arguments that describe the user pool, shared by the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._lambda.user_import.users_csv import Attribute, Pool, decoded_text, printable_name
from ..messages import command_line as messages
from .errors import WrongArgumentError
from .input_file import STANDARD_INPUT, name_of, open_input
from .output import one_line

if TYPE_CHECKING:
    import argparse

    from .._lambda.user_import.users_csv.pool import HashingAlgorithm

_ALGORITHMS = ("BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256")


def add_pool_arguments(command: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the two ways to describe a user pool, which exclude each other."""
    pool = command.add_mutually_exclusive_group(required=required)
    pool.add_argument(
        "--schema",
        metavar="FILE",
        help="output of aws cognito-idp describe-user-pool; - is standard input",
    )
    pool.add_argument(
        "--user-pool-header",
        metavar="COLUMNS",
        help="columns separated by commas, or a file with the output of aws cognito-idp "
        "get-csv-header; - is standard input",
    )


def add_hashing_algorithm(command: argparse.ArgumentParser) -> None:
    """Add the hash algorithm of the import job."""
    command.add_argument(
        "--password-hashing-algorithm",
        choices=_ALGORITHMS,
        help="check password_hash by this algorithm, for a job that you create yourself; for "
        "UserImport give --password-hashes",
    )


def pool_of(given: argparse.Namespace) -> Pool:
    """Return the user pool that the arguments describe.

    Raises:
        WrongArgumentError: A file cannot be read, or is not the output that it must be.
    """
    algorithm = getattr(given, "password_hashing_algorithm", None)
    if given.schema is not None:
        return _described(given.schema, algorithm)
    if given.user_pool_header is None:
        return Pool(hashing_algorithm=algorithm)
    shown = one_line(name_of(given.user_pool_header))
    if given.user_pool_header == STANDARD_INPUT or _is_file(given.user_pool_header):
        columns = _json(given.user_pool_header).get("CSVHeader")
        if not isinstance(columns, list):
            raise WrongArgumentError(messages.no_header(shown))
    else:
        columns = given.user_pool_header.split(",")
    names = tuple(str(column).strip() for column in columns)
    if "cognito:username" not in names:
        raise WrongArgumentError(messages.not_a_header(shown))
    return Pool(columns=names, hashing_algorithm=algorithm)


def _described(file: str, algorithm: HashingAlgorithm | None) -> Pool:
    answer = _json(file)
    shown = one_line(name_of(file))
    description = answer.get("UserPool", answer)
    if not isinstance(description, dict) or not _is_schema(description.get("SchemaAttributes")):
        raise WrongArgumentError(messages.no_schema(shown))
    for each in description["SchemaAttributes"]:
        try:
            Attribute.from_schema(each)
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            name = printable_name(each["Name"])
            raise WrongArgumentError(messages.attribute_unreadable(shown, name)) from error
    try:
        return Pool.from_description(description, hashing_algorithm=algorithm)
    except (AttributeError, TypeError) as error:
        raise WrongArgumentError(messages.not_a_description(shown)) from error


def _is_schema(schema: object) -> bool:
    return isinstance(schema, list) and all(
        isinstance(each, dict) and isinstance(each.get("Name"), str) for each in schema
    )


def _is_file(text: str) -> bool:
    """Return whether a text that may be a list of columns is the path of a file."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _json(file: str) -> dict[str, Any]:
    shown = one_line(name_of(file))
    with open_input(file) as opened:
        content = opened.read()
    try:
        answer = json.loads(decoded_text(content))
    except ValueError as error:
        raise WrongArgumentError(messages.not_json(shown)) from error
    except RecursionError as error:
        raise WrongArgumentError(messages.nested_too_deeply(shown)) from error
    if not isinstance(answer, dict):
        raise WrongArgumentError(messages.not_a_json_object(shown))
    return answer
