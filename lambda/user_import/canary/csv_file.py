"""Writes the CSV of a canary's import job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..users_csv import join_row
from .errors import CanaryColumnsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .users import CanaryUser

_NEEDED = ("cognito:username", "email", "email_verified", "password_hash")


def canary_csv(columns: Sequence[str], users: Iterable[CanaryUser]) -> bytes:
    """Return the CSV of users whose email address is verified, in UTF-8.

    Args:
        columns: `CSVHeader` of GetCSVHeader for the canary's user pool, which verifies email
            addresses, requires no other attribute, and has no MFA.
        users: Users whose hashes have the algorithm of the job.

    Raises:
        CanaryColumnsError: The header lacks a column that the users need; without `password_hash`
            the pool takes no hashes.
    """
    if missing := [each for each in _NEEDED if each not in columns]:
        raise CanaryColumnsError(missing)
    rows = [columns, *([_values(user).get(each, "") for each in columns] for user in users)]
    return "".join(f"{join_row(row)}\n" for row in rows).encode()


def _values(user: CanaryUser) -> dict[str, str]:
    return {
        "cognito:username": user.username,
        # example.com receives no mail (RFC 2606, section 3).
        "email": f"{user.username}@example.com",
        "email_verified": "true",
        "phone_number_verified": "false",
        "cognito:mfa_enabled": "false",
        "password_hash": user.password_hash,
    }
