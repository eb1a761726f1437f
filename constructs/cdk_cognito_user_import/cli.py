"""Check a CSV of users in a terminal, and run the imports of a deployed stack.

::

    cognito-user-import check users.csv --schema pool.json
    cognito-user-import header --schema pool.json
    cognito-user-import convert users.json --export cognito > users.csv
    cognito-user-import explain CSV017
    cognito-user-import run --stack Users --import SeedUsers --wait

`pool.json` is the output of `aws cognito-idp describe-user-pool`. `docs/command-line.md` describes
the commands, their output and their exit statuses.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from .command_line import check, convert, explain, header, run, status
from .command_line.errors import WrongArgumentError
from .command_line.output import (
    OutputError,
    discard_output,
    flush_output,
    prepare_output,
    write_line,
)
from .messages import command_line as messages

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = (
    ("check", check, "validate a file of users"),
    ("header", header, "print the CSV header of a user pool"),
    ("convert", convert, "write an export as a CSV, to standard output"),
    ("explain", explain, "explain a rule: what to do, its source, and an example"),
    ("run", run, "run an import of a deployed stack on demand"),
    ("status", status, "print the counters and the outcome of the last import"),
)
"""The commands: their names, their modules, and one line about each."""

_STATUSES = """\
exit status: 0 the users can be or were imported; 1 they cannot be, or the import failed; 2 an
argument is wrong, a file cannot be read, AWS refuses a call, or the output cannot be written; 130
interrupted; 141 the reader of the output closed it
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Arguments of the command line. Default: those of the process.

    Returns:
        The exit status: 0 if the users can be or were imported, 1 if they cannot be or the import
        failed, 2 if an argument is wrong, a file cannot be read, AWS refuses a call or the output
        cannot be written; 130 after Ctrl-C and 141 where
        the reader of the output has closed it, as shells report them.
    """
    prepare_output()
    try:
        try:
            return _run(arguments)
        finally:
            flush_output()
    except OutputError as error:
        discard_output()
        if error.is_closed:
            return 141
        print(messages.output_failed(error.reason), file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    given, rest = _parser().parse_known_args(arguments)
    if rest:
        text = messages.not_an_argument(rest)
        if given.command == "convert":
            text = f"{text} {messages.conversion_output()}"
        given.parser.error(text)
    try:
        return int(given.run(given))
    except WrongArgumentError as error:
        print(f"{given.command}: {error}", file=sys.stderr)  # noqa: T201
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cognito-user-import",
        description="Check CSV files for Amazon Cognito user imports, and run imports.",
        epilog=_STATUSES,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module, about in _COMMANDS:
        command = commands.add_parser(name, help=about, description=about, epilog=_STATUSES)
        module.add_arguments(command)
        # The main parser would report unknown arguments with its own usage.
        command.set_defaults(run=module.run, parser=command)
    return parser


class _Version(argparse.Action):
    """Prints the version; only then is the metadata of the package read."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version  # noqa: PLC0415  see above

        write_line(f"{parser.prog} {version('cdk-cognito-user-import')}")
        parser.exit()
