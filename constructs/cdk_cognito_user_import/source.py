"""Where the users come from."""

from __future__ import annotations

import atexit
import datetime
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aws_cdk import FileSystem, Token
from aws_cdk import aws_iam as iam
from aws_cdk.aws_s3_assets import Asset

from ._lambda.user_import.contract import KEY_BYTES, Property, write_reading
from ._lambda.user_import.users_csv import ExportFormat, ReadOptions, Unit, join_row
from .validation import kind_of, readable_file

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

T = TypeVar("T")

Value = str | bool | int | datetime.date
"""A value of an attribute: booleans, dates and numbers are written as Cognito takes them."""

UserRecord = Mapping[str, Value | None]
"""One user: attribute names (``cognito:username`` among them) and values."""

_NO_STAGING = "aws:cdk:disable-asset-staging"
"""The context with which the CDK leaves assets where they are."""

_NAME = re.compile(r"[^,;\"\\\t\r\n]+")
"""What the name of an attribute looks like: no character that a CSV gives a meaning."""


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
    reading: ReadOptions


@dataclass(frozen=True, slots=True)
class BoundSource:
    """A source in a construct tree: an S3 object, and the right to read it.

    Attributes:
        properties: of the custom resource: where the object is, what its content is known by, and
            how it is to be read.
        statements: what the workflow's worker must be allowed in order to read it.
        local: the file, where synth can see it.
    """

    properties: Mapping[Property, str | None]
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
            TypeError: an argument is of another type than it must be.
            ValueError: there is no such file, or it cannot be read; a value is only known when the
                stack is deployed; or the username would be the same for all users.
        """
        reading = _reading(export, columns, defaults, constants, strict=strict)
        return _FileSource(readable_file(path), reading)

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
            TypeError: an argument is of another type than it must be.
            ValueError: the key or the version is not one, a value is only known when the stack is
                deployed, or the username would be the same for all users.
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
            TypeError: a record is no mapping, or a name or value is of another type.
            ValueError: there are no records, a value is only known when the stack is deployed, or
                cannot be written in Cognito's dialect.
        """
        return _RecordsSource(records)

    @abstractmethod
    def bind(self, scope: Construct) -> BoundSource:
        """Make what the source needs in the scope of an import. ``UserImport`` calls it, once."""


class _FileSource(UserSource):
    def __init__(self, path: Path, reading: ReadOptions) -> None:
        self._path = path.resolve()
        self._reading = reading

    def bind(self, scope: Construct) -> BoundSource:
        return _bind_asset(scope, self._path, self._path.name, self._reading)


class _RecordsSource(UserSource):
    def __init__(self, records: Sequence[UserRecord]) -> None:
        if isinstance(records, (str, bytes, Mapping)) or not isinstance(records, Iterable):
            raise TypeError(f"The records are {kind_of(records)}; give a list of mappings.")
        records = list(records)
        if not records:
            raise ValueError("There are no records to import users from; give at least one.")
        for number, record in enumerate(records, start=1):
            _check_record(record, f"Record {number}")
        columns = list(dict.fromkeys(name for record in records for name in record))
        if not columns:
            raise ValueError("The records are empty; every user needs cognito:username at least.")
        rows = [",".join(columns)]
        for number, record in enumerate(records, start=1):
            try:
                rows.append(join_row(_text(record.get(name), name) for name in columns))
            except (TypeError, ValueError) as error:
                raise type(error)(f"Record {number}: {error}.") from None
        self._csv = "\n".join(rows) + "\n"

    def bind(self, scope: Construct) -> BoundSource:
        path = Path(FileSystem.mkdtemp("user-import-")) / "users.csv"
        path.write_text(self._csv, encoding="utf-8", newline="\n")
        if not scope.node.try_get_context(_NO_STAGING):
            # The cloud assembly has a copy; whoever disables that reads this file later.
            atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
        return _bind_asset(scope, path, "from_records", ReadOptions(unit=Unit.RECORD))


class _BucketSource(UserSource):
    def __init__(
        self, bucket: s3.IBucket, key: str, version: str | None, reading: ReadOptions
    ) -> None:
        if not hasattr(bucket, "bucket_name"):
            raise TypeError(
                f"The bucket is {kind_of(bucket)}; give a bucket, such as "
                "Bucket.from_bucket_name(…) for one that exists already."
            )
        _check_key(key)
        if version is not None and (not isinstance(version, str) or not version):
            raise ValueError(
                "The version of the object to import users from must be text that is not empty; "
                "leave it out for the latest."
            )
        self._bucket, self._key, self._version = bucket, key, version
        self._reading = reading

    def bind(self, scope: Construct) -> BoundSource:
        del scope  # there is nothing to make
        properties = {
            Property.SOURCE_BUCKET: self._bucket.bucket_name,
            Property.SOURCE_KEY: self._key,
            Property.SOURCE_NAME: "the object" if Token.is_unresolved(self._key) else self._key,
            Property.READING: write_reading(self._reading.to_json()),
            Property.SOURCE_VERSION: self._version,
        }
        action = "s3:GetObject" if self._version is None else "s3:GetObjectVersion"
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


def _bind_asset(scope: Construct, path: Path, name: str, reading: ReadOptions) -> BoundSource:
    asset = Asset(scope, "Users", path=str(path))
    statements = [
        iam.PolicyStatement(
            actions=["s3:GetObject"], resources=[asset.bucket.arn_for_objects(asset.s3_object_key)]
        )
    ]
    if asset.bucket.encryption_key is not None:  # a synthesizer that names it
        statements.append(
            iam.PolicyStatement(
                actions=["kms:Decrypt"], resources=[asset.bucket.encryption_key.key_arn]
            )
        )
    return BoundSource(
        {
            Property.SOURCE_BUCKET: asset.s3_bucket_name,
            Property.SOURCE_KEY: asset.s3_object_key,
            Property.SOURCE_HASH: asset.asset_hash,
            Property.SOURCE_NAME: name,
            Property.READING: write_reading(reading.to_json()),
        },
        statements,
        LocalUsers(path, name, asset.asset_hash, reading),
    )


def _reading(
    export: ExportFormat | None,
    columns: Mapping[str, str | None] | None,
    defaults: Mapping[str, Value] | None,
    constants: Mapping[str, Value] | None,
    *,
    strict: bool,
) -> ReadOptions:
    if not isinstance(strict, bool):
        raise TypeError(f"strict is {kind_of(strict)}; give True or False.")
    if export is not None and export not in list(ExportFormat):
        known = ", ".join(f"ExportFormat.{each.name}" for each in ExportFormat)
        raise ValueError(f"export is no format of an export that is known; give one of {known}.")
    for name, column in _mapping(columns, "columns").items():
        if not (column is None or isinstance(column, str)):
            raise TypeError(
                f"columns[{name!r}] is {kind_of(column)}; give the user pool's column, or None to "
                "leave the column out."
            )
    if both := sorted({*_mapping(defaults, "defaults")} & {*_mapping(constants, "constants")}):
        raise ValueError(
            f"{', '.join(both)}: in defaults and in constants; a constant is for all users, so "
            "that the default would never count. Take one out."
        )
    return ReadOptions(
        columns=dict(columns or {}),
        defaults=_values(defaults, "defaults"),
        constants=_values(constants, "constants"),
        export=None if export is None else ExportFormat(export),
        strict=strict,
    )


def _mapping(given: Mapping[str, T] | None, argument: str) -> Mapping[str, T]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(f"{argument} is {kind_of(given)}; give a mapping of names to values.")
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"{argument} has {kind_of(name)} for a column's name; give text.")
    return given


def _values(given: Mapping[str, Value] | None, argument: str) -> dict[str, str]:
    try:
        return {name: _text(value, name) for name, value in (given or {}).items()}
    except (TypeError, ValueError) as error:
        raise type(error)(f"{argument}: {error}.") from None


def _check_record(record: object, which: str) -> None:
    if not isinstance(record, Mapping):
        raise TypeError(
            f"{which} is {kind_of(record)}; give a mapping of attribute names to values."
        )
    for name in record:
        if not isinstance(name, str):
            raise TypeError(f"{which} has {kind_of(name)} for an attribute's name; give text.")
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{which} has an attribute whose name is empty, or has a comma, a semicolon, a "
                "quote, a backslash, a tab or a line break in it; give the user pool's columns."
            )


def _check_key(key: object) -> None:
    what = "The key of the object to import users from"
    if not isinstance(key, str):
        raise TypeError(f"{what} is {kind_of(key)}; give text.")
    if not key:
        raise ValueError(f"{what} is empty.")
    if len(key.encode(errors="replace")) > KEY_BYTES:
        raise ValueError(f"{what} is longer than the {KEY_BYTES:,} bytes that S3 allows.")
    if any(each in key for each in "*?") and not Token.is_unresolved(key):
        raise ValueError(
            f"{what} has * or ? in it. An import reads one object, and in a policy these would "
            "stand for many; name that object."
        )


def _text(value: object, name: str) -> str:
    """Return a value as a CSV has it.

    Raises:
        TypeError: there is no way to write it. The text does not name the value.
        ValueError: it is not known yet, or is no text.
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime.date():
            return f"{value:%m/%d}/{value.year:04}"
        case str():
            return _known_text(value, name)
        case _:
            raise TypeError(
                f"{name} is {kind_of(value)}; give text, a whole number, True, False, a date or "
                "None"
            )


def _known_text(value: str, name: str) -> str:
    if Token.is_unresolved(value):
        raise ValueError(
            f"{name} is only known when the stack is deployed, and is needed now, to be checked "
            "and written"
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} has half of a character, which UTF-8 cannot write") from None
    return value
