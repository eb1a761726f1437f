"""Counts the users of an export who are left out, refused, or imported with a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..rules import Rule
from . import messages
from .export import UserKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .export import ExportReading


class Reason(NamedTuple):
    """A reason not to import a user as any other.

    Attributes:
        text: What is wrong, and what to do, for all users of whom it is true.
        kind: The kind of such users; None where they cannot be left out by choice.
        rule: The rule that they break; with a warning's rule they are imported.
    """

    text: str
    kind: UserKind | None
    rule: Rule = Rule.EXCLUDED_USER


def disabled(flag: str) -> Reason:
    """Return the reason of users who cannot sign in; `flag` is how the export marks them."""
    return Reason(messages.disabled_users(flag), UserKind.DISABLED)


def linked(where: str) -> Reason:
    """Return the reason of users who can also sign in with another provider, kept in `where`."""
    return Reason(messages.linked_users(where), None, Rule.PROVIDER_LINK)


def signs_in_elsewhere(how: str) -> Reason:
    """Return the reason of users who sign in with another provider only; `how` the export says."""
    text = messages.users_of_other_providers(how)
    return Reason(text, UserKind.EXTERNAL_PROVIDER, Rule.PROVIDER_SIGN_IN)


class UserTally:
    """Counts users by reason, and keeps the location of the first one.

    Attributes:
        has_users: Whether a user is imported.
    """

    def __init__(self, reading: ExportReading) -> None:
        """Begin with none."""
        self._leave_out = reading.leave_out
        self._notes = reading.notes
        self._first: dict[Reason, int] = {}
        self._count: dict[Reason, int] = {}
        self.has_users = False

    def excludes(self, reasons: Iterable[Reason], number: int) -> bool:
        """Count the user of a line or record; return whether the user is not imported."""
        excluded = any(self._excludes(reason, number) for reason in reasons)
        if not excluded:
            self.has_users = True
        return excluded

    def _excludes(self, reason: Reason, number: int) -> bool:
        if reason.kind in self._leave_out:
            self._notes.left_out[reason.kind] += 1
            return True
        self._first.setdefault(reason, number)
        self._count[reason] = self._count.get(reason, 0) + 1
        return not reason.rule.is_warning

    def report(self) -> None:
        """Note a finding for each reason."""
        for reason, first in self._first.items():
            text = messages.of_users(
                f"{self._notes.unit} {first}", self._count[reason] - 1, reason.text
            )
            self._notes.findings.append((reason.rule, text))
