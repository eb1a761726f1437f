"""The rights that it takes to read a secret, with its own key and by its version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from helpers.import_world import allow, make_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from cognito_import_local import LocalAws

READ = "secretsmanager:GetSecretValue"


@pytest.fixture
def reader(aws: LocalAws, name: str) -> Callable[..., Any]:
    """Return a function that makes a client of a role with the given statements."""
    aws.reset()

    def make(*statements: dict[str, Any]) -> Any:
        principal = {"AWS": f"arn:aws:iam::{aws.account}:root"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        role = make_role(aws, name, list(statements), trust)
        keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return aws.client(
            "secretsmanager",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    return make


def key_of(aws: LocalAws) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


def secret_of(aws: LocalAws, name: str, **more: Any) -> dict[str, Any]:
    secrets = aws.client("secretsmanager")
    return dict(secrets.create_secret(Name=name, SecretString="Correct-Horse-7", **more))


def is_readable(client: Any, secret: dict[str, Any], **more: str) -> bool:
    try:
        client.get_secret_value(SecretId=secret["ARN"], **more)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return False
        raise
    return True


def test_a_secret_without_a_key_needs_the_right_to_read_it(
    aws: LocalAws, name: str, reader: Callable[..., Any]
) -> None:
    secret, other = secret_of(aws, name), secret_of(aws, f"{name}-other")

    client = reader(allow(READ, secret["ARN"]))

    assert is_readable(client, secret)
    assert not is_readable(client, other)


def test_reading_a_secret_can_be_made_to_fail(aws: LocalAws, name: str) -> None:
    secret = secret_of(aws, name)
    client = aws.client("secretsmanager", config=Config(retries={"total_max_attempts": 1}))
    aws.faults.fail("GetSecretValue", code="InternalServiceError")

    with pytest.raises(client.exceptions.InternalServiceError):
        client.get_secret_value(SecretId=secret["ARN"])
    client.get_secret_value(SecretId=secret["ARN"])


@pytest.mark.parametrize(
    ("condition", "readable"),
    [
        (None, True),
        ({"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}, True),
        ({"kms:EncryptionContext:SecretARN": "{arn}"}, True),
        ({"kms:EncryptionContext:SecretVersionId": "{version}"}, True),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
        ({"kms:EncryptionContext:SecretARN": "{arn}-another"}, False),
    ],
    ids=str,
)
def test_a_secret_with_a_key_needs_the_right_to_decrypt_with_it(
    aws: LocalAws,
    name: str,
    reader: Callable[..., Any],
    condition: dict[str, str] | None,
    *,
    readable: bool,
) -> None:
    key = key_of(aws)
    secret = secret_of(aws, name, KmsKeyId=key)
    decrypt = allow("kms:Decrypt", key)
    if condition:
        text = json.dumps(condition).replace("{arn}", secret["ARN"])
        text = text.replace("{version}", secret["VersionId"])
        decrypt["Condition"] = {"StringEquals": json.loads(text)}

    client = reader(allow(READ, secret["ARN"]), decrypt)

    assert is_readable(client, secret, VersionId=secret["VersionId"]) is readable


def test_a_secret_with_a_key_is_not_read_without_the_right_to_decrypt(
    aws: LocalAws, name: str, reader: Callable[..., Any]
) -> None:
    secret = secret_of(aws, name, KmsKeyId=key_of(aws))

    assert not is_readable(reader(allow(READ, secret["ARN"])), secret)
    assert is_readable(aws.client("secretsmanager"), secret)


def test_the_policy_of_a_key_can_let_a_role_decrypt(
    aws: LocalAws, name: str, reader: Callable[..., Any]
) -> None:
    key = key_of(aws)
    secret = secret_of(aws, name, KmsKeyId=key)
    client = reader(allow(READ, secret["ARN"]))
    role = {"AWS": f"arn:aws:iam::{aws.account}:role/{name}"}
    root = {"AWS": f"arn:aws:iam::{aws.account}:root"}
    document = {
        "Version": "2012-10-17",
        "Statement": [
            allow("kms:*") | {"Principal": root},
            allow("kms:Decrypt") | {"Principal": role},
        ],
    }

    aws.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(document))

    assert is_readable(client, secret)


def test_a_right_can_be_limited_to_one_version_of_a_secret(
    aws: LocalAws, name: str, reader: Callable[..., Any]
) -> None:
    secret = secret_of(aws, name)
    newer = aws.client("secretsmanager").put_secret_value(
        SecretId=secret["ARN"], SecretString="Another-Horse-8"
    )
    grant = allow(READ, secret["ARN"])
    grant["Condition"] = {"StringEquals": {"secretsmanager:VersionId": secret["VersionId"]}}

    client = reader(grant)

    assert is_readable(client, secret, VersionId=secret["VersionId"])
    assert not is_readable(client, secret, VersionId=newer["VersionId"])
    assert not is_readable(client, secret)


def test_a_template_refers_to_a_secret_by_its_arn_and_generates_its_text(
    aws: LocalAws, name: str
) -> None:
    cloudformation, secrets = aws.client("cloudformation"), aws.client("secretsmanager")

    def template(description: str) -> str:
        properties = {"GenerateSecretString": {}, "Description": description}
        resource = {"Type": "AWS::SecretsManager::Secret", "Properties": properties}
        outputs = {"Arn": {"Value": {"Ref": "Secret"}}}
        return json.dumps({"Resources": {"Secret": resource}, "Outputs": outputs})

    def arn() -> str:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        return str(stack["Outputs"][0]["OutputValue"])

    cloudformation.create_stack(StackName=name, TemplateBody=template("first"))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name)
    made = arn()
    assert len(secrets.get_secret_value(SecretId=made)["SecretString"]) == 32
    cloudformation.update_stack(StackName=name, TemplateBody=template("second"))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name)
    assert arn() == made
    assert secrets.describe_secret(SecretId=made)["Description"] == "second"
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId=made)
