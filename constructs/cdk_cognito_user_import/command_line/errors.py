"""The error of a command whose arguments are wrong."""

from __future__ import annotations


class WrongArgumentError(ValueError):
    """An argument that is not valid; the text says what is allowed."""
