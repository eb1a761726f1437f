"""Messages about the test password."""

from __future__ import annotations


def field_unknown() -> str:
    """The field of the secret is empty or a token."""
    return (
        "TestPassword.field is empty, or only known when the stack is deployed; give the name of a "
        "field of the secret's JSON object, or leave it out where the whole secret is the password."
    )


def not_started() -> str:
    """An import that is not started cannot set passwords."""
    return (
        "test_password needs an import that is started: users exist only after it. Leave "
        "start=False out, or test_password."
    )


def canary_with_one_pool() -> str:
    """The canary's user pool needs the logs role too."""
    return (
        "The logs role was created with LogsRole(only_for=…) for one user pool, and the canary of "
        "password hashes imports into another one. Leave only_for out, or give canary=False."
    )


def canary_not_started() -> str:
    """The canary needs an import that is started."""
    return (
        "The canary needs an import that is started: synthetic users sign in before people with "
        "password hashes are imported. Leave start=False out, or give canary=False."
    )


def other_region(theirs: str, stack: str, ours: str) -> str:
    """The secret is in another Region than the stack."""
    return (
        f"The secret of test_password is in {theirs}, and stack {stack} is in {ours}; the "
        f"deployment reads secrets of its own Region only. Use a secret in {ours}, such as a "
        "replica."
    )


def with_hashes() -> str:
    """Users have one password: the test password, or that of their hash."""
    return (
        "test_password is for users without a password of their own, and the source has "
        "password_hashes. Leave one of the two out."
    )


def pool_retained(user_pool: str) -> str:
    """The user pool may hold real users."""
    return (
        f"The user pool {user_pool} stays when the stack is deleted, as a pool with real users "
        "does, and test_password lets everybody who can read one secret sign in as any user of the "
        "import. Give a pool for tests removal_policy=RemovalPolicy.DESTROY; or, where these users "
        "are test users, give TestPassword(…, allow_on_retained_pool=True)."
    )


def too_many_users(users: int, most: int) -> str:
    """ADMIN is for a limited number of users."""
    return (
        f"The source has {users:,} users, and PasswordVia.ADMIN sets the password of at most "
        f"{most:,}. Use TestPassword(…, via=PasswordVia.HASH) with a user pool that takes password "
        "hashes, or import fewer users."
    )


def active_users(users: int) -> str:
    """Info: each password makes a monthly active user."""
    number = "one user" if users == 1 else f"up to {users:,} users"
    return (
        f"The import sets the password of {number}, and Amazon Cognito bills each as a monthly "
        "active user. PasswordVia.HASH does not set passwords one by one."
    )


def unknown_active_users() -> str:
    """Info: each password makes a monthly active user; their number is not known."""
    return (
        "The import sets the password of each user whom it creates, and Amazon Cognito bills each "
        "as a monthly active user. PasswordVia.HASH does not set passwords one by one."
    )
