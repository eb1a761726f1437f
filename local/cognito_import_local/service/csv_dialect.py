r"""The CSV dialect of the import service (facts §1.5): not RFC 4180.

No quotes; `\,` is a comma inside a value; UTF-8; leading and trailing white space of a
value is trimmed. A backslash before anything but a comma is itself: how Cognito escapes it
is not on record (§8 U5).
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BARE_COMMA = re.compile(r"(?<!\\),")
_BLOCK = 1 << 20


class UnreadableFileError(ValueError):
    """The file is not UTF-8."""


def split(line: str) -> list[str]:
    """Return the values of a line."""
    if "\\" not in line:
        return [value.strip() for value in line.split(",")]
    return [value.replace("\\,", ",").strip() for value in _BARE_COMMA.split(line)]


def lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their number in the file; the first is 1."""
    # newline="\n": a lone carriage return does not end a line, and CRLF is cut here.
    with file.open(encoding="utf-8", newline="\n") as text:
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield number, line.rstrip("\r\n")


def count_lines(file: Path) -> int:
    """Return the number of lines that end, header included, reading the file once.

    Raises:
        UnreadableFileError: When the file is not UTF-8: the job then fails before any user
            is created (§1.15).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    count, last = 0, b"\n"
    try:
        with file.open("rb") as data:
            while block := data.read(_BLOCK):
                decoder.decode(block)
                count += block.count(b"\n")
                last = block[-1:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"byte {error.start} of a block is not UTF-8") from error
    return count if last == b"\n" else count + 1
