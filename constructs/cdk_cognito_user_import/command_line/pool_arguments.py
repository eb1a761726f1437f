"""The arguments that describe the user pool, shared by the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._lambda.user_import.users_csv import Pool, decoded_text
from ..messages import command_line as messages
from .errors import WrongArgumentError, unreadable

if TYPE_CHECKING:
    import argparse

_ALGORITHMS = ("BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256")


def add_pool_arguments(command: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the two ways to describe a user pool, which exclude each other."""
    pool = command.add_mutually_exclusive_group(required=required)
    pool.add_argument(
        "--schema",
        type=Path,
        metavar="FILE",
        help="output of aws cognito-idp describe-user-pool",
    )
    pool.add_argument(
        "--user-pool-header",
        metavar="COLUMNS",
        help="columns separated by commas, or a file with the output of aws cognito-idp "
        "get-csv-header",
    )


def add_hashing_algorithm(command: argparse.ArgumentParser) -> None:
    """Add the hash algorithm of the import job."""
    command.add_argument(
        "--password-hashing-algorithm",
        choices=_ALGORITHMS,
        help="check password_hash by this algorithm, for a job that you create yourself: "
        "UserImport takes no hashes yet",
    )


def pool_of(given: argparse.Namespace) -> Pool:
    """Return the user pool that the arguments describe.

    Raises:
        WrongArgumentError: A file cannot be read, or is not the output that it must be.
    """
    algorithm = getattr(given, "password_hashing_algorithm", None)
    if given.schema is not None:
        answer = _json(given.schema)
        description = answer.get("UserPool", answer)
        if not isinstance(description, dict) or not _is_schema(description.get("SchemaAttributes")):
            raise WrongArgumentError(messages.no_schema(str(given.schema)))
        try:
            return Pool.from_description(description, hashing_algorithm=algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise WrongArgumentError(messages.not_a_description(str(given.schema))) from error
    if given.user_pool_header is None:
        return Pool(hashing_algorithm=algorithm)
    if _is_file(given.user_pool_header):
        answer = _json(Path(given.user_pool_header))
        columns = answer.get("CSVHeader")
        if not isinstance(columns, list):
            raise WrongArgumentError(messages.no_header(given.user_pool_header))
    else:
        columns = given.user_pool_header.split(",")
    names = tuple(str(column).strip() for column in columns)
    if "cognito:username" not in names:
        raise WrongArgumentError(messages.not_a_header(given.user_pool_header))
    return Pool(columns=names, hashing_algorithm=algorithm)


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


def _json(path: Path) -> dict[str, Any]:
    try:
        answer = json.loads(decoded_text(path.read_bytes()))
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise WrongArgumentError(messages.not_json(str(path))) from error
    if not isinstance(answer, dict):
        raise WrongArgumentError(messages.not_a_json_object(str(path)))
    return answer
