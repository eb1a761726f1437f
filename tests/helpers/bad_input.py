"""Bad input that only a deployment can see, and the exact reason that CloudFormation is told.

The cases of synth are in ``synth/test_bad_input.py``, where all are counted.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.response import StreamingBody

from user_import import messages

from .fake_world import (
    CANARY,
    OTHER_IMPORT_ROLE,
    POOL,
    Outcome,
    failed_empty,
    long_rows,
    not_authorized,
    users,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .fake_world import FakeAws

ALWAYS = float("inf")
SOURCE, STAGED = "users.csv", "imports/seed/users.csv"
HEADER = b"cognito:username,email,email_verified\n"
USER = f"{CANARY},{CANARY}@example.com,true\n".encode()
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


def as_it_is(_world: FakeAws) -> None:
    """Change nothing."""


@dataclass(frozen=True)
class Case:
    """A deployment that cannot succeed.

    Attributes:
        reason: what CloudFormation is told, the whole of it. ``{log}`` stands for the address of
            the last job's log.
        arrange: what is wrong with the world.
        properties: what is wrong with the custom resource's properties; None leaves one out.
    """

    name: str
    reason: str
    arrange: Callable[[FakeAws], object] = as_it_is
    properties: dict[str, Any] = field(default_factory=dict)


# Properties, as CloudFormation delivers them

ALLOWED = {
    "UserPoolId": ("user_pool", "the id of a user pool, as in eu-central-1_AbCdEfGhI"),
    "LogsRoleArn": ("logs_role", "the ARN of an IAM role"),
    "ImportRoleArn": ("workflow", "the ARN of a role with the path /cdk-cognito-user-import/"),
    "JobName": ("job_name", "1 to 100 letters, digits, spaces and _+=,.@-"),
    "SourceBucket": ("source", "the name of a bucket"),
    "SourceKey": ("source", "an object's key of 1 to 1,024 bytes"),
    "SourceVersion": ("source", "the version of an object, or left out"),
    "SourceHash": ("source", "the hash of an asset, or left out"),
    "SourceName": ("source", "what the file is called in errors"),
    "StagingBucket": ("staging", "the name of a bucket"),
    "StagingKey": ("staging", "a key in a folder of imports/"),
    "Start": ("start", "true or false"),
    "TimeoutSeconds": ("timeout", "a whole number of seconds, from 1 to 3480"),
    "ToleratedFailed": (
        "tolerance",
        "a number of users, from 0 to 999999999; left out it is any number",
    ),
    "ToleratedSkipped": (
        "tolerance",
        "a number of users, from 0 to 999999999; left out it is any number",
    ),
}
NEEDED = [
    *("UserPoolId", "LogsRoleArn", "ImportRoleArn", "JobName", "SourceBucket", "SourceKey"),
    *("SourceName", "StagingBucket", "StagingKey", "Start", "TimeoutSeconds"),
]
ARN_OF_POOL = f"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/{POOL}"
NOT_TEXT: list[tuple[str, Any]] = [
    ("UserPoolId", [POOL]),
    ("LogsRoleArn", {"Ref": "Role"}),
    ("ImportRoleArn", ["Role"]),
    ("Start", True),
    ("TimeoutSeconds", 1800),
    ("SourceHash", ["a1"]),
]
NOT_ALLOWED: list[tuple[str, str, str]] = [
    ("UserPoolId", ARN_OF_POOL, f"'{ARN_OF_POOL}'"),
    ("UserPoolId", "x" * 5000, f"'{'x' * 100}' (5,000 characters)"),
    ("LogsRoleArn", "logs-role", "'logs-role'"),
    ("LogsRoleArn", "arn:aws:iam::123456789012:user/ada", "'arn:aws:iam::123456789012:user/ada'"),
    (
        "ImportRoleArn",
        "arn:aws:iam::123456789012:role/admin",
        "'arn:aws:iam::123456789012:role/admin'",
    ),
    ("JobName", "semi;colon", "'semi;colon'"),
    ("JobName", "x" * 101, f"'{'x' * 100}' (101 characters)"),
    ("SourceBucket", "s3://assets", "'s3://assets'"),
    ("SourceKey", "k" * 1025, f"'{'k' * 100}' (1,025 characters)"),
    ("SourceKey", "ü" * 513, f"'{'ü' * 100}' (513 characters)"),
    ("StagingBucket", "two buckets", "'two buckets'"),
    ("StagingKey", "users.csv", "'users.csv'"),
    ("StagingKey", "imports/../users.csv", "'imports/../users.csv'"),
    ("StagingKey", "imports//users.csv", "'imports//users.csv'"),
    ("Start", "yes", "'yes'"),
    ("TimeoutSeconds", "soon", "'soon'"),
    ("TimeoutSeconds", "-1", "'-1'"),
    ("TimeoutSeconds", "0", "'0'"),
    ("TimeoutSeconds", "3481", "'3481'"),
    ("TimeoutSeconds", "1800.5", "'1800.5'"),
    ("TimeoutSeconds", "9" * 30, f"'{'9' * 30}'"),
    ("ToleratedFailed", "-1", "'-1'"),
    ("ToleratedFailed", "1e3", "'1e3'"),
    ("ToleratedSkipped", "many", "'many'"),
    ("ToleratedSkipped", "1000000000", "'1000000000'"),
]
READINGS = {
    "text": CANARY,
    "half of it": '{"strict": true',
    "a list": "[]",
    "something unknown": f'{{"colour": "{CANARY}"}}',
    "an unknown export": f'{{"export": "{CANARY}"}}',
    "text for a flag": f'{{"strict": "{CANARY}"}}',
    "a number for a column": '{"columns": {"a": 1}}',
    "one username for all": f'{{"constants": {{"cognito:username": "{CANARY}"}}}}',
}


def told_of(name: str, what: str) -> str:
    argument, allowed = ALLOWED[name]
    return (
        f"The custom resource's property {name} {what}; it must be {allowed}. It comes from the "
        f"import's {argument}: correct that, and deploy again."
    )


def of_version(version: str, where: str) -> str:
    return (
        f"The import is of contract version {version}, and its workflow of version 1: upgrade "
        f"cdk-cognito-user-import in {where}, and deploy that stack first."
    )


CONTRACTS = [
    Case(f"contract version {name}", of_version(told, where), properties={"ContractVersion": value})
    for name, value, told, where in [
        ("missing", None, "unknown", "the stack of the import"),
        ("older", "0", "0", "the stack of the import"),
        ("newer", "2", "2", "the stack that owns the import workflow"),
        ("no text", ["1"], "unknown", "the stack of the import"),
    ]
]
PROPERTIES = [
    *(
        Case(f"{name} missing", told_of(name, "is missing"), properties={name: None})
        for name in NEEDED
    ),
    *(
        Case(f"{name} empty", told_of(name, "is empty"), properties={name: ""})
        for name in [*NEEDED, "SourceVersion", "ToleratedFailed"]
    ),
    *(
        Case(f"{name} no text", told_of(name, "is no text"), properties={name: value})
        for name, value in NOT_TEXT
    ),
    *(
        Case(f"{name} {value[:20]}", told_of(name, f"is {told}"), properties={name: value})
        for name, value, told in NOT_ALLOWED
    ),
    *(
        Case(
            f"Reading is {name}",
            "The custom resource's property Reading is not one that this library has written, or "
            "one of another version. It comes from the import's source: deploy again without "
            "overriding it.",
            properties={"Reading": value},
        )
        for name, value in READINGS.items()
    ),
]


# The CSV as a whole; its rows are in unit/test_users_csv_rules.py


def source(content: bytes) -> Callable[[FakeAws], object]:
    return lambda world: world.s3.objects.__setitem__(("assets", SOURCE), content)


def workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("xl/worksheets/sheet1.xml", CANARY)
    return content.getvalue()


NO_HEADER = "this is no header, for it has no column cognito:username, which every user needs"
JSON = "this is no CSV but JSON; write it as CSV, or name its export format (export=…) (CSV001)"
MARKUP = "this is no CSV but HTML or XML, perhaps the error page of a download (CSV001)"
FILES: list[tuple[str, bytes, str]] = [
    ("empty", b"", "line 1: the file is empty (CSV002)"),
    ("a byte order mark alone", b"\xef\xbb\xbf", "line 1: the file is empty (CSV002)"),
    ("header alone", HEADER, "line 1: the file has a header but no users (CSV002)"),
    (
        "header and blank lines",
        HEADER + b"\n\r\n  \n",
        "line 1: the file has a header but no users (CSV002)",
    ),
    (
        "blank lines alone",
        b"\n" * 3,
        (
            "line 1: the first line is blank, and must be the header; take blank lines out above "
            "it (CSV003)"
        ),
    ),
    (
        "blank line above the header",
        b" \n" + HEADER + USER,
        (
            "line 1: the first line is blank, and must be the header; take blank lines out above "
            "it (CSV003)"
        ),
    ),
    ("no header", USER * 2, f"line 1: {NO_HEADER} (CSV003)"),
    (
        "header twice",
        HEADER + HEADER + USER,
        (
            "line 2, column email: this is not the form of an email address; give one @ and no "
            "spaces (CSV026); line 2, column email_verified: give true or false (or yes, no, 1, "
            "0) (CSV032)"
        ),
    ),
    (
        "Latin-1",
        HEADER + USER.replace(b"e@", b"\xe9@"),
        "line 2: this is not UTF-8; save the file as UTF-8 (CSV001)",
    ),
    (
        "Latin-1 in the header",
        b"\xe9," + HEADER + USER,
        "line 1: this is not UTF-8; save the file as UTF-8 (CSV001)",
    ),
    (
        "UTF-32",
        (HEADER + USER).decode().encode("utf-32"),
        "line 1: this is UTF-32; save the file as UTF-8 (CSV001)",
    ),
    (
        "UTF-16 without a byte order mark",
        (HEADER + USER).decode().encode("utf-16-le"),
        "line 1: this has NUL bytes and is no text; save the file as UTF-8 (CSV001)",
    ),
    (
        "NUL bytes alone",
        bytes(1000),
        "line 1: this has NUL bytes and is no text; save the file as UTF-8 (CSV001)",
    ),
    (
        "a NUL byte in a username",
        HEADER + b"\0" + USER,
        (
            "line 2, column cognito:username: a username has no spaces, tabs or control characters "
            "(CSV017)"
        ),
    ),
    (
        "an Excel workbook",
        workbook(),
        (
            "line 1: this is no CSV but a ZIP archive, as Excel workbooks are; save the sheet as "
            "CSV (UTF-8) (CSV001)"
        ),
    ),
    (
        "an old Excel workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "line 1: this is no CSV but an old Office document; save the sheet as CSV (UTF-8) (CSV001)",
    ),
    (
        "compressed",
        b"\x1f\x8b\x08\x00" + bytes(range(256)),
        "line 1: this is no CSV but compressed by gzip; unpack it (CSV001)",
    ),
    ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "line 1: this is no CSV but a PDF (CSV001)"),
    (
        "a pointer of Git LFS",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
        (
            "line 1: this is no CSV but a pointer of Git LFS; fetch the file itself (git lfs pull) "
            "(CSV001)"
        ),
    ),
    ("JSON in one line", f'[{{"username": "{CANARY}"}}]'.encode(), f"line 1: {JSON}"),
    ("JSON in lines", b'[\n  {\n "username": "Kanarie" } ]', f"line 1: {JSON}"),
    ("JSON lines", b'{"username": "Kanarie"}\n' * 3, f"line 1: {JSON}"),
    ("HTML", b"<!DOCTYPE html>\n<html>Kanarie</html>\n", f"line 1: {MARKUP}"),
    (
        "an error of S3",
        b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>",
        f"line 1: {MARKUP}",
    ),
    (
        "one giant line",
        b"k" * 5_000_000,
        "line 1: longer than 65,536 bytes; this is no header (CSV013)",
    ),
    (
        "a giant row",
        HEADER + b"k" * 5_000_000 + b"\n",
        "line 2: longer than the 15,981 characters that are left for a row (CSV013)",
    ),
    (
        "a million columns",
        b"," * 1_000_000 + b"\n" + b"," * 1_000_000,
        "line 1: longer than 65,536 bytes; this is no header (CSV013)",
    ),
    (
        "a quote that is never closed",
        HEADER + b'"' + USER * 4,
        "line 2, column cognito:username: a quote is not closed (CSV011)",
    ),
    (
        "a quote that is never closed in the header",
        b'"' + HEADER + USER,
        "line 1: a quote is not closed (CSV011)",
    ),
    (
        "no column that is verified",
        b"cognito:username,email\nKanarie,Kanarie@example.com\n",
        (
            "line 1, column email_verified: one must be true for every user, and the file has no "
            "such column (CSV007)"
        ),
    ),
]
CSV = [
    Case(
        f"CSV: {name}",
        f"people.csv has {told.count('(CSV')} problem{'s' if told.count('(CSV') > 1 else ''}, and "
        f"nothing was imported: {told}",
        source(content),
    )
    for name, content, told in FILES
]
SETTINGS = [
    Case(
        f"CSV: {name}",
        f"people.csv has 1 problem, and nothing was imported: {told}",
        properties={"Reading": reading},
    )
    for name, reading, told in [
        (
            "a column that is not in the file",
            '{"columns": {"E-mail": "email"}}',
            "line 1, column E-mail: the file has no such column (CSV008)",
        ),
        (
            "a constant for an unknown attribute",
            '{"constants": {"emial": "Kanarie"}}',
            "line 1, column emial: the user pool has no such column; did you mean email? (CSV004)",
        ),
        (
            "a default for an unknown attribute",
            '{"defaults": {"custom:plam": "Kanarie"}}',
            (
                "line 1, column custom:plam: the user pool has no such column; did you mean "
                "custom:plan? (CSV004)"
            ),
        ),
        (
            "a constant that the attribute does not take",
            '{"constants": {"email_verified": "Kanarie"}}',
            (
                "line 1, column email_verified: the value for all users: give true or false (or "
                "yes, no, 1, 0) (CSV032)"
            ),
        ),
    ]
]


# The source


def refused(
    operation: str, code: str, message: str, key: str | None = None
) -> Callable[[FakeAws], object]:
    return lambda world: world.fault(operation, code, message, key=key)


def breaking_off(
    times: float = ALWAYS, then: Callable[[FakeAws], object] = as_it_is
) -> Callable[[FakeAws], object]:
    """S3 sends part of the source only, some times; after the last of them something happens."""

    def arrange(world: FakeAws) -> None:
        whole, left = world.s3._get_object, [times]

        def part(Bucket: str, Key: str, **more: Any) -> Any:  # noqa: N803
            if Key != SOURCE or not left[0]:
                return whole(Bucket=Bucket, Key=Key, **more)
            left[0] -= 1
            content = world.s3.objects[Bucket, Key]
            if not left[0]:
                then(world)
            return {"Body": StreamingBody(io.BytesIO(content[:50]), len(content))}

        world.s3._get_object = part

    return arrange


def slowly(world: FakeAws) -> None:
    source(long_rows(700))(world)
    world.s3.seconds_per_read = 60


def of(address: str, operation: str, code: str, message: str) -> str:
    return f"s3:{operation} of s3://{address}: {code}: {message}"


def broken(cause: str) -> str:
    """What is told where a step of the workflow failed however often it was tried."""
    return messages.workflow_failed(cause)


DENIED_READ = (
    "Check that the object exists (S3 gives the same answer for a missing object to callers that "
    "may not list the bucket), and that the policies of its bucket and of its KMS key let the role "
    "of the import read it. Where the CDK bootstrap bucket has a KMS key of your own, grant it: "
    "key.grant_decrypt(seed.role)."
)
DENIED_WRITE = (
    "Check that the policies of the staging bucket, of its KMS key and of your organisation let "
    "the role of the import write there."
)
TOO_OFTEN = "AWS was asked too often, and so for more than a minute; deploy again later."
OTHER_REGION = "The bucket is in another Region; give the import one in the Region of the stack."
THERE = "Put the users there, or correct the import's source, and deploy again."
NO_KMS = (
    "User: arn:aws:sts::123456789012:assumed-role/seed/Create-1 is not authorized to perform: "
    f"kms:{{}} on resource: {KEY} because no identity-based policy allows the action"
)
REDIRECT = (
    "The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)
ENABLE = "Enable the KMS key, and deploy again."

READ_REFUSALS: list[tuple[str, str, str, str]] = [
    ("forbidden", "AccessDenied", "Access Denied", DENIED_READ),
    ("key denied", "AccessDenied", NO_KMS.format("Decrypt"), DENIED_READ),
    ("key disabled", "KMS.DisabledException", f"{KEY} is disabled.", ENABLE),
    (
        "key pending deletion",
        "KMS.KMSInvalidStateException",
        f"{KEY} is pending deletion.",
        "Cancel the deletion of the KMS key, enable it, and deploy again.",
    ),
    (
        "key gone",
        "KMS.NotFoundException",
        f"Key '{KEY}' does not exist",
        (
            "The KMS key is gone: what it encrypted cannot be read any more. Give the bucket "
            "another key, and put the object there again."
        ),
    ),
    ("in another Region", "PermanentRedirect", REDIRECT, OTHER_REGION),
    (
        "in another Region, newly made",
        "AuthorizationHeaderMalformed",
        (
            "The authorization header is malformed; the region 'eu-central-1' is wrong; expecting "
            "'us-east-1'"
        ),
        OTHER_REGION,
    ),
    (
        "archived",
        "InvalidObjectState",
        "The operation is not valid for the object's storage class",
        (
            "The object is archived: restore it, or copy it to a storage class that can be read at "
            "once, and deploy again."
        ),
    ),
    (
        "a delete marker",
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        "This version is a delete marker; name one that has content.",
    ),
]
ENCRYPTED_BY_CUSTOMER = (
    "The object was stored using a form of Server Side Encryption. The correct parameters must be "
    "provided to retrieve the object."
)
SOURCES = [
    Case(
        "source: missing",
        f"There is no s3://assets/users.csv. {THERE}",
        lambda world: world.s3.objects.clear(),
    ),
    Case(
        "source: version missing",
        f"There is no s3://assets/users.csv version v9. {THERE}",
        properties={"SourceVersion": "v9"},
    ),
    Case(
        "source: bucket missing",
        f"There is no bucket assets. {THERE}",
        refused("GetObject", "NoSuchBucket", "The specified bucket does not exist", SOURCE),
    ),
    *(
        Case(
            f"source: {name}",
            of("assets/users.csv", "GetObject", code, f"{message.removesuffix('.')}. {advice}"),
            refused("GetObject", code, message, SOURCE),
        )
        for name, code, message, advice in READ_REFUSALS
    ),
    Case(
        "source: encrypted with a key of the customer's own",
        of("assets/users.csv", "GetObject", "InvalidRequest", ENCRYPTED_BY_CUSTOMER),
        refused("GetObject", "InvalidRequest", ENCRYPTED_BY_CUSTOMER, SOURCE),
    ),
    Case(
        "source: throttled for ever",
        broken(
            of(
                "assets/users.csv",
                "GetObject",
                "SlowDown",
                f"Please reduce your request rate. {TOO_OFTEN}",
            )
        ),
        refused("GetObject", "SlowDown", "Please reduce your request rate.", SOURCE),
    ),
    Case(
        "source: breaks off for ever",
        broken(
            of(
                "assets/users.csv",
                "GetObject",
                "IncompleteReadError",
                f"50 read, but total bytes expected is {len(users(3))}. The object broke off while "
                "it was read, again and again; deploy again.",
            )
        ),
        breaking_off(),
    ),
    Case(
        "source: replaced midway",
        f"people.csv has 1 problem, and nothing was imported: line 1: {JSON}",
        breaking_off(1, source(b'{"username": "Kanarie"}')),
    ),
    Case(
        "source: deleted midway",
        f"There is no s3://assets/users.csv. {THERE}",
        breaking_off(1, lambda world: world.s3.objects.pop(("assets", SOURCE))),
    ),
    Case(
        "source: too large to be read in time",
        "Reading people.csv took longer than the import's timeout of 1 minute. Give it a longer "
        "one, or fewer users.",
        slowly,
        {"TimeoutSeconds": "60"},
    ),
]


# The role of the import

ASSUME = (
    "The role must trust the worker of the import's workflow for this stack, and no permissions "
    "boundary may deny the worker sts:AssumeRole: deploy the stack that owns the workflow first, "
    "and leave the role as the library makes it."
)
BOUNDARY = "not authorized to perform: sts:AssumeRole because no permissions boundary allows it"
ROLES = [
    Case(
        "import role: of another stack",
        f"sts:AssumeRole of {OTHER_IMPORT_ROLE}: AccessDenied: "
        f"{not_authorized(OTHER_IMPORT_ROLE)}. {ASSUME}",
        properties={"ImportRoleArn": OTHER_IMPORT_ROLE},
    ),
    Case(
        "import role: may not be assumed",
        "sts:AssumeRole of arn:aws:iam::123456789012:role/cdk-cognito-user-import/seed: "
        f"AccessDenied: {BOUNDARY}. {ASSUME}",
        refused("AssumeRole", "AccessDenied", BOUNDARY),
    ),
]


# What is staged


def large(world: FakeAws) -> None:
    """Make the source so large that it is staged in parts."""
    rows = users(6_000).replace(f",{CANARY} ".encode(), f",{CANARY * 250} ".encode())
    source(rows)(world)


def staged_is(content: bytes | None) -> Callable[[FakeAws], object]:
    """Somebody replaces what was staged, or removes it."""

    def change(world: FakeAws) -> None:
        world.s3.objects.pop(("st", STAGED))
        world.s3.metadata.pop(("st", STAGED))
        if content is not None:
            world.s3.objects["st", STAGED] = content

    return change


def before(operation: str, change: Callable[[FakeAws], object]) -> Callable[[FakeAws], object]:
    return lambda world: world.before(operation, lambda: change(world))


NOT_STARTED = " Status Stopped: 0 imported, 0 skipped, 0 failed of 3 users. Log: {log}"
STAGING = [
    *(
        Case(
            f"staging: {name}",
            of("st/" + STAGED, "PutObject", code, f"{message.removesuffix('.')}. {advice}"),
            refused("PutObject", code, message, STAGED),
        )
        for name, code, message, advice in [
            (
                "bucket missing",
                "NoSuchBucket",
                "The specified bucket does not exist",
                (
                    "Somebody has deleted the staging bucket: make it again with this name, or "
                    "give the import another one."
                ),
            ),
            ("forbidden", "AccessDenied", "Access Denied", DENIED_WRITE),
            ("key denied", "AccessDenied", NO_KMS.format("GenerateDataKey"), DENIED_WRITE),
            ("key disabled", "KMS.DisabledException", f"{KEY} is disabled.", ENABLE),
            ("in another Region", "PermanentRedirect", REDIRECT, OTHER_REGION),
        ]
    ),
    Case(
        "staging: throttled for ever",
        broken(of("st/" + STAGED, "PutObject", "SlowDown", f"Please reduce. {TOO_OFTEN}")),
        refused("PutObject", "SlowDown", "Please reduce.", STAGED),
    ),
    Case(
        "staging: may not be looked at",
        of("st/" + STAGED, "GetObject", "403", f"Forbidden. {DENIED_READ}"),
        refused("HeadObject", "403", "Forbidden", STAGED),
    ),
    Case(
        "staging: denied from the second part on",
        of("st/" + STAGED, "PutObject", "AccessDenied", f"Access Denied. {DENIED_WRITE}"),
        lambda world: (large(world), world.fault("UploadPart", "AccessDenied", "Access Denied")),
    ),
    Case(
        "staging: key disabled from the second part on",
        of("st/" + STAGED, "PutObject", "KMS.DisabledException", f"{KEY} is disabled. {ENABLE}"),
        lambda world: (
            large(world),
            world.fault("UploadPart", "KMS.DisabledException", f"{KEY} is disabled."),
        ),
    ),
    Case(
        "staging: cannot be completed",
        broken(of("st/" + STAGED, "PutObject", "InternalError", "We encountered an error.")),
        lambda world: (
            large(world),
            world.fault("CompleteMultipartUpload", "InternalError", "We encountered an error."),
        ),
    ),
    Case(
        "staged: removed midway",
        messages.STAGED_CSV_GONE,
        before("ListUserImportJobs", staged_is(None)),
    ),
    Case(
        "staged: replaced midway",
        messages.STAGED_CSV_GONE,
        before("ListUserImportJobs", staged_is(USER)),
    ),
    Case(
        "staged: removed before the start",
        messages.STAGED_CSV_GONE + NOT_STARTED,
        before("CreateUserImportJob", staged_is(None)),
    ),
    Case(
        "staged: key denied when it is read",
        of("st/" + STAGED, "GetObject", "AccessDenied", f"{NO_KMS.format('Decrypt')}. ")
        + DENIED_READ,
        refused("GetObject", "AccessDenied", NO_KMS.format("Decrypt"), STAGED),
    ),
    Case(
        "staged: key disabled when it is read",
        broken(
            of("st/" + STAGED, "GetObject", "KMS.DisabledException", f"{KEY} is disabled. {ENABLE}")
        ),
        refused("GetObject", "KMS.DisabledException", f"{KEY} is disabled.", STAGED),
    ),
]


# The pool, its jobs, the role, the upload


def idp(operation: str, code: str, message: str) -> str:
    return f"cognito-idp:{operation}: {code}: {message}"


def outcome(**what: Any) -> Callable[[FakeAws], object]:
    return lambda world: world.cognito.outcomes.append(Outcome(**what))


def upload(status: int | str, body: bytes = b"") -> Callable[[FakeAws], object]:
    return lambda world: world.web.answer("/upload/", status, times=ALWAYS, body=body)


def no_upload(problem: str) -> str:
    return (
        f"The upload to the import job's presigned URL failed: {problem}. Deploy again; if that "
        "does not help, look whether a proxy or the policy of a VPC endpoint keeps the import's "
        "worker from Cognito's own bucket."
    )


def no_pools(world: FakeAws) -> None:
    world.cognito.pools.clear()


LOGS_ROLE = (
    "Check the logs role: it must be of this account, and cognito-idp.amazonaws.com must be "
    "allowed to assume it."
)
NO_SUCH_POOL = f"User pool {POOL} does not exist."
TOO_MANY = "Too many users have failed or been skipped during the import."
TWO_FAILED = (
    "More users failed than are tolerated: 2, at most 0. Status Failed: 1 imported, 0 skipped, "
    f'2 failed of 3 users. Cognito says: "{TOO_MANY}" '
)
POOLS = [
    Case(
        "pool: missing",
        idp("DescribeUserPool", "ResourceNotFoundException", NO_SUCH_POOL)
        + " It must be in the account (123456789012) and the Region (eu-central-1) of the stack; "
        "check the import's user_pool.",
        no_pools,
    ),
    Case(
        "pool: in another Region",
        idp(
            "DescribeUserPool",
            "ResourceNotFoundException",
            "User pool us-east-1_AbCdEfGhI does not exist. The stack is in eu-central-1, and by "
            "its id the user pool is in us-east-1: put the import into a stack there.",
        ),
        properties={"UserPoolId": "us-east-1_AbCdEfGhI"},
    ),
    Case(
        "pool: deleted midway",
        messages.pool_deleted("")
        + idp("CreateUserImportJob", "ResourceNotFoundException", NO_SUCH_POOL),
        before("CreateUserImportJob", no_pools),
    ),
    Case(
        "pool: verifies nothing",
        f"User pool {POOL} verifies neither email addresses nor phone numbers automatically, and "
        "Cognito starts no import for such a pool. Set auto_verify on it.",
        lambda world: world.cognito.pools.update({POOL: []}),
    ),
    Case(
        "pool: may not be described",
        idp("DescribeUserPool", "AccessDeniedException", "not authorized by a boundary."),
        refused("DescribeUserPool", "AccessDeniedException", "not authorized by a boundary"),
    ),
    Case(
        "pool: throttled for ever",
        broken(
            idp("DescribeUserPool", "TooManyRequestsException", f"Rate exceeded. {TOO_OFTEN}"),
        ),
        refused("DescribeUserPool", "TooManyRequestsException", "Rate exceeded"),
    ),
    Case(
        "pool: full of jobs",
        idp(
            "CreateUserImportJob",
            "LimitExceededException",
            "Too many import jobs. A user pool keeps 1,000 import jobs, which cannot be deleted; "
            "ask AWS for a higher quota, or import into a new pool.",
        ),
        refused("CreateUserImportJob", "LimitExceededException", "Too many import jobs"),
    ),
    Case(
        "pool: imports not enabled",
        broken(
            idp(
                "CreateUserImportJob",
                "OperationNotEnabledException",
                "Not in this Region. Cognito takes no imports into this user pool now: the Region "
                "holds a replica of the pool, or a point-in-time recovery runs. Deploy in the "
                "pool's primary Region, or again when the recovery has ended.",
            )
        ),
        refused("CreateUserImportJob", "OperationNotEnabledException", "Not in this Region."),
    ),
    *(
        Case(
            f"role: {name}",
            idp("CreateUserImportJob", code, f"{message}. {LOGS_ROLE}"),
            refused("CreateUserImportJob", code, message),
        )
        for name, code, message in [
            ("never assumable", "PreconditionNotMetException", "The role cannot be assumed"),
            ("not a role", "InvalidParameterException", "The role is invalid"),
            ("of another account", "NotAuthorizedException", "Cross-account pass role"),
        ]
    ),
    Case(
        "role: may not be passed",
        idp("CreateUserImportJob", "AccessDeniedException", "not authorized: iam:PassRole."),
        refused("CreateUserImportJob", "AccessDeniedException", "not authorized: iam:PassRole"),
    ),
    Case(
        "role: never assumable at the start",
        "The import did not finish within 30 minutes. Last response from Cognito: "
        + idp(
            "StartUserImportJob",
            "PreconditionNotMetException",
            "The role cannot be assumed. Either another import runs in this account, or Cognito "
            f"cannot use the logs role.{NOT_STARTED}",
        ),
        refused("StartUserImportJob", "PreconditionNotMetException", "The role cannot be assumed"),
    ),
    Case(
        "role: refused at the start",
        idp(
            "StartUserImportJob",
            "InvalidParameterException",
            f"The role is invalid. {LOGS_ROLE}{NOT_STARTED}",
        ),
        refused("StartUserImportJob", "InvalidParameterException", "The role is invalid"),
    ),
    Case(
        "upload: refused",
        no_upload("HTTP status 403, SignatureDoesNotMatch"),
        upload(403, f"<Code>SignatureDoesNotMatch</Code>{CANARY}".encode()),
    ),
    Case(
        "upload: too large",
        no_upload("HTTP status 400, EntityTooLarge"),
        upload(400, b"<Error><Code>EntityTooLarge</Code></Error>"),
    ),
    Case("upload: no service", no_upload("HTTP status 503"), upload(503)),
    Case(
        "upload: cut off",
        no_upload("the connection broke (RemoteDisconnected)"),
        upload("close"),
    ),
    Case(
        "job: always ends without a user",
        messages.users_unaccounted_for("{job}", 0, 3) + " "
        "Status Failed: 0 imported, 0 skipped, 0 failed of 3 users. Cognito says: "
        '"A message that nobody has on record." Log: {log}',
        lambda world: world.cognito.outcomes.extend([failed_empty(3)] * 50),
    ),
    Case(
        "job: loses a user",
        messages.users_unaccounted_for("{job}", 2, 3) + " "
        "Status Succeeded: 2 imported, 0 skipped, 0 failed of 3 users. Cognito says: "
        '"Import Job Completed Successfully." Log: {log}',
        outcome(lost=1),
    ),
    Case(
        "job: users refused",
        TWO_FAILED
        + "people.csv line 3: failed: The alias is taken; people.csv line 4: failed: The user is "
        "not verified. Log: {log}",
        outcome(
            status="Failed",
            failed=2,
            message=TOO_MANY,
            lines=(
                "[FAILED] Line Number 3 - The alias is taken.",
                "[FAILED] Line Number 4 - The user is not verified.",
            ),
        ),
    ),
    Case(
        "job: log group missing",
        TWO_FAILED + "Log: {log}",
        lambda world: (
            outcome(status="Failed", failed=2, message=TOO_MANY)(world),
            world.fault("FilterLogEvents", "ResourceNotFoundException", "no such log group"),
        ),
    ),
    Case(
        "job: log denied",
        TWO_FAILED + "The import's log could not be read (AccessDeniedException). Log: {log}",
        lambda world: (
            outcome(status="Failed", failed=2, message=TOO_MANY)(world),
            world.fault("FilterLogEvents", "AccessDeniedException", "not authorized"),
        ),
    ),
    Case(
        "job: never ends",
        "The import did not finish within 30 minutes. Status Stopped: 0 imported, 0 skipped, "
        '0 failed of 3 users. Cognito says: "The Import Job was stopped by the developer." '
        "Log: {log}",
        outcome(seconds=ALWAYS),
    ),
]

DEPLOYED = [*CONTRACTS, *PROPERTIES, *CSV, *SETTINGS, *SOURCES, *ROLES, *STAGING, *POOLS]
