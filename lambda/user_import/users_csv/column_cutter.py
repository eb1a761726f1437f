r"""Writes the columns of a mapping from whole batches of rows, which have all columns of the file.

One regular expression cuts each row into the stretches of columns that stay together, so that a
batch costs a few list operations and no row a call of its own. It runs on rows in Cognito's
dialect, and fails where any row has another number of values; the caller then goes row by row.
"""

from __future__ import annotations

import itertools
import re
from operator import methodcaller
from typing import TYPE_CHECKING, NamedTuple

from .fast_path import MASK, mask_commas
from .pool import SIGN_IN_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Sequence

    from .column_mapping import ColumnMapping

_COMMA = re.compile(rb"(?<!\\),")
_VALUE = b"[^,]*+"
_LAST_VALUE = rb"[^,\n]*+"
_REST_OF_ROW = rb"[^\n]*+"
_TO_BE_SET = b""
_count_commas = methodcaller("count", b",")


class _Stretch(NamedTuple):
    """Columns of the file that stay together, from `start` up to before `stop`."""

    start: int
    stop: int


class _Piece(NamedTuple):
    """A part of a written row.

    Attributes:
        group: The group of the expression that has it.
        is_email: Whether it is written for email addresses only, or for other values only; None
            for all values.
        ending: The comma or line feed to write after it; empty where the group has it.
    """

    group: int
    is_email: bool | None
    ending: bytes


class ColumnCutter:
    """Cuts the rows of a file down to the columns of a mapping, in the mapping's order."""

    def __init__(self, mapping: ColumnMapping, username_forms: Sequence[str]) -> None:
        """Prepare the expression; `username_forms` are the attributes that are the username."""
        self._width = mapping.width
        self._positions = mapping.positions
        # With two such attributes, each has the usernames of its form only.
        by_form = {*username_forms} & mapping.filled if len(username_forms) > 1 else set()
        self._forms = {
            number: column == SIGN_IN_ATTRIBUTES[0]
            for number, column in enumerate(mapping.columns)
            if column in by_form
        }
        runs = _runs(mapping.positions, self._forms.keys())
        stretches = _stretches(mapping.width, [run for _, run in runs])
        kept = [each for each in stretches if any(_is_within(each, run) for _, run in runs)]
        written = [
            (stretch, self._forms.get(number))
            for number, run in runs
            for stretch in kept
            if _is_within(stretch, run)
        ]
        last = stretches[-1]
        # A group has its comma or line feed where it is written with the same one everywhere.
        ends = [stretch for stretch, _ in written[:-1]]
        whole = {
            each
            for each in kept
            if (each not in ends if each == last else each != written[-1][0])
            and (each, True) not in written
            and (each, False) not in written
        }
        self._pieces = [
            _Piece(
                kept.index(stretch) + 1,
                is_email,
                b"" if stretch in whole else b"\n" if number == len(written) else b",",
            )
            for number, (stretch, is_email) in enumerate(written, start=1)
        ]
        self._groups = len(kept)
        # Groups in the file's order, up to its last column, are written as they are.
        if last in kept and written == [(each, None) for each in kept]:
            self._pieces.clear()
        # Its commas are counted, which is faster than to match them.
        self._last_commas = last.stop - last.start - 1 if last in kept else None
        parts = [
            _pattern(each, kept=each in kept, last=each == last, whole=each in whole)
            for each in stretches
        ]
        self._split = re.compile(b"^" + b"".join(parts), re.MULTILINE).split

    def cut_row(self, row: bytes) -> bytes | int:
        """Return a row with the columns of the mapping; its number of values if that is wrong."""
        values = _split(row)
        if len(values) != self._width:
            return len(values)
        cut = [values[position] for position in self._positions]
        for number, is_email in self._forms.items():
            (cut[number],) = _of_form([cut[number]], is_email=is_email)
        return b",".join(cut)

    def cut(self, text: bytes, count: int) -> bytes | None:
        """Return so many whole rows with the columns of the mapping.

        The result is None where a row has another number of values than the header.
        """
        is_masked = b"\\" in text
        if is_masked and MASK in text:
            return None
        flat = self._split(mask_commas(text))
        step = self._groups + 1
        rows = len(flat) // step
        # Otherwise a row does not match, or a value has run over a line feed.
        if rows != count:
            return None
        if self._last_commas is not None:
            commas = set(map(_count_commas, flat[self._groups :: step]))
            if commas - {self._last_commas}:
                return None
        if not self._pieces:
            # What stands between the groups is empty.
            cut = b"".join(flat)
            return cut.replace(MASK, b"\\,") if is_masked else cut
        columns: list[list[bytes]] = []
        for group, is_email, ending in self._pieces:
            values = flat[group::step]
            columns.append(values if is_email is None else _of_form(values, is_email=is_email))
            if ending:
                columns.append([ending] * rows)
        joined = [_TO_BE_SET] * (len(columns) * rows)
        for number, column in enumerate(columns):
            joined[number :: len(columns)] = column
        cut = b"".join(joined)
        return cut.replace(MASK, b"\\,") if is_masked else cut


def _split(row: bytes) -> list[bytes]:
    if b"\\" in row:
        return _COMMA.split(row)
    return row.split(b",")


def _runs(positions: Sequence[int], alone: KeysView[int]) -> list[tuple[int, _Stretch]]:
    """Return the stretches of the file that are written one after another.

    Args:
        positions: The position in the file of each column that is written.
        alone: Numbers of the columns that are a stretch each.

    Returns:
        The number of the first column of each stretch, and the stretch.
    """
    runs: list[tuple[int, _Stretch]] = []
    for number, position in enumerate(positions):
        if runs and alone.isdisjoint({number, runs[-1][0]}) and runs[-1][1].stop == position:
            first, run = runs[-1]
            runs[-1] = (first, run._replace(stop=position + 1))
        else:
            runs.append((number, _Stretch(position, position + 1)))
    return runs


def _stretches(width: int, runs: Sequence[_Stretch]) -> list[_Stretch]:
    """Return the stretches that no run begins or ends inside of, in order."""
    bounds = sorted({0, width}.union(*runs))
    return [_Stretch(start, stop) for start, stop in itertools.pairwise(bounds)]


def _is_within(stretch: _Stretch, run: _Stretch) -> bool:
    return run.start <= stretch.start and stretch.stop <= run.stop


def _pattern(stretch: _Stretch, *, kept: bool, last: bool, whole: bool) -> bytes:
    values = [_VALUE] * (stretch.stop - stretch.start)
    ending = b","
    if last:
        values[-1] = _LAST_VALUE
        ending = rb"\n"
    joined = b",".join(values)
    if not kept:
        return joined + ending
    if last:
        joined = _REST_OF_ROW
    return b"(" + joined + ending + b")" if whole else b"(" + joined + b")" + ending


def _of_form(values: Iterable[bytes], *, is_email: bool) -> list[bytes]:
    return [value if (b"@" in value) is is_email else b"" for value in values]
