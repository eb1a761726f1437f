"""Runs one job on a thread of its own, row by row."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from .file_import import FileImport, JobFailedError
from .import_job import Counters, ImportJob
from .import_log import ImportLog, group_name
from .scope import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from ..faults import JobFault
    from ..settings import ImportSettings
    from .clock import Clock
    from .cloud import Cloud, Directory
    from .job_store import JobStore
    from .user_pool import UserPool

_LOGGER = logging.getLogger("cognito_import_local")
# How often a second the counters are published and the runner looks for Stop.
_TURNS_PER_SECOND = 10
_LONGEST_TURN = 500

_Transition = Callable[[ImportJob], ImportJob]


class _StoppedError(Exception):
    """Stop or a reset ended the job."""


class JobRunner:
    """Runs one started job from Pending to its end."""

    def __init__(
        self,
        *,
        cloud: Cloud,
        job: ImportJob,
        pool: UserPool,
        file: Path,
        store: JobStore,
        clock: Clock,
        settings: ImportSettings,
        fault: JobFault | None,
    ) -> None:
        self._cloud = cloud
        self._job = job
        self._pool = pool
        self._file = file
        self._store = store
        self._clock = clock
        self._settings = settings
        self._fault = fault
        self._scope = Scope(job.account, job.region)
        self._log = ImportLog(cloud.logs, job, pool, clock, settings.log_delay_seconds)
        self._stop = store.stop_event(job.job_id)
        self._import: FileImport | None = None

    def start(self) -> None:
        """Run the job on a thread."""
        threading.Thread(target=self._run, name=self._job.job_id, daemon=True).start()

    @property
    def _counters(self) -> Counters:
        return Counters() if self._import is None else self._import.counters

    def _run(self) -> None:
        try:
            self._pause(self._settings.seconds_pending)
            self._advance(lambda job: job.begun(self._clock.now()))
            self._import_file()
            self._advance(lambda job: job.finished(self._clock.now(), self._settings))
        except _StoppedError:
            self._clock.wait(threading.Event(), self._settings.seconds_stopping)
            self._store.finish_stopping(self._job.job_id, self._counters)
        except JobFailedError as failure:
            self._fail(str(failure))
        except Exception:
            _LOGGER.exception("import job %s", self._job.job_id)
            self._fail(self._settings.texts.job_internal)

    def _fail(self, message: str) -> None:
        try:
            self._advance(
                lambda job: job.counted(self._counters).failed(self._clock.now(), message)
            )
        except _StoppedError:
            self._store.finish_stopping(self._job.job_id, self._counters)

    def _advance(self, transition: _Transition) -> None:
        if self._store.advance(self._job.job_id, transition) is None:
            raise _StoppedError

    def _pause(self, seconds: float) -> None:
        if self._clock.wait(self._stop, seconds):
            raise _StoppedError

    def _import_file(self) -> None:
        began = self._clock.elapsed()
        self._check_role()
        self._log.test()
        directory = self._cloud.pools.directory(self._scope, self._pool)
        self._import = FileImport(
            pool=self._pool,
            directory=directory,
            log=self._log,
            settings=self._settings,
            algorithm=self._job.algorithm,
        )
        try:
            self._import_rows(self._import, directory, began)
            self._pause(began + self._settings.seconds_in_progress - self._clock.elapsed())
        finally:
            self._log.flush()

    def _check_role(self) -> None:
        """Fail the job when its role was deleted or has lost its rights (§1.15)."""
        if not self._cloud.roles.usable(
            self._scope,
            role_arn=self._job.role_arn,
            group=group_name(self._pool),
            pool_arn=self._scope.pool_arn(self._pool.pool_id),
            settings=self._settings,
        ):
            self._log.lose()
            raise JobFailedError(self._settings.texts.job_logs_role)

    def _import_rows(self, rows: FileImport, directory: Directory, began: float) -> None:
        rate = self._settings.rows_per_second
        turn = min(_LONGEST_TURN, max(1, int(rate / _TURNS_PER_SECOND))) if rate else _LONGEST_TURN
        published = 0
        for _ in rows.run(self._file):
            done = rows.counters.rows
            if done % turn == 0 and done > published:
                published = done
                self._publish(directory)
                self._pause(began + done / rate - self._clock.elapsed() if rate else 0)
            self._apply_fault(done)
        self._publish(directory)

    def _apply_fault(self, rows: int) -> None:
        """Apply the job's fault when its number of rows is done."""
        fault = self._fault
        if fault is None or rows < fault.after_rows:
            return
        self._fault = None
        texts = self._settings.texts
        match fault.what:
            case "stopped":
                self._store.ask_to_stop(self._job.job_id)
                raise _StoppedError
            case "log_lost":
                self._log.flush()
                self._log.lose()
            case "role_lost":
                self._log.lose()
                raise JobFailedError(texts.job_logs_role)
            case "broken":
                raise JobFailedError(texts.job_internal)

    def _publish(self, directory: Directory) -> None:
        if directory.gone:
            raise JobFailedError(self._settings.texts.job_pool_deleted)
        self._check_role()
        self._advance(lambda job: job.counted(self._counters))
