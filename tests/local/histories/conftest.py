"""A stack with imports, deployed once, to which a driver plays CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.deployed_histories import TAKEN, History, csv_of, stack_with
from helpers.import_world import LOG_ACTIONS, allow, log_groups, make_role

from cognito_import_local import CloudFormationDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpers.deployment import Cloud

STACK = "Histories"
_SOURCE = "histories-source"


@pytest.fixture(scope="session")
def deployed(bootstrapped: Cloud) -> Cloud:
    """A local AWS with the stack, and in its pools somebody whose address is taken."""
    bootstrapped.s3.create_bucket(Bucket=_SOURCE)
    bootstrapped.s3.put_object(Bucket=_SOURCE, Key="users.csv", Body=csv_of("first"))
    logs_role = make_role(
        bootstrapped.aws, "looked-at", [allow(list(LOG_ACTIONS), log_groups(bootstrapped.aws))]
    )
    stack = stack_with(
        STACK, _SOURCE, "Seed", "Doomed", "LookedAt", logs_roles={"LookedAt": logs_role}
    )
    outputs = bootstrapped.deploy(stack)
    bootstrapped.cognito_idp.admin_create_user(
        UserPoolId=outputs["SeedPoolId"],
        Username="somebody",
        UserAttributes=[
            {"Name": "email", "Value": TAKEN},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    return bootstrapped


@pytest.fixture
def play(deployed: Cloud) -> Iterator[Callable[..., History]]:
    """Return a maker of histories of one of the stack's imports."""
    outputs = deployed.outputs(STACK)
    drivers: list[CloudFormationDriver] = []

    def begin(id_: str = "Seed") -> History:
        (logical_id,) = {
            event["LogicalResourceId"]
            for event in deployed.aws.custom_resource_requests()
            if event["StackId"].split("/")[1] == STACK
            and event["LogicalResourceId"].startswith(id_)
        }
        driver = CloudFormationDriver(deployed.aws, stack=STACK, logical_id=logical_id)
        drivers.append(driver.__enter__())
        return History(deployed, driver, STACK, outputs[f"{id_}PoolId"], _SOURCE)

    yield begin
    for driver in drivers:
        driver.__exit__(None, None, None)
    deployed.finish_jobs()
    deployed.aws.reset()


@pytest.fixture
def history(play: Callable[..., History]) -> History:
    return play()
