"""Keycloak: a realm's JSON, or that of the Admin REST API; or a CSV that was made of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..password_hashes.exported import keycloak_text
from . import messages
from .csv_users import json_or_csv_users
from .export import ExportError
from .fields import text_of, texts
from .spooled_csv import users_to_csv
from .text_reader import TextReader
from .user_tally import disabled, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from .export import ExportReading
    from .user_tally import Reason

    _ToRow = Callable[[dict[str, Any], int], dict[str, str | None]]

_ATTRIBUTES = "attributes."
_CREDENTIALS = "credentials"


def to_csv(
    chunks: Iterable[bytes], reading: ExportReading, preset: Collection[str]
) -> Iterator[bytes]:
    """Make attributes columns `attributes.<name>`.

    Args:
        chunks: The file.
        reading: What to know of the import.
        preset: Columns that the preset maps to the pool's: these have one value only, as those
            that the import maps, unless it does not take them.
    """
    text = TextReader(chunks)
    users = json_or_csv_users(text, "users", "username")
    row: _ToRow = partial(_row, mapped=reading.columns.union(preset).difference(reading.unused))
    if _CREDENTIALS in reading.hashes:
        row = partial(_row_with_hash, row)
    yield from users_to_csv(text, users, "username", row=row, reasons=_reasons, reading=reading)


def _row(user: dict[str, Any], record: int, mapped: Collection[str]) -> dict[str, str | None]:
    return {**texts(user), **dict(_attributes(user, record, mapped))}


def _row_with_hash(row: _ToRow, user: dict[str, Any], record: int) -> dict[str, str | None]:
    return {**row(user, record), _CREDENTIALS: keycloak_text(user.get(_CREDENTIALS))}


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if text_of(user.get("enabled")) == "false":
        yield disabled("enabled is false")
    if user.get("federatedIdentities"):
        yield linked("federatedIdentities")


def _attributes(
    user: dict[str, Any], record: int, mapped: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    attributes = user.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise ExportError(messages.at(f"record {record}", messages.KEYCLOAK_ATTRIBUTES))
    for name, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        column = _ATTRIBUTES + name
        if len(values) > 1:
            if column in mapped:
                location = f"record {record}, attribute {name}"
                problem = messages.several_values(len(values), column)
                raise ExportError(messages.at(location, problem))
            yield column, None
        elif values and (text := text_of(values[0])) is not None:
            yield column, text
