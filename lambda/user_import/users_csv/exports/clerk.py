"""Clerk: the CSV of the Dashboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..password_hashes.exported import clerk_text
from . import messages
from .csv_users import CsvUsers
from .export import ExportError
from .recognition import with_hint
from .spooled_csv import users_to_csv
from .text_reader import TextReader
from .user_tally import disabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading
    from .user_tally import Reason

_VERIFIED = {
    "verified_email_addresses": "primary_email_address",
    "verified_phone_numbers": "primary_phone_number",
}
_DIGEST, _HASHER = "password_digest", "password_hasher"
_ADDRESS = re.compile(r"[^,;|\s]+")


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Make the lists of verified addresses say whether the primary one is verified."""
    text = TextReader(chunks)
    rows = CsvUsers(text)
    if "id" not in rows.names:
        raise ExportError(with_hint(messages.no_csv("Clerk", "id"), rows.names))
    row = _row_with_hash if _DIGEST in reading.hashes else _row
    yield from users_to_csv(text, rows, "id", row=row, reasons=_reasons, reading=reading)


def _row(user: dict[str, Any], _: int) -> dict[str, str]:
    row = dict(user)
    for verified, primary in _VERIFIED.items():
        if verified in row:
            addresses = _ADDRESS.findall(row[verified])
            is_verified = primary in row and row[primary].strip() in addresses
            row[verified] = "true" if is_verified else "false"
    return row


def _row_with_hash(user: dict[str, Any], record: int) -> dict[str, str]:
    row = _row(user, record)
    if _HASHER in row and _DIGEST in row:
        row[_DIGEST] = clerk_text(row[_DIGEST], row[_HASHER])
    return row


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if str(user.get("banned")).strip().casefold() == "true":
        yield disabled("banned is true")
