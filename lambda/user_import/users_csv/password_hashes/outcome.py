"""What becomes of one stored password hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..pool import HashingAlgorithm


class HashShape(NamedTuple):
    """All of a hash that Cognito reads but for the secret bytes.

    Attributes:
        algorithm: Cognito's algorithm.
        parameters: The version and the costs, as Cognito's form has them, such as `2b$10`.
        salt_bytes: Length of the salt.
        hash_bytes: Length of the hash.
    """

    algorithm: HashingAlgorithm
    parameters: str
    salt_bytes: int
    hash_bytes: int


@dataclass(frozen=True, slots=True)
class ConvertedHash:
    """A hash in Cognito's form, within Cognito's caps.

    Attributes:
        algorithm: Cognito's algorithm (`PasswordHashingAlgorithm` of CreateUserImportJob).
        text: The value of the column `password_hash`, commas not escaped. It is a secret, and not
            in the `repr`.
        shape: The rest of it, which is not a secret.
    """

    algorithm: HashingAlgorithm
    text: str = field(repr=False)
    shape: HashShape


@dataclass(frozen=True, slots=True)
class CostlyHash:
    """A hash of one of Cognito's algorithms that costs more than Cognito allows.

    Attributes:
        reason: The numbers, and those allowed.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class UnusableHash:
    """A hash of a form that Cognito has no algorithm for, or that does not say how it was made.

    Attributes:
        reason: Whose form it is, and why Cognito cannot take it.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class MalformedHash:
    """A hash that begins as one of a known form and is not whole.

    Attributes:
        reason: The form that it should have.
    """

    reason: str


Outcome = ConvertedHash | CostlyHash | UnusableHash | MalformedHash
