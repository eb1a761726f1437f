"""A user pool as far as the import cares for it (facts §1.1, §1.2, §1.4)."""

from __future__ import annotations

from dataclasses import dataclass

MFA_COLUMN = "cognito:mfa_enabled"
USERNAME_COLUMN = "cognito:username"
HASH_COLUMN = "password_hash"

# Neither is ever a column (§1.2).
_NO_COLUMNS = frozenset({"sub", "identities"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of the pool's schema, with its bounds."""

    name: str
    kind: str
    required: bool = False
    min_length: int = 0
    max_length: int = 2048
    min_value: float | None = None
    max_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPool:
    """What a job needs to know about its pool."""

    pool_id: str
    name: str
    attributes: tuple[Attribute, ...]
    auto_verified: tuple[str, ...]
    aliases: frozenset[str]
    username_attributes: frozenset[str]
    mfa: str
    case_sensitive: bool
    first_factors: frozenset[str]

    @property
    def columns(self) -> tuple[Attribute, ...]:
        """Return the attributes that are columns, in stored order."""
        return tuple(each for each in self.attributes if each.name not in _NO_COLUMNS)

    def header(self, *, password_hash: bool) -> list[str]:
        """Return the CSV header: the schema's order, then the `cognito:` columns (§1.2).

        The position of password_hash is not on record; it comes last.
        """
        names = [each.name for each in self.columns] + [MFA_COLUMN, USERNAME_COLUMN]
        return [*names, HASH_COLUMN] if password_hash else names

    def folded(self, name: str) -> str:
        """Return a username or alias as this pool compares it."""
        return name if self.case_sensitive else name.lower()
