"""The check of users at synth: by the app's own pool, once for every file, told without values."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from aws_cdk import App, CfnParameter, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3
from support.imports import import_into, pool_of

from cdk_cognito_user_import import ExportFormat, UserSource
from cdk_cognito_user_import._lambda.user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    Pool,
)
from cdk_cognito_user_import.known_pool import known_pool

CANARY = "Kanarie"
"""Is in every value of the files here, and may be in nothing that synth tells or keeps."""

HEADER = "cognito:username,email,email_verified"
ADA = f"{CANARY}1,{CANARY}1@example.com,true"
ALAN = f"{CANARY}2,{CANARY}2@example.com,true"


def csv(*rows, header=HEADER):
    return "\n".join([header, *rows, ""])


@dataclass(frozen=True)
class Ended:
    """How a synth ended: what was told of each import, and what was thrown."""

    folder: Path
    messages: dict[str, list[tuple[str, str]]]
    error: str

    def told(self, id_, level):
        """The messages of an import with this level."""
        return [text for kind, text in self.messages.get(id_, []) if kind == level]

    def errors(self, id_):
        """The validation errors of an import."""
        (stack,) = {part.partition("/")[0] for part in re.findall(r"\[(\S+?)\]", self.error)} or {
            ""
        }
        return re.findall(rf"^ *\[{stack}/{id_}\] (.*)$", self.error, re.MULTILINE)

    @property
    def verdicts(self):
        """The files in the cache."""
        return sorted((self.folder / "user-import-checks").glob("*"))


def synth(folder, build):
    """Build a stack and synthesise it into a folder, whether that succeeds or not."""
    app = App(outdir=str(folder), analytics_reporting=False)
    stack = Stack(app, "Test")
    build(stack)
    error = ""
    try:
        app.synth()
    except RuntimeError as caught:
        error = str(caught)
    messages = {}
    manifest = folder / "manifest.json"
    if not error and manifest.exists():
        found = json.loads(manifest.read_text())["artifacts"]["Test"].get("metadata", {})
        # Metadata may be in a file of its own.
        extra = folder / "Test.metadata.json"
        if extra.exists():
            found = {**found, **json.loads(extra.read_text())}
        for path, entries in found.items():
            told = [
                (entry["type"].removeprefix("aws:cdk:"), entry["data"])
                for entry in entries
                if entry["type"] in ("aws:cdk:info", "aws:cdk:warning", "aws:cdk:error")
            ]
            if told:
                messages.setdefault(path.removeprefix("/Test/"), []).extend(told)
    return Ended(folder, messages, error)
