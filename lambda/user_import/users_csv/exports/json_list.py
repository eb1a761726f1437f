"""Reads the users of a JSON file one at a time: a list, an object that has one, or lines."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from . import messages, text_reader
from .export import ExportError
from .recognition import with_hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .text_reader import TextReader


class UserList(NamedTuple):
    """Where a provider's JSON has its users.

    Attributes:
        member: The name of the list where the file is an object.
        key: The member that every user has, as text.
        beside: Receives the names and values of the object's other members.
        other_keys: Members of which one shows a user without the key.
    """

    member: str
    key: str
    beside: Callable[[str, Any], object] | None = None
    other_keys: tuple[str, ...] = ()


def json_users(text: TextReader, users: UserList) -> Iterator[Any]:
    """Yield the users of a list, of the list that an object has, or of an object a line.

    Args:
        text: The file, which begins with a list or an object.
        users: Where it has the users.

    Raises:
        ExportError: The file is not such JSON.
    """
    if text.peek() == "[":
        yield from _elements(text)
        users_of_each = ".[]"
    else:
        yield from _object(text, users)
        users_of_each = f".{users.member}[]"
    if (after := text.peek()) and after in "[{":
        raise ExportError(messages.json_after_json(text.here, users_of_each))
    if after:
        raise ExportError(messages.text_after_json(text.here))


def _object(text: TextReader, users: UserList) -> Iterator[Any]:
    first: dict[str, Any] = {}
    names = _names(text)
    for name in names:
        if name == users.member:
            first.clear()
            yield from _listed(text, users, chain([name], names))
            return
        first[name] = _other_member(text, users, name)
        # The members may precede a long list, but they are not one user then.
        if text.position > text_reader.LONGEST:
            first.clear()
    if first.keys().isdisjoint({users.key, *users.other_keys}):
        problem = messages.member_missing(users.member, users.key)
        raise ExportError(with_hint(problem, first))
    text.number = 1
    yield first
    while text.peek():
        text.number += 1
        yield _value(text, "a user")


def _listed(text: TextReader, users: UserList, names: Iterable[str]) -> Iterator[Any]:
    """Yield the users of the list that an object has, and read its other members."""
    for name in names:
        if name != users.member:
            _other_member(text, users, name)
        elif text.peek() == "[":
            yield from _elements(text)
        else:
            raise ExportError(messages.member_not_a_list(users.member))


def _other_member(text: TextReader, users: UserList, name: str) -> Any:
    value = _value(text, f'a member beside "{users.member}"')
    if users.beside is not None:
        users.beside(name, value)
    return value


def _elements(text: TextReader) -> Iterator[Any]:
    text.take()
    if text.peek() == "]":
        text.take()
        return
    while True:
        text.number += 1
        yield _value(text, "a user")
        if _take(text, ",]") == "]":
            return
        if text.peek() == "]":
            raise ExportError(messages.at(text.place(text.at), messages.TRAILING_COMMA))


def _names(text: TextReader) -> Iterator[str]:
    """Yield the names of an object's members; the caller takes each value."""
    text.take()
    if text.peek() == "}":
        text.take()
        return
    while True:
        if text.peek() != '"':
            raise ExportError(messages.at(text.place(text.at), messages.MEMBER_NAME))
        name: str = _value(text, "a name")
        _take(text, ":")
        yield name
        if _take(text, ",}") == "}":
            return


def _take(text: TextReader, allowed: str) -> str:
    if not (letter := text.peek()) or letter not in allowed:
        problem = messages.unexpected(" or ".join(allowed), at_end=not letter)
        raise ExportError(messages.at(text.place(text.at), problem))
    return text.take()


def _no_constant(_: str) -> NoReturn:
    raise ValueError  # NaN and Infinity are not JSON.


# A number keeps its text.
_decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)


def read_json(text: str) -> Any:
    """Read JSON inside a value, as an export's are read; None where it is not JSON."""
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError):
        return None


def _value(text: TextReader, what: str) -> Any:
    text.peek()
    while True:
        broken_at, ends = text.at, False
        try:
            value, end = _decoder.raw_decode(text.held, text.at)
        except json.JSONDecodeError as error:
            broken_at = error.pos
            ends = error.msg.startswith("Unterminated") or not text.held[broken_at:].strip()
        except (ValueError, RecursionError):
            pass
        else:
            # A value at the end of the text in memory may continue after it, as 1 in 12 and 1e+2.
            if text.ended or len(text.held) - end > len("e+"):
                text.at = end
                return value
        if text.ended:
            # Not from the error: it holds the file.
            problem = messages.json_ends(what) if ends else messages.not_json(what)
            raise ExportError(messages.at(text.place(broken_at), problem))
        text.read_more(what)
