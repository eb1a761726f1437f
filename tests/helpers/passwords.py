"""Imports with a test password, in the scripted AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .events import POOL, create
from .fake_users import FakeUser
from .fake_world import COLUMNS, Execution, run_workflow

if TYPE_CHECKING:
    from .fake_world import FakeAws

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:seed-AbCdEf"
OLD, CURRENT, NEW = "1" * 32, "2" * 32, "3" * 32
"""Versions of the secret; their ids have 32 characters or more."""
PASSWORD = "Kanarie-secret-1!"
"""Contains both canaries of the scripted AWS, which looks for them in every state and answer."""
WEAK = {"MinimumLength": 8}
STRONG = {
    "MinimumLength": 12,
    **dict.fromkeys(
        ("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols"), True
    ),
}


def with_secret(world: FakeAws) -> FakeAws:
    """Return the AWS with the secret, and a pool that takes hashes."""
    world.secrets_manager.versions[SECRET] = {OLD: "old-" + PASSWORD, CURRENT: PASSWORD}
    world.cognito.columns = [*COLUMNS, "password_hash"]
    world.cognito.description = {"Policies": {"PasswordPolicy": WEAK}}
    return world


def event(**changes: Any) -> dict[str, Any]:
    given = {"ContractVersion": "2", "TestPasswordSecret": SECRET, **changes}
    return create(**given)


def run(world: FakeAws, **changes: Any) -> Execution:
    return run_workflow(event(**changes), world)


def passwords(world: FakeAws) -> list[str | None]:
    return [user.password for user in world.cognito.people.everybody]


def add_user(world: FakeAws, **changes: Any) -> FakeUser:
    """Add a user of the pool, created before the import."""
    now = world.clock.now()
    given = {"pool": POOL, "username": "before", "created_at": now, "modified_at": now}
    return world.cognito.people.add_user(FakeUser(**{**given, **changes}))
