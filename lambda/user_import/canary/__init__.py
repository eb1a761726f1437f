"""Synthetic users that show whether Cognito reads password hashes as this import writes them.

Cognito imports a hash that it misreads like any other, and the user cannot sign in (inferred from
the Developer Guide, "Importing users with password hashes"). So, before people are imported, a
canary imports one user with a known password for each shape of their hashes, into a user pool of
its own, and signs in as each. `users` makes them and `csv_file` writes their file; this package
calls no AWS service.
"""

from .csv_file import canary_csv
from .errors import (
    MOST_SHAPES,
    CanaryColumnsError,
    CanaryError,
    ImpossibleShapeError,
    TooManyShapesError,
)
from .users import CanaryUser, canary_users, most_common

__all__ = [
    "MOST_SHAPES",
    "CanaryColumnsError",
    "CanaryError",
    "CanaryUser",
    "ImpossibleShapeError",
    "TooManyShapesError",
    "canary_csv",
    "canary_users",
    "most_common",
]
