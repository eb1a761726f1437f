r"""One regular expression for the rows that need no exact validation.

It is matched against whole batches of bytes, and matches only rows that certainly break no rule and
need no normalization; all other lines go to the row validator, which alone decides. So where a rule
is hard to put into a pattern, the pattern is narrower than the rule: it counts bytes where the rule
counts characters, requires ASCII, excludes leap days.

In the batch every `\,` is masked as a NUL, so that a comma always ends a value. A value that may be
anything is `[^,]*`, the cheapest of all patterns, which might run over a line feed; the caller
compares the number of matches with the number of lines.

The engine keeps a frame for each choice between alternatives until the row has matched. It begins
each row with a kilobyte for them. Where that is too little, it takes more memory in each row, which
costs a tenth of the time. So there are few alternatives within alternatives.
"""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from .limits import LONGEST_EPOCH, LONGEST_USERNAME, LONGEST_VALUE
from .pool import MFA_ENABLED, PASSWORD_HASH, USERNAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .column_mapping import ColumnMapping
    from .pool import Attribute, Pool

    Groups = Mapping[int, list[bytes | None]]

_ESCAPED_COMMA = re.compile(rb"\\,")
MASK = b"\0"

# Printable ASCII without space, comma and backslash; and the same without @.
_GRAPHIC = r"!-+\--\[\]-~"
_GRAPHIC_NOT_AT = r"!-+\--?A-\[\]-~"
# Characters between the dots of an ordinary address, without the single quote.
_ATOM = r"[!#-&*+\-/-9=?A-Z^-~]"
_TRUE = "true|TRUE"
_FALSE = "false|FALSE"
_MFA: Mapping[str | None, str] = {"ON": _TRUE, "OFF": _FALSE}
_DAY_TO_30 = "(?:0[1-9]|[12][0-9]|30)"
_DAY = "|".join(
    f"{month}/{day}/[12][0-9]{{3}}"
    for month, day in (
        ("0[13-9]", _DAY_TO_30),
        ("1[0-2]", _DAY_TO_30),
        ("02", "(?:0[1-9]|1[0-9]|2[0-8])"),
        ("0[13578]", "31"),
        ("1[02]", "31"),
    )
)
# White space beyond ASCII, by its first bytes in UTF-8.
_WIDE_SPACE = r"\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80|\xe2\x81\x9f|\xe3\x80\x80"
_SOMETHING = rf"(?![^{_GRAPHIC}\x00\x80-\xff]|{_WIDE_SPACE})"
_FLAG_OF = {"email": "email_verified", "phone_number": "phone_number_verified"}
_VERIFIABLE = (*_FLAG_OF,)
_FLAGS = (*_FLAG_OF.values(),)
_ASKED = (*_VERIFIABLE, *_FLAGS)
"""Columns that other columns depend on, by being blank or not."""

_HASH = rf"[{_GRAPHIC}\x00]++"
_NOTHING = "(?!)"
_SHORTEST_FORM = 4
"""Characters; addresses and numbers with bounds about as short are validated exactly."""
_DIGITS = 15
_ANY_DIGITS = "[0-9]{0,"
"""The beginning of the pattern of digits that may be blank."""
_LARGEST_DIGIT = 9
_ENCODING = "latin-1"  # each character is one byte


_group_name = partial(re.compile(r"\W", re.ASCII).sub, "_")
"""Returns the name of a column's group."""


def mask_commas(rows: bytes) -> bytes:
    r"""Return rows with a NUL for every `\,`; the length of a row changes, its lines do not."""
    if b"\\" not in rows:
        return rows
    return _ESCAPED_COMMA.sub(MASK, rows)


def masked_value(value: str) -> bytes:
    """Return a value as the pattern's groups have it in masked rows."""
    return value.encode().replace(b",", MASK)


class RowPattern(NamedTuple):
    """The pattern, and the positions of its groups in a match.

    Attributes:
        pattern: Matches a valid row with its line feed, or any other line without its values.
        username: The group of the username, from 0. It is None only in the other lines.
        unique: For each alias the group of its value and, where it counts only when verified, the
            group that is empty unless it is.
        hash: The group of the password hash; None where rows with hashes do not match.
        read: Those groups. The others only say for the pattern itself whether there is a value.
    """

    pattern: re.Pattern[bytes]
    username: int
    unique: Mapping[str, tuple[int, int | None]]
    hash: int | None
    read: frozenset[int]

    def match(self, lines: bytes) -> Groups:
        """Return the values of the groups to read, one per line: None where one did not match.

        `split` returns the same as `findall`, without a tuple for every line.
        """
        flat = self.pattern.split(lines)
        step = self.pattern.groups + 1
        return {group: flat[group + 1 :: step] for group in self.read}


def row_pattern(
    mapping: ColumnMapping, pool: Pool, required: frozenset[str], *, takes_hashes: bool = False
) -> RowPattern:
    """Build the pattern of the rows of a file.

    Args:
        mapping: The columns.
        pool: The known settings of the user pool.
        required: Columns that must not be blank in a row that matches.
        takes_hashes: Whether a row with a password hash matches, whatever its form.
    """
    return _Builder(mapping, pool, required, takes_hashes=takes_hashes).build()


class _Builder:
    """Builds the pattern from left to right.

    A group has the name of its column (`_group_name`). The username has a second one for each
    attribute that it may be, `username_as_email` and `username_as_phone_number`, unless the
    attribute's own column comes before it. A column refers back to the groups before it.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        pool: Pool,
        required: frozenset[str],
        *,
        takes_hashes: bool,
    ) -> None:
        self._takes_hashes = takes_hashes
        self._columns = mapping.columns
        self._shared = dict(mapping.shared_values)
        self._pool = pool
        self._required = required | {USERNAME}
        self._attributes = pool.known_attributes
        unique = {*pool.sign_in_names, *(pool.username_attributes or ())}
        self._kept = frozenset({USERNAME, *unique, *(f"{each}_verified" for each in unique)})
        if takes_hashes:
            self._kept |= {PASSWORD_HASH}
        self._groups: set[str] = set()

    def build(self) -> RowPattern:
        fields = [self._field(each, "[^,]") for each in self._columns[:-1]]
        fields.append(self._field(self._columns[-1], r"[^,\n]"))
        row = ",".join(fields) + self._verified() + r"\n"
        pattern = re.compile(rf"^(?:{row}|[^\n]*+\n)".encode(_ENCODING), re.MULTILINE)
        positions = {name: number - 1 for name, number in pattern.groupindex.items()}
        username = positions[_group_name(USERNAME)]
        unique = self._unique(positions)
        hashes = positions.get(PASSWORD_HASH) if self._takes_hashes else None
        groups = {username, hashes, *itertools.chain.from_iterable(unique.values())}
        read = frozenset(group for group in groups if group is not None)
        return RowPattern(pattern, username, unique, hashes, read)

    def _unique(self, positions: Mapping[str, int]) -> dict[str, tuple[int, int | None]]:
        unique: dict[str, tuple[int, int | None]] = {}
        for name in self._pool.sign_in_names:
            flag = f"{name}_verified"
            group = _group_name(name)
            if group not in positions:
                continue
            is_username = name in (self._pool.username_attributes or ())
            if is_username or name not in _VERIFIABLE or self._is_shared_true(flag):
                unique[name] = (positions[group], None)
            elif flag in positions:
                unique[name] = (positions[group], positions[flag])
        return unique

    def _group(self, name: str, pattern: str) -> str:
        """Return a group; later columns may refer back to it."""
        self._groups.add(name)
        return f"(?P<{name}>{pattern})"

    def _same(self, group: str) -> str:
        """Return a pattern for the value of a group before it; it matches nothing for a blank."""
        return rf"(?P={group})(?=[,\n])"

    def _same_or(self, group: str, form: str) -> str:
        """Return a pattern for the value of a group before it, or a form where that is blank."""
        return f"(?({group}){self._same(group)}|{form})"

    def _field(self, column: str, anything: str) -> str:
        """Return the pattern of a column; `anything` is that of a character of any value."""
        value = self._value(column, anything)
        blank_too = value.startswith((anything, _ANY_DIGITS))
        required = column in self._required
        if blank_too and required:
            value = _SOMETHING + value
        if column in self._kept:
            value = self._group(_group_name(column), value)
        elif column in _ASKED:
            # Only whether there is a value matters; an empty group costs nothing.
            value = f"(?:{value}){self._group(column, '')}"
        if blank_too:
            return value
        others = [_FALSE] if column in _FLAGS else []
        if not required:
            others.append(self._blank(column))
        return f"(?:{'|'.join([value, *others])})"

    def _blank(self, column: str) -> str:
        """Return the pattern of a blank, which is none where the username has to be repeated."""
        group = f"username_as_{column}"
        is_username = column in self._pool.username_forms and group in self._groups
        return f"(?({group})(?!))" if is_username else ""

    def _value(self, column: str, anything: str) -> str:
        """Return the pattern of a value that is not blank, or of any value: alternatives, too."""
        attribute = self._attributes.get(column)
        if column == USERNAME:
            return self._username()
        if column == MFA_ENABLED:
            return _MFA.get(self._pool.mfa, f"{_TRUE}|{_FALSE}")
        if column == PASSWORD_HASH:
            return _HASH if self._takes_hashes else _NOTHING
        if column in _FLAGS:
            return _TRUE
        if attribute is None:
            return f"{anything}{{0,{LONGEST_VALUE}}}+"
        match attribute.kind:
            case "Boolean":
                return f"{_TRUE}|{_FALSE}"
            case "Number":
                return _number(attribute)
        return self._string(attribute, anything)

    def _string(self, attribute: Attribute, anything: str) -> str:
        column = attribute.name
        longest = LONGEST_VALUE if attribute.maximum is None else attribute.maximum
        longest = min(longest, LONGEST_VALUE)
        shortest = attribute.minimum or 1
        if column == "birthdate":
            return _DAY
        if column in _VERIFIABLE:
            group = f"username_as_{column}"
            has_group = group in self._groups
            # A value that repeats the username may be as long as one.
            room = LONGEST_USERNAME if has_group else _SHORTEST_FORM
            if shortest >= _SHORTEST_FORM or longest < room:
                return _NOTHING
            form = _form(column, longest)
            return self._same_or(group, form) if has_group else form
        if longest < 1:
            return _NOTHING
        if shortest > 1:
            return f"[{_GRAPHIC}][ {_GRAPHIC}]{{{shortest - 1},{longest - 1}}}+(?<! )"
        return f"{anything}{{0,{longest}}}+"

    def _username(self) -> str:
        names = self._pool.username_attributes
        if not names:
            other = _GRAPHIC_NOT_AT if "email" in (self._pool.aliases or ()) else _GRAPHIC
            return rf"[{other}\x80-\xff]{{1,{LONGEST_USERNAME}}}+"
        ways = []
        for name in [name for name in names if name in _VERIFIABLE]:
            form = _form(name, None)
            if name in self._groups:
                # Where it is blank, the row validator fills it.
                ways.append(self._same(name))
            else:
                ways.append(self._group(f"username_as_{name}", form))
        return rf"(?=[^,\n]{{1,{LONGEST_USERNAME}}}+[,\n])(?:{'|'.join(ways) or _NOTHING})"

    def _verified(self) -> str:
        """Return conditions: verified attributes have a value, and a required one is verified."""
        wanted = [f"{name}_verified" for name in self._pool.auto_verified or ()]
        text = ""
        for name, flag in _FLAG_OF.items():
            if name in self._groups:
                has_value = f"(?({name})|(?!))"
            else:
                has_value = "" if self._shared.get(name) else _NOTHING
            if has_value and flag in self._groups:
                text += f"(?({flag}){has_value})"
            elif self._is_shared_true(flag):
                text += has_value
        flags = [flag for flag in wanted if flag in self._groups]
        # Where there is none at all, that is a finding about the header and not about every row.
        asked = flags or any(map(self._shared.get, wanted))
        if asked and not any(map(self._is_shared_true, wanted)):
            one = _NOTHING
            for flag in flags:
                one = f"(?({flag})|{one})"
            text += one
        return text

    def _is_shared_true(self, column: str) -> bool:
        return column in self._shared and self._shared[column].lower() == "true"


def _form(name: str, longest: int | None) -> str:
    """Return the form of an email address or phone number, in ASCII.

    Args:
        name: `email` or `phone_number`.
        longest: Characters at most; None where a pattern before it has that bound.
    """
    if name == "phone_number":
        return rf"\+[0-9]{{3,{(longest or LONGEST_USERNAME) - 1}}}+"
    if longest == LONGEST_VALUE:
        # Twice four atoms of 255 characters, with what is between them. Alternatives within each
        # other are faster than a repeated group.
        part = ""
        for _ in range(3):
            part = rf"(?:\.{_ATOM}{{1,255}}+{part}|)"
        part = rf"{_ATOM}{{1,255}}+{part}"
        return f"{part}@{part}"
    part = rf"{_ATOM}++(?:\.{_ATOM}++)*+"
    bound = "" if longest is None else rf"(?=[^,\n]{{1,{longest}}}+[,\n])"
    return f"{bound}{part}@{part}"


def _number(attribute: Attribute) -> str:
    """Return the form of numbers that lie within the bounds by their number of digits alone.

    It matches a blank where that needs no alternative.
    """
    low, high = attribute.minimum, attribute.maximum
    most = LONGEST_EPOCH if attribute.name == "updated_at" else _DIGITS
    if low is None and high is None:
        return f"-?[0-9]{{1,{most}}}+"
    if high is not None:
        if high < _LARGEST_DIGIT:
            return _NOTHING
        most = min(most, len(str(high + 1)) - 1)
    if low is None or low <= 0:
        return f"{_ANY_DIGITS}{most}}}+"
    least = len(str(low - 1)) + 1 if low > 1 else 1
    return f"[1-9][0-9]{{{least - 1},{most - 1}}}+" if least <= most else _NOTHING
