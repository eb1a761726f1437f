"""Fixtures of the unit tests; ``fake_world`` lies beside them."""

import re
from enum import Enum

import pytest
from helpers.fake_web import Web
from helpers.fake_world import FakeAws
from hypothesis import settings

# No test depends on how fast the machine is.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")


def pytest_make_parametrize_id(val, argname):
    """Make ids of letters, digits, - and _ only: the command line of mutmut breaks on others."""
    if isinstance(val, Enum):
        val = val.name
    elif isinstance(val, bytes):
        val = val.decode("ascii", errors="replace")
    elif not isinstance(val, str | float):
        return None  # pytest's own id, which is plain
    return re.sub(r"[^A-Za-z0-9_-]+", "-", str(val)[:40]).strip("-") or argname


@pytest.fixture(scope="session")
def _web():
    with Web() as web:
        yield web


@pytest.fixture
def web(_web):
    _web.reset()
    return _web


@pytest.fixture
def world(web):
    with FakeAws(web) as world:
        yield world
