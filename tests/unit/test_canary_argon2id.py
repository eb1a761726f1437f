"""Tests of argon2id in Python: the RFC's vector, and argon2-cffi."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import given, settings
from hypothesis import strategies as st

from user_import.canary.argon2id import argon2id

COSTS = [
    # KiB, passes, lanes
    (8, 1, 1),
    (11, 2, 1),  # 8 of the 11 are used
    (100, 2, 1),
    (1033, 1, 1),  # a segment has more than two blocks of addresses
    (71, 3, 3),
]
LENGTHS = [
    # salt, hash
    (8, 16),
    (16, 64),
    (40, 65),
    (9, 96),
    (16, 200),
]


def test_the_vector_of_rfc_9106_has_its_tag() -> None:
    """Section 5.3."""
    tag = argon2id(
        b"\1" * 32,
        b"\2" * 16,
        kib=32,
        times=3,
        lanes=4,
        length=32,
        secret=b"\3" * 8,
        associated_data=b"\4" * 12,
    )
    assert tag.hex(" ", 4) == (
        "0d640df5 8d78766c 08c037a3 4a8b53c9 d01ef045 2d75b65e b52520e9 6b01e659"
    )


@pytest.mark.parametrize("version", [16, 19])
@pytest.mark.parametrize(("kib", "times", "lanes"), COSTS)
def test_any_cost_has_the_hash_of_argon2_cffi(
    kib: int, times: int, lanes: int, version: int
) -> None:
    own = argon2id(
        b"password", b"a salt, 16 bytes", kib=kib, times=times, lanes=lanes, length=32,
        version=version,
    )  # fmt: skip
    assert own == hash_secret_raw(
        b"password", b"a salt, 16 bytes", times, kib, lanes, 32, Type.ID, version
    )


@pytest.mark.parametrize(("salt", "length"), LENGTHS)
def test_any_length_has_the_hash_of_argon2_cffi(salt: int, length: int) -> None:
    own = argon2id(b"password", bytes(salt), kib=16, times=2, lanes=1, length=length)
    assert own == hash_secret_raw(b"password", bytes(salt), 2, 16, 1, length, Type.ID)


class Input(NamedTuple):
    password: bytes
    salt: bytes
    kib: int
    times: int
    length: int
    version: int


@settings(max_examples=30, deadline=None)
@given(
    st.builds(
        Input,
        password=st.binary(max_size=200),
        salt=st.binary(min_size=8, max_size=64),
        kib=st.integers(8, 64),
        times=st.integers(1, 2),
        length=st.integers(4, 140),
        version=st.sampled_from([16, 19]),
    )
)
def test_any_input_has_the_hash_of_argon2_cffi(given_: Input) -> None:
    password, salt, kib, times, length, version = given_
    own = argon2id(password, salt, kib=kib, times=times, lanes=1, length=length, version=version)
    assert own == hash_secret_raw(password, salt, times, kib, 1, length, Type.ID, version)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", [16, 19])
def test_the_highest_cost_has_the_hash_of_argon2_cffi(version: int) -> None:
    own = argon2id(b"password", bytes(16), kib=19_456, times=2, lanes=1, length=32, version=version)
    assert own == hash_secret_raw(b"password", bytes(16), 2, 19_456, 1, 32, Type.ID, version)


@pytest.mark.parametrize(("kib", "lanes", "version"), [(7, 1, 19), (15, 2, 19), (8, 1, 17)])
def test_what_is_not_argon2_is_refused(kib: int, lanes: int, version: int) -> None:
    with pytest.raises(ValueError, match="8 KiB"):
        argon2id(b"", bytes(8), kib=kib, times=1, lanes=lanes, length=32, version=version)
