"""The store of all jobs: which may start, which are active, in which order they were made."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .import_job import Counters, ImportJob, Status
from .service_error import (
    ErrorCode,
    ServiceError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..settings import ImportSettings
    from .clock import Clock


@dataclass(slots=True)
class _Entry:
    job: ImportJob
    file: Path
    stop: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    lists: int = 0
    """How many lists of its pool were read since it was made."""
    seen_in_progress: bool = False


class JobStore:
    """All jobs of this local AWS. Safe to use from several threads."""

    def __init__(self, clock: Clock, settings: Callable[[], ImportSettings], uploads: Path) -> None:
        self._clock = clock
        self._settings = settings
        self._uploads = uploads
        self._lock = threading.RLock()
        self._entries: dict[str, _Entry] = {}

    def add(self, job: ImportJob) -> None:
        """Register a new job, unless its pool has as many as it may have (§2.5)."""
        settings = self._settings()
        with self._lock:
            if len(self.of_pool(job.account, job.pool_id)) >= settings.jobs_per_pool:
                raise ServiceError(ErrorCode.LIMIT_EXCEEDED, settings.texts.too_many_jobs)
            self._entries[job.job_id] = _Entry(job, self._uploads / f"{job.job_id}.csv")

    def find(self, account: str, pool_id: str, job_id: str) -> ImportJob:
        """Return a job of a pool.

        Raises:
            ServiceError: When the pool has no such job.
        """
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or (entry.job.account, entry.job.pool_id) != (account, pool_id):
                raise ServiceError(ErrorCode.RESOURCE_NOT_FOUND, self._settings().texts.unknown_job)
            return self._current(entry)

    def of_pool(self, account: str, pool_id: str) -> list[ImportJob]:
        """Return the jobs of a pool, last created first (§2.1)."""
        with self._lock:
            mine = [
                self._current(entry)
                for entry in self._entries.values()
                if (entry.job.account, entry.job.pool_id) == (account, pool_id)
            ]
        return mine[::-1]

    def listed(self, account: str, pool_id: str, *, first_page: bool) -> list[ImportJob]:
        """Return the jobs that ListUserImportJobs shows: the newest may be missing.

        Args:
            account: The account.
            pool_id: The user pool.
            first_page: Whether a new list begins, and not a further page of one.
        """
        lags = self._settings().list_lags
        with self._lock:
            jobs = self.of_pool(account, pool_id)
            entries = [self._entries[job.job_id] for job in jobs]
            shown = [job for job, entry in zip(jobs, entries, strict=True) if entry.lists >= lags]
            for entry in entries:
                entry.lists += first_page
        return shown

    def is_first_look(self, job_id: str) -> bool:
        """Return whether a job that is InProgress is looked at for the first time."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or entry.seen_in_progress:
                return False
            entry.seen_in_progress = True
            return True

    def is_active(self, pool_id: str) -> bool:
        """Return whether a job of the pool is running."""
        with self._lock:
            return any(e.job.active and e.job.pool_id == pool_id for e in self._entries.values())

    def file(self, job_id: str) -> Path:
        """Return where the job's upload is, or would be."""
        with self._lock:
            return self._entries[job_id].file

    def upload_file(self, job_id: str) -> Path | None:
        """Return where an upload for the job goes, None when no job waits for one."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or self._current(entry).status is not Status.CREATED:
                return None
            return entry.file

    def start(self, job_id: str, slot_is_taken: Callable[[], bool]) -> ImportJob:
        """Give the job the one slot: Created to Pending (§2.5).

        Args:
            job_id: The job.
            slot_is_taken: Whether a job outside this store holds it.
        """
        settings = self._settings()
        with self._lock:
            entry = self._entries[job_id]
            job = self._current(entry)
            if job.status is not Status.CREATED:
                raise ServiceError(ErrorCode.PRECONDITION_NOT_MET, settings.texts.not_startable)
            slot = _slot(job, settings)
            ours = (each.job for each in self._entries.values())
            if any(each.active and _slot(each, settings) == slot for each in ours):
                raise _slot_taken(settings)
            if slot_is_taken():
                raise _slot_taken(settings)
            entry.job = job.pending(self._clock.now())
            return entry.job

    def stop(self, job_id: str) -> ImportJob:
        """Ask the job to stop, and wait for it as long as the settings say (§2.2)."""
        entry = self.ask_to_stop(job_id)
        self._clock.wait(entry.ended, self._settings().stop_answers_within)
        return entry.job

    def ask_to_stop(self, job_id: str) -> _Entry:
        """Ask the job to stop.

        Raises:
            ServiceError: When it is not running.
        """
        settings = self._settings()
        with self._lock:
            entry = self._entries[job_id]
            job = self._current(entry)
            if job.status is Status.CREATED and settings.stop_created_job == "stop":
                entry.job = job.stopped(self._clock.now())
                self._end(entry)
                return entry
            if job.status not in (Status.PENDING, Status.IN_PROGRESS):
                raise ServiceError(ErrorCode.PRECONDITION_NOT_MET, settings.texts.not_stoppable)
            entry.job = job.stopping()
            entry.stop.set()
        return entry

    def stop_event(self, job_id: str) -> threading.Event:
        """Return the event that is set when the job was asked to stop."""
        with self._lock:
            return self._entries[job_id].stop

    def advance(self, job_id: str, step: Callable[[ImportJob], ImportJob]) -> ImportJob | None:
        """Apply a transition of the job's worker; None when Stop or a reset came first."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or entry.job.status is Status.STOPPING:
                return None
            entry.job = step(entry.job)
            if not entry.job.active:
                self._end(entry)
            return entry.job

    def finish_stopping(self, job_id: str, counters: Counters) -> None:
        """Let a job that its worker has stopped end as Stopped, with all it did counted."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is not None:
                entry.job = entry.job.counted(counters).stopped(self._clock.now())
                self._end(entry)

    def reset(self) -> None:
        """Forget every job and tell the runners to stop."""
        with self._lock:
            for entry in self._entries.values():
                entry.stop.set()
                entry.ended.set()
                self._drop_file(entry)
            self._entries.clear()

    def _current(self, entry: _Entry) -> ImportJob:
        before = entry.job
        entry.job = before.expired_by(self._clock.now(), self._settings())
        if entry.job is not before:
            self._drop_file(entry)
        return entry.job

    def _end(self, entry: _Entry) -> None:
        self._drop_file(entry)
        entry.ended.set()

    @staticmethod
    def _drop_file(entry: _Entry) -> None:
        """Delete the upload: after completion and expiry nothing is kept (§2.2)."""
        entry.file.unlink(missing_ok=True)


def _slot_taken(settings: ImportSettings) -> ServiceError:
    if settings.slot_taken == "too_many_requests":
        return ServiceError(ErrorCode.TOO_MANY_REQUESTS, settings.texts.too_many_requests)
    return ServiceError(ErrorCode.PRECONDITION_NOT_MET, settings.texts.slot_taken)


def _slot(job: ImportJob, settings: ImportSettings) -> tuple[str, ...]:
    if settings.one_job_scope == "account":
        return (job.account,)
    if settings.one_job_scope == "account-region":
        return (job.account, job.region)
    return (job.account, job.pool_id)
