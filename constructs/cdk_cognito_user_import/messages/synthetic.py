"""Messages about synthetic users: the arguments of `UserSource.synthetic`, and their user pool."""

from __future__ import annotations

from .kinds import kind_of

# Arguments


def count_range(given: int, most: int) -> str:
    """The number of users is too small or too large."""
    return f"count is {given}; give 1 to {most:,} users, which is what one import job takes."


def domain_invalid(given: str, longest: int) -> str:
    """The domain is not a domain name, or is too long."""
    return (
        f"domain is {given!r}; give a domain name of at most {longest} characters, such as "
        "example.com: two or more labels of letters, digits and dashes, with dots between them (a "
        "name in another alphabet in its form xn--…)."
    )


def domain_unknown() -> str:
    """The domain is a token."""
    return (
        "domain is only known at deployment, and the users are made at synth; give a domain that "
        "is known at synth."
    )


def username_invalid(given: str) -> str:
    """The username is to be an attribute that cannot be the username."""
    return (
        f'username is {given!r}; give "email" or "phone_number", or None for what the user pool '
        "needs."
    )


def own_attribute(name: str) -> str:
    """A column that identifies the users is to be replaced."""
    return (
        f"attributes has {name}, and each synthetic user has its own; remove it (for another "
        "domain, give domain; for the username, give username)."
    )


def attribute_type(name: str, given: object) -> str:
    """A value of `attributes` has the wrong type."""
    return (
        f"attributes: {name} is {kind_of(given)}; give text, a whole number, True, False, a date "
        "or None for all users, Choices(…) or NumberRange(…)."
    )


# Choices and NumberRange


def no_choices() -> str:
    """There are no choices."""
    return 'weights is empty; give at least one value with its weight, such as {"gold": 1}.'


def weight_type(given: object) -> str:
    """A weight is not a whole number."""
    return f"weights has {kind_of(given)} as a weight; give whole numbers of 1 or more."


def weight_too_small(given: int) -> str:
    """A weight is less than one."""
    return f"weights has the weight {given}; give whole numbers of 1 or more."


def range_reversed(minimum: int, maximum: int) -> str:
    """The bounds of a range are in the wrong order."""
    return f"minimum is {minimum} and maximum is {maximum}; give a maximum that is not less."


# The user pool


def domain_not_reserved(domain: str) -> str:
    """Warning: somebody may receive mail at the domain."""
    return (
        f"The synthetic users have e-mail addresses at {domain}, which RFC 2606 and RFC 6761 do "
        "not reserve: messages that Amazon Cognito sends to them, such as the code for a new "
        "password, may reach real people. Give example.com or a name under .test, or acknowledge "
        "this warning if all mail at that domain is yours."
    )


def phone_numbers_left_out(without: int, users: int, available: int) -> str:
    """Warning: the last users have no phone number."""
    return (
        f"The last {without:,} of {users:,} synthetic users have no phone number: {available:,} "
        "numbers are reserved for fiction, and each is used once."
    )


def phone_numbers_short(users: int, available: int) -> str:
    """The user pool needs more phone numbers than there are."""
    return (
        f"There are {users:,} synthetic users, and the user pool needs a phone number for each: "
        f"{available:,} numbers are reserved for fiction, and each is used once. Give a count of "
        f"{available:,} at most, or another user pool."
    )


# UserImport.user


def user_of_other_source() -> str:
    """The users of another source have no numbers."""
    return (
        "user(…) returns the usernames of synthetic users, and this import has another source; "
        "give it UserSource.synthetic(…), or the username itself."
    )


def user_out_of_range(given: int, last: int) -> str:
    """The number is not that of a synthetic user."""
    return f"The source has no synthetic user {given}; give 0 to {last:,}."
