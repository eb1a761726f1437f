"""Which password hashes an import takes, and what it does about the others."""

from __future__ import annotations

from dataclasses import dataclass

from ._lambda.user_import.users_csv import password_hashes as options
from .argument_types import check_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordHashes(options.PasswordHashes):
    """Which password hashes an import takes, and what it does about the others.

    Attributes:
        algorithms: Cognito's algorithms that may be used: `BCRYPT`, `SCRYPT`, `ARGON2ID`,
            `PBKDF2_SHA256`. A hash of another algorithm counts as unusable. Default: all four.
        too_costly: What to do about a hash above Cognito's caps: `OnBadHash.FAIL` refuses the file
            with line and reason, `OnBadHash.RESET` imports the user without the hash. Default:
            FAIL.
        unusable: What to do about a hash that cannot be converted to a form of Cognito, or is
            broken. Default: FAIL.
        not_eligible: What to do about all hashes where the user pool takes no hashes. Default:
            FAIL.

    Raises:
        TypeError: A field has the wrong type.
        ValueError: An algorithm is unknown, or there is none.
    """

    def __post_init__(self) -> None:
        check_fields(self)
        options.PasswordHashes.__post_init__(self)
