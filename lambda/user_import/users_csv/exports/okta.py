"""Okta: a CSV, which may have the status of the users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..diagnostics import Unit
from .disabled_users import DisabledUsers, without_disabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The words of the API, and those of the Admin Console.
_DISABLED = re.compile(rb"(?i:SUSPENDED|DEPROVISIONED|DEACTIVATED)")


def to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the CSV through as it is."""
    disabled = DisabledUsers("status is SUSPENDED or DEPROVISIONED", Unit.LINE)
    return without_disabled(chunks, disabled, "status", _DISABLED, header_lines=0)
