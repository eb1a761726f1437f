"""The options of a source that say how to read its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from ._lambda.user_import.users_csv import ExportFormat, ReadOptions, Unit, UserKind
from .messages import sources as messages
from .option_rules import check_default_or_constant, check_leave_out
from .records import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .password_hashes import PasswordHashes
    from .records import Targets, Value

T = TypeVar("T")


def read_options(
    export: ExportFormat | None,
    columns: Mapping[str, Targets] | None,
    defaults: Mapping[str, Value] | None,
    constants: Mapping[str, Value] | None,
    *,
    leave_out: Iterable[UserKind] | None = None,
    strict: bool = False,
    only_columns: bool = False,
    unit: Unit = Unit.LINE,
    encoding: str | None = None,
    password_hashes: PasswordHashes | None = None,
) -> ReadOptions:
    """Return the options of a source, checked.

    Raises:
        TypeError: A name or value has the wrong type.
        ValueError: The export format, the encoding or a kind of users is unknown, a value cannot be
            written, a column has a default and a constant, or users of a plain CSV are to be left
            out.
    """
    if export is not None and export not in list(ExportFormat):
        raise ValueError(
            messages.unknown_export([f"ExportFormat.{each.name}" for each in ExportFormat])
        )
    targets = {
        name: _targets(name, column) for name, column in _mapping("columns", columns).items()
    }
    check_default_or_constant(_mapping("defaults", defaults), _mapping("constants", constants))
    return ReadOptions(
        columns=targets,
        defaults=_texts("defaults", defaults),
        constants=_texts("constants", constants),
        export=None if export is None else ExportFormat(export),
        leave_out=_kinds(leave_out, export),
        strict=strict,
        only_columns=only_columns,
        unit=unit,
        encoding=encoding,
        password_hashes=password_hashes,
    )


def _kinds(
    leave_out: Iterable[UserKind] | None, export: ExportFormat | None
) -> frozenset[UserKind]:
    if leave_out is None:
        return frozenset()
    kinds = list(leave_out)
    if unknown := [each for each in kinds if each not in list(UserKind)]:
        known = [f"UserKind.{each.name}" for each in UserKind]
        raise ValueError(messages.unknown_user_kind(unknown[0], known))
    check_leave_out(kinds, export)
    return frozenset(map(UserKind, kinds))


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
    for name in given:
        if not isinstance(name, str):
            raise TypeError(messages.mapping_key_type(argument, name))
    return given


def _texts(argument: str, given: Mapping[str, Value] | None) -> dict[str, str]:
    return {name: csv_text(argument, name, value) for name, value in (given or {}).items()}
