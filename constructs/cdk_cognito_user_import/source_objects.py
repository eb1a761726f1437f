"""A source in a bucket: one object, or all objects of a prefix, and the rights to read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Token
from aws_cdk import aws_iam as iam

from ._lambda.user_import.contract import KEY_BYTES, Property, write_reading
from .messages import sources as messages
from .source_asset import read_rights
from .source_config import SourceConfig

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from ._lambda.user_import.users_csv import ReadOptions

_ADDRESS = re.compile(r"(s3|https?)://|arn:[a-z-]+:s3:", re.IGNORECASE)
"""How an address of an object begins, where the object's key is expected."""


def check_key(key: str) -> None:
    """Check the key of an object.

    Raises:
        ValueError: It is not valid, or the key of several objects in an IAM policy.
    """
    _check(key, messages.KEY)


def check_prefix(prefix: str) -> None:
    """Check a prefix of keys.

    Raises:
        ValueError: It is not valid, or matches keys with another prefix in an IAM policy.
    """
    _check(prefix, messages.PREFIX)


def _check(key: str, what: str) -> None:
    if not key:
        raise ValueError(messages.key_empty(what))
    if len(key.encode(errors="replace")) > KEY_BYTES:
        raise ValueError(messages.key_too_long(what, KEY_BYTES))
    if _ADDRESS.match(key):
        raise ValueError(messages.key_is_address(what))
    if any(each in key for each in "*?") and not Token.is_unresolved(key):
        raise ValueError(messages.key_with_wildcard(what))


def bind_object(
    scope: Construct, bucket: s3.IBucket, key: str, version: str | None, reading: ReadOptions
) -> SourceConfig:
    """Read one object.

    Args:
        scope: The import, which is warned about a key that is probably another.
        bucket: The bucket.
        key: The object's key.
        version: Its version; None for the latest.
        reading: How to read it.
    """
    _warn(scope, key, messages.KEY)
    properties = {
        Property.SOURCE_BUCKET: bucket.bucket_name,
        Property.SOURCE_KEY: key,
        Property.SOURCE_NAME: "the object" if Token.is_unresolved(key) else key,
        Property.READING: write_reading(reading.to_json()),
        Property.SOURCE_VERSION: version,
    }
    action = "s3:GetObject" if version is None else "s3:GetObjectVersion"
    return SourceConfig(properties, read_rights(bucket, key, action))


def bind_prefix(
    scope: Construct, bucket: s3.IBucket, prefix: str, reading: ReadOptions
) -> SourceConfig:
    """Read all objects of a prefix.

    Args:
        scope: The import, which is warned about a prefix that is probably another.
        bucket: The bucket.
        prefix: The prefix.
        reading: How to read each object.
    """
    _warn(scope, prefix, messages.PREFIX)
    properties = {
        Property.SOURCE_BUCKET: bucket.bucket_name,
        Property.SOURCE_PREFIX: prefix,
        Property.SOURCE_NAME: "the objects" if Token.is_unresolved(prefix) else prefix,
        Property.READING: write_reading(reading.to_json()),
    }
    listing = iam.PolicyStatement(
        actions=["s3:ListBucket"],
        resources=[bucket.bucket_arn],
        conditions={"StringEquals": {"s3:prefix": prefix}},
    )
    keys = f"{prefix}*"
    statements = [listing, *read_rights(bucket, keys)]
    return SourceConfig(properties, statements, objects=bucket.arn_for_objects(keys))


def _warn(scope: Construct, key: str, what: str) -> None:
    if key.startswith("/"):
        Annotations.of(scope).add_warning_v2(
            "cdk-cognito-user-import:key-with-slash",
            messages.key_with_slash(what, key.lstrip("/")),
        )
