"""Write a provider's export as a CSV, which a deployment reads faster and without disk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import (
    LEFT_OUT,
    EncodingError,
    ExportError,
    ExportFormat,
    ExportNotes,
    Pool,
    ReadOptions,
    Rule,
    Transcoder,
    Uncompressed,
    header_findings,
    raising,
)
from ..messages import command_line as messages
from .corrections import options_of
from .errors import WrongArgumentError
from .input_file import chunks_of, name_of, open_input
from .output import one_line, write_bytes
from .read_arguments import add_encoding, add_leave_out, columns_of, leave_out_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator


_ANY_SIGN_IN = Pool(username_attributes=("email", "phone_number"))
"""A pool that takes an address or a number as the username: which pool it will be is not known."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("file", help="file of users; - is standard input")
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
    add_encoding(command)
    add_leave_out(command)


def run(given: argparse.Namespace) -> int:
    """Write the CSV to standard output, and problems and counts to standard error.

    Returns:
        0, or 1 if the export has problems: then the CSV is not complete.

    Raises:
        WrongArgumentError: The file cannot be read, an argument is not of the form FILE=POOL, or
            the encoding is unknown.
    """
    try:
        options = ReadOptions(
            columns=columns_of(given),
            export=ExportFormat(given.export),
            leave_out=leave_out_of(given),
            encoding=given.encoding,
        )
    except ValueError as error:
        raise WrongArgumentError(str(error)) from error
    notes = ExportNotes()
    unpacked = Uncompressed(())
    try:
        with open_input(given.file) as opened:
            chunks: Iterable[bytes] = (unpacked := Uncompressed(chunks_of(opened)))
            if options.encoding is not None:
                chunks = Transcoder(chunks, options.encoding)
            csv = _with_columns(iter(options.to_csv(chunks, notes)), options, notes)
            for lines in _without_marks(csv):
                write_bytes(lines)
    except (EncodingError, ExportError) as error:
        rule = error.rule if isinstance(error, ExportError) else Rule.ENCODING
        notes.findings.append((Rule.GZIP if unpacked.broken else rule, str(error)))
    name = one_line(name_of(given.file))
    for rule, text in notes.findings:
        kind = "warning" if rule.is_warning else "error"
        print(f"{name}: {kind}: {text} ({rule.id})", file=sys.stderr)  # noqa: T201
    for left_out, users in notes.left_out.items():
        text = f"{left_out.normalization.value}: {users:,}"
        print(f"{name}: {text}", file=sys.stderr)  # noqa: T201
    if options_here := options_of((text for _, text in notes.findings), given.column):
        print(messages.arguments_here(options_here), file=sys.stderr)  # noqa: T201
    if notes.errors:
        print(messages.conversion_incomplete(), file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _with_columns(
    pieces: Iterator[bytes], options: ReadOptions, notes: ExportNotes
) -> Iterator[bytes]:
    """Yield a CSV that has the provider's columns; some readers pass any CSV through as it is.

    Args:
        pieces: The file that the reader made.
        options: How the CSV is read afterwards.
        notes: Receives the problem with any other file, of which nothing is yielded.
    """
    read: list[bytes] = []
    rest = pieces

    def noted() -> Iterator[bytes]:
        nonlocal rest
        try:
            for piece in pieces:
                read.append(piece)
                yield piece
        except (EncodingError, ExportError) as error:
            rest = raising(error)  # a reader raises it once only
            raise

    found = header_findings(noted(), _ANY_SIGN_IN, options)
    if not found:
        yield from read
        yield from rest
    elif not notes.errors:  # a reader that has refused all users leaves nothing
        for rule, place, text in found:
            parts = (place._replace(unit=notes.unit).describe(), text)
            notes.findings.append((rule, ": ".join(filter(None, parts))))


def _without_marks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a CSV without the lines that stand for users who are left out."""
    mark = LEFT_OUT.encode()
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield b"".join(line + b"\n" for line in lines if line != mark)
    yield rest
