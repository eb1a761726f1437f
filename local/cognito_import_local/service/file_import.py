"""The import of one file: the checks of the whole file, then the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from . import csv_dialect
from .import_job import Counters
from .row_rules import HeaderError, NewUser, NoHashColumnError, RowRejectedError, RowRules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..settings import ImportSettings
    from .cloud import Directory
    from .user_pool import UserPool


class JobFailedError(Exception):
    """The whole job fails; the message is its CompletionMessage."""


class RowLog(Protocol):
    """A log of the outcome of each row."""

    def succeeded(self, line: int) -> None:
        """Log a row that became a user."""

    def skipped(self, line: int) -> None:
        """Log a row whose user exists."""

    def failed(self, line: int, reason: str) -> None:
        """Log a row that breaks a rule."""


class FileImport:
    """Imports the rows of one file into a directory of users.

    Args:
        pool: The user pool.
        directory: Its users.
        log: Receives the outcome of each row.
        settings: The settings of the job.
        algorithm: The password hashing algorithm of the job. Default: none.

    Attributes:
        counters: The outcomes so far.
    """

    def __init__(
        self,
        *,
        pool: UserPool,
        directory: Directory,
        log: RowLog,
        settings: ImportSettings,
        algorithm: str | None = None,
    ) -> None:
        self.counters = Counters()
        self._pool = pool
        self._directory = directory
        self._log = log
        self._settings = settings
        self._texts = settings.texts
        self._algorithm = algorithm

    def run(self, file: Path) -> Iterator[None]:
        """Check the file and import its rows; yield before each row and after the last one.

        Raises:
            JobFailedError: When the file as a whole is refused.
        """
        rows = self._rows(file)
        rules = self._rules(rows)
        for number, line in rows:
            yield
            self._import_row(rules, number, line)
        yield

    def _rows(self, file: Path) -> Iterator[tuple[int, str]]:
        """Check the file as a whole, then return its lines."""
        if file.stat().st_size > self._settings.bytes_per_file:
            raise JobFailedError(self._texts.job_too_large)
        try:
            users = csv_dialect.count_lines(file) - 1
        except csv_dialect.UnreadableFileError:
            raise JobFailedError(self._texts.job_unreadable) from None
        if users > self._settings.users_per_file:
            raise JobFailedError(self._texts.job_too_long)
        return csv_dialect.lines(file)

    def _rules(self, rows: Iterator[tuple[int, str]]) -> RowRules:
        """Return the rules for the rows, from the pool and the header."""
        number, line = next(rows, (0, ""))
        if number != 1:
            raise JobFailedError(self._texts.job_header)
        header = csv_dialect.split(line)
        try:
            return RowRules(self._pool, header, self._settings, self._algorithm)
        except NoHashColumnError:
            raise JobFailedError(self._texts.job_no_hash_column) from None
        except HeaderError:
            raise JobFailedError(self._texts.job_header) from None

    def _import_row(self, rules: RowRules, number: int, line: str) -> None:
        counters = self.counters
        try:
            if len(line) > self._settings.characters_per_row:
                raise RowRejectedError(self._texts.row_too_long)
            user = rules.user(csv_dialect.split(line))
            if self._exists(user):
                self._log.skipped(number)
                self.counters = replace(counters, skipped=counters.skipped + 1)
                return
        except RowRejectedError as rejection:
            self._log.failed(number, str(rejection))
            self.counters = replace(counters, failed=counters.failed + 1)
            return
        limit = self._settings.create_users_at_most
        self._directory.add(user, keep=limit is None or counters.imported < limit)
        self._log.succeeded(number)
        self.counters = replace(counters, imported=counters.imported + 1)

    def _exists(self, user: NewUser) -> bool:
        """Return whether the row is skipped; a conflict of aliases may fail it (§1.8)."""
        if self._directory.has_user(user.username):
            return True
        if not self._directory.alias_taken(user):
            return False
        if self._settings.alias_clash == "fail":
            raise RowRejectedError(self._texts.row_alias)
        return True
