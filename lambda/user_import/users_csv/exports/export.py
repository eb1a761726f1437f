"""An identity provider's export, and what its reader has to know of the import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ..diagnostics import Unit
from ..rules import Normalization, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    ToCsv = Callable[[Iterable[bytes], "ExportReading"], Iterator[bytes]]

LEFT_OUT = "\x0b"
"""The line that stands for a user who is left out, so that later users keep their numbers."""


class ExportFormat(StrEnum):
    """An identity provider's export.

    Attributes:
        AUTH0: CSV of the Dashboard, the Management API or the User Import / Export Extension; or
            JSON, one user a line or a list.
        OKTA: CSV with the columns of Okta's template for importing users.
        FIREBASE: CSV or JSON of `firebase auth:export`.
        KEYCLOAK: JSON of `kc.sh export` or of the Admin REST API.
        COGNITO: JSON of `aws cognito-idp list-users`, one user a line, or a CSV of these users.
        SUPABASE: CSV or JSON of the table `auth.users`.
        CLERK: CSV of Clerk's Dashboard.
        FUSIONAUTH: JSON of FusionAuth's users, as its API imports them, or a CSV of them.
    """

    AUTH0 = "auth0"
    OKTA = "okta"
    FIREBASE = "firebase"
    KEYCLOAK = "keycloak"
    COGNITO = "cognito"
    SUPABASE = "supabase"
    CLERK = "clerk"
    FUSIONAUTH = "fusionauth"


class UserKind(StrEnum):
    """Users of an export whom an import may leave out.

    Attributes:
        DISABLED: Users who cannot sign in at the provider: disabled, blocked, suspended or banned.
        EXTERNAL_PROVIDER: Users who sign in with another provider, such as Google or a company's
            directory, and not with a password.
    """

    DISABLED = "disabled"
    EXTERNAL_PROVIDER = "external-provider"

    @property
    def normalization(self) -> Normalization:
        """Return the kind of the count of these users."""
        if self is UserKind.DISABLED:
            return Normalization.DISABLED_LEFT_OUT
        return Normalization.EXTERNAL_LEFT_OUT


class ExportError(ValueError):
    """A file cannot be imported as this export; the text contains no value.

    Attributes:
        rule: The rule that the file breaks.
    """

    def __init__(self, text: str, rule: Rule = Rule.EXPORT) -> None:
        """Begin with the text of the finding."""
        super().__init__(text)
        self.rule = rule


@dataclass(slots=True)
class ExportNotes:
    """What a reader notes while it reads.

    Attributes:
        findings: The broken rules, each with its text; complete when the file has been read.
        left_out: Users left out by choice, by kind.
        normalized: The normalizations, each with the line of the first one.
        unit: Unit of the locations shown; known when the reader yields the header.
    """

    findings: list[tuple[Rule, str]] = field(default_factory=list)
    left_out: Counter[UserKind] = field(default_factory=Counter)
    normalized: dict[Normalization, int] = field(default_factory=dict)
    unit: Unit = Unit.LINE

    @property
    def errors(self) -> list[tuple[Rule, str]]:
        """Return the findings that prevent the import."""
        return [finding for finding in self.findings if not finding[0].is_warning]


@dataclass(frozen=True, slots=True)
class ExportReading:
    """What the reader of an export has to know of the import.

    Attributes:
        columns: The columns of the file that the import's `columns` map to the pool's: these are
            written even where the reader otherwise leaves them out.
        leave_out: Kinds of users to leave out.
        notes: Collects what the reader notes.
        unused: The columns of the preset that the import leaves out or replaces, and whose values
            do not matter.
        hashes: The columns with password hashes that the import takes: these are written although
            they are secrets by name.
    """

    columns: frozenset[str] = frozenset()
    leave_out: frozenset[UserKind] = frozenset()
    notes: ExportNotes = field(default_factory=ExportNotes)
    unused: frozenset[str] = frozenset()
    hashes: frozenset[str] = frozenset()


class Export(NamedTuple):
    """How a provider's export is read.

    Attributes:
        columns: The user pool's column for a column of the provider.
        username: The provider's columns that can be the username, the best first, where users
            sign in with a username.
        to_csv: Makes the file's bytes, in pieces of any size, a CSV whose header has the
            provider's column names; raises `ExportError`.
        hashes: The columns that have a password hash, where the import takes hashes.
    """

    columns: Mapping[str, str]
    username: tuple[str, ...]
    to_csv: ToCsv
    hashes: tuple[str, ...] = ()
