"""Okta: a CSV, which may have the status of the users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .csv_filter import Flag, without_users
from .user_tally import UserTally, disabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading

_FLAGS = (
    Flag(
        "status",
        # The words of the API, and those of the Admin Console.
        re.compile(rb"(?i:SUSPENDED|DEPROVISIONED|DEACTIVATED)"),
        disabled("status is SUSPENDED or DEPROVISIONED"),
    ),
)


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Pass the CSV through as it is."""
    return without_users(chunks, _FLAGS, UserTally(reading), reading.notes)
