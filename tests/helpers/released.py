"""Templates that are kept, each with its code and its users, to update from.

A folder of ``tests/local/released/`` is a version of the library: what a stack of it deployed. It
is named after the version, or after a day before the first release, and never changed afterwards::

    PYTHONPATH=.:tests:lambda python -m helpers.released 0.1.0
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .deployment import zipped
from .imports import stack_of, users
from .synthesis import Synthesised

if TYPE_CHECKING:
    from typing import Any

FOLDER = Path(__file__).parents[1] / "local" / "released"
USERS = users("ada")
_STACK = "Released"


def versions() -> list[str]:
    """Return the versions that are kept, by name."""
    return sorted(each.name for each in FOLDER.glob("*/"))


def freeze(folder: Path) -> None:
    """Write down what a stack of today's library deploys."""
    stack = stack_of(_STACK, USERS)
    folder.mkdir(parents=True)
    files: dict[str, Any] = {}
    for name, asset in stack.file_assets.items():
        source = stack.folder / asset["source"]["path"]
        if source.name.endswith(".template.json"):
            continue
        kept = folder / f"{name}{'.zip' if source.is_dir() else source.suffix}"
        kept.write_bytes(zipped(source) if source.is_dir() else source.read_bytes())
        files[name] = {
            "source": {"path": kept.name, "packaging": "file"},
            "destinations": asset["destinations"],
        }
    (folder / f"{_STACK}.template.json").write_text(stack.template_body)
    (folder / f"{_STACK}.assets.json").write_text(json.dumps({"files": files}, indent=1) + "\n")


def thawed(folder: Path, name: str) -> Synthesised:
    """Return what was written down, as a stack of this name."""
    copy = Path(tempfile.mkdtemp(prefix="released-"))
    for file in folder.iterdir():
        shutil.copy(file, copy / file.name.replace(f"{_STACK}.", f"{name}.", 1))
    return Synthesised(name, copy)


if __name__ == "__main__":
    freeze(FOLDER / sys.argv[1])
