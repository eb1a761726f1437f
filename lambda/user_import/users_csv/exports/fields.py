"""The texts of a user's fields in JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import messages
from .export import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[]+)")


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the members that have a text."""
    return {name: text for name, each in values.items() if (text := text_of(each)) is not None}


def text_of(value: Any) -> str | None:
    """Return a value's text, as numbers are already; None for null, a list or an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def mapped_texts(user: Mapping[str, Any], names: Iterable[str], record: int) -> dict[str, str]:
    """Return the fields that are mapped by name, such as `sub` or `user_metadata.country`.

    Args:
        user: The user.
        names: The fields: members, or paths to members of members and of lists.
        record: The user's number, for the error.

    Raises:
        ExportError: A field has several values.
    """
    return {
        name: text
        for name in names
        if (text := _only_text(field_at(user, name), name, record)) is not None
    }


def field_at(user: Any, path: str) -> Any:
    """Return the member with a name, or else the one at a path; None where there is none."""
    if isinstance(user, dict) and path in user:
        return user[path]
    value = user
    for step in _STEP.finditer(path):
        index, name = step.groups()
        if index is None:
            value = value.get(name) if isinstance(value, dict) else None
        else:
            at = int(index)
            value = value[at] if isinstance(value, list) and at < len(value) else None
    return value


def _only_text(value: Any, name: str, record: int) -> str | None:
    location = f"record {record}, {name}"
    if isinstance(value, list):
        if len(value) > 1:
            raise ExportError(messages.at(location, messages.several_values(len(value), name)))
        value = value[0] if value else None
    if isinstance(value, (dict, list)):
        raise ExportError(messages.at(location, messages.not_one_value(name)))
    return text_of(value)
