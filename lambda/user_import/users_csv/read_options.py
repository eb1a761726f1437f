"""How a user's file is read, and the codec that carries it from the construct to the handler."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from .decoding import check_encoding
from .diagnostics import Unit
from .exports import EXPORTS, ExportFormat, ExportReading, UserKind
from .pool import PASSWORD_HASH, USERNAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .exports import Export, ExportNotes
    from .password_hashes import PasswordHashes


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read.

    Attributes:
        columns: The pool's column for a column of the file, or several of them; None leaves the
            column out. A column that is not among them keeps its name.
        defaults: Values for users whose own is blank, by the pool's column.
        constants: Values for all users, by the pool's column, whatever the file has.
        export: The provider's export format; None for a plain CSV.
        leave_out: Kinds of users of an export who are left out; an export with users of the other
            kinds is refused or warned about.
        strict: Whether a normalization is an error.
        only_columns: Whether columns that neither `columns` maps nor the pool has are left out.
        unit: Unit of the locations shown for a plain CSV.
        encoding: Python's name for the encoding of the file. None for UTF-8, and for UTF-16 with a
            byte order mark.
        password_hashes: Which password hashes are imported, of the column `password_hash` or of an
            export; None for none: an export's are not read then, and the column has to be blank.

    Raises:
        ValueError: There is a default or constant for the username, or the encoding is unknown.
    """

    columns: Mapping[str, str | tuple[str, ...] | None] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    export: ExportFormat | None = None
    leave_out: frozenset[UserKind] = frozenset()
    strict: bool = False
    only_columns: bool = False
    unit: Unit = Unit.LINE
    encoding: str | None = None
    password_hashes: PasswordHashes | None = None

    def __post_init__(self) -> None:
        for given in (self.defaults, self.constants):
            if USERNAME in given:
                raise ValueError(
                    f"{USERNAME} cannot be the same for all users; it must come from a column."
                )
        if self.encoding is not None:
            check_encoding(self.encoding)

    @property
    def export_reader(self) -> Export | None:
        """Return how the export is read; None for a plain CSV."""
        if self.export is None:
            return None
        export = EXPORTS[self.export]
        if self.password_hashes is None or not export.hashes:
            return export
        hashes = dict.fromkeys(export.hashes, PASSWORD_HASH)
        return export._replace(columns={**export.columns, **hashes})

    def to_csv(self, chunks: Iterable[bytes], notes: ExportNotes) -> Iterable[bytes]:
        """Return the CSV of the users: a plain one as it is, that of an export by its reader.

        Args:
            chunks: The file's bytes, in pieces of any size, in UTF-8 or UTF-16.
            notes: Receives what the reader notes.

        Raises:
            ExportError: The file is not such an export; raised when the CSV is read.
        """
        export = self.export_reader
        if export is None:
            return chunks
        mapped = {name: as_tuple(column) for name, column in self.columns.items()}
        taken = {*self.constants, *chain.from_iterable(mapped.values())}
        unused = (
            name for name, column in export.columns.items() if name in mapped or column in taken
        )
        reading = ExportReading(
            columns=frozenset(name for name, targets in mapped.items() if targets),
            unused=frozenset(unused),
            leave_out=self.leave_out,
            notes=notes,
            hashes=self._hash_columns(export, mapped),
        )
        return export.to_csv(chunks, reading)

    def _hash_columns(
        self, export: Export, mapped: Mapping[str, tuple[str, ...]]
    ) -> frozenset[str]:
        """Return the columns of an export that have the hashes which the import takes."""
        if self.password_hashes is None:
            return frozenset()
        own = {name for name in export.hashes if name not in mapped}
        return frozenset(own.union(name for name in mapped if PASSWORD_HASH in mapped[name]))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object for the custom resource; empty where every option is the default.

        `from_json` reads it. The keys are a contract between versions of the library.
        """
        options: dict[str, Any] = {
            "columns": {
                name: list(column) if isinstance(column, tuple) else column
                for name, column in self.columns.items()
            },
            "defaults": dict(self.defaults),
            "constants": dict(self.constants),
            "export": "" if self.export is None else self.export.value,
            "leave_out": sorted(self.leave_out),
            "strict": self.strict,
            "only_columns": self.only_columns,
            "unit": "" if self.unit is Unit.LINE else self.unit.value,
            "encoding": self.encoding,
            "password_hashes": (
                None if self.password_hashes is None else self.password_hashes.to_json()
            ),
        }
        return {name: value for name, value in options.items() if value}

    @classmethod
    def from_json(cls, value: Any) -> ReadOptions:
        """Read the JSON object that `to_json` returned.

        Raises:
            ValueError: It is not such an object. The text contains no value.
        """
        if not isinstance(value, dict):
            raise ValueError("invalid read options: expected a JSON object")  # noqa: TRY004
        options: dict[str, Any] = {}
        for name, given in value.items():
            if name not in _READERS:
                raise ValueError(f"invalid read options: unknown option {name}")
            try:
                options[name] = _READERS[name](given)
            except (TypeError, ValueError) as error:
                raise ValueError(f"invalid read options: invalid {name}") from error
        return cls(**options)


def as_tuple(columns: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return a value of `columns` as the columns of the pool; none for a column left out."""
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _columns(value: Any) -> dict[str, str | tuple[str, ...] | None]:
    if not isinstance(value, dict):
        raise TypeError
    return {name: _column(column) for name, column in value.items()}


def _column(value: Any) -> str | tuple[str, ...] | None:
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError
    return tuple(value)


def _values(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise TypeError
    return value


def _leave_out(value: Any) -> frozenset[UserKind]:
    if not isinstance(value, list):
        raise TypeError
    return frozenset(map(UserKind, value))


def _encoding(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    check_encoding(value)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _password_hashes(value: Any) -> PasswordHashes:
    from .password_hashes import PasswordHashes  # noqa: PLC0415  few imports have hashes

    return PasswordHashes.from_json(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "columns": _columns,
    "defaults": _values,
    "constants": _values,
    "export": ExportFormat,
    "leave_out": _leave_out,
    "strict": _flag,
    "only_columns": _flag,
    "unit": Unit,
    "encoding": _encoding,
    "password_hashes": _password_hashes,
}
