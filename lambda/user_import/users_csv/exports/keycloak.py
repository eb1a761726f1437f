"""Keycloak: a realm's JSON, or that of the Admin REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..diagnostics import Unit
from . import messages
from .export import ExportError
from .json_to_csv import text_of, texts, users_to_csv
from .text_reader import TextReader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


def to_csv(chunks: Iterable[bytes], mapped: Collection[str]) -> Iterator[bytes]:
    """Make attributes columns `attributes.<name>`.

    Args:
        chunks: The file.
        mapped: Columns that are mapped to the pool's, and may have one value only.
    """

    def row(user: dict[str, Any], record: int) -> dict[str, str | None]:
        return {**texts(user), **dict(_attributes(user, record, mapped))}

    text = TextReader(chunks, Unit.RECORD)
    return users_to_csv(text, "users", "username", row, disabled=("enabled", "false"))


def _attributes(
    user: dict[str, Any], record: int, mapped: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    attributes = user.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise ExportError(messages.at(f"record {record}", messages.KEYCLOAK_ATTRIBUTES))
    for name, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        column = f"attributes.{name}"
        if len(values) > 1:
            if column in mapped:
                location = f"record {record}, attribute {name}"
                raise ExportError(messages.at(location, messages.keycloak_values(len(values))))
            yield column, None
        elif values and (text := text_of(values[0])) is not None:
            yield column, text
