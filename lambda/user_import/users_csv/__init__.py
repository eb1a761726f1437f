r"""Reads a CSV of users, validates it by every known rule, and writes it as Cognito accepts it.

Cognito's dialect is not RFC 4180: there are no quotes, a comma inside a value is written `\,`, the
file is UTF-8 without a byte order mark, and the order of the columns is free. The construct uses it
at synth and the worker in the deployment.

The way of a row: `file_reader` (a file as the lines of a CSV: `compression`, `exports`, and
`decoding` for bytes to batches of lines; `files_reader` for several files), `file_type` and
`column_mapping` (the header), `normalize` (other dialects to Cognito's), `batch` (`fast_path` for
most rows, `row_validator` for the others, by the rules of `values`), `staged_rows`, `job_splitter`.
Findings and normalizations are collected in `diagnostics`; their texts are in `messages`. The
package `password_hashes`, with the class `PasswordHashes`, is loaded only for an import of hashes.

Source: Amazon Cognito Developer Guide, "Importing users into user pools from a CSV file".
"""

from .compression import GZIP, Uncompressed
from .decoding import EncodingError, Transcoder, decoded_text, raising
from .diagnostics import (
    Finding,
    Location,
    Unit,
    describe_left_out,
    describe_normalizations,
    printable_name,
)
from .dialect import join_row
from .exports import LEFT_OUT, ExportError, ExportFormat, ExportNotes, UserKind
from .file_places import FilePlaces, SourceFile
from .job_splitter import JobRows
from .limits import Limits
from .pool import PASSWORD_HASH, STANDARD_ATTRIBUTES, Attribute, HashingAlgorithm, Pool
from .read_options import ReadOptions
from .rules import Normalization, Rule
from .staged_rows import hashed_header
from .validate import check_users, header_findings, validate_file, validate_files, validate_users
from .validation_report import StagedUsers, ValidationReport

__all__ = [
    "GZIP",
    "LEFT_OUT",
    "PASSWORD_HASH",
    "STANDARD_ATTRIBUTES",
    "Attribute",
    "EncodingError",
    "ExportError",
    "ExportFormat",
    "ExportNotes",
    "FilePlaces",
    "Finding",
    "HashingAlgorithm",
    "JobRows",
    "Limits",
    "Location",
    "Normalization",
    "Pool",
    "ReadOptions",
    "Rule",
    "SourceFile",
    "StagedUsers",
    "Transcoder",
    "Uncompressed",
    "Unit",
    "UserKind",
    "ValidationReport",
    "check_users",
    "decoded_text",
    "describe_left_out",
    "describe_normalizations",
    "hashed_header",
    "header_findings",
    "join_row",
    "printable_name",
    "raising",
    "validate_file",
    "validate_files",
    "validate_users",
]
