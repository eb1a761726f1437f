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
GZIP_DAMAGED = "the gzip file is damaged; compress the file again, or upload or download it again"
GZIP_CUT_OFF = (
    "the gzip file is cut off before its end; compress the file again, or upload or download it "
    "again"
)
GZIP_GOES_ON = (
    "the gzip file goes on after its end with other data than gzip's; compress the file again"
)
NUL_BYTES = "this has NUL bytes and is not text; save the file as UTF-8"
UTF_16_WITHOUT_MARK = (
    "this has NUL bytes, as UTF-16 without a byte order mark; save the file as UTF-8, or name the "
    'encoding that it has, such as encoding="utf-16-le"'
)

ZIP = "a ZIP archive; unpack it, or, of an Excel workbook, save the sheet as CSV (UTF-8)"
OFFICE = "an old Office document; save the sheet as CSV (UTF-8)"
GZIP = "compressed by gzip twice; decompress it once"
ARCHIVE = "compressed or an archive; unpack it"
PDF = "a PDF"
RTF = "rich text (RTF); save it as plain text"
GIT_LFS = "a Git LFS pointer; fetch the file itself (git lfs pull)"
PARQUET = "a Parquet file; write the table as CSV"
SQLITE = "a SQLite database; write the table as CSV"
JSON = "JSON; write it as CSV, or name the provider that exported it (export=…)"
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
TYPOGRAPHIC_QUOTES = 'quotes are written ", and not “ or ”'
BLANK_HAS_COMMA = "a blank value has its comma, too"
CUT_OFF = "this last line has no end, so the file may be cut off; export or download it again"


def number_of_values(values: int, columns: int, advice: str) -> str:
    """Return the text for a row with too few or too many values.

    Args:
        values: Number of the row's values.
        columns: Number of the header's columns.
        advice: One of the constants above.
    """
    plural = "" if values == 1 else "s"
    return f"{values:,} value{plural} where the header has {columns:,} columns; {advice}"


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


def duplicate_username(place: str) -> str:
    """Return the text for a username that the user in an earlier place has, such as `line 2`."""
    return f"the user in {place} has this username; Cognito skips this one"


def duplicate_alias(place: str) -> str:
    """Return the text for a sign-in name that the user in an earlier place has."""
    return f"the user in {place} can sign in with this; Cognito allows it for one user only"


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
    "Cognito probably refuses this address; give it without mailto:, quotes, brackets or invisible "
    "characters, and without a dot at an end or two in a row"
)
SINGLE_QUOTES = (
    "values are in single quotes, which become part of the username and of the other values; "
    "remove them, or write double quotes (reported once)"
)


def invisible_characters(code_points: str) -> str:
    """Return the text for a value that is valid without characters that nobody sees."""
    return f"the value has characters that are invisible ({code_points}); remove them"


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


HASHES_NOT_TAKEN = (
    "this user has a password hash, and the user pool takes none (its CSV header has no column "
    "password_hash); not_eligible=OnBadHash.RESET imports all users without their hashes"
)


def refused_hash(reason: str, argument: str) -> str:
    """Return the text for a hash that Cognito does not take.

    Args:
        reason: The reason, of `password_hashes.messages`.
        argument: The argument of `PasswordHashes` that imports such users without their hashes.
    """
    return f"{reason}; {argument}=OnBadHash.RESET imports such users without their hashes"


def hash_format(algorithm: str, allowed: str) -> str:
    """Return the text for a password hash of another form, or above the caps."""
    return f"{algorithm} is {allowed}"


# Normalization.


def not_strict(normalization: str) -> str:
    """Return the text for a value that `strict=True` does not normalize."""
    return f"strict=True allows no normalization: {normalization}"
