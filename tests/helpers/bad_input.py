"""Bad input that only a deployment can see, and the exact reason reported to CloudFormation.

The cases of synth are in ``synth/test_bad_input.py``, where all are counted.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.response import StreamingBody

from user_import.contract import VERSION, Property
from user_import.messages import aws as aws_messages
from user_import.messages import properties as properties_messages
from user_import.messages import steps as messages
from user_import.users_csv import header_messages
from user_import.users_csv import messages as csv_messages

from .events import IMPORT_ROLE, POOL, ROLE
from .fake_world import (
    CANARY,
    OTHER_IMPORT_ROLE,
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


def unchanged_content(_world: FakeAws) -> None:
    """Change nothing."""


@dataclass(frozen=True)
class Case:
    """A deployment that cannot succeed.

    Attributes:
        reason: the whole reason reported to CloudFormation. ``{log}`` stands for the address of
            the last job's log.
        arrange: what is wrong with the world.
        properties: what is wrong with the custom resource's properties; None leaves one out.
    """

    name: str
    reason: str
    arrange: Callable[[FakeAws], object] = unchanged_content
    properties: dict[str, Any] = field(default_factory=dict)


# Properties, as CloudFormation delivers them

ARGUMENTS = {
    **dict.fromkeys(("SourceBucket", "SourceKey", "SourceVersion"), "source"),
    **dict.fromkeys(("SourceHash", "SourceName"), "source"),
    **dict.fromkeys(("StagingBucket", "StagingKey"), "staging"),
    **dict.fromkeys(("ToleratedFailed", "ToleratedSkipped"), "tolerance"),
    "UserPoolId": "user_pool",
    "LogsRoleArn": "logs_role",
    "ImportRoleArn": "workflow",
    "JobName": "job_name",
    "Start": "start",
    "TimeoutSeconds": "timeout",
}
"""The argument of the construct that a property comes from."""
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
NOT_ALLOWED: list[tuple[str, str]] = [
    ("UserPoolId", ARN_OF_POOL),
    ("UserPoolId", "x" * 5000),
    ("LogsRoleArn", "logs-role"),
    ("LogsRoleArn", "arn:aws:iam::123456789012:user/ada"),
    ("ImportRoleArn", "arn:aws:iam::123456789012:role/admin"),
    ("JobName", "semi;colon"),
    ("JobName", "x" * 101),
    ("SourceBucket", "s3://assets"),
    ("SourceKey", "k" * 1025),
    ("SourceKey", "ü" * 513),
    ("StagingBucket", "two buckets"),
    ("StagingKey", "users.csv"),
    ("StagingKey", "imports/../users.csv"),
    ("StagingKey", "imports//users.csv"),
    ("Start", "yes"),
    ("TimeoutSeconds", "soon"),
    ("TimeoutSeconds", "-1"),
    ("TimeoutSeconds", "0"),
    ("TimeoutSeconds", str(14 * 86_400 + 1)),
    ("TimeoutSeconds", "1800.5"),
    ("TimeoutSeconds", "9" * 30),
    ("ToleratedFailed", "-1"),
    ("ToleratedFailed", "1e3"),
    ("ToleratedSkipped", "many"),
    ("ToleratedSkipped", "1000000000"),
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


def bad_property(kind: str, name: str, value: Any) -> Case:
    reason = properties_messages.property_not_allowed(Property(name), value, ARGUMENTS[name])
    return Case(f"{name} {kind}", reason, properties={name: value})


CONTRACTS = [
    Case(
        f"contract version {name}",
        properties_messages.other_contract_version(value, VERSION, newer=newer),
        properties={"ContractVersion": value},
    )
    for name, value, newer in [
        ("missing", None, False),
        ("older", "0", False),
        ("newer", str(VERSION + 1), True),
        ("not text", ["1"], False),
    ]
]
PROPERTIES = [
    *(bad_property("missing", name, None) for name in NEEDED),
    *(bad_property("empty", name, "") for name in [*NEEDED, "SourceVersion", "ToleratedFailed"]),
    *(bad_property("not text", name, value) for name, value in NOT_TEXT),
    *(bad_property(value[:20].replace("ü", "?"), name, value) for name, value in NOT_ALLOWED),
    *(
        Case(
            f"Reading is {name}",
            properties_messages.reading_not_allowed(Property.READING),
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


FOR_ALL = header_messages.verified_for_all("email_verified")
NO_HEADER = header_messages.not_a_header("cognito:username")
JSON = (
    "this is not a CSV but JSON; write it as CSV, or name the provider that exported it (export=…) "
    "(CSV001)"
)
MARKUP = "this is not a CSV but HTML or XML, perhaps the error page of a download (CSV001)"
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
            "line 1: the first line is blank, and must be the header; remove the blank lines above "
            "it (CSV003)"
        ),
    ),
    (
        "blank line above the header",
        b" \n" + HEADER + USER,
        (
            "line 1: the first line is blank, and must be the header; remove the blank lines above "
            "it (CSV003)"
        ),
    ),
    ("no header", USER * 2, f"line 1: {NO_HEADER} (CSV003)"),
    (
        "header twice",
        HEADER + HEADER + USER,
        "line 2: this line repeats the header; remove it (CSV003)",
    ),
    (
        "Latin-1",
        HEADER + USER.replace(b"e@", b"\xe9@"),
        (
            "line 2: this is not UTF-8; save the file as UTF-8, or name the encoding "
            'that it has, such as encoding="windows-1252" (CSV001)'
        ),
    ),
    (
        "Latin-1 in the header",
        b"\xe9," + HEADER + USER,
        (
            "line 1: this is not UTF-8; save the file as UTF-8, or name the encoding "
            'that it has, such as encoding="windows-1252" (CSV001)'
        ),
    ),
    (
        "UTF-32",
        (HEADER + USER).decode().encode("utf-32"),
        "line 1: this is UTF-32; save the file as UTF-8 (CSV001)",
    ),
    (
        "UTF-16 without a byte order mark",
        (HEADER + USER).decode().encode("utf-16-le"),
        (
            "line 1: this has NUL bytes, as UTF-16 without a byte order mark; save the file as "
            'UTF-8, or name the encoding that it has, such as encoding="utf-16-le" (CSV001)'
        ),
    ),
    (
        "NUL bytes alone",
        bytes(1000),
        "line 1: this has NUL bytes and is not text; save the file as UTF-8 (CSV001)",
    ),
    (
        "a NUL byte in a username",
        HEADER + b"\0" + USER,
        (
            "line 2, column cognito:username: the value has characters that are invisible "
            "(U+0000); remove them (CSV017)"
        ),
    ),
    (
        "an Excel workbook",
        workbook(),
        (
            "line 1: this is not a CSV but a ZIP archive; unpack it, or, of an Excel workbook, "
            "save the sheet as CSV (UTF-8) (CSV001)"
        ),
    ),
    (
        "an old Excel workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        (
            "line 1: this is not a CSV but an old Office document; save the sheet as CSV (UTF-8) "
            "(CSV001)"
        ),
    ),
    (
        "compressed",
        b"\x1f\x8b\x08\x00" + bytes(range(256)),
        "line 1: this is not a CSV but compressed by gzip; decompress it (CSV001)",
    ),
    ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "line 1: this is not a CSV but a PDF (CSV001)"),
    (
        "a pointer of Git LFS",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
        (
            "line 1: this is not a CSV but a Git LFS pointer; fetch the file itself (git lfs pull) "
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
        "line 1: longer than 65,536 bytes; this is not a header (CSV013)",
    ),
    (
        "a giant row",
        HEADER + b"k" * 5_000_000 + b"\n",
        (
            "line 2: longer than 15,981 characters: Cognito accepts 16,000 in a row, and the "
            "columns that the import adds to the file's own take 19 of them (CSV013)"
        ),
    ),
    (
        "a million columns",
        b"," * 1_000_000 + b"\n" + b"," * 1_000_000,
        "line 1: longer than 65,536 bytes; this is not a header (CSV013)",
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
            "line 1, column email_verified: "
            f"{header_messages.verified_column_missing('email_verified', '', FOR_ALL)} (CSV007)"
        ),
    ),
]
CSV = [
    Case(
        f"CSV: {name}",
        f"people.csv has {body.count('(CSV')} problem{'s' if body.count('(CSV') > 1 else ''}, and "
        f"nothing was imported: {body}",
        source(content),
    )
    for name, content, body in FILES
]
COLUMNS_OF_USERS = users(1).decode().partition("\n")[0].replace(",", ", ")
SETTINGS = [
    Case(
        f"CSV: {name}",
        f"people.csv has 1 problem, and nothing was imported: {body}",
        properties={"Reading": reading},
    )
    for name, reading, body in [
        (
            "a column that is not in the file",
            '{"columns": {"E-mail": "email"}}',
            (f"columns: {header_messages.column_not_in_file('E-mail', COLUMNS_OF_USERS)} (CSV008)"),
        ),
        (
            "a constant for an unknown attribute",
            '{"constants": {"emial": "Kanarie"}}',
            f"constants: {header_messages.misspelled_column('column emial', 'email')} (CSV004)",
        ),
        (
            "a default for an unknown attribute",
            '{"defaults": {"custom:plam": "Kanarie"}}',
            (
                "defaults: "
                + header_messages.misspelled_column("column custom:plam", "custom:plan")
                + " (CSV004)"
            ),
        ),
        (
            "a constant that the attribute does not take",
            '{"constants": {"email_verified": "Kanarie"}}',
            f"constants, email_verified: {csv_messages.BOOLEAN} (CSV032)",
        ),
    ]
]


# The source


def refused(
    operation: str, code: str, message: str, key: str | None = None
) -> Callable[[FakeAws], object]:
    return lambda world: world.fault(operation, code, message, key=key)


def breaking_off(
    times: float = ALWAYS, then: Callable[[FakeAws], object] = unchanged_content
) -> Callable[[FakeAws], object]:
    """S3 sends part of the source only, some times; after the last of them something happens."""

    def arrange(world: FakeAws) -> None:
        s3: Any = world.s3
        whole, left = s3.effect_of_get_object, [times]

        def part(Bucket: str, Key: str, **more: Any) -> Any:
            if Key != SOURCE or not left[0]:
                return whole(Bucket=Bucket, Key=Key, **more)
            left[0] -= 1
            content = world.s3.objects[Bucket, Key]
            if not left[0]:
                then(world)
            return {"Body": StreamingBody(io.BytesIO(content[:50]), len(content))}

        s3.effect_of_get_object = part

    return arrange


def slowly(world: FakeAws) -> None:
    source(long_rows(700))(world)
    world.s3.seconds_per_read = 60


def of(address: str, operation: str, code: str, message: str) -> str:
    return aws_messages.aws_refusal(f"s3:{operation}", f"s3://{address}", code, message)


def broken(cause: str) -> str:
    """The reason where every attempt of a workflow step failed."""
    return messages.workflow_failed(cause)


NO_KMS = (
    "User: arn:aws:sts::123456789012:assumed-role/seed/Create-1 is not authorized to perform: "
    f"kms:{{}} on resource: {KEY} because no identity-based policy allows the action"
)
REDIRECT = (
    "The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)
READ_REFUSALS: list[tuple[str, str, str]] = [
    ("forbidden", "AccessDenied", "Access Denied"),
    ("key denied", "AccessDenied", NO_KMS.format("Decrypt")),
    ("key disabled", "KMS.DisabledException", f"{KEY} is disabled."),
    ("key pending deletion", "KMS.KMSInvalidStateException", f"{KEY} is pending deletion."),
    ("key gone", "KMS.NotFoundException", f"Key '{KEY}' does not exist"),
    ("in another Region", "PermanentRedirect", REDIRECT),
    (
        "in another Region, newly made",
        "AuthorizationHeaderMalformed",
        (
            "The authorization header is malformed; the region 'eu-central-1' is wrong; expecting "
            "'us-east-1'"
        ),
    ),
    (
        "archived",
        "InvalidObjectState",
        "The operation is not valid for the object's storage class",
    ),
    (
        "a delete marker",
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    ),
]
ENCRYPTED_BY_CUSTOMER = (
    "The object was stored using a form of Server Side Encryption. The correct parameters must be "
    "provided to retrieve the object."
)
SOURCES = [
    Case(
        "source: missing",
        aws_messages.source_missing("s3://assets/users.csv"),
        lambda world: world.s3.objects.clear(),
    ),
    Case(
        "source: version missing",
        aws_messages.source_missing("s3://assets/users.csv version v9"),
        properties={"SourceVersion": "v9"},
    ),
    Case(
        "source: bucket missing",
        aws_messages.source_missing("bucket assets"),
        refused("GetObject", "NoSuchBucket", "The specified bucket does not exist", SOURCE),
    ),
    *(
        Case(
            f"source: {name}",
            of("assets/users.csv", "GetObject", code, message),
            refused("GetObject", code, message, SOURCE),
        )
        for name, code, message in READ_REFUSALS
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
                "Please reduce your request rate.",
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
                f"50 read, but total bytes expected is {len(users(3))}",
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
        aws_messages.source_missing("s3://assets/users.csv"),
        breaking_off(1, lambda world: world.s3.objects.pop(("assets", SOURCE))),
    ),
    Case(
        "source: too large to be read in time",
        messages.source_timed_out("people.csv", 60),
        slowly,
        {"TimeoutSeconds": "60"},
    ),
]


# The role of the import


def denied_role(role: str, message: str) -> str:
    return aws_messages.aws_refusal("sts:AssumeRole", role, "AccessDenied", message)


BOUNDARY = "not authorized to perform: sts:AssumeRole because no permissions boundary allows it"
ROLES = [
    Case(
        "import role: of another stack",
        denied_role(OTHER_IMPORT_ROLE, not_authorized(OTHER_IMPORT_ROLE)),
        properties={"ImportRoleArn": OTHER_IMPORT_ROLE},
    ),
    Case(
        "import role: may not be assumed",
        denied_role(IMPORT_ROLE, BOUNDARY),
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


def together(*changes: Callable[[FakeAws], object]) -> Callable[[FakeAws], object]:
    return lambda world: [change(world) for change in changes]


def before(operation: str, change: Callable[[FakeAws], object]) -> Callable[[FakeAws], object]:
    return lambda world: world.before(operation, lambda: change(world))


NOT_STARTED = " Status Stopped: 0 imported, 0 skipped, 0 failed of 3 users. Log: {log}"
STAGING = [
    *(
        Case(
            f"staging: {name}",
            of("st/" + STAGED, "PutObject", code, message),
            refused("PutObject", code, message, STAGED),
        )
        for name, code, message in [
            ("bucket missing", "NoSuchBucket", "The specified bucket does not exist"),
            ("forbidden", "AccessDenied", "Access Denied"),
            ("key denied", "AccessDenied", NO_KMS.format("GenerateDataKey")),
            ("key disabled", "KMS.DisabledException", f"{KEY} is disabled."),
            ("in another Region", "PermanentRedirect", REDIRECT),
        ]
    ),
    Case(
        "staging: throttled for ever",
        broken(of("st/" + STAGED, "PutObject", "SlowDown", "Please reduce.")),
        refused("PutObject", "SlowDown", "Please reduce.", STAGED),
    ),
    Case(
        "staging: may not be looked at",
        of("st/" + STAGED, "GetObject", "403", "Forbidden"),
        refused("HeadObject", "403", "Forbidden", STAGED),
    ),
    Case(
        "staging: denied from the second part on",
        of("st/" + STAGED, "PutObject", "AccessDenied", "Access Denied"),
        together(large, refused("UploadPart", "AccessDenied", "Access Denied")),
    ),
    Case(
        "staging: key disabled from the second part on",
        of("st/" + STAGED, "PutObject", "KMS.DisabledException", f"{KEY} is disabled."),
        together(
            large,
            refused("UploadPart", "KMS.DisabledException", f"{KEY} is disabled."),
        ),
    ),
    Case(
        "staging: cannot be completed",
        broken(of("st/" + STAGED, "PutObject", "InternalError", "We encountered an error.")),
        together(
            large,
            refused("CompleteMultipartUpload", "InternalError", "We encountered an error."),
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
        of("st/" + STAGED, "GetObject", "AccessDenied", NO_KMS.format("Decrypt")),
        refused("GetObject", "AccessDenied", NO_KMS.format("Decrypt"), STAGED),
    ),
    Case(
        "staged: key disabled when it is read",
        broken(of("st/" + STAGED, "GetObject", "KMS.DisabledException", f"{KEY} is disabled.")),
        refused("GetObject", "KMS.DisabledException", f"{KEY} is disabled.", STAGED),
    ),
]


# The pool, its jobs, the role, the upload


def idp(operation: str, code: str, message: str) -> str:
    return aws_messages.aws_refusal(f"cognito-idp:{operation}", "", code, message)


def outcome(**what: Any) -> Callable[[FakeAws], object]:
    return lambda world: world.cognito.outcomes.append(Outcome(**what))


def upload(status: int | str, body: bytes = b"") -> Callable[[FakeAws], object]:
    return lambda world: world.web.answer("/upload/", status, times=ALWAYS, body=body)


def no_pools(world: FakeAws) -> None:
    world.cognito.pools.clear()


NO_SUCH_POOL = f"User pool {POOL} does not exist."
TOO_MANY = "Too many users have failed or been skipped during the import."
TWO_FAILED = (
    "More users failed than are tolerated: 2, at most 0. Status Failed: 1 imported, 0 skipped, "
    f'2 failed of 3 users. Cognito says: "{TOO_MANY}" '
    f"{messages.imported_users_stay(1, pool_stays=False)} "
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
            "User pool us-east-1_AbCdEfGhI does not exist.",
        )
        + " The stack is in eu-central-1, and by its id the user pool is in us-east-1: put the "
        "import into a stack there.",
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
            idp("DescribeUserPool", "TooManyRequestsException", "Rate exceeded"),
        ),
        refused("DescribeUserPool", "TooManyRequestsException", "Rate exceeded"),
    ),
    Case(
        "pool: full of jobs",
        idp(
            "CreateUserImportJob",
            "LimitExceededException",
            "Too many import jobs",
        )
        + " A user pool keeps 1,000 import jobs, which cannot be deleted; ask AWS for a higher "
        "quota, or import into a new pool.",
        refused("CreateUserImportJob", "LimitExceededException", "Too many import jobs"),
    ),
    Case(
        "pool: imports not enabled",
        broken(
            idp(
                "CreateUserImportJob",
                "OperationNotEnabledException",
                "Not in this Region.",
            )
        ),
        refused("CreateUserImportJob", "OperationNotEnabledException", "Not in this Region."),
    ),
    *(
        Case(
            f"role: {name}",
            idp("CreateUserImportJob", code, message),
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
        messages.import_timed_out(1800, "")
        + " Last response from Cognito: "
        + idp(
            "StartUserImportJob",
            "PreconditionNotMetException",
            "The role cannot be assumed",
        )
        + NOT_STARTED,
        refused("StartUserImportJob", "PreconditionNotMetException", "The role cannot be assumed"),
    ),
    Case(
        "role: refused at the start",
        idp(
            "StartUserImportJob",
            "InvalidParameterException",
            "The role is invalid",
        )
        + NOT_STARTED,
        refused("StartUserImportJob", "InvalidParameterException", "The role is invalid"),
    ),
    Case(
        "upload: refused",
        aws_messages.upload_failed(aws_messages.http_status(403, "SignatureDoesNotMatch")),
        upload(403, f"<Code>SignatureDoesNotMatch</Code>{CANARY}".encode()),
    ),
    Case(
        "upload: too large",
        aws_messages.upload_failed(aws_messages.http_status(400, "EntityTooLarge")),
        upload(400, b"<Error><Code>EntityTooLarge</Code></Error>"),
    ),
    Case(
        "upload: no service",
        aws_messages.upload_failed(aws_messages.http_status(503, "")),
        upload(503),
    ),
    Case(
        "upload: cut off",
        aws_messages.upload_failed(aws_messages.connection_broke("RemoteDisconnected")),
        upload("close"),
    ),
    Case(
        "job: always ends without a user",
        messages.job_processed_nobody("{job}", ROLE) + " "
        "Status Failed: 0 imported, 0 skipped, 0 failed of 3 users. Cognito says: "
        '"A message that nobody has on record." Log: {log}',
        lambda world: world.cognito.outcomes.extend([failed_empty(3)] * 50),
    ),
    Case(
        "job: loses a user",
        messages.users_unaccounted_for("{job}", 2, 3) + " "
        "Status Succeeded: 2 imported, 0 skipped, 0 failed of 3 users. Cognito says: "
        '"Import Job Completed Successfully." '
        f"{messages.imported_users_stay(2, pool_stays=False)} Log: {{log}}",
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
        together(
            outcome(status="Failed", failed=2, message=TOO_MANY),
            refused("FilterLogEvents", "ResourceNotFoundException", "no such log group"),
        ),
    ),
    Case(
        "job: log denied",
        TWO_FAILED + "The import's log could not be read (AccessDeniedException). Log: {log}",
        together(
            outcome(status="Failed", failed=2, message=TOO_MANY),
            refused("FilterLogEvents", "AccessDeniedException", "not authorized"),
        ),
    ),
    Case(
        "job: never ends",
        f"{messages.import_timed_out(1800, '')} Status Stopped: 0 imported, 0 skipped, "
        '0 failed of 3 users. Cognito says: "The Import Job was stopped by the developer." '
        "Log: {log}",
        outcome(seconds=ALWAYS),
    ),
]

DEPLOYED = [*CONTRACTS, *PROPERTIES, *CSV, *SETTINGS, *SOURCES, *ROLES, *STAGING, *POOLS]
