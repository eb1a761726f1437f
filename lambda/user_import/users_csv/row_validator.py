"""The exact check of one row: every rule, every mending."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .dialect import BackslashError, DialectError, LineBreakError, escape, split_row
from .fast_path import sign_in_names
from .pool import USERNAME
from .rules import Rule
from .values import EMAIL, PHONE_NUMBER, Mended, Refused, check_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .column_mapping import Layout
    from .context import Inspection
    from .pool import Pool

_FORMS = {"email": EMAIL, "phone_number": PHONE_NUMBER}


class CheckedRow(NamedTuple):
    """A row that is right.

    Attributes:
        text: the row as Cognito takes it, without the ending that all rows share.
        unique: values that no other row may have, by column.
    """

    text: str
    unique: dict[str, str]


def rule_of(error: DialectError) -> Rule:
    """Return the rule that a value breaks which Cognito's dialect cannot express."""
    if isinstance(error, LineBreakError):
        return Rule.LINE_BREAK
    return Rule.BACKSLASH if isinstance(error, BackslashError) else Rule.QUOTES


def required_columns(layout: Layout, pool: Pool) -> tuple[str, ...]:
    """Return the columns of the file that may not be blank by the pool's schema."""
    return tuple(
        each.name for each in pool.attributes or () if each.required and each.name in layout.columns
    )


class RowCheck:
    """Checks rows in Cognito's dialect, whose values are those of the layout's columns."""

    def __init__(self, layout: Layout, inspection: Inspection, most_characters: int) -> None:
        """Prepare the checks of all columns; ``most_characters`` a row may have."""
        pool = inspection.pool
        self._columns = layout.columns
        self._names = layout.names
        self._place = {column: place for place, column in enumerate(layout.columns)}
        self._fixed = dict(layout.ending)
        self._pool = pool
        self._findings = inspection.findings
        self._mendings = inspection.mendings
        self._most_characters = most_characters
        attributes = pool.known_attributes
        self._checks = [check_of(name, attributes.get(name), pool) for name in layout.columns]
        self._defaults = [inspection.reading.defaults.get(name, "") for name in layout.columns]
        self._required = required_columns(layout, pool)
        flags = tuple(f"{name}_verified" for name in pool.auto_verified or ())
        # Where there is none at all, that is told of the header and not of every row.
        asked = any(flag in layout.columns or self._fixed.get(flag) for flag in flags)
        self._must_be_verified = flags if asked else ()

    def check(self, line: int, row: str) -> CheckedRow | None:
        """Check a row; None where something is wrong with it, which the findings then tell."""
        values = split_row(row)
        if len(values) != len(self._columns):
            self._findings.add(
                Rule.NUMBER_OF_VALUES,
                line,
                None,
                f"{len(values)} values where the header has {len(self._columns)} columns; a comma "
                r"inside a value is written \, or in quotes",
            )
            return None
        before = self._findings.errors
        bad: set[str] = set()
        for place, value in enumerate(values):
            given = value or self._defaults[place]
            values[place] = self._value(line, place, given, bad) if given else ""
        self._check_username(line, values, bad)
        self._check_presence(line, values, bad)
        if self._findings.errors > before:
            return None
        text = ",".join(map(escape, values))
        if len(text) > self._most_characters:
            self.tell_too_long(line)
            return None
        return CheckedRow(text, dict(self._unique(values)))

    def tell_too_long(self, line: int) -> None:
        """Tell that a row has more characters than Cognito takes."""
        self._findings.add(
            Rule.ROW_TOO_LONG,
            line,
            None,
            f"longer than the {self._most_characters:,} characters that are left for a row",
        )

    def _value(self, line: int, place: int, value: str, bad: set[str]) -> str:
        """Return a value as Cognito takes it."""
        column = self._columns[place]
        try:
            escape(value)
            value = self._checks[place](value)
        except Mended as mended:
            self._mendings.add(mended.kind, line, self._names[place])
            return mended.value
        except Refused as refused:
            self._add(refused.rule, line, column, refused.text)
            bad.add(column)
        except DialectError as error:
            self._add(rule_of(error), line, column, str(error))
            bad.add(column)
        return value

    def _add(self, rule: Rule, line: int, column: str, text: str) -> None:
        place = self._place.get(column)
        self._findings.add(rule, line, column if place is None else self._names[place], text)

    def _get(self, column: str, values: list[str]) -> str:
        place = self._place.get(column)
        return self._fixed.get(column, "") if place is None else values[place]

    def _check_username(self, line: int, values: list[str], bad: set[str]) -> None:
        username = self._get(USERNAME, values)
        if USERNAME in bad:
            return
        if not username:
            self._add(Rule.USERNAME_MISSING, line, USERNAME, "every user needs a username")
            return
        if "email" in (self._pool.aliases or ()) and EMAIL.fullmatch(username):
            self._add(
                Rule.USERNAME_IS_EMAIL,
                line,
                USERNAME,
                "users of this pool may sign in with an email alias, and then the username is no "
                "email address",
            )
        own = [name for name in self._pool.username_attributes or () if name in _FORMS]
        if not own:
            return
        for name in own:
            if _FORMS[name].fullmatch(username):
                value = self._get(name, values)
                if value and value != username and name not in bad:
                    self._add(
                        Rule.USERNAME_DIFFERS,
                        line,
                        name,
                        f"users of this pool sign in with {name}; give the same as {USERNAME}",
                    )
                return
        self._add(
            Rule.USERNAME_FORM,
            line,
            USERNAME,
            f"users of this pool sign in with {' or '.join(own)}; give that as the username",
        )

    def _check_presence(self, line: int, values: list[str], bad: set[str]) -> None:
        """What is required and what is verified has a value; one of those to be verified is."""
        blank = [name for name in self._required if not self._get(name, values)]
        for name in blank:
            self._add(Rule.REQUIRED, line, name, "the user pool requires a value")
        for name in _FORMS:
            verified = self._get(f"{name}_verified", values).lower() == "true"
            if verified and not self._get(name, values) and name not in blank:
                self._add(
                    Rule.VERIFIED_BLANK, line, name, f"give a value, for {name}_verified is true"
                )
        flags = self._must_be_verified
        if not flags or bad.intersection(flags):
            return
        if not any(self._get(flag, values).lower() == "true" for flag in flags):
            self._add(
                Rule.NOT_VERIFIED,
                line,
                " or ".join(flags),
                f"{'this' if len(flags) == 1 else 'one of these'} must be true for every user, or "
                "Cognito refuses the user",
            )

    def _unique(self, values: list[str]) -> Iterator[tuple[str, str]]:
        """Yield the values that no other row may have."""
        yield USERNAME, self._get(USERNAME, values)
        own = self._pool.username_attributes or ()
        username = self._get(USERNAME, values)
        for name in sign_in_names(self._pool):
            value = self._get(name, values)
            if name in own and _FORMS[name].fullmatch(username):
                value = username
            verified = self._get(f"{name}_verified", values).lower() == "true"
            if value and (verified or name in own or name not in _FORMS):
                yield name, value
