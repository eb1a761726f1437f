"""What the tests share that deploy to the local AWS."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest
from helpers.deployment import Cloud
from helpers.nonsense import NONSENSE

from cognito_import_local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILE = os.environ.get("LOCAL_AWS_PROFILE") or "hostile"
"""How AWS behaves for the deployed imports: `hostile`, or `documented`."""

_numbers = itertools.count(1)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests of this folder."""
    item.add_marker("local")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: at the end others would wait for it."""
    first = ["test_many_imports.py", "test_demo.py"]
    items.sort(key=lambda item: item.path.name not in first)


@pytest.fixture(scope="session")
def bootstrapped() -> Iterator[Cloud]:
    # An AWS second takes a fifth of a second here; what happens in it is the same.
    with LocalAws(profile=PROFILE, settings={"texts": NONSENSE}, time_scale=0.2) as aws:
        cloud = Cloud(aws)
        cloud.bootstrap()
        yield cloud


@pytest.fixture
def cloud(bootstrapped: Cloud) -> Iterator[Cloud]:
    """A local AWS, bootstrapped for the CDK, with the settings of the profile."""
    yield bootstrapped
    bootstrapped.finish_jobs()
    bootstrapped.aws.reset()


@pytest.fixture
def name() -> str:
    """A stack name that no other test has."""
    return f"Stack{next(_numbers)}"
