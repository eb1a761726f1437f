"""Fixtures of the unit tests; ``fake_world`` lies beside them."""

import pytest
from helpers.fake_web import Web
from helpers.fake_world import FakeWorld
from hypothesis import settings

# No test depends on how fast the machine is.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")


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
    with FakeWorld(web) as world:
        yield world
