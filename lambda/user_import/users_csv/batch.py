"""The check of a block of rows: all at once what is right beyond doubt, the rest one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from .decoding import is_utf_8
from .dialect import escape
from .duplicates import Seen
from .fast_path import row_pattern
from .normalize import Translation
from .pool import USERNAME
from .row_validator import RowCheck, required_columns
from .rules import Mending, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .column_mapping import Layout
    from .context import Inspection
    from .fast_path import Groups
    from .job_splitter import Jobs

_SPREAD = 0x9E3779B97
"""Makes numbers that stand for blanks differ in all their bits, as hashes do."""

_ESCAPED_COMMA = re.compile(rb"\\,")


class BlockCheck:
    """Checks and writes the rows of a file, block by block.

    Attributes:
        users: how many rows with users there are, right or wrong.
    """

    def __init__(
        self,
        layout: Layout,
        separator: str,
        inspection: Inspection,
        jobs: Jobs,
        write: Callable[[bytes], object],
    ) -> None:
        """Prepare for rows of a layout; the header was line 1."""
        pool, reading = inspection.pool, inspection.reading
        self.users = 0
        self._line = 2
        self._layout = layout
        self._findings = inspection.findings
        self._mendings = inspection.mendings
        self._jobs = jobs
        self._write = write
        ending = "".join("," + escape(value) for _, value in layout.ending)
        self._ending = ending.encode() + b"\n"
        # A last value that is blank leaves its comma.
        self._end = b",\n" if layout.last_is_blank else b"\n"
        self._longest = inspection.limits.row_characters - len(ending)
        self._most_bytes = inspection.limits.row_bytes
        self._rows = RowCheck(layout, inspection, self._longest)
        self._translation = Translation(layout, separator, inspection)
        defaults = [name for name in layout.columns if reading.defaults.get(name)]
        required = frozenset((*required_columns(layout, pool), *defaults))
        self._pattern = row_pattern(layout, pool, required)
        self._match = self._pattern.match
        self._folds = pool.case_sensitive is False
        self._own_names = pool.username_attributes or ()
        # One key a line of the file, so that a key's number tells its line.
        self._seen = {name: Seen() for name in (USERNAME, *self._pattern.unique)}

    def check(self, block: bytes, lines: int) -> None:
        """Check a block of so many whole lines."""
        text = self._translation.translate(block, self._line)
        self._check(text, lines if text is block else text.count(b"\n"))
        self._findings.settle()

    def finish(self) -> None:
        """Check what was held back, and what only the whole file shows."""
        text = self._translation.finish(self._line)
        self._check(text, text.count(b"\n"))
        self._findings.settle()
        twice = self._seen[USERNAME].repeated()
        for number in twice:
            self._findings.add(
                Rule.USERNAME_TWICE,
                number + 2,
                self._name_of(USERNAME),
                "an earlier user has this username; Cognito skips this one",
            )
        for name in self._pattern.unique:
            for number in self._seen[name].repeated(without=frozenset(twice)):
                self._findings.add(
                    Rule.ALIAS_TWICE,
                    number + 2,
                    self._name_of(name),
                    "an earlier user can sign in with this; Cognito lets one user have it",
                )

    def _name_of(self, column: str) -> str:
        return dict(zip(self._layout.columns, self._layout.names, strict=True))[column]

    def _check(self, text: bytes, count: int) -> None:
        if not count:
            return
        view = _ESCAPED_COMMA.sub(b"\0", text) if b"\\" in text else text
        odd = [*self._odd_lines(text, view), *self._translation.told_lines(self._line)]
        if odd:
            lines = view.split(b"\n")
            for number in odd:
                lines[number] = b""
            view = b"\n".join(lines)
        groups = self._match(view)
        if len(groups[0]) != count:
            # A value has run over a line feed.
            each = [self._match(line + b"\n") for line in view.split(b"\n")[:-1]]
            groups = [[value for (value,) in group] for group in zip(*each, strict=True)]
        keys = {name: self._keys(name, groups) for name in self._seen}
        odd = _unprintable(keys[USERNAME])
        if b"" in keys[USERNAME]:
            odd += [number for number, name in enumerate(keys[USERNAME]) if not name]
        if odd:
            self._check_one_by_one(text, sorted(odd), keys)
        else:
            self.users += count
            self._put(self._line, text, count)
        for name, seen in self._seen.items():
            seen.add(self._folded(keys[name]))
        self._line += count

    def _odd_lines(self, text: bytes, view: bytes) -> list[int]:
        """Return the lines that must not come before the pattern, by their place in the block."""
        valid = is_utf_8(text)
        if valid and b"\\" not in view and b"\r" not in text and not self._has_long_line(text):
            return []
        return [
            number
            for number, (line, seen) in enumerate(
                zip(text.split(b"\n")[:-1], view.split(b"\n")[:-1], strict=True)
            )
            if len(line) > self._longest
            # What is left in the view stands before no comma, or before an escaped one.
            or b"\\" in seen
            or b"\r" in line
            or not (valid or is_utf_8(line))
        ]

    def _has_long_line(self, text: bytes) -> bool:
        at = 0
        while at < len(text):
            stop = text.rfind(b"\n", at, at + self._longest + 1)
            if stop < 0:
                return True
            at = stop + 1
        return False

    def _keys(self, name: str, groups: Groups) -> list[bytes]:
        """Return what no other row may have, for every row; blank where there is nothing."""
        usernames = _filled(groups[self._pattern.username])
        if name == USERNAME:
            return usernames
        group, flag = self._pattern.unique[name]
        values = _filled(groups[group])
        if name in self._own_names:
            # The username is one of the two, which the row need not repeat.
            here = name == "email"
            return [
                username if (b"@" in username) is here else value
                for username, value in zip(usernames, values, strict=True)
            ]
        if flag is None:
            return [value.strip() for value in values]
        return [
            value if verified else b"" for value, verified in zip(values, groups[flag], strict=True)
        ]

    def _folded(self, keys: list[bytes]) -> Sequence[bytes | int]:
        """Return keys as the pool compares them, and for blanks something that is never equal."""
        if self._folds:
            joined = b"\n".join(keys)
            if joined.isascii():
                keys = joined.lower().split(b"\n")
            else:
                keys = joined.decode().lower().encode().split(b"\n")
        if b"" not in keys:
            return keys
        return [key or number * _SPREAD for number, key in enumerate(keys, start=self._line)]

    def _check_one_by_one(
        self, text: bytes, odd: Sequence[int], keys: dict[str, list[bytes]]
    ) -> None:
        """Check the odd lines exactly, and put those and the others."""
        lines = text.split(b"\n")[:-1]
        begin = 0
        dropped = 0
        for number in odd:
            for values in keys.values():
                values[number] = b""
            row = self._row(self._line + number, lines[number], number, keys)
            if row is not None:
                lines[number] = row
                continue
            self._put_lines(lines, begin, number)
            begin = number + 1
            if not lines[number] or lines[number].isspace():
                dropped += 1
        self._put_lines(lines, begin, len(lines))
        self.users += len(lines) - dropped

    def _row(
        self, line: int, raw: bytes, number: int, keys: dict[str, list[bytes]]
    ) -> bytes | None:
        if self._translation.is_told(line):
            return None
        if not raw or raw.isspace():
            self._mendings.add(Mending.BLANK_LINE, line)
            return None
        if len(raw) > self._most_bytes:
            # Of such a line not all is here.
            self._rows.tell_too_long(line)
            return None
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self._findings.add(
                Rule.ENCODING, line, None, "this is not UTF-8; save the file as UTF-8"
            )
            return None
        if len(text) > self._longest:
            self._rows.tell_too_long(line)
            return None
        checked = self._rows.check(line, text)
        if checked is None:
            return None
        for name, values in keys.items():
            # As in the view, where a comma inside a value is a NUL.
            values[number] = checked.unique.get(name, "").replace(",", "\0").encode()
        return checked.text.encode()

    def _put_lines(self, lines: Sequence[bytes], begin: int, end: int) -> None:
        if begin < end:
            rows = b"\n".join(lines[begin:end]) + b"\n"
            self._put(self._line + begin, rows, end - begin)

    def _put(self, line: int, rows: bytes, users: int) -> None:
        if self._findings.errors:
            return
        if self._ending != self._end:
            rows = rows.replace(self._end, self._ending)
        self._jobs.add_rows(line, rows, users)
        self._write(rows)


def _filled(values: list[bytes | None]) -> list[bytes]:
    return [value or b"" for value in values] if None in values else cast("list[bytes]", values)


def _unprintable(names: Sequence[bytes]) -> list[int]:
    """Return the rows whose username has characters beyond ASCII that are not allowed."""
    joined = b"".join(names)
    if joined.isascii() or joined.decode().isprintable():
        return []
    return [number for number, name in enumerate(names) if not name.decode().isprintable()]
