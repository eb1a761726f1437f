"""FusionAuth: the users as its API imports and returns them, as JSON; or a CSV of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..password_hashes.exported import fusionauth_text
from .csv_users import json_or_csv_users
from .fields import text_of, texts
from .spooled_csv import users_to_csv
from .text_reader import TextReader
from .user_tally import disabled, linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading
    from .user_tally import Reason

_HASH = "password"


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Make the members of users columns."""
    text = TextReader(chunks)
    users = json_or_csv_users(text, "users", "id")
    row = _row_with_hash if _HASH in reading.hashes else _row
    yield from users_to_csv(text, users, "id", row=row, reasons=_reasons, reading=reading)


def _row(user: dict[str, Any], _: int) -> dict[str, str]:
    return texts(user)


def _row_with_hash(user: dict[str, Any], _: int) -> dict[str, str]:
    return {**texts(user), _HASH: fusionauth_text(user)}


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if text_of(user.get("active")) == "false":
        yield disabled("active is false")
    if user.get("identityProviderLinks"):
        yield linked("identityProviderLinks")
