"""The content of a compressed file of `from_file` is the decompressed one."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from helpers.imports import import_into
from helpers.synthesis import synthesise
from helpers.templates import text

from cdk_cognito_user_import import UserSource
from cdk_cognito_user_import._lambda.user_import.contract import RESOURCE_TYPE, Property

if TYPE_CHECKING:
    from pathlib import Path

    from aws_cdk import Stack

CONTENT = b"cognito:username,email,email_verified\r\nada,ada@example.com,true\r\n"


def properties(path: Path, content: bytes) -> dict[str, Any]:
    """Return the properties of the import of a file."""
    path.write_bytes(content)

    def build(stack: Stack) -> None:
        import_into(stack, source=UserSource.from_file(path))

    (resource,) = synthesise(build).resources(RESOURCE_TYPE).values()
    found: dict[str, Any] = resource["Properties"]
    return found


def test_another_compression_of_the_same_content_changes_no_property(tmp_path: Path) -> None:
    file = tmp_path / "users.csv.gz"
    quick = properties(file, gzip.compress(CONTENT, 1))
    small = properties(file, gzip.compress(CONTENT, 9, mtime=7) + gzip.compress(b""))
    assert small == quick
    assert text(quick[Property.SOURCE_KEY]).endswith(".gz")


def test_a_compressed_file_has_the_content_of_the_plain_one(tmp_path: Path) -> None:
    plain = properties(tmp_path / "users.csv", CONTENT)
    compressed = properties(tmp_path / "users.csv.gz", gzip.compress(CONTENT))
    other = properties(tmp_path / "users.csv.gz", gzip.compress(CONTENT + b"\r\n"))
    assert compressed[Property.SOURCE_HASH] == plain[Property.SOURCE_HASH]
    assert other[Property.SOURCE_HASH] != plain[Property.SOURCE_HASH]
