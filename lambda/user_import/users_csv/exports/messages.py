"""The text of every error about an export: what is wrong, where, what to do; never a value."""

from __future__ import annotations

# Text.

BROKEN_UTF_8 = "expected text in UTF-8"
HALF_SURROGATE_PAIR = "expected text, found half of a surrogate pair"


def at(location: str, problem: str) -> str:
    """Return a problem with its location, such as `record 7`."""
    return f"{location}: {problem}"


def too_long(what: str, maximum: int) -> str:
    """Return the text for a line or JSON value without an end within so many characters."""
    return f"expected {what} of {maximum:,} characters at most, and its end"


def line_too_long(maximum: int) -> str:
    """Return the text for a line that is too long to be searched for disabled users."""
    return f"Expected lines of {maximum:,} bytes at most."


# Users who cannot sign in.


def disabled_users(location: str, others: int, flag: str) -> str:
    """Return the text for users who cannot sign in at the provider.

    Args:
        location: Location of the first one.
        others: Number of the others.
        flag: How the export marks them, such as `enabled is false`.
    """
    more = f" and {others:,} more" if others else ""
    return (
        f"{location}{more}: {flag}, but Cognito's import would make such a user active. Remove "
        "these users from the file, or make them active and export again."
    )


# JSON.

MEMBER_NAME = "expected the name of a member of an object"


def list_of_users(member: str) -> str:
    """Return the expected JSON."""
    return f'a list of users, or an object with such a list "{member}"'


def member_missing(member: str) -> str:
    """Return the text for an object without its list of users."""
    return f'The object has no "{member}"; expected {list_of_users(member)}.'


def member_not_a_list(member: str) -> str:
    """Return the text for a list of users that is something else."""
    return f'Expected "{member}" to be a list of users.'


def not_users(member: str) -> str:
    """Return the text for JSON that is neither an object nor a list."""
    return f"The file is neither a JSON object nor a list; expected {list_of_users(member)}."


def text_after_json(location: str) -> str:
    """Return the text for text after the end of the JSON, which is after a location."""
    return f"Expected nothing after the JSON; it ends after {location}."


def unexpected(wanted: str, *, at_end: bool) -> str:
    """Return the text for another character than `wanted`, or none."""
    found = "the end of the file" if at_end else "something else"
    return f"expected {wanted}, found {found}"


def not_json(what: str) -> str:
    """Return the text for a value that is not JSON."""
    return f"expected {what} as JSON; it is not, or the file ends inside it"


def not_a_user(key: str) -> str:
    """Return the text for an element of the list that is not a user."""
    return f'expected a user, an object with "{key}"'


def no_room(problem: str) -> str:
    """Return the text for a temporary file that could not be written."""
    return (
        "The users wait in a temporary file until the columns of all of them are known, and that "
        f"failed: {problem}. Make room for them, or split the file."
    )


# The providers.

AUTH0_IS_JSON = "The file is JSON; expected Auth0's CSV with a header. Export the users as CSV."
AUTH0_APOSTROPHES = (
    "expected an apostrophe before every text of every line, as Auth0 writes them, or none. Export "
    "the users again and leave the file as is."
)
COGNITO_ATTRIBUTES = 'expected Attributes to be a list of {"Name": "…", "Value": "…"}'
KEYCLOAK_ATTRIBUTES = "expected an object as the user's attributes"


def cognito_token(name: str) -> str:
    """Return the text for a page of ListUsers: a token means that more users follow."""
    return (
        f'"{name}" means that the pool has more users than this file. Export all of them: '
        "aws cognito-idp list-users without --max-items, --limit and --no-paginate."
    )


def keycloak_values(values: int) -> str:
    """Return the text for an attribute of several values where one is expected."""
    return f"{values} values, expected one"


def firebase_columns(fewest: int) -> str:
    """Return the text for a first line of too few values."""
    return (
        f"expected {fewest} values or more, as firebase auth:export writes them without a header; "
        'or JSON with a list "users"'
    )
