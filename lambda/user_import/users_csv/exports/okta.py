"""Okta: a CSV, which may have the status of the users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .csv_filter import Flag, without_users
from .user_tally import UserTally, disabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading

# The words of the API, and those of the Admin Console.
_DISABLED = re.compile(rb"(?i:SUSPENDED|DEPROVISIONED|DEACTIVATED)")


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Pass the CSV through as it is."""
    flag = Flag("status", _DISABLED, disabled("status is SUSPENDED or DEPROVISIONED"))
    return without_users(chunks, [flag], UserTally(reading), reading)
