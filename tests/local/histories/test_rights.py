"""The rights of an import: of its own stack only, and not tied to what AWS may not send."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from helpers.imports import stack_of, users

from user_import.contract import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpers.deployed_histories import History

NOT_SENT = "iam:PassedToService"


def import_role(history: History) -> str:
    """Return the name of the import's role."""
    arn: str = history.driver.recorded()[-1]["ResourceProperties"]["ImportRoleArn"]
    return arn.rsplit("/", 1)[-1]


@contextmanager
def passing_only_if(history: History, condition: dict[str, Any]) -> Iterator[None]:
    """Let the import pass its logs role on another condition for a while."""
    iam, role = history.cloud.iam, import_role(history)
    before = iam.get_role_policy(RoleName=role, PolicyName="Rights")["PolicyDocument"]
    changed = json.loads(json.dumps(before))
    (statement,) = (each for each in changed["Statement"] if each["Action"] == "iam:PassRole")
    statement["Condition"] = condition

    def put(document: dict[str, Any]) -> None:
        iam.put_role_policy(RoleName=role, PolicyName="Rights", PolicyDocument=json.dumps(document))

    put(changed)
    try:
        yield
    finally:
        put(before)


REQUIRED = {"StringEquals": {NOT_SENT: "cognito-idp.amazonaws.com"}}


def test_a_condition_that_requires_the_passed_service_is_denied(history: History) -> None:
    """What would have failed on every account: the denial is of the key, and of nothing else."""
    history.cloud.aws.configure(iam_propagation_seconds=0, sends_passed_to_service=False)
    with passing_only_if(history, REQUIRED):
        answer = history.asked("Create")

    assert answer["Status"] == "FAILED"
    assert "is not authorized to perform: iam:PassRole on resource: " in answer["Reason"]
    assert history.jobs() == []
    history.ends_well(started=0)


def test_the_same_condition_is_met_when_the_passed_service_is_sent(history: History) -> None:
    history.cloud.aws.configure(iam_propagation_seconds=0, sends_passed_to_service=True)
    with passing_only_if(history, REQUIRED):
        assert history.asked("Create")["Status"] == "SUCCESS"
    history.ends_well(started=1)


def test_a_role_of_another_stack_is_refused(history: History) -> None:
    name = f"Foreign{history.token}".replace("-", "")
    history.cloud.deploy(stack_of(name, users("ada")))
    foreign = next(
        event["ResourceProperties"]["ImportRoleArn"]
        for event in history.cloud.aws.custom_resource_requests()
        if event["StackId"].split("/")[1] == name
    )
    answer = history.asked("Create", ImportRoleArn=foreign)

    assert answer["Status"] == "FAILED"
    assert f"sts:AssumeRole of {foreign}: AccessDenied" in answer["Reason"]
    assert history.jobs() == []
    history.cloud.destroy(name)


def test_a_role_outside_the_librarys_path_is_never_assumed(history: History) -> None:
    answer = history.asked("Create", ImportRoleArn="arn:aws:iam::000000000000:role/Admin")
    assert answer["Status"] == "FAILED"
    assert "ImportRoleArn" in answer["Reason"]
    assert history.jobs() == []


@pytest.mark.parametrize(
    ("version", "where"),
    [
        (str(VERSION + 1), "the stack that owns the import workflow"),
        (None, "the stack of the import"),
    ],
    ids=["newer", "older"],
)
def test_another_contract_version_is_rejected_with_upgrade_instructions(
    history: History, version: str | None, where: str
) -> None:
    answer = history.asked("Create", ContractVersion=version)
    assert answer["Status"] == "FAILED"
    assert f"upgrade cdk-cognito-user-import in {where}" in answer["Reason"]
    assert history.jobs() == []

    deleted = history.asked("Delete", ContractVersion=version)
    assert deleted["Status"] == "SUCCESS"
