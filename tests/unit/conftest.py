"""Fixtures of the unit tests; ``fake_world`` lies beside them."""

import pytest
from helpers.fake_web import Web
from helpers.fake_world import FakeAws
from hypothesis import settings

from user_import.users_csv.row_validator import RowCheck

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
    with FakeAws(web) as world:
        yield world


@pytest.fixture
def second_looks(monkeypatch):
    """The lines of a CSV that the pattern did not take, and that were checked exactly."""
    lines: list[int] = []
    exact = RowCheck.check

    def check(self, line, row):
        lines.append(line)
        return exact(self, line, row)

    monkeypatch.setattr(RowCheck, "check", check)
    return lines
