"""Firebase: a CSV without a header, or JSON; or a CSV that was made of it."""

from __future__ import annotations

from collections import Counter
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ..diagnostics import Unit
from ..dialect import DialectError, read_row
from ..password_hashes.exported import FIREBASE
from ..rules import Rule
from ..secret_fields import is_secret
from . import messages
from .csv_text import csv_line, pieces
from .csv_users import CsvUsers
from .export import LEFT_OUT, ExportError
from .fields import text_of, texts
from .json_list import UserList, json_users
from .recognition import with_hint
from .spooled_csv import users_to_csv
from .text_reader import TextReader
from .user_tally import Reason, UserTally, disabled, linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export import ExportReading

_COLUMNS = [
    *("localId", "email", "emailVerified", "passwordHash", "salt", "displayName", "photoUrl"),
    *(
        f"{provider}.{name}"
        for provider in ("google", "facebook", "twitter", "github")
        for name in ("rawId", "email", "displayName", "photoUrl")
    ),
    *("createdAt", "lastSignedInAt", "phoneNumber", "disabled", "customAttributes"),
]
_FEWEST = _COLUMNS.index("phoneNumber") + 1
_HASH = "passwordHash"
_SECRETS_AT = [at for at, name in enumerate(_COLUMNS) if is_secret(name)]
_PROVIDERS_AT = [at for at, name in enumerate(_COLUMNS) if name.endswith(".rawId")]
_DISABLED_AT = _COLUMNS.index("disabled")
_SAMPLE = 100
"""Lines that are looked at for the number of values."""
_OWN_PROVIDERS = frozenset({"password", "phone"})


class _Line(NamedTuple):
    text: str
    values: list[str] | None


def to_csv(chunks: Iterable[bytes], reading: ExportReading) -> Iterator[bytes]:
    """Give a CSV its header, or read JSON."""
    text = TextReader(chunks)
    text.peek()
    users: Iterable[Any]
    if text.is_json:
        users = json_users(text, UserList("users", "localId"))
    elif text.starts_with(f"{_COLUMNS[0]},"):
        users = CsvUsers(text)
    else:
        yield from pieces(_with_header(text, reading))
        reading.notes.normalized.update(text.normalized)
        return
    row = _row_with_hash if _HASH in reading.hashes else _row
    yield from users_to_csv(text, users, "localId", row=row, reasons=_reasons, reading=reading)


def _row(user: dict[str, Any], _: int) -> dict[str, str]:
    return texts(user)


def _row_with_hash(user: dict[str, Any], _: int) -> dict[str, str]:
    row = texts(user)
    return {**row, _HASH: FIREBASE} if row.get(_HASH) else row


def _reasons(user: dict[str, Any]) -> Iterator[Reason]:
    if str(text_of(user.get("disabled"))).casefold() == "true":
        yield _disabled()
    providers = user.get("providerUserInfo")
    if any(
        isinstance(each, dict) and each.get("providerId") not in _OWN_PROVIDERS
        for each in (providers if isinstance(providers, list) else ())
    ):
        yield _linked()


def _disabled() -> Reason:
    return disabled("disabled is true")


def _linked() -> Reason:
    return linked("providerUserInfo")


def _with_header(text: TextReader, reading: ExportReading) -> Iterator[str]:
    """Yield the CSV's lines below a header.

    Versions of firebase-tools differ in the columns at the end, and in a comma after the last: the
    number is that of most of the first lines. A line with another number is broken.
    """
    lines = map(_line, text.lines())
    held = list(islice(lines, _SAMPLE))
    widths = Counter(len(line.values) for line in held if line.values is not None)
    common = [width for width, _ in widths.most_common() if width >= _FEWEST]
    if not any(line.text.strip() for line in held):
        raise ExportError(messages.NO_USERS, Rule.NO_USERS)
    if not common:
        problem = messages.at("record 1", messages.firebase_columns(_FEWEST))
        raise ExportError(with_hint(problem, held[0].values or ()))
    width = common[0]
    rest = (f"column{number}" for number in count(len(_COLUMNS) + 1))
    yield csv_line(islice(chain(_COLUMNS, rest), width))
    reading.notes.unit = Unit.RECORD
    tally = UserTally(reading)
    broken = Reason(messages.firebase_values(width), None, Rule.EXPORT)
    for record, line in enumerate(chain(held, lines), 1):
        if not line.text.strip():
            yield "\n"
        elif line.values is None or len(line.values) != width:
            tally.excludes([broken], record)
            yield LEFT_OUT + "\n"
        elif tally.excludes(_reasons_of_line(line.values), record):
            yield LEFT_OUT + "\n"
        else:
            yield _without_secrets(line, says_hash=_HASH in reading.hashes)
    tally.report()


def _line(line: str) -> _Line:
    """Return a line with its values as they are written; without them where they are broken."""
    row = line.rstrip("\r\n")
    if '"' not in row:
        return _Line(line, row.split(","))
    try:
        return _Line(line, read_row(row)[0])
    except DialectError:
        return _Line(line, None)


def _reasons_of_line(values: list[str]) -> Iterator[Reason]:
    if len(values) > _DISABLED_AT and values[_DISABLED_AT].strip().casefold() == "true":
        yield _disabled()
    if any(values[at] for at in _PROVIDERS_AT):
        yield _linked()


def _without_secrets(line: _Line, *, says_hash: bool) -> str:
    values = line.values
    assert values is not None
    if not any(values[at] for at in _SECRETS_AT):
        return line.text
    has_hash = values[_COLUMNS.index(_HASH)]
    for at in _SECRETS_AT:
        values[at] = ""
    if has_hash and says_hash:
        values[_COLUMNS.index(_HASH)] = FIREBASE
    return ",".join(values) + "\n" if '"' not in line.text else csv_line(values)
