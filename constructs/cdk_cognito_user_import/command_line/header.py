"""`cognito-user-import header`: the columns of a user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import write_line
from .pool_arguments import add_pool_arguments, pool_of

if TYPE_CHECKING:
    import argparse


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_pool_arguments(command, required=True)


def run(given: argparse.Namespace) -> int:
    """Print the CSV header of a user pool."""
    write_line(",".join(pool_of(given).header or ()))
    return 0
