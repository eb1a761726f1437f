"""Check a CSV of users in a terminal, with the rules of synth and of the deployment.

::

    cognito-user-import check users.csv --schema pool.json
    cognito-user-import check users.csv --user-pool-header cognito:username,email,…
    cognito-user-import header --schema pool.json

`pool.json` is the output of `aws cognito-idp describe-user-pool`.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .command_line import check, header
from .command_line.errors import WrongArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = (
    ("check", check, "validate a file of users"),
    ("header", header, "print the CSV header of a user pool"),
)
"""The commands: their names, their modules, and one line about each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Arguments of the command line. Default: those of the process.

    Returns:
        0 if the users can be imported, 1 if they cannot, 2 if the arguments are wrong.
    """
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except WrongArgumentError as error:
        print(f"{given.command}: {error}", file=sys.stderr)  # noqa: T201
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cognito-user-import",
        description="Check CSV files for Amazon Cognito user imports.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module, about in _COMMANDS:
        command = commands.add_parser(name, help=about)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
