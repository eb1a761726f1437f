"""Exports of other identity providers: what their columns mean, and how to read them as a CSV.

What a provider has no column for is not guessed: see ``EXPORTS`` for what users must add.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from .pool import STANDARD_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_LONGEST = 32 * 1024 * 1024
"""Characters of one JSON value or one line: what is held in memory at most, about twice."""
_PIECE = 64 * 1024
"""Characters of CSV that are passed on at once."""


class ExportFormat(StrEnum):
    """An identity provider's export.

    Attributes:
        AUTH0: CSV of the Dashboard, the Management API or the User Import / Export Extension.
        OKTA: CSV with the columns of Okta's template for importing users.
        FIREBASE: CSV or JSON of ``firebase auth:export``.
        KEYCLOAK: JSON of ``kc.sh export`` or of the Admin REST API.
        COGNITO: JSON of ``aws cognito-idp list-users``.
    """

    AUTH0 = "auth0"
    OKTA = "okta"
    FIREBASE = "firebase"
    KEYCLOAK = "keycloak"
    COGNITO = "cognito"


class ExportError(ValueError):
    """A file is not of the format it should have: what was expected, and where; no values."""


@dataclass(frozen=True, slots=True)
class Export:
    """How a provider's export is read.

    Attributes:
        columns: the user pool's column for a column of the provider.
        username: the provider's columns that can be the username, the best first, where users
            sign in with a username.
        to_csv: makes the file's bytes, in pieces of any size, a CSV whose header has the
            provider's column names; raises ``ExportError``. None where the file is one already.
        unit: what the user counts in an error.
    """

    columns: Mapping[str, str]
    username: tuple[str, ...]
    to_csv: Callable[[Iterable[bytes]], Iterator[bytes]] | None
    unit: Literal["line", "record"]


_AUTH0 = {
    "Given Name": "given_name",
    "Family Name": "family_name",
    "Nickname": "nickname",
    "Name": "name",
    "Email": "email",
    "Email Verified": "email_verified",
    "Picture": "picture",
    "Updated At": "updated_at",
    "given_name": "given_name",
    "family_name": "family_name",
    "nickname": "nickname",
    "name": "name",
    "email": "email",
    "email_verified": "email_verified",
    "phone_number": "phone_number",
    "phone_verified": "phone_number_verified",
    "picture": "picture",
    "updated_at": "updated_at",
}
_OKTA = {
    "firstName": "given_name",
    "lastName": "family_name",
    "middleName": "middle_name",
    "nickName": "nickname",
    "displayName": "name",
    "email": "email",
    "mobilePhone": "phone_number",
    "profileUrl": "profile",
    "locale": "locale",
    "timezone": "zoneinfo",
}
_FIREBASE = {
    "email": "email",
    "emailVerified": "email_verified",
    "displayName": "name",
    "photoUrl": "picture",
    "phoneNumber": "phone_number",
}
_KEYCLOAK = {
    "firstName": "given_name",
    "lastName": "family_name",
    "email": "email",
    "emailVerified": "email_verified",
    "attributes.middleName": "middle_name",
    "attributes.nickname": "nickname",
    "attributes.profile": "profile",
    "attributes.picture": "picture",
    "attributes.website": "website",
    "attributes.gender": "gender",
    "attributes.birthdate": "birthdate",
    "attributes.zoneinfo": "zoneinfo",
    "attributes.locale": "locale",
    "attributes.phoneNumber": "phone_number",
    "attributes.phoneNumberVerified": "phone_number_verified",
    "attributes.updatedAt": "updated_at",
}

_FIREBASE_CSV = [
    *("localId", "email", "emailVerified", "passwordHash", "salt", "displayName", "photoUrl"),
    *(
        f"{provider}.{name}"
        for provider in ("google", "facebook", "twitter", "github")
        for name in ("rawId", "email", "displayName", "photoUrl")
    ),
    *("createdAt", "lastSignedInAt", "phoneNumber", "disabled", "customAttributes"),
]
_FIREBASE_FEWEST = _FIREBASE_CSV.index("phoneNumber") + 1
_FIREBASE_SECRETS = frozenset({"passwordHash", "salt"})
_COGNITO_NO_COLUMNS = frozenset({"sub", "identities"})


def _auth0_to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Take off the apostrophe that Auth0 writes before every text against CSV injection.

    An apostrophe is Auth0's only where every text of the line begins with one: in a file that
    somebody has freed of them already, ``'t Hooft`` keeps its own.
    """
    value: re.Pattern[str] | None = None
    escaped: bool | None = None
    inside = False
    for number, line in enumerate(_lines(_Text(chunks, "line")), 1):
        is_header = value is None
        if value is None:
            if not line.strip():
                yield line.encode()
                continue
            value = _auth0_values(line)
        marked, unmarked = _apostrophes(value.findall(line))
        is_escaped = marked and not unmarked
        begins = not inside or is_escaped
        # Nothing is told by the header, which may be written in its own way, and by the rest of a
        # row whose value has a line break; that row is refused by whoever reads the CSV.
        if begins and not is_header and (marked or unmarked):
            if escaped not in (None, is_escaped):
                raise ExportError(
                    f"line {number}: expected an apostrophe before every text of every line, as "
                    "Auth0 writes them, or none. Export the users again and leave the file as is."
                )
            escaped = is_escaped
        inside = begins == bool(line.count('"') % 2)
        yield (value.sub(_without_apostrophe, line) if is_escaped else line).encode()


def _auth0_values(header: str) -> re.Pattern[str]:
    """Return what finds the values of a line; a spreadsheet may have changed the separator."""
    if header.lstrip().startswith(("{", "[")):
        raise ExportError(
            "The file is JSON; expected Auth0's CSV with a header. Export the users as CSV."
        )
    separator = max(",;\t", key=header.count)
    return re.compile(rf'"(?:[^"]|"")*+"|[^{separator}\r\n]+')


_NO_TEXT = re.compile(
    r"""[\W\d_]* | true | false | null | \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)? | [\[{].*""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def _apostrophes(values: list[str]) -> tuple[bool, bool]:
    """Return whether any value begins with an apostrophe, and whether any text does not."""
    bare = [value.removeprefix('"').removesuffix('"') for value in values]
    rest = [value for value in bare if not value.startswith("'")]
    return len(rest) < len(bare), not all(map(_NO_TEXT.fullmatch, rest))


def _without_apostrophe(value: re.Match[str]) -> str:
    text = value[0]
    if text.startswith('"'):
        return '"' + text[1:].removeprefix("'")
    return text.removeprefix("'")


def _firebase_to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give a CSV its header, or read JSON."""
    text = _Text(chunks, "record")
    if text.peek() in ("{", "["):
        yield from _users_to_csv(text, "users", "localId", _firebase_user)
        return
    lines = _lines(text)
    first = next(lines, "")
    try:
        count = len(next(csv.reader([first]))) if first else _FIREBASE_FEWEST
    except csv.Error:
        count = 0
    if count < _FIREBASE_FEWEST:
        raise ExportError(
            f"record 1: expected {_FIREBASE_FEWEST} values or more, as firebase auth:export writes "
            'them without a header; or JSON with a list "users"'
        )
    # Versions of firebase-tools differ in the columns at the end, and in a comma after the last.
    rest = (f"column{number}" for number in range(len(_FIREBASE_CSV) + 1, count + 1))
    yield _csv_line([*_FIREBASE_CSV, *rest][:count]).encode()
    for line in chain((first,), lines):
        yield line.encode()


def _firebase_user(user: dict[str, Any], _: int) -> dict[str, str]:
    return {name: text for name, text in _texts(user).items() if name not in _FIREBASE_SECRETS}


def _keycloak_to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Read a realm's or the Admin REST API's JSON."""
    return _users_to_csv(_Text(chunks, "record"), "users", "username", _keycloak_user)


def _keycloak_user(user: dict[str, Any], record: int) -> dict[str, str | None]:
    row: dict[str, str | None] = {**_texts(user)}
    attributes = user.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise ExportError(f"record {record}: expected an object as the user's attributes")
    for name, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        column = f"attributes.{name}"
        if len(values) > 1:
            if column in _KEYCLOAK:
                raise ExportError(
                    f"record {record}, attribute {name}: {len(values)} values, expected one"
                )
            row[column] = None
        elif values and (text := _text(values[0])) is not None:
            row[column] = text
    return row


def _cognito_to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Read the JSON of ListUsers."""
    return _users_to_csv(_Text(chunks, "record"), "Users", "Username", _cognito_user)


def _cognito_user(user: dict[str, Any], record: int) -> dict[str, str]:
    row = {"Username": user["Username"]}
    attributes = user.get("Attributes", [])
    for each in attributes if isinstance(attributes, list) else [None]:
        match each:
            case {"Name": str(name), "Value": str(value)}:
                row[name] = value
            case _:
                raise ExportError(
                    f'record {record}: expected Attributes to be a list of {{"Name": "…", '
                    '"Value": "…"}'
                )
    return {name: value for name, value in row.items() if name not in _COGNITO_NO_COLUMNS}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, each in values.items() if (text := _text(each)) is not None}


def _text(value: Any) -> str | None:
    """Return a value's text, which numbers are already; None for null and what is nested."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _users_to_csv(
    text: _Text,
    member: str,
    key: str,
    read: Callable[[dict[str, Any], int], Mapping[str, str | None]],
) -> Iterator[bytes]:
    """Write users as a CSV.

    Args:
        text: JSON, a list of users or an object that has one.
        member: the name of the object's list.
        key: what every user has; the first column.
        read: a user's columns and values, given the user and its number. None as a value takes
            the column out of the CSV: not found is better than there for some users only.
    """
    columns: dict[str, None] = {key: None}
    left_out: set[str] = set()
    # The header has the columns of all users, so the users wait on disk, in a file without a name.
    with tempfile.TemporaryFile() as spool:
        for record, user in enumerate(text.users(member), 1):
            if not isinstance(user, dict) or not isinstance(user.get(key), str):
                raise ExportError(f'record {record}: expected a user, an object with "{key}"')
            row = read(user, record)
            columns.update(dict.fromkeys(row))
            left_out.update(column for column, value in row.items() if value is None)
            try:
                spool.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            except UnicodeEncodeError:
                # Not from the error: it holds values of the user.
                raise ExportError(
                    f"record {record}: expected text, found half of a surrogate pair"
                ) from None
        names = [column for column in columns if column not in left_out]
        spool.seek(0)
        piece = _csv_line(names)
        for line in spool:
            row = json.loads(line)
            piece += _csv_line([row.get(name) or "" for name in names])
            if len(piece) >= _PIECE:
                yield piece.encode()
                piece = ""
        yield piece.encode()


_PLAIN = re.compile(r"[\w.@:/+-]*", re.ASCII)


def _csv_line(values: Iterable[str]) -> str:
    # A row of one blank value would be a blank line.
    return (",".join(map(_csv_value, values)) or '""') + "\n"


def _csv_value(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # A lone CR stands for a line break: the row stays one line, so that records can be counted by
    # lines, and is refused, because Cognito's dialect cannot express a line break (CSV010).
    one_line = value.replace("\r\n", "\r").replace("\n", "\r").replace('"', '""')
    return f'"{one_line}"'


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


class _Text:
    """A file's text, read as far as it is needed; its JSON, one value at a time."""

    # A number stays the text that it is.
    _json = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)
    _space = re.compile(r"[ \t\r\n]*")

    def __init__(self, chunks: Iterable[bytes], unit: Literal["line", "record"]) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._unit = unit
        self._number = 0
        self._text = ""
        self._at = 0
        self._ended = False

    def line(self) -> str:
        """Return the next line with its end, or what there is; empty at the end of the file."""
        self._number += 1
        start = 0
        while (end := self._text.find("\n", self._at + start)) < 0 and not self._ended:
            start = len(self._text) - self._at
            self._read_more("a line")
        end = len(self._text) if end < 0 else end + 1
        line = self._text[self._at : end]
        self._at = end
        return line

    def peek(self) -> str:
        """Return the next character that is no white space; empty at the end of the file."""
        while True:
            space = self._space.match(self._text, self._at)
            assert space is not None
            self._at = space.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._read_more("white space")

    def users(self, member: str) -> Iterator[Any]:
        """Yield the elements of a list, or of the list that an object has under this name."""
        expected = f'a list of users, or an object with such a list "{member}"'
        if self.peek() == "[":
            yield from self._elements()
        elif self.peek() == "{":
            found = False
            for name in self._names():
                if name != member:
                    self._value(f'a member beside "{member}"')
                    continue
                found = True
                if self.peek() != "[":
                    raise ExportError(f'Expected "{member}" to be a list of users.')
                yield from self._elements()
            if not found:
                raise ExportError(f'The object has no "{member}"; expected {expected}.')
        else:
            raise ExportError(f"The file is no JSON object and no list; expected {expected}.")
        if self.peek():
            raise ExportError(f"Expected nothing after the JSON; it ends after {self._here}.")

    @property
    def _here(self) -> str:
        return f"{self._unit} {self._number}" if self._number else "the beginning"

    def _elements(self) -> Iterator[Any]:
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        while True:
            self._number += 1
            yield self._value("a user")
            if self._take(",]") == "]":
                return

    def _names(self) -> Iterator[str]:
        """Yield the names of an object's members; the caller takes each value."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            if self.peek() != '"':
                raise ExportError(f"{self._here}: expected the name of a member of an object")
            name: str = self._value("a name")
            self._take(":")
            yield name
            if self._take(",}") == "}":
                return

    def _take(self, allowed: str) -> str:
        if not (letter := self.peek()) or letter not in allowed:
            wanted = " or ".join(allowed)
            found = "something else" if letter else "the end of the file"
            raise ExportError(f"{self._here}: expected {wanted}, found {found}")
        self._at += 1
        return letter

    def _value(self, what: str) -> Any:
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                end = -1
            # What ends near the end of the text can go on behind it, as 1 does in 12 and in 1e+2.
            if end >= 0 and (self._ended or len(self._text) - end > len("e+")):
                self._at = end
                return value
            if self._ended:
                raise ExportError(
                    f"{self._here}: expected {what} as JSON; it is not, or the file ends inside it"
                )
            self._read_more(what)

    def _read_more(self, what: str) -> None:
        """Read at least as much as is left, so that what is long is not tried often."""
        pieces = [self._text[self._at :]]
        left = len(pieces[0])
        if left > _LONGEST:
            raise ExportError(
                f"{self._here}: expected {what} of {_LONGEST:,} characters at most, and its end"
            )
        read = 0
        try:
            while not self._ended and read <= left:
                chunk = next(self._chunks, None)
                self._ended = chunk is None
                pieces.append(self._decoder.decode(chunk or b"", final=self._ended))
                read += len(pieces[-1])
        except UnicodeDecodeError:
            # Not from the error: it holds the file's bytes.
            raise ExportError(f"{self._here} or later: expected text in UTF-8") from None
        self._text = "".join(pieces)
        self._at = 0


def _lines(text: _Text) -> Iterator[str]:
    return iter(text.line, "")


def _export(
    columns: Mapping[str, str],
    username: tuple[str, ...],
    to_csv: Callable[[Iterable[bytes]], Iterator[bytes]] | None,
    unit: Literal["line", "record"],
) -> Export:
    return Export(MappingProxyType(columns), username, to_csv, unit)


EXPORTS: Mapping[ExportFormat, Export] = MappingProxyType(
    {
        ExportFormat.AUTH0: _export(_AUTH0, ("username", "user_id", "Id"), _auth0_to_csv, "line"),
        ExportFormat.OKTA: _export(_OKTA, ("login",), None, "line"),
        ExportFormat.FIREBASE: _export(_FIREBASE, ("localId",), _firebase_to_csv, "record"),
        ExportFormat.KEYCLOAK: _export(_KEYCLOAK, ("username", "id"), _keycloak_to_csv, "record"),
        ExportFormat.COGNITO: _export(
            {each.name: each.name for each in STANDARD_ATTRIBUTES},
            ("Username",),
            _cognito_to_csv,
            "record",
        ),
    }
)
"""How each export is read.

Whether a user is disabled or blocked is not read, for Cognito's import knows no such users.

Auth0 (Auth0 Docs, "Bulk User Exports", "User Profile Structure"; default fields of the User
Import / Export Extension): columns are named as fields (``email_verified``) or as the extension
names them (``Email Verified``). Every text has an apostrophe before it.

Okta (Okta Help Center, "Import users from a CSV file"; Okta Developer, "Users API", default profile
properties): there is no column for verified addresses; give ``constants={"email_verified": …}``.
Of its telephone numbers ``mobilePhone`` is taken.

Firebase (Firebase Docs, "auth:import and auth:export"; firebase-tools, ``accountExporter.ts``): a
CSV without a header, or ``{"users": […]}``. Whether a phone number is verified is not in it.

Keycloak (Keycloak Docs, "Importing and exporting realms"; "Admin REST API", UserRepresentation): a
realm with ``users``, or a list of users. Attributes are columns ``attributes.<name>``, those of
Keycloak's client scopes ``profile`` and ``phone`` mapped; one that has several values for any user
is left out. Service accounts are users there.

Cognito (Amazon Cognito API Reference, "ListUsers"): attributes are columns of their own names, so
that ``custom:…`` need no mapping; ``sub`` and ``identities`` cannot be imported.
"""
