"""One import job of the plan, and the jobs as the JSON of the workflow's state, in few bytes.

Every turn of a long import carries up to 80 jobs. So defaults are left out, a name is written as
the number of characters that it has in common with the name before and its other characters, and of
Cognito's messages only the one that the answer quotes is kept. States that an earlier version wrote
can be read: an execution may have begun before the functions were updated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..aws.cognito import JobResult
from ..users_csv import JobRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FLAGS = ("unverified", "replaced", "resumed")
_DIGEST = "#"
"""Stands for a job's digest in its name; no name has it."""


@dataclass(frozen=True, slots=True)
class JobSlot:
    """One import job of the plan: its rows, and the job in Cognito that imports them.

    Attributes:
        rows: The job's part of the staged CSV.
        id: The job that has been created and uploaded; None while there is none.
        unverified: Whether an earlier request uploaded the job from a source that may have changed
            since, so that its number of users is not known.
        replaced: Whether an earlier job of these rows was abandoned for a new one.
        resumed: Whether an earlier request has imported the rows, so that this one does not.
        result: The end of the job; None while it has not ended.
    """

    rows: JobRows
    id: str | None = None
    unverified: bool = False
    replaced: bool = False
    resumed: bool = False
    result: JobResult | None = None


def write_slots(
    slots: Sequence[JobSlot], quoted: JobResult | None, *, with_lines: bool
) -> list[dict[str, Any]]:
    """Return the JSON of jobs.

    Args:
        slots: The jobs.
        quoted: The result whose message is kept.
        with_lines: Whether the lines of the rows may still be needed.
    """
    written = []
    before = ""
    for slot in slots:
        job: dict[str, Any] = {"rows": _write_rows(slot.rows, with_lines=with_lines)}
        if slot.id:
            job["id"] = slot.id
        job |= {flag: True for flag in _FLAGS if getattr(slot, flag)}
        if result := slot.result:
            name = result.name
            if slot.rows.digest:
                name = name.replace(slot.rows.digest, _DIGEST)
            same = _same_characters(before, name)
            job["result"] = [*_counted(result), round(result.seconds, 1), same, name[same:]]
            before = name
            if result is quoted and result.message:
                job["message"] = result.message
            if result.id != slot.id:
                job["result_id"] = result.id
        written.append(job)
    return written


def read_slots(slots: Iterable[Mapping[str, Any]]) -> tuple[JobSlot, ...]:
    """Read what `write_slots` or an earlier version wrote."""
    read = []
    before = ""
    for slot in slots:
        rows, result, ended = _read_rows(slot["rows"]), slot.get("result"), None
        if isinstance(result, list):
            status, imported, skipped, failed, seconds, same, rest = result
            before = before[:same] + rest
            ended = JobResult(
                id=slot.get("result_id", slot.get("id", "")),
                name=before.replace(_DIGEST, rows.digest),
                status=status,
                imported=imported,
                skipped=skipped,
                failed=failed,
                message=slot.get("message", ""),
                seconds=seconds,
            )
        elif result:
            ended = JobResult(**result)
        flags = {flag: slot.get(flag, False) for flag in _FLAGS}
        read.append(JobSlot(rows, slot.get("id"), **flags, result=ended))
    return tuple(read)


def write_results(results: Sequence[JobResult]) -> list[list[Any]]:
    """Return the JSON of the last import's results: without times, and the last with its name."""
    last = len(results) - 1
    return [
        [result.id, *_counted(result), *((result.name, result.message) if index == last else ())]
        for index, result in enumerate(results)
    ]


def read_results(results: Iterable[Any]) -> tuple[JobResult, ...]:
    """Read what `write_results` or an earlier version wrote."""
    return tuple(
        _read_result(result) if isinstance(result, list) else JobResult(**result)
        for result in results
    )


def _read_result(result: Sequence[Any]) -> JobResult:
    job_id, status, imported, skipped, failed, *last = result
    name, message = last or ("", "")
    return JobResult(job_id, name, status, imported, skipped, failed, message)


def _counted(result: JobResult) -> tuple[str, int, int, int]:
    return result.status, result.imported, result.skipped, result.failed


def _same_characters(before: str, name: str) -> int:
    """Return the number of characters at the beginning that two names have in common."""
    pairs = zip(before, name, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(name)))


def _write_rows(rows: JobRows, *, with_lines: bool) -> list[Any]:
    lines = _write_lines(rows.lines) if with_lines else ""
    written = [rows.offset, rows.length, rows.users, lines, rows.digest]
    if rows.algorithm is None:
        return written
    line_map = [rows.map_offset, rows.map_length] if with_lines else []
    return [*written, rows.algorithm, *line_map]


def _read_rows(rows: Any) -> JobRows:
    if isinstance(rows, dict):
        return JobRows(**{**rows, "lines": tuple((row, line) for row, line in rows["lines"])})
    offset, length, users, lines, digest, *hashed = rows
    map_offset, map_length = hashed[1:] or (0, 0)
    return JobRows(
        offset,
        length,
        users,
        tuple(_read_lines(lines)),
        algorithm=hashed[0] if hashed else None,
        map_offset=map_offset,
        map_length=map_length,
        digest=digest,
    )


def _write_lines(lines: Sequence[tuple[int, int]]) -> str:
    """Return each pair as its rows since the pair before, and the lines that were left out.

    One line is the common case, and is not written.
    """
    texts = []
    row = line = 0
    for next_row, next_line in lines:
        rows = next_row - row
        left_out = next_line - line - rows
        texts.append(str(rows) if left_out == 1 else f"{rows}+{left_out}")
        row, line = next_row, next_line
    return " ".join(texts)


def _read_lines(text: str) -> Iterator[tuple[int, int]]:
    row = line = 0
    for each in text.split():
        rows, _, left_out = each.partition("+")
        row += int(rows)
        line += int(rows) + int(left_out or 1)
        yield row, line
