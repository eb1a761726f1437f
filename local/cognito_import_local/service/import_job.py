"""The user import job and its states: values and pure transitions (facts §2.1, §2.2).

    Created ──► Pending ──► InProgress ──► Succeeded | Failed
       │           └────────────┴──► Stopping ──► Stopped
       └──► Expired

A job is never changed: each transition returns the next one.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .. import messages

if TYPE_CHECKING:
    from ..settings import ImportSettings

_ID_ALPHABET = string.ascii_letters + string.digits


class Status(StrEnum):
    """The states as the API spells them."""

    CREATED = "Created"
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    EXPIRED = "Expired"
    STOPPED = "Stopped"
    FAILED = "Failed"
    SUCCEEDED = "Succeeded"


ACTIVE = frozenset({Status.PENDING, Status.IN_PROGRESS, Status.STOPPING})

_NEXT = {
    Status.CREATED: {Status.PENDING, Status.EXPIRED, Status.STOPPED},
    Status.PENDING: {Status.IN_PROGRESS, Status.STOPPING, Status.FAILED},
    Status.IN_PROGRESS: {Status.STOPPING, Status.FAILED, Status.SUCCEEDED},
    Status.STOPPING: {Status.STOPPED},
}


class IllegalTransitionError(RuntimeError):
    """A job was to go where no arrow leads."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Rows judged so far."""

    imported: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def rows(self) -> int:
        """Return how many rows were judged."""
        return self.imported + self.skipped + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob:
    """One user import job; times are epoch seconds."""

    job_id: str
    name: str
    pool_id: str
    account: str
    region: str
    role_arn: str
    url: str
    created: float
    algorithm: str | None = None
    status: Status = Status.CREATED
    counters: Counters = Counters()
    started: float | None = None
    completed: float | None = None
    message: str | None = None

    @property
    def active(self) -> bool:
        """Return whether the job holds the one slot (§2.5)."""
        return self.status in ACTIVE

    def _to(self, status: Status, **changes: Any) -> ImportJob:
        if status not in _NEXT.get(self.status, ()):
            raise IllegalTransitionError(f"{self.job_id}: {self.status} to {status}")
        return replace(self, status=status, **changes)

    def with_url(self, url: str) -> ImportJob:
        """Return the job with an upload URL, or with none when it is empty."""
        return replace(self, url=url)

    def pending(self, now: float) -> ImportJob:
        """Return the job as Start answers it: Pending, StartDate set."""
        return self._to(Status.PENDING, started=now)

    def begun(self, now: float) -> ImportJob:
        """Return the job as its worker begins: StartDate is rewritten (§2.2)."""
        return self._to(Status.IN_PROGRESS, started=now)

    def counted(self, counters: Counters) -> ImportJob:
        """Return the job with new counters."""
        return replace(self, counters=counters)

    def stopping(self) -> ImportJob:
        """Return the job after Stop."""
        return self._to(Status.STOPPING)

    def stopped(self, now: float) -> ImportJob:
        """Return the job when its worker has stopped, or that never had one."""
        return self._to(Status.STOPPED, completed=now, message=messages.JOB_STOPPED)

    def failed(self, now: float, message: str) -> ImportJob:
        """Return the job ended as Failed."""
        return self._to(Status.FAILED, completed=now, message=message)

    def finished(self, now: float, settings: ImportSettings) -> ImportJob:
        """Return the job after its last row: Succeeded, or Failed for too many bad rows."""
        if too_many(self.counters, settings):
            return self.failed(now, messages.JOB_TOO_MANY)
        return self._to(Status.SUCCEEDED, completed=now, message=messages.JOB_SUCCEEDED)

    def expired_by(self, now: float, settings: ImportSettings) -> ImportJob:
        """Return the job as Expired if it was not started in time, else unchanged."""
        due = self.created + settings.hours_until_expired * 3600
        if self.status is not Status.CREATED or now < due:
            return self
        return self._to(Status.EXPIRED, completed=due, message=messages.JOB_EXPIRED)

    def as_answer(self) -> dict[str, Any]:
        """Return the UserImportJobType of the service model."""
        answer = {
            "JobName": self.name,
            "JobId": self.job_id,
            "UserPoolId": self.pool_id,
            "PreSignedUrl": self.url or None,
            "CreationDate": _milliseconds(self.created),
            "StartDate": _milliseconds(self.started),
            "CompletionDate": _milliseconds(self.completed),
            "Status": self.status.value,
            "CloudWatchLogsRoleArn": self.role_arn,
            "ImportedUsers": self.counters.imported,
            "SkippedUsers": self.counters.skipped,
            "FailedUsers": self.counters.failed,
            "CompletionMessage": self.message,
            "PasswordHashingAlgorithm": self.algorithm,
        }
        return {name: value for name, value in answer.items() if value is not None}


def too_many(counters: Counters, settings: ImportSettings) -> bool:
    """Return whether the bad rows make the job Failed: the one place of §2.3's threshold."""
    bad = counters.failed + counters.skipped
    if settings.fail_if_none_imported and bad and not counters.imported:
        return True
    return bad > settings.too_many_share * counters.rows


def new_job_id() -> str:
    """Return an id such as `import-qQ0DCt2fRh` (§2.1)."""
    return "import-" + "".join(secrets.choice(_ID_ALPHABET) for _ in range(10))


def _milliseconds(moment: float | None) -> float | None:
    return None if moment is None else round(moment, 3)
