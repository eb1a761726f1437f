"""Stacks of every kept template can be updated to the current version.

There is no release yet: `tests/local/released/` holds one template, named after its day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Duration
from helpers import released
from helpers.imports import counts, stack_of, users

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.deployment import Cloud

TODAY = "today"


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The folder of a kept template; for the current version, one that is made now."""
    if request.param != TODAY:
        return released.FOLDER / request.param
    made = tmp_path / TODAY
    released.freeze(made)
    return made


@pytest.mark.parametrize("folder", [*released.versions(), TODAY], indirect=True)
def test_a_stack_of_a_kept_template_is_updated_used_and_destroyed(
    cloud: Cloud, name: str, folder: Any
) -> None:
    first = cloud.deploy(released.thawed(folder, name))
    assert counts(first) == (len(released.USERS), 0, 0)

    # CloudFormation refuses an update to the same template, so the timeout is another one.
    second = cloud.deploy(stack_of(name, released.USERS, timeout=Duration.minutes(7)))
    assert second == first, "the same users are not imported again"
    assert len(cloud.jobs(first["PoolId"])) == 1

    third = cloud.deploy(stack_of(name, [*released.USERS, *users("bob")]))
    assert third["PoolId"] == first["PoolId"]
    assert counts(third) == (1, 1, 0)
    assert sorted(cloud.users(first["PoolId"])) == ["ada", "bob"]

    cloud.destroy(name)
    assert cloud.status(name) is None
