"""Firebase: a CSV without a header, or JSON."""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..diagnostics import Unit
from . import messages
from .csv_text import pieces
from .disabled_users import DisabledUsers, without_disabled
from .export import ExportError
from .json_to_csv import texts, users_to_csv
from .text_reader import TextReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
_SECRETS = frozenset({"passwordHash", "salt"})
_TRUE = re.compile(rb"(?i:true)")


def to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give a CSV its header, or read JSON."""
    text = TextReader(chunks, Unit.RECORD)
    if text.peek() in ("{", "["):
        yield from users_to_csv(text, "users", "localId", _row, disabled=("disabled", "true"))
        return
    disabled = DisabledUsers("disabled is true", Unit.RECORD)
    lines = pieces(_with_header(text.lines()))
    yield from without_disabled(lines, disabled, "disabled", _TRUE, header_lines=1)


def _with_header(lines: Iterator[str]) -> Iterator[str]:
    first = next(lines, "")
    try:
        count = len(next(csv.reader([first]))) if first else _FEWEST
    except csv.Error:
        count = 0
    if count < _FEWEST:
        raise ExportError(messages.at("record 1", messages.firebase_columns(_FEWEST)))
    # Versions of firebase-tools differ in the columns at the end, and in a comma after the last.
    rest = (f"column{number}" for number in range(len(_COLUMNS) + 1, count + 1))
    yield ",".join([*_COLUMNS, *rest][:count]) + "\n"
    yield from chain((first,), lines)


def _row(user: dict[str, Any], _: int) -> dict[str, str]:
    return {name: text for name, text in texts(user).items() if name not in _SECRETS}
