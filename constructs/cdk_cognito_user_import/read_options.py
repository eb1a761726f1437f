"""The options of a source that say how to read its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from ._lambda.user_import.users_csv import ExportFormat, ReadOptions, Unit
from .messages import arguments
from .messages import sources as messages
from .records import csv_text

if TYPE_CHECKING:
    from .records import Targets, Value

T = TypeVar("T")


def read_options(
    export: ExportFormat | None,
    columns: Mapping[str, Targets] | None,
    defaults: Mapping[str, Value] | None,
    constants: Mapping[str, Value] | None,
    *,
    strict: bool = False,
    only_columns: bool = False,
    unit: Unit = Unit.LINE,
) -> ReadOptions:
    """Return the options of a source, checked.

    Raises:
        TypeError: An option has the wrong type.
        ValueError: The export format is unknown, a value cannot be written, or a column has a
            default and a constant.
    """
    for argument, flag in (("strict", strict), ("only_columns", only_columns)):
        if not isinstance(flag, bool):
            raise TypeError(arguments.wrong_type(argument, flag))
    if export is not None and export not in list(ExportFormat):
        raise ValueError(
            messages.unknown_export([f"ExportFormat.{each.name}" for each in ExportFormat])
        )
    targets = {
        name: _targets(name, column) for name, column in _mapping("columns", columns).items()
    }
    if both := {*_mapping("defaults", defaults)} & {*_mapping("constants", constants)}:
        raise ValueError(messages.default_and_constant(sorted(both)))
    return ReadOptions(
        columns=targets,
        defaults=_texts("defaults", defaults),
        constants=_texts("constants", constants),
        export=None if export is None else ExportFormat(export),
        strict=strict,
        only_columns=only_columns,
        unit=unit,
    )


def _targets(name: str, given: object) -> str | tuple[str, ...] | None:
    """Return the user pool's columns of a column of the file."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, Sequence) and given and all(isinstance(each, str) for each in given):
        return tuple(given)
    raise TypeError(messages.column_type(name, given))


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
