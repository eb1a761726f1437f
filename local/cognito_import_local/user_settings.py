"""Settings for the calls on users: rates, lists, passwords, password hashes, sign-in.

`ImportSettings` in `settings` has these fields too. As there, each field has our choice and its
reason below it, and seconds are AWS seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

HOSTILE: Mapping[str, Any] = {
    "users_listed_after_seconds": 20.0,
    "pbkdf2_base64": "passlib",
    "hash_bytes_at_most": 32,
    "salt_bytes_at_least": 16,
    "hash_sign_in": "password_flows",
}
"""The most difficult values, for the profile `hostile`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """How the local Cognito answers calls on users where AWS's behaviour is unknown or limited."""

    set_passwords_per_second: int | None = 30
    """Calls of AdminSetUserPassword a second in one Region of an account; more are answered with
    TooManyRequestsException. None is any number. Calls of the account's root are not counted: a
    test may prepare users as fast as it can. Cognito Developer Guide, "Quotas in Amazon Cognito",
    UserAccountRecovery; how AWS meters a second is not on record."""

    list_users_per_second: int | None = 30
    """Calls of ListUsers and ListUsersInGroup a second, metered like `set_passwords_per_second`.
    The same page, UserList."""

    sign_ins_per_second: int | None = 120
    """Calls of InitiateAuth and AdminInitiateAuth a second, metered like
    `set_passwords_per_second`; three times as many of RespondToAuthChallenge and
    AdminRespondToAuthChallenge. The same page, UserAuthentication."""

    users_listed_after_seconds: float = 0.0
    """Age below which a user is not in the answers of ListUsers, but for the account's root. API
    Reference, "ListUsers": "This operation is eventually consistent"; how late is not on record."""

    pbkdf2_base64: Literal["both", "standard", "passlib"] = "both"
    """The Base64 alphabet of PBKDF2_SHA256 hashes: the standard one with `+`, passlib's with `.`
    in its place, or both. §1.12: unknown. `both` takes no side; with another value a hash with the
    other character is imported, and its password is wrong at every sign-in."""

    hash_bytes_at_most: int | None = None
    """The longest hash of SCRYPT, ARGON2ID and PBKDF2_SHA256 in bytes, without salt; the row of a
    longer one fails. §1.12: unknown; None is any length."""

    salt_bytes_at_least: int = 0
    """The shortest salt of SCRYPT, ARGON2ID and PBKDF2_SHA256 in bytes; the row of a shorter one
    fails. §1.12: unknown."""

    hash_sign_in: Literal["any_password", "password_flows"] = "any_password"
    """Where the first sign-in with an imported hash works: wherever a password is sent, or with
    USER_PASSWORD_AUTH and ADMIN_USER_PASSWORD_AUTH only, so neither with USER_AUTH nor in managed
    login. §1.12: these two flows are documented, the others unknown."""

    mfa_at_first_sign_in: Literal["challenge", "tokens"] = "challenge"
    """The first sign-in of a user without a second factor where the pool requires one: the
    challenge MFA_SETUP (API Reference, "InitiateAuth"), or tokens (Developer Guide, "Adding MFA to
    a user pool": "The first time that a new user signs in"). Whether imported users count as new
    is unknown; a challenge is what an app has to handle at the second sign-in in any case."""

    clients_per_pool: int = 1_000
    """App clients of a user pool; CreateUserPoolClient then answers LimitExceededException. The
    default of the quota (Developer Guide, "Quotas in Amazon Cognito", "App clients per user
    pool"), which may be raised to 10,000."""
