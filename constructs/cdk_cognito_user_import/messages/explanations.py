r"""The explanation of each CSV rule: what to do, where the rule comes from, and an example.

`cognito-user-import explain CSV017` prints them. The requirement itself is in `users_csv.rules`.
`tests/synth/test_explanations.py` checks every example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._lambda.user_import.users_csv import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

GUIDE = (
    'Amazon Cognito Developer Guide, "Importing users into user pools from a CSV file", '
    "https://docs.aws.amazon.com/cognito/latest/developerguide/"
    "cognito-user-pools-using-import-tool.html"
)
_ATTRIBUTES = 'Amazon Cognito Developer Guide, "User pool attributes".'
_USERNAME = "Amazon Cognito API Reference, UsernameType."
_STRICTER = "This library; the documentation of Amazon Cognito does not say how it reads this."
_LIBRARY = "This library."
_HASHES = 'Amazon Cognito Developer Guide, "Importing users with password hashes".'


class Explanation(NamedTuple):
    """The explanation of a rule.

    Attributes:
        advice: What to do.
        source: Where the rule comes from.
        wrong: Lines of a file that breaks the rule; empty where `right` is not a file.
        right: The same lines as they should be, or what to type.
        where: The user pool or the options that the example is for; empty for any.
    """

    advice: str
    source: str = GUIDE
    wrong: str = ""
    right: str = ""
    where: str = ""


_HEAD = "cognito:username,email,email_verified\n"


def _values(wrong: str, right: str, column: str = "") -> tuple[str, str]:
    """Return two files with the first three columns and perhaps another."""
    header = _HEAD.replace("\n", f",{column}\n") if column else _HEAD
    return header + wrong, header + right


def _value(column: str, wrong: str, right: str) -> tuple[str, str]:
    """Return two files of one user, with another value in one column."""
    user = "ada,ada@example.com,true,"
    return _values(user + wrong, user + right, column)


def _columns(wrong: str, right: str, value: str) -> tuple[str, str]:
    """Return two files of one user, with other columns after the first three."""
    row = f"ada,ada@example.com,true,{value}"
    return _HEAD.replace("\n", f",{wrong}\n") + row, _HEAD.replace("\n", f",{right}\n") + row


EXPLANATIONS: Mapping[Rule, Explanation] = {
    Rule.ENCODING: Explanation(
        "Save the file as UTF-8, or convert it. UTF-16 is read where it begins with a byte order "
        "mark. A workbook, an archive or a web page is not a CSV: export it as one.",
        right="iconv -f WINDOWS-1252 -t UTF-8 users.csv > users-utf-8.csv",
    ),
    Rule.NO_USERS: Explanation(
        "Add a line for each user below the header.",
        GUIDE,
        _HEAD,
        _HEAD + "ada,ada@example.com,true",
    ),
    Rule.NO_HEADER: Explanation(
        'Name the columns in the first line, or map yours: columns={"Login": "cognito:username"} '
        "in the app, --column Login=cognito:username here. Name the provider of an export: "
        "export=ExportFormat.COGNITO in the app, --export cognito here.",
        GUIDE,
        "Login,email,email_verified\nada,ada@example.com,true",
        _HEAD + "ada,ada@example.com,true",
    ),
    Rule.UNKNOWN_COLUMN: Explanation(
        'Correct the name, map the column (columns={"Shoe size": "custom:shoe_size"}), or leave it '
        'out (columns={"Shoe size": None}). Leave out all such columns with only_columns=True, '
        "--only-columns here.",
        GUIDE,
        *_columns("nickmane", "nickname", "Ada"),
    ),
    Rule.DUPLICATE_COLUMN: Explanation(
        'Remove one of the columns, or leave it out: columns={"Name": None}.',
        GUIDE,
        *_columns("name,Name", "name,nickname", "Ada,Ada"),
    ),
    Rule.COLUMN_WITHOUT_NAME: Explanation(
        "Name the column, or delete it: spreadsheets leave empty columns at the right.",
        GUIDE,
        *_columns("", "name", "Ada"),
    ),
    Rule.COLUMN_MISSING: Explanation(
        "Add the column, or give a value for all users where you know that it is right: "
        'constants={"email_verified": True} in the app, --constant email_verified=true here.',
        GUIDE,
        "cognito:username,email\nada,ada@example.com",
        _HEAD + "ada,ada@example.com,true",
        "a user pool that verifies email addresses automatically",
    ),
    Rule.COLUMN_NOT_FOUND: Explanation(
        "Write the name of the column as the file has it, or remove it from `columns`.",
        _LIBRARY,
        _HEAD + "ada,ada@example.com,true",
        "cognito:username,E-mail,email_verified\nada,ada@example.com,true",
        '--column E-mail=email, or columns={"E-mail": "email"}',
    ),
    Rule.NUMBER_OF_VALUES: Explanation(
        r"Add or remove values. A comma inside a value is written \, or the value in quotes.",
        GUIDE,
        *_value("name", "Lovelace, Ada", '"Lovelace, Ada"'),
    ),
    Rule.LINE_BREAK: Explanation(
        "Put the value into one line.",
        GUIDE,
        *_value("address", '"1 Main Street\nAnytown"', '"1 Main Street, Anytown"'),
    ),
    Rule.QUOTES: Explanation(
        "Close the quote. A quote inside quotes is doubled. A value cannot begin with a quote.",
        _STRICTER,
        *_value("name", '"Ada ""The Countess""', '"Ada ""The Countess"""'),
    ),
    Rule.BACKSLASH: Explanation(
        "Remove the backslash.",
        _STRICTER,
        *_value("name", "Ada\\", "Ada"),
    ),
    Rule.ROW_TOO_LONG: Explanation(
        "Shorten the values of this user, or leave out a column. An export in one long line is "
        "perhaps JSON: name its format with --export.",
    ),
    Rule.TOO_MANY_USERS: Explanation(
        "Split the file, and make an import of each part. 500,000 users and 100 MB are the limits "
        "of one job of Amazon Cognito; 40 jobs are the limit of this library, because the response "
        "to CloudFormation has no room for more ids.",
    ),
    Rule.BLANK_LINES: Explanation(
        "Delete the blank lines. The limit lets the lines in Amazon Cognito's log be mapped to "
        "those of your file.",
        _LIBRARY,
        right="grep -v '^\\s*$' users.csv > users-without-blank-lines.csv",
    ),
    Rule.USERNAME_MISSING: Explanation(
        "Give the user a username, or delete the line.",
        GUIDE,
        *_values(",ada@example.com,true", "ada,ada@example.com,true"),
    ),
    Rule.USERNAME_CHARACTERS: Explanation(
        "Remove the spaces, or use another column as the username. A user signs in with this name.",
        _USERNAME,
        *_values("ada lovelace,ada@example.com,true", "ada.lovelace,ada@example.com,true"),
    ),
    Rule.USERNAME_TOO_LONG: Explanation("Shorten the username.", _USERNAME),
    Rule.USERNAME_IS_EMAIL: Explanation(
        "Use another column as the username, such as an id; the user still signs in with the email "
        "address.",
        _ATTRIBUTES,
        *_values("ada@example.com,ada@example.com,true", "ada,ada@example.com,true"),
        "a user pool with the email address as an alias",
    ),
    Rule.USERNAME_FORM: Explanation(
        "Use the column with the email address or the phone number as the username too.",
        GUIDE,
        *_values("ada,ada@example.com,true", "ada@example.com,ada@example.com,true"),
        "a user pool whose users sign in with their email address",
    ),
    Rule.USERNAME_DIFFERS: Explanation(
        "Give the same value in both columns.",
        GUIDE,
        *_values("ada@example.com,a@example.com,true", "ada@example.com,ada@example.com,true"),
        "a user pool whose users sign in with their email address",
    ),
    Rule.DUPLICATE_USERNAME: Explanation(
        "Delete the line, or give the user another username. A warning: the import continues, and "
        "Amazon Cognito skips this user. In a user pool that is not case-sensitive, Ada and ada "
        "are one user.",
        GUIDE,
        *_values(
            "ada,ada@example.com,true\nada,a@example.com,true",
            "ada,ada@example.com,true\nada2,a@example.com,true",
        ),
    ),
    Rule.REQUIRED: Explanation(
        "Give a value. For users without one, a default can stand: --default name=Unknown, or "
        'defaults={"name": "Unknown"}.',
        GUIDE,
        *_value("name", "", "Ada"),
        "a user pool that requires a name",
    ),
    Rule.NOT_VERIFIED: Explanation(
        "Give true where you know that the user owns the address: Amazon Cognito refuses other "
        "users. With both email and phone number, one of them is enough. For all users: --constant "
        'email_verified=true, or constants={"email_verified": True}.',
        GUIDE,
        *_values("ada,ada@example.com,false", "ada,ada@example.com,true"),
        "a user pool that verifies email addresses automatically",
    ),
    Rule.VERIFIED_BLANK: Explanation(
        "Give the address or the number, or false for verified.",
        GUIDE,
        *_values("ada,,true", "ada,ada@example.com,true"),
    ),
    Rule.EMAIL: Explanation(
        "Correct the address.",
        GUIDE,
        *_values("ada,ada at example.com,true", "ada,ada@example.com,true"),
    ),
    Rule.PHONE_NUMBER: Explanation(
        "Write + and the country code first, and leave out a (0). Spaces, dashes and brackets are "
        "removed; a missing country code is not guessed.",
        GUIDE,
        *_value("phone_number", "0432 555 1212", "+1 432 555 1212"),
    ),
    Rule.BIRTHDATE: Explanation(
        "Write mm/dd/yyyy or yyyy-mm-dd. Amazon Cognito reads the month first.",
        GUIDE,
        *_value("birthdate", "13/01/1985", "01/13/1985"),
    ),
    Rule.EPOCH: Explanation(
        "Give seconds since 1970, or a time with its time zone.",
        GUIDE,
        *_value("updated_at", "2016-08-17", "2016-08-17T17:04:31Z"),
    ),
    Rule.NUMBER: Explanation(
        "Write digits only, with a minus before them where needed.",
        GUIDE,
        *_value("custom:age", "42 years", "42"),
        "a user pool with a number custom:age",
    ),
    Rule.NUMBER_BOUNDS: Explanation(
        "Correct the value, or change the bounds of the attribute in the user pool.",
        GUIDE,
        *_value("custom:age", "17", "18"),
        "a user pool with a number custom:age of 18 or more",
    ),
    Rule.BOOLEAN: Explanation(
        "Write true or false.",
        GUIDE,
        *_values("ada,ada@example.com,verified", "ada,ada@example.com,true"),
    ),
    Rule.LENGTH_BOUNDS: Explanation(
        "Shorten or lengthen the value, or change the bounds of the attribute in the user pool.",
        GUIDE,
        *_value("custom:plan", "enterprise edition", "enterprise"),
        "a user pool whose custom:plan has 12 characters at most",
    ),
    Rule.VALUE_TOO_LONG: Explanation("Shorten the value, or leave out the column.", _ATTRIBUTES),
    Rule.MFA_ENABLED: Explanation(
        "Leave the value blank where the setting of the user pool decides.",
        GUIDE,
        *_value("cognito:mfa_enabled", "true", "false"),
        "a user pool without multi-factor authentication",
    ),
    Rule.HASH_FORMAT: Explanation(
        "Check the algorithm and the form of the hashes. --password-hashing-algorithm is for jobs "
        "that you create yourself; imports convert hashes of any algorithm, with --password-hashes "
        "or password_hashes=PasswordHashes().",
    ),
    Rule.HASH_WITHOUT_ALGORITHM: Explanation(
        "Import the hashes: --password-hashes fail, or password_hashes=PasswordHashes(). Or leave "
        'the column out: --column password_hash=, or columns={"password_hash": None}. The hashes '
        "might be lost without an error.",
        _STRICTER,
        *_value("password_hash", "$2b$12$…", ""),
    ),
    Rule.DUPLICATE_ALIAS: Explanation(
        "Give another address or number, or false for verified: an alias is verified for one user "
        "only.",
        _ATTRIBUTES,
        *_values(
            "ada,ada@example.com,true\nalan,ada@example.com,true",
            "ada,ada@example.com,true\nalan,alan@example.com,true",
        ),
        "a user pool with the email address as an alias",
    ),
    Rule.NOT_STRICT: Explanation(
        "Write the file as Amazon Cognito reads it, or leave out strict=True (--strict): the "
        "values are then normalized, and counted.",
        _LIBRARY,
        *_values("ada,ada@example.com,yes", "ada,ada@example.com,true"),
        "--strict",
    ),
    Rule.EXPORT: Explanation(
        "Export the file again, or name the provider that it comes from. docs/exports.md has the "
        "steps for each.",
        _LIBRARY,
        right="cognito-user-import check users.json --export keycloak",
    ),
    Rule.PROVIDER_LINK: Explanation(
        "Nothing prevents the import. Link the users to the provider again, before they sign in "
        "with it: AdminLinkProviderForUser.",
        _LIBRARY,
    ),
    Rule.PROVIDER_SIGN_IN: Explanation(
        "Nothing prevents the import. If the user pool will have the provider, leave the users "
        "out: leave_out=[UserKind.EXTERNAL_PROVIDER].",
        _LIBRARY,
        right="cognito-user-import check users.json --export auth0 --leave-out external-provider",
    ),
    Rule.EXCLUDED_USER: Explanation(
        "Remove these users from the file, or leave them out: leave_out=[UserKind.DISABLED] or "
        "leave_out=[UserKind.EXTERNAL_PROVIDER]. docs/exports.md has the reasons.",
        _LIBRARY,
        right="cognito-user-import check users.json --export cognito --leave-out disabled",
    ),
    Rule.WORD_FOR_BLANK: Explanation(
        "Nothing prevents the import, which takes the word as the value. Leave such values blank: "
        "most programs have an option for it, such as na_rep='' of pandas.",
        _LIBRARY,
        *_value("name", "NULL", ""),
    ),
    Rule.DOUBTFUL_EMAIL: Explanation(
        "Nothing prevents the import, but Amazon Cognito probably refuses the user. Write the "
        "address alone.",
        _LIBRARY,
        *_values("ada,mailto:ada@example.com,true", "ada,ada@example.com,true"),
    ),
    Rule.SINGLE_QUOTES: Explanation(
        "Nothing prevents the import, but the quotes become part of the values. Remove them, or "
        "write double quotes.",
        _LIBRARY,
        *_values("'ada',ada@example.com,true", "ada,ada@example.com,true"),
    ),
    Rule.OTHER_ENCODING: Explanation(
        "Look at the names with other letters than a to z. If the file is UTF-8, leave out the "
        "encoding: letters such as ü would be imported as others.",
        _LIBRARY,
        right="cognito-user-import check users.csv",
    ),
    Rule.HASH_UNUSABLE: Explanation(
        "docs/password-hashes.md has the systems whose hashes are converted, and why others cannot "
        "be. To import such users without their hashes, give password_hashes with "
        "unusable=OnBadHash.RESET: they have to reset their passwords.",
        _HASHES,
    ),
    Rule.HASH_TOO_COSTLY: Explanation(
        "A hash cannot be made cheaper without the password. To import such users without their "
        "hashes, give password_hashes with too_costly=OnBadHash.RESET: they have to reset their "
        "passwords.",
        _HASHES,
    ),
    Rule.HASHES_NOT_TAKEN: Explanation(
        "Use a user pool whose CSV header (aws cognito-idp get-csv-header) has password_hash. To "
        "import all users without their hashes, give password_hashes with "
        "not_eligible=OnBadHash.RESET: they have to reset their passwords.",
        _HASHES,
    ),
    Rule.GZIP: Explanation(
        "Compress the file again, or upload or download it again: its end is missing, its checksum "
        "is wrong, or other data follows. Several members in one file are read.",
        _LIBRARY,
        right="gzip --test users.csv.gz",
    ),
    Rule.OTHER_HEADER: Explanation(
        "Write all objects of the prefix with one list of columns, or import each kind of object "
        "from a prefix of its own. The message names the object and the first difference.",
        _LIBRARY,
    ),
}
"""The explanation of each rule."""
