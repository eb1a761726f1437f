"""The files that the commands read, with `-` for standard input."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..messages import sources
from .errors import WrongArgumentError
from .output import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD_INPUT = "-"
_CHUNK = 1 << 18


def name_of(file: str) -> str:
    """Return the name of a file that an argument gives, as reports have it."""
    return "<stdin>" if file == STANDARD_INPUT else file


@contextmanager
def open_input(file: str) -> Iterator[BinaryIO]:
    """Open a file to read, and report every error of it.

    Raises:
        WrongArgumentError: The file does not exist, or the operating system cannot read it.
    """
    try:
        if file == STANDARD_INPUT:
            yield sys.stdin.buffer
        else:
            with Path(file).open("rb") as opened:
                yield opened
    except FileNotFoundError as error:
        text = sources.file_missing(one_line(file), one_line(str(Path.cwd())))
        raise WrongArgumentError(text) from error
    except OSError as error:
        text = sources.file_unreadable(one_line(name_of(file)), str(error.strerror))
        raise WrongArgumentError(text) from error


def chunks_of(opened: BinaryIO) -> Iterator[bytes]:
    """Return the bytes of a file in pieces."""
    return iter(lambda: opened.read(_CHUNK), b"")
