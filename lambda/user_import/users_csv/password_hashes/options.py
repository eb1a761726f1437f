"""Which password hashes an import takes, and what becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args

from ..pool import HashingAlgorithm

if TYPE_CHECKING:
    from collections.abc import Collection

_ALL = frozenset(get_args(HashingAlgorithm))


class OnBadHash(StrEnum):
    """What an import does about a hash that Cognito does not take.

    Attributes:
        FAIL: The file is refused, with the line and the reason.
        RESET: The user is imported without the hash, counted, and has to reset the password.
    """

    FAIL = "fail"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordHashes:
    """Which password hashes an import takes, and what becomes of the others.

    Attributes:
        algorithms: Cognito's algorithms that may be used; a hash that becomes one of another is
            unusable. Default: all four.
        too_costly: What to do about a hash above Cognito's caps. Default: `OnBadHash.FAIL`.
        unusable: What to do about a hash that no conversion makes one of Cognito's, or that is
            broken. Default: `OnBadHash.FAIL`.
        not_eligible: What to do about hashes where the user pool takes none: `password_hash` is
            not in the answer of GetCSVHeader. Default: `OnBadHash.FAIL`.

    Raises:
        ValueError: An algorithm is unknown, or there is none.
    """

    algorithms: Collection[HashingAlgorithm] = _ALL
    too_costly: OnBadHash = OnBadHash.FAIL
    unusable: OnBadHash = OnBadHash.FAIL
    not_eligible: OnBadHash = OnBadHash.FAIL

    def __post_init__(self) -> None:
        algorithms = frozenset(self.algorithms)
        if not algorithms or not algorithms <= _ALL:
            known = ", ".join(sorted(_ALL))
            raise ValueError(f"algorithms has one or more of {known}")
        object.__setattr__(self, "algorithms", algorithms)
        for name in ("too_costly", "unusable", "not_eligible"):
            object.__setattr__(self, name, OnBadHash(getattr(self, name)))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` reads; the keys are a contract."""
        return {
            "algorithms": sorted(self.algorithms),
            "too_costly": self.too_costly.value,
            "unusable": self.unusable.value,
            "not_eligible": self.not_eligible.value,
        }

    @classmethod
    def from_json(cls, value: Any) -> PasswordHashes:
        """Read the JSON object that `to_json` returned.

        Raises:
            TypeError: It is not such an object, or has an unknown key.
            ValueError: A value is unknown.
        """
        if not isinstance(value, dict) or not isinstance(value.get("algorithms", []), list):
            raise TypeError
        return cls(**value)
