"""Files of other types than CSV, recognized by their first bytes."""

from __future__ import annotations

import re

from . import messages

_BEGINNINGS = (
    (b"PK\x03\x04", messages.ZIP),
    (b"\xd0\xcf\x11\xe0", messages.OFFICE),
    (b"\x1f\x8b", messages.GZIP),
    (b"BZh", messages.ARCHIVE),
    (b"\xfd7zXZ", messages.ARCHIVE),
    (b"7z\xbc\xaf", messages.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", messages.ARCHIVE),
    (b"Rar!\x1a", messages.ARCHIVE),
    (b"PAR1", messages.PARQUET),
    (b"SQLite format 3", messages.SQLITE),
    (b"%PDF-", messages.PDF),
    (b"{\\rtf", messages.RTF),
    (b"version https://git-lfs", messages.GIT_LFS),
)
_JSON = re.compile(rb"""\s*(?:\[\s*)?\{\s*(?:["'}]|$)|\s*\[\s*$""")
_UTF_16 = re.compile(rb"(?:[^\0]\0){2}|(?:\0[^\0]){2}")
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")


def other_file_type(first_line: bytes, *, takes_json: bool = False) -> str:
    """Return the problem with a file that is evidently not a CSV; empty where it may be one.

    Args:
        first_line: The beginning of the file, up to the end of the first line or less.
        takes_json: Whether the file may be JSON.
    """
    for beginning, actual in _BEGINNINGS:
        if first_line.startswith(beginning):
            return messages.not_a_csv(actual)
    if _JSON.match(first_line):
        return "" if takes_json else messages.not_a_csv(messages.JSON)
    if _MARKUP.match(first_line):
        return messages.not_a_csv(messages.MARKUP)
    if _UTF_16.match(first_line):
        return messages.UTF_16_WITHOUT_MARK
    return messages.NUL_BYTES if b"\0" in first_line else ""
