"""Bad input that synth can see: refused with these words, by the arguments or by the check."""

from __future__ import annotations

import datetime
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3
from helpers.bad_input import DEPLOYED
from helpers.imports import import_into, pool_of, user, users

from cdk_cognito_user_import import ExportFormat, StagingBucket, Tolerance, UserSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CANARY = "Kanarie"
"""Is in values of users, and may be in nothing that anybody is told."""

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


def from_file(**arguments: Any) -> Callable[[Stack, Path], object]:
    return lambda _, folder: UserSource.from_file(folder / "users.csv", **arguments)


def from_records(*records: Any) -> Callable[[Stack, Path], object]:
    return lambda *_: UserSource.from_records(records)


def from_bucket(key: Any = "users.csv", **arguments: Any) -> Callable[[Stack, Path], object]:
    return lambda stack, _: UserSource.from_bucket(s3.Bucket(stack, "B"), key, **arguments)


def at(path: Callable[[Path], object]) -> Callable[[Stack, Path], object]:
    return lambda _, folder: UserSource.from_file(path(folder))


def only_known_later(stack: Stack) -> str:
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


def as_nobody(locked: Callable[[Path], Path]) -> Callable[[Stack, Path], object]:
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


def twice(first: Mapping[str, Any], second: Mapping[str, Any]) -> Callable[[Stack, Path], object]:
    def build(*_: object) -> None:
        stack = Stack(App(), "Customers")
        for id_, properties in (("One", first), ("Two", second)):
            import_into(stack, id_, user_pool=pool_of(stack, f"{id_}Pool"), **properties)

    return build


OTHER = "arn:aws:cognito-idp:us-east-1:{}:userpool/us-east-1_AbCdEfGhI"
NEEDS_POOL = "give a user pool, such as UserPool.from_user_pool_id(…) for one that exists already."
NEEDS_VALUE = "give text, a whole number, True, False, a date or None."
TIMEOUT = (
    "give 1 minute to 58 minutes. CloudFormation waits an hour for a custom resource at most, and "
    "two minutes of it are for stopping the job and reporting."
)
JOB_NAME = "is not one that Cognito takes; give 1 to 100 letters, digits, spaces and _+=,.@-"
NO_NAME = (
    "Record 1 has an attribute whose name is empty, or has a comma, a semicolon, a quote, a "
    "backslash, a tab or a line break in it; give the user pool's columns."
)
LATER = "is only known when the stack is deployed, and is needed now, to be checked and written."
SAME_FOR_ALL = "cognito:username cannot be the same for all users; it must come from a column."
SNAPSHOT = (
    "The removal policy SNAPSHOT is for databases and volumes; of a bucket, a key and log groups "
    "there are no snapshots. Give DESTROY or RETAIN."
)

IMPORTS = [
    Refused("no pool", imported(user_pool=None), TypeError, f"user_pool is None; {NEEDS_POOL}"),
    Refused(
        "pool by its id alone",
        imported(user_pool="eu-central-1_AbCdEfGhI"),
        TypeError,
        f"user_pool is a str; {NEEDS_POOL}",
    ),
    Refused(
        "source by its path alone",
        imported(source="users.csv"),
        TypeError,
        "source is a str; give a source, such as UserSource.from_file(…).",
    ),
    Refused(
        "no source",
        imported(source=None),
        TypeError,
        "source is None; give a source, such as UserSource.from_file(…).",
    ),
    Refused(
        "text for start", imported(start="false"), TypeError, "start is a str; give True or False."
    ),
    Refused("no start", imported(start=None), TypeError, "start is None; give True or False."),
    Refused(
        "start known later",
        lambda stack, _: import_into(stack, start=only_known_later(stack)),
        TypeError,
        "start is a str; give True or False.",
    ),
    Refused(
        "a number for the timeout",
        imported(timeout=30),
        TypeError,
        "timeout is an int; give a Duration, such as Duration.minutes(30).",
    ),
    Refused(
        "timeout too short",
        imported(timeout=Duration.seconds(59)),
        ValueError,
        f"The timeout is 59 seconds; {TIMEOUT}",
    ),
    Refused(
        "timeout too long",
        imported(timeout=Duration.hours(2)),
        ValueError,
        f"The timeout is 2 hours; {TIMEOUT}",
    ),
    Refused(
        "no timeout at all",
        imported(timeout=Duration.seconds(0)),
        ValueError,
        f"The timeout is 0 seconds; {TIMEOUT}",
    ),
    Refused(
        "timeout with half a second",
        imported(timeout=Duration.millis(90_500)),
        ValueError,
        "The timeout is 90.5 seconds; give a whole number of seconds.",
    ),
    Refused(
        "timeout known later",
        lambda stack, _: import_into(
            stack,
            timeout=Duration.seconds(CfnParameter(stack, "P", type="Number").value_as_number),
        ),
        ValueError,
        "The timeout is only known when the stack is deployed; give a Duration that is known now, "
        "for CloudFormation's own time-out is set by it.",
    ),
    Refused(
        "a number for the job name",
        imported(job_name=5),
        TypeError,
        "job_name is an int; give text, or nothing for the construct's id.",
    ),
    Refused("no job name", imported(job_name=""), ValueError, f"The job name '' {JOB_NAME}"),
    Refused(
        "job name with a semicolon",
        imported(job_name="semi;colon"),
        ValueError,
        f"The job name 'semi;colon' {JOB_NAME}",
    ),
    Refused(
        "job name too long",
        imported(job_name="x" * 101),
        ValueError,
        f"The job name '{'x' * 101}' {JOB_NAME}",
    ),
    Refused(
        "logs role by its ARN alone",
        imported(logs_role="arn:aws:iam::123456789012:role/logs"),
        TypeError,
        "logs_role is a str; give a role, such as Role.from_role_arn(…) for one that exists.",
    ),
    Refused(
        "a plain bucket for the staging",
        lambda stack, _: import_into(stack, staging=s3.Bucket(stack, "B")),
        TypeError,
        "staging is a Bucket; give a StagingBucket, or nothing for one of the stack.",
    ),
    Refused(
        "a number for the tolerance",
        imported(tolerance=5),
        TypeError,
        "tolerance is an int; give a Tolerance(failed=…, skipped=…).",
    ),
    Refused(
        "no tolerance",
        imported(tolerance=None),
        TypeError,
        "tolerance is None; give a Tolerance(failed=…, skipped=…).",
    ),
    Refused(
        "a number for the run token",
        imported(run_token=2),
        TypeError,
        "run_token is an int; give text.",
    ),
    Refused(
        "text for the removal policy",
        imported(removal_policy="destroy"),
        TypeError,
        "removal_policy is a str; give a RemovalPolicy, such as RemovalPolicy.RETAIN.",
    ),
    Refused("snapshots", imported(removal_policy=RemovalPolicy.SNAPSHOT), ValueError, SNAPSHOT),
    Refused(
        "snapshots of the staging bucket",
        lambda stack, _: StagingBucket(stack, "S", removal_policy=RemovalPolicy.SNAPSHOT),
        ValueError,
        SNAPSHOT,
    ),
    Refused(
        "removal policies that differ",
        twice({}, {"removal_policy": RemovalPolicy.RETAIN}),
        ValueError,
        "The imports of stack Customers share their staging bucket and log groups, but ask for "
        "different removal policies: DESTROY and RETAIN. Give all of them the same removal_policy.",
    ),
    Refused(
        "pool of another Region by its ARN",
        in_region(
            lambda stack: cognito.UserPool.from_user_pool_arn(
                stack, "Pool", OTHER.format("123456789012")
            )
        ),
        ValueError,
        "The user pool is in Region us-east-1, and stack Home in eu-central-1; put the import into "
        "a stack of Region us-east-1.",
    ),
    Refused(
        "pool of another Region by its id",
        in_region(
            lambda stack: cognito.UserPool.from_user_pool_id(stack, "Pool", "us-east-1_AbCdEfGhI")
        ),
        ValueError,
        "The user pool is in Region us-east-1, and stack Home in eu-central-1; put the import into "
        "a stack of Region us-east-1.",
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
        "The user pool is in account 999999999999, and stack Home in 123456789012; put the import "
        "into a stack of account 999999999999.",
    ),
    Refused(
        "negative tolerance",
        lambda *_: Tolerance(failed=-1),
        ValueError,
        "Tolerance failed=-1: give 0 or more users, 999,999,999 at most, or None for any number.",
    ),
    Refused(
        "tolerance too large",
        lambda *_: Tolerance(skipped=10**9),
        ValueError,
        "Tolerance skipped=1000000000: give 0 or more users, 999,999,999 at most, or None for any "
        "number.",
    ),
    *(
        Refused(
            f"{kind} for a tolerance",
            lambda *_, number=number: Tolerance(failed=number),
            TypeError,
            f"Tolerance failed is {kind}; give a whole number of users, or None for any number.",
        )
        for kind, number in [("a str", "3"), ("a float", 0.5), ("a bool", True)]
    ),
]

FILES = [
    Refused(
        "file missing",
        lambda *_: UserSource.from_file("missing.csv"),
        ValueError,
        "There is no file missing.csv to import users from. The path is relative to the working "
        "directory, which is {cwd}.",
    ),
    Refused(
        "no path", at(lambda _: ""), ValueError, "The path of the file with the users is empty."
    ),
    Refused(
        "blank path",
        at(lambda _: "  "),
        ValueError,
        "The path of the file with the users is empty.",
    ),
    Refused(
        "None for a path",
        at(lambda _: None),
        TypeError,
        "The path of the file with the users is None; give text.",
    ),
    Refused(
        "bytes for a path",
        at(lambda _: b"users.csv"),
        TypeError,
        "The path of the file with the users is a bytes; give text.",
    ),
    Refused(
        "path known later",
        lambda stack, _: UserSource.from_file(only_known_later(stack)),
        ValueError,
        "The path of the file with the users is only known when the stack is deployed, and the "
        "file is needed now; use UserSource.from_bucket for what exists only then.",
    ),
    Refused(
        "a folder",
        at(lambda folder: folder),
        ValueError,
        "{folder} is a folder; name the file in it with the users.",
    ),
    Refused(
        "a link in circles",
        at(lambda folder: linked(folder, "link.csv")),
        ValueError,
        "{folder}/link.csv is no file to import users from: it is a device, a pipe, or a link that "
        "leads to no file.",
    ),
    Refused(
        "a link to nothing",
        at(lambda folder: linked(folder, "gone.csv")),
        ValueError,
        "{folder}/link.csv is no file to import users from: it is a device, a pipe, or a link that "
        "leads to no file.",
    ),
    Refused(
        "a device",
        at(lambda _: "/dev/null"),
        ValueError,
        "/dev/null is no file to import users from: it is a device, a pipe, or a link that leads "
        "to no file.",
    ),
    Refused(
        "a pipe",
        at(piped),
        ValueError,
        "{folder}/pipe.csv is no file to import users from: it is a device, a pipe, or a link that "
        "leads to no file.",
    ),
    Refused(
        "a path too long",
        at(lambda _: "x" * 5000),
        ValueError,
        f"{'x' * 5000} cannot be read: File name too long.",
    ),
    Refused(
        "file without permission",
        as_nobody(locked_file),
        ValueError,
        "{folder}/users.csv cannot be read: Permission denied.",
    ),
    Refused(
        "folder without permission",
        as_nobody(in_locked_folder),
        ValueError,
        "{folder}/locked/users.csv cannot be read: Permission denied.",
    ),
    Refused(
        "text for strict", from_file(strict="no"), TypeError, "strict is a str; give True or False."
    ),
    Refused(
        "an export that is not known",
        from_file(export="myspace"),
        ValueError,
        "export is no format of an export that is known; give one of ExportFormat.AUTH0, "
        "ExportFormat.OKTA, ExportFormat.FIREBASE, ExportFormat.KEYCLOAK, ExportFormat.COGNITO.",
    ),
    Refused(
        "a list of columns",
        from_file(columns=["email"]),
        TypeError,
        "columns is a list; give a mapping of names to values.",
    ),
    Refused(
        "a number for a column",
        from_file(columns={"E-mail": 3}),
        TypeError,
        "columns['E-mail'] is an int; give the user pool's column, or None to leave the column "
        "out.",
    ),
    Refused(
        "a number for a column's name",
        from_file(columns={3: "email"}),
        TypeError,
        "columns has an int for a column's name; give text.",
    ),
    Refused(
        "a list of constants",
        from_file(constants=["email_verified"]),
        TypeError,
        "constants is a list; give a mapping of names to values.",
    ),
    Refused(
        "a list for a default",
        from_file(defaults={"locale": [CANARY]}),
        TypeError,
        f"defaults: locale is a list; {NEEDS_VALUE}",
    ),
    Refused(
        "a constant known later",
        lambda stack, folder: UserSource.from_file(
            folder / "users.csv", constants={"locale": only_known_later(stack)}
        ),
        ValueError,
        f"constants: locale {LATER}",
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
        "locale: in defaults and in constants; a constant is for all users, so that the default "
        "would never count. Take one out.",
    ),
]

BUCKETS = [
    Refused(
        "no key",
        from_bucket(""),
        ValueError,
        "The key of the object to import users from is empty.",
    ),
    Refused(
        "None for a key",
        from_bucket(None),
        TypeError,
        "The key of the object to import users from is None; give text.",
    ),
    Refused(
        "key too long",
        from_bucket("ü" * 513),
        ValueError,
        "The key of the object to import users from is longer than the 1,024 bytes that S3 allows.",
    ),
    Refused(
        "key with a wildcard",
        from_bucket("exports/*.csv"),
        ValueError,
        "The key of the object to import users from has * or ? in it. An import reads one object, "
        "and in a policy these would stand for many; name that object.",
    ),
    *(
        Refused(
            f"version {version!r}",
            from_bucket(version=version),
            ValueError,
            "The version of the object to import users from must be text that is not empty; leave "
            "it out for the latest.",
        )
        for version in ("", 3)
    ),
    Refused(
        "bucket by its name alone",
        lambda *_: UserSource.from_bucket("customers", "users.csv"),
        TypeError,
        "The bucket is a str; give a bucket, such as Bucket.from_bucket_name(…) for one that "
        "exists already.",
    ),
    Refused(
        "a constant for an object known later",
        lambda stack, _: UserSource.from_bucket(
            s3.Bucket(stack, "B"), "users.csv", constants={"locale": only_known_later(stack)}
        ),
        ValueError,
        f"constants: locale {LATER}",
    ),
]

RECORDS = [
    Refused(
        "no records",
        from_records(),
        ValueError,
        "There are no records to import users from; give at least one.",
    ),
    Refused(
        "records without attributes",
        from_records({}, {}),
        ValueError,
        "The records are empty; every user needs cognito:username at least.",
    ),
    Refused(
        "None for records",
        lambda *_: UserSource.from_records(None),
        TypeError,
        "The records are None; give a list of mappings.",
    ),
    Refused(
        "one record alone",
        lambda *_: UserSource.from_records(user("ada")),
        TypeError,
        "The records are a dict; give a list of mappings.",
    ),
    Refused(
        "text for records",
        lambda *_: UserSource.from_records(CANARY),
        TypeError,
        "The records are a str; give a list of mappings.",
    ),
    Refused(
        "None for a record",
        from_records(user("ada"), None),
        TypeError,
        "Record 2 is None; give a mapping of attribute names to values.",
    ),
    Refused(
        "text for a record",
        from_records(CANARY),
        TypeError,
        "Record 1 is a str; give a mapping of attribute names to values.",
    ),
    Refused(
        "a number for a name",
        from_records({1: CANARY}),
        TypeError,
        "Record 1 has an int for an attribute's name; give text.",
    ),
    *(
        Refused(f"the name {name!r}", from_records({name: CANARY}), ValueError, NO_NAME)
        for name in ("", "name,email", "two\nlines", '"name"')
    ),
    *(
        Refused(
            f"{kind} for a value",
            from_records(user("ada"), user("alan", name=value)),
            TypeError,
            f"Record 2: name is {kind}; {NEEDS_VALUE}",
        )
        for kind, value in [
            ("a list", [CANARY]),
            ("a dict", {"first": CANARY}),
            ("a bytes", CANARY.encode()),
            ("a float", float("nan")),
            ("a time", datetime.time(1)),
        ]
    ),
    Refused(
        "a value known later",
        lambda stack, _: UserSource.from_records([user("ada", name=only_known_later(stack))]),
        ValueError,
        f"Record 1: name {LATER}",
    ),
    Refused(
        "half of a character",
        from_records(user("ada", name=CANARY + "\ud83d")),
        ValueError,
        "Record 1: name has half of a character, which UTF-8 cannot write.",
    ),
    Refused(
        "a value with a line break",
        from_records(user("ada", name=f"{CANARY}\n{CANARY}")),
        ValueError,
        "Record 1: a value has a line break, which Cognito's CSV dialect cannot express.",
    ),
    Refused(
        "a value with a backslash at its end",
        from_records(user("ada", name=f"{CANARY}\\")),
        ValueError,
        "Record 1: a value ends in a backslash or has one before a comma; how Cognito reads that "
        "is not documented.",
    ),
]

REFUSED = [*IMPORTS, *FILES, *BUCKETS, *RECORDS]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_bad_arguments_are_refused_where_they_are_given(tmp_path, case):
    (tmp_path / "users.csv").write_text(f"cognito:username\n{CANARY}\n")
    with pytest.raises(case.error) as caught:
        case.build(Stack(), tmp_path)
    text = case.text.replace("{folder}", str(tmp_path)).replace("{cwd}", str(Path.cwd()))
    assert str(caught.value) == text
    assert CANARY not in str(caught.value)


def test_an_import_that_is_refused_makes_nothing_that_imports_share():
    stack = Stack()
    with pytest.raises(TypeError):
        import_into(stack, start="false")
    assert stack.node.try_find_child("CognitoUserImport") is None


def test_records_that_can_be_read_only_once_are_all_imported(tmp_path):
    source = UserSource.from_records(user(name) for name in ("ada", "alan"))
    again = UserSource.from_records(users("ada", "alan"))
    assert source._csv == again._csv


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
    Found("Empty", a_file(b""), "users.csv cannot be imported: line 1: the file is empty (CSV002)"),
    Found(
        "HeaderAlone",
        a_file(HEADER),
        "users.csv cannot be imported: line 1: the file has a header but no users (CSV002)",
    ),
    Found(
        "Workbook",
        a_file(b"PK\x03\x04" + bytes(100), "users.xlsx"),
        "users.xlsx cannot be imported: line 1: this is no CSV but a ZIP archive, as Excel "
        "workbooks are; save the sheet as CSV (UTF-8) (CSV001)",
    ),
    Found(
        "Json",
        a_file(f'[{{"username": "{CANARY}"}}]'.encode(), "users.json"),
        "users.json cannot be imported: line 1: this is no CSV but JSON; write it as CSV, or name "
        "its export format (export=…) (CSV001)",
    ),
    Found(
        "NoCsvName",
        a_file(USER, "users"),
        "users cannot be imported: line 1: this is no header, for it has no column "
        "cognito:username, which every user needs (CSV003)",
    ),
    Found(
        "OtherExport",
        a_file(HEADER + USER, export=ExportFormat.KEYCLOAK),
        "users.csv cannot be imported: The file is no JSON object and no list; expected a list of "
        'users, or an object with such a list "users". (CSV040)',
    ),
    Found(
        "RenamedColumnMissing",
        a_file(HEADER + USER, columns={"E-mail": "email"}),
        "users.csv cannot be imported: line 1, column E-mail: the file has no such column (CSV008)",
    ),
    Found(
        "RenamedTwice",
        a_file(
            b"cognito:username,email,mail,email_verified\n" + USER.replace(b",t", b",x@y.z,t"),
            columns={"mail": "email"},
        ),
        "users.csv cannot be imported: line 1, column mail: the file has this already, as email "
        "(CSV005)",
    ),
    Found(
        "UnknownConstant",
        a_file(HEADER + USER, constants={"emial": CANARY}),
        "users.csv cannot be imported: line 1, column emial: the user pool has no such column; did "
        "you mean email? (CSV004)",
    ),
    Found(
        "UnknownDefault",
        a_file(HEADER + USER, defaults={"locales": CANARY}),
        "users.csv cannot be imported: line 1, column locales: the user pool has no such column; "
        "did you mean locale? (CSV004)",
    ),
    Found(
        "BadConstant",
        a_file(HEADER + USER, constants={"email_verified": CANARY}),
        "users.csv cannot be imported: line 1, column email_verified: the value for all users: "
        "give true or false (or yes, no, 1, 0) (CSV032)",
    ),
    Found(
        "NoUsername",
        records({"email": f"{CANARY}@example.com", "email_verified": True}),
        "from_records cannot be imported: the columns: this is no header, for it has no column "
        "cognito:username, which every user needs (CSV003)",
    ),
    Found(
        "HugeValue",
        records(user("ada"), user("alan", name=CANARY * 500)),
        "from_records cannot be imported: record 2, column name: a value has 2,048 characters at "
        "most (CSV034)",
    ),
    Found(
        "NotVerified",
        records(user("ada", email_verified=False)),
        "from_records cannot be imported: record 1, column email_verified: this must be true for "
        "every user, or Cognito refuses the user (CSV024)",
    ),
    Found(
        "NoAutoVerify",
        records(user("ada")),
        "The user pool verifies neither email addresses nor phone numbers automatically, and "
        "Cognito starts no import for such a pool. Set auto_verify on it.",
        cognito.UserPool,
    ),
]


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory) -> str:
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
    return str(caught.value)


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case.name)
def test_bad_users_fail_the_synth_with_these_words(synthesised, case):
    lines = [line.strip() for line in synthesised.splitlines()]
    start = f"[Test/{case.name}] "
    assert [line.removeprefix(start) for line in lines if line.startswith(start)] == [case.text]


def test_what_synth_says_of_bad_users_has_no_value(synthesised):
    assert CANARY not in synthesised


def test_the_table_of_bad_input_has_a_hundred_cases_and_more():
    names = {case.name for case in [*REFUSED, *FOUND, *DEPLOYED]}
    assert len(names) == len(REFUSED) + len(FOUND) + len(DEPLOYED)
    assert len(names) >= 200
