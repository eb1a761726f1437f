"""What the tests of synthesised templates share."""

from __future__ import annotations

from typing import TYPE_CHECKING

# jsii loads a module of the CDK when one of its types first comes up. In a full run with coverage
# it once did not find the types of messages so; loaded here, they are there.
import aws_cdk.cloud_assembly_schema
import aws_cdk.cx_api  # noqa: F401
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
