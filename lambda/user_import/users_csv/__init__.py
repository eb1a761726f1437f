r"""Cognito's CSV dialect: write it, read it, check it.

The dialect is not RFC 4180: there are no quotes, a comma inside a value is written ``\,``, the
file is UTF-8 without a byte order mark, and the order of the columns is free. Used at synth and in
Lambda alike.

Source: Amazon Cognito Developer Guide, "Importing users into user pools from a CSV file".
"""

from .check import JobRows, Limits, StagedUsers, check_users
from .dialect import join_row, split_row
from .problems import Problems

__all__ = [
    "JobRows",
    "Limits",
    "Problems",
    "StagedUsers",
    "check_users",
    "join_row",
    "split_row",
]
