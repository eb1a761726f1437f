"""Finds what a column that the user pool lacks may mean: a misspelling, another word, or neither.

It is loaded only where a file has such a column. A suggestion never changes the meaning: a column
of passwords is not suggested to be one of hashes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import header_messages
from .pool import MFA_ENABLED, USERNAME
from .secret_fields import PASSWORDS, is_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .pool import Pool

_CUSTOM = "custom:"
_NAME = re.compile(r"[^\W\d][\w .:;,/()#\\\[\]?&'*-]{0,63}")
_NO_LETTER = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_SHORT = 4
_LONG = 8
"""Characters from which one and two typing errors may be one."""

_MOST_NAMES = 30
"""Names of a file that a message lists."""

_WORDS: Mapping[str, str] = {
    "email": "mail emailaddress mailaddress primaryemail workemail useremail emails emailadresse "
    "mailadresse adresseemail courriel correo correoelectronico",
    "email_verified": "emailverified isemailverified mailverified verifiedemail emailconfirmed",
    "phone_number": "phone mobile mobilephone mobilenumber cell cellphone telephone tel phoneno "
    "primaryphone phonenumbers telefon telefonnummer mobil handy "
    "téléphone teléfono telefono móvil",
    "phone_number_verified": "phoneverified isphoneverified mobileverified phonenumberverified",
    "given_name": "firstname forename givenname givennames vorname prénom prenom nombre",
    "family_name": "lastname surname familyname sn nachname nomdefamille apellido apellidos",
    "middle_name": "middlename",
    "name": "fullname displayname completename commonname",
    "nickname": "nick",
    "birthdate": "birthday dateofbirth dob birth geburtsdatum",
    "gender": "sex",
    "zoneinfo": "timezone tz",
    "locale": "language lang preferredlanguage",
    "picture": "photo photourl avatar avatarurl pictureurl imageurl",
    "website": "homepage websiteurl",
    "profile": "profileurl",
    "address": "postaladdress streetaddress",
    MFA_ENABLED: "mfaenabled mfaactive",
}
"""Other words for an attribute, without case, spaces and punctuation."""

_USERNAMES = [
    "cognitousername",
    "username",
    "login",
    "loginname",
    "userlogin",
    "loginid",
    "userid",
    "userprincipalname",
    "upn",
    "samaccountname",
    "accountname",
    "account",
    "user",
    "uid",
    "localid",
    "id",
    "externalid",
    "benutzername",
    "anmeldename",
    "nomdutilisateur",
    "identifiant",
    "usuario",
    "nombredeusuario",
]
"""Other words for the username, the likeliest first."""

_NOT_IMPORTABLE: Mapping[str, str] = {
    header_messages.NEW_SUB: "sub cognitosub subject",
    header_messages.SET_AT_FIRST_SIGN_IN: PASSWORDS,
    header_messages.NO_GROUPS: "groups group cognitogroups usergroups groupnames roles role "
    "memberof permissions",
    header_messages.NO_STATUS: "enabled disabled status userstatus cognitouserstatus accountstatus "
    "active isactive isenabled blocked suspended accountenabled",
    header_messages.NO_IDENTITIES: "identities linkedaccounts federatedidentities",
    header_messages.NO_TIMES: "usercreatedate userlastmodifieddate createdat created createddate "
    "creationdate creationtime datecreated createdon signupdate registeredat lastlogin lastloginat "
    "lastsigninat lastsignin lastloggedin lastmodifieddate lastmodified modifiedat updateddate",
    header_messages.NO_MFA_OPTIONS: "mfaoptions totp totpsecret mfasecret otpsecret preferredmfa",
}
"""Columns of other systems that the CSV of Cognito has no place for, and why."""

_STATUS_WORDS = {"enabled", "disabled", "active", "blocked", "suspended", "created", "user", "pass"}
"""Words of the tables that may be the value of a user as well."""

_VALUE = re.compile(r".*@.*|[+(]?\d.*|true|false|yes|no|null|none", re.IGNORECASE | re.DOTALL)

_MEANING = {
    **{word: name for name, words in _WORDS.items() for word in words.split()},
    **{_NO_LETTER.sub("", name): name for name in _WORDS},
    **dict.fromkeys(_USERNAMES, USERNAME),
}
_REASON = {word: reason for reason, words in _NOT_IMPORTABLE.items() for word in words.split()}


def reason_against(name: str) -> str | None:
    """Return why no import can take a column of this name; None where that is not known."""
    return _REASON.get(_folded(name))


def means_username(name: str) -> bool:
    """Return whether a name is a word for the username."""
    return _MEANING.get(_folded(name)) == USERNAME


def suggestion(name: str, known: Sequence[str], taken: Collection[str] = ()) -> str | None:
    """Return the pool's column that a name means or misspells; None where there is none.

    Args:
        name: The name.
        known: The pool's columns.
        taken: Those that another column is; a second one cannot be suggested.
    """
    meant = _meant(name, known)
    return None if meant in taken else meant


def _meant(name: str, known: Sequence[str]) -> str | None:
    if is_secret(name):
        return None
    folded = _folded(name.removeprefix(_CUSTOM))
    # Of two columns that differ in the prefix only, the one of the same kind counts.
    alike = sorted(known, key=lambda each: _is_custom(each) is not _is_custom(name))
    same = {_folded(each.removeprefix(_CUSTOM)): each for each in reversed(alike)}
    if folded in same:
        return same[folded]
    if reason_against(name):
        return None
    if _MEANING.get(folded) in known:
        return _MEANING[folded]
    return min(
        (each for each in alike if _is_misspelling(name, each)),
        key=lambda each: _distance(*_spelled(name, each)),
        default=None,
    )


def username_candidate(names: Iterable[str], pool: Pool) -> str | None:
    """Return the column of a file that is the likeliest to have the usernames; None for none."""
    words = list(_USERNAMES)
    own = pool.username_forms
    addresses = [
        word for each in own or ["email"] for word in (_folded(each), *_WORDS[each].split())
    ]
    if own:
        words = [*addresses, *words]
    elif "email" not in (pool.aliases or ()):
        words += addresses
    by_word = {_folded(name): name for name in reversed([*names]) if is_shown(name)}
    return next((by_word[word] for word in words if word in by_word), None)


def mapping_of(
    names: Sequence[str], known: Sequence[str], pool: Pool, taken: Collection[str]
) -> dict[str, str | tuple[str, ...] | None]:
    """Return a `columns` argument for a file whose column of the username is not known.

    Args:
        names: The file's columns that are not columns of the pool.
        known: The pool's columns.
        pool: The pool's settings.
        taken: The pool's columns that the file has.
    """
    columns: dict[str, str | tuple[str, ...] | None] = {}
    username = username_candidate(names, pool)
    own = pool.username_forms
    used = {*taken, USERNAME}
    if username:
        meaning = _MEANING[_folded(username)]
        is_free = meaning in known and meaning not in used
        if not is_free:
            columns[username] = USERNAME
        else:
            # An address that is the username is the user's address all the same.
            columns[username] = meaning if meaning in own else (meaning, USERNAME)
        used.add(meaning)
    others = [name for name in names if name not in columns and is_shown(name)]
    near = suggestions(others, known, used)
    has_own = not used.isdisjoint(own)
    for name in others:
        if name in near:
            columns[name] = near[name]
        elif reason_against(name) or (has_own and means_username(name)):
            columns[name] = None
    return columns


def suggestions(names: Iterable[str], known: Sequence[str], taken: Iterable[str]) -> dict[str, str]:
    """Return the pool's columns that names mean or misspell, each column for one name only.

    Args:
        names: The names; one that may be a user's value is passed over.
        known: The pool's columns.
        taken: Those that another column is.
    """
    used = set(taken)
    near: dict[str, str] = {}
    for name in names:
        if is_shown(name) and (column := suggestion(name, known, used)):
            near[name] = column
            used.add(column)
    return near


def columns_argument(columns: Mapping[str, str | tuple[str, ...] | None]) -> str:
    """Return the argument that maps columns of a file, to paste into the app."""
    pairs = (f"{_quoted(name)}: {_quoted(column)}" for name, column in columns.items())
    return f"columns={{{', '.join(pairs)}}}"


def _quoted(text: str | tuple[str, ...] | None) -> str:
    if text is None:
        return "None"
    if isinstance(text, tuple):
        several = ", ".join(map(_quoted, text))
        return f"({several})" if len(text) > 1 else several
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def looks_like_row(names: Iterable[str]) -> bool:
    """Return whether a line has a value that cannot be the name of a column."""
    return any(_VALUE.fullmatch(name) for name in names)


def looks_like_header(names: Sequence[str], known: Iterable[str]) -> bool:
    """Return whether a line has the name of a column, and nothing that is a user's value."""
    words = {_folded(each) for each in known} | _MEANING.keys() | _REASON.keys()
    is_name = any(_folded(name) in words - _STATUS_WORDS for name in names)
    return is_name and not looks_like_row(names)


def is_shown(name: str) -> bool:
    """Return whether a column's name may be shown: it is not likely to be a user's value."""
    return _NAME.fullmatch(name) is not None


def shown(name: str, number: int) -> str:
    """Return a column's name, or its number where the name may be a user's value."""
    return name if is_shown(name) else f"number {number}"


def listed(names: Sequence[str]) -> str:
    """Return the columns of a file for a message."""
    first = [shown(name, number) for number, name in enumerate(names[:_MOST_NAMES], start=1)]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more else "")


def _folded(name: str) -> str:
    return _NO_LETTER.sub("", name).lower()


def _is_custom(column: str) -> bool:
    return column.startswith(_CUSTOM)


def _spelled(name: str, column: str) -> tuple[str, str]:
    return name.removeprefix(_CUSTOM).lower(), column.removeprefix(_CUSTOM).lower()


def _is_misspelling(name: str, column: str) -> bool:
    """Return whether a name is a column's but for a typing error, or two in a long one."""
    one, other = _spelled(name, column)
    # `email2` is another address.
    if _DIGITS.findall(one) != _DIGITS.findall(other) or min(len(one), len(other)) < _SHORT:
        return False
    return _distance(one, other) <= (1 if min(len(one), len(other)) < _LONG else 2)


def _distance(one: str, other: str) -> int:
    """Return the number of letters left out, added, changed, or exchanged with the next one."""
    row: list[int]
    before = row = [*range(len(other)), len(other)]
    for at, letter in enumerate(one, start=1):
        before, last, row = row, before, [at]
        for to, wanted in enumerate(other, start=1):
            cost = min(row[-1] + 1, before[to] + 1, before[to - 1] + (letter != wanted))
            if one[at - 2 : at] == wanted + letter and other[to - 2 : to] == letter + wanted:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
    return row[-1]
