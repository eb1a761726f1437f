"""A hundred imports: of one stack, and all at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import CfnOutput, Stack
from helpers.deployment import Cloud
from helpers.imports import import_into, pool_of, users
from helpers.nonsense import NONSENSE
from helpers.synthesis import synthesise

from cdk_cognito_user_import import UserSource
from cognito_import_local import CloudFormationDriver, LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

MANY = 100
NEW_ACCOUNT: dict[str, Any] = {
    "functions_at_once": 10,
    "rate_quotas": True,
    "seconds_pending": 2.0,
    "seconds_in_progress": 2.0,
}
"""A new account's concurrency, Cognito's rates, and four seconds a job."""


def hundred_imports(stack: Stack) -> None:
    pool = pool_of(stack)
    CfnOutput(stack, "PoolId", value=pool.user_pool_id)
    for number in range(MANY):
        source = UserSource.from_records(users(f"user{number}"))
        import_into(stack, f"Seed{number}", user_pool=pool, source=source)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """An AWS of its own, in which time passes as on AWS: what takes the processor counts."""
    with LocalAws(settings={"texts": NONSENSE}, time_scale=0.4) as aws:
        cloud = Cloud(aws)
        cloud.bootstrap()
        yield cloud


def test_a_hundred_imports_of_one_stack_are_deployed_and_then_run_all_at_once(
    cloud: Cloud, tmp_path: Path
) -> None:
    outputs = cloud.deploy(synthesise(hundred_imports, "Hundred"), within=1200)
    pool_id = outputs["PoolId"]
    assert len(cloud.users(pool_id)) == MANY

    cloud.aws.configure(**NEW_ACCOUNT)
    recorded = {event["LogicalResourceId"]: event for event in cloud.aws.custom_resource_requests()}
    assert len(recorded) == MANY
    requests = []
    drivers = []
    for logical_id in recorded:
        driver = CloudFormationDriver(cloud.aws, stack="Hundred", logical_id=logical_id)
        drivers.append(driver.__enter__())
        requests.append((driver, driver.request("Update", properties={"RunToken": "again"})))
    for driver, request in requests:
        driver.send(request)
    answers = [driver.answer(request, within=1500) for driver, request in requests]
    for driver in drivers:
        driver.__exit__(None, None, None)

    failed = [answer["Reason"] for answer in answers if answer["Status"] != "SUCCESS"]
    assert failed == [], json.dumps(failed[:3], indent=1)
    assert {answer["Data"]["SkippedUsers"] for answer in answers} == {"1"}
