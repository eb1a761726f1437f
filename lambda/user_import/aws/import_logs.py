"""The results of single users: the only module that calls CloudWatch Logs.

Source: Amazon Cognito Developer Guide, "Viewing the user pool import results in CloudWatch". A
line of the log reads `[FAILED] Line Number 5 - <reason>`; other lines are Cognito's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import AwsError, calling
from ..text import printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from .cognito import JobResult

_LINE = re.compile(r"\[(?P<outcome>[A-Z]+)\] Line Number (?P<line>\d+) - (?P<reason>.*)", re.DOTALL)
_REASON_CHARACTERS = 200
_MOST_PAGES = 50
"""The most pages to read: a filter may return empty pages while it searches a long log."""


class UserResult(NamedTuple):
    """The result of one user.

    Attributes:
        line: The line of the job's file; the header is line 1.
        outcome: SUCCEEDED, SKIPPED or FAILED.
        reason: Cognito's reason, as one line of limited length.
    """

    line: int
    outcome: str
    reason: str


def log_stream_name(job: JobResult) -> str:
    """Return the name of the log stream that Cognito creates for a job."""
    return f"{job.id}/{job.name}"


class ImportLogs:
    """The logs that Cognito writes about import jobs."""

    def __init__(self, logs: Any) -> None:
        self._logs = logs

    def keep_for(self, group: str, days: int) -> None:
        """Set the log group's retention (PutRetentionPolicy)."""
        with calling("logs:PutRetentionPolicy"):
            self._logs.put_retention_policy(logGroupName=group, retentionInDays=days)

    def remove(self, group: str) -> None:
        """Delete a log group if it exists (DeleteLogGroup)."""
        try:
            with calling("logs:DeleteLogGroup"):
                self._logs.delete_log_group(logGroupName=group)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise

    def results(
        self, group: str, stream: str, outcomes: Collection[str], most: int
    ) -> list[UserResult]:
        """Return the results with these outcomes, in the order of their lines.

        Args:
            group: The log group's name.
            stream: The log stream's name.
            outcomes: Some of SUCCEEDED, SKIPPED and FAILED.
            most: The most results to return.

        Raises:
            AwsError: CloudWatch Logs refused. A stream that does not exist (yet) has no results.
        """
        found: list[UserResult] = []
        for outcome in outcomes:
            found += self._results(group, stream, outcome, most)
        return sorted(found)[:most]

    def _results(self, group: str, stream: str, outcome: str, most: int) -> list[UserResult]:
        found: list[UserResult] = []
        arguments: dict[str, Any] = {
            "logGroupName": group,
            "logStreamNames": [stream],
            "filterPattern": f'"[{outcome}]"',
        }
        for _ in range(_MOST_PAGES):
            try:
                with calling("logs:FilterLogEvents"):
                    page = self._logs.filter_log_events(**arguments)
            except AwsError as error:
                if error.code == "ResourceNotFoundException":
                    return []
                raise
            results = (_parse(event["message"]) for event in page.get("events", ()))
            found += (each for each in results if each and each.outcome == outcome)
            if len(found) >= most or not page.get("nextToken"):
                break
            arguments["nextToken"] = page["nextToken"]
        return found


def _parse(message: str) -> UserResult | None:
    match = _LINE.match(message)
    if match is None:
        return None
    reason = printable(match["reason"], _REASON_CHARACTERS)
    return UserResult(int(match["line"]), match["outcome"], reason)
