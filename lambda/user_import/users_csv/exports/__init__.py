"""Exports of other identity providers: the meaning of their columns, and readers to CSV.

Attributes that a provider has no column for are not guessed; docs/exports.md says what to add, and
where each format is documented. Only `export` and `registry` are loaded before such a file is read.

The way of a file: `text_reader` (bytes to text), then `json_list` or `csv_users` (one user at a
time) and `spooled_csv`; or, for a CSV that is passed through, `csv_filter`. `user_tally` counts the
users who are not imported.
"""

from .export import (
    LEFT_OUT,
    Export,
    ExportError,
    ExportFormat,
    ExportNotes,
    ExportReading,
    UserKind,
)
from .registry import EXPORTS

__all__ = [
    "EXPORTS",
    "LEFT_OUT",
    "Export",
    "ExportError",
    "ExportFormat",
    "ExportNotes",
    "ExportReading",
    "UserKind",
]
