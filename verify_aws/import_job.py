"""One small import job, and everything that can be seen of it."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .account import Account

ENDED = frozenset({"Succeeded", "Failed", "Stopped", "Expired"})
_LINE = re.compile(r"\[(SUCCEEDED|SKIPPED|FAILED)\] Line Number (\d+) - (.*)", re.DOTALL)
_OUTCOMES = {"SUCCEEDED": "imported", "SKIPPED": "skipped", "FAILED": "failed"}
_ENDS_WITHIN = 180.0
_LOG_WITHIN = 60.0
_ROLE_WITHIN = 150.0
_EVERY = 0.4
_FIRST_LINE = 2
UNUSABLE_ROLE = frozenset(
    {"PreconditionNotMetException", "InvalidParameterException", "NotAuthorizedException"}
)
"""Codes with which Cognito may refuse a logs role (COG-2)."""

# A job of this run that has just ended may still have the slot.
_MAY_PASS = UNUSABLE_ROLE | {"TooManyRequestsException"}


class JobError(Exception):
    """A job cannot be observed; the message says why."""


def code_of(error: ClientError) -> str:
    """Return the code of an AWS error."""
    return str(error.response["Error"]["Code"])


def message_of(error: ClientError) -> str:
    """Return the text of an AWS error."""
    return str(error.response["Error"].get("Message", ""))


@dataclass(frozen=True, slots=True)
class LogLine:
    """What the import log says of a row.

    Attributes:
        outcome: `imported`, `skipped` or `failed`.
        text: The reason.
    """

    outcome: str
    text: str


@dataclass
class ImportJob:
    """A job of a user pool.

    Attributes:
        account: Whose rights make the calls.
        pool_id: The user pool.
        role: ARN of the logs role.
        job: The latest answer of Cognito.
        created: The answer of CreateUserImportJob.
        statuses: Each new status, with the seconds since Start was accepted.
    """

    account: Account
    pool_id: str
    role: str
    job: dict[str, Any] = field(default_factory=dict)
    created: dict[str, Any] = field(default_factory=dict)
    statuses: list[tuple[float, str]] = field(default_factory=list)
    _started: float = 0.0

    @property
    def _cognito(self) -> Any:
        return self.account.client("cognito-idp")

    @property
    def _ids(self) -> dict[str, str]:
        return {"UserPoolId": self.pool_id, "JobId": self.job["JobId"]}

    @property
    def id(self) -> str:
        """The job's id."""
        return str(self.job["JobId"])

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many users were imported, skipped and failed."""
        return (self.job["ImportedUsers"], self.job["SkippedUsers"], self.job["FailedUsers"])

    def create(self, name: str = "verify") -> None:
        """Create the job; AWS's refusals are raised."""
        answer = self._cognito.create_user_import_job(
            JobName=name, UserPoolId=self.pool_id, CloudWatchLogsRoleArn=self.role
        )
        self.created = self.job = answer["UserImportJob"]

    def upload(self, rows: Sequence[Mapping[str, str]], *, all_columns: bool = True) -> None:
        """Upload rows, with all columns of the pool or only those that have a value.

        Raises:
            JobError: The upload was refused.
        """
        header = self._cognito.get_csv_header(UserPoolId=self.pool_id)["CSVHeader"]
        columns = [
            column
            for column in header
            if any(column in row for row in rows) or (all_columns and column != "password_hash")
        ]
        self.upload_text(csv_of(columns, rows))

    def upload_text(self, text: str) -> None:
        """Upload a file.

        Raises:
            JobError: The upload was refused.
        """
        request = urllib.request.Request(  # noqa: S310 - the URL is Cognito's answer
            self.created["PreSignedUrl"],
            data=text.encode(),
            headers={"x-amz-server-side-encryption": "aws:kms"},
            method="PUT",
        )
        try:
            with urllib.request.urlopen(request, timeout=60):  # noqa: S310
                pass
        except urllib.error.HTTPError as error:
            raise JobError(f"the upload was refused with status {error.code}") from None
        except OSError as error:
            raise JobError(f"the upload failed: {type(error).__name__}") from None

    def start(self) -> None:
        """Start the job; AWS's refusals are raised."""
        cognito = self.account.client("cognito-idp", retries=False)
        self.job = cognito.start_user_import_job(**self._ids)["UserImportJob"]
        self._started = time.monotonic()
        self._note_status()

    def create_when_role_is_usable(self) -> None:
        """Create a job whose logs role may be new."""
        _retry(self.create)

    def start_when_role_is_usable(self) -> None:
        """Start a job whose logs role may be new."""
        _retry(self.start)

    def stop(self) -> dict[str, Any]:
        """Stop the job, and return Cognito's answer; AWS's refusals are raised."""
        cognito = self.account.client("cognito-idp", retries=False)
        answer: dict[str, Any] = cognito.stop_user_import_job(**self._ids)["UserImportJob"]
        return answer

    def describe(self) -> dict[str, Any]:
        """Ask for the job's state."""
        self.job = self._cognito.describe_user_import_job(**self._ids)["UserImportJob"]
        self._note_status()
        return self.job

    def wait(self) -> dict[str, Any]:
        """Wait for the job's end.

        Raises:
            JobError: It does not end.
        """
        end = time.monotonic() + _ENDS_WITHIN
        while self.describe()["Status"] not in ENDED:
            if time.monotonic() > end:
                raise JobError(f"a job did not end within {_ENDS_WITHIN:g} s")
            time.sleep(_EVERY)
        return self.job

    def run(self, rows: Sequence[Mapping[str, str]], *, all_columns: bool = True) -> dict[str, Any]:
        """Create, upload, start, and wait for the end."""
        self.create_when_role_is_usable()
        self.upload(rows, all_columns=all_columns)
        self.start_when_role_is_usable()
        return self.wait()

    def _note_status(self) -> None:
        status = self.job["Status"]
        if not self.statuses or self.statuses[-1][1] != status:
            self.statuses.append((time.monotonic() - self._started, status))

    def log(self, expected: int) -> tuple[dict[int, LogLine], float]:
        """Return the lines of the log by the row's number (from 0), and the seconds until then.

        Args:
            expected: Rows that the log should have a line for.
        """
        group = log_group_of(self.account, self.pool_id)
        began = time.monotonic()
        lines: dict[int, LogLine] = {}
        while True:
            lines.update(self._lines(group))
            waited = time.monotonic() - began
            if len(lines) >= expected or waited > _LOG_WITHIN:
                return lines, waited
            time.sleep(_EVERY)

    def _lines(self, group: str) -> dict[int, LogLine]:
        pages = self.account.client("logs").get_paginator("filter_log_events")
        stream = f"{self.id}/{self.job['JobName']}"
        lines: dict[int, LogLine] = {}
        try:
            for page in pages.paginate(logGroupName=group, logStreamNames=[stream]):
                for event in page["events"]:
                    if found := _LINE.fullmatch(event["message"].strip()):
                        word, number, text = found.groups()
                        lines[int(number) - _FIRST_LINE] = LogLine(_OUTCOMES[word], text)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
        return lines


def _retry(call: Callable[[], None]) -> None:
    """Repeat a call until Cognito can use the logs role."""
    end = time.monotonic() + _ROLE_WITHIN
    while True:
        try:
            call()
        except ClientError as error:
            if code_of(error) not in _MAY_PASS or time.monotonic() > end:
                raise
            time.sleep(2)
        else:
            return


def log_group_of(account: Account, pool_id: str) -> str:
    """Return the name of the log group of a pool's imports, as it is documented."""
    pool = account.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
    return f"/aws/cognito/userpools/{pool_id}/{pool['Name']}"


def csv_of(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a file, without any escape but that of commas."""
    lines = [",".join(columns)]
    lines += [
        ",".join(row.get(column, "").replace(",", "\\,") for column in columns) for row in rows
    ]
    return "".join(f"{line}\n" for line in lines)


def user(username: str, /, **values: str) -> dict[str, str]:
    """Return a row of a user with a verified address at example.com."""
    return {
        "cognito:username": username,
        "email": f"{username}@example.com",
        "email_verified": "true",
        **values,
    }


def users_of(account: Account, pool_id: str) -> dict[str, dict[str, str]]:
    """Return the attributes of all users of a pool by username. ListUsers makes no active user."""
    pages = account.client("cognito-idp").get_paginator("list_users").paginate(UserPoolId=pool_id)
    return {
        each["Username"]: {
            **{attribute["Name"]: attribute["Value"] for attribute in each["Attributes"]},
            "status": each["UserStatus"],
        }
        for page in pages
        for each in page["Users"]
    }
