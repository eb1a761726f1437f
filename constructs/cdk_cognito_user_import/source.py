"""Where the users come from."""

from __future__ import annotations

import datetime
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import FileSystem, Token
from aws_cdk import aws_iam as iam
from aws_cdk.aws_s3_assets import Asset

from ._lambda.user_import.users_csv import ExportFormat, Reading, join_row

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

Value = str | bool | int | datetime.date
"""A value of an attribute: booleans, dates and numbers are written as Cognito takes them."""

UserRecord = Mapping[str, Value | None]
"""One user: attribute names (``cognito:username`` among them) and values."""


@dataclass(frozen=True, slots=True)
class LocalUsers:
    """A file with users that synth can check.

    Attributes:
        name: what the file is called in errors.
        content_hash: changes when the file does.
        reading: how the file is to be read.
    """

    path: Path
    name: str
    content_hash: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class BoundSource:
    """A source in a construct tree: an S3 object, and the right to read it.

    Attributes:
        properties: of the custom resource: where the object is, what its content is known by, and
            how it is to be read.
        statements: what the workflow's worker must be allowed in order to read it.
        local: the file, where synth can see it.
    """

    properties: Mapping[str, str]
    statements: Sequence[iam.PolicyStatement]
    local: LocalUsers | None = None


class UserSource(ABC):
    """Where the users come from: a file, an S3 object, or records in the app.

    Files are read generously and written as Cognito takes them: values in quotes, a byte order
    mark, any line ends, UTF-16, ``;`` or tab between values, other case in column names, ISO
    dates, yes and no, phone numbers with spaces, dashes or brackets. What is mended is counted and
    told; nothing is guessed.
    """

    @staticmethod
    def from_file(
        path: str | Path,
        *,
        export: ExportFormat | None = None,
        columns: Mapping[str, str | None] | None = None,
        defaults: Mapping[str, Value] | None = None,
        constants: Mapping[str, Value] | None = None,
        strict: bool = False,
    ) -> UserSource:
        """Take the users from a file.

        The file is checked at synth, and becomes an asset: it is uploaded to the CDK bootstrap
        bucket, where it stays until somebody cleans that bucket (``cdk gc``). Use ``from_bucket``
        where it must not.

        Args:
            path: of the file, relative to the working directory.
            export: the identity provider whose export the file is. Default: a CSV with the user
                pool's columns.
            columns: what a column of the file is called in the user pool, such as
                ``{"E-mail": "email"}``; None leaves the column out. Default: what it is called in
                the file, or what ``export`` says.
            defaults: values for users who have none, by the user pool's column. Default: none.
            constants: values for all users, whatever the file says, by the user pool's column, such
                as ``{"email_verified": True}``. Default: none.
            strict: whether to refuse what would have to be mended. Default: False.

        Raises:
            ValueError: there is no such file, or the username would be the same for all users.
        """
        reading = _reading(export, columns, defaults, constants, strict=strict)
        return _FileSource(Path(path), reading)

    @staticmethod
    def from_bucket(
        bucket: s3.IBucket,
        key: str,
        *,
        version: str | None = None,
        export: ExportFormat | None = None,
        columns: Mapping[str, str | None] | None = None,
        defaults: Mapping[str, Value] | None = None,
        constants: Mapping[str, Value] | None = None,
        strict: bool = False,
    ) -> UserSource:
        """Take the users from an object in a bucket, when the stack is deployed.

        Args:
            bucket: any bucket; the import gets the right to read this object of it, and to decrypt
                with the bucket's key where the app knows it.
            key: of the object.
            version: of the object. Default: the latest. CloudFormation then does not see that the
                object has changed, and imports it again only when ``run_token`` or another
                property of the import changes.
            export: as for ``from_file``.
            columns: likewise.
            defaults: likewise.
            constants: likewise.
            strict: likewise.

        Raises:
            ValueError: the key is empty, or the username would be the same for all users.
        """
        reading = _reading(export, columns, defaults, constants, strict=strict)
        return _BucketSource(bucket, key, version, reading)

    @staticmethod
    def from_records(records: Sequence[UserRecord]) -> UserSource:
        """Take the users from records in the app.

        Like ``from_file``, this is checked at synth and makes an asset.

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
    def __init__(self, path: Path, reading: Reading) -> None:
        if not path.is_file():
            raise ValueError(
                f"There is no file {path} to import users from. The path is relative to the "
                f"working directory, which is {Path.cwd()}."
            )
        self._path = path.resolve()
        self._reading = reading

    def bind(self, scope: Construct) -> BoundSource:
        return _bind_asset(scope, self._path, self._path.name, self._reading)


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
        return _bind_asset(scope, path, "from_records", Reading(unit="record"))


class _BucketSource(UserSource):
    def __init__(self, bucket: s3.IBucket, key: str, version: str | None, reading: Reading) -> None:
        if not key:
            raise ValueError("The key of the object to import users from is empty.")
        self._bucket, self._key, self._version = bucket, key, version
        self._reading = reading

    def bind(self, scope: Construct) -> BoundSource:
        del scope  # there is nothing to make
        properties = {
            "SourceBucket": self._bucket.bucket_name,
            "SourceKey": self._key,
            "SourceName": "the object" if Token.is_unresolved(self._key) else self._key,
            **_property(self._reading),
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


def _bind_asset(scope: Construct, path: Path, name: str, reading: Reading) -> BoundSource:
    asset = Asset(scope, "Users", path=str(path))
    return BoundSource(
        {
            "SourceBucket": asset.s3_bucket_name,
            "SourceKey": asset.s3_object_key,
            "SourceHash": asset.asset_hash,
            "SourceName": name,
            **_property(reading),
        },
        [
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                resources=[asset.bucket.arn_for_objects(asset.s3_object_key)],
            )
        ],
        LocalUsers(path, name, asset.asset_hash, reading),
    )


def _reading(
    export: ExportFormat | None,
    columns: Mapping[str, str | None] | None,
    defaults: Mapping[str, Value] | None,
    constants: Mapping[str, Value] | None,
    *,
    strict: bool,
) -> Reading:
    return Reading(
        columns=dict(columns or {}),
        defaults={name: _text(value) for name, value in (defaults or {}).items()},
        constants={name: _text(value) for name, value in (constants or {}).items()},
        export=str(export) if export is not None else "",
        strict=strict,
    )


def _property(reading: Reading) -> dict[str, str]:
    """Return how the worker learns how the file is to be read; nothing for a plain CSV."""
    value = reading.to_json()
    return {"Reading": json.dumps(value, sort_keys=True)} if value else {}


def _text(value: Value | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime.date():
            return f"{value:%m/%d}/{value.year:04}"
        case _:
            return str(value)
