r"""One regular expression for the rows that need no second look.

It is matched against whole blocks of bytes, and takes only rows that are right beyond doubt and
need no change; every other line it gives back for the exact check, which alone decides. So where a
rule is hard to put into a pattern, the pattern is narrower than the rule: it counts bytes where
the rule counts characters, wants ASCII, leaves out leap days.

In the block every ``\,`` is a NUL, so that a comma always ends a value. A value that may be
anything is ``[^,]*``, the cheapest of all patterns, which might run over a line feed; whoever uses
this compares the number of matches with the number of lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .pool import LONGEST_VALUE, MFA_ENABLED, PASSWORD_HASH, USERNAME
from .values import LONGEST_USERNAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .column_mapping import Layout
    from .pool import Attribute, Pool

    Groups = Sequence[list[bytes | None]]

# Printable ASCII without space, comma and backslash; and the same without @.
_GRAPHIC = r"!-+\--\[\]-~"
_GRAPHIC_NOT_AT = r"!-+\--?A-\[\]-~"
_TRUE = "true|TRUE"
_FALSE = "false|FALSE"
_DAY = (
    "(?:(?:0[1-9]|1[0-2])/(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])/(?:29|30)"
    "|(?:0[13578]|1[02])/31)/[12][0-9]{3}"
)
# White space that Python knows and ASCII does not, by its first bytes in UTF-8.
_NO_WIDE_SPACE = r"(?!\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80|\xe2\x81\x9f|\xe3\x80\x80)"
_SOMETHING = rf"(?=[{_GRAPHIC}\x00\x80-\xff]){_NO_WIDE_SPACE}"
_VERIFIABLE = ("email", "phone_number")
_FLAGS = ("email_verified", "phone_number_verified")
_ASKED = (*_VERIFIABLE, *_FLAGS)
"""Columns whose being blank or not decides about others."""

_NOTHING = "(?!)"
_SHORTEST_FORM = 4
"""Characters; where a schema asks for addresses or numbers about as short, see exactly."""
_DIGITS = 15


class RowPattern(NamedTuple):
    """The pattern, and where in a match its groups are.

    Attributes:
        pattern: matches a row with its line feed, or any other line, of which it tells nothing.
        username: the group of the username, counted from 0. Only the other lines have none.
        unique: for each alias the group of its value and, where it counts only when verified, the
            group that is empty unless it is.
    """

    pattern: re.Pattern[bytes]
    username: int
    unique: Mapping[str, tuple[int, int | None]]

    def match(self, lines: bytes) -> Groups:
        """Return the values of each group, one a line: None where the group has no part in it.

        ``split`` tells the same as ``findall``, without a tuple for every line.
        """
        flat = self.pattern.split(lines)
        step = self.pattern.groups + 1
        return [flat[group::step] for group in range(1, step)]


def sign_in_names(pool: Pool) -> tuple[str, ...]:
    """Return the attributes that no two users may share, because users sign in with them.

    A single attribute that is the username needs no rule beside that of the username.
    """
    own = pool.username_attributes or ()
    return (*(pool.aliases or ()), *(own if len(own) > 1 else ()))


def row_pattern(layout: Layout, pool: Pool, required: frozenset[str]) -> RowPattern:
    """Make the pattern of the rows of a file.

    Args:
        layout: the columns.
        pool: what is known of the user pool.
        required: columns without which a row needs a second look.
    """
    return _Builder(layout, pool, required).build()


class _Builder:
    def __init__(self, layout: Layout, pool: Pool, required: frozenset[str]) -> None:
        self._columns = layout.columns
        self._fixed = dict(layout.ending)
        self._pool = pool
        self._required = required | {USERNAME}
        self._attributes = pool.known_attributes
        shared = {*sign_in_names(pool), *(pool.username_attributes or ())}
        self._kept = frozenset({USERNAME, *shared, *(f"{each}_verified" for each in shared)})
        self._groups: dict[str, int] = {}
        self._count = 0

    def build(self) -> RowPattern:
        fields = [self._field(each, last=each == self._columns[-1]) for each in self._columns]
        row = ",".join(fields) + self._verified() + r"\n"
        pattern = re.compile(rf"^(?:{row}|[^\n]*+\n)".encode("latin-1"), re.MULTILINE)
        return RowPattern(pattern, self._groups[USERNAME] - 1, self._unique())

    def _unique(self) -> dict[str, tuple[int, int | None]]:
        unique: dict[str, tuple[int, int | None]] = {}
        for name in sign_in_names(self._pool):
            flag = f"{name}_verified"
            if name not in self._groups:
                continue
            own_name = name in (self._pool.username_attributes or ())
            if own_name or name not in _VERIFIABLE or self._is_fixed_true(flag):
                unique[name] = (self._groups[name] - 1, None)
            elif flag in self._groups:
                unique[name] = (self._groups[name] - 1, self._groups[flag] - 1)
        return unique

    def _field(self, column: str, *, last: bool) -> str:
        anything = r"[^,\n]" if last else "[^,]"
        value = self._value(column, anything)
        blank_too = value.startswith(anything)
        required = column in self._required
        if blank_too and required:
            value = _SOMETHING + value
        if column in self._kept:
            value = f"({value})"
        elif column in _ASKED:
            # That there is a value is all that matters, and an empty group tells it for nothing.
            value = f"(?:{value})()"
        if (column in self._kept or column in _ASKED) and column not in self._groups:
            self._groups[column] = self._new_group()
        if blank_too:
            return value
        others = [_FALSE] if column in _FLAGS else []
        if not required:
            others.append("")
        return f"(?:{'|'.join([value, *others])})"

    def _new_group(self) -> int:
        self._count += 1
        return self._count

    def _value(self, column: str, anything: str) -> str:
        """Return the pattern of a value that is not blank, or of any value."""
        attribute = self._attributes.get(column)
        if column == USERNAME:
            return self._username()
        if column == MFA_ENABLED:
            allowed = {"ON": _TRUE, "OFF": _FALSE}.get(self._pool.mfa or "", f"{_TRUE}|{_FALSE}")
            return f"(?:{allowed})"
        if column == PASSWORD_HASH:
            return _NOTHING
        if column in _FLAGS:
            return _TRUE
        if attribute is None:
            return f"{anything}{{0,{LONGEST_VALUE}}}+"
        match attribute.kind:
            case "Boolean":
                return f"(?:{_TRUE}|{_FALSE})"
            case "Number":
                return _number(attribute)
        return self._string(attribute, anything)

    def _string(self, attribute: Attribute, anything: str) -> str:
        column = attribute.name
        longest = LONGEST_VALUE if attribute.maximum is None else attribute.maximum
        longest = min(longest, LONGEST_VALUE)
        shortest = attribute.minimum or 0
        if column == "birthdate":
            return _DAY
        if column in _VERIFIABLE:
            own = self._own_name_group(column)
            # What repeats the username is as long as that may be.
            room = _SHORTEST_FORM if own is None else LONGEST_USERNAME
            if shortest >= _SHORTEST_FORM or longest < room:
                return _NOTHING
            form = _form(column, longest)
            return form if own is None else rf"(?({own})\{own}(?=[,\n])|{form})"
        if longest < 1:
            return _NOTHING
        if shortest > 1:
            return f"[{_GRAPHIC}][ {_GRAPHIC}]{{{shortest - 1},{longest - 1}}}+(?<! )"
        return f"{anything}{{0,{longest}}}+"

    def _username(self) -> str:
        names = self._pool.username_attributes
        # The group of the whole comes before those in it.
        self._groups[USERNAME] = self._new_group()
        if not names:
            other = _GRAPHIC_NOT_AT if "email" in (self._pool.aliases or ()) else _GRAPHIC
            return rf"[{other}\x80-\xff]{{1,{LONGEST_USERNAME}}}+"
        ways = []
        for name in names:
            if name not in _VERIFIABLE:
                continue
            form = _form(name, LONGEST_USERNAME)
            if group := self._groups.get(name):
                ways.append(rf"(?({group})\{group}(?=[,\n])|{form})")
            else:
                self._groups[f"username as {name}"] = self._new_group()
                ways.append(f"({form})")
        return rf"(?=[^,\n]{{1,{LONGEST_USERNAME}}}+[,\n])(?:{'|'.join(ways) or _NOTHING})"

    def _own_name_group(self, column: str) -> int | None:
        """Return the group of the username where it has to be the column's value too."""
        return self._groups.get(f"username as {column}")

    def _verified(self) -> str:
        """What is verified has a value, and one of those that must be verified is."""
        wanted = [f"{name}_verified" for name in self._pool.auto_verified or ()]
        text = ""
        for name, flag in zip(_VERIFIABLE, _FLAGS, strict=True):
            if name in self._groups:
                has_value = f"(?({self._groups[name]})|(?!))"
            else:
                has_value = "" if self._fixed.get(name) else "(?!)"
            if flag in self._groups:
                text += f"(?({self._groups[flag]}){has_value})" if has_value else ""
            elif self._is_fixed_true(flag):
                text += has_value
        flags = [self._groups[flag] for flag in wanted if flag in self._groups]
        # Where there is none at all, that is told of the header and not of every row.
        asked = flags or any(map(self._fixed.get, wanted))
        if asked and not any(map(self._is_fixed_true, wanted)):
            one = "(?!)"
            for group in flags:
                one = f"(?({group})|{one})"
            text += one
        return text

    def _is_fixed_true(self, column: str) -> bool:
        return self._fixed.get(column, "").lower() == "true"


def _form(name: str, longest: int) -> str:
    """Return the form of an email address or phone number, in ASCII."""
    if name == "email":
        half = longest // 2 - 1
        return f"[{_GRAPHIC_NOT_AT}]{{1,{half}}}+@[{_GRAPHIC_NOT_AT}]{{1,{half}}}+"
    return rf"\+[0-9]{{3,{longest - 1}}}+"


def _number(attribute: Attribute) -> str:
    """Return the form of numbers that lie within the bounds by their number of digits alone."""
    low = attribute.minimum
    high = 10**_DIGITS if attribute.maximum is None else attribute.maximum
    most = min(_DIGITS, len(str(high + 1)) - 1) if high >= 0 else 0
    if low is None and attribute.maximum is None:
        return f"-?[0-9]{{1,{_DIGITS}}}+"
    if low is None or low <= 0:
        return f"[0-9]{{1,{most}}}+" if most else _NOTHING
    least = len(str(low - 1)) + 1 if low > 1 else 1
    return f"[1-9][0-9]{{{least - 1},{most - 1}}}+" if least <= most else _NOTHING
