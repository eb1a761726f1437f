"""What the tests share that deploy to the local AWS."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.account import AccountCloud, AwsAccount
from helpers.deployment import Cloud
from helpers.nonsense import NONSENSE

from cognito_import_local import LocalAws
from cognito_import_local.observed import FACTS_VARIABLE
from verify_aws.names import TEST_STACKS_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

STACKS = os.environ.get(TEST_STACKS_VARIABLE, "")
PROFILE = os.environ.get("LOCAL_AWS_PROFILE") or "hostile"
"""How AWS behaves for the deployed imports: `hostile`, `documented` or `observed`."""

EXAMPLE = Path(__file__).parents[1] / "verify" / "example" / "facts.json"
"""The facts of the profile `observed` where the environment names none."""

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
    if STACKS:
        yield AccountCloud(AwsAccount())
        return
    # An AWS second takes a fifth of a second here; what happens in it is the same.
    facts = [EXAMPLE] if PROFILE == "observed" and FACTS_VARIABLE not in os.environ else []
    settings = {"texts": NONSENSE}
    with LocalAws(profile=PROFILE, facts=facts, settings=settings, time_scale=0.2) as aws:
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
    number = next(_numbers)
    # Tests on a real account run side by side in several processes.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"{STACKS}-t{number}{worker}" if STACKS else f"Stack{number}"
