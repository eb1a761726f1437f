"""Synthetic users in pools that differ in what a username is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import RemovalPolicy
from aws_cdk import aws_cognito as cognito
from helpers.imports import counts, pool_of, stack_of

from cdk_cognito_user_import import Choices, NumberRange, UserSource

if TYPE_CHECKING:
    from aws_cdk import Stack
    from helpers.deployment import Cloud


COUNT = 60
REQUIRED = cognito.StandardAttribute(required=True, mutable=True)

POOLS: dict[str, dict[str, Any]] = {
    "aliases": {
        "sign_in_aliases": cognito.SignInAliases(
            username=True, email=True, phone=True, preferred_username=True
        ),
        "standard_attributes": cognito.StandardAttributes(
            address=REQUIRED, last_update_time=REQUIRED, preferred_username=REQUIRED
        ),
    },
    "email": {"sign_in_aliases": cognito.SignInAliases(email=True)},
    "phone number": {
        "sign_in_aliases": cognito.SignInAliases(phone=True),
        "auto_verify": cognito.AutoVerifiedAttrs(phone=True),
    },
}


def synthetic(count: int) -> UserSource:
    attributes: dict[str, Any] = {
        "custom:plan": Choices({"gold, yearly": 1, "free": 9}),
        "custom:points": NumberRange(1, 100),
    }
    return UserSource.synthetic(count, seed="tests", attributes=attributes)


@pytest.mark.parametrize("kind", POOLS)
def test_cognito_imports_every_synthetic_user_and_then_only_the_new_ones(
    cloud: Cloud, name: str, kind: str
) -> None:
    def pool(stack: Stack) -> Any:
        custom = {"plan": cognito.StringAttribute(), "points": cognito.NumberAttribute()}
        return pool_of(
            stack, custom_attributes=custom, removal_policy=RemovalPolicy.DESTROY, **POOLS[kind]
        )

    first = cloud.deploy(stack_of(name, synthetic(COUNT), pool=pool))
    assert counts(first) == (COUNT, 0, 0)
    more = cloud.deploy(stack_of(name, synthetic(COUNT + 5), pool=pool))
    assert counts(more) == (5, COUNT, 0)
    users = cloud.users(more["PoolId"]).values()
    assert {user["custom:plan"] for user in users} == {"gold, yearly", "free"}
