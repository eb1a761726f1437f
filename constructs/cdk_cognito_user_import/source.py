"""Where the users come from."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import FileSystem, Token
from aws_cdk import aws_iam as iam
from aws_cdk.aws_s3_assets import Asset

from ._lambda.user_import.users_csv import Problems, check_users, join_row

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

UserRecord = Mapping[str, str | bool | int | datetime.date | None]
"""One user: attribute names (``cognito:username`` among them) and values."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BoundSource:
    """A source in a construct tree: an S3 object, the right to read it, and what is wrong with it.

    Attributes:
        properties: of the custom resource: where the object is and what its content is known by.
        statements: what the workflow's worker must be allowed in order to read it.
        problems: what synth has found wrong; the stack cannot be deployed with it.
    """

    properties: Mapping[str, str]
    statements: Sequence[iam.PolicyStatement]
    problems: str | None = None


class UserSource(ABC):
    """Where the users come from: a file, an S3 object, or records in the app."""

    @staticmethod
    def from_file(path: str | Path) -> UserSource:
        """Take the users from a CSV file in Cognito's dialect.

        The file becomes an asset: it is uploaded to the CDK bootstrap bucket, where it stays until
        somebody cleans that bucket (``cdk gc``). Use ``from_bucket`` where it must not.

        Args:
            path: of the file, relative to the working directory.

        Raises:
            ValueError: there is no such file.
        """
        return _FileSource(Path(path))

    @staticmethod
    def from_bucket(bucket: s3.IBucket, key: str, *, version: str | None = None) -> UserSource:
        """Take the users from a CSV object in a bucket, when the stack is deployed.

        Args:
            bucket: any bucket; the import gets the right to read this object of it, and to decrypt
                with the bucket's key where the app knows it.
            key: of the object.
            version: of the object. Default: the latest. CloudFormation then does not see that the
                object has changed, and imports it again only when ``run_token`` or another
                property of the import changes.

        Raises:
            ValueError: the key is empty.
        """
        return _BucketSource(bucket, key, version)

    @staticmethod
    def from_records(records: Sequence[UserRecord]) -> UserSource:
        """Take the users from records in the app.

        Like ``from_file``, this makes an asset. In errors, record 1 is line 2.

        Args:
            records: a mapping a user from attribute names to values. ``cognito:username`` is
                needed; booleans become ``true`` and ``false``, dates ``mm/dd/yyyy``, None a blank.

        Raises:
            ValueError: there are no records, or a value cannot be written in Cognito's dialect.
        """
        return _RecordsSource(records)

    @abstractmethod
    def bind(self, scope: Construct) -> BoundSource:
        """Make what the source needs in the scope of an import. ``UserImport`` calls it, once."""


class _FileSource(UserSource):
    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ValueError(
                f"There is no file {path} to import users from. The path is relative to the "
                f"working directory, which is {Path.cwd()}."
            )
        self._path = path

    def bind(self, scope: Construct) -> BoundSource:
        return _bind_asset(scope, self._path, self._path.name)


class _RecordsSource(UserSource):
    def __init__(self, records: Sequence[UserRecord]) -> None:
        if not records:
            raise ValueError("There are no records to import users from; give at least one.")
        columns = list(dict.fromkeys(name for record in records for name in record))
        rows = [",".join(columns)]
        for number, record in enumerate(records, start=1):
            try:
                rows.append(join_row(_text(record.get(name)) for name in columns))
            except ValueError as error:
                raise ValueError(f"Record {number}: {error}.") from None
        self._csv = "\n".join(rows) + "\n"

    def bind(self, scope: Construct) -> BoundSource:
        path = Path(FileSystem.mkdtemp("user-import-")) / "users.csv"
        path.write_text(self._csv, encoding="utf-8", newline="\n")
        return _bind_asset(scope, path, "from_records")


class _BucketSource(UserSource):
    def __init__(self, bucket: s3.IBucket, key: str, version: str | None) -> None:
        if not key:
            raise ValueError("The key of the object to import users from is empty.")
        self._bucket, self._key, self._version = bucket, key, version

    def bind(self, scope: Construct) -> BoundSource:
        del scope  # there is nothing to make
        properties = {
            "SourceBucket": self._bucket.bucket_name,
            "SourceKey": self._key,
            "SourceName": "the object" if Token.is_unresolved(self._key) else self._key,
        }
        action = "s3:GetObject"
        if self._version is not None:
            properties["SourceVersion"] = self._version
            action = "s3:GetObjectVersion"
        statements = [
            iam.PolicyStatement(
                actions=[action], resources=[self._bucket.arn_for_objects(self._key)]
            )
        ]
        if self._bucket.encryption_key is not None:
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"], resources=[self._bucket.encryption_key.key_arn]
                )
            )
        return BoundSource(properties, statements)


def _bind_asset(scope: Construct, path: Path, name: str) -> BoundSource:
    asset = Asset(scope, "Users", path=str(path))
    with path.open("rb") as file:
        checked = check_users(iter(lambda: file.read(_CHUNK), b""), None, len)
    return BoundSource(
        {
            "SourceBucket": asset.s3_bucket_name,
            "SourceKey": asset.s3_object_key,
            "SourceHash": asset.asset_hash,
            "SourceName": name,
        },
        [
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                resources=[asset.bucket.arn_for_objects(asset.s3_object_key)],
            )
        ],
        f"{name}: {checked}" if isinstance(checked, Problems) else None,
    )


def _text(value: str | bool | int | datetime.date | None) -> str:  # noqa: FBT001  a value
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime.date():
            return f"{value:%m/%d}/{value.year:04}"
        case _:
            return str(value)
