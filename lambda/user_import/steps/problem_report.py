"""The list of all problems of a CSV, kept beside the staged CSV where the stack stays."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import AwsError
from ..users_csv import shown

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from ..aws.s3 import Claim, StagedWriter
    from ..aws.services import Services
    from ..users_csv import Finding
    from .import_request import ImportRequest

_LOGGED = 1000
"""How many problems the function's log tells one by one."""
_FORMULA = re.compile(r"(^|[;,|\t])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet would take a cell, or what it takes for one, for a formula."""
_WRITTEN_BY = "request-type"

log = logging.getLogger(__name__)


class ProblemsFile:
    """Takes findings one by one, logs the first, and writes all to ``problems.csv``.

    A first deployment that fails is rolled back, and takes the bucket with it: there the file is
    not written, unless the stack was told to stay.

    Attributes:
        is_written: whether the file is there.

    Columns of the file: line (or record), column, rule, severity, problem. No value of a user is
    among them.
    """

    def __init__(self, request: ImportRequest, claim: Claim, world: Services) -> None:
        """Nothing is written before the first finding."""
        self._request = request
        self._claim = claim
        self._world = world
        self._unit = request.reading.counted
        self._logged = 0
        self._writer: StagedWriter | None = None
        self._gave_up = False
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
        """Make the file appear, if there is anything in it."""
        if self._writer is None or self._gave_up:
            return
        try:
            self._writer.close()
        except AwsError as refusal:
            self._give_up(refusal)
        else:
            self.is_written = True

    def add(self, finding: Finding) -> None:
        """Take a finding; that it cannot be kept does not stop the check."""
        if self._logged < _LOGGED:
            self._logged += 1
            log.warning("%s: %s", self._request.source.name, finding.told(self._unit))
        if self._gave_up:
            return
        try:
            if self._writer is None:
                self._open()
            if self._writer is not None:
                line = finding.line if self._unit == "line" else max(0, finding.line - 1)
                self._write(
                    line,
                    _cell(shown(finding.column or "")),
                    finding.rule.id,
                    "warning" if finding.rule.is_warning else "error",
                    _cell(finding.text),
                )
        except AwsError as refusal:
            self._give_up(refusal)

    def _open(self) -> None:
        if not self._stays():
            self._gave_up = True
            return
        request = self._request
        self._writer = self._world.staging.write(
            request.problems, self._claim, {_WRITTEN_BY: request.type}
        )
        self._write(self._unit, "column", "rule", "severity", "problem")

    def _stays(self) -> bool:
        request = self._request
        return request.type == "Update" or self._world.stacks.stays(request.stack_id)

    def _write(self, *cells: str | int) -> None:
        import csv  # noqa: PLC0415  only where something is wrong
        import io  # noqa: PLC0415  likewise

        text = io.StringIO()
        csv.writer(text).writerow(cells)
        assert self._writer is not None
        self._writer.write(text.getvalue().encode())

    def _give_up(self, refusal: AwsError) -> None:
        log.warning("the list of problems was not written: %s", refusal)
        self._gave_up = True

    @property
    def where(self) -> str:
        """Say where the whole list is."""
        if not self.is_written:
            return "The log of the import's worker has more, until the stack is rolled back. "
        problems = self._request.problems
        return f"All of them: s3://{problems.bucket}/{problems.key} (kept for a day). "


def remove_list(request: ImportRequest, world: Services) -> None:
    """Remove the list with the import that is deleted.

    CloudFormation also deletes what an update with another pool has begun, when it undoes the
    update: then the list is what the user is to read, of an import that stays.
    """
    with suppress(AwsError):
        notes = world.staging.notes_on(request.problems)
        of_an_update = notes.get(_WRITTEN_BY) == "Update"
        if of_an_update and world.stacks.status(request.stack_id).undoes_an_update:
            return
    world.staging.remove(request.problems)


def _cell(text: str) -> str:
    """Return text, parts of which are the user's, so that no spreadsheet runs it."""
    return _FORMULA.sub(r"\1\2'", text)
