"""The rules for a CSV of users, each with an id that does not change, and the normalizations.

Source, where a rule names none: Amazon Cognito Developer Guide, "Importing users into user pools
from a CSV file".
"""

from __future__ import annotations

from enum import Enum

from .limits import LIMITS, LONGEST_USERNAME, LONGEST_VALUE

_JOB_USERS = f"{LIMITS.job_users:,}"
_JOB_MB = LIMITS.job_bytes // 1_000_000


class Rule(Enum):
    """A rule: its id, and its requirement in one line."""

    ENCODING = "CSV001", "The file is UTF-8 text."
    NO_USERS = "CSV002", "The file has a header and at least one user."
    NO_HEADER = "CSV003", "The first line is a header, and has a column cognito:username."
    UNKNOWN_COLUMN = "CSV004", "Every column is a column of the user pool."
    DUPLICATE_COLUMN = "CSV005", "No column is a duplicate of another."
    COLUMN_WITHOUT_NAME = "CSV006", "Every column has a name."
    COLUMN_MISSING = "CSV007", "The file has every column whose values are required."
    COLUMN_NOT_FOUND = "CSV008", "The file has every column that the import's `columns` name."
    NUMBER_OF_VALUES = "CSV009", "Every row has as many values as the header has columns."
    LINE_BREAK = "CSV010", "No value has a line break; Cognito's dialect cannot express one."
    QUOTES = "CSV011", "Quotes are closed, and stand around a whole value."
    BACKSLASH = "CSV012", r"No value ends in a backslash or has one before a comma."
    ROW_TOO_LONG = "CSV013", f"A row has {LIMITS.row_characters:,} characters at most."
    TOO_MANY_USERS = (
        "CSV014",
        f"One import has {LIMITS.jobs} jobs of {_JOB_USERS} users and {_JOB_MB} MB at most.",
    )
    BLANK_LINES = (
        "CSV015",
        f"There are {LIMITS.line_gaps:,} gaps of blank lines between users at most.",
    )
    USERNAME_MISSING = "CSV016", "Every user has a username."
    USERNAME_CHARACTERS = "CSV017", "A username has no spaces, tabs or control characters."
    USERNAME_TOO_LONG = "CSV018", f"A username has {LONGEST_USERNAME} characters at most."
    USERNAME_IS_EMAIL = (
        "CSV019",
        "Where users may sign in with an email alias, the username is not an email address.",
    )
    USERNAME_FORM = (
        "CSV020",
        "Where users sign in with email or phone number, the username is one of these.",
    )
    USERNAME_DIFFERS = (
        "CSV021",
        "Where users sign in with email or phone number, it is the same as the username.",
    )
    DUPLICATE_USERNAME = "CSV022", "No username is a duplicate; Cognito skips the later ones."
    REQUIRED = "CSV023", "Attributes that the user pool requires have a value."
    NOT_VERIFIED = (
        "CSV024",
        "An attribute that the user pool verifies automatically is verified for every user.",
    )
    VERIFIED_BLANK = "CSV025", "A verified attribute has a value."
    EMAIL = "CSV026", "An email address has one @ with something on both sides, and no spaces."
    PHONE_NUMBER = "CSV027", "A phone number is + and digits, country code first."
    BIRTHDATE = "CSV028", "A birthdate is a date, mm/dd/yyyy or yyyy-mm-dd."
    EPOCH = (
        "CSV029",
        "updated_at is seconds or milliseconds since 1970, or an ISO 8601 time with a time zone.",
    )
    NUMBER = "CSV030", "A number is an optional minus and digits."
    NUMBER_BOUNDS = "CSV031", "A number lies within the bounds of its attribute."
    BOOLEAN = "CSV032", "A boolean is true or false (or yes, no, y, n, t, f, 1, 0)."
    LENGTH_BOUNDS = "CSV033", "A value is as long as its attribute allows."
    VALUE_TOO_LONG = "CSV034", f"A value has {LONGEST_VALUE:,} characters at most."
    MFA_ENABLED = (
        "CSV035",
        "cognito:mfa_enabled is blank, or agrees with the user pool's MFA setting.",
    )
    HASH_FORMAT = "CSV036", "A password hash has the form of the job's algorithm, within its caps."
    HASH_WITHOUT_ALGORITHM = (
        "CSV037",
        "password_hash is blank where the job has no hashing algorithm.",
    )
    DUPLICATE_ALIAS = (
        "CSV038",
        "An email address or phone number that stands for the username is verified once.",
    )
    NOT_STRICT = "CSV039", "With strict=True nothing needs normalization."
    EXPORT = "CSV040", "A file in an export format of a provider has that format."
    PROVIDER_LINK = (
        "CSV041",
        "No user of an export is linked to another provider; an import has no links.",
    )
    PROVIDER_SIGN_IN = (
        "CSV042",
        "Every user of an export has a password; an import has no other way to sign in.",
    )
    EXCLUDED_USER = (
        "CSV043",
        "No user of an export is disabled or an external provider's, unless they are left out.",
    )
    WORD_FOR_BLANK = "CSV044", "No value is a word for a blank, such as NULL, nan or N/A."
    DOUBTFUL_EMAIL = (
        "CSV045",
        "An email address has no mailto:, quotes or brackets, and dots only between two words.",
    )
    SINGLE_QUOTES = "CSV046", "Values are not in single quotes."
    OTHER_ENCODING = "CSV047", "The file has the encoding that is given for it."
    HASH_UNUSABLE = (
        "CSV048",
        "A password hash is one of Cognito's, or can be converted to one exactly.",
    )
    HASH_TOO_COSTLY = "CSV049", "A password hash costs no more than Cognito allows."
    HASHES_NOT_TAKEN = "CSV050", "Where users have password hashes, the user pool takes them."
    GZIP = "CSV051", "A file that gzip has compressed is whole."
    OTHER_HEADER = "CSV052", "All objects of a prefix have the same columns in the same order."

    @property
    def id(self) -> str:
        """Return the id, such as `CSV007`."""
        return self.value[0]

    @property
    def requirement(self) -> str:
        """Return the requirement in one line."""
        return self.value[1]

    @property
    def is_warning(self) -> bool:
        """Return whether the import continues although the rule is broken."""
        return self in _WARNINGS


_WARNINGS = frozenset(
    {
        Rule.DUPLICATE_USERNAME,
        Rule.PROVIDER_LINK,
        Rule.PROVIDER_SIGN_IN,
        Rule.WORD_FOR_BLANK,
        Rule.DOUBTFUL_EMAIL,
        Rule.SINGLE_QUOTES,
        Rule.OTHER_ENCODING,
    }
)


class Normalization(Enum):
    """A change to a file that Cognito would not accept as it is; the value describes it."""

    BYTE_ORDER_MARK = "byte order marks removed"
    UTF_16 = "UTF-16 converted to UTF-8"
    LINE_ENDS = "line ends changed to LF"
    SEPARATOR = "separators changed to commas"
    SEPARATOR_LINE = "lines that name the separator (sep=) removed"
    BLANK_LINE = "blank lines removed"
    QUOTES = "quotes removed"
    COLUMN_NAME = "column names changed to those of the user pool"
    BOOLEAN = "booleans changed to true or false"
    DATE = "dates changed to mm/dd/yyyy"
    TIME = "times changed to seconds since 1970"
    PHONE_NUMBER = "spaces, dashes, brackets, dots and slashes removed from phone numbers"
    DISABLED_LEFT_OUT = "disabled users left out"
    EXTERNAL_LEFT_OUT = "users of an external provider left out"
    HASH_CONVERTED = "password hashes converted to Cognito's form"
    COSTLY_HASH_LEFT_OUT = "password hashes above Cognito's caps left out"
    UNUSABLE_HASH_LEFT_OUT = "password hashes that Cognito cannot take left out"
    HASH_NOT_TAKEN_LEFT_OUT = "password hashes left out because the user pool takes none"
