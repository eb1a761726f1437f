"""The list of users in a JSON file, read one user at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from .export import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .text import Text


def json_users(
    text: Text, member: str, beside: Callable[[str, Any], object] | None = None
) -> Iterator[Any]:
    """Yield the elements of a list, or of the list that an object has under a name.

    Args:
        text: the file.
        member: the name.
        beside: takes the names and values of the object's other members.

    Raises:
        ExportError: the file is not such JSON.
    """
    expected = f'a list of users, or an object with such a list "{member}"'
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
                raise ExportError(f'Expected "{member}" to be a list of users.')
            yield from _elements(text)
        if not found:
            raise ExportError(f'The object has no "{member}"; expected {expected}.')
    else:
        raise ExportError(f"The file is no JSON object and no list; expected {expected}.")
    if text.peek():
        raise ExportError(f"Expected nothing after the JSON; it ends after {text.here}.")


def _elements(text: Text) -> Iterator[Any]:
    _take(text, "[")
    if text.peek() == "]":
        _take(text, "]")
        return
    while True:
        text.number += 1
        yield _value(text, "a user")
        if _take(text, ",]") == "]":
            return


def _names(text: Text) -> Iterator[str]:
    """Yield the names of an object's members; the caller takes each value."""
    _take(text, "{")
    if text.peek() == "}":
        _take(text, "}")
        return
    while True:
        if text.peek() != '"':
            raise ExportError(f"{text.here}: expected the name of a member of an object")
        name: str = _value(text, "a name")
        _take(text, ":")
        yield name
        if _take(text, ",}") == "}":
            return


def _take(text: Text, allowed: str) -> str:
    if not (letter := text.peek()) or letter not in allowed:
        wanted = " or ".join(allowed)
        found = "something else" if letter else "the end of the file"
        raise ExportError(f"{text.here}: expected {wanted}, found {found}")
    text.at += 1
    return letter


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


# A number stays the text that it is.
_decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)


def _value(text: Text, what: str) -> Any:
    text.peek()
    while True:
        try:
            value, end = _decoder.raw_decode(text.held, text.at)
        except (ValueError, RecursionError):
            end = -1
        # What ends near the end of the text can go on behind it, as 1 does in 12 and in 1e+2.
        if end >= 0 and (text.ended or len(text.held) - end > len("e+")):
            text.at = end
            return value
        if text.ended:
            raise ExportError(
                f"{text.here}: expected {what} as JSON; it is not, or the file ends inside it"
            )
        text.read_more(what)
