"""The source of an import's users."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from ._lambda.user_import.users_csv import Unit
from .argument_types import check_arguments
from .messages import sources as messages
from .read_options import read_options
from .records import records_to_csv
from .source_asset import bind_asset, bind_lines
from .source_objects import bind_object, bind_prefix, check_key, check_prefix
from .synthetic_source import settings_of, users_for
from .validation import readable_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from ._lambda.user_import.users_csv import ExportFormat, ReadOptions, UserKind
    from .password_hashes import PasswordHashes
    from .records import Targets, UserRecord, Value
    from .source_config import SourceConfig
    from .synthetic.users import Settings
    from .synthetic_attributes import AttributeValue


class UserSource(ABC):
    """The users of an import: a file, an S3 object, records in the app, or synthetic users.

    A file need not be in Cognito's own CSV dialect. The import also reads quoted values, a byte
    order mark, any line ends, UTF-16, `;` or tab as separator, column names in other case, ISO
    dates, yes and no, and phone numbers with spaces, dashes or brackets. It normalizes and counts
    them, and reports the counts. It never guesses.
    """

    def __new__(cls, *_: object, **__: object) -> Self:
        """Refuse `UserSource(…)`: a source is made by one of the functions below."""
        if cls is UserSource:
            raise TypeError(messages.source_without_kind())
        return super().__new__(cls)

    @staticmethod
    def from_file(
        path: str | Path,
        *,
        export: ExportFormat | None = None,
        columns: Mapping[str, Targets] | None = None,
        defaults: Mapping[str, Value] | None = None,
        constants: Mapping[str, Value] | None = None,
        leave_out: Iterable[UserKind] | None = None,
        strict: bool = False,
        only_columns: bool = False,
        encoding: str | None = None,
        password_hashes: PasswordHashes | None = None,
    ) -> UserSource:
        """Import the users of a file.

        Synth validates the file and makes it an asset: it is uploaded to the CDK bootstrap bucket
        and stays there until `cdk gc` cleans up that bucket. Use `from_bucket` for users that
        must not stay there.

        Args:
            path: Path of the file, relative to the working directory. It may be compressed by gzip.
            export: Identity provider that exported the file. Default: a CSV with the user pool's
                columns.
            columns: The user pool's column for each column of the file that has another name, such
                as `{"E-mail": "email"}`; a tuple names several, None leaves the column out.
                Default: the names in the file, or the columns of `export`.
            defaults: Values for users without one, by the user pool's column. Default: none.
            constants: Values for all users, whatever the file has, by the user pool's column, such
                as `{"email_verified": True}`. Default: none.
            leave_out: Kinds of users of an export who are left out and counted, such as
                `[UserKind.DISABLED]`. Default: none; a file with disabled users, or Cognito's of an
                external provider, is refused.
            strict: Whether a value that would be normalized is an error. Default: False.
            only_columns: Whether only the columns that `columns` maps and those named as the user
                pool's are taken. The others are left out, counted and named. Default: False, and
                an unknown column is an error.
            encoding: Encoding of the file by its Python name, such as `windows-1252`. Default:
                UTF-8, and UTF-16 where the file begins with a byte order mark.
            password_hashes: Which password hashes are imported, of the column `password_hash` or of
                an export that has hashes; see docs/password-hashes.md. Hashes are secrets, and
                `from_bucket` keeps them out of the CDK bootstrap bucket. Default: none; the column
                has to be blank, and an export's hashes are left out.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: The file does not exist or cannot be read, a value is only known at
                deployment, the encoding is unknown, or the username would be the same for all
                users.
        """
        check_arguments(UserSource.from_file, locals())
        reading = read_options(
            export,
            columns,
            defaults,
            constants,
            leave_out=leave_out,
            strict=strict,
            only_columns=only_columns,
            encoding=encoding,
            password_hashes=password_hashes,
        )
        return _FileSource(readable_file(path), reading)

    @staticmethod
    def from_bucket(
        bucket: s3.IBucket,
        key: str | None = None,
        *,
        prefix: str | None = None,
        version: str | None = None,
        export: ExportFormat | None = None,
        columns: Mapping[str, Targets] | None = None,
        defaults: Mapping[str, Value] | None = None,
        constants: Mapping[str, Value] | None = None,
        leave_out: Iterable[UserKind] | None = None,
        strict: bool = False,
        only_columns: bool = False,
        encoding: str | None = None,
        password_hashes: PasswordHashes | None = None,
    ) -> UserSource:
        """Import the users of S3 objects that exist when the stack is deployed.

        Give the key of one object, or the prefix of the keys of several, each of which has the same
        header. An object may be compressed by gzip.

        Args:
            bucket: Any bucket. The import's role may read this one object, or list and read the
                objects of the prefix, and decrypt them with the bucket's key if the app knows the
                key.
            key: Key of the object, at most 1,024 bytes of UTF-8. Default: the objects of `prefix`.
            prefix: Prefix of the keys of 1 to 10,000 objects, such as `exports/2026-11-26/`: all
                objects whose keys begin with it, in the order of their keys. As for a key without a
                version, CloudFormation does not notice objects that were changed, added or deleted:
                it imports them again only when `run_token` or another property of the import
                changes. Default: the object of `key`.
            version: Version id of the object of `key`. Default: the latest version. CloudFormation
                then does not notice a changed object: it imports the object again only when
                `run_token` or another property of the import changes.
            export: As for `from_file`.
            columns: As for `from_file`.
            defaults: As for `from_file`.
            constants: As for `from_file`.
            leave_out: As for `from_file`.
            strict: As for `from_file`.
            only_columns: As for `from_file`.
            encoding: As for `from_file`.
            password_hashes: As for `from_file`.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: The key, the prefix or the version is not valid, both or none of key and
                prefix are given, a value is only known at deployment, the encoding is unknown, or
                the username would be the same for all users.
        """
        check_arguments(UserSource.from_bucket, locals())
        reading = read_options(
            export,
            columns,
            defaults,
            constants,
            leave_out=leave_out,
            strict=strict,
            only_columns=only_columns,
            encoding=encoding,
            password_hashes=password_hashes,
        )
        if version == "":
            raise ValueError(messages.version_empty())
        if prefix is not None:
            if key is not None:
                raise ValueError(messages.key_and_prefix())
            if version is not None:
                raise ValueError(messages.version_of_prefix())
            return _PrefixSource(bucket, prefix, reading)
        if key is None:
            raise ValueError(messages.no_key())
        return _ObjectSource(bucket, key, version, reading)

    @staticmethod
    def from_records(
        records: Sequence[UserRecord],
        *,
        columns: Mapping[str, Targets] | None = None,
        defaults: Mapping[str, Value] | None = None,
        constants: Mapping[str, Value] | None = None,
        password_hashes: PasswordHashes | None = None,
    ) -> UserSource:
        """Import users that are records in the app.

        Synth validates the records and makes them an asset, as for `from_file`.

        Args:
            records: For each user, a mapping of attribute names to values. Each needs
                `cognito:username`, or the attribute with which users of the pool sign in. Booleans
                are written as `true` and `false`, dates as `mm/dd/yyyy`, None as a blank.
            columns: As for `from_file`, for the names in the records. Default: the names in the
                records.
            defaults: As for `from_file`.
            constants: As for `from_file`.
            password_hashes: As for `from_file`.

        Raises:
            TypeError: A record is not a mapping, or a name, value or argument has the wrong type.
            ValueError: There are no records, a value is only known at deployment or cannot be
                expressed in Cognito's CSV dialect, or the username would be the same for all users.
        """
        check_arguments(UserSource.from_records, locals())
        reading = read_options(
            None,
            columns,
            defaults,
            constants,
            unit=Unit.RECORD,
            password_hashes=password_hashes,
        )
        return _RecordsSource(records_to_csv(records), reading)

    @staticmethod
    def synthetic(
        count: int,
        *,
        seed: str | int,
        domain: str = "example.com",
        username: str | None = None,
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> UserSource:
        """Import made-up users for tests, the same every time.

        User *i* depends on the seed and *i* alone: 1,000 users are the first 1,000 of 1,200.
        `UserImport.user` returns the username of user *i*. Each user has a verified e-mail address,
        a verified phone number of a range that is reserved for fiction, a name in one of several
        alphabets, birthdate, locale and time zone, and the standard attributes that the user pool
        requires. Synth validates the users and makes them an asset, as for `from_file`. See
        docs/synthetic-users.md.

        Args:
            count: Number of users, 1 to 500,000.
            seed: Text or a whole number. Another seed gives other users.
            domain: Domain of the e-mail addresses, which Amazon Cognito may send messages to. One
                that is not reserved for tests is warned about. Default: `example.com`.
            username: Attribute that is the username, `email` or `phone_number`. Default: what the
                user pool of the app needs (the e-mail address rather than the phone number); a name
                of its own for a user pool that the app does not define.
            attributes: Values of other attributes by the user pool's column, such as
                `{"custom:plan": Choices({"gold": 1, "free": 9})}`: a value for all users, `Choices`
                or `NumberRange`. It may replace a standard attribute, such as
                `{"locale": "de-DE"}`. Default: none.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: An argument is not allowed or only known at deployment, or a value cannot be
                expressed in Cognito's CSV dialect.
        """
        check_arguments(UserSource.synthetic, locals())
        settings = settings_of(count, seed, domain, username, attributes)
        return _SyntheticSource(settings)

    @abstractmethod
    def bind(self, scope: Construct, user_pool: cognito.IUserPool) -> SourceConfig:
        """Bind the source to an import. `UserImport` calls this once.

        Args:
            scope: The import, in which the source makes the constructs it needs.
            user_pool: The user pool of the import.
        """


class _FileSource(UserSource):
    def __init__(self, path: Path, reading: ReadOptions) -> None:
        self._path = path.resolve()
        self._reading = reading

    def bind(self, scope: Construct, user_pool: cognito.IUserPool) -> SourceConfig:  # noqa: ARG002
        return bind_asset(scope, self._path, self._path.name, self._reading)


class _RecordsSource(UserSource):
    def __init__(self, csv: str, reading: ReadOptions) -> None:
        self._csv = csv
        self._reading = reading

    def bind(self, scope: Construct, user_pool: cognito.IUserPool) -> SourceConfig:  # noqa: ARG002
        return bind_lines(scope, [self._csv], "from_records", self._reading)


class _SyntheticSource(UserSource):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def bind(self, scope: Construct, user_pool: cognito.IUserPool) -> SourceConfig:
        users = users_for(self._settings, scope, user_pool)
        reading = read_options(None, None, None, None, unit=Unit.RECORD)
        return replace(bind_lines(scope, users.lines(), "synthetic", reading), synthetic=users)


class _ObjectSource(UserSource):
    def __init__(
        self, bucket: s3.IBucket, key: str, version: str | None, reading: ReadOptions
    ) -> None:
        check_key(key)
        self._bucket, self._key, self._version = bucket, key, version
        self._reading = reading

    def bind(self, scope: Construct, user_pool: cognito.IUserPool) -> SourceConfig:  # noqa: ARG002
        return bind_object(scope, self._bucket, self._key, self._version, self._reading)


class _PrefixSource(UserSource):
    def __init__(self, bucket: s3.IBucket, prefix: str, reading: ReadOptions) -> None:
        check_prefix(prefix)
        self._bucket, self._prefix, self._reading = bucket, prefix, reading

    def bind(self, scope: Construct, user_pool: cognito.IUserPool) -> SourceConfig:  # noqa: ARG002
        return bind_prefix(scope, self._bucket, self._prefix, self._reading)
