"""Files that are no CSV at all, told by how they begin."""

from __future__ import annotations

import re

_BEGINNINGS = (
    (b"PK\x03\x04", "a ZIP archive, as Excel workbooks are; save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save the sheet as CSV (UTF-8)"),
    (b"\x1f\x8b", "compressed by gzip; unpack it"),
    (b"%PDF-", "a PDF"),
    (b"version https://git-lfs", "a pointer of Git LFS; fetch the file itself (git lfs pull)"),
)
_JSON = re.compile(rb"\s*(?:\[\s*)?\{|\s*\[\s*$")
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")


def other_format(head: bytes) -> str:
    """Return what a file is instead of a CSV, by its first line; nothing where that is not plain.

    A value of a user is not told.
    """
    for beginning, what in _BEGINNINGS:
        if head.startswith(beginning):
            return f"this is no CSV but {what}"
    if _JSON.match(head):
        return "this is no CSV but JSON; write it as CSV, or name its export format (export=…)"
    if _MARKUP.match(head):
        return "this is no CSV but HTML or XML, perhaps the error page of a download"
    if b"\0" in head:
        return "this has NUL bytes and is no text; save the file as UTF-8"
    return ""
