"""Exports of other identity providers: what their columns mean, and how to read them as a CSV.

What a provider has no column for is not guessed; docs/exports.md tells what to add, and where each
format is documented. Only ``export`` and ``presets`` are loaded before such a file is read.

A file's way: ``text`` (bytes to text), ``json_users`` (one user at a time), ``records`` (users to a
CSV, by way of ``spool``); a CSV passes ``inactive_rows`` on its way.
"""

from .export import Export, ExportError, ExportFormat
from .registry import EXPORTS

__all__ = ["EXPORTS", "Export", "ExportError", "ExportFormat"]
