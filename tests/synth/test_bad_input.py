"""Bad input that synth can see: refused with these words, by the arguments or by the check."""

from __future__ import annotations

import datetime
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from aws_cdk import App, CfnParameter, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from helpers.arguments import wrong_type
from helpers.bad_input import DEPLOYED
from helpers.imports import by_id, import_into, pool_of, user, users
from helpers.synthesis import errors_of, synthesise

from cdk_cognito_user_import import (
    ExportFormat,
    LogsRole,
    StagingBucket,
    Tolerance,
    UserKind,
    UserSource,
)
from cdk_cognito_user_import._lambda.user_import.users_csv import header_messages, join_row
from cdk_cognito_user_import._lambda.user_import.users_csv import messages as csv_messages
from cdk_cognito_user_import._lambda.user_import.users_csv.dialect import DialectError
from cdk_cognito_user_import.messages import arguments, sources, validations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CANARY = "Kanarie"
"""Is in values of users, and may be in no message."""

HOME = Environment(account="123456789012", region="eu-central-1")


@dataclass(frozen=True)
class Refused:
    """Arguments that are refused.

    Attributes:
        build: what the app does, in a stack of its own and a folder that has ``users.csv``.
        error: its type.
        text: the whole of what it says; ``{folder}`` stands for the folder.
    """

    name: str
    build: Callable[[Stack, Path], object]
    error: type[Exception]
    text: str


def imported(**properties: Any) -> Callable[[Stack, Path], object]:
    return lambda stack, _: import_into(stack, **properties)


def into_pool(given: str) -> Callable[[Stack, Path], object]:
    return lambda stack, _: import_into(stack, user_pool=by_id(given)(stack))


def from_file(**arguments: Any) -> Callable[[Stack, Path], object]:
    return lambda _, folder: UserSource.from_file(folder / "users.csv", **arguments)


def from_records_argument(records: Any) -> Callable[[Stack, Path], object]:
    return lambda *_: UserSource.from_records(records)


def from_records(*records: Any) -> Callable[[Stack, Path], object]:
    return from_records_argument(records)


def from_bucket(key: Any = "users.csv", **arguments: Any) -> Callable[[Stack, Path], object]:
    return lambda stack, _: UserSource.from_bucket(s3.Bucket(stack, "B"), key, **arguments)


def at(path: Callable[[Path], Any]) -> Callable[[Stack, Path], object]:
    return lambda _, folder: UserSource.from_file(path(folder))


def at_path(path: Any) -> Callable[[Stack, Path], object]:
    return at(lambda _: path)


def known_at_deployment(stack: Stack) -> str:
    return CfnParameter(stack, "Parameter").value_as_string


def linked(folder: Path, target: str) -> Path:
    link = folder / "link.csv"
    link.symlink_to(folder / target)
    return link


def piped(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


def in_locked_folder(folder: Path) -> Path:
    locked = folder / "locked"
    locked.mkdir()
    (locked / "users.csv").write_text(CANARY)
    locked.chmod(0)
    return locked / "users.csv"


def locked_file(folder: Path) -> Path:
    (folder / "users.csv").chmod(0)
    return folder / "users.csv"


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be nobody for a while: to root no file is locked."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def as_unprivileged_user(locked: Callable[[Path], Path]) -> Callable[[Stack, Path], object]:
    def build(_: Stack, folder: Path) -> None:
        path = locked(folder)
        above = {each: each.stat().st_mode for each in [folder, *folder.parents[:3]]}
        try:
            for each, mode in above.items():
                each.chmod(mode | 0o755)
            with without_privileges():
                UserSource.from_file(path)
        finally:
            for each, mode in above.items():
                each.chmod(mode)

    return build


def in_region(pool: Callable[[Stack], cognito.IUserPool]) -> Callable[[Stack, Path], object]:
    def build(*_: object) -> None:
        stack = Stack(App(), "Home", env=HOME)
        import_into(stack, user_pool=pool(stack))

    return build


def with_logs_role(role: Callable[[Stack], iam.IRole]) -> Callable[[Stack, Path], object]:
    def build(*_: object) -> None:
        stack = Stack(App(), "Home", env=HOME)
        import_into(stack, logs_role=role(stack))

    return build


def twice(first: Mapping[str, Any], second: Mapping[str, Any]) -> Callable[[Stack, Path], object]:
    def build(*_: object) -> None:
        stack = Stack(App(), "Customers")
        for id_, properties in (("One", first), ("Two", second)):
            import_into(stack, id_, user_pool=pool_of(stack, f"{id_}Pool"), **properties)

    return build


class DataFrame:
    """A table, whose iterator has the names of its columns."""

    def to_dict(self, orient: str) -> list[dict[str, Any]]:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        return iter(user("ada"))


class NotATime(datetime.datetime):
    """The blank of pandas in a column of dates: a date that differs from itself."""

    def __ne__(self, other: object) -> bool:
        return True


def used_up(records: list[dict[str, Any]]) -> Any:
    generator = (each for each in records)
    assert list(generator) == records
    return generator


OTHER = "arn:aws:cognito-idp:us-east-1:{}:userpool/us-east-1_AbCdEfGhI"
OTHER_REGION = arguments.other_place("user pool", "Region", "us-east-1", "Home", "eu-central-1")
TIMEOUTS = ("1 minute", "1 day")
SAME_FOR_ALL = "cognito:username cannot be the same for all users; it must come from a column."


def not_in_dialect(value: str) -> str:
    """Return why Cognito's dialect cannot express a value."""
    with pytest.raises(DialectError) as caught:
        join_row([value])
    return str(caught.value)


IMPORTS = [
    Refused(
        "no pool", imported(user_pool=None), TypeError, wrong_type("UserImport", "user_pool", None)
    ),
    Refused(
        "pool by its id alone",
        imported(user_pool="eu-central-1_AbCdEfGhI"),
        TypeError,
        wrong_type("UserImport", "user_pool", ""),
    ),
    Refused(
        "source by its path alone",
        imported(source="users.csv"),
        TypeError,
        wrong_type("UserImport", "source", ""),
    ),
    Refused(
        "no source",
        imported(source=None),
        TypeError,
        wrong_type("UserImport", "source", None),
    ),
    Refused(
        "text for start", imported(start="false"), TypeError, wrong_type("UserImport", "start", "")
    ),
    Refused("no start", imported(start=None), TypeError, wrong_type("UserImport", "start", None)),
    Refused(
        "start known later",
        lambda stack, _: import_into(stack, start=known_at_deployment(stack)),
        TypeError,
        wrong_type("UserImport", "start", ""),
    ),
    Refused(
        "a number for the timeout",
        imported(timeout=30),
        TypeError,
        wrong_type("UserImport", "timeout", 30),
    ),
    Refused(
        "timeout too short",
        imported(timeout=Duration.seconds(59)),
        ValueError,
        arguments.timeout_range("59 seconds", *TIMEOUTS),
    ),
    Refused(
        "timeout too long",
        imported(timeout=Duration.seconds(86_401)),
        ValueError,
        arguments.timeout_range("1 day 1 second", *TIMEOUTS),
    ),
    Refused(
        "timeout too long in the background",
        imported(timeout=Duration.seconds(14 * 86_400 + 1), wait=False),
        ValueError,
        arguments.timeout_range("14 days 1 second", "1 minute", "14 days"),
    ),
    Refused(
        "timeout too long without a start",
        imported(timeout=Duration.minutes(59), start=False),
        ValueError,
        arguments.timeout_range("59 minutes", "1 minute", "58 minutes"),
    ),
    Refused(
        "background without a start",
        imported(wait=False, start=False),
        ValueError,
        arguments.background_not_started(),
    ),
    Refused(
        "no timeout at all",
        imported(timeout=Duration.seconds(0)),
        ValueError,
        arguments.timeout_range("0 seconds", *TIMEOUTS),
    ),
    Refused(
        "timeout with half a second",
        imported(timeout=Duration.millis(90_500)),
        ValueError,
        arguments.timeout_fraction(90.5),
    ),
    Refused(
        "timeout known later",
        lambda stack, _: import_into(
            stack,
            timeout=Duration.seconds(CfnParameter(stack, "P", type="Number").value_as_number),
        ),
        ValueError,
        arguments.timeout_unknown(),
    ),
    Refused(
        "a number for the job name",
        imported(job_name=5),
        TypeError,
        wrong_type("UserImport", "job_name", 5),
    ),
    Refused("no job name", imported(job_name=""), ValueError, arguments.job_name_invalid("", 100)),
    Refused(
        "job name with a semicolon",
        imported(job_name="semi;colon"),
        ValueError,
        arguments.job_name_invalid("semi;colon", 100),
    ),
    *(
        Refused(
            f"job name with {kind}",
            imported(job_name=name),
            ValueError,
            arguments.job_name_invalid(name, 100),
        )
        for kind, name in [("an umlaut", "umlaut-ü"), ("a line break", "line\nbreak")]
    ),
    Refused(
        "job name too long",
        imported(job_name="x" * 101),
        ValueError,
        arguments.job_name_invalid("x" * 101, 100),
    ),
    Refused(
        "logs role by its ARN alone",
        imported(logs_role="arn:aws:iam::123456789012:role/logs"),
        TypeError,
        wrong_type("UserImport", "logs_role", ""),
    ),
    Refused(
        "a plain bucket for the staging",
        lambda stack, _: import_into(stack, staging=s3.Bucket(stack, "B")),
        TypeError,
        wrong_type("UserImport", "staging", s3.Bucket(Stack(), "B")),
    ),
    Refused(
        "a number for the tolerance",
        imported(tolerance=5),
        TypeError,
        wrong_type("UserImport", "tolerance", 5),
    ),
    Refused(
        "no tolerance",
        imported(tolerance=None),
        TypeError,
        wrong_type("UserImport", "tolerance", None),
    ),
    Refused(
        "a number for the run token",
        imported(run_token=2),
        TypeError,
        wrong_type("UserImport", "run_token", 2),
    ),
    Refused(
        "text for the removal policy",
        imported(removal_policy="destroy"),
        TypeError,
        wrong_type("UserImport", "removal_policy", ""),
    ),
    Refused(
        "snapshots",
        imported(removal_policy=RemovalPolicy.SNAPSHOT),
        ValueError,
        arguments.snapshot_policy(),
    ),
    Refused(
        "snapshots of the staging bucket",
        lambda stack, _: StagingBucket(stack, "S", removal_policy=RemovalPolicy.SNAPSHOT),
        ValueError,
        arguments.snapshot_policy(),
    ),
    Refused(
        "removal policies that differ",
        twice({}, {"removal_policy": RemovalPolicy.RETAIN}),
        ValueError,
        arguments.removal_policies_differ("Customers", "DESTROY", "RETAIN"),
    ),
    Refused(
        "pool of another Region by its ARN",
        in_region(
            lambda stack: cognito.UserPool.from_user_pool_arn(
                stack, "Pool", OTHER.format("123456789012")
            )
        ),
        ValueError,
        OTHER_REGION,
    ),
    Refused(
        "pool of another Region by its id",
        in_region(
            lambda stack: cognito.UserPool.from_user_pool_id(stack, "Pool", "us-east-1_AbCdEfGhI")
        ),
        ValueError,
        OTHER_REGION,
    ),
    Refused(
        "pool of another account",
        in_region(
            lambda stack: cognito.UserPool.from_user_pool_arn(
                stack,
                "Pool",
                OTHER.format("999999999999").replace("us-east-1", "eu-central-1"),
            )
        ),
        ValueError,
        arguments.other_place("user pool", "account", "999999999999", "Home", "123456789012"),
    ),
    Refused(
        "imported logs role of another account",
        with_logs_role(
            lambda stack: iam.Role.from_role_arn(
                stack, "Logs", "arn:aws:iam::999999999999:role/logs"
            )
        ),
        ValueError,
        arguments.logs_role_elsewhere("999999999999", "Home", "123456789012"),
    ),
    Refused(
        "logs role of a stack of another account",
        with_logs_role(
            lambda stack: LogsRole(
                Stack(App.of(stack), "Roles", env=Environment(account="999999999999")), "Logs"
            )
        ),
        ValueError,
        arguments.logs_role_elsewhere("999999999999", "Home", "123456789012"),
    ),
    Refused(
        "negative tolerance",
        lambda *_: Tolerance(failed=-1),
        ValueError,
        arguments.tolerance_range("failed", -1, 999_999_999),
    ),
    Refused(
        "tolerance too large",
        lambda *_: Tolerance(skipped=10**9),
        ValueError,
        arguments.tolerance_range("skipped", 10**9, 999_999_999),
    ),
    *(
        Refused(
            f"{kind} for a tolerance",
            lambda *_, number=number: Tolerance(failed=number),
            TypeError,
            wrong_type("Tolerance", "failed", number),
        )
        for kind, number in [("a str", "3"), ("a float", 0.5), ("a bool", True)]
    ),
]

FILES = [
    Refused(
        "file missing",
        lambda *_: UserSource.from_file("missing.csv"),
        ValueError,
        sources.file_missing("missing.csv", "{cwd}"),
    ),
    *(
        Refused(
            f"path is address {number}",
            at_path(path),
            ValueError,
            sources.path_is_address(str(path)),
        )
        for number, path in enumerate(
            (
                "s3://customers/users.csv",
                Path("S3://customers/users.csv"),
                "https://customers.s3.eu-central-1.amazonaws.com/users.csv",
                "arn:aws:s3:::customers/users.csv",
            )
        )
    ),
    *(
        Refused(
            f"home folder {number}",
            at_path(path),
            ValueError,
            sources.path_with_tilde(str(path)),
        )
        for number, path in enumerate(("~/users.csv", Path("~ada/users.csv")))
    ),
    Refused("no path", at(lambda _: ""), ValueError, sources.path_empty()),
    Refused(
        "blank path",
        at(lambda _: "  "),
        ValueError,
        sources.path_empty(),
    ),
    Refused(
        "None for a path",
        at(lambda _: None),
        TypeError,
        wrong_type("UserSource.from_file", "path", None),
    ),
    Refused(
        "bytes for a path",
        at(lambda _: b"users.csv"),
        TypeError,
        wrong_type("UserSource.from_file", "path", b""),
    ),
    Refused(
        "path known later",
        lambda stack, _: UserSource.from_file(known_at_deployment(stack)),
        ValueError,
        sources.path_unknown(),
    ),
    Refused(
        "a folder",
        at(lambda folder: folder),
        ValueError,
        sources.path_is_folder("{folder}"),
    ),
    Refused(
        "a link in circles",
        at(lambda folder: linked(folder, "link.csv")),
        ValueError,
        sources.not_a_file("{folder}/link.csv"),
    ),
    Refused(
        "a link to nothing",
        at(lambda folder: linked(folder, "gone.csv")),
        ValueError,
        sources.not_a_file("{folder}/link.csv"),
    ),
    Refused(
        "a device",
        at(lambda _: "/dev/null"),
        ValueError,
        sources.not_a_file("/dev/null"),
    ),
    Refused(
        "a pipe",
        at(piped),
        ValueError,
        sources.not_a_file("{folder}/pipe.csv"),
    ),
    Refused(
        "a path too long",
        at(lambda _: "x" * 5000),
        ValueError,
        sources.file_unreadable("x" * 5000, "File name too long"),
    ),
    Refused(
        "file without permission",
        as_unprivileged_user(locked_file),
        ValueError,
        sources.file_unreadable("{folder}/users.csv", "Permission denied"),
    ),
    Refused(
        "folder without permission",
        as_unprivileged_user(in_locked_folder),
        ValueError,
        sources.file_unreadable("{folder}/locked/users.csv", "Permission denied"),
    ),
    Refused(
        "text for strict",
        from_file(strict="no"),
        TypeError,
        wrong_type("UserSource.from_file", "strict", ""),
    ),
    Refused(
        "a number for encoding",
        from_file(encoding=8),
        TypeError,
        wrong_type("UserSource.from_file", "encoding", 8),
    ),
    Refused(
        "no targets of a column",
        from_file(columns={"E-mail": ()}),
        TypeError,
        sources.column_type("E-mail", ()),
    ),
    Refused(
        "a list as columns",
        from_file(columns=["email"]),
        TypeError,
        wrong_type("UserSource.from_file", "columns", []),
    ),
    Refused(
        "text for leave_out",
        from_file(export=ExportFormat.OKTA, leave_out="disabled"),
        TypeError,
        wrong_type("UserSource.from_file", "leave_out", ""),
    ),
    Refused(
        "a kind of users that is not known",
        from_file(export=ExportFormat.OKTA, leave_out=["some"]),
        ValueError,
        sources.unknown_user_kind("", [f"UserKind.{each.name}" for each in UserKind]),
    ),
    Refused(
        "users of a plain CSV to leave out",
        from_file(leave_out=[UserKind.DISABLED]),
        ValueError,
        sources.leave_out_without_export(),
    ),
    Refused(
        "an export that is not known",
        from_file(export="myspace"),
        ValueError,
        sources.unknown_export([f"ExportFormat.{each.name}" for each in ExportFormat]),
    ),
    Refused(
        "a list of columns",
        from_file(columns=["email"]),
        TypeError,
        wrong_type("UserSource.from_file", "columns", []),
    ),
    Refused(
        "a number for a column",
        from_file(columns={"E-mail": 3}),
        TypeError,
        sources.column_type("E-mail", 3),
    ),
    Refused(
        "a number for a column's name",
        from_file(columns={3: "email"}),
        TypeError,
        sources.mapping_key_type("columns", 3),
    ),
    Refused(
        "a list of constants",
        from_file(constants=["email_verified"]),
        TypeError,
        wrong_type("UserSource.from_file", "constants", []),
    ),
    Refused(
        "a list for a default",
        from_file(defaults={"locale": [CANARY]}),
        TypeError,
        sources.value_type("defaults", "locale", []),
    ),
    Refused(
        "a constant known later",
        lambda stack, folder: UserSource.from_file(
            folder / "users.csv", constants={"locale": known_at_deployment(stack)}
        ),
        ValueError,
        sources.value_unknown("constants", "locale"),
    ),
    Refused(
        "one username for all",
        from_file(constants={"cognito:username": CANARY}),
        ValueError,
        SAME_FOR_ALL,
    ),
    Refused(
        "one username for all who have none",
        from_file(defaults={"cognito:username": CANARY}),
        ValueError,
        SAME_FOR_ALL,
    ),
    Refused(
        "a default beside a constant",
        from_file(defaults={"locale": "de"}, constants={"locale": "en"}),
        ValueError,
        sources.default_and_constant(["locale"]),
    ),
]

BUCKETS = [
    Refused(
        "no key",
        from_bucket(""),
        ValueError,
        sources.key_empty(sources.KEY),
    ),
    Refused(
        "None for a key",
        from_bucket(None),
        ValueError,
        sources.no_key(),
    ),
    Refused(
        "a number for a key",
        from_bucket(3),
        TypeError,
        wrong_type("UserSource.from_bucket", "key", 3),
    ),
    Refused(
        "a key and a prefix",
        from_bucket("users.csv", prefix="exports/"),
        ValueError,
        sources.key_and_prefix(),
    ),
    Refused(
        "a version of a prefix",
        from_bucket(None, prefix="exports/", version="v7"),
        ValueError,
        sources.version_of_prefix(),
    ),
    Refused(
        "an empty prefix",
        from_bucket(None, prefix=""),
        ValueError,
        sources.key_empty(sources.PREFIX),
    ),
    Refused(
        "prefix too long",
        from_bucket(None, prefix="ü" * 513),
        ValueError,
        sources.key_too_long(sources.PREFIX, 1024),
    ),
    Refused(
        "prefix with a wildcard",
        from_bucket(None, prefix="exports/*"),
        ValueError,
        sources.key_with_wildcard(sources.PREFIX),
    ),
    Refused(
        "an address for a prefix",
        from_bucket(None, prefix="s3://customers/exports/"),
        ValueError,
        sources.key_is_address(sources.PREFIX),
    ),
    Refused(
        "a number for a prefix",
        from_bucket(None, prefix=3),
        TypeError,
        wrong_type("UserSource.from_bucket", "prefix", 3),
    ),
    *(
        Refused(
            f"KeyIsAddress{number}",
            from_bucket(key),
            ValueError,
            sources.key_is_address(sources.KEY),
        )
        for number, key in enumerate(
            (
                "s3://customers/users.csv",
                "S3://customers",
                "https://customers.s3.eu-central-1.amazonaws.com/users.csv",
                "arn:aws:s3:::customers/users.csv",
            )
        )
    ),
    *(
        Refused(
            f"PoolId{number}",
            into_pool(given),
            ValueError,
            arguments.user_pool_id_invalid(given),
        )
        for number, given in enumerate(
            (
                "customers",
                "Customers_Pool",
                "eu-central-1:0f7c1b9e-1c2d-4e5f-8a9b-0c1d2e3f4a5b",
                "eu-central-1_AbCd EfGh",
                "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI",
            )
        )
    ),
    Refused(
        "key too long",
        from_bucket("ü" * 513),
        ValueError,
        sources.key_too_long(sources.KEY, 1024),
    ),
    Refused(
        "key with a wildcard",
        from_bucket("exports/*.csv"),
        ValueError,
        sources.key_with_wildcard(sources.KEY),
    ),
    Refused("no version", from_bucket(version=""), ValueError, sources.version_empty()),
    Refused(
        "a number for a version",
        from_bucket(version=3),
        TypeError,
        wrong_type("UserSource.from_bucket", "version", 3),
    ),
    Refused(
        "bucket by its name alone",
        lambda *_: UserSource.from_bucket(cast("Any", "customers"), "users.csv"),
        TypeError,
        wrong_type("UserSource.from_bucket", "bucket", ""),
    ),
    Refused(
        "a constant for an object known later",
        lambda stack, _: UserSource.from_bucket(
            s3.Bucket(stack, "B"), "users.csv", constants={"locale": known_at_deployment(stack)}
        ),
        ValueError,
        sources.value_unknown("constants", "locale"),
    ),
]

RECORDS = [
    Refused(
        "a generator that was read before",
        lambda *_: UserSource.from_records(used_up(users("ada"))),
        ValueError,
        sources.iterator_without_records(),
    ),
    Refused(
        "a table of pandas",
        from_records_argument(DataFrame()),
        TypeError,
        sources.data_frame(DataFrame()),
    ),
    *(
        Refused(
            f"{kind} for a blank",
            from_records(user("ada", name="Ada"), user("alan", name=value)),
            TypeError,
            sources.blank_of_pandas("Record 2", "name"),
        )
        for kind, value in [("NaN", float("nan")), ("NaT", NotATime(2000, 1, 1))]
    ),
    Refused(
        "NaN for all users",
        from_file(constants={"locale": float("nan")}),
        TypeError,
        sources.blank_of_pandas("constants", "locale"),
    ),
    Refused(
        "no records",
        from_records(),
        ValueError,
        sources.no_records(),
    ),
    Refused(
        "records without attributes",
        from_records({}, {}),
        ValueError,
        sources.records_without_attributes(),
    ),
    Refused(
        "None for records",
        from_records_argument(None),
        TypeError,
        wrong_type("UserSource.from_records", "records", None),
    ),
    Refused(
        "one record alone",
        from_records_argument(user("ada")),
        TypeError,
        wrong_type("UserSource.from_records", "records", {}),
    ),
    Refused(
        "text for records",
        from_records_argument(CANARY),
        TypeError,
        wrong_type("UserSource.from_records", "records", ""),
    ),
    Refused(
        "None for a record",
        from_records(user("ada"), None),
        TypeError,
        sources.record_type("Record 2", None),
    ),
    Refused(
        "text for a record",
        from_records(CANARY),
        TypeError,
        sources.record_type("Record 1", ""),
    ),
    Refused(
        "a number for a name",
        from_records({1: CANARY}),
        TypeError,
        sources.record_key_type("Record 1", 1),
    ),
    *(
        Refused(
            f"the name {name!r}",
            from_records({name: CANARY}),
            ValueError,
            sources.record_key_invalid("Record 1"),
        )
        for name in ("", "name,email", "two\nlines", '"name"')
    ),
    *(
        Refused(
            f"{kind} for a value",
            from_records(user("ada"), user("alan", name=value)),
            TypeError,
            sources.value_type("Record 2", "name", value),
        )
        for kind, value in [
            ("a list", [CANARY]),
            ("a dict", {"first": CANARY}),
            ("a bytes", CANARY.encode()),
            ("a float", 1.5),
            ("a time", datetime.time(1)),
        ]
    ),
    Refused(
        "a value known later",
        lambda stack, _: UserSource.from_records([user("ada", name=known_at_deployment(stack))]),
        ValueError,
        sources.value_unknown("Record 1", "name"),
    ),
    Refused(
        "half of a character",
        from_records(user("ada", name=CANARY + "\ud83d")),
        ValueError,
        sources.value_not_utf8("Record 1", "name"),
    ),
    Refused(
        "a value with a line break",
        from_records(user("ada", name=f"{CANARY}\n{CANARY}")),
        ValueError,
        sources.value_not_in_dialect("Record 1", not_in_dialect("a\nb")),
    ),
    Refused(
        "a value with a backslash at its end",
        from_records(user("ada", name=f"{CANARY}\\")),
        ValueError,
        sources.value_not_in_dialect("Record 1", not_in_dialect("a\\")),
    ),
]

REFUSED = [*IMPORTS, *FILES, *BUCKETS, *RECORDS]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: re.sub(r"[^A-Za-z0-9]+", "-", case.name))
def test_bad_arguments_are_refused_where_they_are_given(tmp_path: Path, case: Any) -> None:
    (tmp_path / "users.csv").write_text(f"cognito:username\n{CANARY}\n")
    with pytest.raises(case.error) as caught:
        case.build(Stack(), tmp_path)
    text = case.text.replace("{folder}", str(tmp_path)).replace("{cwd}", str(Path.cwd()))
    assert str(caught.value) == text
    assert CANARY not in str(caught.value)


def test_a_refused_import_creates_no_shared_resource() -> None:
    stack = Stack()
    with pytest.raises(TypeError):
        import_into(stack, start="false")
    assert stack.node.try_find_child("CognitoUserImport") is None


def test_records_that_can_be_read_only_once_are_all_imported(tmp_path: Path) -> None:
    once: Any = (user(name) for name in ("ada", "alan"))
    source: Any = UserSource.from_records(once)
    again: Any = UserSource.from_records(users("ada", "alan"))
    once_assets = synthesise(lambda stack: import_into(stack, source=source)).file_assets
    again_assets = synthesise(lambda stack: import_into(stack, source=again)).file_assets
    assert {*once_assets} == {*again_assets}


# What the check of the CSV finds once the app is complete


@dataclass(frozen=True)
class Found:
    """A source that is refused when the app is synthesised, with these words."""

    name: str
    source: Callable[[Path], UserSource]
    text: str
    pool: Callable[[Stack, str], cognito.IUserPool] = pool_of


def a_file(content: bytes, name: str = "users.csv", **reading: Any) -> Callable[[Path], UserSource]:
    def source(folder: Path) -> UserSource:
        (folder / name).write_bytes(content)
        return UserSource.from_file(folder / name, **reading)

    return source


def records(*given: Any) -> Callable[[Path], UserSource]:
    return lambda _: UserSource.from_records(given)


HEADER = b"cognito:username,email,email_verified\n"
USER = f"{CANARY},{CANARY}@example.com,true\n".encode()
FOUND = [
    Found(
        "Empty",
        a_file(b""),
        "users.csv cannot be imported (CSV002): the file is empty\nusers.csv:1",
    ),
    Found(
        "HeaderAlone",
        a_file(HEADER),
        "users.csv cannot be imported (CSV002): the file has a header but no users\nusers.csv:1",
    ),
    Found(
        "Workbook",
        a_file(b"PK\x03\x04" + bytes(100), "users.xlsx"),
        "users.xlsx cannot be imported (CSV001): this is not a CSV but a ZIP archive; unpack "
        "it, or, of an Excel workbook, save the sheet as CSV (UTF-8)\n"
        "users.xlsx:1",
    ),
    Found(
        "Json",
        a_file(f'[{{"username": "{CANARY}"}}]'.encode(), "users.json"),
        "users.json cannot be imported (CSV001): this is not a CSV but JSON; write it as CSV, "
        "or name the provider that exported it (export=…)\n"
        "users.json:1",
    ),
    Found(
        "NoCsvName",
        a_file(USER, "users"),
        f"users cannot be imported (CSV003): {header_messages.not_a_header('cognito:username')}\n"
        "users:1",
    ),
    Found(
        "OtherExport",
        a_file(HEADER + USER, export=ExportFormat.KEYCLOAK),
        "users.csv cannot be imported (CSV040): The file is neither a JSON object nor a list; "
        'expected a list of users, or an object with such a list "users", or one user a '
        "line, or a CSV whose first line has a column username; the file has a column "
        "cognito:username: for a plain CSV, leave export= out",
    ),
    Found(
        "RenamedColumnMissing",
        a_file(HEADER + USER, columns={"E-mail": "email"}),
        "users.csv cannot be imported (CSV008): columns: "
        + header_messages.column_not_in_file("E-mail", HEADER.decode().strip().replace(",", ", ")),
    ),
    Found(
        "RenamedTwice",
        a_file(
            b"cognito:username,email,mail,email_verified\n" + USER.replace(b",t", b",x@y.z,t"),
            columns={"mail": "email"},
        ),
        "users.csv cannot be imported (CSV005): duplicate of column email\n"
        "users.csv:1: column mail",
    ),
    Found(
        "UnknownConstant",
        a_file(HEADER + USER, constants={"emial": CANARY}),
        "users.csv cannot be imported (CSV004): constants: "
        + header_messages.misspelled_column("column emial", "email"),
    ),
    Found(
        "UnknownDefault",
        a_file(HEADER + USER, defaults={"locales": CANARY}),
        "users.csv cannot be imported (CSV004): defaults: "
        + header_messages.misspelled_column("column locales", "locale"),
    ),
    Found(
        "BadConstant",
        a_file(HEADER + USER, constants={"email_verified": CANARY}),
        "users.csv cannot be imported (CSV032): constants, email_verified: " + csv_messages.BOOLEAN,
    ),
    Found(
        "NoUsername",
        records({"email": f"{CANARY}@example.com", "email_verified": True}),
        "from_records cannot be imported (CSV003): "
        + header_messages.likely_username_column(
            "cognito:username", "", "email", 'columns={"email": ("email", "cognito:username")}', ""
        )
        + "\nthe columns",
    ),
    Found(
        "HugeValue",
        records(user("ada"), user("alan", name=CANARY * 500)),
        "from_records cannot be imported (CSV034): a value has 2,048 characters at most\n"
        "record 2, column name",
    ),
    Found(
        "NotVerified",
        records(user("ada", email_verified=False)),
        "from_records cannot be imported (CSV024): "
        + csv_messages.not_verified("email_verified", "")
        + "\nrecord 1, column email_verified",
    ),
    Found(
        "NoAutoVerify",
        records(user("ada")),
        validations.no_auto_verify(),
        cognito.UserPool,
    ),
]


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What synth says of a stack with all of them."""
    folder = tmp_path_factory.mktemp("bad")
    app = App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    stack = Stack(app, "Test")
    for case in FOUND:
        own = folder / case.name
        own.mkdir()
        pool = case.pool(stack, f"{case.name}Pool")
        import_into(stack, case.name, user_pool=pool, source=case.source(own))
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    reported = str(caught.value)
    for case in FOUND:
        reported = reported.replace(f"{folder / case.name}/", "")
    return reported


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case.name)
def test_bad_users_fail_the_synth_with_the_expected_message(synthesised: str, case: Any) -> None:
    assert errors_of(synthesised, f"Test/{case.name}") == [case.text]


def test_synth_messages_about_bad_users_have_no_value(synthesised: str) -> None:
    assert CANARY not in synthesised


def test_the_table_of_bad_input_has_at_least_a_hundred_cases() -> None:
    cases: list[Any] = [*REFUSED, *FOUND, *DEPLOYED]
    names = {case.name for case in cases}
    assert len(names) == len(REFUSED) + len(FOUND) + len(DEPLOYED)
    assert len(names) >= 200
