"""Validates batches of rows: with the fast path where possible, the other rows one by one."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from . import messages
from .decoding import has_long_line, is_utf_8
from .diagnostics import Location
from .dialect import escape
from .doubts import WordSampler
from .duplicates import DuplicateDetector
from .exports import LEFT_OUT
from .fast_path import MASK, mask_commas, masked_value, row_pattern
from .memory import TooManyKeysError
from .normalize import RowNormalizer
from .pool import USERNAME
from .row_validator import ValidRow
from .rules import Normalization, Rule
from .staged_rows import HashedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .column_mapping import ColumnMapping
    from .context import ValidationContext
    from .fast_path import Groups
    from .hash_column import HashColumn
    from .password_hashes import ConvertedHash
    from .row_validator import RowValidator
    from .staged_rows import StagedRows

_LEFT_OUT = LEFT_OUT.encode()
_SPREAD = 0x9E3779B97
"""Makes numbers that stand for blanks differ in all their bits, as hashes do."""

_NONE: Mapping[int, bytes] = MappingProxyType({})
_joined = b"".join


class BatchValidator:
    """Validates and writes the rows of a file, batch by batch.

    Attributes:
        users: Number of rows with users, valid or not.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        separator: str,
        context: ValidationContext,
        *,
        row_validator: RowValidator,
        staged: StagedRows | HashedRows,
        hashes: HashColumn | None = None,
    ) -> None:
        """Prepare for rows with a separator; the header was line 1.

        Args:
            mapping: The columns.
            separator: Separator between the values of the file.
            context: Collects findings and normalizations.
            row_validator: Validates the rows that the fast path does not match.
            staged: Receives the rows, without a header, in order. Rows with hashes need
                `HashedRows`.
            hashes: Converts the password hashes; None where the import takes none.
        """
        pool = context.pool
        self.users = 0
        self._line = 2
        self._mapping = mapping
        self._header = mapping.name_of(USERNAME).encode()
        self._findings = context.findings
        self._normalizations = context.normalizations
        self._staged = staged
        self._ending = mapping.row_ending.encode() + b"\n"
        # A last value that is blank leaves its comma.
        self._end = b",\n" if mapping.last_is_blank else b"\n"
        self._longest = row_validator.most_characters
        keys = context.limits.keys
        self._most_keys = math.inf if keys is None else keys
        self._most_bytes = context.limits.row_bytes
        self._rows = row_validator
        self._normalizer = RowNormalizer(mapping, separator, context)
        defaults = [name for name in mapping.columns if context.options.defaults.get(name)]
        required = frozenset((*mapping.required(pool), *defaults))
        self._hashes = hashes
        self._pattern = row_pattern(mapping, pool, required, takes_hashes=hashes is not None)
        self._match = self._pattern.match
        self._sampler = WordSampler()
        self._ignores_case = pool.case_sensitive is False
        self._username_attributes = pool.username_attributes or ()
        # One key per line of the file, so that a key's number gives its line.
        self._detectors = {name: DuplicateDetector() for name in (USERNAME, *self._pattern.unique)}

    def validate(self, batch: bytes, lines: int) -> None:
        """Validate a batch of so many whole lines.

        Raises:
            TooManyKeysError: The context's limits allow fewer values to compare.
        """
        self._validate(*self._normalizer.normalize(batch, lines, self._line))
        if (self._line - 2) * len(self._detectors) > self._most_keys:
            raise TooManyKeysError(self.users, tuple(self._detectors))
        self._findings.settle()

    def finish(self) -> None:
        """Validate the row that was held back, and find duplicates."""
        self._validate(*self._normalizer.finish(self._line))
        self._findings.settle()
        users = self._detectors[USERNAME].duplicates()
        self._report_duplicates(
            Rule.DUPLICATE_USERNAME, USERNAME, users, messages.duplicate_username
        )
        for name in self._pattern.unique:
            aliases = self._detectors[name].duplicates(without=users)
            self._report_duplicates(Rule.DUPLICATE_ALIAS, name, aliases, messages.duplicate_alias)

    def _report_duplicates(
        self, rule: Rule, column: str, numbers: Mapping[int, int], text: Callable[[str], str]
    ) -> None:
        name = self._mapping.name_of(column)
        for number, earlier in numbers.items():
            place = self._findings.describe_line(earlier + 2)
            self._findings.add(rule, Location(number + 2, name), text(place))

    def _validate(self, text: bytes, count: int) -> None:
        if not count:
            return
        masked = mask_commas(text)
        odd = [
            *self._unmatchable_lines(text, masked),
            *self._normalizer.reported_lines(self._line),
            *self._sampler.lines(text),
        ]
        if odd:
            lines = masked.split(b"\n")
            for number in odd:
                lines[number] = b""
            masked = b"\n".join(lines)
        groups = self._match(masked)
        if len(groups[self._pattern.username]) != count:
            # A value has run over a line feed.
            each = [self._match(line + b"\n") for line in masked.split(b"\n")[:-1]]
            groups = {group: [one[group][0] for one in each] for group in groups}
        keys = {name: self._keys(name, groups) for name in self._detectors}
        odd = _odd_usernames(keys[USERNAME], self._header)
        if not all(keys[USERNAME]):
            odd += [number for number, name in enumerate(keys[USERNAME]) if not name]
        hashed = self._hashed_rows(groups, odd)
        if odd or hashed:
            valid = self._validate_rows(text, sorted({*odd, *hashed}), hashed)
            for name, values in keys.items():
                for number in odd:
                    row = valid.get(number)
                    values[number] = masked_value(row.unique.get(name, "")) if row else b""
        else:
            self.users += count
            self._put(self._line, text, count)
        for name, detector in self._detectors.items():
            detector.add(self._comparable(keys[name]))
        self._line += count

    def _unmatchable_lines(self, text: bytes, masked: bytes) -> list[int]:
        """Return the lines that the pattern must not see, by their number in the batch."""
        if (
            is_utf_8(text)
            and b"\\" not in masked
            and b"\r" not in text
            and not has_long_line(text, self._longest)
        ):
            return []
        lines, masked_lines = text.split(b"\n")[:-1], masked.split(b"\n")[:-1]
        pairs = zip(lines, masked_lines, strict=True)  # pragma: no mutate - lengths are equal
        return [
            number
            for number, (line, masked_line) in enumerate(pairs)
            if len(line) > self._longest
            # A backslash that is left stands before no comma, or before an escaped one.
            or b"\\" in masked_line
            or b"\r" in line
            or not is_utf_8(line)
        ]

    def _keys(self, name: str, groups: Groups) -> list[bytes]:
        """Return the values that must be unique, one per row; blank where there is none."""
        if name == USERNAME:
            return _filled(groups[self._pattern.username])
        group, flag = self._pattern.unique[name]
        values = _filled(groups[group])
        if name in self._username_attributes:
            usernames = _filled(groups[self._pattern.username])
            # The username is one of the two, and the row need not repeat it.
            here = name == "email"
            pairs = zip(usernames, values, strict=True)  # pragma: no mutate - one per row each
            return [username if (b"@" in username) is here else value for username, value in pairs]
        if flag is None:
            return [value.strip() for value in values]
        flags = groups[flag]
        if all(flags):
            return values
        verified = zip(values, flags, strict=True)  # pragma: no mutate - one per row each
        return [value if is_verified else b"" for value, is_verified in verified]

    def _hashed_rows(self, groups: Groups, odd: Sequence[int]) -> Mapping[int, bytes]:
        """Return the masked hashes of the rows that the pattern matches, by number in the batch."""
        if self._pattern.hash is None:
            return _NONE
        others = {*odd}
        hashes = enumerate(groups[self._pattern.hash])
        return {number: text for number, text in hashes if text and number not in others}

    def _comparable(self, keys: list[bytes]) -> Sequence[bytes | int]:
        """Return keys as the pool compares them, and for each blank a number of its own."""
        if self._ignores_case:
            joined = b"\n".join(keys)
            if joined.isascii():
                lower = joined.lower()  # pragma: no mutate - upper case would do for ASCII
                # Most usernames are in lower case already.
                if lower != joined:
                    keys = lower.split(b"\n")
            else:
                keys = joined.decode().lower().encode().split(b"\n")
        if all(keys):
            return keys
        lines = enumerate(keys, start=self._line)
        return [key or line * _SPREAD for line, key in lines]  # pragma: no mutate - any other does

    def _validate_rows(
        self, text: bytes, odd: Sequence[int], hashed: Mapping[int, bytes]
    ) -> Mapping[int, ValidRow]:
        """Validate the odd lines exactly, and write them and the others.

        Args:
            text: All lines.
            odd: The odd lines, by their number in the batch.
            hashed: Those of them that are valid but for their hash, and their masked hashes.

        Returns:
            The valid ones of the odd lines, by their number in the batch.
        """
        lines = text.split(b"\n")[:-1]
        valid: dict[int, ValidRow] = {}
        begin = 0
        dropped = 0
        for number in odd:
            if number in hashed:
                row = self._convert_row(self._line + number, lines[number], hashed[number])
            else:
                row = self._validate_row(self._line + number, lines[number])
            if row is not None:
                valid[number] = row
                lines[number] = row.text.encode()
                if row.hash is not None:
                    self._put_lines(lines, begin, number)
                    self._put_hashed(self._line + number, lines[number], row.hash)
                    begin = number + 1
                continue
            self._put_lines(lines, begin, number)
            begin = number + 1
            if self._is_blank(self._line + number, lines[number]):
                dropped += 1
        self._put_lines(lines, begin, len(lines))
        self.users += len(lines) - dropped
        return valid

    def _is_blank(self, line: int, row: bytes) -> bool:
        return not row.strip(self._normalizer.blank) and self._normalizer.was_blank(line)

    def _validate_row(self, line: int, raw: bytes) -> ValidRow | None:
        if self._normalizer.is_reported(line):
            return None
        if self._is_blank(line, raw):
            if raw != _LEFT_OUT:
                self._normalizations.add(Normalization.BLANK_LINE, Location(line))
            return None
        if len(raw) > self._most_bytes:
            # The rest of such a line was discarded.
            self._rows.report_too_long(line)
            return None
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self._findings.add(Rule.ENCODING, Location(line), messages.NOT_UTF_8)
            return None
        if len(text) > self._longest:
            self._rows.report_too_long(line)
            return None
        return self._rows.validate(line, text)

    def _convert_row(self, line: int, raw: bytes, masked: bytes) -> ValidRow | None:
        """Convert the hash, the last value, of a row that the pattern matches."""
        assert self._hashes is not None
        if MASK in raw:
            return self._validate_row(line, raw)
        before = self._findings.errors
        converted = self._hashes.convert(line, masked.replace(MASK, b",").decode())
        if self._findings.errors > before:
            return None
        row = raw[: len(raw) - len(masked) - masked.count(MASK)].decode()
        if converted is not None and len(row) + len(escape(converted.text)) > self._longest:
            self._rows.report_too_long(line)
            return None
        return ValidRow(row, {}, converted)

    def _put_lines(self, lines: Sequence[bytes], begin: int, end: int) -> None:
        # After an error nothing is written, so that the rows need not be joined.
        if begin < end and not self._findings.errors:
            rows = b"\n".join(lines[begin:end]) + b"\n"
            self._put(self._line + begin, rows, end - begin)

    def _put_hashed(self, line: int, row: bytes, converted: ConvertedHash) -> None:
        """Write a row with a hash; its own last value is the blank one of the hash."""
        if self._findings.errors:
            return
        assert isinstance(self._staged, HashedRows)
        row = (row + b"\n").removesuffix(self._end) + self._ending.removesuffix(b"\n")
        line += self._findings.lines_above
        self._staged.add_hashed(line, row, converted.algorithm, escape(converted.text).encode())

    def _put(self, line: int, rows: bytes, users: int) -> None:
        if self._findings.errors:
            return
        if self._ending != self._end:
            rows = rows.replace(self._end, self._ending)
        self._staged.add(line + self._findings.lines_above, rows, users)


def _filled(values: list[Any]) -> list[bytes]:
    """Return values of the pattern's groups with a blank in place of each None."""
    # `all` does not compare the values, as a search for None does, and takes half as long.
    return values if all(values) else [value or b"" for value in values]


def _odd_usernames(names: Sequence[bytes], header: bytes) -> list[int]:
    """Return the rows whose username is in quotes, is that of the header, or may be invalid."""
    joined = _joined(names)
    odd = []
    printable = joined.isascii() or joined.decode().isprintable()  # pragma: no mutate - a shortcut
    if not printable:
        odd += [number for number, name in enumerate(names) if not name.decode().isprintable()]
    if header in joined:
        odd += [number for number, name in enumerate(names) if name == header]
    if b"'" in joined:
        odd += [number for number, name in enumerate(names) if name[:1] == b"'" == name[-1:]]
    return odd
