"""What the tests of synthesised templates share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app import SeededUserPool
from helpers.imports import import_into
from helpers.synthesis import synthesise, synthesise_app

if TYPE_CHECKING:
    from helpers.synthesis import Synthesised


@pytest.fixture(scope="session")
def example() -> Synthesised:
    """The stack of app.py."""
    stacks = synthesise_app(
        lambda app: SeededUserPool(app, "SeededUserPool", users="examples/users.csv")
    )
    return stacks["SeededUserPool"]


@pytest.fixture(scope="session")
def small() -> Synthesised:
    """A stack of a pool and an import, nothing set."""
    return synthesise(import_into)
