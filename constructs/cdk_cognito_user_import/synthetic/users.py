"""Synthetic users: their usernames, and the rows of their CSV."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .people import person_of
from .phone_numbers import PhoneNumbers
from .seeded_numbers import SeededNumbers
from .standard_attributes import ALWAYS, MAKERS, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .draws import Draw

SignInAttribute = Literal["email", "phone_number"]

OWN = ("cognito:username", "email", "email_verified", "phone_number", "phone_number_verified")
"""The columns that identify a user and that nothing replaces."""

_MARK_LETTERS = "bcdfghjkmnpqrstvwxz"
"""Consonants, so that a mark is not a word."""

_MARK_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What synthetic users depend on.

    Attributes:
        count: Number of users.
        seed: The seed, as text.
        domain: Domain of the e-mail addresses.
        username: Attribute that is the username. Default: none; the username is a name of its own.
        required: Attributes that the users need beside those that they always have.
        attributes: The draw of each further column, which may be a standard attribute's.
    """

    count: int
    seed: str
    domain: str
    username: SignInAttribute | None = None
    required: tuple[str, ...] = ()
    attributes: Mapping[str, Draw] = field(default_factory=dict)


class SyntheticUsers:
    """Synthetic users of one seed.

    A user's name in addresses is `<given name>.<family name>.<mark><number>`. The number makes it
    unique; the mark belongs to the seed, so that users of two seeds differ too.

    Attributes:
        columns: The columns of the CSV.
    """

    def __init__(self, settings: Settings) -> None:
        """Prepare the users; none is made yet."""
        self._settings = settings
        self._numbers = SeededNumbers(settings.seed)
        self._phone_numbers = PhoneNumbers(self._numbers)
        self._mark = _mark(self._numbers)
        extra = [name for name in MAKERS if name in settings.required and name not in ALWAYS]
        self._draws = tuple(settings.attributes.items())
        self._makers = tuple(
            (name, MAKERS[name]) for name in [*ALWAYS, *extra] if name not in settings.attributes
        )
        self.columns = (*OWN, *(name for name, _ in self._makers), *settings.attributes)

    def __len__(self) -> int:
        """Return the number of users."""
        return self._settings.count

    def username(self, user: int) -> str:
        """Return the username of a user, by number from 0."""
        return self.row(user)["cognito:username"]

    def lines(self) -> Iterator[str]:
        r"""Yield the lines of a CSV in Cognito's dialect, each with `\n` at its end."""
        # No value has a character to escape: the tables have none, and draws have escaped theirs.
        yield f"{','.join(self.columns)}\n"
        for user in range(len(self)):
            yield f"{','.join(self.row(user).values())}\n"

    def row(self, user: int) -> dict[str, str]:
        """Return the values of a user by column, escaped as the CSV needs them."""
        person = person_of(self._numbers, user)
        login = f"{person.given.ascii}.{person.family.ascii}.{self._mark}{user}"
        email = f"{login}@{self._settings.domain}"
        phone_number = self._phone_numbers.of(user)
        match self._settings.username:
            case "email":
                username = email
            case "phone_number":
                username = phone_number
            case None:
                username = login
        row = {
            "cognito:username": username,
            "email": email,
            "email_verified": "true",
            "phone_number": phone_number,
            "phone_number_verified": "true" if phone_number else "false",
        }
        profile = Profile(person, login, self._settings.domain, user, self._numbers)
        for name, maker in self._makers:
            row[name] = maker(profile)
        for name, draw in self._draws:
            row[name] = draw.text(self._numbers.number(name, user))
        return row


def _mark(numbers: SeededNumbers) -> str:
    number, letters = numbers.number("mark"), []
    for _ in range(_MARK_LENGTH):
        number, at = divmod(number, len(_MARK_LETTERS))
        letters.append(_MARK_LETTERS[at])
    return "".join(letters)
