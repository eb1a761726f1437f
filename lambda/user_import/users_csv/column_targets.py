"""Finds the user pool's columns for the columns of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .pool import MFA_ENABLED, PASSWORD_HASH, USERNAME
from .read_options import as_tuple
from .secret_fields import is_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .pool import Pool
    from .read_options import ReadOptions

_CUSTOM = re.compile(r"(?:dev:)?custom:.*")
_PARENT = "attributes."
"""Where Keycloak has its attributes, and so those that were Cognito's before."""


class ColumnTargets:
    """The user pool's columns for each column of a file.

    Attributes:
        known: The pool's columns, as far as they are known.
        corrected: The file's names that differ from the pool's in case or white space.
    """

    def __init__(self, pool: Pool, options: ReadOptions, header: Sequence[str]) -> None:
        """Prepare for a header; names trimmed."""
        self.known = _known_columns(pool)
        self.corrected: dict[str, None] = {}
        self._header = header
        self._any_custom = pool.attributes is None and pool.columns is None
        self._takes_blank_hashes = pool.hashing_algorithm is None
        taken = (*self.known, PASSWORD_HASH) if self._takes_blank_hashes else self.known
        self._folded = {column.lower(): column for column in taken}
        self._takes_hashes = options.password_hashes is not None
        self._export = options.export_reader
        self._columns = dict(options.columns)
        self._only_columns = options.only_columns
        self._explicit = {
            column for name in header for column in self.wanted(name) if name in self._columns
        }

    def of(self, name: str) -> tuple[str, ...]:
        """Return the pool's columns for one of the file's; those that the pool lacks left out."""
        if self._export is not None and name not in self._columns:
            own = custom_attribute(name) or self._export.columns.get(name)
            # An explicit mapping replaces the provider's.
            is_free = own is not None and own not in self._explicit and self.is_known(own)
            return (own,) if own is not None and is_free else ()
        return tuple(
            column
            for wanted in self.wanted(name)
            if (column := self._corrected(name, wanted)) is not None
        )

    def _corrected(self, name: str, wanted: str) -> str | None:
        if self.is_known(wanted):
            return wanted
        if (folded := self._folded.get(wanted.lower())) is not None:
            self.corrected[name] = None
        return folded

    def wanted(self, name: str) -> tuple[str, ...]:
        """Return the columns that the user wants one of the file's columns to be."""
        return as_tuple(self._columns.get(name, name))

    def unknown(self, name: str) -> tuple[str, ...]:
        """Return the wanted columns that the user pool does not have, and that are not left out."""
        if name not in self._columns:
            if self._only_columns or not name:
                return ()
            if self._export is not None:
                custom = custom_attribute(name)
                return (custom,) if custom and not self.is_known(custom) else ()
        wanted = self.wanted(name)
        return tuple(
            each for each in wanted if not self.is_known(each) and each.lower() not in self._folded
        )

    def shows_secret(self, name: str) -> bool:
        """Return whether `columns` maps a secret to an attribute, which people and apps can read.

        Of an export, hashes are read only where the import takes them.
        """
        hashes = (PASSWORD_HASH,) if self._export is None or self._takes_hashes else ()
        return is_secret(name) and any(column not in hashes for column in self.wanted(name))

    def is_known(self, column: str) -> bool:
        """Return whether the user pool has the column, as far as it is known."""
        if column == PASSWORD_HASH and self._takes_blank_hashes:
            return True
        return column in self.known or (self._any_custom and is_custom(column))

    def username_in(self, pool: Pool) -> str | None:
        """Return the file's column that the provider's export has the username in.

        In a pool whose users sign in with an attribute, that is the attribute's column. A column
        that `columns` maps to another one keeps being the username; one that it leaves out does
        not.
        """
        if self._export is None:
            return None
        free = [name for name in self._header if self._columns.get(name, name) is not None]
        for attribute in pool.username_attributes or ():
            for name, column in self._export.columns.items():
                if column == attribute and name in free:
                    return name
        return next((name for name in self._export.username if name in free), None)


def is_custom(column: str) -> bool:
    """Return whether a column is a custom attribute by its name."""
    return _CUSTOM.fullmatch(column) is not None


def custom_attribute(name: str) -> str:
    """Return the custom attribute that a column of an export is; empty where it is another one."""
    attribute = name.removeprefix(_PARENT)
    return attribute if is_custom(attribute) else ""


def _known_columns(pool: Pool) -> tuple[str, ...]:
    if pool.columns is not None:
        return pool.columns
    # Only GetCSVHeader shows whether the pool takes hashes.
    return (*pool.known_attributes, MFA_ENABLED, USERNAME, PASSWORD_HASH)
