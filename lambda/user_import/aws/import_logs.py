"""What became of single users: the only module that talks to CloudWatch Logs.

Source: Amazon Cognito Developer Guide, "Viewing the user pool import results in CloudWatch". A
line of the log reads ``[FAILED] Line Number 5 - <reason>``; other lines are Cognito's own.
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
"""Pages read at most: a filter may give empty pages while it goes through a long log."""


class UserResult(NamedTuple):
    """What became of one user.

    Attributes:
        line: of the job's file, the header being line 1.
        reason: as Cognito words it; printable, and cut where it is long.
    """

    line: int
    outcome: str
    reason: str


def log_stream_name(job: JobResult) -> str:
    """Return the log stream that Cognito makes for a job."""
    return f"{job.id}/{job.name}"


class ImportLogs:
    """The logs that Cognito writes about import jobs."""

    def __init__(self, logs: Any) -> None:
        self._logs = logs

    def keep_for(self, group: str, days: int) -> None:
        """Have a log group forget what is older (PutRetentionPolicy)."""
        with calling("logs:PutRetentionPolicy"):
            self._logs.put_retention_policy(logGroupName=group, retentionInDays=days)

    def remove(self, group: str) -> None:
        """Remove a log group with all that is in it, if it is there (DeleteLogGroup)."""
        try:
            with calling("logs:DeleteLogGroup"):
                self._logs.delete_log_group(logGroupName=group)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise

    def results(
        self, group: str, stream: str, outcomes: Collection[str], most: int
    ) -> list[UserResult]:
        """Return what the log says of users with these outcomes, in the order of their lines.

        Args:
            group: the log group's name.
            stream: the log stream's name.
            outcomes: some of SUCCEEDED, SKIPPED and FAILED.
            most: how many results to return at most.

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
