r"""One row of a CSV, in Cognito's dialect or another one.

Cognito's dialect has no quotes; `\,` is a comma inside a value; white space around a value does
not count. How Cognito reads a backslash at the end of a value or before a comma, and a quote at the
beginning of a value, is not documented: such values are not written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from . import messages
from .rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMA = re.compile(r"(?<!\\),")
_SOMETHING_ODD = re.compile(r'[\r\n]|^"|\\(?:,|$)')
_QUOTED = r'[ ]*"(?P<quoted>(?:[^"]|"")*+)"[ ]*(?=%s|$)'
_STAYS_OPEN = re.compile(r'[ ]*"(?:[^"]|"")*+$')
_PLAIN = {",": r"(?:\\,|[^,])*+", ";": r"[^;]*+", "\t": r"[^\t]*+"}
_FIELD = {
    separator: re.compile(f"(?:{_QUOTED % separator}|(?P<plain>{plain}))", re.DOTALL)
    for separator, plain in _PLAIN.items()
}

_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)

SEPARATORS = tuple(_PLAIN)

OTHER_SEPARATORS = ("|", "^", "~")
"""Separators that are not read."""

POWERSHELL = "#TYPE "
"""The beginning of the line that Export-Csv of PowerShell 5 writes above the header."""


def named_separator(first_line: str) -> str | None:
    """Return the separator of a line such as `sep=;`, which Excel reads; None for another line."""
    match = _SEPARATOR_LINE.fullmatch(first_line)
    return match[1] if match else None


class DialectError(ValueError):
    """A value that Cognito's dialect cannot express; the text does not contain it.

    Attributes:
        rule: The rule that the value breaks.
        position: Position of the value in its row, from 0; None where that is not known.
    """

    rule: ClassVar[Rule] = Rule.QUOTES
    position: int | None = None


class LineBreakError(DialectError):
    """A value with a line break."""

    rule = Rule.LINE_BREAK


class QuoteError(DialectError):
    """A quote at the beginning of a value, or one that is not closed."""


class OpenQuoteError(QuoteError):
    """A quote that is not closed in this row."""


class BackslashError(DialectError):
    """A backslash at the end of a value or before a comma."""

    rule = Rule.BACKSLASH


def join_row(values: Iterable[str]) -> str:
    """Write the values of one row, without the line end.

    Raises:
        DialectError: A value cannot be expressed. The text does not contain it.
    """
    return ",".join(map(escape, values))


def escape(value: str) -> str:
    """Write one value without the white space around it.

    Raises:
        DialectError: The value cannot be expressed. The text does not contain it.
    """
    value = value.strip()
    if odd := _SOMETHING_ODD.search(value):
        raise _refusal(odd[0][0])
    return value.replace(",", "\\,") if "," in value else value


def _refusal(character: str) -> DialectError:
    match character:
        case "\\":
            return BackslashError(messages.BACKSLASH)
        case '"':
            return QuoteError(messages.LEADING_QUOTE)
        case _:
            return LineBreakError(messages.LINE_BREAK)


def split_row(row: str) -> list[str]:
    """Read the values of one row in Cognito's dialect."""
    if "\\," in row:
        return [value.replace("\\,", ",").strip() for value in _COMMA.split(row)]
    return [value.strip() for value in row.split(",")]


def read_row(row: str, separator: str = ",") -> tuple[list[str], int]:
    r"""Read the values of one row that may have quotes (RFC 4180) and another separator.

    Where the separator is a comma, `\,` outside quotes is a comma inside a value.

    Returns:
        The values, and the number of values that were in quotes.

    Raises:
        OpenQuoteError: A quote is not closed; the value may go on in the next line.
        QuoteError: Text follows a closing quote.
    """
    field, at = _FIELD[separator], 0
    values: list[str] = []
    in_quotes = 0
    while True:
        match = field.match(row, at)
        assert match is not None  # a plain value may be empty
        quoted, plain = match["quoted"], match["plain"]
        if quoted is not None:
            in_quotes += 1
            values.append(quoted.replace('""', '"').strip())
        elif plain.lstrip().startswith('"'):
            error = (
                OpenQuoteError(messages.OPEN_QUOTE)
                if _STAYS_OPEN.match(row, at)
                else QuoteError(messages.TEXT_AFTER_QUOTE)
            )
            error.position = len(values)
            raise error
        else:
            values.append((plain.replace("\\,", ",") if separator == "," else plain).strip())
        at = match.end()
        if at == len(row):
            return values, in_quotes
        at += 1
