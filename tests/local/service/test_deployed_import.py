"""The driver plays CloudFormation to the library's own function, deployed to the local AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import CfnOutput
from aws_cdk import aws_cognito as cognito
from helpers.deployment import Cloud
from helpers.import_world import waited
from helpers.synthesis import synthesise

from cdk_cognito_user_import import UserImport, UserSource
from cognito_import_local import CloudFormationDriver, LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import Stack

pytestmark = pytest.mark.slow


def stack_of(stack: Stack) -> None:
    pool = cognito.UserPool(stack, "Pool", auto_verify=cognito.AutoVerifiedAttrs(email=True))
    users = [
        {"cognito:username": name, "email": f"{name}@example.com", "email_verified": True}
        for name in ("ada", "bob")
    ]
    UserImport(stack, "Seed", user_pool=pool, source=UserSource.from_records(users))
    CfnOutput(stack, "PoolId", value=pool.user_pool_id)


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with LocalAws(time_scale=0.2) as local:
        made = Cloud(local)
        made.bootstrap()
        made.deploy(synthesise(stack_of, "Driven"))
        yield made


@pytest.fixture
def pool(cloud: Cloud) -> Iterator[str]:
    yield cloud.outputs("Driven")["PoolId"]
    cloud.aws.reset()


@pytest.fixture
def driver(cloud: Cloud) -> Iterator[CloudFormationDriver]:
    with CloudFormationDriver(cloud.aws, stack="Driven") as made:
        yield made


def jobs_since(cloud: Cloud, pool: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return cloud.jobs(pool)[len(before) :]


def test_a_create_that_is_delivered_three_times_starts_one_job(
    cloud: Cloud, pool: str, driver: CloudFormationDriver
) -> None:
    before = cloud.jobs(pool)
    create = driver.request("Create", properties={"RunToken": "thrice"})

    for _ in range(3):
        driver.send(create)

    assert driver.answer(create)["Status"] == "SUCCESS"
    assert [job["Status"] for job in jobs_since(cloud, pool, before)] in (["Succeeded"], ["Failed"])


def test_an_update_while_the_stack_rolls_back_starts_nothing(
    cloud: Cloud, pool: str, driver: CloudFormationDriver
) -> None:
    before = cloud.jobs(pool)
    driver.set_stack_status("UPDATE_ROLLBACK_IN_PROGRESS")
    update = driver.request("Update", properties={"RunToken": "back"})

    driver.send(update)

    driver.answer(update)
    assert [job for job in jobs_since(cloud, pool, before) if job["Status"] != "Created"] == []


def test_a_delete_with_an_unknown_physical_id_stops_the_running_job(
    cloud: Cloud, pool: str, driver: CloudFormationDriver
) -> None:
    before = cloud.jobs(pool)
    cloud.aws.configure(seconds_pending=600)
    create = driver.request("Create", properties={"RunToken": "stopped"})
    driver.send(create)
    waited(
        lambda: [job["Status"] for job in jobs_since(cloud, pool, before)],
        lambda seen: "Pending" in seen,
    )
    driver.set_stack_status("ROLLBACK_IN_PROGRESS")
    delete = driver.request("Delete", physical_id=driver.invented_id(create["LogicalResourceId"]))

    driver.send(delete)

    answer = driver.answer(delete)
    assert (answer["Status"], answer["PhysicalResourceId"]) == (
        "SUCCESS",
        delete["PhysicalResourceId"],
    )
    assert driver.answer(create)["Status"] == "FAILED"
    assert {job["Status"] for job in jobs_since(cloud, pool, before)} == {"Stopped"}


@pytest.mark.parametrize(
    "fault",
    [
        lambda faults: faults.throttle("CreateUserImportJob", times=3),
        lambda faults: faults.fail("DescribeUserImportJob", times=4),
        lambda faults: faults.spoil_upload("refused"),
        lambda faults: faults.spoil_upload("cut"),
        lambda faults: faults.take_slot(times=2),
    ],
    ids=["throttled-create", "failing-describe", "503-upload", "cut-upload", "slot-taken"],
)
def test_an_import_survives_transient_faults(
    cloud: Cloud, pool: str, driver: CloudFormationDriver, fault: Any
) -> None:
    del pool
    fault(cloud.aws.faults)
    create = driver.request("Create", properties={"RunToken": driver.stack_id[-6:] + repr(fault)})

    driver.send(create)

    assert driver.answer(create, within=120)["Status"] == "SUCCESS"
    assert cloud.aws.faults.pending() == []
