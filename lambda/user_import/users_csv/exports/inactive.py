"""Users who cannot sign in at the provider: Cognito's import would make them active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .export import ExportError

if TYPE_CHECKING:
    from .export import Unit


class InactiveUsers:
    """Counts them, and remembers the first."""

    def __init__(self, flag: str, unit: Unit) -> None:
        """Expect users with a flag, such as ``enabled is false``."""
        self._flag = flag
        self._unit = unit
        self._first = 0
        self._count = 0

    def add(self, number: int) -> None:
        """Count the user of a line or record."""
        self._first = self._first or number
        self._count += 1

    def refuse(self) -> None:
        """Refuse the file if there were any.

        Raises:
            ExportError: there were.
        """
        if not self._count:
            return
        others = f" and {self._count - 1:,} more" if self._count > 1 else ""
        raise ExportError(
            f"{self._unit} {self._first}{others}: {self._flag}, but Cognito's import would make "
            "such a user active. Remove these users from the file, or make them active and export "
            "again."
        )
