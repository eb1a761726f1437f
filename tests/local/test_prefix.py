"""An import of the objects of a prefix, with the rights of the template, on the local AWS."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3
from helpers.deployment import DeploymentFailed
from helpers.synthesis import synthesise

from cdk_cognito_user_import import UserImport, UserSource

if TYPE_CHECKING:
    from helpers.deployment import Cloud
    from helpers.synthesis import Synthesised

HEAD = b"cognito:username,email,email_verified\n"


def row(name: str) -> bytes:
    return f"{name},{name}@example.com,true\n".encode()


def of_prefix(name: str, bucket_name: str, token: str = "1") -> Synthesised:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Source", bucket_name)
        pool = cognito.UserPool(stack, "Pool", auto_verify=cognito.AutoVerifiedAttrs(email=True))
        seed = UserImport(
            stack,
            "Seed",
            user_pool=pool,
            source=UserSource.from_bucket(bucket, prefix="in/"),
            run_token=token,
        )
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)
        CfnOutput(stack, "Imported", value=seed.imported_users)

    return synthesise(build, name)


def test_three_gzipped_objects_are_one_import_and_reports_name_object_and_line(
    cloud: Cloud, name: str
) -> None:
    bucket = f"{name.lower()}-objects"
    cloud.s3.create_bucket(Bucket=bucket)
    cloud.s3.put_object(Bucket=bucket, Key="in/", Body=b"")
    cloud.s3.put_object(Bucket=bucket, Key="outside.csv", Body=HEAD + row("mallory"))
    for key, rows in (
        ("in/1.csv.gz", row("ada") + row("alan")),
        ("in/2.csv.gz", row("grace")),
        ("in/sub/3.csv.gz", row("edsger")),
    ):
        cloud.s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(HEAD + rows))

    outputs = cloud.deploy(of_prefix(name, bucket))
    assert outputs["Imported"] == "4"
    assert sorted(cloud.users(outputs["PoolId"])) == ["ada", "alan", "edsger", "grace"]

    wrong = gzip.compress(HEAD + row("barbara") + b"bob,bob,true\n")
    cloud.s3.put_object(Bucket=bucket, Key="in/2.csv.gz", Body=wrong)
    with pytest.raises(DeploymentFailed, match=r"in/2\.csv\.gz, line 3, column email"):
        cloud.deploy(of_prefix(name, bucket, "2"))
