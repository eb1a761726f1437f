"""The asset of a source whose users synth knows, and the rights to read an object."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import AssetHashType, FileSystem
from aws_cdk import aws_iam as iam
from aws_cdk.aws_s3_assets import Asset

from ._lambda.user_import.contract import Property, write_reading
from ._lambda.user_import.users_csv import GZIP, EncodingError, Uncompressed
from .source_config import LocalUsers, SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from ._lambda.user_import.users_csv import ReadOptions

_CHUNK = 1 << 18
_NO_STAGING = "aws:cdk:disable-asset-staging"
"""The context with which the CDK does not copy assets into the cloud assembly."""


def bind_lines(
    scope: Construct, lines: Iterable[str], name: str, reading: ReadOptions
) -> SourceConfig:
    """Write users into a file, and make it an asset.

    Args:
        scope: The import.
        lines: The lines of a CSV, with their ends.
        name: Name of the source in messages.
        reading: How to read the file.
    """
    path = Path(FileSystem.mkdtemp("user-import-")) / "users.csv"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    if not scope.node.try_get_context(_NO_STAGING):
        # The cloud assembly has a copy. Without staging, `cdk deploy` reads this file later.
        atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    return bind_asset(scope, path, name, reading)


def bind_asset(scope: Construct, path: Path, name: str, reading: ReadOptions) -> SourceConfig:
    """Make a file an asset.

    Args:
        scope: The import.
        path: The file.
        name: Name of the source in messages.
        reading: How to read the file.
    """
    content_hash = hash_of_compressed(path)
    if content_hash is None:
        asset = Asset(scope, "Users", path=str(path))
    else:
        # Another compression of the same content is not another asset.
        asset = Asset(
            scope,
            "Users",
            path=str(path),
            asset_hash=content_hash,
            asset_hash_type=AssetHashType.CUSTOM,
        )
    content_hash = content_hash or asset.asset_hash
    return SourceConfig(
        {
            Property.SOURCE_BUCKET: asset.s3_bucket_name,
            Property.SOURCE_KEY: asset.s3_object_key,
            Property.SOURCE_HASH: content_hash,
            Property.SOURCE_NAME: name,
            Property.READING: write_reading(reading.to_json()),
        },
        read_rights(asset.bucket, asset.s3_object_key),
        LocalUsers(path, name, content_hash, reading),
    )


def hash_of_compressed(path: Path) -> str | None:
    """Return the hash that the asset of a file compressed by gzip would have without compression.

    Args:
        path: The file.

    Returns:
        The hash; None for a file that is not compressed, or that cannot be decompressed.
    """
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            return None
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "users"
        try:
            with path.open("rb") as file, content.open("wb") as decompressed:
                decompressed.writelines(Uncompressed(iter(lambda: file.read(_CHUNK), b"")))
        except EncodingError:
            return None  # the check of the file reports it
        return FileSystem.fingerprint(str(content))


def read_rights(
    bucket: s3.IBucket, key: str, action: str = "s3:GetObject"
) -> list[iam.PolicyStatement]:
    """Return the rights to read an object, and to decrypt it if the app knows the bucket's key.

    Of the bootstrap bucket, the key is known from a synthesizer that names it.
    """
    statements = [iam.PolicyStatement(actions=[action], resources=[bucket.arn_for_objects(key)])]
    if bucket.encryption_key is not None:
        statements.append(
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[bucket.encryption_key.key_arn])
        )
    return statements
