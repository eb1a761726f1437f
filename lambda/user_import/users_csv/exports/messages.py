"""The text of every error about an export: what is wrong, where, what to do; never a value."""

from __future__ import annotations

# Text.

HALF_SURROGATE_PAIR = "expected text, found half of a surrogate pair"


def at(location: str, problem: str) -> str:
    """Return a problem with its location, such as `record 7`."""
    return f"{location}: {problem}"


def in_line(location: str, line: int, character: int) -> str:
    """Return a location with the line and the character in it, from 1."""
    return f"{location} (line {line:,}, character {character:,})"


def too_long(what: str, maximum: int) -> str:
    """Return the text for a line or JSON value without an end within so many characters."""
    return f"expected {what} of {maximum:,} characters at most, and its end"


def line_too_long(maximum: int) -> str:
    """Return the text for a line that is too long to be searched for disabled users."""
    return f"Expected lines of {maximum:,} bytes at most."


# The provider of a file.


def other_provider(found: str, given: str, username: str) -> str:
    """Return the text for a header that has the columns of another provider.

    Args:
        found: The name of that export format.
        given: The name of the format that the import names.
        username: The user pool's column.
    """
    return (
        f"these are the columns of another provider; give export=ExportFormat.{found}. If the file "
        f"is of ExportFormat.{given}, map the column that has the usernames: "
        f'columns={{"…": "{username}"}}'
    )


def plain_csv(username: str) -> str:
    """Return the text for a header of Cognito's own columns."""
    return (
        f"a column {username} is that of a plain CSV, and of no provider's export; leave export= "
        "out"
    )


def hinted(problem: str, hint: str) -> str:
    """Return a problem with a hint, which may be empty."""
    return f"{problem.removesuffix('.')}; {hint}" if hint else problem


def provider_hint(found: str) -> str:
    """Return the hint for a file that looks like another provider's."""
    return f"the file looks like another provider's: give export=ExportFormat.{found}"


def plain_csv_hint(username: str) -> str:
    """Return the hint for a file that looks like a plain CSV."""
    return f"the file has a column {username}: for a plain CSV, leave export= out"


# Users who are not imported as any other.


def of_users(location: str, others: int, problem: str) -> str:
    """Return a problem of several users, with the location of the first one."""
    more = f" and {others:,} more" if others else ""
    return f"{location}{more}: {problem}"


def disabled_users(flag: str) -> str:
    """Return the text for users who cannot sign in; `flag` is how the export marks them."""
    return (
        f"{flag}, but Cognito's import would make such a user active. Remove these users from the "
        "file, or make them active and export again, or leave them out: "
        "leave_out=[UserKind.DISABLED]."
    )


EXTERNAL_PROVIDER_USERS = (
    "a user of an external provider (UserStatus is EXTERNAL_PROVIDER, or the Username is "
    "<providerName>_<userId> of an entry of identities). As a user of the pool itself, such a "
    "user stops the provider's next sign-in with that name. Remove these users from the file, or "
    "leave them out: leave_out=[UserKind.EXTERNAL_PROVIDER]. The provider's next sign-in creates "
    "them."
)


def linked_users(where: str) -> str:
    """Return the text for users linked to another provider, which the export has in `where`."""
    return (
        f"{where} links the user to an external provider. The user is imported and can set a "
        "password; the link is not. Link them again after the import (AdminLinkProviderForUser), "
        "before they sign in with that provider."
    )


def users_of_other_providers(how: str) -> str:
    """Return the text for users who only sign in with another provider; `how` says the export."""
    return (
        f"{how}, so the user has no password and signs in with another provider. The import makes "
        "them users of the pool itself, who cannot sign in that way and have to set a password. "
        "If the pool will have that provider, leave them out: "
        "leave_out=[UserKind.EXTERNAL_PROVIDER]."
    )


NO_USERS = "The export has no users; check what was exported, or remove the import."


def all_left_out(users: int) -> str:
    """Return the text for an export whose users are all left out by choice."""
    return f"No user is left to import: leave_out leaves out all {users:,} of the export."


# JSON.

MEMBER_NAME = "expected the name of a member of an object"


def list_of_users(member: str) -> str:
    """Return the expected JSON."""
    return f'a list of users, or an object with such a list "{member}"'


def member_missing(member: str, key: str) -> str:
    """Return the text for an object that has neither the list of users nor is a user."""
    return (
        f'The object has no "{member}"; expected {list_of_users(member)}, or one user a line, each '
        f'an object with "{key}".'
    )


def member_not_a_list(member: str) -> str:
    """Return the text for a list of users that is something else."""
    return f'Expected "{member}" to be a list of users.'


def not_users(member: str, key: str) -> str:
    """Return the text for a file that is neither JSON nor a CSV of users."""
    return (
        f"The file is neither a JSON object nor a list; expected {list_of_users(member)}, or one "
        f"user a line, or a CSV whose first line has a column {key}."
    )


def text_after_json(location: str) -> str:
    """Return the text for text after the end of the JSON, which is after a location."""
    return (
        f"The JSON ends after {location}; remove the text that follows it. If it has more users, "
        "export all of them into one list."
    )


def json_after_json(location: str, users: str) -> str:
    """Return the text for JSON after the end of the JSON, as where pages were appended.

    Args:
        location: The last place of the first JSON.
        users: The users of each, as a filter of jq.
    """
    return (
        f"The JSON ends after {location}, and another one follows, as where several pages or "
        "exports were written into one file. Export all users in one call, or join the lists: "
        f"jq -s 'map({users})' pages.json > users.json"
    )


def unexpected(wanted: str, *, at_end: bool) -> str:
    """Return the text for another character than `wanted`, or none."""
    found = "the end of the file" if at_end else "something else"
    return f"expected {wanted}, found {found}"


def not_json(what: str) -> str:
    """Return the text for a value that is not JSON."""
    return (
        f"expected {what} as JSON, found something else; names and texts have double quotes, and "
        "no comma is the last of an object or a list"
    )


def json_ends(what: str) -> str:
    """Return the text for a value that the file ends inside of."""
    return f"expected {what} as JSON, and the file ends inside it; export or download it again"


TRAILING_COMMA = "a comma is the last of the list, which JSON does not allow; remove it"


def not_a_user(key: str) -> str:
    """Return the text for an element of the list that is not a user."""
    return f'expected a user, an object with "{key}"'


def no_room(problem: str) -> str:
    """Return the text for a temporary file that could not be written."""
    return (
        "The users wait in a temporary file until the columns of all of them are known, and that "
        f"failed: {problem}. Convert the export to a CSV first, which needs no such file: "
        "python -m cdk_cognito_user_import convert users.json --export … > users.csv"
    )


# The providers.

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


def several_values(values: int, field: str) -> str:
    """Return the text for a field of several values where one is expected."""
    return (
        f"{values} values, expected one; map one of them, as in {field}[0], or leave the field out "
        f'with columns={{"{field}": None}}'
    )


def not_one_value(field: str) -> str:
    """Return the text for a field that has others in it, where a value is expected."""
    return (
        f"an object or a list, expected one value; map a member of it, as in {field}.name or "
        f'{field}[0], or leave the field out with columns={{"{field}": None}}'
    )


def page(users: int, total: str) -> str:
    """Return the text for a page of users that says how many there are."""
    return (
        f'"total" is {total}, and the file has {users:,} users: it is one page. Export all of '
        "them with a job (POST /api/v2/jobs/users-exports)."
    )


def firebase_columns(fewest: int) -> str:
    """Return the text for a file without any line of enough values."""
    return (
        f"expected {fewest} values or more, as firebase auth:export writes them without a header; "
        'or JSON with a list "users"'
    )


def firebase_values(columns: int) -> str:
    """Return the text for records that firebase-tools wrote so that they cannot be read."""
    return (
        f"expected {columns} values, as the others have. firebase-tools does not double a quote "
        "inside a name, so that the record cannot be read. Export the users as JSON: "
        "firebase auth:export users.json --format=json"
    )


CSV_RECORD = (
    "expected as many values as the first line has columns, with quotes inside a value doubled. "
    "Export again, or correct the record."
)
CSV_DUPLICATE = "The first line of the CSV names a column twice; expected each name once."


def no_csv(provider: str, key: str) -> str:
    """Return the text for a file that is not a provider's CSV."""
    return f"expected {provider}'s CSV, whose first line has a column {key}"
