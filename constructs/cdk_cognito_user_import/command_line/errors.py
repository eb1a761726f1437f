"""The error of a command whose arguments are wrong."""

from __future__ import annotations

from pathlib import Path

from ..messages import sources


class WrongArgumentError(ValueError):
    """An argument that is not valid; the text says what is allowed."""


def unreadable(path: Path, error: OSError) -> WrongArgumentError:
    """Return the error for a file that does not exist or that the operating system cannot read."""
    if isinstance(error, FileNotFoundError):
        return WrongArgumentError(sources.file_missing(str(path), str(Path.cwd())))
    return WrongArgumentError(sources.file_unreadable(str(path), str(error.strerror)))
