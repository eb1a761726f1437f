"""Check a CSV of users in a terminal, with the rules that synth and the deployment apply.

::

    python -m cdk_cognito_user_import check users.csv --schema pool.json
    python -m cdk_cognito_user_import check users.csv --user-pool-header cognito:username,email,…
    python -m cdk_cognito_user_import header --schema pool.json

``pool.json`` is what ``aws cognito-idp describe-user-pool`` prints.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._lambda.user_import.users_csv import (
    ExportFormat,
    Pool,
    ReadOptions,
    describe_normalizations,
    validate_file,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._lambda.user_import.users_csv import Finding

_ALGORITHMS = ("BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 where the users can be imported, 1 where they cannot, 2 where the arguments are wrong.
    """
    given = _parser().parse_args(arguments)
    try:
        pool = _pool(given)
        return _header(pool) if given.command == "header" else _check(given, pool)
    except _WrongArgumentError as error:
        print(f"{given.command}: {error}", file=sys.stderr)  # noqa: T201
        return 2


class _WrongArgumentError(ValueError):
    """An argument that cannot be used."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cdk_cognito_user_import",
        description="Check CSV files for Amazon Cognito user imports.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check a file of users")
    check.add_argument("file", type=Path, help="the file")
    check.add_argument(
        "--export",
        choices=[str(each) for each in ExportFormat],
        default="",
        help="the identity provider whose export the file is",
    )
    check.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FILE=POOL",
        help="what a column of the file is called in the user pool, as E-mail=email; nothing after "
        "the = leaves it out",
    )
    for option, what in (
        ("--default", "a value for users who have none"),
        ("--constant", "a value for all users, as email_verified=true"),
    ):
        check.add_argument(option, action="append", default=[], metavar="COLUMN=VALUE", help=what)
    check.add_argument("--strict", action="store_true", help="refuse files that need normalization")
    check.add_argument(
        "--password-hashing-algorithm", choices=_ALGORITHMS, help="of the import job"
    )
    header = commands.add_parser("header", help="print the columns of a user pool")
    for command, required in ((check, False), (header, True)):
        pool = command.add_mutually_exclusive_group(required=required)
        pool.add_argument(
            "--schema",
            type=Path,
            metavar="FILE",
            help="what aws cognito-idp describe-user-pool prints",
        )
        pool.add_argument(
            "--user-pool-header",
            metavar="COLUMNS",
            help="the columns with commas between, or a file with what aws cognito-idp "
            "get-csv-header prints",
        )
    return parser


def _pool(given: argparse.Namespace) -> Pool:
    algorithm = getattr(given, "password_hashing_algorithm", None)
    if given.schema is not None:
        answer = _json(given.schema)
        description = answer.get("UserPool", answer)
        if not isinstance(description, dict) or not _is_schema(description.get("SchemaAttributes")):
            raise _WrongArgumentError(
                f"{given.schema} has no SchemaAttributes; give what "
                "`aws cognito-idp describe-user-pool --user-pool-id …` prints."
            )
        try:
            return Pool.from_description(description, hashing_algorithm=algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _WrongArgumentError(
                f"{given.schema} is not what describe-user-pool prints."
            ) from error
    if given.user_pool_header is None:
        return Pool(hashing_algorithm=algorithm)
    if _is_file(given.user_pool_header):
        answer = _json(Path(given.user_pool_header))
        columns = answer.get("CSVHeader")
        if not isinstance(columns, list):
            raise _WrongArgumentError(
                f"{given.user_pool_header} has no CSVHeader; give what "
                "`aws cognito-idp get-csv-header --user-pool-id …` prints."
            )
    else:
        columns = given.user_pool_header.split(",")
    names = tuple(str(column).strip() for column in columns)
    if "cognito:username" not in names:
        raise _WrongArgumentError(
            f"--user-pool-header has no cognito:username: {given.user_pool_header} is neither a "
            "file nor a list of columns."
        )
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
        answer = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _WrongArgumentError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise _WrongArgumentError(f"{path} is not JSON.") from error
    if not isinstance(answer, dict):
        raise _WrongArgumentError(f"{path} is not a JSON object.")
    return answer


def _header(pool: Pool) -> int:
    print(",".join(pool.header or ()))  # noqa: T201
    return 0


def _check(given: argparse.Namespace, pool: Pool) -> int:
    options = _read_options(given)
    unit = options.location_unit

    def tell(finding: Finding) -> None:
        kind = "warning" if finding.rule.is_warning else "error"
        print(f"{given.file}: {kind}: {finding.describe(unit)}")  # noqa: T201

    try:
        report = validate_file(given.file, pool, options=options, sink=tell)
    except OSError as error:
        raise _WrongArgumentError(f"{given.file} cannot be read: {error.strerror}.") from error
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


def _read_options(given: argparse.Namespace) -> ReadOptions:
    try:
        return ReadOptions(
            columns={name: column or None for name, column in _pairs(given.column)},
            defaults=dict(_pairs(given.default)),
            constants=dict(_pairs(given.constant)),
            export=ExportFormat(given.export) if given.export else None,
            strict=given.strict,
        )
    except ValueError as error:
        raise _WrongArgumentError(str(error)) from error


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise _WrongArgumentError(f"{text} is not of the form name=value.")
        pairs.append((name, value))
    return pairs
