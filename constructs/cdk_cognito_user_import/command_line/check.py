"""`cognito-user-import check`: validate a file of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import check_users
from ..messages import command_line as messages
from ..pool_check import pool_problems
from .errors import WrongArgumentError
from .input_file import STANDARD_INPUT, chunks_of, name_of, open_input
from .pool_arguments import add_hashing_algorithm, add_pool_arguments, pool_of
from .read_arguments import add_read_arguments, read_options_of
from .reports import MOST_SHOWN, JsonReport, TextReport

if TYPE_CHECKING:
    import argparse

    from .._lambda.user_import.users_csv import Pool, ReadOptions, ValidationReport
    from .reports import Report


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("file", help="file of users; - is standard input")
    add_read_arguments(command)
    add_hashing_algorithm(command)
    add_pool_arguments(command, required=False)
    command.add_argument(
        "--all",
        action="store_true",
        help=f"show every problem, and not the first {MOST_SHOWN} only; --format json always does",
    )
    command.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text for people and editors, or a JSON object for each problem and a summary; "
        "default: text",
    )


def run(given: argparse.Namespace) -> int:
    """Validate a file, and print what is wrong with it and with the user pool.

    Returns:
        0 if the users can be imported, 1 if they cannot.

    Raises:
        WrongArgumentError: An argument is wrong, or a file cannot be read.
    """
    if given.file == STANDARD_INPUT and STANDARD_INPUT in (given.schema, given.user_pool_header):
        raise WrongArgumentError(messages.standard_input_twice())
    pool, options = pool_of(given), read_options_of(given)
    name = name_of(given.file)
    report: Report = (
        JsonReport(name)
        if given.format == "json"
        else TextReport(name, None if given.all else MOST_SHOWN, given.column)
    )
    problems = pool_problems(pool)
    for problem in problems:
        report.pool_problem(name_of(given.schema), problem)
    result = _validated(given.file, pool, options, report)
    report.finish(result)
    return 1 if problems or result.findings.errors else 0


def _validated(file: str, pool: Pool, options: ReadOptions, report: Report) -> ValidationReport:
    with open_input(file) as opened:
        return check_users(chunks_of(opened), pool, options=options, sink=report.finding)
