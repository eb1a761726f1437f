"""The values of a synthetic user's standard attributes, apart from e-mail and phone number."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .people import Person
    from .seeded_numbers import SeededNumbers

_FIRST_BIRTHDATE = datetime.date(1940, 1, 1).toordinal()
_BIRTHDATES = datetime.date(2006, 1, 1).toordinal() - _FIRST_BIRTHDATE
_FIRST_UPDATE = 1_577_836_800
"""2020-01-01, in seconds since 1970."""
_UPDATES = 5 * 365 * 24 * 60 * 60
_GENDERS = ("female", "male", "other")


class Profile(NamedTuple):
    """What the values of a user are made of.

    Attributes:
        person: The user's names.
        login: The user's name in addresses: ASCII, unique.
        domain: Domain of the user's addresses.
        user: The user's number, from 0.
        numbers: The numbers of the seed.
    """

    person: Person
    login: str
    domain: str
    user: int
    numbers: SeededNumbers

    def number(self, purpose: str) -> int:
        """Return the user's number for a purpose."""
        return self.numbers.number(purpose, self.user)


ALWAYS = ("name", "given_name", "family_name", "birthdate", "locale", "zoneinfo")
"""The attributes that every synthetic user has; the others only where the user pool requires."""


def _middle_name(user: Profile) -> str:
    names = user.person.language.given
    return names[user.number("middle_name") % len(names)].text


def _birthdate(user: Profile) -> str:
    """Return a date of 1940 to 2005, as Cognito's CSV has it: mm/dd/yyyy."""
    date = datetime.date.fromordinal(_FIRST_BIRTHDATE + user.number("birthdate") % _BIRTHDATES)
    return f"{date.month:02}/{date.day:02}/{date.year:04}"


MAKERS: Mapping[str, Callable[[Profile], str]] = {
    "name": lambda user: user.person.full_name,
    "given_name": lambda user: user.person.given.text,
    "family_name": lambda user: user.person.family.text,
    "middle_name": _middle_name,
    "nickname": lambda user: user.person.given.ascii,
    "preferred_username": lambda user: user.login,
    "profile": lambda user: f"https://{user.domain}/people/{user.login}",
    "picture": lambda user: f"https://{user.domain}/people/{user.login}.png",
    "website": lambda user: f"https://{user.domain}/~{user.login}",
    "gender": lambda user: _GENDERS[user.number("gender") % len(_GENDERS)],
    "birthdate": _birthdate,
    "zoneinfo": lambda user: user.person.language.zone,
    "locale": lambda user: user.person.language.locale,
    "address": lambda user: f"{1 + user.number('address') % 200} Example Street",
    "updated_at": lambda user: str(_FIRST_UPDATE + user.number("updated_at") % _UPDATES),
}
"""Returns the value of each standard attribute; none has a character that the CSV escapes."""
