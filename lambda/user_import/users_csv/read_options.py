"""How a user's file is to be read: its columns' names, what to add, how strictly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .exports import EXPORTS, ExportFormat
from .pool import USERNAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .exports import Export


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read.

    Attributes:
        columns: the pool's column for a column of the file; None leaves the column out. What is
            not named keeps its name.
        defaults: values for users whose own is blank, by the pool's column.
        constants: values for all users, by the pool's column, whatever the file has.
        export: the name of the ``ExportFormat`` that the file has; empty for a plain CSV.
        strict: whether what would have to be mended is an error.
        unit: what the user counts, ``line`` or ``record``.

    Raises:
        ValueError: a default or constant for the username.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    export: str = ""
    strict: bool = False
    unit: str = "line"

    def __post_init__(self) -> None:
        for given in (self.defaults, self.constants):
            if USERNAME in given:
                raise ValueError(
                    f"{USERNAME} cannot be the same for all users; it must come from a column."
                )

    @property
    def preset(self) -> Export | None:
        """How the export is read; None for a plain CSV."""
        return EXPORTS[ExportFormat(self.export)] if self.export else None

    @property
    def counted(self) -> str:
        """What the user counts in this file: ``line`` or ``record``."""
        return self.preset.unit if self.preset is not None else self.unit

    def to_json(self) -> dict[str, Any]:
        """Return what a custom resource's property carries; empty for a plain reading."""
        plain = Reading()
        return {
            name: dict(value) if name in ("columns", "defaults", "constants") else value
            for name in self.__slots__
            if (value := getattr(self, name)) != getattr(plain, name)
        }

    @classmethod
    def from_json(cls, value: Any) -> Reading:
        """Read what ``to_json`` returned.

        Raises:
            ValueError: it is something else.
        """
        plain = cls()
        if not isinstance(value, dict):
            raise ValueError("This is not how a file is read.")  # noqa: TRY004  one kind of error
        for name, given in value.items():
            usual = getattr(plain, name, None)
            if name not in cls.__slots__ or not isinstance(given, type(usual)):
                raise ValueError(f"{name} is not how a file is read.")
            if isinstance(given, dict) and not all(
                isinstance(each, str) or (each is None and name == "columns")
                for each in given.values()
            ):
                raise ValueError(f"{name} has values that are no text.")
        if export := value.get("export"):
            ExportFormat(export)
        return cls(**value)
