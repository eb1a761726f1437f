"""Auth0: a CSV with an apostrophe before every text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..diagnostics import Unit
from . import messages
from .csv_text import pieces
from .disabled_users import DisabledUsers, without_disabled
from .export import ExportError
from .text_reader import TextReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TRUE = re.compile(rb"(?i:true)")
_NO_TEXT = re.compile(
    r"""[\W\d_]* | true | false | null | \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)? | [\[{].*""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def to_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Remove the apostrophe that Auth0 writes before every text against CSV injection."""
    disabled = DisabledUsers("blocked is true", Unit.LINE)
    lines = pieces(_unescaped(TextReader(chunks, Unit.LINE).lines()))
    return without_disabled(lines, disabled, "blocked", _TRUE, header_lines=0)


def _unescaped(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without Auth0's apostrophes.

    An apostrophe is Auth0's only where every text of the line begins with one: in a file from which
    they have been removed already, `'t Hooft` keeps its own.
    """
    value: re.Pattern[str] | None = None
    escaped: bool | None = None
    inside = False
    for number, line in enumerate(lines, 1):
        is_header = value is None
        if value is None:
            if not line.strip():
                yield line
                continue
            value = _values(line)
        marked, unmarked = _apostrophes(value.findall(line))
        is_escaped = marked and not unmarked
        begins = not inside or is_escaped
        # Not the header, which may be written in its own way, and not the rest of a row whose value
        # has a line break; the validation refuses that row.
        if begins and not is_header and (marked or unmarked):
            if escaped not in (None, is_escaped):
                raise ExportError(messages.at(f"line {number}", messages.AUTH0_APOSTROPHES))
            escaped = is_escaped
        inside = begins == bool(line.count('"') % 2)
        yield value.sub(_without_apostrophe, line) if is_escaped else line


def _values(header: str) -> re.Pattern[str]:
    """Return the pattern of the values of a line; a spreadsheet may have changed the separator."""
    if header.lstrip().startswith(("{", "[")):
        raise ExportError(messages.AUTH0_IS_JSON)
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
