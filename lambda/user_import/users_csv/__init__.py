r"""A CSV of users: read generously, checked by every known rule, written as Cognito takes it.

Cognito's dialect is not RFC 4180: there are no quotes, a comma inside a value is written ``\,``,
the file is UTF-8 without a byte order mark, and the order of the columns is free. Used at synth and
in Lambda alike.

A row's way: ``text`` (bytes to lines), ``translate`` (other dialects to Cognito's), ``block`` (all
rows at once, by ``row_pattern``), ``rows`` (the others exactly, by ``values``), ``jobs``.

Source: Amazon Cognito Developer Guide, "Importing users into user pools from a CSV file".
"""

from .dialect import DialectError, join_row, split_row
from .exports import ExportFormat
from .findings import Finding, Findings, place, shown
from .job_splitter import JobRows, Limits
from .mendings import told as told_mendings
from .pool import STANDARD_ATTRIBUTES, Attribute, Pool
from .read_options import Reading
from .rules import Mending, Rule
from .validate import Report, StagedUsers, check_file, check_users

__all__ = [
    "STANDARD_ATTRIBUTES",
    "Attribute",
    "DialectError",
    "ExportFormat",
    "Finding",
    "Findings",
    "JobRows",
    "Limits",
    "Mending",
    "Pool",
    "Reading",
    "Report",
    "Rule",
    "StagedUsers",
    "check_file",
    "check_users",
    "join_row",
    "place",
    "shown",
    "split_row",
    "told_mendings",
]
