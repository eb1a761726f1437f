"""Fixtures of the unit tests; ``fake_world`` lies beside them."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from helpers.fake_web import Web
from helpers.fake_world import FakeAws
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# No test depends on how fast the machine is.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")


def pytest_make_parametrize_id(val: Any, argname: str) -> str | None:
    """Make ids of letters, digits, - and _ only: the command line of mutmut breaks on others."""
    if isinstance(val, Enum):
        val = val.name
    elif isinstance(val, bytes):
        val = val.decode("ascii", errors="replace")
    elif not isinstance(val, str | float):
        return None  # pytest's own id, which is plain
    return re.sub(r"[^A-Za-z0-9_-]+", "-", str(val)[:40]).strip("-") or argname


@pytest.fixture(scope="session")
def _web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def web(_web: Web) -> Web:
    _web.reset()
    return _web


@pytest.fixture
def world(web: Web) -> Iterator[FakeAws]:
    with FakeAws(web) as world:
        yield world
