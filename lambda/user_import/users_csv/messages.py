r"""The text of every finding: what is wrong and what is allowed, never the value.

A finding's location and rule id are added when it is written (`diagnostics`). Files in a provider's
export format have their own messages in `exports.messages`.
"""

from __future__ import annotations

# The file.

EMPTY_FILE = "the file is empty"
NO_ROWS = "the file has a header but no users"
NOT_UTF_8 = (
    "this is not UTF-8; save the file as UTF-8, or name the encoding that it has, such as "
    'encoding="windows-1252"'
)
UTF_32 = "this is UTF-32; save the file as UTF-8"
BROKEN_UTF_16 = "this begins as UTF-16 but later is not valid UTF-16; save the file as UTF-8"
PROBABLY_UTF_8 = (
    "all letters beyond ASCII are valid UTF-8, so encoding= is probably wrong and would change "
    "them; leave it out"
)
NUL_BYTES = "this has NUL bytes and is not text; save the file as UTF-8"

ZIP = "a ZIP archive, as Excel workbooks are; save the sheet as CSV (UTF-8)"
OFFICE = "an old Office document; save the sheet as CSV (UTF-8)"
GZIP = "compressed by gzip; decompress it"
PDF = "a PDF"
GIT_LFS = "a Git LFS pointer; fetch the file itself (git lfs pull)"
JSON = "JSON; write it as CSV, or name its export format (export=…)"
MARKUP = "HTML or XML, perhaps the error page of a download"


def not_in_encoding(encoding: str) -> str:
    """Return the text for bytes that an encoding does not have, as far as they can be decoded."""
    return (
        f"this is not {encoding}, which encoding= names; give the encoding in which the file was "
        "saved, or save it as UTF-8 and leave encoding= out"
    )


def other_byte_order_mark(actual: str, encoding: str) -> str:
    """Return the text for a file whose byte order mark names another encoding."""
    return (
        f"the file begins with the byte order mark of {actual}, and encoding= names {encoding}; "
        "leave encoding= out"
    )


def unknown_encoding(encoding: str) -> str:
    """Return the text for an encoding that Python does not have, or that is not one of text."""
    return (
        f"encoding {encoding!r} is not known; give a name that Python knows, such as "
        "windows-1252, iso-8859-1, mac-roman, shift_jis or gb18030"
    )


def not_a_csv(actual: str) -> str:
    """Return the text for a file of another type; `actual` is one of the constants above."""
    return f"this is not a CSV but {actual}"


def too_many_line_gaps(maximum: int) -> str:
    """Return the text for more gaps than are counted, of blank lines and users left out."""
    return (
        f"there are more than {maximum:,} gaps between users, of blank lines or users left out; "
        "remove the blank lines, or convert the export first: cognito-user-import convert"
    )


def too_many_jobs(users: int, jobs: int, maximum: int) -> str:
    """Return the text for an import of too many jobs."""
    return (
        f"these are {users:,} users in {jobs} import jobs, and one import has {maximum} jobs at "
        "most; split the file"
    )


# The header.

UNKNOWN_SEPARATOR = (
    "this line names a separator that is not read; separate the values by commas, semicolons or "
    "tabs, and name that one or remove the line"
)
BLANK_HEADER = "the first line is blank, and must be the header; remove the blank lines above it"
COLUMN_WITHOUT_NAME = "this column has no name"
REQUIRED_COLUMN_MISSING = (
    "the user pool requires a value for every user, and the file has no such column"
)
SHARED_SIGN_IN_NAME = "users sign in with this, so all cannot have the same"


def header_too_long(maximum: int) -> str:
    """Return the text for a first line of too many bytes."""
    return f"longer than {maximum:,} bytes; this is not a header"


def username_mapping(username: str) -> str:
    """Return an example of the argument that names the column of the usernames."""
    return f'columns={{"…": "{username}"}}'


def not_a_header(username: str) -> str:
    """Return the text for a first line that is a user's row, or something else."""
    return (
        f"this is not a header; write the names of the columns into the first line, {username} "
        "among them"
    )


def no_known_column(username: str) -> str:
    """Return the text for a first line without any name that is known."""
    example = username_mapping(username)
    return (
        "no name in this line is known, and every user needs a column "
        f"{username}; if this is a header, map the column that has the usernames, {example}; if "
        "not, write one into the first line"
    )


def no_username_column(expected: str, found: str, username: str) -> str:
    """Return the text for a header without a column of the username, and none that may be it.

    Args:
        expected: The columns that can be the username.
        found: The file's columns.
        username: The user pool's column.
    """
    example = username_mapping(username)
    return (
        f"no column {expected}, which every user needs; the file has {found}; map the column that "
        f"has the usernames: {example}"
    )


def likely_username_column(expected: str, found: str, candidate: str, columns: str) -> str:
    """Return the text for a header without a column of the username, of which one may be it.

    Args:
        expected: The columns that can be the username.
        found: The file's columns; empty to leave them out.
        candidate: The column that is the likeliest to have the usernames.
        columns: The argument that maps it.
    """
    has = f"; the file has {found}" if found else ""
    return (
        f"no column {expected}, which every user needs{has}; if column {candidate} has the "
        f"usernames, give {columns}"
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


def unknown_column(what: str, suggestion: str, known: str, *, correction: str = "") -> str:
    """Return the text for a column that the user pool does not have.

    Args:
        what: `such column`, or `column` and its name where the file has another name for it.
        suggestion: The pool's column that the name means or misspells; empty where there is none.
        known: The pool's columns.
        correction: The argument to paste; empty for none.
    """
    if suggestion:
        paste = f" Then give {correction}" if correction else ""
        return f"the user pool has no {what}; did you mean {suggestion}?{paste}"
    leave_out = f"; leave it out with {correction}" if correction else ""
    return f"the user pool has no {what}; it has {known}{leave_out}"


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
NO_STATUS = "Cognito sets the status, and makes every user active"
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


def verified_column_missing(first: str, others: str) -> str:
    """Return the text for a file without a flag that must be true; the pool asks for one of them.

    Args:
        first: The first flag, such as `email_verified`.
        others: The other flags, separated by commas; empty for none.
    """
    subject = f"one of {first}, {others}" if others else first
    lacks = "none of these columns" if others else "no such column"
    return (
        f"{subject} must be true for every user, and the file has {lacks}; where you know that "
        f'it is so for all users, give constants={{"{first}": True}}'
    )


# The row.

LINE_BREAK = "a value has a line break, which Cognito's CSV dialect cannot express"
OPEN_QUOTE = "a quote is not closed"
TEXT_AFTER_QUOTE = "text follows a closing quote"
LEADING_QUOTE = "a value begins with a quote; how Cognito reads that is not documented"
BACKSLASH = (
    "a value ends in a backslash or has one before a comma; how Cognito reads that is not "
    "documented"
)
ESCAPE_COMMAS = r"a comma inside a value is written \, or in quotes"


def number_of_values(values: int, columns: int) -> str:
    """Return the text for a row with too few or too many values."""
    return f"{values} values where the header has {columns} columns"


def row_too_long(maximum: int, shared: int) -> str:
    """Return the text for a row of too many characters.

    Args:
        maximum: Characters that Cognito accepts in a row.
        shared: Characters that the columns take which the file does not have.
    """
    if not shared:
        return f"longer than {maximum:,} characters, the most that Cognito accepts in a row"
    return (
        f"longer than {maximum - shared:,} characters: Cognito accepts {maximum:,} in a row, and "
        f"the columns that the import adds to the file's own take {shared:,} of them"
    )


# The username.

USERNAME_MISSING = "every user needs a username"
USERNAME_CHARACTERS = "a username has no spaces, tabs or control characters"
USERNAME_IS_EMAIL = (
    "users of this pool may sign in with an email alias, so the username must not be an email "
    "address"
)
DUPLICATE_USERNAME = "an earlier user has this username; Cognito skips this one"
DUPLICATE_ALIAS = "an earlier user can sign in with this; Cognito allows it for one user only"


def username_too_long(maximum: int) -> str:
    """Return the text for a username of too many characters."""
    return f"a username has {maximum} characters at most"


def username_form(attributes: str) -> str:
    """Return the text for a username that is not one of the pool's sign-in attributes."""
    return f"users of this pool sign in with {attributes}; give that as the username"


def username_differs(attribute: str, username: str) -> str:
    """Return the text for a sign-in attribute that is not the same as the username."""
    return f"users of this pool sign in with {attribute}; give the same as {username}"


# Values.

REQUIRED = "the user pool requires a value"
BOOLEAN = "give true or false (or yes, no, y, n, t, f, 1, 0)"
MFA_BOOLEAN = "leave it blank or give true or false"
EMAIL = "this is not the form of an email address; give one @ and no spaces"
PHONE_NUMBER = "give + and digits, country code first, as in +14325551212"
TRUNK_PREFIX = "(0) is dialled inside the country only; leave it out, and give + and digits"
BIRTHDATE = "give mm/dd/yyyy or yyyy-mm-dd, the year with four digits"
DATE_DOES_NOT_EXIST = "this date does not exist; Cognito reads mm/dd/yyyy, the month first"
NUMBER = (
    "give digits only, with a minus before them where needed; whether Cognito takes a decimal "
    "point or an exponent is not documented"
)
EPOCH = (
    "give seconds since 1970, as in 1471453471, or an ISO 8601 time with its time zone, as in "
    "2016-08-17T17:04:31Z"
)
EPOCH_TOO_FINE = (
    "these are more digits than milliseconds since 1970 have; give seconds, as in 1471453471"
)
NO_HASHING_ALGORITHM = (
    "the job has no hashing algorithm, and how Cognito then treats a hash is not documented; leave "
    "the column blank"
)
WORD_FOR_BLANK = (
    "this is a word for a blank, such as NULL, nan or N/A, and would be imported as the value; "
    "leave such values blank (each column is reported once)"
)
DOUBTFUL_EMAIL = (
    "Cognito probably refuses this address; give it without mailto:, quotes or brackets, and "
    "without a dot at an end or two in a row"
)
SINGLE_QUOTES = (
    "values are in single quotes, which become part of the username and of the other values; "
    "remove them, or write double quotes (reported once)"
)


def not_verified(first: str, others: str) -> str:
    """Return the text for a user of whom none of the attributes is verified.

    Args:
        first: The first flag, such as `email_verified`.
        others: The other flags, separated by commas; empty for none.
    """
    subject = f"one of {first}, {others}" if others else first
    return (
        f"{subject} must be true for every user, or Cognito refuses the user; where you know that "
        f'it is so for all users, give constants={{"{first}": True}}'
    )


def verified_blank(flag: str) -> str:
    """Return the text for an attribute that is verified and has no value."""
    return f"give a value, because {flag} is true"


def value_too_long(maximum: int) -> str:
    """Return the text for a value of too many characters."""
    return f"a value has {maximum:,} characters at most"


def length_bounds(minimum: int, maximum: int) -> str:
    """Return the text for a value that is too short or too long for its attribute."""
    bounds = f"{minimum:,} to {maximum:,}" if minimum < maximum else f"{minimum:,}"
    return f"the user pool requires {bounds} characters"


def number_bounds(minimum: int | None, maximum: int | None) -> str:
    """Return the text for a number outside the bounds of its attribute, of which one is given."""
    if minimum is None:
        return f"the user pool requires {maximum} or less"
    bounds = f"{minimum} or more" if maximum is None else f"{minimum} to {maximum}"
    return f"the user pool requires {bounds}"


def mfa_differs(mfa: str, allowed: str) -> str:
    """Return the text for a user whose MFA differs from the pool's."""
    return f"the user pool's MFA is {mfa}; leave it blank or give {allowed}"


def hash_format(algorithm: str, allowed: str) -> str:
    """Return the text for a password hash of another form, or above the caps."""
    return f"{algorithm} is {allowed}"


# Normalization.


def not_strict(normalization: str) -> str:
    """Return the text for a value that `strict=True` does not normalize."""
    return f"strict=True allows no normalization: {normalization}"
