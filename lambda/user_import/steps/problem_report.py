"""The CSV report of all problems, kept beside the staged CSV where the stack is not rolled back."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import AwsError
from ..messages import steps as messages
from ..users_csv import printable_name

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from ..aws.s3 import Claim, StagedWriter
    from ..aws.services import Services
    from ..users_csv import Finding, Unit
    from .import_request import ImportRequest

_LOGGED = 20
"""The number of problems that the function logs one by one. The CDK CLI prints the end of the log
below a failed deployment: more lines would hide the others."""
_FORMULA = re.compile(r"(^|[;,|\t])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""The places at which a spreadsheet would read a formula."""
_WRITTEN_BY = "request-type"

log = logging.getLogger(__name__)


class ProblemReport:
    """Takes findings one by one, logs the first, and writes all to `problems.csv`.

    A first deployment that fails is rolled back, and the bucket is deleted: there the report is not
    written, unless rollback is disabled for the stack.

    The columns of the report: line (or record), column, rule, severity, problem; before them, for a
    source that is a prefix, the object's key. It holds no value of a user.

    Attributes:
        is_written: Whether the report exists.
    """

    def __init__(self, request: ImportRequest, claim: Claim, services: Services) -> None:
        """Write nothing before the first finding."""
        self._request = request
        self._claim = claim
        self._services = services
        self._found = 0
        self._writer: StagedWriter | None = None
        self._is_cancelled = False
        self.is_written = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._writer is not None and not self.is_written:
            self._writer.discard()

    def close(self) -> None:
        """Complete the report, if it has any findings, and log the number of the others."""
        if self._found > _LOGGED:
            log.warning("%s: and %d more", self._request.source.name, self._found - _LOGGED)
        if self._writer is None or self._is_cancelled:
            return
        try:
            self._writer.close()
        except AwsError as refusal:
            self._cancel(refusal)
        else:
            self.is_written = True

    def add(self, finding: Finding) -> None:
        """Take a finding; an error of the report does not stop the validation."""
        self._found += 1
        if self._found <= _LOGGED:
            log.warning("%s: %s", self._request.source.name, finding.describe())
        if self._is_cancelled:
            return
        try:
            if self._writer is None:
                self._open(finding.location.unit)
            if self._writer is not None:
                location = finding.location
                self._write(
                    *self._object(location.file or ""),
                    location.number,
                    spreadsheet_cell(printable_name(location.column or "")),
                    finding.rule.id,
                    "warning" if finding.rule.is_warning else "error",
                    spreadsheet_cell(finding.text),
                )
        except AwsError as refusal:
            self._cancel(refusal)

    def _open(self, unit: Unit) -> None:
        if not self._outlives_failure():
            self._is_cancelled = True
            return
        request = self._request
        self._writer = self._services.staging.write(
            request.problems, self._claim, {_WRITTEN_BY: request.type}
        )
        self._write(*self._object("object"), unit, "column", "rule", "severity", "problem")

    def _object(self, cell: str) -> tuple[str, ...]:
        """Return the first cell of a row, which only the report on a prefix has."""
        return (spreadsheet_cell(cell),) if self._request.source.is_prefix else ()

    def _outlives_failure(self) -> bool:
        request = self._request
        return request.type == "Update" or self._services.stacks.stays(request.stack_id)

    def _write(self, *cells: str | int) -> None:
        import csv  # noqa: PLC0415  only where something is wrong
        import io  # noqa: PLC0415  likewise

        text = io.StringIO()
        csv.writer(text).writerow(cells)
        assert self._writer is not None
        self._writer.write(text.getvalue().encode())

    def _cancel(self, refusal: AwsError) -> None:
        log.warning("the problem report was not written: %s", refusal)
        self._is_cancelled = True

    @property
    def where(self) -> str:
        """Say where all problems are."""
        if not self.is_written:
            if self._request.source.is_prefix:
                from ..messages.source_objects import (  # noqa: PLC0415  few sources are prefixes
                    problems_of_objects,
                )

                return problems_of_objects(self._request.source.name)
            return messages.PROBLEMS_NOT_KEPT
        report = self._request.problems
        return messages.problem_report_address(report.bucket, report.key)


def remove_problem_report(request: ImportRequest, services: Services) -> None:
    """Remove the report with the import that is deleted.

    The rollback of an update to another pool also sends a Delete. It keeps the report: the import
    stays, and the report explains why the update failed.
    """
    with suppress(AwsError):
        notes = services.staging.notes_on(request.problems)
        of_an_update = notes.get(_WRITTEN_BY) == "Update"
        if of_an_update and services.stacks.status(request.stack_id).undoes_an_update:
            return
    services.staging.remove(request.problems)


def spreadsheet_cell(text: str) -> str:
    """Return text with user input so that no spreadsheet evaluates it."""
    return _FORMULA.sub(r"\1\2'", text)
