"""Why a canary cannot be made. The texts have nothing of a user but the shape of a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..users_csv.password_hashes import HashShape

MOST_SHAPES = 20
"""Shapes that one canary checks."""


class CanaryError(ValueError):
    """A canary cannot be made."""


class TooManyShapesError(CanaryError):
    """There are more shapes than one canary checks; `most_common` chooses among them.

    Attributes:
        count: Number of shapes.
    """

    def __init__(self, count: int) -> None:
        super().__init__(
            f"the password hashes have {count:,} different combinations of algorithm, parameters "
            f"and lengths, and a canary checks {MOST_SHAPES} at most; split the users into several "
            "imports"
        )
        self.count = count


class ImpossibleShapeError(CanaryError):
    """No hash has this shape, or Cognito takes none of it.

    Attributes:
        shape: The shape.
    """

    def __init__(self, shape: HashShape) -> None:
        super().__init__(
            f"no password can have a hash of {shape.algorithm} with the parameters "
            f"{shape.parameters}, a salt of {shape.salt_bytes} bytes and a hash of "
            f"{shape.hash_bytes} bytes within Cognito's limits; remove these hashes from the file"
        )
        self.shape = shape


class CanaryColumnsError(CanaryError):
    """The pool's header lacks columns that a canary needs.

    Attributes:
        columns: The columns that are missing.
    """

    def __init__(self, columns: Iterable[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(
            f"the canary's user pool has no column {', '.join(self.columns)} in the answer of "
            "GetCSVHeader, and its users need it"
        )
