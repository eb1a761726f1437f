"""The rules for rows: which rows become users, and why the others fail (facts §1.4 to §1.12)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import messages
from .attribute_values import EMAIL, PHONE, converter
from .password_hash import well_formed
from .user_pool import HASH_COLUMN, MFA_COLUMN, USERNAME_COLUMN, UserPool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..settings import ImportSettings

_USERNAME_CATEGORIES = frozenset("LMSNP")
_LONGEST_USERNAME = 128
_VERIFIABLE = ("email", "phone_number")


class HeaderError(ValueError):
    """The first line is not a header of this pool; the whole job fails."""


class NoHashColumnError(HeaderError):
    """The job has a hashing algorithm and the file no password_hash column (§1.12)."""


class RowRejectedError(ValueError):
    """The row fails; the message is its reason."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user as a row describes them; blanks are left out."""

    username: str
    attributes: Mapping[str, str]
    password_hash: str | None
    algorithm: str | None
    confirmed: bool


class RowRules:
    """Applies the rules of one pool to the rows of one file."""

    def __init__(
        self,
        pool: UserPool,
        header: Sequence[str],
        settings: ImportSettings,
        algorithm: str | None = None,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._texts = settings.texts
        self._algorithm = algorithm
        self._width = len(header)
        self._place = self._places(header)
        self._converters: list[tuple[str, int, Callable[[str], str]]] = [
            (each.name, self._place[each.name], converter(each, settings))
            for each in pool.columns
            if each.name in self._place
        ]
        self._required = [each.name for each in pool.columns if each.required]

    def _places(self, header: Sequence[str]) -> dict[str, int]:
        """Return where each column is: by name, in any order, all present (§1.3)."""
        eligible = self._settings.password_hash_eligible
        known = self._pool.header(password_hash=eligible)
        place = {name: index for index, name in enumerate(header)}
        if len(place) != len(header) or not set(place) <= set(known):
            raise HeaderError
        if self._algorithm and HASH_COLUMN not in place:
            raise NoHashColumnError
        missing = set(known) - set(place) - {HASH_COLUMN}
        if USERNAME_COLUMN in missing:
            raise HeaderError
        if missing and self._settings.missing_columns == "fail_job":
            raise HeaderError
        return place

    def user(self, cells: Sequence[str]) -> NewUser:
        """Return the user a row describes.

        Raises:
            RowRejectedError: When the row breaks a rule.
        """
        if len(cells) != self._width:
            raise RowRejectedError(self._texts.row_columns)
        username = self._username(cells)
        attributes = self._attributes(cells)
        self._check_mfa(cells)
        self._check_verified(attributes)
        for name in self._required:
            if name not in attributes:
                raise RowRejectedError(self._texts.row_required.format(column=name))
        if self._pool.username_attributes:
            self._check_sign_in_name(username, attributes)
        password_hash = self._password_hash(cells)
        return NewUser(
            username,
            attributes,
            password_hash,
            self._algorithm,
            confirmed=password_hash is not None or self._passwordless(attributes),
        )

    def _cell(self, cells: Sequence[str], column: str) -> str:
        index = self._place.get(column)
        return "" if index is None else cells[index]

    def _username(self, cells: Sequence[str]) -> str:
        """Return the username: 1 to 128 characters, no white space (§1.6, §1.8)."""
        username = self._cell(cells, USERNAME_COLUMN)
        allowed = 1 <= len(username) <= _LONGEST_USERNAME and all(
            unicodedata.category(character)[0] in _USERNAME_CATEGORIES for character in username
        )
        if not allowed or ("email" in self._pool.aliases and EMAIL.fullmatch(username)):
            raise RowRejectedError(self._texts.row_username)
        return username

    def _attributes(self, cells: Sequence[str]) -> dict[str, str]:
        attributes = {}
        for name, index, convert in self._converters:
            if value := cells[index]:
                try:
                    attributes[name] = convert(value)
                except ValueError:
                    raise RowRejectedError(self._texts.row_schema.format(column=name)) from None
        return attributes

    def _check_mfa(self, cells: Sequence[str]) -> None:
        """Blank, or what the pool's MFA setting demands (§1.6)."""
        value = self._cell(cells, MFA_COLUMN).lower()
        allowed = {"ON": ("", "true"), "OFF": ("", "false")}.get(
            self._pool.mfa, ("", "true", "false")
        )
        if value not in allowed:
            raise RowRejectedError(self._texts.row_schema.format(column=MFA_COLUMN))

    def _check_verified(self, attributes: Mapping[str, str]) -> None:
        """At least one auto-verified attribute is true, and what is true is there (§1.4)."""
        if not any(
            attributes.get(f"{name}_verified") == "true" for name in self._pool.auto_verified
        ):
            raise RowRejectedError(messages.ROW_NOT_VERIFIED)
        for name in _VERIFIABLE:
            if attributes.get(f"{name}_verified") == "true" and name not in attributes:
                raise RowRejectedError(self._texts.row_required.format(column=name))

    def _check_sign_in_name(self, username: str, attributes: Mapping[str, str]) -> None:
        """In a pool that signs in by e-mail or phone, that is the username too (§1.8)."""
        for name, form in (("email", EMAIL), ("phone_number", PHONE)):
            if name in self._pool.username_attributes and form.fullmatch(username):
                if attributes.get(name, username) != username:
                    break
                return
        raise RowRejectedError(self._texts.row_username)

    def _password_hash(self, cells: Sequence[str]) -> str | None:
        value = self._cell(cells, HASH_COLUMN)
        if not value:
            return None
        if self._algorithm is None:
            if self._settings.hash_without_algorithm == "fail_row":
                raise RowRejectedError(self._texts.row_hash)
            return None
        if not well_formed(value, self._algorithm, self._settings):
            raise RowRejectedError(self._texts.row_hash)
        return value

    def _passwordless(self, attributes: Mapping[str, str]) -> bool:
        """Return whether the user can sign in by a one-time password (§1.11)."""
        factors = self._pool.first_factors
        return ("EMAIL_OTP" in factors and "email" in attributes) or (
            "SMS_OTP" in factors and "phone_number" in attributes
        )
