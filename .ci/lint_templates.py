"""Check the templates of all app shapes with cfn-lint: part of `make check`.

The shapes are those of `tests/helpers/shapes.py`; their templates are left in build/templates/.
An error of cfn-lint is a failure, because CloudFormation would refuse the template or the
deployment would fail. A warning is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "build" / "templates"

REGIONS = ["us-east-1", "eu-central-1", "us-gov-west-1"]
"""The Regions whose resource types are looked up. cfn-lint knows no user pools in China."""

IGNORED = {
    # The CDK writes out each dependency that a construct states, also where a reference implies it.
    # The custom resource states all of them: it must be the first that a delete takes away.
    "W3005": "a dependency is stated although a reference implies it",
}


def write_templates(folder: Path) -> list[Path]:
    """Synthesise all shapes, and write their templates into a folder for each."""
    # cfn-lint takes the place of the CDK's own validation, which would triple the time.
    os.environ["CDK_VALIDATION"] = "false"
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from helpers import shapes  # noqa: PLC0415  it loads the CDK

    files = []
    for shape in shapes.SHAPES:
        for name, template in shapes.templates(shape).items():
            file = folder / shape.replace(" ", "-") / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(template, indent=1) + "\n", encoding="utf-8")
            files.append(file)
    return files


def check(files: Sequence[Path]) -> None:
    """Print what cfn-lint finds in template files.

    Raises:
        SystemExit: a template has an error, or there are no templates.
    """
    if not files:
        sys.exit("no templates to check")
    # The template of the largest shape takes as long as all others: each core has a half.
    *others, largest = sorted(files, key=lambda file: file.stat().st_size)
    started = [_start(part) for part in ([largest], others) if part]
    found = [finding for process in started for finding in _findings(process)]
    for each in found:
        line = each["Location"]["Start"]["LineNumber"]
        print(f"{each['Filename']}:{line}: {each['Rule']['Id']} {each['Message']}")
    if errors := sum(each["Level"] == "Error" for each in found):
        sys.exit(f"cfn-lint: {errors} errors in {len(files)} templates")
    print(f"cfn-lint: no errors in {len(files)} templates")


def _start(files: Sequence[Path]) -> subprocess.Popen[str]:
    command = ["cfn-lint", "--format", "json", "--regions", *REGIONS]
    command += ["--ignore-checks", *IGNORED, "--template", *map(str, files)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _findings(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    # cfn-lint ends with a failure when it finds something; what it prints tells what.
    printed, _ = process.communicate()
    try:
        return list(json.loads(printed))
    except ValueError:
        sys.exit(f"cfn-lint gave no report: {printed.strip()}")


if __name__ == "__main__":
    check(write_templates(TEMPLATES))
