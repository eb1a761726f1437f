"""The worker that runs one job on a thread of its own, row by row."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..emulator import roles
from ..emulator.pools import Directory
from ..emulator.scope import Scope
from . import csv_dialect
from .import_log import ImportLog, group_name
from .jobs import Counters, ImportJob
from .row_rules import HeaderError, Judge, NewUser, NoHashColumnError, RowRejectedError

if TYPE_CHECKING:
    from pathlib import Path

    from ..server.faults import JobFault
    from .clock import Clock
    from .job_store import JobRegister
    from .pool import UserPool
    from .settings import ImportSettings

_LOGGER: Final = logging.getLogger("cognito_import_local")
# How often a second the counters are published and Stop is looked for.
_TURNS_PER_SECOND: Final = 10
_LONGEST_TURN: Final = 500

_Step = Callable[[ImportJob], ImportJob]


class _StoppedError(Exception):
    """Stop came, or a reset."""


class _JobFailedError(Exception):
    """The whole job fails; the message is its CompletionMessage."""


class Worker:
    """Runs one started job from Pending to its end."""

    def __init__(
        self,
        *,
        job: ImportJob,
        pool: UserPool,
        file: Path,
        register: JobRegister,
        clock: Clock,
        settings: ImportSettings,
        fault: JobFault | None,
    ) -> None:
        self._job = job
        self._pool = pool
        self._file = file
        self._register = register
        self._clock = clock
        self._settings = settings
        self._fault = fault
        self._scope = Scope(job.account, job.region)
        self._log = ImportLog(job, pool, clock, settings.log_delay_seconds)
        self._stop = register.stop_event(job.job_id)
        self._counters = Counters()

    def start(self) -> None:
        """Run the job on a thread."""
        threading.Thread(target=self._run, name=self._job.job_id, daemon=True).start()

    def _run(self) -> None:
        try:
            self._pause(self._settings.seconds_pending)
            self._advance(lambda job: job.begun(self._clock.now()))
            self._import()
            self._advance(lambda job: job.finished(self._clock.now(), self._settings))
        except _StoppedError:
            self._clock.wait(threading.Event(), self._settings.seconds_stopping)
            self._register.finish_stopping(self._job.job_id, self._counters)
        except _JobFailedError as failure:
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
            self._register.finish_stopping(self._job.job_id, self._counters)

    def _advance(self, step: _Step) -> None:
        if self._register.advance(self._job.job_id, step) is None:
            raise _StoppedError

    def _pause(self, seconds: float) -> None:
        if self._clock.wait(self._stop, seconds):
            raise _StoppedError

    def _import(self) -> None:
        began = self._clock.elapsed()
        self._check_role()
        self._log.test()
        directory = Directory(self._scope, self._pool)
        rows = self._rows()
        judge = self._judge(rows)
        try:
            self._judge_rows(judge, rows, directory, began)
            self._pause(began + self._settings.seconds_in_progress - self._clock.elapsed())
        finally:
            self._log.flush()

    def _check_role(self) -> None:
        """The role may have gone, or lost its rights, since it was last used (§1.15)."""
        arn = self._scope.pool_arn(self._pool.pool_id)
        group = group_name(self._pool)
        if not roles.usable(
            self._scope,
            role_arn=self._job.role_arn,
            group=group,
            pool_arn=arn,
            settings=self._settings,
        ):
            self._log.lose()
            raise _JobFailedError(self._settings.texts.job_logs_role)

    def _rows(self) -> Iterator[tuple[int, str]]:
        """Check the file as a whole, then return its lines."""
        said = self._settings.texts
        if self._file.stat().st_size > self._settings.bytes_per_file:
            raise _JobFailedError(said.job_too_large)
        try:
            users = csv_dialect.count_lines(self._file) - 1
        except csv_dialect.UnreadableFileError:
            raise _JobFailedError(said.job_unreadable) from None
        if users > self._settings.users_per_file:
            raise _JobFailedError(said.job_too_long)
        return csv_dialect.lines(self._file)

    def _judge(self, rows: Iterator[tuple[int, str]]) -> Judge:
        said = self._settings.texts
        number, line = next(rows, (0, ""))
        if number != 1:
            raise _JobFailedError(said.job_header)
        try:
            return Judge(self._pool, csv_dialect.split(line), self._settings, self._job.algorithm)
        except NoHashColumnError:
            raise _JobFailedError(said.job_no_hash_column) from None
        except HeaderError:
            raise _JobFailedError(said.job_header) from None

    def _judge_rows(
        self,
        judge: Judge,
        rows: Iterator[tuple[int, str]],
        directory: Directory,
        began: float,
    ) -> None:
        rate = self._settings.rows_per_second
        turn = min(_LONGEST_TURN, max(1, int(rate / _TURNS_PER_SECOND))) if rate else _LONGEST_TURN
        for number, line in rows:
            self._meet_fate()
            self._judge_row(judge, number, line, directory)
            if self._counters.rows % turn == 0:
                self._publish(directory)
                self._pause(
                    began + self._counters.rows / rate - self._clock.elapsed() if rate else 0
                )
        self._meet_fate()
        self._publish(directory)

    def _meet_fate(self) -> None:
        """Let the job's fault strike when its rows are done."""
        fault = self._fault
        if fault is None or self._counters.rows < fault.after_rows:
            return
        self._fault = None
        said = self._settings.texts
        match fault.what:
            case "stopped":
                self._register.ask_to_stop(self._job.job_id)
                raise _StoppedError
            case "log_lost":
                self._log.flush()
                self._log.lose()
            case "role_lost":
                self._log.lose()
                raise _JobFailedError(said.job_logs_role)
            case "broken":
                raise _JobFailedError(said.job_internal)

    def _publish(self, directory: Directory) -> None:
        if directory.gone:
            raise _JobFailedError(self._settings.texts.job_pool_deleted)
        self._check_role()
        self._advance(lambda job: job.counted(self._counters))

    def _judge_row(self, judge: Judge, number: int, line: str, directory: Directory) -> None:
        counters = self._counters
        try:
            if len(line) > self._settings.characters_per_row:
                raise RowRejectedError(self._settings.texts.row_too_long)
            user = judge.judge(csv_dialect.split(line))
            if self._is_there(user, directory):
                self._log.skipped(number)
                self._counters = replace(counters, skipped=counters.skipped + 1)
                return
        except RowRejectedError as rejection:
            self._log.failed(number, str(rejection))
            self._counters = replace(counters, failed=counters.failed + 1)
            return
        limit = self._settings.create_users_at_most
        directory.add(user, keep=limit is None or counters.imported < limit)
        self._log.succeeded(number)
        self._counters = replace(counters, imported=counters.imported + 1)

    def _is_there(self, user: NewUser, directory: Directory) -> bool:
        """Return whether the row is to be skipped; a clash of aliases may fail it (§1.8)."""
        if directory.has_user(user.username):
            return True
        if not directory.alias_taken(user):
            return False
        if self._settings.alias_clash == "fail":
            raise RowRejectedError(self._settings.texts.row_alias)
        return True
