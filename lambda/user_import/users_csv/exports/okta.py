"""Okta: a CSV, which may tell who is suspended or deactivated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .inactive import InactiveUsers
from .inactive_rows import without_inactive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# As the API says it, and as the Admin Console does.
_INACTIVE = re.compile(rb"(?i:SUSPENDED|DEPROVISIONED|DEACTIVATED)")


def to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the CSV on as it is."""
    inactive = InactiveUsers("status is SUSPENDED or DEPROVISIONED", "line")
    return without_inactive(chunks, inactive, "status", _INACTIVE, header_lines=0)
