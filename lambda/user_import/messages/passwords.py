"""The messages about the test password. None of them holds the password, or a part of it."""

from __future__ import annotations

from typing import Final

LOWERCASE: Final = "a lowercase letter (a-z)"
UPPERCASE: Final = "an uppercase letter (A-Z)"
NUMBER: Final = "a digit"
SYMBOL: Final = "a special character"
SPACE_AT_END: Final = "no white space at its beginning or end"
CONTROL_CHARACTER: Final = "no line break and no other control character"


def too_short(least: int) -> str:
    """Require a number of characters."""
    return f"at least {least} characters"


def too_long(most: int) -> str:
    """Allow a number of characters."""
    return f"at most {most} characters"


def password_refused(secret: str, field: str, rules: str) -> str:
    """Say which rules of the user pool the password breaks.

    Args:
        secret: The ARN of the secret.
        field: The field of the secret, or nothing.
        rules: The rules, separated by semicolons.
    """
    where = f"field {field} of secret {secret}" if field else f"secret {secret}"
    return (
        f"The test password in {where} does not meet the rules of the user pool: "
        f"{rules}. Change the secret, and deploy again."
    )


def secret_elsewhere(secret: str, region: str) -> str:
    """Refuse a secret of another Region than the stack's."""
    return (
        f"Secret {secret} is in another Region; the import reads secrets of {region} only. Use a "
        f"secret of {region}, such as a replica of this one."
    )


def secret_is_json(secret: str) -> str:
    """Say that the secret has fields, and none is named."""
    return (
        f"Secret {secret} is a JSON object, and not a password: name the field with the password "
        "in TestPassword(field=…)."
    )


def secret_is_not_json(secret: str, field: str) -> str:
    """Say that the secret has no fields."""
    return (
        f"Secret {secret} is not a JSON object, and so has no field {field}. Leave field out "
        "of TestPassword where the whole secret is the password."
    )


def no_such_field(secret: str, field: str, *, known: bool) -> str:
    """Say that the secret does not have the field, or that the field is not text."""
    problem = "is not text" if known else "is missing"
    return (
        f"Field {field} of secret {secret} {problem}. Correct the secret, or the field of "
        "TestPassword."
    )


def too_many_users(users: int, most: int) -> str:
    """Refuse to set so many passwords one by one."""
    return (
        f"The file has {users:,} users, and ADMIN sets the test password of at most {most:,}, "
        "which takes minutes and makes each a monthly active user. Use "
        "TestPassword(via=PasswordVia.HASH) in a user pool that takes password hashes, or import "
        "fewer users."
    )


def hashes_not_taken(pool_id: str, most: int) -> str:
    """Say that the user pool takes no hashes, so that ADMIN is the only way."""
    return (
        f"User pool {pool_id} takes no password hashes: its CSV header has no column "
        "password_hash. Use TestPassword(via=PasswordVia.ADMIN), which sets the test password of "
        f"at most {most:,} users."
    )


def users_not_listed(listed: int, imported: int) -> str:
    """Say that Cognito lists another number of users than it imported.

    Args:
        listed: The users who were created by the jobs of this import, as Cognito lists them.
        imported: The users whom Cognito counted as imported.
    """
    if listed > imported:
        return (
            f"Cognito imported {imported:,} users and lists {listed:,} who were created in that "
            "time and have no password, so that it is not certain which are those of this import. "
            "No password was set. Set their passwords with AdminSetUserPassword; or delete the "
            "imported users, and deploy again while nothing else creates users in the pool."
        )
    return (
        f"Cognito imported {imported:,} users and lists {listed:,} of them without a password. "
        f"{imported - listed:,} did not get the test password; the next import sets what is "
        "missing. Deploy again; change run_token if nothing is imported then."
    )


def earlier_users_uncertain(listed: int, imported: int) -> str:
    """Say that the users of an earlier job are not told apart from others.

    Args:
        listed: The users who were created in the time of the job, as Cognito lists them.
        imported: The users whom Cognito counted as imported.
    """
    return (
        f"an earlier job imported {imported:,} users, and Cognito lists {listed:,} who were "
        "created in that time and have no password: none of them gets the test password"
    )


def password_not_taken(refusal: object) -> str:
    """Say that Cognito refuses the password."""
    return f"Cognito does not take the test password: {refusal}"


def passwords_missing(imported: int) -> str:
    """Say that the import ended before the passwords were set."""
    users = "The imported user has" if imported == 1 else f"Not all of {imported:,} users have"
    missing = "no test password" if imported == 1 else "the test password"
    return f"{users} {missing}; the next import sets what is missing."


def users_to_be_listed(listed: int, imported: int) -> str:
    """Wait for the imported users to be listed."""
    return f"Cognito to list {imported:,} imported users; it lists {listed:,}"
