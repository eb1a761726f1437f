"""The pytest plugin: a local AWS for tests of stacks that import users.

    # conftest.py
    pytest_plugins = ["cognito_import_local.pytest_plugin"]

    # test_my_stack.py
    def test_my_stack(local_aws, cloudformation_driver):
        ...

Or `pytest -p cognito_import_local.pytest_plugin`. The plugin has no entry point: test runs that do
not ask for it do not load it. The local AWS starts when a test first uses a fixture.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .client.cloudformation_driver import CloudFormationDriver
    from .client.local_aws import LocalAws


@pytest.fixture(scope="session")
def local_aws_session() -> Iterator[LocalAws]:
    """A local AWS for the whole session, for fixtures that deploy a stack once."""
    # Collecting tests needs none of it.
    from .client.local_aws import LocalAws, LocalAwsError  # noqa: PLC0415

    with ExitStack() as running:
        try:
            aws = running.enter_context(LocalAws())
        except LocalAwsError as error:
            # The message says what to do; a traceback would hide it.
            pytest.fail(str(error), pytrace=False)
        yield aws


@pytest.fixture
def local_aws(local_aws_session: LocalAws) -> Iterator[LocalAws]:
    """The session's local AWS; settings, faults and clock are reset after the test.

    Stacks and pools stay after the test: give those of each test names of their own.
    """
    yield local_aws_session
    local_aws_session.reset()


@pytest.fixture
def cloudformation_driver(
    local_aws: LocalAws,
) -> Iterator[Callable[..., CloudFormationDriver]]:
    """A maker of drivers: `cloudformation_driver(stack="Name")`, see `CloudFormationDriver`."""
    from .client.cloudformation_driver import CloudFormationDriver  # noqa: PLC0415 - likewise

    with ExitStack() as open_drivers:

        def make(*, stack: str, logical_id: str | None = None) -> CloudFormationDriver:
            driver = CloudFormationDriver(local_aws, stack=stack, logical_id=logical_id)
            return open_drivers.enter_context(driver)

        yield make
