"""The limits of a CSV of users: Amazon Cognito's, and the library's own."""

from __future__ import annotations

from typing import NamedTuple

LONGEST_USERNAME = 128
"""Characters of a username (API reference, `UsernameType`)."""

LONGEST_VALUE = 2048
"""Characters of a value (Developer Guide, "User pool attributes")."""

LONGEST_EPOCH = 10
"""Digits of a time in seconds since 1970; with more of them it is in milliseconds or finer."""

_BYTES_OF_CHARACTER = 4
"""The most bytes that a character takes in UTF-8."""


class Limits(NamedTuple):
    """Cognito's limits (Developer Guide, "Quotas", user import job resource quotas), and ours.

    Attributes:
        row_characters: Characters of one row.
        job_users: Users of one job, the header not counted.
        job_bytes: Bytes of one job's file. MB is read as 10^6 bytes, the stricter of the two
            readings.
        jobs: Jobs of one import: as many as 40,000,000 users need, the quota of users of one pool
            (Developer Guide, "Quotas").
        line_gaps: Gaps of blank lines; this library's limit, so that line numbers can be exact.
        keys: Values that duplicate detection compares, one of each row and unique column; None for
            any number. More of them raise `TooManyKeysError`.
    """

    row_characters: int = 16_000
    job_users: int = 500_000
    job_bytes: int = 100_000_000
    jobs: int = 80
    line_gaps: int = 1_000
    keys: int | None = None

    @property
    def row_bytes(self) -> int:
        """Return the most bytes of a row in UTF-8; a longer one has too many characters."""
        return _BYTES_OF_CHARACTER * self.row_characters


LIMITS = Limits()
"""The limits of an import."""
