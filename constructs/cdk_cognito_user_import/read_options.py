"""The options of a source that say how to read its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from ._lambda.user_import.users_csv import ExportFormat, ReadOptions
from .messages import arguments
from .messages import sources as messages
from .records import csv_text

if TYPE_CHECKING:
    from .records import Value

T = TypeVar("T")


def read_options(
    export: ExportFormat | None,
    columns: Mapping[str, str | None] | None,
    defaults: Mapping[str, Value] | None,
    constants: Mapping[str, Value] | None,
    *,
    strict: bool,
    encoding: str | None,
) -> ReadOptions:
    """Return the options of a source, checked.

    Raises:
        TypeError: An option has the wrong type.
        ValueError: The export format or the encoding is unknown, a value cannot be written, or a
            column has a default and a constant.
    """
    if not isinstance(strict, bool):
        raise TypeError(arguments.wrong_type("strict", strict))
    if encoding is not None and not isinstance(encoding, str):
        raise TypeError(arguments.wrong_type("encoding", encoding))
    if export is not None and export not in list(ExportFormat):
        raise ValueError(
            messages.unknown_export([f"ExportFormat.{each.name}" for each in ExportFormat])
        )
    for name, column in _mapping("columns", columns).items():
        if not (column is None or isinstance(column, str)):
            raise TypeError(messages.column_type(name, column))
    if both := {*_mapping("defaults", defaults)} & {*_mapping("constants", constants)}:
        raise ValueError(messages.default_and_constant(sorted(both)))
    return ReadOptions(
        columns=dict(columns or {}),
        defaults=_texts("defaults", defaults),
        constants=_texts("constants", constants),
        export=None if export is None else ExportFormat(export),
        strict=strict,
        encoding=encoding,
    )


def _mapping(argument: str, given: Mapping[str, T] | None) -> Mapping[str, T]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(messages.mapping_type(argument, given))
    for name in given:
        if not isinstance(name, str):
            raise TypeError(messages.mapping_key_type(argument, name))
    return given


def _texts(argument: str, given: Mapping[str, Value] | None) -> dict[str, str]:
    return {name: csv_text(argument, name, value) for name, value in (given or {}).items()}
