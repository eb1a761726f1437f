"""The arguments that say how the file is read, shared by the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import ExportFormat, ReadOptions, UserKind
from .._lambda.user_import.users_csv.password_hashes import OnBadHash, PasswordHashes
from ..messages import command_line as messages
from ..option_rules import check_default_or_constant, check_leave_out, check_utf_8
from .errors import WrongArgumentError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def add_read_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of `UserSource`, under the names of its arguments."""
    command.add_argument(
        "--export",
        choices=[str(each) for each in ExportFormat],
        default="",
        help="identity provider that exported the file",
    )
    command.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FILE=POOL",
        help="the user pool's column for a column of the file, such as E-mail=email; nothing after "
        "the = leaves the column out, and a repeated column has several",
    )
    command.add_argument(
        "--only-columns",
        action="store_true",
        help="leave out the columns that are neither mapped nor the user pool's",
    )
    for option, what in (
        ("--default", "value for users without one"),
        ("--constant", "value for all users, such as email_verified=true"),
    ):
        command.add_argument(option, action="append", default=[], metavar="COLUMN=VALUE", help=what)
    command.add_argument(
        "--strict", action="store_true", help="report values that would be normalized as errors"
    )
    add_encoding(command)
    add_leave_out(command)
    command.add_argument(
        "--password-hashes",
        choices=[str(each) for each in OnBadHash],
        help="take password hashes; one that Cognito does not take is an error (fail), or left out "
        "with its user imported (reset)",
    )


def add_encoding(command: argparse.ArgumentParser) -> None:
    """Add the encoding of the file."""
    command.add_argument(
        "--encoding",
        metavar="NAME",
        help="encoding of a file that is not UTF-8, such as windows-1252",
    )


def add_leave_out(command: argparse.ArgumentParser) -> None:
    """Add the kinds of users of an export who are left out."""
    command.add_argument(
        "--leave-out",
        action="append",
        default=[],
        choices=[str(each) for each in UserKind],
        help="kind of users of an export who are left out and counted",
    )


def leave_out_of(given: argparse.Namespace) -> frozenset[UserKind]:
    """Return the kinds of users who are left out."""
    return frozenset(map(UserKind, given.leave_out))


def read_options_of(given: argparse.Namespace) -> ReadOptions:
    """Return how the arguments say that the file is read.

    Raises:
        WrongArgumentError: An argument is not of the form name=value, or not allowed.
    """
    defaults, constants = _values("--default", given.default), _values("--constant", given.constant)
    try:
        check_default_or_constant(defaults, constants)
        check_leave_out(given.leave_out, given.export)
        return ReadOptions(
            columns=columns_of(given),
            defaults=defaults,
            constants=constants,
            export=ExportFormat(given.export) if given.export else None,
            leave_out=leave_out_of(given),
            strict=given.strict,
            only_columns=given.only_columns,
            encoding=given.encoding,
            password_hashes=_password_hashes(given.password_hashes),
        )
    except ValueError as error:
        raise WrongArgumentError(str(error)) from error


def _password_hashes(on_bad_hash: str | None) -> PasswordHashes | None:
    if on_bad_hash is None:
        return None
    bad = OnBadHash(on_bad_hash)
    return PasswordHashes(too_costly=bad, unusable=bad, not_eligible=bad)


def columns_of(given: argparse.Namespace) -> dict[str, str | tuple[str, ...] | None]:
    """Return the columns of the user pool for each column of the file; None leaves it out.

    Raises:
        WrongArgumentError: An argument is not of the form name=value.
    """
    columns: dict[str, tuple[str, ...]] = {}
    for name, column in _pairs(given.column):
        if name in columns and bool(column) is not bool(columns[name]):
            raise WrongArgumentError(messages.mapped_and_left_out(name))
        columns[name] = (*columns.get(name, ()), *([column] if column else []))
    return {
        name: targets if len(targets) > 1 else targets[0] if targets else None
        for name, targets in columns.items()
    }


def _values(option: str, texts: Sequence[str]) -> dict[str, str]:
    """Return the values for all users of one option, by column."""
    values: dict[str, str] = {}
    for column, value in _pairs(texts):
        if column in values:
            raise WrongArgumentError(messages.given_twice(option, column))
        try:
            check_utf_8(option, column, value)
        except ValueError as error:
            raise WrongArgumentError(str(error)) from error
        values[column] = value
    return values


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise WrongArgumentError(messages.not_a_pair(text))
        pairs.append((name, value))
    return pairs
