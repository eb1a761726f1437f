"""Makes the synthetic users of a canary: one for each shape of the people's password hashes."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ..text import digest
from ..users_csv.password_hashes import ConvertedHash
from .candidates import candidate
from .errors import MOST_SHAPES, ImpossibleShapeError, TooManyShapesError
from .hash_forms import form_of, most_tries
from .known_hashes import KNOWN_HASHES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..users_csv.password_hashes import HashShape
    from .hash_forms import HashForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryUser:
    """A synthetic user.

    Attributes:
        username: The username, unique to the run and the shape.
        password: The password that the user signs in with; ASCII.
        password_hash: Its hash in Cognito's form, commas not escaped.
        shape: The shape of the hash; its algorithm is that of the user's import job.
    """

    username: str
    password: str = field(repr=False)
    password_hash: str = field(repr=False)
    shape: HashShape


def most_common(shapes: Iterable[HashShape]) -> tuple[HashShape, ...]:
    """Return the first `MOST_SHAPES` different shapes.

    Args:
        shapes: The shapes, those of most users first.
    """
    return tuple(islice(dict.fromkeys(shapes), MOST_SHAPES))


def canary_users(shapes: Iterable[HashShape], *, run: str) -> tuple[CanaryUser, ...]:
    """Make one user for each shape, in the order of the shapes.

    The same shapes give the same passwords and hashes. The text of a hash has the characters which
    variants of base64 write differently, in salt and hash. Argon2id of a high cost, or of many
    shapes, is tried a few times only, so that its hash may lack one; its salt has them.

    Args:
        shapes: Shapes of converted hashes, `MOST_SHAPES` different ones at most.
        run: Names the execution; another one has other usernames, so that two imports do not meet
            in the canary's user pool, and a user left by a killed execution does not count as new.

    Raises:
        TooManyShapesError: There are more shapes.
        ImpossibleShapeError: A shape is not one of a converted hash.
    """
    shapes = tuple(dict.fromkeys(shapes))
    if len(shapes) > MOST_SHAPES:
        raise TooManyShapesError(len(shapes))
    forms = {shape: _form(shape) for shape in shapes}
    slow = sum(form.work > 0 and form.label not in KNOWN_HASHES for form in forms.values())
    return tuple(
        _user(shape, form, most_tries(form.work, slow), run) for shape, form in forms.items()
    )


def _form(shape: HashShape) -> HashForm:
    try:
        return form_of(shape)
    except ValueError:
        raise ImpossibleShapeError(shape) from None


def _user(shape: HashShape, form: HashForm, tries: int, run: str) -> CanaryUser:
    password, salt, key = _hashed(shape, form, tries)
    hashed = form.write(salt, key)
    assert isinstance(hashed, ConvertedHash)
    return CanaryUser(
        username=f"canary-{digest(run, *map(str, shape))}",
        password=password,
        password_hash=hashed.text,
        shape=shape,
    )


def _hashed(shape: HashShape, form: HashForm, tries: int) -> tuple[str, bytes, bytes]:
    """Return a password, a salt, and the hash of both that has the most telling characters."""
    if known := KNOWN_HASHES.get(form.label):
        attempt, text = known
        password, salt = candidate(form.label, attempt, shape.salt_bytes, form.encoding)
        return password, salt, bytes.fromhex(text)
    assert form.derive is not None  # every bcrypt that Cognito takes is known
    wanted = form.encoding.wanted(shape.hash_bytes)
    best: tuple[list[bool], tuple[str, bytes, bytes]] | None = None
    for attempt in range(tries):
        password, salt = candidate(form.label, attempt, shape.salt_bytes, form.encoding)
        key = form.derive(password.encode(), salt)
        text = form.encoding.encode(key)
        found = [character in text for character in wanted]
        if best is None or found > best[0]:
            best = found, (password, salt, key)
        if all(found):
            break
    assert best is not None
    return best[1]
