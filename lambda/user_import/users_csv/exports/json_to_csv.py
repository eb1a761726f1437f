"""Reads the list of users in a JSON file one user at a time, and writes it as a CSV."""

from __future__ import annotations

import contextlib
import json
import tempfile
from typing import TYPE_CHECKING, Any, NoReturn, Self

from ..diagnostics import Unit
from . import messages
from .csv_text import csv_line, pieces
from .disabled_users import DisabledUsers
from .export import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .text_reader import TextReader


def users_to_csv(
    text: TextReader,
    member: str,
    key: str,
    row: Callable[[dict[str, Any], int], Mapping[str, str | None]],
    *,
    disabled: tuple[str, str],
    beside: Callable[[str, Any], object] | None = None,
) -> Iterator[bytes]:
    """Write users as a CSV.

    Args:
        text: JSON, a list of users or an object that has one.
        member: The name of the object's list.
        key: The member that every user has; the first column.
        row: Returns the columns and values of a user and its number; None as a value leaves the
            column out of the CSV, because a column for some users only would be worse than none.
        disabled: The flag of a user who cannot sign in, and its value there.
        beside: Receives the names and values of the object's other members.

    Raises:
        ExportError: The file is not such JSON, or it has users who cannot sign in.
    """
    flag, value = disabled
    refused = DisabledUsers(f"{flag} is {value}", Unit.RECORD)
    with _Spool(key) as spool:
        for record, user in enumerate(_json_users(text, member, beside), 1):
            if not isinstance(user, dict) or not isinstance(user.get(key), str):
                raise ExportError(messages.at(f"record {record}", messages.not_a_user(key)))
            if text_of(user.get(flag)) == value:
                refused.add(record)
            try:
                spool.add(row(user, record))
            except UnicodeEncodeError:
                # Not from the error: it holds values of the user.
                problem = messages.at(f"record {record}", messages.HALF_SURROGATE_PAIR)
                raise ExportError(problem) from None
        refused.refuse()
        yield from pieces(spool.csv())


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the members that have a text."""
    return {name: text for name, each in values.items() if (text := text_of(each)) is not None}


def text_of(value: Any) -> str | None:
    """Return a value's text, as numbers are already; None for null, a list or an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _json_users(
    text: TextReader, member: str, beside: Callable[[str, Any], object] | None = None
) -> Iterator[Any]:
    """Yield the elements of a list, or of the list that an object has under a name.

    Args:
        text: The file.
        member: The name.
        beside: Receives the names and values of the object's other members.

    Raises:
        ExportError: The file is not such JSON.
    """
    if text.peek() == "[":
        yield from _elements(text)
    elif text.peek() == "{":
        found = False
        for name in _names(text):
            if name != member:
                value = _value(text, f'a member beside "{member}"')
                if beside is not None:
                    beside(name, value)
                continue
            found = True
            if text.peek() != "[":
                raise ExportError(messages.member_not_a_list(member))
            yield from _elements(text)
        if not found:
            raise ExportError(messages.member_missing(member))
    else:
        raise ExportError(messages.not_users(member))
    if text.peek():
        raise ExportError(messages.text_after_json(text.here))


def _elements(text: TextReader) -> Iterator[Any]:
    _take(text, "[")
    if text.peek() == "]":
        _take(text, "]")
        return
    while True:
        text.number += 1
        yield _value(text, "a user")
        if _take(text, ",]") == "]":
            return


def _names(text: TextReader) -> Iterator[str]:
    """Yield the names of an object's members; the caller takes each value."""
    _take(text, "{")
    if text.peek() == "}":
        _take(text, "}")
        return
    while True:
        if text.peek() != '"':
            raise ExportError(messages.at(text.here, messages.MEMBER_NAME))
        name: str = _value(text, "a name")
        _take(text, ":")
        yield name
        if _take(text, ",}") == "}":
            return


def _take(text: TextReader, allowed: str) -> str:
    if not (letter := text.peek()) or letter not in allowed:
        problem = messages.unexpected(" or ".join(allowed), at_end=not letter)
        raise ExportError(messages.at(text.here, problem))
    text.at += 1
    return letter


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


# A number keeps its text.
_decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)


def _value(text: TextReader, what: str) -> Any:
    text.peek()
    while True:
        try:
            value, end = _decoder.raw_decode(text.held, text.at)
        except (ValueError, RecursionError):
            end = -1
        # A value at the end of the text in memory may continue after it, as 1 does in 12 and 1e+2.
        if end >= 0 and (text.ended or len(text.held) - end > len("e+")):
            text.at = end
            return value
        if text.ended:
            raise ExportError(messages.at(text.here, messages.not_json(what)))
        text.read_more(what)


class _Spool:
    """Keeps users on disk, because the CSV's header has the columns of all of them.

    The file has no name, and is deleted when it is closed.
    """

    def __init__(self, first: str) -> None:
        """Begin with the name of the first column."""
        self._columns: dict[str, None] = {first: None}
        self._left_out: set[str] = set()

    def __enter__(self) -> Self:
        with _room():
            self._file = tempfile.TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing writes what a full disk did not accept before, which was an error already.
        with contextlib.suppress(OSError):
            self._file.close()

    def add(self, row: Mapping[str, str | None]) -> None:
        """Keep a user; None as a value leaves the column out of the CSV.

        Raises:
            ExportError: The temporary storage is full.
            UnicodeEncodeError: A text has half of a surrogate pair.
        """
        self._columns.update(dict.fromkeys(row))
        self._left_out.update(column for column, value in row.items() if value is None)
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        with _room():
            self._file.write(line)

    def csv(self) -> Iterator[str]:
        """Yield the header, and a line for every user.

        Raises:
            ExportError: The temporary storage is full.
        """
        names = [column for column in self._columns if column not in self._left_out]
        yield csv_line(names)
        with _room():
            self._file.seek(0)
            for line in self._file:
                row = json.loads(line)
                yield csv_line([row.get(name) or "" for name in names])


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(messages.no_room(f"{error.strerror}")) from error
