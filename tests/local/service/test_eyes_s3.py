"""S3 asks the key of a bucket, and who may list it, as AWS's does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from helpers.callers import caller, deploy, make_key, refused
from helpers.import_world import allow, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from cognito_import_local import LocalAws


@pytest.fixture
def key(aws: LocalAws) -> str:
    return make_key(aws)


@pytest.fixture(params=[False, True], ids=["object", "bucket-key"])
def bucket(aws: LocalAws, name: str, key: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """A bucket that CloudFormation made, with an object, and the ARN in its context."""
    rule = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": request.param,
    }
    properties = {
        "BucketName": name,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
    }
    bucket = {"Type": "AWS::S3::Bucket", "Properties": properties}
    assert deploy(aws, name, {"Bucket": bucket}) == "CREATE_COMPLETE"
    aws.client("s3").put_object(Bucket=name, Key="there", Body=b"users")
    return name, f"arn:aws:s3:::{name}" + ("" if request.param else "/there")


def with_key(aws: LocalAws, action: str, key: str, context: str) -> dict[str, Any]:
    return {
        **allow(action, key),
        "Condition": {
            "StringEquals": {
                "kms:ViaService": f"s3.{aws.region}.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": context,
            }
        },
    }


def test_a_role_with_a_right_to_the_key_in_its_context_reads_and_writes(
    aws: LocalAws, name: str, key: str, bucket: tuple[str, str]
) -> None:
    bucket_name, context = bucket
    s3 = caller(
        aws,
        f"{name}-user",
        allow("s3:*"),
        with_key(aws, "kms:Decrypt", key, context),
        with_key(aws, "kms:GenerateDataKey", key, context),
    )("s3")

    assert s3.get_object(Bucket=bucket_name, Key="there")["Body"].read() == b"users"
    s3.put_object(Bucket=bucket_name, Key="there", Body=b"others")


@pytest.mark.parametrize("lacking", ["kms:Decrypt", "kms:GenerateDataKey"])
def test_access_denied_names_the_missing_right(
    aws: LocalAws, name: str, key: str, bucket: tuple[str, str], lacking: str
) -> None:
    bucket_name, _ = bucket
    (allowed,) = {"kms:Decrypt", "kms:GenerateDataKey"} - {lacking}
    s3 = caller(aws, f"{name}-user", allow("s3:*"), allow(allowed, key))("s3")
    calls: dict[str, Callable[[], Any]] = {
        "kms:Decrypt": lambda: s3.get_object(Bucket=bucket_name, Key="there"),
        "kms:GenerateDataKey": lambda: s3.put_object(Bucket=bucket_name, Key="new", Body=b""),
    }

    with refused("AccessDenied", f"not authorized to perform: {lacking} on resource: {key}"):
        calls[lacking]()
    calls[allowed]()
    assert s3.head_object(Bucket=bucket_name, Key="there")["SSEKMSKeyId"] == key


def test_another_context_does_not_help(
    aws: LocalAws, name: str, key: str, bucket: tuple[str, str]
) -> None:
    bucket_name, _ = bucket
    other = with_key(aws, "kms:Decrypt", key, f"arn:aws:s3:::{bucket_name}/other")
    s3 = caller(aws, f"{name}-user", allow("s3:*"), other)("s3")

    with refused("AccessDenied", "kms:Decrypt"):
        s3.get_object(Bucket=bucket_name, Key="there")


def test_the_policy_of_the_key_counts(
    aws: LocalAws, name: str, key: str, bucket: tuple[str, str]
) -> None:
    bucket_name, _ = bucket
    s3 = caller(aws, f"{name}-user", allow(["s3:*", "kms:*"]))("s3")
    nobody = {**allow("kms:PutKeyPolicy"), "Principal": {"Service": "logs.amazonaws.com"}}
    aws.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy(nobody))

    with refused("AccessDenied", "kms:Decrypt"):
        s3.get_object(Bucket=bucket_name, Key="there")


def test_a_multipart_upload_needs_both_rights(
    aws: LocalAws, name: str, key: str, bucket: tuple[str, str]
) -> None:
    bucket_name, _ = bucket
    s3 = caller(aws, f"{name}-user", allow("s3:*"), allow("kms:GenerateDataKey", key))("s3")
    upload = s3.create_multipart_upload(Bucket=bucket_name, Key="parts")["UploadId"]

    with refused("AccessDenied", "kms:Decrypt"):
        s3.upload_part(Bucket=bucket_name, Key="parts", UploadId=upload, PartNumber=1, Body=b"1")


def test_a_copy_decrypts_its_source(
    aws: LocalAws, name: str, key: str, bucket: tuple[str, str]
) -> None:
    bucket_name, _ = bucket
    s3 = caller(aws, f"{name}-user", allow("s3:*"), allow("kms:GenerateDataKey", key))("s3")

    with refused("AccessDenied", "kms:Decrypt"):
        s3.copy_object(Bucket=bucket_name, Key="copy", CopySource=f"{bucket_name}/there")


def test_encryption_without_a_key_is_that_of_the_account(aws: LocalAws, name: str) -> None:
    aws.client("s3").create_bucket(Bucket=name)
    s3 = caller(aws, f"{name}-user", allow("s3:*"))("s3")

    s3.put_object(Bucket=name, Key="managed", Body=b"users", ServerSideEncryption="aws:kms")

    assert s3.get_object(Bucket=name, Key="managed")["SSEKMSKeyId"].endswith("alias/aws/s3")


@pytest.mark.parametrize("call", ["get_object", "head_object"])
def test_a_missing_object_is_404_with_the_right_to_list_and_403_without(
    aws: LocalAws, name: str, call: str
) -> None:
    aws.client("s3").create_bucket(Bucket=name)
    bucket = f"arn:aws:s3:::{name}"
    get = allow("s3:GetObject", f"{bucket}/*")
    listing = allow("s3:ListBucket", bucket)
    narrow = {**listing, "Condition": {"StringLike": {"s3:prefix": "*"}}}

    for grants, expected in (([listing], 404), ([], 403), ([narrow], 403)):
        s3 = caller(aws, f"{name}-{expected}-{len(grants)}", get, *grants)("s3")
        with pytest.raises(ClientError) as caught:
            getattr(s3, call)(Bucket=name, Key="missing")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == expected


def test_a_listing_carries_its_prefix(aws: LocalAws, name: str) -> None:
    aws.client("s3").create_bucket(Bucket=name)
    mine = {"StringEquals": {"s3:prefix": "mine/"}}
    grant = {**allow("s3:ListBucket", f"arn:aws:s3:::{name}"), "Condition": mine}
    s3 = caller(aws, f"{name}-lister", grant)("s3")

    s3.list_objects_v2(Bucket=name, Prefix="mine/")
    with refused("AccessDenied"):
        s3.list_objects_v2(Bucket=name, Prefix="yours/")
    with refused("AccessDenied"):
        s3.list_objects_v2(Bucket=name)
