"""Validates one row exactly: every rule, every normalization."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import header_messages, messages
from .diagnostics import Location
from .dialect import DialectError, escape, split_row
from .doubts import Doubts
from .invisible import invisible, visible
from .pool import PASSWORD_HASH, USERNAME
from .rules import Rule
from .value_count import value_count_problem
from .values import EMAIL, PHONE_NUMBER, InvalidValueError, value_validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .column_mapping import ColumnMapping
    from .context import ValidationContext
    from .hash_column import HashColumn
    from .password_hashes import ConvertedHash

_FORMS = {"email": EMAIL, "phone_number": PHONE_NUMBER}


class ValidRow(NamedTuple):
    """A row that breaks no rule.

    Attributes:
        text: The row as Cognito accepts it, without the ending that all rows share.
        unique: Values that must be unique in the file, by column.
        hash: The password hash, where the import converts hashes and the user has one; the row's
            own value is blank then.
    """

    text: str
    unique: dict[str, str]
    hash: ConvertedHash | None = None


class RowValidator:
    """Validates rows in Cognito's dialect, whose values are those of the mapping's columns.

    Attributes:
        most_characters: Maximum length of a row beside the values that all users share.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        context: ValidationContext,
        hashes: HashColumn | None = None,
    ) -> None:
        """Prepare the validators of all columns.

        Args:
            mapping: The columns.
            context: Collects findings and normalizations.
            hashes: Converts the password hashes; None where the import takes none.
        """
        pool = context.pool
        self._hashes = hashes
        self._shared_characters = len(mapping.row_ending)
        self._limits = context.limits
        self.most_characters = context.limits.row_characters - self._shared_characters
        self._columns = mapping.columns
        self._names = mapping.names
        self._header = list(mapping.names)
        self._position = {column: position for position, column in enumerate(mapping.columns)}
        self._shared = dict(mapping.shared_values)
        self._pool = pool
        self._sign_in_names = pool.sign_in_names
        self._own = pool.username_forms
        self._filled = mapping.filled
        self._lacking = dict(mapping.lacking)
        self._is_filled = [name in mapping.filled for name in mapping.columns]
        self._findings = context.findings
        self._normalizations = context.normalizations
        self._doubts = Doubts(mapping, context)
        attributes = pool.known_attributes
        self._validators = [
            value_validator(name, attributes.get(name), pool) for name in mapping.columns
        ]
        self._defaults = [context.options.defaults.get(name) for name in mapping.columns]
        if hashes is not None:
            self._hash_at = self._position[PASSWORD_HASH]
            self._hash_default = self._defaults[self._hash_at] or ""
            self._defaults[self._hash_at] = None
        self._required = mapping.required(pool)
        # An attribute that the import has comes first: one that is verified needs a value.
        verified = sorted(pool.auto_verified or (), key=lambda name: name not in mapping.columns)
        flags = tuple(f"{name}_verified" for name in verified)
        # Where there is none at all, that is a finding about the header and not about every row.
        asked = any(flag in mapping.columns or self._shared.get(flag) for flag in flags)
        self._must_be_verified = flags if asked else ()

    def validate(self, line: int, row: str) -> ValidRow | None:
        """Validate a row; return None and add findings where it breaks a rule."""
        values = split_row(row)
        if len(values) != len(self._columns):
            text = value_count_problem(
                len(values), len(self._columns), row, has_end=self._findings.has_end(line)
            )
            self._findings.add(Rule.NUMBER_OF_VALUES, Location(line), text)
            return None
        if values == self._header:
            self._findings.add(Rule.NO_HEADER, Location(line), header_messages.HEADER_REPEATED)
            return None
        before = self._findings.errors
        self._doubts.check(line, values)
        converted = None
        if self._hashes is not None:
            stored = values[self._hash_at] or self._hash_default
            values[self._hash_at] = ""
            converted = self._hashes.convert(line, stored)
        bad: set[str] = set()
        for position, value in enumerate(values):
            # The value of another column is taken as that column is written.
            given = "" if self._is_filled[position] else value or self._defaults[position]
            values[position] = self._value(line, position, given, bad) if given else ""
        if self._own:
            self._fill(line, values, bad)
        self._validate_username(line, values, bad)
        self._validate_presence(line, values, bad)
        if self._findings.errors > before:
            return None
        text = ",".join(map(escape, values))
        hash_characters = 0 if converted is None else len(escape(converted.text))
        if len(text) + hash_characters > self.most_characters:
            self.report_too_long(line)
            return None
        return ValidRow(text, dict(self._unique(values)), converted)

    def report_too_long(self, line: int) -> None:
        """Add the finding about a row of more characters than Cognito accepts."""
        text = messages.row_too_long(self._limits.row_characters, self._shared_characters)
        self._findings.add(Rule.ROW_TOO_LONG, Location(line), text)

    def _value(self, line: int, position: int, value: str, bad: set[str]) -> str:
        """Return a value as Cognito accepts it."""
        column = self._columns[position]
        try:
            escape(value)
            value, normalization = self._validators[position](value)
        except (InvalidValueError, DialectError) as error:
            text = self._invisible(position, value) or str(error)
            self._add(error.rule, line, column, text)
            bad.add(column)
        else:
            if normalization is not None:
                location = Location(line, self._names[position])
                self._normalizations.add(normalization, location)
        return value

    def _invisible(self, position: int, value: str) -> str:
        """Return the text for an invalid value that only invisible characters make so."""
        rest = visible(value)
        if rest in ("", value):
            return ""
        try:
            escape(rest)
            self._validators[position](rest)
        except (InvalidValueError, DialectError):
            return ""
        return messages.invisible_characters(invisible(value))

    def _fill(self, line: int, values: list[str], bad: set[str]) -> None:
        """Fill the username and the sign-in attributes from each other, where one is blank.

        A value that is in two columns is reported for one of them only.
        """
        at = self._position[USERNAME]
        places = {name: self._position[name] for name in self._own if name in self._position}
        if not values[at] and USERNAME not in bad:
            name = next((name for name, place in places.items() if values[place]), None)
            if name in bad:
                bad.add(USERNAME)
            elif name is not None:
                values[at] = self._value(line, at, values[places[name]], bad)
        for name, place in places.items():
            if values[place]:
                continue
            if USERNAME in bad:
                bad.add(name)
            elif _FORMS[name].fullmatch(values[at]):
                values[place] = self._value(line, place, values[at], bad)

    def _add(self, rule: Rule, line: int, column: str, text: str) -> None:
        position = self._position.get(column)
        name = column if position is None else self._names[position]
        self._findings.add(rule, Location(line, name), text)

    def _get(self, column: str, values: list[str]) -> str:
        position = self._position.get(column)
        return self._shared.get(column, "") if position is None else values[position]

    def _validate_username(self, line: int, values: list[str], bad: set[str]) -> None:
        username = self._get(USERNAME, values)
        if USERNAME in bad:
            return
        if not username:
            self._add(Rule.USERNAME_MISSING, line, USERNAME, messages.USERNAME_MISSING)
            bad.update(self._filled)
            return
        if "email" in (self._pool.aliases or ()) and EMAIL.fullmatch(username):
            self._add(Rule.USERNAME_IS_EMAIL, line, USERNAME, messages.USERNAME_IS_EMAIL)
        own = self._own
        if not own:
            return
        for name in own:
            if _FORMS[name].fullmatch(username):
                value = self._get(name, values)
                if value and value != username and name not in bad:
                    text = messages.username_differs(name, USERNAME)
                    self._add(Rule.USERNAME_DIFFERS, line, name, text)
                return
        self._add(Rule.USERNAME_FORM, line, USERNAME, messages.username_form(" or ".join(own)))
        bad.update(self._filled)

    def _validate_presence(self, line: int, values: list[str], bad: set[str]) -> None:
        """Validate that required and verified attributes have a value, and that one is verified."""
        blank = [name for name in self._required if name not in bad and not self._get(name, values)]
        for name in blank:
            self._add(Rule.REQUIRED, line, name, messages.REQUIRED)
        for name in _FORMS:
            verified = self._get(f"{name}_verified", values).lower() == "true"
            if verified and not self._get(name, values) and name not in {*blank, *bad}:
                blank_text = messages.verified_blank(f"{name}_verified")
                text = self._lacking.get(name, blank_text)
                self._add(Rule.VERIFIED_BLANK, line, name, text)
        flags = self._must_be_verified
        if not flags or bad.intersection(flags):
            return
        if not any(self._get(flag, values).lower() == "true" for flag in flags):
            text = messages.not_verified(flags[0], ", ".join(flags[1:]))
            self._add(Rule.NOT_VERIFIED, line, " or ".join(flags), text)

    def _unique(self, values: list[str]) -> Iterator[tuple[str, str]]:
        """Yield the values that must be unique in the file."""
        yield USERNAME, self._get(USERNAME, values)
        own = self._pool.username_attributes or ()
        for name in self._sign_in_names:
            value = self._get(name, values)
            verified = self._get(f"{name}_verified", values).lower() == "true"
            if value and (verified or name in own or name not in _FORMS):
                yield name, value
