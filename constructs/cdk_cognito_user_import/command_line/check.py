"""`cognito-user-import check`: validate a file of users."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import describe_normalizations, validate_file
from .errors import unreadable
from .pool_arguments import add_hashing_algorithm, add_pool_arguments, pool_of
from .read_arguments import add_read_arguments, read_options_of

if TYPE_CHECKING:
    import argparse

    from .._lambda.user_import.users_csv import Finding


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("file", type=Path, help="file of users")
    add_read_arguments(command)
    add_hashing_algorithm(command)
    add_pool_arguments(command, required=False)


def run(given: argparse.Namespace) -> int:
    """Validate a file, and print what is wrong with it.

    Returns:
        0 if the users can be imported, 1 if they cannot.
    """
    pool = pool_of(given)
    options = read_options_of(given)
    unit = options.location_unit

    def print_finding(finding: Finding) -> None:
        kind = "warning" if finding.rule.is_warning else "error"
        print(f"{given.file}: {kind}: {finding.describe(unit)}")  # noqa: T201

    try:
        report = validate_file(given.file, pool, options=options, sink=print_finding)
    except OSError as error:
        raise unreadable(given.file, error) from error
    errors, warnings = report.findings.errors, report.findings.warnings
    print(  # noqa: T201
        f"{_count(report.users, 'user')}; {_count(errors, 'error')}, {_count(warnings, 'warning')}"
        + (
            f"; normalized: {describe_normalizations(report.normalized)}"
            if report.normalized
            else ""
        )
        + (f"; not checked: {', '.join(report.unchecked)}" if report.unchecked else "")
    )
    return 1 if errors else 0


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
