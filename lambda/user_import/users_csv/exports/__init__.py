"""Exports of other identity providers: the meaning of their columns, and readers to CSV.

Attributes that a provider has no column for are not guessed; docs/exports.md says what to add, and
where each format is documented. Only `export` and `registry` are loaded before such a file is read.

The way of a file: `text_reader` (bytes to text), then `json_to_csv` (one user at a time) or, for a
CSV, `disabled_users`.
"""

from .export import Export, ExportError, ExportFormat
from .registry import EXPORTS

__all__ = ["EXPORTS", "Export", "ExportError", "ExportFormat"]
