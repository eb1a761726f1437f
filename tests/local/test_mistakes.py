"""All mistakes of a file that synth cannot see are reported when the stack is deployed."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from helpers import mistakes
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imports import import_into
from helpers.synthesis import synthesise

from cdk_cognito_user_import import UserSource
from user_import.messages import steps as messages


def deployed_from(key: Any, bucket_name: Any, **reading: Any) -> Any:
    """A stack that imports an object of a bucket which was there before."""

    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Source", bucket_name)
        source = UserSource.from_bucket(bucket, key, **reading)
        import_into(stack, user_pool=mistakes.pool_of(stack), source=source)

    return build


@pytest.fixture
def objects(cloud: Cloud, name: str) -> Any:
    """The name of a bucket with a right file and one of mistakes."""
    bucket = f"{name.lower()}-source"
    cloud.s3.create_bucket(Bucket=bucket)
    right = mistakes.user(1000)
    lines = [",".join(right), ",".join(right.values()), ""]
    cloud.s3.put_object(Bucket=bucket, Key="right.csv", Body="\n".join(lines).encode())
    cloud.s3.put_object(Bucket=bucket, Key="mistakes.csv", Body=mistakes.FILE)
    return bucket


def test_an_update_with_mistakes_reports_the_first_and_keeps_the_list_of_all(
    cloud: Cloud, name: str, objects: Any
) -> None:
    cloud.aws.configure(password_hash_eligible=True)
    cloud.deploy(synthesise(deployed_from("right.csv", objects), name))
    with pytest.raises(DeploymentFailed, match="UPDATE_ROLLBACK_COMPLETE") as caught:
        cloud.deploy(synthesise(deployed_from("mistakes.csv", objects, **mistakes.READING), name))

    reason = max(cloud.reasons(name), key=len)
    assert f"mistakes.csv has {len(mistakes.ERRORS)} problems, and nothing was imported" in reason
    assert mistakes.placed(reason) == mistakes.FIRST
    for rule, _, _ in mistakes.ERRORS:
        assert f"{rule}: 1" in reason
    assert mistakes.SECRET not in str(caught.value)

    ((key, text),) = cloud.staged(name).items()
    assert re.fullmatch(rf"imports/{name}/[0-9a-z]+/problems\.csv", key)
    assert key in reason
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    assert list(rows[0]) == ["line", "column", "rule", "severity", "problem"]
    found = [
        (each["rule"], int(each["line"] or 0) or None, each["column"] or None) for each in rows
    ]
    assert sorted(found, key=str) == mistakes.FOUND
    assert {each["rule"] for each in rows if each["severity"] == "warning"} == {"CSV022"}
    assert mistakes.SECRET not in text.decode()


def test_a_first_deployment_with_mistakes_says_how_to_list_all_of_them(
    cloud: Cloud, name: str, objects: Any
) -> None:
    with pytest.raises(DeploymentFailed, match="ROLLBACK_COMPLETE"):
        cloud.deploy(synthesise(deployed_from("mistakes.csv", objects, **mistakes.READING), name))
    reason = max(cloud.reasons(name), key=len)
    assert mistakes.placed(reason) == mistakes.FIRST
    assert "problems.csv" not in reason
    assert messages.PROBLEMS_NOT_KEPT in reason
    assert mistakes.SECRET not in reason
