"""Auth0: a CSV with an apostrophe before every text, or JSON with one user a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..diagnostics import Unit
from . import messages
from .csv_filter import Flag, without_users
from .csv_text import pieces
from .export import ExportError
from .fields import text_of, texts
from .json_list import UserList, json_users
from .spooled_csv import users_to_csv
from .text_reader import TextReader
from .user_tally import UserTally, disabled, signs_in_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading
    from .user_tally import Reason

_NO_TEXT = re.compile(
    r"""[\W\d_]* | true | false | null | \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)? | [\[{].*""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# The strategy of the connection, as in google-oauth2|1 and samlp|company|1.
_SOCIAL_ID = re.compile(rb"(?<![\w|-])(?!(?:auth0|email|sms)\|)[a-z][\w-]*\|[^\n]*")
_OBJECT_IDS = ("_id", "_ID")
"""Where the export of password hashes, which Auth0's support makes, has a user's id."""
_TRUE = re.compile(rb"(?i:true)")


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Remove the apostrophes that Auth0 writes in a CSV against CSV injection, or read JSON."""
    text = TextReader(chunks)
    if text.is_json:
        users: Iterable[Any] = _all_users(text, reading)
        if reading.hashes:
            users = map(_with_id, users)
        yield from users_to_csv(text, users, "user_id", row=_row, reasons=_reasons, reading=reading)
        return
    text.unit = Unit.LINE
    tally = UserTally(reading)
    flags = (
        Flag("blocked", _TRUE, _disabled()),
        Flag("user_id", _SOCIAL_ID, _social()),
        Flag("id", _SOCIAL_ID, _social()),
    )
    lines = pieces(_unescaped(text.lines()))
    yield from without_users(lines, flags, tally, reading)
    reading.notes.normalized.update(text.normalized)


def _all_users(text: TextReader, reading: ExportReading) -> Iterator[Any]:
    """Yield the users of JSON; refuse a page of the Management API, which has the total."""
    totals: list[str] = []

    def note(name: str, value: Any) -> None:
        if name == "total" and isinstance(value, str) and value.isdecimal():
            totals.append(value)

    ids = _OBJECT_IDS if reading.hashes else ()
    yield from json_users(text, UserList("users", "user_id", note, ids))
    if totals and int(totals[-1]) > text.number:
        raise ExportError(messages.page(text.number, totals[-1]))


def _with_id(user: Any) -> Any:
    """Return a user of an export of hashes with the id that the other exports have."""
    if isinstance(user, dict) and "user_id" not in user:
        own = next((user[name] for name in _OBJECT_IDS if name in user), None)
        given = user.get("alt_id") or (own.get("$oid") if isinstance(own, dict) else None)
        if isinstance(given, str):
            user["user_id"] = f"auth0|{given}"
    return user


def _row(user: dict[str, Any], _: int) -> dict[str, str]:
    return texts(user)


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if text_of(user.get("blocked")) == "true":
        yield _disabled()
    if _SOCIAL_ID.fullmatch(user["user_id"].encode(errors="replace")):
        yield _social()


def _disabled() -> Reason:
    return disabled("blocked is true")


def _social() -> Reason:
    return signs_in_elsewhere("user_id begins with another connection than auth0, email or sms")


def _unescaped(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without Auth0's apostrophes.

    An apostrophe is Auth0's only where every text of the line begins with one: in a file from which
    they have been removed already, `'t Hooft` keeps its own.
    """
    value: re.Pattern[str] | None = None
    escaped: bool | None = None
    outside = True
    for number, line in enumerate(lines, 1):
        is_header = value is None
        if value is None:
            if not line.strip():
                yield line
                continue
            value = _values(line)
        marked, unmarked = _apostrophes(value.findall(line))
        is_escaped = marked and not unmarked
        begins = outside or is_escaped
        # Not the header, which may be written in its own way, and not the rest of a row whose value
        # has a line break; the validation refuses that row.
        if begins and not is_header and (marked or unmarked):
            if escaped not in (None, is_escaped):
                raise ExportError(messages.at(f"line {number}", messages.AUTH0_APOSTROPHES))
            escaped = is_escaped
        outside = begins != bool(line.count('"') % 2)
        yield value.sub(_without_apostrophe, line) if is_escaped else line


def _values(header: str) -> re.Pattern[str]:
    """Return the pattern of the values of a line; a spreadsheet may have changed the separator."""
    separator = max(",;\t", key=header.count)
    return re.compile(rf'"(?:[^"]|"")*+"|[^{separator}\r\n]+')


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
