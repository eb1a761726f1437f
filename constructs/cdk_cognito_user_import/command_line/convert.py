"""Write a provider's export as a CSV, which a deployment reads faster and without disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import (
    EXPORTS,
    LEFT_OUT,
    ExportError,
    ExportFormat,
    ExportReading,
    UserKind,
)
from ..messages import command_line as messages
from ..messages import sources

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

_PIECE = 1 << 18


class ConversionError(ValueError):
    """The file cannot be read; the text says why."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("file", type=Path, help="file of users")
    command.add_argument(
        "--export",
        choices=[str(each) for each in ExportFormat],
        required=True,
        help="identity provider that exported the file",
    )
    command.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FILE=POOL",
        help="a field of the export that the CSV has to have, such as sub=custom:old_sub; the same "
        "options as for check",
    )
    command.add_argument(
        "--leave-out",
        action="append",
        default=[],
        choices=[str(each) for each in UserKind],
        help="kind of users who are left out and counted",
    )


def run(given: argparse.Namespace) -> int:
    """Write the CSV to standard output, and problems and counts to standard error.

    Returns:
        0, or 1 if the export has problems: then the CSV is not complete.

    Raises:
        ConversionError: The file cannot be read.
    """
    columns = frozenset(each.partition("=")[0] for each in given.column)
    reading = ExportReading(columns, frozenset(map(UserKind, given.leave_out)))
    findings = reading.notes.findings
    export = EXPORTS[ExportFormat(given.export)]
    try:
        with given.file.open("rb") as file:
            chunks = iter(lambda: file.read(_PIECE), b"")
            for lines in _without_marks(export.to_csv(chunks, reading)):
                sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()
    except ExportError as error:
        findings.append((error.rule, str(error)))
    except OSError as error:
        if error.filename is None:
            raise
        raise ConversionError(
            sources.file_unreadable(str(given.file), str(error.strerror))
        ) from error
    for rule, text in findings:
        kind = "warning" if rule.is_warning else "error"
        print(f"{given.file}: {kind}: {text} ({rule.id})", file=sys.stderr)  # noqa: T201
    for left_out, users in reading.notes.left_out.items():
        text = f"{left_out.normalization.value}: {users:,}"
        print(f"{given.file}: {text}", file=sys.stderr)  # noqa: T201
    if reading.notes.errors:
        print(messages.conversion_incomplete(), file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _without_marks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a CSV without the lines that stand for users who are left out."""
    mark = LEFT_OUT.encode()
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield b"".join(line + b"\n" for line in lines if line != mark)
    yield rest
