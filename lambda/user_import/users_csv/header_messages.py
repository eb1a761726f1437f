"""The text of every finding about the header, and about the arguments that name columns.

A next step is given as the argument to paste. Only names of columns are shown, never a value.
"""

from __future__ import annotations

UNKNOWN_SEPARATOR = (
    "this line names a separator that is not read; separate the values by commas, semicolons or "
    "tabs, and name that one or remove the line"
)
BLANK_HEADER = "the first line is blank, and must be the header; remove the blank lines above it"
HEADER_REPEATED = "this line repeats the header; remove it"
POWERSHELL_TYPE = (
    "this line is PowerShell's, and the header is the next one; remove the line, or export with "
    "Export-Csv -NoTypeInformation"
)
SINGLE_QUOTES = (
    "the names are in single quotes, which are not read as quotes; remove them from all values, or "
    "write double quotes"
)
LINE_IN_QUOTES = (
    "the whole line is in quotes, and so one value; save the file with quotes around single values "
    "or without quotes"
)
WRONG_SEPARATOR = (
    "the line above names another separator (sep=) than this line has; remove it, or name the "
    "right one"
)
COLUMN_WITHOUT_NAME = "this column has no name"
SHARED_SIGN_IN_NAME = "users sign in with this attribute, so each user needs another value"


def header_too_long(maximum: int) -> str:
    """Return the text for a first line of too many bytes."""
    return f"longer than {maximum:,} bytes; this is not a header"


def separator_not_read(separator: str) -> str:
    """Return the text for a header with another separator than those that are read."""
    return (
        f"{separator} is not read as a separator; separate the values by commas, semicolons or tabs"
    )


def username_mapping(username: str) -> str:
    """Return an example of the argument that names the column of the usernames."""
    return f'columns={{"…": "{username}"}}'


def not_a_header(username: str) -> str:
    """Return the text for a first line that is a user's row, or something else."""
    return (
        f"this is not a header; write the names of the columns into the first line, {username} "
        "among them"
    )


def header_below(line: int, above: int) -> str:
    """Return the text for a first line that is not the header, which is in a line below it.

    Args:
        line: The header's line.
        above: Number of lines to remove.
    """
    remove = "line" if above == 1 else f"{above} lines"
    return f"this is not the header, which is in line {line}; remove the {remove} above it"


def no_known_column(username: str) -> str:
    """Return the text for a first line without any name that is known."""
    example = username_mapping(username)
    return (
        "no name in this line is known, and every user needs a column "
        f"{username}; if this is a header, map the column that has the usernames, {example}; if "
        "not, write one into the first line"
    )


def no_username_column(expected: str, names: str, username: str) -> str:
    """Return the text for a header without a column of the username, and none that may be it.

    Args:
        expected: The columns that can be the username.
        names: The file's columns.
        username: The user pool's column.
    """
    example = username_mapping(username)
    return (
        f"no column {expected}, which every user needs; the file has {names}; map the column that "
        f"has the usernames: {example}"
    )


def likely_username_column(
    expected: str, found: str, candidate: str, columns: str, left_out: str
) -> str:
    """Return the text for a header without a column of the username, of which one may be it.

    Args:
        expected: The columns that can be the username.
        found: The file's columns; empty to leave them out.
        candidate: The column that is the likeliest to have the usernames.
        columns: The argument that maps it.
        left_out: The columns that the argument leaves out, with the reasons; empty for none.
    """
    has = f"; the file has {found}" if found else ""
    without = f". None leaves out what cannot be imported: {left_out}" if left_out else ""
    return (
        f"no column {expected}, which every user needs{has}; if column {candidate} has the "
        f"usernames, give {columns}{without}"
    )


def provider_export(provider: str, arguments: str) -> str:
    """Return the text for the columns of a provider's export that is read as a plain CSV.

    Args:
        provider: The provider.
        arguments: The arguments to paste.
    """
    return (
        f"these look like the columns of an export of {provider}; give {arguments}. The import "
        "then finds users who are disabled or another provider's, and leaves out columns that are "
        "neither the export's nor in columns="
    )


def unknown_columns_of_export(expected: str, count: int, username: str) -> str:
    """Return the text for an export whose columns have other names, which are not shown.

    Args:
        expected: The columns that can be the username.
        count: The number of the file's columns.
        username: The user pool's column.
    """
    example = username_mapping(username)
    return (
        f"no column {expected}, which every user needs, but {count:,} others, none of which is "
        f"known; map the column that has the usernames, {example}, or export again"
    )


def misspelled_column(what: str, suggestion: str, *, correction: str = "") -> str:
    """Return the text for a column that the user pool has under another name.

    Args:
        what: `such column`, or `column` and its name where the file has another name for it.
        suggestion: The pool's column that the name means or misspells.
        correction: The argument to paste; empty for none.
    """
    paste = f" Then give {correction}" if correction else ""
    return f"the user pool has no {what}; did you mean {suggestion}?{paste}"


def unknown_column(what: str, known: str, *, correction: str = "") -> str:
    """Return the text for a column that the user pool does not have.

    Args:
        what: `such column`, or `column` and its name where the file has another name for it.
        known: The pool's columns.
        correction: The argument that leaves it out; empty for none.
    """
    leave_out = f"; leave it out with {correction}" if correction else ""
    return f"the user pool has no {what}; it has {known}{leave_out}"


def unknown_columns(count: int, first: str, more: int, known: str) -> str:
    """Return the text for many columns that the user pool does not have.

    Args:
        count: Number of the columns.
        first: The first of them.
        more: Number of the others.
        known: The pool's columns.
    """
    return (
        f"{count:,} columns are not the user pool's: {first} and {more:,} more; the user pool has "
        f"{known}; leave out all of them with only_columns=True, or map them with columns={{…}}"
    )


def second_column(what: str, meant: str, correction: str) -> str:
    """Return the text for another column of what one column has already.

    Args:
        what: As for `unknown_column`.
        meant: The pool's column.
        correction: The argument that leaves it out.
    """
    return (
        f"the user pool has no {what}, and the import has another column for {meant}; leave this "
        f"one out with {correction}, or map it to a custom attribute"
    )


def lost_attribute(attribute: str, correction: str) -> str:
    """Return the text for a custom attribute of the file that the user pool does not have.

    Args:
        attribute: The custom attribute.
        correction: The argument that leaves it out.
    """
    return (
        f"the user pool has no {attribute}, and the values would be lost; add the attribute to the "
        f"pool, or leave it out with {correction}"
    )


NEW_SUB = "Cognito gives every user a new one; to keep the old one, map it to a custom attribute"
SET_AT_FIRST_SIGN_IN = "users set a password when they first sign in"
NO_GROUPS = "the CSV has no column for groups; add the users to groups after the import"
NO_STATUS = (
    "Cognito makes every imported user active, so remove those who may not sign in from the file"
)
NO_IDENTITIES = "the CSV has no column for links to other identity providers"
NO_TIMES = "Cognito sets its times itself"
NO_MFA_OPTIONS = "the CSV has no column for second factors"


def not_importable(reason: str, correction: str) -> str:
    """Return the text for a column that no import can take.

    Args:
        reason: One of the constants above.
        correction: The argument that leaves it out.
    """
    return f"this cannot be imported: {reason}. Leave it out with {correction}"


def secret_in_attribute(name: str, correction: str) -> str:
    """Return the text for a column of secrets that is mapped to an attribute.

    Args:
        name: The file's column, as the argument has it.
        correction: The argument that leaves it out.
    """
    return (
        f"column {name} is not imported: by its name, it has passwords, hashes, tokens or other "
        "secrets, and whoever may read the users could read them as an attribute. Leave it out "
        f"with {correction}, or give it another name if it has something else"
    )


def other_username(attributes: str) -> str:
    """Return why a username is not imported where users sign in with other attributes."""
    return (
        f"users of this pool sign in with {attributes}, which is the username; to keep this one, "
        "map it to a custom attribute"
    )


def with_name_for(argument: str) -> str:
    """Return an argument about a column whose name is not shown, as it may be a user's value."""
    return f"{argument}, with the name of the column for …"


def value_not_importable(column: str, reason: str) -> str:
    """Return the text for a value for all users that no import can set.

    Args:
        column: The name that is not a column of the user pool.
        reason: One of the constants above.
    """
    return f"{column} cannot be imported: {reason}"


def in_argument(argument: str, problem: str) -> str:
    """Return a problem of an argument of the import, such as `constants`."""
    return f"{argument}: {problem}"


def column_not_in_file(name: str, found: str) -> str:
    """Return the text for a column that `columns` names and the file does not have.

    Args:
        name: The column.
        found: The file's columns; empty where they may be the values of a user.
    """
    return f"the file has no column {name}" + (f"; it has {found}" if found else "")


def duplicate_column(first: str) -> str:
    """Return the text for a column that repeats another one, which the file calls `first`."""
    return f"duplicate of column {first}"


def shared_value(argument: str, column: str, problem: str) -> str:
    """Return the text for a constant or default that breaks a rule.

    Args:
        argument: `constants` or `defaults`.
        column: The user pool's column.
        problem: What is wrong and what is allowed.
    """
    return f"{argument}, {column}: {problem}"


def has_elsewhere(attribute: str, name: str, correction: str) -> str:
    """Return the next step where a column of the file probably has what the import lacks.

    Args:
        attribute: The attribute or flag.
        name: The column.
        correction: The argument that maps it.
    """
    return f"if column {name} has {attribute}, give {correction}"


def mapped_elsewhere(attribute: str, name: str, correction: str) -> str:
    """Return the next step where `columns` maps a column to others or leaves it out.

    Args:
        attribute: The attribute or flag that it probably has.
        name: The column.
        correction: The argument that maps it to the attribute as well.
    """
    return f"columns= makes column {name} something else; for {attribute} too, give {correction}"


def required_column_missing(elsewhere: str) -> str:
    """Return the text for an attribute that every user needs, and that has no column.

    Args:
        elsewhere: The column that may have it, and the next step; empty for none.
    """
    step = f"; {elsewhere}" if elsewhere else ""
    return f"the user pool requires a value for every user, and the file has no such column{step}"


def verified_for_all(flag: str) -> str:
    """Return the next step for a flag that no column has, and that is true for all users."""
    return f'where you know that it is so for all users, give constants={{"{flag}": True}}'


def add_columns(attribute: str, flag: str) -> str:
    """Return the next step for an attribute that no column has, nor its flag."""
    return f"add the columns {attribute} and {flag}"


def verified_column_missing(first: str, others: str, step: str) -> str:
    """Return the text for a file without a flag that must be true; the pool asks for one of them.

    Args:
        first: The likeliest flag, such as `email_verified`.
        others: The other flags, separated by commas; empty for none.
        step: The next step.
    """
    subject = f"one of {first}, {others}" if others else first
    lacks = "none of these columns" if others else "no such column"
    return f"{subject} must be true for every user, and the file has {lacks}; {step}"


def verified_without_column(flag: str, attribute: str, elsewhere: str) -> str:
    """Return the text for an attribute that is verified and has no column.

    Args:
        flag: The flag, such as `email_verified`.
        attribute: The attribute.
        elsewhere: As for `required_column_missing`.
    """
    step = elsewhere or f"add the column, or give no {flag}"
    return f"{flag} is true, and no column is {attribute}; {step}"


def left_out(name: str, meant: str) -> str:
    """Return a column that `only_columns` leaves out, with the pool's column that it may be."""
    return f"{name} (did you mean {meant}?)"
