"""Reads the users of a provider's CSV that has a header."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from .. import header_messages
from ..diagnostics import Unit
from ..dialect import OTHER_SEPARATORS, POWERSHELL, SEPARATORS, named_separator
from ..invisible import visible
from ..rules import Normalization, Rule
from . import messages
from .export import ExportError
from .json_list import UserList, json_users
from .recognition import with_hint
from .spooled_csv import Broken
from .user_tally import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .text_reader import TextReader

_BROKEN = Broken(Reason(messages.CSV_RECORD, None, Rule.EXPORT))


def json_or_csv_users(text: TextReader, member: str, key: str) -> Iterable[Any]:
    """Return the users of a file that is JSON or a CSV with a header.

    Args:
        text: The file.
        member: The member with the list of users, where the JSON is an object.
        key: The member or column that every user has.

    Raises:
        ExportError: The file is neither.
    """
    if text.is_json:
        return json_users(text, UserList(member, key))
    rows = CsvUsers(text)
    if key not in rows.names:
        raise ExportError(with_hint(messages.not_users(member, key), rows.names))
    return rows


class CsvUsers:
    """The users of a CSV (RFC 4180), whose values may have line breaks.

    Attributes:
        names: The columns.
    """

    def __init__(self, text: TextReader) -> None:
        """Read the header.

        Raises:
            ExportError: It names a column twice, or is a line of PowerShell's above the header.
        """
        text.peek()
        text.unit = Unit.LINE
        header = text.line()
        if header.startswith(POWERSHELL):
            raise ExportError(messages.at("line 1", header_messages.POWERSHELL_TYPE))
        separator = named_separator(header)
        if separator is not None:
            text.normalized[Normalization.SEPARATOR_LINE] = 1
            header = text.line()
        if separator not in SEPARATORS:
            separator = max(SEPARATORS, key=header.count)
        self._rows = csv.reader(text.lines(), delimiter=separator, strict=True)
        try:
            names = next(csv.reader([header], delimiter=separator, strict=True))
        except csv.Error:
            names = []
        self.names = [visible(name).strip() for name in names]
        for other in OTHER_SEPARATORS:
            if len(names) == 1 and other in names[0]:
                problem = header_messages.separator_not_read(other)
                raise ExportError(messages.at(text.here, problem))
        if len(set(self.names)) < len(self.names):
            raise ExportError(messages.CSV_DUPLICATE)

    def key(self, name: str) -> str | None:
        """Return the name if it is a column."""
        return name if name in self.names else None

    def __iter__(self) -> Iterator[dict[str, str] | Broken]:
        """Yield a user for each record, by column."""
        while True:
            try:
                row = next(self._rows, None)
            except csv.Error:
                yield _BROKEN
                continue
            if row is None:
                return
            if not row:
                continue
            user: dict[str, str] | Broken
            try:
                user = dict(zip(self.names, row, strict=True))
            except ValueError:
                user = _BROKEN
            yield user
