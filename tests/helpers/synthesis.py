"""Synthesise a stack in this process."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import App, Stack

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Synthesised:
    """One stack of a cloud assembly."""

    name: str
    folder: Path
    stem: str = ""
    """How the names of the stack's files begin; empty where that is the stack's name."""

    @property
    def template(self) -> dict[str, Any]:
        template: dict[str, Any] = json.loads(self.template_body)
        return template

    @property
    def template_body(self) -> str:
        return self.template_path.read_text()

    @property
    def template_path(self) -> Path:
        """The file of the template, which a test may change before it deploys the stack."""
        return self.folder / f"{self.stem or self.name}.template.json"

    @property
    def file_assets(self) -> dict[str, Any]:
        path = self.folder / f"{self.stem or self.name}.assets.json"
        files: dict[str, Any] = json.loads(path.read_text())["files"]
        return files

    def resources(self, kind: str) -> dict[str, Any]:
        """Return the resources of a type, by logical id."""
        return {
            name: resource
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == kind
        }


def synthesise(build: Callable[[Stack], object], name: str = "Test", **options: Any) -> Synthesised:
    """Build one stack and synthesise it."""
    return synthesise_app(lambda app: build(Stack(app, name, **options)))[name]


def synthesise_app(build: Callable[[App], object]) -> dict[str, Synthesised]:
    """Build an app, and return its stacks by name."""
    folder = Path(tempfile.mkdtemp(prefix="cdk-out-"))
    app = App(outdir=str(folder), analytics_reporting=False)
    build(app)
    assembly = app.synth()
    return {
        stack.stack_name: Synthesised(
            stack.stack_name,
            Path(stack.assembly.directory),
            stack.template_file.removesuffix(".template.json"),
        )
        for stack in assembly.stacks_recursively
    }


def errors_of(failure: str, path: str) -> list[str]:
    """Return the errors of one construct in the text of a synth that failed.

    An error has a heading and a line for each place; they are one line each here, without indents.
    """
    blocks: list[list[str]] = []
    for line in failure.splitlines():
        if line.startswith("  ["):
            blocks.append([line.strip()])
        elif line.startswith("    ") and blocks:
            blocks[-1].append(line.strip())
    start = f"[{path}] "
    texts = ["\n".join(block) for block in blocks]
    return [text.removeprefix(start) for text in texts if text.startswith(start)]


def messages_of(folder: Path) -> list[tuple[str, str, str]]:
    """Return path, level and text of the messages of the stack `Test`, from the assembly's files.

    Not by jsii: two distributions install a module aws_cdk.cloud_assembly_schema, and where the
    one that aws-cdk-lib depends on wins, jsii finds no type for a message.
    """
    artifact = json.loads((folder / "manifest.json").read_text())["artifacts"]["Test"]
    metadata = artifact.get("metadata")
    if metadata is None:
        metadata = json.loads((folder / artifact["additionalMetadataFile"]).read_text())
    return [
        (path.removeprefix("/Test/"), each["type"].removeprefix("aws:cdk:").upper(), each["data"])
        for path, entries in metadata.items()
        for each in entries
        if each["type"] in {"aws:cdk:info", "aws:cdk:warning", "aws:cdk:error"}
    ]
