"""Keycloak: a realm's JSON, or that of the Admin REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .export import ExportError
from .records import text_of, texts, users_to_csv
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


def to_csv(chunks: Iterable[bytes], mapped: Collection[str]) -> Iterator[bytes]:
    """Make attributes columns ``attributes.<name>``.

    Args:
        chunks: the file.
        mapped: columns that become the pool's, and may have one value only.
    """

    def row(user: dict[str, Any], record: int) -> dict[str, str | None]:
        return {**texts(user), **dict(_attributes(user, record, mapped))}

    text = Text(chunks, "record")
    return users_to_csv(text, "users", "username", row, inactive=("enabled", "false"))


def _attributes(
    user: dict[str, Any], record: int, mapped: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    attributes = user.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise ExportError(f"record {record}: expected an object as the user's attributes")
    for name, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        column = f"attributes.{name}"
        if len(values) > 1:
            if column in mapped:
                raise ExportError(
                    f"record {record}, attribute {name}: {len(values)} values, expected one"
                )
            yield column, None
        elif values and (text := text_of(values[0])) is not None:
            yield column, text
