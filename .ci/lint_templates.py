"""Check the templates of all app shapes with cfn-lint: part of `make check`.

The shapes are those of `tests/helpers/shapes.py`; their templates are left in `build/templates/`.
An error of cfn-lint is a failure, because CloudFormation would refuse the template or the
deployment would fail. A warning is printed. The findings of each template are kept in
`build/findings/`, so that cfn-lint reads only templates that have changed since the last run.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "build" / "templates"
FINDINGS = ROOT / "build" / "findings"

REGIONS = ["us-east-1", "eu-central-1", "us-gov-west-1"]
"""The Regions whose resource types cfn-lint checks. It has no user pools in China."""

IGNORED = {
    # The CDK writes every dependency that a construct declares, even if a reference implies it. The
    # custom resource declares all of them, because a delete must remove it first.
    "W3005": "a dependency is declared although a reference implies it",
}


def write_templates(folder: Path) -> list[Path]:
    """Synthesize all shapes, and write their templates into a folder for each."""
    # cfn-lint replaces the CDK's own validation, which would triple the time.
    os.environ["CDK_VALIDATION"] = "false"
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from helpers.shapes import SHAPES, templates  # noqa: PLC0415  loads the CDK

    files = []
    for shape in SHAPES:
        for name, template in templates(shape).items():
            file = folder / shape.replace(" ", "-") / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(template, indent=1) + "\n", encoding="utf-8")
            files.append(file)
    return files


def check(files: Sequence[Path], cache: Path) -> None:
    """Print the findings of cfn-lint for template files.

    Args:
        files: The templates.
        cache: The folder that keeps the findings of each template between runs.

    Raises:
        SystemExit: A template has an error, or there are no templates.
    """
    if not files:
        sys.exit("no templates to check")
    kept = {file: cache / f"{_key(file)}.json" for file in files}
    _lint([file for file in files if not kept[file].is_file()], kept)
    found = [
        (file, finding) for file in files for finding in json.loads(kept[file].read_text("utf-8"))
    ]
    for file, each in found:
        line = each["Location"]["Start"]["LineNumber"]
        print(f"{file}:{line}: {each['Rule']['Id']} {each['Message']}")
    if errors := sum(each["Level"] == "Error" for _, each in found):
        sys.exit(f"cfn-lint: {errors} errors in {len(files)} templates")
    print(f"cfn-lint: no errors in {len(files)} templates")


def _key(file: Path) -> str:
    """Return the hash of everything that the findings of a template depend on."""
    options = [importlib.metadata.version("cfn-lint"), *REGIONS, *IGNORED]
    return hashlib.sha256("\n".join(options).encode() + file.read_bytes()).hexdigest()


def _lint(files: Sequence[Path], kept: Mapping[Path, Path]) -> None:
    """Run cfn-lint on template files, and write the findings of each to its file in the cache."""
    if not files:
        return
    # The template of the largest shape takes as long as all others: each core has a half.
    *others, largest = sorted(files, key=lambda file: file.stat().st_size)
    started = [_start(part) for part in ([largest], others) if part]
    found: dict[Path, list[dict[str, Any]]] = {file: [] for file in files}
    for process in started:
        for each in _findings(process):
            found[Path(each["Filename"])].append(each)
    for file, findings in found.items():
        kept[file].parent.mkdir(parents=True, exist_ok=True)
        kept[file].write_text(json.dumps(findings), encoding="utf-8")


def _start(files: Sequence[Path]) -> subprocess.Popen[str]:
    command = ["cfn-lint", "--format", "json", "--regions", *REGIONS]
    command += ["--ignore-checks", *IGNORED, "--template", *map(str, files)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _findings(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    # The exit code of cfn-lint is not zero when it has findings, so only the report counts.
    printed, _ = process.communicate()
    try:
        return list(json.loads(printed))
    except ValueError:
        sys.exit(f"cfn-lint gave no report: {printed.strip()}")


if __name__ == "__main__":
    check(write_templates(TEMPLATES), FINDINGS)
