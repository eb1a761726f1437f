"""A source in a construct tree: what an import reads, and the rights for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._lambda.user_import.contract import PASSWORD_HASHES, Property, read_reading
from .argument_types import check_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from aws_cdk import aws_iam as iam

    from ._lambda.user_import.users_csv import ReadOptions
    from .synthetic.users import SyntheticUsers


@dataclass(frozen=True, slots=True)
class LocalUsers:
    """A file of users that synth can check.

    Attributes:
        path: The file.
        name: The name of the file in messages.
        content_hash: Changes when the content of the file does.
        reading: How to read the file.
    """

    path: Path
    name: str
    content_hash: str
    reading: ReadOptions

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A source in a construct tree, as `UserSource.bind` returns it.

    Attributes:
        properties: Properties of the custom resource: the object, the hash of its content, and how
            to read it.
        statements: The rights that the import's role needs to read the object.
        local: The file, if synth can see it. Default: None.
        synthetic: The users of `UserSource.synthetic`. Default: None.
        objects: The ARN of the objects, with a wildcard, where the source is a prefix. Default:
            None.
    """

    properties: Mapping[Property, str | None]
    statements: Sequence[iam.PolicyStatement]
    local: LocalUsers | None = None
    synthetic: SyntheticUsers | None = None
    objects: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def has_password_hashes(self) -> bool:
        """Whether the import takes password hashes."""
        reading = self.properties.get(Property.READING)
        return reading is not None and PASSWORD_HASHES in read_reading(reading)
