"""A local AWS for all tests of the import service."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any

import pytest
from helpers import service_model
from helpers.import_world import LOG_ACTIONS, World, allow, log_groups, make_role
from helpers.nonsense import NONSENSE

from cognito_import_local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    # LOCAL_AWS_TEXTS=ours runs the same tests with the texts that users see.
    ours = os.environ.get("LOCAL_AWS_TEXTS") == "ours"
    with LocalAws(profile="documented", settings={} if ours else {"texts": NONSENSE}) as local:
        yield local


@pytest.fixture(scope="session")
def logs_role(aws: LocalAws) -> str:
    return make_role(aws, "logs-role", [allow(LOG_ACTIONS, log_groups(aws))])


@pytest.fixture(scope="session")
def cognito(aws: LocalAws) -> Any:
    """Return a client whose every answer is held against the service model."""
    client = aws.client("cognito-idp")
    service_model.check(client)
    return client


@pytest.fixture
def make_world(aws: LocalAws, cognito: Any, logs_role: str) -> Callable[..., World]:
    aws.reset()
    aws.configure(seconds_pending=0.05, seconds_in_progress=0.05, stop_answers_within=5)

    def make(**settings: Any) -> World:
        options = {"PoolName": "people", "AutoVerifiedAttributes": ["email"], **settings}
        pool = cognito.create_user_pool(**options)["UserPool"]["Id"]
        return World(aws, cognito, pool, logs_role)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def name() -> str:
    """A name that no other test has, of a role, a bucket, a stack."""
    return f"eye-{next(_numbers)}"
