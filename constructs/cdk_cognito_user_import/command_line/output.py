"""Writes the output of the commands: in any encoding, and to a reader that may stop reading."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


class OutputError(Exception):
    """Standard output cannot be written.

    Not an `OSError`: a command that reads a file would take it for an error of that file.

    Attributes:
        is_closed: Whether the reader has closed it, as `head` does.
        reason: What the operating system says.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error.strerror))
        self.is_closed = isinstance(error, BrokenPipeError)
        self.reason = str(error.strerror)


def prepare_output() -> None:
    """Let output and error output write every character, escaped where the encoding has none."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def one_line(text: str) -> str:
    r"""Return a text with escapes, such as `\n`, for what would end a line or move the cursor."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def write_line(text: str) -> None:
    """Write a line to standard output.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        print(text)  # noqa: T201
    except OSError as error:
        raise OutputError(error) from error


def write_bytes(data: bytes) -> None:
    """Write bytes to standard output, as they are.

    Raises:
        OutputError: They cannot be written.
    """
    try:
        sys.stdout.buffer.write(data)
    except OSError as error:
        raise OutputError(error) from error


def flush_output() -> None:
    """Write what is still in memory.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from error


def discard_output() -> None:
    """Discard what is still in memory: Python would report that it cannot write it at its end."""
    with suppress(OSError, ValueError), open(os.devnull, "w") as null:  # noqa: PTH123
        os.dup2(null.fileno(), sys.stdout.fileno())
