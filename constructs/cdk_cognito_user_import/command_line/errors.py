"""The error of a command whose arguments are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..messages import sources

if TYPE_CHECKING:
    from pathlib import Path


class WrongArgumentError(ValueError):
    """An argument that is not valid; the text says what is allowed."""


def unreadable(path: Path, error: OSError) -> WrongArgumentError:
    """Return the error for a file that the operating system refuses to read."""
    return WrongArgumentError(sources.file_unreadable(str(path), str(error.strerror)))
