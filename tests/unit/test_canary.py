"""Tests of the canary's users: each has the asked hash, and a misread hash signs nobody in."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from helpers.stored_hashes import LETTERS, decoder, parts_of, right, signs_in, verifies

from user_import.canary import (
    MOST_SHAPES,
    CanaryUser,
    ImpossibleShapeError,
    TooManyShapesError,
    canary_users,
    most_common,
)
from user_import.canary.hash_forms import most_tries
from user_import.canary.known_hashes import KNOWN_HASHES
from user_import.users_csv.password_hashes import ConvertedHash, HashShape
from user_import.users_csv.password_hashes.conversion import convert

if TYPE_CHECKING:
    from helpers.stored_hashes import Decode

Algorithm = Literal["BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"]

BCRYPT = [
    *(HashShape("BCRYPT", f"2b${cost:02d}", 16, 23) for cost in range(4, 13)),
    *(HashShape("BCRYPT", f"{version}$05", 16, 23) for version in ("2a", "2x", "2y")),
]
SCRYPT = [
    HashShape("SCRYPT", "16384$8$1", 16, 64),
    HashShape("SCRYPT", "65536$8$1", 64, 32),
    HashShape("SCRYPT", "2$1$1", 1, 33),
]
QUICK_PBKDF2 = [
    HashShape("PBKDF2_SHA256", "27500", 16, 32),
    HashShape("PBKDF2_SHA256", "1", 1, 32),
    HashShape("PBKDF2_SHA256", "1", 2, 32),
    HashShape("PBKDF2_SHA256", "1", 200, 32),
]
PBKDF2 = [*QUICK_PBKDF2, HashShape("PBKDF2_SHA256", "600000", 12, 32)]
QUICK_ARGON2ID = [
    HashShape("ARGON2ID", "v=19$m=8,t=1,p=1", 16, 32),
    HashShape("ARGON2ID", "v=16$m=8,t=2,p=1", 8, 16),
    HashShape("ARGON2ID", "v=19$m=64,t=2,p=1", 22, 24),
    HashShape("ARGON2ID", "v=19$m=9,t=1,p=1", 64, 128),
]
KNOWN_ARGON2ID = [
    HashShape("ARGON2ID", f"v=19$m={kib},t={times},p=1", salt, length)
    for kib in (19_456, 16_384)
    for times in (2, 1)
    for salt, length in ((16, 32), (16, 16), (16, 64), (32, 32))
]
SHAPES = [*BCRYPT, *SCRYPT, *PBKDF2, *QUICK_ARGON2ID, *KNOWN_ARGON2ID]
TELLING = {"BCRYPT": "./", "SCRYPT": "", "ARGON2ID": "+/", "PBKDF2_SHA256": "+/"}
MISREADINGS = {
    "passlib's alphabet": decoder(f"{LETTERS}./"),
    "passlib's alphabet, other characters skipped": decoder(f"{LETTERS}./", skips=True),
    "the alphabet for URLs": decoder(f"{LETTERS}-_"),
    "the alphabet for URLs, other characters skipped": decoder(f"{LETTERS}-_", skips=True),
    "+ and / swapped": decoder(f"{LETTERS}/+"),
    "bcrypt's alphabet": decoder(f"./{LETTERS}"),
    "the text": str.encode,
}
BCRYPT_MISREADINGS = {
    "the standard alphabet": decoder(f"{LETTERS}+/"),
    "the standard alphabet, other characters skipped": decoder(f"{LETTERS}+/", skips=True),
    "passlib's alphabet": decoder(f"{LETTERS}./"),
    ". and / swapped": decoder(f"/.{LETTERS}"),
    "the text": str.encode,
}


def name_of(shape: HashShape) -> str:
    return " ".join(map(str, shape))


def user_of(shape: HashShape) -> CanaryUser:
    (user,) = canary_users([shape], run="a run")
    return user


@pytest.fixture(scope="module")
def users() -> dict[HashShape, CanaryUser]:
    batches = (SHAPES[at : at + MOST_SHAPES] for at in range(0, len(SHAPES), MOST_SHAPES))
    return {user.shape: user for batch in batches for user in canary_users(batch, run="a run")}


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
def test_a_user_has_a_hash_of_the_asked_shape(
    users: dict[HashShape, CanaryUser], shape: HashShape
) -> None:
    converted = convert(users[shape].password_hash)
    assert isinstance(converted, ConvertedHash)
    assert converted.shape == shape
    assert converted.text == users[shape].password_hash


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
def test_the_hash_is_that_of_the_password(
    users: dict[HashShape, CanaryUser], shape: HashShape
) -> None:
    user = users[shape]
    assert verifies(user.password, user.password_hash, shape.algorithm)
    assert not verifies(f"{user.password}!", user.password_hash, shape.algorithm)


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
def test_salt_and_hash_have_the_characters_that_tell_alphabets_apart(
    users: dict[HashShape, CanaryUser], shape: HashShape
) -> None:
    salt, key = parts_of(users[shape].password_hash, shape.algorithm)
    telling = TELLING[shape.algorithm]
    # A salt of one byte has one character of six free bits.
    assert set(telling[: shape.salt_bytes]) <= set(salt)
    assert set(telling) <= set(key)


@pytest.mark.parametrize("shape", BCRYPT, ids=name_of)
def test_a_password_means_the_same_to_every_version_of_bcrypt(
    users: dict[HashShape, CanaryUser], shape: HashShape
) -> None:
    assert users[shape].password.isascii()
    assert len(users[shape].password) < 72


def test_the_versions_of_bcrypt_have_the_same_salt_and_hash(
    users: dict[HashShape, CanaryUser],
) -> None:
    of_cost_5 = [user for shape, user in users.items() if shape.parameters[2:] == "$05"]
    assert len(of_cost_5) == 4
    assert len({user.password_hash[3:] for user in of_cost_5}) == 1
    assert len({user.username for user in of_cost_5}) == 4


@pytest.mark.parametrize("misread", MISREADINGS)
@pytest.mark.parametrize("shape", [*QUICK_PBKDF2, *QUICK_ARGON2ID], ids=name_of)
def test_nobody_signs_in_where_a_hash_is_misread(
    users: dict[HashShape, CanaryUser], shape: HashShape, misread: str
) -> None:
    fails_to_sign_in(users[shape], MISREADINGS[misread])


@pytest.mark.parametrize("misread", BCRYPT_MISREADINGS)
@pytest.mark.parametrize("shape", BCRYPT[:2], ids=name_of)
def test_nobody_signs_in_where_bcrypt_is_misread(
    users: dict[HashShape, CanaryUser], shape: HashShape, misread: str
) -> None:
    fails_to_sign_in(users[shape], BCRYPT_MISREADINGS[misread])


def fails_to_sign_in(user: CanaryUser, wrong: Decode) -> None:
    """The salt is misread, the hash is, and both are."""
    algorithm = user.shape.algorithm
    good = right(algorithm)
    for salt_of, key_of in [(wrong, good), (good, wrong), (wrong, wrong)]:
        assert not signs_in(user.password, user.password_hash, algorithm, salt_of, key_of)
    assert signs_in(user.password, user.password_hash, algorithm, good, good)


def test_another_run_has_the_same_hashes_and_other_usernames() -> None:
    shapes = [BCRYPT[0], SCRYPT[0], *QUICK_ARGON2ID, PBKDF2[0]]
    first, again, other = (canary_users(shapes, run=run) for run in ("a run", "a run", "another"))
    assert first == again
    assert [user.password_hash for user in first] == [user.password_hash for user in other]
    assert not {user.username for user in first} & {user.username for user in other}


PINNED = {
    HashShape("PBKDF2_SHA256", "1000", 16, 32): (
        "Correct-Horse-6-b75fcmxd",
        "$pbkdf2-sha256$1000$alS8ojqg3X+F5hcfBm/UAg$X9jKMz/2IiMR377zkmZVlYZK7CYFAlN+uBgNlKSCPnY",
    ),
    HashShape("ARGON2ID", "v=19$m=8,t=1,p=1", 16, 32): (
        "Correct-Horse-12-dsaap34u",
        (
            "$argon2id$v=19$m=8,t=1,p=1$QOrLdeDXA+63seJKWL/1vA"
            "$4xMAFWDRtvc+G6t4MUjlfP4z2I20/RrZHptF/pfmaA4"
        ),
    ),
}


@pytest.mark.parametrize("shape", PINNED, ids=name_of)
def test_every_version_of_python_makes_the_same_user(shape: HashShape) -> None:
    user = user_of(shape)
    assert (user.password, user.password_hash) == PINNED[shape]


def test_users_differ_in_username_and_password() -> None:
    made = canary_users([SCRYPT[0], SCRYPT[2], PBKDF2[0], BCRYPT[0]], run="a run")
    assert len({user.username for user in made}) == 4
    assert len({user.password for user in made}) == 4


def test_equal_shapes_have_one_user() -> None:
    assert len(canary_users([SCRYPT[2], SCRYPT[2]], run="a run")) == 1


def test_a_user_shows_neither_password_nor_hash() -> None:
    user = user_of(SCRYPT[2])
    assert user.password not in repr(user)
    assert user.password_hash not in repr(user)


def test_more_shapes_than_a_canary_checks_are_refused_with_their_number() -> None:
    many = [HashShape("PBKDF2_SHA256", f"{each}", 16, 32) for each in range(1, MOST_SHAPES + 2)]
    with pytest.raises(TooManyShapesError, match="21 different") as caught:
        canary_users(many, run="a run")
    assert caught.value.count == 21
    assert str(MOST_SHAPES) in str(caught.value)


def test_the_first_shapes_are_chosen_where_there_are_more() -> None:
    many = [HashShape("PBKDF2_SHA256", f"{each}", 16, 32) for each in range(1, 50)]
    assert most_common([many[0], *many]) == tuple(many[:MOST_SHAPES])
    assert most_common(many[:3]) == tuple(many[:3])


IMPOSSIBLE: list[tuple[Algorithm, str, int, int]] = [
    ("BCRYPT", "2b$13", 16, 23),
    ("BCRYPT", "2b$03", 16, 23),
    ("BCRYPT", "2c$10", 16, 23),
    ("BCRYPT", "2b$10", 15, 23),
    ("SCRYPT", "65536$1$1", 16, 32),  # N is less than 2^(16 * r)
    ("SCRYPT", "16384$8$2", 16, 32),
    ("SCRYPT", "16384$8", 16, 32),
    ("SCRYPT", "16384$8$1", 16, 31),
    ("ARGON2ID", "v=19$m=7,t=1,p=1", 16, 32),
    ("ARGON2ID", "v=19$m=19457,t=1,p=1", 16, 32),
    ("ARGON2ID", "v=18$m=8,t=1,p=1", 16, 32),
    ("ARGON2ID", "m=8,t=1,p=1", 16, 32),
    ("ARGON2ID", "v=19$m=8,t=1,p=1", 7, 32),
    ("PBKDF2_SHA256", "600001", 16, 32),
    ("PBKDF2_SHA256", "0", 16, 32),
    ("PBKDF2_SHA256", "many", 16, 32),
    ("PBKDF2_SHA256", "1", 16, 64),  # the conversion cuts a hash to 32 bytes
    ("PBKDF2_SHA256", "1", 0, 32),
]


@pytest.mark.parametrize("parts", IMPOSSIBLE, ids=str)
def test_a_shape_that_no_hash_has_is_refused_by_name(
    parts: tuple[Algorithm, str, int, int],
) -> None:
    shape = HashShape(*parts)
    with pytest.raises(ImpossibleShapeError) as caught:
        user_of(shape)
    assert caught.value.shape == shape
    assert shape.algorithm in str(caught.value)
    assert shape.parameters in str(caught.value)


COSTLIEST = 19_456 * 2


@pytest.mark.parametrize(
    ("work", "shapes", "tries"),
    [(0, 0, 256), (8, 1, 256), (COSTLIEST, 1, 2), (COSTLIEST, 2, 1), (COSTLIEST, 20, 1)],
)
def test_the_costlier_argon2id_is_the_fewer_candidates_are_tried(
    work: int, shapes: int, tries: int
) -> None:
    assert most_tries(work, shapes) == tries


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hash_of_the_highest_cost_that_is_not_known_is_computed() -> None:
    user = user_of(HashShape("ARGON2ID", "v=16$m=19456,t=2,p=1", 16, 32))
    assert verifies(user.password, user.password_hash, "ARGON2ID")
    salt, _ = parts_of(user.password_hash, "ARGON2ID")
    assert set("+/") <= set(salt)


@pytest.mark.slow
def test_the_known_hashes_are_those_of_the_script() -> None:
    script = Path(__file__).parent / "canary" / "make_known_hashes.py"
    made: dict[str, object] = runpy.run_path(str(script))["known_hashes"]()
    assert made == KNOWN_HASHES
