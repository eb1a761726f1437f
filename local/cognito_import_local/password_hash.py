"""The four password hash formats and their caps (facts §1.12)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BCRYPT: Final = re.compile(r"\$2[abxy]\$(\d{2})\$[./A-Za-z0-9]{53}")
_SCRYPT: Final = re.compile(r"(\d+)\$(\d+)\$(\d+)\$(?:[0-9a-fA-F]{2})+\$(?:[0-9a-fA-F]{2})+")
_ARGON2ID: Final = re.compile(
    r"\$argon2id\$v=\d+\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]+=*"
)
_PBKDF2: Final = re.compile(r"\$pbkdf2-sha256\$(\d+)\$[A-Za-z0-9+/.]+=*\$[A-Za-z0-9+/.]+=*")


def _within(pattern: re.Pattern[str], *caps: int) -> Callable[[str], bool]:
    """Return a check: the pattern matches and its numbers are between 1 and the caps."""

    def check(value: str) -> bool:
        match = pattern.fullmatch(value)
        return match is not None and all(
            1 <= int(number) <= cap for number, cap in zip(match.groups(), caps, strict=True)
        )

    return check


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "BCRYPT": _within(_BCRYPT, 12),
    "SCRYPT": _within(_SCRYPT, 65536, 8, 1),
    "ARGON2ID": _within(_ARGON2ID, 19456, 2, 1),
    "PBKDF2_SHA256": _within(_PBKDF2, 600_000),
}

ALGORITHMS: Final = tuple(_CHECKS)


def well_formed(value: str, algorithm: str) -> bool:
    """Return whether the value is a hash of the algorithm, within its caps."""
    return _CHECKS[algorithm](value)
