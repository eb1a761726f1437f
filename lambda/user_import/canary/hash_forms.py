"""How a hash of a shape is computed and written, and how many candidates are tried."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from ..users_csv.password_hashes import cognito_forms
from .argon2id import LEAST_KIB_OF_LANE, VERSIONS, argon2id
from .candidates import BCRYPT_BASE64, HEX, STANDARD_BASE64, Encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..users_csv.password_hashes import ConvertedHash, CostlyHash, HashShape

_ARGON2_WORK = 2 * cognito_forms.ARGON2_KIB * cognito_forms.ARGON2_TIMES
"""KiB times passes of one canary, unless one try of each shape costs more: two hashes of the
highest cost, 30 to 45 s of a processor (`benchmarks/canary_time.py`)."""

_SCRYPT_MEMORY = 1 << 27
"""More than the 64 MiB of the costliest scrypt that Cognito takes; OpenSSL allows 32 unasked."""

_MOST_TRIES = 256
"""Candidates to hash: one in four hashes of 32 bytes has both telling characters, and one in
thirteen of 16 bytes."""


class HashForm(NamedTuple):
    """One shape of hashes.

    Attributes:
        label: Derives the candidates, and finds the known hashes. Shapes whose hashes differ in
            the prefix only have the same.
        encoding: How the salt and the hash are written.
        write: Writes a salt and a hash in Cognito's form.
        derive: Computes the hash of a password and a salt; None for bcrypt.
        work: KiB times passes of one argon2id; 0 for the others, which OpenSSL computes.
    """

    label: str
    encoding: Encoding
    write: Callable[[bytes, bytes], ConvertedHash | CostlyHash]
    derive: Callable[[bytes, bytes], bytes] | None
    work: int = 0


def most_tries(work: int, others: int) -> int:
    """Return the most candidates to hash for a shape.

    Args:
        work: The shape's work.
        others: Number of shapes of argon2id whose hashes must be computed, this one included.
    """
    if work == 0:
        return _MOST_TRIES
    return max(1, min(_MOST_TRIES, _ARGON2_WORK // (work * max(1, others))))


def form_of(shape: HashShape) -> HashForm:
    """Return the form of a shape.

    Raises:
        ValueError: The parameters are not those of the algorithm, or no hash can have them.
    """
    form = _FORMS[shape.algorithm](shape)
    # `cognito_forms` is the one home of the limits. It comes before any work.
    outcome = form.write(bytes(shape.salt_bytes), bytes(shape.hash_bytes))
    if getattr(outcome, "shape", None) != shape:
        raise ValueError("it is not a shape of Cognito's")
    return form


def _bcrypt(shape: HashShape) -> HashForm:
    cost = shape.parameters.partition("$")[2]

    def write(salt: bytes, key: bytes) -> ConvertedHash | CostlyHash:
        encode = BCRYPT_BASE64.encode
        return cognito_forms.bcrypt(f"${shape.parameters}${encode(salt)}{encode(key)}")

    return HashForm(f"BCRYPT {cost}", BCRYPT_BASE64, write, None)


def _scrypt(shape: HashShape) -> HashForm:
    n, r, p = (int(each) for each in shape.parameters.split("$"))
    if n >= 1 << (16 * r):
        raise ValueError("N is less than 2^(16 * r) (RFC 7914, section 2)")

    def write(salt: bytes, key: bytes) -> ConvertedHash | CostlyHash:
        return cognito_forms.scrypt(n, r, p, salt=salt, key=key)

    def derive(password: bytes, salt: bytes) -> bytes:
        return hashlib.scrypt(
            password, salt=salt, n=n, r=r, p=p, maxmem=_SCRYPT_MEMORY, dklen=shape.hash_bytes
        )

    return HashForm(_label(shape), HEX, write, derive)


def _argon2id(shape: HashShape) -> HashForm:
    version, _, costs = shape.parameters.partition("$")
    v, m, t, p = (int(each.partition("=")[2]) for each in (version, *costs.split(",")))
    if v not in VERSIONS or m < LEAST_KIB_OF_LANE * p:
        raise ValueError("the version is 16 or 19, and m 8 or more a lane (RFC 9106, section 3.1)")

    def write(salt: bytes, key: bytes) -> ConvertedHash | CostlyHash:
        return cognito_forms.argon2id(v, m, t, p, salt=salt, key=key)

    def derive(password: bytes, salt: bytes) -> bytes:
        return argon2id(password, salt, kib=m, times=t, lanes=p, length=shape.hash_bytes, version=v)

    return HashForm(_label(shape), STANDARD_BASE64, write, derive, work=m * t)


def _pbkdf2(shape: HashShape) -> HashForm:
    iterations = int(shape.parameters)

    def write(salt: bytes, key: bytes) -> ConvertedHash | CostlyHash:
        return cognito_forms.pbkdf2_sha256(iterations, salt=salt, key=key)

    def derive(password: bytes, salt: bytes) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", password, salt, iterations, dklen=shape.hash_bytes)

    return HashForm(_label(shape), STANDARD_BASE64, write, derive)


def _label(shape: HashShape) -> str:
    return f"{shape.algorithm} {shape.parameters} {shape.salt_bytes} {shape.hash_bytes}"


_FORMS: Mapping[str, Callable[[HashShape], HashForm]] = {
    "BCRYPT": _bcrypt,
    "SCRYPT": _scrypt,
    "ARGON2ID": _argon2id,
    "PBKDF2_SHA256": _pbkdf2,
}
